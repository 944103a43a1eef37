"""What others ask about affiliates and their terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Q, QuerySet

from affiliates.domain.abilities import Ability, who_may
from affiliates.models import (
    Affiliate,
    AffiliateStatus,
    Application,
    GroupMove,
    IncrementalityFactor,
    Membership,
    Terms,
    TermsDraft,
)
from core.hashing import email_digest, email_key
from core.models import User
from core.money import BPS

#: What is written to an affiliate for whom nobody acts.
DEFAULT_LANGUAGE = "fr"


@dataclass(frozen=True, slots=True)
class InGroup:
    """That an affiliate is in a group, during a half-open period; ends that are open are empty."""

    group_id: int
    since: datetime | None
    until: datetime | None


@dataclass(frozen=True, slots=True)
class HeldTerms:
    """Terms and the half-open period during which they are an affiliate's."""

    terms: Terms
    since: datetime
    until: datetime | None


def programme_terms(at: datetime) -> Terms | None:
    """Return the terms that the public programme page shows: the default group's, at ``at``."""
    return Terms.objects.at(at).filter(group__is_default=True).first()


def terms_for(affiliate_id: int, at: datetime) -> Terms | None:
    """Return the terms of an affiliate at a moment: its own before its group's."""
    return TermsIndex([affiliate_id]).at(affiliate_id, at)


class TermsIndex:
    """The terms of many affiliates at any moment: two queries, then answers from memory."""

    def __init__(self, affiliate_ids: Collection[int]) -> None:
        self._groups_of = groups_of(affiliate_ids)
        groups = {one.group_id for found in self._groups_of.values() for one in found}
        self._own: dict[int, list[Terms]] = defaultdict(list)
        self._of_group: dict[int, list[Terms]] = defaultdict(list)
        rows = Terms.objects.select_related("group", "affiliate").filter(
            Q(affiliate__in=list(self._groups_of)) | Q(group__in=groups)
        )
        for terms in rows:
            if terms.affiliate_id is not None:
                self._own[terms.affiliate_id].append(terms)
            elif terms.group_id is not None:
                self._of_group[terms.group_id].append(terms)

    def at(self, affiliate_id: int, moment: datetime) -> Terms | None:
        """Return the terms of an affiliate at a moment: its own before its group's."""
        return self.own_at(affiliate_id, moment) or self.of_group_at(affiliate_id, moment)

    def held(self, affiliate_id: int) -> list[HeldTerms]:
        """Return every version that an affiliate had, has or will have, by version."""
        own: list[tuple[Terms, InGroup | None]] = [
            (terms, None) for terms in self._own.get(affiliate_id, [])
        ]
        of_groups = [
            (terms, one)
            for one in self._groups_of.get(affiliate_id, [])
            for terms in self._of_group.get(one.group_id, [])
        ]
        found = (_held(terms, within) for terms, within in (*own, *of_groups))
        return [one for one in found if one is not None]

    def own_at(self, affiliate_id: int, moment: datetime) -> Terms | None:
        """Return an affiliate's own terms at a moment."""
        return _holding(self._own.get(affiliate_id, []), moment)

    def of_group_at(self, affiliate_id: int, moment: datetime) -> Terms | None:
        """Return the terms of the group in which an affiliate is at a moment."""
        group_id = _group_at(self._groups_of.get(affiliate_id, []), moment)
        return _holding(self._of_group.get(group_id, []), moment)


def groups_of(affiliate_ids: Collection[int]) -> dict[int, list[InGroup]]:
    """Return in which groups affiliates were, are and will be, in order. One query.

    Every moment lies in one of the periods of an affiliate.
    """
    rows = (
        Affiliate.objects.filter(pk__in=affiliate_ids)
        .order_by("pk", "group_moves__begins_at")
        .values_list("pk", "group_id", "group_moves__before", "group_moves__after",
                     "group_moves__begins_at", "group_moves__cancelled_at")
    )  # fmt: skip
    found: dict[int, list[InGroup]] = {}
    for pk, group_id, before, after, begins, cancelled in rows:
        periods = found.setdefault(pk, [InGroup(group_id, None, None)])
        if begins is not None and cancelled is None:
            last = periods.pop()
            periods += [InGroup(before, last.since, begins), InGroup(after, begins, None)]
    return found


def group_at(affiliate_id: int, moment: datetime) -> int:
    """Return the group in which an affiliate is at a moment."""
    return _group_at(groups_of([affiliate_id])[affiliate_id], moment)


def _group_at(periods: Collection[InGroup], moment: datetime) -> int:
    within = (one.group_id for one in periods if one.until is None or moment < one.until)
    return next(within, 0)


