"""Campaigns, their creators and what is due, as the pages show them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, QuerySet

from core.money import Money
from influencers.domain.campaign import Room
from influencers.models import (
    Campaign,
    CampaignStatus,
    Delivery,
    DeliveryStatus,
    Participation,
    PartStatus,
)
from influencers.queries.campaigns import TAKING, Due, committed_of, dues
from influencers.queries.looks import newest_versions, of_affiliate
from influencers.services.deliveries import GONE
from payouts.models import AdjustmentProposal
from payouts.queries.campaign_fees import proposals_of

RUNNING = (CampaignStatus.OPEN, CampaignStatus.CLOSED)
MOST_DUES = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class CampaignRow:
    """A campaign in the list. ``to_review``: deliveries and applications that wait for us."""

    campaign: Campaign
    room: Room
    to_review: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PartRow:
    """A creator of a campaign, with what was delivered and booked."""

    part: Participation
    pieces: int
    approved: int
    fee: AdjustmentProposal | None
    bonus: AdjustmentProposal | None

    @property
    def fee_money(self) -> Money:
        return Money(self.part.fee_minor, self.part.campaign.currency)


def campaigns(search: str = "", status: str = "") -> QuerySet[Campaign]:
    """Return campaigns for managers, the newest first."""
    found = Campaign.objects.select_related("created_by", "pool").order_by("-created_at", "-pk")
    if search:
        found = found.filter(name__icontains=search)
    return found.filter(status=status) if status else found


def status_counts(search: str = "") -> Counter[str]:
    """Return how many campaigns are in each state."""
    rows = campaigns(search).order_by().values_list("status").annotate(number=Count("pk"))
    return Counter(dict(rows))


def campaign_rows(shown: Sequence[Campaign]) -> list[CampaignRow]:
    """Return campaigns with what is taken and promised. Four queries, however many they are."""
    ids = [one.pk for one in shown]
    parts = Participation.objects.filter(campaign__in=ids).order_by()
    numbers = parts.values_list("campaign", "status").annotate(number=Count("pk"))
    taken: Counter[int] = Counter()
    waiting: Counter[int] = Counter()
    for campaign_id, status, number in numbers:
        if status in TAKING:
            taken[campaign_id] += number
        elif status == PartStatus.APPLIED:
            waiting[campaign_id] += number
    sent = Delivery.objects.filter(
        participation__campaign__in=ids,
        participation__status=PartStatus.ACCEPTED,
        status=DeliveryStatus.SUBMITTED,
    ).order_by()
    rows = sent.values_list("participation__campaign").annotate(number=Count("pk"))
    for campaign_id, number in rows:
        waiting[campaign_id] += number
    promised = committed_of(shown)
    return [
        CampaignRow(
            campaign=one, to_review=waiting[one.pk], room=_room(one, taken[one.pk], promised)
        )
        for one in shown
    ]


def part_rows(campaign: Campaign) -> list[PartRow]:
    """Return everybody of a campaign, by name. Five queries, however many they are."""
    rows = campaign.participations.select_related("affiliate", "campaign")
    parts = list(rows.order_by("affiliate__name", "pk"))
    pieces = sum(campaign.deliverables.values_list("quantity", flat=True))
    approved = Counter(
        Delivery.objects.filter(
            participation__campaign=campaign, status=DeliveryStatus.APPROVED
        ).values_list("participation", flat=True)
    )
    ids = [one.pk for one in parts]
    fees, bonuses = proposals_of(ids, "fee"), proposals_of(ids, "bonus")
    return [
        PartRow(
            part=one,
            pieces=pieces,
            approved=approved[one.pk],
            fee=fees.get(one.pk),
            bonus=bonuses.get(one.pk),
        )
        for one in parts
    ]


def sent_in(campaign: Campaign) -> QuerySet[Delivery]:
    """Return what creators of a campaign sent in: what waits for us first."""
    rows = Delivery.objects.filter(participation__campaign=campaign)
    rows = rows.select_related("participation__affiliate", "deliverable", "look", "proof")
    return rows.order_by("-status", "submitted_at", "pk")


def running_dues(parts: QuerySet[Participation]) -> list[Due]:
    """Return what is due of the parts that go on, approved pieces left out, the nearest first."""
    known = parts.filter(status=PartStatus.ACCEPTED, campaign__status__in=RUNNING)
    found = dues(known.select_related("campaign", "affiliate"))
    left = [
        due
        for due in found
        if due.delivery is None or due.delivery.status != DeliveryStatus.APPROVED
    ]
    return left[:MOST_DUES]


def by_day(found: Iterable[Due]) -> list[tuple[date, list[Due]]]:
    """Return what is due on each day, the nearest first."""
    days: defaultdict[date, list[Due]] = defaultdict(list)
    for due in found:
        days[due.deliverable.due_on].append(due)
    return sorted(days.items())


def look_choices(affiliate_id: int) -> tuple[list[tuple[str, str]], dict[str, int]]:
    """Return a creator's looks for a list to choose from, and their ids. Two queries."""
    looks = list(of_affiliate(affiliate_id).exclude(status__in=GONE)[:200])
    versions = newest_versions([one.pk for one in looks])
    labels = [(str(one.public_id), _title(one.slug, versions.get(one.pk))) for one in looks]
    return labels, {str(one.public_id): one.pk for one in looks}


def delivered_looks(affiliate_id: int) -> dict[str, int]:
    """Return the looks that a creator delivered, with the delivery that each stands for."""
    rows = Delivery.objects.filter(participation__affiliate=affiliate_id, look__isnull=False)
    standing = rows.exclude(participation__status=PartStatus.CANCELLED)
    return {str(key): pk for key, pk in standing.values_list("look__public_id", "pk")}


def _title(slug: str, version: object | None) -> str:
    return str(getattr(version, "title", "") or slug)


def _room(campaign: Campaign, taken: int, promised: dict[int, Money]) -> Room:
    return Room(
        capacity=campaign.capacity,
        taken=taken,
        budget=Money(campaign.budget_minor, campaign.currency),
        committed=promised[campaign.pk],
    )


def affiliates_in(campaign: Campaign) -> Collection[int]:
    """Return who is in a campaign already and need not be invited."""
    rows = campaign.participations.exclude(status=PartStatus.DECLINED)
    return set(rows.values_list("affiliate", flat=True))
