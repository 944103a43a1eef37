"""What people of staff type about their own team."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from core.models import ENTERING, StaffRole, User
from core.staff_team import REASON_LENGTH
from portal.forms.invited import InvitedForm
from portal.staff_leaving import Holding


def _reason(*, required: bool, help_text: Any = "") -> forms.CharField:
    return forms.CharField(
        label=gettext_lazy("Reason"),
        required=required,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=help_text,
        error_messages={"required": gettext_lazy("Write the reason.")},
    )


class InvitationForm(InvitedForm):
    """Who is asked to join the team, as what, and in which language."""

    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"),
        choices=[(role.value, role.label) for role in ENTERING],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": gettext_lazy("Choose a role.")},
    )
    language = forms.ChoiceField(
        label=gettext_lazy("Language of the invitation"),
        choices=[("fr", "Français"), ("en", "English")],
    )
    reason = _reason(
        required=False,
        help_text=gettext_lazy("Needed when a second person has to agree, who reads it."),
    )


class GivenRoleForm(forms.Form):
    """Another role for somebody of the team, and why."""

    role = forms.ChoiceField(label=gettext_lazy("Role"))
    reason = _reason(required=True)

    def __init__(self, data: Any, *, roles: Sequence[StaffRole]) -> None:
        super().__init__(data)
        choices = [(role.value, role.label) for role in roles]
        self.fields["role"].choices = choices  # type: ignore[attr-defined]


class LeavingForm(forms.Form):
    """Who gets what of somebody who leaves, and why they leave."""

    reason = _reason(
        required=True, help_text=gettext_lazy("Kept in the audit journal; it is not mailed.")
    )

    def __init__(self, data: Any, *, holdings: Sequence[Holding], actor: User) -> None:
        super().__init__(data)
        for one in holdings:
            kind, people = one.kind, [(heir.pk, str(heir)) for heir in one.heirs]
            nobody = [("", kind.nobody)] if kind.nobody is not None else []
            self.fields[kind.key] = forms.TypedChoiceField(
                label=f"{kind.label}: {one.count}",
                choices=[*nobody, *people],
                coerce=int,
                empty_value=None,
                required=kind.nobody is None,
                initial=actor.pk if kind.nobody is None else "",
            )
        self.order_fields([*(one.kind.key for one in holdings), "reason"])

    def heirs(self) -> dict[str, int | None]:
        """Return who gets what, by kind."""
        return {key: self.cleaned_data[key] for key in self.fields if key != "reason"}
