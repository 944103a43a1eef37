"""Versions of terms beside what they follow, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from affiliates import queries
from affiliates.domain.terms import Pays, Rule
from affiliates.domain.terms_content import TermsContent, content_of
from affiliates.domain.terms_diff import Change, Effect, differences
from affiliates.models import Affiliate, Basis, DraftStatus, Group, Terms, TermsDraft, TermsNotice
from affiliates.services import terms_words
from affiliates.services.terms_changes import Difference, in_words
from portal.display import StatusText
from portal.formats import format_bps
from portal.reckoning import hidden_pay, is_hidden

#: Parts of terms that, beside an amount on the actual margin, tell that margin. Rule M12.
_PAY = ("rate_bps", "tiers")
_PAY_CHANGES = frozenset({*_PAY, "rule", "order_of_rules"})
DRAFTS: dict[str, tuple[str, str]] = {
    DraftStatus.DRAFT: ("neutral", "pencil"),
    DraftStatus.OFFERED: ("info", "send"),
    DraftStatus.PUBLISHED: ("success", "circle-check"),
    DraftStatus.DECLINED: ("warning", "circle-x"),
    DraftStatus.DISCARDED: ("neutral", "archive"),
}


@dataclass(frozen=True, slots=True)
class RuleText:
    """A rule as a person reads it."""

    key: str
    name: str
    pays: str
    conditions: list[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class TermsText:
    """Everything that terms say, in words."""

    base: list[tuple[str, str]]
    rules: list[RuleText]
    bonuses: list[tuple[str, str, str]]


@dataclass(frozen=True, slots=True)
class VersionRow:
    """A version beside the one it follows. ``hides_pay``: what it pays is not among them."""

    terms: Terms
    status: StatusText
    differences: list[Difference]
    hides_pay: bool


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Whom terms are for, with what holds, what comes and what is being written.

    ``pays``: the base rate of what holds in words, or that it is not shown.
    """

    holder: Group | Affiliate
    now: Terms | None
    pays: str
    coming: Terms | None
    drafts: list[TermsDraft]


def in_full(content: TermsContent, *, shows_costs: bool = True) -> TermsText:
    """Return what terms say, in the active language.

    To somebody of the team who may not see costs, terms on the actual margin do not say what they
    pay: rates, steps and the amounts of rules.
    """
    currency = content.currency
    hides = is_hidden(content.basis, shows_costs=shows_costs)
    hidden = {terms_words.label(name) for name in _PAY} if hides else frozenset()
    return TermsText(
        base=[
            (name, hidden_pay() if name in hidden else said)
            for name, said in terms_words.sentences(content)
        ],
        rules=[
            RuleText(
                rule.key,
                rule.name,
                rule_pays(rule, currency, hides=hides),
                terms_words.conditions(rule.when, currency),
            )
            for rule in content.rules.rules
        ],
        bonuses=[
            (bonus.key, bonus.name, terms_words.bonus_sentence(bonus, currency))
            for bonus in content.rules.bonuses
        ],
    )


def rule_pays(rule: Rule, currency: str, *, hides: bool) -> str:
    """Say what a rule pays, or that it is not shown; nothing is no secret."""
    if hides and rule.pays != Pays.NOTHING:
        return hidden_pay()
    return terms_words.pays(rule, currency)


def seen_changes(
    changes: Sequence[Change], after: Terms | TermsContent | None, *, shows_costs: bool
) -> tuple[list[Difference], bool]:
    """Return how ``after`` differs in words, and whether differences of pay are left out.

    They are where either side pays on the actual margin, unless the viewer may see costs: all of
    them, so that none that is missing says that a rate stayed.
    """
    if after is None:
        return [], False
    bases = [after.basis, *(one.before for one in changes if one.about == "basis")]
    hides = any(is_hidden(basis, shows_costs=shows_costs) for basis in bases)
    shown = [one for one in changes if not hides or one.about not in _PAY_CHANGES]
    return in_words(shown, after.currency), hides


def version_status(terms: Terms, now: datetime) -> StatusText:
    """Return whether a version holds, will hold, held, or was replaced before it did."""
    return period_status(terms.valid_from, terms.valid_to, now)


