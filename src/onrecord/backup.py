"""Backups of a record and a desk, made while others go on working, and put back.

A backup is a folder that appears under its name only when all of it is on the disk:

    onrecord-20310501T120000.000000Z/
        record.db        the record, bytes of every report included
        desk.db          the desk, where there is one
        manifest.json    what made it, when, the digest of each file, and what it does not hold

The record is copied before the desk: what somebody asked to change stands in the desk's log before it is done, so that
the log of a backup knows of everything that its record holds.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from onrecord.desk import open_the_desk
from onrecord.errors import NotFound, StoreError, UsageError
from onrecord.store.copying import Copied, check_desk, check_record, copy_desk, copy_record, leftovers
from onrecord.store.lock import alone

FORMAT = 1
MANIFEST, RECORD, DESK = "manifest.json", "record.db", "desk.db"
MOST_MANIFEST = 2**20
_CHUNK = 2**20
_PREFIX = "onrecord-"


@dataclass(frozen=True, slots=True)
class Part:
    """One file of a backup: its size, SHA-256, schema, and how many rows tell its size."""

    bytes: int
    sha256: str
    schema: str
    rows: dict[str, int]


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup in a folder: when it was begun (UTC), by which OnRecord, its files by name, and what it lacks, in
    sentences."""

    folder: Path
    made: datetime
    onrecord: str
    files: dict[str, Part]
    lacks: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """What the manifest says, and where the folder is."""
        return {"folder": str(self.folder)} | _manifest(self)


