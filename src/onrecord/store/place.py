"""Where a record lies, and whether that place is fit for one."""

from __future__ import annotations

import os
import re
from pathlib import Path

from sqlalchemy import Connection

from onrecord.errors import NotFound, StoreError
from onrecord.store.schema import APPLICATION_ID

NETWORK = frozenset(
    {
        *("nfs", "nfs3", "nfs4", "cifs", "smb2", "smb3", "smbfs", "ncpfs", "afs", "coda", "ceph", "glusterfs"),
        *("lustre", "beegfs", "gpfs", "ocfs2", "gfs2", "davfs", "fuse.sshfs", "fuse.rclone", "fuse.s3fs"),
        *("fuse.gcsfuse", "fuse.glusterfs", "fuse.ceph", "fuse.davfs2", "fuse.curlftpfs"),
    }
)
"""Names by which Linux knows file systems whose locks or flushes cannot be relied on by SQLite."""

_MOUNTS = Path("/proc/self/mountinfo")
_MAGIC = b"SQLite format 3\x00"


def path_of(where: str | Path) -> Path:
    """The path meant by `where`: a path, `sqlite:///relative` or `sqlite:////absolute`.

    Raises StoreError for an address of another database.
    """
    named = str(where)
    if address := re.match(r"([a-zA-Z][a-zA-Z0-9+.-]+)://", named):
        if not named.startswith("sqlite:///"):
            raise StoreError(
                f"a record behind {address[1]}:// is not supported yet.",
                advice="Give a path, sqlite:///RELATIVE or sqlite:////ABSOLUTE.",
            )
        named = named.removeprefix("sqlite:///")
    if not named:
        raise StoreError("no place is given for the record.", advice="Give a path, or set ONRECORD_DB.")
    return Path(named).expanduser().absolute()


def prepare(path: Path, *, create: bool, mark: int = APPLICATION_ID) -> None:
    """See that a record, or what bears another mark of ours, lies at the path or can be made there; makes its folders.
    Raises NotFound, StoreError."""
    if path.is_dir():
        raise StoreError("this is a folder.", which=str(path), advice=f"Give a file, such as {path / 'record.db'}.")
    if not path.exists():
        if not create:
            raise NotFound("there is no record here.", which=str(path), advice="`onrecord read` makes one.")
        _make_folder(path.parent)
    refuse_network(path)
    if path.exists():
        _refuse_stranger(path, mark)


def refuse_network(path: Path, mounts: Path = _MOUNTS) -> None:
    """Raises StoreError where the path lies on a network file system, as far as the system tells."""
    kind = "a network share" if str(path).startswith(("\\\\", "//")) else _file_system(path, mounts)
    if kind in NETWORK or kind == "a network share":
        raise StoreError(
            f"this lies on a network file system ({kind}), on which SQLite can lose data.",
            which=str(path),
            advice="Keep the record on a local disk.",
        )


def _file_system(path: Path, mounts: Path) -> str | None:
    if not mounts.exists():
        return None
    real = os.path.realpath(path)
    best, kind = "", None
    for line in mounts.read_text(errors="replace").splitlines():
        before, _, after = line.partition(" - ")
        point = re.sub(r"\\([0-7]{3})", lambda m: chr(int(m[1], 8)), before.split()[4])
        inside = real == point or real.startswith(point.rstrip("/") + "/")
        if inside and len(point) >= len(best):
            best, kind = point, after.split()[0]
    return kind


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"this folder cannot be made ({error.strerror}).",
            which=str(folder),
            advice="Choose another with --db.",
        ) from error


def _refuse_stranger(path: Path, mark: int) -> None:
    try:
        with path.open("rb") as file:
            head = file.read(100)
    except OSError as error:
        raise StoreError(
            f"the record cannot be read ({error.strerror}).", which=str(path), advice="See to its permissions."
        ) from error
    if head and not head.startswith(_MAGIC):
        raise StoreError("this is no record, nor any SQLite database.", which=str(path), advice="Name another file.")
    if head and int.from_bytes(head[68:72], "big") not in (0, mark):
        raise _stranger(path)


def looks_like_record(path: Path) -> bool:
    """Whether a file is a record by the mark in its header: one in use, or a copy of one."""
    try:
        with path.open("rb") as file:
            head = file.read(100) if path.is_file() else b""
    except OSError:
        return False
    return head.startswith(_MAGIC) and int.from_bytes(head[68:72], "big") == APPLICATION_ID


def refuse_other_tables(connection: Connection, path: Path, mark: int = APPLICATION_ID) -> None:
    """Raises StoreError where a database without our mark in its header holds tables: it is somebody else's."""
    if connection.exec_driver_sql("PRAGMA application_id").scalar_one() == mark:
        return
    if connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one():
        raise _stranger(path)


def _stranger(path: Path) -> StoreError:
    return StoreError(
        "this is a SQLite database of another program or purpose.", which=str(path), advice="Name another file."
    )
