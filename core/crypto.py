"""Encryption of personal and bank data in columns, with rotatable keys."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import models


@lru_cache(maxsize=4)
def _cipher_of(keys: tuple[str, ...]) -> MultiFernet:
    return MultiFernet([Fernet(key) for key in keys])


def _cipher() -> MultiFernet:
    return _cipher_of(tuple(settings.FIELD_KEYS))


def encrypt(text: str) -> str:
    """Return ``text`` encrypted with the newest key."""
    return _cipher().encrypt(text.encode()).decode()


def decrypt(token: str) -> str:
    """Return the text behind ``token``, whichever of the keys encrypted it."""
    return _cipher().decrypt(token.encode()).decode()


class EncryptedTextField(models.TextField):  # type: ignore[type-arg]
    """Text that is encrypted in the database. To search it, keep a keyed hash beside it."""

    def get_prep_value(self, value: Any) -> Any:
        return encrypt(value) if value else ""

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return decrypt(value) if value else ""


class EncryptedBinaryField(models.BinaryField):  # type: ignore[type-arg]
    """Bytes that are encrypted in the database; no bytes stay none, so that they can be found."""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        token = _cipher().encrypt(bytes(value)) if value else value
        return super().get_db_prep_value(token, connection, prepared)

    def from_db_value(self, value: Any, _expression: Any, _connection: Any) -> Any:
        return _cipher().decrypt(bytes(value)) if value else value
