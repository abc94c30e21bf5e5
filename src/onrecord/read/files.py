"""Which files a path means: a file, a folder, a glob."""

from __future__ import annotations

import glob
import stat
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path

from onrecord.model import Failure
from onrecord.read.options import ReadOptions
from onrecord.read.problems import failure


def find(path: str, options: ReadOptions) -> Iterator[Path | Failure]:
    """The files that a path means, in the order of their names; one Failure for what fits none or leads in a circle."""
    if not path:
        yield Failure(path, "read", "is no name of a file.", "Give a file, a folder, an address, or - for stdin.")
        return
    try:
        named = Path(path)
        if named.is_dir():
            yield from _folder(named, options)
        elif glob.has_magic(path) and not named.is_symlink() and not named.exists():
            yield from _glob(path, options)
        else:
            yield named
    except (OSError, ValueError) as error:
        yield failure(path, error)


def _glob(pattern: str, options: ReadOptions) -> Iterator[Path | Failure]:
    matches = [Path(match) for match in sorted(glob.glob(pattern, recursive=True))]  # noqa: PTH207 - Path.glob takes no absolute pattern
    if not matches:
        yield Failure(pattern, "read", "fits no file.", "Check the pattern; ** stands for folders within folders.")
    for match in matches:
        if not match.is_dir():
            if _wanted(match, options):
                yield match
        elif "**" not in pattern:  # which names what is in a folder as well
            yield from _folder(match, options)


def _folder(folder: Path, options: ReadOptions) -> Iterator[Path | Failure]:
    found = False
    for item in _walk(folder, set()):
        if isinstance(item, Failure) or _wanted(item.relative_to(folder), options):
            found = True
            yield item
    if not found:
        advice = "Hidden files are passed over, and what --include and --exclude leave out."
        yield Failure(str(folder), "read", "is a folder without a file to read.", advice)


def _walk(folder: Path, seen: set[tuple[int, int]]) -> Iterator[Path | Failure]:
    """Files in a folder and below; hidden ones left out, links followed, but no folder read twice."""
    try:
        status = folder.stat()
        if (status.st_dev, status.st_ino) in seen:
            yield Failure(str(folder), "read", "is a link to a folder that is read already.", "Nothing is lost.")
            return
        seen.add((status.st_dev, status.st_ino))
        paths = sorted(path for path in folder.iterdir() if not path.name.startswith("."))
    except OSError as error:
        yield failure(str(folder), error)
        return
    for path in paths:
        try:
            mode = path.stat().st_mode
        except OSError as error:
            yield failure(str(path), error)
            continue
        if stat.S_ISDIR(mode):
            yield from _walk(path, seen)
        elif stat.S_ISREG(mode):
            yield path
        else:
            yield Failure(str(path), "read", "is a device or pipe.", "Name it by itself if it is to be read.")


def _wanted(path: Path, options: ReadOptions) -> bool:
    def fits(patterns: tuple[str, ...]) -> bool:
        return any(fnmatch(path.as_posix(), pattern) or fnmatch(path.name, pattern) for pattern in patterns)

    return (not options.include or fits(options.include)) and not fits(options.exclude)
