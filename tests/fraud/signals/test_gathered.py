"""What the signals about redirectors and doubts are given, from rows to findings."""

from datetime import timedelta

import pytest

from fraud.domain.evidence import Level
from fraud.domain.signals import hidden_redirector
from fraud.models import Redirector, Signal, TrafficDay
from fraud.queries import affiliate_evidence
from tests.builders import NOW, make_affiliate, make_credit, make_link, make_order, make_screening
from tests.fraud.signals.facts import level
from tests.fraud.visits_world import SEEN, bought, evidence, make_event, own_origin, visitor_of
from tracking.domain.navigation import Fact, Navigation

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def typed_through_a_look_alike():
    """A credit of a typed visit before which the page counted no redirect of ours."""
    own_origin()
    link = make_link()
    typed = Fact.TOP_LEVEL | Fact.REFERRER_ABSENT
    credit = bought(link, navigation=Navigation.TYPED, facts=int(typed), referrer_host="")
    make_event(visitor_of(credit), "landing", credit.click_at, **{**SEEN, "redirects": 0})
    TrafficDay.objects.create(
        affiliate_id=credit.affiliate_id, day=NOW.date() - DAY, clicks=70, typed_bare=60,
        redirect_known=50, redirect_hidden=49, home_landings=60, hours=[0] * 24,
    )  # fmt: skip
    return credit


def test_a_typed_look_alike_is_held_by_what_is_counted_of_its_account():
    credit = typed_through_a_look_alike()
    assert level(hidden_redirector, evidence(credit)) == Level.HOLD


@pytest.mark.parametrize(
    ("failure", "verified_at", "expected"),
    [("", None, None), ("It led elsewhere.", None, Level.HOLD), ("", NOW, None)],
)
def test_a_declared_redirector_ends_it_unless_we_looked_in_vain(failure, verified_at, expected):
    credit = typed_through_a_look_alike()
    Redirector.objects.create(
        affiliate=credit.affiliate, url="https://go.example/", host="go.example",
        declared_at=NOW, failure=failure, verified_at=verified_at,
    )  # fmt: skip
    assert level(hidden_redirector, evidence(credit)) == expected


def test_doubts_are_live_findings_of_the_sale_itself():
    affiliate = make_affiliate()
    TrafficDay.objects.create(affiliate_id=affiliate.pk, day=NOW.date(), clicks=1, hours=[0] * 24)
    for severity, is_shadow in (
        ("review", False), ("refuse", False), ("info", False), ("hold", True), ("", False),
    ):  # fmt: skip
        order = make_order(placed_at=NOW - DAY)
        screening = make_screening(make_credit(affiliate, order), decision="hold")
        if severity:
            Signal.objects.create(
                screening=screening, code="x", version=1, family="session",
                severity=severity, is_shadow=is_shadow,
            )  # fmt: skip
    found = affiliate_evidence(NOW)[affiliate.pk]
    assert (found.screened, found.doubted) == (5, 2)
