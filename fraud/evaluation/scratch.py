"""A database of its own for one run, on the same server, gone whatever happens."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.backends.postgresql.base import DatabaseWrapper
from psycopg import sql

from core import nudge
from core.errors import DomainError

OWNER = "owner"
PREFIX = "apport_scratch_"
#: What a crash takes away of it was to be thrown away anyhow.
CARELESS = "-c synchronous_commit=off"


class NoScratchDatabase(DomainError):
    """The server does not let us make a database."""

    code = "no_scratch_database"


@contextmanager
def scratch_database() -> Iterator[str]:
    """Let all connections of this process lead to a new, migrated database, and then drop it.

    No other database is touched. What it is made by is ``settings.SCRATCH_DATABASE``.

    :raises NoScratchDatabase: when the server refuses to make one.
    """
    name = f"{PREFIX}{os.getpid()}_{secrets.token_hex(6)}"
    admin = settings.SCRATCH_DATABASE
    before = {alias: dict(connections[alias].settings_dict) for alias in connections}
    _make(admin, name)
    try:
        _lead_to({**admin, "NAME": name})
        call_command("migrate", database=OWNER, verbosity=0, interactive=False)
        with nudge.quiet():
            yield name
    finally:
        _close()
        for alias, said in before.items():
            connections[alias].settings_dict.update(said)
        _drop(admin, name)


def _make(admin: dict[str, Any], name: str) -> None:
    try:
        _administrate(admin, "CREATE DATABASE {}", name)
    except psycopg.Error as error:
        reason = str(error).splitlines()[0] if str(error) else type(error).__name__
        raise NoScratchDatabase(
            f"No scratch database could be made on the server ({reason}). Give the role of"
            " DATABASE_OWNER_URL the right CREATEDB, or name one that has it in"
            " SCRATCH_DATABASE_URL."
        ) from error
    except BaseException:  # Interrupted while the server made it, or had just done so.
        _drop(admin, name)
        raise


def _drop(admin: dict[str, Any], name: str) -> None:
    _administrate(admin, "DROP DATABASE IF EXISTS {} WITH (FORCE)", name)


def _lead_to(database: dict[str, Any]) -> None:
    _close()
    for alias in connections:
        said = connections[alias].settings_dict
        said.update({key: database[key] for key in ("NAME", "USER", "PASSWORD", "HOST", "PORT")})
        said["OPTIONS"] = {
            **said["OPTIONS"],
            "pool": False,
            "options": f"{said['OPTIONS'].get('options', '')} {CARELESS}".strip(),
        }


def _close() -> None:
    for alias in connections:
        wrapper = connections[alias]
        wrapper.close()
        if isinstance(wrapper, DatabaseWrapper):
            wrapper.close_pool()


def _administrate(admin: dict[str, Any], statement: str, name: str) -> None:
    with psycopg.connect(
        dbname=admin["NAME"],
        user=admin["USER"] or None,
        password=admin["PASSWORD"] or None,
        host=admin["HOST"] or None,
        port=admin["PORT"] or None,
        autocommit=True,
    ) as connection:
        connection.execute(sql.SQL(statement).format(sql.Identifier(name)))
