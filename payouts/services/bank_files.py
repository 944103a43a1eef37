"""Files that come from the bank: kept as they came, read once, matched with payouts.

The rules are numbered BK1 to BK14 and BK21 in ``docs/rules/bank-files.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, locks
from core.errors import DomainError
from core.file_names import kept_name
from core.models import User
from payouts.gateways.bank_xml import BankFileRefused, read_message
from payouts.gateways.camt import AccountFile, AccountStatement, read_account_file
from payouts.gateways.pain002 import read_status_report
from payouts.models import (
    BankEntry,
    BankFile,
    BankFileKind,
    Batch,
    DebtorAccount,
    EntryKind,
    EntryState,
    Item,
    ItemStatus,
)
from payouts.queries.approvals import has_approved
from payouts.queries.bank_matching import BATCH, known_of, why_not
from payouts.services.bank_lines import account_lines, in_single_payouts, status_lines
from payouts.services.items import FourEyesRefused, required_reason
from payouts.services.settling import locked_items, settle, take_for

__all__ = ["BankFileRefused", "EntryRefused", "Received", "match", "receive", "return_whole",
           "set_aside", "try_again"]  # fmt: skip

_LOCK = 0x42414E4B
_NAME_LENGTH = 120


class EntryRefused(DomainError):
    """A line of a bank file cannot be taken for what a person says it is."""

    code = "bank_entry_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A file, and what became of its lines. ``known``: they were in another file before."""

    file: BankFile
    is_new: bool
    known: int = 0


@transaction.atomic
def receive(*, name: str, body: bytes, actor_id: int | None, now: datetime) -> Received:
    """Keep a file of the bank, and do what it says: all of it, or nothing (BK1 to BK9).

    The same bytes again change nothing, and return the file that is kept.

    :raises BankFileRefused: for a file that is no message of a bank to us, or not whole.
    """
    # One file at a time: the same booking may stand in two of them.
    locks.hold(_LOCK)
    sha256 = hashlib.sha256(body).hexdigest()
    kept = BankFile.objects.filter(sha256=sha256).first()
    if kept is not None:
        return Received(file=kept, is_new=False)
    kind, _message = read_message(body)
    actor = User.objects.get(pk=actor_id) if actor_id is not None else None
    file = BankFile(
        kind=kind,
        name=kept_name(name, most=_NAME_LENGTH, otherwise="file.xml"),
        body=body,
        sha256=sha256,
        received_at=now,
        received_by=actor,
    )
    if kind == BankFileKind.STATUS:
        report = read_status_report(body)
        file.message_id = report.message_id[:80]
        lines = status_lines(report)
    else:
        account_file = read_account_file(body)
        _refuse_other_accounts(account_file)
        file.message_id = account_file.message_id
        _note_balances(file, account_file.statements)
        lines = account_lines(account_file)
    file.save(force_insert=True)
    known = _store(file, lines)
    matched = _settle(file, now)
    audit.record(
        actor=actor,
        verb="bank_file.received",
        subject=file,
        at=now,
        data={"sha256": sha256, "lines": len(lines), "known": known, "matched": matched},
    )
    return Received(file=file, is_new=True, known=known)


@transaction.atomic
def try_again(*, file_id: int, actor_id: int, now: datetime) -> int:
    """Look again at the lines of a file that found no payout; return how many do now (BK9)."""
    file = BankFile.objects.get(pk=file_id)
    matched = _settle(file, now)
    if matched:
        audit.record(
            actor=actor_id,
            verb="bank_file.matched",
            subject=file,
            at=now,
            data={"matched": matched},
        )
    return matched


@transaction.atomic
def match(*, entry_id: int, item_id: int, actor_id: int, reason: str, now: datetime) -> BankEntry:
    """Take a line for a payout that it does not name, because a person says so (BK10).

    Safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises EntryRefused: when the line cannot be about this payout, or is dealt with.
    """
    why = required_reason(reason)
    entry = BankEntry.objects.select_for_update().get(pk=entry_id)
    if entry.state == EntryState.MATCHED and entry.item_id == item_id:
        return entry
    _refuse_dealt_with(entry)
    [item] = locked_items([item_id])
    if entry.kind == EntryKind.OTHER:
        entry.kind = EntryKind.BOOKED if entry.amount_minor < 0 else EntryKind.RETURNED
    why_cannot = why_not(entry, item, known_of([item]), by_hand=True)
    if why_cannot:
        raise EntryRefused(why_cannot)
    take_for(entry, item, now=now)
    data = {"item": item.reference, "amount_minor": entry.amount_minor}
    audit.record(
        actor=actor_id, verb="bank_entry.matched", subject=entry, at=now, reason=why, data=data
    )
    return entry


@transaction.atomic
def set_aside(*, entry_id: int, actor_id: int, reason: str, now: datetime) -> BankEntry:
    """Say that a line is not about our payouts, or was dealt with (BK10). Safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises EntryRefused: when it is matched already.
    """
    why = required_reason(reason)
    entry = BankEntry.objects.select_for_update().get(pk=entry_id)
    if entry.state == EntryState.IGNORED:
        return entry
    _refuse_dealt_with(entry)
    entry.state = EntryState.IGNORED
    entry.save(update_fields=["state"])
    audit.record(actor=actor_id, verb="bank_entry.set_aside", subject=entry, at=now, reason=why)
    return entry


