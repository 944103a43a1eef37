"""What affiliates and the team read by mail about sanctions, each in their language."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.queries import people_of
from core import staff
from core.letters import Letter, paragraphs, send
from fraud.models import Measure, Sanction


def letter(measures: Sequence[str], message: str, *, is_ban: bool, name: str) -> Letter:
    """Return the mail about a sanction, in the active language: as shown before, and as sent."""
    subject = _("Your account is closed") if is_ban else _("Parts of your account are stopped")
    return Letter(
        subject,
        paragraphs(
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
    send(
        people_of(sanction.affiliate_id),
        f"sanction:{sanction.pk}:in_force",
        lambda person: letter(
            sanction.measures,
            sanction.message,
            is_ban=sanction.is_ban,
            name=person.get_short_name(),
        ),
        now,
        kind="sanction_in_force",
    )


def lifted_letter(message: str, *, name: str) -> Letter:
    """Return the mail that a sanction is over, in the active language."""
    return Letter(
        _("Your account works again"),
        paragraphs(name, [_("What was stopped of your account goes on from now."), message]),
    )


def lifted(sanction: Sanction, message: str, *, now: datetime) -> None:
    """Tell the affiliate's people that it is over."""
    send(
        people_of(sanction.affiliate_id),
        f"sanction:{sanction.pk}:lifted",
        lambda person: lifted_letter(message, name=person.get_short_name()),
        now,
        kind="sanction_lifted",
    )


def proposed(sanction: Sanction, *, now: datetime) -> None:
    """Tell the other managers that a ban waits for a second person."""
    send(
        staff.of_role("manager").exclude(pk=sanction.proposed_by_id),
        f"sanction:{sanction.pk}:proposed",
        lambda person: _proposed_letter(sanction, name=person.get_short_name()),
        now,
        kind="second_person_asked",
    )


def _proposed_letter(sanction: Sanction, *, name: str) -> Letter:
    banned = {"name": sanction.affiliate.name}
    return Letter(
        _("Ban of %(name)s: a second person is needed") % banned,
        paragraphs(
            name,
            [
                _("Somebody of the team proposes to ban %(name)s:") % banned,
                sanction.reason,
                f"{settings.PUBLIC_URL}/manage/sanctions/{sanction.public_id}/",
            ],
        ),
    )


def _their_page() -> str:
    return f"{settings.PUBLIC_URL}/portal/cases/"
