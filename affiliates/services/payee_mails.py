"""What people read when the account, its holder, or the address that they sign in with changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Payee, PayeeChange, TaxProfile
from core.deliveries import queue_mail
from core.models import User
from core.nudge import nudge
from core.tasks import send_deliveries

_Words = Callable[[], list[str]]


def iban_changed(
    payee: Payee, *, previous_last4: str, cools_until: datetime, key: str, now: datetime
) -> None:
    """Tell everybody who acts for the affiliate, so that a thief's change does not stay unseen.

    Only the last four characters of either account are written. Safe to repeat with one ``key``.
    """
    _tell(
        payee.affiliate,
        f"payee:{key}",
        now,
        lambda: _("Your payment details have changed"),
        lambda: [
            _("The bank account on which “%(name)s” is paid has changed.")
            % {"name": payee.affiliate.name},
            _("Before: •••• %(before)s. Now: •••• %(now)s.")
            % {"before": previous_last4, "now": payee.iban_last4},
            _waits(cools_until),
            _not_you(),
        ],
    )


def holder_changed(change: PayeeChange, *, key: str, now: datetime) -> None:
    """Tell everybody who acts for the affiliate that its account has another holder."""
    _tell(
        change.affiliate,
        f"payee-holder:{key}",
        now,
        lambda: _("Your payment details have changed"),
        lambda: [
            _("The holder of the bank account on which “%(name)s” is paid has changed.")
            % {"name": change.affiliate.name},
            _("Before: %(before)s. Now: %(now)s.") % {"before": change.before, "now": change.after},
            _waits(change.cools_until),
            _not_you(),
        ],
    )


def email_changed(change: PayeeChange, person: User, *, old_address: str, now: datetime) -> None:
    """Tell the address that was, and colleagues, that a person signs in with another one."""

    def words() -> list[str]:
        return [
            _("%(person)s, who acts for “%(name)s”, signs in with another e-mail address now.")
            % {"person": person.name or change.before, "name": change.affiliate.name},
            _("Before: %(before)s. Now: %(now)s.") % {"before": change.before, "now": change.after},
            _waits(change.cools_until),
            _("If neither you nor a colleague did this, tell the programme team at once."),
        ]

    def subject() -> str:
        return _("An e-mail address has changed")

    _mail(f"payee-email:{change.pk}:before", person, old_address, now, subject, words)
    colleagues = _people(change.affiliate).exclude(pk=person.pk)
    for colleague in colleagues:
        key = f"payee-email:{change.pk}:{colleague.pk}"
        _mail(key, colleague, colleague.email, now, subject, words)
    nudge(send_deliveries)


def vat_number_unknown(profile: TaxProfile, *, now: datetime) -> None:
    """Tell everybody who acts for the affiliate that the register does not know its number."""
    _tell(
        profile.affiliate,
        f"vat-number:{profile.pk}:{now.timestamp():.0f}",
        now,
        lambda: _("Your VAT number is not in the register"),
        lambda: [
            _("The European register of VAT numbers does not know %(number)s.")
            % {"number": profile.vat_number},
            _(
                "Correct it, or have the register asked again once your tax office has listed it:"
                " %(address)s"
            )
            % {"address": f"{settings.PUBLIC_URL}/portal/payee/"},
        ],
    )


def _people(affiliate: Affiliate) -> QuerySet[User]:
    people = User.objects.filter(memberships__affiliate=affiliate, is_active=True)
    return people.order_by("pk")


def _tell(
    affiliate: Affiliate, key: str, now: datetime, subject: Callable[[], str], words: _Words
) -> None:
    """Mail everybody, also at confirmed addresses beside the one in use: that may be a thief's."""
    for person in _people(affiliate):
        _mail(f"{key}:{person.pk}", person, person.email, now, subject, words)
        others = EmailAddress.objects.filter(user=person, verified=True)
        for other in others.exclude(email__iexact=person.email):
            _mail(f"{key}:{person.pk}:{other.pk}", person, other.email, now, subject, words)
    nudge(send_deliveries)


def _mail(
    key: str,
    person: User,
    recipient: str,
    now: datetime,
    subject: Callable[[], str],
    words: _Words,
) -> None:
    with translation.override(person.language):
        greeting = _("Hello %(name)s,") % {"name": person.get_short_name()}
        queue_mail(
            key=key,
            recipient=recipient,
            subject=subject(),
            body="\n\n".join([greeting, *words()]) + "\n",
            now=now,
        )


def _waits(cools_until: datetime) -> str:
    moment = date_format(localtime(cools_until), "DATETIME_FORMAT")
    return _("Nothing is paid before %(moment)s, so that you can object.") % {"moment": moment}


def _not_you() -> str:
    return _(
        "If neither you nor a colleague did this, correct the account at once, change your"
        " password and tell us: %(address)s"
    ) % {"address": f"{settings.PUBLIC_URL}/portal/payee/"}
