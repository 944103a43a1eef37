"""The published schema of the events and of the answer."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).parent / "fraud-evaluation.schema.json"


def schema() -> dict[str, Any]:
    """Return the JSON Schema: ``#/$defs/event`` is a line, ``#/$defs/answer`` what comes out."""
    found: dict[str, Any] = json.loads(FILE.read_text())
    return found
