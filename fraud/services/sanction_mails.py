"""What affiliates and the team read by mail about sanctions, each in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from core.deliveries import queue_mail
from core.models import User
from core.nudge import nudge
from core.tasks import send_deliveries
from fraud.models import Measure, Sanction
from fraud.services.case_mails import Letter, managers, people_of


def letter(measures: Sequence[str], message: str, *, is_ban: bool, name: str) -> Letter:
    """Return the mail about a sanction, in the active language: as shown before, and as sent."""
    subject = _("Your account is closed") if is_ban else _("Parts of your account are stopped")
    return Letter(
        subject,
        _paragraphs(
            name,
            [
                _("The programme has closed your account.")
                if is_ban
                else _("The programme has decided to stop parts of your account."),
                "\n".join(stopped_words(measures)),
                message,
                _("If this is wrong, say so once: somebody who did not decide it looks at it"
                  " again. %(address)s") % {"address": _their_page()},
            ],
        ),
    )  # fmt: skip


def stopped_words(measures: Sequence[str]) -> list[str]:
    """Return what is stopped, a sentence each, in the active language."""
    said = {
        Measure.LINKS: _("Your links lead to the shop and earn nothing."),
        Measure.CODES: _("Your promo codes credit nobody."),
        Measure.PAYOUTS: _("Nothing is paid out meanwhile; your balance is kept."),
    }
    return [said[one] for one in Measure if one in measures]


def in_force(sanction: Sanction, *, now: datetime) -> None:
    """Tell the affiliate's people what is stopped, why, and how to contest it."""
    for person in people_of(sanction.affiliate_id):
        with translation.override(person.language):
            mail = letter(
                sanction.measures,
                sanction.message,
                is_ban=sanction.is_ban,
                name=person.get_short_name(),
            )
        _send(person, f"sanction:{sanction.pk}:in_force", mail, now)
    nudge(send_deliveries)


def lifted_letter(message: str, *, name: str) -> Letter:
    """Return the mail that a sanction is over, in the active language."""
    return Letter(
        _("Your account works again"),
        _paragraphs(name, [_("What was stopped of your account goes on from now."), message]),
    )


def lifted(sanction: Sanction, message: str, *, now: datetime) -> None:
    """Tell the affiliate's people that it is over."""
    for person in people_of(sanction.affiliate_id):
        with translation.override(person.language):
            mail = lifted_letter(message, name=person.get_short_name())
        _send(person, f"sanction:{sanction.pk}:lifted", mail, now)
    nudge(send_deliveries)


def proposed(sanction: Sanction, *, now: datetime) -> None:
    """Tell the other managers that a ban waits for a second person."""
    for person in managers().exclude(pk=sanction.proposed_by_id):
        with translation.override(person.language):
            name = {"name": sanction.affiliate.name}
            mail = Letter(
                _("Ban of %(name)s: a second person is needed") % name,
                _paragraphs(
                    person.get_short_name(),
                    [
                        _("Somebody of the team proposes to ban %(name)s:") % name,
                        sanction.reason,
                        f"{settings.PUBLIC_URL}/manage/sanctions/{sanction.public_id}/",
                    ],
                ),
            )
        _send(person, f"sanction:{sanction.pk}:proposed", mail, now)
    nudge(send_deliveries)


def _paragraphs(name: str, said: Sequence[str]) -> str:
    return "\n\n".join([_("Hello %(name)s,") % {"name": name}, *filter(None, said)]) + "\n"


def _their_page() -> str:
    return f"{settings.PUBLIC_URL}/portal/cases/"


def _send(person: User, key: str, mail: Letter, now: datetime) -> None:
    queue_mail(
        key=f"{key}:{person.pk}",
        recipient=person.email,
        subject=mail.subject,
        body=mail.body,
        now=now,
    )
