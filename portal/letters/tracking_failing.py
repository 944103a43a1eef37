"""That visits are lost, or a machine is silent: told to managers, who tell the affiliates."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core import staff
from core.letters import saying, send
from core.models import Notification, User
from portal.formats import in_paris
from portal.queries import staff_tracking
from portal.queries.staff_tracking import Health
from portal.tracking_language import health_status

#: A shipper that is started anew is silent for a moment: nobody is woken for that.
SILENT_FOR = timedelta(minutes=15)


def tell(*, now: datetime) -> int:
    """Tell managers that tracking fails, once a day of Paris and failure; return to how many."""
    health = staff_tracking.health(now)
    if not fails(health) or Notification.objects.filter(key__startswith=_key(health, now)).exists():
        return 0
    people = list(staff.of_role("manager"))
    write_to(people, health, now=now)
    return len(people)


def fails(health: Health) -> bool:
    """Tell whether visits are lost, or a machine has been silent for a while."""
    if health.state == "silent":
        return any(machine.silence >= SILENT_FOR for machine in health.silent)
    return health.state == "lost"


def write_to(people: Sequence[User], health: Health, *, now: datetime) -> None:
    """Write to people what fails, and where it is told to affiliates."""
    status = health_status(health)
    send(
        people,
        _key(health, now).rstrip(":"),
        saying(
            lambda: _("Tracking: %(state)s") % {"state": status.label},
            lambda: [
                str(status.sentence),
                _("Look at it: %(address)s") % {"address": _at("portal:tracking")},
                _("If affiliates lost visits or wait for them, tell them. The words are begun for"
                  " you, and nothing goes out before you say so: %(address)s")
                % {"address": f"{_at('portal:incident-new')}?from=tracking"},
            ],
        ),
        now,
        kind="tracking_failing",
    )  # fmt: skip


def _at(name: str) -> str:
    return f"{settings.PUBLIC_URL}{reverse(name)}"


def _key(health: Health, now: datetime) -> str:
    return f"tracking-failing:{health.state}:{in_paris(now):%Y%m%d}:"
