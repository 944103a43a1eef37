"""Endpoints whose maker may not make them any more are paused: people look before they go on."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from affiliates.models import Endpoint, EndpointStatus
from affiliates.services import endpoint_mails, endpoints
from core import api_keys
from core.models import ApiKey


@transaction.atomic
def revoke_key(*, key_id: int, actor_id: int, now: datetime) -> ApiKey:
    """Revoke a key of the API, and pause the endpoints whose address it set. Safe to repeat."""
    is_live = ApiKey.objects.filter(pk=key_id, revoked_at__isnull=True).exists()
    key = api_keys.revoke(key_id=key_id, actor_id=actor_id, now=now)
    if is_live:  # What somebody let go on since then goes on.
        _pause(Q(key=key), actor_id, now)
    return key


@transaction.atomic
def pause_made_by(*, user_id: int, affiliate_id: int, actor_id: int, now: datetime) -> None:
    """Pause what somebody made for an affiliate, or a key of theirs did. Safe to repeat."""
    theirs = Q(created_by=user_id) | Q(key__owner=user_id)
    _pause(theirs & Q(affiliate=affiliate_id), actor_id, now)


def _pause(which: Q, actor_id: int, now: datetime) -> None:
    active = Endpoint.objects.standing().filter(which, status=EndpointStatus.ACTIVE)
    for pk in active.order_by("pk").values_list("pk", flat=True):
        endpoint = endpoints.pause(endpoint_id=pk, actor_id=actor_id, now=now)
        endpoint_mails.orphaned(endpoint, now=now)
