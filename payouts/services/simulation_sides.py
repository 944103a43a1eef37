"""The credits of past orders on both sides of a simulation, read for many orders at once."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db.models import Exists, OuterRef, QuerySet, Sum

from affiliates.domain.terms import Tiers
from affiliates.domain.terms_content import TermsContent, read_content
from affiliates.models import Affiliate, Terms
from affiliates.queries import TermsIndex
from fraud.models import Decision
from payouts.among import among
from payouts.models import Adjustment, CommissionStatus, ReversalReason, Simulation
from payouts.pricing import Agreed, CreditFacts
from shop.models import Order, Shop
from tracking.domain.policy import Policy
from tracking.domain.touchpoints import Reason
from tracking.models import Attribution, Credit
from tracking.services.reattribution import ReplayedShare, shares_under

#: A commission reversed for these earned, and what came back is counted as for any other.
_CAME_BACK = (ReversalReason.RETURNED, ReversalReason.CANCELLED)
#: What is read of orders: nothing that terms and what came back do not ask for.
_ORDER_COLUMNS = (
    "shop", "placed_at", "currency", "is_test", "delivered_at", "customer_ref", "is_new_customer",
    "codes", "is_addition", "follows",
)  # fmt: skip
_CREDIT_COLUMNS = (
    "order", "pk", "affiliate", "terms", "share_bps", "role", "surface", "screening__decision",
    "commission__status", "commission__reversal_reason", "commission__amount_minor",
)  # fmt: skip


class _CreditRow(NamedTuple):
    """The columns above."""

    order_id: int
    pk: int
    affiliate_id: int
    terms_id: int
    share_bps: int
    role: str
    surface: str
    decision: str | None
    status: str | None
    reversal_reason: str | None
    amount_minor: int | None

    @property
    def stands(self) -> bool:
        """Whether it earns: it was not refused, and only what came back reversed it."""
        if self.decision == Decision.REFUSE:
            return False
        return self.status != CommissionStatus.REVERSED or self.reversal_reason in _CAME_BACK

    def standing_minor(self, adjusted: Mapping[int, int]) -> int:
        """Return what its commission and the adjustments beside it come to in the books."""
        if self.amount_minor is None or self.status == CommissionStatus.REVERSED:
            return 0
        return self.amount_minor + adjusted.get(self.pk, 0)


@dataclass(frozen=True, slots=True)
class Side:
    """A credit on one side. ``stands`` False: refused, so it earns nothing and takes no budget."""

    credit: CreditFacts
    terms: Terms  # The row in force, also where a draft takes its place.
    stands: bool
    is_draft: bool = False


@dataclass(frozen=True, slots=True)
class OrderSides:
    """An order with its credits before and after, and what it earned in the books."""

    order: Order
    before: list[Side]
    after: list[Side]
    standing_minor: int


class Drafts:
    """The drafts of a simulation, by the terms whose place they take."""

    def __init__(self, said: Iterable[Mapping[str, Any]]) -> None:
        self._of_group: dict[int, TermsContent] = {}
        self._of_affiliate: dict[int, TermsContent] = {}
        for one in said:
            content = read_content(one["content"])
            if one["group"] is not None:
                self._of_group[one["group"]] = content
            else:
                self._of_affiliate[one["affiliate"]] = content

    @property
    def contents(self) -> list[TermsContent]:
        """What they say."""
        return [*self._of_group.values(), *self._of_affiliate.values()]

    def instead_of(self, terms: Terms, affiliate_id: int) -> TermsContent | None:
        """Return the draft that takes the place of ``terms``: the affiliate's own comes first."""
        own = self._of_affiliate.get(affiliate_id)
        return own or self._of_group.get(terms.group_id or 0)


