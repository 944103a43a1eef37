"""Why a bank refused or sent back a payment, in words (ISO 20022 external reason codes)."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

_ACCOUNT = _("The account number is wrong, or there is no such account.")
_CLOSED = _("The account is closed.")
REASONS: dict[str, Promise] = {
    "AC01": _ACCOUNT,
    "AC03": _ACCOUNT,
    "AC04": _CLOSED,
    "AC06": _("The account is blocked."),
    "AC07": _CLOSED,
    "AG01": _("The account does not take credit transfers."),
    "AG02": _("The bank did not understand the kind of payment."),
    "AM04": _("There was not enough money on the paying account."),
    "AM05": _("The bank took it for a duplicate."),
    "BE01": _("The name does not belong to the account."),
    "BE04": _("The address of the payee is missing or wrong."),
    "CNOR": _("The payee's bank cannot be reached."),
    "FOCR": _("It was called back by the paying bank."),
    "MD07": _("The holder of the account has died."),
    "MS02": _("The payee refused it."),
    "MS03": _("The bank gave no reason."),
    "NOAS": _("The bank had no answer from the payee."),
    "RC01": _("The bank's identifier (BIC) is wrong."),
    "RR04": _("The law forbids it."),
}


def reason_words(code: str) -> str:
    """Return what ``code`` says in the active language; an unknown code as it is; "" for none."""
    known = REASONS.get(code)
    return str(known) if known is not None else code
