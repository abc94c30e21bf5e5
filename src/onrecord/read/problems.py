"""What went wrong with an input → the one `Failure` that says so."""

from __future__ import annotations

import errno

from onrecord.errors import InputError
from onrecord.model import Failure

_SAID: dict[int | None, tuple[str, str]] = {
    errno.ENOENT: ("does not exist.", "Check the spelling; an address needs https:// in front."),
    errno.EACCES: ("may not be read.", "Give yourself permission to read it (chmod u+r)."),
    errno.EPERM: ("may not be read.", "Give yourself permission to read it (chmod u+r)."),
    errno.ELOOP: ("is a link that leads back to itself.", "Remove the link."),
    errno.ENAMETOOLONG: ("has a name that is too long.", "Check the spelling."),
    errno.ENOTDIR: ("does not exist: a part of its path is a file.", "Check the spelling."),
}


def failure(origin: str, error: InputError | OSError | ValueError) -> Failure:
    """An error met while reading `origin`, as it is reported: what, which, what to do."""
    if isinstance(error, InputError):
        return Failure(origin, "read", error.what, error.advice)
    if isinstance(error, OSError):
        reason, advice = _SAID.get(error.errno, (f"could not be read: {error.strerror or error}.", "Try it again."))
        return Failure(origin, "read", reason, advice)
    return Failure(origin, "read", f"could not be read: {error}.", "Check the spelling.")
