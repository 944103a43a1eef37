"""What is typed about creators: filters, profile, notes, figures, marks, pools and stores."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import AffiliateKind
from influencers.domain.segment import Rules, words_of
from influencers.domain.standing import Label, Part
from influencers.models import Network, Pool, Store, Tier
from influencers.queries.stores import stores
from influencers.services.pools import Wanted
from influencers.services.profiles import Known
from influencers.services.social import LARGEST_PROOF, Figures
from influencers.services.standing import BY_PEOPLE
from portal.creator_language import LABELS, PARTS
from portal.forms.terms_rule import day_field

_WORDS_HELP = gettext_lazy("Separated by commas.")
KINDS = [
    (AffiliateKind.INFLUENCER.value, AffiliateKind.INFLUENCER.label),
    (AffiliateKind.EMPLOYEE.value, AffiliateKind.EMPLOYEE.label),
]


def _day(label: Any, **options: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(label=label, widget=widget, **options)


def _words(label: Any, **options: Any) -> forms.CharField:
    return forms.CharField(
        label=label, max_length=400, required=False, help_text=_WORDS_HELP, **options
    )


def _choice(label: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=label, required=False)


class RulesForm(forms.Form):
    """The filters of the list of creators; saved, they are a segment."""

    q = forms.CharField(label=gettext_lazy("Name"), max_length=100, required=False)
    kind = _choice(gettext_lazy("Kind"))
    label = _choice(gettext_lazy("Standing"))
    tier = _choice(gettext_lazy("Members"))
    network = _choice(gettext_lazy("Network"))
    theme = _words(gettext_lazy("Themes"))
    tag = _words(gettext_lazy("Tags"))
    without = _words(gettext_lazy("Without the tags"))
    region = forms.CharField(label=gettext_lazy("Region"), max_length=80, required=False)
    store = _choice(gettext_lazy("Store"))
    pool = _choice(gettext_lazy("Pool"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices: dict[str, list[Any]] = {
            "kind": KINDS,
            "label": [(label.value, LABELS[label].label) for label in Label],
            "tier": list(Tier.choices),
            "network": list(Network.choices),
            "store": list(Store.objects.values_list("code", "name")),
            "pool": [(str(pk), name) for pk, name in Pool.objects.values_list("pk", "name")],
        }
        for name, found in choices.items():
            self.fields[name].choices = [("", _("Any")), *found]  # type: ignore[attr-defined]

    def rules(self) -> Rules:
        """Return the selection; what is not among the choices asks for nothing."""
        self.is_valid()
        typed = self.cleaned_data
        return Rules(
            search=typed.get("q", "").replace("\0", "").strip(),
            kinds=_one(typed.get("kind")),
            labels=_one(typed.get("label")),
            tiers=_one(typed.get("tier")),
            networks=_one(typed.get("network")),
            themes=tuple(words_of(typed.get("theme", ""))),
            tags=tuple(words_of(typed.get("tag", ""))),
            without_tags=tuple(words_of(typed.get("without", ""))),
            regions=_one(typed.get("region", "").strip()),
            stores=_one(typed.get("store")),
            pools=_one(typed.get("pool")),
        )


def _one(value: str | None) -> tuple[str, ...]:
    return (value,) if value else ()


def query_of(rules: Rules) -> dict[str, str]:
    """Return the parameters of the list that ask for the same."""
    parts = {
        "q": rules.search,
        "theme": ", ".join(rules.themes),
        "tag": ", ".join(rules.tags),
        "without": ", ".join(rules.without_tags),
        **{
            name: "".join(values[:1])
            for name, values in (
                ("kind", rules.kinds), ("label", rules.labels), ("tier", rules.tiers),
                ("network", rules.networks), ("region", rules.regions),
                ("store", rules.stores), ("pool", rules.pools),
            )
        },
    }  # fmt: skip
    return {name: value for name, value in parts.items() if value}


class DescribeForm(forms.Form):
    """Themes, tags and region of a creator."""

    themes = _words(gettext_lazy("Themes"))
    tags = _words(gettext_lazy("Tags"))
    region = forms.CharField(label=gettext_lazy("Region"), max_length=80, required=False)

    def known(self) -> Known:
        """Return what was typed as the service names it."""
        typed = self.cleaned_data
        return Known(
            themes=words_of(typed["themes"]), tags=words_of(typed["tags"]), region=typed["region"]
        )


class NoteForm(forms.Form):
    """A note of the team."""

    text = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=2_000,
        help_text=gettext_lazy("It is never edited, and the person may ask to read it."),
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AgreementForm(forms.Form):
    """Where an employee works, and what the store's manager agreed to."""

    store = forms.ModelChoiceField(
        label=gettext_lazy("Store"), queryset=Store.objects.none(), to_field_name="code"
    )
    agreed_by = forms.CharField(
        label=gettext_lazy("Name of the manager who agreed"), max_length=120, required=False
    )
    agreed_on = day_field(gettext_lazy("Agreed on"))
    working_time = forms.CharField(
        label=gettext_lazy("Working time"),
        help_text=gettext_lazy("When looks are made, as agreed with the manager."),
        max_length=300,
        required=False,
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["store"].queryset = stores()  # type: ignore[attr-defined]


class AccountForm(forms.Form):
    """An account on a network."""

    network = forms.ChoiceField(label=gettext_lazy("Network"), choices=Network.choices)
    handle = forms.CharField(label=gettext_lazy("Name of the account"), max_length=80)
    url = forms.URLField(
        label=gettext_lazy("Address"), max_length=300, required=False, assume_scheme="https"
    )


def _count(label: Any, help_text: Any = "") -> forms.IntegerField:
    return forms.IntegerField(
        label=label, min_value=0, max_value=2_000_000_000, help_text=help_text
    )


class FiguresForm(forms.Form):
    """What an account counts; all but members over the last 90 days."""

    day = _day(gettext_lazy("Of the day"))
    followers = _count(gettext_lazy("Members (followers)"))
    posts = _count(gettext_lazy("Posts in 90 days"))
    writers = _count(
        gettext_lazy("Members who wrote"),
        gettext_lazy("Different people who wrote or commented about looks or codes, in 90 days."),
    )
    replies = _count(gettext_lazy("Comments received in 90 days"))
    answered = _count(gettext_lazy("Of them answered within 48 hours"))
    interactions = _count(gettext_lazy("Likes, comments, saves and shares in 90 days"))
    proof = forms.FileField(
        label=gettext_lazy("Screenshot"),
        required=False,
        help_text=gettext_lazy("Only its digest is kept: keep the file to show it again."),
    )

    def clean_proof(self) -> Any:
        """Refuse a file that is too large before it is read."""
        proof = self.cleaned_data["proof"]
        if proof and proof.size > LARGEST_PROOF:
            raise forms.ValidationError(_("The screenshot is larger than 5 MB."))
        return proof

    def figures(self) -> Figures:
        """Return what was typed as the service names it."""
        return Figures(**{name: self.cleaned_data[name] for name in Figures.__dataclass_fields__})

    def proof_bytes(self) -> bytes | None:
        """Return the screenshot, if there is one."""
        proof = self.cleaned_data["proof"]
        return proof.read() if proof else None


class MarkForm(forms.Form):
    """Something that a creator did, as the team saw it."""

    kind = forms.ChoiceField(
        label=gettext_lazy("What"), choices=[(kind.value, kind.label) for kind in BY_PEOPLE]
    )
    source = forms.CharField(
        label=gettext_lazy("Where it is to be seen"),
        max_length=140,
        help_text=gettext_lazy("An address, or the number of a look or a message."),
    )
    on = _day(gettext_lazy("On the day"))
    note = forms.CharField(
        label=gettext_lazy("What was done"),
        max_length=300,
        help_text=gettext_lazy(
            "The creator reads it. Say what was done, never what somebody is or believes."
        ),
    )


class ContestForm(forms.Form):
    """What a creator says against a mark or the figures. ``mark`` empty: the figures."""

    mark = forms.IntegerField(required=False, widget=forms.HiddenInput())
    text = forms.CharField(
        label=gettext_lazy("What is not right?"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class AnswerForm(forms.Form):
    """The team's answer."""

    text = forms.CharField(
        label=gettext_lazy("Answer: the creator reads it"),
        max_length=1_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    takes_back = forms.BooleanField(label=gettext_lazy("The mark counts no more"), required=False)


class BonusForm(forms.Form):
    """What is given to somebody who did well, and what for."""

    amount = forms.DecimalField(
        label=gettext_lazy("Amount"), min_value=0, max_digits=10, decimal_places=2
    )
    text = forms.CharField(
        label=gettext_lazy("What for: the creator reads it"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class WeightsForm(forms.Form):
    """What each part of the ranking weighs."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for part in Part:
            self.fields[part.value] = forms.IntegerField(
                label=PARTS[part], min_value=0, max_value=100
            )

    def weights(self) -> dict[Part, int]:
        """Return the weights, in percent."""
        return {part: self.cleaned_data[part.value] for part in Part}


class PoolForm(forms.Form):
    """A pool: whom it is for, and how many places it has."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=80)
    about = forms.CharField(
        label=gettext_lazy("What it is about"),
        max_length=300,
        required=False,
        help_text=gettext_lazy("Those who are invited read it."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    themes = _words(gettext_lazy("Themes"))
    tiers = forms.MultipleChoiceField(
        label=gettext_lazy("Members"),
        choices=Tier.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    regions = forms.CharField(
        label=gettext_lazy("Regions"), max_length=400, required=False, help_text=_WORDS_HELP
    )
    stores = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Stores"),
        queryset=Store.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    most = forms.IntegerField(
        label=gettext_lazy("Places"),
        min_value=1,
        max_value=100_000,
        required=False,
        help_text=gettext_lazy("Empty: as many as like to. Further ones wait."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["stores"].queryset = stores()  # type: ignore[attr-defined]

    def wanted(self) -> Wanted:
        """Return what was typed as the service names it."""
        typed = self.cleaned_data
        regions = [part.strip()[:80] for part in typed["regions"].split(",")]
        return Wanted(
            name=typed["name"],
            about=typed["about"],
            themes=words_of(typed["themes"]),
            tiers=typed["tiers"],
            regions=[one for one in regions if one],
            store_ids=[one.pk for one in typed["stores"]],
            most=typed["most"],
        )


class StoreForm(forms.Form):
    """A new store."""

    name = forms.CharField(
        label=gettext_lazy("Name"),
        max_length=80,
        help_text=gettext_lazy("As accounts of employees carry it. It stays."),
    )
    city = forms.CharField(label=gettext_lazy("Town"), max_length=80, required=False)
    region = forms.CharField(label=gettext_lazy("Region"), max_length=80, required=False)


class StoreChangeForm(forms.Form):
    """Where a store is, or since when it is closed."""

    city = forms.CharField(label=gettext_lazy("Town"), max_length=80, required=False)
    region = forms.CharField(label=gettext_lazy("Region"), max_length=80, required=False)
    closed_on = day_field(gettext_lazy("Closed on"), help_text=gettext_lazy("Empty: it is open."))
