"""What staff read about attribution, signals and blocks: the plain reason behind a code."""

from __future__ import annotations

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext_lazy

from payouts.models import BlockKind
from portal.display import StatusText
from portal.queries.staff_returns import Parked
from shop.models import Return
from tracking.domain.touchpoints import Reason

_OUTCOMES = {
    "attributed": StatusText("attributed", gettext_lazy("Attributed"), "success", "circle-check"),
    "nobody": StatusText("nobody", gettext_lazy("Nobody's"), "neutral", "circle-dashed"),
    "waiting": StatusText("waiting", gettext_lazy("Not decided yet"), "info", "hourglass"),
}

_REASONS: dict[str, Promise] = {
    Reason.LAST_ELIGIBLE: gettext_lazy("The last one before the order that could win."),
    Reason.NO_TOUCHPOINT: gettext_lazy("No click and no promo code of an affiliate led to it."),
    Reason.NONE_ELIGIBLE: gettext_lazy("Something led to it, but nothing that could win."),
    Reason.OTHER_SHOP: gettext_lazy("The link leads to another shop."),
    Reason.AFTER_ORDER: gettext_lazy("The click came after the order."),
    Reason.AFFILIATE_NOT_ACTIVE: gettext_lazy(
        "The account was not active when the order was placed."
    ),
    Reason.EXPERIMENT_OFF: gettext_lazy(
        "An experiment had the affiliate paused then, as its calendar said."
    ),
    Reason.STAFF_DISCOUNT: gettext_lazy(
        "The order used the discount of the staff: no employee earns from it."
    ),
    Reason.CODE_NOT_VALID: gettext_lazy("The promo code was not valid when the order was placed."),
    Reason.NO_TERMS: gettext_lazy("The account had no terms when the order was placed."),
    Reason.OUTSIDE_WINDOW: gettext_lazy("The click is older than the window of the terms."),
    Reason.SUPERSEDED: gettext_lazy("A later one won."),
    Reason.SPLIT: gettext_lazy("Shared by the parts that several affiliates played."),
    Reason.CONTRACTED_FIRST: gettext_lazy("Under contract, and so before later ones."),
    Reason.ON_SITE_ALONE: gettext_lazy(
        "A tap in a look on the shop's own pages: nothing from elsewhere could win."
    ),
    Reason.ON_SITE_SECOND: gettext_lazy(
        "A tap in a look on the shop's own pages: what brought the buyer comes before it."
    ),
    Reason.ON_SITE_NEVER: gettext_lazy(
        "A tap in a look on the shop's own pages: the policy gives nothing for those."
    ),
    Reason.DUPLICATE_ORDER: gettext_lazy("The same order came by another shop and earns there."),
    Reason.FOLLOWED_ORDER: gettext_lazy("Goes with the order that it exchanges or adds to."),
    Reason.CODE_USED_UP: gettext_lazy("The promo code had earned all the orders it may earn."),
    Reason.NOT_A_VISIT: gettext_lazy("Nobody came from elsewhere by it: it was not a visit."),
    Reason.STOOD_DOWN: gettext_lazy("Another one had brought the buyer during the same visit."),
    Reason.BASKET_BEFORE_CLICK: gettext_lazy("The basket was filled before the click."),
    Reason.SESSION_OPEN: gettext_lazy("The buyer was already in the shop."),
    Reason.CODE_NOT_INVOLVED: gettext_lazy("The affiliate of the code did not bring the buyer."),
    Reason.CODE_NOT_WINNER: gettext_lazy("The last click was not the code's affiliate's."),
    Reason.CONTRACTED_PRIORITY: gettext_lazy("An affiliate under contract comes before it."),
    Reason.PART_OF_CREDIT: gettext_lazy("Its affiliate is credited by another touchpoint."),
}

