"""The language of a text, worked out from the text alone."""

from __future__ import annotations

from onrecord.model import Found


def identify(text: str) -> Found:
    """ISO 639-1 code, inferred; `und` where there is too little text to tell."""
    import py3langid

    return Found(py3langid.classify(text[:3000])[0], "py3langid", inferred=True)
