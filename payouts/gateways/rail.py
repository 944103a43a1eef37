"""What a rail that answers at once is asked, and what it may say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from core.money import Money


class Verdict(StrEnum):
    """What the answer to one order of payment means.

    ``UNCLEAR``: it may have been carried out, ask again with the same key. ``STORED``: the key
    will never say anything else, look the payment up. ``UNFUNDED`` and ``SHUT``: nothing was
    paid, and no other order would be now.
    """

    SENT = "sent"
    REFUSED = "refused"
    UNFUNDED = "unfunded"
    SHUT = "shut"
    UNCLEAR = "unclear"
    STORED = "stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """One payment to be made. ``key`` is committed before the order leaves."""

    item_id: int
    group: str
    payee: str
    destination: str
    amount: Money
    attempt: int
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back. ``reference`` is the rail's name of the payment, when there is one."""

    verdict: Verdict
    reference: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A payment that the rail has made.

    ``group`` and ``item_id`` are what it was told: of which batch and payout, empty and 0 for none
    of ours.
    """

    reference: str
    group: str
    item_id: int
    destination: str
    amount: Money


class RailUnavailable(Exception):
    """The rail could not be asked just now. Nothing is known, nothing changed."""


class PayoutRail(Protocol):
    """The few words that are spoken with a rail. Every call may raise nothing, but the last three
    raise :class:`RailUnavailable`.
    """

    def send(self, order: Order) -> Answer: ...

    def available(self, currency: str) -> Money: ...

    def made_since(self, at: datetime) -> Iterator[Found]: ...

    def made_of(self, group: str, destination: str = "") -> Iterator[Found]: ...
