"""What a key is: the first thing a new program asks."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import Scope
from portal.api.access import Caller
from portal.api.fields import Moment, NamedOut
from portal.api.operation import operation
from portal.api.resource import Resource

EXAMPLE: dict[str, Any] = {
    "name": "Newsletter",
    "beginning": "ap_live_0f3a9c41b27e",
    "affiliate": {"id": "2b1d6a44-9c8e-4a1d-9a55-1d2c3b4a5f66", "name": "Le Carnet d'Ada"},
    "scopes": ["read:links", "write:links"],
    "created_at": "2026-06-01T08:00:00Z",
    "expires_at": "2027-06-01T22:00:00Z",
}


class KeyOut(serializers.Serializer[Caller]):
    """The key that you call with."""

    name = serializers.CharField(source="key.name")
    beginning = serializers.CharField(source="key.beginning", help_text="The part in the open.")
    affiliate = NamedOut(allow_null=True, help_text="For whom it acts; null: a key of the team.")
    scopes = serializers.SerializerMethodField(
        help_text="What it may do now: those that its owner's role still gives."
    )
    created_at = Moment(source="key.created_at")
    expires_at = Moment(source="key.expires_at")

    def get_scopes(self, caller: Caller) -> list[str]:
        """Return the scopes in the order of the documentation."""
        return [scope.value for scope in Scope if scope in caller.scopes]


class OwnKey(Resource):
    @operation(
        "get_key", "Read your key", "What the key that you call with is, and what it may do.",
        scope=None, tag="Key", answers=KeyOut, example=EXAMPLE,
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """Show the caller's key."""
        return self.shown(KeyOut, self.caller)
