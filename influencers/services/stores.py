"""Stores whose employees make looks (docs/rules/standing.md, LG4 to LG6)."""

from __future__ import annotations

from datetime import date, datetime
from itertools import count

from django.db import transaction
from django.utils.text import slugify
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateKind
from core import audit
from core.errors import DomainError
from influencers.models import Influencer, Store

_CODE_LENGTH = 40


class StoreRefused(DomainError):
    """A store without a name, or with a name that another one has."""

    code = "store_refused"


@transaction.atomic
def named(name: str) -> Store | None:
    """Return the store that accounts of employees name, made when there is none; None for ""."""
    wanted = name.strip()
    if not wanted:
        return None
    store, _created = Store.objects.get_or_create(
        name=wanted, defaults={"code": _free_code(wanted)}
    )
    return store


@transaction.atomic
def open_store(*, name: str, city: str, region: str, by_id: int, now: datetime) -> Store:
    """Add a store before somebody who works there has an account.

    :raises StoreRefused: see the class.
    """
    wanted = name.strip()
    if not wanted or Store.objects.filter(name__iexact=wanted).exists():
        raise StoreRefused(_("Give it a name that no other store has."))
    store = Store.objects.create(
        code=_free_code(wanted), name=wanted, city=city.strip(), region=region.strip()
    )
    audit.record(actor=by_id, verb="store.opened", subject=store, at=now)
    return store


@transaction.atomic
def change(
    store_id: int, *, city: str, region: str, closed_on: date | None, by_id: int, now: datetime
) -> Store:
    """Say where a store is, or since when it is closed. Its name stays: accounts carry it."""
    store = Store.objects.select_for_update().get(pk=store_id)
    store.city, store.region, store.closed_on = city.strip(), region.strip(), closed_on
    store.save(update_fields=["city", "region", "closed_on"])
    audit.record(
        actor=by_id, verb="store.changed", subject=store, at=now,
        data={"closed_on": closed_on.isoformat() if closed_on else None},
    )  # fmt: skip
    return store


@transaction.atomic
def gather() -> int:
    """Make a store of every name that employees' accounts carry, and lead profiles to it.

    Safe to repeat. Return how many profiles were led to another store than before.
    """
    names = Affiliate.objects.filter(kind=AffiliateKind.EMPLOYEE).exclude(store="")
    for name in sorted(set(names.values_list("store", flat=True))):
        named(name)
    by_name = dict(Store.objects.values_list("name", "pk"))
    moved = 0
    rows = Influencer.objects.filter(affiliate__kind=AffiliateKind.EMPLOYEE)
    for pk, name, store_id in rows.values_list("pk", "affiliate__store", "store"):
        wanted = by_name.get(name.strip())
        if wanted is not None and wanted != store_id:
            moved += Influencer.objects.filter(pk=pk).update(store=wanted)
    return moved


def _free_code(name: str) -> str:
    base = slugify(name)[: _CODE_LENGTH - 5].strip("-") or "store"
    taken = set(Store.objects.filter(code__startswith=base).values_list("code", flat=True))
    if base not in taken:
        return base
    return next(f"{base}-{n}" for n in count(2) if f"{base}-{n}" not in taken)
