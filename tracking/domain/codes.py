"""Codes that people read, type and say aloud."""

from __future__ import annotations

import re
import unicodedata

#: Small letters and digits without those that look alike: 0 o, 1 i l.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LINK_CODE_LENGTH = 8
#: Digits of a promo code. Letters come before them, so 0 and 1 are all that could be misread.
DIGITS = "23456789"
STEM_LENGTH = 8
FALLBACK_STEM = "CODE"
_PROMO = re.compile(r"[A-Z0-9][A-Z0-9_-]{2,29}")


def spelled(number: int, length: int, alphabet: str = ALPHABET) -> str:
    """Return ``length`` signs of ``alphabet`` that spell ``number`` modulo their count."""
    signs = []
    for _position in range(length):
        number, sign = divmod(number, len(alphabet))
        signs.append(alphabet[sign])
    return "".join(signs)


def stem(name: str) -> str:
    """Return what begins the promo code of somebody: their first name's letters in capitals.

    Accents are dropped, at most eight letters stay; a name without Latin letters gives CODE.
    """
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().upper()
    words = [re.sub(r"[^A-Z]", "", word) for word in plain.split()]
    return next((word for word in words if len(word) > 2), FALLBACK_STEM)[:STEM_LENGTH]


def normalized(code: str) -> str:
    """Return how a promo code is compared: without blanks around it, in capitals."""
    return code.strip().upper()


def is_promo_code(code: str) -> bool:
    """Tell whether a normalized code may be a promo code: 3 to 30 of A-Z, 0-9, _ and -."""
    return _PROMO.fullmatch(code) is not None
