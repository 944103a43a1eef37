"""The history of one sale, from what brought it to its payment, and what is still to come."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from affiliates.models import Terms
from core.money import BPS, Money
from payouts.domain.calendar import bank_date, next_payment_date
from payouts.models import Adjustment, Block, BlockKind, Commission, CommissionStatus, Item
from portal.adjustment_language import story_title, with_text
from portal.display import TimelineItem
from portal.formats import format_bps, format_day, format_money, with_colon
from portal.queries.sales import SaleState, approved_at
from portal.sale_display import (
    Sale,
    commission_of,
    look_of,
    payout_method,
    source_label,
    source_of,
)
from tracking.domain.surfaces import is_on_site
from tracking.domain.touchpoints import Reason, Rule
from tracking.models import Credit, Role, Touchpoint

if TYPE_CHECKING:
    from portal.queries.sales import SaleCredit


_PARTS = {
    Role.INTRODUCER: gettext_lazy(
        "Several partners led to this order and yours was the first: your part is {share}."
    ),
    Role.INFLUENCER: gettext_lazy(
        "Several partners led to this order and yours was on the way: your part is {share}."
    ),
    Role.CLOSER: gettext_lazy(
        "Several partners led to this order and yours was the last: your part is {share}."
    ),
}


def story(
    credit: SaleCredit,
    sale: Sale,
    *,
    adjustments: Iterable[Adjustment],
    payout: Item | None,
    terms: Terms | None,
    now: datetime,
) -> list[TimelineItem]:
    """Return the events of a sale in order; the one under way carries the status sentence."""
    commission = commission_of(credit)
    events = [*_beginning(credit)]
    if commission is None:
        return [*events, _current(sale)]
    events += _computed(commission)
    events += sorted(
        [*_changes(adjustments), *_checks(commission), *_decisions(commission, sale)],
        key=lambda event: _moment(event, now),
    )
    state = SaleState(credit.state)
    if payout is not None:
        events.append(_payment(payout))
    if state in (SaleState.PENDING, SaleState.ON_HOLD, SaleState.APPROVED):
        events.append(_current(sale))
    return events + list(_to_come(commission, state, terms, now))


def attribution_sentence(credit: Credit, terms: Terms) -> str:
    """Why the order is credited to this affiliate. ``terms`` are the order's."""
    touchpoint = credit.touchpoint
    source = source_label(touchpoint)
    age = _age(credit.order.placed_at - touchpoint.at)
    if touchpoint.link is None:
        said = _("The customer used your promo code {code} with this order.").format(code=source)
    elif touchpoint.reason == Reason.LAST_ELIGIBLE:
        said = _(
            "Your link “{link}” was the last one to lead to this order: {age} before it,"
            " within the window of {days} days."
        ).format(link=source, age=age, days=_window_days(touchpoint, terms))
    elif touchpoint.reason == Reason.ON_SITE_ALONE:
        said = _(
            "The customer was in the shop already and tapped in your {look}, {age} before this"
            " order; nobody else had brought them."
        ).format(look=look_of(credit), age=age)
    else:
        said = _("Your link “{link}” led to this order, {age} before it.").format(
            link=source, age=age
        )
    return f"{said} {shared}" if (shared := part_sentence(credit)) else said


def part_sentence(credit: Credit) -> str:
    """Which part of a shared order is this affiliate's; empty when all of it is.

    The others are not named: their work is as private as this one's.
    """
    if credit.share_bps == BPS:
        return ""
    return str(_PARTS[Role(credit.role)]).format(share=format_bps(credit.share_bps))


def _window_days(touchpoint: Touchpoint, terms: Terms) -> int:
    """The look-back as the rule applied it; that of the terms where it was not kept."""
    for verdict in touchpoint.verdicts:
        if verdict["rule"] == Rule.LOOK_BACK and "facts" in verdict:
            return int(verdict["facts"]["days"])
    return terms.window_days


