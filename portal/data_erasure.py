"""Carrying out a request to be erased: of a person with an account, of a buyer, of a visitor."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, data_requests, staff_team
from core.data_requests import RequestRefused
from core.models import DataRequest, Wish
from core.privacy import erasing, registry
from core.privacy.declaring import OnErasure
from core.privacy.erasing import Part, Preview
from portal.data_files import visitor_of
from shop.services import erasures
from shop.services.erasures import Buyer
from tracking.domain.references import to_uuid
from tracking.services import erasure


def preview(request: DataRequest, *, actor_id: int, now: datetime) -> Preview:
    """Return what would go, what would stay, and what keeps ``actor_id``. Nothing is changed."""
    if request.person_id is not None:
        found = erasing.preview(registry.person_of(request.person_id))
        return replace(found, obstacles=[*found.obstacles, *_not_them(request, actor_id, now)])
    return Preview(parts=_parts_of_buyer(request), obstacles=[])


@transaction.atomic
def carry_out(*, request_id: int, typed: str, actor_id: int, now: datetime) -> DataRequest:
    """Erase whom a request is about, and close it with the receipt. All of it, or nothing.

    :raises RequestRefused: when it is over, asks something else, the word was not typed, it is
        about ``actor_id``, or it takes two people (PV11) who are not two.
    :raises CannotEraseYet: while something has to be settled first.
    """
    request = DataRequest.objects.select_for_update().get(pk=request_id)
    if request.wish != Wish.ERASURE:
        raise RequestRefused(_("This request asks for a copy."))
    if not request.is_open:
        raise RequestRefused(_("This request is closed already."))
    if typed.strip().upper() != _("ERASE"):
        raise RequestRefused(_("Type the word that is asked for: it cannot be undone."))
    if refusal := _not_them(request, actor_id, now):
        raise RequestRefused(" ".join(refusal))
    if request.person_id is not None:
        person = registry.person_of(request.person_id)
        receipt = erasing.erase(person, actor_id=actor_id, now=now)
    else:
        receipt = _erase_buyer(request, actor_id, now)
    return data_requests.mark_erased(
        request_id=request_id, receipt=receipt, actor_id=actor_id, now=now
    )


def receipt_of(request: DataRequest) -> list[Part]:
    """Return what went and what stayed when a request was carried out."""
    return [Part(**one) for one in request.receipt]


def _not_them(request: DataRequest, actor_id: int, now: datetime) -> list[str]:
    """Say why ``actor_id`` may not erase this person: nobody makes an account vanish alone (PV11).

    Buyers and visitors have no account that could vanish: one person answers them.
    """
    if request.person_id is None:
        return []
    if request.person_id == actor_id:
        return [_("Somebody else must do it: this is about you.")]
    if request.received_by_id is None:
        return []
    if request.received_by_id == actor_id:
        return [_("Somebody else must do it: you wrote this request down.")]
    if any(staff_team.is_new(one, now) for one in (actor_id, request.received_by_id)):
        return [
            _("Neither who wrote this request down nor who carries it out may have got a role"
              " within the last seven days.")
        ]  # fmt: skip
    return []


def _parts_of_buyer(request: DataRequest) -> list[Part]:
    about, parts = request.about, []
    if about.get("shop"):
        orders = erasures.orders_of(Buyer.of_json(about)).count()
        parts.append(_part("shop.Order", orders))
        parts.append(
            Part(table="shop.OrderLine", rows=orders, end=OnErasure.KEEP,
                 why=_("The books: they name nobody."))
        )  # fmt: skip
    visitor = visitor_of(about)
    if visitor is not None:
        rows = sum(len(found) for found in erasure.told(visitor).values())
        parts.append(_part("tracking.Click", rows))
    return parts


def _part(table: str, rows: int) -> Part:
    return Part(table=table, rows=rows, end=OnErasure.EMPTY, why="")


def _erase_buyer(request: DataRequest, actor_id: int, now: datetime) -> list[dict[str, Any]]:
    parts = [asdict(part) for part in _parts_of_buyer(request)]
    visitors = {visitor_of(request.about)}
    if request.about.get("shop"):
        tokens = erasures.erase_buyer(Buyer.of_json(request.about), now=now)
        visitors |= {to_uuid(token) for token in tokens}
    for visitor in sorted(filter(None, visitors)):
        erasure.erase(visitor=visitor, until=now)
    audit.record(actor=actor_id, verb="buyer.erased", subject=request, at=now,
                 data={"parts": len(parts)})  # fmt: skip
    return parts
