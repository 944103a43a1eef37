"""What each line of a commission comes to by the facts that count: for services and for checks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from django.db.models import Sum

from affiliates.models import AmountOnly
from payouts.domain.commission import Deal, Line, earn, target_minor
from payouts.domain.order_commission import earn_order
from payouts.domain.refunds import Back, Left, Sold, after_caps, left_of
from payouts.domain.tariffs import Step
from payouts.models import Adjustment, AdjustmentReason, Commission, CommissionLine, RefundRuling
from payouts.pricing import Agreed, frozen, price_lines
from shop.models import CostCorrection, Order, ReturnLine

CORRECTION_KEY = "cost_correction"


@dataclass(slots=True)
class Known:
    """The facts of an order that a commission takes into account, by their ids."""

    returns: set[int] = field(default_factory=set)  # Return lines.
    corrections: set[int] = field(default_factory=set)


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
        known = self._known[commission_id]
        return Known(set(known.returns), set(known.corrections))

    def left(self, commission_id: int, known: Known) -> dict[int, Left]:
        """Return what is left of each order line, by the known returns and refunds."""
        order_id = self._commissions[commission_id].credit.order_id
        sold = [
            Sold(line=pk, kind=row.order_line.kind, quantity=row.order_line.quantity,
                 net_minor=row.order_line.net_minor)
            for pk, row in self.lines[commission_id].items()
        ]  # fmt: skip
        backs = self._backs.get(order_id, {})
        return left_of(sold, [backs[pk] for pk in known.returns if pk in backs])

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
        changes = self._posted[commission_id]
        return {
            pk: row.amount_minor + changes.get(pk, 0)
            for pk, row in self.lines[commission_id].items()
        }

    def _earned(self, row: CommissionLine, left: Left, cost: int | None) -> int:
        standing = row.amount_minor + self._found[row.commission_id].get(row.order_line_id, 0)
        order_line = row.order_line
        is_same_cost = cost is None or cost == order_line.unit_cost_minor
        if is_same_cost and left.net_minor == order_line.net_minor:
            return standing
        priced = self._priced[row.commission_id, row.order_line_id]
        if priced is None or self._waits(row):
            return standing
        line = replace(priced.line, net_minor=left.net_minor)
        if not is_same_cost:
            line = replace(line, unit_cost_minor=cost)
        commission = self._commissions[row.commission_id]
        now = earn(
            line, _deal(commission), currency=commission.currency, part_minor=priced.part_minor
        )
        return after_caps(
            now.amount_minor,
            standing_minor=standing,
            before_minor=priced.before_minor,
            is_limited=_is_limited(commission),
        )

    def _waits(self, row: CommissionLine) -> bool:
        """Tell whether a line still waits for its cost or band: nothing of it can change."""
        is_found = row.order_line_id in self._found[row.commission_id]
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
        orders = {one.credit.order_id for one in self._commissions.values()}
        by_id = {
            (row.order_line.order_id, row.order_line.external_id): row.order_line_id
            for rows in self.lines.values()
            for row in rows.values()
        }
        ignored = set(
            RefundRuling.objects.filter(
                return_line__shop_return__order__in=orders, policy=AmountOnly.IGNORED
            ).values_list("return_line", flat=True)
        )
        self._backs: dict[int, dict[int, Back]] = defaultdict(dict)
        rows = ReturnLine.objects.filter(shop_return__order__in=orders)
        for row in rows.select_related("shop_return"):
            order_id = row.shop_return.order_id or 0  # Asked for by their orders: it is there.
            line = row.line_id or by_id.get((order_id, row.line_external_id))
            is_of_order = not (row.quantity or row.line_external_id or row.sku)
            if row.pk not in ignored and (line is not None or is_of_order):
                self._backs[order_id][row.pk] = Back(
                    at=row.shop_return.returned_at,
                    key=f"{row.shop_return.external_id} {row.external_id}",
                    line=line,
                    quantity=row.quantity,
                    net_minor=row.net_minor,
                )

    def _load_changes(self, ids: Collection[int]) -> None:
        self._known: dict[int, Known] = defaultdict(Known)
        self._posted: dict[int, dict[int, int]] = defaultdict(dict)
        self._found: dict[int, dict[int, int]] = defaultdict(dict)
        rows = Adjustment.objects.filter(commission__in=ids, proposal__isnull=True)
        for commission, key, back in rows.values_list("commission", "source_key", "return_line"):
            if key.startswith(f"{CORRECTION_KEY}:"):
                self._known[commission].corrections.add(int(key.split(":")[1]))
            elif back is not None:
                self._known[commission].returns.add(back)
        sums = rows.filter(order_line__isnull=False).values_list(
            "commission", "order_line", "reason"
        )
        for commission, line, reason, total in sums.annotate(total=Sum("amount_minor")):
            posted = self._posted[commission]
            posted[line] = posted.get(line, 0) + total
            if reason == AdjustmentReason.COST_FOUND:
                self._found[commission][line] = total
        lines = {pk for found in self.lines.values() for pk in found}
        # The last of them that says something about a line counts: rule O13.
        self._corrections = list(
            CostCorrection.objects.filter(line__in=lines).order_by("corrected_at", "external_id")
        )


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


def _is_limited(commission: Commission) -> bool:
    rules = Agreed.of(commission.terms).rules_in(commission.currency)
    return rules.order_cap_minor is not None or rules.month_cap_minor is not None
