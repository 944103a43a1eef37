"""Applications: the queue, one application, and the decision on it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import Affiliate, Application, ApplicationStatus
from affiliates.services import applications
from core.errors import DomainError
from portal.access import current_user, manager_required
from portal.countries import country_name
from portal.display import TimelineItem
from portal.formats import format_day, format_moment
from portal.forms.application import CHANNELS, METHODS
from portal.forms.staff import REFUSAL_REASONS, ApprovalForm, RefusalForm
from portal.queries import staff_applications, staff_vetting
from portal.queries.staff_applications import Filters
from portal.queries.staff_journal import journal
from portal.query_links import text
from portal.refusals import sentence
from portal.staff_actions import carry_out
from portal.staff_filters import choice_chips
from portal.staff_language import age
from portal.vetting_card import card_of
from shop.models import Shop
from tracking.services import codes

PAGE = 25


@manager_required
@require_safe
def application_list(request: HttpRequest) -> HttpResponse:
    """Show the applications, those to decide first."""
    filters = Filters(
        status=text(request.GET, "status") or staff_applications.OPEN,
        kind=text(request.GET, "kind"),
        search=text(request.GET, "q"),
    )
    now = timezone.now()
    answered = staff_applications.last_answer()
    page = Paginator(staff_applications.queue(filters), PAGE).get_page(request.GET.get("page"))
    context = {
        "now": now,
        "filters": filters,
        "page": page,
        "rows": [_row(row, now) for row in page],
        "statuses": choice_chips(
            request.GET,
            "status",
            staff_applications.status_chips(filters),
            current=filters.status,
            default=staff_applications.OPEN,
        ),
        "kinds": staff_applications.kind_chips(filters),
        "last_answer": answered,
        "last_answer_text": _("The last answer left on %(day)s.") % {"day": format_day(answered)}
        if answered
        else "",
        "kept": [("status", request.GET.get("status", "")), ("kind", filters.kind)],
        "is_narrowed": bool(filters.kind or filters.search),
    }
    return render(request, "manager/application_list.html", context)


def _row(application: Application, now: datetime) -> dict[str, Any]:
    until = now if application.status in Application.OPEN else application.status_changed_at
    late = staff_applications.is_late(application, now)
    return {
        "application": application,
        "href": reverse("portal:application-detail", args=[application.public_id]),
        "age": age(application.submitted_at, until),
        "is_late": late,
    }


@manager_required
@require_safe
def application_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one application with what resembles it, and the decision forms."""
    chosen = REFUSAL_REASONS.get(request.GET.get("reason", ""))
    refusal = RefusalForm(initial={"reason": str(chosen.text)} if chosen else None)
    return _page(request, _find(public_id), refusal=refusal)


@manager_required
@require_POST
def application_review(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Start the review, so that colleagues see who reads it."""
    application, reviewer = _find(public_id), current_user(request)
    carry_out(
        request,
        lambda: applications.start_review(
            application_id=application.pk, reviewer_id=reviewer.pk, now=timezone.now()
        ),
        done=_("You are reviewing this application."),
    )
    return redirect("portal:application-detail", public_id)


@manager_required
@require_POST
def application_approve(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Accept into a group and give the first promo code; the next application opens."""
    application, now = _find(public_id), timezone.now()
    form = ApprovalForm(request.POST, now=now)
    if not form.is_valid():
        return _page(request, application, approval=form, status=422)
    try:
        affiliate = _approve(request, application, form)
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return _page(request, application, approval=form, status=422)
    return _on_to_next(request, application, _("%(name)s is accepted.") % {"name": affiliate.name})


@transaction.atomic
def _approve(request: HttpRequest, application: Application, form: ApprovalForm) -> Affiliate:
    now = timezone.now()
    affiliate = applications.approve(
        application_id=application.pk,
        reviewer_id=current_user(request).pk,
        group_id=form.cleaned_data["group"],
        message=form.cleaned_data["message"],
        now=now,
    )
    shop = Shop.objects.order_by("pk").first()
    if shop is not None:
        codes.issue_first(affiliate_id=affiliate.pk, shop_id=shop.pk, now=now)
    return affiliate


@manager_required
@require_POST
def application_reject(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Refuse with the text that the applicant reads; the next application opens."""
    application = _find(public_id)
    form = RefusalForm(request.POST)
    if not form.is_valid():
        return _page(request, application, refusal=form, status=422)
    try:
        applications.reject(
            application_id=application.pk,
            reviewer_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return _page(request, application, refusal=form, status=422)
    return _on_to_next(request, application, _("%(name)s is refused.") % {"name": application.name})


def _find(public_id: UUID) -> Application:
    rows = Application.objects.select_related("user", "reviewer", "affiliate", "terms")
    return get_object_or_404(rows, public_id=public_id)


def _on_to_next(request: HttpRequest, application: Application, done: str) -> HttpResponse:
    following = staff_applications.next_open(application)
    carry_out(request, lambda: None, done=done)
    if following is None:
        return redirect("portal:application-list")
    return redirect("portal:application-detail", following.public_id)


def _page(
    request: HttpRequest,
    application: Application,
    *,
    approval: ApprovalForm | None = None,
    refusal: RefusalForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now = timezone.now()
    dossier = staff_applications.dossier(application)
    context = {
        "now": now,
        "application": application,
        "dossier": dossier,
        "vetting": card_of(staff_vetting.of_application(application, now)),
        "is_new": application.status == ApplicationStatus.SUBMITTED,
        "is_open": application.status in Application.OPEN,
        "is_late": staff_applications.is_late(application, now),
        "answers": _answers(application),
        "approval": approval or ApprovalForm(now=now),
        "refusal": refusal or RefusalForm(),
        "reasons": [(reason.code, reason.label) for reason in REFUSAL_REASONS.values()],
        "history": _history(application),
        "breadcrumbs": [(_("Applications"), reverse("portal:application-list"))],
    }
    return render(request, "manager/application_detail.html", context, status=status)


def _history(application: Application) -> list[TimelineItem]:
    sent = TimelineItem(
        title=_("Application sent"),
        at=application.submitted_at,
        actor=str(application.user),
        icon="send",
    )
    entries = [item for item in journal([application]) if item.at != application.submitted_at]
    return [*entries, sent]


def _answers(application: Application) -> list[tuple[str, str]]:
    items = [
        (_("Person"), str(application.user)),
        (_("E-mail"), application.user.email),
        (_("Kind"), application.get_kind_display()),
        (_("Legal form"), application.get_legal_form_display()),
        (_("Country"), country_name(application.country)),
        (_("Channels"), _labels(CHANNELS, application.channels)),
        (_("Methods"), _labels(METHODS, application.methods)),
        (_("Store"), application.store),
        (_("Staff number"), application.staff_number),
        (_("Sent"), format_moment(application.submitted_at)),
        (_("Terms shown"), str(application.terms)),
    ]
    return [(label, value) for label, value in items if value]


def _labels(known: Mapping[str, Promise], codes: Sequence[str]) -> str:
    return ", ".join(str(known.get(code, code)) for code in codes)
