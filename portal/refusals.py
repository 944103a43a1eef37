"""Refusals as people read them, in their language.

Services word most refusals themselves. Those that name the codes of states get their sentence here.
"""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy

from core.errors import DomainError, InvalidTransition
from payouts.services.blocks import CaseDecides

_SENTENCES: dict[str, Promise] = {
    InvalidTransition.code: gettext_lazy(
        "Somebody acted on it in the meantime. Reload the page to see where it stands."
    ),
    CaseDecides.code: gettext_lazy("A review case holds this commission: decide the case."),
}


def sentence(refusal: DomainError) -> str:
    """What to tell the person whose act was refused."""
    return str(_SENTENCES.get(refusal.code, refusal))
