"""What a creator says of themselves in public: a new text waits until the team read it (PR8)."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from affiliates.models import AffiliateStatus
from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from influencers.models import Influencer
from influencers.services import look_cache


class BioRefused(DomainError):
    """The text cannot be decided on, or not by this person."""

    code = "bio_refused"


def waiting() -> QuerySet[Influencer]:
    """Return the creators with an open account whose new text waits for the team."""
    rows = Influencer.objects.filter(bio_wished_at__isnull=False)
    return rows.exclude(affiliate__status=AffiliateStatus.CLOSED)


def take(profile: Influencer, typed: str, *, now: datetime) -> None:
    """Let a new text of a locked profile wait for the team; the caller saves.

    No text, and the one that stands, take back what waits: nobody has to read them.
    """
    bio = plain(typed)
    if bio in ("", plain(profile.bio)):
        profile.bio, profile.wished_bio, profile.bio_wished_at = bio, "", None
    elif not (profile.bio_waits and profile.wished_bio == bio):
        profile.wished_bio, profile.bio_wished_at = bio, now


def plain(typed: str) -> str:
    """Return a text with the ends of lines that are stored, whichever a browser sent."""
    return "\n".join(typed.strip().splitlines())


@transaction.atomic
def agree(*, affiliate_id: int, bio: str, actor_id: int, now: datetime) -> None:
    """Let a new text be seen, for somebody of the team who read ``bio``. Safe to repeat.

    :raises BioRefused: when not this text waits by now, the account is not active, or the person
        acts for it.
    """
    profile = _decided(affiliate_id, actor_id)
    if not profile.bio_waits and profile.bio == plain(bio):
        return
    _demand_waiting(profile, bio)
    if not profile.affiliate.is_active:
        raise BioRefused(_("The account is not active: its profile stays as it is."))
    profile.bio, profile.wished_bio, profile.bio_wished_at = profile.wished_bio, "", None
    profile.save(update_fields=["bio", "wished_bio", "bio_wished_at"])
    audit.record(actor=actor_id, verb="profile.bio_agreed", subject=profile.affiliate, at=now)
    look_cache.purge_looks(list(profile.affiliate.looks.values_list("pk", flat=True)))


@transaction.atomic
def decline(*, affiliate_id: int, bio: str, actor_id: int, now: datetime) -> None:
    """Let the old text stand. The creator reads that the new one was declined. Safe to repeat.

    :raises BioRefused: when not this text waits by now, or the person acts for the account.
    """
    profile = _decided(affiliate_id, actor_id)
    if profile.bio_was_declined and profile.wished_bio == plain(bio):
        return
    _demand_waiting(profile, bio)
    profile.bio_wished_at = None
    profile.save(update_fields=["bio_wished_at"])
    audit.record(actor=actor_id, verb="profile.bio_declined", subject=profile.affiliate, at=now)


def _decided(affiliate_id: int, actor_id: int) -> Influencer:
    """Return the locked profile whose text somebody decides on; an unsaved one if there is none."""
    if acts_for(actor_id, affiliate_id):
        raise BioRefused(_("Somebody else must decide: this is about your own account."))
    rows = Influencer.objects.select_for_update(of=["self"]).select_related("affiliate")
    return rows.filter(affiliate=affiliate_id).first() or Influencer(affiliate_id=affiliate_id)


def _demand_waiting(profile: Influencer, bio: str) -> None:
    """Nobody lets another text be seen than the one that they read."""
    if not profile.bio_waits or profile.wished_bio != plain(bio):
        raise BioRefused(_("It was decided on meanwhile: reload the page."))
