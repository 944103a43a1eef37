from datetime import timedelta

import pytest

from core.models import AuditEntry
from fraud.domain.bounds import bounds_of, out_of_bounds
from fraud.models import SignalSetting
from fraud.services import settings
from fraud.services.uses import uses_at
from tests.builders import NOW
from tests.people import make_sam

LATER = NOW + timedelta(hours=1)


@pytest.mark.parametrize(
    ("name", "usual", "least", "most"),
    [
        ("tolerance_s", 60, 15, 240),
        ("share_bps", 2_500, 625, 10_000),
        ("share_bps", 9_000, 2_250, 10_000),
        ("times_bps", 30_000, 7_500, 120_000),
        ("least_orders", 2, 1, 8),
        ("least_clicks", 30, 7, 120),
        ("spare_s", 0, 0, 4),
    ],
)
def test_a_threshold_may_be_moved_from_a_quarter_to_four_times(name, usual, least, most):
    bounds = bounds_of(name, usual)
    assert (bounds.least, bounds.most) == (least, most)


@pytest.mark.parametrize("odd", [14, 241, True, "60", 60.5, None])
def test_what_is_out_of_bounds_is_named(odd):
    assert out_of_bounds({"tolerance_s": 60}, {"tolerance_s": odd}) == "tolerance_s"
    assert out_of_bounds({"tolerance_s": 60}, {"tolerance_s": 15}) == ""
    assert out_of_bounds({}, {"tolerance_s": 60}) == "tolerance_s"


def change(sam, mode="live", now=NOW, reason="Clocks differ.", code="order_before_click", **limits):
    return settings.change(
        code=code, mode=mode, thresholds=limits, reason=reason, actor_id=sam.pk, now=now
    )


@pytest.mark.django_db
def test_a_signal_is_used_otherwise_from_now_on():
    sam = make_sam()
    change(sam, tolerance_s=120)
    assert uses_at(NOW)["order_before_click"].limits == {"tolerance_s": 120}
    before = uses_at(NOW - timedelta(seconds=1))
    assert before["order_before_click"].limits == {"tolerance_s": 60}
    change(sam, "shadow", LATER)
    assert uses_at(LATER)["order_before_click"].is_shadow
    change(sam, "off", LATER)
    assert "order_before_click" not in uses_at(LATER + timedelta(seconds=1))
    assert AuditEntry.objects.filter(verb="signal.set").count() == 3
    entry = AuditEntry.objects.order_by("pk")[1]
    assert entry.data["before"] == {"mode": "live", "tolerance_s": 120}
    assert entry.data["after"] == {"mode": "shadow"}


@pytest.mark.django_db
def test_the_same_setting_again_is_not_said_twice():
    sam = make_sam()
    first = change(sam, tolerance_s=120)
    assert change(sam, now=LATER, tolerance_s=120) == first
    assert SignalSetting.objects.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(
    "odd",
    [
        {"code": "no_such_signal"},
        {"mode": "loud"},
        {"reason": " "},
        {"tolerance_s": 5},
        {"tolerance_min": 1},
        {},
    ],
)
def test_what_cannot_be_or_changes_nothing_is_refused(odd):
    with pytest.raises(settings.SettingRefused):
        change(make_sam(), **odd)
    assert not SignalSetting.objects.exists()
