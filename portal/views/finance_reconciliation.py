"""Reconciliation: three sides of a month, every difference to the line, and who minds it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from core.csv_export import Cell
from core.money import Money
from payouts.domain.months import month_of
from payouts.gateways.stripe import is_configured
from payouts.gateways.stripe_books import transfers_since
from payouts.models import BankEntry, Difference, DifferenceState, Item, Reconciliation
from payouts.queries.bank_matching import payouts_named
from payouts.queries.waiting import STOPS_NOTHING
from payouts.services import differences, matching, reconciliation
from portal.access import current_user, finance_required
from portal.difference_language import difference_state, facts_of, words_of
from portal.downloads import csv_response
from portal.formats import format_moment, format_money
from portal.forms.closing import MindForm, TogetherForm, read_month
from portal.forms.staff import ReasonForm
from portal.item_pages import item_page
from portal.queries import staff_reconciliation
from portal.queries.staff_journal import journal
from portal.staff_actions import carry_out, carry_out_form, say_errors
from portal.staff_filters import choice_chips

PAGE = 50
ALL = "all"


@finance_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Show ledger, bank and Stripe of a month, what differs, and the comparisons so far."""
    month = read_month(request.GET.get("month", "")) or month_of(timezone.now())
    wanted = request.GET.get("state", DifferenceState.OPEN.value)
    state = wanted if wanted in DifferenceState.values else ""
    rows = staff_reconciliation.differences(state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    runs = staff_reconciliation.runs()
    last = runs[0] if runs else None
    context = {
        "month": month,
        "ledger": staff_reconciliation.ledger_sections(month),
        "bank": staff_reconciliation.bank_sections(month),
        "stripe": staff_reconciliation.stripe_months(last, month),
        "last": last,
        "sides": _sides(last),
        "open_count": staff_reconciliation.open_count(),
        "states": choice_chips(
            request.GET,
            "state",
            [*((choice.value, choice.label) for choice in DifferenceState), (ALL, _("All"))],
            current=state or ALL,
            default=DifferenceState.OPEN.value,
        ),
        "page": page,
        "rows": [_row(one) for one in page],
        "people": MindForm().fields["owner"].choices,  # type: ignore[attr-defined]
        "runs": [_run(one) for one in runs],
    }
    return render(request, "finance/reconciliation.html", context)


def _row(one: Difference) -> dict[str, Any]:
    return {
        "difference": one,
        "select": one.pk if one.state == DifferenceState.OPEN else None,
        "what": words_of(one.kind).label,
        "amount": Money(one.amount_minor, one.currency) if one.currency else None,
        "state": difference_state(one),
        "href": reverse("portal:difference-detail", args=[one.pk]),
    }


def _run(one: Reconciliation) -> dict[str, Any]:
    return {"run": one, "count": sum(one.compared.get("found", {}).values())}


def _sides(last: Reconciliation | None) -> list[tuple[str, str]]:
    if last is None:
        return []
    said = {
        "compared": _("Compared"),
        "silent": _("The bank has told nothing yet: no statement was loaded"),
        "unused": _("Nobody is paid through Stripe"),
        "unreadable": _("Could not be read: %(problem)s") % {"problem": last.problem},
    }
    names = {"ledger": _("Ledger and payments"), "bank": _("Bank"), "stripe": _("Stripe")}
    sides = last.compared.get("sides", {})
    return [(name, said.get(sides.get(key, ""), "")) for key, name in names.items()]


@finance_required
@require_POST
def run(request: HttpRequest) -> HttpResponse:
    """Compare everything now."""
    carry_out(
        request,
        lambda: reconciliation.reconcile(
            stripe_books=transfers_since if is_configured() else None,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Compared."),
    )
    return redirect("portal:reconciliation")


@finance_required
@require_safe
def export(request: HttpRequest) -> StreamingHttpResponse:
    """Send every difference as CSV; ``?form=international`` with commas."""
    header = [
        _("Difference"), _("Key"), _("Amount"), _("Currency"), _("Payment"), _("State"),
        _("First seen"), _("Last seen"), _("Who minds it"), _("Note"), _("Closed by"), _("Closed"),
    ]  # fmt: skip
    day = timezone.localdate().isoformat()
    return csv_response(request, f"differences-{day}.csv", header, _cells())


def _cells() -> Iterator[list[Cell]]:
    for one in staff_reconciliation.differences("").iterator(chunk_size=500):
        yield [
            str(words_of(one.kind).label), one.key,
            Money(one.amount_minor, one.currency) if one.currency else None, one.currency,
            one.item.reference if one.item else "", str(one.get_state_display()),
            one.first_seen_at, one.last_seen_at, str(one.owner or ""), one.note,
            str(one.closed_by or ""), one.closed_at,
        ]  # fmt: skip


@finance_required
@require_safe
def difference_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one difference: both sides, who minds it, what it may belong to, and its history."""
    one = get_object_or_404(staff_reconciliation.differences(""), pk=pk)
    words = words_of(one.kind)
    items, entries = staff_reconciliation.suggestions(one)
    context = {
        "difference": one,
        "words": words,
        "state": difference_state(one),
        "facts": _facts(one),
        "form": MindForm(initial={"owner": one.owner_id, "note": one.note}),
        "stops": _stops(one),
        "is_open": one.state == DifferenceState.OPEN,
        "items": [{"item": item, "href": item_page(item)} for item in items],
        "entries": entries,
        "has_suggestions": bool(items or entries),
        **_remedy(one, items, entries),
        "history": journal([one]),
        "breadcrumbs": [(_("Reconciliation"), reverse("portal:reconciliation"))],
    }
    return render(request, "finance/difference_detail.html", context)


def _remedy(one: Difference, items: Sequence[Item], entries: Sequence[BankEntry]) -> dict[str, Any]:
    """Whether matching ends a difference, and what can be chosen for it."""
    is_open = one.state == DifferenceState.OPEN
    if one.kind in matching.PAYOUTS:
        choices = [(str(line.pk), f"{line.reference} · {line.text}"[:90]) for line in entries]
    else:
        choices = [(item.reference, f"{item.reference} · {item.affiliate.name}") for item in items]
    wants_payout = one.kind in matching.LINES or (
        one.kind in matching.TRANSFERS and is_configured()
    )
    return {
        "may_match": is_open and (wants_payout or bool(choices and one.kind in matching.PAYOUTS)),
        "wants_payout": wants_payout,
        "choices": choices,
        "may_read": is_open and one.kind in matching.READINGS and is_configured(),
    }


def _stops(one: Difference) -> list[str]:
    """What an open difference stops, in sentences."""
    if one.state != DifferenceState.OPEN or one.kind in STOPS_NOTHING:
        return []
    said = []
    if one.batch is not None:
        said.append(
            _("Nothing of batch %(reference)s leaves.") % {"reference": one.batch.reference}
        )
    if one.affiliate is not None:
        said.append(_("Nothing is paid to %(name)s.") % {"name": one.affiliate.name})
    return said


def _facts(one: Difference) -> list[tuple[str, str]]:
    amount = Money(one.amount_minor, one.currency) if one.currency else None
    facts = [
        (_("Difference"), format_money(amount) if amount else ""),
        (_("Key"), one.key),
        (_("First seen"), format_moment(one.first_seen_at)),
        (_("Last seen"), format_moment(one.last_seen_at)),
        (_("Payment"), str(one.item.reference) if one.item else ""),
        (_("Payee"), one.item.affiliate.name if one.item else ""),
        *facts_of(one),
        (_("Closed"), format_moment(one.closed_at) if one.closed_at else ""),
        (_("Closed by"), str(one.closed_by or "")),
    ]
    return [(label, value) for label, value in facts if value]


@finance_required
@require_POST
def difference_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line of the bank, or a transfer of Stripe, for a payout that the person names."""
    one, form = get_object_or_404(Difference, pk=pk), ReasonForm(request.POST)
    entry, payout = request.POST.get("entry", ""), request.POST.get("payout", "")
    if form.is_valid():
        given: Any = {
            "difference_id": one.pk,
            "item_id": next(iter(payouts_named([payout.strip().upper()])), None),
            "actor_id": current_user(request).pk,
            "reason": form.cleaned_data["reason"],
            "now": timezone.now(),
        }
        carry_out(
            request,
            lambda: (
                matching.match_transfer(**given)
                if one.kind in matching.TRANSFERS
                else matching.match_line(
                    **given, entry_id=int(entry) if entry.isdecimal() else None
                )
            ),
            done=_("Matched."),
        )
    else:
        say_errors(request, form)
    return redirect("portal:difference-detail", pk)


@finance_required
@require_POST
def difference_read(request: HttpRequest, pk: int) -> HttpResponse:
    """Write down what Stripe says now of a transfer."""
    one = get_object_or_404(Difference, pk=pk)
    carry_out(
        request,
        lambda: matching.read_transfer(
            difference_id=one.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Read: what came back is due again."),
    )
    return redirect("portal:difference-detail", pk)


@finance_required
@require_POST
def difference_mind(request: HttpRequest, pk: int) -> HttpResponse:
    """Say who minds a difference, and what they know."""
    one, form = get_object_or_404(Difference, pk=pk), MindForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: differences.mind(
            difference_id=one.pk,
            actor_id=current_user(request).pk,
            owner_id=form.cleaned_data["owner"],
            text=form.cleaned_data["note"],
            now=timezone.now(),
        ),
        done=_("Kept."),
    )
    return redirect("portal:difference-detail", pk)


@finance_required
@require_POST
def together(request: HttpRequest) -> HttpResponse:
    """Explain several differences with one reason, or say who minds them."""
    form, is_explained = TogetherForm(request.POST), request.POST.get("act") == "explain"
    said = _("Explained: those that were open.") if is_explained else _("Kept.")
    carry_out_form(request, form, lambda: _do_together(request, form, is_explained), done=said)
    return redirect("portal:reconciliation")


def _do_together(request: HttpRequest, form: TogetherForm, is_explained: bool) -> int:
    given, actor_id, now = form.cleaned_data, current_user(request).pk, timezone.now()
    if is_explained:
        return differences.explain_all(
            difference_ids=given["selected"], actor_id=actor_id, reason=given["note"], now=now
        )
    return differences.mind_all(
        difference_ids=given["selected"],
        actor_id=actor_id,
        owner_id=given["owner"],
        text=given["note"],
        now=now,
    )


@finance_required
@require_POST
def difference_explain(request: HttpRequest, pk: int) -> HttpResponse:
    """Close a difference with the reason why it is right as it is."""
    one, form = get_object_or_404(Difference, pk=pk), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: differences.explain(
            difference_id=one.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("Explained. It is open again if its amount changes."),
    )
    return redirect("portal:difference-detail", pk)
