"""The tagger as a torch module: a small BERT encoder, four added features, a chain over labels, and a linker.

Architecture of the encoder: Devlin et al. 2019 (BERT) in MiniLM's size (Wang et al. 2020; 6 layers of 384).
Chain: linear-chain conditional random field (Lafferty et al. 2001) over words. Linker: a bilinear score between a cue
and each source, and a content and each cue, after Dozat & Manning 2017, with biases for distance and what is between.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

from onrecord.engines.decode import BETWEEN, DISTANCES, LABELS, TRANSITIONS_ALLOWED, Tagged
from onrecord.engines.lexicon import ACTS, BITS
from onrecord.engines.mentions import NONE_TABLES, TABLES
from onrecord.engines.sense import BELONGS_TABLES
from onrecord.engines.words import FEATURES
from training.batches import Batch, Links
from training.whole import EVIDENCE, MODALITIES, SOURCE_KINDS

LINK = 96
SENSE = 192
HALVES = torch.backends.cpu.get_cpu_capability().startswith("AVX512")
"""Whether products in bf16 are quicker; where they are emulated they take fifty times as long."""


@dataclass(frozen=True)
class Size:
    """Of MiniLM-L6."""

    vocab: int = 30522
    hidden: int = 384
    layers: int = 6
    heads: int = 12
    inner: int = 1536
    positions: int = 512


class Dropout(nn.Module):
    """Dropout whose coins are tossed once a step and dealt out at random offsets: on a CPU tossing is the cost."""

    coins = torch.zeros(0)

    def __init__(self, share: float) -> None:
        super().__init__()
        self.share = share

    @classmethod
    def toss(cls, share: float, size: int) -> None:
        """New coins for the next step; `size` at least twice that of the largest tensor."""
        cls.coins = torch.empty(size, dtype=torch.bfloat16).bernoulli_(1 - share) / (1 - share)

    def forward(self, x: Tensor) -> Tensor:
        if not self.training or not self.share:
            return x
        at = int(torch.randint(Dropout.coins.numel() - x.numel(), ()))
        return x * Dropout.coins[at : at + x.numel()].view(x.shape).to(x.dtype)


class Layer(nn.Module):
    def __init__(self, size: Size, drop: float) -> None:
        super().__init__()
        self.heads = size.heads
        self.qkv = nn.Linear(size.hidden, 3 * size.hidden)
        self.out = nn.Linear(size.hidden, size.hidden)
        self.norm1 = nn.LayerNorm(size.hidden, eps=1e-12)
        self.up = nn.Linear(size.hidden, size.inner)
        self.down = nn.Linear(size.inner, size.hidden)
        self.norm2 = nn.LayerNorm(size.hidden, eps=1e-12)
        self.drop = Dropout(drop)

    def forward(self, x: Tensor, mask: Tensor) -> Tensor:
        b, n, d = x.shape
        q, k, v = self.qkv(x).view(b, n, 3, self.heads, d // self.heads).permute(2, 0, 3, 1, 4)
        scores = q @ k.transpose(-1, -2) * (1 / math.sqrt(d // self.heads)) + mask
        mixed = (scores.softmax(-1).to(v.dtype) @ v).transpose(1, 2).reshape(b, n, d)
        x = self.norm1(x + self.drop(self.out(mixed)))
        return self.norm2(x + self.drop(self.down(functional.gelu(self.up(x)))))


class Encoder(nn.Module):
    """Pieces and features of windows (b, n) → vectors (b, n, hidden)."""

    def __init__(self, size: Size | None = None, drop: float = 0.1) -> None:
        super().__init__()
        self.size = size = size or Size()
        self.pieces = nn.Embedding(size.vocab, size.hidden)
        self.positions = nn.Embedding(size.positions, size.hidden)
        self.features = nn.ModuleList(nn.Embedding(n, size.hidden) for n in FEATURES)
        self.norm = nn.LayerNorm(size.hidden, eps=1e-12)
        self.layers = nn.ModuleList(Layer(size, drop) for _ in range(size.layers))
        self.drop = Dropout(drop)
        for table in self.features:
            nn.init.normal_(table.weight, std=0.01)

    def forward(self, pieces: Tensor, features: Tensor, mask: Tensor) -> Tensor:
        """pieces (b, n); features (b, n, 4); mask (b, n) is 1 on real pieces."""
        at = torch.arange(pieces.shape[1], device=pieces.device)
        x = self.pieces(pieces) + self.positions(at)
        for k, table in enumerate(self.features):
            x = x + table(features[..., k])
        x = self.drop(self.norm(x))
        barred = ((1 - mask.to(x.dtype)) * -10000.0)[:, None, None, :]
        for layer in self.layers:
            x = layer(x, barred)
        return x


class Linker(nn.Module):
    """Scores of each cue against each source of its window, each content against each cue, and each against none."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.cue = nn.Linear(2 * hidden, 2 * LINK)
        self.source = nn.Linear(2 * hidden, LINK)
        self.content = nn.Linear(2 * hidden, LINK)
        self.none = nn.Linear(LINK, 2)
        self.distance = nn.Parameter(torch.zeros(2, DISTANCES))
        self.between = nn.Parameter(torch.zeros(2, 3, BETWEEN))

    def forward(self, words: Tensor, links: Links) -> Tensor:
        """Vectors of a window's words (w, hidden) and who could be linked to whom → (d, h + 1) scores, none last."""
        kind = links.kind
        dependents, heads = edges(words, links.dependents), edges(words, links.heads)
        if kind == 0:
            tails, tops = functional.gelu(self.cue(dependents))[:, :LINK], functional.gelu(self.source(heads))
        else:
            tails, tops = functional.gelu(self.content(dependents)), functional.gelu(self.cue(heads))[:, LINK:]
        scores = tails @ tops.T / math.sqrt(LINK) * 4 + self.distance[kind][links.distance]
        for k in range(3):
            scores = scores + self.between[kind, k][links.between[..., k]]
        return torch.cat([scores, self.none(tails)[:, kind : kind + 1]], 1)


