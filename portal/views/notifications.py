"""What people were told, by day: the bell of the partner's shell and of the team's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from core import notifications
from core.letter_kinds import KINDS, Category
from core.models import Notification, User
from portal.access import current_user, partner_may, signed_in_required, view_of
from portal.formats import in_paris
from portal.shells import PARTNER, STAFF, Shell, shell_of
from portal.staff_access import staff_required

PAGE = 30
UNREAD = "unread"


@dataclass(frozen=True, slots=True)
class Day:
    """What came on one day."""

    on: date
    notes: list[Notification]


@signed_in_required
@require_safe
def lead(request: HttpRequest) -> HttpResponse:
    """Lead to the notifications in one's own shell: mails do not know which that is.

    :raises PermissionDenied: for somebody who is neither a partner nor of the team.
    """
    shell = shell_of(current_user(request))
    if shell is None:
        raise PermissionDenied
    return redirect(shell.name("notification-list"))


@require_safe
def count(request: HttpRequest) -> HttpResponse:
    """Return the number at the bell; nothing for who is not signed in any more, or only looks."""
    if not isinstance(request.user, User) or view_of(request.user) is not None:
        return HttpResponse(status=204)
    unread = notifications.unread_count(request.user)
    words = render_to_string("notifications/_count.html", {"unread": unread})
    return HttpResponse(words, headers={"Cache-Control": "no-store"})


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def partner_list(request: HttpRequest) -> HttpResponse:
    """Show what a partner was told."""
    return _list(request, PARTNER)


@partner_may(Ability.SEE_ACCOUNT)
@require_POST
def partner_read(request: HttpRequest) -> HttpResponse:
    """Note that a partner read all that they saw."""
    return _read(request, PARTNER)


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def partner_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one notification whole."""
    return _detail(request, PARTNER, pk)


@staff_required
@require_safe
def staff_list(request: HttpRequest) -> HttpResponse:
    """Show what a member of the team was told."""
    return _list(request, STAFF)


@staff_required
@require_POST
def staff_read(request: HttpRequest) -> HttpResponse:
    """Note that a member of the team read all that they saw."""
    return _read(request, STAFF)


@staff_required
@require_safe
def staff_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one notification whole."""
    return _detail(request, STAFF, pk)


def _list(request: HttpRequest, shell: Shell) -> HttpResponse:
    person, category = current_user(request), _category(request.GET.get("category", ""))
    unread = request.GET.get("state") == UNREAD
    rows = notifications.of_person(person, category=category, unread=unread)
    if view_of(person) is not None:  # Who looks at an account has no part in its people's mail.
        rows = rows.none()
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    notes = list(page)
    context = {
        **_shell(shell),
        "page": page,
        "days": [
            Day(on, list(group))
            for on, group in groupby(notes, key=lambda one: in_paris(one.at).date())
        ],
        "categories": Category.choices,
        "states": [(UNREAD, _("Not read"))],
        "category": category,
        "is_filtered": bool(category or unread),
        "newest": notes[0].pk if notes else 0,
        "has_unread": any(one.read_at is None for one in notes)
        or notifications.unread_count(person, most=1),
    }
    return render(request, "notifications/list.html", context)


def _read(request: HttpRequest, shell: Shell) -> HttpResponse:
    until = request.POST.get("until", "")
    category = _category(request.POST.get("category", ""))
    if until.isdecimal() and len(until) < 19:
        notifications.read_all(
            current_user(request), until=int(until), category=category, now=timezone.now()
        )
    back = reverse(shell.name("notification-list"))
    return redirect(f"{back}?category={category}" if category else back)


def _detail(request: HttpRequest, shell: Shell, pk: int) -> HttpResponse:
    person = current_user(request)
    if view_of(person) is not None:  # One's own are nothing of the account that one looks at.
        raise Http404
    found = notifications.read(person, pk=pk, now=timezone.now())
    if found is None:
        raise Http404
    kind = KINDS.get(found.kind)
    context = {
        **_shell(shell),
        "note": found,
        "kind_words": kind.words if kind else "",
        "breadcrumbs": [(_("Notifications"), reverse(shell.name("notification-list")))],
    }
    return render(request, "notifications/detail.html", context)


def _category(asked: str) -> str:
    return asked if asked in Category.values else ""


def _shell(shell: Shell) -> dict[str, Any]:
    return {
        "base": shell.base,
        "page_css": shell.css,
        "list_name": shell.name("notification-list"),
        "detail_name": shell.name("notification"),
        "read_url": reverse(shell.name("notification-read")),
        "choices_url": reverse(shell.name("letter-choices")),
    }
