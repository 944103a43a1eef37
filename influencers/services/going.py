"""A creator who is erased: what has to end first, and what is taken down with them."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from core.privacy.declaring import Person
from influencers.models import (
    Contract,
    ContractStatus,
    Delivery,
    ImageLicence,
    Influencer,
    Look,
    Picture,
)
from influencers.services import licences, look_states, pictures
from influencers.services.customer_photo_erasure import take_down as take_look_down


def obstacles(person: Person) -> list[str]:
    """Say why a creator cannot go yet: a signed contract still runs."""
    running = Contract.objects.filter(
        affiliate__in=person.accounts, status=ContractStatus.SIGNED
    ).count()
    return [_("A signed contract runs: end it first.")] * bool(running)


def take_down(person: Person, actor_id: int | None, now: datetime) -> None:
    """Withdraw the creator's looks, end the rights in their photos, and delete the files."""
    accounts = person.accounts
    for look_id in (
        Look.objects.filter(affiliate__in=accounts).order_by("pk").values_list("pk", flat=True)
    ):
        take_look_down(look_states.locked(look_id), actor_id, now)
    mine = Picture.objects.filter(affiliate__in=accounts)
    for licence in ImageLicence.objects.filter(picture__in=mine, revoked_at__isnull=True):
        licences.revoke(licence.pk, by_id=actor_id, reason=_("The creator is erased."), now=now)
    Influencer.objects.filter(affiliate__in=accounts).update(avatar=None, cover=None)
    Delivery.objects.filter(participation__affiliate__in=accounts).update(proof=None)
    for picture_id in (
        mine.filter(deleted_at__isnull=True).order_by("pk").values_list("pk", flat=True)
    ):
        pictures.delete(picture_id, now=now)
