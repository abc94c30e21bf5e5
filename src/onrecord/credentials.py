"""Passwords, and the secrets of sessions and tokens: made, checked, and what is kept of them. No storage.

Of a password argon2id is kept; of a secret, which is 256 random bits and needs no slow hash, SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets
import unicodedata
import zlib
from functools import cache
from threading import BoundedSemaphore
from typing import TYPE_CHECKING

from onrecord.errors import BadLogin, UsageError

if TYPE_CHECKING:
    from argon2 import PasswordHasher

SHORTEST, LONGEST = 12, 1024
"""Characters of a password."""
PREFIX = "onr_"
"""How a token begins, so that leak scanners know one."""
BITS = 256
_CHECK = 6
_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_BODY = 43
"""Base-62 digits that 256 bits take."""
_AT_ONCE = BoundedSemaphore(2)
"""A hash takes 64 MiB and a core: more at once, and a flood of logins would stop the machine."""


def check_password(password: str, name: str) -> None:
    """Raises UsageError where a password must not be taken for the account of that name."""
    if len(password) < SHORTEST:
        raise UsageError(
            f"a password has at least {SHORTEST} characters.", which="password", advice="Four random words do well."
        )
    if len(password) > LONGEST:
        raise UsageError(f"a password has at most {LONGEST} characters.", which="password")
    if _normal(password).casefold() == _normal(name).casefold():
        raise UsageError("the name of the account is no password.", which="password", advice="Choose another.")


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _hasher().hash(_bytes(password))


def fits(password: str, kept: str | None) -> bool:
    """Whether this is the password. Of an account that there is not (None) a hash that nothing fits is checked, which
    takes the same time, so that nobody can tell from it which names there are."""
    from argon2.exceptions import InvalidHashError, VerificationError

    with _AT_ONCE:
        try:
            _hasher().verify(kept or _nobodys(), _bytes(password[: LONGEST + 1]))
        except (VerificationError, InvalidHashError):
            return False
    return kept is not None


def outdated(kept: str) -> bool:
    """Whether a password was hashed by weaker settings than today's, and should be hashed anew at the next login."""
    return _hasher().check_needs_rehash(kept)


def new_secret() -> str:
    """The secret of a session: 256 random bits."""
    return _in_digits(secrets.token_bytes(BITS // 8))


def new_token() -> str:
    """The text of a token: `onr_`, 256 random bits, and a checksum by which a typing error shows."""
    body = new_secret()
    return f"{PREFIX}{body}{_checksum(body)}"


def is_token(text: str) -> bool:
    """Whether a text has the form of a token and its checksum is right."""
    body, check = text[len(PREFIX) : -_CHECK], text[-_CHECK:]
    return (
        len(text) == len(PREFIX) + _BODY + _CHECK
        and text.startswith(PREFIX)
        and not set(body + check) - set(_DIGITS)
        and _checksum(body) == check
    )


def checked_token(text: str) -> str:
    """The token without blanks around it. Raises BadLogin where it is mistyped, before any database is asked."""
    token = text.strip()
    if is_token(token):
        return token
    raise BadLogin("this is no token, or it is mistyped or cut off.", advice="Copy all of it, from onr_ on.")


def fingerprint(secret: str) -> str:
    """What is kept of a secret, and what it is found by."""
    return hashlib.sha256(secret.encode(errors="backslashreplace")).hexdigest()


def new_id(kind: str) -> str:
    """An id that says nothing: the kind, and 64 random bits in hex."""
    return f"{kind}-{secrets.token_hex(8)}"


def folded(name: str) -> str:
    """A name as it is compared: two that look the same but for case are one."""
    return " ".join(_normal(name).casefold().split()).encode(errors="replace").decode()


def _checksum(body: str) -> str:
    return _in_digits(zlib.crc32(body.encode()).to_bytes(4, "big"))[-_CHECK:].rjust(_CHECK, _DIGITS[0])


def _in_digits(data: bytes) -> str:
    number, length = int.from_bytes(data, "big"), _BODY if len(data) == BITS // 8 else 1
    out = ""
    while number or len(out) < length:
        number, digit = divmod(number, len(_DIGITS))
        out = _DIGITS[digit] + out
    return out


def _normal(text: str) -> str:
    """The same characters however the keyboard composed them."""
    return unicodedata.normalize("NFKC", text)


def _bytes(password: str) -> bytes:
    return _normal(password).encode(errors="backslashreplace")


@cache
def _hasher() -> PasswordHasher:
    from argon2 import PasswordHasher

    return PasswordHasher()


@cache
def _nobodys() -> str:
    return _hasher().hash(secrets.token_hex(32))
