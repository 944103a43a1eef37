"""Lines of the bank that were taken for the wrong payout: one person asks, another agrees."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from payouts.models import BankEntry
from payouts.services import unmatching
from portal.access import current_user, finance_required
from portal.forms.staff import ReasonForm
from portal.staff_actions import carry_out, carry_out_form


@finance_required
@require_POST
def ask(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for a line to be taken off its payout, for a reason."""
    entry, form = get_object_or_404(BankEntry, pk=pk), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: unmatching.ask(
            entry_id=entry.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("Asked for. Another person agrees: nothing changes before."),
    )
    return redirect("portal:bank-line", pk)


@finance_required
@require_POST
def agree(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a line off its payout, because somebody else asked for it."""
    return _decide(request, pk, unmatching.agree, _("Taken off: the payout is what it was before."))


@finance_required
@require_POST
def let_stand(request: HttpRequest, pk: int) -> HttpResponse:
    """Leave a line at its payout."""
    return _decide(request, pk, unmatching.let_stand, _("It stays where it is."))


def _decide(
    request: HttpRequest, pk: int, service: Callable[..., object], done: str
) -> HttpResponse:
    entry = get_object_or_404(BankEntry, pk=pk)
    carry_out(
        request,
        lambda: service(entry_id=entry.pk, actor_id=current_user(request).pk, now=timezone.now()),
        done=done,
    )
    return redirect("portal:bank-line", pk)