class Sides:
    """Reads both sides of orders. What is the same for many orders is read once."""

    def __init__(self, simulation: Simulation, *, now: datetime) -> None:
        self.drafts = Drafts(simulation.terms)
        self._policy = Policy.from_rules(simulation.policy["rules"]) if simulation.policy else None
        self._now = now
        self._shops = Shop.objects.in_bulk()
        self._affiliates = Affiliate.objects.in_bulk()
        self._terms = Terms.objects.in_bulk()
        self._index = TermsIndex(list(self._affiliates)) if self._policy else None
        self._agreed: dict[tuple[int, int], Agreed] = {}

    @property
    def is_shared_anew(self) -> bool:
        """Whether another policy is asked for."""
        return self._policy is not None

    def agreed(self) -> list[Agreed]:
        """Return what any terms say that credits of the past may have, drafts included."""
        rows = [Agreed.of(terms) for terms in self._terms.values()]
        return rows + [_agreed(Terms(version=0), content) for content in self.drafts.contents]

    def tiers_to_run(self) -> list[Tiers]:
        """Return the tiers that credits may have which are not as they are in force."""
        if self.is_shared_anew:
            return [one.rules.tiers for one in self.agreed() if one.rules.tiers]
        return [one.rules.tiers for one in self.drafts.contents if one.rules.tiers]

    def of(self, order_ids: Sequence[int]) -> list[OrderSides]:
        """Return both sides of orders, in the order of their times, in six queries or more."""
        orders = Order.objects.filter(among("pk", order_ids)).only(*_ORDER_COLUMNS)
        anew = self._shares(order_ids)
        before = self._recorded(order_ids)
        adjusted = _adjusted(order_ids)
        found = []
        for order in orders.order_by("placed_at", "pk"):
            rows = before.get(order.pk, ())
            order.shop = self._shops[order.shop_id]
            credits = [self._row_of(order, row) for row in rows]
            after = (
                [
                    self._anew(order, share, credits, terms_at)
                    for share, terms_at in anew.get(order.pk, ())
                ]
                if self._policy
                else [self._under_draft(side) for side in credits]
            )
            standing = sum(row.standing_minor(adjusted) for row in rows)
            found.append(OrderSides(order, credits, after, standing))
        return found

    def _shares(self, order_ids: Sequence[int]) -> dict[int, list[tuple[ReplayedShare, datetime]]]:
        """Return who would share each order under the policy, and of when its terms are.

        What followed another order goes where that one goes, under its terms. Rule A16.
        """
        if self._policy is None:
            return {}
        origins = _origins(order_ids)
        decided = Order.objects.in_bulk({origins.get(pk, pk) for pk in order_ids})
        shares = shares_under(self._policy, list(decided), now=self._now)
        found = {}
        for pk in order_ids:
            origin = decided[origins.get(pk, pk)]
            found[pk] = [(share, origin.placed_at) for share in shares.get(origin.pk, ())]
        return found

    def _recorded(self, order_ids: Sequence[int]) -> Mapping[int, list[_CreditRow]]:
        rows = Credit.objects.filter(among("order", order_ids)).order_by("pk")
        found: dict[int, list[_CreditRow]] = defaultdict(list)
        for row in map(_CreditRow._make, rows.values_list(*_CREDIT_COLUMNS)):
            found[row.order_id].append(row)
        new = {row.terms_id for one in found.values() for row in one} - self._terms.keys()
        if new:  # An order and its terms came while others were run.
            self._terms |= Terms.objects.in_bulk(new)
            self._affiliates |= Affiliate.objects.in_bulk()
        return found

    def _row_of(self, order: Order, row: _CreditRow) -> Side:
        terms = self._terms[row.terms_id]
        credit = CreditFacts(
            order=order,
            affiliate=self._affiliates[row.affiliate_id],
            agreed=self._agreed_of(terms, None),
            share_bps=row.share_bps,
            role=row.role,
            surface=row.surface,
        )
        return Side(credit, terms, row.stands)

    def _under_draft(self, side: Side) -> Side:
        had = side.credit
        content = self.drafts.instead_of(side.terms, had.affiliate.pk)
        if content is None:
            return side
        credit = CreditFacts(
            order=had.order,
            affiliate=had.affiliate,
            agreed=self._agreed_of(side.terms, content),
            share_bps=had.share_bps,
            role=had.role,
            surface=had.surface,
        )
        return Side(credit, side.terms, side.stands, is_draft=True)

    def _anew(
        self, order: Order, share: ReplayedShare, credits: Sequence[Side], terms_at: datetime
    ) -> Side:
        """Return a share of the other policy. What was said of the same affiliate's credit holds.

        Nobody has screened the others; they count as clear.
        """
        had = next((one for one in credits if one.credit.affiliate.pk == share.affiliate_id), None)
        terms = had.terms if had else self._terms_at(share.affiliate_id, terms_at)
        if terms is None:
            raise LookupError(f"Order {order.pk} was won without terms.")  # A7 excludes it.
        surface = share.surface
        if surface is None:
            surface = had.credit.surface if had else ""
        credit = CreditFacts(
            order=order,
            affiliate=self._affiliates[share.affiliate_id],
            agreed=self._agreed_of(terms, None),
            share_bps=share.share_bps,
            role=share.role,
            surface=surface,
        )
        return self._under_draft(Side(credit, terms, had is None or had.stands))

    def _terms_at(self, affiliate_id: int, moment: datetime) -> Terms | None:
        return self._index.at(affiliate_id, moment) if self._index else None

    def _agreed_of(self, terms: Terms, content: TermsContent | None) -> Agreed:
        """Return one value for all credits of the same terms, or of a draft in their place."""
        key = terms.pk, id(content)
        if key not in self._agreed:
            self._agreed[key] = _agreed(terms, content) if content else Agreed.of(terms)
        return self._agreed[key]


def _agreed(terms: Terms, content: TermsContent) -> Agreed:
    """Return what a draft says, under the number of the terms whose place it takes."""
    return Agreed(
        terms_id=terms.pk or 0,
        version=terms.version,
        basis=content.basis,
        rate_bps=content.rate_bps,
        hold_days=content.hold_days,
        rules=content.rules,
        currency=content.currency,
    )


def _origins(order_ids: Sequence[int]) -> dict[int, int]:
    """Return the order with which each goes that went with another, along the whole chain."""
    found: dict[int, int] = {}
    asked = set(order_ids)
    while asked:
        followed = Attribution.objects.filter(order__in=asked, reason=Reason.FOLLOWED_ORDER)
        rows = dict(followed.values_list("order", "order__follows"))
        found |= {pk: follows for pk, follows in rows.items() if follows is not None}
        asked = set(found.values()) - found.keys() - asked
    return {pk: _end(pk, found) for pk in order_ids if pk in found}


def _end(pk: int, follows: Mapping[int, int]) -> int:
    while pk in follows:
        pk = follows[pk]
    return pk


def _adjusted(order_ids: Sequence[int]) -> dict[int, int]:
    rows = Adjustment.objects.filter(among("commission__credit__order", order_ids))
    return dict(rows.values_list("commission__credit").annotate(Sum("amount_minor")))


def orders_of(*, since: datetime, until: datetime, is_shared_anew: bool) -> QuerySet[Order, int]:
    """Return the ids of the orders to run, in the order of time: those that have a credit, or all
    that were decided. Test orders earn nothing and are left out.
    """
    source: QuerySet[Any] = Attribution.objects.all() if is_shared_anew else Credit.objects.all()
    orders = Order.objects.filter(
        Exists(source.filter(order=OuterRef("pk"))),
        placed_at__gte=since,
        placed_at__lt=until,
        is_test=False,
    )
    return orders.order_by("placed_at", "pk").values_list("pk", flat=True)
