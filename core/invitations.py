"""What all invitations by mail have in common: the link, whose address it is, how many are sent."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.core import signing
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet, Sum
from django.db.models.functions import Greatest
from django.utils import translation
from django.utils.translation import gettext as _

from core.deliveries import queue_mail
from core.errors import DomainError
from core.letters import paragraphs
from core.models import User
from core.models.invitation import MailedInvitation
from core.nudge import nudge

MOST_SENDINGS = 5
#: How long an invitation that is over is kept.
KEPT = timedelta(days=30)
A_DAY = timedelta(days=1)


class OtherAddress(DomainError):
    """An invitation was accepted by somebody who has not confirmed the address it went to."""

    code = "other_address"


def token_of(invitation: MailedInvitation, *, salt: str) -> str:
    """Return what stands in the link of the last mail: signed, so that nobody makes one up."""
    return signing.dumps([invitation.public_id.hex, invitation.sendings], salt=salt)


def read_token(token: str, *, salt: str) -> tuple[str, int] | None:
    """Return which invitation a link is for, and of which sending; None when it is not ours."""
    try:
        public_id, sending = signing.loads(token, salt=salt)
    except signing.BadSignature:
        return None
    return str(public_id), int(sending)


def has_confirmed(user_id: int, email: str) -> bool:
    """Tell whether somebody has confirmed that an address is theirs."""
    confirmed = EmailAddress.objects.filter(user=user_id, verified=True, email__iexact=email)
    return bool(confirmed.exists())


def person_of(invitation: MailedInvitation) -> User | None:
    """Return who has an account with the address that is invited."""
    return User.objects.filter(email__iexact=invitation.email, is_active=True).first()


def write_to_stranger(
    invitation: MailedInvitation,
    subject: Callable[[], str],
    lines: Callable[[], list[str]],
    *,
    key: str,
    kind: str,
    language: str,
    now: datetime,
) -> None:
    """Ask somebody without an account to join, in ``language``. A ``key`` is sent once."""
    with translation.override(language):
        queue_mail(
            key=key,
            recipient=invitation.email,
            subject=subject(),
            body=paragraphs(invitation.email, lines()),
            now=now,
            kind=kind,
            language=language,
        )
    nudge("core.tasks.send_deliveries")


def demand_address(invitation: MailedInvitation, user_id: int) -> None:
    """Let nobody accept what went to an address that is not theirs.

    :raises OtherAddress: unless the person has confirmed the address that was invited.
    """
    if not has_confirmed(user_id, invitation.email):
        raise OtherAddress(
            _(
                "This invitation is for %(email)s. Sign in with that address, or confirm that it"
                " is yours."
            )
            % {"email": invitation.email}
        )


def demand_email(address: str, refusal: type[DomainError]) -> None:
    """Refuse, with ``refusal``, what is no address."""
    try:
        validate_email(address)
    except ValidationError as error:
        raise refusal(_("%(email)s is no e-mail address.") % {"email": address}) from error


def demand_another_sending(invitation: MailedInvitation, refusal: type[DomainError]) -> None:
    """Refuse, with ``refusal``, to send one again that was sent often enough."""
    if invitation.sendings >= MOST_SENDINGS:
        raise refusal(
            _("It was sent %(most)s times. Is the address right?") % {"most": MOST_SENDINGS}
        )


def demand_few(lately: QuerySet[Any], address: str, refusal: type[DomainError]) -> None:
    """Refuse, with ``refusal``, to be a way of mailing strangers.

    ``lately`` are the invitations of the last day, also those that were taken back: they were sent
    all the same. Each counts with all its sendings, those of before included.
    """
    for rows, most, words in (
        (
            lately.filter(email__iexact=address),
            settings.TEAM_INVITATIONS_TO_ONE_PER_DAY,
            _("%(email)s was invited %(most)s times within a day. Try again tomorrow."),
        ),
        (
            lately,
            settings.TEAM_INVITATIONS_PER_DAY,
            _("%(most)s invitations were sent within a day. Try again tomorrow."),
        ),
    ):
        if (rows.aggregate(sent=Sum(Greatest("sendings", 1)))["sent"] or 0) >= most:
            raise refusal(words % {"email": address, "most": most})
