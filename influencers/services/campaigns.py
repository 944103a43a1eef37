"""Campaigns: written, opened, closed to new creators, finished, cancelled.

Rules CA1 to CA4 of docs/rules/campaigns.md.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.domain.paris import day_in_paris
from core.errors import DomainError
from core.money import Money
from influencers.domain.campaign import Piece
from influencers.models import (
    Campaign,
    CampaignStatus,
    Deliverable,
    DeliverableKind,
    Disclosure,
    Participation,
    PartStatus,
    Scope,
)
from influencers.queries.campaigns import committed, taken
from influencers.services import campaign_mails, unsent
from shop.models import Product

CURRENCY = "EUR"
MOST_PIECES = 12
MOST_OF_ONE = 10
_WORDS = ("name", "purpose", "brief", "do", "dont", "bonus_for")
_FACTS = (
    "disclosure", "rights_months", "fee_minor", "bonus_minor", "budget_minor", "capacity",
    "gift_most_minor", "gift_most_items", "is_open_to_apply", "pool_id", "starts_on",
    "apply_until", "ends_on",
)  # fmt: skip


class CampaignRefused(DomainError):
    """What was filled in cannot be a campaign."""

    code = "campaign_refused"


class BriefStands(DomainError):
    """Somebody applied or takes part: what they read stays as it is."""

    code = "brief_stands"


class PartsOpen(DomainError):
    """Somebody has still to deliver, so the campaign is not over."""

    code = "parts_open"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What a manager fills in. Amounts in minor units of EUR; gifts excluding VAT, for each."""

    name: str
    purpose: str
    brief: str
    disclosure: str
    scopes: tuple[str, ...]
    rights_months: int
    budget_minor: int
    capacity: int
    starts_on: date
    apply_until: date
    ends_on: date
    pieces: tuple[Piece, ...]
    do: str = ""
    dont: str = ""
    fee_minor: int = 0
    bonus_minor: int = 0
    bonus_for: str = ""
    gift_most_minor: int = 0
    gift_most_items: int = 0
    product_ids: tuple[int, ...] = ()
    is_open_to_apply: bool = False
    pool_id: int | None = None


@transaction.atomic
def create(*, key: UUID, plan: Plan, by_id: int, now: datetime) -> Campaign:
    """Begin a campaign that nobody sees yet. Safe to repeat: one ``key`` is one campaign.

    :raises CampaignRefused: when what was filled in cannot hold.
    """
    known = Campaign.objects.filter(public_id=key).first()
    if known is not None:
        return known
    _check(plan)
    campaign = Campaign.objects.create(
        public_id=key,
        currency=CURRENCY,
        status_changed_at=now,
        created_at=now,
        created_by_id=by_id,
        **_columns(plan),
    )
    _write_parts(campaign, plan)
    _note(campaign, "campaign.created", by_id, now)
    return campaign


@transaction.atomic
def revise(*, campaign_id: int, plan: Plan, by_id: int, now: datetime) -> Campaign:
    """Fill a campaign in anew while nobody applied or takes part. Safe to repeat.

    :raises BriefStands: once somebody applied or takes part, or it is over.
    :raises CampaignRefused: when what was filled in cannot hold.
    """
    campaign = locked(campaign_id)
    is_read = campaign.participations.filter(
        status__in=[PartStatus.APPLIED, PartStatus.ACCEPTED, PartStatus.DONE]
    ).exists()
    if is_read or campaign.status in {CampaignStatus.DONE, CampaignStatus.CANCELLED}:
        raise BriefStands(
            _("Creators agreed to this brief: only places, budget and the last day to apply move.")
        )
    _check(plan)
    columns = _columns(plan)
    for name, value in columns.items():
        setattr(campaign, name, value)
    campaign.save(update_fields=list(columns))
    _write_parts(campaign, plan)
    _note(campaign, "campaign.revised", by_id, now)
    return campaign


