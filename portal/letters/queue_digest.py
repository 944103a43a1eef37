"""What waits for the team, each morning: how much of each, and since when the oldest."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import staff
from core.letters import saying, send
from core.models import Notification, User
from portal.formats import in_paris, with_colon
from portal.queries.staff_dashboard import Queue, Queues, queues

#: The queues in the order and the words of the dashboard.
_LABELS: tuple[tuple[str, Promise], ...] = (
    ("applications", gettext_lazy("Applications")),
    ("names", gettext_lazy("New names and texts of creators")),
    ("looks", gettext_lazy("Looks in review")),
    ("deliveries", gettext_lazy("Made for campaigns")),
    ("parcels", gettext_lazy("Products asked for")),
    ("codes", gettext_lazy("Promo codes asked for")),
    ("reviews", gettext_lazy("Reviews")),
    ("blocked", gettext_lazy("Commissions held")),
    ("claims", gettext_lazy("Claims")),
    ("proposals", gettext_lazy("Adjustments to approve")),
    ("costs", gettext_lazy("Costs missing")),
    ("inbound", gettext_lazy("Failed deliveries")),
    ("silent", gettext_lazy("Silent connections")),
    ("mails", gettext_lazy("Mails that could not be sent")),
)


def tell(*, now: datetime) -> int:
    """Mail the managers what waits for them; return to how many. Nothing waits: nothing is sent.

    Once a day of Paris, however often it is called.
    """
    if Notification.objects.filter(key__startswith=f"{_key(now)}:").exists():
        return 0
    found = queues()
    if found.is_clear:
        return 0
    people = list(staff.of_role("manager"))
    write_to(people, found, now=now)
    return len(people)


def write_to(people: Sequence[User], found: Queues, *, now: datetime) -> None:
    """Write to people what waits, the oldest of each with its age."""
    total = sum(getattr(found, name).count for name, _label in _LABELS)
    send(
        people,
        _key(now),
        saying(
            lambda: ngettext("%(n)s thing waits", "%(n)s things wait", total) % {"n": total},
            lambda: [
                _("This waits for the team this morning:"),
                "\n".join(_lines(found, now)),
                _("All of it: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}{reverse('portal:manage-home')}"},
            ],
        ),
        now,
        kind="queue_digest",
    )


def _key(now: datetime) -> str:
    return f"queue-digest:{in_paris(now):%Y%m%d}"


def _lines(found: Queues, now: datetime) -> list[str]:
    return [
        "- " + with_colon(label, _said(queue, now))
        for name, label in _LABELS
        if (queue := getattr(found, name)).count
    ]


def _said(queue: Queue, now: datetime) -> str:
    if queue.oldest is None:
        return str(queue.count)
    days = (now - queue.oldest).days
    if days < 1:
        return _("%(count)s, the oldest of less than a day ago") % {"count": queue.count}
    return ngettext(
        "%(count)s, the oldest of %(days)s day ago",
        "%(count)s, the oldest of %(days)s days ago",
        days,
    ) % {"count": queue.count, "days": days}
