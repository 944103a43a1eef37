"""Granting and revoking what may be done with photos (docs/rules/looks.md, LK20 to LK25)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from influencers.domain.licence import LicenceTerms, refusal
from influencers.models import ImageLicence, Picture, Scope
from influencers.services import look_cache

__all__ = ["LicenceRefused", "LicenceTerms", "grant", "revoke"]

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
    """End a licence for good. From now on no surface shows what it alone covered.

    Safe to repeat: a revoked licence stays as it was revoked.

    :raises LicenceRefused: without a reason.
    """
    licence = ImageLicence.objects.select_for_update().get(pk=licence_id)
    if licence.revoked_at:
        return licence
    if not reason.strip():
        raise LicenceRefused(_("Say why the rights end: the reason is kept."))
    licence.revoked_at, licence.revoked_by_id = now, by_id
    licence.revoke_reason = reason.strip()[:REASON_LENGTH]
    licence.save(update_fields=["revoked_at", "revoked_by", "revoke_reason"])
    look_cache.purge_pictures([licence.picture_id])
    audit.record(
        actor=by_id,
        verb="licence.revoked",
        subject=licence,
        reason=licence.revoke_reason,
        at=now,
    )
    return licence


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
