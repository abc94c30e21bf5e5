"""Who is who in a text: mentions → entities, each with its fullest name, kind, role and what it is of.

Each mention chooses among the entities before it, by the sum of what its trained scores give their mentions, or opens
one of its own. Names that cannot be one person's are never joined. What stays unsure is left unknown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from onrecord.engines.decode import Floats, Ints, Vectors
from onrecord.engines.mentions import (
    DEFINITE,
    INDEFINITE,
    NAME,
    SELF,
    Mentions,
    mentions_of,
    pair_features,
    speakers,
)
from onrecord.engines.pairs import Pairs, softmax
from onrecord.engines.turns import turns
from onrecord.engines.words import Words

_NAMED = 0.9
"""How surely two mentions of one name are of one entity, at least."""
_AGAIN = 0.3
"""What is left of "it is somebody new" for a description whose noun was there before."""
_SHORT, _LONG = 7, 100
"""Letters of a short name in brackets, and characters before it in which its long form stands."""
_WORD = re.compile(r"[\w’'.]+")
_SMALL = frozenset(("of", "for", "the", "and", "in", "on", "to", "de", "a"))
_FRESH = frozenset(("a", "an", "one", "another", "some", "someone", "somebody"))
"""How a description begins that tells of somebody new."""
_NEW = re.compile(
    r"(?:an?|one|another|two|three|four|five|six|seven|eight|nine|ten|several|some|many|few|other|others|local|unnamed"
    r"|anonymous|unidentified|sources?)\b",
    re.IGNORECASE,
)
"""How a source begins that nobody named before can be."""
_APPOSED = 2
"""Words between a name and what it stands in apposition to."""
AT_ONCE, SHARED = 320, 120
"""A long text's mentions are compared so many at a time, of which so many were among the ones before."""

Heard = tuple[tuple[int, int] | None, Sequence[tuple[int, int]]]


@dataclass(slots=True)
class Cluster:
    """Mentions (indices) that lead to one entity; how surely each joined; its pronouns' class, if any."""

    members: list[int] = field(default_factory=list)
    sure: list[float] = field(default_factory=list)
    names: list[frozenset[int]] = field(default_factory=list)
    spoken: int = 0


@dataclass(frozen=True, slots=True)
class Resolved:
    """Of a text: its mentions, the cluster of each (an index), how sure, and other clusters it may belong to."""

    mentions: Mentions
    clusters: tuple[Cluster, ...]
    cluster_of: Ints
    sure: Floats
    others: tuple[tuple[tuple[int, float], ...], ...]


class Resolver:
    """The trained resolver."""

    def __init__(self, pairs: Pairs) -> None:
        self._pairs = pairs

    def resolve(
        self, text: str, words: Words, vectors: Vectors, spans: Sequence[tuple[int, int, int]], said: Sequence[Heard]
    ) -> Resolved:
        """Mentions `(kind, start, end)` in words, in order → who is who.

        vectors (n, hidden) of the words. `said`: of each attribution its source and contents, in words.
        """
        m = mentions_of(text, words, spans)
        speaker, sources = speakers(m, said)
        clusters: list[Cluster] = []
        cluster_of, sure = np.full(len(m), -1, np.int32), np.zeros(len(m), np.float32)
        others: list[tuple[tuple[int, float], ...]] = [()] * len(m)
        known: dict[int, list[int]] = {}
        fresh = [text[words.starts[a] : words.ends[a]].lower() in _FRESH for a in m.starts.tolist()]
        done = 0
        while done < len(m):
            low = max(0, done - SHARED)
            high = min(len(m), low + AT_ONCE)
            part = m.take(low, high)
            shown = np.where(speaker[low:high] >= 0, speaker[low:high] - low, speaker[low:high])
            shown = np.where((shown >= high - low) | (shown < -2), -2, shown).astype(np.int32)
            pairs, alone = pair_features(part, shown, sources[low:high])
            edges = np.concatenate([vectors[part.starts], vectors[part.ends - 1]], 1).astype(np.float32)
            scores = self._pairs.scores(self._pairs.tails(edges), self._pairs.tops(edges), pairs, alone)
            n = high - low
            scores[:, :n][~np.tri(n, n, -1, dtype=bool)] = -1e4
            held = softmax(scores)
            for k in range(done - low, n):
                whole = k + low
                long = spelled_out(text, words, m, whole)
                at, how, other = _choose(m, whole, held[k], low, clusters, cluster_of, fresh[whole], known)
                if long >= 0:
                    at, how = int(cluster_of[long]), _NAMED
                if at == len(clusters):
                    clusters.append(Cluster())
                _join(m, whole, clusters[at], how)
                if m.form[whole] == NAME:
                    for token in _name(m, whole):
                        if at not in (held_by := known.setdefault(token, [])):
                            held_by.append(at)
                cluster_of[whole], sure[whole], others[whole] = at, how, other
            done = high
        _own_words(m, speaker, turns(text, words, m), clusters, cluster_of, sure)
        return Resolved(m, tuple(clusters), cluster_of, sure, tuple(others))


