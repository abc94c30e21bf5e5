"""OnRecord reads news reports and keeps the record of who said what, traceable to the exact characters.

    import onrecord

    onrecord.extract(text)              who says what in one text
    onrecord.extract_from("reports/")   … in files, folders, addresses
    onrecord.record("reports/", db)     read reports into a record
    onrecord.open(db)                   ask a record
    onrecord.connect(url, token)        … at another desk

Importing the package loads nothing heavy: each name is fetched when it is first used.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from onrecord.answer import Record as Record
    from onrecord.api import extract as extract
    from onrecord.api import extract_from as extract_from
    from onrecord.api import open_db as open  # noqa: A004 - `onrecord.open` is the word users expect
    from onrecord.api import record as record
    from onrecord.claims import Claim as Claim
    from onrecord.client import connect as connect
    from onrecord.errors import OnRecordError as OnRecordError
    from onrecord.model import Attribution as Attribution
    from onrecord.model import Failure as Failure
    from onrecord.model import Report as Report
    from onrecord.model import Span as Span
    from onrecord.read import ReadOptions as ReadOptions

    __version__: str

_NAMES = {
    "extract": ("onrecord.api", "extract"),
    "extract_from": ("onrecord.api", "extract_from"),
    "record": ("onrecord.api", "record"),
    "open": ("onrecord.api", "open_db"),
    "connect": ("onrecord.client", "connect"),
    "Record": ("onrecord.answer", "Record"),
    "ReadOptions": ("onrecord.read", "ReadOptions"),
    "Claim": ("onrecord.claims", "Claim"),
    "OnRecordError": ("onrecord.errors", "OnRecordError"),
    "Attribution": ("onrecord.model", "Attribution"),
    "Failure": ("onrecord.model", "Failure"),
    "Report": ("onrecord.model", "Report"),
    "Span": ("onrecord.model", "Span"),
}

__all__ = [
    "Attribution",
    "Claim",
    "Failure",
    "OnRecordError",
    "ReadOptions",
    "Record",
    "Report",
    "Span",
    "__version__",
    "connect",
    "extract",
    "extract_from",
    "open",
    "record",
]


def __getattr__(name: str) -> Any:
    if name == "__version__":
        return import_module("importlib.metadata").version("onrecord")
    if name in _NAMES:
        module, attribute = _NAMES[name]
        return getattr(import_module(module), attribute)
    raise AttributeError(f"module 'onrecord' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
