"""The figures of an affiliate's home with their definitions, and the way from clicks to payment."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core.money import BPS, ratio
from portal.formats import DASH, format_bps, format_count, format_money
from portal.queries.home_figures import Carts, Figures
from portal.series import change_bps


@dataclass(frozen=True, slots=True, kw_only=True)
class Tile:
    """One figure of the period. ``delta_bps`` compares it to another period; None: it does not."""

    label: str
    value: str
    help: str
    delta_bps: int | None = None
    href: str = ""
    link_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage on the way to payment: how many got there, and which part of those before.

    ``value`` of ``maximum`` is drawn; ``note`` says whom a stage counts, if not everybody.
    """

    label: str
    count: str
    help: str
    value: int
    maximum: int
    share: str = ""
    note: str = ""


def tiles(now: Figures, before: Figures | None) -> list[Tile]:
    """Return clicks, orders, conversion and basket, each with what it is."""
    return [
        Tile(
            label=_("Clicks"),
            value=format_count(now.clicks),
            help=_("Landings through your links in this period, with or without consent."),
            delta_bps=_change(now.clicks, before.clicks if before else None),
            href=reverse("portal:link-list"),
            link_label=_("Links"),
        ),
        Tile(
            label=_("Orders"),
            value=format_count(now.orders),
            help=_("Orders placed in this period and credited to you, whatever became of them."),
            delta_bps=_change(now.orders, before.orders if before else None),
            href=reverse("portal:sale-list"),
            link_label=_("Sales"),
        ),
        Tile(
            label=_("Conversion"),
            value=DASH if now.conversion_bps is None else format_bps(now.conversion_bps),
            help=_(
                "Orders of this period for each hundred clicks of it. Orders by promo code count,"
                " also when nobody clicked."
            ),
            delta_bps=_change(now.conversion_bps, before.conversion_bps if before else None),
        ),
        Tile(
            label=_("Average basket"),
            value=format_money(now.basket) if now.basket else DASH,
            help=_("What the items of an order come to, without VAT, after discounts."),
            delta_bps=_change(
                now.basket.minor if now.basket else None,
                before.basket.minor if before and before.basket else None,
            ),
        ),
    ]


def earned(now: Figures, before: Figures | None) -> list[Tile]:
    """Return what the period earned, and what a click of it brought."""
    return [
        Tile(
            label=_("Commission"),
            value=format_money(now.earned),
            help=_("What the orders of this period earn, pending included, returns taken off."),
            delta_bps=_change(now.earned_minor, before.earned_minor if before else None),
        ),
        Tile(
            label=_("Per click (EPC)"),
            value=format_money(now.epc) if now.epc else DASH,
            help=_("The commission of this period divided by its clicks."),
            delta_bps=_change(
                now.epc.minor if now.epc else None,
                before.epc.minor if before and before.epc else None,
            ),
        ),
    ]


def states(now: Figures) -> list[Tile]:
    """Return the same commission by what became of it: later orders are pending longer."""
    return [
        Tile(
            label=_("Pending"),
            value=format_money(now.expected),
            help=_("Commission of orders of this period, not validated yet."),
        ),
        Tile(
            label=_("Validated"),
            value=format_money(now.validated),
            help=_("Commission of orders of this period, validated, to be paid."),
        ),
        Tile(
            label=_("Paid"),
            value=format_money(now.paid_out),
            help=_("Commission of orders of this period that was paid already."),
        ),
    ]


def funnel(now: Figures, carts: Carts | None) -> list[Stage]:
    """Return the stages from click to payment, each beside those before it."""
    if not now.clicks and not now.orders:
        return []
    most = max(now.clicks, now.orders)
    stages = [_stage(_("Clicks"), _("Landings through your links."), now.clicks, None, most)]
    if carts is not None:
        stages.append(
            Stage(
                label=_("Carts"),
                count=format_count(carts.with_cart),
                help=_("Visitors who put something in the cart or opened the checkout after."),
                value=carts.with_cart,
                maximum=max(most, carts.with_cart),
                share=_part(carts.with_cart, carts.visitors),
                note=ngettext(
                    "of %(n)s visitor who agreed to be followed in the shop",
                    "of %(n)s visitors who agreed to be followed in the shop",
                    carts.visitors,
                )
                % {"n": format_count(carts.visitors)},
            )
        )
    return [
        *stages,
        _stage(_("Orders"), _("Credited to you."), now.orders, now.clicks, most),
        _stage(
            _("Validated"),
            _("Their hold is over and nothing came back, paid ones included."),
            now.approved,
            now.orders,
            most,
        ),
        _stage(_("Paid"), _("Their commission was paid."), now.paid, now.approved, most),
    ]


def _stage(label: str, meaning: str, count: int, before: int | None, most: int) -> Stage:
    share = _part(count, before) if before else ""
    return Stage(
        label=label, count=format_count(count), help=meaning, value=count, maximum=most, share=share
    )


def _part(count: int, whole: int) -> str:
    return format_bps(ratio(count * BPS, whole)) if whole else ""


def _change(now: int | None, before: int | None) -> int | None:
    return None if now is None or before is None else change_bps(now, before)
