"""A contract as an archivable PDF: the words that were read, and who signed them when."""

from __future__ import annotations

import json
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from influencers.models import Contract, ContractSignature
from influencers.services.contract_words import Document
from payouts.gateways.typesetting import STANDARDS, printable, typeset
from portal.formats import format_moment, format_utc

TEMPLATE = Path(__file__).parent / "contract.typ"


def contract_pdf(contract: Contract, document: Document, signature: ContractSignature) -> bytes:
    """Return the signed contract as PDF/A-3a and PDF/UA-1. Equal rows give equal bytes."""
    with translation.override(signature.language):
        content = _content(contract, document, signature)
    words = json.dumps(content, ensure_ascii=False)
    return typeset(TEMPLATE, standards=STANDARDS, contract=words)


def _content(
    contract: Contract, document: Document, signature: ContractSignature
) -> dict[str, object]:
    signed_on = signature.signed_at
    return {
        "language": signature.language,
        "title": printable(document.title),
        "made": {"year": signed_on.year, "month": signed_on.month, "day": signed_on.day},
        "sections": [
            {
                "heading": printable(section.heading),
                "paragraphs": [printable(paragraph) for paragraph in section.paragraphs],
            }
            for section in document.sections
        ],
        "signatures": _("Signatures"),
        "facts": [
            [label, printable(value)] for label, value in signature_facts(contract, signature)
        ],
    }


def signature_facts(contract: Contract, signature: ContractSignature) -> list[tuple[str, str]]:
    """Return who offered and who signed, when, and the digest of what was read."""
    moment = f"{format_moment(signature.signed_at)} ({format_utc(signature.signed_at)})"
    facts = [
        (_("Signed by"), f"{signature.name} ({signature.signed_by.email})"),
        (_("Signed"), moment),
        (_("SHA-256 of what was read"), signature.shown_sha256),
    ]
    if contract.offered_at is None or contract.offered_by is None:
        return facts
    offered = f"{format_moment(contract.offered_at)} ({format_utc(contract.offered_at)})"
    return [
        (_("For the advertiser"), str(contract.offered_by)),
        (_("Offered"), offered),
        *facts,
    ]
