"""Which sales of an affiliate stopped counting on a day, and why: one mail for all of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import groupby

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of
from core.letters import Letter, paragraphs, send
from core.models import User
from core.money import Money
from core.money_words import money_words
from payouts.models import Commission, CommissionStatus
from portal.decline_reasons import DECLINE_REASONS
from portal.formats import PARIS, format_day, in_paris
from portal.letters.telling import told
from portal.sale_references import sale_reference

#: So many days that nobody worked on are still told of, each on its own.
LOOK_BACK = 3
MOST_LINES = 50


@dataclass(frozen=True, slots=True)
class Declined:
    """A sale that does not count any more. ``expected``: what it would have earned."""

    credit_id: int
    expected: Money
    reason: str


def tell(*, now: datetime) -> int:
    """Tell of the sales declined on each of the last whole days; return of how many letters.

    One letter for an affiliate and day of Paris, however often it is called.
    """
    today = in_paris(now).date()
    days = [today - timedelta(days=back) for back in range(LOOK_BACK, 0, -1)]
    return sum(_tell_day(day, now) for day in days)


def _tell_day(day: date, now: datetime) -> int:
    rows = (
        Commission.objects.filter(
            status=CommissionStatus.REVERSED,
            status_changed_at__gte=_midnight(day),
            status_changed_at__lt=_midnight(day + timedelta(days=1)),
        )
        .order_by("affiliate_id", "status_changed_at", "pk")
        .values_list("affiliate_id", "credit_id", "amount_minor", "currency", "reversal_reason")
    )
    known, sent = told(_prefix(day)), 0
    for affiliate_id, theirs in groupby(rows, key=lambda row: row[0]):
        found = [Declined(row[1], Money(row[2], row[3]), row[4]) for row in theirs]
        if affiliate_id not in known:
            sent += write_to(affiliate_id, found, day, now=now)
    return sent


def write_to(affiliate_id: int, found: Sequence[Declined], day: date, *, now: datetime) -> int:
    """Write to the people of an affiliate; return 1, or 0 when there is nobody."""
    people = people_of(affiliate_id, Ability.SEE_MONEY)
    send(
        people,
        f"{_prefix(day)}{affiliate_id}",
        lambda person: _letter(person, found, day),
        now,
        kind="sales_declined",
    )
    return int(bool(people))


def _letter(person: User, found: Sequence[Declined], day: date) -> Letter:
    count = len(found)
    subject = ngettext(
        "%(n)s sale does not count any more", "%(n)s sales do not count any more", count
    )
    said = [
        ngettext(
            "On %(day)s this sale stopped counting, with what it would have earned and why:",
            "On %(day)s these sales stopped counting, with what each would have earned and why:",
            count,
        )
        % {"day": format_day(day)},
        "\n".join(_line(one, person.language) for one in found[:MOST_LINES]),
        _("And %(n)s more.") % {"n": count - MOST_LINES} if count > MOST_LINES else "",
        _("The page of each sale says more, and what you can do: %(address)s")
        % {"address": f"{settings.PUBLIC_URL}/portal/sales/"},
    ]
    return Letter(subject % {"n": count}, paragraphs(person.get_short_name(), said))


def _line(one: Declined, language: str) -> str:
    reason = DECLINE_REASONS.get(one.reason, DECLINE_REASONS["other"])
    return _("- %(sale)s, %(amount)s: %(reason)s") % {
        "sale": sale_reference(one.credit_id),
        "amount": money_words(one.expected, language),
        "reason": reason.text(),
    }


def _prefix(day: date) -> str:
    return f"declined:{day:%Y%m%d}:"


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), PARIS)
