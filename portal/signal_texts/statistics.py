"""Signals that compare times and shares with what is usual."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from portal.signal_texts.words import Words

STATISTICS = {
    "order_before_click": Words(
        name=_("Order before the click"),
        seen=_(
            "The order was placed %(seconds_before)s seconds before the click that would earn it."
        ),
        told=_("The order came before the click."),
        clears=_("If the clock of the shop was wrong that day, say so."),
    ),
    "order_at_once": Words(
        name=_("Order right after the click"),
        seen=_("The order was placed %(seconds)s seconds after the click."),
        told=_("The order followed your click by %(seconds)s seconds."),
        clears=_("A saved card can be that fast: a person looks at what came before."),
    ),
    "orders_at_once": Words(
        name=_("Orders right after clicks"),
        seen=_(
            "%(within_60_s)s of %(sales)s sales follow the click within a minute, %(within_15_s)s"
            " within fifteen seconds (surely %(lower_bps)s)."
        ),
        told=_("%(within_60_s)s of your %(sales)s sales follow the click by less than a minute."),
        clears=_("Tell us at which moment visitors meet your link."),
    ),
    "flat_delays": Words(
        name=_("Delays without a shape"),
        seen=_(
            "The delays between click and order of %(sales)s sales are spread as if by chance"
            " (distance %(distance_bps)s, critical %(critical_bps)s); %(late_bps)s are late, usual"
            " %(usual_late_bps)s."
        ),
        told=_("The delays between click and purchase of your sales are spread as if by chance."),
        clears=_("Tell us what readers do in between: wedding lists and seasons explain it."),
    ),
    "conversion_outlier": Words(
        name=_("Unusual share of buyers"),
        seen=_(
            "%(sales)s sales of %(clicks)s clicks: %(share_bps)s, usual for this kind"
            " %(usual_bps)s."
        ),
        told=_("%(share_bps)s of your visits buy, against %(usual_bps)s."),
        clears=_("Tell us which offer or audience explains it."),
    ),
    "many_returns": Words(
        name=_("Many returns"),
        seen=_("%(returned)s of %(orders)s orders came back: %(share_bps)s, usual %(usual_bps)s."),
        told=_("%(share_bps)s of your orders come back (programme: %(usual_bps)s)."),
        clears=_("Tell us what you promise; sizes and shoes come back more."),
    ),
    "leaked_code": Words(
        name=_("Code that travels"),
        seen=_("%(by_code_only)s of %(orders)s orders used the code without a click of its owner."),
        told=_("Your code travels: %(by_code_only)s of %(orders)s orders came without your click."),
        clears=_("Ask sites that list your code to remove it, or ask us for another one."),
    ),
    "few_new_customers": Words(
        name=_("Few new customers"),
        seen=_(
            "%(new)s of %(known)s known customers are new: %(share_bps)s, usual %(usual_bps)s."
            " Counted, and held against nobody."
        ),
    ),
    "often_refused": Words(
        name=_("Often refused"),
        seen=_(
            "%(refused)s of %(screened)s sales were refused by the checks, on %(days)s days (surely"
            " %(lower_bps)s)."
        ),
        told=_("%(refused)s of your %(screened)s sales were refused by the checks."),
        clears=_("Contest the refusals that are wrong: each one that falls counts no more."),
    ),
    "often_doubted": Words(
        name=_("Often in doubt"),
        seen=_(
            "The checks found something at %(doubted)s of %(screened)s sales (surely"
            " %(lower_bps)s)."
        ),
        told=_("The checks found something at %(doubted)s of your %(screened)s sales."),
        clears=_("Answer the checks of your sales: we look at all of them together."),
    ),
    "click_flood": Words(
        name=_("Flood of clicks"),
        seen=_(
            "%(clicks)s clicks of %(visitors)s visitors, of whom %(read_on)s of %(told)s read on."
        ),
        told=_("Traffic without reading: %(clicks)s clicks of %(visitors)s visitors."),
        clears=_("Tell us what happened: a post that goes viral is read."),
    ),
}
