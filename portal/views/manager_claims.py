"""Claims for the team: the queue, the evidence of one, the decision seen before it is sent."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import Programme
from core import staff
from core.errors import DomainError
from core.money import Money
from payouts.models import Claim, ClaimStatus, ProposalStatus
from payouts.queries import claims as queries
from payouts.queries.claims import ClaimFilters
from payouts.services import claim_decisions, claim_mails, claims
from payouts.services.claim_answers import ANSWERS, Act, answers_for, text_of
from payouts.services.claim_deadlines import reply_due
from payouts.services.claim_decisions import Reply
from payouts.services.claim_evidence import likely_answer
from portal.access import Role, current_user, manager_required, roles_of
from portal.claim_language import claim_state, kind_name
from portal.claim_thread import thread_of
from portal.display import StatusText
from portal.forms.claim import AssignForm, DecisionForm
from portal.margin_access import look_at_costs
from portal.queries.staff_claims import ClaimView, claim_view
from portal.queries.staff_journal import journal
from portal.query_links import Chip, text
from portal.refusals import sentence
from portal.staff_access import staff_required
from portal.staff_actions import carry_out, say_errors
from portal.staff_filters import choice_chips
from portal.views.claims import proof_response

PAGE = 25
MINE = "mine"


@staff_required
@require_safe
def claim_list(request: HttpRequest) -> HttpResponse:
    """Show the claims that wait, or those that are closed, with what they came to."""
    now, query, programme = timezone.now(), request.GET, Programme.get()
    state = query.get("state", "")
    filters = ClaimFilters(
        state=state if state in queries.STATES else queries.OPEN,
        kind=query.get("kind", ""),
        assignee_id=current_user(request).pk if query.get("assignee") == MINE else None,
        search=text(query, "q"),
    )
    page = Paginator(queries.queue(filters, now=now), PAGE).get_page(query.get("page"))
    numbers = queries.counts(now)
    context = {
        "now": now,
        "filters": filters,
        "page": page,
        "rows": [_row(claim, programme, now) for claim in page],
        "states": choice_chips(
            query,
            "state",
            [(name, _state_label(name), numbers[name]) for name in queries.STATES],
            current=filters.state,
            default=queries.OPEN,
        ),
        "kinds": [(kind, kind_name(kind)) for kind in ("missing", "wrong", "declined")],
        "assignees": [(MINE, _("Mine"))],
        "kept": [(name, query[name]) for name in ("state", "kind", "assignee") if query.get(name)],
        "effects": queries.money_effect(now - timedelta(days=365)),
    }
    return render(request, "manager/claim_list.html", context)


@staff_required
@require_safe
def claim_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one claim: what they say, what our records say, what to grant, the decision."""
    claim = _find(public_id)
    view = _view(request, claim)
    act, code = _chosen(request, view)
    return _page(request, view, act, DecisionForm(act=act, initial=_begin(view, act, code)))


