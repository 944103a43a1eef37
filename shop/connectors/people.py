"""Who bought, as keyed hashes: the only form in which a person passes a connector."""

from __future__ import annotations

import hashlib
from typing import TypedDict

import phonenumbers

from core.hashing import (
    address_digest,
    address_key,
    email_digest,
    email_key,
    keyed_hash,
    phone_key,
)


class Person(TypedDict):
    """The fields of a ``CanonicalOrder`` that tell orders of one person from those of others."""

    customer_ref: str
    email_key: str
    phone_key: str
    address_key: str
    country: str


def customer_ref(shop_code: str, customer_id: str) -> str:
    """Return the stored form of a shop's customer id: a keyed hash, or nothing for nobody."""
    return keyed_hash("customer", f"{shop_code}:{customer_id}") if customer_id else ""


def person(
    *,
    shop_code: str,
    customer_id: str = "",
    email: str = "",
    phone: str = "",
    street: str = "",
    postcode: str = "",
    country: str = "",
) -> Person:
    """Return the keyed hashes of who bought; what is unknown or cannot be read is empty.

    ``street``: street and number of the delivery address; leave it out for pick-up points and
    stores. ``country``: ISO 3166 alpha-2; it also says how a national phone number is read.
    The digests are those that the generic webhook asks for, so that one person is one key
    whatever platform told of them.
    """
    region = country.strip().upper() if len(country.strip()) == 2 else ""
    number = _e164(phone, region)
    address = address_digest(street, postcode, region) if street.strip() else ""
    return Person(
        customer_ref=customer_ref(shop_code, customer_id),
        email_key=email_key(email_digest(email)) if "@" in email else "",
        phone_key=phone_key(hashlib.sha256(number.encode()).hexdigest()) if number else "",
        address_key=address_key(address) if address else "",
        country=region,
    )


def _e164(phone: str, region: str) -> str:
    try:
        number = phonenumbers.parse(phone, region or None)
    except phonenumbers.NumberParseException:
        return ""
    if not phonenumbers.is_possible_number(number):
        return ""
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
