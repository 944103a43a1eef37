"""What concerns the safety of a person's sign-in and of the account that they act for."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability, gives
from affiliates.models import Invitation, MemberRole, Membership, Payee
from core.models import ApiKey, AuditEntry, User
from portal.devices import Device
from portal.display import TimelineItem
from portal.queries.staff_journal import WORDS, verb_label

_OWN = (
    "user.signed_in", "user.password_changed", "user.factor_added", "user.factor_removed",
    "user.recovery_codes_made", "staff.added", "staff.removed",
)  # fmt: skip
_TEAM = (
    "team.invited", "team.invited_again", "team.invitation_revoked", "team.joined",
    "team.role_changed", "team.removed", "team.left", "affiliate.membership_added",
    "affiliate.membership_changed", "affiliate.membership_removed",
)  # fmt: skip
_KEYS = ("api_key.issued", "api_key.revoked")
_LOOKS = ("affiliate.view_begun", "affiliate.view_ended")
_MONEY = ("payee.saved", "payee.changed", "payee.email_changed")


def entries(user: User, membership: Membership | None) -> QuerySet[AuditEntry]:
    """Return what ``user`` may read: their own sign-in, and what their role sees of the account."""
    wanted = _about("core.user", user.pk) & Q(verb__in=_OWN)
    if membership is not None:
        verbs = list(_TEAM)
        if settings.ACCOUNT_VIEWS_ARE_SHOWN:
            verbs += _LOOKS
        account = _about("affiliates.affiliate", membership.affiliate_id) & Q(verb__in=verbs)
        wanted |= account | _of_keys(membership)
        if gives(membership.role, Ability.SEE_PAYEE):
            wanted |= _of_payee(membership.affiliate_id)
    return AuditEntry.objects.filter(wanted).select_related("actor")


def lines(found: Iterable[AuditEntry], user: User) -> list[TimelineItem]:
    """Return entries in words. People of the programme are not named to an affiliate."""
    rows = list(found)
    people = {one.pk: one for one in User.objects.filter(pk__in=_named(rows))}
    addresses = _addresses(rows)
    return [_line(one, user, people, addresses) for one in rows]


def _line(
    entry: AuditEntry, user: User, people: dict[int, User], addresses: dict[str, str]
) -> TimelineItem:
    known = WORDS[entry.verb]
    is_look = entry.verb in _LOOKS
    return TimelineItem(
        title=_("The team looked at your account")
        if entry.verb == "affiliate.view_begun"
        else verb_label(entry.verb),
        at=entry.at,
        actor=_("The programme's team") if is_look else _who(entry, user),
        note=_about_in_words(entry, people, addresses),
        icon=known[1],
        tone=known[2],
    )


def _who(entry: AuditEntry, user: User) -> str:
    if entry.actor is None:
        return _("System")
    return _("You") if entry.actor_id == user.pk else str(entry.actor)


def _about_in_words(entry: AuditEntry, people: dict[int, User], addresses: dict[str, str]) -> str:
    said: list[str] = [entry.reason] if entry.verb == "affiliate.view_begun" else []
    if "browser" in entry.data:
        said.append(str(Device(entry.data["browser"], entry.data.get("system", ""))))
    said += [str(entry.data[name]) for name in ("email", "name") if entry.data.get(name)]
    said.append(addresses.get(entry.data.get("invitation", ""), ""))
    person = people.get(entry.data.get("person", 0))
    if person is not None:
        said.append(str(person))
    role = entry.data.get("role") or (entry.data.get("after") or {}).get("role")
    if role in MemberRole.values:
        said.append(str(MemberRole(role).label))
    return " · ".join(filter(None, said))


def _named(rows: Iterable[AuditEntry]) -> set[int]:
    return {one.data["person"] for one in rows if isinstance(one.data.get("person"), int)}


def _addresses(rows: Iterable[AuditEntry]) -> dict[str, str]:
    """Return the addresses of invitations that are still kept: the trail itself names none."""
    ids = {one.data["invitation"] for one in rows if one.data.get("invitation")}
    if not ids:
        return {}
    found = Invitation.objects.filter(public_id__in=ids).values_list("public_id", "email")
    return {str(public_id): email for public_id, email in found}


def _about(kind: str, pk: int) -> Q:
    return Q(subject_type=kind, subject_id=str(pk))


def _of_keys(membership: Membership) -> Q:
    keys = ApiKey.objects.filter(account=membership.affiliate.public_id)
    numbers = [str(pk) for pk in keys.values_list("pk", flat=True)]
    return Q(subject_type="core.apikey", subject_id__in=numbers, verb__in=_KEYS)


def _of_payee(affiliate_id: int) -> Q:
    wanted = _about("affiliates.affiliate", affiliate_id)
    payee = Payee.objects.filter(affiliate=affiliate_id).values_list("pk", flat=True).first()
    if payee is not None:
        wanted |= _about("affiliates.payee", payee)
    return wanted & Q(verb__in=_MONEY)
