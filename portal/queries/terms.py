"""Versions of terms beside what they follow, as pages show them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from affiliates import queries
from affiliates.domain.terms_content import TermsContent, content_of
from affiliates.domain.terms_diff import Effect, differences
from affiliates.models import Affiliate, DraftStatus, Group, Terms, TermsDraft, TermsNotice
from affiliates.services import terms_words
from affiliates.services.terms_changes import Difference, in_words
from portal.display import StatusText

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
    """A version beside the one it follows."""

    terms: Terms
    status: StatusText
    differences: list[Difference]


@dataclass(frozen=True, slots=True)
class HolderRow:
    """Whom terms are for, with what holds, what comes and what is being written."""

    holder: Group | Affiliate
    now: Terms | None
    coming: Terms | None
    drafts: list[TermsDraft]


def in_full(content: TermsContent) -> TermsText:
    """Return what terms say, in the active language."""
    currency = content.currency
    return TermsText(
        base=terms_words.sentences(content),
        rules=[
            RuleText(
                rule.key,
                rule.name,
                terms_words.pays(rule, currency),
                terms_words.conditions(rule.when, currency),
            )
            for rule in content.rules.rules
        ],
        bonuses=[
            (bonus.key, bonus.name, terms_words.bonus_sentence(bonus, currency))
            for bonus in content.rules.bonuses
        ],
    )


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


def version_rows(found: Sequence[Terms], now: datetime) -> list[VersionRow]:
    """Return versions with what each changed; ``found`` is one holder's, the newest first."""
    rows = []
    for place, terms in enumerate(found):
        before = next((one for one in found[place + 1 :] if one.valid_to != one.valid_from), None)
        rows.append(VersionRow(terms, version_status(terms, now), _between(before, terms)))
    return rows


def version_row(terms: Terms, now: datetime) -> VersionRow:
    """Return one version with what it changed."""
    before = queries.predecessor(terms)
    return VersionRow(terms, version_status(terms, now), _between(before, terms))


def _between(before: Terms | None, after: Terms) -> list[Difference]:
    if before is None:
        return []
    return in_words(differences(content_of(before), content_of(after)), after.currency)


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
    return HolderRow(
        holder,
        next((one for one in held if one.valid_from <= now), None),
        next((one for one in held if one.valid_from > now), None),
        drafts,
    )


def notices(terms: Terms) -> list[TermsNotice]:
    """Return who was told of terms, objections first, then who accepted."""
    found = TermsNotice.objects.filter(terms=terms).select_related("affiliate", "accepted_by")
    return sorted(
        found, key=lambda one: (not one.objection, one.accepted_at is None, one.affiliate.name)
    )
