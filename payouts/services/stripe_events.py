"""What Stripe tells us: kept once, answered at once, and worked off by reading anew (ST24 to ST30).

No message is believed. It says what to look at; what is written is what Stripe says of that then,
so that messages may come twice, late, and in any order.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

import stripe
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import AuditEntry
from payouts.gateways import stripe as gateway
from payouts.gateways.rail import Found, RailUnavailable
from payouts.gateways.stripe import Reversal, StripeRail
from payouts.models import Item, StripeAccount, StripeEvent
from payouts.services import executing, stripe_accounts, stripe_mails
from payouts.services.item_returns import record_return

log = logging.getLogger(__name__)

SNAPSHOT, THIN = "snapshot", "thin"
KINDS = (SNAPSHOT, THIN)
TRANSFER, PAYOUT, ACCOUNT = "transfer.", "payout.", "account"
#: A message that failed so often is left to people: it stands with its error in the table.
ATTEMPTS = 12
BANK_FAILED = "stripe.bank_failed"


class MessageRefused(DomainError):
    """A message that is not Stripe's, is too old, or is of the other mode."""

    code = "message_refused"


def receive(*, kind: str, body: bytes, signature: str, now: datetime) -> bool:
    """Keep a message of Stripe's, once; False if it was there. ``kind``: snapshot or thin.

    :raises MessageRefused: unless one of our secrets signed exactly these bytes just now.
    """
    said = _verified(kind, body, signature)
    if bool(said.get("livemode")) != (settings.STRIPE_MODE == "live"):
        raise MessageRefused("This message is of the other mode.")
    subject = _subject(said, kind)
    _event, created = StripeEvent.objects.get_or_create(
        event=str(said["id"])[:80],
        defaults={
            "kind": str(said["type"])[:120],
            "account": str(said.get("account") or "")[:60],
            "subject": subject[:80],
            "received_at": now,
        },
    )
    return created


def _verified(kind: str, body: bytes, signature: str) -> dict[str, Any]:
    for secret in settings.STRIPE_WEBHOOK_SECRETS:
        try:
            stripe.WebhookSignature.verify_header(body.decode(), signature, secret, 300)
        except (stripe.SignatureVerificationError, UnicodeDecodeError):
            continue
        said = _read(body)
        is_thin = said.get("object") == "v2.core.event"
        if said.get("id") and said.get("type") and is_thin == (kind == THIN):
            return said
        break
    raise MessageRefused("This is no message of Stripe's for this address.")


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return _part(said)


def _part(found: Any) -> dict[str, Any]:
    """Return an object of a message; an empty one where something else is."""
    return found if isinstance(found, dict) else {}


def _subject(said: dict[str, Any], kind: str) -> str:
    if kind == THIN:
        return str(_part(said.get("related_object")).get("id") or "")
    about = _part(_part(said.get("data")).get("object"))
    if str(said["type"]).startswith(("capability.", "account.external_account")):
        return str(about.get("account") or said.get("account") or "")
    return str(about.get("id") or "")


def work_off(*, now: datetime, limit: int = 100, rail: StripeRail | None = None) -> int:
    """Handle the messages that wait; return how many were. One that fails waits for its turn."""
    waiting = StripeEvent.objects.filter(handled_at__isnull=True, attempts__lt=ATTEMPTS)
    done = 0
    for pk in list(waiting.order_by("attempts", "pk").values_list("pk", flat=True)[:limit]):
        try:
            done += _handle(pk, rail or gateway.connect(), now)
        except Exception as error:
            if not isinstance(error, RailUnavailable | DomainError):
                log.exception("The message %s of Stripe could not be handled.", pk)
            StripeEvent.objects.filter(pk=pk).update(
                attempts=_more(pk), error=f"{type(error).__name__}: {error}"[:500]
            )
    return done


def _more(pk: int) -> int:
    return StripeEvent.objects.values_list("attempts", flat=True).get(pk=pk) + 1


