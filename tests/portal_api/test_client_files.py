"""The Python client is what the schema says, and its README works as it stands there."""

import ast
import inspect
import json
import re
import shutil
import sys
import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID

import apport_client
import jsonschema
import pytest
from apport_client import Client, Money, Pages, Problem, types
from apport_client.resources import Resources
from apport_client.transport import Transport
from django.core.cache import cache
from django.core.management import CommandError, call_command

from affiliates.domain.sending import signature
from portal.api.docs import document
from portal.api_client.files import client_files, differing, write
from portal.api_client.operations import Unreadable, operations
from tests.influencers.look_surface_world import make_look
from tests.portal_api.keys import key_of, make_key
from tests.portal_api.scripted import KEY, Says, ScriptedApi
from tests.portal_staff.world import make_application

CLIENT = Path(__file__).parents[2] / "clients" / "python"
PACKAGE = CLIENT / "apport_client"
README = (CLIENT / "README.md").read_text()
ID = "0c7e1c9a-3a0e-4a6b-9d3c-0b8a5f6f2a11"
#: What the methods are called with here, by the name of the parameter.
SAID = {
    "code": "spring-letter", "reference": "S-1025", "order_id": 7, "terms_id": 7, "kind": "missing",
    "order_number": "FR-1", "ordered_on": date(2026, 6, 2), "name": "Two",
    "destination_url": "https://shop.example/new", "url": "https://hooks.example/",
    "events": ["sale.approved"], "label": "Two", "costs": True,
}  # fmt: skip


def python_blocks():
    return re.findall(r"```python\n(.*?)```", README, re.DOTALL)


# --- generated ---


def test_the_files_are_as_the_schema_has_them(capsys):
    call_command("api_client", check=True)

    assert "0 of them changed" in capsys.readouterr().out


def test_a_file_that_differs_is_missing_or_too_many_is_told_and_mended(tmp_path):
    package = tmp_path / "apport_client"
    shutil.copytree(PACKAGE, package)
    links = package / "resources" / "links.py"
    links.write_text(links.read_text().replace("label", "title", 1))
    (package / "types" / "codes.py").unlink()
    (package / "types" / "carts.py").write_text("Cart = int\n")

    with pytest.raises(CommandError, match="resources/links.py, types/carts.py, types/codes.py"):
        call_command("api_client", check=True, package=package)
    call_command("api_client", package=package)

    assert differing(package, client_files(document())) == []
    assert not (package / "types" / "carts.py").exists()


def test_nothing_is_there_and_all_is_written(tmp_path):
    files = client_files(document())

    assert differing(tmp_path, files) == sorted(files)
    write(tmp_path, files)
    assert differing(tmp_path, files) == []


def changed(**schemas):
    """The schema with other properties of some of its parts."""
    said = json.loads(json.dumps(document()))
    for name, properties in schemas.items():
        said["components"]["schemas"][name]["properties"] |= properties
    return said


@pytest.mark.parametrize(
    "said",
    [
        changed(Sale={"weight": {"type": "number"}}),
        changed(Sale={"from": {"type": "string"}}),
        changed(Sale={"date": {"type": "string"}}),
        changed(Sale={"either": {"oneOf": [{"type": "string"}, {"type": "integer"}]}}),
        changed(Money={"digits": {"type": "integer"}}),
    ],
)
def test_what_the_client_has_no_type_for_is_refused(said):
    with pytest.raises(Unreadable):
        client_files(said)


def test_a_field_that_is_new_is_one_of_its_dataclass():
    wish = {"type": ["string", "null"], "format": "date-time", "description": "By when."}
    files = client_files(changed(Sale={"wished_at": wish}))

    assert '    wished_at: datetime | None = None\n    """By when."""\n' in files["types/sales.py"]


def test_two_operations_cannot_have_one_name():
    said = changed()
    said["paths"]["/api/v1/links/{code}/archive.csv"] = said["paths"][
        "/api/v1/links/{code}/archive"
    ]
    with pytest.raises(Unreadable):
        operations(said)


# --- what is asked ---


def method_of(client, operation):
    return getattr(getattr(client, operation.resource), operation.call)


def arguments_of(method):
    """What a method needs, and some of what it may be told besides."""
    parameters = inspect.signature(method).parameters.values()
    needed = [one.name for one in parameters if one.default is one.empty]
    told = [one.name for one in parameters if one.name in ("label", "costs")]
    return {name: SAID.get(name, ID) for name in (*needed, *told)}


