"""What is suggested for a claim is what the engine pays for the same sale (CL9, CL10)."""

import pytest

from affiliates.models import Programme
from payouts.models import Commission, Meter
from payouts.services import accruals, costs, returns
from payouts.services.claim_amounts import suggest
from payouts.services.claim_standing import standing_minor
from shop.models import BandAssignment, CostSource, OrderLine, ReturnLine
from tests.builders import (
    LONG_AGO,
    NOW,
    make_affiliate,
    make_band,
    make_credit,
    make_group,
    make_order,
    make_product,
    make_return,
    make_screening,
)
from tests.payouts.claim_stories import claimed
from tests.payouts.stories import accrued, euros
from tests.people import make_ada

pytestmark = pytest.mark.django_db

FLAT = {"key": "f", "name": "Fixed", "priority": 1, "pays": "flat", "flat_minor": 2_500}
NET = {"key": "n", "name": "Of the price", "priority": 1, "pays": "net", "rate_bps": 700}
NOTHING = {"key": "z", "name": "Nothing", "priority": 1, "pays": "nothing", "reason": "No pay"}
TERMS = {
    "base": {},
    "flat": {"rules": [FLAT]},
    "net": {"rules": [NET]},
    "nothing": {"rules": [NOTHING]},
    "order cap": {"order_cap_minor": 1_777},
    "month cap": {"month_cap_minor": 2_111},
    "rule cap": {"rules": [{**NET, "cap_minor": 1_234}]},
    "all caps": {"rules": [NET], "order_cap_minor": 1_333, "month_cap_minor": 2_111},
}


def partner(**rules):
    return make_affiliate(group=make_group(slug="capped", terms={"rules": rules}))


def budget(minor):
    Programme.objects.update_or_create(pk=1, defaults={"month_budget_minor": minor})


def refund(order, minor):
    """Money given back for the whole order, without goods."""
    given = make_return(order, quantities={})
    ReturnLine.objects.create(shop_return=given, external_id="money", quantity=0, net_minor=minor)


def nothing_happens(_order):
    """The customer keeps everything."""


def one_comes_back(order):
    make_return(order, quantities={order.lines.order_by("pk")[0]: 1})


def money_goes_back(order):
    refund(order, 3_210)


def both(order):
    money_goes_back(order)
    one_comes_back(order)


def accrue(affiliate, order, decision="clear"):
    """Give the order to the affiliate after all, and apply what came back of it."""
    make_screening(make_credit(affiliate, order), decision=decision)
    accruals.accrue_pending(now=NOW)
    returns.apply_pending(now=NOW)
    return Commission.objects.get(credit__order=order)


@pytest.mark.parametrize("happens", [nothing_happens, one_comes_back, money_goes_back, both])
@pytest.mark.parametrize("rules", TERMS.values(), ids=TERMS)
def test_of_a_missing_sale_is_due_what_it_comes_to_once_it_is_credited(rules, happens):
    affiliate = partner(**rules)
    budget(4_000)
    accrued(affiliate)  # Takes 10.00 of cap and budget, under the base.
    order = make_order(number="X-1", lines=[{"quantity": 2}, {}])
    claim = claimed(affiliate)
    happens(order)

    before = list(Meter.objects.order_by("pk").values())
    suggested = suggest(claim, order)
    assert list(Meter.objects.order_by("pk").values()) == before, "it is only read"
    commission = accrue(affiliate, order)

    assert suggested.due == euros(standing_minor(commission))
    assert suggested.amount == suggested.due
    again = suggest(claim, order)
    assert (again.due, again.standing, again.amount) == (
        suggested.due, suggested.due, euros(0),
    )  # fmt: skip


def test_the_limits_that_cut_are_named_with_what_is_left_of_them():
    affiliate = partner(order_cap_minor=2_900, month_cap_minor=3_500)
    budget(2_200)
    accrued(affiliate)
    order = make_order(number="X-1", lines=[{"quantity": 3}])
    suggested = suggest(claimed(affiliate), order)

    assert [(one.reason, one.most.minor, one.left.minor) for one in suggested.limits] == [
        ("month_cap", 3_500, 2_500), ("budget", 2_200, 1_200),
    ]  # fmt: skip
    assert [(one.reason, one.most.minor, one.minor) for one in suggested.cuts] == [
        ("order_cap", 2_900, 100), ("month_cap", 3_500, 400), ("budget", 2_200, 1_300),
    ]  # fmt: skip
    assert suggested.amount == euros(1_200)


