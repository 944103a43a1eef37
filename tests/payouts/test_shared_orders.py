"""Orders whose credit is shared: every part earns, comes back and is judged on its own."""

from datetime import timedelta

import pytest

from fraud.models import Screening
from fraud.services.screening import screen_pending
from payouts.explanation import partner_sentences
from payouts.models import Block, Commission, CommissionLine
from payouts.services import accruals, checks, commissions, costs, returns
from shop.models import BandAssignment
from tests.builders import (
    LONG_AGO,
    NOW,
    email_key_of,
    make_affiliate,
    make_band,
    make_click,
    make_link,
    make_order,
    make_product,
    make_return,
    make_user,
)
from tests.payouts.stories import AFTER_HOLD, assert_balances
from tracking.models import AttributionPolicy
from tracking.services.attributions import attribute_pending

pytestmark = pytest.mark.django_db

PLACED_AT = NOW - timedelta(hours=1)
SPLIT = {"split": {"introducer": 3_333, "influencer": 1_667, "closer": 5_000}}


def make_shared(affiliates=None, **order):
    """Three affiliates on the way to one order; return it and their ids, in order of time."""
    AttributionPolicy.objects.create(
        number=2, name="Shared", valid_from=NOW - timedelta(days=90), rules=SPLIT,
        created_at=NOW - timedelta(days=90),
    )  # fmt: skip
    affiliates = affiliates or [make_affiliate() for _ in range(3)]
    visitor = None
    for hours, affiliate in zip((30, 20, 10), affiliates, strict=True):
        click = make_click(
            make_link(affiliate),
            clicked_at=PLACED_AT - timedelta(hours=hours),
            **({"visitor": visitor} if visitor else {}),
        )
        visitor = click.visitor
    made = make_order(click_tokens=[click.reference], placed_at=PLACED_AT, **order)
    attribute_pending(now=NOW)
    screen_pending(now=NOW)
    accruals.accrue_pending(now=NOW)
    return made, [affiliate.pk for affiliate in affiliates]


def amounts(ids):
    found = dict(Commission.objects.values_list("affiliate", "amount_minor"))
    return [found[pk] for pk in ids]


def balances_are(ids, minors, **overrides):
    for pk, minor in zip(ids, minors, strict=True):
        assert_balances(pk, **{overrides.get("of", "pending"): minor})


def test_each_part_earns_its_share_of_the_rate_times_the_margin():
    """One unit earns EUR 10.00 in all: 20 % of a reference margin of EUR 50.00."""
    _order, ids = make_shared()

    assert amounts(ids) == [333, 167, 500]
    balances_are(ids, [333, 167, 500])


def test_the_steps_say_the_share():
    _order, ids = make_shared()

    line = CommissionLine.objects.get(commission__affiliate=ids[0])
    assert {"step": "share", "share_bps": 3_333} in line.steps
    assert any("33.33" in sentence for sentence in partner_sentences(line.steps, "EUR"))


def test_ten_partial_returns_leave_every_part_at_zero():
    order, ids = make_shared(lines=[{"quantity": 10}])
    line = order.lines.get()

    for _ in range(9):
        make_return(order, quantities={line: 1})
        returns.apply_pending(now=NOW)
        differences = [str(one) for one in checks.check()]
        assert differences == []
    left = [Commission.objects.get(affiliate=pk) for pk in ids]
    assert [commissions.outstanding([one])[one.pk].minor for one in left] == [333, 167, 500]
    make_return(order, quantities={line: 1})
    returns.apply_pending(now=NOW)

    balances_are(ids, [0, 0, 0])
    assert set(Commission.objects.values_list("status", flat=True)) == {"reversed"}


def test_one_return_is_taken_back_from_every_part_at_once():
    order, ids = make_shared(lines=[{"quantity": 2}])
    make_return(order, quantities={order.lines.get(): 1})

    assert returns.apply_pending(now=NOW) == 3
    assert returns.apply_pending(now=NOW) == 0
    # EUR 6.67, 3.33 and 10.00, halved: each part is rounded on its own.
    balances_are(ids, [334, 167, 500])


def test_a_return_after_approval_is_owed_by_every_part():
    order, ids = make_shared()
    commissions.approve_due(now=AFTER_HOLD)
    balances_are(ids, [333, 167, 500], of="payable")

    make_return(order, returned_at=AFTER_HOLD, received_at=AFTER_HOLD)
    returns.apply_pending(now=AFTER_HOLD)

    balances_are(ids, [0, 0, 0], of="payable")


def test_facts_that_come_late_complete_every_part():
    product = make_product(cost_minor=None)
    order, ids = make_shared(lines=[{"product": product}])
    assert amounts(ids) == [0, 0, 0]

    order.lines.update(unit_cost_minor=4_000, cost_source="payload")
    BandAssignment.objects.create(
        product=product, band=make_band(5_000), list_price_minor=10_000, valid_from=LONG_AGO
    )
    costs.complete_pending(now=NOW)

    balances_are(ids, [333, 167, 500])
    assert not Block.objects.filter(released_at__isnull=True).exists()


def test_the_buyer_who_holds_one_part_loses_that_part_alone():
    buyer = make_user()
    affiliates = [make_affiliate(), make_affiliate(user=buyer), make_affiliate()]
    _order, ids = make_shared(affiliates, email_key=email_key_of(buyer.email))

    decisions = dict(Screening.objects.values_list("credit__affiliate", "decision"))
    assert [decisions[pk] for pk in ids] == ["clear", "refuse", "clear"]
    balances_are(ids, [333, 0, 500])
    assert Commission.objects.get(affiliate=ids[1]).reversal_reason == "self_purchase"


def test_a_test_order_earns_no_part():
    _order, ids = make_shared(is_test=True)
    balances_are(ids, [0, 0, 0])
