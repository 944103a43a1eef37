"""The ghost log of experiments on links: consenting visitors of either arm, from the clicks."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Max, Q

from experiments.models import Design, Experiment, ExperimentStatus
from experiments.services.exposures import expose
from tracking.domain.navigation import Fact
from tracking.domain.references import to_text
from tracking.models import Click, Link
from tracking.queries import watermark

PREFIX = "affiliate:"
#: Looked at again, because rows of one moment may have come in two turns.
AGAIN = timedelta(hours=1)
#: Clicks of the last moments of an experiment become known this much later at the latest.
AFTERWARDS = timedelta(days=1)
CHUNK = 5_000


def subject_of(affiliate_id: int) -> str:
    """Return how experiments name an affiliate."""
    return f"{PREFIX}{affiliate_id}"


def expose_visitors(*, now: datetime) -> int:
    """Log the visitors of affiliates with a running benefit experiment; return how many are new.

    Whoever followed a link of the affiliate could have been treated, whichever arm was drawn; but
    for those who agreed only after the landing, who all got it. Repeatable: a visitor is logged
    once. One that has just ended is looked at again, for its last clicks.
    """
    runs = Q(status=ExperimentStatus.RUNNING)
    has_just_ended = Q(status=ExperimentStatus.ENDED, ends_at__gt=now - AFTERWARDS)
    rows = Experiment.objects.filter(
        runs | has_just_ended, design=Design.BENEFIT, subject__startswith=PREFIX
    ).annotate(latest=Max("exposures__first_seen_at"))
    return sum(_expose(experiment, now) for experiment in rows)


def _expose(experiment: Experiment, now: datetime) -> int:
    since, until = experiment.starts_at, experiment.ends_at
    latest: datetime | None = experiment.latest  # type: ignore[attr-defined]
    if since is None or until is None:
        return 0
    if latest is not None:
        since = max(since, latest - AGAIN)
    affiliate_id = int(experiment.subject.removeprefix(PREFIX))
    links = Link.objects.filter(affiliate=affiliate_id, shop=experiment.shop_id)
    clicks = (
        Click.objects.alias(late=F("facts").bitand(int(Fact.EXCHANGED)))
        .filter(
            affiliate_id=affiliate_id,
            link_id__in=links.values("pk"),
            clicked_at__gte=since,
            clicked_at__lt=min(watermark(now), until),
            visitor__isnull=False,
            late=0,
        )
        .values_list("visitor", "clicked_at")
        .iterator(chunk_size=CHUNK)
    )
    return expose(experiment, ((to_text(visitor), at) for visitor, at in clicks if visitor))
