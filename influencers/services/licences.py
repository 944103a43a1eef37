"""Granting and revoking what may be done with photos (docs/rules/looks.md, LK20 to LK24)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from influencers.domain.licence import LicenceTerms, refusal
from influencers.models import ImageLicence, Picture, Scope
from influencers.queries.licence_effects import looks_showing, standing_of
from influencers.queries.moderation import SHOWN, day_of
from influencers.services import look_cache, look_mails

__all__ = ["LicenceRefused", "LicenceTerms", "grant", "revoke", "revoke_all"]

REASON_LENGTH = 300


class LicenceRefused(DomainError):
    """Terms that nothing can be granted in. The sentence says what is missing."""

    code = "licence_refused"


@transaction.atomic
def grant(
    picture_ids: Collection[int], terms: LicenceTerms, *, by_id: int | None, now: datetime
) -> list[ImageLicence]:
    """Grant the terms for each picture. Safe to repeat: what stands in the same terms stays one.

    :raises LicenceRefused: for terms that say too little or contradict themselves, and for
        pictures whose files are gone.
    """
    if why_not := refusal(terms, known_scopes=frozenset(Scope.values)):
        raise LicenceRefused(why_not)
    pictures = list(
        Picture.objects.select_for_update().filter(pk__in=set(picture_ids)).order_by("pk")
    )
    if any(picture.deleted_at for picture in pictures) or len(pictures) < len(set(picture_ids)):
        raise LicenceRefused(_("A photo was deleted meanwhile: choose another one."))
    granted = [_granted(picture, terms, by_id=by_id, now=now) for picture in pictures]
    look_cache.purge_pictures([picture.pk for picture in pictures])
    return granted


@transaction.atomic
def revoke(licence_id: int, *, by_id: int | None, reason: str, now: datetime) -> ImageLicence:
    """End a licence for good, and tell the creator. No surface shows what it alone covered.

    Safe to repeat: a revoked licence stays as it was revoked.

    :raises LicenceRefused: without a reason.
    """
    licence = ImageLicence.objects.select_for_update().get(pk=licence_id)
    if licence.revoked_at:
        return licence
    _end([licence], by_id=by_id, reason=reason, now=now)
    return licence


@transaction.atomic
def revoke_all(
    affiliate_id: int, *, by_id: int | None, reason: str, now: datetime
) -> list[ImageLicence]:
    """End every licence in the photos of a creator that is not over, with one mail.

    Return them; nothing when there is none, so that it is safe to repeat.

    :raises LicenceRefused: without a reason.
    """
    standing = standing_of(affiliate_id, day_of(now)).order_by("pk")
    licences = list(standing.select_for_update())
    if licences:
        _end(licences, by_id=by_id, reason=reason, now=now)
    return licences


def _end(licences: list[ImageLicence], *, by_id: int | None, reason: str, now: datetime) -> None:
    if not reason.strip():
        raise LicenceRefused(_("Say why the rights end: the reason is kept."))
    said = reason.strip()[:REASON_LENGTH]
    for licence in licences:
        licence.revoked_at, licence.revoked_by_id, licence.revoke_reason = now, by_id, said
        licence.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
        audit.record(actor=by_id, verb="licence.revoked", subject=licence, reason=said, at=now)
    pictures = {licence.picture_id for licence in licences}
    look_cache.purge_pictures(pictures)
    shown = {
        look.pk: look
        for looks in looks_showing(pictures).values()
        for look in looks
        if look.status in SHOWN
    }
    look_mails.rights_ended(licences, list(shown.values()), now=now)


def _granted(
    picture: Picture, terms: LicenceTerms, *, by_id: int | None, now: datetime
) -> ImageLicence:
    content = {
        "scopes": sorted(set(terms.scopes)),
        "territory": terms.territory,
        "is_exclusive": terms.is_exclusive,
        "starts_on": terms.starts_on,
        "ends_on": terms.ends_on,
        "fee_minor": terms.fee_minor,
        "currency": terms.currency,
        "credit": terms.credit.strip(),
        "people": terms.people,
        "has_minors": terms.has_minors,
        "guardian": terms.guardian.strip(),
        "text_sha256": terms.text_sha256,
    }
    standing = picture.licences.filter(revoked_at__isnull=True, **content).first()
    return standing or ImageLicence.objects.create(
        picture=picture, granted_at=now, granted_by_id=by_id, **content
    )
