"""What the bank says of the holders of payees' accounts: brought in, looked at, accepted."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payouts.models import NameCheck, NameVerdict
from payouts.services import name_checks
from portal.access import current_user, finance_required
from portal.forms.holds import NameFileForm
from portal.forms.staff import ReasonForm
from portal.queries import staff_holds
from portal.staff_actions import carry_out_form, submitted
from portal.staff_filters import choice_chips

PAGE = 50


@finance_required
@require_safe
def name_list(request: HttpRequest) -> HttpResponse:
    """Show what the bank last said of each payee's account."""
    wanted = request.GET.get("result", "")
    verdict = wanted if wanted in NameVerdict.values else ""
    page = Paginator(staff_holds.names(verdict), PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(check) for check in page],
        "verdicts": choice_chips(
            request.GET,
            "result",
            [("", _("All")), *((choice.value, choice.label) for choice in NameVerdict)],
            current=verdict,
            default="",
        ),
    }
    return render(request, "finance/name_list.html", context)


def _row(check: NameCheck) -> dict[str, Any]:
    is_waiting = check.verdict == NameVerdict.CLOSE and check.accepted_at is None
    return {
        "check": check,
        "state": staff_holds.verdict_state(check),
        "href": reverse("portal:tax-detail", args=[check.affiliate.public_id]),
        "dialog": f"accept-{check.pk}" if is_waiting else "",
        "title": _("Is “%(name)s” the payee?") % {"name": check.name_at_bank or check.name},
    }


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def file_new(request: HttpRequest) -> HttpResponse:
    """Bring the bank's answers in: all of them are taken, or none."""
    form = NameFileForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        taken = submitted(form, lambda: _taken(request, form))
        if taken is not None:
            _say(request, taken)
            return redirect("portal:payee-name-list")
    context = {
        "form": form,
        "breadcrumbs": [(_("Names at the bank"), reverse("portal:payee-name-list"))],
    }
    status = 422 if request.method == "POST" else 200
    return render(request, "finance/name_file_new.html", context, status=status)


def _taken(request: HttpRequest, form: NameFileForm) -> name_checks.Taken:
    upload = form.cleaned_data["file"]
    return name_checks.receive(
        name=upload.name,
        body=upload.read(),
        actor_id=current_user(request).pk,
        now=timezone.now(),
    )


def _say(request: HttpRequest, taken: name_checks.Taken) -> None:
    if not taken.is_new:
        messages.info(request, _("This file was here already: nothing changed."))
        return
    said = ngettext(
        "Taken: %(count)s answer about a payee.",
        "Taken: %(count)s answers about payees.",
        taken.about_payees,
    ) % {"count": taken.about_payees}
    if taken.about_nobody:
        said += " " + ngettext(
            "%(count)s line is about none of ours.",
            "%(count)s lines are about none of ours.",
            taken.about_nobody,
        ) % {"count": taken.about_nobody}
    messages.success(request, said)


@finance_required
@require_POST
def accept(request: HttpRequest, pk: int) -> HttpResponse:
    """Say that a name close to the bank's is the payee's, for a reason."""
    check, form = get_object_or_404(NameCheck, pk=pk), ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: name_checks.accept(
            check_id=check.pk,
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("Accepted, with your name and reason."),
    )
    return redirect("portal:payee-name-list")
