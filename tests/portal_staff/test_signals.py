"""The pages of signals and of quality."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from fraud.domain.signals import SIGNALS
from fraud.models import Backtest, SalesDay, SignalSetting, TrafficDay
from fraud.services import backtest
from portal.queries.staff_quality import Source, curve_of
from tests.builders import make_affiliate
from tests.payouts.stories import accrued
from tests.people import make_sam

EN = {"accept-language": "en"}
CODE = "order_before_click"


@pytest.fixture
def manager(client, db):
    client.force_login(make_sam())
    return client


def page(client, code=CODE):
    return client.get(reverse("portal:signal-detail", args=[code]), headers=EN)


def test_every_signal_is_listed_and_has_a_page(manager):
    text = manager.get(reverse("portal:signal-list"), headers=EN).content.decode()
    for code in SIGNALS:
        assert reverse("portal:signal-detail", args=[code]) in text
    for code in (CODE, "open_sessions", "existing_customer"):
        assert page(manager, code).status_code == 200
    assert manager.get("/manage/signals/no_such_signal/").status_code == 404


def test_a_signal_is_set_with_a_reason_within_its_bounds(manager):
    address = reverse("portal:signal-change", args=[CODE])
    fields = {"mode": "shadow", "limit_tolerance_s": 120, "reason": "Clocks differ."}
    assert manager.post(address, {**fields, "limit_tolerance_s": 1}).status_code == 422
    assert manager.post(address, {**fields, "reason": ""}).status_code == 422
    assert not SignalSetting.objects.exists()

    manager.post(address, fields)

    setting = SignalSetting.objects.get()
    assert (setting.mode, setting.thresholds) == ("shadow", {"tolerance_s": 120})
    assert "Clocks differ." in page(manager).content.decode()


def test_a_signal_is_tried_on_past_orders(manager):
    manager.post(reverse("portal:signal-try", args=[CODE]), {"limit_tolerance_s": 30, "days": 30})
    assert Backtest.objects.get().thresholds == {"tolerance_s": 30}
    assert "Load the page again" in page(manager).content.decode()
    backtest.run_next(clock=timezone.now)
    assert "0 of 0 would have been flagged" in page(manager).content.decode()


# --- quality -----------------------------------------------------------------------


def test_quality_shows_shares_with_n_interval_and_what_is_not_known(manager):
    affiliate = make_affiliate()
    day = timezone.now().date() - timedelta(days=1)
    TrafficDay.objects.create(
        affiliate_id=affiliate.pk, day=day, clicks=100, session_known=80, session_open=20,
        hours=[0] * 24,
    )  # fmt: skip
    SalesDay.objects.create(affiliate_id=affiliate.pk, day=day, orders=10, returned=1, delays=[])
    text = manager.get(
        reverse("portal:affiliate-quality", args=[affiliate.public_id]), headers=EN
    ).content.decode()
    assert "25% (16.8% to 35.4%) of 80 known; not known of 20%" in text
    assert "not known (of 10)" in text
    assert "Not enough data" in text


def test_quality_by_kind_has_a_marginal_curve(manager):
    accrued(placed_at=timezone.now() - timedelta(days=3))
    text = manager.get(reverse("portal:quality-list"), headers=EN).content.decode()
    assert "€10.00" in text
    assert "The last" in text


def test_the_curve_ranks_what_sold_most_for_its_commission():
    curve = curve_of(
        [Source("a", 1, 0, 9_000, 900), Source("b", 1, 0, 100, 100), Source("c", 0, 0, 0, 0)],
        "EUR",
    )
    assert (curve.net.minor, curve.commission.minor, curve.sources) == (9_100, 1_000, 2)
    assert (curve.last_net.minor, curve.last_commission.minor) == (100, 100)
    assert curve.points[0] == (0, 0)
    assert curve.points[9] == (9, 9_890)
    assert curve.points[10] == (10, 10_000)
    assert curve_of([], "EUR") is None
