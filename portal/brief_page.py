"""What a creator sees of one campaign: the brief, the answers, what is due, the parcels."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core.money import Money
from influencers.domain.campaign import digest_of
from influencers.models import (
    Campaign,
    CampaignStatus,
    DeliverableKind,
    DeliveryStatus,
    Influencer,
    Participation,
    PartStatus,
)
from influencers.queries.campaigns import Due, brief_of, dues
from influencers.queries.shipments import shipments_of, standing
from portal.campaign_language import delivery_status, facts_of, part_status, shipment_status
from portal.formats import in_paris
from portal.forms.brief import AcceptForm, ApplyForm, AskForm, DeliverForm
from portal.queries import campaigns as found

RUNNING = (CampaignStatus.OPEN, CampaignStatus.CLOSED)


def brief_context(
    campaign: Campaign,
    part: Participation | None,
    affiliate: Affiliate,
    now: datetime,
    *,
    ask_form: AskForm | None = None,
    sent_form: DeliverForm | None = None,
) -> dict[str, Any]:
    """Return everything that the page of a brief shows; forms that were refused stand in it."""
    is_invited = part is not None and part.status == PartStatus.INVITED
    is_going = (
        part is not None and part.status == PartStatus.ACCEPTED and campaign.status in RUNNING
    )
    shown = {"shown_sha256": digest_of(brief_of(campaign))}
    is_answerable = campaign.status == CampaignStatus.OPEN and (
        campaign.apply_until >= in_paris(now).date()
    )
    return {
        "campaign": campaign,
        "part": part,
        "status": part_status(part) if part else None,
        "facts": facts_of(campaign),
        "deliverables": campaign.deliverables.all(),
        "products": campaign.products.order_by("name")[:50],
        "may_answer": is_invited and is_answerable,
        "is_too_late": is_invited and not is_answerable,
        "may_apply": part is None,
        "may_withdraw": part is not None and part.status == PartStatus.APPLIED,
        "accept_form": AcceptForm(initial=shown, auto_id="accept-%s"),
        "apply_form": ApplyForm(initial=shown, auto_id="apply-%s"),
        "is_employee": affiliate.is_employee,
        "breadcrumbs": [(_("Briefs"), reverse("portal:my-briefs"))],
        **(_going(part, affiliate, is_going, sent_form) if part else {}),
        **(_gifts(campaign, part, affiliate, is_going, ask_form) if part else {}),
    }


def _going(
    part: Participation, affiliate: Affiliate, is_going: bool, sent: DeliverForm | None
) -> dict[str, Any]:
    """Return what is to be delivered, each with its form while it is the creator's turn."""
    if part.status not in {PartStatus.ACCEPTED, PartStatus.DONE}:
        return {"dues": []}
    labels, _ids = found.look_choices(affiliate.pk)
    delivered = found.delivered_looks(affiliate.pk)
    every = dues([part])
    approved = sum(
        due.delivery is not None and due.delivery.status == DeliveryStatus.APPROVED for due in every
    )
    return {
        "dues": [_due(due, _left(labels, delivered, due), is_going, sent) for due in every],
        "approved": approved,
        "pieces": len(every),
        "progress": _("%(done)s of %(all)s approved") % {"done": approved, "all": len(every)},
    }


def _left(
    labels: list[tuple[str, str]], delivered: dict[str, int], due: Due
) -> list[tuple[str, str]]:
    """Return the looks that can still be delivered: each counts once, for one piece."""
    own = due.delivery.pk if due.delivery else None
    return [label for label in labels if delivered.get(label[0], own) == own]


def _due(
    due: Due, labels: list[tuple[str, str]], is_going: bool, sent: DeliverForm | None
) -> dict[str, Any]:
    key = {"deliverable": due.deliverable.pk, "number": due.number}
    is_sent = sent is not None and all(sent.data.get(name) == str(key[name]) for name in key)
    form = sent if is_sent else None
    if form is None and is_going and due.is_waited_for:
        before = {"url": due.delivery.url} if due.delivery else {}
        form = DeliverForm(
            looks=labels,
            kind=due.deliverable.kind,
            has_proof=due.delivery is not None and due.delivery.proof_id is not None,
            initial={**key, **before},
            auto_id=f"piece-{due.deliverable.pk}-{due.number}-%s",
        )
    return {
        "due": due,
        "status": delivery_status(due.delivery),
        "form": form,
        "makes_look": due.deliverable.kind == DeliverableKind.LOOK,
    }


def _gifts(
    campaign: Campaign,
    part: Participation,
    affiliate: Affiliate,
    is_going: bool,
    ask: AskForm | None,
) -> dict[str, Any]:
    """Return the parcels, what is left to ask for, and the form for it."""
    rows = [
        {
            "shipment": one,
            "status": shipment_status(one),
            "value": Money(one.value_minor, one.currency),
        }
        for one in shipments_of(part)
    ]
    counted = standing(part)
    left = campaign.gift_most_items - sum(one.quantity for one in counted)
    spent = sum(one.value.minor for one in counted)
    may_ask = is_going and left > 0 and campaign.gift_most_minor > spent
    if may_ask and ask is None:
        profile = Influencer.objects.filter(affiliate=affiliate).first()
        ask = AskForm(
            campaign=campaign,
            initial={"address": profile.address if profile else ""},
            auto_id="ask-%s",
        )
    return {
        "parcels": rows,
        "ask_form": ask if may_ask else None,
        "items_left": max(0, left),
        "value_left": Money(max(0, campaign.gift_most_minor - spent), campaign.currency),
    }
