"""Looking at affiliates as a whole: what stands, what ends, what is held and what is not."""

from datetime import timedelta

import pytest

from fraud.domain.evidence import UNKNOWN, Level
from fraud.domain.signal import AffiliateSignal, Family
from fraud.models import Case, CaseCredit, Observation, SignalPause, SignalSetting
from fraud.services import cases, observing
from fraud.services.screening import screen_pending
from tests.builders import (
    NOW,
    make_affiliate,
    make_credit,
    make_order,
    make_screening,
    make_user,
)
from tests.fraud.visits_world import traffic
from tests.people import make_sam

pytestmark = pytest.mark.django_db

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def planted(code="a", family=Family.DOMAIN, level=Level.HOLD, **limits):
    """A signal that says ``level`` (None: nothing) of everybody; ``level`` may be changed later."""
    said = {"level": level}

    def judge(_evidence, _limits):
        if not isinstance(said["level"], Level):
            return said["level"]
        return signal.finding(said["level"], n=1)

    signal = AffiliateSignal(
        code=code, number="X", version=1, family=family, limits=limits, judge=judge
    )
    return signal, said


@pytest.fixture
def look(monkeypatch):
    """Observe with planted signals only."""

    def observe(*signals, now=NOW):
        known = {one.code: one for one in signals}
        monkeypatch.setattr("fraud.services.uses.SIGNALS", known)
        return observing.observe(now=now, signals=signals)

    return observe


def test_an_affiliate_without_traffic_or_sales_is_not_looked_at(look):
    make_affiliate()
    assert look(planted()[0]) == 0


def test_a_hold_holds_every_sale_that_is_not_settled(look):
    affiliate = make_affiliate()
    traffic(affiliate)
    screening = make_screening(make_credit(affiliate))
    refused = make_screening(make_credit(affiliate), decision="refuse")

    assert look(planted(least_n=3)[0]) == 1

    found = Observation.objects.get()
    assert (found.affiliate, found.code, found.family) == (affiliate, "a", "domain")
    assert (found.severity, found.evidence, found.thresholds) == ("hold", {"n": 1}, {"least_n": 3})
    assert (found.first_seen_at, found.last_seen_at, found.ended_at) == (NOW, NOW, None)
    case = Case.objects.get()
    assert (case.affiliate, case.family, case.holds_account) == (affiliate, "domain", True)
    assert case.credits.get().credit == screening.credit != refused.credit


def test_what_comes_while_the_case_is_open_is_held_too(look):
    affiliate = make_affiliate()
    traffic(affiliate)
    look(planted()[0])
    credit = make_credit(affiliate)
    screen_pending(now=NOW, signals=())
    assert credit.screening.decision == "hold"
    assert Case.objects.get().credits.get().credit == credit


def test_looking_again_only_says_that_it_is_still_so(look):
    affiliate = make_affiliate()
    traffic(affiliate)
    make_screening(make_credit(affiliate))
    signal, _said = planted()
    look(signal)
    look(signal, now=NOW + HOUR)
    found = Observation.objects.get()
    assert (found.first_seen_at, found.last_seen_at) == (NOW, NOW + HOUR)
    assert (Case.objects.count(), CaseCredit.objects.count()) == (1, 1)


@pytest.mark.parametrize("answer", [None, UNKNOWN])
def test_what_is_no_longer_said_has_ended_and_the_case_stays(look, answer):
    traffic(make_affiliate())
    signal, said = planted()
    look(signal)
    said["level"] = answer
    look(signal, now=NOW + HOUR)
    assert Observation.objects.get().ended_at == NOW + HOUR
    assert Case.objects.get().status == "open"


def test_an_affiliate_that_stopped_has_nothing_that_stands(look):
    affiliate = make_affiliate()
    traffic(affiliate)
    signal, _said = planted()
    look(signal)
    look(signal, now=NOW + 40 * DAY)
    assert Observation.objects.get().ended_at == NOW + 40 * DAY


def test_another_severity_is_another_observation(look):
    traffic(make_affiliate())
    signal, said = planted(level=Level.REVIEW)
    look(signal)
    said["level"] = Level.HOLD
    look(signal, now=NOW + HOUR)
    rows = Observation.objects.order_by("pk").values_list("severity", "ended_at")
    assert list(rows) == [("review", NOW + HOUR), ("hold", None)]


@pytest.mark.parametrize(
    ("levels", "families"),
    [
        ([(Family.DOMAIN, Level.REVIEW)], []),
        ([(Family.DOMAIN, Level.INFO), (Family.SESSION, Level.REVIEW)], []),
        ([(Family.DOMAIN, Level.REVIEW), (Family.DOMAIN, Level.REVIEW)], []),
        (
            [(Family.DOMAIN, Level.REVIEW), (Family.SESSION, Level.REVIEW)],
            ["domain", "session"],
        ),
        ([(Family.DOMAIN, Level.HOLD), (Family.SESSION, Level.REVIEW)], ["domain"]),
    ],
)
def test_reviews_hold_when_they_are_of_two_families(look, levels, families):
    traffic(make_affiliate())
    look(*(planted(str(n), family, level)[0] for n, (family, level) in enumerate(levels)))
    assert sorted(Case.objects.values_list("family", flat=True)) == families


def test_in_the_shadow_nothing_is_held(look):
    traffic(make_affiliate())
    SignalSetting.objects.create(
        code="a", mode="shadow", valid_from=NOW, author=make_user(), reason="Try it."
    )
    look(planted()[0])
    assert Observation.objects.get().is_shadow
    assert not Case.objects.exists()


def test_a_paused_signal_says_nothing(look):
    affiliate = make_affiliate()
    traffic(affiliate)
    SignalPause.objects.create(
        affiliate=affiliate, code="a", until=NOW + DAY, created_at=NOW, author=make_user(),
        reason="Known.",
    )  # fmt: skip
    look(planted()[0])
    assert not Observation.objects.exists()


def test_what_a_person_dismissed_is_not_held_again_while_it_stands(look):
    affiliate = make_affiliate()
    traffic(affiliate)
    signal, said = planted()
    look(signal)
    cases.dismiss(case_id=Case.objects.get().pk, actor_id=make_sam().pk, reason="A.", now=NOW)
    later = make_screening(make_credit(affiliate))
    look(signal, now=NOW + HOUR)
    assert not Case.objects.filter(status="open").exists()
    said["level"] = None
    look(signal, now=NOW + 2 * HOUR)
    said["level"] = Level.HOLD
    look(signal, now=NOW + 3 * HOUR)
    assert Case.objects.get(status="open").credits.get().credit == later.credit


def test_after_a_confirmation_only_new_sales_open_another_case(look):
    affiliate = make_affiliate()
    traffic(affiliate)
    make_screening(make_credit(affiliate))
    signal, _said = planted()
    look(signal)
    cases.confirm(case_id=Case.objects.get().pk, actor_id=make_sam().pk, reason="A.", now=NOW)
    look(signal, now=NOW + HOUR)
    assert not Case.objects.filter(status="open").exists()
    fresh = make_screening(make_credit(affiliate))
    look(signal, now=NOW + 2 * HOUR)
    assert Case.objects.get(status="open").credits.get().credit == fresh.credit


def test_sales_whose_hold_days_are_over_are_left(look):
    affiliate = make_affiliate()
    traffic(affiliate)
    for days in (29, 31):
        make_screening(make_credit(affiliate, make_order(placed_at=NOW - days * DAY)))
    look(planted()[0])
    held = CaseCredit.objects.get().credit.order.placed_at
    assert held == NOW - 29 * DAY
