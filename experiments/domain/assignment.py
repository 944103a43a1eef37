"""Who belongs to which arm: a keyed hash, the same wherever it is asked."""

from __future__ import annotations

import hashlib
import hmac

from core.money import BPS


def is_control(key: bytes, experiment: str, unit: str, control_bps: int) -> bool:
    """Tell whether ``unit`` does without in ``experiment``, for ``control_bps`` of all units.

    Nobody without ``key`` can tell or choose the arm; two experiments are independent.
    """
    digest = hmac.new(key, f"{experiment}\0{unit}".encode(), hashlib.sha256).digest()
    return int.from_bytes(digest[:8], "big") % BPS < control_bps
