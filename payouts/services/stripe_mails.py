"""What payees read by mail about their account at Stripe, each in their language."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.queries import people_of
from core.letters import saying, send
from payouts.models import StripeAccount


def bank_failed(account: StripeAccount, *, reference: str, now: datetime) -> None:
    """Tell the payee that Stripe could not reach their bank; once for each payout that failed.

    The mail holds our own address: Stripe's forms open from there, for minutes.
    """
    send(
        people_of(account.affiliate_id),
        f"stripe:{reference}:failed",
        saying(lambda: _("Your bank details at Stripe do not work"), _bank_failed),
        now,
    )


def _bank_failed() -> list[str]:
    return [
        _("Stripe could not pay your money out to your bank: the details there are refused. It"
          " waits in your balance at Stripe; nothing is lost."),
        _("Please correct them: %(address)s")
        % {"address": f"{settings.PUBLIC_URL}/portal/payee/"},
    ]  # fmt: skip
