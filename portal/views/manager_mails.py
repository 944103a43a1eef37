"""Every mail that the programme sends: what it is for, how it looks, and a test to oneself."""

from __future__ import annotations

from typing import Any

from csp.constants import SELF
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_sameorigin
from django.views.decorators.http import require_POST, require_safe

from core.letter_kinds import KINDS, LOCK_WORDS, Audience, Category, Kind, Mail
from portal.access import current_user, manager_required
from portal.mail_language import AUDIENCE_NOTES, AUDIENCES
from portal.mail_pages import mail_response
from portal.mail_previews import previews
from portal.mail_previews import send_test as send
from portal.mail_samples import SAMPLES
from portal.query_links import changed
from portal.staff_actions import carry_out

LANGUAGES = ("fr", "en")


@manager_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show every kind of mail, by who gets it and what it is about."""
    audience, category = request.GET.get("for", ""), request.GET.get("about", "")
    kinds = [
        one
        for one in KINDS.values()
        if one.key in SAMPLES
        and audience in ("", one.audience.value)
        and category in ("", one.category.value)
    ]
    context = {
        "groups": _groups(kinds),
        "audiences": [(one.value, AUDIENCES[one]) for one in Audience],
        "categories": Category.choices,
        "count": len(kinds),
    }
    return render(request, "mails/list.html", context)


@manager_required
@require_safe
def detail(request: HttpRequest, kind: str) -> HttpResponse:
    """Show every mail of a kind in a language, with people who are made up.

    :raises Http404: for a kind that nobody knows.
    """
    found, language = _find(kind), _language(request)
    shown = previews(kind, viewer=current_user(request), language=language, now=timezone.now())
    frame = reverse("portal:mail-html", args=[kind])
    context = {
        "kind": found,
        "facts": _facts(found),
        "language": language,
        "languages": [
            (label, changed(request.GET, language=code), code == language)
            for code, label in (("fr", _("French")), ("en", _("English")))
        ],
        "mails": [
            {
                "number": number,
                "mail": one,
                "frame": f"{frame}?language={language}&number={number}",
            }
            for number, one in enumerate(shown)
        ],
        "address": current_user(request).email,
        "breadcrumbs": [(_("Mails"), reverse("portal:mail-list"))],
    }
    answer = render(request, "mails/detail.html", context)
    answer._csp_update = {"frame-src": [SELF]}  # type: ignore[attr-defined]
    return answer


@manager_required
@xframe_options_sameorigin
@require_safe
def html(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the HTML part of one mail alone, for the frame of its page.

    :raises Http404: for a kind that nobody knows, or a number that it does not have.
    """
    _find(kind)
    language, number = _language(request), request.GET.get("number", "0")
    shown = previews(kind, viewer=current_user(request), language=language, now=timezone.now())
    if not (number.isdecimal() and len(number) < 3 and int(number) < len(shown)):
        raise Http404
    return mail_response(shown[int(number)].html, is_framed=True)


@manager_required
@require_POST
def send_test(request: HttpRequest, kind: str) -> HttpResponse:
    """Send one mail of a kind to oneself.

    :raises Http404: for a kind that nobody knows.
    """
    _find(kind)
    person, language = current_user(request), _language(request)
    number = request.POST.get("number", "0")
    carry_out(
        request,
        lambda: send(
            kind=kind,
            number=int(number) if number.isdecimal() and len(number) < 3 else -1,
            person_id=person.pk,
            language=language,
            now=timezone.now(),
        ),
        done=_("The test is on its way to %(address)s.") % {"address": person.email},
    )
    here = reverse("portal:mail-detail", args=[kind])
    return redirect(f"{here}?{urlencode({'language': language})}")


def _find(kind: str) -> Kind:
    if kind not in KINDS or kind not in SAMPLES:
        raise Http404
    return KINDS[kind]


def _language(request: HttpRequest) -> str:
    """Return the language that was asked for, else the reader's own."""
    asked = (request.POST if request.method == "POST" else request.GET).get("language", "")
    own = current_user(request).language
    return asked if asked in LANGUAGES else own if own in LANGUAGES else LANGUAGES[0]


def _groups(kinds: list[Kind]) -> list[dict[str, Any]]:
    """Return the kinds by who gets them, then by what they are about, as the catalogue has them."""
    found = []
    for audience in Audience:
        theirs = [one for one in kinds if one.audience == audience]
        rows = [_row(one) for category in Category for one in theirs if one.category == category]
        if rows:
            found.append(
                {
                    "key": audience.value,
                    "label": AUDIENCES[audience],
                    "note": AUDIENCE_NOTES[audience],
                    "rows": rows,
                }
            )
    return found


def _row(kind: Kind) -> dict[str, Any]:
    return {
        "kind": kind,
        "category": kind.category.label,
        "mail": kind.mail.label,
        "lock": LOCK_WORDS[kind.lock] if kind.lock else "",
        "href": reverse("portal:mail-detail", args=[kind.key]),
    }


def _facts(kind: Kind) -> list[tuple[Any, ...]]:
    return [
        (_("Goes to"), AUDIENCES[kind.audience]),
        (_("About"), kind.category.label),
        (_("By e-mail"), _("Always, at once") if kind.is_locked else kind.mail.label),
        (_("In the portal"), _("Yes") if kind.in_app else _("No")),
        (
            _("Can be changed by who gets it"),
            LOCK_WORDS[kind.lock]
            if kind.lock
            else ", ".join(str(Mail(one).label) for one in kind.choices),
        ),
    ]