@manager_required
@require_POST
def claim_decide(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the message of a decision; send it when it was seen."""
    claim = _find(public_id)
    act = _act_of(request.POST.get("act", ""))
    form = DecisionForm(request.POST, act=act)
    step = request.POST.get("step", "")
    if form.is_valid() and step == "send":
        try:
            done = _carry_out(claim, act, form, actor_id=current_user(request).pk)
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            carry_out(request, lambda: None, done=done)
            following = queries.following(claim)
            if following is None:
                return redirect("portal:staff-claim-list")
            return redirect("portal:staff-claim-detail", following.public_id)
    if form.is_valid() and step != "edit":
        return render(request, "manager/claim_preview.html", _preview(claim, act, form))
    status = 200 if form.is_valid() else 422
    return _page(request, _view(request, claim), act, form, status=status)


@manager_required
@require_POST
def claim_assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a claim to a manager."""
    claim, form = _find(public_id), AssignForm(request.POST, managers=staff.of_role("manager"))
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:staff-claim-detail", public_id)
    chosen = form.chosen
    carry_out(
        request,
        lambda: claims.assign(
            claim_id=claim.pk,
            assignee_id=chosen.pk if chosen else None,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("%(who)s decides.") % {"who": chosen} if chosen else _("Nobody has it now."),
    )
    return redirect("portal:staff-claim-detail", public_id)


@staff_required
@require_safe
def claim_proof(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:  # noqa: ARG001
    """Send a file that came with a claim."""
    return proof_response(_find(public_id), number)


def _row(claim: Claim, programme: Programme, now: datetime) -> dict[str, Any]:
    return {
        "claim": claim,
        "kind": kind_name(claim.kind),
        "state": _state(claim, programme, now),
        "due_at": reply_due(claim, programme) or claim.due_at,
        "claimed": Money(claim.amount_minor, claim.currency) if claim.amount_minor else None,
        "amount": claim.proposal.amount if claim.proposal else None,
        "href": reverse("portal:staff-claim-detail", args=[claim.public_id]),
    }


def _state(claim: Claim, programme: Programme, now: datetime) -> StatusText:
    is_open = claim.status == ClaimStatus.OPEN
    reply_by = reply_due(claim, programme)
    return claim_state(
        claim.status,
        is_late=is_open and claim.due_at < now,
        waits=_waits(claim),
        is_unanswered=reply_by is not None and reply_by < now,
    )


def _state_label(name: str) -> str:
    if name == queries.ALL:
        return _("All")
    if name == queries.SECOND_PERSON:
        return _("Second person")
    if name == queries.LATE:
        return _("Late")
    return str(claim_state(name).label)


def _waits(claim: Claim) -> bool:
    return (
        claim.status in (ClaimStatus.OPEN, ClaimStatus.QUESTION)
        and claim.proposal is not None
        and claim.proposal.status == ProposalStatus.PROPOSED
    )


def _find(public_id: UUID) -> Claim:
    rows = Claim.objects.select_related(
        "affiliate__group", "author", "assignee", "answered_by", "order__shop", "commission",
        "proposal",
    )  # fmt: skip
    return get_object_or_404(rows.defer("proof"), public_id=public_id)


def _view(request: HttpRequest, claim: Claim) -> ClaimView:
    """Return the claim as the reader may see it: a look at costs is kept with its order."""
    now = timezone.now()
    return claim_view(
        claim,
        now=now,
        look=lambda order: look_at_costs(request, order, now=now, claim=claim.order_number),
    )


def _act_of(name: str) -> Act:
    return Act(name) if name in set(Act) else Act.GRANT


def _chosen(request: HttpRequest, view: ClaimView) -> tuple[Act, str]:
    """Return the act and the answer to begin with: as asked for, or as the evidence speaks."""
    code = request.GET.get("answer", "")
    if code in ANSWERS:
        return ANSWERS[code].act, code
    likely = likely_answer(view.claim.kind, view.evidence)
    wanted = request.GET.get("act", "")
    if wanted in set(Act):
        act = Act(wanted)
        return act, likely if likely in ANSWERS and ANSWERS[likely].act == act else ""
    return (ANSWERS[likely].act, likely) if likely else (Act.GRANT, "")


def _begin(view: ClaimView, act: Act, code: str) -> dict[str, Any]:
    begin: dict[str, Any] = {"code": code, "text": text_of(code, view.claim)}
    suggestion = view.suggestion
    if act == Act.GRANT and suggestion is not None and suggestion.amount:
        begin["amount"] = suggestion.amount.to_decimal()
    return begin


def _currency(claim: Claim, view: ClaimView | None = None) -> str:
    order = view.evidence["order"] if view else None
    if order is not None:
        return order["currency"]
    return claim.order.currency if claim.order else claim.currency


def _carry_out(claim: Claim, act: Act, form: DecisionForm, *, actor_id: int) -> str:
    """Send a question or a decision; return what to say of it.

    :raises DomainError: when it is refused.
    """
    now, typed = timezone.now(), form.cleaned_data
    if act == Act.ASK:
        claims.ask(claim_id=claim.pk, text=typed["text"], actor_id=actor_id, now=now)
        return _("The question is sent. The days stand still until they answer.")
    reply = Reply(code=typed["code"], text=typed["text"], internal_text=typed["internal_text"])
    if act == Act.DECLINE:
        claim_decisions.decline(claim_id=claim.pk, reply=reply, actor_id=actor_id, now=now)
        return _("The claim is declined, and the affiliate told by e-mail.")
    view = claim_view(claim, now=now)
    decided = claim_decisions.grant(
        claim_id=claim.pk,
        amount=form.money(_currency(claim, view)),
        reply=reply,
        actor_id=actor_id,
        now=now,
    )
    if decided.status == ClaimStatus.GRANTED:
        return _("The claim is granted, and the affiliate told by e-mail.")
    return _("The amount waits for a second person. The affiliate is told once it is booked.")


def _preview(claim: Claim, act: Act, form: DecisionForm) -> dict[str, Any]:
    """Return the message as it will be read, in the language of who made the claim."""
    typed, view = form.cleaned_data, claim_view(claim, now=timezone.now())
    amount = form.money(_currency(claim, view)) if act == Act.GRANT else None
    with override(claim.author.language):
        if act == Act.ASK:
            words = claim_mails.question_words(claim, typed["text"])
        else:
            claim.answer = typed["text"]
            words = claim_mails.decision_words(claim, amount, is_granted=act == Act.GRANT)
    limit = Programme.get().four_eyes_from_minor
    return {
        "claim": claim,
        "act": act.value,
        "form": form,
        "words": words,
        "written_in": claim.author.get_language_display(),
        "code": claim.author.language,
        "amount": amount,
        "needs_second": amount is not None and amount.minor >= limit,
        "buttons": {
            Act.GRANT: _("Grant it"), Act.DECLINE: _("Decline it"), Act.ASK: _("Send the question"),
        }[act],
        "url": reverse("portal:staff-claim-decide", args=[claim.public_id]),
        "breadcrumbs": _crumbs(),
    }  # fmt: skip


def _page(
    request: HttpRequest, view: ClaimView, act: Act, form: DecisionForm, *, status: int = 200
) -> HttpResponse:
    claim, now, programme = view.claim, timezone.now(), Programme.get()
    code = form["code"].value()
    is_open = claim.status in (ClaimStatus.OPEN, ClaimStatus.QUESTION)
    is_manager = Role.MANAGER in roles_of(current_user(request))
    here = reverse("portal:staff-claim-detail", args=[claim.public_id])
    context = {
        "now": now,
        "title": _("Claim for order %(number)s") % {"number": claim.order_number},
        "state": _state(claim, programme, now),
        "kind": kind_name(claim.kind),
        "reply_by": reply_due(claim, programme),
        "view": view,
        "claim": claim,
        "claimed": Money(claim.amount_minor, claim.currency) if claim.amount_minor else None,
        "affiliate_url": reverse("portal:affiliate-detail", args=[claim.affiliate.public_id]),
        "thread": thread_of(claim, "portal:staff-claim-proof"),
        "form": form,
        "act": act.value,
        "acts": [
            (_("Grant"), f"{here}?act=grant#decide", act == Act.GRANT),
            (_("Decline"), f"{here}?act=decline#decide", act == Act.DECLINE),
            (_("Ask back"), f"{here}?act=ask#decide", act == Act.ASK),
        ],
        "answers": [
            Chip(str(one.label), f"{here}?answer={one.code}#decide", one.code == code)
            for one in answers_for(act)
        ],
        "decide_url": reverse("portal:staff-claim-decide", args=[claim.public_id]),
        "assign_url": reverse("portal:staff-claim-assign", args=[claim.public_id]),
        "is_manager": is_manager,
        "may_decide": is_open and is_manager and not _waits(claim),
        "may_assign": is_open and is_manager,
        "waits": _waits(claim),
        "is_open": is_open,
        "assign_form": AssignForm(
            managers=staff.of_role("manager"), initial={"assignee": claim.assignee_id}
        ),
        "following": queries.following(claim) if is_manager else None,
        "history": journal([claim]),
        "breadcrumbs": _crumbs(),
    }  # fmt: skip
    return render(request, "manager/claim_detail.html", context, status=status)


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Claims"), reverse("portal:staff-claim-list"))]
