"""How far people who decided the same rows agree: share and Cohen's kappa. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations


@dataclass(frozen=True, slots=True)
class Agreement:
    """Two people on the rows of one kind that both decided. `kappa` is None where chance alone would have them agree
    on every row (each gave one answer throughout, the same one)."""

    kind: str
    one: str
    other: str
    rows: int
    agreed: int
    kappa: float | None

    @property
    def share(self) -> float:
        """Of the rows, 0 … 1."""
        return self.agreed / self.rows


def agreements(answers: Mapping[tuple[str, str], Mapping[str, str]]) -> list[Agreement]:
    """For every kind and every two people who share a row of it. `answers`: by kind and row, each person's answer."""
    both: dict[tuple[str, str, str], list[tuple[str, str]]] = {}
    for (kind, _), by_person in sorted(answers.items()):
        for one, other in combinations(sorted(by_person), 2):
            both.setdefault((kind, one, other), []).append((by_person[one], by_person[other]))
    return [
        Agreement(*names, len(pairs), sum(a == b for a, b in pairs), kappa(pairs))
        for names, pairs in sorted(both.items())
    ]


def kappa(pairs: Sequence[tuple[str, str]]) -> float | None:
    """Cohen's (1960): how much more two people agree than they would by chance, −1 … 1; None where that says nothing.

    Raises ValueError without pairs.
    """
    if not pairs:
        raise ValueError("no row that both decided")
    found = sum(a == b for a, b in pairs) / len(pairs)
    chance = _chance([a for a, _ in pairs], [b for _, b in pairs])
    return None if chance == 1 else (found - chance) / (1 - chance)


def _chance(ones: Iterable[str], others: Iterable[str]) -> float:
    one, other = Counter(ones), Counter(others)
    return sum(one[answer] * other[answer] for answer in one) / (one.total() * other.total())
