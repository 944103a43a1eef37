"""The ghost log of experiments on links: consenting visitors of either arm, from the clicks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Max

from experiments.models import Design, Experiment, ExperimentStatus
from experiments.services.exposures import expose
from tracking.domain.references import to_text
from tracking.models import Click
from tracking.queries import watermark

PREFIX = "affiliate:"
#: Looked at again, because rows of one moment may have come in two turns.
AGAIN = timedelta(hours=1)
CHUNK = 5_000


def subject_of(affiliate_id: int) -> str:
    """Return how experiments name an affiliate."""
    return f"{PREFIX}{affiliate_id}"


def expose_visitors(*, now: datetime) -> int:
    """Log the visitors of affiliates with a running benefit experiment; return how many are new.

    Whoever followed a link of the affiliate could have been treated, whichever arm was drawn.
    Repeatable: a visitor is logged once.
    """
    rows = Experiment.objects.filter(
        design=Design.BENEFIT, status=ExperimentStatus.RUNNING, subject__startswith=PREFIX
    ).annotate(latest=Max("exposures__first_seen_at"))
    return sum(_expose(experiment, now) for experiment in rows)


def _expose(experiment: Experiment, now: datetime) -> int:
    since = experiment.starts_at
    latest: datetime | None = experiment.latest  # type: ignore[attr-defined]
    if since is None:
        return 0
    if latest is not None:
        since = max(since, latest - AGAIN)
    clicks = (
        Click.objects.filter(
            affiliate_id=int(experiment.subject.removeprefix(PREFIX)),
            clicked_at__gte=since,
            clicked_at__lt=watermark(now),
            visitor__isnull=False,
        )
        .values_list("visitor", "clicked_at")
        .iterator(chunk_size=CHUNK)
    )
    return expose(experiment, ((to_text(visitor), at) for visitor, at in clicks if visitor))
