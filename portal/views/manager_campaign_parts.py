"""Creators of a campaign for managers: invited, chosen, ended; what they sent in is looked at."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from influencers.models import Delivery, MemberStatus, Participation, Pool
from influencers.queries.campaigns import creators
from influencers.services import deliveries, participations
from portal.access import current_user, manager_required
from portal.forms.campaign import ShortReasonForm
from portal.queries.campaigns import affiliates_in
from portal.queries.contracts import paid_or_owed
from portal.query_links import text as query_text
from portal.staff_actions import carry_out, carry_out_form
from portal.views.manager_campaigns import breadcrumbs, campaign_of

MOST_SHOWN = 200


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def campaign_invite(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Choose creators, of a pool or all, and invite them."""
    campaign = campaign_of(public_id)
    if request.method == "POST":
        chosen = [int(one) for one in request.POST.getlist("selected") if one.isdecimal()]
        if not chosen:
            messages.error(request, _("Tick the creators whom you invite."))
            return redirect("portal:campaign-invite", public_id)
        carry_out(
            request,
            lambda: participations.invite(
                campaign_id=campaign.pk,
                affiliate_ids=chosen[:MOST_SHOWN],
                by_id=current_user(request).pk,
                now=timezone.now(),
            ),
            done=ngettext(
                "%(number)s creator is invited.", "%(number)s creators are invited.", len(chosen)
            )
            % {"number": len(chosen)},
        )
        return redirect("portal:campaign-detail", public_id)
    search, pool_id = query_text(request.GET, "q"), query_text(request.GET, "pool", longest=12)
    if not request.GET and campaign.pool_id:
        pool_id = str(campaign.pool_id)
    shown = creators().exclude(pk__in=affiliates_in(campaign)).select_related("group")
    if search:
        shown = shown.filter(name__icontains=search)
    if pool_id.isdecimal():
        shown = shown.filter(pools__pool=int(pool_id), pools__status=MemberStatus.MEMBER)
    context = {
        "campaign": campaign,
        "rows": shown[:MOST_SHOWN],
        "search": search,
        "pool": pool_id,
        "pools": Pool.objects.filter(closed_at__isnull=True),
        "breadcrumbs": [
            *breadcrumbs(),
            (campaign.name, reverse("portal:campaign-detail", args=[public_id])),
        ],
    }
    return render(request, "manager/campaign_invite.html", context)


@manager_required
@require_POST
def part_choose(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take somebody who applied."""
    part, now = _part(public_id), timezone.now()
    carry_out(
        request,
        lambda: participations.choose(
            participation_id=part.pk,
            paid_minor=paid_or_owed(part.affiliate, now),
            by_id=current_user(request).pk,
            now=now,
        ),
        done=_("Chosen. The creator has a mail."),
    )
    return _back(part)


@manager_required
@require_POST
def part_refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say no to somebody who applied."""
    return _with_reason(request, public_id, participations.refuse, _("The creator reads why."))


@manager_required
@require_POST
def part_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End an invitation or a part."""
    return _with_reason(request, public_id, participations.end, _("Ended. The creator reads why."))


@manager_required
@require_POST
def part_award(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give the bonus to a creator who delivered."""
    part = _part(public_id)
    carry_out(
        request,
        lambda: participations.award(
            participation_id=part.pk, by_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("The bonus is awarded. It is booked like any other adjustment."),
    )
    return _back(part)


@manager_required
@require_POST
def delivery_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Take what was delivered."""
    delivery = _delivery(pk)
    carry_out(
        request,
        lambda: deliveries.approve(
            delivery_id=pk, by_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Approved. With the last piece the fee is due."),
    )
    return _back(delivery.participation)


@manager_required
@require_POST
def delivery_change(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for something else."""
    delivery, form = _delivery(pk), ShortReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: deliveries.ask_changes(
            delivery_id=pk,
            reason=form.cleaned_data["reason"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The creator reads what has to change."),
    )
    return _back(delivery.participation)


@manager_required
@require_safe
def delivery_proof(_request: HttpRequest, pk: int) -> HttpResponse:
    """Show the screenshot of what was published."""
    return proof_answer(_delivery(pk))


def proof_answer(delivery: Delivery) -> HttpResponse:
    """Return a screenshot as it is kept: a JPEG without any other data.

    :raises Http404: when there is none (any more).
    """
    picture = delivery.proof
    if picture is None or picture.deleted_at is not None:
        raise Http404
    with default_storage.open(picture.name) as file:
        answer = HttpResponse(file.read(), content_type="image/jpeg")
    add_never_cache_headers(answer)
    return answer


def _with_reason(
    request: HttpRequest, public_id: UUID, act: Callable[..., object], done: str
) -> HttpResponse:
    part, form = _part(public_id), ShortReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: act(
            participation_id=part.pk,
            reason=form.cleaned_data["reason"],
            by_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=done,
    )
    return _back(part)


def _part(public_id: UUID) -> Participation:
    rows = Participation.objects.select_related("campaign", "affiliate")
    return get_object_or_404(rows, public_id=public_id)


def _delivery(pk: int) -> Delivery:
    rows = Delivery.objects.select_related("participation__campaign", "proof")
    return get_object_or_404(rows, pk=pk)


def _back(part: Participation) -> HttpResponse:
    return redirect("portal:campaign-detail", part.campaign.public_id)
