"""The catalogue of events that endpoints can be told of: data, schemas and examples (HK1-HK3).

A type never changes its meaning. A field may be added under the same version; whatever else changes
is a new version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

API_VERSION = "2026-11-01"
SCHEMA_DIALECT = "https://json-schema.org/draft/2020-12/schema"
#: The only event that is about nothing: it is sent when a person asks for a try.
PING = "ping"


class Audience(StrEnum):
    """Whose endpoints may be told."""

    AFFILIATE = "affiliate"
    PROGRAMME = "programme"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of an event's data: its JSON Schema and an example."""

    schema: Mapping[str, Any]
    example: Any


@dataclass(frozen=True, slots=True)
class EventType:
    """What is told, to whom, and which fields its data has."""

    name: str
    audience: Audience
    fields: Mapping[str, Field]


def _text(about: str, example: str) -> Field:
    return Field({"type": "string", "description": about}, example)


def _maybe(about: str, example: str) -> Field:
    return Field({"type": "string", "description": f"{about} Empty when there is none."}, example)


def _one_of(about: str, *words: str) -> Field:
    return Field({"type": "string", "enum": list(words), "description": about}, words[0])


def _minor(about: str, example: int) -> Field:
    said = f"{about} In minor units of the currency."
    return Field({"type": "integer", "description": said}, example)


_AT = Field(
    {"type": "string", "format": "date-time", "description": "When it happened, in UTC."},
    "2026-11-23T08:30:00Z",
)
_UUID = {"type": "string", "format": "uuid"}
_CURRENCY = Field(
    {"type": "string", "pattern": "^[A-Z]{3}$", "description": "ISO 4217."},
    "EUR",
)


def _id(about: str) -> Field:
    return Field({**_UUID, "description": about}, "6b2f8c1e-58a4-4c5e-9f35-0b1f6e1d2c3a")


_SALE = {
    "sale": _text("The sale's reference, as on its page.", "S-1025"),
    "status": _one_of("Where the sale stands.", "pending", "approved", "declined", "reversed"),
    "commission_minor": _minor("What the sale comes to now.", 1250),
    "currency": _CURRENCY,
    "basket_minor": _minor("Products, net of VAT and discounts.", 8990),
    "link": _maybe("Code of the link that brought the sale.", "spring"),
    "code": _maybe("Promo code that brought the sale.", ""),
    "sub1": _maybe("The sub id that the link carried.", "newsletter-12"),
    "at": _AT,
}
_REASON = _one_of(
    "Why the sale does not stand.", "invalid_traffic", "self_purchase", "test_order", "other"
)
_TOOK_BACK = _one_of("Why something was taken back.", "return", "cancellation", "refund")
_PAYOUT = {
    "payout": _id("The payout."),
    "reference": _text("What the bank and the statement call it.", "AP0000000012"),
    "amount_minor": _minor("What leaves, with VAT.", 48210),
    "currency": _CURRENCY,
    "at": _AT,
}
_LOOK = {
    "look": _id("The look."),
    "slug": _text("The last part of the look's address.", "sunday-on-the-quay"),
    "at": _AT,
}
_CASE = {"case": _id("The case."), "at": _AT}
_OF = {"affiliate": _id("The affiliate.")}
_BATCH = {
    "batch": _id("The batch."),
    "reference": _text("The batch's reference.", "B-2026-11"),
    "total_minor": _minor("Everything in the batch.", 1843210),
    "currency": _CURRENCY,
    "payouts": Field({"type": "integer", "description": "How many payouts."}, 124),
    "at": _AT,
}


def _of_money() -> dict[str, Mapping[str, Field]]:
    return {
        "sale.tracked": _SALE,
        "sale.approved": _SALE,
        "sale.declined": {**_SALE, "reason": _REASON},
        "sale.reversed": {
            **_SALE,
            "change_minor": _minor("What was taken back: negative.", -420),
            "reason": _TOOK_BACK,
        },
        "adjustment.posted": {
            "adjustment": _text("The adjustment's reference.", "A-12"),
            "sale": _maybe("The sale that it belongs to.", "S-1025"),
            "amount_minor": _minor("What was added, or taken back (negative).", 500),
            "currency": _CURRENCY,
            "reason": _one_of(
                "What it is.", "correction", "bonus", "goodwill", "clawback", "claim",
                "payment_back", "write_off", "campaign",
            ),
            "text": _maybe("What the team wrote about it.", "Bonus of the first sale"),
            "at": _AT,
        },
        "payout.sent": _PAYOUT,
        "payout.paid": _PAYOUT,
        "payout.failed": {
            **_PAYOUT,
            "status": _one_of("What became of the money.", "failed", "returned"),
        },
        "statement.ready": {
            "statement": _text("The statement's number.", "ST-AP0000000012"),
            **_PAYOUT,
        },
    }  # fmt: skip


