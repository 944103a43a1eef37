"""Announcements for the team: written, seen before they are sent, counted afterwards."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.paginator import Paginator
from django.db.models import Count, Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from affiliates.models import Announcement, AnnouncementStatus, AnnouncementText
from affiliates.services import announcements
from core.models import User
from portal.access import current_user, manager_required
from portal.announcement_language import announcement_status, segment_words
from portal.forms.announcement import AnnouncementForm, KeepForm, MomentForm
from portal.query_links import Chip
from portal.staff_actions import carry_out, carry_out_form, submitted

PAGE = 25
_WORDS = ("title_fr", "text_fr", "title_en", "text_en")
_READ = {
    "told": Count("readers"),
    "read": Count("readers", filter=Q(readers__read_at__isnull=False)),
    "dismissed": Count("readers", filter=Q(readers__dismissed_at__isnull=False)),
}


@manager_required
@require_safe
def listed(request: HttpRequest) -> HttpResponse:
    """Show what was announced, is scheduled, or is being written."""
    rows = Announcement.objects.annotate(**_READ).order_by("-created_at", "-pk")
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "rows": [
            {
                "one": one,
                "status": announcement_status(one.status),
                "href": reverse("portal:announcement-detail", args=[one.public_id]),
            }
            for one in page
        ],
    }
    return render(request, "announcements/list.html", context)


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Write an announcement; ``?text=`` begins with words that were kept."""
    kept = AnnouncementText.objects.filter(removed_at__isnull=True).order_by("name", "pk")
    chosen = request.GET.get("text", "")
    begun = kept.filter(pk=int(chosen)).first() if chosen.isdecimal() and len(chosen) < 10 else None
    form = AnnouncementForm(
        request.POST or None,
        initial={name: getattr(begun, name) for name in _WORDS} if begun else {},
    )
    here = reverse("portal:announcement-new")
    texts = [Chip(one.name, f"{here}?text={one.pk}", one == begun) for one in kept]
    return _form(request, form, None, {"texts": texts, "title": _("New announcement")})


@manager_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Write a draft anew."""
    found = _find(public_id)
    initial = {name: getattr(found, name) for name in AnnouncementForm.base_fields}
    form = AnnouncementForm(request.POST or None, initial=initial)
    return _form(request, form, found, {"title": _("Change the announcement")})


@manager_required
@require_safe
def detail(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show an announcement as its readers see it, for how many it is, and who read it."""
    found, now = _find(public_id), timezone.now()
    is_unsent = found.status in (AnnouncementStatus.DRAFT, AnnouncementStatus.SCHEDULED)
    context = {
        "found": found,
        "status": announcement_status(found.status),
        "segment": segment_words(found),
        "previews": _previews(found, current_user(request)),
        "count": announcements.audience(found, now=now).count() if is_unsent else None,
        "is_draft": found.status == AnnouncementStatus.DRAFT,
        "is_scheduled": found.status == AnnouncementStatus.SCHEDULED,
        "is_sent": found.status == AnnouncementStatus.SENT,
        "is_unsent": is_unsent,
        "moment_form": MomentForm(auto_id="moment_%s"),
        "keep_form": KeepForm(auto_id="keep_%s"),
        "edit_url": reverse("portal:announcement-edit", args=[public_id]),
        "breadcrumbs": _crumbs(),
    }
    return render(request, "announcements/detail.html", context)


@manager_required
@require_POST
def schedule(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Let it go out, at once or later."""
    found, form, now = _find(public_id), MomentForm(request.POST), timezone.now()

    def act() -> None:
        at: datetime = form.cleaned_data["at"] or now
        announcements.schedule(announcement_id=found.pk, at=at, now=now)

    carry_out_form(request, form, act, done=_("It goes out at the moment you chose."))
    return redirect("portal:announcement-detail", public_id)


@manager_required
@require_POST
def call_back(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Make it a draft again."""
    found = _find(public_id)
    carry_out(
        request,
        lambda: announcements.call_back(announcement_id=found.pk, now=timezone.now()),
        done=_("It is a draft again, and goes to nobody."),
    )
    return redirect("portal:announcement-detail", public_id)


@manager_required
@require_POST
def try_out(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Send its letter to oneself."""
    found, person = _find(public_id), current_user(request)
    carry_out(
        request,
        lambda: announcements.try_out(announcement_id=found.pk, person=person, now=timezone.now()),
        done=_("The letter is on its way to %(address)s.") % {"address": person.email},
    )
    return redirect("portal:announcement-detail", public_id)


@manager_required
@require_POST
def keep(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Keep its words to begin others with."""
    found, form = _find(public_id), KeepForm(request.POST)
    content = announcements.Content(**{name: getattr(found, name) for name in _WORDS})
    carry_out_form(
        request,
        form,
        lambda: announcements.keep_text(
            name=form.cleaned_data["name"],
            content=content,
            actor_id=current_user(request).pk,
            now=timezone.now(),
        ),
        done=_("The words are kept."),
    )
    return redirect("portal:announcement-detail", public_id)


@manager_required
@require_POST
def end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Take the banner away from everybody."""
    found = _find(public_id)
    carry_out(
        request,
        lambda: announcements.end(announcement_id=found.pk, now=timezone.now()),
        done=_("The banner is gone."),
    )
    return redirect("portal:announcement-detail", public_id)


def _form(
    request: HttpRequest,
    form: AnnouncementForm,
    found: Announcement | None,
    context: dict[str, Any],
) -> HttpResponse:
    if request.method == "POST":
        made = submitted(
            form,
            lambda: announcements.save(
                form.content(),
                announcement_id=found.pk if found else None,
                actor_id=current_user(request).pk,
                now=timezone.now(),
            ),
        )
        if made is not None:
            return redirect("portal:announcement-detail", made.public_id)
    context |= {"form": form, "breadcrumbs": _crumbs(), "back": _back(found)}
    return render(request, "announcements/form.html", context, status=422 if form.is_bound else 200)


def _previews(found: Announcement, reader: User) -> list[dict[str, str]]:
    """Return the letter in each language that it is written in, with the reader's own name."""
    shown, own = [], reader.language
    for language, label in (("fr", _("French")), ("en", _("English"))):
        if getattr(found, f"title_{language}"):
            reader.language = language
            with override(language):
                letter = announcements.letter(found, reader)
            shown.append(
                {
                    "language": language,
                    "label": label,
                    "subject": letter.subject,
                    "body": letter.body,
                }
            )
    reader.language = own
    return shown


def _find(public_id: UUID) -> Announcement:
    rows = Announcement.objects.select_related("group", "created_by").annotate(**_READ)
    return get_object_or_404(rows, public_id=public_id)


def _back(found: Announcement | None) -> str:
    if found is None:
        return reverse("portal:announcement-list")
    return reverse("portal:announcement-detail", args=[found.public_id])


def _crumbs() -> list[tuple[str, str]]:
    return [(_("Announcements"), reverse("portal:announcement-list"))]