def test_a_cap_of_a_rule_that_cuts_is_named_with_its_rule():
    affiliate = partner(rules=[{**NET, "cap_minor": 1_000}], order_cap_minor=900)
    suggested = suggest(claimed(affiliate), make_order(number="X-1", lines=[{"quantity": 2}]))

    assert [(one.reason, one.name, one.most.minor, one.minor) for one in suggested.cuts] == [
        ("rule_cap", "Of the price", 1_000, 400), ("order_cap", "", 900, 100),
    ]  # fmt: skip


def test_a_limit_that_nobody_counted_yet_is_counted():
    accrued()
    budget(1_300)
    assert not Meter.objects.exists()

    order = make_order(number="X-1")
    suggested = suggest(claimed(make_ada()), order)

    assert suggested.amount == euros(300)
    assert not Meter.objects.exists()


def test_a_sale_that_took_its_part_is_not_cut_again():
    affiliate = partner(month_cap_minor=1_500)
    accrued(affiliate)
    second = accrued(affiliate, number="B")
    claim = claimed(affiliate, kind="wrong", text="Too low", credit_id=second.credit_id)

    suggested = suggest(claim, claim.order)

    assert (suggested.due, suggested.standing, suggested.amount) == (
        euros(500), euros(500), euros(0),
    )  # fmt: skip
    assert [(one.reason, one.minor) for one in suggested.cuts] == [("month_cap", 500)]
    assert suggested.limits == ()


def test_a_refused_sale_took_nothing_so_what_is_left_now_cuts_it():
    affiliate = partner(month_cap_minor=1_500)
    refused = accrued(affiliate, decision="refuse", number="R", lines=[{"quantity": 2}])
    accrued(affiliate)
    claim = claimed(affiliate, kind="declined", text="Why?", credit_id=refused.credit_id)
    refund(claim.order, 4_000)

    suggested = suggest(claim, claim.order)

    # 20.00 is cut to the 5.00 that are left; of the margin of 100.00 then 60.00 are left.
    assert [(one.reason, one.minor) for one in suggested.cuts] == [("month_cap", 1_500)]
    assert suggested.amount == euros(300)


def test_what_was_decided_for_a_sale_is_not_decided_anew():
    affiliate = partner(rules=[{**NET, "when": {"customer": ["new"]}}])
    refused = accrued(affiliate, decision="refuse", number="R", is_new_customer=True)
    claim = claimed(affiliate, kind="declined", text="Why?", credit_id=refused.credit_id)
    assert refused.lines.get().rule == "n"
    claim.order.is_new_customer = False
    claim.order.save()

    assert suggest(claim, claim.order).due == euros(refused.amount_minor) == euros(700)


def test_why_a_line_earns_nothing_is_still_said():
    affiliate = partner(rules=[NOTHING])
    refused = accrued(affiliate, decision="refuse", number="R")
    claim = claimed(affiliate, kind="declined", text="Why?", credit_id=refused.credit_id)

    line = suggest(claim, claim.order).lines[0]

    assert [step["step"] for step in line.steps] == ["rule", "excluded"]
    assert line.steps[-1]["text"] == "No pay"


def test_what_was_added_once_its_cost_was_known_is_due():
    product = make_product(cost_minor=None)
    sale = accrued(number="L", lines=[{"product": product}, {}])
    claim = claimed(sale.affiliate, kind="wrong", text="Too low", credit_id=sale.credit_id)
    assert suggest(claim, claim.order).waits

    OrderLine.objects.filter(unit_cost_minor__isnull=True).update(
        unit_cost_minor=4_000, cost_source=CostSource.CATALOGUE
    )
    BandAssignment.objects.create(
        product=product, band=make_band(6_000), list_price_minor=10_000, valid_from=LONG_AGO
    )
    costs.complete_pending(now=NOW)
    found = suggest(claim, claim.order)

    assert (found.waits, found.due, found.standing) == (False, euros(2_000), euros(2_000))
