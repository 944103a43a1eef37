"""Rules of the house that no other tool checks."""

import ast
import re
import subprocess
from pathlib import Path

import pytest
from django.apps import apps

ROOT = Path(__file__).parent.parent
LAYERS = (
    ("core",),
    ("shop",),
    ("experiments",),
    ("affiliates",),
    ("tracking",),
    ("fraud", "influencers"),
    ("payouts",),
    ("portal",),
)
RANK = {name: rank for rank, layer in enumerate(LAYERS) for name in layer}
LONGEST_FILE = 400
SIGNALS = re.compile(r"django\.dispatch|^from (?!fraud\b|portal\b)[\w.]+\.signals import", re.M)
# What a library tells by signal only: allauth, that somebody signs in, and how from now on.
LISTENERS = {
    Path("affiliates/email_changes.py"),
    Path("core/sign_in.py"),
    Path("portal/security_events.py"),
}
LONGEST_FUNCTION = 60
FORBIDDEN_NAMES = {"utils", "helpers", "common", "constants", "signals", "managers"}
CLOCKS = {"timezone.now", "datetime.now", "datetime.utcnow", "date.today", "time.time"}
# Catalogues and other people's files are as long as they are.
FREE_SUFFIXES = {".po", ".mo", ".json", ".csv", ".svg", ".txt", ".ttf", ".woff2", ".png", ".lock"}


def project_files():
    listed = subprocess.run(
        ["git", "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        capture_output=True,
        check=False,
    )
    if listed.returncode:  # An export without its history: everything but what we generate.
        own = (path.relative_to(ROOT) for path in ROOT.rglob("*") if path.is_file())
        return sorted(path for path in own if not path.parts[0].startswith("."))
    names = listed.stdout.decode().split("\0")
    return sorted(path for path in map(Path, filter(None, names)) if (ROOT / path).is_file())


FILES = project_files()
PYTHON = [path for path in FILES if path.suffix == ".py" and "migrations" not in path.parts]
PURE = [
    path
    for path in PYTHON
    if "domain" in path.parts[:-1] or "domain.py" in path.parts or path.name == "money.py"
]
#: Shares, intervals and distances are estimates, never money: they are computed with floats.
ESTIMATES = [
    path
    for path in PURE
    if path.parts[0] == "experiments" or path.as_posix() == "fraud/domain/statistics.py"
]
TIMELESS = [
    path for path in PYTHON if path.parts[0] in RANK and {"domain", "services"} & set(path.parts)
]


def parse(path):
    return ast.parse((ROOT / path).read_text(), filename=str(path))


def complaints(paths, find):
    return [f"{path}:{line}: {what}" for path in paths for line, what in find(parse(path))]


def long_functions(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LONGEST_FUNCTION:
                yield node.lineno, f"{node.name} has {length} lines"


def clocks(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            if any(called == clock or called.endswith(f".{clock}") for clock in CLOCKS):
                yield node.lineno, f"reads the clock: {called}()"


def inexact_arithmetic(tree):
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, float):
            yield node.lineno, f"a float: {node.value}"
        elif isinstance(node, ast.Name) and node.id == "float":
            yield node.lineno, "float()"
        elif isinstance(node, ast.BinOp | ast.AugAssign) and isinstance(node.op, ast.Div):
            yield node.lineno, "division by /"


@pytest.mark.parametrize(
    ("find", "planted"),
    [
        (long_functions, "def f():\n" + "    pass\n" * 60),
        (clocks, "from django.utils import timezone\nnow = timezone.now()"),
        (clocks, "import datetime\nnow = datetime.datetime.now(datetime.UTC)"),
        (clocks, "from datetime import date\ntoday = date.today()"),
        (inexact_arithmetic, "half = 0.5"),
        (inexact_arithmetic, "half = float(1)"),
        (inexact_arithmetic, "half = one / 2"),
        (inexact_arithmetic, "half /= 2"),
    ],
)
def test_the_finders_find_a_planted_violation(find, planted):
    assert list(find(ast.parse(planted)))


def test_files_stay_short():
    code = [
        path
        for path in FILES
        if path.suffix in {".py", ".html", ".css", ".js", ".sh", ""}
        and not {"vendor", "migrations"} & set(path.parts)  # Made by others, made by Django.
    ]
    lengths = {path: (ROOT / path).read_bytes().count(b"\n") for path in code}
    assert {path: lines for path, lines in lengths.items() if lines > LONGEST_FILE} == {}


def test_functions_stay_short():
    assert complaints(PYTHON, long_functions) == []


def test_modules_are_named_after_what_they_hold():
    folders = FORBIDDEN_NAMES - {"signals"}  # fraud/domain/signals/ holds one file per signal.
    nameless = [
        path
        for path in PYTHON
        if path.stem in FORBIDDEN_NAMES or not folders.isdisjoint(path.parts[:-1])
    ]
    assert nameless == []


def test_rules_and_services_are_told_the_time():
    assert complaints(TIMELESS, clocks) == []


def test_money_and_rules_use_whole_numbers():
    exact = [path for path in PURE if path not in ESTIMATES]
    assert complaints(exact, inexact_arithmetic) == []


def test_foreign_keys_point_down():
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in RANK
        for field in model._meta.get_fields()
        if field.concrete and field.is_relation and field.related_model
        if not points_down(model._meta.app_label, field.related_model._meta.app_label)
    ]
    assert upward == []


def points_down(source, target):
    if target not in RANK:  # Django's own tables lie below everything.
        return True
    return target == source or RANK[target] < RANK[source]


def test_siblings_and_upper_apps_are_out_of_reach():
    assert points_down("payouts", "tracking")
    assert points_down("core", "auth")
    assert not points_down("fraud", "influencers")
    assert not points_down("shop", "affiliates")


def test_no_signals_between_our_apps():
    listeners = {
        path
        for path in PYTHON
        if path.parts[0] in RANK and SIGNALS.search((ROOT / path).read_text())
    }
    assert listeners == LISTENERS


def test_nothing_depends_on_where_it_was_written():
    this_file = Path(__file__).relative_to(ROOT)
    text_files = [path for path in FILES if path.suffix not in FREE_SUFFIXES and path != this_file]
    here = f"{ROOT}/".encode()
    tied = [path for path in text_files if here in (ROOT / path).read_bytes()]
    assert tied == []
