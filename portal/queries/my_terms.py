"""What an affiliate reads of its terms: what is about to change, and what it has not answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from affiliates.domain.terms_content import content_of
from affiliates.domain.terms_diff import differences
from affiliates.models import Affiliate, Terms, TermsNotice
from affiliates.queries import HeldTerms, TermsIndex
from affiliates.services.terms_changes import Difference, in_words
from portal.display import StatusText
from portal.queries.terms import period_status

_INSTANT = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class News:
    """Terms that begin for an affiliate, or began and are not answered, with what they change.

    ``is_move``: they begin because it moves to the group that has them.
    """

    held: HeldTerms
    notice: TermsNotice
    status: StatusText
    differences: list[Difference]
    is_move: bool


def news(
    affiliate: Affiliate,
    history: Sequence[HeldTerms],
    notices: Mapping[int, TermsNotice],
    now: datetime,
    index: TermsIndex | None = None,
) -> list[News]:
    """Return what is about to change for an affiliate, and what it has not answered yet.

    ``history``: every version that it had, has or will have; ``notices`` of them. Two queries,
    without an ``index`` of the affiliate.
    """
    index = index or TermsIndex([affiliate.pk])
    now_held = index.at(affiliate.pk, now)
    found = []
    for one in history:
        notice = notices.get(one.terms.pk)
        held = _begins(one, now_held, affiliate, now) if notice else None
        if notice is None or held is None:
            continue
        if held.since <= now and not (one.terms == now_held and _is_open(notice)):
            continue
        before = index.at(affiliate.pk, held.since - _INSTANT)
        changes = differences(content_of(before), content_of(one.terms)) if before else ()
        found.append(
            News(
                held,
                notice,
                period_status(held.since, held.until, now),
                in_words(changes, one.terms.currency),
                is_move=one.since > one.terms.valid_from,
            )
        )
    return found


def notices_of(affiliate: Affiliate, history: Sequence[HeldTerms]) -> dict[int, TermsNotice]:
    """Return what an affiliate was told and answered, by the id of the terms."""
    terms = [one.terms for one in history]
    rows = TermsNotice.objects.filter(affiliate=affiliate, terms__in=terms)
    return {one.terms_id: one for one in rows}


def _begins(
    one: HeldTerms, now_held: Terms | None, affiliate: Affiliate, now: datetime
) -> HeldTerms | None:
    """Return terms with when they begin: those of a group after own ones, if these end."""
    if one.since <= now or now_held is None or now_held.affiliate_id is None:
        return one
    if one.terms.affiliate_id == affiliate.pk:
        return one
    ends = now_held.valid_to
    if ends is None or (one.until is not None and one.until <= ends):
        return None
    return replace(one, since=max(one.since, ends))


def _is_open(notice: TermsNotice) -> bool:
    return notice.is_worse and notice.accepted_at is None and not notice.objection
