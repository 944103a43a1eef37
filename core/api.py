"""RFC 9457 problems for every refusal of the API."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, JsonResponse
from django.utils.translation import gettext as _
from rest_framework.exceptions import APIException, ValidationError

from core.errors import DomainError

PROBLEM = "application/problem+json"


class Refusal(APIException):
    """A refusal with its status, its code, a sentence, and headers that help.

    ``fields``: the sentence about each field or parameter that is wrong, by its name.
    """

    def __init__(
        self,
        status: int,
        code: str,
        detail: str,
        *,
        headers: Mapping[str, str] | None = None,
        fields: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(detail, code)
        self.status_code, self.code = status, code
        self.said = dict(headers or {})
        self.fields = dict(fields or {})


def problem(status: int, code: str, detail: str, **extra: Any) -> JsonResponse:
    """Return an RFC 9457 answer: ``type`` names the code, ``detail`` says what to do."""
    body = {"type": f"urn:apport:{code}", "title": code.replace("_", " "), "status": status,
            "detail": detail, "code": code, **extra}  # fmt: skip
    return JsonResponse(body, status=status, content_type=PROBLEM)


def problem_handler(error: Exception, _context: Mapping[str, Any] | None = None) -> Any:
    """Turn refusals into problems; anything else is a bug and rises."""
    if isinstance(error, DomainError):
        return problem(409, error.code, str(error))
    if isinstance(error, Http404):
        return problem(404, "not_found", _("There is nothing at this address."))
    if isinstance(error, PermissionDenied):
        return problem(403, "forbidden", _("You may not do this."))
    if isinstance(error, ValidationError):
        return wrong_fields(dict(_sentences(error.detail)))
    if not isinstance(error, APIException):
        return None
    answer = _refused(error)
    header = getattr(error, "auth_header", "")
    if header and "WWW-Authenticate" not in answer:
        answer["WWW-Authenticate"] = header
    return answer


def wrong_fields(fields: Mapping[str, str], code: str = "invalid_request") -> JsonResponse:
    """Return the refusal of what was sent, with a sentence for each field that is wrong."""
    errors = [{"field": field, "detail": detail} for field, detail in fields.items()]
    detail = " ".join(f"{field}: {said}" if field else said for field, said in fields.items())
    return problem(422, code, detail, errors=errors)


def _refused(error: APIException) -> JsonResponse:
    if isinstance(error, Refusal):
        if error.fields:
            answer = wrong_fields(error.fields, error.code)
        else:
            answer = problem(error.status_code, error.code, str(error.detail))
        for name, value in error.said.items():
            answer[name] = value
        return answer
    codes = error.get_codes()
    code = codes if isinstance(codes, str) else "refused"
    return problem(error.status_code, code, str(error.detail))


def _sentences(detail: Any, place: str = "") -> Iterator[tuple[str, str]]:
    """Yield ``(field, sentence)`` of what a serializer found, fields within fields by dots."""
    if isinstance(detail, Mapping):
        for name, inner in detail.items():
            own = "" if name == "non_field_errors" else str(name)
            yield from _sentences(inner, ".".join(filter(None, [place, own])))
    elif isinstance(detail, Sequence) and not isinstance(detail, str):
        plain = [str(one) for one in detail if not isinstance(one, Mapping | list) and one]
        if plain:
            yield place, " ".join(plain)
        for number, inner in enumerate(detail):
            if isinstance(inner, Mapping | list) and inner:
                yield from _sentences(inner, f"{place}.{number}" if place else str(number))
    else:
        yield place, str(detail)
