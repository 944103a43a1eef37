"""Attribution policies: what holds and what held, and publishing the next one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from portal.access import current_user, manager_required
from portal.display import StatusText
from portal.forms.policy import PolicyForm
from portal.policy_language import changes, rule_sentences
from portal.queries.staff_journal import journal
from portal.staff_actions import submitted
from tracking.domain.policy import Policy
from tracking.models import AttributionPolicy
from tracking.services import policies

FIRST = Policy.from_rules({})


@dataclass(frozen=True, slots=True)
class _Row:
    """A policy beside the one that it follows."""

    policy: AttributionPolicy
    status: StatusText
    changes: list[tuple[str, str]]
    until: datetime | None


@manager_required
@require_safe
def policy_list(request: HttpRequest) -> HttpResponse:
    """Show every policy, the one that begins last first, with what it changed."""
    return render(request, "manager/policy_list.html", {"rows": _rows(timezone.now())})


@manager_required
@require_safe
def policy_detail(request: HttpRequest, number: int) -> HttpResponse:
    """Show what one policy says, rule by rule."""
    policy = get_object_or_404(AttributionPolicy, number=number)
    row = next(one for one in _rows(timezone.now()) if one.policy == policy)
    context = {
        "row": row,
        "title": _("Policy %(number)s") % {"number": policy.number},
        "sentences": rule_sentences(Policy.from_rules(policy.rules)),
        "history": journal([policy]),
        "breadcrumbs": [(_("Attribution"), reverse("portal:policy-list"))],
    }
    return render(request, "manager/policy_detail.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def policy_new(request: HttpRequest) -> HttpResponse:
    """Show the form for the next policy, filled with what the last one says, and publish it."""
    now = timezone.now()
    form = PolicyForm(request.POST) if request.method == "POST" else _blank(now)
    published = submitted(
        form,
        lambda: policies.publish(
            rules=form.rules(),
            name=form.cleaned_data["name"],
            valid_from=form.valid_from,
            actor_id=current_user(request).pk,
            now=now,
        ),
    )
    if published is not None:
        messages.success(request, _("Published. It decides about orders from its first day on."))
        return redirect("portal:policy-detail", published.number)
    context = {"form": form, "breadcrumbs": [(_("Attribution"), reverse("portal:policy-list"))]}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.is_bound else HTTPStatus.OK
    return render(request, "manager/policy_new.html", context, status=status)


def _blank(now: datetime) -> PolicyForm:
    last = AttributionPolicy.objects.order_by("-valid_from")[0]
    tomorrow = timezone.localdate(now, timezone.get_default_timezone()).toordinal() + 1
    values = PolicyForm.of(Policy.from_rules(last.rules))
    return PolicyForm(initial={**values, "begins_on": now.date().fromordinal(tomorrow)})


def _rows(now: datetime) -> list[_Row]:
    """Return the policies, last to begin first. One query."""
    rows: list[_Row] = []
    before, until = FIRST, None
    found = list(AttributionPolicy.objects.order_by("valid_from"))
    for place, policy in enumerate(found):
        following = found[place + 1] if place + 1 < len(found) else None
        until = following.valid_from if following else None
        said = Policy.from_rules(policy.rules)
        changed = changes(before, said) if place else rule_sentences(said)[:1]
        rows.append(_Row(policy, _status(policy, until, now), changed, until))
        before = said
    return rows[::-1]


def _status(policy: AttributionPolicy, until: datetime | None, now: datetime) -> StatusText:
    if policy.valid_from > now:
        return StatusText("future", _("To come"), "info", "hourglass")
    if until is not None and until <= now:
        return StatusText("over", _("Over"), "neutral", "archive")
    return StatusText("live", _("In force"), "success", "circle-check")
