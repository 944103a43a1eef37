"""A creator's campaigns: invitations and open ones, what is due, and the answers."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from influencers.models import Campaign, CampaignStatus, Delivery, Participation, PartStatus
from influencers.queries.campaigns import CREATORS, open_to, parts_of
from influencers.services import participations
from portal.access import current_affiliate, current_user, own, partner_may
from portal.brief_page import brief_context
from portal.campaign_language import (
    campaign_status,
    delivery_status,
    part_status,
    period_text,
    reward_text,
)
from portal.formats import in_paris
from portal.forms.brief import AcceptForm, ApplyForm, DeclineForm
from portal.queries import campaigns as found
from portal.queries.contracts import paid_or_owed
from portal.staff_actions import carry_out, carry_out_form
from portal.views.manager_campaign_parts import proof_answer

GONE = (PartStatus.DECLINED, PartStatus.REFUSED, PartStatus.CANCELLED, PartStatus.DONE)


@partner_may(Ability.SEE_WORK)
@require_safe
def brief_list(request: HttpRequest) -> HttpResponse:
    """Show invitations, what one takes part in, what is open, and what is past."""
    affiliate, today = current_affiliate(request), in_paris(timezone.now()).date()
    parts = list(parts_of(affiliate.pk)[:100])
    context = {
        "is_creator": affiliate.kind in CREATORS,
        "invited": [_row(one.campaign, one) for one in parts if one.status == PartStatus.INVITED],
        "going": [
            _row(one.campaign, one)
            for one in parts
            if one.status in {PartStatus.APPLIED, PartStatus.ACCEPTED}
        ],
        "past": [_row(one.campaign, one) for one in parts if one.status in GONE],
        "open": [_row(one, None) for one in open_to(affiliate, today)[:50]],
        "due": found.running_dues(Participation.objects.filter(affiliate=affiliate))[:5],
    }
    return render(request, "affiliate/brief_list.html", context)


def _row(campaign: Campaign, part: Participation | None) -> dict[str, object]:
    return {
        "campaign": campaign,
        "status": part_status(part) if part else campaign_status(campaign),
        "reward": reward_text(campaign),
        "period": period_text(campaign),
        "href": reverse("portal:my-brief", args=[campaign.public_id]),
    }


@partner_may(Ability.SEE_WORK)
@require_safe
def brief_calendar(request: HttpRequest) -> HttpResponse:
    """Show what one has still to deliver, day by day."""
    affiliate, today = current_affiliate(request), in_paris(timezone.now()).date()
    left = found.running_dues(Participation.objects.filter(affiliate=affiliate))
    days = [
        {
            "day": day,
            "is_late": day < today,
            "dues": [
                {
                    "due": due,
                    "status": delivery_status(due.delivery),
                    "href": reverse("portal:my-brief", args=[due.part.campaign.public_id]),
                }
                for due in due_then
            ],
        }
        for day, due_then in found.by_day(left)
    ]
    context = {"days": days, "breadcrumbs": [(_("Briefs"), reverse("portal:my-briefs"))]}
    return render(request, "affiliate/brief_calendar.html", context)


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def brief(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a brief to answer, to work from, and to deliver to."""
    campaign, part = find(request, public_id)
    context = brief_context(campaign, part, current_affiliate(request), timezone.now())
    return render(request, "affiliate/brief_detail.html", context)


@partner_may(Ability.WORK)
@require_POST
def brief_apply(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Ask to take part."""
    campaign, _part = find(request, public_id)
    form = ApplyForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: participations.apply(
            campaign_id=campaign.pk,
            affiliate_id=current_affiliate(request).pk,
            message=form.cleaned_data["message"],
            shown_sha256=form.cleaned_data["shown_sha256"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Sent. The programme team answers by mail."),
    )
    return redirect("portal:my-brief", public_id)


@partner_may(Ability.WORK)
@require_POST
def brief_accept(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Accept an invitation, under the brief that was shown."""
    part, form, now = their_part(request, public_id), AcceptForm(request.POST), timezone.now()
    carry_out_form(
        request,
        form,
        lambda: participations.accept(
            participation_id=part.pk,
            shown_sha256=form.cleaned_data["shown_sha256"],
            paid_minor=paid_or_owed(part.affiliate, now),
            by_id=current_user(request).pk,
            now=now,
        ),
        done=_("You take part. What you deliver and when stands below."),
    )
    return redirect("portal:my-brief", public_id)


@partner_may(Ability.WORK)
@require_POST
def brief_decline(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Decline an invitation."""
    form = DeclineForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    return _answered(
        request,
        public_id,
        lambda part, by_id: participations.decline(
            participation_id=part.pk, reason=reason, by_id=by_id, now=timezone.now()
        ),
        _("Declined. Thank you for telling us."),
    )


@partner_may(Ability.WORK)
@require_POST
def brief_withdraw(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take back an application."""
    return _answered(
        request,
        public_id,
        lambda part, by_id: participations.withdraw(
            participation_id=part.pk, by_id=by_id, now=timezone.now()
        ),
        _("Your application is taken back."),
    )


@partner_may(Ability.SEE_WORK)
@require_safe
def brief_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """Show the creator's own screenshot.

    :raises Http404: for another creator's.
    """
    rows = Delivery.objects.select_related("proof")
    delivery = rows.filter(pk=pk, participation__affiliate=current_affiliate(request)).first()
    if delivery is None:
        raise Http404
    return proof_answer(delivery)


def find(request: HttpRequest, public_id: UUID) -> tuple[Campaign, Participation | None]:
    """Return a campaign that this creator may read, with their part in it.

    :raises Http404: for one to which they were not invited and cannot apply.
    """
    affiliate = current_affiliate(request)
    rows = Participation.objects.select_related("campaign", "affiliate")
    part = rows.filter(affiliate=affiliate, campaign__public_id=public_id).first()
    if part is not None and part.campaign.status != CampaignStatus.DRAFT:
        return part.campaign, part
    today = in_paris(timezone.now()).date()
    campaign = open_to(affiliate, today).filter(public_id=public_id).first()
    if campaign is None:
        raise Http404
    return campaign, None


def their_part(request: HttpRequest, public_id: UUID) -> Participation:
    """Return the current creator's part in a campaign.

    :raises Http404: when they have none.
    """
    rows = Participation.objects.select_related("campaign", "affiliate")
    return own(request, rows, campaign__public_id=public_id)


def _answered(
    request: HttpRequest,
    public_id: UUID,
    act: Callable[[Participation, int], object],
    done: str,
) -> HttpResponse:
    part, by_id = their_part(request, public_id), current_user(request).pk
    carry_out(request, lambda: act(part, by_id), done=done)
    return redirect("portal:my-brief", public_id)
