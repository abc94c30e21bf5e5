"""Train the comparison of two people's names: `python -m training.names OUT.npz` (needs scikit-learn).

Pairs come from the shipped table of people in office (openeventdata/petrarch2, MIT): two names of one person, and names
of two people that look alike. Only half of the people, by a hash of their name, are learned from; `bench/names.py`
measures on the others. Gradient-boosted trees (Friedman 2001), monotonic: a closer name never scores less.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.model_selection import cross_val_predict

from onrecord.resolve.people import FEATURES, compare, parts
from onrecord.resolve.tables import Names, shipped_actors

sys.path.insert(0, str(Path(__file__).parent.parent / "bench"))
from names import MANY, Pair, hashed, negatives, positives, spelled

RISES = frozenset(
    ("least", "mean", "whole", "letters", "rare", "rarest", "agree", "first", "last", "korean", "equal", "matched")
)
FALLS = frozenset(("left", "right", "front", "end", "conflict", "differ", "opening", "suffix"))


def rows(pairs: list[Pair], names: Names) -> tuple[np.ndarray, np.ndarray]:
    """Features and whether they are one. Each pair counts as its context is told, and once without any."""
    agree, differ = FEATURES.index("agree"), FEATURES.index("differ")
    found, same = [], []
    for pair in pairs:
        features = list(compare(pair.a.name, pair.b.name, names.rarity).features)
        found.append(list(features))
        if pair.a.of and pair.b.of:
            features[agree if pair.a.of == pair.b.of else differ] = 1.0
        found.append(features)
        same += [pair.same] * 2
    return np.array(found), np.array(same)


def save(model: HistGradientBoostingClassifier, path: Path) -> None:
    """The trees as arrays; a leaf leads to itself."""
    trees = [each[0].nodes for each in model._predictors]
    size = max(map(len, trees))
    arrays = {
        name: np.zeros((len(trees), size), kind)
        for name, kind in (("feature", "i2"), ("threshold", "f4"), ("left", "i2"), ("right", "i2"), ("value", "f4"))
    }
    for t, nodes in enumerate(trees):
        n, leaf, own = len(nodes), nodes["is_leaf"].astype(bool), np.arange(len(nodes))
        arrays["feature"][t, :n] = nodes["feature_idx"]
        arrays["threshold"][t, :n] = nodes["num_threshold"]
        arrays["left"][t, :n] = np.where(leaf, own, nodes["left"])
        arrays["right"][t, :n] = np.where(leaf, own, nodes["right"])
        arrays["value"][t, :n] = np.where(leaf, nodes["value"], 0)
    depth = max(int(nodes["depth"].max()) for nodes in trees)
    path.parent.mkdir(parents=True, exist_ok=True)
    np.savez_compressed(path, **arrays, base=np.float32(model._baseline_prediction.item()), depth=np.int32(depth))


def main() -> None:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("out", type=Path)
    args = parser.parse_args()
    held = [a for a in shipped_actors() if a.kind == "person" and hashed(a.name) % 2 == 0]
    names = Names.load(without=lambda name: hashed(name) % 2 == 0)
    pairs = [p for p in (*positives(held), *negatives(held, MANY)) if p.a.kind == "person"]
    pairs = [p for p in pairs if min(len(parts(p.a.name)), len(parts(p.b.name))) > 1 and (spelled(p) or not p.same)]
    x, y = rows(pairs, names)
    sign = [1 if f in RISES else -1 if f in FALLS else 0 for f in FEATURES]
    model = HistGradientBoostingClassifier(
        max_iter=150, learning_rate=0.07, max_leaf_nodes=12, min_samples_leaf=12, l2_regularization=1.0,
        monotonic_cst=sign, early_stopping=False, random_state=1,
    )  # fmt: skip
    groups = np.repeat([hashed(min(p.a.name, p.b.name)) % 5 for p in pairs], 2)
    folds = [(np.flatnonzero(groups != k), np.flatnonzero(groups == k)) for k in range(5)]
    sure = cross_val_predict(model, x, y, cv=folds, method="predict_proba")[:, 1]
    for limit in (0.5, 0.6, 0.7, 0.8, 0.85, 0.9, 0.95):
        kept = sure >= limit
        print(f"{limit}: precision {y[kept].mean():.4f}, recall {y[kept].sum() / y.sum():.4f}")
    save(model.fit(x, y), args.out)


if __name__ == "__main__":
    main()
