"""Changing calls with an Idempotency-Key have one effect, and the same answer each time.

See ``core.api_calls``: effect and answer are committed together, so that there is never one
without the other.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from core import api_calls
from core.api import Refusal, problem_handler
from core.errors import DomainError
from core.models import ApiCall
from portal.api.access import Caller

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
_KEY = re.compile(r"[\x21-\x7e]{1,255}")
_KEPT_HEADERS = ("Content-Type", "Location")


def once(request: Request, caller: Caller, act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Do ``act`` and return its answer; of a repeat, the first answer without doing it again.

    Without the header it is simply done. Refusals are answers too.

    :raises Refusal: 422 for an impossible key or one that came with another request, 409 while
        the first call is still running.
    """
    key = request.headers.get(HEADER)
    if key is None:
        return act()
    if not _KEY.fullmatch(key):
        said = _("Send 1 to 255 visible ASCII signs, such as a UUID.")
        raise Refusal(422, "invalid_request", "", fields={HEADER: said})
    call = _begin(request, caller, key)
    if call.finished_at is not None:
        answer = _answer_of(call)
        answer[REPLAYED] = "true"
        return answer
    try:
        with transaction.atomic():
            _keep(call, _done(act))
    except api_calls.InFlight as error:
        raise _in_flight(error) from error
    except BaseException:
        api_calls.forget(call)
        raise
    call.refresh_from_db()
    return _answer_of(call)


def _begin(request: Request, caller: Caller, key: str) -> ApiCall:
    body = request._request.body
    said = b"\0".join([(request.method or "").encode(), request.get_full_path().encode(), body])
    try:
        return api_calls.begin(
            api_key_id=caller.key.pk,
            key=key,
            fingerprint=hashlib.sha256(said).hexdigest(),
            now=timezone.now(),
        )
    except api_calls.KeyReused as error:
        raise Refusal(422, error.code, "", fields={HEADER: str(error)}) from error
    except api_calls.InFlight as error:
        raise _in_flight(error) from error


def _done(act: Callable[[], HttpResponseBase]) -> HttpResponseBase:
    """Do it within a savepoint: what is refused leaves nothing behind but its answer."""
    try:
        with transaction.atomic():
            return act()
    except (DomainError, APIException, Http404, PermissionDenied) as error:
        answer: HttpResponseBase = problem_handler(error)
        return answer


def _keep(call: ApiCall, answer: HttpResponseBase) -> None:
    if isinstance(answer, Response):
        body, content_type = JSONRenderer().render(answer.data), "application/json"
    elif isinstance(answer, HttpResponse):
        body, content_type = answer.content, answer.headers["Content-Type"]
    else:
        raise TypeError("An answer that is streamed cannot be given again.")
    headers = {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers}
    api_calls.finish(
        call,
        status=answer.status_code,
        headers={**headers, "Content-Type": content_type},
        body=body.decode(),
        now=timezone.now(),
    )


def _answer_of(call: ApiCall) -> HttpResponse:
    return HttpResponse(call.body, status=call.status, headers=call.headers)


def _in_flight(error: api_calls.InFlight) -> Refusal:
    return Refusal(409, error.code, str(error), headers={"Retry-After": "1"})
