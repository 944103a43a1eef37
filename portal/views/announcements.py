"""News of the programme, as an affiliate's people read them."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_POST, require_safe

from affiliates.domain.abilities import Ability
from affiliates.models import Announcement, AnnouncementStatus
from affiliates.services import announcements
from portal.access import current_user, partner_may

_SENT = (AnnouncementStatus.SENT, AnnouncementStatus.ENDED)


@partner_may(Ability.SEE_ACCOUNT)
@require_safe
def read(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show one announcement to somebody whom it was for."""
    found, person = _own(request, public_id), current_user(request)
    announcements.read(announcement_id=found.pk, person_id=person.pk, now=timezone.now())
    title, text = announcements.words_for(found, person)
    context = {"title": title, "text": text, "sent_at": found.publish_at}
    return render(request, "announcements/read.html", context)


@partner_may(Ability.SEE_ACCOUNT)
@require_POST
def dismiss(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Show the banner no more."""
    found = _own(request, public_id)
    announcements.dismiss(
        announcement_id=found.pk, person_id=current_user(request).pk, now=timezone.now()
    )
    return redirect("portal:home")


def _own(request: HttpRequest, public_id: UUID) -> Announcement:
    rows = Announcement.objects.filter(status__in=_SENT, readers__person=current_user(request))
    return get_object_or_404(rows, public_id=public_id)
