"""How people choose to be told: their page of choices, and the link in each mail's foot."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe

from affiliates.domain.abilities import Ability
from core import notifications
from core.errors import DomainError
from core.letter_kinds import LOCK_WORDS, Category, Mail
from core.mail_html import read_token
from core.models import LetterHours, User
from core.notifications import Chosen
from portal.access import current_user, partner_may, signed_in_required
from portal.forms.letter_hours import HoursForm
from portal.refusals import sentence
from portal.shells import PARTNER, STAFF, Shell, kinds_for, shell_of
from portal.staff_access import staff_required


@signed_in_required
@require_safe
def lead(request: HttpRequest) -> HttpResponse:
    """Lead to the choices in one's own shell: mails do not know which that is.

    :raises PermissionDenied: for somebody who is neither a partner nor of the team.
    """
    shell = shell_of(current_user(request))
    if shell is None:
        raise PermissionDenied
    return redirect(shell.name("letter-choices"))


@partner_may(Ability.SEE_ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def partner_choices(request: HttpRequest) -> HttpResponse:
    """Show and keep how a partner is told."""
    return _choices(request, PARTNER)


@staff_required
@require_http_methods(["GET", "HEAD", "POST"])
def staff_choices(request: HttpRequest) -> HttpResponse:
    """Show and keep how a member of the team is told."""
    return _choices(request, STAFF)


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Stop the mails of one category, or send them again, without signing in (P7).

    The signed token is the proof, so that a mail program may post by itself (RFC 8058); looking
    at the page changes nothing, for programs that follow links look too.

    :raises Http404: for a token that we did not sign, or of somebody who is gone.
    """
    read = read_token(token)
    person = User.objects.filter(pk=read[0], is_active=True).first() if read else None
    if read is None or person is None:
        raise Http404
    category = read[1]
    if request.method == "POST":
        change = notifications.start if request.POST.get("act") == "start" else notifications.stop
        change(person_id=person.pk, category=category)
    with override(person.language):
        response = render(
            request,
            "notifications/stop.html",
            {
                "category": category.label,
                "address": _masked(person.email),
                "kinds": notifications.stoppable(category),
                "is_stopped": notifications.is_stopped(person, category),
                "is_done": request.method == "POST",
                "here": reverse("portal:letters-stop", args=[token]),
                "choices_url": reverse("portal:letter-choices-lead"),
            },
        )
    add_never_cache_headers(response)
    response["Referrer-Policy"] = "no-referrer"
    return response


def _choices(request: HttpRequest, shell: Shell) -> HttpResponse:
    person = current_user(request)
    hours = LetterHours.objects.filter(person=person).first()
    form = HoursForm(request.POST or None, person=person, hours=hours)
    if request.method == "POST" and form.is_valid():
        try:
            notifications.choose(person_id=person.pk, choices=_typed(request, person, shell))
            notifications.keep_hours(person_id=person.pk, **form.cleaned_data)
        except DomainError as refusal:
            form.add_error(None, sentence(refusal))
        else:
            messages.success(request, _("Your choices are kept."))
            return redirect(shell.name("letter-choices"))
    rows = notifications.chosen(person, kinds_for(person, shell))
    context = {
        "base": shell.base,
        "page_css": shell.css,
        "form": form,
        "groups": _groups(rows),
        "breadcrumbs": [(_("Notifications"), reverse(shell.name("notification-list")))],
    }
    failed = form.is_bound and not form.is_valid()
    return render(request, "notifications/choices.html", context, status=422 if failed else 200)


def _typed(request: HttpRequest, person: User, shell: Shell) -> dict[str, tuple[str, bool]]:
    """Return what was chosen of the kinds of this page; of the locked ones the mail stays."""
    typed = {}
    for kind in kinds_for(person, shell):
        mail = str(kind.mail) if kind.is_locked else request.POST.get(f"mail-{kind.key}", kind.mail)
        typed[kind.key] = (mail, f"app-{kind.key}" in request.POST)
    return typed


def _groups(rows: list[Chosen]) -> list[dict[str, Any]]:
    """Return the rows by category, in the order of the categories."""
    found = []
    for category in Category:
        theirs = [_row(one) for one in rows if one.kind.category == category]
        if theirs:
            found.append({"label": category.label, "key": category.value, "rows": theirs})
    return found


def _row(one: Chosen) -> dict[str, Any]:
    kind = one.kind
    return {
        "key": kind.key,
        "words": kind.words,
        "about": kind.about,
        "lock": LOCK_WORDS[kind.lock] if kind.lock else "",
        "options": [(mail.value, mail.label, mail == one.mail) for mail in kind.choices],
        "mail_words": Mail(one.mail).label,
        "in_app": one.in_app,
    }


def _masked(address: str) -> str:
    """Return an address so that its owner knows it and a stranger does not."""
    name, _at, host = address.partition("@")
    return f"{name[:1]}•••@{host}"
