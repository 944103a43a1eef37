"""Personal data, for the team: what is kept for how long, and what people ask about theirs."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from core import audit, data_requests
from core.models import DataRequest, Wish
from core.nudge import nudge
from core.privacy import purging
from portal import data_erasure
from portal.access import ask_to_confirm, confirmed_lately, current_user, manager_required
from portal.data_requests import kept_file, shown
from portal.forms.data_request import DataRequestForm
from portal.privacy_language import things
from portal.staff_actions import carry_out, submitted
from portal.views.my_data import TASK
from shop.services import erasures

PAGE = 25
#: What the filter of the list can say: whether a request waits.
STATES = {"open": True, "closed": False}


@manager_required
@require_safe
def rules(request: HttpRequest) -> HttpResponse:
    """Show every rule of retention with its last run, the overdue ones first."""
    now = timezone.now()
    found = purging.standing(now=now)
    waiting = DataRequest.objects.filter(done_at__isnull=True)
    context = {
        "rules": found,
        "overdue": sum(one.is_overdue for one in found),
        "never": all(one.last is None for one in found),
        "waiting": waiting.count(),
        "late": waiting.filter(due_at__lt=now).count(),
    }
    return render(request, "manager/privacy.html", context)


@manager_required
@require_safe
def request_list(request: HttpRequest) -> HttpResponse:
    """Show what people ask about their data, the most urgent first."""
    state = request.GET.get("state", "")
    rows = DataRequest.objects.select_related("person").order_by("done_at", "due_at", "pk")
    rows = rows.order_by("due_at", "pk") if state == "open" else rows.order_by("-asked_at", "-pk")
    if state in STATES:
        rows = rows.filter(done_at__isnull=STATES[state])
    page, now = Paginator(rows, PAGE).get_page(request.GET.get("page")), timezone.now()
    context = {
        "page": page,
        "rows": [shown(one, now) for one in page],
        "states": [("open", _("Open")), ("closed", _("Closed"))],
        "is_filtered": state in STATES,
    }
    return render(request, "manager/data_request_list.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def request_new(request: HttpRequest) -> HttpResponse:
    """Write down what somebody asked by mail or letter. What names them is not kept."""
    form = DataRequestForm(request.POST or None)
    if request.method == "POST":
        now = timezone.now()
        made = submitted(form, lambda: _receive(request, form.cleaned_data, now))
        if made is not None:
            nudge(TASK)
            return redirect("portal:data-request", public_id=made.public_id)
    status = 422 if request.method == "POST" else 200
    return render(request, "manager/data_request_new.html", {"form": form}, status=status)


@manager_required
@require_safe
def request_detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a request; of one to be erased what would go, what stays and why."""
    found, now = _find(public_id), timezone.now()
    row = shown(found, now)
    asks_erasure = row.is_open and found.wish == Wish.ERASURE
    actor_id = current_user(request).pk
    preview = data_erasure.preview(found, actor_id=actor_id, now=now) if asks_erasure else None
    context = {
        "row": row,
        "request_row": found,
        "is_buyer": found.person_id is None,
        "asks_erasure": asks_erasure,
        "obstacles": preview.obstacles if preview else [],
        "going": things(preview.going) if preview else [],
        "staying": things(preview.staying) if preview else [],
        "receipt": things(data_erasure.receipt_of(found)),
        "word": _("ERASE"),
    }
    return render(request, "manager/data_request_detail.html", context)


@manager_required
@require_POST
def erase(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Erase whom a request is about: a second confirmation, then everything at once."""
    found, now = _find(public_id), timezone.now()
    back = redirect("portal:data-request", public_id=public_id)
    if not confirmed_lately(request, now):
        return ask_to_confirm(request, back.url)
    carry_out(
        request,
        lambda: data_erasure.carry_out(
            request_id=found.pk,
            typed=request.POST.get("word", ""),
            actor_id=current_user(request).pk,
            now=now,
        ),
        done=_("Erased. What stays, and why, is below."),
    )
    nudge("core.tasks.file_erasures")
    return back


@manager_required
@require_POST
def extend(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a difficult request two months more."""
    return _act(
        request, public_id, data_requests.extend, _("Two months more. Tell the person why.")
    )


@manager_required
@require_POST
def refuse(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close a request without doing what it asks."""
    return _act(request, public_id, data_requests.refuse, _("Closed. Tell the person why."))


@manager_required
@require_POST
def again(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Have a copy that failed made once more."""
    data_requests.try_again(request_id=_find(public_id).pk)
    messages.success(request, _("The copy is being made once more."))
    nudge(TASK)
    return redirect("portal:data-request", public_id=public_id)


@manager_required
@require_safe
def file(request: HttpRequest, public_id: UUID) -> HttpResponseBase:
    """Send the copy made for a buyer, to be handed on; a person with an account fetches theirs."""
    found = get_object_or_404(DataRequest, public_id=public_id, person__isnull=True)
    now = timezone.now()
    answer = kept_file(found, now=now)
    audit.record(actor=current_user(request), verb="data_request.file_taken", subject=found, at=now)
    return answer


def _receive(request: HttpRequest, said: dict[str, Any], now: datetime) -> DataRequest:
    person = said.get("person")
    about: dict[str, Any] = {}
    if said["shop"]:
        about = erasures.buyer(
            shop=said["shop"], customer_id=said["customer"], email=said["email"],
            number=said["number"],
        ).as_json()  # fmt: skip
    if said["reference"]:
        about["reference"] = said["reference"]
    asked = timezone.make_aware(datetime.combine(said["asked_on"], time()))
    return data_requests.receive(
        wish=said["wish"],
        identified=said["identified"],
        person_id=person.pk if person else None,
        about=about,
        received_by_id=current_user(request).pk,
        asked_at=min(asked, now) if said["asked_on"] <= timezone.localdate(now) else asked,
        now=now,
    )


def _act(request: HttpRequest, public_id: UUID, act: Any, done: str) -> HttpResponse:
    found = _find(public_id)
    carry_out(
        request,
        lambda: act(
            request_id=found.pk,
            because=request.POST.get("because", ""),
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=done,
    )
    return redirect("portal:data-request", public_id=public_id)


def _find(public_id: UUID) -> DataRequest:
    return get_object_or_404(DataRequest.objects.select_related("person"), public_id=public_id)
