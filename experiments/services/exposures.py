"""The ghost log: who could have been treated, in both arms alike."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime

from experiments.domain.assignment import is_control
from experiments.models import Experiment, ExperimentStatus, Exposure
from experiments.services.keys import assignment_key, unit_of

BATCH = 5_000


def does_without(experiment: Experiment, reference: str) -> bool:
    """Tell whether the visitor of ``reference`` is in the arm without."""
    return is_control(
        assignment_key(), str(experiment.public_id), reference, experiment.control_bps
    )


def running(*, design: str, subjects: Collection[str]) -> dict[str, Experiment]:
    """Return the running experiments of a design, by subject."""
    rows = Experiment.objects.filter(
        design=design, subject__in=subjects, status=ExperimentStatus.RUNNING
    )
    return {row.subject: row for row in rows}


def expose(experiment: Experiment, seen: Iterable[tuple[str, datetime]]) -> int:
    """Log visitors who could have been treated, each with when; return how many were new.

    ``seen`` holds references as in ``ap_ref``. Only the first time of each counts. Repeatable.
    """
    first: dict[str, datetime] = {}
    for reference, at in seen:
        first[reference] = min(at, first.get(reference, at))
    rows = [
        Exposure(
            experiment=experiment,
            unit=unit_of(reference),
            is_control=does_without(experiment, reference),
            first_seen_at=at,
        )
        for reference, at in first.items()
    ]
    return sum(
        _log(experiment, rows[start : start + BATCH]) for start in range(0, len(rows), BATCH)
    )


def _log(experiment: Experiment, rows: Sequence[Exposure]) -> int:
    """Keep those that are not there yet. Only theirs are counted, not the whole log."""
    theirs = experiment.exposures.filter(unit__in=[row.unit for row in rows])
    before = theirs.count()
    Exposure.objects.bulk_create(rows, ignore_conflicts=True)
    return theirs.count() - before


def erase(reference: str) -> int:
    """Forget a visitor who took the consent back; return how many rows went."""
    return Exposure.objects.filter(unit=unit_of(reference)).delete()[0]
