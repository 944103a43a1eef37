"""Which of the programme's categories is meant by what a shop calls one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.db import transaction

from core import audit
from core.errors import DomainError
from core.models import User
from core.wording import Said
from shop.models import CategoryName, Product
from shop.services.locking import locked

MAPPED = "category.mapped"
LONGEST, LONGEST_SAID = 80, 200


class CategoryRefused(DomainError):
    """A name that no category can have."""

    code = "category_refused"


def meant(shop_id: int, said: Iterable[str]) -> Mapping[str, str]:
    """Return the programme's category for each of a shop's names.

    A name that nobody mapped is the category itself, cut to its size.
    """
    names = {one[:LONGEST_SAID] for one in said}
    mapped = dict(
        CategoryName.objects.filter(shop_id=shop_id, said__in=names).values_list("said", "category")
    )
    return {name: mapped.get(name, name[:LONGEST]) for name in names}


@transaction.atomic
def map_category(
    *, shop_id: int, said: str, category: str, actor: User | int | None, now: datetime
) -> int:
    """Let what the shop calls ``said`` be ``category``; return how many products changed theirs.

    The products that are here follow at once, and those to come when they come. An empty category
    takes the mapping back: the shop's own word holds again. Terms of past orders do not move:
    orders keep what they were paid by. Safe to repeat: the same again changes nothing.

    :raises CategoryRefused: when a name is missing or too long.
    """
    said, category = said.strip(), category.strip()
    if not 1 <= len(said) <= LONGEST_SAID or len(category) > LONGEST:
        raise CategoryRefused(
            Said("Give the shop's name of the category, and ours of at most %(most)s signs.",
                 most=LONGEST)
        )  # fmt: skip
    shop = locked(shop_id)
    row = CategoryName.objects.filter(shop=shop, said=said).first()
    before = row.category if row is not None else ""
    if before == category:
        return 0
    if not category:
        CategoryName.objects.filter(shop=shop, said=said).delete()
    else:
        CategoryName.objects.update_or_create(shop=shop, said=said, defaults={"category": category})
    theirs = Product.objects.filter(shop=shop, said_category=said)
    new = category or said[:LONGEST]
    changed = theirs.exclude(category=new).update(category=new)
    audit.record(
        actor=actor, verb=MAPPED, subject=shop, at=now,
        data={"said": said, "before": before, "after": category, "products": changed},
    )  # fmt: skip
    return changed
