"""The differences between two versions of terms in words, for mails and pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from affiliates.domain.terms import Bonus, Rule
from affiliates.domain.terms_diff import Change, Effect
from affiliates.services import terms_words


@dataclass(frozen=True, slots=True)
class Difference:
    """One difference as a person reads it. An empty side: it is not there."""

    label: str
    before: str
    after: str
    effect: Effect

    def __str__(self) -> str:
        if not self.before:
            return _("%(label)s, new: %(after)s") % {"label": self.label, "after": self.after}
        if not self.after:
            return _("%(label)s, no longer: %(before)s") % {
                "label": self.label,
                "before": self.before,
            }
        return _("%(label)s: %(after)s (before: %(before)s)") % {
            "label": self.label,
            "after": self.after,
            "before": self.before,
        }


def in_words(changes: Iterable[Change], currency: str) -> list[Difference]:
    """Say every difference in the active language."""
    return [
        Difference(
            _label(change),
            _side(change, change.before, currency),
            _side(change, change.after, currency),
            change.effect,
        )
        for change in changes
    ]


def _label(change: Change) -> str:
    one: Rule | Bonus = change.after or change.before
    if change.about == "rule":
        return _("Rule “%(name)s”") % {"name": one.name}
    if change.about == "bonus":
        return _("Bonus “%(name)s”") % {"name": one.name}
    if change.about == "order_of_rules":
        return _("Which rule comes first")
    return terms_words.label(change.about)


def _side(change: Change, value: object, currency: str) -> str:
    if change.about == "order_of_rules" and isinstance(value, tuple):
        return ", ".join(value)
    if isinstance(value, Rule):
        return _named(change, value.name, terms_words.rule_sentence(value, currency))
    if isinstance(value, Bonus):
        return _named(change, value.name, terms_words.bonus_sentence(value, currency))
    if change.about in {"rule", "bonus"}:
        return ""
    return terms_words.said(change.about, value, currency)


def _named(change: Change, name: str, sentence: str) -> str:
    """Say the name too when it is what changed."""
    if change.before and change.after and change.before.name != change.after.name:
        return _("%(name)s. %(said)s") % {"name": name, "said": sentence}
    return sentence
