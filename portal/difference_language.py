"""What a difference between two sides is called, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext_lazy

from core.money import Money
from payouts.models import Difference, DifferenceState
from portal.display import StatusText, Text
from portal.formats import format_money


@dataclass(frozen=True, slots=True)
class Words:
    """What differs, and where to look."""

    label: Text
    help: Text


_KINDS = {
    "reserved": Words(
        gettext_lazy("Reserved money without its payments"),
        gettext_lazy("What the ledger has set aside for this payee is not the sum of its payments"
                     " under way. Run the check of the ledger: it names the row."),
    ),
    "sent_not_posted": Words(
        gettext_lazy("Sent, and not in the ledger"),
        gettext_lazy("The payment counts as sent and no transfer says so."),
    ),
    "posted_not_sent": Words(
        gettext_lazy("In the ledger, and not sent"),
        gettext_lazy("A transfer says that this payment left, and its own state does not."),
    ),
    "sent_amount": Words(
        gettext_lazy("Sent with another amount"),
        gettext_lazy("The payment and its transfer in the ledger are not of the same amount."),
    ),
    "not_booked": Words(
        gettext_lazy("Sent, and not booked by the bank"),
        gettext_lazy("Banks have worked for five days since. Load the missing statement, or ask"
                     " the bank what became of the file."),
    ),
    "booked_unknown": Words(
        gettext_lazy("On the account, and no payment of ours"),
        gettext_lazy("Match the line of the bank with its payment, or say that it is not ours."),
    ),
    "booked_amount": Words(
        gettext_lazy("Booked with another amount"),
        gettext_lazy("The bank booked another amount than the payment has."),
    ),
    "clearing_balance": Words(
        gettext_lazy("Money under way"),
        gettext_lazy("What the ledger has under way is not what was sent and is not booked."),
    ),
    "bank_balance": Words(
        gettext_lazy("Money at the bank"),
        gettext_lazy("What the ledger took from the bank is not what the bank has booked."),
    ),
    "statement_sum": Words(
        gettext_lazy("Statement that does not add up"),
        gettext_lazy("The lines of the statement do not lead from its opening to its closing"
                     " balance."),
    ),
    "statement_gap": Words(
        gettext_lazy("Statement missing"),
        gettext_lazy("It does not begin where the one before it ended. Load what lies between."),
    ),
    "stripe_missing": Words(
        gettext_lazy("Sent, and unknown to Stripe"),
        gettext_lazy("The payment counts as sent and Stripe has no transfer of it."),
    ),
    "stripe_amount": Words(
        gettext_lazy("Another amount at Stripe"),
        gettext_lazy("The transfer at Stripe has another amount than the payment."),
    ),
    "stripe_twice": Words(
        gettext_lazy("A second transfer of one payment"),
        gettext_lazy("Stripe has one more transfer of a payment that has one. Reverse it there."),
    ),
    "stripe_not_sent": Words(
        gettext_lazy("At Stripe, and not sent by us"),
        gettext_lazy("A transfer carries the reference of a batch and is none of its payments."),
    ),
    "stripe_by_hand": Words(
        gettext_lazy("Made by hand at Stripe"),
        gettext_lazy("A transfer belongs to no batch: somebody made it in Stripe itself."),
    ),
    "stripe_returned": Words(
        gettext_lazy("Came back at Stripe, and not here"),
        gettext_lazy("Stripe has taken back another amount of this transfer than we know of."),
    ),
}  # fmt: skip

#: What the facts of a difference are called. Those of amounts are in minor units.
_FACTS: dict[str, Text] = {
    "reference": gettext_lazy("Reference"),
    "end_to_end_id": gettext_lazy("Payment named by the bank"),
    "booked_on": gettext_lazy("Booked on"),
    "text": gettext_lazy("Text of the bank"),
    "execution_date": gettext_lazy("Payment date"),
    "account": gettext_lazy("Account of the ledger"),
    "message_id": gettext_lazy("Statement"),
    "day": gettext_lazy("Day of the statement"),
    "transfer": gettext_lazy("Transfer at Stripe"),
    "group": gettext_lazy("Batch named at Stripe"),
}
_AMOUNTS: dict[str, Text] = {
    "ledger": gettext_lazy("By the ledger"),
    "items": gettext_lazy("By the payments under way"),
    "item": gettext_lazy("By the payment"),
    "told": gettext_lazy("By payments and bank"),
    "reversed": gettext_lazy("Reversed, by Stripe"),
    "returned": gettext_lazy("Came back, by us"),
}

_STATES = {
    DifferenceState.OPEN: ("danger", "circle-alert"),
    DifferenceState.EXPLAINED: ("success", "circle-check"),
    DifferenceState.GONE: ("neutral", "undo-2"),
}


def words_of(kind: str) -> Words:
    """Return the words for a kind; one that nobody named shows itself."""
    return _KINDS.get(kind, Words(kind.replace("_", " "), ""))


def facts_of(difference: Difference) -> list[tuple[str, str]]:
    """Return what both sides say, with its labels; what has no label is not for people."""
    said: dict[str, object] = difference.data
    facts = [(str(label), str(said[name])) for name, label in _FACTS.items() if said.get(name)]
    for name, label in _AMOUNTS.items():
        minor = said.get(name)
        is_number = name == "item" and "transfer" in said
        if isinstance(minor, int) and not is_number:
            facts.append((str(label), format_money(Money(minor, difference.currency))))
    return facts


def difference_state(difference: Difference) -> StatusText:
    """Return the state of a difference as a badge shows it."""
    state = DifferenceState(difference.state)
    tone, icon = _STATES[state]
    return StatusText(state.value, state.label, tone, icon)  # type: ignore[arg-type]
