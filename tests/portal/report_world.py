"""Sales of all sorts for reports, and a slow count of them that shares nothing with the engine."""

from __future__ import annotations

from collections import defaultdict
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from affiliates.models import Affiliate
from core.money import BPS, ratio
from payouts.models import Adjustment, Commission, CommissionLine
from payouts.services import accruals, returns
from shop.models import LineKind, ReturnLine
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_product,
    make_return,
    make_screening,
)
from tests.payouts.stories import AFTER_HOLD
from tracking.models import ClickHour, ClickMark, Credit, Touchpoint, TouchpointKind

PARIS = ZoneInfo("Europe/Paris")
#: Half an hour before midnight in Paris: an hour later it is the next day there, not in UTC.
NIGHT = datetime(2026, 6, 9, 23, 30, tzinfo=PARIS)


def make_world(affiliate=None):
    """An affiliate with two links, a code, marks, looks; sales in every state of a commission."""
    affiliate = affiliate or make_affiliate(name="Reported")
    one = make_link(affiliate, label="Spring letter", sub_id="letter-5")
    other = make_link(affiliate, label="Look")
    dress = make_product(name="Dress", category="dresses")
    bag = make_product(name="Bag", category="bags", cost_minor=5_500)
    for at, link, mark in (
        (NIGHT, one, "letter-5"), (NIGHT + timedelta(hours=1), one, "letter-5"),
        (NIGHT + timedelta(days=2), one, "x"), (NOW, other, ""),
    ):  # fmt: skip
        make_click(link, clicked_at=at, sub_id=mark, surface="look:7:pdp" if link == other else "")
    sold(affiliate, one, [(dress, 2), (bag, 1)], NIGHT, is_new_customer=True, sub_id="letter-5")
    back = sold(affiliate, one, [(dress, 3)], NIGHT + timedelta(hours=1), is_new_customer=False)
    first = back.credit.order.lines.get()
    make_return(back.credit.order, quantities={first: 1})
    whole = sold(affiliate, other, [(bag, 1)], NOW - timedelta(days=3), surface="look:7:pdp")
    make_return(whole.credit.order)
    returns.apply_pending(now=NOW)
    sold(affiliate, other, [(bag, 1), (dress, 1)], NOW - timedelta(days=1), decision="refuse")
    late = sold(affiliate, one, [(dress, 1)], NOW - timedelta(days=4))
    Commission.objects.filter(pk=late.pk).update(
        status="approved", approved_minor=late.amount_minor, status_changed_at=AFTER_HOLD
    )
    granted(late, 300, "goodwill")
    by_code(affiliate, [(dress, 1)], NOW - timedelta(days=2))
    make_credit(affiliate, make_order(placed_at=NOW - timedelta(hours=2), lines=[
        {"product": bag}]), link=one)  # fmt: skip
    sold(affiliate, one, [(dress, 9)], NOW - timedelta(days=1), is_test=True)
    sold(affiliate, one, [(dress, 5)], NOW - timedelta(days=60))
    make_line_kinds(affiliate, one)
    return affiliate


def sold(affiliate, link, products, at, *, decision="clear", sub_id="", surface="", **order):
    """A sale through ``link``; products are pairs with their quantity."""
    lines = [{"product": product, "quantity": quantity} for product, quantity in products]
    order = make_order(placed_at=at, lines=lines, **order)
    credit = make_credit(affiliate, order, link=link, sub_id=sub_id, surface=surface)
    return _accrued(credit, decision)


def by_code(affiliate, products, at):
    """A sale that a promo code won: nobody clicked."""
    lines = [{"product": product, "quantity": quantity} for product, quantity in products]
    credit = make_credit(affiliate, make_order(placed_at=at, lines=lines), sub_id="")
    Touchpoint.objects.filter(pk=credit.touchpoint_id).update(
        kind=TouchpointKind.CODE, link=None, coupon_code=make_code(affiliate)
    )
    return _accrued(credit, "clear")


