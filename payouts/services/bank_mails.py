"""What the people of a payee read when a bank did not take their money."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.queries import people_of
from core.letters import Letter, paragraphs, send
from core.models import User
from core.money import Money
from core.money_words import money_words
from payouts.gateways.bank_reasons import reason_words
from payouts.models import Item


def refused(item: Item, amount: Money, *, reason_code: str, reference: str, now: datetime) -> None:
    """Tell the payee's people that ``amount`` came back, and what to do: once a ``reference``."""

    def write(person: User) -> Letter:
        return Letter(
            _("Your bank refused your payout: check your details"),
            paragraphs(person.get_short_name(), _said(item, amount, reason_code, person.language)),
        )

    people, key = people_of(item.affiliate_id), f"payout-returned:{reference}"
    send(people, key, write, now, kind="payout_returned")


def _said(item: Item, amount: Money, reason_code: str, language: str) -> list[str]:
    said = reason_words(reason_code)
    return [
        _("The bank refused or sent back your payout %(reference)s: %(amount)s came back to us.")
        % {"reference": item.reference, "amount": money_words(amount, language)},
        *([_("The bank says: %(reason)s") % {"reason": said}] if said else []),
        _("Nothing is lost: the amount is due again, and the next payout pays it. Check your"
          " payment details first, so that it arrives:"),
        f"{settings.PUBLIC_URL}/portal/payee/",
    ]  # fmt: skip


def arrived(item: Item, amount: Money, *, reference: str, now: datetime) -> None:
    """Tell the payee's people that ``amount`` had not come back: once a ``reference``."""

    def write(person: User) -> Letter:
        said = _(
            "We wrote that %(amount)s of your payout %(reference)s had come back to us. That was"
            " a mistake: the bank spoke of another payment. Yours arrived, so nothing of it is due"
            " again, and there is nothing for you to do."
        ) % {"reference": item.reference, "amount": money_words(amount, person.language)}
        return Letter(
            _("Your payout arrived after all"), paragraphs(person.get_short_name(), [said])
        )

    people, key = people_of(item.affiliate_id), f"payout-arrived:{reference}"
    send(people, key, write, now, kind="payout_returned")
