"""A sale as its partner reads it: masked reference, source, amounts, and a state with its why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from affiliates.models import Terms
from core.money import Money
from payouts.domain.calendar import bank_date, next_payment_date
from payouts.models import Commission, CommissionLine, CommissionStatus, Item, Rail
from portal.commission_language import CommissionFacts, commission_status
from portal.display import StatusText
from portal.formats import paris_clock, with_colon
from portal.look_language import look_with_place
from portal.paid_words import Paid, paid_by, rules_of, said_of
from portal.queries.sales import SaleState, blocked_since, payouts_of
from portal.sale_references import sale_reference
from tracking.models import Credit, Touchpoint

if TYPE_CHECKING:
    from portal.queries.sales import SaleCredit

VISIBLE_REFERENCE = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """One row of the list of sales. ``earned`` is None while nothing was computed.

    ``reference`` is the end of the order's number; ``question_reference`` is what staff look up.
    """

    url: str
    reference: str
    question_reference: str
    placed_at: datetime
    source: str
    source_icon: str
    source_key: str
    items: int
    basket: Money
    credit_id: int
    earned: Money | None
    first_amount: Money | None
    status: StatusText
    validation_at: datetime | None
    payout: str
    payout_url: str


def source_key(link_id: int | None, code_id: int | None) -> str:
    """Return what the list of sales is narrowed by to a link or a code; empty for neither."""
    if link_id is not None:
        return f"link-{link_id}"
    return f"code-{code_id}" if code_id is not None else ""


def masked(reference: str) -> str:
    """The end of an order's number: enough to speak about it, not enough to look it up."""
    return f"•••• {reference[-VISIBLE_REFERENCE:]}"


def show_sales(credits: Sequence[SaleCredit], *, terms: Terms | None, now: datetime) -> list[Sale]:
    """Make the rows of ``credits`` (annotated by ``portal.queries.sales``) with two queries."""
    payouts, blocked = payouts_of(credits), blocked_since(credits)
    return [
        show_sale(
            credit,
            payout=payouts.get(credit.pk),
            blocked_at=blocked.get(credit.pk),
            terms=terms,
            now=now,
        )
        for credit in credits
    ]


def show_sale(
    credit: SaleCredit,
    *,
    payout: Item | None,
    blocked_at: datetime | None,
    terms: Terms | None,
    now: datetime,
) -> Sale:
    """Make one row. ``terms`` are today's: they say when the next payment is."""
    state = SaleState(credit.state)
    commission = commission_of(credit)
    facts = _facts(credit, state, commission, payout=payout, blocked_at=blocked_at)
    if state == SaleState.APPROVED and terms is not None:
        facts |= _next_payment(terms, now)
    earned = None if credit.earned_minor is None else _money(credit, credit.earned_minor)
    changed = commission is not None and commission.amount_minor != credit.earned_minor
    return Sale(
        url=reverse("portal:sale-detail", args=[credit.pk]),
        reference=masked(credit.order.number),
        question_reference=sale_reference(credit.pk),
        placed_at=credit.order.placed_at,
        source=source_of(credit),
        source_icon="link" if credit.touchpoint.link else "tag",
        source_key=source_key(credit.touchpoint.link_id, credit.touchpoint.coupon_code_id),
        items=credit.items,
        basket=_money(credit, credit.basket_minor),
        credit_id=credit.pk,
        earned=earned,
        first_amount=commission.amount if commission and changed else None,
        status=commission_status(state, **facts),
        validation_at=commission.hold_until if commission and commission.is_pending else None,
        payout=payout.reference if payout else "",
        payout_url=_payout_url(payout),
    )


def commission_of(credit: Credit) -> Commission | None:
    """Return the commission of a credit, if it was computed already."""
    return getattr(credit, "commission", None)


def source_label(touchpoint: Touchpoint) -> str:
    """The link's label or address, or the promo code."""
    if touchpoint.link is not None:
        return touchpoint.link.label or str(touchpoint.link)
    return str(touchpoint.coupon_code)


