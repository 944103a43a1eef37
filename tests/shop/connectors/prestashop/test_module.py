"""The module in the shop and the webservice tell the same of the same order (rule PS15)."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from shop.connectors import generic
from shop.connectors.contract import BadSignature, Delivery
from shop.connectors.prestashop import CONNECTOR
from tests.shop.connectors.prestashop.bodies import context, told
from tests.shop.connectors.prestashop.cases import CASES

MODULE = Path(__file__).parents[4] / "shop/connectors/prestashop_module/apport"
HERE = Path(__file__).parent
#: What the module sends for each case, kept so that it is compared where there is no PHP too.
SENT = json.loads((HERE / "module_bodies.json").read_text())
needs_php = pytest.mark.skipif(shutil.which("php") is None, reason="there is no PHP here")
SIGNED_AT = datetime.fromtimestamp(1_767_225_600, UTC)


#: The hooks that the rules of this connector need (PrestaShop 8 and 9), and our two beside them.
HOOKS = {
    "actionValidateOrder", "actionValidateOrderAfter", "actionPaymentConfirmation",
    "actionOrderStatusPostUpdate", "actionOrderSlipAdd", "actionProductCancel",
    "actionOrderReturn", "actionOrderEdited", "actionProductUpdate",
    "actionCartSave", "addWebserviceResources",
}  # fmt: skip


def test_every_hook_is_registered_and_has_its_method_and_the_version_is_one():
    said = (MODULE / "apport.php").read_text()
    listed = re.search(r"const HOOKS = \[(.*?)\];", said, re.DOTALL)
    assert set(re.findall(r"'(\w+)'", listed[1])) == HOOKS
    methods = set(re.findall(r"public function hook(\w+)\(", said))
    assert methods == {name[0].upper() + name[1:] for name in HOOKS}
    version = re.search(r"this->version = '([\d.]+)'", said)[1]
    assert f"<![CDATA[{version}]]></version>" in (MODULE / "config.xml").read_text()


def test_every_class_is_loaded_and_no_folder_can_be_listed():
    loaded = re.search(r"foreach \(\[(.*?)\] as", (MODULE / "apport.php").read_text())[1]
    files = {one.stem for one in (MODULE / "classes").glob("Apport*.php")}
    assert {f"Apport{name}" for name in re.findall(r"'(\w+)'", loaded)} == files
    folders = {one.parent for one in MODULE.rglob("*.php")}
    assert all((folder / "index.php").exists() for folder in folders)


def lines_of(state):
    return [replace(one, presentment_net_minor=None) for one in state.order.lines]


def sent_by_php():
    script = ["php", HERE / "module.php", MODULE]
    asked = "".join(json.dumps(one) + "\n" for one in CASES.values())
    answered = subprocess.run(script, input=asked, capture_output=True, text=True, check=True)
    return dict(zip(CASES, map(json.loads, answered.stdout.splitlines()), strict=True))


@pytest.mark.parametrize("name", CASES)
def test_ps15_the_module_and_the_webservice_tell_the_same(name):
    polled, sent = told(CASES[name]), SENT[name]
    body = sent["body"].encode()

    (state,) = CONNECTOR.facts("apport.order.v1", body, context()).orders

    expected = replace(
        polled.order, lines=(), remarks=(), presentment_currency=""
    )  # Only the webservice tells these.
    assert replace(state.order, lines=()) == expected
    assert lines_of(state) == lines_of(polled)
    assert state.order.content_hash() == polled.order.content_hash()
    returns = [
        back
        for one in sent["returns"]
        for back in CONNECTOR.facts("apport.return.v1", json.dumps(one).encode(), context()).returns
    ]
    assert tuple(returns) == polled.returns
    assert [one.content_hash() for one in returns] == [one.content_hash() for one in polled.returns]


def test_ps12_gift_cards_are_known_by_their_references_whoever_tells():
    body = SENT["plain"]["body"].encode()
    (state,) = CONNECTOR.facts("apport.order.v1", body, context(gift_cards="GIFT, BELT")).orders
    assert [line.kind for line in state.order.lines] == ["product", "gift_card", "shipping"]
    assert state.order == replace(
        told(CASES["plain"], gift_cards="GIFT, BELT").order, remarks=(), presentment_currency=""
    )


@needs_php
def test_what_is_kept_here_is_what_the_module_says():
    assert sent_by_php() == SENT


def test_the_modules_signature_is_accepted_and_another_body_is_not():
    sent = SENT["plain"]
    headers = {"apport-signature": sent["signature"], "apport-event-id": sent["event"]}
    delivery = Delivery(headers, sent["body"].encode())

    CONNECTOR.check(delivery, secrets=["s3cret"], now=SIGNED_AT)
    generic.check_signature(
        sent["signature"], sent["body"].encode(), secrets=["s3cret"], now=SIGNED_AT
    )
    assert CONNECTOR.arrival(delivery).topic == "apport.order.v1"
    with pytest.raises(BadSignature):
        CONNECTOR.check(Delivery(headers, b"{}"), secrets=["s3cret"], now=SIGNED_AT)


def test_no_name_address_or_number_is_sent():
    said = json.dumps(SENT["plain"])
    for private in ("Anna", "example.org", " rue ", "75002", "12 34 56", "33612"):
        assert private not in said


@needs_php
@pytest.mark.parametrize("path", sorted(MODULE.rglob("*.php")), ids=lambda path: path.name)
def test_every_file_is_php(path):
    subprocess.run(["php", "-l", path], check=True, capture_output=True)


def test_no_folder_of_the_module_can_be_listed():
    folders = [MODULE, *(one for one in MODULE.rglob("*") if one.is_dir())]
    assert all((folder / "index.php").is_file() for folder in folders)