def _age(age: timedelta) -> str:
    if age.days:
        return ngettext("{count} day", "{count} days", age.days).format(count=age.days)
    hours, minutes = divmod(max(age.seconds, 0) // 60, 60)
    if hours:
        return ngettext("{count} hour", "{count} hours", hours).format(count=hours)
    return ngettext("{count} minute", "{count} minutes", max(minutes, 1)).format(
        count=max(minutes, 1)
    )


def _beginning(credit: Credit) -> Iterator[TimelineItem]:
    source = source_of(credit)
    if credit.touchpoint.link is not None:
        yield TimelineItem(
            _("Tap in your look") if is_on_site(credit.surface) else _("Click on your link"),
            at=credit.touchpoint.at,
            note=source,
            icon="link",
            href=reverse("portal:link-detail", args=[credit.touchpoint.link.pk]),
            link_label=_("See the link"),
        )
        yield TimelineItem(_("Order placed"), at=credit.order.placed_at, icon="shopping-bag")
    else:
        yield TimelineItem(
            _("Order placed with your code"), at=credit.order.placed_at, note=source, icon="tag"
        )
    yield TimelineItem(_("Credited to you"), at=credit.created_at, actor=_("System"), icon="check")


def _computed(commission: Commission) -> Iterator[TimelineItem]:
    yield TimelineItem(
        _("Commission computed"),
        at=commission.accrued_at,
        actor=_("System"),
        note=format_money(commission.amount),
        icon="receipt",
    )


def _changes(adjustments: Iterable[Adjustment]) -> Iterator[TimelineItem]:
    for change in adjustments:
        taken = change.amount_minor < 0
        note = format_money(change.amount)
        if change.order_line is not None:
            note = with_colon(change.order_line.title, note)
        if change.is_payable and taken:
            note = _("{change}. Deducted from your next payment.").format(change=note)
        yield TimelineItem(
            with_text(story_title(change), change.text),
            at=change.effective_at,
            note=note,
            icon="undo-2" if taken else "plus",
            tone="danger" if taken else "success",
        )


def _checks(commission: Commission) -> Iterator[TimelineItem]:
    """Blocks are one quality check for the partner: neither their kind nor their reason shows."""
    held = Block.objects.filter(commission=commission).exclude(kind=BlockKind.UNPAID)
    blocks = list(held.order_by("created_at"))
    if not blocks:
        return
    yield TimelineItem(
        _("Quality check began"), at=blocks[0].created_at, actor=_("System"), icon="eye"
    )
    ended = [block.released_at for block in blocks if block.released_at]
    if len(ended) == len(blocks):
        yield TimelineItem(
            _("Quality check done"), at=max(ended), actor=_("The team"), icon="check"
        )


def _decisions(commission: Commission, sale: Sale) -> Iterator[TimelineItem]:
    if commission.status in (CommissionStatus.APPROVED, CommissionStatus.PAID):
        yield TimelineItem(
            _("Validated"),
            at=approved_at(commission) or commission.hold_until,
            actor=_("System"),
            note=format_money(Money(commission.approved_minor or 0, commission.currency)),
            icon="check",
            tone="success",
        )
    if commission.status == CommissionStatus.REVERSED:
        yield TimelineItem(
            str(sale.status.label),
            "current",
            at=commission.status_changed_at,
            note=str(sale.status.sentence),
            icon=sale.status.icon,
            tone=sale.status.tone,
        )


def _moment(event: TimelineItem, now: datetime) -> datetime:
    return event.at if isinstance(event.at, datetime) else now


def _payment(payout: Item) -> TimelineItem:
    paid = payout.status in Item.PAID
    title = _("Paid by {method}") if paid else _("Payment in preparation")
    return TimelineItem(
        title.format(method=payout_method(payout)),
        "done" if paid else "current",
        at=payout.status_changed_at if paid else payout.batch.execution_date,
        note=payout.reference,
        icon="banknote",
        tone="success" if paid else "info",
        href=reverse("portal:payout-detail", args=[payout.public_id]),
        link_label=_("See the payout"),
    )


def _current(sale: Sale) -> TimelineItem:
    return TimelineItem(
        str(sale.status.label),
        "current",
        note=str(sale.status.sentence),
        icon=sale.status.icon,
        tone=sale.status.tone,
    )


def _to_come(
    commission: Commission, state: SaleState, terms: Terms | None, now: datetime
) -> Iterator[TimelineItem]:
    if state in (SaleState.PENDING, SaleState.ON_HOLD):
        yield TimelineItem(
            _("Validation"),
            "future",
            at=commission.hold_until if commission.hold_until > now else None,
            note=_("If nothing comes back until then.") if state == SaleState.PENDING else "",
            icon="check",
        )
    if state in (SaleState.PENDING, SaleState.ON_HOLD, SaleState.APPROVED) and terms is not None:
        ready = bank_date(max(commission.hold_until, now))
        day = next_payment_date(terms.payment_days, ready)
        yield TimelineItem(
            _("Payment"),
            "future",
            at=day,
            note=_("If your balance reaches {minimum} by {date}.").format(
                minimum=format_money(Money(terms.minimum_payout_minor, terms.currency)),
                date=format_day(day),
            ),
            icon="banknote",
        )
