"""Where every creator stands: figures, parts of the ranking, place (docs/rules/standing.md)."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction

from django.db.models import F, Q

from affiliates.models import IncrementalityFactor
from core.money import BPS
from influencers.domain.audience import WINDOW_DAYS, Measures, Rate, lower_bound, usual
from influencers.domain.standing import (
    COUNTED_DAYS,
    Gate,
    Judged,
    Part,
    Score,
    judge,
    percentile,
    places,
    reliability,
    score,
    share_score,
)
from influencers.models import (
    Deliverable,
    Delivery,
    ImageLicence,
    MarkKind,
    Participation,
    PartStatus,
    StandingMark,
    StandingWeights,
)
from influencers.queries.creators import creators, judged, largest, measured
from influencers.services.profiles import CREATORS
from shop.counting import number_of_orders
from tracking.models import Credit

#: The country whose customers the shops and their stores serve.
HOME = "FR"
#: Fewer orders say nothing of where an audience lives.
LEAST_ORDERS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Outside:
    """What the apps above know of creators. Minor units of the programme's currency.

    ``margins``: counted margin of 90 days, returns and commission taken off. ``leaked``: whose
    promo codes are found where nobody gave them.
    """

    margins: Mapping[int, int]
    leaked: frozenset[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountStanding:
    """An account beside those of its network and tier. ``peers`` includes itself."""

    measures: Measures
    rates: Mapping[Rate, Fraction | None]
    bounds: Mapping[Rate, Fraction | None]
    scores: Mapping[Rate, int | None]
    peers: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CreatorStanding:
    """A creator. ``place`` None: not ranked, ``score.gates`` says why. ``of``: who is ranked."""

    affiliate_id: int
    judged: Judged
    accounts: Mapping[int, AccountStanding]
    main: AccountStanding | None
    margin_minor: int
    score: Score
    place: int | None
    of: int


def weights() -> dict[Part, int]:
    """Return what each part of the ranking weighs, in percent."""
    row = StandingWeights.objects.first() or StandingWeights()
    return {part: getattr(row, part.value) for part in Part}


def standings(outside: Outside, now: datetime) -> dict[int, CreatorStanding]:
    """Return where every creator stands, by affiliate. Ten queries, however many they are."""
    day = now.date()
    ids = list(creators().values_list("pk", flat=True))
    accounts, labels = _accounts(day), judged(day)
    facts = _Facts(now)
    mains = {pk: _main(accounts[pk]) for pk in ids}
    margins = _margin_scores(mains, outside.margins)
    weighing = weights()
    scores = {
        pk: score(
            _parts(pk, mains[pk], margins.get(pk), facts),
            weighing,
            _gates(mains[pk], pk in outside.leaked),
        )
        for pk in ids
    }
    placed = places(scores)
    return {
        pk: CreatorStanding(
            affiliate_id=pk,
            judged=labels.get(pk) or judge((), day),
            accounts=accounts[pk],
            main=mains[pk],
            margin_minor=outside.margins.get(pk, 0),
            score=scores[pk],
            place=placed.get(pk),
            of=len(placed),
        )
        for pk in ids
    }


def _accounts(day: date) -> defaultdict[int, dict[int, AccountStanding]]:
    """Return by affiliate and account how it stands among its network and tier."""
    known = measured(day)
    every = [one for accounts in known.values() for one in accounts.values()]
    typical = {rate: usual(every, rate) for rate in Rate}
    groups: defaultdict[tuple[str, str], list[Measures]] = defaultdict(list)
    for one in every:
        if one.is_enough:
            groups[one.network, one.tier].append(one)
    bounds = {
        id(one): {rate: lower_bound(one, rate, typical[rate]) for rate in Rate} for one in every
    }
    found: defaultdict[int, dict[int, AccountStanding]] = defaultdict(dict)
    for affiliate_id, accounts in known.items():
        for account_id, one in accounts.items():
            peers = groups[one.network, one.tier]
            mine = bounds[id(one)]
            found[affiliate_id][account_id] = AccountStanding(
                measures=one,
                rates={rate: one.rate(rate) for rate in Rate},
                bounds=mine,
                scores={
                    rate: _rank(mine[rate], [bounds[id(peer)][rate] for peer in peers])
                    if one.is_enough
                    else None
                    for rate in Rate
                },
                peers=len(peers),
            )
    return found


def _rank(mine: Fraction | None, others: list[Fraction | None]) -> int | None:
    if mine is None:
        return None
    return percentile(mine, [one for one in others if one is not None])


def _main(accounts: Mapping[int, AccountStanding]) -> AccountStanding | None:
    main = largest(one.measures for one in accounts.values())
    return next((one for one in accounts.values() if one.measures is main), None)


def _margin_scores(
    mains: Mapping[int, AccountStanding | None], margins: Mapping[int, int]
) -> dict[int, int]:
    """Return margin for each 1,000 members as a percentile inside the tier."""
    tiers: defaultdict[str, dict[int, Fraction]] = defaultdict(dict)
    for pk, main in mains.items():
        if main is not None and main.measures.is_enough and main.measures.members:
            each = Fraction(1_000 * margins.get(pk, 0), main.measures.members)
            tiers[main.measures.tier][pk] = each
    return {
        pk: percentile(each, list(values.values()))
        for values in tiers.values()
        for pk, each in values.items()
    }


def _gates(main: AccountStanding | None, is_leaked: bool) -> list[Gate]:
    gates = [Gate.LEAKED_CODE] if is_leaked else []
    if main is None:
        return [*gates, Gate.NO_FIGURES]
    measures = main.measures
    if measures.newest.posts < 5:
        gates.append(Gate.FEW_POSTS)
    if measures.days < 28:
        gates.append(Gate.FEW_DAYS)
    if measures.jumped_on is not None:
        gates.append(Gate.JUMP)
    return gates


def _parts(
    pk: int, main: AccountStanding | None, margin: int | None, facts: _Facts
) -> dict[Part, int | None]:
    social = main.scores if main else {}
    return {
        Part.MARGIN: margin,
        Part.INCREMENTAL: facts.incremental.get(pk),
        Part.ANSWERED: social.get(Rate.ANSWERED),
        Part.ENGAGEMENT: social.get(Rate.ENGAGEMENT),
        Part.RELIABILITY: reliability(
            on_time=facts.on_time[pk],
            late=facts.due[pk] - facts.on_time[pk],
            strikes=facts.strikes[pk],
            taken_back=facts.taken_back[pk],
        ),
        Part.AUDIENCE: facts.audience.get(pk),
    }


class _Facts:
    """Facts of all creators for the parts that are not about an audience. Six queries."""

    def __init__(self, now: datetime) -> None:
        since = now - timedelta(days=COUNTED_DAYS)
        self.incremental = _incremental(now)
        self.audience = _audience(now - timedelta(days=WINDOW_DAYS), now)
        self.due, self.on_time = _deliveries(since, now)
        marks = StandingMark.objects.filter(
            kind=MarkKind.STRIKE, taken_back_at__isnull=True, on__gt=since.date()
        )
        self.strikes = Counter(marks.values_list("affiliate", flat=True))
        licences = ImageLicence.objects.filter(
            revoked_at__gt=since, revoked_by__memberships__affiliate=F("picture__affiliate")
        )
        self.taken_back: Counter[int] = Counter(
            pk for pk in licences.values_list("picture__affiliate", flat=True) if pk is not None
        )


def _incremental(now: datetime) -> dict[int, int]:
    """Return the measured share of sales that a creator added, from 0 to 100 (ST17)."""
    rows = IncrementalityFactor.objects.filter(
        Q(valid_to__isnull=True) | Q(valid_to__gt=now), valid_from__lte=now
    )
    return {
        pk: min(100, share_score(bps, BPS) or 0)
        for pk, bps in rows.values_list("affiliate", "factor_bps")
    }


def _audience(since: datetime, until: datetime) -> dict[int, int]:
    """Return how many of the buyers live where the stores are, from 0 to 100."""
    rows = (
        Credit.objects.filter(
            affiliate__kind__in=CREATORS,
            order__placed_at__gt=since,
            order__placed_at__lte=until,
            order__is_test=False,
        )
        .exclude(order__country="")
        .values_list("affiliate")
        .annotate(every=number_of_orders(), home=number_of_orders(among=Q(order__country=HOME)))
        .order_by()
    )
    return {pk: share_score(home, every) or 0 for pk, every, home in rows if every >= LEAST_ORDERS}


def _deliveries(since: datetime, now: datetime) -> tuple[Counter[int], Counter[int]]:
    """Return how many deliveries were due from each creator, and how many came in time."""
    parts = {
        pk: (affiliate_id, campaign_id)
        for pk, affiliate_id, campaign_id in Participation.objects.filter(
            status__in=[PartStatus.ACCEPTED, PartStatus.DONE], campaign__ends_on__gt=since.date()
        ).values_list("pk", "affiliate", "campaign")
    }
    asked = Deliverable.objects.filter(
        campaign__in={campaign for _pk, campaign in parts.values()},
        due_on__gt=since.date(),
        due_on__lt=now.date(),
    )
    by_campaign: defaultdict[int, int] = defaultdict(int)
    days = {}
    for one in asked:
        by_campaign[one.campaign_id] += one.quantity
        days[one.pk] = one.due_on
    due: Counter[int] = Counter()
    for affiliate_id, campaign_id in parts.values():
        due[affiliate_id] += by_campaign[campaign_id]
    on_time: Counter[int] = Counter()
    rows = Delivery.objects.filter(participation__in=parts, deliverable__in=days)
    for part, deliverable, at in rows.values_list("participation", "deliverable", "submitted_at"):
        if at.date() <= days[deliverable]:
            on_time[parts[part][0]] += 1
    return due, on_time
