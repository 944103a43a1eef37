"""Who is due what at a moment, and what stops them: the raw material of a batch."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from affiliates.models import Affiliate, AffiliateKind, AffiliateStatus
from affiliates.queries import TermsIndex
from core.money import Money
from payouts.domain.calendar import bank_date
from payouts.domain.content_hash import FrozenLine
from payouts.domain.gates import Destination, Gate, PayeeFacts, payout_gates, rail_for
from payouts.models import (
    Adjustment,
    Batch,
    Capability,
    Commission,
    CommissionStatus,
    Item,
    ItemLine,
    Rail,
    StripeAccount,
)
from payouts.queries.minimum_rules import Lifting
from payouts.queries.payee_facts import PayeeIndex
from payouts.services.targets import BESIDE


@dataclass(frozen=True, slots=True)
class Candidate:
    """An affiliate to whom something is due (or who owes), with all that a payout would hold.

    ``amount`` is what a payout would come to: what is due, and ``vat`` on top where it is charged.
    """

    affiliate: Affiliate
    amount: Money
    vat: Money
    lines: tuple[FrozenLine, ...]
    destination: Destination | None
    gates: tuple[Gate, ...]

    @property
    def due(self) -> Money:
        return self.amount - self.vat

    @property
    def is_payable(self) -> bool:
        return not self.gates


def rail_of(affiliate: Affiliate) -> Rail:
    """Return the way ``affiliate`` is paid (P43): its payee and account at Stripe are looked at."""
    payee, account = getattr(affiliate, "payee", None), stripe_account_of(affiliate)
    rail = rail_for(
        is_employee=affiliate.is_employee,
        has_stripe=account is not None,
        stripe_active=account is not None and account.capability == Capability.ACTIVE,
        iban=payee.iban if payee is not None else None,
    )
    return Rail(rail)


def stripe_account_of(affiliate: Affiliate) -> StripeAccount | None:
    """Return the account of ``affiliate`` at Stripe; ``None`` while Stripe is not set up."""
    if not getattr(settings, "STRIPE_SECRET_KEY", ""):
        return None
    return getattr(affiliate, "stripe_account", None)


def candidates(
    *,
    rail: str,
    currency: str,
    cutoff_at: datetime,
    at: datetime,
    batch: Batch | None = None,
    affiliate_ids: Collection[int] | None = None,
    lock: bool = False,
    terms: TermsIndex | None = None,
    known: Sequence[Affiliate] = (),
) -> list[Candidate]:
    """Return everybody of ``rail`` with something to pay or to take back, by id (rule P2).

    Commissions approved and adjustments made before ``cutoff_at`` count, those about no commission
    too, as far as no live payout has them (those of ``batch`` itself count as free). Debts count
    whenever they were made, unless their commission itself came after the cutoff: they wait with
    it. The minimum is that of the terms live ``at``, unless it is lifted (P56). ``lock`` holds the
    commissions until commit. ``terms`` of everybody are looked up where they are not given, and so
    are the affiliates where they are not ``known``, with payee and account at Stripe.
    """
    lines, oldest = _due_lines(rail, currency, cutoff_at, batch, affiliate_ids, lock=lock)
    rows = Affiliate.objects.filter(pk__in=lines).select_related("payee", "stripe_account")
    everybody = [one for one in known if one.pk in lines] or rows.order_by("pk")
    affiliates = [one for one in everybody if rail_of(one) == rail]
    index = PayeeIndex([one.pk for one in affiliates], at)
    terms = terms or TermsIndex({one.pk for one in affiliates})
    paid_on = batch.execution_date if batch else bank_date(at)
    lifting, found = Lifting(at), []
    for affiliate in affiliates:
        own = terms.at(affiliate.pk, at)
        minimum = own.minimum_payout_minor if own and own.currency == currency else 0
        due = Money(sum(line.amount_minor for line in lines[affiliate.pk]), currency)
        waits = 0 < due.minor < minimum
        lifts_at = lifting.of(oldest.get(affiliate.pk)) if waits else None
        facts = replace(
            _facts(affiliate, rail, due, Money(minimum, currency), index, paid_on),
            lifts_at=lifts_at,
            is_lifted=lifts_at is not None and lifts_at <= at,
        )
        vat = index.vat_of(affiliate.pk, due, rail=rail, on=paid_on)
        found.append(
            Candidate(
                affiliate,
                due + vat,
                vat,
                tuple(lines[affiliate.pk]),
                facts.destination,
                payout_gates(facts),
            )
        )
    return found


def gates_of_items(items: Sequence[Item], rail: str, at: datetime) -> dict[int, tuple[Gate, ...]]:
    """Return what stops each approved payout that is about to leave, by its id; () for nothing.

    The amount was judged when the batch was submitted; the account, its details and its VAT are
    judged again, as they are ``at`` that moment. Asks as many questions for a thousand as for one.
    """
    index = PayeeIndex(
        [item.affiliate_id for item in items], at, leaving=[item.pk for item in items]
    )
    rows = Affiliate.objects.select_related("payee", "stripe_account")
    affiliates = rows.in_bulk(index.affiliate_ids)
    return {
        item.pk: payout_gates(
            _facts(
                affiliates[item.affiliate_id],
                rail,
                item.net,
                Money(0, item.currency),
                index,
                item.batch.execution_date,
                frozen=frozen_destination(item),
                vat_changed=item.vat
                != index.vat_of(
                    item.affiliate_id, item.net, rail=rail, on=item.batch.execution_date
                ),
            )
        )
        for item in items
    }


def frozen_destination(item: Item) -> Destination:
    """Return where the money of ``item`` goes, as it was when the batch was prepared."""
    return Destination(
        name=item.payee_name,
        iban=item.iban,
        country=item.country,
        town=item.town,
        store=item.store,
        staff_number=item.staff_number,
        stripe_account=item.stripe_account,
    )


def _due_lines(
    rail: str,
    currency: str,
    cutoff_at: datetime,
    batch: Batch | None,
    affiliate_ids: Collection[int] | None,
    *,
    lock: bool,
) -> tuple[dict[int, list[FrozenLine]], dict[int, datetime]]:
    """Return what is due to each affiliate, and since when the oldest of it is."""
    scope = Q(_may_be_of(rail), currency=currency)
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
        .values_list("affiliate_id", "pk", "approved_minor", "status_changed_at")
    )
    if lock:
        commissions = commissions.select_for_update(of=("self",))
    lines: dict[int, list[FrozenLine]] = defaultdict(list)
    oldest: dict[int, datetime] = {}
    for affiliate_id, pk, minor, since in commissions:
        lines[affiliate_id].append(FrozenLine(pk, 0, minor or 0))
        _note_oldest(oldest, affiliate_id, minor or 0, since)
    adjustments = _due_adjustments(scope, cutoff_at, batch)
    for affiliate_id, pk, minor, since in adjustments.values_list(
        "affiliate_id", "pk", "amount_minor", "created_at"
    ):
        lines[affiliate_id].append(FrozenLine(0, pk, minor))
        _note_oldest(oldest, affiliate_id, minor, since)
    owed = {
        affiliate_id: due
        for affiliate_id, due in lines.items()
        if any(line.amount_minor for line in due)
    }
    return owed, oldest


def _due_adjustments(scope: Q, cutoff_at: datetime, batch: Batch | None) -> QuerySet[Adjustment]:
    """Return what is due beside commissions and about none, debts whenever they were made."""
    late = Q(
        commission__status=CommissionStatus.APPROVED,
        commission__status_changed_at__gte=cutoff_at,
    )
    stands = Q(commission__status__in=[CommissionStatus.APPROVED, CommissionStatus.PAID])
    rows: QuerySet[Adjustment] = Adjustment.objects.filter(
        scope,
        # Beside a commission that does not stand only what people decided is due.
        stands
        | Q(commission__isnull=True)
        | Q(proposal__isnull=False)
        | Q(source_key__endswith=BESIDE),
        ~_on_live_item("adjustment", batch),
        Q(created_at__lt=cutoff_at) | Q(~late, amount_minor__lt=0),
        is_payable=True,
    )
    return rows.exclude(amount_minor=0).order_by("pk")


def _note_oldest(
    oldest: dict[int, datetime], affiliate_id: int, minor: int, since: datetime
) -> None:
    """A debt waits for nobody: only what is above zero does."""
    if minor > 0:
        oldest[affiliate_id] = min(since, oldest.get(affiliate_id, since))


def _may_be_of(rail: str) -> Q:
    """Whom ``rail`` may pay, as far as the database can tell: bank accounts are encrypted."""
    employees = Q(affiliate__kind=AffiliateKind.EMPLOYEE)
    if rail == Rail.PAYROLL:
        return employees
    if rail == Rail.STRIPE:
        return ~employees & Q(affiliate__stripe_account__isnull=False)
    return ~employees


def _on_live_item(what: str, batch: Batch | None) -> Exists:
    live = ItemLine.objects.filter(**{what: OuterRef("pk")}, released_at__isnull=True)
    return Exists(live if batch is None else live.exclude(item__batch=batch))


def _facts(
    affiliate: Affiliate,
    rail: str,
    due: Money,
    minimum: Money,
    index: PayeeIndex,
    paid_on: date,
    frozen: Destination | None = None,
    *,
    vat_changed: bool = False,
) -> PayeeFacts:
    account = stripe_account_of(affiliate)
    return PayeeFacts(
        rail=rail,
        is_employee=affiliate.is_employee,
        is_suspended=affiliate.status == AffiliateStatus.SUSPENDED,
        is_closed=affiliate.status == AffiliateStatus.CLOSED,
        due=due,
        minimum=minimum,
        destination=_destination(affiliate, rail, account),
        frozen=frozen,
        vat_changed=vat_changed,
        is_stopped=affiliate.pk in index.stopped,
        held=index.held.get(affiliate.pk),
        books_differ=affiliate.pk in index.differing,
        is_another=rail == Rail.SEPA and affiliate.pk in index.mismatched,
        cools_until=index.cools_until.get(affiliate.pk),
        capability=account.capability if account is not None else "",
        blocked_countries=index.blocked_countries,
        papers=index.papers_of(affiliate.pk),
        contract=index.contract_of(affiliate, due.currency, paid_on),
    )


def _destination(
    affiliate: Affiliate, rail: str, account: StripeAccount | None
) -> Destination | None:
    if rail == Rail.PAYROLL:
        return Destination(
            name=affiliate.name, store=affiliate.store, staff_number=affiliate.staff_number
        )
    payee = getattr(affiliate, "payee", None)
    if rail == Rail.STRIPE:
        if account is None:
            return None
        return Destination(
            name=payee.legal_name if payee is not None else affiliate.name,
            country=account.country,
            stripe_account=account.account,
        )
    if payee is None:
        return None
    return Destination(
        name=payee.legal_name, iban=payee.iban, country=payee.country, town=payee.town
    )