def _holding(found: Collection[Terms], moment: datetime) -> Terms | None:
    return next((terms for terms in found if _holds(terms, moment)), None)


def _holds(terms: Terms, moment: datetime) -> bool:
    return terms.valid_from <= moment and (terms.valid_to is None or moment < terms.valid_to)


def concerned_by(terms: Terms | TermsDraft, moment: datetime) -> QuerySet[Affiliate]:
    """Return the open accounts that these terms are for at ``moment``.

    Those of a group are for whoever is in it then, not for affiliates with own terms, unless these
    have an end.
    """
    open_ones = Affiliate.objects.exclude(status=AffiliateStatus.CLOSED)
    if terms.affiliate_id is not None:
        return open_ones.filter(pk=terms.affiliate_id)
    own = Terms.objects.filter(affiliate__isnull=False, valid_to__isnull=True)
    owning = own.filter(valid_from__lte=moment).values("affiliate")
    moved = GroupMove.objects.to_come().filter(affiliate=OuterRef("pk"), begins_at__lte=moment)
    members = Exists(moved.filter(after=terms.group_id)) | Q(group=terms.group_id) & ~Exists(moved)
    return open_ones.filter(members).exclude(pk__in=owning)


def predecessor(terms: Terms) -> Terms | None:
    """Return the terms that these follow: own ones, or for the first of them the group's."""
    earlier = Terms.objects.filter(valid_from__lt=terms.valid_from).order_by(
        "-valid_from", "-version"
    )
    own = earlier.filter(group=terms.group_id, affiliate=terms.affiliate_id).first()
    if own is not None or terms.affiliate is None:
        return own
    return earlier.filter(group=group_at(terms.affiliate.pk, terms.valid_from)).first()


def terms_history(affiliate: Affiliate, index: TermsIndex | None = None) -> list[HeldTerms]:
    """Return every version that an affiliate had, has or will have, the newest first.

    Those of a group for as long as it is in the group. What ended before it joined, and what was
    replaced before it held, is not among them. Without an ``index`` of it, two queries.
    """
    held = (index or TermsIndex([affiliate.pk])).held(affiliate.pk)
    lived = [one for one in held if one.until is None or one.until > affiliate.joined_at]
    return sorted(
        lived,
        key=lambda one: (one.since, one.terms.affiliate_id is not None, one.terms.version),
        reverse=True,
    )


def _held(terms: Terms, within: InGroup | None) -> HeldTerms | None:
    """Return terms with the part of their period that lies in ``within``, if there is one."""
    since, until = terms.valid_from, terms.valid_to
    if within is not None and within.since is not None:
        since = max(since, within.since)
    if within is not None and within.until is not None:
        until = within.until if until is None else min(until, within.until)
    return HeldTerms(terms, since, until) if until is None or since < until else None


def factor_bps(affiliate_id: int, moment: datetime) -> int:
    """Return the measured incrementality factor at a moment; neutral when there is none."""
    rows = IncrementalityFactor.objects.at(moment).filter(affiliate=affiliate_id)
    found = rows.values_list("factor_bps", flat=True).first()
    return BPS if found is None else found


def member_email_keys(affiliate_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the keyed hashes of the e-mail addresses of each affiliate's people. One query."""
    keys: dict[int, set[str]] = defaultdict(set)
    people = Membership.objects.filter(affiliate__in=affiliate_ids)
    for affiliate_id, email in people.values_list("affiliate_id", "user__email"):
        keys[affiliate_id].add(email_key(email_digest(email)))
    return {affiliate_id: frozenset(found) for affiliate_id, found in keys.items()}


def acts_for(user_id: int, affiliate_id: int) -> bool:
    """Tell whether a person is a member of an affiliate."""
    return Membership.objects.filter(user=user_id, affiliate=affiliate_id).exists()


def people_of(affiliate_id: int, ability: Ability = Ability.SEE_ACCOUNT) -> list[User]:
    """Return who acts for an affiliate, has an ability and can sign in, its owners first.

    Everybody of a team sees the account.
    """
    members = Membership.objects.filter(
        affiliate=affiliate_id, role__in=who_may(ability), user__is_active=True
    )
    return [one.user for one in members.select_related("user").order_by("-is_owner", "pk")]


def language_of(affiliate_id: int) -> str:
    """Return the language in which an affiliate is written to: its first person's."""
    people = people_of(affiliate_id)
    return people[0].language if people else DEFAULT_LANGUAGE


def latest_application(user_id: int) -> Application | None:
    """Return the newest application of a person."""
    return (
        Application.objects.select_related("affiliate", "terms")
        .filter(user=user_id)
        .order_by("-submitted_at", "-pk")
        .first()
    )
