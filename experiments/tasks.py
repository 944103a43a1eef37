from __future__ import annotations

from typing import Any

from celery import shared_task
from django.db.models import Q
from django.utils import timezone

from experiments.models import Experiment, ExperimentStatus
from experiments.services import experiments
from experiments.services.analysis import analyse


@shared_task
def look(**_kwargs: Any) -> int:
    """End what is over, and look at what runs or has ended without a last look."""
    now = timezone.now()
    experiments.end_due(now=now)
    is_over = Q(status=ExperimentStatus.ENDED) & ~Q(analyses__is_final=True)
    waiting = Experiment.objects.filter(Q(status=ExperimentStatus.RUNNING) | is_over)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True).distinct())
    for experiment_id in ids:
        analyse(experiment_id=experiment_id, now=now)
    return len(ids)
