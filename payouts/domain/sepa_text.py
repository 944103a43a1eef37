"""The characters that every bank of the SEPA area must accept, and how other text becomes them."""

from __future__ import annotations

import re
import unicodedata

from core.errors import DomainError
from core.wording import Said

NAME_LIMIT = 70
REMITTANCE_LIMIT = 140
TOWN_LIMIT = 35

_ALLOWED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789/-?:().,'+ ")
_IDENTIFIER = re.compile(r"(?!/)(?!.*//)[A-Za-z0-9/\-?:().,'+]{1,35}(?<!/)")

_GREEK_LETTERS = "ΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩ"
_GREEK_SPELLED = "A V G D E Z I TH I K L M N X O P R S T Y F CH PS O"
_CYRILLIC_LETTERS = "АБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ"
_CYRILLIC_SPELLED = "A B V G D E ZH Z I Y K L M N O P R S T U F H TS CH SH SHT A Y Y E YU YA"
_GREEK = dict(zip(_GREEK_LETTERS, _GREEK_SPELLED.split(), strict=True))
_CYRILLIC = dict(zip(_CYRILLIC_LETTERS, _CYRILLIC_SPELLED.split(), strict=True))
_LATIN = {
    "Æ": "AE",
    "Œ": "OE",
    "Ø": "O",
    "Ð": "D",
    "Đ": "D",
    "Þ": "TH",
    "Ł": "L",
    "Ħ": "H",
}
_CAPITALS = _GREEK | _CYRILLIC | _LATIN
_LETTERS = (
    {"ß": "ss", "ẞ": "SS", "ı": "i", "ς": "s"}
    | _CAPITALS
    | {capital.lower(): latin.lower() for capital, latin in _CAPITALS.items()}
)
_SIGNS = {
    "&": "+", "€": "E", ";": ",", "¿": "?", "_": "-", "~": "-", "\\": "/", "|": "/", "⁄": "/",
    "[": "(", "{": "(", "]": ")", "}": ")", "«": "'", "»": "'", '"': "'", "`": "'", "´": "'",
    "‘": "'", "’": "'", "‚": "'", "“": "'", "”": "'", "„": "'", "‹": "'", "›": "'",
    "‐": "-", "‑": "-", "‒": "-", "–": "-", "—": "-", "―": "-", "−": "-", "×": "x",
}  # fmt: skip
_TABLE = _LETTERS | _SIGNS


class UnreadableText(DomainError):
    """Nothing is left of a text in the letters and digits that banks accept."""

    code = "unreadable_text"


def sepa_text(text: str, *, limit: int) -> str:
    """Return ``text`` in the SEPA character set, cut to ``limit`` characters (rule F4).

    Accents are dropped, ligatures and Greek and Cyrillic letters spelled out, ``&`` becomes
    ``+``; what has no equivalent becomes a full stop, as the EPC recommends. White space is
    collapsed. A text that is already converted stays as it is.
    """
    converted = "".join(_converted(character) for character in text)
    return " ".join(converted.split())[:limit].rstrip()


def sepa_name(text: str, *, limit: int = NAME_LIMIT) -> str:
    """Return ``text`` as :func:`sepa_text` does, provided that a person could still read it.

    :raises UnreadableText: when no letter and no digit is left.
    """
    converted = sepa_text(text, limit=limit)
    if not any(character.isalnum() for character in converted):
        raise UnreadableText(
            Said("Write it in Latin letters, as it appears on the bank statement.")
        )
    return converted


def is_sepa_identifier(text: str) -> bool:
    """Tell whether ``text`` may stand as an identifier: 1 to 35 characters, sent as they are.

    An identifier is compared with what the bank reports back, so it is never converted. It has no
    blank, does not begin or end with a slash and has no two slashes in a row (rule F5).
    """
    return _IDENTIFIER.fullmatch(text) is not None


def _converted(character: str) -> str:
    if character in _ALLOWED:
        return character
    if character in _TABLE:
        return _TABLE[character]
    kind = unicodedata.category(character)
    if kind == "Cc" or kind.startswith("Z"):
        return " "
    if kind in {"Cf", "Mn"}:
        return ""
    parts = unicodedata.normalize("NFKD", character)
    if parts == character:
        return "."
    return "".join(_converted(part) for part in parts)
