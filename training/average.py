"""The mean of several runs' weights: `python -m training.average OUT IN [IN …]` (Wortsman et al. 2022, model soups)."""

from __future__ import annotations

import argparse
from pathlib import Path

import torch


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    parser.add_argument("weights", type=Path, nargs="+")
    args = parser.parse_args()
    runs = [torch.load(path, weights_only=True) for path in args.weights]
    mean = {
        name: torch.stack([run[name].float() for run in runs]).mean(0) if value.dtype.is_floating_point else value
        for name, value in runs[0].items()
    }
    torch.save(mean, args.out)


if __name__ == "__main__":
    main()
