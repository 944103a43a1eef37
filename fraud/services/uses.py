"""How the signals are used: live, in the shadow or not at all, and with which thresholds."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from fraud.domain.screening import Use
from fraud.domain.signals import SIGNALS
from fraud.models import Mode, SignalPause, SignalSetting


def uses_at(now: datetime) -> dict[str, Use]:
    """Return how each signal that is not off is used at ``now``: by its setting, else live."""
    settings = SignalSetting.objects.filter(valid_from__lte=now)
    latest = {
        setting.code: setting
        for setting in settings.order_by("code", "-valid_from").distinct("code")
    }
    uses = {}
    for code, signal in SIGNALS.items():
        setting = latest.get(code)
        if setting is None:
            uses[code] = Use(limits=signal.limits)
        elif setting.mode != Mode.OFF:
            uses[code] = Use(
                limits={**signal.limits, **setting.thresholds},
                is_shadow=setting.mode == Mode.SHADOW,
            )
    return uses


def paused(affiliate_ids: Collection[int], now: datetime) -> dict[int, frozenset[str]]:
    """Return which signals say nothing of each affiliate at ``now``, by a person's exception."""
    pauses = SignalPause.objects.filter(
        affiliate__in=affiliate_ids, created_at__lte=now, until__gt=now
    )
    found: dict[int, set[str]] = defaultdict(set)
    for affiliate_id, code in pauses.values_list("affiliate_id", "code"):
        found[affiliate_id].add(code)
    return {affiliate_id: frozenset(codes) for affiliate_id, codes in found.items()}
