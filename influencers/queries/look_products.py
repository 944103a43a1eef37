"""What the places of looks show now: products with live price and stock (LK10 to LK16)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Prefetch, Q

from core.money import Money
from influencers.domain.availability import (
    Choice,
    Found,
    Stocked,
    can_be_bought,
    choose,
    is_placeable,
)
from influencers.models import LookSlot, LookVersion, SlotOption
from shop.models import Product

_FIELDS = ("pk", "shop_id", "sku", "name", "brand", "category", "list_price_minor", "vat_bps",
           "currency", "url", "image_url", "is_active", "model", "color", "size", "stock",
           "stock_at")  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedSlot:
    """A place of a look. ``product`` is what is shown now; none: nobody chose one yet."""

    slot: LookSlot
    product: Product | None
    found: Found
    is_exact: bool  # The creator says: the very thing on the photo.

    @property
    def is_sold_out(self) -> bool:
        return self.found == Found.SOLD_OUT

    @property
    def is_substitute(self) -> bool:
        """Whether it differs to the eye from what was worn."""
        return self.found.is_substitute

    @property
    def price(self) -> Money | None:
        """The price with VAT, as the shop shows it now."""
        if self.product is None:
            return None
        return Money(self.product.list_price_minor, self.product.currency)


@dataclass(frozen=True, slots=True, kw_only=True)
class ResolvedLook:
    """The places of a version in their order, and whether it may be placed by itself."""

    version_id: int
    slots: tuple[ResolvedSlot, ...]
    is_placeable: bool


def resolve(versions: Iterable[LookVersion], *, now: datetime) -> dict[int, ResolvedLook]:
    """Return what each version shows now, by version id. Three queries at most."""
    ids = [version.pk for version in versions]
    options = SlotOption.objects.select_related("product").order_by("rank")
    slots = list(
        LookSlot.objects.filter(version__in=ids)
        .annotate(is_customers=Q(version__look__affiliate__isnull=True))
        .order_by("version", "position")
        .prefetch_related(Prefetch("options", options))
    )
    worn = {option.product for slot in slots for option in slot.options.all()}
    gone = [product for product in worn if not can_be_bought(_stocked(product), now)]
    products = _siblings(gone) | {product.pk: product for product in worn}
    family: dict[int, dict[str, list[Stocked]]] = defaultdict(lambda: defaultdict(list))
    for product in products.values():
        family[product.shop_id][product.model].append(_stocked(product))
    found: dict[int, list[ResolvedSlot]] = {pk: [] for pk in ids}
    choices: dict[int, list[tuple[bool, Choice | None]]] = {pk: [] for pk in ids}
    of_customers: set[int] = set()
    for slot in slots:
        ranked = [option.product for option in slot.options.all()]
        of_model = family[ranked[0].shop_id] if ranked else {}
        choice = choose([_stocked(one) for one in ranked], of_model, now=now)
        found[slot.version_id].append(_resolved(slot, choice, products))
        choices[slot.version_id].append((slot.is_required, choice))
        if slot.is_customers:
            of_customers.add(slot.version_id)
    return {
        pk: ResolvedLook(
            version_id=pk,
            slots=tuple(found[pk]),
            is_placeable=is_placeable(choices[pk], is_customers=pk in of_customers),
        )
        for pk in ids
    }


def family_of(shop_id: int, sku: str) -> tuple[list[int], list[int]]:
    """Return the ids of the products that a product page shows: of its own colour, of all colours.

    A page is known by any SKU of its model. Two empty lists for a SKU that nobody knows.
    """
    shown = Product.objects.filter(shop=shop_id, sku=sku).only("pk", "model", "color").first()
    if shown is None:
        return [], []
    if not shown.model:
        return [shown.pk], [shown.pk]
    rows = Product.objects.filter(shop=shop_id, model=shown.model).values_list("pk", "color")
    everything = list(rows)
    return [pk for pk, color in everything if color == shown.color], [pk for pk, _ in everything]


def _siblings(worn: Collection[Product]) -> dict[int, Product]:
    """Return every size and colour of the models of these products."""
    models = {(product.shop_id, product.model) for product in worn if product.model}
    if not models:
        return {}
    wanted = Q()
    for shop_id in {shop_id for shop_id, _model in models}:
        wanted |= Q(shop=shop_id, model__in=[model for of, model in models if of == shop_id])
    return {row.pk: row for row in Product.objects.filter(wanted).exclude(model="").only(*_FIELDS)}


def _resolved(slot: LookSlot, choice: Choice | None, products: dict[int, Product]) -> ResolvedSlot:
    first = next(iter(slot.options.all()), None)
    return ResolvedSlot(
        slot=slot,
        product=products[choice.product_id] if choice else None,
        found=choice.found if choice else Found.SOLD_OUT,
        is_exact=bool(first and first.is_exact and choice and not choice.is_substitute),
    )


def _stocked(product: Product) -> Stocked:
    return Stocked(
        product_id=product.pk,
        sku=product.sku,
        is_active=product.is_active,
        model=product.model,
        color=product.color,
        stock=product.stock,
        stock_at=product.stock_at,
    )
