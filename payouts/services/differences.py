"""Differences between the sides: noted by a key that stays, minded and explained by people.

Rules CL13 to CL17, CL25 and CL26 in ``docs/rules/closing.md``.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from core import audit, staff
from core.errors import DomainError
from core.models import User
from payouts.models import Batch, Difference, DifferenceState, Item
from payouts.services.items import required_reason

NOTE_LENGTH = 1_000
#: The reference of a payout, as banks give it back.
_END_TO_END = re.compile(r"AP(\d{10})")


class AlreadyClosed(DomainError):
    """The difference was explained, or is gone."""

    code = "difference_closed"


class NothingOpen(DomainError):
    """None of the chosen differences is open."""

    code = "nothing_open"


class NotFinance(DomainError):
    """Differences are minded by people of finance."""

    code = "not_finance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Something on which two sides do not agree. ``key`` is the same every day.

    ``amount_minor`` is what the second side has more than the first.
    """

    key: str
    kind: str
    amount_minor: int = 0
    currency: str = ""
    item_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


@transaction.atomic
def note(
    found: Iterable[Found], *, kinds: Collection[str], now: datetime
) -> tuple[Difference, ...]:
    """Store what was found, of ``kinds`` that were looked for; return what is new or back.

    An open difference that is no longer found is gone. One that is found again is open again; an
    explained one stays explained as long as its amount is the same. Safe to repeat.
    """
    seen = {one.key: one for one in found}
    about = concerned(seen.values())
    rows = Difference.objects.select_for_update().filter(kind__in=kinds)
    stored = {
        row.key: row for row in rows.filter(key__in=seen) | rows.filter(state=DifferenceState.OPEN)
    }
    for key, row in stored.items():
        if key not in seen:
            row.state, row.closed_at, row.closed_by = DifferenceState.GONE, now, None
            row.save(update_fields=["state", "closed_at", "closed_by"])
    kept = [_keep(one, stored.get(one.key), about[one.key], now) for one in seen.values()]
    return tuple(news for news in kept if news is not None)


def concerned(found: Iterable[Found]) -> dict[str, tuple[int | None, int | None]]:
    """Return whom each finding is about, by its key: an affiliate and a batch, as far as told.

    A payout is known by its row, by the number that Stripe was given, or by the reference that the
    bank tells; a batch by its reference at Stripe.
    """
    named = {one.key: _named(one) for one in found}
    items = {
        pk: (affiliate_id, batch_id)
        for pk, affiliate_id, batch_id in Item.objects.filter(
            pk__in={item for item, *_rest in named.values() if item}
        ).values_list("pk", "affiliate_id", "batch_id")
    }
    groups = {group for _item, _affiliate, group in named.values() if group}
    batches = dict(Batch.objects.filter(reference__in=groups).values_list("reference", "pk"))
    about = {}
    for key, (item, affiliate, group) in named.items():
        payee, batch = items.get(item, (affiliate, None))
        about[key] = (payee, batch or batches.get(group))
    return about


def _named(one: Found) -> tuple[int, int | None, str]:
    """Return the payout, the affiliate and the batch's reference that a finding names."""
    item = one.item_id or (one.data.get("item") if "transfer" in one.data else None)
    told = _END_TO_END.fullmatch(str(one.data.get("end_to_end_id", "")))
    if not item and told:
        item = int(told[1])
    return item or 0, one.data.get("affiliate_id"), str(one.data.get("group", ""))


def _keep(
    one: Found, row: Difference | None, about: tuple[int | None, int | None], now: datetime
) -> Difference | None:
    """Write one finding; return its row when people have not heard of it."""
    is_news = (
        row is None
        or row.state == DifferenceState.GONE
        or (row.state == DifferenceState.EXPLAINED and row.amount_minor != one.amount_minor)
    )
    row = row or Difference(key=one.key, first_seen_at=now)
    if is_news:
        row.state, row.closed_at, row.closed_by = DifferenceState.OPEN, None, None
    row.kind, row.amount_minor, row.currency = one.kind, one.amount_minor, one.currency
    row.item_id, row.data, row.last_seen_at = one.item_id, one.data, now
    row.affiliate_id, row.batch_id = about
    row.save()
    return row if is_news else None


