"""What the people of an affiliate read when a step of its tiers or a bonus is reached."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from affiliates.queries import people_of
from affiliates.services.terms_words import percent
from core.letters import Letter, paragraphs, send
from core.models import User
from core.money_words import money_words
from payouts.models import Adjustment, TierReached


def tier_reached(row: TierReached, *, now: datetime) -> None:
    """Tell everybody who acts for the affiliate that a better rate began. Safe to repeat."""

    def write(person: User) -> Letter:
        rate = percent(row.rate_bps)
        last = date_format(row.period_to - timedelta(days=1), "j F Y")
        return _letter(
            person,
            _("You reached a better rate: %(rate)s") % {"rate": rate},
            _(
                "Orders placed from now on pay %(rate)s of the margin, until %(day)s."
                " Orders placed before keep their rate."
            )
            % {"rate": rate, "day": last},
            _("Returns that come later do not take it back."),
            f"{settings.PUBLIC_URL}/portal/",
        )

    send(people_of(row.affiliate_id), f"tier:{row.pk}", write, now, kind="tier_reached")


def bonus_awarded(adjustment: Adjustment, *, now: datetime) -> None:
    """Tell everybody who acts for the affiliate what was added, and why. Safe to repeat."""

    def write(person: User) -> Letter:
        amount = money_words(adjustment.amount, person.language)
        return _letter(
            person,
            _("A bonus for you: %(amount)s") % {"amount": amount},
            _("%(amount)s was added to your balance: %(name)s.")
            % {"amount": amount, "name": adjustment.text},
            _("It is paid with your next payment."),
            f"{settings.PUBLIC_URL}/portal/adjustments/",
        )

    people, key = people_of(adjustment.affiliate_id), f"adjustment:{adjustment.pk}"
    send(people, key, write, now, kind="bonus_awarded")


def _letter(person: User, subject: str, *said: str) -> Letter:
    return Letter(subject, paragraphs(person.get_short_name(), said))
