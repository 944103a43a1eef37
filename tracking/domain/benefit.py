"""What a visitor gets on landing while it is found out whether that brings anybody (rule X5)."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import NamedTuple
from urllib.parse import unquote_plus

from experiments.domain.assignment import is_control
from tracking.domain.landing import LandingLink


class Benefit(NamedTuple):
    """A running experiment on the links of an affiliate. ``query``: what is added on landing."""

    experiment: str
    shop_id: int
    control_bps: int
    query: str


def landing_of(link: LandingLink, benefit: Benefit, visitor: str, key: bytes) -> LandingLink:
    """Return ``link`` as ``visitor`` lands by it; an empty ``visitor`` is in no experiment.

    Only the arm without lands without the parameters, even when the link's own address has them.
    """
    if link.shop_id != benefit.shop_id:
        return link
    does_without = bool(visitor) and is_control(
        key, benefit.experiment, visitor, benefit.control_bps
    )
    return _landing(link, benefit.query, does_without)


@lru_cache(maxsize=4096)
def _landing(link: LandingLink, query: str, does_without: bool) -> LandingLink:
    names = {_name(field) for field in query.split("&")}
    page, _mark, own = link.head.partition("?")
    kept = [field for field in own.split("&") if field and _name(field) not in names]
    added = [] if does_without else [query]
    return replace(link, head=f"{page}?{'&'.join([*kept, *added])}")


def _name(field: str) -> str:
    return unquote_plus(field.partition("=")[0])
