"""What an affiliate keeps the team told of itself (docs/rules/profiles.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateProfile, AffiliateStatus
from core import audit
from core.attachments import Attachment
from core.errors import DomainError

NAME_LENGTH, DESCRIPTION_LENGTH, CONTACT_LENGTH, PHONE_LENGTH = 120, 1_000, 80, 30
MOST_CODES = 60
#: What an image begins with; a document is no picture.
_IMAGES = (b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff")


class ProfileRefused(DomainError):
    """Something of a profile that is missing, not an address, or not an affiliate's to change."""

    code = "profile_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What an affiliate tells. ``picture``: a new one; ``drop_picture``: the one there is goes."""

    name: str
    description: str = ""
    contact_name: str = ""
    contact_email: str = ""
    contact_phone: str = ""
    languages: Sequence[str] = ()
    audience_countries: Sequence[str] = ()
    picture: Attachment | None = None
    drop_picture: bool = False


def profile_of(affiliate_id: int) -> AffiliateProfile | None:
    """Return what an affiliate told of itself, without its picture's bytes; None: nothing yet."""
    return AffiliateProfile.objects.defer("picture").filter(affiliate=affiliate_id).first()


def has_picture(affiliate_id: int) -> bool:
    """Tell whether an affiliate has a picture."""
    rows = AffiliateProfile.objects.filter(affiliate=affiliate_id, picture__isnull=False)
    return rows.exists()


def picture_of(affiliate_id: int) -> bytes:
    """Return an affiliate's picture; nothing when there is none."""
    rows = AffiliateProfile.objects.filter(affiliate=affiliate_id)
    return bytes(rows.values_list("picture", flat=True).first() or b"")


@transaction.atomic
def tell(*, affiliate_id: int, told: Told, actor_id: int, now: datetime) -> AffiliateProfile:
    """Keep what an affiliate tells of itself. Safe to repeat: the same again changes nothing (PR1).

    The audit trail says which parts changed, and of the name from what to what. What was told of
    people does not stand in it, because it stays for good (PR3).

    :raises ProfileRefused: without a name, with a contact that is no address, with a picture that
        is no image, for a closed account, or an employee's other name (PR2).
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    _check(affiliate, told)
    found = AffiliateProfile.objects.filter(affiliate=affiliate).first()
    found = found or AffiliateProfile(affiliate=affiliate)
    values: dict[str, object] = {
        "description": told.description.strip(),
        "contact_name": told.contact_name.strip(),
        "contact_email": told.contact_email.strip(),
        "contact_phone": told.contact_phone.strip(),
        "languages": sorted(set(told.languages)),
        "audience_countries": sorted(set(told.audience_countries)),
    }
    changed = [name for name, value in values.items() if getattr(found, name) != value]
    if told.picture is not None or told.drop_picture:
        picture = told.picture.body if told.picture else None
        if bytes(found.picture or b"") != (picture or b""):
            values["picture"] = picture
            changed.append("picture")
    name, before = told.name.strip(), affiliate.name
    if not changed and name == before:
        return found
    for part, value in values.items():
        setattr(found, part, value)
    found.changed_at, found.changed_by_id = now, actor_id
    found.save()
    data: dict[str, object] = {"changed": sorted(changed)}
    if name != before:
        affiliate.name = name
        affiliate.save(update_fields=["name"])
        data["name"] = [before, name]
    audit.record(actor=actor_id, verb="profile.changed", subject=affiliate, at=now, data=data)
    return found


def _check(affiliate: Affiliate, told: Told) -> None:
    if affiliate.status == AffiliateStatus.CLOSED:
        raise ProfileRefused(_("The account is closed: its profile stays as it is."))
    if not told.name.strip():
        raise ProfileRefused(_("Write a name."))
    if affiliate.is_employee and told.name.strip() != affiliate.name:
        raise ProfileRefused(_("The name of an employee is kept by the shop."))
    if told.contact_email.strip():
        try:
            validate_email(told.contact_email.strip())
        except ValidationError as error:
            raise ProfileRefused(_("This is no e-mail address.")) from error
    if told.picture is not None and not told.picture.body.startswith(_IMAGES):
        raise ProfileRefused(_("Choose a PNG or JPEG."))
    if max(len(told.languages), len(told.audience_countries)) > MOST_CODES:
        raise ProfileRefused(_("That is too many: choose those that matter."))
