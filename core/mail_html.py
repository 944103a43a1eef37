"""The HTML part of a letter: the same words as the text, quietly laid out, with one button."""

from __future__ import annotations

import re

from django.conf import settings
from django.core import signing
from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language

from core.letter_kinds import LOCK_WORDS, Category, Kind
from core.models import User
from core.own_addresses import own_path

_SALT = "core.letters"
#: Leads each to their own page of choices.
SETTINGS_PATH = "/settings/notifications/"


def html_of(body: str, kind: Kind, person: User | None) -> str:
    """Return the HTML of a letter, in the active language.

    Only our own addresses become links: what people wrote in it leads nowhere.
    """
    path = own_path(body)
    return render_to_string(
        "mail/letter.html",
        {
            **_footer(kind, person),
            "language": get_language(),
            "paragraphs": [_paragraph(one) for one in body.strip().split("\n\n")],
            "href": f"{settings.PUBLIC_URL}{path}" if path else "",
            "category": Category(kind.category).label,
        },
    )


def text_of(body: str, kind: Kind, person: User | None) -> str:
    """Return the text part of a letter, in the active language: its words, and why it came."""
    words = mark_safe(body.strip())  # noqa: S308 - plain text, never HTML.
    return render_to_string("mail/letter.txt", {**_footer(kind, person), "body": words})


def headers_of(kind: Kind, person: User | None) -> dict[str, str]:
    """Return the headers by which a mail program stops letters of a category (RFC 8058)."""
    if kind.is_locked or person is None:
        return {}
    return {
        "List-Unsubscribe": f"<{stop_url(person, kind)}>",
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
    }


def _footer(kind: Kind, person: User | None) -> dict[str, object]:
    return {
        "kind": kind,
        "lock_words": LOCK_WORDS[kind.lock] if kind.lock else "",
        "settings_url": f"{settings.PUBLIC_URL}{SETTINGS_PATH}" if person else "",
        "stop_url": "" if kind.is_locked or person is None else stop_url(person, kind),
    }


def stop_url(person: User, kind: Kind) -> str:
    """Return where letters of a kind's category are stopped without signing in."""
    token = signing.dumps({"p": person.pk, "c": kind.category.value}, salt=_SALT)
    return f"{settings.PUBLIC_URL}/letters/{token}/"


def read_token(token: str) -> tuple[int, Category] | None:
    """Return whose letters, and which of them, a token stops; None for what we did not sign."""
    try:
        read = signing.loads(token, salt=_SALT)
        return int(read["p"]), Category(read["c"])
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return None


def _paragraph(said: str) -> SafeString:
    """Return a paragraph whose lines stay lines and whose own addresses are links."""
    own = re.escape(escape(settings.PUBLIC_URL)) + r"/(?:[\w\-./?=%+:~]|&amp;)*[\w/]"
    shown = re.sub(own, lambda m: f'<a href="{m[0]}">{_short(m[0])}</a>', escape(said))
    return mark_safe(shown.replace("\n", "<br>"))  # noqa: S308 - escaped before.


def _short(address: str) -> str:
    return address.split("://", 1)[-1]
