"""The daily comparison of ledger, payouts, Stripe and bank, and who hears of what differs.

Rules CL10 to CL17 and CL26 in ``docs/rules/closing.md``.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from core import locks, staff
from core.letters import Letter, send
from core.nudge import nudge
from payouts.domain.months import month_of
from payouts.domain.rail_books import Made
from payouts.gateways.rail import RailUnavailable
from payouts.models import Batch, Difference, Reconciliation
from payouts.services.comparisons import bank, books, stripe
from payouts.services.difference_stops import go_on_where_settled, stop_what_differs
from payouts.services.differences import Found, note

#: One comparison at a time: two would tell finance of the same thing twice.
_LOCK = 0x5245434F
KINDS = (*books.KINDS, *bank.KINDS, *stripe.KINDS)


def reconcile(
    *, stripe_books: stripe.Books | None = None, actor_id: int | None = None, now: datetime
) -> Reconciliation:
    """Compare all sides, keep and stop what differs, and tell finance what is new.

    ``stripe_books`` gives the transfers that Stripe made since a moment; None where nobody is paid
    through Stripe. When Stripe does not answer, the other sides are compared, the problem is kept,
    and what differed with Stripe stays as it was. Batches that only differences paused go on once
    these are gone.
    """
    made, problem = _read(stripe_books, now)
    with transaction.atomic():
        locks.hold(_LOCK)
        found = [*books.differences(), *bank.differences(now)]
        kinds = [*books.KINDS, *bank.KINDS]
        if made is not None:
            found += stripe.differences(made, now)
            kinds += stripe.KINDS
        fresh = note(found, kinds=kinds, now=now)
        done = Reconciliation.objects.create(
            at=now, by_id=actor_id, compared=_compared(made, found, problem), problem=problem
        )
        paused = stop_what_differs(now=now)
        alert(done, fresh, paused, now)
    if go_on_where_settled(now=now):
        nudge("payouts.tasks.run_stripe_batches")
    return done


def _read(books: stripe.Books | None, now: datetime) -> tuple[list[Made] | None, str]:
    """Ask Stripe before the transaction begins: it may take long."""
    if books is None:
        return None, ""
    try:
        return list(books(now - stripe.HORIZON)), ""
    except RailUnavailable as error:
        return None, str(error)


def _compared(made: Sequence[Made] | None, found: Iterable[Found], problem: str) -> dict[str, Any]:
    counts: dict[str, int] = defaultdict(int)
    for one in found:
        counts[one.kind] += 1
    return {
        "sides": {
            "ledger": "compared",
            "bank": "compared" if bank.is_told() else "silent",
            "stripe": "unreadable" if problem else "compared" if made is not None else "unused",
        },
        "found": dict(counts),
        "stripe_months": _months(made or ()),
    }


def _months(made: Iterable[Made]) -> list[list[Any]]:
    """Month, currency, number, sum and what of it came back, of the transfers of Stripe."""
    totals: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for one in made:
        total = totals[f"{month_of(one.at):%Y-%m}", one.amount.currency]
        total[0] += 1
        total[1] += one.amount.minor
        total[2] += one.reversed_minor
    return [[*key, *total] for key, total in sorted(totals.items())]


def alert(
    done: Reconciliation, fresh: Sequence[Difference], paused: Sequence[Batch], now: datetime
) -> None:
    """Tell the people of finance what is new and what it stopped, one mail each (rule CL17)."""
    if not (fresh or paused or done.problem):
        return
    send(
        staff.of_role("finance"),
        f"reconciliation:{done.pk}",
        lambda _person: Letter(
            _subject(len(fresh)), "\n\n".join([*_words(done, fresh, paused), _page()]) + "\n"
        ),
        now,
        kind="reconciliation_alert",
    )


def _subject(count: int) -> str:
    if not count:
        return _("Reconciliation: not everything could be read")
    return ngettext(
        "Reconciliation: %(n)s new difference", "Reconciliation: %(n)s new differences", count
    ) % {"n": count}


def _words(done: Reconciliation, fresh: Sequence[Difference], paused: Sequence[Batch]) -> list[str]:
    words = []
    if fresh:
        words.append(_("Ledger, payments, Stripe and bank do not say the same of this money:"))
        words.append("\n".join(one.key for one in fresh[:50]))
    if paused:
        words.append(
            _("Paused until that is settled: %(batches)s.")
            % {"batches": ", ".join(batch.reference for batch in paused)}
        )
    if done.problem:
        words.append(_("Not compared: %(problem)s") % {"problem": done.problem})
    return words


def _page() -> str:
    return f"{settings.PUBLIC_URL}/finance/reconciliation/"