@transaction.atomic
def explain(*, difference_id: int, actor_id: int, reason: str, now: datetime) -> Difference:
    """Close an open difference with the reason why it is right as it is.

    :raises ReasonMissing: without a reason.
    :raises AlreadyClosed: when somebody was quicker, or it is gone.
    """
    why = required_reason(reason)
    row = _open(difference_id)
    _explain(row, User.objects.get(pk=actor_id), why, now)
    return row


@transaction.atomic
def explain_all(
    *, difference_ids: Collection[int], actor_id: int, reason: str, now: datetime
) -> int:
    """Close several open differences with one reason; return how many (rule CL25).

    Those that are settled already are left as they are. Safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises NothingOpen: when none of them is open.
    """
    why = required_reason(reason)
    rows, actor = _all_open(difference_ids), User.objects.get(pk=actor_id)
    for row in rows:
        _explain(row, actor, why, now)
    return len(rows)


@transaction.atomic
def mind_all(
    *,
    difference_ids: Collection[int],
    actor_id: int,
    owner_id: int | None,
    text: str,
    now: datetime,
) -> int:
    """Say who minds several open differences; return how many (rule CL25).

    ``text`` takes the place of their notes; without it each keeps its own. Safe to repeat.

    :raises NotFinance: when the owner is not of finance.
    :raises NothingOpen: when none of them is open.
    """
    _refuse_other_owner(owner_id)
    rows = _all_open(difference_ids)
    for row in rows:
        _mind(row, actor_id, owner_id, text.strip() or row.note, now)
    return len(rows)


@transaction.atomic
def mind(
    *, difference_id: int, actor_id: int, owner_id: int | None, text: str, now: datetime
) -> Difference:
    """Say who minds an open difference, and what they know so far.

    :raises NotFinance: when the owner is not of finance.
    :raises AlreadyClosed: when it is explained or gone.
    """
    row = _open(difference_id)
    _refuse_other_owner(owner_id)
    _mind(row, actor_id, owner_id, text.strip(), now)
    return row


def _open(difference_id: int) -> Difference:
    row = Difference.objects.select_for_update().get(pk=difference_id)
    if row.state != DifferenceState.OPEN:
        raise AlreadyClosed(_("It is settled already."))
    return row


def _all_open(difference_ids: Collection[int]) -> Sequence[Difference]:
    rows = Difference.objects.select_for_update().filter(
        pk__in=difference_ids, state=DifferenceState.OPEN
    )
    found = list(rows.order_by("pk"))
    if not found:
        raise NothingOpen(_("Choose differences that are open."))
    return found


def _refuse_other_owner(owner_id: int | None) -> None:
    if owner_id is not None and not staff.of_role("finance").filter(pk=owner_id).exists():
        raise NotFinance(_("Only people of finance mind differences."))


def _explain(row: Difference, actor: User, why: str, now: datetime) -> None:
    row.state, row.closed_at, row.closed_by = DifferenceState.EXPLAINED, now, actor
    row.note = why
    row.save(update_fields=["state", "closed_at", "closed_by", "note"])
    audit.record(
        actor=actor, verb="difference.explained", subject=row, at=now, reason=why,
        data={"key": row.key, "amount_minor": row.amount_minor, "currency": row.currency},
    )  # fmt: skip


def _mind(row: Difference, actor_id: int, owner_id: int | None, text: str, now: datetime) -> None:
    row.owner_id, row.note = owner_id, text[:NOTE_LENGTH]
    row.save(update_fields=["owner", "note"])
    audit.record(
        actor=actor_id, verb="difference.minded", subject=row, at=now,
        data={"owner": owner_id, "note": row.note},
    )  # fmt: skip
