from datetime import timedelta

import pytest

from fraud.domain.evidence import Finding, Level
from fraud.models import Case, Screening, Signal
from fraud.services.screening import screen_pending
from tests.builders import (
    NOW,
    email_key_of,
    make_affiliate,
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
    assert (signal.code, signal.version, signal.severity) == ("own_purchase", 1, "refuse")
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
    assert (case.screening, case.affiliate, case.status) == (screening, ada, "open")
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


def test_every_finding_is_kept_with_the_version_of_its_rule():
    def planted(code, level):
        return lambda _evidence: Finding(code=code, version=3, level=level, facts={"n": 1})

    make_credit()
    signals = [planted("a", Level.HOLD), planted("b", Level.INFO)]
    screen_pending(now=NOW, signals=signals)

    assert Screening.objects.get().decision == "hold"
    kept = Signal.objects.order_by("code").values_list("code", "version", "severity", "evidence")
    assert list(kept) == [("a", 3, "hold", {"n": 1}), ("b", 3, "info", {"n": 1})]


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
    # A savepoint and its release; credits, screened ones, clicks, people, accounts; screenings.
    with django_assert_num_queries(8):
        screen_pending(now=NOW)
    for _ in range(30):
        make_credit()
    with django_assert_num_queries(8):
        assert screen_pending(now=NOW) == 30
