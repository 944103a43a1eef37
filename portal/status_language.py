"""What a state is called, why it is so, and what comes next: one voice for partners and staff.

Codes come from the state machines; texts are built in the language active when they are shown.
"""

from dataclasses import replace
from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from portal.commission_language import COMMISSION_CODES, CommissionFacts, commission_status
from portal.decline_reasons import DECLINE_REASONS, DeclineReason, decline_reason
from portal.display import StatusText, Text, Tone
from portal.formats import format_day, lazily

__all__ = [
    "AFFILIATE_CODES",
    "APPLICATION_CODES",
    "BATCH_CODES",
    "CODE_CODES",
    "COMMISSION_CODES",
    "DECLINE_REASONS",
    "LINK_CODES",
    "PAYOUT_CODES",
    "REQUEST_CODES",
    "CommissionFacts",
    "DeclineReason",
    "StatusText",
    "affiliate_status",
    "application_status",
    "batch_status",
    "code_status",
    "commission_status",
    "decline_reason",
    "link_status",
    "payout_status",
    "request_status",
]

Plain = dict[str, tuple[Text, Tone, str, Text]]

_PAYOUT: Plain = {
    "queued": (
        gettext_lazy("In preparation"), "neutral", "clipboard-check",
        gettext_lazy("The batch is waiting for its second approval."),
    ),
    "ready": (
        gettext_lazy("Scheduled"), "info", "calendar",
        gettext_lazy("Approved. It leaves with the next bank file."),
    ),
    "sending": (
        gettext_lazy("Being sent"), "accent", "send", gettext_lazy("On its way to the bank."),
    ),
    "unknown": (
        gettext_lazy("Being checked"), "warning", "eye",
        gettext_lazy("We are asking the bank what became of it. Nothing is sent twice."),
    ),
    "sent": (
        gettext_lazy("Sent"), "success", "check",
        gettext_lazy("Sent to your bank, which may need up to two working days."),
    ),
    "settled": (
        pgettext_lazy("payout", "Paid"), "success", "circle-check",
        gettext_lazy("The bank has booked it."),
    ),
    "skipped": (
        gettext_lazy("Held back"), "warning", "pause",
        gettext_lazy("Something was missing when it left. The amount stays in your balance."),
    ),
    "failed": (
        gettext_lazy("Failed"), "danger", "circle-x",
        gettext_lazy("The bank refused it. Check your payment details."),
    ),
    "released": (
        gettext_lazy("Back in your balance"), "neutral", "undo-2",
        gettext_lazy("It joins the next payment."),
    ),
    "returned": (
        gettext_lazy("Returned by the bank"), "danger", "undo-2",
        gettext_lazy("The amount is back in your balance. Check your payment details."),
    ),
}  # fmt: skip

_BATCH: Plain = {
    "draft": (
        gettext_lazy("Draft"), "neutral", "pencil",
        gettext_lazy("Being prepared. Nothing is reserved yet."),
    ),
    "in_review": (
        gettext_lazy("To approve"), "warning", "clipboard-check",
        gettext_lazy("Frozen. Someone who did not prepare it has to approve it."),
    ),
    "approved": (
        gettext_lazy("Approved"), "info", "check", gettext_lazy("The bank file can be made."),
    ),
    "executing": (
        gettext_lazy("Being sent"), "accent", "send", gettext_lazy("Payments are leaving."),
    ),
    "paused": (
        gettext_lazy("Paused"), "warning", "pause",
        gettext_lazy("Stopped. It goes on when someone resumes it."),
    ),
    "done": (
        gettext_lazy("Done"), "success", "circle-check", gettext_lazy("Every payment has left."),
    ),
    "done_with_exceptions": (
        gettext_lazy("Done with exceptions"), "warning", "triangle-alert",
        gettext_lazy("Some payments did not leave: see the exceptions."),
    ),
    "cancelled": (
        gettext_lazy("Cancelled"), "neutral", "ban",
        gettext_lazy("Nothing left. The amounts are back in the balances."),
    ),
}  # fmt: skip

_APPLICATION: Plain = {
    "draft": (
        gettext_lazy("Draft"), "neutral", "pencil", gettext_lazy("Finish it and send it."),
    ),
    "submitted": (
        pgettext_lazy("application", "Sent"), "info", "send",
        gettext_lazy("We read it and answer by e-mail. You have nothing to do."),
    ),
    "under_review": (
        gettext_lazy("Under review"), "info", "eye",
        gettext_lazy("Someone is reading it. You have nothing to do."),
    ),
    "needs_completion": (
        gettext_lazy("To complete"), "warning", "message-square",
        gettext_lazy("We have a question. Answer it to go on."),
    ),
    "approved": (
        gettext_lazy("Accepted"), "success", "circle-check",
        gettext_lazy("Welcome. You can create your first link."),
    ),
    "rejected": (
        gettext_lazy("Declined"), "danger", "circle-x",
        gettext_lazy("We did not accept this application."),
    ),
    "withdrawn": (
        gettext_lazy("Withdrawn"), "neutral", "undo-2",
        gettext_lazy("You withdrew it. You can apply again."),
    ),
}  # fmt: skip

_AFFILIATE: Plain = {
    "active": (
        gettext_lazy("Active"), "success", "circle-check",
        gettext_lazy("Links count, and sales earn commission."),
    ),
    "suspended": (
        gettext_lazy("Suspended"), "danger", "pause",
        gettext_lazy("Links lead to the shop but earn nothing until this is settled."),
    ),
    "closed": (
        gettext_lazy("Closed"), "neutral", "lock",
        gettext_lazy("The account has ended. What was earned is still paid."),
    ),
}  # fmt: skip