class Chain(nn.Module):
    """Label scores per word, and a linear chain over them."""

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.labels = nn.Linear(hidden, len(LABELS))
        self.transitions = nn.Parameter(torch.zeros(len(LABELS), len(LABELS)))
        self.first = nn.Parameter(torch.zeros(len(LABELS)))
        self.register_buffer("allowed", torch.from_numpy(TRANSITIONS_ALLOWED.copy()))

    def steps(self) -> Tensor:
        """Transition scores, with what can't follow barred."""
        return self.transitions.masked_fill(~self.allowed, -1e4)

    def loss(self, scores: Tensor, gold: Tensor, real: Tensor) -> Tensor:
        """Negative log-likelihood of gold labels (b, w), summed over windows; scores (b, w, labels), real (b, w)."""
        steps = self.steps()
        at = scores.gather(2, gold[..., None])[..., 0]
        moves = steps[gold[:, :-1], gold[:, 1:]]
        path = (at * real).sum(1) + (moves * real[:, 1:]).sum(1) + self.first[gold[:, 0]]
        return (_all_paths(scores, real, steps, self.first) - path).sum()

    def soft_loss(self, scores: Tensor, soft: Tensor, real: Tensor) -> Tensor:
        """The same against how likely each label is (b, w, labels); what follows what is left as gold has it."""
        held = (scores * soft).sum(2)
        return (_all_paths(scores, real, self.steps().detach(), self.first.detach()) - (held * real).sum(1)).sum()


def _all_paths(scores: Tensor, real: Tensor, steps: Tensor, first: Tensor) -> Tensor:
    alpha = scores[:, 0] + first
    for t in range(1, scores.shape[1]):
        step = torch.logsumexp(alpha[:, :, None] + steps, 1) + scores[:, t]
        alpha = torch.where(real[:, t, None] > 0, step, alpha)
    return alpha.logsumexp(1)


