"""Roles and abilities of a team as people read them."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.domain.abilities import Ability, who_may
from affiliates.models import MemberRole

ROLE_SENTENCES: dict[str, Promise] = {
    MemberRole.OWNER: gettext_lazy("Everything: also bank and taxes, contracts, terms, the team."),
    MemberRole.MANAGER: gettext_lazy("Makes links, codes and looks, claims sales, answers us."),
    MemberRole.ACCOUNTANT: gettext_lazy(
        "Sees sales, payouts, invoices and payment details; changes nothing."
    ),
    MemberRole.READER: gettext_lazy("Sees the work and what it earns; changes nothing."),
}

ABILITY_LABELS: dict[Ability, Promise] = {
    Ability.SEE_ACCOUNT: gettext_lazy("See the home page, sales, terms and contracts"),
    Ability.SEE_WORK: gettext_lazy("See links, codes, looks, sites, claims and checks"),
    Ability.SEE_MONEY: gettext_lazy("See payouts, statements, invoices and adjustments"),
    Ability.SEE_PAYEE: gettext_lazy("See payment details, taxes and the mandate"),
    Ability.WORK: gettext_lazy("Make and change links, codes, looks, sites and claims"),
    Ability.AGREE: gettext_lazy("Accept terms and sign contracts"),
    Ability.CHANGE_PAYEE: gettext_lazy("Change payment details, taxes and the mandate"),
    Ability.MANAGE_KEYS: gettext_lazy("Make and revoke keys and connections of programs"),
    Ability.MANAGE_TEAM: gettext_lazy("Invite people, change roles, remove people"),
}


def roles_in_words(ability: Ability) -> str:
    """Return the roles that have an ability, as "Owner or Manager"."""
    labels = [str(MemberRole(role).label) for role in who_may(ability)]
    if len(labels) < 2:
        return "".join(labels)
    return _("%(first)s or %(last)s") % {"first": ", ".join(labels[:-1]), "last": labels[-1]}


def why_not(ability: Ability) -> str:
    """Return why somebody cannot use a control, and which role can."""
    return _("Your role does not allow it. It takes: %(roles)s.") % {
        "roles": roles_in_words(ability)
    }


#: Why nothing can be changed while somebody of the programme looks at an account.
ONLY_READ = gettext_lazy("You only look at this account: nothing can be changed.")
