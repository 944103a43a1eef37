"""What creators deliver for a campaign: sent, looked at, changed, approved; and reminders.

Rules CA11 to CA15 of docs/rules/campaigns.md.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.queries import acts_for
from core import audit, locks
from core.domain.paris import day_in_paris
from core.errors import DomainError
from core.nudge import nudge
from influencers.domain.campaign import Step, step_on
from influencers.domain.publication import page_of
from influencers.models import (
    CampaignStatus,
    Deliverable,
    DeliverableKind,
    Delivery,
    DeliveryStatus,
    Look,
    LookStatus,
    Participation,
    PartStatus,
    Picture,
)
from influencers.queries.campaigns import Due, dues, left_to_approve
from influencers.services import campaign_mails

#: What is paid for lives on a network: it needs its address, and what it looked like.
ON_A_NETWORK = (DeliverableKind.POST, DeliverableKind.STORY, DeliverableKind.VIDEO)
#: Looks that nobody will see any more.
GONE = (LookStatus.WITHDRAWN, LookStatus.REMOVED)
#: Books the fee; it lives in an app above this one.
BOOK = "payouts.tasks.book_campaign_fees"
#: Under which one piece at a time is compared with all others, in whatever campaign.
_LOCK = 5_702_206_117


class DeliveryRefused(DomainError):
    """Something that is not what was asked for."""

    code = "delivery_refused"


class NotTheirDelivery(DomainError):
    """Somebody delivered for another creator, or approved what is their own."""

    code = "not_their_delivery"


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """What a creator shows: a look, an address on a network with a screenshot, or both."""

    look_id: int | None = None
    url: str = ""
    proof_id: int | None = None


@transaction.atomic
def submit(
    *,
    participation_id: int,
    deliverable_id: int,
    number: int,
    made: Made,
    by_id: int,
    now: datetime,
) -> Delivery:
    """Send in one piece, or send it in again after changes were asked for. Safe to repeat.

    :raises NotTheirDelivery: when the person does not act for the creator.
    :raises DeliveryRefused: for something that is not what was asked for, or too late to change.
    """
    part = _locked_part(participation_id)
    if not acts_for(by_id, part.affiliate_id):
        raise NotTheirDelivery(_("Only who acts for the creator delivers."))
    running = {CampaignStatus.OPEN, CampaignStatus.CLOSED}
    if part.status != PartStatus.ACCEPTED or part.campaign.status not in running:
        raise DeliveryRefused(_("Nothing can be delivered here (any more)."))
    piece = Deliverable.objects.filter(pk=deliverable_id, campaign=part.campaign_id).first()
    if piece is None or not 1 <= number <= piece.quantity:
        raise DeliveryRefused(_("This was not asked for."))
    known = Delivery.objects.filter(participation=part, deliverable=piece, number=number).first()
    if known is not None and known.status == DeliveryStatus.APPROVED:
        return known
    shown = _checked(part, piece, made, besides=known)
    if known is None:
        delivery = Delivery(
            participation=part, deliverable=piece, number=number, submitted_at=now,
            status_changed_at=now, **shown,
        )  # fmt: skip
    else:
        delivery = known
        for name, value in shown.items():
            setattr(delivery, name, value)
        if delivery.status != DeliveryStatus.SUBMITTED:
            delivery.move_to(DeliveryStatus.SUBMITTED, at=now)
        delivery.submitted_at = now
    delivery.save()
    _note(delivery, "delivery.submitted", by_id, now)
    campaign_mails.delivered(delivery, part, now=now)
    return delivery


@transaction.atomic
def ask_changes(*, delivery_id: int, reason: str, by_id: int, now: datetime) -> Delivery:
    """Ask for something else, and say what. Safe to repeat.

    :raises NotTheirDelivery: for a person who acts for the creator.
    :raises DeliveryRefused: without saying what.
    :raises InvalidTransition: when it is approved already.
    """
    delivery, part = _locked(delivery_id, by_id)
    if not reason.strip():
        raise DeliveryRefused(_("Say what has to change: the creator reads it."))
    if delivery.status == DeliveryStatus.CHANGES:
        return delivery
    delivery.move_to(DeliveryStatus.CHANGES, at=now)
    delivery.reason = reason.strip()[:300]
    _decide(delivery, by_id, now)
    _note(delivery, "delivery.changes_asked", by_id, now)
    campaign_mails.changes_asked(delivery, part, now=now)
    return delivery


@transaction.atomic
def approve(*, delivery_id: int, by_id: int, now: datetime) -> Delivery:
    """Take what was delivered. With the last piece the part is done, and the fee due. Repeatable.

    :raises NotTheirDelivery: for a person who acts for the creator.
    :raises DeliveryRefused: when the look is not approved or gone, or the part was ended.
    :raises InvalidTransition: while changes are asked for.
    """
    delivery, part = _locked(delivery_id, by_id)
    if delivery.status == DeliveryStatus.APPROVED:
        return delivery
    if part.status != PartStatus.ACCEPTED:
        raise DeliveryRefused(_("This creator takes part no more."))
    if delivery.look is not None:
        _demand_approved(delivery.look)
    delivery.move_to(DeliveryStatus.APPROVED, at=now)
    delivery.reason = ""
    _decide(delivery, by_id, now)
    _note(delivery, "delivery.approved", by_id, now)
    if left_to_approve(part):
        campaign_mails.approved(delivery, part, now=now)
        return delivery
    part.move_to(PartStatus.DONE, at=now)
    part.save(update_fields=["status", "status_changed_at"])
    audit.record(
        actor=by_id, verb="campaign.part_done", subject=part, at=now,
        data={"campaign": part.campaign_id, "fee_minor": part.fee_minor},
    )  # fmt: skip
    campaign_mails.done(part, now=now)
    nudge(BOOK)
    return delivery


def remind(*, now: datetime) -> int:
    """Remind creators of what is due within a week, in two days, today, and of what is late.

    One letter for what is due on a day and each step, safe to repeat; whoever wrote the campaign
    reads of what is late. Return to how many creators something is said.
    """
    today = day_in_paris(now)
    parts = Participation.objects.filter(
        status=PartStatus.ACCEPTED,
        campaign__status__in=[CampaignStatus.OPEN, CampaignStatus.CLOSED],
    ).select_related("campaign__created_by", "affiliate")
    near: defaultdict[tuple[int, date, Step], list[Due]] = defaultdict(list)
    for due in dues(parts.order_by("pk")):
        due_on = due.deliverable.due_on
        step = step_on(due_on, today)
        if step is not None and due.is_waited_for:
            near[due.part.pk, due_on, step].append(due)
    for (_part_id, _due_on, step), found in near.items():
        campaign_mails.due(found, step, now=now)
    return len({part_id for part_id, _due_on, _step in near})


def _checked(
    part: Participation, piece: Deliverable, made: Made, *, besides: Delivery | None
) -> dict[str, object]:
    """Return what is shown as columns.

    :raises DeliveryRefused: when it is not what was asked for.
    """
    url = made.url.strip()
    look = _look_of(part, made.look_id)
    own = Picture.objects.filter(affiliate=part.affiliate_id, deleted_at__isnull=True)
    proof = own.filter(pk=made.proof_id).first() if made.proof_id else None
    if piece.kind == DeliverableKind.LOOK and look is None:
        raise DeliveryRefused(_("Choose the look that you made for it."))
    if piece.kind in ON_A_NETWORK and not url:
        raise DeliveryRefused(_("Give the address of what you published."))
    if piece.kind in ON_A_NETWORK and proof is None:
        raise DeliveryRefused(_("Add a screenshot: it shows that you named it as advertising."))
    if look is None and not url:
        raise DeliveryRefused(_("Show something: a look, or an address."))
    _demand_new(look, url, besides=besides)
    return {"look": look, "url": url, "proof": proof}


def _demand_new(look: Look | None, url: str, *, besides: Delivery | None) -> None:
    """Refuse what was delivered before, for whichever campaign, in whatever spelling.

    :raises DeliveryRefused: see above.
    """
    locks.hold(_LOCK)
    others = Delivery.objects.exclude(participation__status=PartStatus.CANCELLED)
    if besides is not None:
        others = others.exclude(pk=besides.pk)
    if look is not None and others.filter(look=look).exists():
        raise DeliveryRefused(_("This look was delivered already."))
    page = page_of(url)
    path = page.partition("?")[0]
    alike = others.filter(url__icontains=path).values_list("url", flat=True) if page else ()
    if any(page_of(known) == page for known in alike):
        raise DeliveryRefused(_("This address was delivered already."))


def _look_of(part: Participation, look_id: int | None) -> Look | None:
    """Return the look that is shown, if any.

    :raises DeliveryRefused: for another creator's, or one that is gone.
    """
    if look_id is None:
        return None
    look = Look.objects.filter(pk=look_id, affiliate=part.affiliate_id).first()
    if look is None or look.status in GONE:
        raise DeliveryRefused(_("Choose one of your looks."))
    return look


def _demand_approved(look: Look) -> None:
    """Refuse a look that the public will not see: it is approved as a look first (CA14)."""
    if look.status in GONE:
        raise DeliveryRefused(_("This look is gone: ask for another one."))
    if look.live_id is None:
        raise DeliveryRefused(_("The look itself is not approved yet: decide about it first."))


def _locked(delivery_id: int, by_id: int) -> tuple[Delivery, Participation]:
    """Lock the part, then what was delivered for it.

    :raises NotTheirDelivery: for a person who acts for the creator.
    """
    part_id = Delivery.objects.values_list("participation", flat=True).get(pk=delivery_id)
    part = _locked_part(part_id)
    if acts_for(by_id, part.affiliate_id):
        raise NotTheirDelivery(_("Somebody else of the team has to decide about your own account."))
    rows = Delivery.objects.select_for_update(of=("self",))
    return rows.select_related("deliverable", "look").get(pk=delivery_id), part


def _locked_part(participation_id: int) -> Participation:
    rows = Participation.objects.select_for_update(of=("self",))
    return rows.select_related("campaign__created_by", "affiliate").get(pk=participation_id)


def _decide(delivery: Delivery, by_id: int, now: datetime) -> None:
    delivery.decided_by_id, delivery.decided_at = by_id, now
    delivery.save(
        update_fields=["status", "status_changed_at", "reason", "decided_by", "decided_at"]
    )


def _note(delivery: Delivery, verb: str, by_id: int, now: datetime) -> None:
    audit.record(
        actor=by_id,
        verb=verb,
        subject=delivery,
        at=now,
        reason=delivery.reason,
        data={
            "participation": delivery.participation_id,
            "deliverable": delivery.deliverable_id,
            "number": delivery.number,
            "look": delivery.look_id,
            "url": delivery.url,
        },
    )
