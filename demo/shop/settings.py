"""Where the demo shop keeps its things and whom it talks to, from the environment."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Connection:
    """What the shop was given by the programme: its code there, a secret, and promo codes."""

    shop_code: str
    secret: str
    discounts: dict[str, int] = field(default_factory=dict)  # Promo code -> bps.


@dataclass(frozen=True, slots=True)
class Settings:
    """``state`` is the directory of the shop's own database and of ``demo-shop.json``."""

    apport_url: str
    state: Path

    @property
    def database(self) -> Path:
        return self.state / "demo-shop.sqlite3"

    @property
    def connection_file(self) -> Path:
        return self.state / "demo-shop.json"

    def connection(self) -> Connection:
        """Return what ``seed_demo`` wrote; without a file, the environment; else no secret.

        Read anew each time: the shop may run before the programme is seeded.
        """
        said: dict[str, Any] = {}
        if self.connection_file.exists():
            said = json.loads(self.connection_file.read_text())
        return Connection(
            shop_code=said.get("shop_code") or os.environ.get("DEMO_SHOP_CODE", "maison-lutece"),
            secret=said.get("secret") or os.environ.get("DEMO_SHOP_SECRET", ""),
            discounts=said.get("discounts", {}),
        )


def from_environment() -> Settings:
    """Read ``APPORT_URL`` and ``APPORT_DATA_DIR``."""
    return Settings(
        apport_url=os.environ.get("APPORT_URL", "http://127.0.0.1:8000").rstrip("/"),
        state=Path(os.environ.get("APPORT_DATA_DIR", str(CHECKOUT / ".data"))) / "state",
    )
