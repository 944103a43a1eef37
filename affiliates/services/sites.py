"""Sites that an affiliate declares after it has joined, or takes back (vetting.md, V15)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.domain.eligibility import is_site
from affiliates.models import Affiliate, Property
from core import audit
from core.errors import DomainError

MOST_SITES = 100


class SiteRefused(DomainError):
    """What was declared is no site, or one too many."""

    code = "site_refused"


@transaction.atomic
def declare(*, affiliate_id: int, url: str, actor_id: int, now: datetime) -> Property:
    """Note a site or profile on which the affiliate promotes, or has back. Safe to repeat.

    :raises SiteRefused: for what is no web address, or one too many.
    """
    address = url.strip()
    if not is_site(address):
        raise SiteRefused(
            _("Give the full address of the site or profile, such as https://example.org.")
        )
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    known = affiliate.properties.filter(url=address).first()
    if known is not None and known.removed_at is None:
        return known
    if affiliate.properties.standing().count() >= MOST_SITES:
        raise SiteRefused(_("There are enough sites: remove one that you do not use any more."))
    if known is None:
        known = Property.objects.create(affiliate=affiliate, url=address, declared_at=now)
    else:
        known.removed_at = None
        known.save(update_fields=["removed_at"])
    _record("affiliate.property_added", known, actor_id, now)
    return known


@transaction.atomic
def remove(*, property_id: int, actor_id: int, now: datetime) -> Property:
    """Take a site back on which the affiliate does not promote any more. Safe to repeat.

    The row stays: it explains the visits that came from there before.
    """
    site = Property.objects.select_for_update(no_key=True).get(pk=property_id)
    if site.removed_at is None:
        site.removed_at = now
        site.save(update_fields=["removed_at"])
        _record("affiliate.property_removed", site, actor_id, now)
    return site


def _record(verb: str, site: Property, actor_id: int, now: datetime) -> None:
    audit.record(
        actor=actor_id, verb=verb, subject=site.affiliate, at=now,
        data={"url": site.url},
    )  # fmt: skip
