"""Our signature under documents: others can check it with our public key, and not make it."""

from __future__ import annotations

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from django.conf import settings


def sign(purpose: str, message: bytes) -> str:
    """Return the Ed25519 signature of ``message``, in hex; each ``purpose`` has its own key."""
    return _key(purpose).sign(message).hex()


def is_ours(purpose: str, message: bytes, signature: str) -> bool:
    """Tell whether ``signature`` is ours, and of exactly this message."""
    try:
        _key(purpose).public_key().verify(bytes.fromhex(signature), message)
    except (InvalidSignature, ValueError):
        return False
    return True


def public_key(purpose: str) -> str:
    """Return the key with which anybody can check our signatures, in hex."""
    raw = _key(purpose).public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
    return raw.hex()


def _key(purpose: str) -> Ed25519PrivateKey:
    derived = HKDF(
        algorithm=hashes.SHA256(), length=32, salt=None, info=f"signature {purpose}".encode()
    )
    return Ed25519PrivateKey.from_private_bytes(derived.derive(settings.HASH_KEY.encode()))
