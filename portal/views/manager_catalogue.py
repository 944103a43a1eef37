"""The catalogue for managers: what lacks a cost comes first."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from portal.access import current_user, manager_required
from portal.forms.catalogue import CategoryForm
from portal.margin_access import may_see_costs
from portal.queries import staff_catalogue
from portal.query_links import text
from portal.staff_actions import carry_out_form
from portal.staff_filters import choice_chips
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
