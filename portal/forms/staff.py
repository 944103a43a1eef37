"""What staff type: decisions with their reasons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import Basis
from portal.formats import format_bps
from portal.queries.staff_applications import GroupChoice, group_choices

REASON_LENGTH = 1_000


@dataclass(frozen=True, slots=True)
class RefusalReason:
    """A common reason to refuse an application, with the text that staff may edit."""

    code: str
    label: Promise
    text: Promise


REFUSAL_REASONS = {
    reason.code: reason
    for reason in (
        RefusalReason(
            "audience",
            gettext_lazy("Audience does not fit"),
            gettext_lazy(
                "Thank you for your interest. Your audience and our collections do not overlap"
                " enough for this to be worth your work. If that changes, please apply again."
            ),
        ),
        RefusalReason(
            "unfinished",
            gettext_lazy("Site is not ready"),
            gettext_lazy(
                "We could not see enough content on the pages you named. Once they are online"
                " and show your own work, please apply again: we will gladly look at it."
            ),
        ),
        RefusalReason(
            "method",
            gettext_lazy("Method is not allowed"),
            gettext_lazy(
                "Our programme does not work with promo code sites, cashback, toolbars or adverts"
                " on our brand name, because they reach people who are already buying."
            ),
        ),
        RefusalReason(
            "ownership",
            gettext_lazy("Ownership is not shown"),
            gettext_lazy(
                "We could not confirm that the pages you named are yours. Please apply again from"
                " an address of the same domain, or mention the programme on one of the pages."
            ),
        ),
        RefusalReason(
            "duplicate",
            gettext_lazy("Already has an account"),
            gettext_lazy(
                "These pages already belong to an account of the programme. Please sign in with"
                " it, or write to us if you have lost access."
            ),
        ),
    )
}


class ReasonForm(forms.Form):
    """A reason that is kept, and in most places shown to the affiliate."""

    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write the reason.")},
    )


class RefusalForm(ReasonForm):
    """The refusal of an application, beginning with the text of a common reason."""

    reason = forms.CharField(
        label=gettext_lazy("What the applicant reads"),
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
        error_messages={"required": gettext_lazy("Write what the applicant will read.")},
    )


class ApprovalForm(forms.Form):
    """The approval of an application: the group, whose terms will hold, and a few words."""

    message = forms.CharField(
        label=gettext_lazy("A few words in the mail"),
        required=False,
        max_length=REASON_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("The mail welcomes them and leads to the first link by itself."),
    )

    def __init__(self, *args: Any, now: datetime, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = group_choices(now)
        self.fields["group"] = forms.TypedChoiceField(
            label=_("Group"),
            coerce=int,
            choices=[(choice.group.pk, group_label(choice)) for choice in choices if choice.terms],
            widget=forms.RadioSelect,
            error_messages={"required": _("Choose a group: its terms will hold.")},
        )
        self.order_fields(["group", "message"])
        if choices and not self.is_bound:
            self.initial.setdefault("group", choices[0].group.pk)


def group_label(choice: GroupChoice) -> str:
    """The name of a group with the rate and the periods of its live terms."""
    terms = choice.terms
    if terms is None:
        return choice.group.name
    if terms.basis == Basis.ACTUAL:
        rate = _("a share of the actual margin (tells cost prices)")
    else:
        rate = _("%(rate)s of reference margin") % {"rate": format_bps(terms.rate_bps)}
    return _("%(group)s: %(rate)s, window of %(window)s days, hold of %(hold)s days") % {
        "group": choice.group.name,
        "rate": rate,
        "window": terms.window_days,
        "hold": terms.hold_days,
    }
