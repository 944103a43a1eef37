"""Payout batches: prepare, review, approve, make the file, mark as sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.queries import programme_terms
from core.errors import DomainError
from core.money import Money
from payouts.domain.calendar import bank_date, next_payment_date, working_day_from
from payouts.models import Batch, BatchStatus, Rail
from payouts.queries.approvals import why_not_refuse_file
from payouts.queries.waiting import stopping
from payouts.services import batches
from payouts.services.items import Change
from portal.access import current_user, finance_required
from portal.batch_actions import act_with_reason
from portal.formats import DASH, MINUS, format_day, format_moment, format_money
from portal.forms.staff_finance import BatchForm, first_values
from portal.queries import staff_batches, staff_holds
from portal.queries.staff_approval import TYPED, approval_state, median, why_not_resume
from portal.queries.staff_journal import journal
from portal.refusals import sentence
from portal.staff_actions import carry_out

PAGE = 25
SHOWN_CHANGES = 10
_WITH_NEXT = (
    BatchStatus.DRAFT,
    BatchStatus.IN_REVIEW,
    BatchStatus.APPROVED,
    BatchStatus.EXECUTING,
    BatchStatus.PAUSED,
)


@finance_required
@require_safe
def batch_list(request: HttpRequest) -> HttpResponse:
    """Show the batches, newest first."""
    wanted = request.GET.get("status", "")
    status = wanted if wanted in BatchStatus.values else ""
    page = Paginator(staff_batches.batches(status), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {"batch": batch, "href": reverse("portal:batch-detail", args=[batch.public_id])}
            for batch in page
        ],
        "statuses": staff_batches.status_chips(),
        "status": status,
    }
    return render(request, "finance/batch_list.html", context)


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def batch_new(request: HttpRequest) -> HttpResponse:
    """Show who would be paid and who would not; on POST, prepare exactly that draft."""
    now = timezone.now()
    form = BatchForm(request.POST or request.GET or first_values(now, _next_payment(now)))
    status = 200
    if request.method == "POST" and form.is_valid():
        try:
            batch = batches.prepare(
                rail=form.cleaned_data["rail"],
                currency=form.cleaned_data["currency"],
                cutoff_at=form.cutoff_at(now),
                execution_date=form.cleaned_data["execution_date"],
                actor_id=_actor(request),
                now=now,
            )
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
            status = 422
        else:
            return redirect("portal:batch-detail", batch.public_id)
    elif request.method == "POST":
        status = 422
    preview = _preview(form, now)
    opened = staff_batches.open_batch(form.cleaned_data.get("rail", ""))
    context = {
        "form": form,
        "preview": preview,
        "opened": opened,
        "opened_title": _("%(reference)s is still open") % {"reference": opened} if opened else "",
        "breadcrumbs": [(_("Batches"), reverse("portal:batch-list"))],
    }
    return render(request, "finance/batch_new.html", context, status=status)


def _preview(form: BatchForm, now: datetime) -> staff_batches.Preview | None:
    form.is_valid()
    given = form.cleaned_data
    if not {"rail", "currency", "cutoff"} <= given.keys():
        return None
    return staff_batches.preview(given["rail"], given["currency"], form.cutoff_at(now), now)


def _next_payment(now: datetime) -> date:
    terms = programme_terms(now)
    today = bank_date(now)
    if terms is None:
        return working_day_from(today + timedelta(days=1))
    return next_payment_date(terms.payment_days, today)


@finance_required
@require_safe
def batch_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a batch in its state, with what can be done to it next."""
    return _page(request, _find(public_id))


