"""Every letter is of a kind, and every kind can be refused or says why not."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

from core.letter_kinds import KINDS, LOCK_WORDS, Category, Lock, Mail, kind_of

ROOT = Path(__file__).parents[2]
APPS = (
    "core", "shop", "experiments", "affiliates", "tracking", "influencers", "fraud", "payouts",
    "portal",
)  # fmt: skip
WRITERS = {"send", "send_to", "send_each", "tell", "queue_mail"}


def _trees():
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            if "migrations" not in path.parts:
                yield path.relative_to(ROOT), ast.parse(path.read_text())


def _writes_letters(tree):
    """Return the names by which a module calls the writers of letters."""
    names = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module in ("core.letters", "core.deliveries"):
            names |= {one.asname or one.name for one in node.names if one.name in WRITERS}
        if isinstance(node, ast.ImportFrom) and node.module == "core":
            names |= {
                f"letters.{one}" for one in WRITERS if "letters" in {a.name for a in node.names}
            }
    return names


def test_no_letter_is_sent_without_a_kind():
    without = []
    for path, tree in _trees():
        names = _writes_letters(tree)
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in names:
                given = {keyword.arg for keyword in node.keywords}
                if "kind" not in given and path != Path("core/letters.py"):
                    without.append(f"{path}:{node.lineno}")
    assert without == []


def test_mails_are_written_by_the_letters_alone():
    """A ``Delivery`` made elsewhere would have no kind, no footer and no choice.

    Mails of an account itself are allauth's, who sends them: they get their kind and footer there.
    """
    makers = set()
    for path, tree in _trees():
        mails = any(_imports_mails(node) for node in ast.walk(tree))
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and node.module == "django.core.mail":
                makers.add(str(path))
            called = ast.unparse(node.func) if isinstance(node, ast.Call) else ""
            if mails and re.fullmatch(r"Delivery(\.objects\.\w*create)?", called):
                makers.add(str(path))
    assert makers == {
        "core/account_mails.py", "core/deliveries.py", "core/letters.py", "core/mail.py",
    }  # fmt: skip


def _imports_mails(node):
    """Tell mails from what creators deliver for campaigns, which has the same name."""
    return (
        isinstance(node, ast.ImportFrom)
        and (node.module or "").startswith("core.models")
        and "Delivery" in {one.name for one in node.names}
    )


def test_every_kind_of_the_catalogue_is_written_somewhere():
    written = {
        node.value
        for path, tree in _trees()
        if "letter_kinds" not in path.parts
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert [key for key in KINDS if key not in written] == []


def test_a_kind_nobody_knows_is_a_bug():
    with pytest.raises(KeyError):
        kind_of("nothing")


def test_money_and_security_are_always_mailed_at_once():
    for kind in KINDS.values():
        if kind.category in (Category.MONEY, Category.SECURITY):
            assert kind.is_locked, kind.key
        if kind.is_locked:
            assert kind.choices == (Mail.AT_ONCE,)
            assert kind.mail == Mail.AT_ONCE
        else:
            assert Mail.OFF in kind.choices


def test_every_lock_says_why():
    assert set(LOCK_WORDS) == set(Lock)


def test_keys_fit_and_are_unlike():
    assert all(len(key) <= 40 and key == kind.key for key, kind in KINDS.items())
