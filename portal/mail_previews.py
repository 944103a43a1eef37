"""Mails as they will look, and one of them sent to whoever wants to see it in their own mail."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from core.deliveries import queue_mail
from core.errors import DomainError
from core.letter_kinds import kind_of
from core.mail_html import html_of, text_of
from core.models import Delivery, User
from core.nudge import nudge
from portal.mail_samples import samples_of

#: So many tests an hour are enough to look at mails; more would be mail that nobody reads.
TESTS_PER_HOUR = 20


class NoSuchSample(DomainError):
    """A kind has fewer samples than that."""

    code = "no_such_sample"


class AddressNotVerified(DomainError):
    """A test was to go to an address that nobody proved to be theirs."""

    code = "address_not_verified"


class TooManyTests(DomainError):
    """Somebody asked for more tests than the hour has."""

    code = "too_many_tests"


@dataclass(frozen=True, slots=True)
class Preview:
    """One mail of a kind in one language: both parts, as a mail program shows them."""

    subject: str
    text: str
    html: str


def previews(kind: str, *, viewer: User, language: str, now: datetime) -> list[Preview]:
    """Return every mail of a kind in a language, with what stands below each. Nothing is stored.

    :raises KeyError: for a kind that nobody knows.
    """
    found = kind_of(kind)
    shown = samples_of(kind, viewer=viewer, language=language, now=now)
    with translation.override(language):
        return [
            Preview(
                subject=one.subject,
                text=text_of(one.body, found, viewer),
                html=html_of(one.body, found, viewer),
            )
            for one in shown
        ]


@transaction.atomic
def send_test(*, kind: str, number: int, person_id: int, language: str, now: datetime) -> Delivery:
    """Send a person the ``number``-th sample of a kind, to their own verified address alone.

    It is no letter to them: their choices do not hold it back, and it is not noted in the portal.

    :raises NoSuchSample: when the kind has fewer.
    :raises AddressNotVerified: when the address that they sign in with is not verified.
    :raises TooManyTests: after ``TESTS_PER_HOUR`` within an hour.
    """
    person = User.objects.select_for_update(no_key=True).get(pk=person_id)
    samples = samples_of(kind, viewer=person, language=language, now=now)
    if not 0 <= number < len(samples):
        raise NoSuchSample(_("There is no such sample of this mail."))
    address = EmailAddress.objects.filter(user=person, email__iexact=person.email, verified=True)
    if not address.exists():
        raise AddressNotVerified(_("Verify your e-mail address first: a test goes there alone."))
    mine = Delivery.objects.filter(
        key__startswith=f"mail-test:{person.pk}:", status_changed_at__gt=now - timedelta(hours=1)
    )
    if mine.count() >= TESTS_PER_HOUR:
        raise TooManyTests(
            _("You asked for %(most)s tests within an hour: wait a little.")
            % {"most": TESTS_PER_HOUR}
        )
    with translation.override(language):
        subject = _("[Test] %(subject)s") % {"subject": samples[number].subject}
    made = queue_mail(
        key=f"mail-test:{person.pk}:{kind}:{number}:{language}:{now.timestamp():.0f}",
        recipient=person.email,
        subject=subject[:200],
        body=samples[number].body,
        now=now,
        kind=kind,
        language=language,
    )
    nudge("core.tasks.send_deliveries")
    return made
