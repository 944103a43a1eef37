"""When a partner is paid next, and what stands in the way: the same answer on every page."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Min
from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Terms
from affiliates.queries import TermsIndex
from core.money import Money
from payouts.domain.calendar import bank_date, next_payment_date
from payouts.domain.gates import GateCode
from payouts.models import BatchStatus, Commission, CommissionStatus, Item
from payouts.queries.balances import Balances, balances
from payouts.queries.why_not_paid import GateSentence, why_not_paid
from portal.formats import format_money

MENDED_BY_DETAILS = {
    GateCode.DETAILS_MISSING,
    GateCode.IBAN_INVALID,
    GateCode.OUTSIDE_SEPA,
    GateCode.NAME_UNREADABLE,
    GateCode.NAME_MISMATCH,
    GateCode.TOWN_MISSING,
    GateCode.TAX_PROFILE_MISSING,
    GateCode.VAT_NUMBER_UNPROVEN,
    GateCode.MANDATE_MISSING,
    GateCode.STRIPE_NOT_ACTIVE,
}
FALLBACK_CURRENCY = "EUR"


@dataclass(frozen=True, slots=True)
class Obstacle:
    """One thing in the way, what to do about it, and where."""

    sentence: str
    remedy: str
    href: str = ""
    link_label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What is due, when it leaves, and what is missing until then.

    ``pays_on`` is None while something is in the way; ``next_date`` is when payments leave at all.
    """

    balances: Balances
    due: Money
    minimum: Money
    pays_on: date | None
    next_date: date | None
    next_validation: datetime | None
    obstacles: list[Obstacle]
    is_below_minimum: bool
    under_way: Item | None

    @property
    def progress_text(self) -> str:
        """``€32.10 of €50.00``."""
        return _("{due} of {minimum}").format(
            due=format_money(self.due), minimum=format_money(self.minimum)
        )

    @property
    def reached_minor(self) -> int:
        """How much of the minimum is reached; a debt reaches nothing."""
        return max(0, self.due.minor)


def outlook(
    affiliate: Affiliate, terms: Terms | None, now: datetime, index: TermsIndex | None = None
) -> Outlook:
    """Return when ``affiliate`` is paid next under ``terms`` (those of today).

    An ``index`` of all its terms spares two queries.
    """
    currency = terms.currency if terms else FALLBACK_CURRENCY
    why = why_not_paid(affiliate.pk, now, currency, terms=index)
    pending = Commission.objects.filter(
        affiliate=affiliate, currency=currency, status=CommissionStatus.PENDING
    )
    under_way = why.item
    if under_way is not None and under_way.batch.status == BatchStatus.DRAFT:
        under_way = None
    return Outlook(
        balances=balances(affiliate.pk, currency),
        due=why.due,
        minimum=Money(terms.minimum_payout_minor if terms else 0, currency),
        pays_on=why.next_payment_date if why.due.minor > 0 else None,
        next_date=next_payment_date(terms.payment_days, bank_date(now)) if terms else None,
        next_validation=pending.aggregate(first=Min("hold_until"))["first"],
        obstacles=[_obstacle(gate) for gate in why.gates],
        is_below_minimum=any(gate.code == GateCode.BELOW_MINIMUM for gate in why.gates),
        under_way=under_way,
    )


def _obstacle(gate: GateSentence) -> Obstacle:
    if gate.code in MENDED_BY_DETAILS:
        return Obstacle(gate.sentence, gate.remedy, reverse("portal:payee"), _("Payment details"))
    if gate.code == GateCode.CONTRACT_MISSING:
        return Obstacle(gate.sentence, gate.remedy, reverse("portal:my-contracts"), _("Contracts"))
    return Obstacle(gate.sentence, gate.remedy)
