"""``{% load look_prices %}``: prices as a shop shows them, in the active language."""

from __future__ import annotations

from django import template

from core.money import Money
from core.money_words import money_words

register = template.Library()


@register.filter
def price(amount: Money) -> str:
    """Show a price with its currency: ``1 234,50 €``."""
    return money_words(amount)
