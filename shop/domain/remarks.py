"""What a connector noticed about an order that amounts do not show: for people, never for money."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

MANUAL_CODE = "manual_code"
UNCLEAR_RETURN = "unclear_return"
AMOUNT_ONLY = "amount_only"
OUTSTANDING = "outstanding"
CUSTOM_LINE = "custom_line"
PRICE_RAISED = "price_raised"
RETURN_WITHDRAWN = "return_withdrawn"
TOTALS_DIFFER = "totals_differ"
STORE = "store"

#: Every remark with its sentence.
SENTENCES = {
    MANUAL_CODE: _("A discount given by hand is named like a promo code: it credits nobody."),
    UNCLEAR_RETURN: _("Money was given back and nothing says which goods came back: look at it."),
    AMOUNT_ONLY: _("Money was given back without goods."),
    OUTSTANDING: _("The shop says paid, and that something is still to be paid."),
    CUSTOM_LINE: _("A line without SKU was typed in by hand: it waits for a cost."),
    PRICE_RAISED: _("A price was raised after the order: the raise earns nothing by itself."),
    RETURN_WITHDRAWN: _("The shop deleted a refund that it had told us."),
    TOTALS_DIFFER: _("The lines do not add up to the shop's own total."),
    STORE: _("Sold in a store: only a promo code can credit somebody."),
}
