"""Messages of an affiliate: the threads, a new one, one with its answers, and files."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages as toasts
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Thread, ThreadAbout, ThreadStatus
from affiliates.services import messages
from core.attachments import content_type
from portal.access import current_affiliate, current_user, may, own, partner_may, view_of
from portal.forms.message import ReplyForm, ThreadForm
from portal.message_language import answer_time_words, thread_status
from portal.message_objects import subject_of, subject_of_thread
from portal.queries.messages import answer_time, said_in, threads_of
from portal.staff_actions import carry_out, submitted

PAGE = 25


@partner_may(Ability.SEE_WORK)
@require_safe
def message_list(request: HttpRequest) -> HttpResponse:
    """Show what the affiliate and the team wrote to each other."""
    affiliate, state = current_affiliate(request), request.GET.get("state", "")
    rows = threads_of(affiliate.pk, current_user(request), state=state)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [_row(one) for one in page],
        "states": [
            (one.value, thread_status(one.value, for_team=False).label) for one in ThreadStatus
        ],
        "is_filtered": state in ThreadStatus.values,
        "may_write": may(current_user(request), Ability.WORK),
        "answer_time": answer_time_words(answer_time(timezone.now())),
    }
    return render(request, "messages/list.html", context)


@partner_may(Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def message_new(request: HttpRequest) -> HttpResponse:
    """Write to the team; ``?about=sale&ref=12`` links one of the affiliate's own things.

    :raises Http404: for a thing that is not theirs.
    """
    affiliate = current_affiliate(request)
    about, ref = request.GET.get("about", ""), request.GET.get("ref", "")[:40]
    subject = subject_of(affiliate, about, ref)
    if about and subject is None:
        raise Http404
    initial = {"subject": subject.label} if subject else {}
    form = ThreadForm(request.POST or None, request.FILES or None, initial=initial)
    if request.method == "POST":
        made = submitted(
            form,
            lambda: messages.begin(
                affiliate_id=affiliate.pk,
                subject=form.cleaned_data["subject"],
                text=form.cleaned_data["text"],
                file=form.cleaned_data["file"],
                about=about if subject else ThreadAbout.GENERAL,
                about_ref=ref if subject else "",
                actor_id=current_user(request).pk,
                key=form.cleaned_data["key"],
                now=timezone.now(),
            ),
        )
        if made is not None:
            toasts.success(request, _("Your message is sent. You find the answer here."))
            return redirect("portal:message-thread", made.public_id)
    context = {
        "form": form,
        "about": subject,
        "here": request.get_full_path(),
        "answer_time": answer_time_words(answer_time(timezone.now())),
    }
    return render(request, "messages/new.html", context, status=422 if form.is_bound else 200)


@partner_may(Ability.SEE_WORK, act=Ability.WORK)
@require_http_methods(["GET", "HEAD", "POST"])
def message_thread(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show a thread, and take what is answered in it."""
    thread, person = _own(request, public_id), current_user(request)
    form = ReplyForm(request.POST or None, request.FILES or None)
    if request.method == "POST":
        made = submitted(
            form,
            lambda: messages.write(
                thread_id=thread.pk,
                text=form.cleaned_data["text"],
                file=form.cleaned_data["file"],
                actor_id=person.pk,
                key=form.cleaned_data["key"],
                now=timezone.now(),
                is_from_team=False,
            ),
        )
        if made is not None:
            toasts.success(request, _("Your message is sent."))
            return redirect("portal:message-thread", public_id)
    elif view_of(person) is None:
        messages.seen(thread_id=thread.pk, person_id=person.pk, now=timezone.now())
    context = {
        "thread": thread,
        "status": thread_status(thread.status, for_team=False),
        "said": said_in(thread, for_team=False, file_route="portal:message-file"),
        "about": subject_of_thread(thread),
        "form": form,
        "may_write": may(person, Ability.WORK),
        "is_closed": thread.status == ThreadStatus.CLOSED,
        "breadcrumbs": [(_("Messages"), reverse("portal:message-list"))],
    }
    return render(request, "messages/thread.html", context, status=422 if form.is_bound else 200)


@partner_may(Ability.WORK)
@require_POST
def message_close(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Say that nothing is left to answer."""
    thread = _own(request, public_id)
    carry_out(
        request,
        lambda: messages.close(thread_id=thread.pk, now=timezone.now()),
        done=_("The conversation is closed. Write in it to open it again."),
    )
    return redirect("portal:message-thread", public_id)


@partner_may(Ability.SEE_WORK)
@require_safe
def message_file(request: HttpRequest, public_id: UUID, number: int) -> HttpResponse:
    """Send a file of one's own thread; those of notes are not there."""
    return file_response(_own(request, public_id), number, for_team=False)


def file_response(thread: Thread, number: int, *, for_team: bool) -> HttpResponse:
    """Return a kept file to be saved, never to be shown by the browser.

    :raises Http404: when there is none that this side may have.
    """
    rows = thread.messages.filter(pk=number, file__isnull=False)
    found = (rows if for_team else rows.filter(is_internal=False)).first()
    if found is None or found.file is None:
        raise Http404
    body = bytes(found.file)
    name = "".join(sign if sign.isascii() else "_" for sign in found.file_name)
    return HttpResponse(
        body,
        content_type=content_type(body),
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "sandbox; default-src 'none'",
        },
    )


def _own(request: HttpRequest, public_id: UUID) -> Thread:
    return own(request, Thread.objects.select_related("affiliate"), public_id=public_id)


def _row(thread: Thread) -> dict[str, Any]:
    return {
        "thread": thread,
        "about_words": thread.get_about_display() if thread.about_ref else "",
        "is_unread": getattr(thread, "is_unread", False),
        "status": thread_status(thread.status, for_team=False),
        "href": reverse("portal:message-thread", args=[thread.public_id]),
    }
