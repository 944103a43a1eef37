"""Campaigns for managers: written, opened, looked at, closed, and what is due when."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core.money import Money
from influencers.models import Campaign, CampaignStatus, DeliveryStatus, Participation, PartStatus
from influencers.queries.campaigns import room_of
from influencers.services import campaigns
from portal.access import current_user, manager_required
from portal.campaign_language import (
    booking_status,
    budget_text,
    campaign_status,
    delivery_status,
    facts_of,
    part_status,
    period_text,
    places_text,
)
from portal.formats import in_paris
from portal.forms.campaign import (
    CampaignForm,
    Pieces,
    ResizeForm,
    ShortReasonForm,
    initial_of,
    pieces_in,
    pieces_of,
)
from portal.forms.terms_rule import major
from portal.queries import campaigns as found
from portal.queries.campaigns import CampaignRow, PartRow
from portal.query_links import text as query_text
from portal.staff_actions import carry_out, carry_out_form, submitted
from portal.staff_filters import choice_chips

PAGE = 25
ALL = "all"


@manager_required
@require_safe
def campaign_list(request: HttpRequest) -> HttpResponse:
    """Show the campaigns with their places and budgets."""
    search = query_text(request.GET, "q")
    wanted = request.GET.get("state", ALL)
    wanted = wanted if wanted in CampaignStatus.values else ALL
    numbers = found.status_counts(search)
    options = [
        (ALL, _("All"), numbers.total()),
        *((one.value, one.label, numbers[one.value]) for one in CampaignStatus),
    ]
    shown = found.campaigns(search, "" if wanted == ALL else wanted)
    page = Paginator(shown, PAGE).get_page(request.GET.get("page"))
    context = {
        "search": search,
        "kept": [("state", request.GET.get("state", ""))],
        "chips": choice_chips(request.GET, "state", options, current=wanted, default=ALL),
        "page": page,
        "rows": [_row(row) for row in found.campaign_rows(list(page))],
        "is_narrowed": bool(search) or wanted != ALL,
    }
    return render(request, "manager/campaign_list.html", context)


def _row(row: CampaignRow) -> dict[str, object]:
    return {
        "campaign": row.campaign,
        "status": campaign_status(row.campaign),
        "period": period_text(row.campaign),
        "places": places_text(row.room),
        "room": row.room,
        "budget": budget_text(row.room),
        "to_review": row.to_review,
        "href": reverse("portal:campaign-detail", args=[row.campaign.public_id]),
    }


@manager_required
@require_safe
def campaign_calendar(request: HttpRequest) -> HttpResponse:
    """Show what creators have still to deliver, day by day."""
    today = in_paris(timezone.now()).date()
    days = [
        {
            "day": day,
            "is_late": day < today,
            "dues": [
                {
                    "due": due,
                    "status": delivery_status(due.delivery),
                    "href": reverse("portal:campaign-detail", args=[due.part.campaign.public_id]),
                }
                for due in due_then
            ],
        }
        for day, due_then in found.by_day(found.running_dues(Participation.objects.all()))
    ]
    context = {"days": days, "breadcrumbs": breadcrumbs()}
    return render(request, "manager/campaign_calendar.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_new(request: HttpRequest) -> HttpResponse:
    """Write another campaign."""
    form = CampaignForm(request.POST or None)
    pieces = Pieces(request.POST or None, prefix="piece")
    now, by_id = timezone.now(), current_user(request).pk
    made = _written(
        form,
        pieces,
        lambda: campaigns.create(
            key=form.cleaned_data["key"], plan=form.plan(pieces_in(pieces)), by_id=by_id, now=now
        ),
    )
    if made is not None:
        return redirect("portal:campaign-detail", made.public_id)
    return _form_page(request, form, pieces)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Fill a campaign in anew while nobody agreed to it."""
    campaign = campaign_of(public_id)
    form = CampaignForm(request.POST or None, initial=initial_of(campaign))
    pieces = Pieces(request.POST or None, prefix="piece", initial=pieces_of(campaign))
    now, by_id = timezone.now(), current_user(request).pk
    made = _written(
        form,
        pieces,
        lambda: campaigns.revise(
            campaign_id=campaign.pk, plan=form.plan(pieces_in(pieces)), by_id=by_id, now=now
        ),
    )
    if made is not None:
        return redirect("portal:campaign-detail", public_id)
    return _form_page(request, form, pieces, campaign=campaign)


def _written(form: CampaignForm, pieces: Any, act: Callable[[], Campaign]) -> Campaign | None:
    if not form.is_bound or not pieces.is_valid():
        form.is_valid()
        return None
    return submitted(form, act)


