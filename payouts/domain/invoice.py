"""What stands on a self-billed invoice or credit note, whatever it is then written in.

The rules are numbered IV7 to IV16 in ``docs/rules/invoices.md``. The document is French, as the
law that asks for its mentions.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from core.money import Money, ratio
from payouts.domain.vat import Case, Vat, vat_on

INVOICE = "389"
CREDIT_NOTE = "261"
#: The latest serial that still fits: a number has 35 characters at most.
LONGEST_NUMBER = 35

LATE_PENALTY = (
    "Tout retard de paiement entraîne de plein droit des pénalités au taux de trois fois le taux"
    " d'intérêt légal."
)
RECOVERY_FEE = (
    "Indemnité forfaitaire pour frais de recouvrement en cas de retard de paiement : 40 euros."
)
NO_DISCOUNT = "Pas d'escompte pour paiement anticipé."


@dataclass(frozen=True, slots=True, kw_only=True)
class Party:
    """Who sells, or who buys, as they are registered. What there is not is empty."""

    name: str
    address: str
    postcode: str
    town: str
    country: str
    siren: str = ""
    siret: str = ""
    registration: str = ""
    vat_number: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A line without VAT. Its amount may be below zero, that of the document may not."""

    text: str
    amount: Money


@dataclass(frozen=True, slots=True)
class Corrected:
    """The invoice that a credit note corrects."""

    number: str
    issued_on: date


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of the document under its code of UNTDID 4451."""

    code: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """An invoice or a credit note. Both days of the period belong to it.

    ``reference`` is that of the payment, ``details`` the number of the statement with every line.
    """

    number: str
    kind: str
    issued_on: date
    due_on: date
    period_start: date
    period_end: date
    seller: Party
    buyer: Party
    lines: tuple[Line, ...]
    vat: Vat
    net: Money
    tax: Money
    mandate: str
    reference: str
    details: str = ""
    corrects: Corrected | None = None

    @property
    def gross(self) -> Money:
        """What is due, VAT included."""
        return self.net + self.tax

    @property
    def is_credit_note(self) -> bool:
        return self.kind == CREDIT_NOTE


def number_of(affiliate_id: int, year: int, serial: int) -> str:
    """Return the number of a document (rule IV7): one series for each payee and year.

    :raises ValueError: when it would be longer than 35 characters.
    """
    number = f"AF-{affiliate_id}-{year}-{serial:06d}"
    if len(number) > LONGEST_NUMBER:
        raise ValueError(f"{number} is too long")
    return number


def check_sums(document: Document) -> None:
    """Do nothing when the lines are the net total, and VAT is computed on it once.

    A credit note takes back its share of the VAT of its invoice: the last one whatever is left.

    :raises ValueError: when they are not.
    """
    total = sum((line.amount for line in document.lines), Money(0, document.net.currency))
    if total != document.net:
        raise ValueError(f"the lines of {document.number} are not {document.net}")
    if not document.is_credit_note and document.tax != vat_on(document.net, document.vat.rate_bps):
        raise ValueError(f"the VAT of {document.number} is not {document.tax}")


def returned_net(returned: Money, before: Money, *, net: Money, gross: Money) -> Money:
    """Return the net part of ``returned``, of which ``before`` came back earlier (rule IV15).

    By target: the parts of any number of returns of ``gross`` add up to exactly ``net``.
    """
    so_far = ratio(before.minor * net.minor, gross.minor)
    target = ratio((before + returned).minor * net.minor, gross.minor)
    return Money(target - so_far, returned.currency)


def title_of(document: Document) -> str:
    """Return what kind of document it is, in French."""
    return "Avoir d'autofacturation" if document.is_credit_note else "Facture d'autofacturation"


def commissions_text(sales: int) -> str:
    """Return the line of the commissions on so many sales, in French."""
    return f"Commissions d'affiliation : {sales} {'vente' if sales == 1 else 'ventes'}"


def returned_text(reference: str) -> str:
    """Return the line of a payment that came back, in French."""
    return f"Paiement retourné, référence {reference}"


def notes_of(document: Document) -> tuple[Note, ...]:
    """Return every sentence that the law asks for, in its order on the document (rule IV9)."""
    what = "Avoir émis" if document.is_credit_note else "Facture émise"
    notes = [
        Note(
            "REG",
            f"Autofacturation. {what} par {document.buyer.name} au nom et pour le compte de"
            f" {document.seller.name}, en vertu du {document.mandate}.",
        )
    ]
    if document.vat.mention:
        notes.append(Note("TXD", document.vat.mention))
    if document.corrects is not None:
        notes.append(
            Note(
                "ACB",
                f"Annule à hauteur de son montant la facture {document.corrects.number} du"
                f" {document.corrects.issued_on:%d/%m/%Y}.",
            )
        )
    if document.details:
        notes.append(Note("AAI", f"Détail de chaque vente : relevé {document.details}."))
    return (
        *notes,
        Note("PMD", LATE_PENALTY),
        Note("PMT", RECOVERY_FEE),
        Note("AAB", NO_DISCOUNT),
    )


def shown_vat_numbers(document: Document) -> tuple[str, str]:
    """Return the VAT numbers of seller and buyer that stand on the document (rule IV4).

    Outside the scope of VAT neither may, and who is below the threshold has none to show.
    """
    if document.vat.case == Case.OUTSIDE:
        return "", ""
    seller = "" if document.vat.case == Case.EXEMPT else document.seller.vat_number
    return seller, document.buyer.vat_number
