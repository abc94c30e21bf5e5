"""Evidence bundles: what was signed is what is there, to the byte; and what was signed fits together."""

from __future__ import annotations

import hashlib
import json
import shutil
import stat
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from onrecord.answer import open_record
from onrecord.cli import main
from onrecord.errors import InputError, UsageError
from onrecord.export import bundle, check_bundle, new_key, signing
from onrecord.export.archive import Writer
from onrecord.export.chosen import Chosen
from onrecord.model import canonical_json, content_id
from tests.export.conftest import Send

Files = dict[str, bytes]


@pytest.fixture(scope="session")
def key(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("key") / "my.key"
    new_key(path)
    return path


@pytest.fixture(scope="session")
def made(db: Path, key: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle of the claims on the bridge."""
    path = tmp_path_factory.mktemp("bundle") / "b.zip"
    with open_record(db) as record:
        bundle.write(path, Chosen(record, (), "closed"), signing.private_key(key))
    return path


def files_of(path: Path) -> Files:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def put_together(path: Path, files: Files) -> Path:
    with path.open("wb") as file:
        writer = Writer(file)
        for name, data in files.items():
            writer.add(name, data)
        writer.close()
    return path


def signed_anew(path: Path, files: Files, key: Path) -> Path:
    """As somebody with a key of their own would: hashes and signature fit what is there now."""
    manifest = json.loads(files[bundle.MANIFEST])
    inner = {name: data for name, data in files.items() if name not in (bundle.MANIFEST, bundle.KEY, bundle.SIGNATURE)}
    manifest["files"] = [
        {"name": name, "bytes": len(data), "sha256": hashlib.sha256(data).hexdigest()} for name, data in inner.items()
    ]
    secret = signing.private_key(key)
    told = canonical_json(manifest)
    ends = {bundle.MANIFEST: told, bundle.KEY: files[bundle.KEY], bundle.SIGNATURE: secret.sign(told)}
    return put_together(path, inner | ends)


def test_a_bundle_is_made_by_one_command_and_checked_by_another_without_a_record(
    send: Send, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    ran = send("key", "new", tmp_path / "my.key")
    name = ran.out.strip()
    assert name.startswith("key-sha256-")
    assert stat.S_IMODE((tmp_path / "my.key").stat().st_mode) == 0o600
    assert send("key", "show", tmp_path / "my.key").out.strip() == name
    place = tmp_path / "e.zip"
    ran = send("export", "--format", "bundle", "--to", place, "--key", tmp_path / "my.key", "--words", "closed")
    assert (ran.code, ran.out) == (0, "")
    assert name in ran.err
    monkeypatch.setenv("ONRECORD_DB", str(tmp_path / "no record here.db"))
    for given_ in (name, name.upper(), name.removeprefix("key-sha256-")):
        assert main(["verify", str(place), "--key", given_]) == 0
        assert "The bundle is whole: 2 claims and 4 reports checked" in capsys.readouterr().err
    assert main(["verify", str(place), "--key", "0" * 32]) == 1
    printed = capsys.readouterr()
    assert f"signed by {name}, not by key-sha256-{'0' * 32}" in printed.out
    assert main(["verify", str(place), "--key", "abc"]) == 2
    assert main(["verify", "--key", name]) == 2


def test_tools_that_are_not_ours_read_it(made: Path, tmp_path: Path) -> None:
    with zipfile.ZipFile(made) as archive:
        assert archive.testzip() is None
        archive.extractall(tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_bytes())
    for entry in manifest["files"]:
        data = (tmp_path / entry["name"]).read_bytes()
        assert (hashlib.sha256(data).hexdigest(), len(data)) == (entry["sha256"], entry["bytes"])
    if unzip := shutil.which("unzip"):
        assert subprocess.run([unzip, "-tq", made], capture_output=True).returncode == 0
    if openssl := shutil.which("openssl"):
        asked = [openssl, "pkeyutl", "-verify", "-pubin", "-inkey", "key.pem", "-rawin", "-in", "manifest.json"]
        ran = subprocess.run([*asked, "-sigfile", "manifest.sig"], cwd=tmp_path, capture_output=True, text=True)
        assert "Verified Successfully" in ran.stdout, ran.stderr


def test_it_holds_all_that_the_claims_rest_on(made: Path, db: Path) -> None:
    files = files_of(made)
    with open_record(db) as record:
        chosen = Chosen(record, (), "closed")
        for claim in chosen.claims():
            told = json.loads(files[f"claims/{claim.id.rsplit('-', 1)[1]}.json"])
            assert told == json.loads(json.dumps(claim.to_dict()))
            for step in claim.trail():
                for reading in step.readings:
                    assert files[f"raw/{reading.raw_sha256}.bin"] == record.raw(reading.raw_sha256)
        judged = {json.loads(line)["id"] for line in files["judgements.jsonl"].splitlines()}
        assert judged == {j.id for claim in chosen.claims() for j in claim.row.judgements}
    runs = [json.loads(line) for line in files["runs.jsonl"].splitlines()]
    assert {"tiny", "by hand"} <= {run["engine"] for run in runs}


@settings(max_examples=60)
@given(st.data())
def test_any_flipped_byte_is_found(made: Path, tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    whole = bytearray(made.read_bytes())
    at = data.draw(st.integers(0, len(whole) - 1))
    whole[at] ^= data.draw(st.integers(1, 255))
    path = tmp_path_factory.getbasetemp() / "flipped.zip"
    path.write_bytes(whole)
    assert not holds(path)


@pytest.mark.parametrize("at", [*range(0, 30), *range(-120, 0)])
def test_bytes_that_hold_no_content_count_as_well(made: Path, tmp_path: Path, at: int) -> None:
    whole = bytearray(made.read_bytes())
    whole[at] ^= 1
    (tmp_path / "flipped.zip").write_bytes(whole)
    assert not holds(tmp_path / "flipped.zip")


@pytest.mark.parametrize(
    "change",
    [
        lambda b: b + b"x",
        lambda b: b"x" + b,
        lambda b: b[:-1],
        lambda b: b[: len(b) // 2],
        lambda b: b[:-2] + b"\x04\x00note",
        lambda _: b"",
        lambda _: b"PK",
    ],
)
def test_bytes_added_or_cut_off_are_found(made: Path, tmp_path: Path, change: Callable[[bytes], bytes]) -> None:
    (tmp_path / "b.zip").write_bytes(change(made.read_bytes()))
    assert not holds(tmp_path / "b.zip")


def holds(path: Path) -> bool:
    try:
        return not check_bundle(path).problems
    except InputError:
        return False


def test_the_whole_one_holds(made: Path) -> None:
    done = check_bundle(made)
    assert (done.problems, done.unsaid) == ([], [])
    assert (done.claims, done.reports) == (2, 4)


def edited(name: str, change: Callable[[Any], object]) -> Callable[[Files], None]:
    """A change to the JSON of the first file whose name begins so."""

    def edit(files: Files) -> None:
        found = next(each for each in files if each.startswith(name))
        lines = [json.loads(line) for line in files[found].splitlines()]
        change(lines[0])
        files[found] = b"".join(json.dumps(line).encode() + b"\n" for line in lines)

    return edit


def said(told: Any) -> Any:
    return told["positions"][0]["said"]


FORGED: dict[str, tuple[Callable[[Files], object], str]] = {
    "words of a claim": (edited("claims/", lambda c: said(c)["content"][0].update(text="x")), "not those of the text"),
    "span of a claim": (edited("claims/", lambda c: said(c)["source"].update(start=1, end=2)), "not those of the text"),
    "who it is by": (edited("claims/", lambda c: said(c).update(id="attribution-sha256-0")), "from its spans"),
    "id of a claim": (edited("claims/", lambda c: c.update(id="attribution-sha256-00")), "is not that of the claim"),
    "a report not there": (edited("claims/", lambda c: said(c)["report"].update(id="x")), "cannot be understood"),
    "the text": (edited("reports/", lambda r: r["report"].update(text="No.")), "cannot be understood"),
    "a quote": (edited("reports/", lambda r: r["attributions"][0]["cue"].update(text="lied")), "what stands at"),
    "the way back": (edited("reports/", lambda r: r["origins"][0].__setitem__(2, 3)), "are not what bytes"),
    "encoding": (edited("reports/", lambda r: r.update(encoding="no such")), "cannot be understood"),
    "run": (edited("reports/", lambda r: r.update(run="run-sha256-0")), "by a run that is not in the bundle"),
    "no bytes": (edited("reports/", lambda r: r.update(raws=[])), "the bytes that it was read from"),
    "bytes": (lambda files: files.update({first(files, "raw/"): b"Nothing."}), "not the bytes that its name says"),
    "judgement": (edited("judgements.jsonl", lambda j: j.update(score=1.0)), "does not follow from what it says"),
    "engine": (edited("runs.jsonl", lambda r: r.update(version="9")), "does not follow from what it names"),
    "no json": (lambda files: files.update({first(files, "claims/"): b"[" * 100_000}), "cannot be understood"),
    "a number": (lambda files: files.update({first(files, "reports/"): b"9"}), "cannot be understood"),
    "a claim fewer": (lambda files: files.pop(first(files, "claims/")), "names other claims than it holds"),
}


def first(files: Files, stem: str) -> str:
    return next(name for name in files if name.startswith(stem))


@pytest.mark.parametrize("what", FORGED)
def test_what_does_not_fit_is_found_though_it_is_signed(made: Path, key: Path, tmp_path: Path, what: str) -> None:
    change, told = FORGED[what]
    files = files_of(made)
    change(files)
    done = check_bundle(signed_anew(tmp_path / "b.zip", files, key))
    assert any(told in problem.what for problem in done.problems), [str(p) for p in done.problems]


def test_a_text_that_does_not_follow_from_its_bytes_is_found(made: Path, key: Path, tmp_path: Path) -> None:
    """Another text under an id of its own, with no way back given: only cleaning the bytes again tells."""
    files = files_of(made)
    name = first(files, "reports/")
    told = json.loads(files.pop(name))
    report = told["report"]
    report["text"] = "Mayor Lee said that all is well."
    values = [report[each] for each in ("url", "publisher", "published", "headline", "byline", "text")]
    report["id"] = content_id("report", values)
    told |= {"attributions": [], "entities": [], "set_aside": [], "origins": []}
    files[f"reports/{report['id'].rsplit('-', 1)[1]}.json"] = json.dumps(told).encode()
    done = check_bundle(signed_anew(tmp_path / "b.zip", files, key))
    assert any("its text does not follow from raw/" in problem.what for problem in done.problems)
    other = edited(bundle.MANIFEST, lambda m: m["cleaning"].update(lxml="0.1"))
    other(files)
    done = check_bundle(signed_anew(tmp_path / "b.zip", files, key))
    assert not any("its text does not follow" in problem.what for problem in done.problems)
    assert done.unsaid == [report["id"]]


def test_another_key_is_another_fingerprint(made: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "their.key"
    name = new_key(theirs)
    files = files_of(made)
    files[bundle.KEY] = signing.public_pem(signing.private_key(theirs).public_key())
    path = signed_anew(tmp_path / "b.zip", files, theirs)
    done = check_bundle(path)
    assert (done.problems, done.fingerprint) == ([], name)
    ours = check_bundle(made).fingerprint
    assert [problem.row for problem in check_bundle(path, ours).problems] == [bundle.KEY]


@pytest.mark.parametrize("pem", [b"", b"-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n", b"\xff" * 99])
def test_a_key_that_is_none_is_a_problem(made: Path, key: Path, tmp_path: Path, pem: bytes) -> None:
    files = files_of(made) | {bundle.KEY: pem}
    done = check_bundle(put_together(tmp_path / "b.zip", files))
    assert "no Ed25519 key" in str(done.problems[0])


def test_the_same_key_written_another_way_is_a_problem(made: Path, tmp_path: Path) -> None:
    files = files_of(made)
    files[bundle.KEY] = files[bundle.KEY].rstrip(b"\n") + b"\n\n"
    assert "no Ed25519 key" in str(check_bundle(put_together(tmp_path / "b.zip", files)).problems[0])


@pytest.mark.parametrize("name", ["../evil.txt", "/etc/passwd", "a/../../b", "C:\\x", "raw/..", "ü", "A"])
def test_a_name_that_leads_out_is_refused(made: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "b.zip"
    shutil.copy(made, path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(zipfile.ZipInfo(name), b"x")
    with pytest.raises(InputError, match="no bundle"):
        check_bundle(path)


def test_a_bomb_is_refused_unopened(made: Path, tmp_path: Path) -> None:
    path = tmp_path / "b.zip"
    shutil.copy(made, path)
    with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("raw/bomb.bin", bytes(50_000_000))
    assert path.stat().st_size < 1_000_000
    with pytest.raises(InputError, match="not as one writes them"):
        check_bundle(path)


@pytest.mark.parametrize("lacking", [bundle.MANIFEST, bundle.KEY, bundle.SIGNATURE, "readme.txt"])
def test_what_is_missing_is_named(made: Path, tmp_path: Path, lacking: str) -> None:
    files = files_of(made)
    del files[lacking]
    done = check_bundle(put_together(tmp_path / "b.zip", files))
    assert any(problem.row == lacking and problem.what == "is missing" for problem in done.problems)


def test_what_is_no_bundle_is_told_in_one_line(send: Send, tmp_path: Path) -> None:
    (tmp_path / "x.txt").write_text("no")
    for path in (tmp_path / "x.txt", tmp_path / "none.zip", tmp_path):
        ran = send("verify", path)
        assert (ran.code, ran.out, ran.err.count("\n")) == (1, "", 1)


def test_keys_are_kept_from_others_and_never_written_over(send: Send, tmp_path: Path) -> None:
    path = tmp_path / "k"
    assert send("key", "new", path).code == 0
    before = path.read_bytes()
    assert send("key", "new", path).code == 2
    assert path.read_bytes() == before
    path.chmod(0o644)
    ran = send("key", "show", path)
    assert (ran.code, "others may read" in ran.err) == (2, True)
    (tmp_path / "no").write_text("no key")
    (tmp_path / "no").chmod(0o600)
    assert send("key", "show", tmp_path / "no").code == 2
    assert send("key", "show", tmp_path / "nowhere").code == 2


def test_a_bundle_that_grows_too_large_is_not_made(
    db: Path, key: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("onrecord.export.archive.MOST_BYTES", 2000)
    with open_record(db) as record, pytest.raises(UsageError, match="too much for one bundle"):
        bundle.write(tmp_path / "b.zip", Chosen(record, (), "closed"), signing.private_key(key))


def test_other_versions_are_said_to_be_other(made: Path, key: Path, tmp_path: Path) -> None:
    files = files_of(made)
    edited(bundle.MANIFEST, lambda m: m.update(onrecord_bundle=2))(files)
    done = check_bundle(signed_anew(tmp_path / "b.zip", files, key))
    assert any("is of version 2" in problem.what for problem in done.problems)
