"""The addresses of teams, for the tests that ask every address."""

from django.urls import reverse

#: Acts, with what stands in their addresses.
TEAM_POSTS = {
    "team-invitation-again": ["00000000-0000-4000-8000-000000000000"],
    "team-invitation-revoke": ["00000000-0000-4000-8000-000000000000"],
    "team-member-role": [1],
    "team-member-remove": [1],
    "team-leave": [],
    "team-switch": ["00000000-0000-4000-8000-000000000000"],
    "view-stop": [],
}
TEAM_ANYBODY = {"security-log"}
TEAM_PUBLIC = {"team-join"}
#: Of staff: both roles read the journal, a manager looks at accounts.
JOURNAL = ["audit-list", "audit-export"]
VIEW_FORMS = {"affiliate-view"}


def team_addresses():
    """The pages of a team that show something."""
    return {"team": reverse("portal:team"), "team-invite": reverse("portal:team-invite")}
