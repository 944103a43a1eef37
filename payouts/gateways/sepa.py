"""The SEPA credit transfer file (ISO 20022 ``pain.001.001.09``) of one payout batch.

The rules are numbered F1 to F14 in ``docs/rules/payout-files.md``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.translation import gettext as _

from affiliates.domain.bank import (
    EEA,
    SEPA_OUTSIDE_EEA,
    InvalidBic,
    InvalidIban,
    country_of,
    is_in_sepa,
    last_four,
    normalized_bic,
    normalized_iban,
)
from core.money import Money
from payouts.domain.sepa_text import (
    REMITTANCE_LIMIT,
    TOWN_LIMIT,
    UnreadableText,
    is_sepa_identifier,
    sepa_name,
    sepa_text,
)
from payouts.gateways.refusals import RowProblem, refuse_if_any

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
CURRENCY = "EUR"
LARGEST_MINOR = 99_999_999_999
_COUNTRY = re.compile(r"[A-Z]{2}")


@dataclass(frozen=True, slots=True)
class Debtor:
    """The account that pays. ``country`` and ``town`` travel only with payments outside the EEA."""

    name: str
    iban: str
    bic: str | None = None
    country: str | None = None
    town: str | None = None


@dataclass(frozen=True, slots=True)
class CreditTransfer:
    """One payment. ``country`` (ISO 3166) and ``town`` are those of the payee's address."""

    end_to_end_id: str
    amount: Money
    name: str
    iban: str
    bic: str | None
    remittance: str
    country: str
    town: str | None = None


@dataclass(frozen=True, slots=True)
class CreditTransferFile:
    """One file: one debtor account, one execution date. ``created_at`` has a time zone."""

    message_id: str
    created_at: datetime
    execution_date: date
    debtor: Debtor
    transfers: tuple[CreditTransfer, ...]

    @property
    def control_sum(self) -> Money:
        """Return the sum of all amounts, as ``CtrlSum`` says it."""
        return Money(sum(transfer.amount.minor for transfer in self.transfers), CURRENCY)


def pain_001_001_09(file: CreditTransferFile) -> bytes:
    """Return ``file`` as UTF-8 XML. Equal input in any order of transfers gives equal bytes.

    :raises FileRefused: with every problem of every row, when there is one.
    """
    refuse_if_any([*_file_problems(file), *_transfer_problems(file)])
    root = Element("Document", {"xmlns": NAMESPACE})
    initiation = SubElement(root, "CstmrCdtTrfInitn")
    _add_group_header(initiation, file)
    payment = _add_payment_information(initiation, file)
    for transfer in sorted(file.transfers, key=lambda each: each.end_to_end_id):
        _add_transfer(payment, transfer)
    indent(root)
    body: str = tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}\n'.encode()


def _file_problems(file: CreditTransferFile) -> Iterator[RowProblem]:
    if file.created_at.tzinfo is None:
        raise ValueError("created_at needs a time zone")
    if not file.transfers:
        yield RowProblem("", _("There is no payment in the batch."))
    if not is_sepa_identifier(file.message_id):
        yield RowProblem("", _("The batch reference has characters that banks do not accept."))
    if file.execution_date < file.created_at.astimezone(UTC).date():
        yield RowProblem("", _("The payment date is in the past."))
    debtor = file.debtor
    for sentence in _account_problems(debtor.name, debtor.iban, debtor.bic):
        yield RowProblem(_("Paying account"), sentence)
    if debtor.country is not None and not _COUNTRY.fullmatch(debtor.country):
        yield RowProblem(_("Paying account"), _("The country needs its code of two capitals."))


def _transfer_problems(file: CreditTransferFile) -> Iterator[RowProblem]:
    times = Counter(transfer.end_to_end_id for transfer in file.transfers)
    for transfer in file.transfers:
        for sentence in _sentences(transfer):
            yield RowProblem(transfer.end_to_end_id, sentence)
    for end_to_end_id, count in times.items():
        if count > 1:
            sentence = _("%(count)d payments carry this reference.") % {"count": count}
            yield RowProblem(end_to_end_id, sentence)


def _sentences(transfer: CreditTransfer) -> Iterator[str]:
    if not is_sepa_identifier(transfer.end_to_end_id):
        yield _("The reference has more than 35 characters, or some that banks do not accept.")
    if transfer.amount.currency != CURRENCY:
        yield _("A SEPA payment is in euros, not in %(currency)s.") % {
            "currency": transfer.amount.currency
        }
    elif not 0 < transfer.amount.minor <= LARGEST_MINOR:
        yield _("The amount must be between 0.01 and 999,999,999.99 euros.")
    yield from _account_problems(transfer.name, transfer.iban, transfer.bic)
    if not _COUNTRY.fullmatch(transfer.country):
        yield _("The country needs its code of two capitals.")
    elif _needs_address(transfer) and not _has_readable_town(transfer.town):
        yield _("Outside the European Economic Area, banks need the payee's town.")


