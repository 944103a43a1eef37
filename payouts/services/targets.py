"""What each line of a commission comes to by the facts that count: for services and for checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property

from payouts.aftermath import Aftermath, sold
from payouts.domain.beside import Booked, beside_minor, of_the_sale, worth_of
from payouts.domain.commission import Deal, Earned, Line, earn, target_minor
from payouts.domain.order_commission import earn_order
from payouts.domain.refunds import Back, Left, after_caps, left_of, rise_minor
from payouts.domain.tariffs import Step
from payouts.models import (
    Adjustment,
    AdjustmentReason,
    Commission,
    CommissionLine,
    CommissionStatus,
)
from payouts.pricing import frozen, price_lines
from shop.models import CostCorrection, Order

CORRECTION_KEY = "cost_correction"
#: Ends the key of what changes the entries of people beside a sale, not one of its lines.
BESIDE = ":beside"
#: What people book for a sale and goes along with its goods; the rest of theirs stands. Rule R13.
OF_THE_SALE = (AdjustmentReason.CORRECTION, AdjustmentReason.CLAWBACK, AdjustmentReason.CLAIM)


@dataclass(slots=True)
class Known:
    """The facts of an order that a commission takes into account, by their ids."""

    returns: set[int] = field(default_factory=set)  # Return lines.
    corrections: set[int] = field(default_factory=set)

    def copy(self) -> Known:
        """Return the same facts, to be added to."""
        return Known(set(self.returns), set(self.corrections))


@dataclass(slots=True)
class _Posted:
    """What was booked for a commission until now, in minor units."""

    lines: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    found: dict[int, int] = field(default_factory=dict)  # Of costs that came late, by line.
    taken: dict[int, int] = field(default_factory=lambda: defaultdict(int))  # Of limits, by line.
    booked: list[Booked] = field(default_factory=list)  # By people, of the sale.
    changes: int = 0  # Of what people booked.
    sale: int = 0  # What the sale comes to, all in all.


@dataclass(frozen=True, slots=True)
class _Priced:
    """A commission line as it was priced, before caps, with what its rule needs again."""

    line: Line
    before_minor: int
    part_minor: int | None  # Of a flat amount.


class Targets:
    """The targets of some commissions, from facts loaded once in a handful of queries."""

    def __init__(self, commissions: Collection[Commission]) -> None:
        ids = [commission.pk for commission in commissions]
        loaded = Commission.objects.filter(pk__in=ids).select_related(
            "credit__order__shop", "terms"
        )
        self._commissions = {commission.pk: commission for commission in loaded}
        self.lines: dict[int, dict[int, CommissionLine]] = defaultdict(dict)
        rows = CommissionLine.objects.filter(commission__in=ids).select_related("order_line")
        for row in rows.order_by("order_line"):
            self.lines[row.commission_id][row.order_line_id] = row
        self._load_returns()
        self._load_changes(ids)

    def known(self, commission_id: int) -> Known:
        """Return a copy of what the commission's adjustments already take into account."""
        return self._known[commission_id].copy()

    def left(self, commission_id: int, known: Known) -> dict[int, Left]:
        """Return what is left of each order line, by the known returns and refunds."""
        backs = self._backs[commission_id]
        return left_of(
            sold(row.order_line for row in self.lines[commission_id].values()),
            [backs[pk] for pk in known.returns if pk in backs],
        )

    def worth(self, commission_id: int, known: Known) -> Fraction:
        """Return what is left of the order's goods, in minor units at their last price."""
        lines = (row.order_line for row in self.lines[commission_id].values())
        return worth_of(sold(lines), self.left(commission_id, known))

    def of(self, commission_id: int, known: Known) -> dict[int, int]:
        """Return in minor units what each order line comes to, by order line id.

        What the rule of the line pays for the price that is left and the cost that is known, under
        the frozen rule, rate and share, times the units that are left. Rules R2 to R9.
        """
        currency = self._commissions[commission_id].currency
        left = self.left(commission_id, known)
        costs = self._costs(commission_id, known.corrections)
        return {
            pk: target_minor(
                self._earned(row, left[pk], costs.get(pk)),
                quantity=row.order_line.quantity,
                returned=row.order_line.quantity - left[pk].quantity,
                currency=currency,
            )
            for pk, row in self.lines[commission_id].items()
        }

    def posted(self, commission_id: int) -> dict[int, int]:
        """Return what each order line comes to by what was booked until now."""
        changes = self._posted[commission_id].lines
        return {
            pk: row.amount_minor + changes.get(pk, 0)
            for pk, row in self.lines[commission_id].items()
        }

    def beside(self, commission_id: int, known: Known, lines: Mapping[int, int]) -> int:
        """Return what changes the entries of people beside a sale whose lines come to ``lines``.

        They go along with the goods, and the sale never falls below zero. Rule R13.
        """
        posted = self._posted[commission_id]
        if not posted.booked:
            return 0
        stands = self._commissions[commission_id].status != CommissionStatus.REVERSED
        kept = beside_minor(
            posted.booked,
            worth=self.worth(commission_id, known),
            lines_minor=sum(lines.values()) if stands else 0,
        )
        return kept - sum(one.minor for one in posted.booked)

    def posted_beside(self, commission_id: int) -> int:
        """Return what changed the entries of people until now."""
        return self._posted[commission_id].changes

    def sale_minor(self, commission_id: int) -> int:
        """Return what a sale comes to with what people booked for it, without goodwill and the
        like.
        """
        return self._posted[commission_id].sale

    def booked(self, commission_id: int) -> list[Booked]:
        """Return what people booked for a sale."""
        return self._posted[commission_id].booked

    def rises(self, commission_id: int, known: Known, lines: Collection[int]) -> dict[int, Earned]:
        """Return what ``lines`` have to take of caps and budgets to earn what they could.

        By order line: how it is computed, with the rise as its amount. Lines of which nothing is
        left take nothing. Rule R9.
        """
        left = self.left(commission_id, known)
        costs = self._costs(commission_id, known.corrections)
        found = {}
        for pk in lines:
            row = self.lines[commission_id][pk]
            again = self._again(row, left[pk], costs.get(pk))
            if again is None or not left[pk].quantity:
                continue
            now, before = again
            minor = rise_minor(
                now.amount_minor,
                before_minor=before,
                taken_minor=self._posted[commission_id].taken[pk],
            )
            if minor:
                found[pk] = _rise(now, minor, before)
        return found

    def take(self, commission_id: int, line: int, minor: int) -> None:
        """Count what caps and budgets left for a rise of a line."""
        self._posted[commission_id].taken[line] += minor

    def _earned(self, row: CommissionLine, left: Left, cost: int | None) -> int:
        posted = self._posted[row.commission_id]
        standing = row.amount_minor + posted.found.get(row.order_line_id, 0)
        again = self._again(row, left, cost)
        if again is None:
            return standing
        now, before = again
        return after_caps(
            now.amount_minor,
            standing_minor=standing,
            before_minor=before,
            taken_minor=posted.taken[row.order_line_id],
        )

    def _again(
        self, row: CommissionLine, left: Left, cost: int | None
    ) -> tuple[Earned, int] | None:
        """Return what a line earns for what is left of it, and what it earned, before caps.

        None where neither its price nor its cost is another, or where it cannot earn yet.
        """
        order_line = row.order_line
        is_same_cost = cost is None or cost == order_line.unit_cost_minor
        if is_same_cost and left.net_minor == order_line.net_minor:
            return None
        priced = self._priced[row.commission_id, row.order_line_id]
        if priced is None or self._waits(row):
            return None
        line = replace(priced.line, net_minor=left.net_minor)
        if not is_same_cost:
            line = replace(line, unit_cost_minor=cost)
        commission = self._commissions[row.commission_id]
        now = earn(
            line, _deal(commission), currency=commission.currency, part_minor=priced.part_minor
        )
        return now, priced.before_minor

    def _waits(self, row: CommissionLine) -> bool:
        """Tell whether a line still waits for its cost or band: nothing of it can change."""
        is_found = row.order_line_id in self._posted[row.commission_id].found
        return row.margin_minor is None and not is_found

    def _costs(self, commission_id: int, corrections: Collection[int]) -> dict[int, int]:
        """Return the corrected unit costs that count; none on the reference basis."""
        if self._commissions[commission_id].basis != "actual":
            return {}
        lines = self.lines[commission_id]
        return {
            one.line_id: one.unit_cost_minor
            for one in self._corrections
            if one.pk in corrections and one.line_id in lines
        }

    @cached_property
    def _priced(self) -> Mapping[tuple[int, int], _Priced | None]:
        """Every line as it was priced at first, by commission and order line."""
        orders = {one.credit.order_id: one.credit.order for one in self._commissions.values()}
        tariffs = price_lines(list(orders.values()))
        found: dict[tuple[int, int], _Priced | None] = defaultdict(lambda: None)
        for commission in self._commissions.values():
            rows = self.lines[commission.pk]
            lines = {
                one.order_line.pk: replace(
                    one.line,
                    order_cost_minor=rows[one.order_line.pk].order_cost_minor,
                    tariff=frozen(rows[one.order_line.pk], commission.terms.version),
                )
                for one in tariffs[commission.credit.order_id]
                if one.order_line.pk in rows
            }
            earned = earn_order(
                list(lines.values()), _deal(commission), currency=commission.currency
            )
            for (pk, line), one in zip(lines.items(), earned, strict=True):
                found[commission.pk, pk] = _Priced(line, one.amount_minor, _part(one.steps))
        return found

    def _load_returns(self) -> None:
        aftermath = Aftermath({one.credit.order_id for one in self._commissions.values()})
        self._backs: dict[int, dict[int, Back]] = {
            pk: aftermath.backs(
                commission.credit.order_id, [row.order_line for row in self.lines[pk].values()]
            )
            for pk, commission in self._commissions.items()
        }

    def _load_changes(self, ids: Collection[int]) -> None:
        self._known: dict[int, Known] = defaultdict(Known)
        self._posted: dict[int, _Posted] = {
            pk: _Posted(sale=0 if self._is_reversed(pk) else one.amount_minor)
            for pk, one in self._commissions.items()
        }
        # As they were booked, one after the other under the lock of their commission.
        rows = Adjustment.objects.filter(commission__in=ids).defer("steps", "text")
        for row in rows.order_by("pk"):
            self._count(row, row.commission_id or 0)
        lines = {pk for found in self.lines.values() for pk in found}
        # The last of them that says something about a line counts: rule O13.
        self._corrections = list(
            CostCorrection.objects.filter(line__in=lines).order_by("corrected_at", "external_id")
        )

    def _count(self, row: Adjustment, pk: int) -> None:
        known, posted = self._known[pk], self._posted[pk]
        counts = row.is_payable or not self._is_reversed(pk)  # Reversing took the others back.
        if row.proposal_id is not None:
            if row.reason in OF_THE_SALE and counts:
                minor = of_the_sale(row.amount_minor, standing_minor=posted.sale)
                posted.booked.append(Booked(minor=minor, worth=self.worth(pk, known)))
                posted.sale += minor
            return
        if row.source_key.startswith(f"{CORRECTION_KEY}:"):
            known.corrections.add(int(row.source_key.split(":")[1]))
        elif row.return_line_id is not None:
            known.returns.add(row.return_line_id)
        if counts:
            posted.sale += row.amount_minor
        line = row.order_line_id
        if line is None:
            posted.changes += row.amount_minor if counts else 0
            return
        posted.lines[line] += row.amount_minor
        posted.taken[line] += row.taken_minor
        if row.reason == AdjustmentReason.COST_FOUND:
            posted.found[line] = posted.found.get(line, 0) + row.amount_minor

    def _is_reversed(self, commission_id: int) -> bool:
        return self._commissions[commission_id].status == CommissionStatus.REVERSED


