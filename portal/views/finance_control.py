"""Who may let how much leave: approval rules, daily limits, the kill switch (F10)."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from payouts.domain.currency import CURRENCY
from payouts.queries.approval_rules import owners, wants_owner
from payouts.services import approval_rules, minimum_rules, payout_stops
from portal.access import ask_to_confirm, confirmed_lately, current_user, finance_required
from portal.forms.control import ConfirmRulesForm, LimitForm, MinimumForm, RulesForm
from portal.forms.staff import ReasonForm
from portal.queries import staff_control
from portal.staff_actions import carry_out, carry_out_form, submitted


@finance_required
@require_safe
def control(request: HttpRequest) -> HttpResponse:
    """Show what holds, what waits for a second person, and what was changed when."""
    now, person, owning = timezone.now(), current_user(request), owners()
    context = {
        "rules": staff_control.rules_now(CURRENCY, now),
        "proposal": staff_control.waiting_rules(CURRENCY, now),
        "limits": staff_control.limits(now),
        "minimum": staff_control.waiting_minimum(),
        "stop": payout_stops.live_stop(),
        "person": person,
        "facts": staff_control.facts(now),
        "owners": [str(one) for one in owning],
        "lacks_owner": not owning and wants_owner(CURRENCY, now),
        "history": staff_control.history(),
    }
    return render(request, "finance/control.html", context)


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def rules_new(request: HttpRequest) -> HttpResponse:
    """Propose the rules that are to hold; another person confirms them."""
    now = timezone.now()
    form = RulesForm(request.POST or None)
    return _proposed(
        request,
        form,
        lambda: approval_rules.propose_rules(
            currency=CURRENCY,
            rules=form.rules(),
            valid_from=form.begins(now),
            actor_id=current_user(request).pk,
            now=now,
        ),
        _("Propose approval rules"),
    )


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def limit_new(request: HttpRequest) -> HttpResponse:
    """Propose how much a person may approve in a day; another person confirms it."""
    now = timezone.now()
    form = LimitForm(request.POST or None)
    return _proposed(
        request,
        form,
        lambda: approval_rules.propose_limit(
            user_id=form.cleaned_data["user"].pk,
            currency=CURRENCY,
            daily_minor=form.daily_minor(),
            valid_from=form.begins(now),
            actor_id=current_user(request).pk,
            now=now,
        ),
        _("Propose a daily limit"),
    )


@finance_required
@require_http_methods(["GET", "HEAD", "POST"])
def minimum_new(request: HttpRequest) -> HttpResponse:
    """Propose after how many months the minimum is lifted; another person confirms it."""
    now = timezone.now()
    form = MinimumForm(request.POST or None)
    return _proposed(
        request,
        form,
        lambda: minimum_rules.propose(
            months=form.cleaned_data["months"],
            valid_from=form.begins(now),
            actor_id=current_user(request).pk,
            now=now,
        ),
        _("Propose when the minimum is lifted"),
    )


def _proposed(
    request: HttpRequest,
    form: RulesForm | LimitForm | MinimumForm,
    propose: Callable[[], object],
    title: str,
) -> HttpResponse:
    if request.method == "POST" and submitted(form, propose) is not None:
        messages.success(request, _("Proposed. Another person confirms it."))
        return redirect("portal:control")
    context = {
        "form": form,
        "title": title,
        "breadcrumbs": [(_("Rules of payouts"), reverse("portal:control"))],
    }
    return render(request, "finance/control_form.html", context, status=422 if form.errors else 200)


@finance_required
@require_POST
def rules_confirm(request: HttpRequest) -> HttpResponse:
    """Let proposed rules hold: a second person, with a fresh passkey or code."""
    return _on_rules(request, approval_rules.confirm_rules, _("Confirmed."), fresh=True)


@finance_required
@require_POST
def rules_discard(request: HttpRequest) -> HttpResponse:
    """Take proposed rules back."""
    return _on_rules(request, approval_rules.discard_rules, _("Discarded."), fresh=False)


def _on_rules(
    request: HttpRequest, service: Callable[..., object], done: str, *, fresh: bool
) -> HttpResponse:
    now, form = timezone.now(), ConfirmRulesForm(request.POST)
    if fresh and not confirmed_lately(request, now):
        return ask_to_confirm(request, reverse("portal:control"))
    carry_out_form(
        request,
        form,
        lambda: service(
            currency=CURRENCY,
            valid_from=form.cleaned_data["valid_from"],
            actor_id=current_user(request).pk,
            now=now,
        ),
        done=done,
    )
    return redirect("portal:control")


@finance_required
@require_POST
def limit_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let a proposed limit hold: another person, with a fresh passkey or code."""
    return _confirmed(request, approval_rules.confirm_limit, limit_id=pk)


@finance_required
@require_POST
def limit_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Take a proposed limit back."""
    return _discarded(request, approval_rules.discard_limit, limit_id=pk)


@finance_required
@require_POST
def minimum_confirm(request: HttpRequest, pk: int) -> HttpResponse:
    """Let proposed months hold: another person, with a fresh passkey or code."""
    return _confirmed(request, minimum_rules.confirm, rule_id=pk)


@finance_required
@require_POST
def minimum_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Take proposed months back."""
    return _discarded(request, minimum_rules.discard, rule_id=pk)


def _confirmed(request: HttpRequest, service: Callable[..., object], **row: int) -> HttpResponse:
    now, actor_id = timezone.now(), current_user(request).pk
    if not confirmed_lately(request, now):
        return ask_to_confirm(request, reverse("portal:control"))
    carry_out(request, lambda: service(**row, actor_id=actor_id, now=now), done=_("Confirmed."))
    return redirect("portal:control")


def _discarded(request: HttpRequest, service: Callable[..., object], **row: int) -> HttpResponse:
    now, actor_id = timezone.now(), current_user(request).pk
    carry_out(request, lambda: service(**row, actor_id=actor_id, now=now), done=_("Discarded."))
    return redirect("portal:control")


@finance_required
@require_POST
def stop(request: HttpRequest) -> HttpResponse:
    """Stop every payout at once, for a reason. Nothing else is asked: it may be urgent."""
    return _switch(request, payout_stops.stop, _("All payouts are stopped."))


@finance_required
@require_POST
def resume(request: HttpRequest) -> HttpResponse:
    """Let payouts go on: another person, for a reason, with a fresh passkey or code."""
    if not confirmed_lately(request, timezone.now()):
        return ask_to_confirm(request, reverse("portal:control"))
    return _switch(request, payout_stops.resume, _("Payouts go on."))


def _switch(request: HttpRequest, service: Callable[..., object], done: str) -> HttpResponse:
    form = ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: service(
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"][:300],
            now=timezone.now(),
        ),
        done=done,
    )
    return redirect("portal:control")
