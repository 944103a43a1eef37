"""Campaigns, deliveries and parcels as people read them."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.money import Money
from influencers.domain.campaign import Room
from influencers.models import (
    Campaign,
    CampaignStatus,
    Delivery,
    DeliveryStatus,
    Disclosure,
    Participation,
    PartStatus,
    Scope,
    Shipment,
    ShipmentStatus,
)
from payouts.models import AdjustmentProposal
from portal.adjustment_language import proposal_status
from portal.display import StatusText
from portal.formats import format_day, format_money

_CAMPAIGN = {
    CampaignStatus.DRAFT: StatusText(
        "draft", gettext_lazy("Draft"), "neutral", "pencil",
        gettext_lazy("Creators do not see it yet."),
    ),
    CampaignStatus.OPEN: StatusText(
        "open", gettext_lazy("Open"), "success", "circle-check",
        gettext_lazy("Creators can be invited, and apply if you let them."),
    ),
    CampaignStatus.CLOSED: StatusText(
        "closed", gettext_lazy("Closed to new creators"), "info", "lock",
        gettext_lazy("Who takes part goes on."),
    ),
    CampaignStatus.DONE: StatusText(
        "done", gettext_lazy("Over"), "neutral", "check",
        gettext_lazy("Everybody delivered."),
    ),
    CampaignStatus.CANCELLED: StatusText(
        "cancelled", gettext_lazy("Cancelled"), "danger", "circle-x",
        gettext_lazy("Nothing has to be delivered any more."),
    ),
}  # fmt: skip
_PART = {
    PartStatus.INVITED: StatusText(
        "invited", gettext_lazy("Invited"), "info", "mail",
        gettext_lazy("The creator accepts or declines."),
    ),
    PartStatus.APPLIED: StatusText(
        "applied", gettext_lazy("Applied"), "warning", "hourglass",
        gettext_lazy("The programme team chooses."),
    ),
    PartStatus.ACCEPTED: StatusText(
        "accepted", gettext_lazy("Takes part"), "success", "check",
        gettext_lazy("Something is still to be delivered or approved."),
    ),
    PartStatus.DECLINED: StatusText(
        "declined", gettext_lazy("Declined"), "neutral", "x",
        gettext_lazy("The creator does not take part."),
    ),
    PartStatus.REFUSED: StatusText(
        "refused", gettext_lazy("Not chosen"), "neutral", "x",
        gettext_lazy("Others were chosen this time."),
    ),
    PartStatus.DONE: StatusText(
        "done", gettext_lazy("Everything approved"), "success", "circle-check",
        gettext_lazy("The fee is due."),
    ),
    PartStatus.CANCELLED: StatusText(
        "cancelled", gettext_lazy("Ended"), "neutral", "circle-x",
        gettext_lazy("Nothing has to be delivered any more."),
    ),
}  # fmt: skip
_DELIVERY = {
    DeliveryStatus.SUBMITTED: StatusText(
        "submitted", gettext_lazy("In review"), "info", "clock",
        gettext_lazy("The programme team looks at it."),
    ),
    DeliveryStatus.CHANGES: StatusText(
        "changes", gettext_lazy("Changes asked for"), "warning", "pencil",
        gettext_lazy("Change it, and send it in again."),
    ),
    DeliveryStatus.APPROVED: StatusText(
        "approved", gettext_lazy("Approved"), "success", "check", gettext_lazy("Thank you."),
    ),
}  # fmt: skip
_WAITED_FOR = StatusText(
    "waiting",
    gettext_lazy("To deliver"),
    "neutral",
    "circle-dashed",
    gettext_lazy("Nothing came yet."),
)
_SHIPMENT = {
    ShipmentStatus.ASKED: StatusText(
        "asked", gettext_lazy("Asked for"), "warning", "hourglass",
        gettext_lazy("The programme team decides."),
    ),
    ShipmentStatus.GRANTED: StatusText(
        "granted", gettext_lazy("To be sent"), "info", "package",
        gettext_lazy("It leaves soon."),
    ),
    ShipmentStatus.REFUSED: StatusText(
        "refused", gettext_lazy("Refused"), "danger", "circle-x",
        gettext_lazy("It is not sent."),
    ),
    ShipmentStatus.SHIPPED: StatusText(
        "shipped", gettext_lazy("On its way"), "info", "send",
        gettext_lazy("Its value counts as given in kind."),
    ),
    ShipmentStatus.DELIVERED: StatusText(
        "delivered", gettext_lazy("Delivered"), "success", "check",
        gettext_lazy("Its value counts as given in kind."),
    ),
    ShipmentStatus.RETURNED: StatusText(
        "returned", gettext_lazy("Came back"), "neutral", "undo-2",
        gettext_lazy("Its value counts no more."),
    ),
    ShipmentStatus.LOST: StatusText(
        "lost", gettext_lazy("Lost"), "danger", "circle-alert",
        gettext_lazy("Its value counts no more."),
    ),
}  # fmt: skip


def campaign_status(campaign: Campaign) -> StatusText:
    """Return the state of a campaign."""
    return _CAMPAIGN[CampaignStatus(campaign.status)]


def part_status(part: Participation) -> StatusText:
    """Return where a creator stands in a campaign."""
    return _PART[PartStatus(part.status)]


def delivery_status(delivery: Delivery | None) -> StatusText:
    """Return the state of a piece; None: nothing came yet."""
    return _DELIVERY[DeliveryStatus(delivery.status)] if delivery else _WAITED_FOR


def shipment_status(shipment: Shipment) -> StatusText:
    """Return where a parcel is."""
    return _SHIPMENT[ShipmentStatus(shipment.status)]


def booking_status(proposal: AdjustmentProposal | None) -> StatusText | None:
    """Return whether a fee or bonus is booked; None: it is not due yet."""
    return proposal_status(proposal.status) if proposal else None


def places_text(room: Room) -> str:
    """Return ``3 of 10 places``."""
    return ngettext(
        "%(taken)s of %(capacity)s place", "%(taken)s of %(capacity)s places", room.capacity
    ) % {
        "taken": room.taken,
        "capacity": room.capacity,
    }


def budget_text(room: Room) -> str:
    """Return ``€750.00 of €1,000.00``."""
    return _("%(total)s of %(limit)s") % {
        "total": format_money(room.committed),
        "limit": format_money(room.budget),
    }


def period_text(campaign: Campaign) -> str:
    """Return ``1 June 2026 to 30 June 2026``."""
    return _("%(start)s to %(end)s") % {
        "start": format_day(campaign.starts_on),
        "end": format_day(campaign.ends_on),
    }


def rights_text(campaign: Campaign) -> str:
    """Return which rights are asked for: ``Looks pages, Newsletters, for 12 months``."""
    if not campaign.scopes:
        return _("None")
    names = ", ".join(str(Scope(one).label) for one in campaign.scopes)
    return ngettext(
        "%(names)s, for %(months)s month from publication",
        "%(names)s, for %(months)s months from publication",
        campaign.rights_months,
    ) % {
        "names": names,
        "months": campaign.rights_months,
    }


def reward_text(campaign: Campaign) -> str:
    """Return what a creator gets: fee, bonus and gifts."""
    said = []
    if campaign.fee_minor:
        said.append(format_money(Money(campaign.fee_minor, campaign.currency)))
    if campaign.gift_most_items:
        said.append(
            _("products worth up to %(value)s excluding VAT, %(items)s at most")
            % {
                "value": format_money(Money(campaign.gift_most_minor, campaign.currency)),
                "items": campaign.gift_most_items,
            }
        )
    if campaign.bonus_minor:
        said.append(
            _("%(bonus)s for %(why)s")
            % {
                "bonus": format_money(Money(campaign.bonus_minor, campaign.currency)),
                "why": campaign.bonus_for,
            }
        )
    return " · ".join(said) or _("The commission of your terms")


def facts_of(campaign: Campaign) -> list[tuple[str, str]]:
    """Return what a brief settles beside its words."""
    return [
        (_("Purpose"), campaign.purpose),
        (_("Period"), period_text(campaign)),
        (_("Answer until"), format_day(campaign.apply_until)),
        (_("What you get"), reward_text(campaign)),
        (_("Rights"), rights_text(campaign)),
        (_("It is marked as"), str(Disclosure(campaign.disclosure).label)),
    ]
