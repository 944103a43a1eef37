"""The self-billing mandate as a PDF: the words, and who accepted them when."""

from __future__ import annotations

import json
from pathlib import Path

from django.utils import translation
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Mandate, MandateText
from payouts.gateways.typesetting import printable, typeset
from portal.formats import format_moment, format_utc

TEMPLATE = Path(__file__).parent / "mandate.typ"


def mandate_pdf(
    affiliate: Affiliate, text: MandateText, mandate: Mandate | None, language: str
) -> bytes:
    """Return the mandate in the language in which it was read. Equal rows give equal bytes.

    ``mandate`` None: the text alone, as it would be accepted.
    """
    with translation.override(language):
        content = _content(affiliate, text, mandate, language)
    return typeset(TEMPLATE, mandate=json.dumps(content, ensure_ascii=False))


def words_of(text: MandateText, language: str) -> str:
    """Return a text in one of its two languages."""
    return text.text_fr if language == "fr" else text.text_en


def _content(
    affiliate: Affiliate, text: MandateText, mandate: Mandate | None, language: str
) -> dict[str, object]:
    blocks = words_of(text, language).split("\n\n")
    title = _("Self-billing mandate, version %(number)s") % {"number": text.number}
    return {
        "language": language,
        "title": title,
        "paragraphs": [[printable(line) for line in block.splitlines()] for block in blocks],
        "acceptance": _("Acceptance"),
        "facts": [[label, printable(value)] for label, value in _facts(affiliate, text, mandate)],
    }


def _facts(
    affiliate: Affiliate, text: MandateText, mandate: Mandate | None
) -> list[tuple[str, str]]:
    facts = [(_("Payee"), affiliate.name)]
    if mandate is None:
        facts.append((_("Accepted"), _("not yet")))
    else:
        moment = f"{format_moment(mandate.accepted_at)} ({format_utc(mandate.accepted_at)})"
        person = mandate.accepted_by
        facts += [(_("Accepted"), moment), (_("By"), f"{person.name} ({person.email})")]
        if mandate.ended_at is not None:
            facts.append((_("Ended"), format_moment(mandate.ended_at)))
    return [*facts, (_("SHA-256 of both texts"), text.sha256)]
