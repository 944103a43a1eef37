"""What people read when the account, its holder, or the address that they sign in with changes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from allauth.account.models import EmailAddress
from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.models import Payee, PayeeChange, TaxProfile
from affiliates.queries import people_of
from core.letters import Letter, Write, paragraphs, saying, send, send_to
from core.models import User


def said_to_team(
    affiliate_id: int,
    subject: Callable[[], str],
    details: Callable[[], str],
    words: Callable[[str], list[str]],
) -> Write:
    """Return how a team is told that payment details changed: everybody reads that they did.

    What they were and are, ``details``, only those who may see payment details read (T15);
    ``words`` gets it empty for the others.
    """
    allowed = {one.pk for one in people_of(affiliate_id, Ability.SEE_PAYEE)}
    others = {one.pk for one in people_of(affiliate_id)} - allowed

    def write(person: User) -> Letter:
        said = words("" if person.pk in others else details())
        return Letter(subject(), paragraphs(person.get_short_name(), said))

    return write


def iban_changed(
    payee: Payee, *, previous_last4: str, cools_until: datetime, key: str, now: datetime
) -> None:
    """Tell everybody who acts for the affiliate, so that a thief's change does not stay unseen.

    Only the last four characters of either account are written. Safe to repeat with one ``key``.
    """
    write = said_to_team(
        payee.affiliate_id,
        lambda: _("Your payment details have changed"),
        lambda: (
            _("Before: •••• %(before)s. Now: •••• %(now)s.")
            % {"before": previous_last4, "now": payee.iban_last4}
        ),
        lambda before_and_now: [
            _("The bank account on which “%(name)s” is paid has changed.")
            % {"name": payee.affiliate.name},
            before_and_now,
            _waits(cools_until),
            _not_you(),
        ],
    )
    _tell(people_of(payee.affiliate_id), f"payee:{key}", now, write, kind="payee_changed")


def holder_changed(change: PayeeChange, *, key: str, now: datetime) -> None:
    """Tell everybody who acts for the affiliate that its account has another holder."""
    write = said_to_team(
        change.affiliate_id,
        lambda: _("Your payment details have changed"),
        lambda: (
            _("Before: %(before)s. Now: %(now)s.") % {"before": change.before, "now": change.after}
        ),
        lambda before_and_now: [
            _("The holder of the bank account on which “%(name)s” is paid has changed.")
            % {"name": change.affiliate.name},
            before_and_now,
            _waits(change.cools_until),
            _not_you(),
        ],
    )
    _tell(people_of(change.affiliate_id), f"payee-holder:{key}", now, write, kind="payee_changed")


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

    kind = "email_changed"
    write = saying(lambda: _("An e-mail address has changed"), words)
    send_to(old_address, f"payee-email:{change.pk}:before", person, write, now, kind=kind)
    colleagues = [one for one in people_of(change.affiliate_id) if one.pk != person.pk]
    send(colleagues, f"payee-email:{change.pk}", write, now, kind=kind)


def vat_number_unknown(profile: TaxProfile, *, now: datetime) -> None:
    """Tell who may see the details of the payee that the register does not know its number."""
    write = saying(
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
    people = people_of(profile.affiliate_id, Ability.SEE_PAYEE)
    key = f"vat-number:{profile.pk}:{now.timestamp():.0f}"
    _tell(people, key, now, write, kind="tax_details")


def _tell(people: list[User], key: str, now: datetime, write: Write, *, kind: str) -> None:
    """Mail them, also at confirmed addresses beside the one in use: that may be a thief's."""
    send(people, key, write, now, kind=kind)
    for person in people:
        others = EmailAddress.objects.filter(user=person, verified=True)
        for other in others.exclude(email__iexact=person.email):
            send_to(other.email, f"{key}:{person.pk}:{other.pk}", person, write, now, kind=kind)


def _waits(cools_until: datetime) -> str:
    moment = date_format(localtime(cools_until), "DATETIME_FORMAT")
    return _("Nothing is paid before %(moment)s, so that you can object.") % {"moment": moment}


def _not_you() -> str:
    return _(
        "If neither you nor a colleague did this, correct the account at once, change your"
        " password and tell us: %(address)s"
    ) % {"address": f"{settings.PUBLIC_URL}/portal/payee/"}
