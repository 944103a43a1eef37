"""The generic signed webhook: its signature, its published schemas, and what its bodies mean."""

from __future__ import annotations

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import (  # type: ignore[import-untyped]
    Draft202012Validator,
    ValidationError,
)

from core.hashing import address_key, email_key, phone_key
from core.wording import Said
from shop.connectors.contract import UNREADABLE, BadHeader, BadSignature, UnreadableBody
from shop.connectors.people import customer_ref
from shop.domain.canonical import (
    CanonicalCost,
    CanonicalLine,
    CanonicalOrder,
    CanonicalProduct,
    CanonicalReturn,
    CanonicalReturnLine,
)

NAME = "generic"
ORDER, RETURN, PRODUCT = "apport.order.v1", "apport.return.v1", "apport.product.v1"
COST = "apport.cost.v1"
SCHEMAS = (ORDER, RETURN, PRODUCT, COST)
TOLERANCE_SECONDS = 300
#: A sender that rotates secrets signs with both; no sender needs more than a few.
MOST_SIGNATURES = 4
LONGEST_ID = 64
_FOLDER = Path(__file__).parent / "schemas"

Body = dict[str, Any]


def signature(secret: str, *, timestamp: int, body: bytes) -> str:
    """Return the value of ``Apport-Signature`` for ``body`` sent at ``timestamp`` (Unix time)."""
    return f"t={timestamp},v1={_digest(secret, str(timestamp), body)}"


def check_signature(header: str, body: bytes, *, secrets: Iterable[str], now: datetime) -> None:
    """Accept a delivery signed with any of ``secrets`` at most five minutes ago.

    The body is hashed once per secret, however many signatures the header has.

    :raises BadHeader: when the header has not the form ``t=...,v1=...``, or too many signatures.
    :raises BadSignature: when no signature fits, or its time is too far from ``now``.
    """
    timestamp, signatures = _parts(header)
    if abs(now.timestamp() - int(timestamp)) > TOLERANCE_SECONDS:
        raise BadSignature("The signature is too old: check the clock, and sign each attempt anew.")
    right = [_digest(secret, timestamp, body) for secret in secrets]
    matches = [hmac.compare_digest(good, one) for good in right for one in signatures]
    if not any(matches):
        raise BadSignature("The signature fits none of the shop's active secrets.")


def topic_and_subject(body: bytes) -> tuple[str, str]:
    """Return the schema that a body names, or :data:`UNREADABLE`, and the order it is about."""
    try:
        found = _parsed(body)
    except UnreadableBody:
        return UNREADABLE, ""
    name = found.get("schema") if isinstance(found, dict) else None
    if name not in SCHEMAS:
        return UNREADABLE, ""
    about = found.get("id" if name == ORDER else "order_id")
    return name, about if isinstance(about, str) and len(about) <= LONGEST_ID else ""


def read(body: bytes) -> Body:
    """Return the JSON object of a body that keeps to the schema it names.

    :raises UnreadableBody: with the place and what is wrong there.
    """
    return checked(_parsed(body))


def checked(found: Any) -> Body:
    """Return a parsed body that keeps to the schema it names.

    The first fault ends the reading, and what was sent is never quoted: it may be about a person.

    :raises UnreadableBody: with the place and the rule of the schema that is broken there.
    """
    name = found.get("schema") if isinstance(found, dict) else None
    if name not in SCHEMAS:
        raise UnreadableBody(
            Said("The field schema must be one of %(names)s.", names=", ".join(SCHEMAS))
        )
    error = next(iter(_validator(name).iter_errors(found)), None)
    if error is not None:
        place = ".".join(map(str, error.absolute_path)) or "the body"
        raise UnreadableBody(
            Said(
                "At %(place)s: %(rule)s (schema %(name)s).",
                place=place,
                rule=_rule(error),
                name=name,
            )
        )
    body: Body = found
    return body


def _rule(error: ValidationError) -> str:
    """Return what the schema asks for where it was broken, without what was sent."""
    asked = error.validator_value
    if error.validator == "required":
        missing = [field for field in asked if field not in error.instance]
        return f"missing {', '.join(missing)}"
    if error.validator == "enum":
        return f"must be one of {', '.join(map(str, asked))}"
    if isinstance(asked, str | int | list):
        return f"must keep to {error.validator} {asked}"
    return f"must keep to {error.validator}"


def order(body: Body, *, shop_code: str) -> CanonicalOrder:
    """Translate ``apport.order.v1``. Whom the customer is leaves here only as keyed hashes.

    :raises UnreadableBody: when a time has no offset, or it follows two orders.
    """
    if body.get("exchange_of") and body.get("adds_to"):
        raise UnreadableBody(Said("An order is either exchange_of or adds_to another, not both."))
    customer = body.get("customer") or {}
    return CanonicalOrder(
        external_id=body["id"],
        number=body.get("number") or body["id"],
        placed_at=_moment(body, "placed_at"),
        updated_at=_moment(body, "updated_at"),
        currency=body["currency"],
        lines=tuple(_line(line) for line in body["lines"]),
        is_test=body.get("test", False),
        cancelled_at=_moment(body, "cancelled_at") if body.get("cancelled_at") else None,
        delivered_at=_moment(body, "delivered_at") if body.get("delivered_at") else None,
        awaits_payment=body.get("payment", "paid") == "pending",
        follows_external_id=body.get("exchange_of") or body.get("adds_to") or "",
        customer_ref=customer_ref(shop_code, customer.get("id") or ""),
        email_key=_keyed(email_key, customer, "email_digest"),
        phone_key=_keyed(phone_key, customer, "phone_digest"),
        address_key=_keyed(address_key, customer, "address_digest"),
        has_disposable_email=customer.get("email_is_disposable"),
        is_new_customer=customer.get("is_new"),
        country=body.get("country", ""),
        store=body.get("store", ""),
        codes=tuple(body.get("codes", ())),
        click_tokens=tuple(body.get("ap_ref", ())),
    )


