"""What the team finds: managers affiliates, orders, cases and looks; finance what was paid."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from core.models import User
from influencers.models import Look
from payouts.models import Batch, Invoice, Item
from portal.queries import staff_affiliates, staff_orders
from portal.queries.staff_cases import CaseFilters, queue
from portal.search.hits import MOST_OF_A_GROUP, Group, Hit, Source, shown
from portal.search.partner import payout_hit, payout_of

_ENOUGH = MOST_OF_A_GROUP + 1


def of_managers(_user: User) -> Iterator[Source]:
    """Yield where a manager's words are looked up."""
    yield from (_affiliates, _orders, _cases, _looks)


def of_finance(_user: User) -> Iterator[Source]:
    """Yield where the words of finance are looked up."""
    yield from (_orders, _payees, _batches, _payouts, _invoices)


def _affiliates(_user: User, words: str) -> Group:
    rows = staff_affiliates.found(words).order_by("name", "pk")[:_ENOUGH]
    hits = [
        Hit(
            row.name,
            reverse("portal:affiliate-detail", args=[row.public_id]),
            "users",
            row.get_status_display(),
        )
        for row in rows
    ]
    return shown("affiliates", _("Affiliates"), hits, "portal:affiliate-list", words)


def _payees(_user: User, words: str) -> Group:
    rows = staff_affiliates.found(words).order_by("name", "pk")[:_ENOUGH]
    hits = [
        Hit(row.name, reverse("portal:ledger-detail", args=[row.public_id]), "receipt")
        for row in rows
    ]
    return shown("payees", _("Payees' ledger"), hits, "portal:ledger-list", words)


def _orders(_user: User, words: str) -> Group:
    rows = staff_orders.orders(staff_orders.Filters(search=words))
    hits = [
        Hit(
            row.number,
            reverse("portal:order-detail", args=[row.pk]),
            "package",
            f"{row.shop.name}, {timezone.localtime(row.placed_at):%Y-%m-%d}",
        )
        for row in rows.order_by("-placed_at", "-pk")[:_ENOUGH]
    ]
    return shown("orders", _("Orders"), hits, "portal:order-list", words)


def _cases(_user: User, words: str) -> Group:
    rows = queue(CaseFilters(search=words), now=timezone.now())[:_ENOUGH]
    hits = [
        Hit(
            row.affiliate.name,
            reverse("portal:review-detail", args=[row.public_id]),
            "shield-check",
            row.get_status_display(),
        )
        for row in rows
    ]
    return shown("cases", _("Reviews"), hits, "portal:review-list", words)


def _looks(_user: User, words: str) -> Group:
    rows = Look.objects.filter(live__title__icontains=words).select_related("live", "affiliate")
    hits = [
        Hit(
            row.live.title if row.live else row.slug,
            reverse("portal:moderation-detail", args=[row.public_id]),
            "eye",
            row.affiliate.name if row.affiliate else "",
        )
        for row in rows.order_by("-pk")[:_ENOUGH]
    ]
    return shown("looks", _("Looks"), hits)


def _batches(_user: User, words: str) -> Group:
    rows = Batch.objects.filter(reference__icontains=words).order_by("-pk")[:_ENOUGH]
    hits = [
        Hit(
            row.reference,
            reverse("portal:batch-detail", args=[row.public_id]),
            "clipboard-check",
            row.get_status_display(),
        )
        for row in rows
    ]
    return shown("batches", _("Batches"), hits)


def _payouts(_user: User, words: str) -> Group:
    item_id = payout_of(words)
    rows = Item.objects.filter(pk=item_id).select_related("batch") if item_id else ()
    hits = [
        payout_hit(
            row, reverse("portal:batch-item", args=[row.batch.public_id, row.public_id]),
            row.payee_name,
        )
        for row in rows
    ]  # fmt: skip
    return shown("payouts", _("Payouts"), hits)


def _invoices(_user: User, words: str) -> Group:
    rows = Invoice.objects.filter(number__icontains=words).select_related("affiliate")
    hits = [
        Hit(
            row.number,
            reverse("portal:invoice-detail", args=[row.public_id]),
            "file-text",
            row.affiliate.name,
        )
        for row in rows.order_by("-pk")[:_ENOUGH]
    ]
    return shown("invoices", _("Invoices"), hits, "portal:invoice-list", words)
