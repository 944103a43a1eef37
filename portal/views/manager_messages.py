"""The team's inbox: threads with affiliates, answers that are given often, notes for the team."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.models import Affiliate, CannedAnswer, Thread, ThreadStatus
from affiliates.queries import language_of
from affiliates.services import messages
from core import staff
from portal.access import current_user, manager_required
from portal.forms.message import AnswerForm, NoteForm, ReplyForm, ThreadAssignForm, ThreadForm
from portal.message_language import thread_status
from portal.message_objects import subject_of_thread
from portal.queries import messages as queries
from portal.query_links import Chip, text
from portal.staff_actions import carry_out, carry_out_form, submitted
from portal.staff_filters import choice_chips
from portal.views.messages import file_response

PAGE = 25


@manager_required
@require_safe
def inbox(request: HttpRequest) -> HttpResponse:
    """Show the threads that wait for the team, or others."""
    reader, query, now = current_user(request), request.GET, timezone.now()
    states = [one.value for one in ThreadStatus]
    state = query.get("state", "")
    state = state if state in (*states, queries.ALL) else ThreadStatus.OPEN.value
    search, mine = text(query, "q"), query.get("assignee") == queries.MINE
    rows = queries.inbox(reader, state=state, mine=mine, search=search)
    page, numbers = Paginator(rows, PAGE).get_page(query.get("page")), queries.counts(reader)
    context = {
        "now": now,
        "page": page,
        "rows": [_row(one) for one in page],
        "states": choice_chips(
            query,
            "state",
            [(one, thread_status(one, for_team=True).label, numbers.get(one)) for one in states]
            + [(queries.ALL, _("All"), None)],
            current=state,
            default=ThreadStatus.OPEN.value,
        ),
        "assignees": [(queries.MINE, _("Mine"), numbers[queries.MINE])],
        "search": search,
        "is_filtered": bool(search or mine),
        "kept": [(name, query[name]) for name in ("state", "assignee") if query.get(name)],
    }
    return render(request, "messages/inbox.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def thread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a thread with its notes, and take the team's answer. ``?answer=`` begins with words."""
    found, person = _find(public_id), current_user(request)
    form = ReplyForm(
        request.POST or None,
        request.FILES or None,
        initial={"text": _begin(found, request.GET.get("answer", ""))},
    )
    if request.method == "POST":
        made = submitted(
            form,
            lambda: messages.write(
                thread_id=found.pk,
                text=form.cleaned_data["text"],
                file=form.cleaned_data["file"],
                actor_id=person.pk,
                key=form.cleaned_data["key"],
                now=timezone.now(),
                is_from_team=True,
            ),
        )
        if made is not None:
            carry_out(request, lambda: None, done=_("The answer is sent."))
            return redirect("portal:thread-detail", public_id)
    else:
        messages.seen(thread_id=found.pk, person_id=person.pk, now=timezone.now())
    status = 422 if form.is_bound else 200
    return render(request, "messages/staff_thread.html", _page(found, form), status=status)


