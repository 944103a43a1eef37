"""Migrations that would stop a running installation: long locks, and what old processes miss.

The SQL of each migration is read by squawk. What only takes long counts for the tables that are
large; what the processes of the release before cannot bear counts for every table.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db.migrations.loader import MigrationLoader
from django.db.migrations.migration import Migration

from config.releases import JUDGED_AFTER

#: They block writes, or reads, for as long as the table is read or written.
SLOW_ON_LARGE = {
    "adding-field-with-default": "a default that is computed rewrites the table",
    "adding-foreign-key-constraint": "add it NOT VALID, validate it in a migration of its own",
    "adding-not-nullable-field": "add a CHECK … NOT VALID, validate it, then SET NOT NULL",
    "changing-column-type": "add a new column, copy in batches, then read that one",
    "constraint-missing-not-valid": "AddConstraintNotValid, then ValidateConstraint",
    "disallowed-unique-constraint": "make a unique index concurrently, then USING INDEX",
    "require-concurrent-index-creation": "AddIndexConcurrently, with atomic = False",
    "require-concurrent-index-deletion": "RemoveIndexConcurrently, with atomic = False",
}
#: Web and workers of the release before still run while this one migrates.
NOT_BORNE_BY_THE_RELEASE_BEFORE = {
    "adding-required-field": "give it a db_default, or let it be null",
    "ban-drop-column": "stop reading it in one release, drop it in the next",
    "ban-drop-table": "stop reading it in one release, drop it in the next",
    "ban-truncate-cascade": "delete in batches",
    "renaming-column": "add a new one, write both, drop the old one later",
    "renaming-table": "add a new one, or a view of the old name",
    "dropped-default": "old processes do not name the column: use db_default, which stays",
}
LARGE = {
    "affiliates_event", "affiliates_eventdelivery", "affiliates_eventkey", "core_auditentry",
    "core_delivery", "core_notification", "fraud_observation", "fraud_screening", "fraud_signal",
    "payouts_commission", "payouts_commissionline", "payouts_transfer", "shop_inboundevent",
    "shop_order", "shop_orderline", "shop_product", "tracking_attribution", "tracking_click",
    "tracking_clickcount", "tracking_clickday", "tracking_clickhour", "tracking_clickmark",
    "tracking_credit", "tracking_journeyevent", "tracking_touchpoint",
}  # fmt: skip
_TABLE = re.compile(
    r"(?is)\b(?:ALTER\s+TABLE(?:\s+ONLY)?|CREATE\s+(?:UNIQUE\s+)?INDEX\b.*?\bON"
    r"|TRUNCATE(?:\s+TABLE)?|DROP\s+TABLE)(?:\s+IF\s+(?:NOT\s+)?EXISTS)?\s+\"?(\w+)\"?"
)
_DROPPED_DEFAULT = re.compile(r'(?i)ADD COLUMN\s+"?(\w+)"?[^;]*?DEFAULT[^;]*NOT NULL')
SQUAWK = Path(sys.executable).with_name("squawk")


@dataclass(frozen=True, slots=True)
class Complaint:
    """Something in a migration that would stop somebody."""

    migration: str
    rule: str
    table: str
    statement: str
    remedy: str

    def __str__(self) -> str:
        return f"{self.migration}: {self.rule} on {self.table}: {self.remedy}\n    {self.statement}"


def complaints(connection: Any, *, everything: bool = False) -> list[Complaint]:
    """Return what is wrong with the migrations since the last release, or with all of them.

    A migration says why it may, in an attribute of its class:
    ``bears = {"require-concurrent-index-creation": "the table is new and empty"}``.
    """
    loader = MigrationLoader(connection)
    found: list[Complaint] = []
    for key in sorted(loader.graph.nodes):
        app, name = key
        if app not in JUDGED_AFTER or (not everything and name <= JUDGED_AFTER[app]):
            continue
        migration = loader.get_migration(app, name)
        statements = loader.collect_sql([(migration, False)])
        found += judged(f"{app}.{name}", migration, statements)
    return found


def judged(name: str, migration: Migration | None, statements: list[str]) -> list[Complaint]:
    """Return what is wrong with the SQL of one migration, but for what it says that it bears."""
    borne = getattr(migration, "bears", {})
    # Of the statements of one migration, those on tables that it makes itself are nobody's yet.
    made = {table for one in statements for table in re.findall(r'CREATE TABLE "?(\w+)"?', one)}
    return [
        Complaint(name, rule, table, " ".join(statement.split())[:160], remedy)
        for rule, statement in [*_squawked(statements), *_dropped_defaults(statements)]
        for table in [_table_of(statement)]
        if (remedy := _remedy(rule, table)) and rule not in borne and table not in made
    ]


def _remedy(rule: str, table: str) -> str:
    if rule in SLOW_ON_LARGE:
        return SLOW_ON_LARGE[rule] if table in LARGE or not table else ""
    return NOT_BORNE_BY_THE_RELEASE_BEFORE.get(rule, "")


def _table_of(statement: str) -> str:
    """Return the table that a statement changes; of DROP INDEX nobody can tell."""
    found = _TABLE.search(statement)
    return found[1] if found else ""


def _dropped_defaults(statements: list[str]) -> list[tuple[str, str]]:
    """Django adds a column with a default only to fill the rows, and drops the default at once."""
    added = {
        (_table_of(one), column) for one in statements for column in _DROPPED_DEFAULT.findall(one)
    }
    return [
        ("dropped-default", one)
        for one in statements
        for column in re.findall(r'(?i)ALTER COLUMN "?(\w+)"? DROP DEFAULT', one)
        if (_table_of(one), column) in added
    ]


def _squawked(statements: list[str]) -> list[tuple[str, str]]:
    """Return the rules that squawk finds broken, each with its statement."""
    starts, text = [], ""
    for statement in statements:
        starts.append(text.count("\n"))
        text += f"{statement}\n"
    done = subprocess.run(
        [SQUAWK, "--reporter", "json", "--pg-version", "18.0", "--stdin-filepath", "migration.sql"],
        input=text,
        capture_output=True,
        text=True,
        check=False,
    )
    if not done.stdout.strip().startswith("["):
        raise RuntimeError(f"squawk did not answer: {done.stderr.strip()}")
    return [
        (one["rule_name"], statements[max(i for i, at in enumerate(starts) if at <= one["line"])])
        for one in json.loads(done.stdout)
    ]
