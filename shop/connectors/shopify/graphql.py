"""The way to Shopify's GraphQL Admin API: a token, questions, and patience when they cost much."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from core.wording import Said
from shop.connectors.api import (
    ATTEMPTS,
    LONGEST_WAIT,
    ShopApi,
    ShopRefused,
    ShopUnreachable,
)
from shop.connectors.shopify.choices import DEFAULT_VERSION

TOKEN = "X-Shopify-Access-Token"  # noqa: S105  # The name of a header.
_NAMED = re.compile(r"\s*(?:query|mutation)\s+(\w+)")
_NOT_ALLOWED = frozenset({"ACCESS_DENIED", "UNAUTHORIZED"})

Answered = dict[str, Any]


@dataclass(slots=True, kw_only=True)
class Admin:
    """One shop's Admin API.

    An app of the Dev Dashboard has a client id and secret, which give a token for a day; an app
    made in the shop before 2026 has a token for good. A client lives for one round of asking.
    """

    api: ShopApi
    credentials: Mapping[str, str] = field(default_factory=dict)
    version: str = DEFAULT_VERSION

    def ask(self, query: str, /, **variables: object) -> Answered:
        """Return the ``data`` that answers ``query``; wait and ask again when it was too much.

        :raises ShopRefused: when the app may not ask this.
        :raises ShopUnreachable: when there is no answer to use, however often asked.
        """
        self._enter()
        named = _NAMED.match(query)
        sent = {"query": query, "variables": variables, "operationName": named and named.group(1)}
        for attempt in range(ATTEMPTS):
            said = self.api.post(f"/admin/api/{self.version}/graphql.json", sent).json()
            if not isinstance(said, dict):
                raise ShopUnreachable(Said("The shop's API answered in an unknown form."))
            codes, words = _errors(said)
            if "THROTTLED" not in codes:
                return _data(said, codes, words)
            if attempt + 1 < ATTEMPTS:
                self.api.sleep(_wait(said))
        raise ShopUnreachable(
            Said("The shop's API asked for patience %(count)s times: ask again later.",
                 count=ATTEMPTS)
        )  # fmt: skip

    def _enter(self) -> None:
        if TOKEN in self.api.headers:
            return
        token = self.credentials.get("access_token", "").strip() or self._token_for_a_day()
        self.api.headers = {**self.api.headers, TOKEN: token}

    def _token_for_a_day(self) -> str:
        sent = {
            "grant_type": "client_credentials",
            "client_id": self.credentials.get("client_id", "").strip(),
            "client_secret": self.credentials.get("client_secret", "").strip(),
        }
        try:
            said = self.api.post("/admin/oauth/access_token", sent).json()
        except ShopUnreachable as error:
            raise ShopUnreachable(
                Said("The shop gave no access for the client ID and secret: check both, and that"
                     " the app is installed in this shop. (%(why)s)", why=str(error))
            ) from error  # fmt: skip
        token = said.get("access_token") if isinstance(said, dict) else None
        if not isinstance(token, str) or not token.isascii() or not token.isprintable():
            raise ShopRefused(Said("The shop gave no access for the client ID and secret."))
        return token


def _data(said: Answered, codes: set[str], words: str) -> Answered:
    if codes & _NOT_ALLOWED:
        raise ShopRefused(
            Said("The app may not ask this of the shop: %(why)s", why=words or ", ".join(codes))
        )
    if codes:
        raise ShopUnreachable(Said("The shop's API answered with an error: %(why)s", why=words))
    data = said.get("data")
    if not isinstance(data, dict):
        raise ShopUnreachable(Said("The shop's API answered in an unknown form."))
    return data


def _errors(said: Answered) -> tuple[set[str], str]:
    """Return the codes of an answer's errors, and what the first says: it is about our question."""
    errors = said.get("errors")
    if not errors:
        return set(), ""
    listed = errors if isinstance(errors, list) else [{"message": errors}]
    found = [one if isinstance(one, dict) else {"message": one} for one in listed]
    codes = {str((one.get("extensions") or {}).get("code") or "ERROR") for one in found}
    return codes, str(found[0].get("message", ""))[:300]


def _wait(said: Answered) -> float:
    """Return the seconds until the question can be paid for, by the answer's own figures."""
    cost = (said.get("extensions") or {}).get("cost") or {}
    state = cost.get("throttleStatus") or {}
    try:
        missing = int(cost["requestedQueryCost"]) - int(state["currentlyAvailable"])
        seconds = -(-missing // max(int(state["restoreRate"]), 1))
    except (KeyError, TypeError, ValueError):
        seconds = 2
    return min(max(float(seconds), 1.0), LONGEST_WAIT)
