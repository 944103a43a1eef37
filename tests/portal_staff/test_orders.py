from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.urls import reverse

from tests.builders import NOW, make_attribution, make_credit, make_order, make_product, make_return
from tests.payouts.paydays import make_due
from tests.payouts.stories import accrued
from tests.people import make_fin, make_sam
from tests.portal_staff.world import costs_viewed, make_held

pytestmark = pytest.mark.django_db


@pytest.fixture
def manager(client):
    client.force_login(make_sam())
    return client


def detail(order):
    return reverse("portal:order-detail", args=[order.pk])


def listed(client, **query):
    answer = client.get(reverse("portal:order-list"), {"range": "all", **query})
    return [row.order for row in answer.context["rows"]]


def test_the_list_narrows_to_what_is_asked(manager):
    credited = make_credit().order
    nobody, waiting, test = make_attribution().order, make_order(), make_order(is_test=True)
    returned = make_return(make_order()).order

    assert listed(manager, outcome="attributed") == [credited]
    assert listed(manager, outcome="nobody") == [nobody]
    assert set(listed(manager, outcome="waiting")) == {waiting, test, returned}
    assert listed(manager, has="test") == [test]
    assert listed(manager, has="returns") == [returned]


def test_a_search_finds_the_number_in_every_period(manager):
    old = make_order(number="#A77", placed_at=NOW - timedelta(days=900))
    make_order(number="#B12")

    for text in ("A77", "#A77", "a7"):
        assert listed(manager, q=text, range="7d") == [old]


def test_a_search_finds_the_sale_that_a_partner_asks_about(manager):
    credit = make_credit()
    make_credit()

    assert listed(manager, q=f"S-{credit.pk}") == [credit.order]
    assert listed(manager, q=f" s-{credit.pk} ", range="7d") == [credit.order]
    assert listed(manager, q="S-999999") == []


def test_the_list_goes_on_and_back_without_losing_an_order(manager):
    made = {make_order(placed_at=NOW - timedelta(hours=n // 3)).pk for n in range(60)}
    url, seen, pages = reverse("portal:order-list"), [], []
    cursor = ""
    while True:
        answer = manager.get(url, {"range": "all", "cursor": cursor})
        pages.append([row.order.pk for row in answer.context["rows"]])
        seen += pages[-1]
        cursor = answer.context["page"].following
        if not cursor:
            break

    assert set(seen) == made
    assert len(seen) == 60
    back = manager.get(url, {"range": "all", "cursor": answer.context["page"].previous})
    assert [row.order.pk for row in back.context["rows"]] == pages[-2]


def test_a_cursor_that_nobody_made_is_the_first_page(manager):
    make_order()

    for cursor in ("x", "older_yesterday_3", "older_2026-01-01T00:00:00_x", "newer_2026-01-01_1"):
        assert len(listed(manager, cursor=cursor)) == 1


def test_both_margins_stand_side_by_side_with_the_cost(client):
    client.force_login(make_fin())
    commission = accrued()

    page = client.get(detail(commission.credit.order), headers={"accept-language": "en"})

    line = page.context["view"].lines[0]
    assert (line.net.minor, line.unit_cost.minor) == (10_000, 4_000)
    assert (line.actual.minor, line.reference.minor) == (6_000, 5_000)
    assert "Actual margin of the line, with the real cost: €60.00." in page.content.decode()


def test_who_may_not_see_costs_sees_the_order_without_them(manager):
    commission = accrued(lines=[{"product": make_product(cost_minor=4_137)}])
    order = commission.credit.order

    page = manager.get(detail(order), headers={"accept-language": "en"}).content.decode()

    assert "Reference margin" in page
    for secret in ("41.37", "58.63", "Unit cost", "Actual margin<", "real cost"):
        assert secret not in page, secret
    assert not costs_viewed(order).exists()


def test_the_permission_shows_a_manager_the_costs(client):
    sam = make_sam()
    sam.user_permissions.add(Permission.objects.get(codename="view_actual_margin"))
    client.force_login(sam)
    order = accrued(lines=[{"product": make_product(cost_minor=4_137)}]).credit.order

    assert "41.37" in client.get(detail(order), headers={"accept-language": "en"}).content.decode()
    assert costs_viewed(order).get().actor == sam


def test_each_look_at_costs_is_kept(client):
    order, sam, fin = make_order(), make_sam(), make_fin()

    for person in (fin, fin, sam):
        client.force_login(person)
        client.get(detail(order))

    assert list(costs_viewed(order).values_list("actor", flat=True)) == [fin.pk, fin.pk]


def test_a_block_is_released_for_a_reason(manager):
    block = make_held()
    order = block.commission.credit.order
    url = reverse("portal:block-release", args=[order.pk, block.pk])

    manager.post(url, {"reason": ""})
    block.refresh_from_db()
    assert block.released_at is None

    manager.post(url, {"reason": "The shop confirmed it."})
    block.refresh_from_db()
    assert block.released_at is not None


def test_a_missing_cost_is_not_released_by_hand_and_the_page_says_why(manager):
    commission = accrued(lines=[{"product": make_product(cost_minor=None)}])
    order = commission.credit.order
    block = commission.blocks.get(kind="cost_missing")
    url = reverse("portal:block-release", args=[order.pk, block.pk])

    page = manager.get(detail(order), headers={"accept-language": "en"}).content.decode()
    manager.post(url, {"reason": "Pay anyway."})

    assert "Send the cost: the commission is then priced and released." in page
    assert 'aria-disabled="true"' in page
    assert url not in page
    block.refresh_from_db()
    assert block.released_at is None


def test_a_block_of_another_order_is_not_found(manager):
    url = reverse("portal:block-release", args=[make_order().pk, make_held().pk])

    assert manager.post(url, {"reason": "Mine."}).status_code == 404


def test_finance_sees_the_order_without_the_release(client):
    client.force_login(make_fin())
    block = make_held()
    order = block.commission.credit.order

    page = client.get(detail(order)).content.decode()

    assert reverse("portal:block-release", args=[order.pk, block.pk]) not in page


@pytest.mark.parametrize("make_person", [make_sam, make_fin])
def test_a_pending_commission_is_held_for_a_reason_by_managers_and_finance(client, make_person):
    person, commission = make_person(), accrued()
    client.force_login(person)
    order = commission.credit.order
    url = reverse("portal:commission-hold", args=[order.pk, commission.pk])
    assert url in client.get(detail(order)).content.decode()

    client.post(url, {"reason": ""})
    assert not commission.blocks.exists()
    client.post(url, {"reason": "A call from the shop."})

    block = commission.blocks.get()
    assert (block.kind, block.reason) == ("manual", "A call from the shop.")
    assert url not in client.get(detail(order)).content.decode()


def test_a_commission_of_another_order_or_approved_is_not_held(manager):
    commission = accrued()
    other = reverse("portal:commission-hold", args=[make_order().pk, commission.pk])
    assert manager.post(other, {"reason": "Mine."}).status_code == 404

    approved = make_due().commissions.get()
    url = reverse("portal:commission-hold", args=[approved.credit.order_id, approved.pk])
    assert url not in manager.get(detail(approved.credit.order)).content.decode()
    manager.post(url, {"reason": "Late."})
    assert not approved.blocks.exists()
