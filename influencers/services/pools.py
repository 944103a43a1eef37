"""Pools of creators: who is invited, waits and takes part (docs/rules/standing.md, PL1 to PL8).

Whoever changes who is in a pool locks the pool first: two people who take the last place at once
are told apart, and a place that becomes free goes to whoever waits longest.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateStatus
from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from influencers.models import MemberStatus, Pool, PoolMember
from influencers.services import pool_mails
from influencers.services.profiles import CREATORS


class PoolRefused(DomainError):
    """A pool without a name, with another's name, or closed."""

    code = "pool_refused"


class NotForThem(DomainError):
    """Somebody who is no creator with an active account was to be invited."""

    code = "not_for_them"


class NotTheirInvitation(DomainError):
    """Somebody answered who does not act for the creator, or there is no invitation any more."""

    code = "not_their_invitation"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a pool is for. ``most``: members at once; None: as many as like to."""

    name: str
    about: str = ""
    themes: Collection[str] = ()
    tiers: Collection[str] = ()
    regions: Collection[str] = ()
    store_ids: Collection[int] = field(default=())
    most: int | None = None


@transaction.atomic
def make(wanted: Wanted, *, by_id: int, now: datetime) -> Pool:
    """Make a pool.

    :raises PoolRefused: see the class.
    """
    _check(wanted, None)
    pool = Pool(created_at=now)
    _fill(pool, wanted)
    _note(pool, "pool.made", by_id, now)
    return pool


@transaction.atomic
def change(pool_id: int, wanted: Wanted, *, by_id: int, now: datetime) -> Pool:
    """Change a pool. With more places, whoever waits longest moves up; nobody is sent away.

    :raises PoolRefused: see the class.
    """
    pool = _locked(pool_id)
    _check(wanted, pool)
    _fill(pool, wanted)
    _move_up(pool, now)
    _note(pool, "pool.changed", by_id, now)
    return pool


@transaction.atomic
def close(pool_id: int, *, by_id: int, now: datetime) -> Pool:
    """Let nobody in any more. Members stay what they were. Safe to repeat."""
    pool = _locked(pool_id)
    if pool.closed_at is None:
        pool.closed_at = now
        pool.save(update_fields=["closed_at"])
        _note(pool, "pool.closed", by_id, now)
    return pool


@transaction.atomic
def invite(pool_id: int, affiliate_id: int, *, by_id: int, now: datetime) -> PoolMember:
    """Invite a creator by mail. Safe to repeat: who is in, waits or is invited stays so.

    :raises PoolRefused: for a closed pool.
    :raises NotForThem: for somebody who is no creator with an active account.
    """
    pool = _locked(pool_id)
    _demand_open(pool)
    affiliate = Affiliate.objects.get(pk=affiliate_id)
    if affiliate.kind not in CREATORS or affiliate.status != AffiliateStatus.ACTIVE:
        raise NotForThem(_("Pools are for influencers and employees with an active account."))
    member, created = PoolMember.objects.get_or_create(
        pool=pool,
        affiliate=affiliate,
        defaults={
            "status": MemberStatus.INVITED,
            "status_changed_at": now,
            "added_by_id": by_id,
        },
    )
    if not created:
        if member.status not in {MemberStatus.DECLINED, MemberStatus.LEFT}:
            return member
        member.added_by_id = by_id
        _move(member, MemberStatus.INVITED, now)
    _note(pool, "pool.invited", by_id, now, affiliate=affiliate_id)
    pool_mails.invited(member, pool, now=now)
    return member


@transaction.atomic
def accept(member_id: int, *, by_id: int, now: datetime) -> PoolMember:
    """Take the place, or one on the waiting list when none is free. Safe to repeat.

    :raises NotTheirInvitation: when the person does not act for the creator, or has left.
    :raises PoolRefused: for a closed pool.
    :raises InvalidTransition: when it was declined.
    """
    pool, member = _locked_member(member_id)
    _demand_theirs(member, by_id)
    if member.status in {MemberStatus.MEMBER, MemberStatus.WAITING}:
        return member
    _demand_open(pool)
    if member.status == MemberStatus.LEFT:
        raise NotTheirInvitation(_("You have left this pool: ask to be invited again."))
    # Not before those who wait already.
    is_free = _has_place(pool) and not _waiting(pool).exists()
    _move(member, MemberStatus.MEMBER if is_free else MemberStatus.WAITING, now)
    _note(pool, "pool.accepted", by_id, now, affiliate=member.affiliate_id, status=member.status)
    return member


@transaction.atomic
def decline(member_id: int, *, by_id: int, now: datetime) -> PoolMember:
    """Say no to an invitation. Safe to repeat.

    :raises NotTheirInvitation: when the person does not act for the creator.
    :raises InvalidTransition: when it was accepted already.
    """
    pool, member = _locked_member(member_id)
    _demand_theirs(member, by_id)
    if member.status != MemberStatus.DECLINED:
        _move(member, MemberStatus.DECLINED, now)
        _note(pool, "pool.declined", by_id, now, affiliate=member.affiliate_id)
    return member


@transaction.atomic
def leave(member_id: int, *, by_id: int, now: datetime) -> PoolMember:
    """Leave a pool or its waiting list; who waits longest moves up. Safe to repeat.

    :raises NotTheirInvitation: when the person does not act for the creator.
    :raises InvalidTransition: for an invitation, which is declined instead.
    """
    pool, member = _locked_member(member_id)
    _demand_theirs(member, by_id)
    return _gone(pool, member, "pool.left", by_id, now)


@transaction.atomic
def remove(member_id: int, *, reason: str, by_id: int, now: datetime) -> PoolMember:
    """Take a creator out of a pool, its waiting list or its invited. Safe to repeat.

    :raises PoolRefused: without a reason, which the creator reads.
    """
    if not reason.strip():
        raise PoolRefused(_("Say why: the creator reads it."))
    pool, member = _locked_member(member_id)
    if member.status == MemberStatus.LEFT:
        return member
    pool_mails.removed(member, pool, reason.strip(), now=now)
    return _gone(pool, member, "pool.removed", by_id, now, reason=reason.strip())


def _gone(
    pool: Pool, member: PoolMember, verb: str, by_id: int, now: datetime, *, reason: str = ""
) -> PoolMember:
    if member.status != MemberStatus.LEFT:
        _move(member, MemberStatus.LEFT, now)
        audit.record(
            actor=by_id, verb=verb, subject=pool, at=now, reason=reason,
            data={"affiliate": member.affiliate_id},
        )  # fmt: skip
        _move_up(pool, now)
    return member


def _move_up(pool: Pool, now: datetime) -> None:
    """Give free places to those who wait, the longest first."""
    for member in _waiting(pool):
        if not _has_place(pool):
            return
        _move(member, MemberStatus.MEMBER, now)
        _note(pool, "pool.moved_up", None, now, affiliate=member.affiliate_id)
        pool_mails.moved_up(member, pool, now=now)


def _waiting(pool: Pool) -> QuerySet[PoolMember]:
    rows = PoolMember.objects.filter(pool=pool, status=MemberStatus.WAITING)
    return rows.order_by("status_changed_at", "pk")


def _has_place(pool: Pool) -> bool:
    members = PoolMember.objects.filter(pool=pool, status=MemberStatus.MEMBER).count()
    return pool.closed_at is None and (pool.most is None or members < pool.most)


def _move(member: PoolMember, new: MemberStatus, now: datetime) -> None:
    member.move_to(new, at=now)
    member.save(update_fields=["status", "status_changed_at", "added_by"])


def _locked(pool_id: int) -> Pool:
    return Pool.objects.select_for_update().get(pk=pool_id)


def _locked_member(member_id: int) -> tuple[Pool, PoolMember]:
    """Lock the pool, then read: what somebody else did meanwhile is seen."""
    pool = _locked(PoolMember.objects.values_list("pool", flat=True).get(pk=member_id))
    return pool, PoolMember.objects.select_for_update().get(pk=member_id)


def _demand_open(pool: Pool) -> None:
    if pool.closed_at is not None:
        raise PoolRefused(_("This pool takes nobody in any more."))


def _demand_theirs(member: PoolMember, by_id: int) -> None:
    if not acts_for(by_id, member.affiliate_id):
        raise NotTheirInvitation(_("Only the creator answers an invitation."))


def _check(wanted: Wanted, pool: Pool | None) -> None:
    name = wanted.name.strip()
    others = Pool.objects.filter(name__iexact=name)
    if pool is not None:
        others = others.exclude(pk=pool.pk)
    if not name or others.exists():
        raise PoolRefused(_("Give it a name that no other pool has."))


def _fill(pool: Pool, wanted: Wanted) -> None:
    pool.name, pool.about, pool.most = wanted.name.strip(), wanted.about.strip(), wanted.most
    pool.themes, pool.tiers = list(wanted.themes), list(wanted.tiers)
    pool.regions = list(wanted.regions)
    pool.save()
    pool.stores.set(wanted.store_ids)


def _note(pool: Pool, verb: str, by_id: int | None, now: datetime, **data: object) -> None:
    audit.record(actor=by_id, verb=verb, subject=pool, at=now, data=data)
