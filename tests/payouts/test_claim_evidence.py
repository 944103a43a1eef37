"""What our records say of a claim, and what the affiliate may read of it (CL8)."""

import json
from datetime import datetime, timedelta
from uuid import uuid4

import pytest

from payouts.queries.claim_view import affiliate_view
from payouts.services.claim_evidence import agrees, find_order, gather, likely_answer
from shop.models import Shop
from tests.builders import (
    NOW,
    make_attribution,
    make_click,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_return,
    make_shop,
)
from tests.payouts.claim_stories import TODAY, claimed
from tests.payouts.stories import accrued
from tests.people import make_ada, make_mallory
from tracking.models import Touchpoint

pytestmark = pytest.mark.django_db


def look(claim):
    order = find_order(claim.order_number, claim.ordered_on) or claim.order
    return gather(claim, order, now=NOW)


def lost(attribution, affiliate, reason):
    return Touchpoint.objects.create(
        attribution=attribution,
        kind="click",
        affiliate=affiliate,
        at=NOW - timedelta(hours=3),
        link=make_link(affiliate, label="Spring letter"),
        won=False,
        reason=reason,
    )


def test_an_order_is_found_by_its_number_its_id_and_near_its_day():
    other = make_shop(code="other")
    near = make_order(number="#Fr-10", placed_at=NOW)
    far = make_order(number="FR-10", placed_at=NOW - timedelta(days=30), shop=other)
    make_order(number="FR-10", placed_at=NOW - timedelta(days=300),
               shop=Shop.objects.get(code="atelier"))  # fmt: skip

    assert find_order("FR-10", TODAY) == near
    assert find_order("FR-10", TODAY - timedelta(days=25)) == far
    assert find_order(near.external_id.upper(), TODAY) == near
    assert find_order("FR-10", TODAY - timedelta(days=150)) is None


def test_day_and_amount_agree_or_not():
    make_order(number="X-1", placed_at=NOW - timedelta(days=3))
    claim = claimed(make_ada(), amount_minor=12_000)

    found = look(claim)["order"]

    assert (found["days_off"], found["net_minor"], found["off_minor"]) == (-3, 10_000, 2_000)
    assert agrees(found) is False
    assert agrees({**found, "off_minor": 100}) is True
    assert agrees({**found, "off_minor": None}) is None


def test_clicks_are_counted_by_the_hour_around_the_order():
    ada = make_ada()
    link = make_link(ada)
    make_order(number="X-1", placed_at=NOW)
    for hours in (1, 1, 20, 24 * 8):
        make_click(link, clicked_at=NOW - timedelta(hours=hours))
    make_click(make_link(make_mallory()), clicked_at=NOW - timedelta(hours=1))

    make_click(link, clicked_at=NOW + timedelta(hours=2))

    evidence = look(claimed(ada))
    before, that_day = evidence["clicks_before"], evidence["clicks"]

    assert (before["visits"], that_day["visits"]) == (3, 4)
    assert [number for _hour, number in before["hours"]] == [2, 1]


def test_without_an_order_the_day_that_was_typed_is_looked_at():
    ada = make_ada()
    make_click(make_link(ada), clicked_at=NOW)
    evidence = look(claimed(ada, order_number="nobody's"))
    assert (evidence["verdict"], evidence["clicks"]["visits"]) == ("not_found", 1)


def test_codes_are_told_apart():
    ada, mallory = make_ada(), make_mallory()
    make_code(ada, code="ADA10")
    make_code(mallory, code="MALL5")
    make_order(number="X-1", codes=["ada10", "MALL5", "SUMMER"])

    codes = look(claimed(ada))["codes"]

    assert codes == {"own": ["ada10"], "others": [("MALL5", mallory.pk)], "unknown": ["SUMMER"]}


def test_the_decision_shows_own_clicks_and_why_they_lost():
    ada = make_ada()
    attribution = make_attribution(make_order(number="X-1"), reason="none_eligible")
    lost(attribution, ada, "outside_window")
    claim = claimed(ada)

    evidence = look(claim)

    assert [one["reason"] for one in evidence["decided"]["touches"]] == ["outside_window"]
    assert likely_answer("missing", evidence) == "outside_window"


@pytest.mark.parametrize(
    ("make", "verdict", "answer"),
    [
        (lambda: None, "not_found", "order_not_found"),
        (lambda: make_order(number="X-1", is_test=True), "test_order", "order_not_found"),
        (lambda: make_order(number="X-1", cancelled_at=NOW), "cancelled", "returned"),
        (lambda: make_return(make_order(number="X-1")), "returned", "returned"),
        (lambda: make_order(number="X-1"), "undecided", ""),
        (lambda: make_attribution(make_order(number="X-1")), "nobody", "no_click"),
        (lambda: make_credit(make_mallory(), make_order(number="X-1")), "other", "another_led"),
    ],
)
def test_the_short_of_it_and_the_answer_it_speaks_for(make, verdict, answer):
    make()
    evidence = look(claimed(make_ada()))
    assert (evidence["verdict"], likely_answer("missing", evidence)) == (verdict, answer)


def test_of_a_sale_of_theirs_commission_and_checks_are_shown_to_the_team():
    ada = make_ada()
    sale = accrued(ada, decision="refuse", number="FR-1")
    claim = claimed(ada, kind="declined", text="Why?", credit_id=sale.credit_id)

    evidence = look(claim)

    assert evidence["screened"] == {"decision": "refuse", "signals": []}
    assert evidence["earned"]["status"] == "reversed"
    assert evidence["earned"]["standing_minor"] == 0


def test_the_affiliate_reads_nothing_of_others_nor_of_the_customer():
    ada, mallory = make_ada(), make_mallory()
    make_code(mallory, code="MALL5")
    order = make_order(
        number="X-1", codes=["MALL5", "SUMMER"], click_tokens=[uuid4().hex], customer_ref="c" * 64
    )
    attribution = make_credit(mallory, order).touchpoint.attribution
    lost(attribution, ada, "superseded")
    claim = claimed(ada, amount_minor=9_999)
    evidence = look(claim)

    said = json.dumps(affiliate_view(evidence), default=str)

    assert affiliate_view(evidence).state == "other"
    for secret in (
        "MALL5", "SUMMER", mallory.name, f"{mallory.pk}]", "10000", "customer", "signals",
        order.external_id, order.customer_ref, order.placed_at.isoformat(),
    ):  # fmt: skip
        assert secret not in said, secret
    assert evidence["codes"]["others"] == [("MALL5", mallory.pk)]


def test_the_clicks_they_read_tell_nothing_of_the_order():
    ada = make_ada()
    make_click(make_link(ada), clicked_at=NOW - timedelta(days=20))
    before = affiliate_view(look(claimed(ada)))
    make_attribution(make_order(number="X-1", placed_at=NOW - timedelta(days=19)))

    after = affiliate_view(look(claimed(ada, order_number="x-1")))

    assert after == before


def test_an_order_is_known_to_who_knows_its_day():
    make_attribution(make_order(number="X-1", placed_at=NOW - timedelta(days=5)))
    ada = make_ada()

    guessed = affiliate_view(look(claimed(ada)))
    known = affiliate_view(look(claimed(make_mallory(), ordered_on=TODAY - timedelta(days=4))))

    assert (guessed.state, known.state) == ("not_found", "nobody")


def test_what_was_found_is_kept_as_it_was():
    claim = claimed(make_ada())
    make_order(number="X-1")

    claim.refresh_from_db()

    assert claim.evidence["verdict"] == "not_found"
    assert look(claim)["verdict"] == "undecided"
    assert datetime.fromisoformat(claim.evidence["at"]) == NOW
