"""Endpoints for tests, and a sender that reaches this machine."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from affiliates.domain.event_types import Audience, types_for
from affiliates.gateways.hooks import Answer, Hooks
from affiliates.models import Affiliate, Endpoint, EventDelivery
from affiliates.services import endpoints, event_sending
from affiliates.services.events import Fact, tell
from core.fetching import Fetcher
from core.models import User
from tests.builders import NOW, make_affiliate, make_user

#: Before anything that builders make happens.
BEFORE = NOW - timedelta(days=1)
ADDRESS = "https://hooks.example/apport"


def make_endpoint(
    affiliate: Affiliate | None = None, *, actor: User | None = None, **overrides: Any
) -> Endpoint:
    """A webhook of an affiliate that is told of everything, since the day before."""
    fields: dict[str, Any] = {
        "affiliate_id": (affiliate or make_affiliate()).pk,
        "kind": "webhook",
        "name": "Warehouse",
        "url": ADDRESS,
        "method": "POST",
        "types": types_for(Audience.AFFILIATE),
        "actor_id": (actor or make_user()).pk,
        "now": BEFORE,
        **overrides,
    }
    return endpoints.make(**fields)


def make_own_endpoint(**overrides: Any) -> Endpoint:
    """A webhook of the programme that is told of everything."""
    fields = {"affiliate_id": None, "types": types_for(Audience.PROGRAMME), **overrides}
    return make_endpoint(make_affiliate(), **fields)


def hooks_here(*, seconds: float = 5.0, **options: Any) -> Hooks:
    """A sender that reaches this machine, also without https."""
    fetcher = Fetcher(may_reach=lambda _ip: True, ports=None, seconds=seconds, **options)
    return Hooks(fetcher, is_http_allowed=True)


def moved_to(endpoint: Endpoint, url: str) -> Endpoint:
    """Point an endpoint to a server of the test, which no rule would let in."""
    Endpoint.objects.filter(pk=endpoint.pk).update(url=url)
    endpoint.refresh_from_db()
    return endpoint


def told(endpoint: Endpoint, number: int = 1, **data: Any) -> EventDelivery:
    """An event on its way to an endpoint."""
    fact = Fact(
        type="link.broken",
        key=str(number),
        at=NOW,
        affiliate_id=endpoint.affiliate_id,
        data={"link": f"link{number}", "url": "https://shop.example/", **data},
    )
    tell([fact], now=NOW)
    return EventDelivery.objects.get(endpoint=endpoint, event__key=f"link.broken:{number}")


class Scripted:
    """A sender that answers from a list of statuses (0: nobody answers), then with the last."""

    def __init__(self, *statuses: int) -> None:
        self.statuses = list(statuses)
        self.sent: list[tuple[str, str, dict[str, str], bytes]] = []

    def send(self, method: str, url: str, *, headers: Any, body: bytes = b"") -> Answer:
        self.sent.append((method, url, dict(headers), body))
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return Answer(status=status, error="" if status else "connection", duration_ms=7)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self):
        return self.now

    def forward(self, **span: float) -> None:
        self.now += timedelta(**span)


def turn(endpoint: Endpoint, hooks: Hooks | Scripted, clock: Clock) -> int:
    """Give an endpoint its turn."""
    return event_sending.send_turn(endpoint_id=endpoint.pk, hooks=hooks, clock=clock)
