"""One claim as the team reads it: the evidence in rows, and what to grant with its explanation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from affiliates.models import Affiliate
from core.money import Money
from payouts.domain.commission import ACTUAL
from payouts.domain.order_commission import BUDGET, MONTH_CAP, ORDER_CAP, RULE_CAP
from payouts.models import Claim, Commission
from payouts.services.claim_amounts import Suggestion, suggest
from payouts.services.claim_evidence import (
    Clicks,
    Decided,
    Evidence,
    OrderFound,
    agrees,
    find_order,
    gather,
)
from portal import signal_language, staff_language
from portal.claim_language import verdict_status
from portal.display import StatusText
from portal.formats import format_bps, format_count, format_day, format_moment, format_money
from portal.reckoning import team_sentences
from shop.models import Order

Rows = list[tuple[str, str]]
_LEFT_OF = {
    MONTH_CAP: gettext_lazy("Left of the cap of the order's month"),
    BUDGET: gettext_lazy("Left of the budget of the order's month"),
}
_TAKES_OFF = {
    RULE_CAP: gettext_lazy("The cap of the rule “%(name)s” takes off"),
    ORDER_CAP: gettext_lazy("The cap of one order takes off"),
    MONTH_CAP: gettext_lazy("The cap of the month takes off"),
    BUDGET: gettext_lazy("The budget of the month takes off"),
}
MOST_HOURS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class PricedLine:
    """One line of the order with what it would earn, step by step."""

    title: str
    quantity: int
    returned: int
    earned: Money
    left: Money
    sentences: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimView:
    """A claim with what our records say now, and said when it was made."""

    claim: Claim
    evidence: Evidence
    verdict: StatusText
    verdict_then: StatusText
    order_rows: Rows
    order_url: str
    decision_rows: Rows
    touches: list[tuple[str, str, str]]
    click_rows: Rows
    money_rows: Rows
    suggestion: Suggestion | None
    lines: list[PricedLine]
    notes: list[str]

    @property
    def has_changed(self) -> bool:
        """Whether our records say another thing than when the claim was made."""
        return self.verdict.code != self.verdict_then.code


def claim_view(
    claim: Claim, *, now: datetime, look: Callable[[Order], bool] = lambda _order: False
) -> ClaimView:
    """Return everything about one claim, in a fixed number of queries.

    ``look``: asked where the amount follows from costs of an order, whether they may be shown.
    """
    order = claim.order or find_order(claim.order_number, claim.ordered_on)
    evidence = gather(claim, order, now=now)
    suggestion = suggest(claim, order)
    asks = order is not None and suggestion is not None and suggestion.basis == ACTUAL
    shows_costs = asks and order is not None and look(order)
    decided = evidence["decided"]
    return ClaimView(
        claim=claim,
        evidence=evidence,
        verdict=verdict_status(evidence["verdict"]),
        verdict_then=verdict_status(claim.evidence["verdict"]),
        order_rows=_order_rows(evidence["order"], claim),
        order_url=reverse("portal:order-detail", args=[order.pk]) if order else "",
        decision_rows=_decision_rows(evidence),
        touches=_touches(decided) if decided else [],
        click_rows=_click_rows(evidence),
        money_rows=_money_rows(evidence, suggestion),
        suggestion=suggestion,
        lines=_lines(suggestion, shows_costs=shows_costs),
        notes=_notes(evidence, suggestion),
    )


def _order_rows(order: OrderFound | None, claim: Claim) -> Rows:
    if order is None:
        return []
    rows = [
        (_("Number"), order["number"]),
        (_("Shop"), order["shop"]),
        (_("Ordered"), _day_sentence(order, claim)),
        (_("Price without VAT"), _price_sentence(order)),
        (
            _("Came back"),
            _("{returned} of {quantity} items").format(
                returned=format_count(order["returned"]), quantity=format_count(order["quantity"])
            ),
        ),
    ]
    if order["cancelled_at"]:
        rows.append((_("Cancelled"), _moment(order["cancelled_at"])))
    return rows


def _day_sentence(order: OrderFound, claim: Claim) -> str:
    said = _moment(order["placed_at"])
    if not order["days_off"]:
        return _("{moment}: the day agrees").format(moment=said)
    return _("{moment}: they say {day}").format(moment=said, day=format_day(claim.ordered_on))


def _price_sentence(order: OrderFound) -> str:
    price = format_money(Money(order["net_minor"], order["currency"]))
    match agrees(order):
        case None:
            return _("{price}: they name none").format(price=price)
        case True:
            return _("{price}: it agrees").format(price=price)
    said = Money(order["net_minor"] + (order["off_minor"] or 0), order["currency"])
    return _("{price}: they say {said}").format(price=price, said=format_money(said))


def _decision_rows(evidence: Evidence) -> Rows:
    decided, codes, screened = evidence["decided"], evidence["codes"], evidence["screened"]
    names = _names(
        [*(decided["others"] if decided else []), *((pk, 0) for _code, pk in codes["others"])]
    )
    rows: Rows = []
    if decided is not None:
        rows.append((_("Decided"), _moment(decided["at"])))
        rows.append((_("Why"), staff_language.attribution_reason(decided["reason"])))
        if decided["share_bps"] is not None:
            rows.append((_("Their share"), format_bps(decided["share_bps"])))
        rows += [(names.get(pk, "–"), format_bps(share)) for pk, share in decided["others"]]
        rows.append((_("Touchpoints of others"), format_count(decided["other_touches"])))
    rows += [(_("Code of theirs"), code) for code in codes["own"]]
    rows += [(_("Code of another"), f"{code} ({names.get(pk, '–')})")
             for code, pk in codes["others"]]  # fmt: skip
    rows += [(_("Code of nobody"), code) for code in codes["unknown"]]
    if screened is not None:
        severity = staff_language.severity_status(screened["decision"])
        rows.append((_("Checks"), str(severity.label)))
        rows += [(_("Signal"), signal_language.signal_label(code)) for code in screened["signals"]]
    return rows


def _names(pairs: Iterable[tuple[int, int]]) -> dict[int, str]:
    ids = {pk for pk, _share in pairs}
    rows = Affiliate.objects.filter(pk__in=ids) if ids else Affiliate.objects.none()
    return dict(rows.values_list("pk", "name"))


def _touches(decided: Decided) -> list[tuple[str, str, str]]:
    return [
        (_moment(one["at"]), one["name"], staff_language.attribution_reason(one["reason"]))
        for one in decided["touches"]
    ]


def _click_rows(evidence: Evidence) -> Rows:
    before = evidence["clicks_before"]
    clicks: Clicks = before or evidence["clicks"]
    label = (
        _("Visits in the 7 days before the order")
        if before
        else _("Visits in the 7 days up to that day")
    )
    rows = [(label, format_count(clicks["visits"]))]
    rows += [
        (_("Hour from {moment}").format(moment=_moment(at)), format_count(number))
        for at, number in clicks["hours"][:MOST_HOURS]
    ]
    return rows


def _money_rows(evidence: Evidence, suggestion: Suggestion | None) -> Rows:
    rows: Rows = []
    earned = evidence["earned"]
    if earned is not None:
        status = staff_language.staff_commission_status(
            earned["status"], blocked=bool(earned["blocks"])
        )
        rows.append((_("Commission"), str(status.label)))
        rows.append((_("It was"), format_money(Money(earned["amount_minor"], earned["currency"]))))
    if suggestion is not None:
        rows += _limit_rows(suggestion)
        rows.append((_("Due by the terms of that day"), format_money(suggestion.due)))
        rows.append((_("Of that stands already"), format_money(suggestion.standing)))
        rows.append((_("Still due"), format_money(suggestion.amount)))
        rows.append((_("Terms"), str(suggestion.terms)))
    return rows


def _limit_rows(suggestion: Suggestion) -> Rows:
    """What is left of the limits of the month, and what each limit takes off."""
    rows = [
        (
            str(_LEFT_OF[one.reason]),
            _("{left} of {most}").format(left=format_money(one.left), most=format_money(one.most)),
        )
        for one in suggestion.limits
    ]
    currency = suggestion.due.currency
    rows += [
        (
            str(_TAKES_OFF[one.reason]) % {"name": one.name},
            format_money(Money(-one.minor, currency)),
        )
        for one in suggestion.cuts
    ]
    return rows


def _lines(suggestion: Suggestion | None, *, shows_costs: bool) -> list[PricedLine]:
    if suggestion is None:
        return []
    currency = suggestion.due.currency
    return [
        PricedLine(
            title=line.title,
            quantity=line.quantity,
            returned=line.returned,
            earned=line.earned,
            left=line.left,
            sentences=team_sentences(
                line.steps, currency, basis=suggestion.basis, shows_costs=shows_costs
            ),
        )
        for line in suggestion.lines
    ]


def _notes(evidence: Evidence, suggestion: Suggestion | None) -> list[str]:
    notes: list[str] = []
    decided = evidence["decided"]
    if decided is not None and decided["others"]:
        paid = Commission.objects.filter(
            credit__order=evidence["order"]["id"] if evidence["order"] else 0
        ).exclude(credit=decided["credit_id"])
        total = sum(one.amount_minor for one in paid)
        notes.append(
            _("Others earn {amount} with this order: what is granted is paid on top of it.").format(
                amount=format_money(Money(total, _currency(evidence)))
            )
        )
    if evidence["other_claims"]:
        notes.append(
            _("This order was claimed elsewhere too, {count} times.").format(
                count=format_count(evidence["other_claims"])
            )
        )
    if suggestion is not None and suggestion.waits:
        notes.append(_("A cost or margin band is missing: the amount may still rise."))
    if suggestion is not None and not suggestion.is_whole:
        notes.append(_("The amount is that of their share of the order."))
    if suggestion is not None and suggestion.cuts:
        notes.append(_("What is granted takes nothing of caps and budgets: you may grant more."))
    return notes


def _currency(evidence: Evidence) -> str:
    return evidence["order"]["currency"] if evidence["order"] else ""


def _moment(text: str) -> str:
    return format_moment(datetime.fromisoformat(text))