_LINK: Plain = {
    "active": (
        gettext_lazy("Active"), "success", "circle-check", gettext_lazy("Clicks are counted."),
    ),
    "paused": (
        gettext_lazy("Paused"), "warning", "pause",
        gettext_lazy("It leads to the shop and counts nothing."),
    ),
    "archived": (
        gettext_lazy("Archived"), "neutral", "archive",
        gettext_lazy("Out of your lists. It still leads to the shop."),
    ),
    "expired": (
        gettext_lazy("Expired"), "neutral", "clock",
        gettext_lazy("It leads to the shop and earns nothing any more."),
    ),
    "expiring": (
        gettext_lazy("Ends soon"), "warning", "hourglass",
        gettext_lazy("It earns for another week at most. Give it another last day to go on."),
    ),
    "astray": (
        gettext_lazy("Page not allowed"), "danger", "triangle-alert",
        gettext_lazy("Its page is no longer one of the shop's: it leads to the home page instead."),
    ),
    "gone": (
        gettext_lazy("Page gone"), "danger", "triangle-alert",
        gettext_lazy("The shop says that this page is no longer there. Lead to another one."),
    ),
    "sold_out": (
        gettext_lazy("Not on sale"), "warning", "package",
        gettext_lazy("The shop does not sell this product at the moment."),
    ),
    "repriced": (
        gettext_lazy("New price"), "info", "tag",
        gettext_lazy("Mind what you wrote about it."),
    ),
}  # fmt: skip

_CODE: Plain = {
    "active": (
        gettext_lazy("Active"), "success", "circle-check",
        gettext_lazy("Orders with this code are credited to you."),
    ),
    "scheduled": (
        gettext_lazy("Scheduled"), "info", "calendar",
        gettext_lazy("It works from its first day."),
    ),
    "paused": (
        gettext_lazy("Paused"), "warning", "pause",
        gettext_lazy("The shop accepts it, but it credits nobody."),
    ),
    "expired": (
        gettext_lazy("Expired"), "neutral", "clock", gettext_lazy("Its last day has passed."),
    ),
    "used_up": (
        gettext_lazy("Limit reached"), "warning", "circle-check",
        gettext_lazy("It has earned as many orders as it may. The shop still accepts it."),
    ),
}  # fmt: skip

_REQUEST: Plain = {
    "open": (
        gettext_lazy("Waiting"), "info", "hourglass",
        gettext_lazy("We answer by e-mail. You have nothing to do."),
    ),
    "granted": (
        gettext_lazy("Granted"), "success", "circle-check", gettext_lazy("The code is yours."),
    ),
    "refused": (
        gettext_lazy("Refused"), "danger", "circle-x",
        gettext_lazy("You can ask for another one."),
    ),
    "withdrawn": (
        gettext_lazy("Withdrawn"), "neutral", "undo-2", gettext_lazy("You took it back."),
    ),
}  # fmt: skip


PAYOUT_CODES = tuple(_PAYOUT)
BATCH_CODES = tuple(_BATCH)
APPLICATION_CODES = tuple(_APPLICATION)
AFFILIATE_CODES = tuple(_AFFILIATE)
LINK_CODES = tuple(_LINK)
CODE_CODES = tuple(_CODE)
REQUEST_CODES = tuple(_REQUEST)


def payout_status(code: str, *, reason: str = "") -> StatusText:
    """The state of one payout for its payee; ``reason`` says what failed and how to mend it.

    :raises KeyError: unknown ``code``.
    """
    return _plain(_PAYOUT, code, reason)


def batch_status(code: str, *, reason: str = "") -> StatusText:
    """The state of a payout batch, for finance.

    :raises KeyError: unknown ``code``.
    """
    return _plain(_BATCH, code, reason)


def application_status(
    code: str, *, reason: str = "", reapply_on: date | None = None
) -> StatusText:
    """The state of an application; a declined one says why and when to apply again.

    :raises KeyError: unknown ``code``.
    """
    text = _plain(_APPLICATION, code, reason)
    if reapply_on is None:
        return text
    return replace(
        text,
        sentence=lazily(
            lambda: _("{sentence} You can apply again from {date}.").format(
                sentence=text.sentence, date=format_day(reapply_on)
            )
        ),
    )


def affiliate_status(code: str, *, reason: str = "") -> StatusText:
    """The state of an affiliate.

    :raises KeyError: unknown ``code``.
    """
    return _plain(_AFFILIATE, code, reason)


def link_status(code: str, *, reason: str = "") -> StatusText:
    """The state of a link, or what is remarkable about it: ends soon, page gone, new price.

    ``reason`` says more of it.

    :raises KeyError: unknown ``code``.
    """
    return _plain(_LINK, code, reason)


def code_status(code: str) -> StatusText:
    """The state of a promo code: active, scheduled, paused, used up or expired.

    :raises KeyError: unknown ``code``.
    """
    return _plain(_CODE, code)


def request_status(code: str, *, reason: str = "") -> StatusText:
    """The state of a request for a promo code; a refused one says why.

    :raises KeyError: unknown ``code``.
    """
    return _plain(_REQUEST, code, reason)


def _plain(table: Plain, code: str, reason: str = "") -> StatusText:
    label, tone, icon, sentence = table[code]
    if not reason:
        return StatusText(code, label, tone, icon, sentence)
    return StatusText(code, label, tone, icon, lazily(lambda: f"{sentence} {reason}"))
