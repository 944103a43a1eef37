"""RFC 9457 problems for every refusal of the API."""

from __future__ import annotations

from typing import Any

from django.http import JsonResponse
from rest_framework.response import Response
from rest_framework.views import exception_handler

from core.errors import DomainError

PROBLEM = "application/problem+json"


def problem(status: int, code: str, detail: str, **extra: Any) -> JsonResponse:
    """Return an RFC 9457 answer: ``type`` names the code, ``detail`` says what to do."""
    body = {"type": f"urn:apport:{code}", "title": code.replace("_", " "), "status": status,
            "detail": detail, "code": code, **extra}  # fmt: skip
    return JsonResponse(body, status=status, content_type=PROBLEM)


def problem_handler(error: Exception, context: dict[str, Any]) -> Any:
    """Turn refusals into problems; anything else is a bug and rises."""
    if isinstance(error, DomainError):
        return problem(409, error.code, str(error))
    response = exception_handler(error, context)
    if not isinstance(response, Response):
        return response
    code = getattr(getattr(error, "detail", None), "code", None) or "invalid_request"
    return problem(
        response.status_code,
        str(code),
        "The request was refused.",
        errors=response.data,
    )