class Sense(nn.Module):
    """What an attribution means: act and modality, from the edges of cue and content, from the content's words weighed
    (`pool`), and from what their words say alone.

    Its inner vector (192) is also what the judge of answers compares (`training/answers.py`).
    """

    def __init__(self, hidden: int) -> None:
        super().__init__()
        self.body = nn.Linear(4 * hidden, SENSE)
        self.pool = nn.Linear(hidden, 1, bias=False)
        self.pooled = nn.Linear(hidden, SENSE, bias=False)
        self.act = nn.Linear(SENSE, len(ACTS))
        self.modality = nn.Linear(SENSE, len(MODALITIES))
        self.lexicon = nn.Embedding(len(ACTS) + 1, len(ACTS))
        self.bits = nn.Embedding(BITS, len(MODALITIES))
        self.kind = nn.Linear(2 * hidden, len(SOURCE_KINDS))
        self.evidence = nn.Linear(2 * hidden, len(EVIDENCE))
        nn.init.zeros_(self.lexicon.weight)
        nn.init.zeros_(self.bits.weight)
        nn.init.zeros_(self.pool.weight)
        nn.init.zeros_(self.pooled.weight)  # an earlier training had none: it goes on from where it stood


class Pairs(nn.Module):
    """A bilinear score of each row against each column, and against none, with tables for features of pairs."""

    def __init__(self, row: int, column: int, width: int, tables: Mapping[str, int], none: Mapping[str, int]) -> None:
        super().__init__()
        self.tail, self.top = nn.Linear(row, width), nn.Linear(column, width)
        self.none = nn.Linear(width, 1)
        self.tables = nn.ParameterDict({name: nn.Parameter(torch.zeros(n)) for name, n in tables.items()})
        self.alone = nn.ParameterDict({name: nn.Parameter(torch.zeros(n)) for name, n in none.items()})
        self.width = width

    def forward(
        self, rows: Tensor, columns: Tensor, pairs: Mapping[str, Tensor], alone: Mapping[str, Tensor]
    ) -> Tensor:
        """Vectors (r, row), (c, column), features (r, c) and (r) → scores (r, c + 1), none last."""
        tails, tops = functional.gelu(self.tail(rows)), functional.gelu(self.top(columns))
        scores = tails @ tops.T * (4 / math.sqrt(self.width))
        for name, table in self.tables.items():
            scores = scores + table[pairs[name]]
        none = self.none(tails)[:, 0]
        for name, table in self.alone.items():
            none = none + table[alone[name]]
        return torch.cat([scores, none[:, None]], 1)


class Tagger(nn.Module):
    """Encoder; chains for attributions (and as PolNeAR's annotators mark them: `broad`), those within contents,
    mentions, and what stands around attributions; linker; which cue tells of a statement; what attributions mean; who
    is who."""

    def __init__(self, drop: float = 0.1) -> None:
        super().__init__()
        self.encoder = Encoder(drop=drop)
        hidden = self.encoder.size.hidden
        self.outer = Chain(hidden)
        self.broad = Chain(hidden)
        self.inner = Chain(hidden)
        self.linker = Linker(hidden)
        self.statement = nn.Linear(2 * hidden, 1)
        self.who = Chain(hidden)
        self.around = Chain(hidden)
        self.sense = Sense(hidden)
        self.resolver = Pairs(2 * hidden, 2 * hidden, LINK, TABLES, NONE_TABLES)
        self.belongs = Pairs(2 * hidden, 2 * hidden, LINK, BELONGS_TABLES, {})
        self.drop = Dropout(drop)

    def words(self, batch: Batch) -> Tensor:
        """Vectors of the words' first pieces (b, w, hidden)."""
        with torch.autocast("cpu", torch.bfloat16, enabled=HALVES):
            vectors = self.encoder(batch.pieces, batch.features, batch.mask).float()
        return vectors.gather(1, batch.first[..., None].expand(-1, -1, vectors.shape[2]))


def edges(words: Tensor, spans: Sequence[Tagged]) -> Tensor:
    """Vectors of each span's first and last word, side by side: (s, 2 hidden)."""
    return torch.cat([words[[s.start for s in spans]], words[[s.end - 1 for s in spans]]], 1)
