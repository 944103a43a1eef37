"""What the shop tells the programme: signed orders and returns, kept until they are accepted."""

from __future__ import annotations

import hashlib
import hmac
import http.client
import json
import logging
import sqlite3
import threading
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from demo.shop.database import connected
from demo.shop.settings import Settings

log = logging.getLogger(__name__)

LONGEST_WAIT_SECONDS = 300
CLAIM_SECONDS = 60
ANSWER_WITHIN_SECONDS = 15


def signature(secret: str, body: bytes, at: int) -> str:
    """Return the ``Apport-Signature`` of ``body`` sent at the Unix time ``at``."""
    code = hmac.new(secret.encode(), f"{at}.".encode() + body, hashlib.sha256)
    return f"t={at},v1={code.hexdigest()}"


def enqueue(
    database: sqlite3.Connection,
    *,
    event_id: str,
    order_id: int,
    message: dict[str, Any],
    at: float,
) -> None:
    """Write a message in the transaction of the fact that it tells."""
    database.execute(
        "INSERT INTO outbox (event_id, order_id, body, due_at) VALUES (?, ?, ?, ?)",
        (event_id, order_id, json.dumps(message).encode(), at),
    )


def deliver_due(settings: Settings, *, at: float) -> int:
    """Send every message that is due; return how many were accepted. A refused one waits longer."""
    accepted = 0
    while row := _claim(settings.database, at):
        ok, answer = _post(settings, row["event_id"], row["body"], at)
        accepted += ok
        wait = min(LONGEST_WAIT_SECONDS, 2 ** row["attempts"])
        with connected(settings.database) as database:
            database.execute(
                "UPDATE outbox SET delivered_at = ?, due_at = ?, answer = ? WHERE event_id = ?",
                (at if ok else None, at + wait, answer, row["event_id"]),
            )
    return accepted


def _claim(path: Path, at: float) -> sqlite3.Row | None:
    """Take the oldest due message for a minute, so that two processes do not send it at once."""
    with connected(path) as database:
        row: sqlite3.Row | None = database.execute(
            "UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE event_id ="
            " (SELECT event_id FROM outbox WHERE delivered_at IS NULL AND due_at <= ?"
            " ORDER BY due_at LIMIT 1) RETURNING event_id, body, attempts",
            (at + CLAIM_SECONDS, at),
        ).fetchone()
        return row


def _post(settings: Settings, event_id: str, body: bytes, at: float) -> tuple[bool, str]:
    connection_data = settings.connection()
    if not connection_data.secret:
        return False, "No secret yet: run seed_demo."
    address = urlsplit(settings.apport_url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    connection = kind(address.netloc, timeout=ANSWER_WITHIN_SECONDS)
    headers = {
        "Content-Type": "application/json",
        "Apport-Event-Id": event_id,
        "Apport-Signature": signature(connection_data.secret, body, int(at)),
    }
    try:
        connection.request("POST", f"/webhooks/{connection_data.shop_code}/", body, headers)
        answer = connection.getresponse()
        said = answer.read().decode(errors="replace")
    except (OSError, http.client.HTTPException) as error:
        return False, f"Not reached: {error}"
    finally:
        connection.close()
    return answer.status == http.client.OK, f"{answer.status} {said[:200]}"


class Courier(threading.Thread):
    """Delivers in the background, at once when nudged, otherwise when something is due."""

    def __init__(self, settings: Settings) -> None:
        super().__init__(name="courier", daemon=True)
        self._settings = settings
        self._nudged = threading.Event()

    def nudge(self) -> None:
        """Say that there is something to send."""
        self._nudged.set()

    def run(self) -> None:
        while True:
            try:
                deliver_due(self._settings, at=time.time())
            except sqlite3.Error:
                log.exception("The shop's database did not answer; trying again.")
            self._nudged.wait(timeout=2)
            self._nudged.clear()
