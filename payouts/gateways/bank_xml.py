"""Files of a bank, read as if an attacker had written them. Rules BK1 and BK2."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import Decimal

from django.utils.translation import gettext as _
from lxml import etree

from core.errors import DomainError
from core.money import Money, minor_digits

MOST_BYTES = 10 * 1024 * 1024
MOST_ENTRIES = 20_000
#: Message by the element below ``Document``, and the versions of it that we read.
MESSAGES = {
    "CstmrPmtStsRpt": ("pain.002", range(3, 15)),
    "BkToCstmrStmt": ("camt.053", range(2, 14)),
    "BkToCstmrDbtCdtNtfctn": ("camt.054", range(2, 14)),
}
_NAMESPACE = re.compile(
    r"urn:(?:iso:std:iso:20022:tech|swift):xsd:\$?(\w{4}\.\d{3})\.\d{3}\.(\d{2})"
)
_AMOUNT = re.compile(r"\d{1,15}(\.\d{1,5})?")
_DECLARES = re.compile(rb"<!(DOCTYPE|ENTITY)", re.IGNORECASE)


class BankFileRefused(DomainError):
    """A file that is not what a bank sends, or not whole. Nothing of it is kept."""

    code = "bank_file_refused"


def read_message(body: bytes) -> tuple[str, etree._Element]:
    """Return the kind of a message (``camt.053``) and its element, all names without namespace.

    Nothing is fetched, and nothing is expanded: a file that declares entities is refused.

    :raises BankFileRefused: for a file that is empty, too large, no XML, or another message.
    """
    if not body.strip():
        raise BankFileRefused(_("The file is empty: download it from the bank again."))
    if len(body) > MOST_BYTES:
        raise BankFileRefused(
            _("The file is larger than 10 MB: ask the bank for one file per day.")
        )
    # UTF-16 is two bytes a letter: without its zeros it reads the same.
    if _DECLARES.search(body.replace(b"\0", b"")):
        raise BankFileRefused(
            _(
                "The file declares entities, which no bank does: do not open it,"
                " and ask who sent it."
            )
        )
    root = _parsed(body)
    namespace = etree.QName(root).namespace or ""
    for element in root.iter(etree.Element):
        element.tag = etree.QName(element).localname
    message = next(iter(root), None) if root.tag == "Document" else None
    if message is None or message.tag not in MESSAGES:
        raise BankFileRefused(
            _("This is no answer of a bank: choose a pain.002, camt.053 or camt.054 file.")
        )
    kind, versions = MESSAGES[message.tag]
    found = _NAMESPACE.fullmatch(namespace)
    if namespace and (found is None or found[1] != kind or int(found[2]) not in versions):
        raise BankFileRefused(
            _(
                "%(kind)s of this version is not read here:"
                " ask the bank for %(kind)s.001.%(version)s."
            )
            % {"kind": kind, "version": "10" if kind == "pain.002" else "08"}
        )
    return kind, message


def _parsed(body: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    try:
        return etree.fromstring(body, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise BankFileRefused(
            _("The file is not readable XML: download it from the bank again, and do not edit it.")
        ) from error


def text_at(element: etree._Element, *paths: str) -> str:
    """Return the text at the first of ``paths`` that has one, without outer blanks, or ""."""
    for path in paths:
        for found in element.iterfind(path):
            text = "".join(str(part) for part in found.itertext()).strip()
            if text:
                return text
    return ""


def needed(element: etree._Element, path: str) -> str:
    """Return the text at ``path``.

    :raises BankFileRefused: when there is none.
    """
    text = text_at(element, path)
    if not text:
        raise not_whole(path)
    return text


def not_whole(path: str) -> BankFileRefused:
    """Return the refusal of a file that lacks ``path``, or has something odd there."""
    return BankFileRefused(
        _("The file is not whole: %(path)s is missing or unreadable. Download it again.")
        % {"path": path}
    )


def money_at(element: etree._Element, *paths: str) -> Money | None:
    """Return the amount at the first of ``paths`` that is there, never rounded.

    :raises BankFileRefused: for something that is no amount of its currency.
    """
    found = next((one for path in paths for one in element.iterfind(path)), None)
    if found is None:
        return None
    text, currency = (found.text or "").strip(), found.get("Ccy", "")
    if not _AMOUNT.fullmatch(text) or not re.fullmatch("[A-Z]{3}", currency):
        raise not_whole(paths[0])
    exact = Decimal(text).scaleb(minor_digits(currency))
    if exact != int(exact):
        raise not_whole(paths[0])
    return Money(int(exact), currency)


def day_at(element: etree._Element, *paths: str) -> date | None:
    """Return the day at the first of ``paths`` that has one, as the bank wrote it.

    :raises BankFileRefused: for something that is no day.
    """
    text = text_at(element, *paths)
    if not text:
        return None
    try:
        return date.fromisoformat(text) if len(text) == 10 else datetime.fromisoformat(text).date()
    except ValueError:
        try:
            return date.fromisoformat(text[:10])  # A day with a time zone: 2026-07-21+02:00.
        except ValueError as error:
            raise not_whole(paths[0]) from error
