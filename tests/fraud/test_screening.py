from datetime import timedelta

import pytest

from fraud.domain.evidence import Level
from fraud.domain.signal import CreditSignal, Family
from fraud.models import Case, Screening, Signal, SignalPause, SignalSetting
from fraud.services.screening import screen_pending
from tests.builders import (
    NOW,
    email_key_of,
    make_affiliate,
    make_case,
    make_click,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_user,
)
from tests.people import make_ada
from tracking.models import Credit
from tracking.services.attributions import attribute_pending

pytestmark = pytest.mark.django_db

HOUR = timedelta(hours=1)


def screen(credit):
    screen_pending(now=NOW)
    return Screening.objects.get(credit=credit)


def test_an_ordinary_sale_is_clear():
    screening = screen(make_credit())
    assert (screening.decision, screening.screened_at) == ("clear", NOW)
    assert not Signal.objects.exists()
    assert not Case.objects.exists()


def test_an_own_purchase_is_refused():
    order = make_order(email_key=email_key_of("ada@example.com"))

    screening = screen(make_credit(make_ada(), order))

    assert screening.decision == "refuse"
    signal = screening.signals.get()
    assert (signal.code, signal.version, signal.severity) == ("own_purchase", 2, "refuse")
    assert (signal.family, signal.thresholds) == ("identity", {})
    assert signal.evidence == {"matched": "email"}
    assert not Case.objects.exists()


def test_an_employees_own_purchase_is_refused():
    user = make_user(email="bea@example.com")
    affiliate = make_affiliate(user=user, kind="employee")
    order = make_order(email_key=email_key_of("Bea@example.com"))
    assert screen(make_credit(affiliate, order)).decision == "refuse"


def test_a_purchase_by_another_affiliate_is_clear():
    make_ada()
    order = make_order(email_key=email_key_of("ada@example.com"))
    assert screen(make_credit(order=order)).decision == "clear"


def test_a_purchase_with_a_persons_customer_account_waits_for_a_person():
    ada = make_ada()
    make_order(email_key=email_key_of("ada@example.com"), customer_ref="her account")
    order = make_order(customer_ref="her account")

    screening = screen(make_credit(ada, order))

    assert screening.decision == "hold"
    assert screening.signals.get().evidence == {"matched": "customer account"}
    case = Case.objects.get()
    assert (case.affiliate, case.family, case.status) == (ada, "identity", "open")
    assert case.credits.get().credit == screening.credit
    assert case.opened_at == case.status_changed_at == NOW


def test_orders_without_customer_do_not_match_each_other():
    ada = make_ada()
    make_order(email_key=email_key_of("ada@example.com"), customer_ref="")
    order = make_order(customer_ref="", email_key="")
    assert screen(make_credit(ada, order)).decision == "clear"


def test_a_click_after_the_order_spoils_the_code_of_the_same_affiliate():
    link = make_link()
    code, late = make_code(link.affiliate), make_click(link, clicked_at=NOW)
    make_order(codes=[code.code], click_tokens=[late.reference], placed_at=NOW - HOUR)
    attribute_pending(now=NOW)

    screening = screen(Credit.objects.get())

    assert screening.decision == "refuse"
    signal = screening.signals.get()
    assert (signal.code, signal.evidence["seconds_before"]) == ("order_before_click", 3_600)


def test_a_late_click_of_somebody_else_spoils_nothing():
    code, late = make_code(), make_click(clicked_at=NOW)
    make_order(codes=[code.code], click_tokens=[late.reference], placed_at=NOW - HOUR)
    attribute_pending(now=NOW)
    assert screen(Credit.objects.get()).decision == "clear"


def test_every_finding_is_kept_with_its_rule_and_its_thresholds(monkeypatch):
    def planted(code, level):
        def say(_evidence, limits):
            return signal.finding(level, n=limits["least_n"])

        signal = CreditSignal(
            code=code,
            number="X",
            version=3,
            family=Family.SESSION,
            limits={"least_n": 1},
            judge=say,
        )
        return signal

    make_credit()
    signals = [planted("a", Level.HOLD), planted("b", Level.INFO)]
    monkeypatch.setattr("fraud.services.uses.SIGNALS", {one.code: one for one in signals})
    SignalSetting.objects.create(
        code="a", mode="live", thresholds={"least_n": 2}, valid_from=NOW, author=make_user(),
        reason="Too many.",
    )  # fmt: skip
    screen_pending(now=NOW, signals=signals)

    assert Screening.objects.get().decision == "hold"
    kept = Signal.objects.order_by("code").values_list(
        "code", "version", "severity", "evidence", "thresholds"
    )
    assert list(kept) == [
        ("a", 3, "hold", {"n": 2}, {"least_n": 2}),
        ("b", 3, "info", {"n": 1}, {"least_n": 1}),
    ]


def test_credits_of_one_family_join_one_case():
    ada = make_ada()
    make_order(email_key=email_key_of("ada@example.com"), customer_ref="her account")
    for _ in range(2):
        make_credit(ada, make_order(customer_ref="her account"))
    screen_pending(now=NOW)
    assert Case.objects.get().credits.count() == 2
    make_credit(ada, make_order(customer_ref="her account"))
    screen_pending(now=NOW + HOUR)
    case = Case.objects.get()
    assert (case.credits.count(), case.opened_at, case.last_seen_at) == (3, NOW, NOW + HOUR)


def test_an_account_that_is_held_holds_what_comes():
    case = make_case(holds_account=True)
    screen_pending(now=NOW)
    screening = screen(make_credit(case.affiliate))
    assert screening.decision == "hold"
    assert case.credits.filter(credit=screening.credit, ruling="waiting").exists()


def test_a_signal_that_is_paused_says_nothing_of_that_affiliate():
    ada = make_ada()
    SignalPause.objects.create(
        affiliate=ada, code="own_purchase", until=NOW + HOUR, created_at=NOW, author=make_user(),
        reason="Tests the checkout for us.",
    )  # fmt: skip
    order = make_order(email_key=email_key_of("ada@example.com"))
    assert screen(make_credit(ada, order)).decision == "clear"


def test_running_again_changes_nothing():
    make_credit()
    assert [screen_pending(now=NOW) for _ in range(3)] == [1, 0, 0]
    assert Screening.objects.count() == 1


def test_a_run_is_bounded_and_can_look_at_recent_credits_only():
    for hours in range(4):
        make_credit(created_at=NOW - hours * HOUR)
    assert screen_pending(now=NOW, since=NOW - HOUR) == 2
    assert [screen_pending(now=NOW, limit=1) for _ in range(3)] == [1, 1, 0]


def test_many_credits_cost_as_many_queries_as_one(django_assert_num_queries):
    make_credit()
    # A savepoint and its release; credits, screened ones, clicks, people, accounts; settings,
    # pauses, held accounts; screenings.
    with django_assert_num_queries(19):
        screen_pending(now=NOW)
    for _ in range(30):
        make_credit()
    with django_assert_num_queries(19):
        assert screen_pending(now=NOW) == 30
