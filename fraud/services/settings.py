"""How a signal is used from now on: live, in the shadow or off, and its thresholds. Rule CA17."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, locks
from core.errors import DomainError
from fraud.domain.bounds import bounds_of, out_of_bounds
from fraud.domain.signals import SIGNALS
from fraud.models import Mode, SignalSetting

REASON_LENGTH = 300
_LOCK = 0x53455454


class SettingRefused(DomainError):
    """A signal cannot be used as asked for."""

    code = "setting_refused"


@transaction.atomic
def change(
    *,
    code: str,
    mode: str,
    thresholds: Mapping[str, int],
    reason: str,
    actor_id: int,
    now: datetime,
) -> SignalSetting:
    """Use a signal otherwise from ``now`` on; ``thresholds`` are those that are to hold then.

    What was screened before stays as it was. Safe to repeat: what holds already is not said twice.

    :raises SettingRefused: for an unknown signal or mode, thresholds out of bounds, no reason.
    """
    why = reason.replace("\0", "").strip()[:REASON_LENGTH]
    own = changed_only(code, mode, thresholds)
    if not why:
        raise SettingRefused(_("Say why: the setting is kept with its reason."))
    # One change at a time: the later of two must not carry the earlier moment.
    locks.hold(_LOCK)
    last = SignalSetting.objects.filter(code=code).order_by("-valid_from").first()
    if last is not None and (last.mode, last.thresholds) == (mode, own):
        return last
    if last is None and mode == Mode.LIVE and not own:
        raise SettingRefused(_("The signal is used like this already."))
    valid_from = now
    if last is not None and last.valid_from >= now:
        valid_from = last.valid_from + timedelta(microseconds=1)
    setting = SignalSetting.objects.create(
        code=code, mode=mode, thresholds=own, valid_from=valid_from, author_id=actor_id, reason=why
    )
    audit.record(
        actor=actor_id, verb="signal.set", subject=setting, at=now,
        reason=why,
        data={
            "code": code,
            "before": {"mode": last.mode, **last.thresholds} if last else {"mode": Mode.LIVE},
            "after": {"mode": mode, **own},
        },
    )  # fmt: skip
    return setting


def changed_only(code: str, mode: str, thresholds: Mapping[str, int]) -> dict[str, int]:
    """Return the thresholds that differ from the rule's.

    :raises SettingRefused: for an unknown signal or mode, or thresholds out of bounds.
    """
    signal = SIGNALS.get(code)
    if signal is None or mode not in Mode.values:
        raise SettingRefused(_("There is no such signal, or no such way to use it."))
    wrong = out_of_bounds(signal.limits, thresholds)
    if wrong and wrong not in signal.limits:
        raise SettingRefused(_("This signal has no threshold %(name)s.") % {"name": wrong})
    if wrong:
        bounds = bounds_of(wrong, signal.limits[wrong])
        raise SettingRefused(
            _("%(name)s must be a whole number from %(least)s to %(most)s.")
            % {"name": wrong, "least": bounds.least, "most": bounds.most}
        )
    return {name: value for name, value in thresholds.items() if value != signal.limits[name]}
