"""Checks a bundle on any machine, without a record: signature, hashes, every byte, every id, every span, and whether
the texts follow from the raw bytes. Nothing in a bundle is trusted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from onrecord.clean import Cleaner
from onrecord.errors import InputError, UsageError
from onrecord.export.archive import Contents, opened, same_bytes
from onrecord.export.back import extraction_of
from onrecord.export.bundle import KEY, MANIFEST, SIGNATURE, VERSION, versions
from onrecord.export.signing import a_fingerprint, fingerprint, holds, public_key
from onrecord.model import Attribution, Extraction, Found, Given, RawReport, Run, Span
from onrecord.store.rows import Judgement, Problem

_BROKEN = (LookupError, TypeError, ValueError, AttributeError, ArithmeticError, RecursionError, UsageError)
"""What may happen where a file is not as one writes them."""


@dataclass(slots=True)
class Checked:
    """What a check found: whose key signed, what does not fit, and of which texts it cannot be said whether they follow
    from their bytes."""

    fingerprint: str | None = None
    made: str | None = None
    claims: int = 0
    reports: int = 0
    problems: list[Problem] = field(default_factory=list)
    unsaid: list[str] = field(default_factory=list)


def check(path: Path, key: str | None = None) -> Checked:
    """Check a bundle; `key` is the fingerprint that its key must have. Raises InputError where it is no bundle at all,
    and UsageError for a fingerprint that is none."""
    wanted = a_fingerprint(key) if key is not None else None
    contents = opened(path)
    with contents.zip:
        done = Checked()
        done.problems += _sealed(path, contents, wanted, done)
        if not done.problems:  # what nobody signed is not looked into
            done.problems += _Inside(contents, done).problems()
    return done


def _sealed(path: Path, contents: Contents, wanted: str | None, done: Checked) -> Iterator[Problem]:
    """Signature, list of files, hashes, and that no byte is there besides."""
    lacking = [name for name in (MANIFEST, SIGNATURE, KEY) if name not in contents.names]
    if lacking:
        yield Problem("bundle", ", ".join(lacking), "is missing")
        return
    try:
        manifest = contents.read(MANIFEST)
        signer = public_key(contents.read(KEY))
        if signer is None:
            yield Problem("bundle", KEY, "is no Ed25519 key as OnRecord writes them")
        else:
            done.fingerprint = fingerprint(signer)
            if not holds(signer, contents.read(SIGNATURE), manifest):
                yield Problem("bundle", SIGNATURE, "the signature is not of this manifest by this key")
            if wanted not in (None, done.fingerprint):
                yield Problem("bundle", KEY, f"it was signed by {done.fingerprint}, not by {wanted}")
        yield from _hashes(contents, json.loads(manifest))
        if not same_bytes(path, contents):
            yield Problem("bundle", path.name, "holds bytes that do not belong to a bundle")
    except InputError as why:
        yield Problem("bundle", why.which or "", why.what)
    except _BROKEN as why:
        yield Problem("bundle", MANIFEST, f"cannot be understood ({why!r})")


def _hashes(contents: Contents, manifest: Mapping[str, Any]) -> Iterator[Problem]:
    if manifest["onrecord_bundle"] != VERSION:
        yield Problem(
            "bundle", MANIFEST, f"is of version {manifest['onrecord_bundle']!r}; this OnRecord reads {VERSION}"
        )
    listed = {entry["name"]: entry for entry in manifest["files"]}
    for name in [name for name in contents.names if name not in {*listed, MANIFEST, SIGNATURE, KEY}]:
        yield Problem("bundle", name, "is not in the manifest")
    for name, entry in listed.items():
        if name not in contents.names:
            yield Problem("bundle", name, "is missing")
            continue
        try:
            data = contents.read(name)
        except InputError as why:
            yield Problem("bundle", name, why.what)
            continue
        if hashlib.sha256(data).hexdigest() != entry["sha256"] or len(data) != entry["bytes"]:
            yield Problem("bundle", name, "these are not the bytes that were signed")


class _Inside:
    """Checks that what the files say fits together."""

    def __init__(self, contents: Contents, done: Checked) -> None:
        self._contents, self._done = contents, done
        self._texts: dict[str, str] = {}
        self._runs: set[str] = set()
        self._judged: set[str] = set()

    def problems(self) -> Iterator[Problem]:
        names = self._contents.names
        with Cleaner(workers=1) as cleaner:
            steps: list[tuple[str, Callable[[str], Iterator[str]]]]
            steps = [("runs.jsonl", self._run_lines), ("judgements.jsonl", self._judgement_lines)]
            steps += [(name, self._raw) for name in names if name.startswith("raw/")]
            steps += [(name, lambda n: self._report(n, cleaner)) for name in names if name.startswith("reports/")]
            steps += [(name, self._claim) for name in names if name.startswith("claims/")]
            for name, step in [*steps, (MANIFEST, self._manifest)]:
                try:
                    yield from (Problem("bundle", name, what) for what in step(name))
                except InputError as why:
                    yield Problem("bundle", name, why.what)
                except _BROKEN as why:
                    yield Problem("bundle", name, f"cannot be understood ({why})")

    def _manifest(self, name: str) -> Iterator[str]:
        manifest = self._json(name)
        self._done.made = str(manifest["made"])
        held = {n.split("/")[1].removesuffix(".json") for n in self._contents.names if n.startswith("claims/")}
        if {str(claim).rsplit("-", 1)[1] for claim in manifest["claims"]} != held:
            yield "names other claims than it holds"

    def _run_lines(self, name: str) -> Iterator[str]:
        for told in self._lines(name):
            run = Run(told["engine"], told["version"], told["settings"])
            self._runs.add(run.id)
            if run.id != told["id"]:
                yield f"{told['id']} does not follow from what it names"

    def _judgement_lines(self, name: str) -> Iterator[str]:
        for told in self._lines(name):
            fields = {key: value for key, value in told.items() if key != "id"}
            judgement = Judgement(**fields | {"at": datetime.fromisoformat(told["at"])})
            self._judged |= {judgement.a, judgement.b}
            if judgement.id != told["id"]:
                yield f"{told['id']} does not follow from what it says"
            if judgement.by_kind == "engine" and judgement.by not in self._runs:
                yield f"{told['id']} is by a run that is not in the bundle"

    def _raw(self, name: str) -> Iterator[str]:
        if name != f"raw/{hashlib.sha256(self._contents.read(name)).hexdigest()}.bin":
            yield "these are not the bytes that its name says"

    def _report(self, name: str, cleaner: Cleaner) -> Iterator[str]:
        told = self._json(name)
        extraction = extraction_of(told)
        report = extraction.report
        self._texts[report.id] = report.text
        self._done.reports += 1
        if name != f"reports/{report.id.rsplit('-', 1)[1]}.json":
            yield "its name does not follow from what it says"
        if told["run"] not in self._runs:
            yield "is read by a run that is not in the bundle"
        raws = [self._raw_of(raw) for raw in told["raws"]]
        if report.raw_sha256 not in {raw.sha256 for raw in raws}:
            yield "the bytes that it was read from are not in the bundle"
        for raw in raws:
            if raw.sha256 == report.raw_sha256:
                yield from _way_back(told, report.text, raw.data)
            if not _follows(extraction, raw, cleaner):
                if self._json(MANIFEST)["cleaning"] == versions():
                    yield f"its text does not follow from raw/{raw.sha256}.bin"
                else:
                    self._done.unsaid.append(report.id)

    def _claim(self, name: str) -> Iterator[str]:
        told = self._json(name)
        self._done.claims += 1
        if name != f"claims/{told['id'].rsplit('-', 1)[1]}.json":
            yield "its name is not that of the claim"
        if told["id"] not in {p["said"]["id"] for p in told["positions"]} | self._judged:
            yield "its id is that of none of its attributions"
        for position in told["positions"]:
            said = position["said"]
            text = self._texts[said["report"]["id"]]
            quotes = [q for q in (said["source"], said["cue"], *said["content"]) if q]
            if any(text[q["start"] : q["end"]] != q["text"] for q in [*quotes, *said["distance"], *said["evidence"]]):
                yield f"{said['id']} has words that are not those of the text"
            if _said_id(said) != said["id"]:
                yield f"{said['id']} does not follow from its spans"

    def _raw_of(self, told: Mapping[str, Any]) -> RawReport:
        given = told["given"]
        found = {key: Found(*value) for key, value in given.items() if key not in ("id", "byline")}
        byline = tuple(Found(*value) for value in given.get("byline", ()))
        captured = datetime.fromisoformat(told["captured"]) if told["captured"] else None
        if told["form"] not in ("html", "text"):
            raise ValueError(told["form"])
        data = self._contents.read(f"raw/{told['sha256']}.bin")
        given_ = Given(given.get("id"), byline=byline, **found)
        return RawReport(data, told["form"], told["origin"], captured, told["delivered_by"], given_)

    def _json(self, name: str) -> Any:
        return json.loads(self._contents.read(name))

    def _lines(self, name: str) -> Iterator[Any]:
        return (json.loads(row) for row in self._contents.read(name).split(b"\n") if row)


def _way_back(told: Mapping[str, Any], text: str, data: bytes) -> Iterator[str]:
    """Exact pieces of the way back must decode to the characters they stand for."""
    for start, end, raw_start, raw_end, exact in told["origins"]:
        if exact and data[raw_start:raw_end].decode(told["encoding"], "replace") != text[start:end]:
            yield f"characters {start}…{end} are not what bytes {raw_start}…{raw_end} say"
            return


def _follows(extraction: Extraction, raw: RawReport, cleaner: Cleaner) -> bool:
    """Whether cleaning the bytes again, one way or the other, gives the text."""
    for verbatim in (False, True):
        try:
            if cleaner.clean(raw, verbatim=verbatim).text == extraction.report.text:
                return True
        except InputError:
            continue
    return False


def _said_id(said: Mapping[str, Any]) -> str:
    def span(quote: Mapping[str, Any] | None) -> Span | None:
        return Span(quote["start"], quote["end"]) if quote else None

    content = tuple(Span(q["start"], q["end"]) for q in said["content"])
    return Attribution(said["report"]["id"], span(said["source"]), span(said["cue"]), content, "direct", 0).id
