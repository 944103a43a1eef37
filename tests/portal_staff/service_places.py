"""One incident, for the doors and for the pages that show it."""

from __future__ import annotations

from affiliates.models import Impact, ServicePart
from affiliates.services import incidents
from affiliates.services.incidents import Words
from tests.builders import NOW, make_user

SERVICE_POSTS = {"incident-mail"}
SERVICE_FORMS = {"incident-new", "incident-detail"}
SERVICE_PUBLIC = {"status"}


def make_incident(**overrides):
    """Return an incident that goes on."""
    values = {
        "part": ServicePart.TRACKING,
        "impact": Impact.PARTLY,
        "title": Words(fr="Des clics en retard", en="Clicks come late"),
        "text": Words(fr="Nous cherchons la cause.", en="We are looking for the cause."),
        "began_at": NOW,
        "now": NOW,
        **overrides,
    }
    if "actor_id" not in values:
        values["actor_id"] = make_user().pk
    return incidents.begin(**values)


def service_arguments():
    """What stands in the addresses of staff, by their names."""
    found = make_incident()
    return {
        "incident-new": [],
        "incident-detail": [found.public_id],
        "incident-mail": [found.public_id, found.updates.get().pk],
    }


def service_places():
    """What stands for the parameters of the routes."""
    found = make_incident()
    return {"manage/incidents/<uuid:public_id>/": [f"manage/incidents/{found.public_id}/"]}