@manager_required
@require_POST
def note(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Note something for the team alone."""
    found, form = _find(public_id), NoteForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: messages.note(
            thread_id=found.pk,
            text=form.cleaned_data["text"],
            actor_id=current_user(request).pk,
            key=form.cleaned_data["key"],
            now=timezone.now(),
        ),
        done=_("Noted for the team."),
    )
    return redirect("portal:thread-detail", public_id)


@manager_required
@require_POST
def assign(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Give a thread to a manager."""
    found = _find(public_id)
    form = ThreadAssignForm(request.POST, managers=staff.of_role("manager"))
    carry_out_form(
        request,
        form,
        lambda: messages.assign(
            thread_id=found.pk,
            assignee_id=form.cleaned_data["assignee"].pk if form.cleaned_data["assignee"] else None,
        ),
        done=_("Who answers is kept."),
    )
    return redirect("portal:thread-detail", public_id)


@manager_required
@require_POST
def close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Close a thread: nothing is left to answer."""
    found = _find(public_id)
    carry_out(
        request,
        lambda: messages.close(thread_id=found.pk, now=timezone.now()),
        done=_("The conversation is closed. Writing in it opens it again."),
    )
    return redirect("portal:thread-list")


@manager_required
@require_safe
def file(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:  # noqa: ARG001
    """Send a file that came with a message."""
    return file_response(_find(public_id), number, for_team=True)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write to an affiliate first."""
    affiliate = get_object_or_404(Affiliate, public_id=public_id)
    form = ThreadForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        made = submitted(
            form,
            lambda: messages.begin(
                affiliate_id=affiliate.pk,
                subject=form.cleaned_data["subject"],
                text=form.cleaned_data["text"],
                file=form.cleaned_data["file"],
                actor_id=current_user(request).pk,
                key=form.cleaned_data["key"],
                now=timezone.now(),
                is_from_team=True,
            ),
        )
        if made is not None:
            carry_out(request, lambda: None, done=_("The message is sent."))
            return redirect("portal:thread-detail", made.public_id)
    back = reverse("portal:affiliate-detail", args=[affiliate.public_id])
    context = {
        "affiliate": affiliate,
        "form": form,
        "back": back,
        "reads": _language_words(affiliate),
        "breadcrumbs": [
            (_("Affiliates"), reverse("portal:affiliate-list")),
            (affiliate.name, back),
        ],
    }
    return render(request, "messages/begin.html", context, status=422 if form.is_bound else 200)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def answer_list(request: HttpRequest) -> HttpResponse:
    """Show the answers that are given often, and keep another."""
    form = AnswerForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        done = carry_out(
            request,
            lambda: messages.keep_answer(
                **form.cleaned_data, actor_id=current_user(request).pk, now=timezone.now()
            ),
            done=_("The answer is kept."),
        )
        if done:
            return redirect("portal:canned-list")
    context = {
        "answers": CannedAnswer.objects.filter(removed_at__isnull=True).order_by("title", "pk"),
        "form": form,
        "breadcrumbs": _crumbs(),
    }
    return render(request, "messages/answers.html", context, status=422 if form.is_bound else 200)


@manager_required
@require_POST
def answer_remove(request: HttpRequest, pk: int) -> HttpResponse:
    """Offer an answer no more."""
    carry_out(
        request,
        lambda: messages.remove_answer(pk=pk, now=timezone.now()),
        done=_("The answer is removed."),
    )
    return redirect("portal:canned-list")


def _find(public_id: UUID) -> Thread:
    rows = Thread.objects.select_related("affiliate", "assignee", "created_by")
    return get_object_or_404(rows, public_id=public_id)


def _begin(thread: Thread, answer: str) -> str:
    """Return the words of a kept answer, in the language that the affiliate reads."""
    if not answer.isdecimal() or len(answer) > 9:
        return ""
    kept = CannedAnswer.objects.filter(pk=int(answer), removed_at__isnull=True).first()
    return kept.text(language_of(thread.affiliate_id)) if kept else ""


def _row(found: Thread) -> dict[str, Any]:
    return {
        "thread": found,
        "about_words": found.get_about_display() if found.about_ref else "",
        "is_unread": getattr(found, "is_unread", False),
        "status": thread_status(found.status, for_team=True),
        "href": reverse("portal:thread-detail", args=[found.public_id]),
    }


def _page(found: Thread, form: ReplyForm) -> dict[str, Any]:
    here = reverse("portal:thread-detail", args=[found.public_id])
    kept = CannedAnswer.objects.filter(removed_at__isnull=True).order_by("title", "pk")
    return {
        "thread": found,
        "status": thread_status(found.status, for_team=True),
        "said": queries.said_in(found, for_team=True, file_route="portal:thread-file"),
        "about": subject_of_thread(found),
        "affiliate_url": reverse("portal:affiliate-detail", args=[found.affiliate.public_id]),
        "reads": _language_words(found.affiliate),
        "form": form,
        "answers": [Chip(one.title, f"{here}?answer={one.pk}#answer", False) for one in kept],
        "note_form": NoteForm(auto_id="note_%s"),
        "assign_form": ThreadAssignForm(
            managers=staff.of_role("manager"), initial={"assignee": found.assignee_id}
        ),
        "is_closed": found.status == ThreadStatus.CLOSED,
        "breadcrumbs": _crumbs(),
    }


def _language_words(affiliate: Affiliate) -> str:
    return _("English") if language_of(affiliate.pk) == "en" else _("French")


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Messages"), reverse("portal:thread-list"))]