def shared_order(one, *others, **order):
    """An order of five pieces, shared by affiliates in equal parts."""
    share = BPS // (1 + len(others))
    credit = make_credit(one, make_order(lines=[{"quantity": 5}], **order), share_bps=share)
    for other in others:
        touchpoint = Touchpoint.objects.create(
            attribution=credit.touchpoint.attribution, kind=TouchpointKind.CLICK, affiliate=other,
            at=credit.click_at, link=make_link(other), won=True, reason="last_eligible",
        )  # fmt: skip
        Credit.objects.create(
            order=credit.order, affiliate=other, touchpoint=touchpoint, terms=credit.terms,
            share_bps=share, click_at=credit.click_at, created_at=NOW,
            click_age_seconds=credit.click_age_seconds,
        )  # fmt: skip
    return credit.order


def make_line_kinds(affiliate, link):
    """An order with shipping and an unknown article beside a product."""
    order = make_order(placed_at=NOW - timedelta(days=5), lines=[
        {}, {"kind": LineKind.SHIPPING, "net_minor": 590}])  # fmt: skip
    return _accrued(make_credit(affiliate, order, link=link), "clear")


def granted(commission, minor, reason, **overrides):
    """A person's change of a commission, of no line."""
    return Adjustment.objects.create(
        affiliate=commission.affiliate, commission=commission, amount_minor=minor, currency="EUR",
        reason=reason, is_payable=True, source_key=f"test:{commission.pk}:{minor}",
        effective_at=NOW, created_at=NOW, **overrides,
    )  # fmt: skip


def _accrued(credit, decision):
    make_screening(credit, decision=decision)
    accruals.accrue_pending(now=NOW)
    return Commission.objects.get(credit=credit)


# --- the slow count ----------------------------------------------------------------


def slowly(by, period, *, affiliate=None, filters=None, currency="EUR"):
    """Return {key: {sum: number}} by going through every row, one after the other."""
    found = defaultdict(lambda: defaultdict(int))
    credits = Credit.objects.select_related("order", "touchpoint", "affiliate")
    for credit in credits if affiliate is None else credits.filter(affiliate=affiliate):
        order = credit.order
        day = order.placed_at.astimezone(PARIS).date()
        if order.is_test or order.currency != currency or not period.first <= day <= period.last:
            continue
        if any(str(_facts(credit)[name]) != value for name, value in (filters or {}).items()
               if name not in ("product", "category")):  # fmt: skip
            continue
        if by in ("product", "category"):
            _count_lines(found, by, credit, filters or {}, shares=affiliate is None)
        else:
            key = _time(by, day, period) if by in ("day", "week", "month") else _facts(credit)[by]
            _count_order(found[key], credit, shares=affiliate is None)
    _count_clicks(found, by, period, affiliate, filters or {})
    return {key: dict(sums) for key, sums in found.items()}


def _time(by, day, period):
    if by == "week":
        day -= timedelta(days=day.weekday())
    if by == "month":
        day = day.replace(day=1)
    return max(day, period.first).isoformat()


def _facts(credit):
    kind, _mark, rest = credit.surface.partition(":")
    number, _mark, place = rest.partition(":")
    is_look = kind == "look"
    return {
        "link": credit.touchpoint.link_id or "",
        "code": credit.touchpoint.coupon_code_id or "",
        "look": number if is_look else "",
        "surface": f"look:{place}" if is_look else credit.surface,
        "sub": credit.sub_id,
        "customer": {True: "new", False: "returning", None: "unknown"}[
            credit.order.is_new_customer
        ],
        "country": credit.order.country,
        "affiliate": credit.affiliate_id,
        "group": credit.affiliate.group_id,
    }


def _state(credit):
    commission = Commission.objects.filter(credit=credit).first()
    if commission is None:
        return None, "none", 0
    adjustments = list(commission.adjustments.all())
    if commission.status == "reversed":
        earned = sum(one.amount_minor for one in adjustments if one.is_payable)
    else:
        earned = commission.amount_minor + sum(one.amount_minor for one in adjustments)
    return commission, commission.status, earned


def _add_money(sums, status, earned, *, by_click):
    sums["commission"] += earned
    name = {"pending": "pending", "approved": "validated", "reversed": "validated",
            "paid": "paid"}.get(status)  # fmt: skip
    if name:
        sums[name] += earned
    if by_click:
        sums["click_commission"] += earned