@pytest.mark.parametrize("operation", operations(document()), ids=lambda one: one.name)
def test_every_method_asks_as_the_schema_says(operation):
    said = document()["paths"][f"/api/v1{operation.path}"][operation.method.lower()]
    with ScriptedApi() as api:
        api.script = [Says(answer_of(said))]
        method = method_of(Client(api.address, KEY), operation)
        answer = method(**arguments_of(method))
        shown = list(answer) if isinstance(answer, Pages) else [answer]

    kind = getattr(types, operation.answer) if operation.answer else bytes
    assert shown
    assert all(type(one) is kind for one in shown)
    (call,) = api.heard
    pattern = re.sub(r"{\w+}", "[^/]+", f"/api/v1{operation.path}")
    assert call.method == operation.method
    assert re.fullmatch(pattern, call.path)
    known = {one["name"] for one in said.get("parameters", []) if one["in"] == "query"}
    assert set(call.query) <= known
    assert ("idempotency-key" in call.headers) == operation.changes
    if operation.body:
        shape = {"$ref": f"#/components/schemas/{operation.body}"}
        components = {"components": document()["components"]}
        jsonschema.Draft202012Validator(shape | components).validate(json.loads(call.body))
    else:
        assert call.body == b""


def answer_of(said):
    """What the schema shows of an operation's answer; a document where that is one."""
    content = next(one for status, one in said["responses"].items() if status[0] == "2")["content"]
    if "application/json" not in content:
        return b"%PDF-1.7"
    (example,) = content["application/json"]["examples"].values()
    return example["value"]


def test_every_method_is_an_operation():
    known = {(one.resource, one.call) for one in operations(document())}
    client = Client("https://partners.example.com", KEY)
    there = {
        (resource, name)
        for resource in vars(client)
        if not resource.startswith("_")
        for name, _method in inspect.getmembers(getattr(client, resource), inspect.ismethod)
        if not name.startswith("_")
    }

    assert there == known
    assert isinstance(client, Resources)
    assert {("links", "create"), ("payouts", "statement"), ("sales", "list")} <= known


# --- the package ---


def test_it_needs_the_standard_library_alone():
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            modules = []
            if isinstance(node, ast.Import):
                modules = [one.name for one in node.names]
            elif isinstance(node, ast.ImportFrom):
                modules = [node.module]
            for module in modules:
                top = module.partition(".")[0]
                assert top == "apport_client" or top in sys.stdlib_module_names, (path, module)


def test_the_package_is_whole():
    said = tomllib.loads((CLIENT / "pyproject.toml").read_text())

    assert said["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"] == [PACKAGE.name]
    assert (CLIENT / said["tool"]["hatch"]["version"]["path"]).is_file()
    assert said["project"]["dependencies"] == []
    assert (PACKAGE / "py.typed").read_bytes() == b""
    assert set(apport_client.__all__) <= set(dir(apport_client))


# --- against the real thing ---


@pytest.fixture
def site(live_server):
    """Where Apport answers."""
    cache.clear()  # Rate limits of an earlier test.
    return live_server.url


@pytest.mark.slow
def test_the_quick_start_works_as_it_stands(world, site, monkeypatch, capsys, tmp_path):
    monkeypatch.setenv("APPORT", site)
    monkeypatch.setenv("APPORT_KEY", key_of(world.ada))
    monkeypatch.chdir(tmp_path)
    quick_start, _webhooks = python_blocks()

    exec(compile(quick_start, "README.md", "exec"), {})

    said = capsys.readouterr().out
    assert "/c/" in said
    assert f"S-{world.approved.credit_id} 2026-" in said
    assert "10.00 EUR" in said
    assert "invalid_request ['label'] " in said
    (statement,) = tmp_path.glob("*.pdf")
    assert statement.read_bytes() == bytes(world.payout.statement.body)


