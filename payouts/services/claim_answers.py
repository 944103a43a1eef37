"""What claims are mostly answered: a code that is counted, and a text to begin with.

The text is written in the language of whoever made the claim, and may be edited before it is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, override

from payouts.models import Claim


class Act(StrEnum):
    """What a member of the team does with a claim."""

    GRANT = "grant"
    DECLINE = "decline"
    ASK = "ask"


@dataclass(frozen=True, slots=True)
class Answer:
    """A common answer. The empty text of ``other`` has to be written."""

    code: str
    act: Act
    label: Promise
    text: Promise | str


OTHER = "other"
_ALL = (
    Answer(
        "tracking_gap",
        Act.GRANT,
        gettext_lazy("The visit was not recorded"),
        gettext_lazy(
            "You are right: this order came through you, and the visit was not recorded as it"
            " should have been. We add what it would have earned."
        ),
    ),
    Answer(
        "proof_accepted",
        Act.GRANT,
        gettext_lazy("The proof is accepted"),
        gettext_lazy(
            "Thank you for the proof: it shows that this order came through you. We add what it"
            " would have earned."
        ),
    ),
    Answer(
        "amount_corrected",
        Act.GRANT,
        gettext_lazy("The amount was too low"),
        gettext_lazy(
            "We computed this sale again and you are right: it earned too little. We add the"
            " difference."
        ),
    ),
    Answer(
        "refusal_lifted",
        Act.GRANT,
        gettext_lazy("The refusal does not stand"),
        gettext_lazy(
            "We looked at this sale again: the refusal does not stand. We add what it would have"
            " earned."
        ),
    ),
    Answer(
        "goodwill",
        Act.GRANT,
        gettext_lazy("As a gesture"),
        gettext_lazy(
            "We could not settle what happened with this order. As a gesture we add an amount to"
            " your balance."
        ),
    ),
    Answer(
        "credited_since",
        Act.GRANT,
        gettext_lazy("Credited in the meantime"),
        gettext_lazy(
            "This order reached us late. It is credited to you now: you find it in your sales."
        ),
    ),
    Answer(
        "order_not_found",
        Act.DECLINE,
        gettext_lazy("No such order"),
        gettext_lazy(
            "The shop has no order with this number around this day. Please check both, and claim"
            " again if one of them was wrong."
        ),
    ),
    Answer(
        "no_click",
        Act.DECLINE,
        gettext_lazy("No click and no code"),
        gettext_lazy(
            "The order exists, but no click on one of your links and no promo code of yours led"
            " to it. If you can show how the customer came, please claim again with the proof."
        ),
    ),
    Answer(
        "another_led",
        Act.DECLINE,
        gettext_lazy("Something else led to it"),
        gettext_lazy(
            "Something else led to this order under the rules of the programme, so it is not"
            " credited to you."
        ),
    ),
    Answer(
        "outside_window",
        Act.DECLINE,
        gettext_lazy("Too long after the click"),
        gettext_lazy(
            "The order was placed after the window that your terms give to a click, so it is not"
            " credited to you."
        ),
    ),
    Answer(
        "code_not_valid",
        Act.DECLINE,
        gettext_lazy("The code did not count"),
        gettext_lazy(
            "Your promo code was not valid for this order, or its limit was reached, so it is not"
            " credited to you."
        ),
    ),
    Answer(
        "returned",
        Act.DECLINE,
        gettext_lazy("Returned or cancelled"),
        gettext_lazy(
            "The order was cancelled or the goods came back, so nothing is left to be earned."
        ),
    ),
    Answer(
        "amount_right",
        Act.DECLINE,
        gettext_lazy("The amount is right"),
        gettext_lazy(
            "We computed this sale again and the amount is right. The page of the sale shows every"
            " step of it."
        ),
    ),
    Answer(
        "refusal_stands",
        Act.DECLINE,
        gettext_lazy("The refusal stands"),
        gettext_lazy("We looked at this sale again and the refusal stands."),
    ),
    Answer(
        "no_reply",
        Act.DECLINE,
        gettext_lazy("No answer came"),
        gettext_lazy(
            "We asked you for more about this order and had no answer, so we decided on what we"
            " know. You may claim it again with what we asked for."
        ),
    ),
    Answer(OTHER, Act.DECLINE, gettext_lazy("Something else"), ""),
    Answer(
        "send_proof",
        Act.ASK,
        gettext_lazy("Ask for a proof"),
        gettext_lazy(
            "Please send us a picture or PDF that shows the order number and the day. Cover the"
            " customer's name and address: we do not need them."
        ),
    ),
    Answer(
        "say_how",
        Act.ASK,
        gettext_lazy("Ask how the customer came"),
        gettext_lazy(
            "How did the customer come to the shop? Please name the page, post or newsletter with"
            " your link, and about when it was clicked."
        ),
    ),
    Answer(
        "check_number",
        Act.ASK,
        gettext_lazy("Ask for the number"),
        gettext_lazy(
            "We cannot find this order. Please check its number and day on the confirmation that"
            " the customer received."
        ),
    ),
)
ANSWERS = {answer.code: answer for answer in _ALL}


def answers_for(act: Act) -> list[Answer]:
    """Return the common answers of an act."""
    return [answer for answer in _ALL if answer.act == act]


def text_of(code: str, claim: Claim) -> str:
    """Return the text of an answer in the language of who made the claim; empty if unknown."""
    answer = ANSWERS.get(code)
    if answer is None:
        return ""
    with override(claim.author.language):
        return str(answer.text)
