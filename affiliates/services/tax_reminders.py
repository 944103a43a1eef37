"""The yearly question whether tax profiles still hold, by mail (T21 of docs/rules/payees.md)."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.domain.tax import Freshness, freshness
from affiliates.models import AffiliateStatus, TaxProfile
from affiliates.queries import people_of
from core.domain.paris import PARIS
from core.letters import saying, send
from core.models import Delivery

#: Said in January, when nothing is stopped yet; and once something is.
ASKED, STALE = "tax-confirm", "tax-stale"


def remind(*, now: datetime, limit: int = 500) -> int:
    """Mail whose profile has to be confirmed this year, and again once it is stale (T8).

    Each of the two goes to who may see the details of the payee, once a year. Safe to repeat.
    Returns how many payees were reminded. Who closed their account is left alone.
    """
    year = now.astimezone(PARIS).year
    told = {which: _told(which, year) for which in (ASKED, STALE)}
    reminded = 0
    for profile in _waiting(now):
        is_stale = freshness(profile.confirmed_at, now) == Freshness.STALE
        which = STALE if is_stale else ASKED
        if profile.affiliate_id in told[which]:
            continue
        write_to(profile, which, year=year, now=now)
        reminded += 1
        if reminded >= limit:
            break
    return reminded


def _waiting(now: datetime) -> list[TaxProfile]:
    """Return the profiles that hold and are not fresh any more."""
    begins = now.astimezone(PARIS).replace(
        month=1, day=1, hour=0, minute=0, second=0, microsecond=0
    )
    rows = TaxProfile.objects.holding().filter(
        confirmed_at__lt=begins,
        affiliate__status__in=[AffiliateStatus.ACTIVE, AffiliateStatus.SUSPENDED],
    )
    return list(rows.select_related("affiliate").order_by("affiliate"))


def _told(which: str, year: int) -> set[int]:
    keys = Delivery.objects.filter(key__startswith=f"{which}:{year}:").values_list("key", flat=True)
    return {int(key.split(":")[2]) for key in keys}


def write_to(profile: TaxProfile, which: str, *, year: int, now: datetime) -> None:
    """Ask the people of a payee whether its tax profile still holds: ``ASKED`` or ``STALE``."""
    name = profile.affiliate.name

    def words() -> list[str]:
        asked = _("Do the tax details of “%(name)s” still hold? We ask each January.")
        return [
            asked % {"name": name},
            _("They were not confirmed this year: they stand in the way of your payments now.")
            if which == STALE
            else _("Please confirm or correct them before 1 February, so that nothing waits."),
            f"{settings.PUBLIC_URL}/portal/payee/",
        ]

    send(
        people_of(profile.affiliate_id, Ability.SEE_PAYEE),
        f"{which}:{year}:{profile.affiliate_id}",
        saying(lambda: _("Please confirm your tax details"), words),
        now,
        kind="tax_details",
    )
