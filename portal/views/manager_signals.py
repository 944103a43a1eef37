"""The signals: what each looks for, how it is used, how right it was, and trying it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from fraud.domain.signal import AffiliateSignal, Rule
from fraud.domain.signals import SIGNALS
from fraud.models import Backtest, BacktestStatus, Family, Mode, SignalSetting
from fraud.queries.cases import precision_of
from fraud.services import backtest, settings
from portal.access import current_user, manager_required
from portal.formats import format_bps, format_count
from portal.forms.signal import SettingForm, TryForm
from portal.queries.staff_signals import activity, precisions
from portal.signal_language import (
    NOT_KNOWN,
    clears_sentence,
    family_name,
    mode_status,
    rule_sentence,
    signal_label,
    signal_sentence,
    told_rule,
)
from portal.staff_actions import submitted

SHOWN = 50


@manager_required
@require_safe
def signal_list(request: HttpRequest) -> HttpResponse:
    """Show every signal by family: how it is used, how often it spoke, how right it was."""
    latest, spoke, right = _latest(), activity(timezone.now()), precisions()
    groups = [
        (
            family_name(family),
            [
                {
                    "code": code,
                    "name": signal_label(code),
                    "number": signal.number,
                    "is_of_account": isinstance(signal, AffiliateSignal),
                    "mode": mode_status(latest[code].mode if code in latest else Mode.LIVE),
                    "spoke": spoke.get(code, 0),
                    "precision": precision_text(*right.get(code, (0, 0))),
                    "href": reverse("portal:signal-detail", args=[code]),
                }
                for code, signal in SIGNALS.items()
                if signal.family.value == family
            ],
        )
        for family in Family.values
    ]
    context = {
        "groups": groups,
        "breadcrumbs": [(_("Reviews"), reverse("portal:review-list"))],
    }
    return render(request, "manager/signal_list.html", context)


@manager_required
@require_safe
def signal_detail(request: HttpRequest, code: str) -> HttpResponse:
    """Show one signal, its settings and its back-tests."""
    return _page(request, _signal(code))


@manager_required
@require_POST
def signal_change(request: HttpRequest, code: str) -> HttpResponse:
    """Use a signal otherwise from now on."""
    signal = _signal(code)
    form = SettingForm(request.POST, usual=signal.limits, now=_limits(signal))
    changed = submitted(
        form,
        lambda: settings.change(
            code=code,
            mode=form.cleaned_data["mode"],
            thresholds=form.limits,
            reason=form.cleaned_data["reason"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if changed is None:
        return _page(request, signal, setting=form, status=422)
    messages.success(request, _("Used like this from now on."))
    return redirect("portal:signal-detail", code)


@manager_required
@require_POST
def signal_try(request: HttpRequest, code: str) -> HttpResponse:
    """Try a signal on past orders; a worker does it."""
    signal = _signal(code)
    form = TryForm(request.POST, usual=signal.limits, now=_limits(signal), auto_id="try_%s")
    asked = submitted(
        form,
        lambda: backtest.ask(
            code=code,
            thresholds=form.limits,
            days=form.cleaned_data["days"],
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
    )
    if asked is None:
        return _page(request, signal, trying=form, status=422)
    messages.success(request, _("It is being tried. Nothing changes by it."))
    return redirect(f"{reverse('portal:signal-detail', args=[code])}#tries")


def precision_text(decided: int, refused: int) -> str:
    """How right a signal was: the share that people refused, of how many they decided about."""
    if not decided:
        return NOT_KNOWN
    return _("%(share)s of %(n)s") % {
        "share": format_bps(refused * 10_000 // decided // 10 * 10),
        "n": format_count(decided),
    }


def _signal(code: str) -> Rule:
    signal = SIGNALS.get(code)
    if signal is None:
        raise Http404
    return signal


def _latest() -> dict[str, SignalSetting]:
    rows = SignalSetting.objects.filter(valid_from__lte=timezone.now())
    return {row.code: row for row in rows.order_by("code", "-valid_from").distinct("code")}


def _limits(signal: Rule) -> dict[str, int]:
    setting = _latest().get(signal.code)
    return {**signal.limits, **(setting.thresholds if setting else {})}


def _page(
    request: HttpRequest,
    signal: Rule,
    *,
    setting: SettingForm | None = None,
    trying: TryForm | None = None,
    status: int = 200,
) -> HttpResponse:
    latest = _latest().get(signal.code)
    limits = _limits(signal)
    mode = latest.mode if latest else Mode.LIVE
    tries = list(Backtest.objects.filter(code=signal.code).select_related("author")[:5])
    done = next((one for one in tries if one.status == BacktestStatus.DONE), None)
    context = {
        "signal": signal,
        "title": signal_label(signal.code),
        "state": mode_status(mode),
        "family": family_name(signal.family.value),
        "is_of_account": isinstance(signal, AffiliateSignal),
        "says": rule_sentence(signal.code),
        "told": told_rule(signal.code),
        "clears": clears_sentence(signal.code),
        "precision": precision_text(*precision_of(signal.code)),
        "setting": setting or SettingForm(usual=signal.limits, now=limits, initial={"mode": mode}),
        "trying": trying or TryForm(usual=signal.limits, now=limits, auto_id="try_%s"),
        "versions": SignalSetting.objects.filter(code=signal.code)
        .select_related("author")
        .order_by("-valid_from"),
        "tries": [_tried(one) for one in tries],
        "is_under_way": any(one.is_under_way for one in tries),
        "done": done,
        "flagged": _flagged(done) if done else [],
        "breadcrumbs": [
            (_("Reviews"), reverse("portal:review-list")),
            (_("Signals"), reverse("portal:signal-list")),
        ],
    }
    return render(request, "manager/signal_detail.html", context, status=status)


def _tried(one: Backtest) -> dict[str, Any]:
    summary = one.summary or {}
    levels = summary.get("levels", {})
    return {
        "row": one,
        "state": one.get_status_display(),
        "flagged": sum(levels.get(level, 0) for level in ("refuse", "hold", "review")),
        "judged": summary.get("judged", 0),
        "unknown": summary.get("unknown", 0),
        "paid": summary.get("paid", 0),
        "precision": precision_text(summary.get("decided", 0), summary.get("refused", 0)),
        "thresholds": ", ".join(f"{name} {value}" for name, value in one.thresholds.items()),
    }


def _flagged(one: Backtest) -> list[dict[str, Any]]:
    rows = one.flagged.select_related("affiliate", "credit__order").order_by("pk")[:SHOWN]
    return [
        {
            "affiliate": row.affiliate,
            "order": row.credit.order if row.credit else None,
            "level": row.level,
            "said": signal_sentence(one.code, row.evidence),
            "ruling": row.ruling,
        }
        for row in rows
    ]
