"""Does the widget add sales? Who sees it, and who could have (docs/rules/looks.md, LK60)."""

from __future__ import annotations

from datetime import datetime

from django.core.cache import cache
from redis.exceptions import RedisError

from experiments.models import Design
from experiments.services.exposures import does_without, expose, running
from experiments.services.keys import unit_of
from tracking.domain.references import is_reference

SUBJECT = "surface:looks-pdp"
_ONCE_SECONDS = 86_400


def is_shown(reference: str, *, shop_id: int, now: datetime) -> bool:
    """Tell whether the widget is shown to a visitor for whom there is something to show.

    While an experiment on it runs in the shop, the visitor is logged, in either arm alike, and the
    arm without sees nothing. Without a reference (no consent) everybody sees it, and nobody is
    logged. Repeatable: a visitor is logged once.
    """
    if not is_reference(reference):
        return True
    experiment = running(design=Design.SURFACE, subjects=[SUBJECT]).get(SUBJECT)
    if experiment is None or experiment.shop_id != shop_id:
        return True
    if experiment.ends_at is not None and experiment.ends_at <= now:
        return True
    if _is_first(f"looks:exposed:{experiment.pk}:{unit_of(reference)}"):
        expose(experiment, [(reference, now)])
    return not does_without(experiment, reference)


def _is_first(key: str) -> bool:
    """Tell whether nobody asked today; when in doubt, yes: the log itself takes each one once."""
    try:
        return bool(cache.add(key, 1, _ONCE_SECONDS))
    except RedisError:
        return True
