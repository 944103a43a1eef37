"""What the look editor sends, read into a plain value; and what it is sent."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from typing import Any
from uuid import UUID

from django.utils.translation import gettext as _

from core.errors import DomainError
from core.money import Money
from influencers.domain.look import Content, Crop, Facts, Option, Photo, Problem, Slot, Spot
from influencers.domain.look import problems as problems_of
from influencers.models import LookVersion, SlotRole
from influencers.queries.looks import content_of, document_of, facts_of, product_document, sold_out
from influencers.queries.pictures import sources_of
from portal.formats import format_money
from portal.look_language import problem_text
from portal.shop_pictures import picture_of
from shop.models import Product

_FOUR_PLACES = Decimal("0.0001")
MOST_BYTES = 200_000
_UNREADABLE = (
    ValueError, KeyError, TypeError, AttributeError, InvalidOperation, RecursionError,
)  # fmt: skip
#: Words of categories, French and English; the first role that one of them speaks of.
_ROLES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (SlotRole.DRESS, ("dress", "robe", "jumpsuit", "combinaison")),
    (SlotRole.SHOES, ("shoe", "chaussure", "boot", "botte", "sneaker", "basket", "sandal")),
    (SlotRole.BAG, ("bag", "sac", "backpack")),
    (SlotRole.OUTER, ("coat", "manteau", "jacket", "veste", "blazer", "parka", "trench")),
    (SlotRole.BOTTOM, ("trouser", "pantalon", "jean", "skirt", "jupe", "short")),
    (SlotRole.ACCESSORY, ("access", "scarf", "foulard", "belt", "ceinture", "hat", "bijou")),
)


class Unreadable(DomainError):
    """What arrived is not what the editor sends."""

    code = "look_unreadable"


def read(body: bytes) -> Content:
    """Return the content in the JSON that the editor sends.

    :raises Unreadable: when it is something else.
    """
    try:
        if len(body) > MOST_BYTES:
            raise ValueError
        return _content(json.loads(body))
    except _UNREADABLE as error:
        raise Unreadable(_("The editor and the page do not match: reload the page.")) from error


def _content(document: Mapping[str, Any]) -> Content:
    return Content(
        title=_text(document["title"]),
        story=_text(document["story"]),
        language=_text(document["language"]),
        tags=_tags(document["tags"]),
        disclosure=_text(document["disclosure"]),
        is_retouched=document["is_retouched"] is True,
        is_virtual=document["is_virtual"] is True,
        photos=tuple(_photo(one) for one in document["photos"]),
        slots=tuple(_slot(one) for one in document["slots"]),
    )


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    value.encode()  # Half of a pair of surrogates is no text.
    return value.replace("\0", "")


def _tags(values: Iterable[object]) -> tuple[str, ...]:
    words = (_text(value).strip().lower() for value in values)
    return tuple(dict.fromkeys(word for word in words if word))


def _photo(document: Mapping[str, Any]) -> Photo:
    x, y, width, height = (_fraction(one) for one in document["crop"])
    return Photo(
        picture=UUID(document["picture"]),
        alt=_text(document["alt"]),
        crop=Crop(min(x, 1 - width), min(y, 1 - height), width, height),
        spots=tuple(
            Spot(UUID(one["slot"]), _fraction(one["x"]), _fraction(one["y"]))
            for one in document["spots"]
        ),
    )


def _slot(document: Mapping[str, Any]) -> Slot:
    return Slot(
        key=UUID(document["key"]),
        role=_text(document["role"]),
        is_required=document["is_required"] is True,
        options=tuple(
            Option(_product_id(one["product"]), one["is_exact"] is True)
            for one in document["options"]
        ),
    )


def _product_id(value: object) -> int:
    if not isinstance(value, int) or not 0 < value < 2**31:
        raise TypeError(value)
    return value


def _fraction(value: object) -> Decimal:
    number = Decimal(str(value))
    if not number.is_finite():
        raise ValueError(value)
    return number.quantize(_FOUR_PLACES)


def editor_document(version: LookVersion) -> dict[str, Any]:
    """Return a loaded version for the editor: with the addresses of pictures, prices in words."""
    document = document_of(version)
    for photo, image in zip(document["photos"], version.images.all(), strict=True):
        photo["src"] = sources_of(image.picture).src
    products = {
        option.product_id: option.product
        for slot in version.slots.all()
        for option in slot.options.all()
    }
    for slot in document["slots"]:
        for option in slot["options"]:
            option |= _shown(products[option["product"]])
    return document


def product_hits(products: Iterable[Product]) -> list[dict[str, Any]]:
    """Return products for the picker."""
    rows = list(products)
    gone = sold_out(rows)
    return [
        product_document(one, sold_out=gone) | _shown(one) | {"role": role_of(one)} for one in rows
    ]


def role_of(product: Product) -> str:
    """Return the part of an outfit that a product's category and name speak of: a first guess."""
    said = f"{product.category} {product.name}".lower()
    return next((role for role, words in _ROLES if any(word in said for word in words)), "top")


def _shown(product: Product) -> dict[str, str]:
    return {
        "price": format_money(Money(product.list_price_minor, product.currency)),
        "picture": picture_of(product),
    }


def checklist(content: Content, facts: Facts) -> list[dict[str, Any]]:
    """Return what is missing and what would be better, in words."""
    return [_said(one, content) for one in problems_of(content, facts)]


def checklist_of(version: LookVersion) -> list[dict[str, Any]]:
    """Return the list of a loaded version."""
    content = content_of(version)
    return checklist(content, facts_of(content))


def _said(problem: Problem, content: Content) -> dict[str, Any]:
    return {
        "code": problem.code,
        "place": problem.place,
        "is_blocking": problem.is_blocking,
        "text": problem_text(problem, _number_of(problem.place, content)),
    }


def _number_of(place: str, content: Content) -> int:
    """Return which photo or product is meant, counted from one; zero for a field."""
    kind, _colon, name = place.partition(":")
    rows = {
        "photo": [str(photo.picture) for photo in content.photos],
        "slot": [str(slot.key) for slot in content.slots],
    }.get(kind, [])
    return rows.index(name) + 1 if name in rows else 0
