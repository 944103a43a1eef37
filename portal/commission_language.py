"""What partners read about a commission: its state, why it is so, and what comes next.

A sentence uses the facts it is given and stays true without them. It never names a fraud rule.
"""

from collections.abc import Callable
from datetime import date
from typing import TypedDict, Unpack

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.money import Money
from portal.decline_reasons import decline_reason
from portal.display import StatusText, Text, Tone
from portal.formats import format_day, format_money, lazily


class CommissionFacts(TypedDict, total=False):
    """What is known about a commission; datetimes are shown as their day in Paris."""

    at: date
    due: date
    days: int
    request: str
    minimum: Money
    reference: str
    method: str
    last4: str
    reason: str
    reason_detail: str
    contest_until: date
    quantity: int
    total: int
    amount: Money


def commission_status(code: str, **facts: Unpack[CommissionFacts]) -> StatusText:
    """The state of a commission for its partner.

    ``at`` is when the state began, ``due`` when the next step is expected (validation or payment),
    ``days`` the return period (pending) or the working days an answer takes (on hold).

    :raises KeyError: unknown ``code``.
    """
    label, tone, icon, sentence = _COMMISSION[code]
    return StatusText(code, label, tone, icon, lazily(lambda: sentence(facts)))


def _tracked(facts: CommissionFacts) -> str:
    if "at" not in facts:
        return _("Sale detected. We are waiting for the order to be confirmed.")
    return _("Sale detected on {date}. We are waiting for the order to be confirmed.").format(
        date=format_day(facts["at"])
    )


def _pending(facts: CommissionFacts) -> str:
    if "due" not in facts:
        return _("Waiting for the end of the return period. Estimated amount.")
    day = format_day(facts["due"])
    if "days" not in facts:
        return _("Validation expected on {date}. Estimated amount.").format(date=day)
    return ngettext(
        "Validation expected on {date} (return period of {days} day). Estimated amount.",
        "Validation expected on {date} (return period of {days} days). Estimated amount.",
        facts["days"],
    ).format(date=day, days=facts["days"])


def _on_hold(facts: CommissionFacts) -> str:
    parts = [_("Quality check in progress.")]
    if "at" in facts:
        parts = [_("Quality check in progress since {date}.").format(date=format_day(facts["at"]))]
    if "days" in facts:
        parts.append(
            ngettext(
                "Answer within {days} working day.",
                "Answer within {days} working days.",
                facts["days"],
            ).format(days=facts["days"])
        )
    if facts.get("request"):
        parts.append(_("We need: {request}").format(request=facts["request"]))
    else:
        parts.append(_("You have nothing to do."))
    return " ".join(parts)


def _approved(facts: CommissionFacts) -> str:
    parts = [_("Validated.")]
    if "at" in facts:
        parts = [_("Validated on {date}.").format(date=format_day(facts["at"]))]
    if "due" in facts and "minimum" in facts:
        parts.append(
            _("It joins the payment of {date} if your balance reaches {minimum}.").format(
                date=format_day(facts["due"]), minimum=format_money(facts["minimum"])
            )
        )
    elif "due" in facts:
        parts.append(_("It joins the payment of {date}.").format(date=format_day(facts["due"])))
    else:
        parts.append(_("It joins the next payment."))
    return " ".join(parts)


def _in_payout(facts: CommissionFacts) -> str:
    reference, day = facts.get("reference"), facts.get("due", facts.get("at"))
    if reference and day:
        return _("Included in payment {reference} of {date}.").format(
            reference=reference, date=format_day(day)
        )
    if reference:
        return _("Included in payment {reference}.").format(reference=reference)
    return _("Included in the payment being prepared.")


def _paid(facts: CommissionFacts) -> str:
    if "at" not in facts:
        return _("Paid.")
    day, method, last4 = format_day(facts["at"]), facts.get("method"), facts.get("last4")
    if method and last4:
        return _("Paid on {date} by {method} •••• {last4}.").format(
            date=day, method=method, last4=last4
        )
    if method:
        return _("Paid on {date} by {method}.").format(date=day, method=method)
    return _("Paid on {date}.").format(date=day)


def _declined(facts: CommissionFacts) -> str:
    reason = decline_reason(facts.get("reason", "other"))
    parts = [_("{reason}.").format(reason=reason.text(facts.get("reason_detail", "")))]
    if reason.contestable and "contest_until" in facts:
        parts.append(
            _("You can contest until {date}.").format(date=format_day(facts["contest_until"]))
        )
    elif not reason.contestable:
        parts.append(_("This decision follows the order itself and is final."))
    return " ".join(parts)


def _reversed(facts: CommissionFacts) -> str:
    parts = [_("Item returned.")]
    if "at" in facts:
        parts = [_("Item returned on {date}.").format(date=format_day(facts["at"]))]
    if "quantity" in facts and "total" in facts:
        parts.append(
            ngettext(
                "{quantity} of {total} item.", "{quantity} of {total} items.", facts["total"]
            ).format(quantity=facts["quantity"], total=facts["total"])
        )
    if "amount" in facts:
        parts.append(
            _("{amount} taken back.").format(amount=format_money(_positive(facts["amount"])))
        )
    return " ".join(parts)


def _clawed_back(facts: CommissionFacts) -> str:
    parts = [_("A sale already paid was refunded.")]
    if "at" in facts:
        parts = [_("The sale paid on {date} was refunded.").format(date=format_day(facts["at"]))]
    if "amount" in facts:
        parts.append(
            _("{amount} deducted from your next payment.").format(
                amount=format_money(_positive(facts["amount"]))
            )
        )
    return " ".join(parts)


def _positive(amount: Money) -> Money:
    return Money(abs(amount.minor), amount.currency)


_COMMISSION: dict[str, tuple[Text, Tone, str, Callable[[CommissionFacts], str]]] = {
    "tracked": (gettext_lazy("Tracked"), "neutral", "circle-dashed", _tracked),
    "pending": (gettext_lazy("Pending"), "info", "hourglass", _pending),
    "on_hold": (gettext_lazy("Being checked"), "warning", "eye", _on_hold),
    "approved": (gettext_lazy("Validated"), "success", "check", _approved),
    "in_payout": (gettext_lazy("Payment in progress"), "accent", "banknote", _in_payout),
    "paid": (gettext_lazy("Paid"), "success", "circle-check", _paid),
    "declined": (gettext_lazy("Declined"), "danger", "circle-x", _declined),
    "reversed": (gettext_lazy("Cancelled (return)"), "neutral", "undo-2", _reversed),
    "clawed_back": (gettext_lazy("Taken back"), "danger", "undo-2", _clawed_back),
}

COMMISSION_CODES = tuple(_COMMISSION)
