"""Self-billed invoices as finance reads them: where each stands, what is missing, the series."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Exists, OuterRef, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from core.money import Money
from payouts.models import Invoice, InvoiceDelivery, InvoiceSeries, Item
from payouts.services import invoices
from portal.display import StatusText
from portal.refusals import sentence

WAITING = StatusText(
    "waiting", gettext_lazy("Waiting"), "neutral", "clock",
    gettext_lazy("It leaves with the next run of the transport."),
)  # fmt: skip
SENT = StatusText("sent", gettext_lazy("Handed over"), "success", "check")
FAILED = StatusText(
    "failed", gettext_lazy("Not handed over"), "danger", "triangle-alert",
    gettext_lazy("The transport did not take it. It is tried again by itself."),
)  # fmt: skip
STATES = {state.code: state for state in (WAITING, SENT, FAILED)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A document with its amounts and where it stands."""

    invoice: Invoice
    state: StatusText

    @property
    def href(self) -> str:
        return reverse("portal:invoice-detail", args=[self.invoice.public_id])

    @property
    def net(self) -> Money:
        return Money(self.invoice.net_minor, self.invoice.currency)

    @property
    def vat(self) -> Money:
        return Money(self.invoice.vat_minor, self.invoice.currency)

    @property
    def gross(self) -> Money:
        return self.net + self.vat


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """A payout that left and has no invoice, and why."""

    item: Item
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """The numbers of a payee in a year: given, and found as documents."""

    series: InvoiceSeries
    found: int

    @property
    def has_gap(self) -> bool:
        return self.found != self.series.last


def found(state: str = "", search: str = "") -> QuerySet[Invoice]:
    """Return the documents in ``state``, by number or payee, the newest first; no bodies."""
    tries = InvoiceDelivery.objects.filter(invoice=OuterRef("pk"))
    rows = Invoice.objects.defer("body", "corrects__body").select_related(
        "affiliate", "tax_profile", "mandate__text", "corrects"
    )
    rows = rows.annotate(is_sent=Exists(tries.filter(error="")), is_tried=Exists(tries))
    if state == SENT.code:
        rows = rows.filter(is_sent=True)
    elif state == FAILED.code:
        rows = rows.filter(is_sent=False, is_tried=True)
    elif state == WAITING.code:
        rows = rows.filter(is_tried=False)
    if search:
        rows = rows.filter(number__icontains=search) | rows.filter(
            affiliate__name__icontains=search
        )
    return rows.order_by("-issued_on", "-pk")


def rows_of(invoices_found: Iterable[Invoice]) -> list[Row]:
    """Return each with where it stands, as :func:`found` annotated it."""
    return [Row(invoice=one, state=_state(one)) for one in invoices_found]


def missing(items: Iterable[Item], now: datetime) -> list[Missing]:
    """Return why each of the payouts has no invoice. Three queries."""
    listed = list(items)
    refusals = invoices.why_not_each(listed, now=now)
    return [
        Missing(item=item, why=sentence(refusals[item.pk]) if item.pk in refusals else "")
        for item in listed
    ]


def series() -> QuerySet[InvoiceSeries]:
    """Return every series, the newest years first."""
    return InvoiceSeries.objects.select_related("affiliate").order_by("-year", "affiliate__name")


def counted(rows: Iterable[InvoiceSeries]) -> list[Series]:
    """Return each series beside the number of its documents."""
    listed = list(rows)
    counts = {
        (row["affiliate"], row["issued_on__year"]): row["count"]
        for row in Invoice.objects.filter(affiliate__in={one.affiliate_id for one in listed})
        .values("affiliate", "issued_on__year")
        .annotate(count=Count("pk"))
    }
    return [Series(series=one, found=counts.get((one.affiliate_id, one.year), 0)) for one in listed]


def _state(invoice: Invoice) -> StatusText:
    if getattr(invoice, "is_sent", False):
        return SENT
    return FAILED if getattr(invoice, "is_tried", False) else WAITING
