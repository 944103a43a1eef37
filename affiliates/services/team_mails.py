"""What people read when a team changes: whoever is asked, comes or goes, and the owners."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from affiliates.models import Invitation, MemberRole, Membership
from core import invitations
from core.letters import saying, send_to, tell
from core.models import User

_SALT = "affiliates.invitation"


def token_of(invitation: Invitation) -> str:
    """Return what stands in the link of the last mail."""
    return invitations.token_of(invitation, salt=_SALT)


def read_token(token: str) -> tuple[str, int] | None:
    """Return which invitation a link is for, and of which sending; None when it is not ours."""
    return invitations.read_token(token, salt=_SALT)


def invited(invitation: Invitation, *, now: datetime) -> None:
    """Ask somebody to join, in their language if they have an account, else in the inviter's."""
    key = f"team-invitation:{invitation.pk}:{invitation.sendings}"
    known = invitations.person_of(invitation)
    if known is not None:
        invited_person(invitation, known, key=key, now=now)
        return
    invitations.write_to_stranger(
        invitation, lambda: _asked(invitation), lambda: _asking(invitation), key=key,
        kind="team_invited", language=invitation.invited_by.language, now=now,
    )  # fmt: skip


def invited_person(invitation: Invitation, person: User, *, key: str, now: datetime) -> None:
    """Ask somebody who has an account already to join, in their language."""
    write = saying(lambda: _asked(invitation), lambda: _asking(invitation))
    send_to(invitation.email, key, person, write, now, kind="team_invited")


def _asked(invitation: Invitation) -> str:
    return _("Join the team of “%(name)s”") % {"name": invitation.affiliate.name}


def _asking(invitation: Invitation) -> list[str]:
    return [
        _("%(person)s asks you to join the team of “%(name)s” in our affiliate programme.")
        % {"person": str(invitation.invited_by), "name": invitation.affiliate.name},
        _("Your role: %(role)s.") % {"role": invitation.get_role_display()},
        _("You do not know them? Then do nothing: without you nothing happens."),
        _("Accept here, until %(until)s: %(address)s")
        % {
            "until": date_format(localtime(invitation.expires_at), "DATETIME_FORMAT"),
            "address": f"{settings.PUBLIC_URL}/team/join/{token_of(invitation)}/",
        },
    ]


def joined(member: Membership, *, now: datetime) -> None:
    """Tell who joined, and the owners."""
    facts = _facts(member)
    _tell(
        [member.user],
        f"team-joined:{member.pk}",
        now,
        lambda: _("You are in the team of “%(name)s”") % facts(),
        lambda: [
            _("You act for “%(name)s” now. Your role: %(role)s.") % facts(),
            _("Begin here: %(address)s") % {"address": f"{settings.PUBLIC_URL}/portal/"},
        ],
    )
    _tell(
        _owners(member),
        f"team-joined-owners:{member.pk}",
        now,
        lambda: _("%(person)s joined the team of “%(name)s”") % facts(),
        lambda: [
            _("%(person)s (%(email)s) accepted the invitation. Role: %(role)s.") % facts(),
            _not_you(),
        ],
    )


def role_changed(member: Membership, *, by: User, now: datetime) -> None:
    """Tell the person, and the owners."""
    facts = _facts(member, by)
    _tell(
        [member.user, *_owners(member)],
        f"team-role:{member.pk}:{now.timestamp():.0f}",
        now,
        lambda: _("A role in the team of “%(name)s” has changed") % facts(),
        lambda: [
            _("%(by)s changed the role of %(person)s. It is now: %(role)s.") % facts(),
            _not_you(),
        ],
    )


def gone(member: Membership, *, by: User, now: datetime) -> None:
    """Tell the person who left or was taken out, and the owners."""
    facts = _facts(member, by)
    is_own = by.pk == member.user_id
    key = f"team-gone:{member.pk}"
    _tell(
        [member.user],
        key,
        now,
        lambda: _("You no longer act for “%(name)s”") % facts(),
        lambda: [
            _("You left the team of “%(name)s”.") % facts()
            if is_own
            else _("%(by)s took you out of the team of “%(name)s”.") % facts(),
            _("Your own sign-in stays yours."),
        ],
    )
    _tell(
        _owners(member),
        f"{key}:owners",
        now,
        lambda: _("%(person)s no longer acts for “%(name)s”") % facts(),
        lambda: [
            _("%(person)s left the team.") % facts()
            if is_own
            else _("%(by)s took %(person)s out of the team.") % facts(),
            _not_you(),
        ],
    )


def _facts(member: Membership, by: User | None = None) -> Callable[[], dict[str, str]]:
    """Return what the sentences name, said anew in each reader's language."""
    return lambda: {
        "name": member.affiliate.name,
        "person": str(member.user),
        "email": member.user.email,
        "role": str(MemberRole(member.role).label),
        "by": str(by),
    }


def _owners(member: Membership) -> list[User]:
    owners = Membership.objects.filter(
        affiliate=member.affiliate_id, role=MemberRole.OWNER, user__is_active=True
    )
    others = owners.exclude(user=member.user_id).select_related("user").order_by("pk")
    return [one.user for one in others]


def _tell(
    people: list[User],
    key: str,
    now: datetime,
    subject: Callable[[], str],
    said: Callable[[], list[str]],
) -> None:
    tell(people, key, now, subject, said, kind="team_changed")


def _not_you() -> str:
    return _("You did not expect this? Look at your team: %(address)s") % {
        "address": f"{settings.PUBLIC_URL}/portal/team/"
    }
