"""Names and phones as the database holds them: encrypted for reading, hashed with a key for finding."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from functools import cache

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

VERSION = b"\x01"
NONCE_BYTES = 12


def seal(text: str | None, *, place: str) -> bytes | None:
    """The text under AES-256-GCM, bound to its place (``C1:name``): moved elsewhere it cannot be read."""
    if not text:
        return None
    nonce = secrets.token_bytes(NONCE_BYTES)
    return VERSION + nonce + _cipher().encrypt(nonce, text.encode("utf-8"), place.encode("utf-8"))


def unseal(sealed: bytes | memoryview | None, *, place: str) -> str | None:
    """The text again. Raises cryptography's InvalidTag where it was changed or moved."""
    if sealed is None:
        return None
    content = bytes(sealed)[len(VERSION) :]
    nonce, sealed_text = content[:NONCE_BYTES], content[NONCE_BYTES:]
    return _cipher().decrypt(nonce, sealed_text, place.encode("utf-8")).decode("utf-8")


def finding_hash(kind: str, text: str) -> str:
    """HMAC-SHA-256 of a name, phone or account, apart by kind; equal texts have equal hashes, and nobody
    without the key can try texts out."""
    return hmac.new(_finding_key(), f"{kind}:{text}".encode(), hashlib.sha256).hexdigest()


@cache
def _cipher() -> AESGCM:
    return AESGCM(bytes.fromhex(settings.WANLIU_KEYS.seal))


@cache
def _finding_key() -> bytes:
    return bytes.fromhex(settings.WANLIU_KEYS.find)
