"""Addresses of the team of the programme."""

from __future__ import annotations

from django.urls import URLPattern, path

from portal.views import staff_colleague, staff_join, staff_team

_TEAM = "manage/team/"
_PERSON = f"{_TEAM}people/<int:pk>/"
_INVITATION = f"{_TEAM}invitations/<uuid:public_id>/"
_PROPOSAL = f"{_TEAM}proposals/<uuid:public_id>/"

public: list[URLPattern] = [
    path("team/programme/join/<str:token>/", staff_join.colleague_join, name="colleague-join"),
]

staff: list[URLPattern] = [
    path(_TEAM, staff_team.colleague_list, name="colleague-list"),
    path(f"{_TEAM}invite/", staff_team.colleague_invite, name="colleague-invite"),
    path(f"{_INVITATION}again/", staff_team.invitation_again, name="colleague-again"),
    path(f"{_INVITATION}revoke/", staff_team.invitation_revoke, name="colleague-revoke"),
    path(f"{_PROPOSAL}confirm/", staff_team.proposal_confirm, name="colleague-confirm"),
    path(f"{_PROPOSAL}decline/", staff_team.proposal_decline, name="colleague-decline"),
    path(f"{_PROPOSAL}withdraw/", staff_team.proposal_withdraw, name="colleague-withdraw"),
    path(_PERSON, staff_colleague.colleague_detail, name="colleague-detail"),
    path(f"{_PERSON}role/", staff_colleague.colleague_role, name="colleague-role"),
    path(f"{_PERSON}leave/", staff_colleague.colleague_leave, name="colleague-leave"),
]
