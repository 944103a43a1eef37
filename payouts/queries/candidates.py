"""Who is due what at a moment, and what stops them: the raw material of a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus, Stop, Stopped
from affiliates.queries import TermsIndex
from core.money import Money
from payouts.domain.content_hash import FrozenLine
from payouts.domain.gates import Destination, Gate, PayeeFacts, payout_gates
from payouts.models import Adjustment, Batch, Commission, CommissionStatus, Item, ItemLine, Rail
from payouts.services.targets import BESIDE


@dataclass(frozen=True, slots=True)
class Candidate:
    """An affiliate to whom something is due (or who owes), with all that a payout would hold."""

    affiliate: Affiliate
    amount: Money
    lines: tuple[FrozenLine, ...]
    destination: Destination | None
    gates: tuple[Gate, ...]

    @property
    def is_payable(self) -> bool:
        return not self.gates


def rail_of(affiliate: Affiliate) -> Rail:
    """Return the way ``affiliate`` is paid: employees with their salary, the others by bank."""
    return Rail.PAYROLL if affiliate.is_employee else Rail.SEPA


def candidates(
    *,
    rail: str,
    currency: str,
    cutoff_at: datetime,
    at: datetime,
    batch: Batch | None = None,
    affiliate_ids: Collection[int] | None = None,
    lock: bool = False,
) -> list[Candidate]:
    """Return everybody of ``rail`` with something to pay or to take back, by id (rule P2).

    Commissions approved and adjustments made before ``cutoff_at`` count, those about no commission
    too, as far as no live payout has them (those of ``batch`` itself count as free). Debts count
    whenever they were made, unless their commission itself came after the cutoff: they wait with
    it. The minimum is that of the terms live ``at``. ``lock`` holds the commissions until commit.
    """
    lines = _due_lines(rail, currency, cutoff_at, batch, affiliate_ids, lock=lock)
    affiliates = Affiliate.objects.filter(pk__in=lines).select_related("payee").order_by("pk")
    terms, stopped = TermsIndex(set(lines)), stopped_payouts(lines, at)
    found = []
    for affiliate in affiliates:
        own = terms.at(affiliate.pk, at)
        minimum = own.minimum_payout_minor if own and own.currency == currency else 0
        found.append(
            _candidate(
                affiliate,
                lines[affiliate.pk],
                rail,
                Money(minimum, currency),
                is_stopped=affiliate.pk in stopped,
            )
        )
    return found


def facts_of_item(item: Item, rail: str, *, is_stopped: bool) -> PayeeFacts:
    """Return what the gates look at when an approved payout is about to leave.

    The amount was judged when the batch was submitted; the account and its details are judged
    again, as they are now. ``item`` comes with its affiliate and payee; ``is_stopped``: whether a
    sanction stops its payouts, see ``stopped_payouts``.
    """
    return _facts(
        item.affiliate,
        rail,
        item.amount,
        Money(0, item.currency),
        frozen=frozen_destination(item),
        is_stopped=is_stopped,
    )


def frozen_destination(item: Item) -> Destination:
    """Return where the money of ``item`` goes, as it was when the batch was prepared."""
    return Destination(
        name=item.payee_name,
        iban=item.iban,
        country=item.country,
        town=item.town,
        store=item.store,
        staff_number=item.staff_number,
    )


def _due_lines(
    rail: str,
    currency: str,
    cutoff_at: datetime,
    batch: Batch | None,
    affiliate_ids: Collection[int] | None,
    *,
    lock: bool,
) -> dict[int, list[FrozenLine]]:
    employees = Q(affiliate__kind=AffiliateKind.EMPLOYEE)
    scope = Q(employees if rail == Rail.PAYROLL else ~employees, currency=currency)
    if affiliate_ids is not None:
        scope &= Q(affiliate__in=affiliate_ids)
    commissions = (
        Commission.objects.filter(
            scope,
            ~_on_live_item("commission", batch),
            status=CommissionStatus.APPROVED,
            status_changed_at__lt=cutoff_at,
        )
        .order_by("pk")
        .values_list("affiliate_id", "pk", "approved_minor")
    )
    if lock:
        commissions = commissions.select_for_update(of=("self",))
    late = Q(
        commission__status=CommissionStatus.APPROVED,
        commission__status_changed_at__gte=cutoff_at,
    )
    stands = Q(commission__status__in=[CommissionStatus.APPROVED, CommissionStatus.PAID])
    adjustments: QuerySet[Adjustment] = Adjustment.objects.filter(
        scope,
        # Beside a commission that does not stand only what people decided is due.
        stands
        | Q(commission__isnull=True)
        | Q(proposal__isnull=False)
        | Q(source_key__endswith=BESIDE),
        ~_on_live_item("adjustment", batch),
        Q(created_at__lt=cutoff_at) | Q(~late, amount_minor__lt=0),
        is_payable=True,
    ).exclude(amount_minor=0)
    lines = defaultdict(list)
    for affiliate_id, pk, minor in commissions:
        lines[affiliate_id].append(FrozenLine(pk, 0, minor or 0))
    for affiliate_id, pk, minor in adjustments.order_by("pk").values_list(
        "affiliate_id", "pk", "amount_minor"
    ):
        lines[affiliate_id].append(FrozenLine(0, pk, minor))
    return {
        affiliate_id: due
        for affiliate_id, due in lines.items()
        if any(line.amount_minor for line in due)
    }


def _on_live_item(what: str, batch: Batch | None) -> Exists:
    live = ItemLine.objects.filter(**{what: OuterRef("pk")}, released_at__isnull=True)
    return Exists(live if batch is None else live.exclude(item__batch=batch))


def stopped_payouts(affiliate_ids: Iterable[int], at: datetime) -> set[int]:
    """Return whose payouts a sanction stops at a moment."""
    stops = Stop.objects.at(at).filter(affiliate__in=list(affiliate_ids), what=Stopped.PAYOUTS)
    return set(stops.values_list("affiliate_id", flat=True))


def _candidate(
    affiliate: Affiliate,
    lines: Iterable[FrozenLine],
    rail: str,
    minimum: Money,
    *,
    is_stopped: bool,
) -> Candidate:
    own = tuple(lines)
    due = Money(sum(line.amount_minor for line in own), minimum.currency)
    facts = _facts(affiliate, rail, due, minimum, is_stopped=is_stopped)
    return Candidate(affiliate, due, own, facts.destination, payout_gates(facts))


def _facts(
    affiliate: Affiliate,
    rail: str,
    due: Money,
    minimum: Money,
    frozen: Destination | None = None,
    *,
    is_stopped: bool = False,
) -> PayeeFacts:
    return PayeeFacts(
        rail=rail,
        is_employee=affiliate.is_employee,
        is_suspended=affiliate.status == AffiliateStatus.SUSPENDED,
        is_closed=affiliate.status == AffiliateStatus.CLOSED,
        due=due,
        minimum=minimum,
        destination=_destination(affiliate, rail),
        frozen=frozen,
        is_stopped=is_stopped,
    )


def _destination(affiliate: Affiliate, rail: str) -> Destination | None:
    if rail == Rail.PAYROLL:
        return Destination(
            name=affiliate.name, store=affiliate.store, staff_number=affiliate.staff_number
        )
    payee = getattr(affiliate, "payee", None)
    if payee is None:
        return None
    return Destination(
        name=payee.legal_name, iban=payee.iban, country=payee.country, town=payee.town
    )
