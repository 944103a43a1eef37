"""Does the widget add sales? Who sees it, and who could have (docs/rules/looks.md, LK60)."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime

from django.core.cache import cache
from redis.exceptions import RedisError

from experiments.models import Design
from experiments.services.exposures import does_without, expose, running
from experiments.services.keys import unit_of
from tracking.domain.references import is_reference, to_uuid
from tracking.models import Click, JourneyEvent

SUBJECT = "surface:looks-pdp"
_ONCE_SECONDS = 86_400


def is_shown(reference: str, *, shop_id: int, now: datetime) -> bool:
    """Tell whether the widget is shown to a visitor for whom there is something to show.

    While an experiment on it runs in the shop, the visitor is logged, in either arm alike, and the
    arm without sees nothing. Without a reference (no consent) everybody sees it, and nobody is
    logged; nor is a reference of which we have no click and no page: whoever asks could have made
    it up. Repeatable: a visitor is logged once, and looked up until then.
    """
    if not is_reference(reference):
        return True
    experiment = running(design=Design.SURFACE, subjects=[SUBJECT]).get(SUBJECT)
    if experiment is None or experiment.shop_id != shop_id:
        return True
    if experiment.ends_at is not None and experiment.ends_at <= now:
        return True
    key = f"looks:exposed:{experiment.pk}:{unit_of(reference)}"
    if not _is_logged(key) and _is_known(reference):
        expose(experiment, [(reference, now)])
        _remember(key)
    return not does_without(experiment, reference)


def _is_known(reference: str) -> bool:
    """Tell whether tracking has seen a visitor, and may still know of it."""
    theirs = {"visitor": to_uuid(reference)}
    return JourneyEvent.objects.filter(**theirs).exists() or Click.objects.filter(**theirs).exists()


def _is_logged(key: str) -> bool:
    """Tell whether it was logged today; when in doubt, no: the log itself takes each one once."""
    try:
        return cache.get(key) is not None
    except RedisError:
        return False


def _remember(key: str) -> None:
    with suppress(RedisError):
        cache.set(key, 1, _ONCE_SECONDS)
