"""What is typed about sites: hosts of the policy lists, sites, proofs and redirectors."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from fraud.models import HostKind
from fraud.services.policy_lists import MOST_BYTES
from portal.forms.lines import LinesForm
from portal.vetting_language import METHODS

_PLAIN = {"autocomplete": "off", "spellcheck": "false"}


class ListedHostForm(forms.Form):
    """A host for one of the policy lists."""

    pattern = forms.CharField(
        label=gettext_lazy("Host"),
        max_length=300,
        help_text=gettext_lazy(
            "A domain such as example.com (its sub-domains with it), a pattern such as codepromo.*,"
            " or a host with a path such as example.com/codes-promo."
        ),
        widget=forms.TextInput(attrs=_PLAIN),
    )
    kind = forms.ChoiceField(label=gettext_lazy("List"), choices=HostKind.choices)
    source = forms.CharField(
        label=gettext_lazy("Source"),
        max_length=200,
        help_text=gettext_lazy("Where you know it from: an article, a list, your own look."),
    )
    note = forms.CharField(label=gettext_lazy("Note"), max_length=300, required=False)


class ListFileForm(LinesForm):
    """A file of hosts, or its lines as they were rehearsed."""

    most_bytes = MOST_BYTES


class AddressForm(forms.Form):
    """An address of an affiliate: a site, or one that forwards to its links."""

    url = forms.CharField(
        max_length=300,
        widget=forms.URLInput(attrs={"placeholder": "https://", **_PLAIN}),
    )

    def __init__(self, *args: Any, label: Any, help_text: Any = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["url"].label = label
        self.fields["url"].help_text = help_text


class ProofForm(forms.Form):
    """Which site is to be proved, and how."""

    site = forms.ChoiceField(label=gettext_lazy("Site"))
    method = forms.ChoiceField(label=gettext_lazy("How"), choices=list(METHODS.items()))

    def __init__(self, *args: Any, sites: list[str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["site"] = forms.ChoiceField(
            label=gettext_lazy("Site"), choices=[(site, site) for site in sites]
        )
        self.order_fields(["site", "method"])
