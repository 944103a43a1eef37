"""Accounts and people whose time is over: found, closed for good, and erased (docs/privacy.md)."""

from __future__ import annotations

import logging
from datetime import datetime

from celery.exceptions import SoftTimeLimitExceeded
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from affiliates.models import (
    Affiliate,
    AffiliateStatus,
    Application,
    ApplicationStatus,
    IdentityKey,
    MemberRole,
    Membership,
)
from core import api_keys, audit
from core.data_requests import months_later
from core.models import ApiKey, User
from core.privacy import erasing, registry
from core.privacy.declaring import Person
from core.privacy.erasing import CannotEraseYet

log = logging.getLogger(__name__)
#: Months after which somebody with whom nothing happens is forgotten: three years.
FORGOTTEN = -36
#: Five years, within which a claim can be brought to court.
DISPUTED = -60
_OVER = (ApplicationStatus.REJECTED, ApplicationStatus.WITHDRAWN)


def accounts_of(user_id: int) -> tuple[int, ...]:
    """Return the affiliates for which a person, and nobody else, acts."""
    alone = Affiliate.objects.annotate(people=Count("memberships")).filter(
        people=1, memberships__user=user_id
    )
    return tuple(alone.order_by("pk").values_list("pk", flat=True))


def obstacles(person: Person) -> list[str]:
    """Say why somebody cannot go yet: a team would be left without an owner."""
    if person.user_id is None:
        return []
    owned = Membership.objects.filter(user=person.user_id, role=MemberRole.OWNER)
    others = Membership.objects.filter(affiliate=OuterRef("affiliate")).exclude(user=person.user_id)
    left = owned.filter(Exists(others), ~Exists(others.filter(role=MemberRole.OWNER)))
    return [
        _("%(account)s has a team and no other owner: make somebody else an owner first.")
        % {"account": membership.affiliate.name}
        for membership in left.select_related("affiliate")
    ]


def close_down(person: Person, actor_id: int | None, now: datetime) -> None:
    """Close the accounts that are erased; take back the person's keys and what they applied for."""
    for affiliate in Affiliate.objects.select_for_update(no_key=True).filter(
        pk__in=person.accounts
    ):
        if affiliate.status != AffiliateStatus.CLOSED:
            affiliate.move_to(AffiliateStatus.CLOSED, at=now)
        affiliate.erased_at = now
        affiliate.save(update_fields=["status", "status_changed_at", "erased_at"])
        audit.record(actor=actor_id, verb="affiliate.erased", subject=affiliate, at=now)
    if person.user_id is not None:
        _withdraw(person.user_id, actor_id, now)
        accounts = {None, *_accounts_with_keys(person.user_id)}
        for account in accounts:
            api_keys.revoke_all(
                owner_id=person.user_id, account=account, actor_id=actor_id, now=now
            )


def old_applications(now: datetime) -> QuerySet[Application]:
    """Return the applications that came to nothing three years ago."""
    return Application.objects.filter(
        status__in=_OVER, status_changed_at__lt=months_later(now, FORGOTTEN)
    ).exclude(name="")


def empty_applications(*, now: datetime) -> int:
    """Empty what was said in applications that came to nothing; return how many."""
    return old_applications(now).update(
        name="", sites=[], channels=[], pitch="", reason="–", staff_number=""
    )


def strangers() -> QuerySet[User]:
    """Return the people who are no staff, act for nobody, and wait for no answer."""
    mine = Membership.objects.filter(user=OuterRef("pk"))
    return _outsiders().filter(~Exists(mine), erased_at__isnull=True)


def old_strangers(now: datetime) -> QuerySet[User]:
    """Return those of them who last came three years ago: only what they did themselves counts."""
    last = Coalesce("last_login", "date_joined")
    return strangers().alias(last=last).filter(last__lt=months_later(now, FORGOTTEN))


def erase_strangers(*, now: datetime) -> int:
    """Erase people who never joined and stayed away; return how many. Safe to repeat.

    A transaction for each. One that fails is logged, and is tried again the next night.
    """
    pks = list(old_strangers(now).order_by("pk").values_list("pk", flat=True))
    return sum(_erase(registry.person_of(pk), now) for pk in pks)


def closed() -> QuerySet[Affiliate]:
    """Return the closed accounts that are not erased yet."""
    return Affiliate.objects.filter(status=AffiliateStatus.CLOSED, erased_at__isnull=True)


def long_closed(now: datetime) -> QuerySet[Affiliate]:
    """Return the accounts that were closed three years ago."""
    return closed().filter(status_changed_at__lt=months_later(now, FORGOTTEN))


def erase_closed(*, now: datetime) -> int:
    """Erase accounts that were closed for three years, with the people who act for no other.

    A transaction for each. One that fails is logged; it stays due, and is seen as overdue, like
    one that something is in the way of, such as money that is owed.
    """
    pks = long_closed(now).order_by("pk").values_list("pk", flat=True)
    return sum(_erase_account(pk, now) for pk in list(pks))


def keys_of_closed() -> QuerySet[IdentityKey]:
    """Return the keyed hashes of closed accounts."""
    return IdentityKey.objects.filter(affiliate__status=AffiliateStatus.CLOSED)


def old_keys(now: datetime) -> QuerySet[IdentityKey]:
    """Return those of accounts that were closed five years ago."""
    return keys_of_closed().filter(affiliate__status_changed_at__lt=months_later(now, DISPUTED))


def _outsiders() -> QuerySet[User]:
    """Return the people who are not of the team, and wait for no answer: who was accepted has one.

    An account that ended is no reason to keep them.
    """
    waiting = Application.objects.filter(user=OuterRef("pk"), status__in=Application.OPEN)
    return User.objects.filter(
        ~Exists(waiting), is_staff=False, is_superuser=False, groups__isnull=True
    )


def _erase_account(pk: int, now: datetime) -> bool:
    other = Membership.objects.filter(user=OuterRef("pk")).exclude(affiliate=pk)
    people = _outsiders().filter(~Exists(other), memberships__affiliate=pk)
    only_here = list(people.order_by("pk").values_list("pk", flat=True))
    if not _erase(Person(None, (pk,)), now):
        return False
    for user_id in only_here:
        _erase(Person(user_id), now)
    return True


def _erase(person: Person, now: datetime) -> bool:
    try:
        erasing.erase(person, actor_id=None, now=now)
    except CannotEraseYet as refusal:
        log.warning("%s cannot be erased yet: %s", person, refusal)
        return False
    except SoftTimeLimitExceeded:  # The next night goes on.
        raise
    except Exception:
        log.exception("%s is not erased yet; the next night tries again.", person)
        return False
    return True


def _withdraw(user_id: int, actor_id: int | None, now: datetime) -> None:
    """Withdraw the open application of somebody who is erased: nobody is left to decide about."""
    for application in Application.objects.select_for_update(of=("self",)).filter(
        user=user_id, status__in=Application.OPEN
    ):
        application.move_to(ApplicationStatus.WITHDRAWN, at=now)
        application.save(update_fields=["status", "status_changed_at"])
        audit.record(actor=actor_id, verb="application.withdrawn", subject=application, at=now)


def _accounts_with_keys(user_id: int) -> set[str]:
    found = ApiKey.objects.filter(owner=user_id, revoked_at__isnull=True)
    return {str(account) for account in found.values_list("account", flat=True) if account}
