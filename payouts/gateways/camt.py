"""Account statements (``camt.053``) and notifications (``camt.054``). Rules BK4 to BK6."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext as _
from lxml import etree

from core.money import Money
from payouts.gateways.bank_xml import (
    MOST_ENTRIES,
    BankFileRefused,
    day_at,
    money_at,
    needed,
    not_whole,
    read_message,
    text_at,
)

BOOKED = "BOOK"
_NONE = frozenset({"", "NOTPROVIDED", "NOTAVAILABLE", "NONREF"})
_RETURN_FAMILY = "RRTN"
#: As long as the keys of what it causes may be.
_LONGEST_REFERENCE = 80
_LONGEST_TEXT = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """One line of an account. ``amount`` below zero: money that left.

    ``reference`` is the bank's, made so that the same booking has the same one in every file.
    """

    reference: str
    booked_on: date
    amount: Money
    end_to_end_id: str
    batch_reference: str
    is_return: bool
    reason_code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStatement:
    """What happened on one account; balances and their day only where the file has them."""

    iban: str
    opening: Money | None
    closing: Money | None
    day: date | None
    bookings: tuple[Booking, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountFile:
    """A file of one account or several. ``kind`` is camt.053 or camt.054."""

    kind: str
    message_id: str
    statements: tuple[AccountStatement, ...]

    @property
    def bookings(self) -> tuple[Booking, ...]:
        return tuple(one for statement in self.statements for one in statement.bookings)


def read_account_file(body: bytes) -> AccountFile:
    """Read a ``camt.053`` or ``camt.054`` file, of version 2 to 13. Only what is booked counts.

    :raises BankFileRefused: when it is another file, not whole, or does not add up.
    """
    kind, message = read_message(body)
    if kind == "pain.002":
        raise BankFileRefused(_("This is no statement: choose a camt.053 or camt.054 file."))
    message_id = needed(message, "GrpHdr/MsgId")
    found = message.findall("Stmt" if kind == "camt.053" else "Ntfctn")
    if not found:
        raise not_whole("Stmt" if kind == "camt.053" else "Ntfctn")
    if sum(len(one.findall("Ntry")) for one in found) > MOST_ENTRIES:
        raise BankFileRefused(
            _("The file has more than %(most)s lines: ask the bank for several files.")
            % {"most": MOST_ENTRIES}
        )
    statements = _with_references([_statement(one) for one in found], message_id)
    return AccountFile(kind=kind, message_id=message_id[:80], statements=statements)


def _statement(found: etree._Element) -> AccountStatement:
    balances = {}
    for balance in found.findall("Bal"):
        amount = money_at(balance, "Amt")
        if amount is None:
            raise not_whole("Bal/Amt")
        code = text_at(balance, "Tp/CdOrPrtry/Cd", "Tp/CdOrPrtry/Prtry")
        balances[code] = (_signed(balance, amount), day_at(balance, "Dt/Dt", "Dt/DtTm", "Dt"))
    opening = balances.get("OPBD") or balances.get("PRCD")
    closing = balances.get("CLBD")
    booked = [one for one in found.findall("Ntry") if text_at(one, "Sts") == BOOKED]
    if opening and closing:
        _refuse_gap(opening[0], closing[0], booked)
    return AccountStatement(
        iban=text_at(found, "Acct/Id/IBAN").replace(" ", ""),
        opening=opening[0] if opening else None,
        closing=closing[0] if closing else None,
        day=closing[1] if closing else day_at(found, "FrToDt/ToDtTm", "CreDtTm"),
        bookings=tuple(one for entry in booked for one in _bookings(entry)),
    )


def _refuse_gap(opening: Money, closing: Money, booked: list[etree._Element]) -> None:
    """Do nothing when the entries lead from one balance to the other.

    :raises BankFileRefused: when some are missing, or changed.
    """
    moved = sum(_signed(entry, _amount(entry)).minor for entry in booked)
    if opening.minor + moved != closing.minor:
        raise BankFileRefused(
            _("The lines do not lead from the opening to the closing balance: the file is not"
              " whole. Download it from the bank again.")
        )  # fmt: skip


def _amount(entry: etree._Element) -> Money:
    amount = money_at(entry, "Amt")
    if amount is None:
        raise not_whole("Ntry/Amt")
    return amount


def _signed(element: etree._Element, amount: Money) -> Money:
    side = text_at(element, "CdtDbtInd")
    if side not in ("CRDT", "DBIT"):
        raise not_whole("CdtDbtInd")
    return amount if side == "CRDT" else -amount


def _bookings(entry: etree._Element) -> Iterator[Booking]:
    """Yield the payments of an entry; itself, where it does not name them all with amounts."""
    whole = _booking(entry, entry, _signed(entry, _amount(entry)))
    details = entry.findall("NtryDtls/TxDtls")
    if len(details) == 1:
        yield _booking(entry, details[0], whole.amount)
        return
    amounts = [money_at(one, "Amt", "AmtDtls/TxAmt/Amt") for one in details]
    known = [amount for amount in amounts if amount is not None]
    in_all = sum(amount.minor for amount in known)
    if not details or len(known) < len(details) or in_all != abs(whole.amount.minor):
        yield whole
        return
    for one, amount in zip(details, known, strict=True):
        yield _booking(entry, one, amount if whole.amount.minor > 0 else -amount)


def _booking(entry: etree._Element, detail: etree._Element, amount: Money) -> Booking:
    booked_on = day_at(entry, "BookgDt/Dt", "BookgDt/DtTm", "ValDt/Dt", "ValDt/DtTm")
    if booked_on is None:
        raise not_whole("Ntry/BookgDt")
    returned = detail.find("RtrInf") if detail is not entry else None
    family = text_at(detail, "BkTxCd/Domn/Fmly/SubFmlyCd") or text_at(
        entry, "BkTxCd/Domn/Fmly/SubFmlyCd"
    )
    return Booking(
        reference=text_at(detail, "Refs/AcctSvcrRef") or text_at(entry, "AcctSvcrRef"),
        booked_on=booked_on,
        amount=amount,
        end_to_end_id=_given(text_at(detail, "Refs/EndToEndId"))[:35],
        batch_reference=_given(
            text_at(detail, "Refs/PmtInfId", "Refs/MsgId")
            or text_at(entry, "NtryDtls/Btch/PmtInfId", "NtryDtls/Btch/MsgId")
        )[:35],
        is_return=returned is not None
        or text_at(entry, "RvslInd") == "true"
        or family == _RETURN_FAMILY,
        reason_code=text_at(detail, "RtrInf/Rsn/Cd", "RtrInf/Rsn/Prtry")[:10],
        text=_text(entry, detail),
    )


def _given(text: str) -> str:
    return "" if text.replace(" ", "").upper() in _NONE else text


def _text(entry: etree._Element, detail: etree._Element) -> str:
    remitted = " ".join(filter(None, (one.text for one in detail.iterfind("RmtInf/Ustrd"))))
    found = remitted or text_at(detail, "AddtlTxInf") or text_at(entry, "AddtlNtryInf")
    return " ".join(found.split())[:_LONGEST_TEXT]


def _with_references(
    statements: list[AccountStatement], message_id: str
) -> tuple[AccountStatement, ...]:
    """Give every booking a reference of its own, the same in every file that has the booking."""
    times: Counter[str] = Counter()
    made = []
    for statement in statements:
        bookings = []
        for one in statement.bookings:
            key = _key(one, statement.iban, message_id)
            times[key] += 1
            nth = key if times[key] == 1 else f"{key}#{times[key]}"
            bookings.append(replace(one, reference=short(nth)))
        made.append(replace(statement, bookings=tuple(bookings)))
    return tuple(made)


def _key(one: Booking, iban: str, message_id: str) -> str:
    side = "D" if one.amount.minor < 0 else "C"
    if one.reference:
        return f"{side}:{one.reference}:{one.end_to_end_id}"
    # Without an id of ours or theirs, nothing tells two bookings of two files apart.
    about = one.end_to_end_id or message_id
    account = hashlib.sha256(iban.encode()).hexdigest()[:8]
    return f"{side}:{account}:{one.booked_on}:{abs(one.amount.minor)}:{about}"


def short(reference: str) -> str:
    """Return ``reference`` in at most 80 characters: a longer one with its hash in its place."""
    if len(reference) <= _LONGEST_REFERENCE:
        return reference
    return f"{reference[:15]}:{hashlib.sha256(reference.encode()).hexdigest()}"
