"""Running experiments as their affiliate may know them: never who is in which arm."""

from __future__ import annotations

from dataclasses import dataclass

from experiments.models import Block, Design, Experiment, ExperimentStatus
from tracking.services.exposing import subject_of


@dataclass(frozen=True, slots=True)
class MyExperiment:
    """A running experiment; ``pauses``: the blocks in which the affiliate earns nothing."""

    experiment: Experiment
    pauses: list[Block]

    @property
    def is_switchback(self) -> bool:
        """Whether it has a calendar."""
        return self.experiment.design == Design.SWITCHBACK

    @property
    def is_benefit(self) -> bool:
        """Whether something is added on landing."""
        return self.experiment.design == Design.BENEFIT


def running_of(affiliate_id: int) -> list[MyExperiment]:
    """Return the experiments that run on an affiliate, the latest first."""
    rows = Experiment.objects.filter(
        subject=subject_of(affiliate_id), status=ExperimentStatus.RUNNING
    ).prefetch_related("blocks")
    return [
        MyExperiment(row, [block for block in row.blocks.all() if block.is_control])
        for row in rows.order_by("-starts_at")
    ]
