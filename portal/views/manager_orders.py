"""Orders: the list, and one order with who brought it and what that earned."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from affiliates.models import Programme
from core import audit
from core.exports import MOST_AT_ONCE
from payouts.models import Block, Commission
from payouts.services import blocks
from portal import date_range
from portal.access import Role, current_user, manager_required, roles_of
from portal.columns import HIDE
from portal.connection_language import remarks_of
from portal.countries import country_name
from portal.date_range import DateRange
from portal.display import TimelineItem
from portal.exports.answers import FORMS, answer_with_file
from portal.exports.menu import export_menu
from portal.exports.sources import source_of
from portal.formats import format_moment
from portal.forms.staff import ReasonForm
from portal.margin_access import look_at_costs, must_see_costs
from portal.order_files import ALL, WITH_COSTS, filters_of
from portal.queries import staff_orders
from portal.queries.order_parts import is_long
from portal.queries.staff_deliveries import deliveries_of
from portal.queries.staff_journal import journal
from portal.queries.staff_orders import OrderView
from portal.queries.staff_paging import slice_of
from portal.queries.staff_trace import trace_view
from portal.query_links import Chip, changed
from portal.report_area import Area, area_of_staff
from portal.saved_panel import lasting, panel
from portal.staff_access import staff_required
from portal.staff_actions import carry_out_form
from portal.staff_language import attribution_reason, outcome_status, return_title
from shop.models import Order

PAGE_KEY = "orders"


@staff_required
@require_safe
def order_list(request: HttpRequest) -> HttpResponseBase:
    """Show the orders, newest first; ``format`` sends the same as a file."""
    query, now = request.GET, timezone.now()
    area, filters = area_of_staff(request), filters_of(query, now)
    if query.get("format") in FORMS:
        return _file(request, area, now)
    page = slice_of(staff_orders.orders(filters), query.get("cursor", ""), by="placed_at")
    context = {
        "filters": filters,
        "period": filters.period,
        "ranges": _range_chips(query, filters.period),
        "rows": staff_orders.order_rows(page.rows),
        "page": page,
        "outcomes": [(code, outcome_status(code).label) for code in staff_orders.outcomes()],
        "has": [
            ("returns", _("Has returns")),
            ("blocks", _("Commission held")),
            ("test", _("Test orders")),
        ],
        "kept": [
            (name, query[name])
            for name in ("range", "from", "to", "outcome", "has", HIDE)
            if name in query
        ],
        "is_narrowed": bool(filters.outcome or filters.has or filters.search),
        "files": export_menu(
            area,
            PAGE_KEY,
            query,
            is_long=is_long(staff_orders.orders(filters), MOST_AT_ONCE),
            parameter="format",
            costs=WITH_COSTS,
        ),
        **panel(request, area, PAGE_KEY, table="orders"),
    }
    return render(request, "manager/order_list.html", context)


def _file(request: HttpRequest, area: Area, now: datetime) -> HttpResponseBase:
    """Send the list as it is narrowed; one that is too long to wait for leads back to the page.

    Who took it is kept, and of one with costs that they were looked at.
    """
    source = source_of(area.scope, PAGE_KEY, request.GET, now=now)
    if source.total > MOST_AT_ONCE:
        messages.error(request, _("This list is too long to wait for: have it prepared."))
        return redirect(f"{request.path}{changed(request.GET, format='')}")
    query = lasting(request.GET)
    if source.reads_costs:
        must_see_costs(request, Programme.get(), now=now, orders=query)
    audit.record(
        actor=current_user(request),
        verb="programme.orders_downloaded",
        subject=Programme.get(),
        at=now,
        data={"query": query},
    )
    return answer_with_file(source, request.GET["format"])


def _range_chips(query: QueryDict, period: DateRange | None) -> list[Chip]:
    shown = period or DateRange(ALL, date.min, date.max)
    href = changed(query, **{"range": ALL, "from": "", "to": ""})
    return [*date_range.chips(query, shown), Chip(_("All"), href, shown.key == ALL)]


@staff_required
@require_safe
def order_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """Show one order, with its costs to those who may see them: each look is kept."""
    order = get_object_or_404(Order.objects.select_related("shop", "follows"), pk=pk)
    view = staff_orders.order_view(
        order, shows_costs=look_at_costs(request, order, now=timezone.now())
    )
    attribution = view.trace.attribution
    context = {
        "title": _("Order %(number)s") % {"number": order.number},
        "order": order,
        "view": view,
        "trace": trace_view(order, view.trace),
        "outcome": outcome_status(attribution.outcome if attribution else staff_orders.WAITING),
        "may_manage": Role.MANAGER in roles_of(current_user(request)),
        "facts": _facts(order),
        "remarks": remarks_of(order.remarks),
        "deliveries": deliveries_of(order),
        "returned": _returned(view),
        "history": _history(view),
        "breadcrumbs": [(_("Orders"), reverse("portal:order-list"))],
    }
    return render(request, "manager/order_detail.html", context)


@staff_required
@require_POST
def commission_hold(request: HttpRequest, pk: int, commission_pk: int) -> HttpResponse:
    """Hold one pending commission of this order, for a reason that is kept."""
    commission = get_object_or_404(Commission, pk=commission_pk, credit__order=pk)
    form = ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: blocks.hold(
            commission_id=commission.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("Held. It is not approved before somebody releases it."),
    )
    return redirect("portal:order-detail", pk)


@manager_required
@require_POST
def block_release(request: HttpRequest, pk: int, block_pk: int) -> HttpResponse:
    """Release one block of a commission of this order, for a reason that is kept."""
    block = get_object_or_404(Block, pk=block_pk, commission__credit__order=pk)
    form = ReasonForm(request.POST)
    carry_out_form(
        request,
        form,
        lambda: blocks.release(
            block_id=block.pk,
            actor_id=current_user(request).pk,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        ),
        done=_("Released. The commission is approved once its hold period is over."),
    )
    return redirect("portal:order-detail", pk)


def _facts(order: Order) -> list[tuple[str, str]]:
    customer = {True: _("New"), False: _("Known"), None: ""}[order.is_new_customer]
    items = [
        (_("Number"), order.number),
        (_("Shop"), order.shop.name),
        (_("Placed"), format_moment(order.placed_at)),
        (_("Received"), format_moment(order.received_at)),
        (_("Payment"), _("Not paid yet") if order.awaits_payment else ""),
        (_("Paid in"), order.presentment_currency),
        (_("Country"), country_name(order.country)),
        (_("Store"), order.store),
        (_("Customer"), customer),
        (_("Promo codes"), ", ".join(order.codes)),
        (_("Click tokens"), str(len(order.click_tokens))),
    ]
    return [(label, value) for label, value in items if value]


def _returned(view: OrderView) -> list[dict[str, Any]]:
    return [
        {
            "shop_return": shop_return,
            "line": line,
            "what": line.line.title if line.line else line.sku or _("Unknown line"),
        }
        for shop_return in view.returns
        for line in shop_return.lines.all()
    ]


def _history(view: OrderView) -> list[TimelineItem]:
    """Everything that happened to the order, oldest first."""
    order = view.order
    items = [
        TimelineItem(title=_("Order placed"), at=order.placed_at, icon="shopping-bag"),
        TimelineItem(title=_("Received from the shop"), at=order.received_at, icon="download"),
    ]
    attribution = view.trace.attribution
    if attribution:
        items.append(
            TimelineItem(
                title=str(outcome_status(attribution.outcome).label),
                at=attribution.decided_at,
                note=attribution_reason(attribution.reason),
                icon="link",
            )
        )
    for credit in view.credits:
        if credit.commission:
            items.append(
                TimelineItem(
                    title=_("Commission computed for %(name)s")
                    % {"name": credit.credit.affiliate.name},
                    at=credit.commission.accrued_at,
                    icon="banknote",
                )
            )
    items += [
        TimelineItem(title=return_title(row), at=row.returned_at, icon="undo-2", tone="warning")
        for row in view.returns
    ]  # fmt: skip
    commissions = [credit.commission for credit in view.credits if credit.commission]
    items += journal([order, *commissions])
    return sorted(items, key=lambda item: item.at or order.placed_at)