def parted(text: str, words: Words, resolved: Resolved, sources: Sequence[tuple[tuple[int, int], int]]) -> Resolved:
    """The same, with every source that tells of somebody new ("a source", "two officials") apart from whom the text
    names elsewhere. `sources`: their spans in words, and the mention each is about (-1: none)."""
    m, clusters, cluster_of, sure = (
        resolved.mentions,
        list(resolved.clusters),
        resolved.cluster_of.copy(),
        resolved.sure.copy(),
    )
    for (start, end), k in sources:
        if k < 0 or m.form[k] not in (DEFINITE, INDEFINITE) or not _NEW.match(text, int(words.starts[start])):
            continue
        now = clusters[int(cluster_of[k])]
        beside = range(max(0, k - 1), min(len(m), k + 2))
        near = {j for j in beside if max(m.starts[j] - m.ends[k], m.starts[k] - m.ends[j]) <= _APPOSED}
        names = [j for j in now.members if m.form[j] == NAME]
        if not names or any(j in near or start <= m.starts[j] < end for j in names):
            continue
        at = now.members.index(k)
        clusters[int(cluster_of[k])] = Cluster(
            now.members[:at] + now.members[at + 1 :], now.sure[:at] + now.sure[at + 1 :], now.names, now.spoken
        )
        clusters.append(Cluster([k], [_NAMED]))
        cluster_of[k], sure[k] = len(clusters) - 1, _NAMED
    return Resolved(m, tuple(clusters), cluster_of, sure, resolved.others)


def spelled_out(text: str, words: Words, m: Mentions, k: int) -> int:
    """The mention that a short name in brackets shortens: "Syrian Observatory for Human Rights (SOHR)"; -1: none."""
    start, end = int(words.starts[m.starts[k]]), int(words.ends[m.ends[k] - 1])
    short = text[start:end]
    if m.form[k] != NAME or text[start - 1 : start] != "(" or not (short.isupper() and 2 <= len(short) <= _SHORT):
        return -1
    low = max(0, start - _LONG)
    left = short
    for word in reversed(list(_WORD.finditer(text, low, start - 1))):
        if word.group()[0].upper() == left[-1]:
            left = left[:-1]
        elif word.group() not in _SMALL:
            return -1
        if not left:
            starts, ends = words.starts[m.starts[:k]], words.ends[m.ends[:k] - 1]
            found = np.flatnonzero((starts <= word.start()) & (word.start() < ends))
            return int(found[-1]) if len(found) else -1
    return -1


