"""A feed on loopback, behind a name and a password where it is told to want them."""

from __future__ import annotations

import base64

from tests.doubles.shops.server import Asked, FakeShop, Reply


class FakeFeed(FakeShop):
    """Gives ``body`` at ``/feed.xml`` and moves everybody on from ``/moved``."""

    def __init__(self, body: bytes, *, user: str = "", password: str = "") -> None:
        super().__init__()
        self.body = body
        self._wanted = f"{user}:{password}" if user else ""

    def answer(self, asked: Asked) -> Reply:
        """Return the feed to whoever may have it."""
        basic = "Basic " + base64.b64encode(self._wanted.encode()).decode()
        if self._wanted and asked.headers.get("authorization") != basic:
            return Reply(b"", 401)
        if asked.path == "/moved":
            return Reply(b"", 302, {"Location": "/feed.xml"})
        if asked.path != "/feed.xml":
            return Reply(b"", 404)
        return Reply(self.body)