def _count_order(sums, credit, *, shares):
    commission, status, earned = _state(credit)
    by_click = credit.touchpoint.link_id is not None
    lines = list(credit.order.lines.filter(kind="product"))
    net = sum(line.net_minor for line in lines)
    returned = [_returned(line) for line in lines]
    sums["net"] += ratio(net * credit.share_bps, BPS) if shares else net
    sums["units"] += sum(line.quantity for line in lines)
    sums["returned_units"] += sum(returned)
    if not credit.order.is_addition:
        sums["orders"] += 1
        sums["click_orders"] += by_click
        sums["returned"] += any(returned)
        sums["new_orders"] += credit.order.is_new_customer is True
        sums["known_orders"] += credit.order.is_new_customer is not None
        sums["refused"] += status == "reversed" and commission.reversal_reason != "returned"
    _add_money(sums, status, earned, by_click=by_click)
    if commission is not None and status != "reversed":
        margin = sum(line.actual_margin_minor or 0 for line in commission.lines.all())
        sums["margin"] += ratio(margin * credit.share_bps, BPS)


def _returned(line):
    rows = ReturnLine.objects.filter(
        line=line, shop_return__withdrawn_at__isnull=True, shop_return__reason="return"
    )
    return min(line.quantity, sum(row.quantity for row in rows))


def _count_lines(found, by, credit, filters, *, shares):
    commission, status, _earned = _state(credit)
    by_click = credit.touchpoint.link_id is not None
    lines = list(credit.order.lines.filter(kind="product").select_related("product"))
    for line in lines:
        keys = {"product": f"p{line.product_id}", "category": line.product.category}
        if any(keys[name] != filters[name] for name in keys if name in filters):
            continue
        sums = found[keys[by]]
        net = ratio(line.net_minor * credit.share_bps, BPS) if shares else line.net_minor
        sums["units"] += line.quantity
        sums["net"] += net
        sums["returned_units"] += _returned(line)
        if commission is None:
            continue
        changes = list(commission.adjustments.filter(order_line=line))
        part = CommissionLine.objects.filter(commission=commission, order_line=line).first()
        if status == "reversed":
            earned = sum(one.amount_minor for one in changes if one.is_payable)
        else:
            earned = (part.amount_minor if part else 0) + sum(one.amount_minor for one in changes)
            margin = part.actual_margin_minor or 0 if part else 0
            sums["margin"] += ratio(margin * credit.share_bps, BPS)
        _add_money(sums, status, earned, by_click=by_click)
    if commission is None or filters.keys() & {"product", "category"}:
        return
    beside = [one for one in commission.adjustments.all()
              if one.order_line_id not in {line.pk for line in lines}]  # fmt: skip
    if beside:
        booked = sum(one.amount_minor for one in beside
                     if status != "reversed" or one.is_payable)  # fmt: skip
        _add_money(found["~"], status, booked, by_click=by_click)


def _count_clicks(found, by, period, affiliate, filters):
    marked = {by, *filters} & {"look", "surface", "sub"}
    for row in (ClickMark if marked else ClickHour).objects.all():
        day = row.day if marked else row.hour.astimezone(PARIS).date()
        facts = {"link": row.link_id, "affiliate": row.affiliate_id}
        if marked:
            _kind, _mark, rest = row.surface.partition(":")
            number, _mark, place = rest.partition(":")
            facts |= {"sub": row.sub_id, "look": number,
                      "surface": f"look:{place}" if row.surface else ""}  # fmt: skip
        facts["group"] = Affiliate.objects.get(pk=row.affiliate_id).group_id
        if affiliate is not None and row.affiliate_id != affiliate.pk:
            continue
        if not period.first <= day <= period.last or not row.visits:
            continue
        if any(str(facts.get(name)) != value for name, value in filters.items()):
            continue
        if by in ("day", "week", "month"):
            found[_time(by, day, period)]["clicks"] += row.visits
        elif by in facts:
            found[facts[by]]["clicks"] += row.visits
