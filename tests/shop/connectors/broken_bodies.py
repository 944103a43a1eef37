"""Bodies broken at some of their places: whatever is wrong with one, it is read or refused."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict
from typing import Any

from hypothesis import strategies as st

from shop.connectors.contract import Connector, Context, UnreadableBody
from shop.domain.states import Facts

Path = tuple[Any, ...]

#: What no platform sends, and one day does.
ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, -1.5, 1.5, 1e20, 10**18, 10**30, float("nan"), float("inf"),
    "", "x", "0", "-", "-1", "--5", "1e400", "1e9999",
    "9e9999999", "1E-999999", "NaN", "sNaN", "Infinity", "²",
    "9" * 70, "1" * 500, "\ud800", "\x00", "<b>", "wc-", "gid://shopify/x/",
    "2026-02-30", "2026-03-02", "2026-03-02T10:00:00Z", "0000-00-00 00:00:00",
    "0001-01-01 00:00:00", "0001-01-01T00:00+23:00", "0001-01-01T00:00:00+23:59",
    "9999-12-31 23:59:59", "9999-12-31T23:59:59-23:59",
    [], [1], [None], [[]], [{}], {}, {"a": 1}, {"x": []},
)  # fmt: skip
STRANGE = st.one_of(st.sampled_from(ODD), st.integers(), st.floats(), st.text(max_size=8))


def places(found: Any, path: Path = ()) -> Iterator[Path]:
    """Yield the path of every value inside a body."""
    rows = found.items() if isinstance(found, dict) else enumerate(found)
    for key, value in rows:
        yield (*path, key)
        if isinstance(value, dict | list):
            yield from places(value, (*path, key))


def replaced(body: Any, path: Path, value: Any) -> Any:
    """Return a copy of a body with something else at ``path``."""
    made, at = _at(body, path)
    at[path[-1]] = copy.deepcopy(value)
    return made


def removed(body: Any, path: Path) -> Any:
    """Return a copy of a body with nothing at ``path``."""
    made, at = _at(body, path)
    del at[path[-1]]
    return made


def broken(body: Any, draw: Callable[..., Any]) -> Any:
    """Return a copy of a body of which one to three parts are gone or strange."""
    for _ in range(draw(st.integers(1, 3))):
        found = list(places(body))
        if not found:
            break
        path = draw(st.sampled_from(found))
        is_gone = draw(st.booleans())
        body = removed(body, path) if is_gone else replaced(body, path, draw(STRANGE))
    return body


def broken_once(body: Any) -> Iterator[Any]:
    """Yield a body with each of its places gone, and with each odd thing there."""
    for path in places(body):
        yield removed(body, path)
        for value in ODD:
            yield replaced(body, path, value)


def outcome(connector: Connector, topic: str, body: bytes, context: Context) -> Facts | str:
    """Return what a body says, or the sentence it is refused with. Nothing else may come out."""
    try:
        facts = connector.facts(topic, body, context)
    except UnreadableBody as refusal:
        return str(refusal)
    assert isinstance(facts, Facts)
    json.dumps(asdict(facts), default=_plain, ensure_ascii=False).encode()  # Fits into a row.
    for one in facts.orders:
        one.order.content_hash()
    return facts


def _at(body: Any, path: Path) -> tuple[Any, Any]:
    made = copy.deepcopy(body)
    at = made
    for key in path[:-1]:
        at = at[key]
    return made, at


def _plain(value: object) -> object:
    return dict(value) if isinstance(value, Mapping) else str(value)
