"""What others ask about affiliates and their terms."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

from django.db.models import F, Q, QuerySet

from affiliates.models import (
    Affiliate,
    AffiliateStatus,
    Application,
    IncrementalityFactor,
    Membership,
    Terms,
    TermsDraft,
)
from core.hashing import email_digest, email_key
from core.money import BPS


def programme_terms(at: datetime) -> Terms | None:
    """Return the terms that the public programme page shows: the default group's, at ``at``."""
    return Terms.objects.at(at).filter(group__is_default=True).first()


def terms_for(affiliate_id: int, at: datetime) -> Terms | None:
    """Return the terms of an affiliate at a moment: its own before its group's."""
    return TermsIndex([affiliate_id]).at(affiliate_id, at)


class TermsIndex:
    """The terms of many affiliates at any moment: two queries, then answers from memory."""

    def __init__(self, affiliate_ids: Collection[int]) -> None:
        self._group_of: dict[int, int] = dict(
            Affiliate.objects.filter(pk__in=affiliate_ids).values_list("pk", "group_id")
        )
        self._own: dict[int, list[Terms]] = defaultdict(list)
        self._of_group: dict[int, list[Terms]] = defaultdict(list)
        rows = Terms.objects.filter(
            Q(affiliate__in=self._group_of) | Q(group__in=set(self._group_of.values()))
        )
        for terms in rows:
            if terms.affiliate_id is not None:
                self._own[terms.affiliate_id].append(terms)
            elif terms.group_id is not None:
                self._of_group[terms.group_id].append(terms)

    def at(self, affiliate_id: int, moment: datetime) -> Terms | None:
        """Return the terms of an affiliate at a moment: its own before its group's."""
        own = self._own.get(affiliate_id, [])
        of_group = self._of_group.get(self._group_of.get(affiliate_id, 0), [])
        return next((terms for terms in [*own, *of_group] if _holds(terms, moment)), None)


def _holds(terms: Terms, moment: datetime) -> bool:
    return terms.valid_from <= moment and (terms.valid_to is None or moment < terms.valid_to)


def concerned_by(terms: Terms | TermsDraft, moment: datetime) -> QuerySet[Affiliate]:
    """Return the open accounts that these terms are for at ``moment``.

    Those of a group are not for affiliates with own terms, unless these have an end.
    """
    open_ones = Affiliate.objects.exclude(status=AffiliateStatus.CLOSED)
    if terms.affiliate_id is not None:
        return open_ones.filter(pk=terms.affiliate_id)
    own = Terms.objects.filter(affiliate__isnull=False, valid_to__isnull=True)
    owning = own.filter(valid_from__lte=moment).values("affiliate")
    return open_ones.filter(group=terms.group_id).exclude(pk__in=owning)


def predecessor(terms: Terms) -> Terms | None:
    """Return the terms that these follow: own ones, or for the first of them the group's."""
    earlier = Terms.objects.filter(valid_from__lt=terms.valid_from).order_by(
        "-valid_from", "-version"
    )
    own = earlier.filter(group=terms.group_id, affiliate=terms.affiliate_id).first()
    if own is not None or terms.affiliate is None:
        return own
    return earlier.filter(group=terms.affiliate.group_id).first()


def terms_history(affiliate: Affiliate) -> list[Terms]:
    """Return every version that an affiliate had, has or will have, the newest first.

    What ended before it joined, and what was replaced before it held, is not among them.
    """
    rows = Terms.objects.filter(Q(affiliate=affiliate) | Q(group=affiliate.group_id))
    lived = rows.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=affiliate.joined_at))
    held = lived.exclude(valid_to=F("valid_from"))
    return list(held.order_by("-valid_from", F("affiliate").desc(nulls_last=True), "-version"))


def factor_bps(affiliate_id: int, moment: datetime) -> int:
    """Return the measured incrementality factor at a moment; neutral when there is none."""
    rows = IncrementalityFactor.objects.at(moment).filter(affiliate=affiliate_id)
    found = rows.values_list("factor_bps", flat=True).first()
    return BPS if found is None else found


def member_email_keys(affiliate_ids: Collection[int]) -> dict[int, frozenset[str]]:
    """Return the keyed hashes of the e-mail addresses of each affiliate's people. One query."""
    keys: dict[int, set[str]] = defaultdict(set)
    people = Membership.objects.filter(affiliate__in=affiliate_ids)
    for affiliate_id, email in people.values_list("affiliate_id", "user__email"):
        keys[affiliate_id].add(email_key(email_digest(email)))
    return {affiliate_id: frozenset(found) for affiliate_id, found in keys.items()}


def acts_for(user_id: int, affiliate_id: int) -> bool:
    """Tell whether a person is a member of an affiliate."""
    return Membership.objects.filter(user=user_id, affiliate=affiliate_id).exists()


def latest_application(user_id: int) -> Application | None:
    """Return the newest application of a person."""
    return (
        Application.objects.select_related("affiliate", "terms")
        .filter(user=user_id)
        .order_by("-submitted_at", "-pk")
        .first()
    )
