"""Columns that say nothing to who reads the database, whichever key they were written with."""

import pytest
from cryptography.fernet import Fernet
from django.db import connection

from core.crypto import EncryptedBinaryField

OLD, NEW = (Fernet.generate_key().decode() for _ in range(2))


def written(value):
    return bytes(EncryptedBinaryField().get_db_prep_value(value, connection).obj)


def read(value):
    return EncryptedBinaryField().from_db_value(value, None, connection)


@pytest.mark.parametrize("value", [b"\x00\xff", bytearray(b"array"), memoryview(b"view")])
def test_bytes_are_encrypted_and_come_back(value):
    stored = written(value)

    assert bytes(value) not in stored
    assert read(stored) == read(memoryview(stored)) == bytes(value)


def test_no_bytes_stay_none():
    assert written(b"") == b""
    assert read(b"") == b""
    assert EncryptedBinaryField(null=True).get_db_prep_value(None, connection) is None
    assert read(None) is None


def test_what_an_old_key_wrote_is_read_with_the_new_one_in_front(settings):
    settings.FIELD_KEYS = [OLD]
    stored = written(b"kept")
    settings.FIELD_KEYS = [NEW, OLD]

    assert read(stored) == b"kept"
    assert Fernet(NEW).decrypt(written(b"kept")) == b"kept"
