"""Addresses that are told of events: made, changed, paused, and their secrets (HK7-HK9)."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.domain import postbacks
from affiliates.domain.event_types import Audience, types_for
from affiliates.domain.sending import ASKING, MOST_ENDPOINTS, OVERLAP, READABLE
from affiliates.gateways.hooks import is_address
from affiliates.models import (
    Affiliate,
    DisabledBecause,
    Endpoint,
    EndpointKind,
    EndpointStatus,
    EventDelivery,
    EventDeliveryStatus,
    Subscription,
)
from affiliates.services import endpoint_mails
from core import audit, locks
from core.errors import DomainError
from core.models import User
from core.nudge import nudge

NAME_LENGTH, URL_LENGTH = 80, 1_000
SEND = "affiliates.tasks.send_events"


class EndpointRefused(DomainError):
    """What was entered is no endpoint, or one too many."""

    code = "endpoint_refused"


class AskedTooOften(DomainError):
    """More was to be tried or sent again than an endpoint may be asked for in a minute."""

    code = "asked_too_often"


@transaction.atomic
def make(
    *,
    affiliate_id: int | None,
    kind: str,
    name: str,
    url: str,
    method: str,
    types: Collection[str],
    actor_id: int,
    now: datetime,
    key_id: int | None = None,
) -> Endpoint:
    """Make an endpoint of an affiliate, or (None) of the programme; its secret is to be shown.

    It is told of what happens from now on. ``method`` is a postback's; a webhook posts. ``key_id``
    is the key of the API that makes it. Its owners are written to.

    :raises EndpointRefused: for what cannot be one, and above the most there may be.
    """
    locks.hold(f"endpoints of {affiliate_id or 'the programme'}")
    _check_account(affiliate_id)
    standing = Endpoint.objects.standing().filter(affiliate=affiliate_id).count()
    if standing >= MOST_ENDPOINTS:
        raise EndpointRefused(
            _("There may be %(most)s addresses. Delete one that you do not need any more.")
            % {"most": MOST_ENDPOINTS}
        )
    _check(kind, name, url, types, affiliate_id)
    is_webhook = kind == EndpointKind.WEBHOOK
    endpoint = Endpoint.objects.create(
        affiliate_id=affiliate_id,
        kind=kind,
        name=name.strip(),
        url=url.strip(),
        method="POST" if is_webhook or method != "GET" else "GET",
        secret=_new_secret() if is_webhook else "",
        status_changed_at=now,
        created_at=now,
        created_by_id=actor_id,
        key_id=key_id,
    )
    _subscribe(endpoint, types, now)
    _record("endpoint.made", endpoint, actor_id, now, types)
    endpoint_mails.made(endpoint, now=now)
    return endpoint


@transaction.atomic
def change(
    *,
    endpoint_id: int,
    name: str,
    url: str,
    method: str,
    types: Collection[str],
    actor_id: int,
    now: datetime,
    key_id: int | None = None,
) -> Endpoint:
    """Change an endpoint. Of types that are new to it, it is told what happens from now on.

    When its address changes its owners are written to; ``key_id`` is the key of the API that
    changes it.

    :raises EndpointRefused: for what cannot be one, and for an account that is not active.
    """
    endpoint = _locked(endpoint_id)
    _check_account(endpoint.affiliate_id)
    _check(endpoint.kind, name, url, types, endpoint.affiliate_id)
    is_moved = endpoint.url != url.strip()
    endpoint.name, endpoint.url = name.strip(), url.strip()
    if is_moved:
        endpoint.key_id = key_id
    if endpoint.is_postback:
        endpoint.method = "GET" if method == "GET" else "POST"
    endpoint.wake(now)
    endpoint.save(update_fields=["name", "url", "method", "rests_until", "key"])
    endpoint.subscriptions.exclude(type__in=types).delete()
    _subscribe(endpoint, types, now)
    _record("endpoint.changed", endpoint, actor_id, now, types)
    if is_moved:
        endpoint_mails.moved(endpoint, by=User.objects.get(pk=actor_id), now=now)
    return endpoint


def secret_of(endpoint: Endpoint, *, now: datetime) -> str:
    """Return a webhook's secret to a program that did not see it shown; a postback has none.

    :raises EndpointRefused: later than an hour after it was made.
    """
    if endpoint.secret and now - endpoint.secret_made_at > READABLE:
        raise EndpointRefused(_("A secret is read within an hour. Make a new one."))
    secret: str = endpoint.secret
    return secret


@transaction.atomic
def rotate(*, endpoint_id: int, actor_id: int | None, now: datetime) -> Endpoint:
    """Give a webhook a new secret, to be shown; the one before signs beside it for 24 hours.

    ``actor_id`` None means the shell.

    :raises EndpointRefused: for a postback, which signs nothing.
    """
    endpoint = _locked(endpoint_id)
    if endpoint.is_postback:
        raise EndpointRefused(_("A postback is not signed: it has no secret."))
    endpoint.previous_secret, endpoint.previous_until = endpoint.secret, now + OVERLAP
    endpoint.secret = _new_secret()
    endpoint.save(update_fields=["secret", "previous_secret", "previous_until"])
    _record("endpoint.secret_rotated", endpoint, actor_id, now)
    return endpoint


@transaction.atomic
def pause(*, endpoint_id: int, actor_id: int | None, now: datetime) -> Endpoint:
    """Send nothing until it goes on; what happens meanwhile is kept. Safe to repeat.

    ``actor_id`` None means the shell.

    :raises InvalidTransition: for a disabled one.
    """
    endpoint = _locked(endpoint_id)
    if endpoint.status != EndpointStatus.PAUSED:
        endpoint.move_to(EndpointStatus.PAUSED, at=now)
        endpoint.save(update_fields=["status", "status_changed_at"])
        _record("endpoint.paused", endpoint, actor_id, now)
    return endpoint


@transaction.atomic
def resume(*, endpoint_id: int, actor_id: int, now: datetime) -> Endpoint:
    """Let a paused or disabled endpoint go on: what waited is sent now. Safe to repeat.

    What failed while it was disabled is sent again when somebody asks for it.

    :raises EndpointRefused: for an account that is not active.
    """
    endpoint = _locked(endpoint_id)
    if endpoint.is_active:
        return endpoint
    _check_account(endpoint.affiliate_id)
    endpoint.move_to(EndpointStatus.ACTIVE, at=now)
    endpoint.disabled_because, endpoint.failures = "", 0
    endpoint.failing_since = None
    endpoint.wake(now)
    endpoint.save()
    endpoint.deliveries.filter(status=EventDeliveryStatus.WAITING).update(
        first_due_at=now, next_attempt_at=now
    )
    _record("endpoint.resumed", endpoint, actor_id, now)
    nudge(SEND)
    return endpoint


@transaction.atomic
def delete(*, endpoint_id: int, actor_id: int, now: datetime) -> Endpoint:
    """Tell an address nothing any more, for good; its log stays for 30 days. Safe to repeat."""
    endpoint = Endpoint.objects.select_for_update(no_key=True).get(pk=endpoint_id)
    if endpoint.deleted_at is None:
        endpoint.deleted_at = now
        endpoint.secret = endpoint.previous_secret = ""
        endpoint.save(update_fields=["deleted_at", "secret", "previous_secret"])
        endpoint.subscriptions.all().delete()
        stop_waiting(endpoint, "deleted", now)
        _record("endpoint.deleted", endpoint, actor_id, now)
    return endpoint


def disable(endpoint: Endpoint, why: str, *, now: datetime) -> None:
    """Send nothing any more, because of ``why``. The caller holds the row's lock and tells people.

    :raises InvalidTransition: for a paused one.
    """
    endpoint.move_to(EndpointStatus.DISABLED, at=now)
    endpoint.disabled_because = DisabledBecause(why)
    endpoint.save()
    stop_waiting(endpoint, "disabled", now)
    _record("endpoint.disabled", endpoint, None, now)


def count_asking(endpoint: Endpoint, *, now: datetime) -> None:
    """Count a try or repetition that somebody asks for. The caller holds the row's lock.

    :raises AskedTooOften: above ``WEBHOOK_ASKS_PER_MINUTE``.
    """
    if endpoint.asked_since is None or now - endpoint.asked_since >= ASKING:
        endpoint.asked_since, endpoint.asked = now, 0
    most = settings.WEBHOOK_ASKS_PER_MINUTE
    if endpoint.asked >= most:
        raise AskedTooOften(
            ngettext(
                "%(most)s try or repetition a minute is enough for one address. Wait a minute.",
                "%(most)s tries and repetitions a minute are enough for one address."
                " Wait a minute.",
                most,
            )
            % {"most": most}
        )
    endpoint.asked += 1
    endpoint.save(update_fields=["asked_since", "asked"])


def stop_waiting(endpoint: Endpoint, error: str, now: datetime) -> None:
    """Give up whatever waits to be sent to an endpoint. It can be sent again by hand."""
    EventDelivery.objects.filter(endpoint=endpoint, status=EventDeliveryStatus.WAITING).update(
        status=EventDeliveryStatus.FAILED, status_changed_at=now, error=error, claimed_until=None
    )


def _locked(endpoint_id: int) -> Endpoint:
    return Endpoint.objects.standing().select_for_update(no_key=True).get(pk=endpoint_id)


def _check_account(affiliate_id: int | None) -> None:
    if affiliate_id is not None and not Affiliate.objects.get(pk=affiliate_id).is_active:
        raise EndpointRefused(_("Your account is not active."))


def _check(
    kind: str, name: str, url: str, types: Collection[str], affiliate_id: int | None
) -> None:
    audience = Audience.PROGRAMME if affiliate_id is None else Audience.AFFILIATE
    if kind not in EndpointKind.values or (kind == EndpointKind.POSTBACK and affiliate_id is None):
        raise EndpointRefused(_("Choose a webhook or a postback."))
    if not name.strip() or len(name.strip()) > NAME_LENGTH:
        raise EndpointRefused(_("Give it a name, such as the system that listens."))
    unknown = sorted(set(types) - set(types_for(audience)))
    if unknown:
        raise EndpointRefused(_("There is no event %(type)s.") % {"type": unknown[0]})
    if not types:
        raise EndpointRefused(_("Choose at least one event."))
    _check_address(kind, url.strip())


def _check_address(kind: str, url: str) -> None:
    if kind == EndpointKind.POSTBACK:
        try:
            postbacks.check(url)
        except postbacks.UnknownMacro as refusal:
            known = ", ".join(f"{{{name}}}" for name in postbacks.MACROS)
            raise EndpointRefused(
                _("Nothing fills %(macro)s at this place. There are: %(known)s.")
                % {"macro": refusal.unknown, "known": known}
            ) from refusal
    if len(url) > URL_LENGTH or not is_address(url) or urlsplit(url).fragment:
        raise EndpointRefused(
            _("Give a public address that begins with https://, without a name and password in it.")
        )


def _subscribe(endpoint: Endpoint, types: Collection[str], now: datetime) -> None:
    rows = [Subscription(endpoint=endpoint, type=one, since=now) for one in sorted(set(types))]
    Subscription.objects.bulk_create(rows, ignore_conflicts=True)


def _new_secret() -> str:
    return f"whsec_{secrets.token_urlsafe(32)}"


def _record(
    verb: str,
    endpoint: Endpoint,
    actor_id: int | None,
    now: datetime,
    types: Collection[str] = (),
) -> None:
    """Keep who did what; of the address only its host: the rest of it may be a secret of theirs."""
    data = {"name": endpoint.name, "host": urlsplit(endpoint.url).hostname or ""}
    if types:
        data["events"] = ", ".join(sorted(types))
    audit.record(actor=actor_id, verb=verb, subject=endpoint, at=now, data=data)