def period_status(since: datetime, until: datetime | None, now: datetime) -> StatusText:
    """Return whether terms hold, will hold, held, or were replaced before they did."""
    if until is not None and until == since:
        return StatusText("replaced", _("Replaced before it began"), "neutral", "archive")
    if since > now:
        return StatusText("future", _("To come"), "info", "hourglass")
    if until is not None and until <= now:
        return StatusText("over", _("Over"), "neutral", "archive")
    return StatusText("live", _("In force"), "success", "circle-check")


def draft_status(draft: TermsDraft) -> StatusText:
    """Return where a draft stands."""
    tone, icon = DRAFTS[draft.status]
    return StatusText(draft.status, draft.get_status_display(), tone, icon)  # type: ignore[arg-type]


def version_rows(
    found: Sequence[Terms], now: datetime, *, shows_costs: bool = True
) -> list[VersionRow]:
    """Return versions with what each changed; ``found`` is one holder's, the newest first."""
    rows = []
    for place, terms in enumerate(found):
        before = next((one for one in found[place + 1 :] if one.valid_to != one.valid_from), None)
        rows.append(_beside(before, terms, now, shows_costs=shows_costs))
    return rows


def version_row(terms: Terms, now: datetime, *, shows_costs: bool = True) -> VersionRow:
    """Return one version with what it changed."""
    return _beside(queries.predecessor(terms), terms, now, shows_costs=shows_costs)


def _beside(before: Terms | None, after: Terms, now: datetime, *, shows_costs: bool) -> VersionRow:
    status = version_status(after, now)
    if before is None:
        return VersionRow(after, status, [], hides_pay=False)
    changes = differences(content_of(before), content_of(after))
    found, hides = seen_changes(changes, after, shows_costs=shows_costs)
    return VersionRow(after, status, found, hides_pay=hides)


def worse(found: Iterable[Difference]) -> bool:
    """Tell whether any difference takes something."""
    return any(one.effect == Effect.WORSE for one in found)


def versions_of(holder: Group | Affiliate) -> list[Terms]:
    """Return all versions for a group, or of an affiliate's own terms, the newest first."""
    key = "group" if isinstance(holder, Group) else "affiliate"
    rows = Terms.objects.select_related("group", "affiliate").filter(**{key: holder})
    return list(rows.order_by("-valid_from", "-version"))


def holder_rows(now: datetime) -> tuple[list[HolderRow], list[HolderRow]]:
    """Return the groups, and the affiliates that have terms or drafts of their own. 4 queries."""
    lasting = Terms.objects.exclude(valid_to__lte=now).order_by("valid_from", "version")
    terms = list(lasting.select_related("affiliate"))
    writing = (DraftStatus.DRAFT, DraftStatus.OFFERED, DraftStatus.DECLINED)
    drafts = list(
        TermsDraft.objects.filter(status__in=writing)
        .select_related("affiliate")
        .order_by("-updated_at")
    )
    groups: list[HolderRow] = [
        _row(
            group,
            [one for one in terms if one.group_id == group.pk],
            [one for one in drafts if one.group_id == group.pk],
            now,
        )
        for group in Group.objects.all()
    ]
    owners = [one.affiliate for one in terms] + [one.affiliate for one in drafts]
    affiliates = {one.pk: one for one in owners if one is not None}
    own = [
        _row(
            affiliate,
            [one for one in terms if one.affiliate_id == pk],
            [one for one in drafts if one.affiliate_id == pk],
            now,
        )
        for pk, affiliate in affiliates.items()
    ]
    return groups, sorted(own, key=lambda row: str(row.holder).casefold())


def _row(
    holder: Group | Affiliate, terms: list[Terms], drafts: list[TermsDraft], now: datetime
) -> HolderRow:
    held = [one for one in terms if one.valid_to != one.valid_from]
    holds = next((one for one in held if one.valid_from <= now), None)
    return HolderRow(
        holder,
        holds,
        base_pays(holds) if holds else "",
        next((one for one in held if one.valid_from > now), None),
        drafts,
    )


def base_pays(terms: Terms) -> str:
    """Say the base rate of terms; on the actual margin their own page does, to who may see it."""
    if terms.basis == Basis.ACTUAL:
        return _("A share of the actual margin")
    return _("%(rate)s of the margin") % {"rate": format_bps(terms.rate_bps)}


def notices(terms: Terms) -> list[TermsNotice]:
    """Return who was told of terms, objections first, then who accepted."""
    found = TermsNotice.objects.filter(terms=terms).select_related("affiliate", "accepted_by")
    return sorted(
        found, key=lambda one: (not one.objection, one.accepted_at is None, one.affiliate.name)
    )
