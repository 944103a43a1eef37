"""The currency of the programme's own payments."""

#: Payouts, invoices and declarations are in it; whatever is in another is not mixed with them.
CURRENCY = "EUR"
