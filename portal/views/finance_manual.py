"""Payouts made by hand: begun, marked as paid one by one with a proof, or given up."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import audit
from core.attachments import content_type
from payouts.domain.calendar import bank_date
from payouts.models import Batch, BatchStatus, Item, ItemStatus, ManualProof
from payouts.services import manual_payouts
from portal.access import current_user, finance_required
from portal.countries import country_name
from portal.downloads import file_response
from portal.formats import format_money
from portal.forms.bank import ManualPaidForm
from portal.forms.staff import ReasonForm
from portal.queries import staff_bank
from portal.staff_actions import carry_out, carry_out_form, submitted


@finance_required
@require_safe
def batch(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the payouts of a batch made by hand: which are paid, and which wait."""
    found = _find(public_id)
    items = staff_bank.manual_items(found)
    context = {
        "batch": found,
        "rows": [
            {"item": one, "href": reverse("portal:manual-item", args=[public_id, one.public_id])}
            for one in items
        ],
        "may_begin": found.status == BatchStatus.APPROVED,
        "waiting": sum(one.status in (ItemStatus.READY, ItemStatus.SENDING) for one in items),
        "why_not": manual_payouts.why_not_pay(found, current_user(request).pk),
        "breadcrumbs": _breadcrumbs(found),
    }
    return render(request, "finance/manual_batch.html", context)


@finance_required
@require_POST
def begin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let the payouts of an approved batch be made, one by one."""
    found = _find(public_id)
    carry_out(
        request,
        lambda: manual_payouts.begin(
            batch_id=found.pk, actor_id=current_user(request).pk, now=timezone.now()
        ),
        done=_("Begun: make each payment, then mark it as paid with its proof."),
    )
    return redirect("portal:manual-batch", public_id)


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def item(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Show where one payment goes; on POST, say that it was made."""
    found, now = _find_item(public_id, item_id), timezone.now()
    form = ManualPaidForm(
        request.POST or None, request.FILES or None, initial={"paid_on": bank_date(now)}
    )
    if request.method == "POST":
        paid = submitted(form, lambda: _paid(request, found, form))
        if paid is not None:
            messages.success(request, _("%(name)s is paid.") % {"name": found.affiliate.name})
            return redirect("portal:manual-batch", public_id)
    if found.status == ItemStatus.SENDING:
        audit.record_look(
            actor=current_user(request), verb="item.account_viewed", subject=found, at=now
        )
    context = {
        "item": found,
        "form": form,
        "facts": _facts(found),
        "may_pay": found.status == ItemStatus.SENDING,
        "why_not": manual_payouts.why_not_pay(found.batch, current_user(request).pk),
        "proof": ManualProof.objects.defer("body").filter(item=found).first(),
        "give_up_title": _("Give the payment to %(name)s up?") % {"name": found.affiliate.name},
        "breadcrumbs": [
            *_breadcrumbs(found.batch),
            (_("By hand"), reverse("portal:manual-batch", args=[public_id])),
        ],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "finance/manual_item.html", context, status=status)


def _paid(request: HttpRequest, found: Item, form: ManualPaidForm) -> Item:
    upload = form.cleaned_data["proof"]
    return manual_payouts.mark_paid(
        item_id=found.pk,
        reference=form.cleaned_data["reference"],
        paid_on=form.cleaned_data["paid_on"],
        proof_name=upload.name,
        proof=upload.read(),
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )


@finance_required
@require_POST
def give_up(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Say that one payment cannot be made: what is in it is due again."""
    found, form = _find_item(public_id, item_id), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: manual_payouts.give_up(
            item_id=found.pk,
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Given up: what was in it is due again."),
    )
    return redirect("portal:manual-batch", public_id)


@finance_required
@require_safe
def proof(request: HttpRequest, public_id: UUID, item_id: UUID) -> HttpResponse:
    """Send the proof of one payment. Who looked is kept."""
    kept = get_object_or_404(ManualProof, item=_find_item(public_id, item_id))
    audit.record_look(
        actor=current_user(request), verb="manual_proof.viewed", subject=kept, at=timezone.now()
    )
    body = bytes(kept.body)
    return file_response(body, name=kept.name, content_type=content_type(body))


def _facts(found: Item) -> list[tuple[str, str]]:
    items = [
        (_("Amount"), format_money(found.amount)),
        (_("Our reference"), found.reference),
        (_("Paid to"), found.payee_name),
        (_("Account"), found.iban if found.status == ItemStatus.SENDING else ""),
        (_("Account"), f"•••• {found.iban_last4}" if found.status != ItemStatus.SENDING else ""),
        (_("Town"), found.town),
        (_("Country"), country_name(found.country)),
        (_("Reference of the payment"), found.rail_reference),
        (_("Why"), found.reason),
    ]
    return [(label, value) for label, value in items if value]


def _find(public_id: UUID) -> Batch:
    return get_object_or_404(staff_bank.manual_batches(), public_id=public_id)


def _find_item(public_id: UUID, item_id: UUID) -> Item:
    rows = Item.objects.select_related("batch", "affiliate")
    found = rows.filter(batch=_find(public_id), public_id=item_id).first()
    if found is None:
        raise Http404
    return found


def _breadcrumbs(found: Batch) -> list[tuple[str, str]]:
    return [
        (_("Batches"), reverse("portal:batch-list")),
        (found.reference, reverse("portal:batch-detail", args=[found.public_id])),
    ]
