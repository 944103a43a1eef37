"""One declaration for each thing that the API can do: what it needs, takes, answers and refuses.

The schema, the checks of a call and the documentation are all made of it, so that they agree.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import wraps
from typing import Any

from django.http import HttpResponseBase
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import serializers
from rest_framework.request import Request

from core.api import PROBLEM
from core.models import Scope
from portal.api.fields import NoQuery, ProblemOut, Strict, list_of
from portal.api.once import HEADER, once
from portal.api.resource import Resource, checked

Method = Callable[..., HttpResponseBase]
Shown = type[serializers.Serializer[Any]]

_IDEMPOTENCY = OpenApiParameter(
    HEADER,
    {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
    OpenApiParameter.HEADER,
    description="1 to 255 visible ASCII signs, such as a UUID. The same key with the same request"
    " has one effect and, for 24 hours, one answer.",
)
_KNOWN_ETAG = OpenApiParameter(
    "If-None-Match",
    OpenApiTypes.STR,
    OpenApiParameter.HEADER,
    description="The ETag of an answer that you have: 304 when it has not changed.",
)
_LIMITS = [
    OpenApiParameter(
        name,
        OpenApiTypes.STR,
        OpenApiParameter.HEADER,
        response=[200, 201, 404, 409, 422, 429],
        description=description,
    )
    for name, description in (
        ("RateLimit-Policy", 'The budget of the key: "read";q=600;w=60 is 600 calls in 60 s.'),
        ("RateLimit", 'What is left of it: "read";r=599;t=34, anew in 34 s.'),
    )
]
#: What any call may be refused for.
_ALWAYS = {
    401: ("key_missing", "No key, or one that opens nothing: unknown, ended, revoked."),
    403: ("scope_missing", "The key lacks the scope, or its account may not."),
    422: ("invalid_request", "A field or parameter is wrong; `errors` says which and why."),
    429: ("too_many_requests", "The budget of this minute is spent: see `Retry-After`."),
}
_SOMETIMES = {
    404: ("not_found", "There is no such thing, or it is somebody else's."),
    409: ("refused", "It cannot be done as things stand; `detail` says what to do."),
    413: ("body_too_long", "A body has at most 64 kB."),
    415: ("unsupported_media_type", "A body is `application/json`."),
    400: ("parse_error", "The body is no JSON."),
}


def operation(
    name: str,
    summary: str,
    description: str,
    *,
    scope: Scope | None,
    tag: str,
    answers: Shown | Mapping[int, Shown] | None,
    example: Any,
    many: bool = False,
    query: type[Strict] = NoQuery,
    takes: type[Strict] | None = None,
    asks: Mapping[str, Any] | None = None,
    refuses: Sequence[int] = (),
) -> Callable[[Method], Method]:
    """Declare a method of a :class:`Resource`.

    ``answers`` are given with 200, unless by status; None: a PDF. ``example`` is one of what is
    answered (of ``many``: of one of them), ``asks`` one of what is sent.
    """
    by_status = answers if isinstance(answers, Mapping) else {200: answers}
    changes = name.partition("_")[0] not in ("list", "get", "sum")

    def decorate(method: Method) -> Method:
        @wraps(method)
        def called(self: Resource, request: Request, **place: Any) -> HttpResponseBase:
            if not changes:
                return method(self, request, **place)
            self.said = checked(takes or NoQuery, request.data)
            return once(request, self.caller, lambda: method(self, request, **place))

        called.__dict__.update(scope=scope, query=query, is_once=changes)
        needs = f"Needs the scope `{scope}`." if scope else "Any key will do."
        declared: Method = extend_schema(
            operation_id=name,
            summary=summary,
            description=f"{description}\n\n{needs}",
            tags=[tag],
            parameters=[
                *([] if query is NoQuery else [query]),
                _IDEMPOTENCY if changes else _KNOWN_ETAG,
                *_LIMITS,
            ],
            request=takes,
            responses={
                **{
                    (status, "application/pdf" if one is None else "application/json"): _answer(
                        one, many, example
                    )
                    for status, one in by_status.items()
                },
                **({} if changes else {304: OpenApiResponse(description="You have it already.")}),
                **_refusals(refuses, changes=changes),
            },
            examples=[OpenApiExample("Request", asks, request_only=True)] if asks else None,
        )(called)
        return declared

    return decorate


def _answer(one: Shown | None, many: bool, example: Any) -> Any:
    if one is None:
        return OpenApiResponse(OpenApiTypes.BINARY, description="The document.")
    body = {"data": [example], "next_cursor": None} if many else example
    return OpenApiResponse(
        list_of(one) if many else one,
        description="",
        examples=[OpenApiExample("Answer", body, response_only=True)],
    )


def _refusals(wanted: Sequence[int], *, changes: bool) -> dict[Any, Any]:
    statuses = [*_ALWAYS, *wanted]
    if changes:
        statuses += [400, 409, 413, 415]
    known = {**_ALWAYS, **_SOMETIMES}
    return {(status, PROBLEM): _refusal(status, *known[status]) for status in statuses}


def _refusal(status: int, code: str, description: str) -> OpenApiResponse:
    body: dict[str, Any] = {
        "type": f"urn:apport:{code}",
        "title": code.replace("_", " "),
        "status": status,
        "detail": description,
        "code": code,
    }
    if status == 422:
        body["detail"] = "limit: Ensure this value is less than or equal to 100."
        body["errors"] = [
            {"field": "limit", "detail": "Ensure this value is less than or equal to 100."}
        ]
    return OpenApiResponse(
        ProblemOut,
        description=description,
        examples=[OpenApiExample("Problem", body, response_only=True, media_type=PROBLEM)],
    )
