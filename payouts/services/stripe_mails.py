"""What payees read by mail about their account at Stripe, each in their language."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.models import PayeeChange
from affiliates.queries import people_of
from affiliates.services.payee_mails import said_to_team
from core.letters import saying, send
from payouts.models import StripeAccount


def bank_failed(account: StripeAccount, *, reference: str, now: datetime) -> None:
    """Tell the payee that Stripe could not reach their bank; once for each payout that failed.

    The mail holds our own address: Stripe's forms open from there, for minutes.
    """
    send(
        people_of(account.affiliate_id, Ability.SEE_PAYEE),
        f"stripe:{reference}:failed",
        saying(lambda: _("Your bank details at Stripe do not work"), _bank_failed),
        now,
        kind="stripe_bank_failed",
    )


def bank_changed(change: PayeeChange, *, now: datetime) -> None:
    """Tell everybody who acts for the payee that Stripe pays out to another bank account now."""
    send(
        people_of(change.affiliate_id),
        f"stripe-bank:{change.pk}",
        said_to_team(
            change.affiliate_id,
            lambda: _("Your bank account at Stripe has changed"),
            lambda: (
                _("Before: %(before)s. Now: %(now)s.")
                % {"before": change.before, "now": change.after}
            ),
            lambda before_and_now: [before_and_now, *_bank_changed(change)],
        ),
        now,
        kind="payee_changed",
    )


def _bank_changed(change: PayeeChange) -> list[str]:
    moment = date_format(localtime(change.cools_until), "DATETIME_FORMAT")
    return [
        _("Nothing is paid before %(moment)s, so that you can object.") % {"moment": moment},
        _("If neither you nor a colleague did this, correct the account at Stripe at once, and tell"
          " us: %(address)s")
        % {"address": f"{settings.PUBLIC_URL}/portal/payee/"},
    ]  # fmt: skip


def _bank_failed() -> list[str]:
    return [
        _("Stripe could not pay your money out to your bank: the details there are refused. It"
          " waits in your balance at Stripe; nothing is lost."),
        _("Please correct them: %(address)s")
        % {"address": f"{settings.PUBLIC_URL}/portal/payee/"},
    ]  # fmt: skip
