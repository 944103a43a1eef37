"""Amounts as people read them in mails, sentences and documents."""

from __future__ import annotations

from django.utils.translation import get_language

from core.money import Money, minor_digits

_SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}


def money_words(money: Money, language: str | None = None) -> str:
    """Return ``money`` for a reader of ``language``: ``1 234,50 €`` or ``€1,234.50``.

    Without a language for a reader of the active one. Exact: nothing is rounded. The minus is a
    true minus sign, the blanks do not break.
    """
    reader = language or get_language() or "en"
    symbol = _SYMBOLS.get(money.currency, money.currency)
    number = f"{abs(money.to_decimal()):,.{minor_digits(money.currency)}f}"
    sign = "−" if money.minor < 0 else ""
    if reader.startswith("fr"):
        number = number.translate({ord(","): "\u202f", ord("."): ","})
        return f"{sign}{number}\u00a0{symbol}"
    gap = "\u00a0" if symbol == money.currency else ""
    return f"{sign}{symbol}{gap}{number}"
