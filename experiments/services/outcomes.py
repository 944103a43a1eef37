"""What those who take part ordered: in their time, and in the 90 days before it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from experiments.domain import estimate
from experiments.domain.estimate import Comparison
from experiments.models import Experiment
from experiments.services.keys import unit_of
from shop.models import Order

#: How far back orders are looked at for the covariate.
BEFORE = timedelta(days=90)
CHUNK = 5_000


class Seen(NamedTuple):
    """A unit as it was assigned, with its orders by id: those that count, and those before."""

    is_control: bool
    counted: list[int]
    earlier: list[int]


class Outcomes:
    """The orders of the units of an experiment, as known at ``now``."""

    def __init__(self, experiment: Experiment, now: datetime) -> None:
        self._experiment, self._now = experiment, now
        self._ordered = _orders_by_unit(experiment, now)

    @property
    def order_ids(self) -> set[int]:
        """The orders that count in either way, of all units."""
        return {pk for unit in self._units() for pk in (*unit.counted, *unit.earlier)}

    def compare(self, worth: Mapping[int, int] | None = None) -> Comparison:
        """Compare what the orders of a unit come to, treated against control, all as assigned.

        ``worth``: what each order counts, by id, others nothing; without it each counts one. What
        a unit ordered before it was first seen is the covariate: the assignment cannot have moved
        it.
        """

        def total(order_ids: Iterable[int]) -> float:
            return float(sum(1 if worth is None else worth.get(pk, 0) for pk in order_ids))

        outcomes: dict[bool, list[float]] = {True: [], False: []}
        before: dict[bool, list[float]] = {True: [], False: []}
        for unit in self._units():
            outcomes[unit.is_control].append(total(unit.counted))
            before[unit.is_control].append(total(unit.earlier))
        treated, control = (
            estimate.moments(outcomes[is_control], before[is_control])
            for is_control in (False, True)
        )
        return estimate.compare(treated, control, planned=self._experiment.planned_units)

    def _units(self) -> Iterator[Seen]:
        rows = self._experiment.exposures.values_list("unit", "is_control", "first_seen_at")
        window = timedelta(days=self._experiment.outcome_days)
        for unit, is_control, seen_at in rows.iterator(chunk_size=CHUNK):
            theirs = self._ordered.get(unit, ())
            until = min(seen_at + window, self._now)
            yield Seen(
                is_control,
                [pk for pk, at in theirs if seen_at <= at < until],
                [pk for pk, at in theirs if seen_at - BEFORE <= at < seen_at],
            )


def _orders_by_unit(experiment: Experiment, now: datetime) -> dict[str, list[tuple[int, datetime]]]:
    """Return the orders of each unit with their time, by the references that they carry."""
    found: dict[str, list[tuple[int, datetime]]] = defaultdict(list)
    if experiment.starts_at is None:
        return found
    orders = Order.objects.filter(
        shop=experiment.shop_id,
        is_test=False,
        placed_at__gte=experiment.starts_at - BEFORE,
        placed_at__lt=now,
    ).exclude(click_tokens=[])
    rows = orders.values_list("click_tokens", "pk", "placed_at")
    for tokens, order_id, at in rows.iterator(chunk_size=CHUNK):
        for unit in {unit_of(token) for token in tokens}:
            found[unit].append((order_id, at))
    return found
