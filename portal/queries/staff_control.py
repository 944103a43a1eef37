"""The rules of payouts as finance reads them: what holds, what waits, what was changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.queries import programme_terms
from core.models import AuditEntry, User
from core.money import Money
from payouts.domain.approval_rules import ONE_PERSON, Rule
from payouts.domain.currency import CURRENCY
from payouts.models import ApprovalLimit, ApprovalRule, MinimumRule
from payouts.queries.approval_rules import rules_at
from payouts.queries.minimum_rules import months_at
from portal.display import TimelineItem
from portal.formats import format_moment, format_money
from portal.queries.staff_approval import rule_sentence
from portal.queries.staff_journal import verb_label

SHOWN = 30
_VERBS = (
    Q(verb__startswith="approval_")
    | Q(verb__startswith="minimum_rule.")
    | Q(verb__startswith="payouts.")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Rules that wait for a second person, beside those that hold."""

    valid_from: datetime
    proposed_by: User
    proposed_at: datetime
    is_late: bool
    before: list[str]
    after: list[str]


def rules_now(currency: str, now: datetime) -> list[str]:
    """Return the rules that hold, as sentences; without rules what holds then."""
    return [rule_sentence(one, currency) for one in rules_at(currency, now) or [ONE_PERSON]]


def waiting_rules(currency: str, now: datetime) -> Proposal | None:
    """Return the rules that wait for a confirmation: there is one proposal at most."""
    rows = list(
        ApprovalRule.objects.filter(currency=currency, confirmed_at__isnull=True)
        .select_related("proposed_by")
        .order_by("above_minor")
    )
    if not rows:
        return None
    return Proposal(
        valid_from=rows[0].valid_from,
        proposed_by=rows[0].proposed_by,
        proposed_at=rows[0].proposed_at,
        is_late=rows[0].valid_from <= now,
        before=rules_now(currency, now),
        after=[rule_sentence(row.rule, currency) for row in rows],
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Limit:
    """A daily limit as it is listed."""

    limit: ApprovalLimit
    amount: Money
    state: str
    waits: bool


def limits(now: datetime) -> list[Limit]:
    """Return every daily limit, the newest of each person first."""
    rows = ApprovalLimit.objects.select_related("user", "proposed_by", "confirmed_by")
    found, seen = [], set()
    for row in rows.order_by("user__email", "-valid_from"):
        holds = row.confirmed_at is not None and row.valid_from <= now
        is_first = holds and (row.user_id, row.currency) not in seen
        if is_first:
            seen.add((row.user_id, row.currency))
        found.append(
            Limit(
                limit=row,
                amount=Money(row.daily_minor, row.currency),
                state=_state(row, holds=holds, is_first=is_first),
                waits=row.confirmed_at is None,
            )
        )
    return found


def _state(row: ApprovalLimit, *, holds: bool, is_first: bool) -> str:
    if row.confirmed_at is None:
        return _("Waits for another person")
    if not holds:
        return _("Holds from %(moment)s") % {"moment": format_moment(row.valid_from)}
    return _("Holds") if is_first else _("Replaced")


def facts(now: datetime) -> list[tuple[str, str]]:
    """Return what else decides about payouts and where it is changed, as label and value."""
    terms = programme_terms(now)
    minimum = (
        format_money(Money(terms.minimum_payout_minor, terms.currency))
        if terms is not None
        else _("none: there are no terms")
    )
    hours = {
        hours: ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
        for hours in (settings.PAYEE_COOLING_HOURS, settings.PAYOUT_REVIEW_HOURS)
    }
    return [
        (_("Minimum payout, by the terms"), minimum),
        (_("The minimum is lifted"), months_text(months_at(now))),
        (_("Wait after a change of bank details"), hours[settings.PAYEE_COOLING_HOURS]),
        (_("Time to approve a batch"), hours[settings.PAYOUT_REVIEW_HOURS]),
        (
            _("Mandate and tax details"),
            _("needed before a payout") if settings.PAYOUTS_NEED_MANDATE else _("not needed yet"),
        ),
        (_("Nothing is paid to"), ", ".join(settings.PAYOUT_BLOCKED_COUNTRIES) or _("nowhere")),
    ]


def months_text(months: int) -> str:
    """Return after how long the minimum is lifted, in words."""
    if not months:
        return _("never")
    return ngettext(
        "after %(count)s month without a payout", "after %(count)s months without a payout", months
    ) % {"count": months}


def waiting_minimum() -> tuple[MinimumRule, str] | None:
    """Return the months that wait for a confirmation, and in words; at most one proposal."""
    rows = MinimumRule.objects.filter(confirmed_at__isnull=True).select_related("proposed_by")
    rule = rows.first()
    return (rule, months_text(rule.months)) if rule is not None else None


def history() -> list[TimelineItem]:
    """Return the latest changes of rules, limits and the kill switch, the newest first."""
    entries = AuditEntry.objects.filter(_VERBS).select_related("actor").order_by("-pk")[:SHOWN]
    return [
        TimelineItem(
            title=verb_label(entry.verb),
            at=entry.at,
            actor=str(entry.actor) if entry.actor else _("System"),
            note=entry.reason or _difference(entry),
            icon="clock",
        )
        for entry in entries
    ]


def _difference(entry: AuditEntry) -> str:
    """Return what the entry changed: rules before and after, a limit, or the months."""
    if "after" in entry.data:
        before, after = (
            " ".join(rule_sentence(Rule(**one), CURRENCY) for one in entry.data[side])
            for side in ("before", "after")
        )
        return f"{before or rule_sentence(ONE_PERSON, CURRENCY)} → {after}"
    if "daily_minor" in entry.data:
        return format_money(Money(entry.data["daily_minor"], CURRENCY))
    if "months" in entry.data:
        return months_text(entry.data["months"])
    return ""
