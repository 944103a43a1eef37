"""What a person reads of a self-billed invoice: the PDF/A-3 that carries its XML.

The page is French, as the law that asks for its mentions (rule IV9 of ``docs/rules/invoices.md``).
"""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

from core.money import BPS
from core.money_words import money_words
from payouts.domain.invoice import Document, Party, notes_of, shown_vat_numbers, title_of
from payouts.domain.vat import Case
from payouts.gateways.typesetting import STANDARDS, printable, typeset

TEMPLATE = Path(__file__).parent / "invoice.typ"
LANGUAGE = "fr"
_LABELS = {
    "seller": "Vendeur (bénéficiaire)",
    "buyer": "Acheteur (émetteur de la facture)",
    "what": "Désignation",
    "amount": "Montant HT",
    "net": "Total HT",
    "gross": "Total TTC",
    "mentions": "Mentions",
    "page": "Page {page} sur {pages}",
}


def invoice_pdf(document: Document, xml: bytes) -> bytes:
    """Return the document as PDF/A-3a and PDF/UA-1 with ``xml`` attached as ``factur-x.xml``."""
    return typeset(
        TEMPLATE,
        standards=STANDARDS,
        invoice=json.dumps(_content(document), ensure_ascii=False),
        xml=xml.decode(),
    )


def _content(document: Document) -> dict[str, object]:
    issued = document.issued_on
    seller_vat, buyer_vat = shown_vat_numbers(document)
    return {
        "labels": _LABELS,
        "issued": {"year": issued.year, "month": issued.month, "day": issued.day},
        "kind": title_of(document),
        "number": document.number,
        "title": f"{title_of(document)} {document.number}",
        "seller": _party(document.seller, seller_vat),
        "buyer": _party(document.buyer, buyer_vat),
        "facts": _facts(document),
        "lines": [
            [printable(line.text), money_words(line.amount, LANGUAGE)] for line in document.lines
        ],
        "net": money_words(document.net, LANGUAGE),
        "vat_label": _vat_label(document),
        "vat": money_words(document.tax, LANGUAGE),
        "gross": money_words(document.gross, LANGUAGE),
        "notes": [printable(note.text) for note in notes_of(document)],
    }


def _vat_label(document: Document) -> str:
    if document.vat.case == Case.STANDARD:
        whole, rest = divmod(document.vat.rate_bps, BPS // 100)
        return f"TVA {whole},{rest:02d}\u00a0%" if rest else f"TVA {whole}\u00a0%"
    return "TVA"


def _facts(document: Document) -> list[list[str]]:
    facts = [
        ["Date d'émission", _day(document.issued_on)],
        ["Période", f"du {_day(document.period_start)} au {_day(document.period_end)}"],
        ["Fin de la prestation", _day(document.period_end)],
        ["Échéance", _day(document.due_on)],
        ["Référence du paiement", printable(document.reference)],
    ]
    if document.corrects is not None:
        facts.insert(1, ["Facture corrigée", document.corrects.number])
    return facts


def _party(party: Party, vat_number: str) -> dict[str, object]:
    details = [
        party.address,
        f"{party.postcode} {party.town}",
        party.country if party.country != "FR" else "France",
    ]
    if party.siret:
        details.append(f"SIRET {party.siret}")
    if party.siren:
        details.append(f"SIREN {party.siren}")
    if party.registration:
        details.append(f"N° d'immatriculation {party.registration}")
    if vat_number:
        details.append(f"N° TVA {vat_number}")
    return {"name": printable(party.name), "details": [printable(one) for one in details]}


def _day(day: date) -> str:
    return f"{day:%d/%m/%Y}"
