"""The ledger of one payee: balances, and every transfer with its running balance."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import Affiliate
from core.money import Money
from payouts.models import Adjustment, Commission, Item, Transfer
from payouts.queries.balances import Movement
from portal.item_pages import item_page

COLUMNS = {
    "pending": gettext_lazy("Pending"),
    "payable": gettext_lazy("Payable"),
    "reserved": gettext_lazy("Reserved"),
    "invoiced": gettext_lazy("Invoiced"),
}
_SOURCE = re.compile(r"(commission|adjustment|item):(\d+)")

_KINDS = {
    "accrued": gettext_lazy("Commission earned"),
    "approved": gettext_lazy("Commission approved"),
    "reversed": gettext_lazy("Commission reversed"),
    "adjustment.return": gettext_lazy("Return"),
    "adjustment.cancellation": gettext_lazy("Order cancelled"),
    "adjustment.cost_found": gettext_lazy("Cost found"),
    "adjustment.refund": gettext_lazy("Money back without goods"),
    "adjustment.cost_corrected": gettext_lazy("Cost corrected"),
    "adjustment.correction": gettext_lazy("Correction"),
    "adjustment.bonus": gettext_lazy("Bonus"),
    "adjustment.goodwill": gettext_lazy("Goodwill"),
    "adjustment.clawback": gettext_lazy("Clawback"),
    "adjustment.claim": gettext_lazy("Claim granted"),
    "reserve": gettext_lazy("Set aside for a payment"),
    "reserved": gettext_lazy("Set aside for a payment"),
    "release": gettext_lazy("Back from a payment"),
    "released": gettext_lazy("Back from a payment"),
    "sent": gettext_lazy("Paid"),
    "settled": gettext_lazy("Booked by the bank"),
    "unmatched": gettext_lazy("Taken off a payment again"),
    "given_back": gettext_lazy("Back on the account"),
    "came_back": gettext_lazy("Payment that came back"),
    "return_undone": gettext_lazy("Payment that had not come back"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """The fact behind a transfer, and where it can be looked at."""

    label: str
    href: str


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """One transfer as the page shows it."""

    at: datetime
    what: str
    source: Source
    other_account: str
    change: Money
    balance: Money


def payees(search: str) -> QuerySet[Affiliate]:
    """Return affiliates with an account in the ledger, or those that match ``search``."""
    rows = Affiliate.objects.filter(accounts__isnull=False)
    if search:
        rows = Affiliate.objects.filter(
            Q(name__icontains=search)
            | Q(payee__legal_name__icontains=search)
            | Q(payee__iban_last4=search)
            | Q(memberships__user__email__icontains=search)
            | Q(staff_number__iexact=search)
        )
    return rows.distinct().order_by("name", "pk")


def kind_label(kind: str) -> str:
    """Return what a transfer did in words; a kind that nobody named shows itself."""
    return str(_KINDS.get(kind, kind.replace(".", ": ").replace("_", " ")))


def ledger_rows(movements: Sequence[Movement], affiliate_id: int) -> list[LedgerRow]:
    """Return ``movements`` with their sources, in at most three queries."""
    sources = _sources(movement.transfer.source_key for movement in movements)
    rows = []
    for movement in movements:
        transfer = movement.transfer
        other = transfer.debit if movement.change.minor > 0 else transfer.credit
        rows.append(
            LedgerRow(
                at=transfer.effective_at,
                what=kind_label(transfer.kind),
                source=sources.get(_key(transfer.source_key), Source(transfer.source_key, "")),
                other_account=_account_label(other.code, affiliate_id),
                change=movement.change,
                balance=movement.balance,
            )
        )
    return rows


def _account_label(code: str, affiliate_id: int) -> str:
    own = f"affiliate:{affiliate_id}:"
    if code.startswith(own):
        return str(COLUMNS.get(code.removeprefix(own), code))
    return {
        "expense:commission": _("Commission expense"),
        "clearing:sepa": _("Bank"),
        "clearing:payroll": _("Payroll"),
        "clearing:stripe": _("Stripe"),
        "clearing:manual": _("Paid by hand"),
        "cash:bank": _("Bank account"),
    }.get(code, code)


def _key(source_key: str) -> tuple[str, int]:
    match = _SOURCE.match(source_key)
    return (match[1], int(match[2])) if match else ("", 0)


def _sources(source_keys: Iterable[str]) -> dict[tuple[str, int], Source]:
    wanted: dict[str, set[int]] = defaultdict(set)
    for kind, pk in map(_key, source_keys):
        wanted[kind].add(pk)
    found: dict[tuple[str, int], Source] = {}
    for commission in Commission.objects.filter(pk__in=wanted["commission"]).select_related(
        "credit__order"
    ):
        found["commission", commission.pk] = _of_order(commission)
    for adjustment in Adjustment.objects.filter(pk__in=wanted["adjustment"]).select_related(
        "commission__credit__order"
    ):
        found["adjustment", adjustment.pk] = _of_adjustment(adjustment)
    for item in Item.objects.filter(pk__in=wanted["item"]).select_related("batch"):
        name = _("Payment %(reference)s") % {"reference": item.reference}
        found["item", item.pk] = Source(name, item_page(item))
    return found


def _of_adjustment(adjustment: Adjustment) -> Source:
    if adjustment.commission is not None:
        return _of_order(adjustment.commission)
    if adjustment.proposal_id is None:
        return Source(adjustment.text, "")
    href = reverse("portal:adjustment-detail", args=[adjustment.proposal_id])
    return Source(adjustment.text, href)


def _of_order(commission: Commission) -> Source:
    order = commission.credit.order
    href = reverse("portal:order-detail", args=[order.pk])
    return Source(_("Order %(number)s") % {"number": order.number}, href)


@dataclass(frozen=True, slots=True)
class PayeeRow:
    """A payee with what the ledger holds for it in one currency."""

    affiliate: Affiliate
    pending: Money
    payable: Money
    reserved: Money
    invoiced: Money

    @property
    def href(self) -> str:
        """Where the payee's ledger is shown."""
        return reverse("portal:ledger-detail", args=[self.affiliate.public_id])


def payee_rows(page: Sequence[Affiliate], currency: str) -> list[PayeeRow]:
    """Return the lines of a page of payees, in two queries."""
    columns: dict[int, dict[str, int]] = {row.pk: dict.fromkeys(COLUMNS, 0) for row in page}
    for side, sign in (("credit", 1), ("debit", -1)):
        rows = (
            Transfer.objects.filter(**{f"{side}__affiliate__in": columns}, currency=currency)
            .values_list(f"{side}__affiliate", f"{side}__code")
            .annotate(Sum("amount_minor"))
            .order_by()
        )
        for affiliate_id, code, minor in rows:
            columns[affiliate_id][code.rpartition(":")[2]] += sign * minor
    return [
        PayeeRow(row, **{key: Money(columns[row.pk][key], currency) for key in COLUMNS})
        for row in page
    ]
