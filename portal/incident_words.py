"""What an incident of tracking is begun with: words for the team to go on from."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation
from django.utils.translation import gettext as _

from affiliates.services.incidents import Words


def begun() -> tuple[Words, Words]:
    """Return title and text of an incident of tracking, in both languages."""
    return _both(_title), _both(_text)


def _title() -> str:
    return _("Some visits were not recorded")


def _text() -> str:
    return _(
        "For some time, some visits through your links were not recorded. Your visitors reached"
        " the shop all the same, and orders with a promo code are credited as usual. An order"
        " whose visit was not recorded may be missing: we are looking for those, and write to you"
        " again once they are made good. There is nothing for you to do."
    )


def _both(words: Callable[[], str]) -> Words:
    said = {}
    for language in ("fr", "en"):
        with translation.override(language):
            said[language] = words()
    return Words(fr=said["fr"], en=said["en"])