def _choose(
    m: Mentions,
    k: int,
    held: Floats,
    low: int,
    clusters: Sequence[Cluster],
    cluster_of: Ints,
    fresh: bool,
    known: Mapping[int, Sequence[int]],
) -> tuple[int, float, tuple[tuple[int, float], ...]]:
    """The likeliest cluster for mention `k` (a new one's number where none is likelier), how likely; the next ones.

    `known`: of each word of a name, the clusters that have it.
    """
    named = _by_name(m, k, clusters, known)
    if fresh and m.form[k] == INDEFINITE:  # "a spokeswoman", but in apposition: "Ann Lee, a spokeswoman"
        before = int(cluster_of[k - 1]) if m.beside[k] in (2, 3) else -1
        held = np.where(cluster_of[low : low + len(held) - 1] == before, held[:-1], 0) if before >= 0 else 0 * held[:-1]
        held = np.append(held, 1 - held.sum()).astype(np.float32)
    shares: dict[int, float] = {}
    for j in np.flatnonzero(held[:-1] > 1e-3).tolist():
        at = int(cluster_of[low + j])
        shares[at] = shares.get(at, 0.0) + float(held[j])
    fit = sorted(((p, at) for at, p in shares.items() if _fits(m, k, clusters[at])), reverse=True)
    if named is not None:
        return named, max(_NAMED, shares.get(named, 0.0)), tuple((at, p) for p, at in fit if at != named)[:2]
    none = float(held[-1])
    if fit and m.form[k] == DEFINITE and any(m.tokens[j, 0] == m.tokens[k, 0] for j in clusters[fit[0][1]].members):
        none *= _AGAIN  # "the team" after a team: rarely another one
    if fit and fit[0][0] > none:
        return fit[0][1], fit[0][0], tuple((at, p) for p, at in fit[1:4])
    return len(clusters), none, tuple((at, p) for p, at in fit[:3])


def _by_name(m: Mentions, k: int, clusters: Sequence[Cluster], known: Mapping[int, Sequence[int]]) -> int | None:
    """The one entity so far that a name can be of: of the same name, or a person's whose name says more or less of it.

    None where there are several ("Clinton" after Bill and Hillary Clinton), or none.
    """
    if m.form[k] != NAME:
        return None
    mine, last = _name(m, k), int(m.tokens[k, 0])
    near = known.get(last, ())
    same = [at for at in near if mine in clusters[at].names]
    if same or m.kind[k] != 0:
        return max(same, default=None)
    alike = [
        at
        for at in near
        if any(last in name and (mine < name or name < mine) for name in clusters[at].names)
        and _fits(m, k, clusters[at])
    ]
    return alike[0] if len(alike) == 1 else None


def _fits(m: Mentions, k: int, cluster: Cluster) -> bool:
    """Whether a mention can be of a cluster: not she among him, not two names that share no word."""
    if cluster.spoken and m.pronoun[k] in (1, 2, 3) and cluster.spoken != m.pronoun[k]:
        return False
    if m.form[k] != NAME or m.kind[k] != 0:
        return True
    mine = _name(m, k)
    return all(mine <= other or other <= mine for other in cluster.names) or any(mine == o for o in cluster.names)


def _name(m: Mentions, k: int) -> frozenset[int]:
    return frozenset(t for t in m.tokens[k].tolist() if t)


def _join(m: Mentions, k: int, cluster: Cluster, sure: float) -> None:
    cluster.members.append(k)
    cluster.sure.append(sure)
    if m.form[k] == NAME:
        cluster.names.append(_name(m, k))
    if m.pronoun[k] in (1, 2, 3):
        cluster.spoken = int(m.pronoun[k])


def _own_words(m: Mentions, speaker: Ints, turn: Ints, clusters: list[Cluster], cluster_of: Ints, sure: Floats) -> None:
    """ "I" in somebody's words, or turn of an interview, is that somebody, wherever the source stands."""
    leads = np.where((m.form == SELF) & (speaker >= 0), speaker, np.where(speaker < 0, turn, -1))
    for k in np.flatnonzero(leads >= 0).tolist():
        to, now = int(cluster_of[leads[k]]), int(cluster_of[k])
        if to == now:
            continue
        at = clusters[now].members.index(k)
        del clusters[now].members[at], clusters[now].sure[at]
        place = int(np.searchsorted(clusters[to].members, k))
        clusters[to].members.insert(place, k)
        clusters[to].sure.insert(place, 0.97)
        cluster_of[k], sure[k] = to, 0.97