def back_up(
    target: Path,
    db: str | None,
    desk: str | None,
    *,
    keep: int | None = None,
    clock: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Backup:
    """Make a backup in the folder `target`, which is made where it is missing, of the record at `db` and the desk at
    `desk` (None: without one); with `keep`, only so many of the newest stay in the folder.

    Raises UsageError, NotFound, StoreError; then nothing of it is left. What a killed one left is cleared away by the
    next.
    """
    _refuse_elsewhere(db)
    with _told(target), _turn(target):
        made = clock()
        name = f"{_PREFIX}{made:%Y%m%dT%H%M%S.%f}Z"
        part = target / f".{name}.part"
        part.mkdir(mode=0o700)
        try:
            files = dict(_copies(part, db, desk))
            backup = Backup(target / name, made, version("onrecord"), files, tuple(_lacks(db, desk)))
            (part / MANIFEST).write_text(json.dumps(_manifest(backup), indent=2) + "\n", encoding="utf-8")
            for file in (*part.iterdir(), part):
                _on_disk(file)
            part.rename(backup.folder)
            _on_disk(target)
        except BaseException:
            shutil.rmtree(part, ignore_errors=True)
            raise
        if keep is not None:
            _thin_out(target, keep)
    return backup


def backups(target: Path) -> list[Backup]:
    """Those in a folder that are complete, oldest first."""
    found = sorted(each for each in target.iterdir() if each.name.startswith(_PREFIX) and (each / MANIFEST).is_file())
    return [read_manifest(each) for each in found]


def read_manifest(folder: Path) -> Backup:
    """A backup by its folder, as its manifest tells it. Raises StoreError where that is none."""
    try:
        with (folder / MANIFEST).open("rb") as file:
            told = json.loads(file.read(MOST_MANIFEST))
        if told["format"] != FORMAT:
            advice = "Restore it with the OnRecord that made it, or a newer one."
            raise StoreError(f"a backup of another form ({told['format']}).", which=str(folder), advice=advice)
        files = {name: Part(**of) for name, of in told["files"].items() if name in (RECORD, DESK)}
        return Backup(
            folder, datetime.fromisoformat(told["made"]), str(told["onrecord"]), files, tuple(map(str, told["lacks"]))
        )
    except FileNotFoundError:
        raise NotFound(f"there is no {MANIFEST} here.", which=str(folder), advice="Name a backup's folder.") from None
    except (ValueError, TypeError, KeyError, AttributeError, OSError) as error:
        advice = "Take another backup."
        raise StoreError(f"the manifest cannot be read ({error}).", which=str(folder), advice=advice) from None


def newest(source: Path) -> Backup:
    """The backup in a folder, or the newest of the backups in it. Raises NotFound, StoreError."""
    if not source.is_dir():
        raise NotFound(
            "there is no such folder.", which=str(source), advice="Name a backup's folder, or one of backups."
        )
    if (source / MANIFEST).exists():
        return read_manifest(source)
    found = backups(source)
    if not found:
        raise NotFound(
            "there is no backup here.", which=str(source), advice="Name a backup's folder, or one of backups."
        )
    return found[-1]


def restore(backup: Backup, db: Path, desk: Path) -> list[Path]:
    """Put the files of a backup at these places, and give back which. Every digest is checked first, and nothing that
    lies there is ever replaced. Raises StoreError; then nothing was put anywhere."""
    places = {RECORD: db.absolute(), DESK: desk.absolute()}
    wanted = {name: places[name] for name in (RECORD, DESK) if name in backup.files}
    if not wanted:
        raise StoreError("it holds neither record nor desk.", which=str(backup.folder), advice="Take another backup.")
    for place in wanted.values():
        _refuse_taken(place)
    staged: dict[Path, Path] = {}
    done: list[Path] = []
    try:
        for name, place in wanted.items():
            with _told(place.parent):
                staged[place] = _staged(backup, name, place)
        for place, part in staged.items():
            with _told(place.parent):
                os.link(part, place)  # which fails where something lies there by now
                done.append(place)
                _on_disk(place.parent)
    except BaseException:
        for place in done:
            place.unlink(missing_ok=True)
        raise
    finally:
        for part in staged.values():
            part.unlink(missing_ok=True)
    return done


def _staged(backup: Backup, name: str, place: Path) -> Path:
    """A file of a backup, copied beside its place and found to be what was backed up."""
    place.parent.mkdir(parents=True, exist_ok=True)
    part, held = place.with_name(f".{place.name}.{os.getpid()}.part"), backup.files[name]
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with (backup.folder / name).open("rb") as source, os.fdopen(descriptor, "wb") as copy:
            digest = hashlib.sha256()
            while chunk := source.read(_CHUNK):
                digest.update(chunk)
                copy.write(chunk)
            copy.flush()
            os.fsync(copy.fileno())
        if digest.hexdigest() != held.sha256:
            advice = "It was altered or damaged since: take another backup. Nothing was restored."
            raise StoreError("this file is not what was backed up.", which=str(backup.folder / name), advice=advice)
        (check_record if name == RECORD else check_desk)(part)
    except BaseException:
        part.unlink(missing_ok=True)
        raise
    return part


def _refuse_taken(place: Path) -> None:
    if place.exists() or place.is_symlink():
        advice = "Nothing is overwritten: move it away, or name another place."
        raise StoreError("there is something at this place.", which=str(place), advice=advice)
    for left in leftovers(place):
        advice = "It belongs to what lay here and would damage what is restored: move it away, too."
        raise StoreError("this would be taken for a part of the record.", which=str(left), advice=advice)


def _copies(part: Path, db: str | None, desk: str | None) -> Iterator[tuple[str, Part]]:
    if db is not None:
        yield RECORD, _part(part / RECORD, copy_record(db, part / RECORD))
    if desk is not None:
        yield DESK, _part(part / DESK, copy_desk(desk, part / DESK))


def _part(file: Path, copied: Copied) -> Part:
    with file.open("rb") as opened:
        digest = hashlib.file_digest(opened, "sha256").hexdigest()
    return Part(file.stat().st_size, digest, copied.schema, copied.rows)


def _lacks(db: str | None, desk: str | None) -> Iterator[str]:
    if db is None:
        yield "The record: only the desk was asked for."
    if desk is None:
        yield "A desk (accounts, workspaces, the audit log): there was none."
        return
    held = None if db is None else str(Path(db.removeprefix("sqlite:///")).expanduser().absolute())
    with open_the_desk(desk) as opened:
        for each in opened.workspaces():
            if each.db != held:
                yield f"The record of the workspace {each.name}: back it up by itself, with --db."


def _manifest(backup: Backup) -> dict[str, Any]:
    files = {name: asdict(part) for name, part in backup.files.items()}
    told = {"format": FORMAT, "made": backup.made.isoformat(), "onrecord": backup.onrecord}
    return told | {"files": files, "lacks": list(backup.lacks)}


def _refuse_elsewhere(db: str | None) -> None:
    if db is not None and "://" in db and not db.startswith("sqlite:///"):
        raise UsageError(
            "this record is in a database server, which makes backups of its own.",
            which="--db",
            advice="Use pg_dump for it, and --desk-only here for the desk: see docs/operations.md.",
        )


@contextmanager
def _turn(target: Path) -> Iterator[None]:
    """The folder for oneself, without what a killed backup left. Raises UsageError where another is at work."""
    target.mkdir(parents=True, exist_ok=True)
    with alone(target / "backups", "lock") as free:
        if not free:
            raise UsageError("another backup is being made there.", which=str(target), advice="Wait for it.")
        for left in target.glob(f".{_PREFIX}*"):
            shutil.rmtree(left)
        yield


@contextmanager
def _told(place: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        advice = "Nothing is overwritten: name another place."
        raise StoreError("there is something at this place by now.", which=str(place), advice=advice) from None
    except OSError as error:
        advice = "Make room or see to the permissions, and run it again."
        raise StoreError(f"this cannot be written: {error.strerror}.", which=str(place), advice=advice) from None


def _thin_out(target: Path, keep: int) -> None:
    """Away with all but the newest; each vanishes whole."""
    for old in backups(target)[:-keep]:
        gone = target / f".{old.folder.name}.old"
        old.folder.rename(gone)
        shutil.rmtree(gone)


def _on_disk(path: Path) -> None:
    """What was written there survives a power cut. Folders can't be flushed on Windows."""
    if os.name == "nt":
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