@pytest.mark.slow
def test_what_each_key_may_is_answered_by_the_real_thing(world, site):
    ada, sam = Client(site, key_of(world.ada)), Client(site, make_key(world.people["sam"]))
    fin = Client(site, make_key(world.people["fin"]))
    sale, payout = f"S-{world.paid.credit_id}", world.payout.public_id

    assert ada.key.get().affiliate.id == world.ada.public_id
    assert sum(line.amount.amount_minor for line in ada.payouts.lines(payout)) == (
        ada.payouts.get(payout).net.amount_minor
    )
    assert ada.sales.get(sale).lines
    assert str(ada.sales.commission(sale).amount) == "50.00 EUR"
    assert all(one.visits >= 0 for one in ada.clicks.sum(group_by="day"))
    assert {one.id for one in ada.sales.list(page_size=2)} == {
        one.id for one in ada.sales.list(page_size=100)
    }
    assert ada.products.list(q="linen").first().name == "Linen dress"
    assert ada.codes.list().first().code == "ADA10"
    assert ada.terms.get(ada.terms.list().first().id).rate_bps > 0
    assert ada.claims.get(ada.claims.list().first().id).found
    look = make_look(affiliate=world.ada)
    assert ada.looks.get(ada.looks.list().first().id).id == look.public_id
    assert sam.affiliates.get(world.ada.public_id).name == world.ada.name
    assert sam.cases.get(sam.cases.list().first().id).affiliate.id == world.ada.public_id
    assert sam.orders.get(sam.orders.list().first().id).lines
    application = make_application()
    assert sam.applications.get(sam.applications.list().first().id).id == application.public_id
    assert fin.batches.payouts(fin.batches.list().first().id).first().id == payout
    with pytest.raises(Problem) as raised:
        sam.links.list().first()
    assert (raised.value.status, raised.value.code) == (403, "scope_missing")


@pytest.mark.slow
def test_webhooks_live_from_the_first_call_to_the_last_by_the_real_thing(world, site):
    ada = Client(site, key_of(world.ada))
    hook = ada.webhooks.create(name="Till", url="https://hooks.example/a", events=["sale.approved"])

    assert ada.webhooks.list().first() == ada.webhooks.get(hook.id) == hook
    secret = ada.webhooks.secret(hook.id).secret
    assert ada.webhooks.secret(hook.id).secret == secret
    ada.webhooks.rotate(hook.id)
    assert ada.webhooks.secret(hook.id).secret != secret
    assert ada.webhooks.test(hook.id).status.code == "waiting"
    assert len(list(ada.webhooks.deliveries(hook.id))) == 1
    assert ada.webhooks.pause(hook.id).status.code == "paused"
    assert ada.webhooks.resume(hook.id).status.code == "active"
    assert ada.webhooks.update(hook.id, name="Till two").name == "Till two"
    ada.webhooks.delete(hook.id)
    assert list(ada.webhooks.list()) == []


@pytest.mark.slow
def test_what_has_not_changed_is_not_sent_anew_by_the_real_thing(world, site, monkeypatch):
    answered = []
    answer_to = Transport._answer_to

    def heard(self, request):
        answer = answer_to(self, request)
        answered.append(answer.status)
        return answer

    monkeypatch.setattr(Transport, "_answer_to", heard)
    ada = Client(site, key_of(world.ada))

    sales = list(ada.sales.list())
    assert list(ada.sales.list()) == sales
    ada.links.list().first()
    assert answered == [200, 304, 200]
    ada.links.update(ada.links.list().first().id, label="Said again")
    assert ada.links.list().first().label == "Said again"
    assert answered[3:] == [304, 200, 200]


@pytest.mark.slow
def test_changes_are_made_once_by_the_real_thing(world, site):
    ada = Client(site, key_of(world.ada))
    page = "https://shop.example/once"
    link = ada.links.create(destination_url=page, label="Once", idempotency_key="a")

    assert ada.links.create(destination_url=page, label="Once", idempotency_key="a") == link
    assert ada.links.update(link.id, label="Twice").label == "Twice"
    assert ada.links.archive(link.id).archived_at is not None
    assert ada.links.restore(link.id).archived_at is None
    with pytest.raises(Problem) as raised:
        ada.links.create(destination_url="https://shop.example/two", idempotency_key="a")
    assert raised.value.code == "idempotency_key_reused"
    assert raised.value.errors[0].field == "Idempotency-Key"
    assert len(raised.value.request_id) == 32
    claim = ada.claims.create(
        kind="missing", order_number="FR-77", ordered_on=date(2026, 6, 1), amount=Money(8900, "EUR")
    )
    assert claim.amount == Money(8900, "EUR")
    assert isinstance(claim.id, UUID)


def test_the_webhook_of_the_readme_takes_events_and_nothing_else():
    places = {}
    exec(compile(python_blocks()[1], "README.md", "exec"), places)
    body = json.dumps({
        "id": ID, "type": "sale.approved", "created_at": "2026-06-15T08:30:05Z", "api_version": "1",
        "data": {"sale": "S-1025", "commission_minor": 1250},
    }).encode()  # fmt: skip
    header = signature(["whsec_test"], timestamp=int(datetime.now(UTC).timestamp()), body=body)

    assert places["hear"](body, header, ["whsec_test"]) == 204
    assert places["hear"](body, header, ["whsec_other"]) == 400
