"""One case for managers: the evidence, the decision seen before it is sent, a question."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language_info, ngettext, override
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.queries import language_of, people_of
from core import staff
from core.errors import DomainError
from core.letters import Letter
from fraud.models import Case, CaseStatus, Sanction, SanctionStatus
from fraud.queries.cases import contests_sanction
from fraud.queries.grounds import grounds
from fraud.services import case_mails, case_messages, case_proposals
from portal.access import current_user, manager_required
from portal.case_figures import delays_drawn, effect_items, share_items
from portal.case_language import advice_sentence, team_status
from portal.case_proposals import proposal_context
from portal.case_thread import thread_of
from portal.forms.case import (
    NoteForm,
    PauseForm,
    QuestionForm,
    SnoozeForm,
    VerdictForm,
    end_of,
)
from portal.forms.claim import AssignForm
from portal.queries.staff_case_view import CaseView, case_view
from portal.queries.staff_cases import stakes_of
from portal.queries.staff_journal import journal
from portal.refusals import sentence
from portal.signal_language import clears_sentence, family_name, signal_label, told_sentence


@manager_required
@require_safe
def review_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one case: the evidence, the effect in money, the decision."""
    return _page(request, find_case(public_id))


@manager_required
@require_POST
def review_confirm(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what is told when the chosen sales do not stand; send it when it was seen."""
    return _decide(request, public_id, is_confirmed=True)


@manager_required
@require_POST
def review_dismiss(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show what is told when all sales stand; send it when it was seen."""
    return _decide(request, public_id, is_confirmed=False)


@manager_required
@require_POST
def review_ask(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a question to the affiliate as it will read it; send it when it was seen."""
    form = QuestionForm(request.POST, auto_id="ask_%s")
    case, now = find_case(public_id), timezone.now()
    step = request.POST.get("step", "")
    if not form.is_valid() or step == "edit":
        return _page(request, case, question=form, status=200 if form.is_valid() else 422)
    typed, due_at = form.cleaned_data, end_of(form.cleaned_data["due_on"], now)
    if step != "send":
        with override(language_of(case.affiliate_id)):
            letter = case_mails.question_letter(case, typed["text"], due_at, name=_name(case))
        return _preview(request, case, form, letter, "review-ask", _("Send the question"))
    try:
        case_messages.ask(
            case_id=case.pk,
            text=typed["text"],
            due_at=due_at,
            actor_id=current_user(request).pk,
            now=now,
        )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return _page(request, case, question=form, status=422)
    return _done(request, public_id, _("The question is sent."))


def _decide(request: HttpRequest, public_id: UUID, *, is_confirmed: bool) -> HttpResponse:
    case = find_case(public_id)
    waiting = list(case.credits.filter(ruling="waiting").values_list("credit_id", flat=True))
    form = VerdictForm(request.POST, sales=waiting)
    step = request.POST.get("step", "")
    if not form.is_valid() or step == "edit":
        return _page(request, case, form=form, status=200 if form.is_valid() else 422)
    seen, chosen, message = form.seen(), form.cleaned_data["sales"], form.cleaned_data["message"]
    if not is_confirmed and _is_untouched(message, case):
        message = ""  # Written for a refusal: nothing is held against the affiliate.
    fallen = (len(chosen) if seen is not None else len(waiting)) if is_confirmed else 0
    outcome = case_mails.Outcome(
        is_confirmed=is_confirmed,
        refused=fallen,
        of=len(waiting),
        is_about_sanction=contests_sanction(case),
    )
    if step != "send":
        with override(language_of(case.affiliate_id)):
            letter = case_mails.decision_letter(case, message, outcome, name=_name(case))
        route = "review-confirm" if is_confirmed else "review-dismiss"
        falling = (chosen if seen is not None else waiting) if is_confirmed else []
        view = case_view(case, now=timezone.now())
        effect = effect_items(view, falling)
        needs_second = case_proposals.needs_second(case, view.stakes, now=timezone.now())
        return _preview(
            request, case, form, letter, route, _verdict(outcome),
            effect=effect, needs_second=needs_second,
        )  # fmt: skip
    try:
        made = case_proposals.decide(
            case_id=case.pk,
            verdict=CaseStatus.CONFIRMED if is_confirmed else CaseStatus.DISMISSED,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            message=message,
            refused=chosen if seen is not None and is_confirmed else None,
            looked_at=seen,
            stakes=stakes_of([case.pk]).get(case.pk, []),
            now=timezone.now(),
        )
    except DomainError as refusal:
        form.add_error(None, sentence(refusal))
        return _page(request, case, form=form, status=422)
    following = case_view(case, now=timezone.now()).following
    if made is None:
        messages.success(request, _("Decided, and the affiliate told by e-mail."))
    else:
        messages.success(request, _("Proposed. It holds once a colleague agrees."))
    if following is None:
        return redirect("portal:review-list")
    return redirect("portal:review-detail", following.public_id)


def _is_untouched(message: str, case: Case) -> bool:
    begun = _message(case_view(case, now=timezone.now()))
    return message.split() == begun.split()


def _verdict(outcome: case_mails.Outcome) -> str:
    if outcome.is_about_sanction and not outcome.of:
        return _("Leave it stopped") if outcome.is_confirmed else _("Lift the sanction")
    if not outcome.is_confirmed:
        stand = ngettext("Let %(n)s sale stand", "Let %(n)s sales stand", outcome.of)
        return stand % {"n": outcome.of}
    fall = ngettext("Refuse %(n)s sale", "Refuse %(n)s sales", outcome.refused)
    return fall % {"n": outcome.refused}


def _done(request: HttpRequest, public_id: UUID, said: str) -> HttpResponse:
    messages.success(request, said)
    return redirect("portal:review-detail", public_id)


def find_case(public_id: UUID) -> Case:
    """Return a case as its pages need it.

    :raises Http404: when there is none.
    """
    rows = Case.objects.select_related("affiliate__group", "decided_by", "assignee", "appealed_in")
    return get_object_or_404(rows, public_id=public_id)


def _name(case: Case) -> str:
    people = people_of(case.affiliate_id)
    return people[0].get_short_name() if people else case.affiliate.name


def signals_of(view: CaseView) -> list[tuple[str, str]]:
    """Return the signals of a case and of its account, code and name."""
    codes = dict.fromkeys([saw.code for saw in view.saw] + [one.code for one in view.beside])
    return [(code, signal_label(code)) for code in codes]


def _message(view: CaseView) -> str:
    """Return the words to begin with, in the affiliate's language: what is told of each signal."""
    case = view.case
    with override(language_of(case.affiliate_id)):
        said = [told_sentence(saw.code, saw.evidence) for saw in view.saw]
        clears = [clears_sentence(saw.code) for saw in view.saw]
        return "\n\n".join(dict.fromkeys(filter(None, [*said, *clears])))


def _page(
    request: HttpRequest,
    case: Case,
    *,
    form: VerdictForm | None = None,
    question: QuestionForm | None = None,
    status: int = 200,
) -> HttpResponse:
    now, user = timezone.now(), current_user(request)
    view = case_view(case, now=now)
    waiting = [sale.credit.pk for sale in view.sales if sale.is_waiting]
    begin = {
        "message": _message(view),
        "looked_at": ",".join(map(str, waiting)) if view.is_choosable else "",
    }
    ask = question or QuestionForm(auto_id="ask_%s", initial={"text": begin["message"]})
    ask.begin(now)
    is_open = case.status == CaseStatus.OPEN
    form = form or VerdictForm(sales=waiting, initial=begin)
    chosen = form["sales"].value() if form.is_bound else waiting
    context = {
        "now": now,
        "title": f"{case.affiliate.name}: {family_name(case.family)}",
        "case": case,
        "state": team_status(case, now),
        "view": view,
        "form": form,
        "chosen": {int(pk) for pk in chosen or []},
        "question": ask,
        "advice": advice_sentence(view.advice),
        "note": NoteForm(auto_id="note_%s"),
        "snooze": SnoozeForm(auto_id="snooze_%s"),
        "pause": PauseForm(codes=signals_of(view), auto_id="pause_%s"),
        "assign": AssignForm(
            managers=staff.of_role("manager"), initial={"assignee": case.assignee_id}
        ),
        "delays": delays_drawn(view.delays, view.class_delays),
        "shares": share_items(view.shares),
        "thread": thread_of(case, is_team=True),
        "history": journal([case]),
        "grounds": grounds(case.affiliate_id, now),
        "sanction": Sanction.objects.filter(
            affiliate=case.affiliate_id,
            status__in=[SanctionStatus.PROPOSED, SanctionStatus.IN_FORCE],
        ).first(),
        "contested": list(case.appeals.select_related("decided_by")),
        "contested_sanctions": list(case.contested_sanctions.all()),
        "is_open": is_open,
        "is_mine": case.assignee_id == user.pk,
        "is_snoozed": case.snoozed_until is not None and case.snoozed_until > now,
        "affiliate_url": reverse("portal:affiliate-detail", args=[case.affiliate.public_id]),
        "breadcrumbs": _crumbs(),
        **proposal_context(view, name=_name(case), user_id=user.pk, now=now),
    }
    return render(request, "manager/review_detail.html", context, status=status)


def _preview(
    request: HttpRequest,
    case: Case,
    form: Any,
    letter: Letter,
    route: str,
    button: str,
    *,
    effect: list[tuple[str, str]] | None = None,
    needs_second: bool = False,
) -> HttpResponse:
    language = language_of(case.affiliate_id)
    context = {
        "name": case.affiliate.name,
        "form": form,
        "letter": letter,
        "read_in": language,
        "written_in": get_language_info(language)["name_local"].capitalize(),
        "people": people_of(case.affiliate_id),
        "button": button,
        "effect": effect,
        "needs_second": needs_second,
        "url": reverse(f"portal:{route}", args=[case.public_id]),
        "sales": form.cleaned_data.get("sales", []),
        "breadcrumbs": _crumbs(),
    }
    return render(request, "manager/review_preview.html", context)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Reviews"), reverse("portal:review-list"))]
