"""Whatever is written into the audit trail has words of its own in the journal."""

import ast
from collections import defaultdict
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest
from django.utils.translation import override

from affiliates.models import Programme
from core.models import Export
from experiments.models import Experiment
from fraud.models import CaseStatus
from influencers.models import LookAct
from payouts.models import Simulation
from payouts.services import stripe_accounts
from payouts.services.stripe_unknown import Decision
from portal.icons import ICONS
from portal.queries.staff_journal import WORDS, verb_label
from shop.models import BandPeriod, Order, Product

ROOT = Path(__file__).parent.parent.parent
APPS = ("core", "shop", "experiments", "affiliates", "tracking", "fraud", "influencers", "payouts",
        "portal")  # fmt: skip
SHOWN_WITH_COSTS = (Order, Product, BandPeriod, Simulation, Experiment, Programme, Export)
#: Acts that are events of a look and no entries of the audit trail.
EVENTS_ONLY = {LookAct.CREATED, LookAct.SUBMITTED, LookAct.TAKEN_BACK, LookAct.DISCARDED,
               LookAct.SWAPPED}  # fmt: skip
#: Verbs that are put together where they are written, by how the code puts them together.
BUILT = {
    "f'affiliate.{VERBS[status]}'": ["affiliate.suspended", "affiliate.reactivated",
                                     "affiliate.closed"],
    "f'terms_draft.{verb}'": [name for name in WORDS if name.startswith("terms_draft.")],
    "f'{row._meta.model_name}.{act}'": [
        f"{model}.{act}" for model in ("group", "affiliate") for act in ("added", "changed")
    ],
    "f'affiliate.{row._meta.model_name}_{act}'": [
        f"affiliate.{model}_{act}"
        for model in ("membership", "property")
        for act in ("added", "changed", "removed")
    ],
    "f'case.{status}'": [f"case.{one}" for one in (CaseStatus.CONFIRMED, CaseStatus.DISMISSED)],
    "f'look.{act}'": [f"look.{act}" for act in LookAct if act not in EVENTS_ONLY],
    "f'item.{decision}_asked'": [f"item.{one}_asked" for one in Decision],
    "f'item.{decision}_confirmed'": [f"item.{one}_confirmed" for one in Decision],
    "f'{subject._meta.model_name}.costs_viewed'": [
        f"{model._meta.model_name}.costs_viewed" for model in SHOWN_WITH_COSTS
    ],
    "payouts.services.stripe_accounts: verb": list(stripe_accounts._WATCHED.values()),
    "self.look": ["costs.viewed", "inbound.viewed"],
}  # fmt: skip


@cache
def modules():
    found = {}
    for app in APPS:
        for path in (ROOT / app).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            if "migrations" not in parts:
                found[".".join(parts).removesuffix(".__init__")] = ast.parse(path.read_text())
    return found


@cache
def calls():
    """Every call by the name of what is called: in which module, in which function, how."""
    found = defaultdict(list)
    for module, tree in modules().items():
        _gather(tree, module, None, found)
    return found


def _gather(node, module, function, found):
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Call):
            found[named(child)].append((module, function, child))
        inner = child if isinstance(child, ast.FunctionDef) else function
        _gather(child, module, inner, found)


def named(call):
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def verbs_of(said, module, function, above=()):
    """Return what an expression can be, as verbs; none when that cannot be told."""
    if isinstance(said, ast.Constant):
        return [said.value]
    if isinstance(said, ast.IfExp):
        return [
            v for one in (said.body, said.orelse) for v in verbs_of(one, module, function, above)
        ]
    text = ast.unparse(said)
    if built := BUILT.get(text) or BUILT.get(f"{module}: {text}"):
        return built
    if not isinstance(said, ast.Name):
        return []
    assigned = [
        value
        for node in ast.walk(function or ast.Module([], []))
        for value in _assigned(node, said.id)
    ]
    if assigned:
        return [verb for value in assigned for verb in verbs_of(value, module, function, above)]
    if function is not None and said.id in _parameters(function):
        return [] if function in above else _from_callers(said.id, module, function, above)
    known = getattr(import_module(module), said.id, None)
    return [known] if isinstance(known, str) else []


def _assigned(node, name):
    if not isinstance(node, ast.Assign):
        return
    for target in node.targets:
        if isinstance(target, ast.Name) and target.id == name:
            yield node.value
        elif isinstance(target, ast.Tuple) and isinstance(node.value, ast.Tuple):
            for one, value in zip(target.elts, node.value.elts, strict=True):
                if isinstance(one, ast.Name) and one.id == name:
                    yield value


def _parameters(function):
    said = function.args
    return [one.arg for one in (*said.posonlyargs, *said.args, *said.kwonlyargs)]


def _from_callers(name, module, function, above):
    place = _parameters(function).index(name)
    found = []
    for where, caller, call in calls()[function.name]:
        if where != module and function.name.startswith("_"):
            continue
        given = next((one.value for one in call.keywords if one.arg == name), None)
        if given is None and place < len(call.args):
            given = call.args[place]
        if given is not None:
            found += verbs_of(given, where, caller, (*above, function))
    return found


def written():
    """Every verb that code writes, with the module; a question mark where it cannot be told."""
    found = set()
    for module, function, call in [*calls()["record"], *calls()["record_look"]]:
        for keyword in call.keywords if module != "core.audit" else ():
            if keyword.arg == "verb":
                said = verbs_of(keyword.value, module, function)
                found |= {(verb, module) for verb in said or [f"? {ast.unparse(keyword.value)}"]}
    return found


def test_every_verb_that_is_written_has_words():
    found = written()

    assert len(found) > 200
    assert sorted(one for one in found if one[0] not in WORDS) == []


@pytest.mark.parametrize("verb", sorted(WORDS))
def test_words_have_an_icon_that_is_there(verb):
    label, icon, tone = WORDS[verb]

    with override("en"):
        assert str(label).strip()
    assert icon in ICONS
    assert tone in {"neutral", "info", "success", "warning", "danger"}


def test_an_unknown_verb_shows_itself():
    assert verb_label("drawing.hung_up") == "drawing: hung up"
