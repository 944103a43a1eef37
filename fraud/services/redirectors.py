"""Addresses of an affiliate that forward to its links: declared, then followed by us (V14)."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from affiliates.models import Affiliate
from core import audit
from core.errors import DomainError
from core.fetching import Fetcher, fetcher
from core.nudge import nudge
from fraud.domain.hosts import host_of
from fraud.domain.visitors import VISITORS
from fraud.models import LookalikeStatus, Redirector, Snapshot
from fraud.queries.hosts import shared_hosts
from fraud.services.following import Ours, Trail, follow
from fraud.services.vetting import own_hosts
from tracking.models import Link

log = logging.getLogger(__name__)
LEAST_WAIT = timedelta(seconds=30)
AGAIN_AFTER = timedelta(days=30)
MOST_SECONDS = 8.0
MOST_DECLARED = 50
URL_LENGTH = 300

UNANSWERED = gettext_noop("It did not answer.")
TO_NOBODY = gettext_noop("It leads to the shop, and not by one of your links.")
TO_OTHERS = gettext_noop("It leads to a link of another partner.")
TO_PAGE = gettext_noop("It ends on a page that leads nowhere by itself.")
TO_ELSEWHERE = gettext_noop("It leads to another site.")


class RedirectorRefused(DomainError):
    """An address that nobody can declare, or one declaration too many."""

    code = "redirector_refused"


class FollowedJustNow(DomainError):
    """A redirector was followed a moment ago."""

    code = "followed_just_now"


@transaction.atomic
def declare(*, affiliate_id: int, url: str, actor_id: int, now: datetime) -> Redirector:
    """Note an address that forwards to the affiliate's links. Safe to repeat.

    It counts once we have followed it, which a worker does within seconds.

    :raises RedirectorRefused: for what is no address of theirs, or too many.
    """
    address = url.strip()
    host = host_of(address)
    if not address.startswith(("http://", "https://")) or "." not in host:
        raise RedirectorRefused(_("Give the whole address, such as https://go.example.org/shop."))
    if len(address) > URL_LENGTH or "\0" in address:
        raise RedirectorRefused(_("An address has at most 300 characters."))
    if host in own_hosts():
        raise RedirectorRefused(_("This is the shop's own address: it needs no declaration."))
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    standing = Redirector.objects.filter(affiliate=affiliate, removed_at__isnull=True)
    known = standing.filter(url=address).first()
    if known is not None:
        return known
    if standing.count() >= MOST_DECLARED:
        raise RedirectorRefused(_("There are enough addresses: remove one that is not used."))
    made = Redirector.objects.create(
        affiliate=affiliate, url=address, host=host, declared_at=now, declared_by_id=actor_id,
        check_asked_at=now,
    )  # fmt: skip
    _record("redirector.declared", made, actor_id, now)
    nudge("fraud.tasks.check_asked")
    return made


@transaction.atomic
def check_soon(*, redirector_id: int, now: datetime) -> Redirector:
    """Have an address followed within seconds, by a worker. Safe to repeat.

    :raises FollowedJustNow: half a minute after the last time.
    """
    row = Redirector.objects.select_for_update(no_key=True).get(pk=redirector_id)
    if row.check_asked_at is None:
        _require_checkable(row, now)
        row.check_asked_at = now
        row.save(update_fields=["check_asked_at"])
    nudge("fraud.tasks.check_asked")
    return row


def check(*, redirector_id: int, now: datetime, using: Fetcher | None = None) -> Redirector:
    """Follow an address as a visitor would, and keep where it leads.

    It is verified when it ends on a link of the affiliate that declared it. Our link is not asked:
    looking does not count as a click.

    :raises FollowedJustNow: half a minute after the last time.
    """
    with transaction.atomic():
        row = Redirector.objects.select_for_update(no_key=True).get(pk=redirector_id)
        _require_checkable(row, now)
        row.checked_at = now
        row.save(update_fields=["checked_at"])
    trail = follow(
        row.url,
        visitor=VISITORS[0],
        fetcher=using or fetcher(),
        ours=Ours(hosts=own_hosts(), shared=shared_hosts()),
        seconds=MOST_SECONDS,
    )
    return _keep(row.pk, trail, _failure(row, trail), now)


@transaction.atomic
def remove(*, redirector_id: int, actor_id: int, now: datetime) -> Redirector:
    """Take a declaration back. Safe to repeat."""
    row = Redirector.objects.select_for_update(no_key=True).get(pk=redirector_id)
    if row.removed_at is None:
        row.removed_at = now
        row.save(update_fields=["removed_at"])
        _record("redirector.removed", row, actor_id, now)
    return row


def check_due(*, now: datetime, most: int, using: Fetcher | None = None) -> int:
    """Follow again what was followed a month ago; return how many."""
    due = Redirector.objects.filter(removed_at__isnull=True, checked_at__lte=now - AGAIN_AFTER)
    return _check_all(due.order_by("checked_at", "pk"), now=now, most=most, using=using)


def check_asked(*, now: datetime, most: int, using: Fetcher | None = None) -> int:
    """Follow what somebody waits for, the longest first; return how many."""
    waiting = Redirector.objects.filter(removed_at__isnull=True, check_asked_at__isnull=False)
    return _check_all(waiting.order_by("check_asked_at", "pk"), now=now, most=most, using=using)


def _check_all(
    rows: QuerySet[Redirector], *, now: datetime, most: int, using: Fetcher | None
) -> int:
    done = 0
    for pk in list(rows.values_list("pk", flat=True)[:most]):
        try:
            check(redirector_id=pk, now=now, using=using)
        except FollowedJustNow:  # Its owner, or another worker, was faster.
            continue
        except Exception:  # One strange address must not hold up the others.
            log.exception("The redirector %s could not be followed", pk)
            Redirector.objects.filter(pk=pk).update(check_asked_at=None, failure=UNANSWERED)
        done += 1
    return done


def _failure(row: Redirector, trail: Trail) -> str:
    if trail.status == LookalikeStatus.LEADS_TO_LINK:
        link = Link.objects.filter(code=trail.code).first()
        if link is None:
            return TO_NOBODY
        return "" if link.affiliate_id == row.affiliate_id else TO_OTHERS
    if trail.status == LookalikeStatus.LEADS_TO_US:
        return TO_NOBODY
    if trail.error or trail.status == LookalikeStatus.SILENT:
        return UNANSWERED
    return TO_ELSEWHERE if trail.status == LookalikeStatus.LEADS_ELSEWHERE else TO_PAGE


def _require_checkable(row: Redirector, now: datetime) -> None:
    if row.checked_at and row.checked_at > now - LEAST_WAIT:
        raise FollowedJustNow(_("It was followed a moment ago. Wait half a minute."))


@transaction.atomic
def _keep(pk: int, trail: Trail, failure: str, now: datetime) -> Redirector:
    row = Redirector.objects.select_for_update(no_key=True).get(pk=pk)
    last = trail.steps[-1]
    snapshot = Snapshot.objects.create(
        asked_url=row.url, final_url=last.url[:500], hops=[step._asdict() for step in trail.steps],
        status=last.status or None, error=trail.error, fetched_at=now,
    )  # fmt: skip
    was_verified = row.verified_at is not None
    row.failure, row.snapshot, row.check_asked_at = failure, snapshot, None
    if not failure:
        row.verified_at = row.verified_at or now
    elif failure != UNANSWERED:  # A machine that is down proves nothing.
        row.verified_at = None
    row.save(update_fields=["failure", "snapshot", "verified_at", "check_asked_at"])
    if was_verified != (row.verified_at is not None):
        audit.record(
            actor=None, subject=row, at=now, data={"url": row.url, "failure": failure},
            verb="redirector.lost" if was_verified else "redirector.verified",
        )  # fmt: skip
    return row


def _record(verb: str, row: Redirector, actor_id: int, now: datetime) -> None:
    audit.record(actor=actor_id, verb=verb, subject=row, at=now, data={"url": row.url})
