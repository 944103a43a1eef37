"""Photos of customers: invited, sent, completed by the team, erased.

Rules CU1 to CU8 of docs/rules/look-moderation.md.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from core import audit
from core.errors import DomainError
from influencers.domain.customer_photo import (
    ALT_LENGTH,
    LICENCE_DAYS,
    LONGEST,
    MOST,
    NAME_LENGTH,
    STORY_LENGTH,
    Closed,
    Standing,
    closed,
)
from influencers.domain.licence import LicenceTerms
from influencers.domain.look import TITLE_LENGTH, Content, Photo
from influencers.models import (
    CustomerInvite,
    CustomerPhoto,
    Look,
    LookAct,
    Picture,
    Scope,
    VersionStatus,
)
from influencers.queries.customer_photos import hash_of_email, hash_of_key
from influencers.queries.moderation import day_of
from influencers.services import licences, look_events, looks, pictures
from influencers.services.look_saving import write

_CLOSED = {
    Closed.OVER: gettext_lazy("This invitation is over. Thank you for thinking of us."),
    Closed.FULL: gettext_lazy("So many photos came that no more are taken. Thank you."),
    Closed.DAILY: gettext_lazy("You have sent several photos today: come back tomorrow."),
}


class InviteClosed(DomainError):
    """An invitation that takes no photo: over, full, or enough from one person for a day."""

    code = "invite_closed"


class InviteRefused(DomainError):
    """An invitation that nobody could use, or that would never end."""

    code = "invite_refused"


class PhotoRefused(DomainError):
    """Something that has to be said was not, or other words were read than those that stand."""

    code = "photo_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """What a customer sends. ``people``: ``none`` or ``released``, as in a licence.

    ``shown_sha256`` is of the words that were read, in ``language``.
    """

    content: bytes
    file_name: str
    shown_name: str
    email: str
    people: str
    is_of_age: bool
    is_without_minors: bool
    language: str
    shown_sha256: str
    alt: str = ""
    story: str = ""


def words() -> tuple[str, ...]:
    """Return what a customer agrees to, in the active language."""
    return (
        _("I took this photo, or whoever took it lets me send it."),
        _(
            "You may show it for two years on your looks pages and product pages, cut it to size,"
            " and name me as I wrote. Nothing is paid, and I may take it back at any time."
        ),
        _(
            "I am 18 or older. No child or teenager can be seen, and whoever else can be"
            " recognised has agreed in writing."
        ),
        _(
            "You keep the photo without the place where it was taken, my name as I want it shown,"
            " and a fingerprint of my e-mail address to find the photo again. You do not write to"
            " me, and pass nothing on."
        ),
    )


def sha256_of_words(language: str) -> str:
    """Return the digest of what a customer reads in a language."""
    with override(language):
        return hashlib.sha256("\n".join(words()).encode()).hexdigest()


@transaction.atomic
def invite(
    *, name: str, shop_id: int, ends_at: datetime, most: int, by_id: int, now: datetime
) -> tuple[CustomerInvite, str]:
    """Make an invitation; return it with its key, of which only a hash is kept.

    :raises InviteRefused: without a name, or for an end or a number that cannot be.
    """
    if not name.strip():
        raise InviteRefused(_("Give it a name, so that you know it again."))
    if not now < ends_at <= now + LONGEST:
        raise InviteRefused(_("Choose an end within the next year."))
    if not 0 < most <= MOST:
        raise InviteRefused(_("It takes from 1 to 10,000 photos."))
    key = secrets.token_urlsafe(18)
    made = CustomerInvite.objects.create(
        name=name.strip(),
        key_hash=hash_of_key(key),
        shop_id=shop_id,
        created_at=now,
        created_by_id=by_id,
        ends_at=ends_at,
        most=most,
    )
    audit.record(actor=by_id, verb="customer_invite.made", subject=made, at=now)
    return made, key


@transaction.atomic
def end_invite(invite_id: int, *, by_id: int, now: datetime) -> CustomerInvite:
    """Take no more photos by an invitation. Safe to repeat."""
    found = CustomerInvite.objects.select_for_update(no_key=True).get(pk=invite_id)
    if found.ended_at is None:
        found.ended_at = now
        found.save(update_fields=["ended_at"])
        audit.record(actor=by_id, verb="customer_invite.ended", subject=found, at=now)
    return found


@transaction.atomic
def send(*, key: str, form_key: UUID, sent: Sent, now: datetime) -> CustomerPhoto:
    """Keep a customer's photo as a look that waits for a moderator. Safe to repeat.

    ``form_key``: of the form that was filled in; one form is one photo.

    :raises InviteClosed: when the invitation takes nothing (any more).
    :raises PhotoRefused: when something was not said or not agreed to.
    :raises PictureRefused: for a file that is no good photo.
    """
    found = CustomerInvite.objects.select_for_update(no_key=True).filter(key_hash=hash_of_key(key))
    invitation = found.first()
    if invitation is None:
        raise InviteClosed(str(_CLOSED[Closed.OVER]))
    public_id = uuid5(form_key, str(invitation.pk))
    known = CustomerPhoto.objects.filter(public_id=public_id).first()
    if known is not None:
        return known
    email_hash = hash_of_email(sent.email)
    _require_open(invitation, email_hash, now)
    _check(sent)
    picture = pictures.add(affiliate_id=None, content=sent.content, name=sent.file_name, now=now)
    photo = CustomerPhoto.objects.create(
        public_id=public_id,
        invite=invitation,
        look=_make_look(invitation, picture, sent, now),
        shown_name=sent.shown_name.strip(),
        email_hash=email_hash,
        is_of_age=True,
        sent_at=now,
    )
    with override(sent.language):
        read = list(words())
    audit.record(
        actor=None,
        verb="customer_photo.sent",
        subject=photo,
        at=now,
        data={"language": sent.language, "words": read, "sha256": sent.shown_sha256},
    )
    return photo


def _require_open(invitation: CustomerInvite, email_hash: str, now: datetime) -> None:
    of_person = invitation.photos.filter(email_hash=email_hash)
    why_not = closed(
        Standing(
            ends_at=invitation.ends_at,
            ended_at=invitation.ended_at,
            most=invitation.most,
            sent=invitation.photos.count(),
            sent_today=of_person.filter(sent_at__gt=now - timedelta(days=1)).count(),
        ),
        now,
    )
    if why_not is not None:
        raise InviteClosed(str(_CLOSED[why_not]))


def _check(sent: Sent) -> None:
    if not (sent.is_of_age and sent.is_without_minors):
        raise PhotoRefused(_("Photos are taken from adults, and of adults, only."))
    if not sent.shown_name.strip() or len(sent.shown_name.strip()) > NAME_LENGTH:
        raise PhotoRefused(_("Say in at most 60 letters how you want to be named."))
    if sent.shown_sha256 != sha256_of_words(sent.language):
        raise PhotoRefused(_("The words have changed in the meantime: read them again."))


def _make_look(invitation: CustomerInvite, picture: Picture, sent: Sent, now: datetime) -> Look:
    with override(sent.language):
        title = _("Worn by %(name)s") % {"name": sent.shown_name.strip()}
        credit = _("A customer of %(shop)s") % {"shop": invitation.shop.name}
    look = looks.create(affiliate_id=None, shop_id=invitation.shop_id, by_id=None, now=now)
    version = look.versions.get()
    photo = Photo(picture=picture.public_id, alt=sent.alt.strip()[:ALT_LENGTH])
    content = Content(
        title=title[:TITLE_LENGTH],
        story=sent.story.strip()[:STORY_LENGTH],
        language=sent.language,
        photos=(photo,),
    )
    write(version, content)
    today = day_of(now)
    licences.grant(
        [picture.pk],
        LicenceTerms(
            scopes=(Scope.SITE, Scope.PDP),
            starts_on=today,
            ends_on=today + timedelta(days=LICENCE_DAYS),
            credit=credit,
            people=sent.people,
            text_sha256=sent.shown_sha256,
        ),
        by_id=None,
        now=now,
    )
    version.move_to(VersionStatus.SUBMITTED, at=now)
    version.submitted_at = now
    version.save(update_fields=["status", "status_changed_at", "submitted_at"])
    look_events.record(look, LookAct.SUBMITTED, at=now, version=version)
    return look
