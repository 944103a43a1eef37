from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import DraftStatus, TermsDraft
from payouts.services.simulations import NAME_LENGTH
from tracking.models import AttributionPolicy


def _drafts() -> list[tuple[int, str]]:
    open_drafts = TermsDraft.objects.filter(
        status__in=[DraftStatus.DRAFT, DraftStatus.OFFERED, DraftStatus.DECLINED]
    )
    return [
        (
            draft.pk,
            _("%(draft)s, for %(holder)s")
            % {"draft": draft.name, "holder": draft.group or draft.affiliate},
        )
        for draft in open_drafts.select_related("group", "affiliate").order_by("name", "pk")
    ]


def _policies() -> list[tuple[str, str]]:
    return [
        ("", _("As each order was decided")),
        *((str(one.number), str(one)) for one in AttributionPolicy.objects.order_by("-number")),
    ]


def _day(label: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget)


class SimulationForm(forms.Form):
    """What to try, on the orders of which days."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=NAME_LENGTH,
        help_text=gettext_lazy("Under which you find it again."),
    )
    drafts = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Draft terms"),
        choices=_drafts,
        coerce=int,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("One for each group or affiliate. None: the terms in force."),
    )
    policy = forms.TypedChoiceField(
        label=gettext_lazy("Attribution"),
        choices=_policies,
        coerce=int,
        empty_value=None,
        required=False,
        help_text=gettext_lazy("Another policy shares the orders anew, from the same facts."),
    )
    first = _day(gettext_lazy("First day"))
    last = _day(gettext_lazy("Last day"))

    @property
    def period_to(self) -> date:
        """The first day that is no longer in the period."""
        last: date = self.cleaned_data["last"]
        return last + timedelta(days=1)
