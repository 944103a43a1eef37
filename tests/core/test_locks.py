import ast
from pathlib import Path

import pytest
from django.db import OperationalError, connection, transaction
from django.db.transaction import TransactionManagementError

from core import locks

ROOT = Path(__file__).parents[2]
APPS = (
    "core", "shop", "experiments", "affiliates", "tracking", "influencers", "fraud", "payouts",
    "portal",
)  # fmt: skip
KEY = 0x54455354
#: What no key of ``core.locks`` says: a number per body, one try, many at once, a whole run.
OTHERWISE = {
    "core/locks.py",
    "tracking/services/shipping.py",
    "tracking/services/attribution_evidence.py",
    "tracking/services/far_months.py",
    "payouts/services/stripe_runs.py",
}
real = pytest.mark.django_db(transaction=True)


@pytest.fixture
def other(db):
    """Somebody else: asks one question on a connection of their own, with its own transaction."""
    theirs = connection.copy()
    try:
        with theirs.cursor() as cursor:

            def ask(question, key=KEY):
                cursor.execute(f"SELECT {question}", [key])
                return cursor.fetchone()[0]

            yield ask
    finally:
        theirs.close()


def may_hold(other):
    return other("pg_try_advisory_xact_lock(%s)")


def may_share(other):
    return other("pg_try_advisory_xact_lock_shared(%s)")


@real
def test_who_holds_a_key_keeps_everybody_out_until_commit(other):
    with transaction.atomic():
        locks.hold(KEY)
        locks.hold(KEY)
        assert not may_hold(other)
        assert not may_share(other)
    assert may_hold(other)


@real
def test_a_rollback_gives_the_key_back(other):
    with transaction.atomic():
        locks.hold(KEY)
        transaction.set_rollback(True)
    assert may_hold(other)


@real
def test_many_share_a_key_and_nobody_holds_it_meanwhile(other):
    with transaction.atomic():
        locks.share(KEY)
        assert may_share(other)
        assert not may_hold(other)
    assert may_hold(other)


@pytest.mark.parametrize(
    ("taken", "take"),
    [
        ("pg_advisory_lock(%s)", locks.hold),
        ("pg_advisory_lock(%s)", locks.share),
        ("pg_advisory_lock_shared(%s)", locks.hold),
    ],
)
def test_who_comes_second_waits(other, taken, take):
    other(taken)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL lock_timeout = '20ms'")
    with pytest.raises(OperationalError, match="lock timeout"), transaction.atomic():
        take(KEY)


def test_another_key_is_free(other):
    locks.hold(KEY + 1)
    assert may_hold(other)


@pytest.mark.parametrize("take", [locks.hold, locks.share])
def test_a_word_is_the_number_that_postgresql_makes_of_it(other, take):
    question = "pg_try_advisory_xact_lock(hashtextextended(%s, 0))"
    take("count:visits")
    assert not other(question, "count:visits")
    assert other(question, "count:sales")


@real
@pytest.mark.parametrize("take", [locks.hold, locks.share])
def test_outside_a_transaction_nothing_is_locked(take):
    with pytest.raises(TransactionManagementError):
        take(KEY)


def keys(source):
    """Return what a module locks: whole numbers, and words up to what is filled in."""
    tree = ast.parse(source)
    named = {
        node.targets[0].id: node.value
        for node in tree.body
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name)
    }
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and ast.unparse(node.func) in {"locks.hold", "locks.share"}:
            key = node.args[0]
            if isinstance(key, ast.Name):
                key = named[key.id]
            if isinstance(key, ast.JoinedStr):
                key = key.values[0]
            found.add(key.value)
    return found


def modules():
    for app in APPS:
        for path in sorted((ROOT / app).rglob("*.py")):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT).as_posix(), path.read_text()


def test_keys_are_found_where_they_are_named_and_where_they_are_written():
    source = "_A = 7\nlocks.hold(_A)\nlocks.share(_A)\ndef f(x):\n  locks.hold(f'day:{x}')"
    assert keys(source) == {7, "day:"}


def test_no_two_modules_use_one_key():
    owners = {}
    for name, source in modules():
        for key in keys(source):
            owners.setdefault(key, []).append(name)
    assert len(owners) >= 15
    assert {key: names for key, names in owners.items() if len(names) > 1} == {}


def test_locks_are_taken_through_one_door():
    words = ("pg_advisory", "pg_try_advisory")
    found = {name for name, source in modules() if any(word in source for word in words)}
    assert found == OTHERWISE
