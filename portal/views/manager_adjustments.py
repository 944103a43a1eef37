"""Adjustments for the team: proposed, approved by a second person, or brought in by a file."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.models import Programme
from affiliates.queries import acts_for
from core.errors import DomainError
from core.money import Money
from payouts.models import AdjustmentProposal, AdjustmentReason, ProposalStatus
from payouts.services import proposals as services
from portal.access import Role, current_user, roles_of
from portal.adjustment_language import PROPOSAL_CODES, proposal_status
from portal.formats import format_moment, format_money
from portal.forms.adjustment import AdjustmentForm
from portal.forms.staff import ReasonForm
from portal.queries import adjustments as queries
from portal.queries.staff_journal import journal
from portal.query_links import text
from portal.refusals import sentence
from portal.staff_access import staff_required
from portal.staff_actions import carry_out, say_errors
from shop.models import Shop

PAGE = 25
FALLBACK_CURRENCY = "EUR"


@staff_required
@require_safe
def adjustment_list(request: HttpRequest) -> HttpResponse:
    """Show proposed adjustments, those that wait first when nothing else is asked for."""
    search, state = text(request.GET, "q"), request.GET.get("state", "")
    counts = queries.counts_by_state()
    found = queries.proposals(search=search, state=state)
    page = Paginator(found, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {
                "proposal": one,
                "status": proposal_status(one.status),
                "reason": AdjustmentReason(one.reason).label,
                "href": reverse("portal:adjustment-detail", args=[one.pk]),
            }
            for one in page
        ],
        "states": [
            (code, proposal_status(code).label, counts.get(code, 0)) for code in PROPOSAL_CODES
        ],
        "waiting": counts.get(ProposalStatus.PROPOSED, 0),
        "search": search,
        "kept": [("state", state)],
        "is_narrowed": bool(search or state),
    }
    return render(request, "manager/adjustment_list.html", context)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def adjustment_new(request: HttpRequest) -> HttpResponse:
    """Propose an adjustment; below the limit it is booked at once."""
    initial = {"affiliate": request.GET.get("affiliate"), "order": request.GET.get("order")}
    form = AdjustmentForm(
        request.POST or None, request.FILES or None, initial=initial, currency=_currency()
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.propose(
                author_id=current_user(request).pk, now=timezone.now(), **form.content()
            )
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _said_of(made))
            return redirect("portal:adjustment-detail", pk=made.pk)
    context = {"form": form, "limit": _limit(), "breadcrumbs": _breadcrumbs()}
    failed = request.method == "POST"
    return render(request, "manager/adjustment_new.html", context, status=422 if failed else 200)


@staff_required
@require_safe
def adjustment_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one proposed adjustment: what, for whom, why, and who decided."""
    proposal, user = _proposal(pk), current_user(request)
    is_open = proposal.status == ProposalStatus.PROPOSED
    is_author = proposal.author_id == user.pk
    context = {
        "proposal": proposal,
        "status": proposal_status(proposal.status),
        "reason": AdjustmentReason(proposal.reason).label,
        "facts": _facts(proposal),
        "sees_affiliates": Role.MANAGER in roles_of(user),
        "sale": proposal.commission.credit.order if proposal.commission else None,
        "history": journal([proposal]),
        "may_decide": is_open and not is_author and not acts_for(user.pk, proposal.affiliate_id),
        "may_withdraw": is_open and is_author,
        "approve_title": _("Book %(amount)s for %(name)s?")
        % {"amount": format_money(proposal.amount), "name": proposal.affiliate.name},
        "breadcrumbs": _breadcrumbs(),
    }
    return render(request, "manager/adjustment_detail.html", context)


@staff_required
@require_POST
def adjustment_approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Book what somebody else proposed."""
    proposal, user = _proposal(pk), current_user(request)
    carry_out(
        request,
        lambda: services.approve(proposal_id=proposal.pk, actor_id=user.pk, now=timezone.now()),
        done=_("Booked. The affiliate sees it."),
    )
    return redirect("portal:adjustment-detail", pk=pk)


@staff_required
@require_POST
def adjustment_decline(request: HttpRequest, pk: int) -> HttpResponse:
    """Say no to what somebody else proposed, and why."""
    proposal, user, form = _proposal(pk), current_user(request), ReasonForm(request.POST)
    if not form.is_valid():
        say_errors(request, form)
        return redirect("portal:adjustment-detail", pk=pk)
    carry_out(
        request,
        lambda: services.decline(
            proposal_id=proposal.pk,
            actor_id=user.pk,
            note=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("Declined. Nothing is booked."),
    )
    return redirect("portal:adjustment-detail", pk=pk)


@staff_required
@require_POST
def adjustment_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back one's own proposal."""
    proposal, user = _proposal(pk), current_user(request)
    carry_out(
        request,
        lambda: services.withdraw(proposal_id=proposal.pk, actor_id=user.pk, now=timezone.now()),
        done=_("Withdrawn. Nothing is booked."),
    )
    return redirect("portal:adjustment-detail", pk=pk)


@never_cache
@staff_required
@require_safe
def adjustment_evidence(request: HttpRequest, pk: int) -> HttpResponse:
    """Send the file of a proposal as it was kept: to be saved, never to be shown by the browser."""
    found = services.look_at_evidence(
        proposal_id=pk, viewer_id=current_user(request).pk, now=timezone.now()
    )
    if found is None:
        raise Http404
    answer = HttpResponse(found.body, content_type="application/octet-stream")
    answer["X-Content-Type-Options"] = "nosniff"
    answer["Content-Disposition"] = f'attachment; filename="{_plain_name(found.name, pk)}"'
    return answer


def _plain_name(name: str, pk: int) -> str:
    """Return a file's name in signs that every system and header can hold."""
    kept = "".join(sign if _is_plain(sign) else "_" for sign in name).lstrip(".")
    return kept or f"evidence-{pk}"


def _is_plain(sign: str) -> bool:
    return sign.isascii() and (sign.isalnum() or sign in " ._-")


def _proposal(pk: int) -> AdjustmentProposal:
    proposal = queries.proposal_with_parts(pk)
    if proposal is None:
        raise Http404
    return proposal


def _currency() -> str:
    shop = Shop.objects.order_by("pk").first()
    return shop.currency if shop else FALLBACK_CURRENCY


def _limit() -> Money:
    return Money(Programme.get().four_eyes_from_minor, _currency())


def _said_of(proposal: AdjustmentProposal) -> str:
    if proposal.status == ProposalStatus.BOOKED:
        return _("Booked. The affiliate sees it.")
    return _("Proposed. Another person approves it: nothing is booked before.")


def _facts(proposal: AdjustmentProposal) -> list[tuple[str, Any]]:
    decided = proposal.decided_by
    rows = [
        (_("Amount"), format_money(proposal.amount)),
        (_("Proposed by"), str(proposal.author)),
        (_("On"), format_moment(proposal.created_at)),
        (_("From the file"), proposal.import_name),
        (_("Decided by"), str(decided) if decided else ""),
        (_("State since"), format_moment(proposal.status_changed_at)),
        (_("Why"), proposal.decision_text),
    ]
    return [(label, value) for label, value in rows if value]


def _breadcrumbs() -> list[tuple[str, str]]:
    return [(_("Adjustments"), reverse("portal:adjustment-list"))]
