"""Applications that somebody read who leaves the team go to somebody else."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Application, ApplicationStatus
from affiliates.services.applications import OwnApplication
from core import audit


@transaction.atomic
def hand_over(
    *, application_id: int, reviewer_id: int | None, actor_id: int, now: datetime
) -> Application:
    """Let another manager, or whoever can, go on reading an application. Safe to repeat.

    One that was decided meanwhile stays with who decided it.

    :raises OwnApplication: when the reviewer would be the applicant.
    """
    rows = Application.objects.select_for_update(no_key=True, of=("self",))
    application = rows.get(pk=application_id)
    if (
        application.status != ApplicationStatus.UNDER_REVIEW
        or application.reviewer_id == reviewer_id
    ):
        return application
    if application.user_id == reviewer_id:
        raise OwnApplication(_("Somebody else must decide on your own application."))
    application.reviewer_id = reviewer_id
    application.save(update_fields=["reviewer"])
    audit.record(
        actor=actor_id,
        verb="application.handed_over",
        subject=application,
        at=now,
        data={"reviewer_id": reviewer_id},
    )
    return application
