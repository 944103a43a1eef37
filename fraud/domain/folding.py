"""What a name looks like to somebody who reads fast: accents, foreign letters and signs folded."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

#: Letters of other alphabets that look like Latin ones; NFKD folds accents and widths itself.
_LIKE_LATIN = str.maketrans(
    {
        "а": "a", "в": "b", "е": "e", "ё": "e", "к": "k", "м": "m", "н": "h", "о": "o", "р": "p",
        "с": "c", "т": "t", "у": "y", "х": "x", "і": "i", "ї": "i", "ј": "j", "ѕ": "s", "ԁ": "d",
        "ԛ": "q", "ԝ": "w", "һ": "h", "ӏ": "l", "ν": "v", "ο": "o", "α": "a", "ε": "e", "ι": "i",
        "κ": "k", "ρ": "p", "τ": "t", "υ": "u", "χ": "x", "γ": "y", "ı": "i", "ł": "l", "ø": "o",
        "đ": "d", "ħ": "h", "ŧ": "t", "ß": "ss", "æ": "ae", "œ": "oe", "ɑ": "a", "ɡ": "g",
        "ⅼ": "l", "ⅰ": "i",
    }
)  # fmt: skip
#: Signs and pairs that are read as a letter.
_DIGITS = str.maketrans({"0": "o", "1": "l", "3": "e", "4": "a", "5": "s", "7": "t", "8": "b"})
_PAIRS = (("vv", "w"), ("rn", "m"), ("cl", "d"))
_SEPARATORS = re.compile(r"[-_.\s']+")


def unicode_host(host: str) -> str:
    """Return a host in small letters as a browser may show it: xn-- decoded, no dot at its end."""
    bare = host.strip().lower().rstrip(".")
    return ".".join(_label(label) for label in bare.split("."))


def words(text: str) -> tuple[str, ...]:
    """Return the words of a name, letters and digits only, accents and foreign letters folded."""
    return tuple(word for word in _SEPARATORS.split(plain(text)) if word)


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Return a text in small Latin letters: accents dropped, look-alike letters replaced."""
    small = text.lower().translate(_LIKE_LATIN)
    parts = unicodedata.normalize("NFKD", small)
    letters = "".join(sign for sign in parts if not unicodedata.combining(sign))
    return letters.lower().translate(_LIKE_LATIN)


def readings(word: str) -> frozenset[str]:
    """Return how a word may be read: as written, digits as letters, ``vv`` as ``w`` and so on."""
    found = {word, word.translate(_DIGITS), word.translate(_DIGITS).replace("l", "i")}
    for pair, letter in _PAIRS:
        found |= {one.replace(pair, letter) for one in found}
    return frozenset(found)


def _label(label: str) -> str:
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except (UnicodeError, ValueError):
        return label  # Not a name that any browser would show otherwise.
