"""The double of Stripe that a proof runs against: another process, on this machine only."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

import urllib3
from django.conf import settings

from core.errors import DomainError

MODULE = "tests.doubles.stripe.server"


class NoDouble(DomainError):
    """There is no double of Stripe to prove anything against."""

    code = "no_double"


class Double:
    """What is asked of the double itself, beside what Stripe would be asked."""

    def __init__(self, address: str) -> None:
        if urlsplit(address).hostname not in {"127.0.0.1", "localhost", "::1"}:
            raise NoDouble("The double must be on this machine.")
        self.address = address.rstrip("/")
        self._http = urllib3.PoolManager(timeout=60)

    def ctl(self, what: str, **body: Any) -> Any:
        """Ask for one of the double's own acts (tests/doubles/stripe/README.md)."""
        answer = self._http.request(
            "POST", f"{self.address}/_ctl/{what}", body=json.dumps(body).encode()
        )
        return json.loads(answer.data)


@contextmanager
def running_double(address: str) -> Iterator[Double]:
    """Yield the double at ``address``, or one that is started for as long as it is needed.

    :raises NoDouble: when none is named and this is no checkout that holds one.
    """
    if address:
        yield Double(address)
        return
    if not (settings.BASE_DIR / "tests" / "doubles" / "stripe" / "server.py").is_file():
        raise NoDouble("Name a double with --double: this is no checkout that holds one.")
    server = subprocess.Popen(  # noqa: S603 our own module, nothing from outside
        [sys.executable, "-m", MODULE, "--port", "0"],
        cwd=settings.BASE_DIR,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        said = server.stdout.readline().strip() if server.stdout else ""
        yield Double(said)
    finally:
        server.terminate()
        server.wait(timeout=10)
        if server.stdout:
            server.stdout.close()
