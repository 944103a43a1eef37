from experiments.models.analysis import Analysis, Verdict
from experiments.models.experiment import (
    Block,
    Design,
    Experiment,
    ExperimentStatus,
    Exposure,
)

__all__ = [
    "Analysis",
    "Block",
    "Design",
    "Experiment",
    "ExperimentStatus",
    "Exposure",
    "Verdict",
]
