"""The two shells that share pages: the partner's and the team's."""

from __future__ import annotations

from dataclasses import dataclass

from core.letter_kinds import Kind
from core.models import User
from core.notifications import seen_by
from influencers.services.profiles import CREATORS
from portal.access import Role, affiliate_of, roles_of


@dataclass(frozen=True, slots=True)
class Shell:
    """Whose frame a shared page stands in, and how its addresses are named."""

    base: str
    prefix: str
    css: str

    def name(self, route: str) -> str:
        """Return the name of a route within this shell."""
        return f"portal:{self.prefix}{route}"


PARTNER = Shell("partner/base.html", "", "css/pages/partner.css")
STAFF = Shell("staff/base.html", "staff-", "css/pages/staff.css")


def shell_of(user: User) -> Shell | None:
    """Return the shell that somebody is at home in: the team's before the partner's."""
    roles = roles_of(user)
    if roles & {Role.MANAGER, Role.FINANCE}:
        return STAFF
    return PARTNER if Role.PARTNER in roles else None


def kinds_for(user: User, shell: Shell) -> list[Kind]:
    """Return the kinds of letters that somebody gets who is at home in a shell."""
    roles = roles_of(user)
    if shell is STAFF:
        return seen_by([one.value for one in (Role.MANAGER, Role.FINANCE) if one in roles])
    affiliate = affiliate_of(user)
    is_creator = affiliate is not None and affiliate.kind in CREATORS
    return seen_by(["partner", "creator"] if is_creator else ["partner"])
