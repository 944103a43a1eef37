"""What each role in an affiliate's team may do (docs/rules/teams.md, E1)."""

from __future__ import annotations

from enum import StrEnum


class TeamRole(StrEnum):
    """What somebody is in the team of an affiliate."""

    OWNER = "owner"
    MANAGER = "manager"
    ACCOUNTANT = "accountant"
    READER = "reader"


class Ability(StrEnum):
    """One thing that a role allows. Every page of a partner names those that it asks for."""

    SEE_ACCOUNT = "see_account"
    SEE_WORK = "see_work"
    SEE_MONEY = "see_money"
    SEE_PAYEE = "see_payee"
    WORK = "work"
    AGREE = "agree"
    CHANGE_PAYEE = "change_payee"
    MANAGE_KEYS = "manage_keys"
    MANAGE_TEAM = "manage_team"


_LOOKS = frozenset({Ability.SEE_ACCOUNT, Ability.SEE_WORK, Ability.SEE_MONEY})

#: The one table. An ability that no row gives is nobody's.
GIVES: dict[TeamRole, frozenset[Ability]] = {
    TeamRole.OWNER: frozenset(Ability),
    TeamRole.MANAGER: _LOOKS | {Ability.WORK},
    TeamRole.ACCOUNTANT: frozenset({Ability.SEE_ACCOUNT, Ability.SEE_MONEY, Ability.SEE_PAYEE}),
    TeamRole.READER: _LOOKS,
}

#: Somebody of the programme who looks at the account as its people do: sees, changes nothing.
VISITOR = _LOOKS | {Ability.SEE_PAYEE}


def gives(role: str, ability: Ability) -> bool:
    """Tell whether a role has an ability; a role that nobody knows has none."""
    return role in set(TeamRole) and ability in GIVES[TeamRole(role)]


def who_may(ability: Ability) -> tuple[TeamRole, ...]:
    """Return the roles that have an ability, the most able first."""
    return tuple(role for role in TeamRole if ability in GIVES[role])
