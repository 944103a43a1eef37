"""A view, its schedule and an export of a partner and of the team, for the doors and the places."""

from core import exports, saved_views, schedules
from core.models import STAFF_SCOPE
from portal.exports.letters import stop_token
from tests.builders import NOW

#: Acts: by POST alone.
REPORT_POSTS = {
    "view-save", "view-remove", "view-restore", "view-send", "view-stop", "export-new",
    "export-again",
}  # fmt: skip
#: Of one person alone: tried in test_saved_view_pages.py and test_export_pages.py.
OWN = {"view-detail", "view-remove", "view-restore", "view-send", "view-stop", "export-file",
       "export-again"}  # fmt: skip
#: Pages whose address names nothing.
REPORT_WITHOUT = [
    "report", "report-file", "report-picture", "view-save", "export-progress", "export-new",
]  # fmt: skip
NOBODYS = "00000000-0000-4000-8000-000000000000"


def report_addresses():
    """Every page of reports of a partner that shows something, by its name."""
    query = "from=2026-05-20&to=2026-07-31"
    return {
        "my-report": f"/portal/reports/?by=day&{query}",
        "my-report-file": f"/portal/reports/file/?by=day&{query}",
        "my-report-picture": f"/portal/reports/picture.png?{query}",
        "my-export-list": "/portal/exports/",
        "my-export-progress": "/portal/exports/progress/",
    }


def report_places(partner, manager):
    """A page of each kind for a partner and for a manager."""
    scope = f"affiliate:{partner.memberships.get().affiliate.public_id}"
    things = {}
    for person, key, start in ((partner, scope, "portal"), (manager, STAFF_SCOPE, "manage")):
        view = saved_views.save(
            owner_id=person.pk, scope=key, page="report", name="By link", query="by=link",
            is_shared=True, now=NOW,
        )  # fmt: skip
        schedule = schedules.begin(
            view=view, person=person, every="week", day=1, hour=8, form="xlsx", now=NOW
        )
        export = exports.ask(
            owner_id=person.pk, scope=key, page="report", title="By link", query="by=link",
            form="csv", language="fr", now=NOW,
        )  # fmt: skip
        things[f"{start}/views/<int:pk>/"] = [f"{start}/views/{view.pk}/"]
        things[f"{start}/exports/<uuid:public_id>/"] = [f"{start}/exports/{export.public_id}/"]
        things["schedules/<str:token>/"] = [f"schedules/{stop_token(schedule.pk)}/"]
    return things
