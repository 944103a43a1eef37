"""Rows that hold during a half-open period ``valid_from`` <= t < ``valid_to``."""

from __future__ import annotations

from datetime import datetime
from typing import Self, TypeVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import (
    DateTimeRangeField,
    RangeBoundary,
    RangeOperators,
)
from django.db import models
from django.db.models import F, Func, Q

Row = TypeVar("Row", bound=models.Model)


class PeriodQuerySet(models.QuerySet[Row]):
    """Words for rows with a period."""

    def at(self, moment: datetime) -> Self:
        """Return the rows that hold at ``moment``."""
        return self.filter(
            Q(valid_to__isnull=True) | Q(valid_to__gt=moment), valid_from__lte=moment
        )


def no_overlap(
    name: str, *keys: str, condition: Q | None = None, by_key: bool = False
) -> ExclusionConstraint:
    """Return the constraint that periods of the same ``keys`` do not overlap.

    ``by_key``: its index begins with the keys, for tables in which very many rows share a period.
    """
    period = Func(
        F("valid_from"),
        F("valid_to"),
        RangeBoundary(),
        function="TSTZRANGE",
        output_field=DateTimeRangeField(),
    )
    same = [(key, RangeOperators.EQUAL) for key in keys]
    overlapping = [(period, RangeOperators.OVERLAPS)]
    return ExclusionConstraint(
        name=name,
        expressions=[*same, *overlapping] if by_key else [*overlapping, *same],
        condition=condition,
    )
