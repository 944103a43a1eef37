from __future__ import annotations

from affiliates.models import Application, ApplicationStatus

RECENT = 100
ENOUGH = 5
NINE_OF_TEN = 9


def usual_answer_days() -> int | None:
    """Return in how many days nine of ten recent applications were answered, rounded up.

    None while fewer than five were.
    """
    decided = (
        Application.objects.filter(
            status__in=[ApplicationStatus.APPROVED, ApplicationStatus.REJECTED]
        )
        .order_by("-status_changed_at")
        .values_list("submitted_at", "status_changed_at")[:RECENT]
    )
    waits = sorted(answered - submitted for submitted, answered in decided)
    if len(waits) < ENOUGH:
        return None
    wait = waits[(len(waits) * NINE_OF_TEN - 1) // 10]
    return max(1, wait.days + (1 if wait.seconds else 0))
