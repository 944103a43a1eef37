"""``{% load money %}``: amounts, percentages, numbers and times in the active language."""

from datetime import date, datetime
from decimal import Decimal

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from core.money import Money
from portal import formats

register = template.Library()


@register.filter
def money(amount: Money | None) -> SafeString | str:
    """Show an amount with its currency; a negative one in red with a minus sign."""
    if amount is None:
        return formats.DASH
    css = "money money--negative" if amount.minor < 0 else "money"
    return format_html('<span class="{}">{}</span>', css, formats.format_money(amount))


@register.filter
def plain_money(amount: Money) -> str:
    """Show an amount without markup: for titles, attributes and sentences."""
    return formats.format_money(amount)


@register.simple_tag(name="money")
def money_tag(minor: int, currency: str, plain: bool = False) -> SafeString | str:
    """Show ``minor`` units of ``currency``; ``plain`` leaves out the markup."""
    amount = Money(minor, currency)
    return plain_money(amount) if plain else money(amount)


@register.filter
def percent(bps: int | None) -> str:
    """Show basis points as a percentage with at most two decimals."""
    return formats.DASH if bps is None else formats.format_bps(bps)


@register.filter
def number(value: int | Decimal | None) -> str:
    """Show a number with its thousands grouped."""
    return formats.DASH if value is None else formats.format_count(value)


@register.filter
def when(moment: datetime | date | None) -> SafeString | str:
    """Show a moment on a Paris clock with the exact UTC instant in its title, or a day alone."""
    if moment is None:
        return formats.DASH
    if not isinstance(moment, datetime):
        return day(moment)
    return format_html(
        '<time class="when" datetime="{}" title="{}">{}</time>',
        moment.isoformat(),
        formats.format_utc(moment),
        formats.format_moment(moment),
    )


@register.filter
def exact(moment: datetime | date | None) -> SafeString | str:
    """As ``when``, and the UTC instant also appears on keyboard focus: for timelines."""
    if not isinstance(moment, datetime):
        return when(moment)
    return format_html(
        '<time class="when when--exact" datetime="{}" data-utc="{}" tabindex="0">{}</time>',
        moment.isoformat(),
        formats.format_utc(moment),
        formats.format_moment(moment),
    )


@register.filter
def day(moment: date | None) -> SafeString | str:
    """Show the day alone; of a moment, its day in Paris."""
    if moment is None:
        return formats.DASH
    return format_html(
        '<time class="when" datetime="{}">{}</time>', moment.isoformat(), formats.format_day(moment)
    )
