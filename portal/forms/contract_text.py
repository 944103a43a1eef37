"""What somebody of the team writes into a new version of the contract text."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from influencers.domain.contract import Clause
from influencers.models import ContractText
from influencers.services.contract_texts import LONGEST, tidy
from influencers.services.contract_words import LANGUAGES, digest_of_clauses, heading_of
from payouts.domain.calendar import bank_date, day_start


class ContractTextForm(forms.Form):
    """Every clause in both languages, and the first day."""

    valid_from = forms.DateField(
        label=gettext_lazy("First day"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        help_text=gettext_lazy(
            "Contracts written from this day on have these clauses. Those offered before keep"
            " theirs."
        ),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        spoken = {"fr": _("French"), "en": _("English")}
        for clause in Clause:
            for language in LANGUAGES:
                self.fields[field_of(clause, language)] = forms.CharField(
                    label=_("%(clause)s, in %(language)s")
                    % {"clause": heading_of(clause), "language": spoken[language]},
                    max_length=LONGEST,
                    widget=forms.Textarea(attrs={"rows": 6, "lang": language}),
                )

    def clauses(self, language: str) -> dict[str, str]:
        """Return the clauses that were typed in a language, as they would be kept."""
        typed = {clause: self.cleaned_data[field_of(clause, language)] for clause in Clause}
        return tidy({clause.value: words for clause, words in typed.items()})

    def digest(self) -> str:
        """Return the digest that the version would have."""
        return digest_of_clauses(self.clauses("fr"), self.clauses("en"))

    def begins_at(self, now: datetime) -> datetime:
        """Return the beginning of the first day in Paris; today begins now."""
        day: date = self.cleaned_data["valid_from"]
        return now if day == bank_date(now) else day_start(day)


def field_of(clause: Clause, language: str) -> str:
    """Return the name of the field of a clause in a language."""
    return f"{clause.value}_{language}"


def initial_of(text: ContractText | None) -> dict[str, str]:
    """Return the words of a version, for the form of the next one."""
    if text is None:
        return {}
    spoken = {"fr": text.clauses_fr, "en": text.clauses_en}
    return {
        field_of(clause, language): spoken[language].get(clause, "")
        for clause in Clause
        for language in LANGUAGES
    }
