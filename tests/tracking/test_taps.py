"""P12 and A19: taps in looks on the shop's own pages, and orders at the staff's discount."""

import pytest

from tests.tracking.policy_words import (
    ADA,
    BOB,
    click,
    code,
    decide,
    reasons,
    shares,
    step,
    verdict,
)
from tracking.domain.journey import Kind
from tracking.domain.policy import OnSite, Policy, PolicyRefused
from tracking.domain.touchpoints import Journey, Reason, Result, Rule

MANY = {"split": {"introducer": 3000, "influencer": 2000, "closer": 5000}}


def tap(affiliate_id=ADA, *, minutes=60, **overrides):
    fields = {"navigation": "internal", "facts": 0, "affiliate_kind": "influencer"}
    return click(affiliate_id=affiliate_id, minutes=minutes, is_on_site=True, **fields | overrides)


def test_a_tap_never_takes_the_order_from_who_brought_the_buyer():
    brought, tapped = click(2, BOB), tap()
    decision = decide([brought, tapped])

    assert shares(decision) == {BOB: 10_000}
    assert decision.reason == Reason.LAST_ELIGIBLE
    assert reasons(decision, [brought, tapped]) == ["last_eligible", "on_site_second"]
    said = verdict(decision, tapped, Rule.ON_SITE)
    assert (said.result, said.facts) == (Result.FAILED, {"rule": "if_alone"})
    assert verdict(decision, brought, Rule.ON_SITE).result == Result.NOT_APPLICABLE


def test_a_tap_does_not_take_it_from_a_typed_code_either():
    typed, tapped = code(BOB), tap()
    assert reasons(decide([typed, tapped]), [typed, tapped]) == ["last_eligible", "on_site_second"]


def test_one_affiliate_is_paid_for_the_click_and_not_for_the_tap_too():
    brought, tapped = click(2, ADA), tap()
    decision = decide([brought, tapped])
    assert shares(decision) == {ADA: 10_000}
    assert reasons(decision, [brought, tapped]) == ["last_eligible", "on_site_second"]


def test_a_tap_earns_when_nothing_else_may():
    late, tapped = click(40, BOB), tap()
    decision = decide([late, tapped])

    assert shares(decision) == {ADA: 10_000}
    assert reasons(decision, [late, tapped]) == ["outside_window", "on_site_alone"]
    assert verdict(decision, tapped, Rule.NAVIGATION).result == Result.NOT_APPLICABLE


def test_the_last_of_several_taps_earns():
    first, last = tap(minutes=90), tap(BOB, minutes=10)
    decision = decide([first, last])
    assert shares(decision) == {BOB: 10_000}
    assert reasons(decision, [first, last]) == ["superseded", "on_site_alone"]


def test_a_policy_may_give_taps_nothing():
    tapped = tap()
    decision = decide([tapped], {"on_site": "never"})
    assert (decision.shares, reasons(decision, [tapped])) == ((), ["on_site_never"])


def test_a_tap_gets_no_part_of_a_shared_order():
    first, last, tapped = click(3, BOB), click(2, 3), tap()
    decision = decide([first, last, tapped], MANY)
    assert shares(decision) == {BOB: 3_000, 3: 7_000}


def test_a_tap_that_cannot_earn_says_why_itself():
    tapped = tap(affiliate_active=False)
    assert reasons(decide([tapped]), [tapped]) == ["affiliate_not_active"]


def test_a_tap_involves_nobody_for_a_code():
    typed, tapped, brought = code(ADA), tap(ADA), click(2, BOB)
    journey = Journey.of([step(120)])
    decision = decide([typed, tapped, brought], {"code": "if_involved"}, journey)
    assert reasons(decision, [typed, tapped, brought]) == [
        "code_not_involved", "on_site_second", "last_eligible",
    ]  # fmt: skip


def test_nobody_stands_down_for_a_tap_and_a_tap_for_nobody():
    rules = {"stand_down": {"minutes": 60}, "session_open": {"minutes": 60,
             "other_channel": "refuse"}}  # fmt: skip
    tapped, after = tap(minutes=50), click(affiliate_id=BOB, minutes=40)
    decision = decide([tapped, after], rules)
    assert reasons(decision, [tapped, after]) == ["on_site_second", "last_eligible"]
    journey = Journey.of([step(70, Kind.SESSION_STARTED, channel="email")])
    alone = decide([tapped], rules, journey)
    assert reasons(alone, [tapped]) == ["on_site_alone"]


def test_a_basket_that_was_filled_before_a_tap_counts_as_before_a_click():
    tapped = tap()
    journey = Journey.of([step(70, Kind.BASKET_CHANGED, items=2)])
    decision = decide([tapped], {"basket_before_click": {"minutes": 60}}, journey)
    assert reasons(decision, [tapped]) == ["basket_before_click"]


def test_the_rule_is_read_and_written_as_the_others():
    assert Policy.from_rules({}).on_site == OnSite.IF_ALONE
    assert Policy.from_rules({"on_site": "never"}).to_rules() == {"on_site": "never"}
    assert Policy.from_rules({"on_site": "if_alone"}).to_rules() == {}
    with pytest.raises(PolicyRefused):
        Policy.from_rules({"on_site": "always"})


def test_without_a_tap_nothing_is_said_of_taps():
    brought = click()
    assert verdict(decide([brought]), brought, Rule.ON_SITE) is None


@pytest.mark.parametrize("touchpoint", [click, code])
def test_an_order_at_the_staff_s_discount_earns_no_employee_anything(touchpoint):
    own, other = touchpoint(affiliate_kind="employee"), click(2, BOB)
    decision = decide([own], staff_code="STAFF-7")

    assert (decision.shares, reasons(decision, [own])) == ((), ["staff_discount"])
    assert verdict(decision, own, Rule.STAFF).facts == {"code": "STAFF-7"}
    decision = decide([own, other], staff_code="STAFF-7")
    assert shares(decision) == {BOB: 10_000}


def test_at_the_ordinary_price_an_employee_earns_as_anybody():
    own = click(affiliate_kind="employee")
    assert shares(decide([own])) == {ADA: 10_000}
    assert verdict(decide([own]), own, Rule.STAFF) is None