def _form_page(
    request: HttpRequest, form: CampaignForm, pieces: Any, campaign: Campaign | None = None
) -> HttpResponse:
    back = reverse("portal:campaign-list")
    if campaign is not None:
        back = reverse("portal:campaign-detail", args=[campaign.public_id])
    context = {
        "form": form, "pieces": pieces, "campaign": campaign, "back": back,
        "breadcrumbs": breadcrumbs(),
    }  # fmt: skip
    status = 422 if form.is_bound else 200
    return render(request, "manager/campaign_form.html", context, status=status)


@manager_required
@require_safe
def campaign_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the brief, who takes part, what was delivered, and what is left."""
    campaign = campaign_of(public_id)
    room, status = room_of(campaign), campaign.status
    rows = found.part_rows(campaign)
    is_agreed = any(
        row.part.status in {PartStatus.APPLIED, PartStatus.ACCEPTED, PartStatus.DONE}
        for row in rows
    )
    is_over = status in {CampaignStatus.DONE, CampaignStatus.CANCELLED}
    context = {
        "campaign": campaign,
        "status": campaign_status(campaign),
        "facts": facts_of(campaign),
        "deliverables": campaign.deliverables.all(),
        "products": campaign.products.order_by("name")[:50],
        "room": room,
        "places": places_text(room),
        "budget": budget_text(room),
        "rows": [_part(row, campaign) for row in rows],
        "sent": [
            {
                "delivery": one,
                "status": delivery_status(one),
                "waits": one.status == DeliveryStatus.SUBMITTED
                and one.participation.status == PartStatus.ACCEPTED,
            }
            for one in found.sent_in(campaign)
        ],
        "may_edit": not is_agreed and not is_over,
        "may_open": status in {CampaignStatus.DRAFT, CampaignStatus.CLOSED},
        "is_open": status == CampaignStatus.OPEN,
        "is_running": status in {CampaignStatus.OPEN, CampaignStatus.CLOSED},
        "is_over": is_over,
        "resize_form": ResizeForm(
            initial={
                "capacity": campaign.capacity,
                "budget": major(campaign.budget_minor, campaign.currency),
                "apply_until": campaign.apply_until,
            },
            auto_id="resize-%s",
        ),
        "breadcrumbs": breadcrumbs(),
    }
    return render(request, "manager/campaign_detail.html", context)


def _part(row: PartRow, campaign: Campaign) -> dict[str, object]:
    status = row.part.status
    bonus = Money(row.part.bonus_minor, campaign.currency)
    return {
        "row": row,
        "part": row.part,
        "status": part_status(row.part),
        "takes_part": status in {PartStatus.ACCEPTED, PartStatus.DONE},
        "fee": booking_status(row.fee),
        "bonus": booking_status(row.bonus),
        "bonus_money": bonus if row.part.bonus_minor else None,
        "may_choose": status == PartStatus.APPLIED,
        "may_end": status in {PartStatus.INVITED, PartStatus.ACCEPTED},
        "may_award": status == PartStatus.DONE
        and bool(campaign.bonus_minor)
        and not row.part.bonus_minor,
    }


@manager_required
@require_POST
def campaign_publish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Open it to creators."""
    return _moved(request, public_id, campaigns.publish, _("The campaign is open."))


@manager_required
@require_POST
def campaign_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let nobody else in."""
    return _moved(request, public_id, campaigns.close, _("Nobody else can take part."))


@manager_required
@require_POST
def campaign_finish(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a campaign in which everybody delivered."""
    return _moved(request, public_id, campaigns.finish, _("The campaign is over."))


def _moved(
    request: HttpRequest, public_id: UUID, move: Callable[..., object], done: str
) -> HttpResponse:
    campaign, by_id = campaign_of(public_id), current_user(request).pk
    carry_out(
        request,
        lambda: move(campaign_id=campaign.pk, by_id=by_id, now=timezone.now()),
        done=done,
    )
    return redirect("portal:campaign-detail", public_id)


@manager_required
@require_POST
def campaign_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Cancel it for everybody who did not deliver yet."""
    campaign, form = campaign_of(public_id), ShortReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: campaigns.cancel(
            campaign_id=campaign.pk,
            reason=form.cleaned_data["reason"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Cancelled. Creators have a mail that says why."),
    )
    return redirect("portal:campaign-detail", public_id)


@manager_required
@require_POST
def campaign_resize(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Change places, budget and the last day to answer."""
    campaign, form = campaign_of(public_id), ResizeForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: campaigns.resize(
            campaign_id=campaign.pk,
            capacity=form.cleaned_data["capacity"],
            budget_minor=form.budget_minor(),
            apply_until=form.cleaned_data["apply_until"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Changed."),
    )
    return redirect("portal:campaign-detail", public_id)


def campaign_of(public_id: UUID) -> Campaign:
    """Return a campaign by its address.

    :raises Http404: when there is none.
    """
    return get_object_or_404(found.campaigns(), public_id=public_id)


def breadcrumbs() -> list[tuple[str, str]]:
    """Return the way back to the list."""
    return [(_("Campaigns"), reverse("portal:campaign-list"))]
