"""What a report can be made of: metrics with their definitions, and what to tell apart by."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

MOST_METRICS = 5


class Unit(StrEnum):
    """How a value is read: a number, minor units of the report's currency, or basis points."""

    COUNT = "count"
    MONEY = "money"
    SHARE = "share"


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """``top`` is a sum of the statement; with ``bottom`` the metric is the ratio of two sums.

    ``is_good``: more of it is welcome; None: neither.
    """

    key: str
    label: Promise
    definition: Promise
    unit: Unit
    top: str
    bottom: str = ""
    is_good: bool | None = True
    for_staff: bool = False
    reads_costs: bool = False

    @property
    def of_work(self) -> bool:
        """Tell whether clicks are counted: what links, codes and looks bring is not everybody's."""
        return bool(OF_CLICKS.intersection(self.sums))

    @property
    def sums(self) -> tuple[str, ...]:
        """The sums that it is computed from."""
        return (self.top, self.bottom) if self.bottom else (self.top,)


METRICS: dict[str, Metric] = {
    one.key: one
    for one in (
        Metric(
            key="clicks", unit=Unit.COUNT, top="clicks", label=_("Clicks"),
            definition=_("Visits through links, with and without consent. Robots, previews and"
                         " frames are not counted."),
        ),
        Metric(
            key="orders", unit=Unit.COUNT, top="orders", label=_("Orders"),
            definition=_("Orders credited, by the day they were placed, in the currency of the"
                         " report. Refused ones are among them, test orders are not. An order that"
                         " several affiliates share counts once for each."),
        ),
        Metric(
            key="conversion", unit=Unit.SHARE, top="click_orders", bottom="clicks",
            label=_("Conversion rate"),
            definition=_("Orders won by a click, divided by clicks. Those of promo codes have no"
                         " click and are left out."),
        ),
        Metric(
            key="net", unit=Unit.MONEY, top="net", label=_("Net basket"),
            definition=_("What customers paid for the products, without VAT, after discounts,"
                         " before returns."),
        ),
        Metric(
            key="aov", unit=Unit.MONEY, top="net", bottom="orders", label=_("Average basket"),
            definition=_("Net basket divided by orders."),
        ),
        Metric(
            key="units", unit=Unit.COUNT, top="units", label=_("Pieces"),
            definition=_("Pieces of products in the orders, before returns."),
        ),
        Metric(
            key="commission", unit=Unit.MONEY, top="commission", label=_("Commission"),
            definition=_("What the orders earned with every later change, whatever its state:"
                         " pending, validated and paid together. Bonuses that belong to no order"
                         " are not in it."),
        ),
        Metric(
            key="pending", unit=Unit.MONEY, top="pending", label=_("Pending commission"),
            definition=_("Commission of orders that wait for the end of the return period, or are"
                         " being checked."),
        ),
        Metric(
            key="validated", unit=Unit.MONEY, top="validated", label=_("Validated commission"),
            definition=_("Commission that is to be paid, with what was granted beside orders that"
                         " earn nothing."),
        ),
        Metric(
            key="paid", unit=Unit.MONEY, top="paid", label=_("Paid commission"),
            definition=_("Commission of orders that were paid out, less what was taken back"
                         " afterwards."),
        ),
        Metric(
            key="epc", unit=Unit.MONEY, top="click_commission", bottom="clicks",
            label=_("Earnings per click"),
            definition=_("Commission of orders won by a click, divided by clicks."),
        ),
        Metric(
            key="refused", unit=Unit.COUNT, top="refused", is_good=False, label=_("Refused orders"),
            definition=_("Orders that earn nothing because they were cancelled or refused. Those"
                         " that came back are counted by the returns rate."),
        ),
        Metric(
            key="returns", unit=Unit.SHARE, top="returned", bottom="orders", is_good=False,
            label=_("Returns rate"),
            definition=_("Orders of which at least one piece came back, divided by orders."),
        ),
        Metric(
            key="unit_returns", unit=Unit.SHARE, top="returned_units", bottom="units",
            is_good=False, label=_("Pieces returned"),
            definition=_("Pieces that came back, divided by pieces sold."),
        ),
        Metric(
            key="new_customers", unit=Unit.SHARE, top="new_orders", bottom="known_orders",
            label=_("New customers"),
            definition=_("Orders of customers who had not bought before, divided by the orders of"
                         " which the shop told."),
        ),
        Metric(
            key="cost_share", unit=Unit.SHARE, top="commission", bottom="net", is_good=False,
            for_staff=True, label=_("Cost"),
            definition=_("Commission divided by net basket. Baskets are counted before returns,"
                         " commission after them."),
        ),
        Metric(
            key="margin", unit=Unit.MONEY, top="margin", for_staff=True, reads_costs=True,
            label=_("Actual margin"),
            definition=_("Margin of the products with their real cost, as it was known when the"
                         " commission was computed: before returns and before commission. Lines"
                         " without a cost are left out. Each look at it is kept."),
        ),
        Metric(
            key="left", unit=Unit.MONEY, top="rest", for_staff=True, reads_costs=True,
            label=_("Margin less commission"),
            definition=_("Actual margin less commission. Each look at it is kept."),
        ),
    )
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """What rows are told apart by. ``has_clicks``: clicks know it too.

    ``of_lines``: an order is in several rows, so that pieces are counted and not orders.
    ``is_time``: rows are days, weeks or months, and those without anything are shown too.
    ``of_work``: it tells of links, codes, looks and where they stand.
    """

    key: str
    label: Promise
    has_clicks: bool = False
    of_lines: bool = False
    is_time: bool = False
    for_staff: bool = False
    of_work: bool = False
    note: Promise | str = ""


_MARKED = _("Clicks are those with consent: without it a click is counted and keeps no mark.")

DIMENSIONS: dict[str, Dimension] = {
    one.key: one
    for one in (
        Dimension(key="day", label=_("Day"), has_clicks=True, is_time=True),
        Dimension(key="week", label=_("Week"), has_clicks=True, is_time=True),
        Dimension(key="month", label=_("Month"), has_clicks=True, is_time=True),
        Dimension(key="link", label=_("Link"), has_clicks=True, of_work=True),
        Dimension(key="code", label=_("Promo code"), of_work=True),
        Dimension(key="look", label=_("Look"), has_clicks=True, of_work=True, note=_MARKED),
        Dimension(key="surface", label=_("Place"), has_clicks=True, of_work=True, note=_MARKED),
        Dimension(key="sub", label=_("Sub id"), has_clicks=True, of_work=True, note=_MARKED),
        Dimension(key="product", label=_("Product"), of_lines=True),
        Dimension(key="category", label=_("Category"), of_lines=True),
        Dimension(key="customer", label=_("Customer")),
        Dimension(key="country", label=_("Country"), for_staff=True),
        Dimension(key="affiliate", label=_("Affiliate"), has_clicks=True, for_staff=True),
        Dimension(key="group", label=_("Group"), has_clicks=True, for_staff=True),
    )
}

#: Sums that only whole orders have, and those that only clicks have.
OF_ORDERS = frozenset(
    {"orders", "click_orders", "click_commission", "new_orders", "known_orders", "refused",
     "returned"}
)  # fmt: skip
OF_CLICKS = frozenset({"clicks"})


def fits(metric: Metric, dimension: Dimension) -> bool:
    """Tell whether the rows of ``dimension`` can have ``metric`` and still add up to the total."""
    sums = set(metric.sums)
    if dimension.of_lines and sums & (OF_ORDERS | OF_CLICKS):
        return False
    return dimension.has_clicks or not sums & OF_CLICKS


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """A report that many want: what it tells apart, and its metrics."""

    key: str
    label: Promise
    by: str
    metrics: tuple[str, ...]
    for_staff: bool = False


PRESETS: tuple[Preset, ...] = (
    Preset(key="performance", label=_("Performance"), by="day",
           metrics=("clicks", "orders", "conversion", "commission", "epc")),
    Preset(key="affiliates", label=_("Affiliates"), by="affiliate", for_staff=True,
           metrics=("clicks", "orders", "net", "commission", "cost_share")),
    Preset(key="links", label=_("Links"), by="link",
           metrics=("clicks", "orders", "conversion", "commission", "epc")),
    Preset(key="products", label=_("Products"), by="product",
           metrics=("units", "net", "commission", "unit_returns")),
    Preset(key="codes", label=_("Promo codes"), by="code",
           metrics=("orders", "net", "aov", "commission", "refused")),
    Preset(key="subs", label=_("Sub ids"), by="sub",
           metrics=("clicks", "orders", "conversion", "commission", "epc")),
    Preset(key="looks", label=_("Looks"), by="look",
           metrics=("clicks", "orders", "net", "commission", "epc")),
    Preset(key="customers", label=_("Customer types"), by="customer",
           metrics=("orders", "net", "aov", "commission", "returns")),
    Preset(key="returned", label=_("Returns"), by="month",
           metrics=("orders", "returns", "refused", "net", "commission")),
)  # fmt: skip
