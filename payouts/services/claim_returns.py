"""What came back of orders whose granted claims stand beside no commission. Rule CL17."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from django.db import transaction
from django.db.models import CharField, Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat

from payouts.aftermath import Aftermath, sold
from payouts.domain.beside import Booked, beside_minor, worth_of
from payouts.domain.refunds import Back, left_of
from payouts.models import Adjustment, Claim, ClaimStatus
from payouts.services.adjustments import book
from payouts.services.refunds import rule_on
from payouts.services.returns import reason_of
from shop.models import OrderLine, ReturnLine

_CLAIM = "shop_return__order__claims"
_GRANTED = f"{_CLAIM}__proposal__adjustment"


@dataclass(frozen=True, slots=True)
class Granted:
    """A claim that was granted beside no commission, and what became of its order since.

    ``before``: the return lines that were known when it was booked; ``backs``: all that count.
    """

    claim: Claim
    booked: Adjustment
    lines: Sequence[OrderLine]
    backs: Mapping[int, Back]
    before: frozenset[int]

    def target_minor(self, since: Collection[int]) -> int:
        """Return what stands of it once the return lines ``since`` came back. Minor units.

        The part of the goods that is left, of what was left when it was booked; half away from
        zero. What was booked when nothing was left stands. Rule R13.
        """
        whole = Booked(minor=self.booked.amount_minor, worth=self._worth(self.before))
        worth = self._worth(self.before.union(since))
        return beside_minor([whole], worth=worth, lines_minor=0)

    def _worth(self, known: Collection[int]) -> Fraction:
        goods = sold(self.lines)
        return worth_of(goods, left_of(goods, [self.backs[pk] for pk in known if pk in self.backs]))


def apply_pending(*, now: datetime, limit: int = 500) -> int:
    """Take back of granted claims what came back of their orders; return how many were handled.

    Safe to repeat and to race: each return line changes each claim once, under the claim's lock.
    """
    with transaction.atomic():
        found = waiting().order_by("pk").values_list("claim", flat=True)[:limit]
        locked = Claim.objects.filter(pk__in=list(found)).order_by("pk")
        claims = [one.pk for one in locked.select_for_update(of=("self",), skip_locked=True)]
        tasks = _tasks(claims)
        if tasks:
            rule_on({row.pk: row for group in tasks.values() for row in group}.values(), now=now)
            rows = (_changes(one, tasks[one.claim.pk], now) for one in granted(claims))
            book([row for group in rows for row in group], {}, now=now)
        return sum(len(group) for group in tasks.values())


def waiting() -> QuerySet[Any]:
    """Return, with its ``claim``, each return line that came after a claim and changed nothing yet.

    Claims of which a commission exists go along with it: rule R13.
    """
    key = Concat(
        Value("claim:"),
        Cast(F(f"{_CLAIM}__pk"), CharField()),
        Value(":return_line:"),
        Cast("pk", CharField()),
        output_field=CharField(),
    )
    rows = ReturnLine.objects.filter(
        **{f"{_CLAIM}__status": ClaimStatus.GRANTED, f"{_GRANTED}__commission__isnull": True},
        shop_return__received_at__gt=F(f"{_GRANTED}__created_at"),
    )
    handled = Adjustment.objects.filter(source_key=OuterRef("key"))
    return rows.annotate(claim=F(f"{_CLAIM}__pk"), key=key).filter(~Exists(handled))


def granted(claim_ids: Collection[int]) -> Iterator[Granted]:
    """Yield claims that were granted beside no commission, with what came back of their orders."""
    claims = Claim.objects.filter(pk__in=claim_ids).select_related("proposal__adjustment")
    orders = {one.order_id for one in claims if one.order_id is not None}
    aftermath = Aftermath(orders)
    lines: dict[int, list[OrderLine]] = defaultdict(list)
    for line in OrderLine.objects.filter(order__in=orders).order_by("pk"):
        lines[line.order_id].append(line)
    came = ReturnLine.objects.filter(shop_return__order__in=orders).values_list(
        "shop_return__order", "pk", "shop_return__received_at"
    )
    returned: dict[int, list[tuple[int, datetime]]] = defaultdict(list)
    for order_id, pk, received_at in came:
        returned[order_id].append((pk, received_at))
    for claim in claims.order_by("pk"):
        if claim.proposal is None or claim.order_id is None:
            continue
        booked = claim.proposal.adjustment
        before = (pk for pk, at in returned[claim.order_id] if at <= booked.created_at)
        yield Granted(
            claim=claim,
            booked=booked,
            lines=lines[claim.order_id],
            backs=aftermath.backs(claim.order_id, lines[claim.order_id]),
            before=frozenset(before),
        )


def posted(claim: Claim) -> tuple[int, frozenset[int]]:
    """Return what was taken back of a claim until now, and for which return lines. Minor units."""
    rows = list(
        Adjustment.objects.filter(
            affiliate=claim.affiliate_id, source_key__startswith=f"claim:{claim.pk}:return_line:"
        ).values_list("amount_minor", "return_line")
    )
    return sum(minor for minor, _pk in rows), frozenset(pk for _minor, pk in rows if pk is not None)


def _tasks(claim_ids: Collection[int]) -> dict[int, list[ReturnLine]]:
    """Look again under the locks, by the shop's dates: which changed nothing yet?"""
    found: dict[int, list[ReturnLine]] = defaultdict(list)
    rows = waiting().filter(claim__in=claim_ids).select_related("shop_return")
    for row in rows.order_by("shop_return__returned_at", "shop_return__external_id", "pk"):
        found[row.claim].append(row)
    return found


def _changes(one: Granted, rows: Sequence[ReturnLine], now: datetime) -> Iterator[Adjustment]:
    """Yield one change for each return line; of nothing, too: it says that it was handled."""
    taken, since = posted(one.claim)
    known = set(since)
    for row in rows:
        known.add(row.pk)
        wanted = one.target_minor(known) - one.booked.amount_minor
        yield _change(one, row, wanted - taken, now)
        taken = wanted


def _change(one: Granted, row: ReturnLine, minor: int, now: datetime) -> Adjustment:
    return Adjustment(
        affiliate_id=one.claim.affiliate_id,
        text=one.claim.order_number,
        return_line=row,
        amount_minor=minor,
        currency=one.booked.currency,
        reason=reason_of(row),
        is_payable=True,
        source_key=f"claim:{one.claim.pk}:return_line:{row.pk}",
        effective_at=max(one.booked.effective_at, min(row.shop_return.returned_at, now)),
        created_at=now,
    )
