"""Who else an applicant or an affiliate may be (docs/rules/vetting.md, V12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from allauth.usersessions.models import UserSession
from django.db.models import Q

from affiliates.models import (
    Affiliate,
    Application,
    ApplicationStatus,
    IdentityKey,
    Membership,
    Payee,
    Property,
)
from core.hashing import email_digest, email_key
from core.models import User
from fraud.domain.hosts import declared_as

#: How long ago a browser may have been used to be called the same.
DEVICE_WITHIN = timedelta(days=90)
MOST = 20
_UNDOTTED = frozenset({"gmail.com", "googlemail.com"})


class Shared(StrEnum):
    """What two accounts have in common, the most telling first."""

    PERSON = "person"
    EMAIL = "email"
    IBAN = "iban"
    TAX_NUMBER = "tax_number"
    PHONE = "phone"
    ADDRESS = "address"
    STAFF_NUMBER = "staff_number"
    SITE = "site"
    DEVICE = "device"


@dataclass(frozen=True, slots=True)
class Duplicate:
    """Another account or application, and what it shares."""

    name: str
    public_id: str
    status: str
    shared: tuple[Shared, ...]
    is_affiliate: bool


@dataclass(slots=True)
class _Found:
    affiliates: dict[int, set[Shared]] = field(default_factory=lambda: defaultdict(set))
    applications: dict[int, set[Shared]] = field(default_factory=lambda: defaultdict(set))


def duplicates_of(
    *, application: Application | None = None, affiliate: Affiliate | None = None, now: datetime
) -> list[Duplicate]:
    """Return the accounts and applications that share something, closed ones included.

    Never by the domain of an e-mail address, which strangers share. A fixed number of queries.
    """
    found = _Found()
    users = _users(application, affiliate)
    sites = _declared(application, affiliate)
    _by_person(users, found)
    _by_email(users, found)
    _by_site(sites, found)
    _by_device(users, now, found)
    if application is not None and application.staff_number:
        same = Affiliate.objects.filter(staff_number=application.staff_number)
        _note(found.affiliates, same.values_list("pk", flat=True), Shared.STAFF_NUMBER)
    if affiliate is not None:
        _by_keys(affiliate, found)
    own_affiliate = affiliate.pk if affiliate else application.affiliate_id if application else None
    found.affiliates.pop(own_affiliate or 0, None)
    own = application.pk if application else None
    return [*_affiliates(found), *_applications(found, own)][:MOST]


def plain_email(email: str) -> str:
    """Return the mailbox that an address leads to: without ``+tag``, Google's without dots."""
    box, _at, domain = email.strip().lower().rpartition("@")
    box = box.partition("+")[0]
    if domain in _UNDOTTED:
        return f"{box.replace('.', '')}@gmail.com"
    return f"{box}@{domain}"


def _users(application: Application | None, affiliate: Affiliate | None) -> list[User]:
    wanted = Q(pk__in=())
    if application is not None:
        wanted |= Q(pk=application.user_id)
    if affiliate is not None:
        wanted |= Q(memberships__affiliate=affiliate)
    return list(User.objects.filter(wanted).distinct())


def _declared(application: Application | None, affiliate: Affiliate | None) -> set[str]:
    sites = {declared_as(url) for url in application.sites} if application else set()
    if affiliate is not None:
        sites |= {declared_as(url) for url in affiliate.properties.values_list("url", flat=True)}
    return sites - {""}


def _by_person(users: list[User], found: _Found) -> None:
    rows = Membership.objects.filter(user__in=users).values_list("affiliate_id", flat=True)
    _note(found.affiliates, rows, Shared.PERSON)
    earlier = Application.objects.filter(user__in=users).values_list("pk", flat=True)
    _note(found.applications, earlier, Shared.PERSON)