def _page(request: HttpRequest, batch: Batch) -> HttpResponse:
    now = timezone.now()
    lines = staff_batches.lines(batch, now)
    flagged = [line for line in lines if line.flags]
    comparison, progress = staff_batches.comparison(batch), staff_batches.progress(batch)
    context = {
        "batch": batch,
        "lines": lines,
        "flagged": flagged,
        "flagged_total": _total(flagged, batch),
        "total": batch.total,
        "median": median(lines, batch.currency),
        "has_next": batch.status in _WITH_NEXT,
        "lead": _("Payment on %(day)s.") % {"day": format_day(batch.execution_date)},
        "left_out": staff_batches.left_out(batch, now),
        "comparison": comparison,
        "total_change_bps": comparison.total_change_bps if comparison else None,
        "comparison_note": _comparison_note(comparison),
        "progress": progress,
        "progress_text": _("%(left)s of %(total)s")
        % {"left": progress.left, "total": progress.total},
        "facts": _facts(batch),
        "export_international": reverse("portal:batch-export", args=[batch.public_id])
        + "?form=international",
        **_titles(batch),
        "file": staff_batches.file_of(batch),
        "approve_label": _approve_label(batch),
        "steps": _steps(batch),
        "history": journal([batch]),
        "may_cancel": BatchStatus.CANCELLED in Batch.ARROWS[BatchStatus(batch.status)],
        "breadcrumbs": [(_("Batches"), reverse("portal:batch-list"))],
        **_state(batch),
        **_decisions(request, batch, now),
    }
    return render(request, "finance/batch_detail.html", context)


def _state(batch: Batch) -> dict[str, bool]:
    return {
        "is_draft": batch.status == BatchStatus.DRAFT,
        "is_in_review": batch.status == BatchStatus.IN_REVIEW,
        "is_approved": batch.status == BatchStatus.APPROVED,
        "is_executing": batch.status == BatchStatus.EXECUTING,
        "is_paused": batch.status == BatchStatus.PAUSED,
        "is_cancelled": batch.status == BatchStatus.CANCELLED,
        "is_under_way": batch.status in (BatchStatus.EXECUTING, BatchStatus.PAUSED),
        "is_by_file": batch.rail in (Rail.SEPA, Rail.PAYROLL),
        "is_by_stripe": batch.rail == Rail.STRIPE,
    }


def _decisions(request: HttpRequest, batch: Batch, now: datetime) -> dict[str, Any]:
    """What this person may decide about the batch, or why not."""
    person, is_now = current_user(request), _state(batch)
    why_not = staff_batches.approval_refusal(batch, person) if is_now["is_in_review"] else ""
    approval = approval_state(batch, person.pk, request.session.get(TYPED, {}), now)
    return {
        "approval": approval,
        "may_tick": approval is not None and not approval.own and not why_not,
        "why_not": why_not,
        "why_not_resume": why_not_resume(batch, person.pk),
        "differing": _differing(batch),
        "why_not_refused": (
            why_not_refuse_file(batch, person.pk) if is_now["is_under_way"] else ""
        ),
    }


def _differing(batch: Batch) -> list[tuple[str, str]]:
    """Which differences of the books stop a batch that could leave, with the page of each."""
    if batch.status not in (BatchStatus.APPROVED, BatchStatus.EXECUTING, BatchStatus.PAUSED):
        return []
    return staff_holds.differences_said(stopping().filter(batch=batch))


def _total(lines: Sequence[staff_batches.Line], batch: Batch) -> Money:
    return Money(sum(line.item.amount_minor for line in lines), batch.currency)


def _titles(batch: Batch) -> dict[str, str]:
    named = {"reference": batch.reference}
    return {
        "cancel_title": _("Cancel %(reference)s?") % named,
        "send_back_title": _("Send %(reference)s back?") % named,
        "pause_title": _("Pause %(reference)s?") % named,
        "resume_title": _("Let %(reference)s go on?") % named,
        "file_refused_title": _("Was the file of %(reference)s refused?") % named,
        "mark_sent_title": _("Was %(reference)s handed over?") % named,
        "note_title": {
            BatchStatus.CANCELLED: _("Why it was cancelled"),
            BatchStatus.PAUSED: _("Why it is paused"),
            BatchStatus.EXECUTING: _("Why it was paused"),
        }.get(BatchStatus(batch.status), _("Why it was sent back")),
    }


def _comparison_note(comparison: staff_batches.Comparison | None) -> str:
    if comparison is None:
        return ""
    change = comparison.count_change
    return _("%(change)s on the batch before") % {
        "change": f"{change:+d}".replace("-", MINUS) if change else "±0"
    }


def _facts(batch: Batch) -> list[tuple[str, str]]:
    items = [
        (_("Paid by"), batch.get_rail_display()),
        (_("From account"), str(batch.debtor) if batch.debtor else ""),
        (_("Cut-off"), format_moment(batch.cutoff_at)),
        (_("Payment date"), format_day(batch.execution_date)),
        (_("Prepared by"), f"{batch.created_by}, {format_moment(batch.created_at)}"),
        (
            _("Submitted by"),
            f"{batch.submitted_by}, {format_moment(batch.submitted_at)}"
            if batch.submitted_at
            else "",
        ),
    ]
    return [(label, value) for label, value in items if value]


