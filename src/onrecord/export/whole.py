"""Files and folders that appear under their name only when they are complete."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from onrecord.errors import UsageError

MARK = "made-by-onrecord.txt"
"""Stands in every folder that was written here: only such a folder is ever replaced."""


@contextmanager
def whole_file(path: Path) -> Iterator[Path]:
    """A place to write at, which becomes `path` at the end. Raises UsageError where it cannot be written."""
    if path.is_dir():
        raise UsageError("that is a folder.", which=str(path), advice="Name a file.")
    part = _part(path)
    try:
        yield part
        part.replace(path)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}.", which=str(path)) from None
    finally:
        part.unlink(missing_ok=True)


@contextmanager
def whole_folder(path: Path, told: str) -> Iterator[Path]:
    """A new folder to write into, which becomes `path` at the end, in place of an older one that was written here.

    `told` says in it what it is. Raises UsageError where `path` holds anything else, or cannot be written.
    """
    if path.exists() and not (path / MARK).is_file() and not (path.is_dir() and not any(path.iterdir())):
        raise UsageError("that is there already, and not by OnRecord.", which=str(path), advice="Name a new folder.")
    part, old = _part(path), path.with_name(f".{path.name}.{os.getpid()}.old")
    try:
        part.mkdir()
        (part / MARK).write_text(told + "\n", encoding="utf-8")
        yield part
        if path.exists():
            path.rename(old)
        part.rename(path)
    except OSError as error:
        raise UsageError(f"cannot be written: {error.strerror}.", which=str(path)) from None
    finally:
        shutil.rmtree(part, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)


def _part(path: Path) -> Path:
    if not path.name:
        raise UsageError("that is no name.", which=str(path), advice="Name a file or folder.")
    if not path.parent.is_dir():
        raise UsageError("there is no such folder.", which=str(path.parent), advice="Make it first.")
    return path.with_name(f".{path.name}.{os.getpid()}.part")