def _of_work() -> dict[str, Mapping[str, Field]]:
    looks = ("approved", "changes_requested", "refused", "published", "withdrawn")
    return {
        "terms.announced": {
            "version": Field({"type": "integer", "description": "Version of the terms."}, 4),
            "valid_from": Field(
                {"type": "string", "format": "date-time", "description": "When they begin."},
                "2026-12-31T23:00:00Z",
            ),
            "is_worse": Field(
                {"type": "boolean", "description": "Something pays less, or later."}, example=False
            ),
            "at": _AT,
        },
        **{f"look.{act}": _LOOK for act in looks},
        "case.opened": _CASE,
        "case.decided": {**_CASE, "outcome": _one_of("The decision.", "confirmed", "dismissed")},
        "code.assigned": {
            "code": _text("The promo code.", "ADA10"),
            "discount_bps": Field(
                {"type": "integer", "description": "What the buyer saves, in basis points."}, 1000
            ),
            "at": _AT,
        },
        "link.broken": {
            "link": _text("Code of the link.", "spring"),
            "url": _text("The page that is gone.", "https://shop.example/dresses"),
            "at": _AT,
        },
    }


def _for_programme() -> dict[str, Mapping[str, Field]]:
    return {
        "application.submitted": {"application": _id("The application."), "at": _AT},
        "affiliate.approved": {**_OF, "at": _AT},
        "affiliate.suspended": {**_OF, "at": _AT},
        "batch.awaiting_approval": _BATCH,
        "batch.approved": _BATCH,
        "batch.sent": _BATCH,
        "connection.silent": {
            "connection": _text("Code of the connection.", "maison"),
            "at": _AT,
        },
        "programme.case.opened": {
            **_CASE,
            **_OF,
            "severity": _one_of("How heavy it is.", "refuse", "hold", "review", "info"),
        },
    }


EVENT_TYPES: Mapping[str, EventType] = {
    name: EventType(name, audience, fields)
    for audience, found in (
        (Audience.AFFILIATE, _of_money() | _of_work()),
        (Audience.PROGRAMME, _for_programme()),
    )
    for name, fields in found.items()
}


def types_for(audience: Audience) -> tuple[str, ...]:
    """Return the names of the events that an audience may be told of."""
    return tuple(name for name, one in EVENT_TYPES.items() if one.audience == audience)


def schema_of(name: str) -> dict[str, Any]:
    """Return the JSON Schema of a whole body.

    :raises KeyError: for a type that is not in the catalogue.
    """
    fields = {} if name == PING else EVENT_TYPES[name].fields
    data = {
        "type": "object",
        "properties": {key: dict(field.schema) for key, field in fields.items()},
        "required": list(fields),
    }
    envelope = {
        "id": {**_UUID, "description": "Of the event: the same in every attempt."},
        "type": {"const": name},
        "created_at": {"type": "string", "format": "date-time"},
        "api_version": {"const": API_VERSION},
        "data": data,
    }
    return {
        "$schema": SCHEMA_DIALECT,
        "title": name,
        "type": "object",
        "properties": envelope,
        "required": list(envelope),
    }


def example_of(name: str) -> dict[str, Any]:
    """Return a whole body, as it may be sent.

    :raises KeyError: for a type that is not in the catalogue.
    """
    fields = {} if name == PING else EVENT_TYPES[name].fields
    return {
        "id": "019aafc2-7b10-7c4e-9f35-3d1f6e1d2c3a",
        "type": name,
        "created_at": "2026-11-23T08:30:05Z",
        "api_version": API_VERSION,
        "data": {key: field.example for key, field in fields.items()},
    }