def _approve_label(batch: Batch) -> str:
    return ngettext(
        "Approve %(count)s payment, %(total)s",
        "Approve %(count)s payments, %(total)s",
        batch.item_count,
    ) % {"count": batch.item_count, "total": format_money(batch.total)}


def _steps(batch: Batch) -> list[tuple[str, str]]:
    """The way of a batch as the stepper draws it."""
    by_file = batch.rail in (Rail.SEPA, Rail.PAYROLL)
    way = [
        (BatchStatus.DRAFT, _("Prepare")),
        (BatchStatus.IN_REVIEW, _("Approve")),
        (BatchStatus.APPROVED, _("Make the file") if by_file else _("Carry out")),
        (BatchStatus.EXECUTING, _("Send")),
        (BatchStatus.DONE, _("Done")),
    ]
    reached = {BatchStatus.PAUSED: 3, BatchStatus.DONE_WITH_EXCEPTIONS: 5, BatchStatus.DONE: 5}
    at = reached.get(
        BatchStatus(batch.status),
        next((number for number, (code, _label) in enumerate(way) if code == batch.status), 0),
    )
    states = ["done"] * at + ["current"] + ["future"] * len(way)
    return [(label, states[number]) for number, (_code, label) in enumerate(way)]


@finance_required
@require_POST
def batch_recompute(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Bring a draft to what is due now, and say what changed."""
    try:
        changes = batches.recompute(
            batch_id=_find(public_id).pk, actor_id=_actor(request), now=timezone.now()
        )
    except DomainError as refusal:
        messages.error(request, sentence(refusal), extra_tags="banner")
    else:
        messages.success(request, _changes_text(changes), extra_tags="banner")
    return redirect("portal:batch-detail", public_id)


def _changes_text(changes: Sequence[Change]) -> str:
    if not changes:
        return _("Computed again: nothing has changed.")
    said = [
        _("%(name)s: %(before)s → %(after)s (%(why)s)")
        % {
            "name": change.name,
            "before": format_money(change.before) if change.before else DASH,
            "after": format_money(change.after) if change.after else DASH,
            "why": change.why.rstrip("."),
        }
        for change in changes[:SHOWN_CHANGES]
    ]
    more = len(changes) - len(said)
    if more:
        said.append(ngettext("%(count)s more", "%(count)s more", more) % {"count": more})
    return _("Computed again. Changed: %(changes)s.") % {"changes": "; ".join(said)}


@finance_required
@require_POST
def batch_submit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Freeze a draft and ask for another person's approval."""
    return _act(request, public_id, batches.submit, _("Frozen. Another person can approve it now."))


@finance_required
@require_POST
def batch_send_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Turn a batch in review into a draft again, for a reason."""
    return act_with_reason(
        request, public_id, batches.send_back, _("Sent back: it is a draft again.")
    )


@finance_required
@require_POST
def batch_cancel(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """End a batch for a reason; what has not left is due again."""
    return act_with_reason(
        request, public_id, batches.cancel, _("Cancelled: what was in it is due again.")
    )


@finance_required
@require_POST
def batch_file_refused(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that the bank or payroll refused the file; what was in it is due again."""
    return act_with_reason(
        request,
        public_id,
        batches.file_refused,
        _("Cancelled: what was in it is due again. Delete every copy of the file."),
    )


@finance_required
@require_POST
def batch_mark_sent(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that the file was handed over: payouts are sent, statements written."""
    return _act(
        request,
        public_id,
        batches.mark_sent,
        _("Marked as sent. Every payee finds the statement in the portal."),
    )


def _act(
    request: HttpRequest, public_id: UUID, service: Callable[..., object], done: str
) -> HttpResponse:
    batch = _find(public_id)
    carry_out(
        request,
        lambda: service(batch_id=batch.pk, actor_id=_actor(request), now=timezone.now()),
        done=done,
    )
    return redirect("portal:batch-detail", public_id)


def _find(public_id: UUID) -> Batch:
    rows = Batch.objects.select_related("created_by", "submitted_by", "debtor")
    return get_object_or_404(rows, public_id=public_id)


def _actor(request: HttpRequest) -> int:
    return current_user(request).pk
