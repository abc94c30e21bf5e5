"""The audit log as a chain of hashes: who did what, when, and whether the log is as it was written. Pure.

Each entry is hashed together with the hash of the one before, so that whoever alters, removes, adds or moves one has to
write all that follow anew; against that, and against cutting off the end, stands a head that is kept elsewhere
(`Head`). Of details an entry holds a salted digest only: they can be erased, and the chain still verifies.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from onrecord.model import canonical_json

START = "0" * 64
"""What stands for the hash before the first entry."""

ERASE = "audit.erase"
"""The action of an entry that says that the details of another, its `target`, were erased."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the log. `at` is UTC in ISO 8601; `who` an account's id or `machine`; `details` None once erased."""

    seq: int
    at: str
    who: str
    workspace: str | None
    action: str
    target: str | None
    digest: str
    previous: str
    hash: str
    salt: str | None = None
    details: Mapping[str, Any] | None = None

    def to_dict(self) -> dict[str, Any]:
        """All fields by name; the details as an object."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Head:
    """The end of the log at a moment, to be kept where whoever could rewrite the log cannot reach it."""

    seq: int
    hash: str
    at: str

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Fault:
    """Something wrong with the log: at which entry, what."""

    seq: int
    what: str

    def to_dict(self) -> dict[str, Any]:
        """All fields by name."""
        return asdict(self)

    def __str__(self) -> str:
        return f"entry {self.seq}: {self.what}"


def digest_of(salt: str, details: Mapping[str, Any]) -> str:
    """SHA-256 of the details behind a secret salt: nobody can guess them from it once the salt is gone."""
    return hashlib.sha256(salt.encode() + canonical_json(dict(details))).hexdigest()


def hash_of(entry: Entry) -> str:
    """SHA-256 of all that an entry says, details by their digest, and of the hash before it."""
    said = [entry.seq, entry.at, entry.who, entry.workspace, entry.action, entry.target, entry.digest, entry.previous]
    return hashlib.sha256(canonical_json(["audit", *said])).hexdigest()


def name_of(seq: int) -> str:
    """By which an entry is named as the target of another."""
    return f"entry-{seq}"


def faults(entries: Iterable[Entry], head: Head | None = None) -> Iterator[Fault]:
    """What does not fit in a whole log, in its order; nothing where it is as it was written.

    Without a head, an end that was cut off cleanly, or a log written anew from some entry on, cannot be told from one
    that is whole.
    """
    seq, previous, at = 0, START, ""
    missing: dict[str | None, int] = {}
    kept = head is None
    for entry in entries:
        if entry.seq != seq + 1:
            yield Fault(entry.seq, f"stands after entry {seq}")
        if entry.previous != previous:
            yield Fault(entry.seq, "does not follow the one before")
        if hash_of(entry) != entry.hash:
            yield Fault(entry.seq, "is altered")
        if entry.at < at:
            yield Fault(entry.seq, "is older than the one before")
        if entry.details is None or entry.salt is None:
            missing[name_of(entry.seq)] = entry.seq
        elif digest_of(entry.salt, entry.details) != entry.digest:
            yield Fault(entry.seq, "its details are altered")
        if entry.action == ERASE:
            missing.pop(entry.target, None)
        if head is not None and entry.seq == head.seq:
            kept = entry.hash == head.hash and entry.at == head.at
        seq, previous, at = entry.seq, entry.hash, entry.at
    yield from (Fault(k, "its details are gone, and no entry after it says why") for k in missing.values())
    if head is not None and head.seq and not kept:
        cut = f"the log ends before it, with entry {seq}" if seq < head.seq else "it is not the one that was noted"
        yield Fault(head.seq, f"{cut}: the log was cut off or written anew since {head.at}")
