"""How often each signal spoke, and how right it was by what people decided."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Count, F, Q

from fraud.models import CaseCredit, Observation, Ruling, Signal

LOOK_BACK = timedelta(days=30)


def activity(now: datetime) -> dict[str, int]:
    """Return how many findings each signal had in thirty days, shadows included."""
    found = dict(
        Signal.objects.filter(screening__screened_at__gt=now - LOOK_BACK)
        .values_list("code")
        .annotate(Count("pk"))
        .order_by()
    )
    observed = Observation.objects.filter(last_seen_at__gt=now - LOOK_BACK)
    found |= dict(observed.values_list("code").annotate(Count("pk")).order_by())
    return found


def precisions() -> dict[str, tuple[int, int]]:
    """Return of how many credits with each signal people decided, and how many they refused."""
    rows = (
        CaseCredit.objects.standing()
        .filter(case__family=F("credit__screening__signals__family"))
        .exclude(ruling=Ruling.WAITING)
        .values_list("credit__screening__signals__code")
        .annotate(
            decided=Count("credit", distinct=True),
            refused=Count("credit", filter=Q(ruling=Ruling.REFUSED), distinct=True),
        )
        .order_by()
    )
    return {code: (decided, refused) for code, decided, refused in rows}
