"""Which other attribution of its report one answers, through the shipped engine."""

from __future__ import annotations

import numpy as np
import pytest

from onrecord.engines import default_engine
from onrecord.engines.answers import AT_ONCE, SHARED, Answers, Telling, own_features, pair_features
from onrecord.extraction import extract_one
from onrecord.model import Report

CASES = {
    "The Daily Courier reported that two inspectors had quit. The ministry confirmed that both had left.": {
        "confirmed": "reported"
    },
    "Chief engineer Ann Reyes said that the tower had sunk by a metre. Mayor Tom Price denied that it had sunk.": {
        "denied": "said"
    },
    "Chairman Per Lind accused the ferry company of hiding a leak. The company rejected the accusation.": {
        "rejected": "accused"
    },
    "Asked whether he would resign, Per Lind replied: “No, I will not.”": {"replied": "Asked"},
    "Minister Ann Lee said that the port would open in May. Mayor Tom Price promised a new school.": {},
}


@pytest.mark.parametrize("text", CASES)
def test_an_answer_leads_to_what_it_answers(text: str) -> None:
    done = extract_one(Report(text=text, raw_sha256="0" * 64, origin="test"), default_engine())
    cue = {a.id: a.cue.of(text) for a in done.attributions if a.cue}
    assert {cue[a.id]: cue[a.meaning.about] for a in done.attributions if a.meaning.about} == CASES[text]
    for a in done.attributions:
        assert ("about" in dict(a.meaning.scores)) == bool(a.meaning.about)


def test_a_long_text_is_compared_in_parts() -> None:
    n = AT_ONCE + SHARED + 1
    telling = Telling(
        text="She said so.\n" * n,
        cues=["said"] * n,
        sources=["She"] * n,
        contents=[["so"]] * n,
        places=np.arange(4, 13 * n, 13, dtype=np.int32),
        acts=np.full((n, 15), 1 / 15, np.float32),
        modalities=np.full((n, 4), 1 / 4, np.float32),
        bits=np.zeros(n, np.int32),
        seen=np.ones((n, 2), np.float32),
        vectors=np.ones((n, 2), np.float32),
        within=np.full(n, -1, np.int32),
        speaker=np.full(n, -1, np.int32),
        named=np.zeros((n, 0), np.bool_),
    )
    own, pair = own_features(telling.part(0, 2)).shape[1], pair_features(telling.part(0, 2)).shape[2]
    tables = {"row": (own, 1), "column": (own, 1), "pair": (pair, 1), "none": (own, 1), "bias": (1,), "out": (1,)}
    tables |= {"none_bias": (1,), "none_out": (1,), "none_last": ()}
    judge = Answers({name: np.zeros((1, *shape), np.float32) for name, shape in tables.items()})
    answered, sure = judge.answers(telling)
    assert len(answered) == n
    assert (answered != np.arange(n)).all()
    assert ((sure > 0) & (sure < 0.01)).all()
