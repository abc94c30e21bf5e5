"""A signed evidence bundle: chosen claims with everything they rest on, in one file that others can check alone.

readme.txt            what this is, in plain words
raw/SHA256.bin        the bytes that were read
reports/ID.json       the JSON of a report (docs/json.md); of what it was read, and the way back to the bytes
claims/ID.json        a claim with how it stands and every position on it
judgements.jsonl      what joins attributions to the claims, and by whom
runs.jsonl            which engines, in which version and with which settings, made all this
manifest.json         all files with size and SHA-256, and the versions that cleaned the texts
key.pem, manifest.sig the public key, and its Ed25519 signature of the manifest
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onrecord.claims import Claim
from onrecord.export.archive import Writer
from onrecord.export.chosen import Chosen
from onrecord.export.lines import line
from onrecord.export.signing import public_pem
from onrecord.model import Extraction, RawReport, Run, canonical_json
from onrecord.report_json import report_json

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

VERSION = 1
CLEANING = ("onrecord", "trafilatura", "lxml", "htmldate", "py3langid")
"""Packages that make texts of bytes: where all are of the same versions, they make the same."""
MANIFEST, SIGNATURE, KEY = "manifest.json", "manifest.sig", "key.pem"

README = """Evidence bundle, made with OnRecord.

It says who is on record with what, in which reports, at which characters. It does not say what is true.
claims/ holds the claims, reports/ the texts with every quoted span, raw/ the bytes that they were read from.

To check it:            onrecord verify THIS.zip --key FINGERPRINT
The fingerprint must come to you by another way than this file.
Without OnRecord:       sha256sum of each file against manifest.json, and
                        openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile manifest.sig
"""


def write(path: Path, chosen: Chosen, key: Ed25519PrivateKey) -> tuple[int, int]:
    """Write the bundle of chosen claims; how many claims and reports it holds. Raises UsageError where it grows too
    large."""
    files: list[dict[str, Any]] = []
    claims = list(chosen.claims())
    reports = 0
    with path.open("wb") as file:
        writer = Writer(file)

        def add(name: str, data: bytes) -> None:
            writer.add(name, data)
            files.append({"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()})

        add("readme.txt", README.encode())
        made_by: dict[str, Run] = {}
        seen: set[str] = set()
        for extraction in chosen.extractions():
            reports += 1
            made_by[extraction.run.id] = extraction.run
            raws = chosen.record.raw_reports(extraction.report.id)
            for raw in raws:
                if raw.sha256 not in seen:
                    seen.add(raw.sha256)
                    add(f"raw/{raw.sha256}.bin", raw.data)
            add(f"reports/{_digits(extraction.report.id)}.json", _bytes(_report(extraction, raws)))
        for claim in claims:
            add(f"claims/{_digits(claim.id)}.json", _bytes(claim.to_dict()))
        add("judgements.jsonl", b"".join(_judgements(claims)))
        made_by |= {r.run.id: r.run for r in chosen.record.runs() if r.run.id in _judges(claims)}
        add("runs.jsonl", b"".join(_bytes(_run(run)) for run in made_by.values()))
        manifest = _manifest([claim.id for claim in claims], files)
        writer.add(MANIFEST, manifest)
        writer.add(KEY, public_pem(key.public_key()))
        writer.add(SIGNATURE, key.sign(manifest))
        writer.close()
    return len(claims), reports


def versions() -> dict[str, str]:
    """The versions, here, of what makes texts of bytes."""
    return {name: metadata.version(name) for name in CLEANING}


def _manifest(claims: list[str], files: list[dict[str, Any]]) -> bytes:
    return canonical_json(
        {
            "onrecord_bundle": VERSION,
            "made": datetime.now(UTC).isoformat(timespec="seconds"),
            "cleaning": versions(),
            "claims": claims,
            "files": files,
        }
    )


def _report(extraction: Extraction, raws: Iterable[RawReport]) -> dict[str, Any]:
    origins = extraction.report.origins
    return report_json(extraction) | {
        "run": extraction.run.id,
        "encoding": extraction.report.encoding,
        "origins": [[o.start, o.end, o.raw_start, o.raw_end, int(o.exact)] for o in origins],
        "raws": [
            {
                "sha256": raw.sha256,
                "form": raw.form,
                "origin": raw.origin,
                "captured": raw.captured.isoformat() if raw.captured else None,
                "delivered_by": raw.delivered_by,
                "given": _given(raw),
            }
            for raw in raws
        ],
    }


def _given(raw: RawReport) -> dict[str, Any]:
    """What came with the bytes: `[value, where, inferred]` of each."""
    given = raw.given
    names = ("url", "title", "publisher", "published", "encoding")
    found = {name: getattr(given, name) for name in names}
    told: dict[str, Any] = {name: [f.value, f.where, f.inferred] for name, f in found.items() if f}
    byline = [[f.value, f.where, f.inferred] for f in given.byline]
    return told | ({"byline": byline} if byline else {}) | ({"id": given.id} if given.id is not None else {})


def _judgements(claims: Iterable[Claim]) -> Iterator[bytes]:
    found = {j.id: j for claim in claims for j in claim.row.judgements}
    return (_bytes(j.to_dict()) for j in found.values())


def _judges(claims: Iterable[Claim]) -> set[str]:
    return {j.by for claim in claims for j in claim.row.judgements}


def _run(run: Run) -> dict[str, Any]:
    return {"id": run.id, "engine": run.engine, "version": run.version, "settings": dict(run.settings)}


def _bytes(what: Any) -> bytes:
    return (line(what) + "\n").encode()


def _digits(content_id: str) -> str:
    return content_id.rsplit("-", 1)[1]
