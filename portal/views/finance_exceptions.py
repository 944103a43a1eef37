"""What somebody of finance has to look at (F5)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import Affiliate
from payouts.domain.currency import CURRENCY
from payouts.models import AdjustmentProposal
from payouts.queries.exceptions import ExceptionKind, OpenException, exceptions
from payouts.queries.why_not_paid import staff_sentence
from payouts.services import das2, write_offs
from payouts.services import exceptions as minding
from payouts.services.failed_messages import MessageKind, failed_messages, try_again
from portal.access import current_user, finance_required
from portal.formats import in_paris
from portal.forms.control import MindForm, owner_choices
from portal.forms.staff import ReasonForm
from portal.item_pages import item_page
from portal.staff_actions import carry_out, carry_out_form

OLD = timedelta(days=7)
_KINDS = {
    MessageKind.STRIPE: gettext_lazy("Message of Stripe"),
    MessageKind.MAIL: gettext_lazy("Mail"),
}


@finance_required
@require_safe
def exception_list(request: HttpRequest) -> HttpResponse:
    """Show what waits for somebody, the oldest first; what is put off on demand."""
    now = timezone.now()
    found = exceptions(now)
    with_snoozed = request.GET.get("all") == "1"
    shown = [one for one in found if with_snoozed or not one.is_snoozed(now)]
    waiting = write_offs.waiting(one.affiliate.pk for one in shown)
    owners = owner_choices()
    context = {
        "rows": [
            {**_row(number, one, owners, now), **_write_off(number, one, waiting)}
            for number, one in enumerate(shown)
        ],
        "snoozed": sum(one.is_snoozed(now) for one in found),
        "with_snoozed": with_snoozed,
        "declaration": das2.due(now),
        "failed": [{"message": one, "kind": _KINDS[one.kind]} for one in failed_messages()],
    }
    return render(request, "finance/exceptions.html", context)


@finance_required
@require_POST
def exception_mind(request: HttpRequest) -> HttpResponse:
    """Say who looks at one, what is known, and until when it is put off."""
    form = MindForm(request.POST)
    carry_out_form(request, form, lambda: _mind(request, form), done=_("Saved."))
    return redirect("portal:exception-list")


def _mind(request: HttpRequest, form: MindForm) -> None:
    given = form.cleaned_data
    minding.mind(
        key=given["key"],
        owner_id=given["owner"].pk if given["owner"] else None,
        note=given["note"],
        snoozed_until=form.until(),
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )


@finance_required
@require_POST
def write_off(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Propose to give up what somebody owes; another person books it."""
    affiliate, form = get_object_or_404(Affiliate, public_id=public_id), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: write_offs.propose(
            affiliate_id=affiliate.pk,
            currency=CURRENCY,
            reason=form.cleaned_data["reason"],
            author_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Proposed. Another person approves it: nothing is booked before."),
    )
    return redirect("portal:exception-list")


def _write_off(
    number: int, one: OpenException, waiting: Mapping[int, AdjustmentProposal]
) -> dict[str, Any]:
    """What can be done about a debt: to propose to give it up, or to look at who did."""
    if one.kind != ExceptionKind.DEBT:
        return {}
    found = waiting.get(one.affiliate.pk)
    if found is not None:
        return {"proposal": reverse("portal:adjustment-detail", args=[found.pk])}
    return {
        "write_off": reverse("portal:exception-write-off", args=[one.affiliate.public_id]),
        "write_off_dialog": f"write-off-{number}",
        "write_off_title": _("Write off what %(name)s owes?") % {"name": one.affiliate.name},
    }


@finance_required
@require_POST
def message_again(request: HttpRequest, kind: str, pk: int) -> HttpResponse:
    """Let a message that failed for good be tried again.

    :raises Http404: for a kind of message that there is not.
    """
    if kind not in _KINDS:
        raise Http404
    carry_out(
        request,
        lambda: try_again(
            kind=MessageKind(kind),
            pk=pk,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("It is tried again now."),
    )
    return redirect("portal:exception-list")


def _row(
    number: int, one: OpenException, owners: Sequence[tuple[Any, str]], now: datetime
) -> dict[str, Any]:
    minded, days = one.minded, (now - one.since).days
    snoozed = minded.snoozed_until if minded else None
    return {
        "one": one,
        "what": _what(one),
        "next": _next(one),
        "href": _href(one),
        "age": ngettext("%(count)s day", "%(count)s days", days) % {"count": days},
        "tone": "warning" if now - one.since > OLD else None,
        "minded": minded,
        "snoozed_until": snoozed if one.is_snoozed(now) else None,
        "dialog": f"mind-{number}",
        "title": _("Who looks at %(name)s?") % {"name": one.affiliate.name},
        "form": MindForm(
            auto_id=f"mind-{number}-%s",
            owners=owners,
            initial={
                "key": one.key,
                "owner": minded.owner_id if minded else None,
                "note": minded.note if minded else "",
                "snoozed_until": in_paris(snoozed).date() if snoozed else None,
            },
        ),
    }


def _what(one: OpenException) -> str:
    if one.kind == ExceptionKind.GATE:
        return " ".join(staff_sentence(gate) for gate in one.gates)
    return {
        ExceptionKind.UNKNOWN: _("Nobody knows whether this payment left."),
        ExceptionKind.FAILED: _("This payment failed."),
        ExceptionKind.RETURNED: _("The payment came back."),
        ExceptionKind.BANK_FAILED: _("The payment did not reach the payee's bank."),
        ExceptionKind.DEBT: _("The balance has been below zero for more than 90 days."),
        ExceptionKind.NAME: _("The bank says that the account is in another name."),
    }[one.kind]


def _next(one: OpenException) -> str:
    return {
        ExceptionKind.UNKNOWN: _("Look it up at the rail before anything is sent again."),
        ExceptionKind.FAILED: _("Read why; what was in it is due again."),
        ExceptionKind.RETURNED: _("Ask the payee for other bank details."),
        ExceptionKind.BANK_FAILED: _("Ask the payee to mend the bank account at Stripe."),
        ExceptionKind.DEBT: _("Agree on a repayment, or propose to write it off."),
        ExceptionKind.NAME: _("Ask the payee for the name that their bank knows."),
        ExceptionKind.GATE: _("Help the payee to settle it: more than €500 waits."),
    }[one.kind]


def _href(one: OpenException) -> str:
    if one.item is not None:
        return item_page(one.item)
    return reverse("portal:ledger-detail", args=[one.affiliate.public_id])
