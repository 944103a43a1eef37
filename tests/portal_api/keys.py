"""Keys for tests, and the calls that are made with them."""

from __future__ import annotations

import json
from datetime import timedelta

from django.utils import timezone

from core import api_keys
from core.models import Scope
from portal.api.access import PARTNER_SCOPES, STAFF_SCOPES
from tests.people import person_of

V1 = "/api/v1/"


def make_key(owner, *, account=None, scopes=None, days=365, now=None):
    """Return the text of a new key of a person; ``account``: the affiliate it acts for."""
    return issue(owner, account=account, scopes=scopes, days=days, now=now).text


def issue(owner, *, account=None, scopes=None, days=365, now=None):
    """Make a key with every scope that there is for its kind, unless told."""
    now = now or timezone.now()
    usual = STAFF_SCOPES if account is None else PARTNER_SCOPES
    return api_keys.issue(
        owner_id=owner.pk,
        account=str(account.public_id) if account else None,
        name="Test",
        scopes=[Scope(one) for one in (usual if scopes is None else scopes)],
        expires_at=now + timedelta(days=days),
        readers=[],
        now=now,
    )


def key_of(affiliate, **overrides):
    """Return the text of a key of the person of an affiliate."""
    return make_key(person_of(affiliate), account=affiliate, **overrides)


class Api:
    """Calls with one key, or with none."""

    def __init__(self, client, key=""):
        self.client, self.key = client, key

    def get(self, path, **headers):
        return self.client.get(f"{V1}{path}", headers=self._headers(headers))

    def post(self, path, body=None, **headers):
        return self._send(self.client.post, path, body, headers)

    def patch(self, path, body=None, **headers):
        return self._send(self.client.patch, path, body, headers)

    def _send(self, method, path, body, headers):
        text = "" if body is None else body if isinstance(body, str) else json.dumps(body)
        return method(
            f"{V1}{path}", text, content_type="application/json", headers=self._headers(headers)
        )

    def _headers(self, headers):
        said = {"accept-language": "en"}
        if self.key:
            said["authorization"] = f"Bearer {self.key}"
        return said | {name.replace("_", "-"): value for name, value in headers.items()}
