"""A batch that Stripe pays: started, sent by many hands, looked up where nothing is known.

Rules ST7 to ST19 in ``docs/rules/stripe.md``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import Money
from core.nudge import nudge
from payouts.domain.calendar import bank_date
from payouts.gateways import stripe as gateway
from payouts.gateways.rail import Answer, Found, Order, PayoutRail, RailUnavailable, Verdict
from payouts.models import Batch, BatchStatus, Difference, DifferenceState, Item, ItemStatus, Rail
from payouts.services import executing, stripe_accounts
from payouts.services.comparisons.stripe import HORIZON
from payouts.services.payout_stops import PayoutsStopped
from payouts.services.stripe_accounts import StripeRefused, told_when_silent

log = logging.getLogger(__name__)

Clock = Callable[[], datetime]
#: Payouts that one worker has at once, for each of its hands.
PER_HAND = 2
#: A run ends after this; the next tick goes on.
LONGEST = timedelta(minutes=10)
_RUN_LOCK = 0x53545250


def due(*, now: datetime) -> list[int]:
    """Return the approved Stripe batches whose day has come, by id."""
    if not gateway.is_configured():
        return []
    waiting = Batch.objects.filter(
        rail=Rail.STRIPE, status=BatchStatus.APPROVED, execution_date__lte=bank_date(now)
    )
    return list(waiting.order_by("pk").values_list("pk", flat=True))


def under_way() -> list[int]:
    """Return the Stripe batches of which something is to leave, or may be on its way, by id."""
    if not gateway.is_configured():
        return []
    batches = Batch.objects.filter(rail=Rail.STRIPE)
    executing_now = batches.filter(status=BatchStatus.EXECUTING)
    left_behind = batches.filter(status=BatchStatus.CANCELLED, items__status=ItemStatus.SENDING)
    return sorted(
        {*executing_now.values_list("pk", flat=True), *left_behind.values_list("pk", flat=True)}
    )


def start(
    *, batch_id: int, actor_id: int | None = None, now: datetime, rail: PayoutRail | None = None
) -> Batch:
    """Begin an approved batch; it pauses at once while Stripe holds too little money for it.

    :raises PayoutsStopped, NotApproved, ContentChanged, InvalidTransition: see
        :func:`executing.begin`.
    :raises StripeRefused: for a batch of another rail, or where Stripe is not set up.
    :raises StripeSilent: when Stripe cannot be asked for its balance; nothing begins.
    """
    batch = Batch.objects.get(pk=batch_id)
    if batch.rail != Rail.STRIPE or not gateway.is_configured():
        raise StripeRefused(_("This batch is not paid through Stripe, or Stripe is not set up."))
    available = _available(rail or gateway.connect(), batch)
    batch = executing.begin(batch_id=batch_id, actor_id=actor_id, now=now)
    needed = executing.still_to_leave(batch)
    if available.minor < needed.minor:
        return executing.halt(batch_id=batch_id, reason=_awaiting(available, needed), now=now)
    nudge("payouts.tasks.run_stripe_batches")
    return batch


def run(
    *,
    batch_id: int,
    clock: Clock,
    rail: PayoutRail | None = None,
    hands: int | None = None,
    lease: timedelta = executing.LEASE,
    alone: bool = True,
) -> None:
    """Send what waits in a batch, until nothing does or ten minutes are over.

    Safe to run twice, at once, and after any death: see :mod:`payouts.services.executing`.
    ``alone``: do nothing while another worker runs the batch, so that Stripe is not asked by
    twice as many ``hands`` (calls at once) as were set.
    """
    rail, hands = rail or gateway.connect(), hands or settings.STRIPE_PARALLEL
    with _run_lock(batch_id) if alone else nullcontext(True) as is_ours:
        if not is_ours:
            return
        try:
            if _adopt_unknown(batch_id, rail, clock) and _is_funded(batch_id, rail, clock):
                _send_all(batch_id, clock, rail, hands, lease)
        except PayoutsStopped as stopped:
            executing.halt(batch_id=batch_id, reason=str(stopped), now=clock())
        except RailUnavailable as silence:
            log.warning("Stripe did not answer, batch %s waits for the tick: %s", batch_id, silence)
        executing.finish(batch_id=batch_id, now=clock())
    nudge("payouts.tasks.issue_statements")


def _send_all(batch_id: int, clock: Clock, rail: PayoutRail, hands: int, lease: timedelta) -> None:
    until = clock() + LONGEST
    with ThreadPoolExecutor(hands) as pool:
        while clock() < until:
            claimed = executing.claim(
                batch_id=batch_id, limit=hands * PER_HAND, now=clock(), lease=lease
            )
            if not claimed:
                return
            # What is on its way is written down, whatever becomes of the others.
            for order, answer in zip(
                claimed.orders, pool.map(rail.send, claimed.orders), strict=True
            ):
                _write(order, answer, batch_id, rail, clock)
            for order in claimed.to_look_up:
                look_up(order, batch_id=batch_id, rail=rail, now=clock())
            why = executing.why_pause(Batch.objects.get(pk=batch_id))
            if why:
                executing.halt(batch_id=batch_id, reason=why, now=clock())


def _write(order: Order, answer: Answer, batch_id: int, rail: PayoutRail, clock: Clock) -> None:
    executing.record(order=order, answer=answer, now=clock())
    if answer.verdict == Verdict.STORED:
        look_up(order, batch_id=batch_id, rail=rail, now=clock())
    elif answer.verdict == Verdict.REFUSED:
        _read_anew(order.destination, clock())
    elif answer.verdict in (Verdict.UNFUNDED, Verdict.SHUT):
        reason = (
            _("Stripe holds too little money: top it up.")
            if answer.verdict == Verdict.UNFUNDED
            else _("Stripe refuses our key: %(said)s") % {"said": answer.message}
        )
        executing.halt(batch_id=batch_id, reason=reason, now=clock())


def _read_anew(account: str, now: datetime) -> None:
    """Learn what became of an account that was refused, so that its gate turns red."""
    try:
        stripe_accounts.refresh(account=account, now=now)
    except RailUnavailable as silence:
        log.warning("Account %s could not be read: %s", account, silence)


def look_up(order: Order, *, batch_id: int, rail: PayoutRail, now: datetime) -> bool:
    """Ask Stripe whether a payout was made: adopt it, or leave it to people; True if it was.

    :raises RailUnavailable: when Stripe gives no answer; nothing changes.
    """
    for found in rail.made_of(order.group, order.destination):
        if found.item_id == order.item_id:
            if executing.adopt(found=found, batch_id=batch_id, now=now):
                return True
            executing.set_unknown(
                order=order,
                reason=_("Stripe made it with another amount: %(reference)s.")
                % {"reference": found.reference},
                now=now,
            )
            return False
    executing.set_unknown(
        order=order,
        reason=_("Stripe was asked for it, gave no clear answer, and lists no such payment."),
        now=now,
    )
    return False


def settle_left_behind(*, batch_id: int, clock: Clock, rail: PayoutRail | None = None) -> None:
    """Look up what was on its way when a batch paused, and adopt what Stripe made.

    Nothing is sent. What Stripe does not list waits: the batch may still go on with its key.
    """
    rail = rail or gateway.connect()
    batch = Batch.objects.get(pk=batch_id)
    if batch.status != BatchStatus.PAUSED:
        return
    items = batch.items.filter(status=ItemStatus.SENDING).exclude(lease_until__gt=clock())
    for item in items.order_by("pk"):
        try:
            for found in rail.made_of(batch.reference, item.stripe_account):
                executing.adopt(found=found, batch_id=batch_id, now=clock())
        except RailUnavailable as silence:
            log.warning("%s could not be looked up: %s", item, silence)


def _is_funded(batch_id: int, rail: PayoutRail, clock: Clock) -> bool:
    batch = Batch.objects.get(pk=batch_id)
    available, needed = rail.available(batch.currency), executing.still_to_leave(batch)
    if available.minor < needed.minor:
        executing.halt(batch_id=batch_id, reason=_awaiting(available, needed), now=clock())
    return available.minor >= needed.minor


def _adopt_unknown(batch_id: int, rail: PayoutRail, clock: Clock) -> bool:
    """Compare with Stripe before anything leaves: our tables may be an older copy of themselves.

    What Stripe made and our tables do not know is adopted if all of it is of this batch.
    Otherwise none of it is, the batch pauses, and pauses again, until people explained the rest.
    """
    batch = Batch.objects.get(pk=batch_id)
    if batch.status != BatchStatus.EXECUTING:
        return False
    # The oldest first: whoever dies half-way, or looks meanwhile, still finds the newest unknown.
    unknown = list(_unknown(batch, rail, clock()))[::-1]
    items = batch.items.in_bulk([found.item_id for found in unknown])
    strange = [found for found in unknown if not _is_adoptable(found, items.get(found.item_id))]
    if not strange:
        strange = [
            found
            for found in unknown
            if not executing.adopt(found=found, batch_id=batch_id, now=clock())
        ]
    if strange:
        reason = ngettext(
            "Stripe made a payment that our books do not know (%(reference)s). Nothing leaves"
            " until it is explained under Reconciliation.",
            "Stripe made %(count)s payments that our books do not know, the last one"
            " %(reference)s. Nothing leaves until they are explained under Reconciliation.",
            len(strange),
        )
        said = {"count": len(strange), "reference": strange[-1].reference}
        executing.halt(batch_id=batch_id, reason=reason % said, now=clock())
    return not strange


def _unknown(batch: Batch, rail: PayoutRail, now: datetime) -> Iterator[Found]:
    """Yield what Stripe made for payouts of any batch and our tables do not know, newest first.

    What is older than the newest that we know, we know too. What people made at Stripe by hand
    concerns us only under the batch's own number.
    """
    explained = Difference.objects.filter(state=DifferenceState.EXPLAINED)
    on_its_way = Item.objects.filter(status__in=[ItemStatus.SENDING, ItemStatus.UNKNOWN])
    for found in rail.made_since(now - HORIZON):
        if Item.objects.filter(rail_reference=found.reference).exists():
            return
        if not found.item_id and found.group != batch.reference:
            continue
        if on_its_way.filter(pk=found.item_id, stripe_account=found.destination).exists():
            continue
        if not explained.filter(key=f"stripe:{found.reference}").exists():
            yield found


def _is_adoptable(found: Found, item: Item | None) -> bool:
    """Tell whether a payment is that of a payout which may have left, or was just adopted."""
    if item is None or not executing.is_of(found, item):
        return False
    return item.rail_reference == found.reference or item.status in executing.ADOPTABLE


def _available(rail: PayoutRail, batch: Batch) -> Money:
    with told_when_silent():
        return rail.available(batch.currency)


def _awaiting(available: Money, needed: Money) -> str:
    return _("Awaiting funds: %(needed)s are to leave, and Stripe holds %(available)s.") % {
        "needed": needed,
        "available": available,
    }


@contextmanager
def _run_lock(batch_id: int) -> Iterator[bool]:
    """Hold the right to run a batch while the worker lives; its death gives it back."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [_RUN_LOCK, batch_id])
        [is_ours] = cursor.fetchone() or [False]
    try:
        yield is_ours
    finally:
        if is_ours:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [_RUN_LOCK, batch_id])
