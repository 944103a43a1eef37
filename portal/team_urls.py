"""Addresses of teams: an affiliate's, the link of an invitation, and looks of the programme's."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import manager_journal, security_log, team, team_join, view_as

_INVITATION = "portal/team/invitations/<uuid:public_id>/"
_MEMBER = "portal/team/people/<int:pk>/"

partner: list[URLPattern] = [
    path("portal/team/", team.team_page, name="team"),
    path("portal/team/invite/", team.team_invite, name="team-invite"),
    path(f"{_INVITATION}again/", team.invitation_again, name="team-invitation-again"),
    path(f"{_INVITATION}revoke/", team.invitation_revoke, name="team-invitation-revoke"),
    path(f"{_MEMBER}role/", team.member_role, name="team-member-role"),
    path(f"{_MEMBER}remove/", team.member_remove, name="team-member-remove"),
    path("portal/team/leave/", team.team_leave, name="team-leave"),
    path("team/switch/<uuid:public_id>/", team.team_switch, name="team-switch"),
    path("team/join/<str:token>/", team_join.team_join, name="team-join"),
    path("account/security-log/", security_log.security_log, name="security-log"),
    path("view-as/stop/", view_as.view_stop, name="account-view-stop"),
]

manage: list[URLPattern] = [
    path("manage/journal/", manager_journal.audit_journal, name="audit-list"),
    path("manage/journal/export.csv", manager_journal.audit_export, name="audit-export"),
    path(
        "manage/affiliates/<uuid:public_id>/view-as/",
        view_as.affiliate_view,
        name="affiliate-view",
    ),
]