def removed(body: Body) -> dict[str, int]:
    """Return the units of each line of an ``apport.order.v1`` that an edit took out."""
    return {line["id"]: line["removed"] for line in body["lines"] if line.get("removed")}


def shop_return(body: Body) -> CanonicalReturn:
    """Translate ``apport.return.v1``.

    :raises UnreadableBody: when its time has no offset.
    """
    return CanonicalReturn(
        external_id=body["id"],
        order_external_id=body["order_id"],
        reason=body.get("reason", "return"),
        returned_at=_moment(body, "returned_at"),
        lines=tuple(
            CanonicalReturnLine(
                external_id=line["id"],
                line_external_id=line.get("line_id", ""),
                sku=line.get("sku", ""),
                quantity=line.get("quantity", 0),
                net_minor=line["net_minor"],
            )
            for line in body["lines"]
        ),
    )


def cost(body: Body) -> CanonicalCost:
    """Translate ``apport.cost.v1``.

    :raises UnreadableBody: when its time has no offset.
    """
    return CanonicalCost(
        external_id=body["id"],
        order_external_id=body["order_id"],
        corrected_at=_moment(body, "corrected_at"),
        unit_costs=tuple((line["line_id"], line["unit_cost_minor"]) for line in body["lines"]),
    )


def products(body: Body) -> list[CanonicalProduct]:
    """Translate ``apport.product.v1``: one product, or those under ``items``."""
    return [
        CanonicalProduct(
            sku=item["sku"],
            name=item["name"],
            category=item.get("category", ""),
            brand=item.get("brand", ""),
            list_price_minor=item["list_price_minor"],
            vat_bps=item["vat_bps"],
            currency=item["currency"],
            unit_cost_minor=item.get("unit_cost_minor"),
            url=item.get("url", ""),
            image_url=item.get("image_url", ""),
            is_active=item.get("active", True),
            collections=tuple(item.get("collections", ())),
            model=item.get("model", ""),
            color=item.get("color", ""),
            size=item.get("size", ""),
            stock=item.get("stock"),
            changed_at=_moment(item, "changed_at") if item.get("changed_at") else None,
        )
        for item in body.get("items", [body])
    ]


@cache
def schema_text(name: str) -> str:
    """Return the published JSON Schema ``name``.

    :raises KeyError: when there is none of that name.
    """
    if name not in SCHEMAS:
        raise KeyError(name)
    return (_FOLDER / f"{name}.json").read_text(encoding="utf-8")


def _parsed(body: bytes) -> Any:
    """Return what the JSON says; decimals stay text, so that no amount passes as a float."""
    try:
        found = json.loads(body, parse_float=str, parse_constant=str)
        text = json.dumps(found, ensure_ascii=False)
        text.encode()
    except (ValueError, RecursionError) as error:
        raise UnreadableBody(Said("The body is not JSON: %(error)s.", error=str(error))) from error
    if "\\u0000" in text:
        raise UnreadableBody(Said("The body has a NUL character in a text."))
    return found


@cache
def _validator(name: str) -> Draft202012Validator:
    return Draft202012Validator(json.loads(schema_text(name)))


def _line(line: Mapping[str, Any]) -> CanonicalLine:
    return CanonicalLine(
        external_id=line["id"],
        kind=line.get("kind", "product"),
        sku=line.get("sku", ""),
        title=line.get("title", "")[:200],
        quantity=line["quantity"],
        net_minor=line["net_minor"],
        discount_minor=line.get("discount_minor", 0),
        tax_minor=line.get("tax_minor", 0),
        unit_cost_minor=line.get("unit_cost_minor"),
    )


def _keyed(key: Callable[[str], str], customer: Mapping[str, Any], name: str) -> str:
    digest = customer.get(name)
    return key(digest) if digest else ""


def _moment(body: Body, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(body[name])
        if moment.tzinfo is None:
            raise UnreadableBody(Said("At %(place)s: the time has no offset from UTC.", place=name))
        return moment.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableBody(
            Said("At %(place)s: this is not an ISO 8601 time.", place=name)
        ) from error


def _parts(header: str) -> tuple[str, list[str]]:
    pairs = [part.strip().partition("=")[::2] for part in header.split(",")]
    times = [value for name, value in pairs if name == "t"]
    signatures = [value for name, value in pairs if name == "v1" and value.isascii()]
    if len(times) != 1 or not (times[0].isdecimal() and times[0].isascii()) or not signatures:
        raise BadHeader("Apport-Signature must be t=<unix time>,v1=<hex HMAC-SHA256>.")
    if len(times[0]) > 12:
        raise BadHeader("Apport-Signature's t is not a Unix time in seconds.")
    if len(signatures) > MOST_SIGNATURES:
        raise BadHeader(f"Apport-Signature may have at most {MOST_SIGNATURES} signatures.")
    return times[0], signatures


def _digest(secret: str, timestamp: str, body: bytes) -> str:
    message = timestamp.encode() + b"." + body
    return hmac.new(secret.encode(), message, hashlib.sha256).hexdigest()
