"""What owners type about their team."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy

from affiliates.models import MemberRole
from portal.forms.invited import InvitedForm
from portal.team_language import ROLE_SENTENCES


class InvitationForm(InvitedForm):
    """Who is asked to join, and as what."""

    role = forms.ChoiceField(
        label=gettext_lazy("Role"),
        widget=forms.RadioSelect,
        initial=MemberRole.READER,
        choices=lambda: [
            (role, f"{role.label}: {ROLE_SENTENCES[role]}") for role in reversed(MemberRole)
        ],
        error_messages={"required": gettext_lazy("Choose a role.")},
    )


class RoleForm(forms.Form):
    """Another role for somebody of the team."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=MemberRole.choices)
