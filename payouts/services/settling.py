"""What a line of a bank file does to the payout that it is about. Rules BK8 to BK12."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, time

from core.domain.paris import PARIS
from core.money import Money
from payouts.gateways.bank_reasons import reason_words
from payouts.gateways.camt import short
from payouts.models import BankEntry, EntryKind, EntryState, Item, ItemStatus
from payouts.queries.bank_matching import known_of, payouts_named, why_not
from payouts.services import bank_mails
from payouts.services.item_returns import record_return
from payouts.services.ledger import BANK, CLEARING, Leg, Posting, move, post_all

_LONGEST_REASON = 140


def settle(entries: Sequence[BankEntry], *, now: datetime) -> int:
    """Match stored lines with the payouts that they name, and do what they say; return how many.

    The caller is in a transaction. Bookings come first: what is on the account can come back.
    """
    waiting = [one for one in entries if one.state == EntryState.UNMATCHED]
    matched = 0
    for kinds in ((EntryKind.BOOKED,), (EntryKind.REJECTED, EntryKind.RETURNED)):
        matched += _settle([one for one in waiting if one.kind in kinds], now)
    return matched


def _settle(entries: Sequence[BankEntry], now: datetime) -> int:
    items = {item.reference: item for item in locked_items(payouts_named(
        one.end_to_end_id for one in entries
    ))}  # fmt: skip
    known = known_of(list(items.values()))
    done, told_twice, postings, settled = [], [], [], []
    for entry in entries:
        item = items.get(entry.end_to_end_id)
        if item is None:
            continue
        if known.is_told_twice(entry, item):
            told_twice.append(entry.pk)
            continue
        if why_not(entry, item, known):
            continue
        entry.item, entry.state = item, EntryState.MATCHED
        known.add(entry, item)
        done.append(entry)
        if entry.kind != EntryKind.BOOKED:
            _give_back(entry, item, now)
            continue
        postings.append(_through_the_account(entry, item, now))
        if item.status == ItemStatus.SENT:
            item.move_to(ItemStatus.SETTLED, at=now)
            settled.append(item)
    post_all(postings, now=now)
    Item.objects.bulk_update(settled, ["status", "status_changed_at"], batch_size=500)
    BankEntry.objects.filter(pk__in=told_twice).delete()  # It stands in the file before.
    BankEntry.objects.bulk_update(done, ["item", "state"], batch_size=500)
    return len(done)


def take_for(entry: BankEntry, item: Item, *, now: datetime) -> None:
    """Do what a line says to the payout that a person names. Both rows are locked."""
    entry.item, entry.state = item, EntryState.MATCHED
    if entry.kind == EntryKind.BOOKED:
        post_all([_through_the_account(entry, item, now)], now=now)
        if item.status == ItemStatus.SENT:
            item.move_to(ItemStatus.SETTLED, at=now)
            item.save(update_fields=["status", "status_changed_at"])
    else:
        _give_back(entry, item, now)
    entry.save(update_fields=["item", "state", "kind"])


def locked_items(ids: Iterable[int]) -> list[Item]:
    """Return payouts with their rows locked until commit, by id, each with its batch."""
    rows = Item.objects.select_for_update(of=("self",)).select_related("batch")
    return list(rows.filter(pk__in=list(ids)).order_by("pk"))


def _give_back(entry: BankEntry, item: Item, now: datetime) -> None:
    """Make due again what did not arrive. What was refused before only comes to the account."""
    is_on_account = entry.kind == EntryKind.RETURNED
    if is_on_account and item.status != ItemStatus.SETTLED:
        post_all([_through_the_account(entry, item, now)], now=now)
    if item.status == ItemStatus.RETURNED:
        return
    amount = Money(entry.amount_minor if is_on_account else item.amount_minor, item.currency)
    reason = " ".join(filter(None, [entry.reason_code, reason_words(entry.reason_code)]))
    record_return(
        item_id=item.pk,
        reference=return_reference(entry),
        amount=amount,
        reason=reason[:_LONGEST_REASON],
        at=_moment(entry, now),
        now=now,
    )
    item.refresh_from_db(fields=["status", "status_changed_at"])
    bank_mails.refused(
        item, amount, reason_code=entry.reason_code, reference=return_reference(entry), now=now
    )


def return_reference(entry: BankEntry) -> str:
    """Return what a return is called that this line told: another one after it was taken off."""
    again = f":{entry.unmatched}" if entry.unmatched else ""
    return short(f"{entry.reference}{again}")


def account_key(entry: BankEntry) -> str:
    """Return under which key the line moves money through the account, where it does."""
    again = f":{entry.unmatched}" if entry.unmatched else ""
    return f"camt:{short(entry.reference)}{again}"


def _through_the_account(entry: BankEntry, item: Item, now: datetime) -> Posting:
    """Return the move between the rail's clearing account and the bank's, as the line says."""
    leg = Leg(
        debit=CLEARING[item.batch.rail],
        credit=BANK,
        amount=Money(-entry.amount_minor, entry.currency),
    )
    kind = "settled" if entry.kind == EntryKind.BOOKED else "given_back"
    return move(account_key(entry), kind, leg, _moment(entry, now))


def _moment(entry: BankEntry, now: datetime) -> datetime:
    """Return noon of the day of booking at the bank, or now where that is still to come."""
    return min(datetime.combine(entry.booked_on, time(12), PARIS), now)
