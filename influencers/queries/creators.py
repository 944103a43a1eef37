"""Creators with what is known of them: to be filtered, listed and chosen for campaigns."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db.models import QuerySet

from affiliates.models import Affiliate, AffiliateStatus
from influencers.domain.audience import WINDOW_DAYS, Measures, Snapshot, measure
from influencers.domain.segment import Creator, Rules, chosen, read
from influencers.domain.standing import COUNTED_DAYS, Judged, Mark, judge
from influencers.models import (
    Influencer,
    MemberStatus,
    PoolMember,
    Segment,
    SocialAccount,
    SocialFigure,
    StandingMark,
    Store,
)
from influencers.services.profiles import CREATORS


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatorRow:
    """A creator. ``profile`` None: nobody has opened it yet. ``main``: the largest account."""

    affiliate: Affiliate
    profile: Influencer | None
    facts: Creator
    main: Measures | None
    judged: Judged


def creators() -> QuerySet[Affiliate]:
    """Return influencers and employees whose account is not closed, by name."""
    found = Affiliate.objects.filter(kind__in=CREATORS).exclude(status=AffiliateStatus.CLOSED)
    return found.select_related("influencer__store").order_by("name", "pk")


def creator_rows(now: datetime) -> list[CreatorRow]:
    """Return every creator by name. Six queries, however many they are."""
    day, affiliates = now.date(), list(creators())
    measures, labels = measured(day), judged(day)
    pools, codes = _pools(), dict(Store.objects.values_list("name", "code"))
    rows = []
    for affiliate in affiliates:
        accounts = measures[affiliate.pk]
        main = largest(accounts.values())
        profile: Influencer | None = getattr(affiliate, "influencer", None)
        judgement = labels.get(affiliate.pk) or judge((), day)
        rows.append(
            CreatorRow(
                affiliate=affiliate,
                profile=profile,
                main=main,
                judged=judgement,
                facts=Creator(
                    affiliate_id=affiliate.pk,
                    name=affiliate.name,
                    kind=affiliate.kind,
                    label=judgement.label,
                    tier=main.tier if main else "",
                    members=main.members if main else None,
                    region=_region(profile),
                    store=codes.get(affiliate.store, "") if affiliate.is_employee else "",
                    themes=frozenset(profile.themes if profile else ()),
                    tags=frozenset(profile.tags if profile else ()),
                    networks=frozenset(one.network for one in accounts.values()),
                    pools=pools[affiliate.pk],
                ),
            )
        )
    return rows


def members_of(segment: Segment, now: datetime) -> list[int]:
    """Return whom a saved selection means now, by id of affiliate.

    :raises UnreadableRules: for a selection of another version of the programme.
    """
    return [one.affiliate_id for one in selected(read(segment.rules), now)]


def selected(rules: Rules, now: datetime) -> list[Creator]:
    """Return whom a selection means now, by name."""
    return chosen(rules, [row.facts for row in creator_rows(now)])


def measured(
    day: date, affiliate_ids: Collection[int] | None = None
) -> defaultdict[int, dict[int, Measures]]:
    """Return by affiliate and account what is known of it. Two queries."""
    accounts = SocialAccount.objects.filter(removed_at__isnull=True)
    if affiliate_ids is not None:
        accounts = accounts.filter(affiliate__in=affiliate_ids)
    figures: defaultdict[int, list[Snapshot]] = defaultdict(list)
    rows = SocialFigure.objects.filter(
        account__in=accounts, day__gt=day - timedelta(days=WINDOW_DAYS), day__lte=day
    )
    # Of one day and source the figure that was given last counts.
    newest = {(one.account_id, one.day, one.source): one for one in rows.order_by("pk")}
    for one in newest.values():
        figures[one.account_id].append(_snapshot(one))
    found: defaultdict[int, dict[int, Measures]] = defaultdict(dict)
    for pk, affiliate_id, network in accounts.values_list("pk", "affiliate", "network"):
        measures = measure(network, figures[pk], day)
        if measures is not None:
            found[affiliate_id][pk] = measures
    return found


def largest(accounts: Iterable[Measures]) -> Measures | None:
    """Return the account with the most members; of equal ones that of the first network."""
    return max(accounts, key=lambda one: (one.members, one.network), default=None)


def judged(day: date, affiliate_ids: Collection[int] | None = None) -> dict[int, Judged]:
    """Return where everybody stands of whom something counts. One query."""
    marks: defaultdict[int, list[Mark]] = defaultdict(list)
    rows = StandingMark.objects.filter(
        taken_back_at__isnull=True, on__gt=day - timedelta(days=COUNTED_DAYS), on__lte=day
    )
    if affiliate_ids is not None:
        rows = rows.filter(affiliate__in=affiliate_ids)
    for affiliate_id, kind, on in rows.values_list("affiliate", "kind", "on"):
        marks[affiliate_id].append(Mark(kind, on))
    return {pk: judge(found, day) for pk, found in marks.items()}


def _snapshot(one: SocialFigure) -> Snapshot:
    return Snapshot(
        day=one.day,
        followers=one.followers,
        posts=one.posts,
        writers=one.writers,
        replies=one.replies,
        answered=one.answered,
        interactions=one.interactions,
        source=one.source,
    )


def _pools() -> defaultdict[int, frozenset[str]]:
    rows = PoolMember.objects.filter(status=MemberStatus.MEMBER)
    found: defaultdict[int, set[str]] = defaultdict(set)
    for affiliate_id, pool_id in rows.values_list("affiliate", "pool"):
        found[affiliate_id].add(str(pool_id))
    return defaultdict(frozenset, {pk: frozenset(ids) for pk, ids in found.items()})


def _region(profile: Influencer | None) -> str:
    if profile is None:
        return ""
    return profile.region or (profile.store.region if profile.store else "")
