"""What the people of a payee read when a bank did not take their money."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.deliveries import queue_mail
from core.models import User
from core.money import Money
from core.nudge import nudge
from core.tasks import send_deliveries
from payouts.gateways.bank_reasons import reason_words
from payouts.gateways.statement_pdf import money_text
from payouts.models import Item


def refused(item: Item, amount: Money, *, reason_code: str, reference: str, now: datetime) -> None:
    """Tell the payee's people that ``amount`` came back, and what to do: once a ``reference``."""
    people = User.objects.filter(memberships__affiliate=item.affiliate_id, is_active=True)
    for person in people.order_by("pk"):
        with translation.override(person.language):
            queue_mail(
                key=f"payout-returned:{reference}:{person.pk}",
                recipient=person.email,
                subject=_("Your bank refused your payout: check your details"),
                body="\n\n".join(_paragraphs(item, amount, reason_code, person)) + "\n",
                now=now,
            )
    nudge(send_deliveries)


def _paragraphs(item: Item, amount: Money, reason_code: str, person: User) -> list[str]:
    said = reason_words(reason_code)
    return [
        _("Hello %(name)s,") % {"name": person.get_short_name()},
        _("The bank refused or sent back your payout %(reference)s: %(amount)s came back to us.")
        % {"reference": item.reference, "amount": money_text(amount, person.language)},
        *([_("The bank says: %(reason)s") % {"reason": said}] if said else []),
        _("Nothing is lost: the amount is due again, and the next payout pays it. Check your"
          " payment details first, so that it arrives:"),
        f"{settings.PUBLIC_URL}/portal/payee/",
    ]  # fmt: skip
