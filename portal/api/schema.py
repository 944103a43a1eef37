"""How the schema of the API is made of its operations (OpenAPI 3.1)."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import build_bearer_security_scheme_object

from portal.api.fields import Strict

_NAME = "key"


class KeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """Says of each operation which scope its key needs."""

    target_class = "portal.api.authentication.KeyAuthentication"
    name = _NAME

    def get_security_definition(self, _auto_schema: AutoSchema) -> dict[str, Any]:
        """Return how a key is sent."""
        scheme: dict[str, Any] = build_bearer_security_scheme_object("Authorization", "Bearer")
        return {**scheme, "bearerFormat": "ap_live_…"}

    def get_security_requirement(self, auto_schema: AutoSchema) -> dict[str, list[str]]:
        """Return the scope of the operation."""
        view: Any = auto_schema.view
        scope = view.scope_of(auto_schema.method)
        return {_NAME: [scope.value] if scope else []}


class Schema(AutoSchema):
    """Names what is sent and answered as the documentation calls it."""

    def get_serializer_name(self, serializer: Any, _direction: str) -> str:
        """``LinkOut`` is a Link, ``LinkIn`` a LinkInput."""
        name: str = serializer.__class__.__name__
        return f"{name[:-2]}Input" if name.endswith("In") else name.removesuffix("Out")

    def _map_serializer(
        self, serializer: Any, direction: str, bypass_extensions: bool = False
    ) -> Any:
        made: Any = super()
        found = made._map_serializer(serializer, direction, bypass_extensions)
        if isinstance(serializer, Strict) and isinstance(found, dict):
            found["additionalProperties"] = False
        return found


def only_ours(endpoints: list[Any]) -> list[Any]:
    """Leave in the schema what lies below /api/v1/ and is made of operations."""
    return [one for one in endpoints if one[0].startswith("/api/v1/")]
