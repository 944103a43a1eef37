"""What a connector is: the one place where a platform's shape is known, and what it hands over."""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any, ClassVar, Protocol
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.money import Money
from core.wording import Said
from shop.domain.states import Facts

#: The topic under which a body is kept that nobody can name; reading it says what is wrong.
UNREADABLE = "unreadable"


class UnreadableBody(DomainError):
    """A body is not what its platform documents; the sentence names the place."""

    code = "unreadable_body"


class BadSignature(DomainError):
    """A delivery is not signed by a secret of the connection, or too long ago."""

    code = "bad_signature"


class BadHeader(DomainError):
    """A header that a delivery needs is missing or misshapen."""

    code = "bad_header"


@dataclass(frozen=True, slots=True)
class Delivery:
    """A request as it came. Names of ``headers`` are in small letters."""

    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """What a delivery is, told by its headers and nothing that must be believed.

    ``event_id`` is the same for the same event however often and through however many
    subscriptions it is sent; it is kept once per topic. ``subject`` is the shop's id of what
    changed, where it is known without reading much.
    """

    event_id: str
    topic: str
    subject: str = ""
    delivery_id: str = ""
    triggered_at: datetime | None = None
    #: Answered 200 and kept nowhere: a platform's sign of life, such as WooCommerce's ping.
    is_ping: bool = False


@dataclass(frozen=True, slots=True)
class Record:
    """One order or product as a platform's API gave it, kept and read as a delivery is.

    ``version`` changes when what it says changes: the platform's own time of change.
    """

    topic: str
    subject: str
    version: str
    body: bytes


@dataclass(frozen=True, slots=True)
class Page:
    """One page of an API's list. ``cursor`` asks for the next; empty: this was the last."""

    records: tuple[Record, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A webhook that the platform says it sends. ``is_alive`` False: it stopped sending."""

    topic: str
    address: str
    is_alive: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class Context:
    """What a connector knows of the shop beside the body. ``options`` are the connection's own."""

    shop_code: str
    currency: str
    timezone: ZoneInfo = ZoneInfo("UTC")
    options: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """Something to enter when a shop is connected. Secrets are kept encrypted, never shown."""

    name: str
    label: str | Promise
    help: str | Promise = ""
    is_secret: bool = False
    is_required: bool = True


class Poller(Protocol):
    """A platform's API, asked page by page so that a page that dies is asked for again."""

    def greet(self) -> str:
        """Return the shop's own name: shows that address and credentials are right."""

    def orders(self, *, since: datetime, until: datetime, cursor: str = "") -> Page:
        """Return a page of the orders changed in the half-open period, oldest change first."""

    def order(self, external_id: str) -> Record:
        """Return one order with all its refunds, as it is now."""

    def products(self, *, since: datetime | None = None, cursor: str = "") -> Page:
        """Return a page of products with prices, costs and stock; all, or those changed since."""

    def subscriptions(self) -> Sequence[Subscription]:
        """Return the webhooks that the platform says it sends to anybody."""

    def subscribe(self, address: str, secret: str) -> None:
        """Let the platform send what it does not send yet to ``address``. Safe to repeat."""


class Connector(ABC):
    """One platform. It knows no rows: what it is given it translates, and that is all."""

    name: ClassVar[str]
    title: ClassVar[str]
    #: What is entered beside the address: credentials and choices.
    fields: ClassVar[Sequence[Field]] = ()
    #: Whether the platform signs with a secret that it makes itself and a person pastes here.
    has_own_secret: ClassVar[bool] = False
    #: Whether its shops publish the keys that they sign with: then no secret need be pasted.
    publishes_keys: ClassVar[bool] = False
    #: Whether the platform can be asked to send: a webhook that died is then made again.
    subscribes: ClassVar[bool] = False
    #: What to do at the platform, step by step. ``%(webhook)s`` stands for the address to send to.
    steps: ClassVar[Sequence[str | Promise]] = ()
    #: How to see that it works: what to do there so that an order, a file or products come.
    trial: ClassVar[Sequence[str | Promise]] = (
        _("Place an order at the shop for any product, with a payment that costs nothing."),
        _("To us it is an order like any other: cancel it at the shop afterwards, and it earns"
          " nothing."),
    )  # fmt: skip
    #: Whether it tells of orders at all; if not, of products alone.
    tells_orders: ClassVar[bool] = True

    @abstractmethod
    def check(self, delivery: Delivery, *, secrets: Sequence[str], now: datetime) -> None:
        """Accept a delivery that one of ``secrets`` (the newest first) signed.

        :raises BadHeader: when a header that is needed is missing or misshapen.
        :raises BadSignature: when no secret fits, or it was signed too long ago.
        """

    @abstractmethod
    def arrival(self, delivery: Delivery) -> Arrival:
        """Say what a delivery is. A body that cannot be read is :data:`UNREADABLE`, no error.

        :raises BadHeader: when nothing says which event it is.
        """

    def trusted(self, delivery: Delivery, *, address: str, secrets: Sequence[str]) -> Sequence[str]:  # noqa: ARG002
        """Return what a delivery is checked with: ``secrets``, or what the shop publishes itself.

        It may ask the shop at ``address``, and take some seconds: never inside a transaction.
        """
        return secrets

    def is_of(self, delivery: Delivery, address: str) -> bool:  # noqa: ARG002
        """Tell whether a signed delivery is of the shop at ``address``, where it says of which.

        One app may be installed in several shops, and signs for all of them with one secret.
        """
        return True

    @abstractmethod
    def facts(self, topic: str, body: bytes, context: Context) -> Facts:
        """Translate a body. People leave here only as keyed hashes (``people.py``).

        :raises UnreadableBody: with a sentence that names the place and quotes nothing.
        """

    @abstractmethod
    def poller(
        self, address: str, credentials: Mapping[str, str], context: Context
    ) -> Poller | None:
        """Return the way to the platform's API; none where it has none or nothing was entered."""


def parsed(body: bytes) -> Any:
    """Return what JSON says; numbers with a point are ``Decimal``, never floats.

    :raises UnreadableBody: when it is no JSON, or has a NUL in a text.
    """
    try:
        found = json.loads(body, parse_float=Decimal, parse_constant=str)
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(Said("The body is not JSON: %(error)s.", error=str(error))) from error
    if b"\\u0000" in body:
        raise UnreadableBody(Said("The body has a NUL character in a text."))
    return found


def dumped(found: Any) -> bytes:
    """Return JSON of what :func:`parsed` gave; a decimal becomes a text with the same digits."""
    return json.dumps(found, default=str, ensure_ascii=False, separators=(",", ":")).encode()


def minor(amount: object, currency: str, place: str) -> int:
    """Return an amount of a body (text, integer or decimal; major units) in minor units.

    Rounded half away from zero: platforms send up to six decimals.

    :raises UnreadableBody: when it is no amount; the sentence names ``place``.
    """
    if isinstance(amount, str | int | Decimal) and not isinstance(amount, bool):
        try:
            value = Decimal(amount)
        except InvalidOperation:
            value = Decimal("NaN")
        is_amount = value.is_finite() and value.copy_abs() < 10**13  # abs() overflows.
        if is_amount and int(value.as_tuple().exponent) > -30:
            return Money.from_decimal(value, currency).minor
    raise UnreadableBody(Said("At %(place)s: this is not an amount.", place=place))
