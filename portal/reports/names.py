"""What the keys of rows are called: one query for all rows of a page."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Group
from influencers.models import Look
from portal.countries import country_name
from portal.formats import format_day, format_month
from portal.queries.link_products import promotable
from portal.reports.asking import Question
from portal.reports.statements import BESIDE
from shop.models import OrderLine, Product
from tracking.models import CouponCode, Link


def names_of(question: Question, keys: Iterable[str]) -> dict[str, str]:
    """Return what each of ``keys`` is called in the active language."""
    wanted = list(dict.fromkeys(keys))
    name = question.by.key
    if question.by.is_time:
        return {key: _time(name, key) for key in wanted}
    known = _known(name, {key for key in wanted if key}, question.scope.affiliate)
    return {key: known.get(key) or _said(name, key) for key in wanted}


def value_name(name: str, value: str, affiliate: Affiliate | None) -> str:
    """Return what a filter is set to; what is not the affiliate's has no name for them."""
    known = _known(name, {value}, affiliate) if value else {}
    return known.get(value) or _said(name, value)


def filter_value(name: str, key: str, slugs: dict[str, str]) -> str:
    """Return how an address names a row, so that a report can be narrowed to it."""
    return slugs.get(key, "") if name in ("affiliate", "group") else key or "none"


def slugs_of(name: str, keys: Collection[str]) -> dict[str, str]:
    """Return what affiliates and groups are called in addresses, by the keys of rows."""
    ids = [key for key in keys if key.isdecimal()]
    if name == "affiliate":
        found = Affiliate.objects.filter(pk__in=ids).values_list("pk", "public_id")
        return {str(pk): str(public_id) for pk, public_id in found}
    if name == "group":
        rows = Group.objects.filter(pk__in=ids).values_list("pk", "slug")
        return {str(pk): slug for pk, slug in rows}
    return {}


def _time(name: str, key: str) -> str:
    day = date.fromisoformat(key)
    if name == "month":
        return format_month(day)
    if name == "week":
        return _("Week from %(day)s") % {"day": format_day(day)}
    return format_day(day)


def _known(name: str, keys: Collection[str], affiliate: Affiliate | None) -> dict[str, str]:
    ids = [key for key in keys if key.isdecimal()]
    own = {"affiliate": affiliate} if affiliate is not None else {}
    if name == "link":
        links = Link.objects.filter(pk__in=ids, **own).values_list("pk", "label", "code")
        return {str(pk): label or f"/c/{code}" for pk, label, code in links}
    if name == "code":
        codes = CouponCode.objects.filter(pk__in=ids, **own).values_list("pk", "code")
        return {str(pk): code for pk, code in codes}
    if name == "look":
        looks = Look.objects.filter(pk__in=ids, **own).values_list("pk", "live__title", "slug")
        return {str(pk): title or slug for pk, title, slug in looks}
    if name == "affiliate":
        return {str(pk): said for pk, said in _named(Affiliate, ids)}
    if name == "group":
        return {str(pk): said for pk, said in _named(Group, ids)}
    if name == "product":
        return _products(keys, affiliate)
    return {}


def _named(model: type[Affiliate] | type[Group], ids: Collection[str]) -> list[tuple[int, str]]:
    return list(model._default_manager.filter(pk__in=ids).values_list("pk", "name"))


def _products(keys: Collection[str], affiliate: Affiliate | None) -> dict[str, str]:
    """Name products; to an affiliate those on sale, and what was in orders credited to them."""
    ids = [key[1:] for key in keys if key.startswith("p") and key[1:].isdecimal()]
    found = {}
    rows = Product.objects.filter(pk__in=ids)
    if affiliate is not None:
        sold = OrderLine.objects.filter(product=OuterRef("pk"), order__credits__affiliate=affiliate)
        rows = rows.filter(Q(pk__in=promotable().filter(pk__in=ids).values("pk")) | Exists(sold))
    for pk, name, color, size, sku in rows.values_list("pk", "name", "color", "size", "sku"):
        found[f"p{pk}"] = " · ".join(part for part in (name, color, size, sku) if part)
    return found


_PLACES = {
    "look:page": lambda: _("The look's own page"),
    "look:creator": lambda: _("Page of the creator"),
    "look:lookbook": lambda: _("Lookbook"),
    "look:pdp": lambda: _("Product page"),
    "look:embed": lambda: _("Embedded elsewhere"),
    "look:offsite": lambda: _("Shared elsewhere"),
}
_EMPTY = {
    "link": lambda: _("By promo code, without a link"),
    "code": lambda: _("By a link, without a promo code"),
    "look": lambda: _("No look"),
    "surface": lambda: _("No place told"),
    "sub": lambda: _("No sub id"),
    "category": lambda: _("No category"),
    "country": lambda: _("Not known"),
}
_CUSTOMERS = {
    "new": lambda: _("New customers"),
    "returning": lambda: _("Returning customers"),
    "unknown": lambda: _("Not known"),
}


def _said(name: str, key: str) -> str:
    """Return what a key says by itself."""
    if key == BESIDE:
        return _("Changes of whole orders")
    if name == "customer":
        return _CUSTOMERS[key]() if key in _CUSTOMERS else key
    if not key and name in _EMPTY:
        return _EMPTY[name]()
    if name == "surface" and key in _PLACES:
        return _PLACES[key]()
    if name == "country":
        return country_name(key)
    if name == "product" and key.startswith("t"):
        return key[1:]
    if name in ("link", "code", "look", "affiliate", "group", "product"):
        return _("No longer known")
    return key
