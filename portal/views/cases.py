"""What an affiliate reads of the cases and sanctions about its account, and how it answers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from core.errors import DomainError
from fraud.models import Case, CaseStatus, Sanction, SanctionStatus
from fraud.queries.cases import can_be_contested
from fraud.services import appeals, case_messages, sanctions
from fraud.services.case_files import ReadFile
from fraud.services.sanction_mails import stopped_words
from portal.access import current_affiliate, current_user, own, partner_may
from portal.case_files import kept_file
from portal.case_language import their_status
from portal.case_thread import thread_of
from portal.forms.case import AnswerForm, WordsForm
from portal.queries.my_cases import TheirSale, their_sales, told_of
from portal.refusals import sentence
from portal.staff_actions import say_errors

PAGE = 25


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def case_list(request: HttpRequest) -> HttpResponse:
    """Show the cases about this account, and what is stopped of it."""
    affiliate = current_affiliate(request)
    found = Case.objects.filter(affiliate=affiliate).order_by("-opened_at", "-pk")
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    in_force = Sanction.objects.filter(affiliate=affiliate, status=SanctionStatus.IN_FORCE)
    context = {
        "page": page,
        "rows": [{"case": case, "state": their_status(case)} for case in page],
        "sanctions": [
            {
                "sanction": one,
                "stopped": stopped_words(one.measures),
                "may_contest": one.contested_in_id is None,
            }
            for one in in_force
        ],
        "form": WordsForm(),
    }
    return render(request, "affiliate/case_list.html", context)


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_safe
def case_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one case: what was seen, its sales, what was said, and what can be done."""
    return _page(request, _own(request, public_id), AnswerForm())


@partner_may(Ability.WORK)
@require_POST
def case_answer(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write to the team about an open case."""
    case = _own(request, public_id)
    return _write(
        request,
        case,
        lambda text, files: case_messages.answer(
            case_id=case.pk,
            affiliate_id=case.affiliate_id,
            text=text,
            files=files,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        _("Your words are sent."),
    )


@partner_may(Ability.WORK)
@require_POST
def case_contest(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Contest what was decided."""
    case = _own(request, public_id)
    return _write(
        request,
        case,
        lambda text, files: appeals.contest(
            case_id=case.pk,
            affiliate_id=case.affiliate_id,
            text=text,
            files=files,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        _("You contest it. Somebody else decides again and writes to you."),
    )


@partner_may(Ability.SEE_WORK)
@require_safe
def case_file(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Send a file that was sent about a case of this account."""
    return kept_file(_own(request, public_id), number)


@partner_may(Ability.WORK)
@require_POST
def sanction_contest(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Contest what is stopped of the account."""
    sanction = own(request, Sanction.objects.all(), public_id=public_id)
    form = WordsForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:case-list")
    try:
        sanctions.contest(
            sanction_id=sanction.pk,
            affiliate_id=sanction.affiliate_id,
            text=form.cleaned_data["text"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
    else:
        messages.success(request, _("You contest it. Somebody else looks at it and writes to you."))
    return redirect("portal:case-list")


def _write(
    request: HttpRequest,
    case: Case,
    act: Callable[[str, Sequence[ReadFile]], object],
    done: str,
) -> HttpResponse:
    form = AnswerForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            act(form.cleaned_data["text"], form.cleaned_data["attachments"])
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, done)
            return redirect("portal:case-detail", case.public_id)
    return _page(request, case, form, status=422)


def _own(request: HttpRequest, public_id: UUID) -> Case:
    rows = Case.objects.select_related("affiliate", "decided_by", "appealed_in")
    return own(request, rows, public_id=public_id)


def _page(request: HttpRequest, case: Case, form: WordsForm, *, status: int = 200) -> HttpResponse:
    is_confirmed = case.status == CaseStatus.CONFIRMED
    sales: list[TheirSale] = their_sales(case)
    context: dict[str, Any] = {
        "case": case,
        "state": their_status(case),
        "told": told_of(case),
        "sales": sales,
        "sales_count": case.credits.count(),
        "thread": thread_of(case, is_team=False),
        "form": form,
        "is_open": case.status == CaseStatus.OPEN,
        "is_asked": case.status == CaseStatus.OPEN and case.answer_due_at is not None,
        "may_contest": is_confirmed and case.appealed_in is None and can_be_contested(case),
        "is_final": is_confirmed and case.appealed_in is None and not can_be_contested(case),
    }
    return render(request, "affiliate/case_detail.html", context, status=status)
