"""Creators in campaigns: invited, applying, chosen, taking part, ending.

Rules CA4 to CA10 of docs/rules/campaigns.md.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateKind
from affiliates.queries import acts_for
from core import audit
from core.domain.paris import day_in_paris
from core.errors import DomainError
from core.money import Money
from influencers.domain.campaign import Lack, digest_of, lack_of
from influencers.domain.contract import Level, contract_total, level_of
from influencers.models import Campaign, CampaignStatus, Participation, PartStatus
from influencers.queries.campaigns import (
    brief_of,
    creators,
    open_to,
    promised_minor,
    room_of,
)
from influencers.queries.contracts import ContractIndex
from influencers.services import campaign_mails, unsent
from influencers.services.campaigns import locked

MOST_REASON = 300


class PartRefused(DomainError):
    """Somebody cannot be invited, apply, be chosen, or end a part like this."""

    code = "part_refused"


class CampaignFull(DomainError):
    """There is no place left, or the budget does not allow for another creator."""

    code = "campaign_full"


class BriefHasChanged(DomainError):
    """Something else was read than what would be accepted."""

    code = "brief_has_changed"


class ContractNeeded(DomainError):
    """The law asks for a signed contract before this much is promised."""

    code = "contract_needed"


class NotTheirPart(DomainError):
    """Somebody decided for a creator for whom they do not act, or about themselves."""

    code = "not_their_part"


@transaction.atomic
def invite(
    *, campaign_id: int, affiliate_ids: Collection[int], by_id: int, now: datetime
) -> list[Participation]:
    """Invite creators; those who declined are asked again, others stay as they are. Repeatable.

    :raises PartRefused: while the campaign is not open, or for somebody who is no creator.
    """
    campaign = locked(campaign_id)
    if campaign.status != CampaignStatus.OPEN:
        raise PartRefused(_("Open the campaign before you invite creators."))
    wanted = {one.pk: one for one in creators().filter(pk__in=affiliate_ids)}
    if len(wanted) != len(set(affiliate_ids)) or not wanted:
        raise PartRefused(_("Choose creators whose account is active."))
    rows = campaign.participations.select_for_update(of=("self",)).filter(affiliate__in=wanted)
    known = {part.affiliate_id: part for part in rows.order_by("pk")}
    return [_invite(campaign, one, known.get(one.pk), by_id, now) for one in wanted.values()]


@transaction.atomic
def apply(
    *,
    campaign_id: int,
    affiliate_id: int,
    message: str,
    shown_sha256: str,
    by_id: int,
    now: datetime,
) -> Participation:
    """Ask to take part in a campaign that is open to that. Safe to repeat.

    :raises NotTheirPart: when the person does not act for the creator.
    :raises BriefHasChanged: when another brief was read than the one that stands.
    :raises PartRefused: when it is not open to this creator (any more).
    """
    campaign = locked(campaign_id)
    _demand_own(by_id, affiliate_id)
    known = campaign.participations.filter(affiliate=affiliate_id).first()
    if known is not None and known.status == PartStatus.APPLIED:
        return known
    affiliate = Affiliate.objects.get(pk=affiliate_id)
    offered = open_to(affiliate, day_in_paris(now))
    if known is not None or not offered.filter(pk=campaign.pk).exists():
        raise PartRefused(_("This campaign is not open to applications."))
    part = Participation.objects.create(
        campaign=campaign,
        affiliate=affiliate,
        status=PartStatus.APPLIED,
        status_changed_at=now,
        message=message.strip(),
        brief_sha256=_read(campaign, shown_sha256),
        created_at=now,
    )
    _note(part, "campaign.applied", by_id, now)
    campaign_mails.applied(part, campaign, now=now)
    return part


@transaction.atomic
def accept(
    *, participation_id: int, shown_sha256: str, paid_minor: int, by_id: int, now: datetime
) -> Participation:
    """Accept an invitation, under exactly the brief that was read. Safe to repeat.

    ``paid_minor``: what was paid to the creator in the calendar year, and what campaigns owe
    them, excluding VAT, in cents.

    :raises NotTheirPart: when the person does not act for the creator.
    :raises BriefHasChanged: when another brief was read than the one that stands.
    :raises CampaignFull: when no place or no money is left.
    :raises ContractNeeded: when the year would reach the amount without a signed contract.
    :raises PartRefused: when it is no invitation (any more), or the campaign takes nobody.
    """
    part, campaign = _locked(participation_id)
    _demand_own(by_id, part.affiliate_id)
    if part.status == PartStatus.ACCEPTED:
        return part
    if campaign.status != CampaignStatus.OPEN or campaign.apply_until < day_in_paris(now):
        raise PartRefused(_("This campaign takes nobody any more."))
    part.brief_sha256 = _read(campaign, shown_sha256)
    _take(part, campaign, PartStatus.INVITED, paid_minor, now)
    _note(part, "campaign.accepted", by_id, now)
    campaign_mails.accepted(part, campaign, now=now)
    return part


@transaction.atomic
def choose(*, participation_id: int, paid_minor: int, by_id: int, now: datetime) -> Participation:
    """Take somebody who applied. Safe to repeat. ``paid_minor``: see ``accept``.

    :raises NotTheirPart: for a person who acts for the creator.
    :raises CampaignFull, ContractNeeded: see ``accept``.
    :raises PartRefused: when the campaign is over, or it is no application (any more).
    """
    part, campaign = _locked(participation_id)
    _demand_other(by_id, part.affiliate_id)
    if part.status == PartStatus.ACCEPTED:
        return part
    is_running = campaign.status in {CampaignStatus.OPEN, CampaignStatus.CLOSED}
    if not is_running or campaign.ends_on < day_in_paris(now):
        raise PartRefused(_("This campaign takes nobody any more."))
    _take(part, campaign, PartStatus.APPLIED, paid_minor, now)
    _note(part, "campaign.chosen", by_id, now)
    campaign_mails.chosen(part, campaign, now=now)
    return part


@transaction.atomic
def decline(*, participation_id: int, reason: str, by_id: int, now: datetime) -> Participation:
    """Keep that a creator does not want to take part. Safe to repeat.

    :raises NotTheirPart: when the person does not act for the creator.
    :raises InvalidTransition: when it is no invitation (any more).
    """
    part, campaign = _locked(participation_id)
    _demand_own(by_id, part.affiliate_id)
    if part.status == PartStatus.DECLINED:
        return part
    _move(part, PartStatus.DECLINED, reason, now)
    _note(part, "campaign.declined", by_id, now)
    campaign_mails.declined(part, campaign, now=now)
    return part


@transaction.atomic
def refuse(*, participation_id: int, reason: str, by_id: int, now: datetime) -> Participation:
    """Say no to somebody who applied, and why. Safe to repeat.

    :raises PartRefused: without a reason.
    :raises NotTheirPart: for a person who acts for the creator.
    :raises InvalidTransition: when nobody applied with it (any more).
    """
    part, campaign = _locked(participation_id)
    _demand_other(by_id, part.affiliate_id)
    if part.status == PartStatus.REFUSED:
        return part
    _move(part, PartStatus.REFUSED, _given(reason), now)
    _note(part, "campaign.refused", by_id, now)
    campaign_mails.not_chosen(part, campaign, now=now)
    return part


@transaction.atomic
def end(*, participation_id: int, reason: str, by_id: int, now: datetime) -> Participation:
    """End a part that is not done: an invitation, an application or a promise. Safe to repeat.

    Its place and its money are free again, but for goods that were sent.

    :raises PartRefused: without a reason.
    :raises NotTheirPart: for a person who acts for the creator.
    :raises InvalidTransition: when it is decided already.
    """
    part, campaign = _locked(participation_id)
    _demand_other(by_id, part.affiliate_id)
    if part.status == PartStatus.CANCELLED:
        return part
    _move(part, PartStatus.CANCELLED, _given(reason), now)
    unsent.refuse_of(part, reason=part.reason, by_id=by_id, now=now)
    _note(part, "campaign.part_ended", by_id, now)
    campaign_mails.part_cancelled(part, campaign, now=now)
    return part


@transaction.atomic
def withdraw(*, participation_id: int, by_id: int, now: datetime) -> Participation:
    """Take back one's application. Safe to repeat.

    :raises NotTheirPart: when the person does not act for the creator.
    :raises PartRefused: once it was decided on.
    """
    part, _campaign = _locked(participation_id)
    _demand_own(by_id, part.affiliate_id)
    if part.status == PartStatus.CANCELLED:
        return part
    if part.status != PartStatus.APPLIED:
        raise PartRefused(_("Only an application that waits can be taken back."))
    _move(part, PartStatus.CANCELLED, "", now)
    _note(part, "campaign.withdrawn", by_id, now)
    return part


@transaction.atomic
def award(*, participation_id: int, by_id: int, now: datetime) -> Participation:
    """Give the campaign's bonus to a creator who delivered. Safe to repeat: once for each.

    :raises PartRefused: when there is no bonus, or not everything is delivered.
    :raises NotTheirPart: for a person who acts for the creator.
    :raises CampaignFull: when the budget does not allow for it.
    """
    part, campaign = _locked(participation_id)
    _demand_other(by_id, part.affiliate_id)
    if part.bonus_minor:
        return part
    if not campaign.bonus_minor or part.status != PartStatus.DONE:
        raise PartRefused(_("The bonus is for creators of whom everything is approved."))
    bonus = Money(campaign.bonus_minor, campaign.currency)
    if lack_of(room_of(campaign), bonus, places=0) is Lack.BUDGET:
        raise CampaignFull(_("The budget does not allow for this bonus: raise it first."))
    part.bonus_minor, part.bonus_at, part.bonus_by_id = bonus.minor, now, by_id
    part.save(update_fields=["bonus_minor", "bonus_at", "bonus_by"])
    _note(part, "campaign.bonus_awarded", by_id, now)
    campaign_mails.bonus_awarded(part, campaign, now=now)
    return part


def _invite(
    campaign: Campaign,
    affiliate: Affiliate,
    known: Participation | None,
    by_id: int,
    now: datetime,
) -> Participation:
    if known is not None and known.status != PartStatus.DECLINED:
        return known
    _demand_other(by_id, affiliate.pk)
    if known is None:
        known = Participation.objects.create(
            campaign=campaign,
            affiliate=affiliate,
            status=PartStatus.INVITED,
            status_changed_at=now,
            created_at=now,
        )
    else:
        _move(known, PartStatus.INVITED, "", now)
    _note(known, "campaign.invited", by_id, now)
    campaign_mails.invited(known, campaign, now=now)
    return known


def _take(
    part: Participation, campaign: Campaign, was: PartStatus, paid_minor: int, now: datetime
) -> None:
    """Give a place and the fee to somebody. The caller holds the lock of the campaign."""
    if part.status != was:
        raise PartRefused(_("This was decided in the meantime."))
    fee = Money(campaign.fee_minor, campaign.currency)
    lack = lack_of(room_of(campaign), fee)
    if lack is Lack.PLACES:
        raise CampaignFull(_("Every place is taken."))
    if lack is Lack.BUDGET:
        raise CampaignFull(_("The budget does not allow for another creator."))
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=part.affiliate_id)
    if not affiliate.is_active:
        raise PartRefused(_("This account is not active."))
    _demand_contract(affiliate, campaign, paid_minor, day_in_paris(now))
    part.move_to(PartStatus.ACCEPTED, at=now)
    part.fee_minor, part.accepted_at, part.reason = campaign.fee_minor, now, ""
    part.save(
        update_fields=[
            "status", "status_changed_at", "fee_minor", "accepted_at", "brief_sha256", "reason",
        ]
    )  # fmt: skip


def _demand_contract(affiliate: Affiliate, campaign: Campaign, paid_minor: int, day: date) -> None:
    """Refuse what would reach the amount of the law while no signed contract covers the day.

    Counted are what was paid and given in the year, what is promised, and the most that this
    campaign is worth (CA7). An employee's fee is salary.
    """
    worth = campaign.fee_minor + campaign.gift_most_minor
    if affiliate.kind != AffiliateKind.INFLUENCER or not worth:
        return
    index = ContractIndex([affiliate.pk], day)
    promised = Money(paid_minor + promised_minor(affiliate.pk) + worth, campaign.currency)
    total = contract_total(promised, index.gifts_of(affiliate.pk)).total
    is_mandatory = level_of(total, index.threshold) == Level.MANDATORY
    if is_mandatory and not index.is_covered(affiliate.pk):
        raise ContractNeeded(
            _(
                "With this campaign the year reaches the amount from which the law asks for a"
                " signed contract. Sign the contract under “Contracts” first; if there is none"
                " yet, the programme team offers one."
            )
        )


def _locked(participation_id: int) -> tuple[Participation, Campaign]:
    """Lock the campaign, then the part: everywhere in this order."""
    campaign_id = Participation.objects.values_list("campaign", flat=True).get(pk=participation_id)
    campaign = locked(campaign_id)
    rows = Participation.objects.select_for_update(of=("self",)).select_related("affiliate")
    return rows.get(pk=participation_id), campaign


def _read(campaign: Campaign, shown_sha256: str) -> str:
    digest = digest_of(brief_of(campaign))
    if digest != shown_sha256:
        raise BriefHasChanged(_("The brief has changed in the meantime: read it again."))
    return digest


def _demand_own(by_id: int, affiliate_id: int) -> None:
    if not acts_for(by_id, affiliate_id):
        raise NotTheirPart(_("Only who acts for the creator decides on it."))


def _demand_other(by_id: int, affiliate_id: int) -> None:
    if acts_for(by_id, affiliate_id):
        raise NotTheirPart(_("Somebody else of the team has to decide about your own account."))


def _given(reason: str) -> str:
    if not reason.strip():
        raise PartRefused(_("Say why: the creator reads it."))
    return reason


def _move(part: Participation, to: PartStatus, reason: str, now: datetime) -> None:
    part.move_to(to, at=now)
    part.reason = reason.strip()[:MOST_REASON]
    part.save(update_fields=["status", "status_changed_at", "reason"])


def _note(part: Participation, verb: str, by_id: int, now: datetime) -> None:
    audit.record(
        actor=by_id,
        verb=verb,
        subject=part,
        at=now,
        reason=part.reason,
        data={
            "campaign": part.campaign_id,
            "affiliate": part.affiliate_id,
            "fee_minor": part.fee_minor,
            "bonus_minor": part.bonus_minor,
            "brief_sha256": part.brief_sha256,
        },
    )