def _by_email(users: list[User], found: _Found) -> None:
    boxes = {plain_email(user.email) for user in users}
    alike = Q(pk__in=())
    for box in boxes:
        name, _at, domain = box.rpartition("@")
        domains = _UNDOTTED if domain in _UNDOTTED else {domain}
        for one in domains:  # Google's dots may stand anywhere: its mailboxes by first letter.
            start = name[:1] if domain in _UNDOTTED else name
            alike |= Q(email__istartswith=start, email__iendswith=f"@{one}")
    others = User.objects.filter(alike).exclude(pk__in=[user.pk for user in users])
    same = [pk for pk, email in others.values_list("pk", "email") if plain_email(email) in boxes]
    members = Membership.objects.filter(user__in=same).values_list("affiliate_id", flat=True)
    _note(found.affiliates, members, Shared.EMAIL)
    asked = Application.objects.filter(user__in=same).values_list("pk", flat=True)
    _note(found.applications, asked, Shared.EMAIL)
    keys = {email_key(email_digest(user.email)) for user in users}
    known = IdentityKey.objects.filter(kind="email", key__in=keys)
    _note(found.affiliates, known.values_list("affiliate_id", flat=True), Shared.EMAIL)


def _by_site(sites: set[str], found: _Found) -> None:
    hosts = {site.partition("/")[0] for site in sites}
    if not hosts:
        return
    named = Q(pk__in=())
    for host in hosts:
        named |= Q(url__icontains=host)
    for url, affiliate_id in Property.objects.filter(named).values_list("url", "affiliate_id"):
        if declared_as(url) in sites:
            found.affiliates[affiliate_id].add(Shared.SITE)
    for pk, declared in Application.objects.exclude(sites=[]).values_list("pk", "sites"):
        if sites & {declared_as(url) for url in declared}:
            found.applications[pk].add(Shared.SITE)


def _by_device(users: list[User], now: datetime, found: _Found) -> None:
    """Compare browsers on one network: what a family shares, too."""
    sessions = UserSession.objects.filter(last_seen_at__gt=now - DEVICE_WITHIN)
    own = set(sessions.filter(user__in=users).values_list("ip", "user_agent"))
    if not own:
        return
    there = Q(pk__in=())
    for ip, agent in own:
        there |= Q(ip=ip, user_agent=agent)
    others = set(sessions.filter(there).exclude(user__in=users).values_list("user_id", flat=True))
    members = Membership.objects.filter(user__in=others).values_list("affiliate_id", flat=True)
    _note(found.affiliates, members, Shared.DEVICE)
    asked = Application.objects.filter(user__in=others).values_list("pk", flat=True)
    _note(found.applications, asked, Shared.DEVICE)


def _by_keys(affiliate: Affiliate, found: _Found) -> None:
    ibans = Payee.objects.filter(affiliate=affiliate).values_list("iban_hash", flat=True)
    same = Payee.objects.filter(iban_hash__in=list(ibans)).values_list("affiliate_id", flat=True)
    _note(found.affiliates, same, Shared.IBAN)
    own = set(affiliate.identity_keys.values_list("kind", "key"))
    rows = IdentityKey.objects.filter(key__in=[key for _kind, key in own])
    for affiliate_id, kind, key in rows.values_list("affiliate_id", "kind", "key"):
        if (kind, key) in own:
            found.affiliates[affiliate_id].add(Shared(kind))


def _affiliates(found: _Found) -> Iterable[Duplicate]:
    for row in Affiliate.objects.filter(pk__in=found.affiliates).order_by("pk"):
        shared = _in_order(found.affiliates[row.pk])
        yield Duplicate(row.name, str(row.public_id), row.status, shared, True)


def _applications(found: _Found, own: int | None) -> Iterable[Duplicate]:
    """Yield applications that became no account: an account speaks for its own."""
    rows = Application.objects.filter(pk__in=found.applications, affiliate__isnull=True)
    for row in rows.exclude(pk=own or 0).exclude(status=ApplicationStatus.WITHDRAWN).order_by("pk"):
        shared = _in_order(found.applications[row.pk])
        yield Duplicate(row.name, str(row.public_id), row.status, shared, False)


def _note(found: dict[int, set[Shared]], rows: Iterable[int], shared: Shared) -> None:
    for pk in rows:
        found[pk].add(shared)


def _in_order(shared: set[Shared]) -> tuple[Shared, ...]:
    return tuple(one for one in Shared if one in shared)
