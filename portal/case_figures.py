"""The figures of a case as a page draws them: delays by class, shares with their interval."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from core.money import Money
from fraud.domain.delays import EDGES_S
from portal.formats import format_bps, format_count, format_money
from portal.queries.staff_case_view import CaseView, Share
from portal.signal_language import duration

#: The classes of a delay are drawn in fewer, wider ones: where each but the first begins.
_DRAWN_S = (60, 600, 3_600, 4 * 3_600, 86_400, 4 * 86_400, 14 * 86_400)


@dataclass(frozen=True, slots=True)
class Delays:
    """How long after the click orders came: whole percents of ours, and of the kind beside."""

    points: list[tuple[str, int]]
    compare: list[int]
    ours: int
    theirs: int


def effect_items(view: CaseView, refused: Collection[int]) -> list[tuple[str, str]]:
    """Return what a decision does to the held money: of what falls and of what is released.

    ``refused`` are ids of credits. Of a case with more sales than its page lists, of those that
    it lists, which is said.
    """
    sums: dict[tuple[bool, str], int] = defaultdict(int)
    for sale in view.sales:
        if sale.is_waiting and sale.left is not None:
            sums[sale.credit.pk in refused, sale.left.currency] += sale.left.minor
    items = [
        (
            _("Refused") if falls else _("Released"),
            format_money(Money(minor, currency)),
        )
        for (falls, currency), minor in sorted(sums.items(), reverse=True)
    ]
    if not view.is_choosable:
        items.append((_("Of sales"), _("The newest %(n)s") % {"n": format_count(len(view.sales))}))
    return items


def delays_drawn(ours: Sequence[int], theirs: Sequence[int]) -> Delays:
    """Return two distributions over the same classes, in whole percents of each."""
    one, other = _wide(ours), _wide(theirs)
    labels = [
        _("under %(time)s") % {"time": duration(_DRAWN_S[0])},
        *(_("from %(time)s") % {"time": duration(edge)} for edge in _DRAWN_S),
    ]
    return Delays(
        points=list(zip(labels, _percents(one), strict=True)),
        compare=_percents(other) if sum(other) else [],
        ours=sum(one),
        theirs=sum(other),
    )


def share_items(shares: Sequence[Share]) -> list[tuple[str, str, str]]:
    """Return shares as label, value and definition: with n, the interval and the unknown part."""
    labels = {
        "session_open": _("Already in the shop before the click"),
        "basket_before": _("Basket changed in the hour before"),
        "checkout_before": _("Checkout open in the half hour before"),
    }
    return [(labels[share.name], share_text(share), "") for share in shares]


def share_text(share: Share) -> str:
    """A share in one line: percent, interval, n, what is not known."""
    if share.share_bps is None:
        return _("not known (of %(of)s)") % {"of": format_count(share.of)}
    low, high = share.interval_bps
    return _("%(share)s (%(low)s to %(high)s) of %(known)s known; not known of %(unknown)s") % {
        "share": format_bps(share.share_bps // 10 * 10),
        "low": format_bps(low // 10 * 10),
        "high": format_bps(high // 10 * 10),
        "known": format_count(share.known),
        "unknown": format_bps(share.unknown_bps // 10 * 10),
    }


def _wide(delays: Sequence[int]) -> list[int]:
    sums = [0] * (len(_DRAWN_S) + 1)
    begins = (0, *EDGES_S)
    for place, number in enumerate(delays):
        sums[sum(begins[place] >= edge for edge in _DRAWN_S)] += number
    return sums


def _percents(numbers: Sequence[int]) -> list[int]:
    total = sum(numbers)
    return [(200 * number + total) // (2 * total) if total else 0 for number in numbers]
