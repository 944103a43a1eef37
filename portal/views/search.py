"""The search over everything: a page, and what the palette shows while one types."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from portal import search
from portal.access import (
    STAFF,
    ask_for_second_factor,
    current_user,
    lacks_second_factor,
    roles_of,
    signed_in_required,
)
from portal.query_links import text
from portal.shells import Shell, shell_of


@signed_in_required
@require_safe
def page(request: HttpRequest) -> HttpResponseBase:
    """Show what was found, as a page: for who has no scripts, and for Enter in the palette."""
    shell = _shell(request)
    if _waits_for_second_factor(request):
        return ask_for_second_factor(request)
    words = text(request.GET, "q")
    context = {
        "base": shell.base,
        "page_css": shell.css,
        "words": words,
        "groups": search.find(current_user(request), words),
        "title": _("Search"),
    }
    return render(request, "search/page.html", context)


@signed_in_required
@require_safe
def found(request: HttpRequest) -> HttpResponseBase:
    """Return what was found, for the palette; nothing for staff without a second factor."""
    _shell(request)
    if _waits_for_second_factor(request):
        return HttpResponse(status=204)
    words = text(request.GET, "q")
    groups = search.find(current_user(request), words)
    return render(request, "search/_options.html", {"groups": groups, "words": words})


def _shell(request: HttpRequest) -> Shell:
    """Return the frame of the person.

    :raises PermissionDenied: for somebody who is neither a partner nor of the team.
    """
    shell = shell_of(current_user(request))
    if shell is None:
        raise PermissionDenied
    return shell


def _waits_for_second_factor(request: HttpRequest) -> bool:
    user = current_user(request)
    return bool(STAFF & roles_of(user)) and lacks_second_factor(user)
