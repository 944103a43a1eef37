"""The first visit through a link of an affiliate: told once. Nothing is told of later ones."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Exists, OuterRef
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of
from core.letters import saying, send
from core.models import Notification
from tracking.models import ClickHour, Link

#: For how long an untold first visit is still news.
LOOK_BACK = timedelta(days=3)


def tell(*, now: datetime, limit: int = 500) -> int:
    """Tell affiliates of their first visit since it was counted; return of how many. Repeatable.

    A visit is counted by the hour and says nothing about who came.
    """
    visits = ClickHour.objects.filter(visits__gt=0)
    earlier = visits.filter(affiliate_id=OuterRef("affiliate_id"), hour__lt=now - LOOK_BACK)
    fresh = (
        visits.filter(hour__gte=now - LOOK_BACK)
        .filter(~Exists(earlier))
        .order_by("affiliate_id", "hour", "link_id")
        .distinct("affiliate_id")
    )
    known = _known(now)
    waiting = [one for one in fresh if str(one.affiliate_id) not in known]
    links = Link.objects.in_bulk([one.link_id for one in waiting[:limit]])
    return sum(tell_one(link, now=now) for link in links.values())


def _known(now: datetime) -> set[str]:
    """Return the numbers of the affiliates that were told lately."""
    rows = Notification.objects.filter(kind="first_click", at__gte=now - 2 * LOOK_BACK)
    return {key.split(":")[1] for key in rows.values_list("key", flat=True)}


def tell_one(link: Link, *, now: datetime) -> int:
    """Tell the people of an affiliate of the first visit; return 1, or 0 when there is nobody."""
    people = people_of(link.affiliate_id, Ability.SEE_WORK)
    send(
        people,
        f"first-click:{link.affiliate_id}",
        saying(
            lambda: _("Your first visitor"),
            lambda: [
                _("Somebody came to the shop through a link of yours for the first time: %(link)s")
                % {"link": link.label or link.code},
                _("Your links work. What they bring stands here: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}/portal/links/{link.pk}/"},
                _("Of later visits we do not write one by one: you find them in the portal."),
            ],
        ),
        now,
        kind="first_click",
    )
    return int(bool(people))
