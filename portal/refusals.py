"""Refusals as people read them, in their language.

Services word most refusals themselves. Those that name the codes of states get their sentence here,
and those of rules and workers, which are written in English, are said again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, gettext_lazy

from core.errors import DomainError, InvalidTransition
from core.wording import Said, sentence_of
from payouts.services.blocks import CaseDecides
from portal.formats import with_colon
from shop.models import InboundEvent, SyncRun

_SENTENCES: dict[str, Promise] = {
    InvalidTransition.code: gettext_lazy(
        "Somebody acted on it in the meantime. Reload the page to see where it stands."
    ),
    CaseDecides.code: gettext_lazy("A review case holds this commission: decide the case."),
}


def sentence(refusal: DomainError) -> str:
    """What to tell the person whose act was refused."""
    if refusal.code in _SENTENCES:
        return str(_SENTENCES[refusal.code])
    said = sentence_of(refusal)
    return again(said.template, said.facts) if isinstance(said, Said) else said


def again(template: str, facts: Mapping[str, Any]) -> str:
    """Say what ``core.wording.Said`` remembers, in the active language."""
    sentence = gettext(template) if template else ""
    return sentence % facts if facts else sentence


def why_failed(event: InboundEvent | SyncRun) -> str:
    """Say why a delivery or a round failed; one of before ``reasons`` in the words kept then."""
    sentences = [(one["about"], again(one["template"], one["facts"])) for one in event.reasons]
    if not sentences:
        return event.error
    return " ".join(with_colon(about, why) if about else why for about, why in sentences)
