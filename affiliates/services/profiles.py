"""What an affiliate keeps the team told of itself (docs/rules/profiles.md)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateKind, AffiliateProfile, AffiliateStatus
from affiliates.queries import acts_for
from core import audit, pictures
from core.attachments import Attachment, content_type
from core.errors import DomainError

NAME_LENGTH, DESCRIPTION_LENGTH, CONTACT_LENGTH, PHONE_LENGTH = 120, 1_000, 80, 30
MOST_CODES = 60
LONGEST_SIDE = 1_000


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


def waiting_names() -> QuerySet[AffiliateProfile]:
    """Return the profiles of open accounts whose new name waits for the team (PR5)."""
    rows = AffiliateProfile.objects.filter(name_wished_at__isnull=False)
    return rows.exclude(affiliate__status=AffiliateStatus.CLOSED)


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

    The audit trail says which parts changed, and nothing of what was told: it stays for good (PR3).
    A new name of an influencer, which everybody would read, waits for the team (PR5).

    :raises ProfileRefused: without a name, with a contact that is no address, with a picture that
        is no PNG or JPEG or has over 24 million pixels, for a closed account, an employee's other
        name (PR2), or a new name while the account is suspended (PR5).
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    found = AffiliateProfile.objects.filter(affiliate=affiliate).first()
    found = found or AffiliateProfile(affiliate=affiliate)
    _check(affiliate, found, told)
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
        picture = _drawn_anew(told.picture.body) if told.picture else None
        if bytes(found.picture or b"") != (picture or b""):
            values["picture"] = picture
            changed.append("picture")
    changed += _rename(affiliate, found, told.name.strip(), now)
    if not changed:
        return found
    for part, value in values.items():
        setattr(found, part, value)
    found.changed_at, found.changed_by_id = now, actor_id
    found.save()
    data = {"changed": sorted(changed)}
    audit.record(actor=actor_id, verb="profile.changed", subject=affiliate, at=now, data=data)
    return found


@transaction.atomic
def agree_to_name(*, affiliate_id: int, name: str, actor_id: int, now: datetime) -> None:
    """Let a new name stand, for somebody of the team who read ``name``. Safe to repeat (PR5).

    :raises ProfileRefused: when not this name waits by now, the account is not active, or the
        person acts for it.
    """
    affiliate, found = _decided(affiliate_id, actor_id)
    if not found.name_waits and affiliate.name == name:
        return
    _demand_waiting(found, name)
    if not affiliate.is_active:
        raise ProfileRefused(_("The account is not active: its name stays as it is."))
    affiliate.name = name
    affiliate.save(update_fields=["name"])
    found.wished_name, found.name_wished_at = "", None
    found.save(update_fields=["wished_name", "name_wished_at"])
    audit.record(actor=actor_id, verb="profile.name_agreed", subject=affiliate, at=now)


@transaction.atomic
def decline_name(*, affiliate_id: int, name: str, actor_id: int, now: datetime) -> None:
    """Let the old name stand. The affiliate reads that the new one was declined (PR5).

    Safe to repeat.

    :raises ProfileRefused: when not this name waits by now, or the person acts for the account.
    """
    affiliate, found = _decided(affiliate_id, actor_id)
    if found.name_was_declined and found.wished_name == name:
        return
    _demand_waiting(found, name)
    found.name_wished_at = None
    found.save(update_fields=["name_wished_at"])
    audit.record(actor=actor_id, verb="profile.name_declined", subject=affiliate, at=now)


def _decided(affiliate_id: int, actor_id: int) -> tuple[Affiliate, AffiliateProfile]:
    """Return the locked account whose name somebody decides on, and what it told."""
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if acts_for(actor_id, affiliate_id):
        raise ProfileRefused(_("Somebody else must decide: this is about your own account."))
    return affiliate, profile_of(affiliate_id) or AffiliateProfile(affiliate=affiliate)


def _demand_waiting(found: AffiliateProfile, name: str) -> None:
    """Nobody lets another name stand than the one that they read."""
    if not found.name_waits or found.wished_name != name:
        raise ProfileRefused(_("It was decided on meanwhile: reload the page."))


def _rename(affiliate: Affiliate, found: AffiliateProfile, name: str, now: datetime) -> list[str]:
    """Take on a name, or let it wait for the team; return which parts changed (PR5).

    The name that stands, typed again, takes back one that waits.
    """
    if name != affiliate.name and affiliate.kind == AffiliateKind.INFLUENCER:
        if found.name_waits and found.wished_name == name:
            return []
        found.wished_name, found.name_wished_at = name, now
        return ["wished_name"]
    changed = ["wished_name"] if found.wished_name else []
    found.wished_name, found.name_wished_at = "", None
    if name != affiliate.name:
        affiliate.name = name
        affiliate.save(update_fields=["name"])
        changed.append("name")
    return changed


def _drawn_anew(body: bytes) -> bytes:
    """Return a picture's pixels alone: a photograph says where it was taken."""
    kind = content_type(body).removeprefix("image/").upper()
    return pictures.drawn_anew(body, kind, longest_side=LONGEST_SIDE, refused=ProfileRefused)


def _check(affiliate: Affiliate, found: AffiliateProfile, told: Told) -> None:
    if affiliate.status == AffiliateStatus.CLOSED:
        raise ProfileRefused(_("The account is closed: its profile stays as it is."))
    if not told.name.strip():
        raise ProfileRefused(_("Write a name."))
    if affiliate.is_employee and told.name.strip() != affiliate.name:
        raise ProfileRefused(_("The name of an employee is kept by the shop."))
    known = {affiliate.name, found.wished_name if found.name_waits else affiliate.name}
    if affiliate.status == AffiliateStatus.SUSPENDED and told.name.strip() not in known:
        raise ProfileRefused(_("The account is not active: its name stays as it is."))
    if told.contact_email.strip():
        try:
            validate_email(told.contact_email.strip())
        except ValidationError as error:
            raise ProfileRefused(_("This is no e-mail address.")) from error
    if told.picture is not None and not content_type(told.picture.body).startswith("image/"):
        raise ProfileRefused(_("Choose a PNG or JPEG."))
    if max(len(told.languages), len(told.audience_countries)) > MOST_CODES:
        raise ProfileRefused(_("That is too many: choose those that matter."))
