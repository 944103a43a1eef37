from datetime import timedelta

import pytest

from fraud.models import Backtest, CaseCredit, TrafficDay, WouldFlag
from fraud.services import backtest
from fraud.services.settings import SettingRefused
from tests.builders import (
    NOW,
    make_affiliate,
    make_case,
    make_credit,
    make_order,
    make_screening,
    make_user,
)
from tests.fraud.visits_world import bought
from tests.people import make_sam
from tracking.domain.navigation import Fact

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def ask(*, code="order_before_click", days=90, sam=None, **limits):
    return backtest.ask(
        code=code, thresholds=limits, days=days, actor_id=(sam or make_sam()).pk, now=NOW
    )


def run():
    return backtest.run_next(clock=lambda: NOW + timedelta(minutes=1))


def sale(affiliate, *, late_s, ago=10, decision="clear", **order):
    """An order whose click came so many seconds after it."""
    placed_at = NOW - ago * DAY
    bought = make_order(lines=[], placed_at=placed_at, **order)
    credit = make_credit(affiliate, bought, click_at=placed_at + timedelta(seconds=late_s))
    make_screening(credit, decision=decision)
    return credit


def ruled(credit, status):
    return make_case(credit.screening, status=status, decided_by=make_user(), reason="So.")


def test_what_a_signal_would_have_said_is_counted_with_what_people_decided():
    affiliate, other = make_affiliate(), make_affiliate()
    right, wrong = sale(affiliate, late_s=100), sale(other, late_s=200)
    ruled(right, "confirmed")
    ruled(wrong, "dismissed")
    sale(affiliate, late_s=90, decision="refuse")
    sale(affiliate, late_s=30)
    sale(affiliate, late_s=500, ago=91)
    sale(affiliate, late_s=500, is_test=True)

    made = ask()
    assert (made.status, made.thresholds, made.version) == ("queued", {"tolerance_s": 60}, 1)
    assert run()
    assert not run()

    made.refresh_from_db()
    assert (made.status, made.done, made.total) == ("done", 4, 4)
    assert made.summary == {
        "judged": 4,
        "unknown": 0,
        "levels": {"refuse": 3},
        "decided": 2,
        "refused": 1,
        "paid": 1,
    }
    flagged = WouldFlag.objects.filter(backtest=made)
    assert set(flagged.values_list("credit_id", "ruling")) == {
        (right.pk, "refused"),
        (wrong.pk, "cleared"),
        (flagged.get(ruling="").credit_id, ""),
    }
    assert flagged.get(credit=right).evidence["seconds_before"] == 100
    assert CaseCredit.objects.count() == 2


def test_other_thresholds_say_less():
    sale(make_affiliate(), late_s=100)
    made = ask(tolerance_s=240)
    run()
    made.refresh_from_db()
    assert made.summary["levels"] == {}


@pytest.mark.parametrize(
    ("code", "mark", "level"),
    [
        ("lookalike_referrer", Fact.LOOKALIKE_SITE, "hold"),
        ("proven_chain", Fact.KNOWN_REDIRECTOR, "hold"),
        ("listed_referrer", Fact.LISTED_SITE, "review"),
    ],
)
def test_marks_of_the_redirect_are_tried_as_they_were_recorded(code, mark, level):
    """S14: the lists say nothing of the site any more."""
    facts = int(Fact.TOP_LEVEL | Fact.REFERRER_SENT)
    when = {"placed_at": NOW - timedelta(minutes=30)}
    bought(facts=facts, referrer_host="blog.example", order=when)
    marked = bought(facts=facts | mark, referrer_host="gone.example", order=when)
    made = ask(code=code)
    run()

    made.refresh_from_db()
    assert (made.version, made.summary["levels"]) == (2, {level: 1})
    seen = WouldFlag.objects.get(backtest=made, credit=marked).evidence
    assert (seen["host"], seen["was_known"], seen["is_known_now"]) == ("gone.example", True, False)


def test_the_same_is_asked_once_while_it_is_under_way():
    sam = make_sam()
    first = ask(sam=sam)
    assert ask(sam=sam) == first
    assert ask(sam=sam, days=30) != first
    assert [run(), run()] == [True, True]
    assert ask(sam=sam) != first


@pytest.mark.parametrize("days", [0, 366])
def test_it_looks_back_at_most_a_year(days):
    with pytest.raises(backtest.BacktestRefused):
        ask(days=days)


def test_thresholds_stay_within_their_bounds():
    with pytest.raises(SettingRefused):
        ask(tolerance_s=1)


def test_one_whose_worker_died_is_given_up():
    made = ask()
    Backtest.objects.update(status="running", progressed_at=NOW - timedelta(minutes=11))
    assert not run()
    made.refresh_from_db()
    assert made.status == "failed"


def test_a_signal_about_accounts_is_tried_at_the_end_of_every_thirty_days():
    affiliate = make_affiliate()
    for number in range(20):
        TrafficDay.objects.create(
            affiliate_id=affiliate.pk, day=(NOW - DAY * (number + 1)).date(), clicks=5,
            session_known=5, session_open=5, hours=[0] * 24,
        )  # fmt: skip
    decided = make_case(
        make_screening(make_credit(affiliate)), family="session", status="confirmed",
        decided_by=make_user(), reason="So.",
    )  # fmt: skip

    made = ask(code="open_sessions", days=60)
    assert run()

    made.refresh_from_db()
    assert (made.status, made.done, made.total) == ("done", 2, 2)
    assert made.summary["levels"] == {"hold": 1}
    assert (made.summary["decided"], made.summary["refused"]) == (1, 1)
    flag = WouldFlag.objects.get()
    assert (flag.affiliate, flag.credit, flag.ruling) == (decided.affiliate, None, "refused")
    assert flag.evidence["known"] == 100
