"""Ed25519 keys and signatures, by `cryptography` (the extra `bundle`).

A key is named by its fingerprint: `key-sha256-` and the first 32 hex digits of the SHA-256 of its 32 public bytes.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from typing import TYPE_CHECKING

from onrecord.errors import UsageError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

STEM, DIGITS = "key-sha256-", 32


def new_key(path: Path) -> str:
    """Make a key in a new file that nobody else may read; its fingerprint. Raises UsageError where a file is there."""
    _needed()
    from cryptography.hazmat.primitives import serialization as form
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(form.Encoding.PEM, form.PrivateFormat.PKCS8, form.NoEncryption())
    try:
        number = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise UsageError("that file is there already.", which=str(path), advice="Name a new one.") from None
    except OSError as why:
        raise UsageError(f"cannot be written: {why.strerror}.", which=str(path)) from None
    with os.fdopen(number, "wb") as file:
        file.write(pem)
    return fingerprint(key.public_key())


def private_key(path: Path) -> Ed25519PrivateKey:
    """The key of a file. Raises UsageError where it is none, or where others may read it."""
    _needed()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        if os.name == "posix" and path.stat().st_mode & 0o077:
            raise UsageError("others may read that key.", which=str(path), advice="chmod 600, or make a new one.")
        key = load_pem_private_key(path.read_bytes(), None)
    except OSError as why:
        raise UsageError(f"cannot be read: {why.strerror}.", which=str(path)) from None
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise UsageError("that is no key of OnRecord.", which=str(path), advice="`onrecord key new FILE`.") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError("that is no Ed25519 key.", which=str(path), advice="`onrecord key new FILE`.")
    return key


def public_pem(key: Ed25519PublicKey) -> bytes:
    """The public key as others take it (`openssl pkeyutl -verify -pubin -inkey …`)."""
    from cryptography.hazmat.primitives import serialization as form

    return key.public_bytes(form.Encoding.PEM, form.PublicFormat.SubjectPublicKeyInfo)


def public_key(pem: bytes) -> Ed25519PublicKey | None:
    """The key of a PEM that is written just as `public_pem` writes it; None of any other."""
    _needed()
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(pem)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return None
    return key if isinstance(key, Ed25519PublicKey) and public_pem(key) == pem else None


def holds(key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    """Whether the key signed these bytes."""
    from cryptography.exceptions import InvalidSignature

    try:
        key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def fingerprint(key: Ed25519PublicKey) -> str:
    """What names a key among people."""
    return STEM + hashlib.sha256(key.public_bytes_raw()).hexdigest()[:DIGITS]


def a_fingerprint(text: str) -> str:
    """A fingerprint as somebody wrote it, in full. Raises UsageError."""
    digits = "".join(text.split()).lower().removeprefix(STEM)
    if len(digits) != DIGITS or set(digits) - set("0123456789abcdef"):
        raise UsageError("that is no fingerprint.", which=text, advice=f"It is {STEM} and {DIGITS} hex digits.")
    return STEM + digits


def _needed() -> None:
    try:
        import cryptography  # noqa: F401 - only whether it is there
    except ImportError:
        raise UsageError("cryptography is not installed.", advice="pip install 'onrecord[bundle]'.") from None
