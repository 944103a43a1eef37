"""The secrets that the shop's machines sign with: two may be active, so that one can be changed."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import transaction

from core import audit
from core.errors import DomainError
from core.models import User
from core.wording import Said
from shop.connectors import generic
from shop.models import Connection, WebhookSecret
from shop.services.locking import locked

ACTIVE = 2


class TooManySecrets(DomainError):
    """A third secret was to become active."""

    code = "too_many_secrets"


@transaction.atomic
def issue(
    *,
    shop_id: int,
    actor: User | None,
    now: datetime,
    connection_id: int | None = None,
    made_there: str = "",
) -> WebhookSecret:
    """Make a new secret beside the one in use. Its text is shown once and stored encrypted.

    ``connection_id``: of that connection; None: of the shop's generic webhook, whose secrets are
    the shop's own. ``made_there``: the secret that the platform made itself, which is kept instead
    of one of ours.

    :raises TooManySecrets: when two are active already.
    """
    shop = locked(shop_id)
    platforms = Connection.objects.exclude(connector=generic.NAME)
    connection = None if connection_id is None else platforms.filter(pk=connection_id).first()
    active = WebhookSecret.objects.filter(shop=shop, connection=connection, retired_at__isnull=True)
    if active.count() >= ACTIVE:
        raise TooManySecrets(Said("Two secrets are active: retire the older one first."))
    row = WebhookSecret.objects.create(
        shop=shop,
        connection=connection,
        secret=made_there.strip() or secrets.token_urlsafe(32),
        created_at=now,
    )
    audit.record(actor=actor, verb="webhook_secret.issued", subject=row, at=now)
    return row


@transaction.atomic
def retire(*, secret_id: int, actor: User | None, now: datetime) -> WebhookSecret:
    """Stop accepting a secret. Safe to repeat."""
    row = WebhookSecret.objects.select_for_update().get(pk=secret_id)
    if row.retired_at is None:
        row.retired_at = now
        row.save(update_fields=["retired_at"])
        audit.record(actor=actor, verb="webhook_secret.retired", subject=row, at=now)
    return row
