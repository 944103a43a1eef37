"""Endpoints whose maker may not make them any more are paused: people look before they go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from affiliates.models import Endpoint, EndpointStatus
from affiliates.services import endpoint_mails, endpoints
from core import api_keys, audit, staff
from core.errors import DomainError
from core.models import ApiKey


class NotOfTheTeam(DomainError):
    """A webhook of the programme was to be looked after by somebody who is no manager."""

    code = "not_of_the_team"


@transaction.atomic
def revoke_key(*, key_id: int, actor_id: int, now: datetime) -> ApiKey:
    """Revoke a key of the API, and pause the endpoints whose address it set. Safe to repeat."""
    is_live = ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True).exists()
    key = api_keys.revoke(key_id=key_id, actor_id=actor_id, now=now)
    if is_live:  # What somebody let go on since then goes on.
        _pause(Q(key=key), actor_id, now)
    return key


@transaction.atomic
def pause_made_by(
    *, user_id: int, affiliate_id: int | None, actor_id: int | None, now: datetime
) -> None:
    """Pause what somebody made for an affiliate (None: for the programme), or a key of theirs did.

    Safe to repeat. ``actor_id`` None means the shell.
    """
    _pause(_made_by(user_id, affiliate_id), actor_id, now)


@transaction.atomic
def hand_over(*, endpoint_id: int, heir_id: int, actor_id: int, now: datetime) -> Endpoint:
    """Let somebody else answer for an endpoint of the programme, which goes on. Safe to repeat.

    :raises NotOfTheTeam: for somebody who is no manager.
    """
    if not staff.of_role("manager").filter(pk=heir_id).exists():
        raise NotOfTheTeam(_("Only a manager looks after webhooks of the programme."))
    rows = Endpoint.objects.select_for_update(no_key=True, of=("self",))
    endpoint = rows.get(pk=endpoint_id, affiliate__isnull=True)
    if endpoint.created_by_id != heir_id or endpoint.key_id is not None:
        before = endpoint.created_by_id
        endpoint.created_by_id, endpoint.key = heir_id, None
        endpoint.save(update_fields=["created_by", "key"])
        audit.record(
            actor=actor_id, verb="endpoint.handed_over", subject=endpoint, at=now,
            data={"before": {"person": before}, "after": {"person": heir_id}},
        )  # fmt: skip
    return endpoint


def made_for_programme_by(user_id: int) -> QuerySet[Endpoint]:
    """Return the programme's endpoints that somebody made, or whose address a key of theirs set."""
    return Endpoint.objects.standing().filter(_made_by(user_id, None)).order_by("pk")


def _made_by(user_id: int, affiliate_id: int | None) -> Q:
    theirs = Q(created_by=user_id) | Q(key__owner=user_id)
    return theirs & Q(affiliate=affiliate_id)


def _pause(which: Q, actor_id: int | None, now: datetime) -> None:
    active = Endpoint.objects.standing().filter(which, status=EndpointStatus.ACTIVE)
    for pk in active.order_by("pk").values_list("pk", flat=True):
        endpoint = endpoints.pause(endpoint_id=pk, actor_id=actor_id, now=now)
        endpoint_mails.orphaned(endpoint, now=now)
