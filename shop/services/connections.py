"""Which platforms a shop is connected with, and the keys to them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, available_timezones

from django.db import transaction
from django.db.models import QuerySet

from core import audit
from core.errors import DomainError
from core.models import User
from core.wording import Said
from shop.connectors import generic
from shop.connectors.contract import Connector, Context, Poller
from shop.connectors.privacy import IN_THE_CLEAR, goes_in_the_clear
from shop.connectors.registry import connector
from shop.domain.states import Facts
from shop.models import Connection, Shop, WebhookSecret
from shop.services.locking import locked


class BadConnection(DomainError):
    """What was entered for a connection cannot be used; ``field`` says where it is."""

    code = "bad_connection"

    def __init__(self, field: str, why: Said) -> None:
        super().__init__(why)
        self.field = field


def connection_of(code: str, *, now: datetime) -> Connection | None:
    """Return the connection whose webhook ends in ``code``; a shop has one of its own."""
    found = Connection.objects.select_related("shop").filter(code=code).first()
    if found is not None:
        return found
    shop = Shop.objects.filter(code=code).first()
    return None if shop is None else generic_of(shop, now=now)


def generic_of(shop: Shop, *, now: datetime) -> Connection:
    """Return the connection of a shop's generic signed webhook, made when it is first needed."""
    made, _new = Connection.objects.select_related("shop").get_or_create(
        code=shop.code,
        defaults={"shop": shop, "connector": generic.NAME, "name": shop.name, "created_at": now},
    )
    return made


@transaction.atomic
def connect(
    *,
    shop_id: int,
    code: str,
    connector_name: str,
    name: str,
    address: str = "",
    entered: Mapping[str, str] | None = None,
    timezone: str = "Europe/Paris",
    actor: User | None,
    now: datetime,
) -> Connection:
    """Connect a shop with a platform. Nothing is asked of the platform yet.

    ``entered``: what the connector's fields ask for; secrets are kept encrypted.

    :raises BadConnection: when a code is taken, a field is missing or a time zone is unknown.
    :raises UnknownConnector: when there is no such connector.
    """
    shop, platform = locked(shop_id), connector(connector_name)
    if Connection.objects.filter(code=code).exists() or (
        Shop.objects.filter(code=code).exclude(pk=shop.pk).exists()
    ):
        raise BadConnection("code", Said("Another connection has the code %(code)s.", code=code))
    if code == shop.code and connector_name != generic.NAME:
        raise BadConnection(
            "code", Said("The shop's own code is its signed webhook's: choose another.")
        )
    row = Connection(shop=shop, code=code, connector=connector_name, name=name, created_at=now)
    _enter(row, platform, address, entered or {}, timezone)
    row.save()
    audit.record(actor=actor, verb="connection.made", subject=row, at=now,
                 data={"connector": connector_name})  # fmt: skip
    return row


@transaction.atomic
def change(
    *,
    connection_id: int,
    name: str,
    address: str,
    entered: Mapping[str, str],
    timezone: str,
    silent_hours: int,
    actor: User,
    now: datetime,
) -> Connection:
    """Change what was entered; an empty secret leaves the one that is kept.

    Another host needs its secrets entered anew: the kept ones never leave for another machine.

    :raises BadConnection: when a field is missing or a time zone is unknown.
    """
    row = Connection.objects.select_for_update().get(pk=connection_id)
    row.name, row.silent_hours, before = name, silent_hours, row.address
    row.away_until = None  # What was wrong may be mended: it is asked at once.
    _enter(row, connector(row.connector), address, entered, timezone)
    row.save()
    audit.record(actor=actor, verb="connection.changed", subject=row, at=now,
                 data={"address": [before, row.address]})  # fmt: skip
    return row