_SEVERITIES = {
    "refuse": StatusText("refuse", gettext_lazy("Refused"), "danger", "circle-x"),
    "hold": StatusText("hold", gettext_lazy("Held for review"), "warning", "eye"),
    "review": StatusText("review", gettext_lazy("To look at"), "warning", "eye"),
    "info": StatusText("info", gettext_lazy("For information"), "info", "info"),
    "clear": StatusText("clear", gettext_lazy("Nothing found"), "success", "shield-check"),
}

_COMMISSIONS = {
    "pending": StatusText("pending", gettext_lazy("Pending"), "info", "hourglass"),
    "on_hold": StatusText("on_hold", gettext_lazy("Held"), "warning", "pause"),
    "approved": StatusText("approved", pgettext_lazy("commission", "Approved"), "success", "check"),
    "paid": StatusText("paid", gettext_lazy("Paid"), "success", "circle-check"),
    "reversed": StatusText("reversed", gettext_lazy("Reversed"), "danger", "undo-2"),
}

_BLOCKS = {
    BlockKind.COST_MISSING: gettext_lazy(
        "The shop sent no cost for a product. It ends by itself when the cost arrives."
    ),
    BlockKind.BAND_MISSING: gettext_lazy(
        "A product has no margin band yet. It ends by itself when the catalogue gives one."
    ),
    BlockKind.UNPAID: gettext_lazy(
        "The customer has not paid yet. It ends by itself when the shop says that it was paid."
    ),
    BlockKind.FRAUD_CASE: gettext_lazy("A review case holds it. Deciding the case ends it."),
    BlockKind.MANUAL: gettext_lazy("Held by hand until somebody releases it."),
}

_PARKED = {
    Parked.NO_ORDER: gettext_lazy(
        "It names no order, so it cannot be placed. If the shop can tell which one, let it send a"
        " new return that names it."
    ),
    Parked.UNKNOWN_ORDER: gettext_lazy(
        "The order has not come yet. Let the shop send it: the return then finds its place by"
        " itself."
    ),
    Parked.UNKNOWN_LINE: gettext_lazy(
        "The order has no such line. Let the shop check the id or the SKU, and send a new return."
    ),
    Parked.SURPLUS: gettext_lazy(
        "More came back than is left of this line: its commission is all taken back already. Let"
        " the shop check the quantity."
    ),
}


def outcome_status(outcome: str) -> StatusText:
    """The outcome of an attribution: attributed, nobody, or waiting while there is none.

    :raises KeyError: unknown ``outcome``.
    """
    return _OUTCOMES[outcome]


def attribution_reason(code: str) -> str:
    """Why a touchpoint won or lost, or why an order is nobody's; an unknown code shows itself."""
    return str(_REASONS.get(code, code.replace("_", " ")))


def severity_status(severity: str) -> StatusText:
    """How serious a signal is, or what a screening decided.

    :raises KeyError: unknown ``severity``.
    """
    return _SEVERITIES[severity]


def staff_commission_status(status: str, *, blocked: bool = False) -> StatusText:
    """The state of a commission as staff read it; ``blocked`` tells of a pending one that is held.

    :raises KeyError: unknown ``status``.
    """
    return _COMMISSIONS["on_hold" if blocked and status == "pending" else status]


def block_sentence(kind: str) -> str:
    """Why a commission is held and what ends it."""
    return str(_BLOCKS[BlockKind(kind)])


def return_title(shop_return: Return) -> str:
    """What a return was: goods, a cancellation, or money alone, which a person may look at."""
    if any(line.quantity for line in shop_return.lines.all()):
        return shop_return.get_reason_display()
    return _("Money given back without goods")


def parked_sentence(why: Parked) -> str:
    """Why a return is parked, and what to do."""
    return str(_PARKED[why])


def age(since: datetime, now: datetime) -> str:
    """How long ago ``since`` was: whole hours below two days, then whole days."""
    waited = now - since
    hours = int(waited.total_seconds() // 3600)
    if not hours:
        return _("under an hour")
    if hours < 48:
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    return ngettext("%(count)s day", "%(count)s days", waited.days) % {"count": waited.days}
