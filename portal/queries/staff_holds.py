"""Held payouts and names of payees, as finance reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core.money import Money
from payouts.domain.currency import CURRENCY
from payouts.models import Difference, Item, NameCheck, NameVerdict, PayoutHold
from payouts.queries.name_checks import newest_checks
from payouts.queries.waiting import live_holds, stopped_by_hold, stopping
from portal.difference_language import words_of
from portal.display import StatusText
from portal.formats import format_moment
from portal.item_pages import item_page
from portal.queries.staff_ledger import payee_rows

ENDED = 50
_VERDICTS = {
    NameVerdict.MATCH: ("success", "circle-check"),
    NameVerdict.CLOSE: ("warning", "triangle-alert"),
    NameVerdict.NO_MATCH: ("danger", "circle-x"),
    NameVerdict.UNAVAILABLE: ("neutral", "circle-alert"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """One hold as it is listed. ``amount`` is what waits: the payment, or all that is due."""

    hold: PayoutHold
    what: str
    href: str
    amount: Money
    dialog: str


def holds_now(now: datetime) -> list[HoldRow]:
    """Return what is held, the oldest first, in four queries however many there are."""
    rows = PayoutHold.objects.at(now).select_related("affiliate", "item__batch", "began_by")
    found = list(rows.order_by("began_at", "pk"))
    payees = {row.affiliate.pk: row for row in payee_rows(_affiliates(found), CURRENCY)}
    return [
        HoldRow(
            hold=hold,
            what=_("Payment %(reference)s") % {"reference": hold.item.reference}
            if hold.item
            else _("All payouts"),
            href=item_page(hold.item)
            if hold.item
            else reverse("portal:ledger-detail", args=[hold.affiliate.public_id]),
            amount=hold.item.amount
            if hold.item
            else payees[hold.affiliate_id].payable + payees[hold.affiliate_id].reserved,
            dialog=f"release-{hold.pk}",
        )
        for hold in found
    ]


def _affiliates(holds: list[PayoutHold]) -> list[Affiliate]:
    return list({hold.affiliate_id: hold.affiliate for hold in holds}.values())


def holds_ended(now: datetime) -> list[PayoutHold]:
    """Return the last holds that a person or their day ended."""
    rows = PayoutHold.objects.exclude(pk__in=PayoutHold.objects.at(now).values("pk"))
    rows = rows.select_related("affiliate", "item", "began_by", "ended_by")
    return list(rows.order_by("-began_at", "-pk")[:ENDED])


def hold_of_payee(affiliate: Affiliate, now: datetime) -> PayoutHold | None:
    """Return what holds all payouts of a payee now."""
    holds = live_holds(now).filter(affiliate=affiliate).select_related("began_by")
    return holds.order_by("pk").first()


def why_item_waits(item: Item, now: datetime) -> list[tuple[str, str]]:
    """Return why a payment that has not left waits, as sentences with where to settle it."""
    if item.status not in Item.LIVE:
        return []
    hold = stopped_by_hold(item, now)
    said = [] if hold is None else [(hold_sentence(hold), reverse("portal:hold-list"))]
    return said + differences_said(stopping().filter(affiliate=item.affiliate_id))


def differences_said(rows: QuerySet[Difference]) -> list[tuple[str, str]]:
    """Return the open differences of ``rows`` by name, with the page of each."""
    return [
        (str(words_of(one.kind).label), reverse("portal:difference-detail", args=[one.pk]))
        for one in rows.order_by("pk")
    ]


def hold_sentence(hold: PayoutHold) -> str:
    """Return who holds payouts, since when, until when and why."""
    said = {
        "person": hold.began_by,
        "since": format_moment(hold.began_at),
        "reason": hold.reason,
        "until": format_moment(hold.until) if hold.until else "",
    }
    if hold.until is None:
        return _("Held by %(person)s since %(since)s: %(reason)s") % said
    return _("Held by %(person)s since %(since)s, until %(until)s: %(reason)s") % said


def names(verdict: str) -> QuerySet[NameCheck]:
    """Return what the bank last said of each payee's present account, the newest first."""
    rows = NameCheck.objects.filter(pk__in=newest_checks().values("pk"))
    if verdict:
        rows = rows.filter(verdict=verdict)
    rows = rows.select_related("affiliate", "file", "accepted_by")
    return rows.order_by("-checked_on", "-pk")


def verdict_state(check: NameCheck) -> StatusText:
    """Return what the bank said, as a badge shows it."""
    if check.accepted_at is not None:
        return StatusText("accepted", _("Accepted"), "success", "circle-check")
    verdict = NameVerdict(check.verdict)
    tone, icon = _VERDICTS[verdict]
    return StatusText(verdict.value, verdict.label, tone, icon)  # type: ignore[arg-type]