def _handle(pk: int, rail: StripeRail, now: datetime) -> bool:
    """Read first, holding nothing; then write, and count the message as handled, at once.

    Whoever else handles it meanwhile writes the same: every write looks at its own row, locked.
    """
    event = StripeEvent.objects.filter(pk=pk, handled_at__isnull=True).first()
    if event is None:
        return False
    write = _reading_of(event, rail, now)
    with transaction.atomic():
        rows = StripeEvent.objects.select_for_update(skip_locked=True)
        event = rows.filter(pk=pk, handled_at__isnull=True).first()
        if event is None:
            return False
        write()
        event.handled_at, event.error = now, ""
        event.save(update_fields=["handled_at", "error"])
    return True


def _reading_of(event: StripeEvent, rail: StripeRail, now: datetime) -> Callable[[], object]:
    """Read from Stripe what a message is about; return what writes it down.

    :raises RailUnavailable: when Stripe gives no answer.
    """
    if event.kind.startswith(TRANSFER):
        transfer = rail.transfer(event.subject)
        return lambda: _write_transfer(event.subject, *transfer, now=now)
    if event.kind.startswith(PAYOUT) and event.account:
        status, made_at = rail.payout_status(event.subject, event.account)
        return lambda: _write_payout(event, status, made_at, now)
    if event.kind.startswith((ACCOUNT, "capability.", "v2.core.account")):
        account = event.account if event.kind.startswith(ACCOUNT) else event.subject
        reading = stripe_accounts.read(account=account or event.subject, rail=rail)
        return lambda: reading and stripe_accounts.write(reading, now=now)
    return lambda: None


def read_transfer(reference: str, *, rail: StripeRail, now: datetime) -> None:
    """Write down of a transfer what Stripe says of it now: that it was made, and what came back.

    :raises RailUnavailable: when Stripe gives no answer; nothing changes.
    """
    made, reversals = rail.transfer(reference)
    with transaction.atomic():
        _write_transfer(reference, made, reversals, now=now)


def _write_transfer(
    reference: str, made: Found, reversals: Sequence[Reversal], *, now: datetime
) -> None:
    """Write that a transfer was made, and what of it came back.

    One of a batch whose answer was not written yet is matched by its payout's number.
    """
    item = Item.objects.filter(rail_reference=reference).first()
    if item is None:
        item = Item.objects.filter(pk=made.item_id).select_related("batch").first()
        if item is None or not executing.is_of(made, item) or not _is_under_way(item):
            return
        if not executing.adopt(found=made, batch_id=item.batch_id, now=now):
            return
    for one in sorted(reversals, key=lambda back: (back.at, back.reference)):
        record_return(
            item_id=item.pk,
            reference=one.reference,
            amount=one.amount,
            reason=_("Taken back at Stripe"),
            at=datetime.fromtimestamp(one.at, UTC),
            now=max(now, datetime.fromtimestamp(one.at, UTC)),
        )


def _is_under_way(item: Item) -> bool:
    """Only what was asked for may be matched by its number: a copy of old tables may say less."""
    return bool(item.idempotency_key) and item.status in ("sending", "unknown")


def _is_known(payout: str) -> bool:
    """Tell whether this failure was handled before, by another message."""
    return AuditEntry.objects.filter(verb=BANK_FAILED, data__payout=payout).exists()


def _write_payout(event: StripeEvent, status: str, made_at: int, now: datetime) -> None:
    """A payout from the payee's balance failed: their bank details are wrong. Nothing is due again.

    What was sent reached the balance, and stays there until the details are right.
    """
    account = StripeAccount.objects.select_for_update().filter(account=event.account).first()
    if account is None:
        return
    failed_at = account.bank_failed_at
    if status == "paid" and failed_at and datetime.fromtimestamp(made_at, UTC) > failed_at:
        account.bank_failed_at = None
        account.save(update_fields=["bank_failed_at"])
    if status != "failed" or _is_known(event.subject):
        return
    items = Item.objects.filter(
        status__in=Item.PAID, stripe_account=account.account, bank_failed_at__isnull=True
    )
    newest = items.order_by("-status_changed_at", "-pk").first()
    if newest is not None:
        Item.objects.filter(pk=newest.pk).update(bank_failed_at=now)
    if account.bank_failed_at is None:
        account.bank_failed_at = now
        account.save(update_fields=["bank_failed_at"])
    audit.record(
        actor=None,
        verb=BANK_FAILED,
        subject=account,
        at=now,
        data={"payout": event.subject, "affiliate_id": account.affiliate_id},
    )
    stripe_mails.bank_failed(account, reference=event.subject, now=now)
