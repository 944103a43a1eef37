"""The pages ask the database as often with thirty rows as with one."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from tests.builders import make_affiliate, make_attribution, make_return, make_user
from tests.influencers import campaign_world
from tests.influencers.contract_world import give, make_influencer
from tests.influencers.moderation_world import submitted
from tests.payouts.paydays import make_due, prepared
from tests.payouts.stories import accrued
from tests.people import make_fin, make_sam
from tests.portal_staff.staff_team_doors import make_colleague
from tests.portal_staff.world import (
    make_application,
    make_failed_event,
    make_held,
    make_open_case,
)

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def count(client, url):
    client.get(url)  # Whatever is asked once only (content types, sessions) is asked now.
    with CaptureQueriesContext(connection) as queries:
        assert client.get(url).status_code == 200
    return len(queries)


def grows(client, url, make):
    make()
    one = count(client, url)
    for _ in range(29):
        make()
    return count(client, url) - one, one


MANAGER_LISTS = {
    "application-list": (make_application, 14),
    "affiliate-list": (lambda: accrued(make_affiliate()), 19),
    "order-list": (lambda: make_return(accrued().credit.order), 15),
    "review-list": (make_open_case, 22),
    "inbound-list": (make_failed_event, 11),
    "contract-list": (make_influencer, 17),
    "moderation-list": (submitted, 14),
    "colleague-list": (make_colleague, 24),
    "gift-list": (lambda: give(make_influencer(), 10), 12),
    "campaign-list": (campaign_world.going, 19),
    "shipment-list": (campaign_world.asked_for, 14),
    "manage-home": (lambda: (accrued(), make_attribution(), make_application()), 35),
}


@pytest.mark.parametrize("name", MANAGER_LISTS)
def test_lists_of_managers(client, name):
    client.force_login(make_sam())
    make, most = MANAGER_LISTS[name]

    more, one = grows(client, reverse(f"portal:{name}"), make)

    assert more == 0
    assert one <= most


def test_commissions_held(client):
    client.force_login(make_sam())
    actor = make_user()

    more, _one = grows(client, reverse("portal:review-list"), lambda: make_held(actor=actor))

    assert more == 0


FINANCE_LISTS = {
    "finance-home": (make_due, 35),
    "ledger-list": (make_due, 15),
    "batch-new": (make_due, 21),
}


@pytest.mark.parametrize("name", FINANCE_LISTS)
def test_lists_of_finance(client, name):
    client.force_login(make_fin())
    make, most = FINANCE_LISTS[name]

    more, one = grows(client, reverse(f"portal:{name}"), make)

    assert more == 0
    assert one <= most


def test_a_batch_of_thirty(client):
    fin = make_fin()
    client.force_login(fin)
    make_due()
    batch = prepared(maker=fin)
    url = reverse("portal:batch-detail", args=[batch.public_id])
    one = count(client, url)
    for _ in range(29):
        make_due()
    client.post(reverse("portal:batch-recompute", args=[batch.public_id]))
    client.get(url)

    assert batch.items.count() == 30
    assert count(client, url) == one
    assert one <= 32


def test_exceptions_ask_once_who_of_finance_can_mind_them(client):
    client.force_login(make_fin())
    make_due(payee=False, units=60)
    url = reverse("portal:exception-list")
    one = count(client, url)
    for _ in range(4):
        make_due(payee=False, units=60)

    assert count(client, url) == one <= 42


def test_an_order_of_thirty_lines(client):
    client.force_login(make_sam())
    small, large = accrued(), accrued(lines=[{}] * 30)
    make_return(small.credit.order)
    make_return(large.credit.order)

    pages = [reverse("portal:order-detail", args=[one.credit.order_id]) for one in (small, large)]

    assert count(client, pages[0]) == count(client, pages[1]) <= 30


def test_a_ledger_of_thirty(client):
    client.force_login(make_fin())
    affiliate = make_affiliate()

    url = reverse("portal:ledger-detail", args=[affiliate.public_id]) + "?account=pending"
    more, one = grows(client, url, lambda: accrued(affiliate))

    assert more == 0
    assert one <= 18