@transaction.atomic
def resize(
    *,
    campaign_id: int,
    capacity: int,
    budget_minor: int,
    apply_until: date,
    by_id: int,
    now: datetime,
) -> Campaign:
    """Change how many take part, what it may cost and until when one applies. Safe to repeat.

    :raises CampaignRefused: below what is promised already, or past the last day.
    """
    campaign = locked(campaign_id)
    if capacity < max(1, taken(campaign)):
        raise CampaignRefused(_("More creators take part already."))
    if budget_minor < committed(campaign).minor:
        raise CampaignRefused(_("More than that is promised already."))
    if apply_until > campaign.ends_on:
        raise CampaignRefused(_("Nobody can apply after the last day of the campaign."))
    campaign.capacity, campaign.budget_minor = capacity, budget_minor
    campaign.apply_until = apply_until
    campaign.save(update_fields=["capacity", "budget_minor", "apply_until"])
    _note(campaign, "campaign.resized", by_id, now)
    return campaign


@transaction.atomic
def publish(*, campaign_id: int, by_id: int, now: datetime) -> Campaign:
    """Open a campaign to creators, or open it again after it was closed. Safe to repeat.

    :raises CampaignRefused: without anything to deliver, or when its last day is past.
    :raises InvalidTransition: when it is over or cancelled.
    """
    campaign = locked(campaign_id)
    if campaign.status == CampaignStatus.OPEN:
        return campaign
    if not campaign.deliverables.exists():
        raise CampaignRefused(_("Say what creators deliver before you open it."))
    if campaign.ends_on < day_in_paris(now):
        raise CampaignRefused(_("Its last day is past: change the dates first."))
    return _move(campaign, CampaignStatus.OPEN, "campaign.opened", by_id, now)


@transaction.atomic
def close(*, campaign_id: int, by_id: int, now: datetime) -> Campaign:
    """Let nobody else in; who takes part goes on. Safe to repeat.

    :raises InvalidTransition: unless it is open.
    """
    campaign = locked(campaign_id)
    if campaign.status == CampaignStatus.CLOSED:
        return campaign
    return _move(campaign, CampaignStatus.CLOSED, "campaign.closed", by_id, now)


@transaction.atomic
def finish(*, campaign_id: int, by_id: int, now: datetime) -> Campaign:
    """End a campaign in which everybody delivered. Who was not taken reads so. Safe to repeat.

    :raises PartsOpen: while somebody has still to deliver.
    :raises InvalidTransition: when it never opened, or is cancelled.
    """
    campaign = locked(campaign_id)
    if campaign.status == CampaignStatus.DONE:
        return campaign
    if campaign.participations.filter(status=PartStatus.ACCEPTED).exists():
        raise PartsOpen(_("Some creators have still to deliver: wait, or end their part first."))
    _end_parts(campaign, _("The campaign is over."), by_id, now)
    return _move(campaign, CampaignStatus.DONE, "campaign.finished", by_id, now)


@transaction.atomic
def cancel(*, campaign_id: int, reason: str, by_id: int, now: datetime) -> Campaign:
    """Cancel a campaign for everybody who did not deliver yet. Safe to repeat.

    What is delivered and approved is paid all the same.

    :raises CampaignRefused: without a reason.
    :raises InvalidTransition: when it is over.
    """
    campaign = locked(campaign_id)
    if campaign.status == CampaignStatus.CANCELLED:
        return campaign
    if not reason.strip():
        raise CampaignRefused(_("Say why: creators read it."))
    _end_parts(campaign, reason.strip()[:300], by_id, now)
    return _move(campaign, CampaignStatus.CANCELLED, "campaign.cancelled", by_id, now, reason)


def locked(campaign_id: int) -> Campaign:
    """Return a campaign that nobody else changes until the transaction ends: lock it first."""
    return Campaign.objects.select_for_update().get(pk=campaign_id)


def _move(
    campaign: Campaign, to: CampaignStatus, verb: str, by_id: int, now: datetime, reason: str = ""
) -> Campaign:
    campaign.move_to(to, at=now)
    campaign.save(update_fields=["status", "status_changed_at"])
    _note(campaign, verb, by_id, now, reason.strip())
    return campaign


