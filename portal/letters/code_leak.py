"""Promo codes that buyers use who never came from their affiliate: told to both sides, once.

The finding is the signal ``leaked_code`` of docs/rules/screening.md; here it is only told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate, AffiliateStatus
from affiliates.queries import people_of
from core import staff
from core.letters import Letter, paragraphs, saying, send
from core.models import Notification, User
from fraud.models import Observation, Severity
from portal.formats import format_count
from tracking.models import CouponCode

SIGNAL = "leaked_code"
#: A finding that comes and goes is told once in this time.
QUIET_FOR = timedelta(days=30)
MOST_CODES = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Leak:
    """What was counted in thirty days. ``codes``: those of the affiliate that hold now."""

    observation_id: int
    affiliate: Affiliate
    codes: tuple[str, ...]
    by_code_only: int
    orders: int


def tell(*, now: datetime) -> int:
    """Tell of codes that travel since lately; return of how many. Safe to repeat.

    Not of influencers and employees, who say their codes aloud, and not while the signal is only
    tried out.
    """
    rows = Observation.objects.filter(
        code=SIGNAL, ended_at__isnull=True, is_shadow=False, first_seen_at__gte=now - QUIET_FOR
    ).exclude(severity=Severity.INFO)
    rows = rows.exclude(affiliate__status=AffiliateStatus.CLOSED).select_related("affiliate")
    told, sent = _told(now), 0
    for row in rows.order_by("pk"):
        if row.affiliate_id in told:
            continue
        write_to(
            Leak(
                observation_id=row.pk,
                affiliate=row.affiliate,
                codes=_codes(row.affiliate_id, now),
                by_code_only=int(row.evidence.get("by_code_only", 0)),
                orders=int(row.evidence.get("orders", 0)),
            ),
            people_of(row.affiliate_id, Ability.SEE_WORK),
            list(staff.of_role("manager")),
            now=now,
        )
        sent += 1
    return sent


def write_to(
    leak: Leak, people: Sequence[User], managers: Sequence[User], *, now: datetime
) -> None:
    """Write to an affiliate's people, and to the managers."""
    key = f"{leak.affiliate.pk}:{leak.observation_id}"
    send(people, f"code-travels:{key}", lambda one: _letter(one, leak), now, kind="code_travels")
    send(
        managers,
        f"code-leaked:{key}",
        saying(
            lambda: _("A promo code of %(name)s travels") % {"name": leak.affiliate.name},
            lambda: [
                _("In the last 30 days, %(part)s of %(all)s orders used %(codes)s without a click"
                  " on one of the affiliate's links.") % _facts(leak),
                _("It may stand on a promo code site. The affiliate is told too."),
                _("Look at the account: %(address)s") % {"address": _staff_page(leak.affiliate)},
            ],
        ),
        now,
        kind="code_leaked",
    )  # fmt: skip


def _letter(person: User, leak: Leak) -> Letter:
    said = [
        _("In the last 30 days, %(part)s of your %(all)s orders used %(codes)s without a click on"
          " one of your links.") % _facts(leak),
        _("That happens when somebody puts a code on a promo code site."),
        _("Ask sites that list it to remove it. If you published it there yourself, or your"
          " audience hears it from you, tell us: then nothing is wrong. We can also give you"
          " another code."),
        _("Your codes: %(address)s") % {"address": f"{settings.PUBLIC_URL}/portal/codes/"},
    ]  # fmt: skip
    return Letter(_("Your promo code travels"), paragraphs(person.get_short_name(), said))


def _facts(leak: Leak) -> dict[str, str]:
    return {
        "part": format_count(leak.by_code_only),
        "all": format_count(leak.orders),
        "codes": ", ".join(leak.codes) or _("a promo code"),
    }


def _codes(affiliate_id: int, now: datetime) -> tuple[str, ...]:
    rows = CouponCode.objects.filter(affiliate=affiliate_id, valid_from__lte=now)
    rows = rows.exclude(valid_to__lte=now).order_by("-valid_from", "pk")
    return tuple(rows.values_list("code", flat=True)[:MOST_CODES])


def _staff_page(affiliate: Affiliate) -> str:
    path = reverse("portal:affiliate-detail", args=[affiliate.public_id])
    return f"{settings.PUBLIC_URL}{path}?tab=links"


def _told(now: datetime) -> set[int]:
    """Return the affiliates whose codes were told of lately, to them or to managers."""
    rows = Notification.objects.filter(
        kind__in=("code_travels", "code_leaked"), at__gt=now - QUIET_FOR
    )
    return {int(key.split(":")[1]) for key in rows.values_list("key", flat=True)}
