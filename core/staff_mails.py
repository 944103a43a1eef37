"""What people read when the team of the programme changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from core import invitations, staff_team
from core.letters import saying, send_to, tell
from core.models import ProposalStatus, StaffInvitation, StaffProposal, StaffRole, User

CHANGED = "staff_changed"
_SALT = "core.staff_invitation"


def token_of(invitation: StaffInvitation) -> str:
    """Return what stands in the link of the last mail."""
    return invitations.token_of(invitation, salt=_SALT)


def read_token(token: str) -> tuple[str, int] | None:
    """Return which invitation a link is for, and of which sending; None when it is not ours."""
    return invitations.read_token(token, salt=_SALT)


def roles_in_words(roles: Iterable[str]) -> str:
    """Return roles as people read them, in the active language."""
    return ", ".join(str(StaffRole(role).label) for role in roles)


def invited(invitation: StaffInvitation, *, now: datetime) -> None:
    """Ask somebody to join, in their language if they have an account, else in the chosen one."""
    key = f"staff-invitation:{invitation.pk}:{invitation.sendings}"
    known = invitations.person_of(invitation)
    if known is not None:
        invited_person(invitation, known, key=key, now=now)
        return
    invitations.write_to_stranger(
        invitation, _asked, lambda: _asking(invitation), key=key, kind="staff_invited",
        language=invitation.language, now=now,
    )  # fmt: skip


def invited_person(invitation: StaffInvitation, person: User, *, key: str, now: datetime) -> None:
    """Ask somebody who has an account already to join, in their language."""
    write = saying(_asked, lambda: _asking(invitation))
    send_to(invitation.email, key, person, write, now, kind="staff_invited")


def _asked() -> str:
    return _("Join the team of the affiliate programme")


def _asking(invitation: StaffInvitation) -> list[str]:
    return [
        _("%(person)s asks you to join the team that runs the affiliate programme.")
        % {"person": str(invitation.invited_by)},
        _("Your role: %(role)s.") % {"role": roles_in_words(invitation.roles)},
        _("You sign in as yourself, and with a second factor: a passkey, or a code generator on"
          " your phone."),
        _("You do not know them? Then do nothing: without you nothing happens."),
        _("Accept here, until %(until)s: %(address)s")
        % {
            "until": date_format(localtime(invitation.expires_at), "DATETIME_FORMAT"),
            "address": f"{settings.PUBLIC_URL}/team/programme/join/{token_of(invitation)}/",
        },
    ]  # fmt: skip


def proposed(proposal: StaffProposal, others: list[User], *, now: datetime) -> None:
    """Ask whoever may agree to a role that somebody is to have."""
    tell(
        others,
        f"staff-proposal:{proposal.pk}",
        now,
        lambda: _("A role waits for a second person"),
        lambda: [
            _("%(by)s wants %(who)s to have the role: %(role)s.")
            % {
                "by": proposal.proposed_by,
                "who": proposal.whom,
                "role": StaffRole(proposal.role).label,
            },
            proposal.reason,
            _("Agree or decline until %(until)s: %(address)s")
            % {
                "until": date_format(localtime(proposal.expires_at), "DATETIME_FORMAT"),
                "address": _page(),
            },
        ],
        kind="staff_proposed",
    )


def decided(proposal: StaffProposal, *, now: datetime) -> None:
    """Tell who proposed a role what the second person said."""
    is_given = proposal.status == ProposalStatus.CONFIRMED
    tell(
        [proposal.proposed_by],
        f"staff-proposal:{proposal.pk}:{proposal.status}",
        now,
        lambda: (
            (
                _("A second person agreed to the role of %(who)s")
                if is_given
                else _("A second person declined the role of %(who)s")
            )
            % {"who": proposal.whom}
        ),
        lambda: [
            (
                _("%(person)s agreed. Role: %(role)s.")
                if is_given
                else _("%(person)s declined. Role: %(role)s.")
            )
            % {"person": str(proposal.decided_by), "role": StaffRole(proposal.role).label},
            proposal.answer,
            _page(),
        ],
        kind=CHANGED,
    )


def role_given(person: User, role: StaffRole, *, by: User, now: datetime) -> None:
    """Tell somebody, and the others of the team, that they have another role."""
    _tell(
        person,
        f"staff-role:{person.pk}:{role}:{now.timestamp():.0f}",
        now,
        lambda: _("A role in the team of the programme has changed"),
        lambda: (
            _("%(person)s has another role now: %(role)s. Given by: %(by)s.")
            % {"person": person, "role": role.label, "by": by}
        ),
    )


def joined(invitation: StaffInvitation, person: User, *, now: datetime) -> None:
    """Tell who joined, and the others of the team."""
    _tell(
        person,
        f"staff-joined:{invitation.pk}",
        now,
        lambda: _("%(person)s joined the team of the programme") % {"person": person},
        lambda: (
            _("%(person)s (%(email)s) accepted the invitation of %(by)s. Role: %(role)s.")
            % {
                "person": person,
                "email": person.email,
                "by": invitation.invited_by,
                "role": roles_in_words(invitation.roles),
            }
        ),
    )


def gone(person: User, roles: Iterable[str], *, by: User, now: datetime) -> None:
    """Tell somebody, and the others of the team, which roles they have no more."""
    ended = list(roles)
    _tell(
        person,
        f"staff-gone:{person.pk}:{now.timestamp():.0f}",
        now,
        lambda: _("%(person)s has a role in the programme no more") % {"person": person},
        lambda: (
            _("%(by)s ended it. Role: %(role)s. What they minded goes to others.")
            % {"by": by, "role": roles_in_words(ended)}
        ),
    )


def _tell(
    person: User, key: str, now: datetime, subject: Callable[[], str], said: Callable[[], str]
) -> None:
    """Tell a person and everybody of the team the same: nobody comes or goes unseen."""
    readers = {one.pk: one for one in (person, *staff_team.people().order_by("pk"))}
    tell(
        readers.values(),
        key,
        now,
        subject,
        lambda: [
            said(),
            _("You did not expect this? Look at the team: %(address)s") % {"address": _page()},
        ],
        kind=CHANGED,
    )


def _page() -> str:
    return f"{settings.PUBLIC_URL}/manage/team/"
