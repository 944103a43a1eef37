"""One product for managers: as the shop describes it, with the history of its cost and bands."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from core.models import AuditEntry
from shop.domain.moments import Told
from shop.models import BandAssignment
from shop.services import catalogue, orders
from tests.builders import NOW, make_product, make_shop
from tests.people import make_sam
from tests.shop.test_catalogue import DRESS
from tests.shop.test_orders import an_order

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=30)


def told(*, now, **changes):
    catalogue.upsert(
        shop_id=make_shop().pk, products=[replace(DRESS, stock=7, **changes)], told=Told(now),
        now=now,
    )  # fmt: skip
    return make_shop().products.get()


def look(client, product):
    answer = client.get(reverse("portal:product-detail", args=[product.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.fixture
def sam(client):
    sam = make_sam()
    client.force_login(sam)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return sam


def test_the_history_of_its_cost_is_for_who_may_see_costs_and_kept(client, sam):
    told(now=NOW)
    product = told(now=LATER, unit_cost_minor=4_321)

    text = look(client, product)
    assert "43.21" not in text
    assert "What it costs is not shown" in text
    assert not AuditEntry.objects.filter(verb="product.costs_viewed").exists()

    sam.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    client.force_login(type(sam).objects.get(pk=sam.pk))
    text = look(client, product)
    assert text.index("43.21") < text.index("40.00")
    assert "Always" in text
    assert AuditEntry.objects.filter(verb="product.costs_viewed").count() == 1


def test_it_is_shown_as_the_shop_describes_it(client, sam):
    product = told(now=NOW, brand="Atelier Lutèce", color="bleu", model="ROBE-1")

    text = look(client, product)

    for said in (
        "Robe",
        "S1",
        "Atelier Lutèce",
        "bleu",
        "ROBE-1",
        "120.00",
        str(BandAssignment.objects.get().band),
    ):
        assert said in text


def test_lines_that_wait_for_its_cost_are_counted(client, sam):
    product = told(now=NOW, unit_cost_minor=None)
    orders.record(shop_id=make_shop().pk, orders=[an_order()], now=NOW)

    text = look(client, product)

    assert "for its cost" in text
    assert "No band yet" in text


def test_the_list_leads_to_it(client, sam):
    product = make_product()

    text = client.get(reverse("portal:product-list")).content.decode()

    assert reverse("portal:product-detail", args=[product.pk]) in text
