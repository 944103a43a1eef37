"""Money given back without goods is on a page, with what was done with it and why."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from affiliates.models import AmountOnly, Programme
from payouts.models import CommissionStatus
from payouts.services import returns
from portal.queries.staff_refunds import Became, refund_rows, refunds
from shop.models import ReturnLine
from tests.builders import NOW, make_order, make_return
from tests.payouts.stories import accrued

pytestmark = pytest.mark.django_db


def refund(order, minor, **of):
    given = make_return(order, quantities={})
    return ReturnLine.objects.create(
        shop_return=given, external_id="money", quantity=0, net_minor=minor, **of
    )


def policy(value):
    Programme.objects.update_or_create(pk=1, defaults={"amount_only_returns": value})


@pytest.fixture
def made():
    """A refund of every kind, by what became of it, and a return of goods that is no refund."""
    policy(AmountOnly.IGNORED)
    ignored = refund(accrued(number="I").credit.order, 1_000)
    returns.apply_pending(now=NOW)
    policy(AmountOnly.PRO_RATA)
    lowered = refund(accrued(number="L", lines=[{}, {}]).credit.order, 1_000)
    shipping = accrued(number="S", lines=[{}, {"kind": "shipping"}]).credit.order
    unchanged = refund(shipping, 200)
    refused = accrued(number="R", decision="refuse")
    assert refused.status == CommissionStatus.REVERSED
    reversed_ = refund(refused.credit.order, 1_000)
    make_return(accrued(number="G").credit.order)
    returns.apply_pending(now=NOW)
    nobody = refund(make_order(number="N"), 1_000)
    waiting = refund(accrued(number="W").credit.order, 1_000)
    return {
        Became.IGNORED: ignored, Became.LOWERED: lowered, Became.UNCHANGED: unchanged,
        Became.REVERSED: reversed_, Became.NOBODY: nobody, Became.WAITING: waiting,
    }  # fmt: skip


def test_what_became_of_each_is_the_same_for_a_row_and_for_the_filter(made):
    rows = {row.line.pk: row for row in refund_rows(list(refunds("")))}

    assert {line.pk: became for became, line in made.items()} == {
        pk: row.became for pk, row in rows.items()
    }
    for became, line in made.items():
        assert [one.pk for one in refunds(became)] == [line.pk], became
    assert rows[made[Became.LOWERED].pk].change.minor == -200
    assert rows[made[Became.IGNORED].pk].ruling.policy == AmountOnly.IGNORED


def test_the_page_says_what_was_done_and_why(sam, made):
    page = sam.get(reverse("portal:refund-list")).content.decode()
    for words in (
        "Commission lowered", "earn less", "−€2.00", "Left alone", "changes nothing",
        "It is for shipping", "Already reversed", "Nobody earned", "applied within a minute",
        "The whole order", "€10.00",
    ):  # fmt: skip
        assert words in page, words

    only = sam.get(reverse("portal:refund-list"), {"became": "ignored"}).content.decode()
    assert only.count("<tr") == 2
    assert "changes nothing" in only
    assert reverse("portal:refund-list") in sam.get(reverse("portal:order-list")).content.decode()


def test_a_long_page_asks_no_more_than_a_short_one(sam, made):
    def count():
        sam.get(reverse("portal:refund-list"))
        with CaptureQueriesContext(connection) as queries:
            assert sam.get(reverse("portal:refund-list")).status_code == 200
        return len(queries)

    few = count()
    for _each in range(12):
        refund(made[Became.WAITING].shop_return.order, 10)
    assert count() == few
