"""The lines of a bank file as rows, before they are stored: which of them are about us. BK7."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from payouts.gateways.camt import AccountFile, Booking, short
from payouts.gateways.pain002 import StatusReport
from payouts.models import BankEntry, Batch, EntryKind, EntryState, Item, ItemStatus, Rail
from payouts.queries.bank_matching import BATCH, ON_THE_ACCOUNT, PAYOUT, payouts_named


def status_lines(report: StatusReport) -> list[BankEntry]:
    """Return the refusals of a status report: of single payments, or one of the whole file."""
    if report.is_refused_whole:
        return [_refusal_of_all(report)]
    refused = {one.end_to_end_id: one for one in report.payments if one.is_refused}
    amounts = {item.reference: item for item in Item.objects.filter(pk__in=payouts_named(refused))}
    lines = []
    for end_to_end_id, one in refused.items():
        item = amounts.get(end_to_end_id)
        own = item.amount if item is not None else None
        amount = one.amount or own
        lines.append(
            BankEntry(
                reference=short(f"R:{end_to_end_id}"),
                kind=EntryKind.REJECTED,
                end_to_end_id=end_to_end_id,
                amount_minor=amount.minor if amount else 0,
                currency=amount.currency if amount else "",
                booked_on=report.created_on,
                reason_code=one.reason_code,
                text=one.text[:300],
                state=EntryState.UNMATCHED,
            )
        )
    return lines


def _refusal_of_all(report: StatusReport) -> BankEntry:
    batch = Batch.objects.filter(reference=report.original_message_id).first()
    return BankEntry(
        reference=short(f"R:{report.original_message_id}"),
        kind=EntryKind.REJECTED,
        end_to_end_id=report.original_message_id[:35],
        amount_minor=batch.total_minor if batch else 0,
        currency=batch.currency if batch else "",
        booked_on=report.created_on,
        reason_code=report.reason_code,
        text=report.text[:300],
        state=EntryState.UNMATCHED,
    )


def account_lines(file: AccountFile) -> list[BankEntry]:
    """Return the bookings of a file. What is not about payouts is kept without its text."""
    bookings = file.bookings
    by_rail = _by_rail_reference(bookings)
    ids = [_end_to_end_id(one, by_rail) for one in bookings]
    nameless = [one for one, own in zip(bookings, ids, strict=True) if not own]
    leaving, coming = _amounts_of_payouts(nameless)
    lines = []
    for one, own in zip(bookings, ids, strict=True):
        alike = leaving if one.amount.minor < 0 else coming
        is_ours = bool(PAYOUT.fullmatch(own) or BATCH.fullmatch(own))
        is_like_ours = not own and abs(one.amount.minor) in alike
        lines.append(_line(one, own, is_about_us=is_ours or is_like_ours))
    return lines


def _line(one: Booking, end_to_end_id: str, *, is_about_us: bool) -> BankEntry:
    kind = EntryKind.BOOKED if one.amount.minor < 0 else EntryKind.RETURNED
    return BankEntry(
        reference=one.reference,
        kind=kind if is_about_us else EntryKind.OTHER,
        end_to_end_id=end_to_end_id,
        amount_minor=one.amount.minor,
        currency=one.amount.currency,
        booked_on=one.booked_on,
        reason_code=one.reason_code,
        text=one.text if is_about_us else "",
        state=EntryState.UNMATCHED if is_about_us else EntryState.IGNORED,
    )


def _end_to_end_id(one: Booking, by_rail: dict[str, str]) -> str:
    """Return the id of ours that a booking carries, wherever the bank put it; else its own."""
    if PAYOUT.fullmatch(one.end_to_end_id):
        return one.end_to_end_id
    if one.end_to_end_id in by_rail:
        return by_rail[one.end_to_end_id]
    if not one.end_to_end_id:
        in_text = PAYOUT.search(one.text)
        if in_text:
            return in_text[0]
        if BATCH.fullmatch(one.batch_reference):
            return one.batch_reference
    return one.end_to_end_id


def _by_rail_reference(bookings: Iterable[Booking]) -> dict[str, str]:
    """Return our ids by the references under which payouts were made by hand."""
    named = {one.end_to_end_id for one in bookings if one.end_to_end_id}
    made = Item.objects.filter(batch__rail=Rail.MANUAL, rail_reference__in=named)
    return {item.rail_reference: item.reference for item in made}


def _amounts_of_payouts(bookings: Sequence[Booking]) -> tuple[set[int], set[int]]:
    """Return the amounts of payouts on their way, and of those that may come back, in use here."""
    amounts = {abs(one.amount.minor) for one in bookings}
    ours = Item.objects.filter(batch__rail__in=ON_THE_ACCOUNT, amount_minor__in=amounts)
    leaving = set(ours.filter(status=ItemStatus.SENT).values_list("amount_minor", flat=True))
    coming = set(ours.filter(status__in=Item.PAID).values_list("amount_minor", flat=True))
    return leaving, coming


def in_single_payouts(
    entries: Collection[BankEntry],
) -> tuple[list[BankEntry], list[BankEntry]]:
    """Return the lines by which a bank booked a whole batch at once, and the payouts in each.

    Only where the amount is that of everything that left, with or without what was refused.
    """
    parted, parts = [], []
    for entry in entries:
        if entry.kind != EntryKind.BOOKED or not BATCH.fullmatch(entry.end_to_end_id):
            continue
        left = list(
            Item.objects.filter(
                batch__reference=entry.end_to_end_id, status__in=Item.LEFT
            ).order_by("pk")
        )
        accepted = [item for item in left if item.status != ItemStatus.RETURNED]
        for chosen in (left, accepted):
            if chosen and sum(item.amount_minor for item in chosen) == -entry.amount_minor:
                parted.append(entry)
                parts += [_part(entry, item) for item in chosen]
                break
    return parted, parts


def _part(entry: BankEntry, item: Item) -> BankEntry:
    return BankEntry(
        file=entry.file,
        reference=short(f"{entry.reference}/{item.reference}"),
        kind=EntryKind.BOOKED,
        end_to_end_id=item.reference,
        amount_minor=-item.amount_minor,
        currency=entry.currency,
        booked_on=entry.booked_on,
        text=entry.end_to_end_id,
        state=EntryState.UNMATCHED,
    )
