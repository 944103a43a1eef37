"""Where and when somebody is signed in, noted when it changes and else once a minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

#: So old may be what the list of one's sessions says of when they were used.
NOTED_EVERY = timedelta(minutes=1)


class SeenSessions:
    """Does what allauth's middleware does, which writes with every request, when it is needed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.session_key and request.user.is_authenticated and not _is_noted(request):
            UserSession.objects.create_from_request(request)
        return self._get_response(request)


def _is_noted(request: HttpRequest) -> bool:
    """Tell whether this session was seen within the minute, of this person, there and with this."""
    longest = UserSession._meta.get_field("user_agent").max_length
    noted: bool = UserSession.objects.filter(
        session_key=request.session.session_key,
        user=request.user.pk,
        ip=get_adapter().get_client_ip(request),
        user_agent=request.META.get("HTTP_USER_AGENT", "")[:longest],
        last_seen_at__gt=timezone.now() - NOTED_EVERY,
    ).exists()
    return noted