def of_people(row: Adjustment, key: str) -> Adjustment:
    """Return ``row`` as a change of what people booked beside a sale, under ``key``."""
    row.order_line_id = row.return_line_id = None
    row.is_payable = row.commission is None or not row.commission.is_pending
    row.source_key, row.steps = f"{key}{BESIDE}", [{"step": "beside"}]
    return row


def _deal(commission: Commission) -> Deal:
    """Return what applies to lines whose tariff is frozen: no rule is chosen, no cap taken."""
    credit = commission.credit
    order: Order = credit.order
    return Deal(
        basis=commission.basis,
        rate_bps=commission.rate_bps,
        share_bps=credit.share_bps,
        terms_id=commission.terms_id,
        terms_version=commission.terms.version,
        is_test=order.is_test,
    )


def _part(steps: Iterable[Step]) -> int | None:
    return next((step["minor"] for step in steps if step["step"] == "part"), None)


def _rise(now: Earned, minor: int, before_minor: int) -> Earned:
    """Return the computation of a line, and what it earns more than at first."""
    said: Step = {"step": "rise", "minor": minor, "to": now.amount_minor, "of": before_minor}
    return replace(
        now,
        amount_minor=minor,
        steps=(*now.steps[:-1], said, {"step": "amount", "minor": minor}),
    )
