"""The linter of migrations: each classic mistake is found, and what is harmless is left alone."""

import pytest
from django.apps import apps
from django.db import migrations

from config import migration_locks
from config.migration_locks import LARGE, judged

MISTAKES = {
    "a required column": (
        "adding-required-field",
        ['ALTER TABLE "shop_shop" ADD COLUMN "x" integer NOT NULL;'],
    ),
    "a default that Django drops again": (
        "dropped-default",
        [
            'ALTER TABLE "shop_shop" ADD COLUMN "x" integer DEFAULT 0 NOT NULL;',
            'ALTER TABLE "shop_shop" ALTER COLUMN "x" DROP DEFAULT;',
        ],
    ),
    "an index that blocks writes": (
        "require-concurrent-index-creation",
        ['CREATE INDEX "i" ON "shop_order" ("placed_at");'],
    ),
    "an index dropped under a lock": (
        "require-concurrent-index-deletion",
        ['DROP INDEX "order_placed";'],
    ),
    "a column renamed": (
        "renaming-column",
        ['ALTER TABLE "shop_shop" RENAME COLUMN "name" TO "title";'],
    ),
    "a table renamed": ("renaming-table", ['ALTER TABLE "shop_shop" RENAME TO "shop_store";']),
    "a column dropped": (
        "ban-drop-column",
        ['ALTER TABLE "shop_shop" DROP COLUMN "name" CASCADE;'],
    ),
    "a table dropped": ("ban-drop-table", ['DROP TABLE "shop_shop" CASCADE;']),
    "another type": (
        "changing-column-type",
        ['ALTER TABLE "shop_order" ALTER COLUMN "number" TYPE text USING "number"::text;'],
    ),
    "a check that reads every row": (
        "constraint-missing-not-valid",
        ['ALTER TABLE "tracking_click" ADD CONSTRAINT "c" CHECK ("id" > 0);'],
    ),
    "a unique constraint": (
        "disallowed-unique-constraint",
        ['ALTER TABLE "shop_order" ADD CONSTRAINT "u" UNIQUE ("number");'],
    ),
    "a foreign key on a large table": (
        "adding-foreign-key-constraint",
        [
            'ALTER TABLE "shop_order" ADD COLUMN "by_id" bigint NULL CONSTRAINT "fk" REFERENCES'
            ' "core_user" ("id") DEFERRABLE INITIALLY DEFERRED;'
        ],
    ),
    "null forbidden on a large table": (
        "adding-not-nullable-field",
        ['ALTER TABLE "shop_order" ALTER COLUMN "number" SET NOT NULL;'],
    ),
}
HARMLESS = {
    "a column that may be null": ['ALTER TABLE "shop_order" ADD COLUMN "x" integer NULL;'],
    "a default that stays": ['ALTER TABLE "shop_order" ADD COLUMN "x" int DEFAULT 0 NOT NULL;'],
    "a table of its own": [
        'CREATE TABLE "shop_new" ("id" bigint NOT NULL PRIMARY KEY, "a" bigint NOT NULL);',
        'CREATE INDEX "i" ON "shop_new" ("a");',
        'ALTER TABLE "shop_new" ADD CONSTRAINT "u" UNIQUE ("a");',
    ],
    "an index made beside the work": ['CREATE INDEX CONCURRENTLY "i" ON "shop_order" ("x");'],
    "an index of a small table": ['CREATE INDEX "i" ON "shop_shop" ("name");'],
    "a check that is not validated": [
        'ALTER TABLE "tracking_click" ADD CONSTRAINT "c" CHECK ("id" > 0) NOT VALID;'
    ],
    "a function": ["CREATE FUNCTION f() RETURNS int LANGUAGE sql AS $$ SELECT 1; $$;"],
    "nothing": [],
}


@pytest.mark.parametrize("name", MISTAKES)
def test_each_classic_mistake_is_found_with_what_to_do(name):
    rule, statements = MISTAKES[name]
    found = judged("shop.0099", None, ["BEGIN;", *statements, "COMMIT;"])
    assert rule in {one.rule for one in found}, found
    assert all(one.remedy and one.statement for one in found)
    assert str(found[0]).startswith("shop.0099: ")


@pytest.mark.parametrize("name", HARMLESS)
def test_what_is_harmless_is_left_alone(name):
    assert judged("shop.0099", None, HARMLESS[name]) == []


def test_a_migration_may_say_why_it_bears_a_lock():
    class Migration(migrations.Migration):
        bears = {"require-concurrent-index-creation": "read-only since the season ended"}

    statements = MISTAKES["an index that blocks writes"][1]
    assert judged("shop.0099", Migration("0099", "shop"), statements) == []
    other = MISTAKES["a column renamed"][1]
    assert judged("shop.0099", Migration("0099", "shop"), other) != []


def test_every_rule_has_its_mistake():
    rules = {*migration_locks.SLOW_ON_LARGE, *migration_locks.NOT_BORNE_BY_THE_RELEASE_BEFORE}
    without_sql_of_django = {"adding-field-with-default", "ban-truncate-cascade"}
    assert rules - {rule for rule, _sql in MISTAKES.values()} == without_sql_of_django


def test_the_large_tables_are_there():
    assert {model._meta.db_table for model in apps.get_models()} >= LARGE
