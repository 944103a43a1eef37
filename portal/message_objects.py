"""What a thread can be about: one of an affiliate's own sales, payouts, claims or looks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Application, Thread, ThreadAbout
from influencers.models import Look
from payouts.models import Claim, Item
from portal.sale_references import sale_reference
from tracking.models import Credit


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing, as it is called, and where each side looks at it."""

    label: str
    partner_url: str
    staff_url: str


def subject_of(affiliate: Affiliate, about: str, ref: str) -> Subject | None:
    """Return what a thread is about; None for nothing, and for what is not the affiliate's."""
    find = _FINDERS.get(about)
    return find(affiliate, ref) if find and ref else None


def subject_of_thread(thread: Thread) -> Subject | None:
    """Return what a thread is about, if it is about one thing that is still there."""
    return subject_of(thread.affiliate, thread.about, thread.about_ref)


def _sale(affiliate: Affiliate, ref: str) -> Subject | None:
    if not ref.isdecimal() or len(ref) > 18:
        return None
    credit = Credit.objects.filter(affiliate=affiliate, pk=int(ref)).first()
    if credit is None:
        return None
    return Subject(
        _("Sale %(number)s") % {"number": sale_reference(credit.pk)},
        reverse("portal:sale-detail", args=[credit.pk]),
        reverse("portal:order-detail", args=[credit.order_id]),
    )


def _payout(affiliate: Affiliate, ref: str) -> Subject | None:
    item = Item.objects.filter(affiliate=affiliate, public_id__in=_uuids(ref)).first()
    if item is None:
        return None
    return Subject(
        _("Payout %(number)s") % {"number": item.reference},
        reverse("portal:payout-detail", args=[item.public_id]),
        reverse("portal:affiliate-detail", args=[affiliate.public_id]) + "?tab=payouts",
    )


def _claim(affiliate: Affiliate, ref: str) -> Subject | None:
    claim = Claim.objects.filter(affiliate=affiliate, public_id__in=_uuids(ref)).first()
    if claim is None:
        return None
    return Subject(
        _("Claim for order %(number)s") % {"number": claim.order_number},
        reverse("portal:claim-detail", args=[claim.public_id]),
        reverse("portal:staff-claim-detail", args=[claim.public_id]),
    )


def _look(affiliate: Affiliate, ref: str) -> Subject | None:
    look = Look.objects.filter(affiliate=affiliate, public_id__in=_uuids(ref)).first()
    if look is None:
        return None
    return Subject(
        _("Look %(slug)s") % {"slug": look.slug},
        reverse("portal:look-detail", args=[look.public_id]),
        reverse("portal:moderation-detail", args=[look.public_id]),
    )


def _application(affiliate: Affiliate, ref: str) -> Subject | None:
    found = Application.objects.filter(affiliate=affiliate, public_id__in=_uuids(ref)).first()
    if found is None:
        return None
    return Subject(
        _("The application"),
        reverse("portal:apply-status"),
        reverse("portal:application-detail", args=[found.public_id]),
    )


def _uuids(ref: str) -> list[UUID]:
    """Return the one public id that ``ref`` is, or none: nothing is found by none."""
    try:
        return [UUID(ref)]
    except ValueError:
        return []


_FINDERS: dict[str, Callable[[Affiliate, str], Subject | None]] = {
    ThreadAbout.SALE: _sale,
    ThreadAbout.PAYOUT: _payout,
    ThreadAbout.CLAIM: _claim,
    ThreadAbout.LOOK: _look,
    ThreadAbout.APPLICATION: _application,
}