def _end_parts(campaign: Campaign, reason: str, by_id: int, now: datetime) -> None:
    """Cancel every part that is not done, and send nothing more for it."""
    rows = Participation.objects.select_for_update(of=("self",)).select_related("affiliate")
    waiting = [PartStatus.INVITED, PartStatus.APPLIED, PartStatus.ACCEPTED]
    for part in rows.filter(campaign=campaign, status__in=waiting).order_by("pk"):
        part.move_to(PartStatus.CANCELLED, at=now)
        part.reason = reason
        part.save(update_fields=["status", "status_changed_at", "reason"])
        unsent.refuse_of(part, reason=reason, by_id=by_id, now=now)
        campaign_mails.part_cancelled(part, campaign, now=now)


def _check(plan: Plan) -> None:
    if not all(text.strip() for text in (plan.name, plan.purpose, plan.brief)):
        raise CampaignRefused(_("A campaign has a name, a purpose and a brief."))
    if plan.disclosure not in Disclosure.values:
        raise CampaignRefused(_("Choose the words that say that it is advertising."))
    if not set(plan.scopes) <= set(Scope.values):
        raise CampaignRefused(_("Choose the rights from the list."))
    if plan.scopes and not 1 <= plan.rights_months <= 120:
        raise CampaignRefused(_("Rights last from 1 to 120 months."))
    if not (plan.starts_on <= plan.apply_until <= plan.ends_on):
        raise CampaignRefused(_("The days follow each other: first day, last to apply, last day."))
    if plan.capacity < 1:
        raise CampaignRefused(_("At least one creator takes part."))
    if plan.bonus_minor and not plan.bonus_for.strip():
        raise CampaignRefused(_("Say what the bonus is given for."))
    if plan.budget_minor < plan.fee_minor + plan.gift_most_minor:
        raise CampaignRefused(_("The budget is not enough for a single creator."))
    _check_gifts(plan)
    _check_pieces(plan)


def _check_gifts(plan: Plan) -> None:
    has_gifts = [bool(plan.gift_most_minor), bool(plan.gift_most_items), bool(plan.product_ids)]
    if any(has_gifts) and not all(has_gifts):
        raise CampaignRefused(
            _("Gifts have products, a number of items and a value for each creator, or nothing.")
        )
    found = Product.objects.filter(pk__in=plan.product_ids, currency=CURRENCY).count()
    if found != len(set(plan.product_ids)):
        raise CampaignRefused(_("Some products are unknown, or not sold in euros."))


def _check_pieces(plan: Plan) -> None:
    if len(plan.pieces) > MOST_PIECES:
        raise CampaignRefused(
            _("At most %(most)s kinds of things are delivered.") % {"most": MOST_PIECES}
        )
    for piece in plan.pieces:
        if piece.kind not in DeliverableKind.values or not 1 <= piece.quantity <= MOST_OF_ONE:
            raise CampaignRefused(_("Say what is delivered, and one to ten times."))
        if not plan.starts_on <= piece.due_on <= plan.ends_on:
            raise CampaignRefused(_("Everything is due between the first and the last day."))


def _columns(plan: Plan) -> dict[str, object]:
    words = {name: getattr(plan, name).strip() for name in _WORDS}
    facts = {name: getattr(plan, name) for name in _FACTS}
    return {**words, **facts, "scopes": sorted(set(plan.scopes))}


def _write_parts(campaign: Campaign, plan: Plan) -> None:
    """Write what is delivered, and the products, anew."""
    campaign.deliverables.all().delete()
    Deliverable.objects.bulk_create(
        Deliverable(
            campaign=campaign,
            kind=piece.kind,
            quantity=piece.quantity,
            due_on=piece.due_on,
            note=piece.note.strip(),
        )
        for piece in plan.pieces
    )
    products: Collection[int] = plan.product_ids
    campaign.products.set(products)


def _note(campaign: Campaign, verb: str, by_id: int, now: datetime, reason: str = "") -> None:
    budget = Money(campaign.budget_minor, campaign.currency)
    audit.record(
        actor=by_id,
        verb=verb,
        subject=campaign,
        at=now,
        reason=reason,
        data={"budget_minor": budget.minor, "capacity": campaign.capacity},
    )
