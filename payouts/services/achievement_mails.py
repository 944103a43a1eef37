"""What the people of an affiliate read when a step of its tiers or a bonus is reached."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import translation
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from affiliates.services.terms_words import percent
from core.deliveries import queue_mail
from core.models import User
from core.nudge import nudge
from core.tasks import send_deliveries
from payouts.gateways.statement_pdf import money_text
from payouts.models import Adjustment, TierReached


def tier_reached(row: TierReached, *, now: datetime) -> None:
    """Tell everybody who acts for the affiliate that a better rate began. Safe to repeat."""
    for person in _people(row.affiliate_id):
        with translation.override(person.language):
            rate = percent(row.rate_bps)
            last = date_format(row.period_to - timedelta(days=1), "j F Y")
            subject = _("You reached a better rate: %(rate)s") % {"rate": rate}
            body = _body(
                person,
                _(
                    "Orders placed from now on pay %(rate)s of the margin, until %(day)s."
                    " Orders placed before keep their rate."
                )
                % {"rate": rate, "day": last},
                _("Returns that come later do not take it back."),
                f"{settings.PUBLIC_URL}/portal/",
            )
        queue_mail(key=f"tier:{row.pk}:{person.pk}", recipient=person.email, subject=subject,
                   body=body, now=now)  # fmt: skip
    nudge(send_deliveries)


def bonus_awarded(adjustment: Adjustment, *, now: datetime) -> None:
    """Tell everybody who acts for the affiliate what was added, and why. Safe to repeat."""
    for person in _people(adjustment.affiliate_id):
        with translation.override(person.language):
            amount = money_text(adjustment.amount, person.language)
            subject = _("A bonus for you: %(amount)s") % {"amount": amount}
            body = _body(
                person,
                _("%(amount)s was added to your balance: %(name)s.")
                % {"amount": amount, "name": adjustment.text},
                _("It is paid with your next payment."),
                f"{settings.PUBLIC_URL}/portal/adjustments/",
            )
        queue_mail(key=f"adjustment:{adjustment.pk}:{person.pk}", recipient=person.email,
                   subject=subject, body=body, now=now)  # fmt: skip
    nudge(send_deliveries)


def _people(affiliate_id: int) -> list[User]:
    people = User.objects.filter(memberships__affiliate=affiliate_id, is_active=True)
    return list(people.order_by("pk"))


def _body(person: User, *paragraphs: str) -> str:
    hello = _("Hello %(name)s,") % {"name": person.get_short_name()}
    return "\n\n".join([hello, *paragraphs]) + "\n"