def _enter(
    row: Connection, platform: Connector, address: str, entered: Mapping[str, str], timezone: str
) -> None:
    if timezone not in available_timezones():
        raise BadConnection("timezone", Said("There is no time zone %(name)s.", name=timezone))
    secret, options = dict(row.entered), {}
    if urlsplit(address)[:2] != urlsplit(row.address)[:2]:
        secret = {}  # What was entered for one machine never goes to another.
    for one in platform.fields:
        said = entered.get(one.name, "").strip()
        if one.is_secret:
            secret[one.name] = said or secret.get(one.name, "")
        elif said:
            options[one.name] = said
        if one.is_required and not (secret.get(one.name) if one.is_secret else said):
            raise BadConnection(one.name, Said("%(label)s is needed.", label=str(one.label)))
    if any(secret.values()) and goes_in_the_clear(address):
        raise BadConnection("address", IN_THE_CLEAR)
    row.address, row.timezone = address.rstrip("/"), timezone
    row.credentials = json.dumps({name: text for name, text in secret.items() if text})
    row.options = options


@transaction.atomic
def pause(*, connection_id: int, actor: User, reason: str, now: datetime) -> Connection:
    """Stop asking the platform and reading what it sends. Deliveries are kept and wait."""
    row = Connection.objects.select_for_update().get(pk=connection_id)
    if row.paused_at is None:
        row.paused_at = now
        row.save(update_fields=["paused_at"])
        audit.record(actor=actor, verb="connection.paused", subject=row, at=now, reason=reason)
    return row


@transaction.atomic
def resume(*, connection_id: int, actor: User, now: datetime) -> Connection:
    """Go on where :func:`pause` stopped."""
    row = Connection.objects.select_for_update().get(pk=connection_id)
    if row.paused_at is not None:
        row.paused_at = None
        row.save(update_fields=["paused_at"])
        audit.record(actor=actor, verb="connection.resumed", subject=row, at=now)
    return row


@transaction.atomic
def begin_trial(*, connection_id: int, actor: User, now: datetime) -> Connection:
    """Look from now on for what a test order makes the platform send. Again: from now on anew."""
    row = Connection.objects.select_for_update().get(pk=connection_id)
    row.tried_at = now
    row.save(update_fields=["tried_at"])
    audit.record(actor=actor, verb="connection.tried", subject=row, at=now)
    return row


def active_secrets(connection: Connection) -> QuerySet[WebhookSecret]:
    """Return the secrets that its platform signs with, the newest first.

    Those of a shop's generic webhook are the shop's own.
    """
    rows = WebhookSecret.objects.filter(shop=connection.shop_id, retired_at__isnull=True)
    own = rows.filter(connection=connection)
    if connection.connector == generic.NAME:
        own = own | rows.filter(connection__isnull=True)
    return own.order_by("-created_at")


def secrets_of(connection: Connection) -> list[str]:
    """Return the texts of the active secrets, the newest first; two at most."""
    return [row.secret for row in active_secrets(connection)[:2]]


def verify(*, shop: Shop, signature: str, body: bytes, now: datetime) -> None:
    """Check that the shop itself signed ``body``, with either of its two newest secrets.

    :raises BadHeader, BadSignature: see ``connectors.generic``.
    """
    newest = secrets_of(generic_of(shop, now=now))
    generic.check_signature(signature, body, secrets=newest, now=now)


def context_of(connection: Connection) -> Context:
    """Return what the connector may know of the shop."""
    return Context(
        shop_code=connection.shop.code,
        currency=connection.shop.currency,
        timezone=ZoneInfo(connection.timezone),
        options={**connection.options},
    )


def facts_of(connection: Connection, topic: str, body: bytes) -> Facts:
    """Return what a body of the connection's platform says.

    :raises UnreadableBody: see the connector.
    """
    return connector(connection.connector).facts(topic, body, context_of(connection))


def poller_of(connection: Connection) -> Poller | None:
    """Return the way to the platform's API; None where there is none to ask."""
    platform = connector(connection.connector)
    entered = {**connection.options, **connection.entered}
    return platform.poller(connection.address, entered, context_of(connection))
