"""The two database roles: one owns and migrates, the other serves and owns nothing."""

from __future__ import annotations

from typing import Any

import psycopg
from psycopg import sql

OWNER = "apport_owner"
APPLICATION = "apport_app"
DATABASE = "apport"

# Run in the database itself, by a superuser. The same for a server of your own: docs/operations.md.
GRANTS = (
    "ALTER SCHEMA public OWNER TO {owner}",
    "GRANT USAGE ON SCHEMA public TO {application}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    " GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO {application}",
    "ALTER DEFAULT PRIVILEGES FOR ROLE {owner} IN SCHEMA public"
    " GRANT USAGE, SELECT ON SEQUENCES TO {application}",
)


def grants() -> list[sql.Composed]:
    """Return the statements that make the current database the owner's and usable by the other."""
    names = {"owner": sql.Identifier(OWNER), "application": sql.Identifier(APPLICATION)}
    return [sql.SQL(statement).format(**names) for statement in GRANTS]


def provision(database: str = DATABASE, **server: Any) -> None:
    """Create roles and ``database`` on a server reached as superuser. Safe to repeat.

    A database that is there becomes the owner's.

    :raises psycopg.Error: when the server refuses.
    """
    with psycopg.connect(dbname="postgres", autocommit=True, **server) as admin:
        for role in (OWNER, APPLICATION):
            if not _exists(admin, "SELECT 1 FROM pg_roles WHERE rolname = %s", role):
                admin.execute(sql.SQL("CREATE ROLE {} LOGIN").format(sql.Identifier(role)))
        if not _exists(admin, "SELECT 1 FROM pg_database WHERE datname = %s", database):
            admin.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(database)))
        names = sql.Identifier(database), sql.Identifier(OWNER)
        admin.execute(sql.SQL("ALTER DATABASE {} OWNER TO {}").format(*names))
    with psycopg.connect(dbname=database, autocommit=True, **server) as admin:
        for statement in grants():
            admin.execute(statement)


def _exists(connection: psycopg.Connection[Any], query: str, name: str) -> bool:
    return connection.execute(query, [name]).fetchone() is not None
