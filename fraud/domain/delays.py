"""How long after the click an order came, in classes that any two affiliates share."""

from __future__ import annotations

_MINUTE, _HOUR, _DAY = 60, 3_600, 86_400
#: Where each class but the first begins, in seconds; the first begins at 0, the last is open.
EDGES_S = (
    15, 30, _MINUTE, 2 * _MINUTE, 5 * _MINUTE, 10 * _MINUTE, 20 * _MINUTE, 40 * _MINUTE,
    _HOUR, 2 * _HOUR, 4 * _HOUR, 8 * _HOUR, 16 * _HOUR, _DAY, 2 * _DAY, 4 * _DAY, 7 * _DAY,
    10 * _DAY, 14 * _DAY, 18 * _DAY, 22 * _DAY, 26 * _DAY, 30 * _DAY,
)  # fmt: skip
CLASSES = len(EDGES_S) + 1
#: The first class of orders that came a day after the click or later.
LATE = EDGES_S.index(_DAY) + 1