def _account_problems(name: str, iban: str, bic: str | None) -> Iterator[str]:
    try:
        sepa_name(name)
    except UnreadableText:
        yield _("The name must be written in Latin letters.")
    try:
        if bic is not None:
            normalized_bic(bic)
    except InvalidBic:
        yield _("The BIC is not valid.")
    if not iban.strip():
        yield _("The IBAN is missing.")
        return
    shown = {"last_four": last_four(iban)}
    try:
        if not is_in_sepa(normalized_iban(iban)):
            yield _("The account ending in %(last_four)s cannot be reached by SEPA.") % shown
    except InvalidIban:
        yield _("The IBAN ending in %(last_four)s is not valid.") % shown


def _needs_address(transfer: CreditTransfer) -> bool:
    return transfer.country not in EEA or country_of(transfer.iban) in SEPA_OUTSIDE_EEA


def _has_readable_town(town: str | None) -> bool:
    try:
        return bool(town and sepa_name(town, limit=TOWN_LIMIT))
    except UnreadableText:
        return False


def _add_group_header(parent: Element, file: CreditTransferFile) -> None:
    header = SubElement(parent, "GrpHdr")
    created_at = file.created_at.astimezone(UTC).replace(microsecond=0, tzinfo=None)
    _add(header, "MsgId", file.message_id)
    _add(header, "CreDtTm", f"{created_at.isoformat()}Z")
    _add_totals(header, file)
    _add(header, "InitgPty/Nm", sepa_name(file.debtor.name))


def _add_payment_information(parent: Element, file: CreditTransferFile) -> Element:
    payment = SubElement(parent, "PmtInf")
    _add(payment, "PmtInfId", file.message_id)
    _add(payment, "PmtMtd", "TRF")
    _add(payment, "BtchBookg", "true")
    _add_totals(payment, file)
    _add(payment, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _add(payment, "ReqdExctnDt/Dt", file.execution_date.isoformat())
    debtor = file.debtor
    abroad = any(_needs_address(transfer) for transfer in file.transfers)
    _add_party(payment, "Dbtr", debtor.name, debtor.town if abroad else None, debtor.country)
    _add(payment, "DbtrAcct/Id/IBAN", normalized_iban(debtor.iban))
    if debtor.bic is None:
        _add(payment, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")
    else:
        _add(payment, "DbtrAgt/FinInstnId/BICFI", normalized_bic(debtor.bic))
    _add(payment, "ChrgBr", "SLEV")
    return payment


def _add_totals(parent: Element, file: CreditTransferFile) -> None:
    _add(parent, "NbOfTxs", str(len(file.transfers)))
    _add(parent, "CtrlSum", str(file.control_sum.to_decimal()))


def _add_transfer(parent: Element, transfer: CreditTransfer) -> None:
    line = SubElement(parent, "CdtTrfTxInf")
    _add(line, "PmtId/EndToEndId", transfer.end_to_end_id)
    amount = _add(line, "Amt/InstdAmt", str(transfer.amount.to_decimal()))
    amount.set("Ccy", CURRENCY)
    if transfer.bic is not None:
        _add(line, "CdtrAgt/FinInstnId/BICFI", normalized_bic(transfer.bic))
    town = transfer.town if _needs_address(transfer) else None
    _add_party(line, "Cdtr", transfer.name, town, transfer.country)
    _add(line, "CdtrAcct/Id/IBAN", normalized_iban(transfer.iban))
    remittance = sepa_text(transfer.remittance, limit=REMITTANCE_LIMIT)
    if remittance:
        _add(line, "RmtInf/Ustrd", remittance)


def _add_party(parent: Element, tag: str, name: str, town: str | None, country: str | None) -> None:
    party = SubElement(parent, tag)
    _add(party, "Nm", sepa_name(name))
    if town and country:
        address = SubElement(party, "PstlAdr")
        _add(address, "TwnNm", sepa_name(town, limit=TOWN_LIMIT))
        _add(address, "Ctry", country)


def _add(parent: Element, path: str, text: str) -> Element:
    for tag in path.split("/"):
        parent = SubElement(parent, tag)
    parent.text = text
    return parent
