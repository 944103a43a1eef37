"""The 45 tests of docs/rules/payouts.md: each number has its row, each name its test."""

import ast
import re
from functools import cache

import pytest
from django.conf import settings

RULES = settings.BASE_DIR / "docs" / "rules" / "payouts.md"
ROW = re.compile(r"^\| \*\*(\d+)\*\* \| ([^|]+) \| ([^|]+) \|$", re.MULTILINE)
NAME = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROWS = {int(number): NAME.findall(names) for number, _what, names in ROW.findall(RULES.read_text())}


@cache
def functions_of(path):
    tree = ast.parse((settings.BASE_DIR / path).read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_every_number_from_1_to_45_has_a_row():
    assert list(ROWS) == list(range(1, 46))


@pytest.mark.parametrize("number", ROWS)
def test_what_a_row_names_is_there(number):
    assert ROWS[number]
    for path, name in ROWS[number]:
        assert name in functions_of(path), f"{number}: {path} has no {name}"
