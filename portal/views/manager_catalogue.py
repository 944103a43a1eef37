"""The catalogue for managers: what lacks a cost comes first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from portal.access import current_user, manager_required
from portal.formats import format_count, format_moment
from portal.forms.catalogue import CategoryForm
from portal.margin_access import look_at_costs, may_see_costs
from portal.queries import staff_catalogue
from portal.query_links import text
from portal.shop_pictures import allow, picture_of
from portal.staff_actions import carry_out_form
from portal.staff_filters import choice_chips
from shop.models import Product
from shop.services import categories

PAGE = 50


@manager_required
@require_safe
def product_list(request: HttpRequest) -> HttpResponse:
    """Show the products, those without a cost first: they hold commissions up."""
    has, search = text(request.GET, "has"), text(request.GET, "q")[:80]
    rows = staff_catalogue.products(search=search, has=has)
    page = Paginator(rows, PAGE).get_page(request.GET.get("page"))
    options = [("", _("All")), (staff_catalogue.MISSING, _("Without a cost"))]
    context = {
        "page": page,
        "counts": staff_catalogue.counts(),
        "shows_costs": may_see_costs(current_user(request)),
        "chips": choice_chips(request.GET, "has", options, current=has, default=""),
        "search": search,
        "has": has,
        "kept": [("has", has)],
        "is_narrowed": bool(search or has),
    }
    return render(request, "manager/product_list.html", context)


@manager_required
@require_safe
@never_cache
def product_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a product as the shop describes it; what it costs to who may see that, and kept."""
    row = get_object_or_404(Product.objects.select_related("shop"), pk=pk)
    shows_costs = look_at_costs(request, row, now=timezone.now())
    context = {
        "one": row,
        "picture": picture_of(row),
        "facts": _facts(row),
        "shows_costs": shows_costs,
        "costs": staff_catalogue.cost_history(row) if shows_costs else (),
        "bands": staff_catalogue.band_history(row),
        "waiting": staff_catalogue.waiting_lines(row),
        "breadcrumbs": [(_("Catalogue"), reverse("portal:product-list"))],
    }
    return allow(render(request, "manager/product_detail.html", context), [row.shop])


def _facts(row: Product) -> list[tuple[str, str]]:
    stock = format_count(row.stock) if row.stock is not None else ""
    if stock and row.stock_at:
        stock = _("%(pieces)s, told on %(at)s") % {
            "pieces": stock, "at": format_moment(row.stock_at)
        }  # fmt: skip
    items = [
        (_("Shop"), row.shop.name),
        (_("Brand"), row.brand),
        (_("Category"), row.category),
        (_("What the shop calls it"), row.said_category),
        (_("Collections"), ", ".join(row.collections)),
        (_("Model"), row.model),
        (_("Colour"), row.color),
        (_("Size"), row.size),
        (_("Stock"), stock),
        (_("On sale"), _("Yes") if row.is_active else _("No")),
        (_("Changed at the shop"), format_moment(row.changed_at) if row.changed_at else ""),
    ]
    return [(label, value) for label, value in items if value]


@manager_required
@require_safe
def category_list(request: HttpRequest) -> HttpResponse:
    """Show what shops call their categories, and what the programme calls them."""
    context = {
        "rows": staff_catalogue.category_rows(),
        "form": CategoryForm(auto_id="category-%s"),
        "breadcrumbs": [(_("Catalogue"), reverse("portal:product-list"))],
    }
    return render(request, "manager/category_list.html", context)


@manager_required
@require_POST
def category_map(request: HttpRequest) -> HttpResponse:
    """Call a category of a shop otherwise, for products here and to come."""
    form = CategoryForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: categories.map_category(
            shop_id=form.cleaned_data["shop"].pk,
            said=form.cleaned_data["said"],
            category=form.cleaned_data["category"],
            actor=current_user(request),
            now=timezone.now(),
        ),
        done=_("Kept."),
    )
    return redirect("portal:category-list")