def look_of(credit: Credit) -> str:
    """The look that brought a sale and where it was, as in a sentence; empty when none did."""
    return look_with_place(source_label(credit.touchpoint), credit.surface)


def source_of(credit: Credit) -> str:
    """What brought a sale: a look and where it was, else the link's label or the promo code."""
    return capfirst(look_of(credit)) or source_label(credit.touchpoint)


def commission_line(credit: Credit) -> str:
    """What the commission of a sale is called as a line of a payout."""
    look = look_of(credit)
    return with_colon(_("Commission"), look) if look else _("Commission")


def state_label(state: SaleState) -> str:
    """The word of a state."""
    return str(commission_status(state).label)


def payout_method(payout: Item) -> str:
    """How a payout travels, as it stands in a sentence."""
    return _("payslip") if payout.batch.rail == Rail.PAYROLL else _("bank transfer")


def _money(credit: Credit, minor: int) -> Money:
    return Money(minor, credit.order.currency)


def _payout_url(payout: Item | None) -> str:
    return reverse("portal:payout-detail", args=[payout.public_id]) if payout else ""


def _next_payment(terms: Terms, now: datetime) -> CommissionFacts:
    due: date = next_payment_date(terms.payment_days, bank_date(now))
    return {"due": due, "minimum": Money(terms.minimum_payout_minor, terms.currency)}


def _facts(
    credit: SaleCredit,
    state: SaleState,
    commission: Commission | None,
    *,
    payout: Item | None,
    blocked_at: datetime | None,
) -> CommissionFacts:
    if commission is None:
        return {"at": credit.created_at}
    if state == SaleState.PENDING:
        return {"due": commission.hold_until, "days": commission.agreed_days}
    if state == SaleState.ON_HOLD:
        return {"at": blocked_at} if blocked_at else {}
    facts: CommissionFacts = {"at": commission.status_changed_at}
    if state == SaleState.REVERSED and commission.status != CommissionStatus.REVERSED:
        facts = {}
    if state == SaleState.DECLINED:
        facts["reason"] = commission.reversal_reason
    if state == SaleState.CLAWED_BACK:
        facts["amount"] = _money(
            credit, (commission.approved_minor or 0) - (credit.earned_minor or 0)
        )
    if payout is not None:
        facts |= _payout_facts(payout)
    return facts


def _payout_facts(payout: Item) -> CommissionFacts:
    return {
        "reference": payout.reference,
        "due": payout.batch.execution_date,
        "method": payout_method(payout),
        "last4": payout.iban_last4,
    }


def paid_of(credits: Iterable[SaleCredit]) -> dict[int, list[Paid]]:
    """Return by which rules each sale was paid, by credit id, in one query."""
    found: dict[int, list[CommissionLine]] = defaultdict(list)
    lines = CommissionLine.objects.filter(commission__credit__in=[one.pk for one in credits])
    for line in lines.select_related("commission").order_by("order_line"):
        found[line.commission.credit_id].append(line)
    return {pk: paid_by(lines, lines[0].commission.currency) for pk, lines in found.items()}


def csv_rows(
    rows: Iterable[Sale], paid: Mapping[int, Sequence[Paid]]
) -> Iterable[list[str | int | Money | datetime | None]]:
    """One line for each sale, as the list and its page show it; times are those of Paris.

    ``paid``: by which rules, by credit id.
    """
    for sale in rows:
        rules = paid.get(sale.credit_id, ())
        yield [
            paris_clock(sale.placed_at),
            sale.reference,
            sale.source,
            sale.items,
            sale.basket,
            sale.basket.currency,
            sale.earned,
            rules_of(rules),
            said_of(rules),
            str(sale.status.label),
            str(sale.status.sentence),
            paris_clock(sale.validation_at) if sale.validation_at else None,
            sale.payout,
        ]
