"""Encrypting anew, with the newest of FIELD_KEYS, what an earlier one encrypted, while all runs.

A few rows at a time, each time in a transaction of its own. What the newest key encrypted already
is passed over, so that an interrupted run goes on where it was.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.apps import apps
from django.conf import settings
from django.db import connections, transaction
from django.db.models import Model

from core.crypto import EncryptedBinaryField, EncryptedTextField

ROWS_AT_ONCE = 100
#: How long a batch waits for others to let go of the table, in PostgreSQL's words.
_PATIENCE = "5s"
#: Triggers keep documents from being changed. They rest until the batch is through.
_HAS_TRIGGERS = "SELECT 1 FROM pg_trigger WHERE tgrelid = %s::regclass AND NOT tgisinternal"
#: What of a second factor is encrypted: texts, and lists of texts.
_FACTOR_TEXTS, _FACTOR_LISTS = ("secret", "seed"), ("migrated_codes",)


@dataclass(frozen=True, slots=True)
class Table:
    """A table with encrypted columns."""

    name: str
    key: str
    columns: tuple[str, ...]
    is_json: bool = False


@dataclass(slots=True)
class Progress:
    """How far a table is: rows looked at, rows that an earlier key encrypted, rows no key opens."""

    table: str
    seen: int = 0
    outdated: int = 0
    unreadable: int = 0


def tables() -> list[Table]:
    """Return every table that has something encrypted in it, by name."""
    found = [_table(model) for model in apps.get_models()]
    factors = Authenticator._meta
    key = str(factors.pk.column)
    found.append(Table(factors.db_table, key, ("data",), is_json=True))
    return sorted((one for one in found if one.columns), key=lambda one: one.name)


def rotate(table: Table, *, using: str = "owner", is_rehearsal: bool = False) -> Iterator[Progress]:
    """Encrypt a table's rows with the newest key, and yield how far that is after every few rows.

    ``using``: a connection as the owner of the tables, who alone may touch documents that nobody
    changes: only how they are encrypted does. ``is_rehearsal``: count, and change nothing.
    """
    progress, last = Progress(table.name), None
    while True:
        rows = _read(table, last, using)
        if not rows:
            break
        last = rows[-1][0]
        progress.seen += len(rows)
        due = []
        for row in rows:
            states = {_state(token) for token in _tokens(table, row[1:])}
            progress.unreadable += "unreadable" in states
            if "outdated" in states:
                due.append(row[0])
        progress.outdated += len(due)
        if due and not is_rehearsal:
            _renew(table, due, using)
        yield progress
    yield progress


def _table(model: type[Model]) -> Table:
    encrypted = (EncryptedTextField, EncryptedBinaryField)
    columns = tuple(
        str(field.column) for field in model._meta.concrete_fields if isinstance(field, encrypted)
    )
    return Table(model._meta.db_table, str(model._meta.pk.column), columns)


def _read(table: Table, after: Any, using: str) -> list[tuple[Any, ...]]:
    quote = connections[using].ops.quote_name
    columns = ", ".join(quote(one) for one in (table.key, *table.columns))
    beyond = f"WHERE {quote(table.key)} > %s" if after is not None else ""
    with connections[using].cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM {quote(table.name)} {beyond}"  # noqa: S608 - our own names
            f" ORDER BY {quote(table.key)} LIMIT {ROWS_AT_ONCE}",
            [] if after is None else [after],
        )
        return list(cursor.fetchall())


def _renew(table: Table, keys: list[Any], using: str) -> None:
    connection = connections[using]
    quote = connection.ops.quote_name
    columns = ", ".join(quote(one) for one in (table.key, *table.columns))
    changes = ", ".join(f"{quote(one)} = %s" for one in table.columns)
    with transaction.atomic(using=using), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL lock_timeout = '{_PATIENCE}'")
        cursor.execute(_HAS_TRIGGERS, [table.name])
        if has_triggers := cursor.fetchone() is not None:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute(f"ALTER TABLE {quote(table.name)} DISABLE TRIGGER USER")
        cursor.execute(
            f"SELECT {columns} FROM {quote(table.name)}"  # noqa: S608 - our own names
            f" WHERE {quote(table.key)} = ANY(%s) ORDER BY {quote(table.key)} FOR UPDATE",
            [keys],
        )
        for row in cursor.fetchall():
            renewed = [_renewed(table, value) for value in row[1:]]
            cursor.execute(
                f"UPDATE {quote(table.name)} SET {changes}"  # noqa: S608 - our own names
                f" WHERE {quote(table.key)} = %s",
                [*renewed, row[0]],
            )
        if has_triggers:
            cursor.execute(f"ALTER TABLE {quote(table.name)} ENABLE TRIGGER USER")


def _tokens(table: Table, values: tuple[Any, ...]) -> Iterator[bytes]:
    for value in values:
        if table.is_json:
            yield from (token.encode() for token in _factor_tokens(_as_dict(value)))
        elif value:
            yield value.encode() if isinstance(value, str) else bytes(value)


def _factor_tokens(data: dict[str, Any]) -> Iterator[str]:
    yield from (data[name] for name in _FACTOR_TEXTS if data.get(name))
    for name in _FACTOR_LISTS:
        yield from data.get(name) or []


def _renewed(table: Table, value: Any) -> Any:
    if table.is_json:
        data = _as_dict(value)
        for name in _FACTOR_TEXTS:
            if data.get(name):
                data[name] = _anew(data[name].encode()).decode()
        for name in _FACTOR_LISTS:
            if data.get(name):
                data[name] = [_anew(one.encode()).decode() for one in data[name]]
        return json.dumps(data)
    if not value:
        return value
    if isinstance(value, str):
        return _anew(value.encode()).decode()
    return _anew(bytes(value))


def _as_dict(value: Any) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(value) if isinstance(value, str) else dict(value)
    return found


def _anew(token: bytes) -> bytes:
    """Return the token under the newest key; one that no key opens stays as it is."""
    try:
        return MultiFernet([Fernet(key) for key in settings.FIELD_KEYS]).rotate(token)
    except InvalidToken:
        return token


def _state(token: bytes) -> str:
    for number, key in enumerate(settings.FIELD_KEYS):
        try:
            Fernet(key).decrypt(token)
        except InvalidToken:
            continue
        return "outdated" if number else "newest"
    return "unreadable"
