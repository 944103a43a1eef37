"""What payees read by mail about their account at Stripe, each in their language."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.deliveries import queue_mail
from core.nudge import nudge
from core.tasks import send_deliveries
from payouts.models import StripeAccount
from payouts.services.stripe_accounts import people_of


def bank_failed(account: StripeAccount, *, reference: str, now: datetime) -> None:
    """Tell the payee that Stripe could not reach their bank; once for each payout that failed.

    The mail holds our own address: Stripe's forms open from there, for minutes.
    """
    for person in people_of(account.affiliate_id):
        with translation.override(person.language):
            paragraphs = [
                _("Hello %(name)s,") % {"name": person.get_short_name()},
                _("Stripe could not pay your money out to your bank: the details there are"
                  " refused. It waits in your balance at Stripe; nothing is lost."),
                _("Please correct them: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}/portal/payee/"},
            ]  # fmt: skip
            queue_mail(
                key=f"stripe:{reference}:failed:{person.pk}",
                recipient=person.email,
                subject=_("Your bank details at Stripe do not work"),
                body="\n\n".join(paragraphs) + "\n",
                now=now,
            )
    nudge(send_deliveries)
