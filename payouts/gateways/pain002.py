"""The bank's answer to a payment file (ISO 20022 ``pain.002``). Rule BK3."""

from __future__ import annotations

from dataclasses import dataclass
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

REFUSED = frozenset({"RJCT", "CANC"})
_REASON = ("StsRsnInf/Rsn/Cd", "StsRsnInf/Rsn/Prtry")


@dataclass(frozen=True, slots=True, kw_only=True)
class PaymentStatus:
    """What the bank says of one payment. ``amount`` only where it repeats it."""

    end_to_end_id: str
    code: str
    reason_code: str
    text: str
    amount: Money | None

    @property
    def is_refused(self) -> bool:
        return self.code in REFUSED


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusReport:
    """What the bank says of one file that we sent. ``code`` is that of the whole file, or ""."""

    message_id: str
    created_on: date
    original_message_id: str
    code: str
    reason_code: str
    text: str
    payments: tuple[PaymentStatus, ...]

    @property
    def is_refused_whole(self) -> bool:
        """Tell whether no payment of the file is made, without each being named."""
        return self.code in REFUSED and not any(one.is_refused for one in self.payments)


def read_status_report(body: bytes) -> StatusReport:
    """Read a ``pain.002`` file, of version 3 to 14.

    :raises BankFileRefused: when it is another file, or not whole.
    """
    kind, message = read_message(body)
    if kind != "pain.002":
        raise BankFileRefused(_("This is no status report: choose a pain.002 file."))
    created_on = day_at(message, "GrpHdr/CreDtTm")
    group = message.find("OrgnlGrpInfAndSts")
    if created_on is None or group is None:
        raise not_whole("GrpHdr/CreDtTm" if group is not None else "OrgnlGrpInfAndSts")
    instructions = message.findall("OrgnlPmtInfAndSts")
    said = _of_everything(group, instructions)
    return StatusReport(
        message_id=needed(message, "GrpHdr/MsgId"),
        created_on=created_on,
        original_message_id=needed(group, "OrgnlMsgId"),
        code=text_at(said, "GrpSts", "PmtInfSts"),
        reason_code=text_at(said, *_REASON)[:10],
        text=text_at(said, "StsRsnInf/AddtlInf"),
        payments=_payments(instructions),
    )


def _of_everything(group: etree._Element, instructions: list[etree._Element]) -> etree._Element:
    """Return what speaks for the whole file: the group, or its only payment instruction."""
    if not text_at(group, "GrpSts") and len(instructions) == 1:
        return instructions[0]
    return group


def _payments(instructions: list[etree._Element]) -> tuple[PaymentStatus, ...]:
    found = [one for each in instructions for one in each.findall("TxInfAndSts")]
    if len(found) > MOST_ENTRIES:
        raise BankFileRefused(
            _("The file has more than %(most)s lines: ask the bank for several files.")
            % {"most": MOST_ENTRIES}
        )
    return tuple(
        PaymentStatus(
            end_to_end_id=needed(one, "OrgnlEndToEndId")[:35],
            code=needed(one, "TxSts"),
            reason_code=text_at(one, *_REASON)[:10],
            text=text_at(one, "StsRsnInf/AddtlInf"),
            amount=money_at(one, "OrgnlTxRef/Amt/InstdAmt", "OrgnlTxRef/IntrBkSttlmAmt"),
        )
        for one in found
    )
