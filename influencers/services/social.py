"""Accounts of creators on networks, and what they counted (docs/rules/standing.md, ST1 to ST5)."""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from influencers.models import Network, SocialAccount, SocialFigure
from influencers.services import profiles

#: A figure is never of longer ago than its window.
OLDEST = timedelta(days=90)
LARGEST_PROOF = 5 * 1024 * 1024
#: By the creator; other sources weigh more.
DECLARED = "declared"
MOST_ACCOUNTS = 20


class AccountRefused(DomainError):
    """An account without a name, on an unknown network, or one too many."""

    code = "account_refused"


class FiguresRefused(DomainError):
    """Figures that contradict each other, of a day that cannot be, or read by the creator's own."""

    code = "figures_refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What an account counts; all but ``followers`` over the last 90 days."""

    followers: int
    posts: int
    writers: int
    replies: int
    answered: int
    interactions: int


@transaction.atomic
def add_account(
    affiliate_id: int, *, network: str, handle: str, url: str, by_id: int, now: datetime
) -> SocialAccount:
    """Add an account of a creator. Safe to repeat; one that was removed is there again.

    :raises NoCreator: for an affiliate that is none.
    :raises AccountRefused: see the class.
    """
    profiles.of(affiliate_id, now=now)
    name = handle.strip().lstrip("@")
    if not name or network not in Network.values:
        raise AccountRefused(_("Choose the network and type the account's name."))
    rows = SocialAccount.objects.filter(affiliate=affiliate_id, removed_at__isnull=True)
    if rows.count() >= MOST_ACCOUNTS:
        raise AccountRefused(_("Remove an account first: there are twenty."))
    account, created = SocialAccount.objects.get_or_create(
        affiliate_id=affiliate_id,
        network=network,
        handle=name[:80],
        defaults={"url": url.strip(), "created_at": now},
    )
    if not created:
        account.url, account.removed_at = url.strip() or account.url, None
        account.save(update_fields=["url", "removed_at"])
    audit.record(actor=by_id, verb="social_account.added", subject=account, at=now)
    return account


@transaction.atomic
def remove_account(account_id: int, *, by_id: int, now: datetime) -> SocialAccount:
    """Count an account no more. Its figures stay. Safe to repeat."""
    account = SocialAccount.objects.select_for_update().get(pk=account_id)
    if account.removed_at is None:
        account.removed_at = now
        account.save(update_fields=["removed_at"])
        audit.record(actor=by_id, verb="social_account.removed", subject=account, at=now)
    return account


@transaction.atomic
def give(
    account_id: int,
    figures: Figures,
    *,
    day: date,
    source: str,
    proof: bytes | None,
    by_id: int,
    now: datetime,
) -> SocialFigure:
    """Keep what an account counted on a day. Never edited: a later figure of the day counts.

    ``source``: ``declared`` by the creator, or read by ``staff``. Of ``proof``, a screenshot, only
    its digest is kept: it can be shown again and compared.

    :raises FiguresRefused: see the class.
    """
    account = SocialAccount.objects.get(pk=account_id)
    if account.removed_at is not None:
        raise FiguresRefused(_("This account was removed: add it again first."))
    if source != DECLARED and acts_for(by_id, account.affiliate_id):
        raise FiguresRefused(_("Somebody else of the team has to read your own figures."))
    if day > now.date() or day <= (now - OLDEST).date():
        raise FiguresRefused(_("Give figures of the last 90 days."))
    if figures.answered > figures.replies:
        raise FiguresRefused(_("No more replies can be answered than there are."))
    if figures.writers > figures.followers:
        raise FiguresRefused(_("No more members can have written than there are."))
    if not figures.posts and (figures.replies or figures.interactions):
        raise FiguresRefused(_("Without posts there are neither replies nor likes."))
    if proof is not None and len(proof) > LARGEST_PROOF:
        raise FiguresRefused(_("The screenshot is larger than 5 MB."))
    return SocialFigure.objects.create(
        account=account,
        day=day,
        source=source,
        proof_sha256=hashlib.sha256(proof).hexdigest() if proof else "",
        given_by_id=by_id,
        given_at=now,
        **asdict(figures),
    )