@transaction.atomic
def return_whole(*, entry_id: int, actor_id: int, reason: str, now: datetime) -> int:
    """Return every payout of a batch whose file the bank refused after it was marked as sent.

    It takes a second person: neither who brought the bank's answer in, nor who approved the
    batch (BK12). Returns how many payouts it returned; safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises FourEyesRefused: for one of those two.
    :raises EntryRefused: for another line, or a batch that is not sent.
    """
    why = required_reason(reason)
    entry = (
        BankEntry.objects.select_for_update(of=("self",)).select_related("file").get(pk=entry_id)
    )
    batch = Batch.objects.filter(reference=entry.end_to_end_id).first()
    is_refusal = entry.kind == EntryKind.REJECTED and BATCH.fullmatch(entry.end_to_end_id)
    if not is_refusal or batch is None:
        raise EntryRefused(_("This line does not refuse a whole file."))
    if batch.status not in Batch.DONE:
        raise EntryRefused(
            _("The batch is not marked as sent: say on its page that the file was refused.")
        )
    refuse_same_person(entry, batch, actor_id)
    sent = list(batch.items.filter(status=ItemStatus.SENT).order_by("pk"))
    lines = [_line_of(entry, item) for item in sent]
    fresh = _fresh(lines)
    BankEntry.objects.bulk_create(fresh)
    matched = settle(fresh, now=now)
    entry.state = EntryState.IGNORED
    entry.save(update_fields=["state"])
    data = {"batch": batch.reference, "payouts": matched}
    audit.record(
        actor=actor_id,
        verb="bank_entry.batch_returned",
        subject=entry,
        at=now,
        reason=why,
        data=data,
    )
    return matched


def refuse_same_person(entry: BankEntry, batch: Batch, actor_id: int) -> None:
    """Do nothing when this person may return all of ``batch``.

    :raises FourEyesRefused: when they brought the answer in, or approved the batch.
    """
    if has_approved(batch, actor_id) or entry.file.received_by_id == actor_id:
        raise FourEyesRefused(
            _("You approved the batch or brought in the bank's answer: another person returns it.")
        )


def _line_of(entry: BankEntry, item: Item) -> BankEntry:
    return BankEntry(
        file=entry.file,
        reference=f"R:{item.reference}",
        kind=EntryKind.REJECTED,
        end_to_end_id=item.reference,
        amount_minor=item.amount_minor,
        currency=item.currency,
        booked_on=entry.booked_on,
        reason_code=entry.reason_code,
        text=entry.text,
        state=EntryState.UNMATCHED,
    )


def _refuse_other_accounts(file: AccountFile) -> None:
    """Do nothing for statements of the accounts that payouts leave from.

    :raises BankFileRefused: for those of another account.
    """
    ours = {account.iban for account in DebtorAccount.objects.all()}
    for statement in file.statements:
        if ours and statement.iban and statement.iban not in ours:
            raise BankFileRefused(
                _("The account •••• %(last4)s in the file is not one that payouts leave from:"
                  " choose the statement of the paying account.")
                % {"last4": statement.iban[-4:]}
            )  # fmt: skip


def _note_balances(file: BankFile, statements: Sequence[AccountStatement]) -> None:
    """Note from the first opening to the last closing balance; of one account only."""
    if file.kind != BankFileKind.STATEMENT or len({one.iban for one in statements}) > 1:
        return
    first, last = statements[0], statements[-1]
    file.day = last.day
    if first.opening is not None:
        file.opening_minor, file.currency = first.opening.minor, first.opening.currency
    if last.closing is not None:
        file.closing_minor, file.currency = last.closing.minor, last.closing.currency


def _store(file: BankFile, lines: Sequence[BankEntry]) -> int:
    """Keep the lines that no other file had; return how many one had."""
    fresh = _fresh(lines)
    for line in fresh:
        line.file = file
    BankEntry.objects.bulk_create(fresh, batch_size=1_000)
    return len(lines) - len(fresh)


def _fresh(lines: Sequence[BankEntry]) -> list[BankEntry]:
    references = [line.reference for line in lines]
    known = set(
        BankEntry.objects.filter(reference__in=references).values_list("reference", flat=True)
    )
    return [line for line in lines if line.reference not in known]


def _settle(file: BankFile, now: datetime) -> int:
    waiting = list(
        file.entries.select_for_update()
        .filter(state=EntryState.UNMATCHED, unmatched=0)  # BK21.
        .order_by("pk")
    )
    parted, parts = in_single_payouts(waiting)
    if parted:
        # The payments of one line of the statement take its place.
        BankEntry.objects.filter(pk__in=[one.pk for one in parted]).delete()
        parts = _fresh(parts)
        BankEntry.objects.bulk_create(parts, batch_size=1_000)
    gone = {one.reference for one in parted}
    return settle([*(one for one in waiting if one.reference not in gone), *parts], now=now)


def _refuse_dealt_with(entry: BankEntry) -> None:
    if entry.state == EntryState.MATCHED:
        raise EntryRefused(_("The line is matched with a payout already."))
