"""What the links of all invitations show: who asks, whether it is still open, what is missing."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.cache import add_never_cache_headers

from core.invitations import has_confirmed
from core.models import User
from core.models.invitation import MailedInvitation

Row = TypeVar("Row", bound=MailedInvitation)


def invited_by_link(rows: QuerySet[Row], read: tuple[str, int] | None) -> tuple[Row, int]:
    """Return the invitation of a link that was read, and the number of its mail.

    :raises Http404: for a link that we did not write.
    """
    if read is None:
        raise Http404
    public_id, sending = read
    return get_object_or_404(rows, public_id=UUID(public_id)), sending


def standing(request: HttpRequest, invitation: MailedInvitation, sending: int) -> dict[str, Any]:
    """Return what ``public/joining.html`` tells whoever followed the link."""
    user = request.user if isinstance(request.user, User) else None
    return {
        "invitation": invitation,
        "is_open": invitation.is_open(timezone.now()) and invitation.sendings == sending,
        "is_mine": user is not None and invitation.accepted_by_id == user.pk,
        "has_address": user is not None and has_confirmed(user.pk, invitation.email),
    }


def answer(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    """Render the page, which nobody keeps; a link that opens nothing any more is gone (410)."""
    response = render(request, template, context, status=200 if context["is_open"] else 410)
    add_never_cache_headers(response)
    return response
