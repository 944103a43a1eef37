"""The schema of the API as a file, and the page that shows it."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import translation
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularSwaggerSplitView


@cache
def document() -> dict[str, Any]:
    """Return the schema, made once for a process. It is written in English."""
    make: Any = SchemaGenerator
    with translation.override("en"):
        found: dict[str, Any] = make().get_schema(request=None, public=True)
    return found


@cache
def _text() -> str:
    return json.dumps(document(), ensure_ascii=False)


@require_safe
def schema(_request: HttpRequest) -> HttpResponse:
    """Send the schema. Everybody may read it: it says nothing of anybody."""
    return HttpResponse(
        _text(),
        content_type="application/json; charset=utf-8",
        headers={"Cache-Control": "public, max-age=300"},
    )


class Docs(SpectacularSwaggerSplitView):
    """Shows the schema, and tries calls with a key that is typed there and kept nowhere."""

    authentication_classes = ()
    title = "Apport API"
    template_name = "portal/api_docs.html"

    def finalize_response(self, *args: Any, **kwargs: Any) -> Any:
        """Let what cleans the markup of descriptions name its own policy, on this page alone."""
        answer = super().finalize_response(*args, **kwargs)
        answer._csp_update = {"trusted-types": ["dompurify"]}  # type: ignore[attr-defined]
        return answer

    def _get_schema_url(self, _request: Any) -> str:
        return reverse("api:schema")
