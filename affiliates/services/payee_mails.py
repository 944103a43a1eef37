"""What the people of an affiliate read when the account that it is paid on changes."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from affiliates.models import Payee
from core.deliveries import queue_mail
from core.models import User
from core.nudge import nudge
from core.tasks import send_deliveries


def iban_changed(payee: Payee, *, previous_last4: str, key: str, now: datetime) -> None:
    """Tell everybody who acts for the affiliate, so that a thief's change does not stay unseen.

    Only the last four characters of either account are written. Safe to repeat with one ``key``.
    """
    people = User.objects.filter(memberships__affiliate=payee.affiliate, is_active=True)
    for person in people.order_by("pk"):
        with translation.override(person.language):
            queue_mail(
                key=f"payee:{key}:{person.pk}",
                recipient=person.email,
                subject=_("Your payment details have changed"),
                body=_body(payee, person, previous_last4),
                now=now,
            )
    nudge(send_deliveries)


def _body(payee: Payee, person: User, previous_last4: str) -> str:
    paragraphs = [
        _("Hello %(name)s,") % {"name": person.get_short_name()},
        _("The bank account on which “%(name)s” is paid has changed.")
        % {"name": payee.affiliate.name},
        _("Before: •••• %(before)s. Now: •••• %(now)s.")
        % {"before": previous_last4, "now": payee.iban_last4},
        _(
            "If neither you nor a colleague did this, correct the account at once, change your"
            " password and tell us: %(address)s"
        )
        % {"address": f"{settings.PUBLIC_URL}/portal/payee/"},
    ]
    return "\n\n".join(paragraphs) + "\n"
