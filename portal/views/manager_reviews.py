"""What needs a person's judgement: cases, held commissions, deliveries that failed."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from core.errors import DomainError
from fraud.models import Case, CaseStatus
from fraud.services import cases
from payouts.models import ReversalReason
from portal.access import current_user, manager_required
from portal.commission_language import commission_status
from portal.forms.staff import ReasonForm
from portal.queries import staff_reviews
from portal.queries.staff_journal import journal
from portal.queries.staff_paging import slice_of
from portal.queries.staff_reviews import CaseView
from portal.refusals import sentence
from portal.staff_actions import carry_out
from portal.staff_filters import choice_chips
from shop.models import InboundEvent
from shop.services import inbound

PAGE = 25


@manager_required
@require_safe
def review_list(request: HttpRequest) -> HttpResponse:
    """Show the cases, and what is held for another reason."""
    wanted = request.GET.get("status", "")
    status = wanted if wanted in CaseStatus.values else CaseStatus.OPEN
    held_count = staff_reviews.held_count()
    page = Paginator(staff_reviews.cases(status), PAGE).get_page(request.GET.get("page"))
    context = {
        "now": timezone.now(),
        "status": status,
        "page": page,
        "rows": staff_reviews.case_rows(list(page)),
        "statuses": choice_chips(
            request.GET,
            "status",
            staff_reviews.case_chips(),
            current=status,
            default=CaseStatus.OPEN,
        ),
        "held": staff_reviews.held(),
        "held_lead": ngettext(
            "%(count)s commission waits for a missing fact or was held by hand.",
            "%(count)s commissions wait for a missing fact or were held by hand.",
            held_count,
        )
        % {"count": held_count},
    }
    return render(request, "manager/review_list.html", context)


@manager_required
@require_safe
def review_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one case: the evidence, the effect in money, the decision."""
    return _page(request, _find(public_id), ReasonForm())


@manager_required
@require_POST
def review_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Confirm: the commission does not stand. The next case opens."""
    return _decide(request, public_id, confirm=True)


@manager_required
@require_POST
def review_dismiss(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Dismiss: the commission goes on as if nothing had been seen. The next case opens."""
    return _decide(request, public_id, confirm=False)


def _decide(request: HttpRequest, public_id: UUID, *, confirm: bool) -> HttpResponse:
    case, form = _find(public_id), ReasonForm(request.POST)
    if not form.is_valid():
        return _page(request, case, form, status=422)
    decide = cases.confirm if confirm else cases.dismiss
    try:
        decide(
            case_id=case.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return _page(request, case, form, status=422)
    done = (
        _("Confirmed. The commission is being reversed.")
        if confirm
        else _("Dismissed. The commission is being released.")
    )
    carry_out(request, lambda: None, done=done)
    following = staff_reviews.case_view(case).following
    if following is None:
        return redirect("portal:review-list")
    return redirect("portal:review-detail", following.public_id)


def _find(public_id: UUID) -> Case:
    rows = Case.objects.select_related("affiliate__group", "decided_by")
    rows = rows.prefetch_related(staff_reviews.CREDITS)
    return get_object_or_404(rows, public_id=public_id)


def _page(request: HttpRequest, case: Case, form: ReasonForm, *, status: int = 200) -> HttpResponse:
    view = staff_reviews.case_view(case)
    context = {
        "now": timezone.now(),
        "title": _("Review of order %(number)s") % {"number": view.credit.order.number},
        "order_url": reverse("portal:order-detail", args=[view.credit.order_id]),
        "affiliate_url": reverse("portal:affiliate-detail", args=[case.affiliate.public_id]),
        "confirm_url": reverse("portal:review-confirm", args=[case.public_id]),
        "dismiss_url": reverse("portal:review-dismiss", args=[case.public_id]),
        "view": view,
        "case": case,
        "form": form,
        "is_open": case.status == CaseStatus.OPEN,
        "previews": _previews(view),
        "history": journal([case]),
        "breadcrumbs": [(_("Reviews"), reverse("portal:review-list"))],
    }
    return render(request, "manager/review_detail.html", context, status=status)


def _previews(view: CaseView) -> dict[str, str]:
    """What the affiliate will read after either decision."""
    confirmed = commission_status("declined", reason=ReversalReason.INVALID_TRAFFIC)
    if view.commission is None:
        return {"confirm": str(confirmed.sentence), "dismiss": ""}
    dismissed = commission_status("pending", due=view.commission.hold_until)
    return {"confirm": str(confirmed.sentence), "dismiss": str(dismissed.sentence)}


@manager_required
@require_safe
def inbound_list(request: HttpRequest) -> HttpResponse:
    """Show the deliveries of the shop that could not be worked on."""
    page = slice_of(staff_reviews.failed_events(), request.GET.get("cursor", ""), by="received_at")
    context = {
        "page": page,
        "counts": staff_reviews.event_counts(),
        "breadcrumbs": [(_("Dashboard"), reverse("portal:manage-home"))],
    }
    return render(request, "manager/inbound_list.html", context)


@manager_required
@require_POST
def inbound_replay(request: HttpRequest, pk: int) -> HttpResponse:
    """Work on a failed delivery again, from the bytes that were kept."""
    event = get_object_or_404(InboundEvent.objects.defer("body"), pk=pk)
    carry_out(
        request,
        lambda: inbound.replay(event_id=event.pk, actor=current_user(request), now=timezone.now()),
        done=_("Delivery %(event)s is being worked on again.") % {"event": event.event_id},
    )
    return redirect("portal:inbound-list")
