"""What a connector noticed about an order that amounts do not show: for people, never for money."""

from __future__ import annotations

MANUAL_CODE = "manual_code"
UNCLEAR_RETURN = "unclear_return"
AMOUNT_ONLY = "amount_only"
OUTSTANDING = "outstanding"
CUSTOM_LINE = "custom_line"
PRICE_RAISED = "price_raised"
RETURN_WITHDRAWN = "return_withdrawn"
TOTALS_DIFFER = "totals_differ"
STORE = "store"
REOPENED = "reopened"
