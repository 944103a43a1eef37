"""What several signals ask of the same facts, so that they never answer differently."""

from __future__ import annotations

from core.money import BPS
from fraud.domain.evidence import Class, ClickSeen, Evidence, Level, Limits, Record, Traffic
from fraud.domain.statistics import lower_bps, upper_bps
from tracking.domain.navigation import Fact, Navigation

#: Kinds of affiliates that reward people who buy: they mostly come when the basket is full.
INCENTIVES = frozenset({"coupon", "cashback"})
#: Of listed hosts (fraud.models.HostKind), those that do the same, extensions too.
INCENTIVE_HOSTS = frozenset({"coupon", "cashback", "extension"})
#: Kinds whose codes are spoken or passed on, and whose visitors come from apps of others.
PERSONAL = frozenset({"influencer", "employee"})


def within(seconds: int | None, limit_s: int) -> bool:
    """Tell whether something is known to have happened at most ``limit_s`` seconds before."""
    return seconds is not None and seconds <= limit_s


def rewards_buyers(evidence: Evidence) -> bool:
    """Tell whether the affiliate, or the site that the click came from, rewards those who buy."""
    return evidence.affiliate_kind in INCENTIVES or evidence.referrer_list in INCENTIVE_HOSTS


def often_late(record: Record, limits: Limits) -> bool:
    """Tell whether the affiliate's visits surely often begin with a basket or at the checkout.

    ``often_bps``: the least that the share can well be (Wilson, 95 %) is above it, of
    ``least_known`` visits or more.
    """
    late = max(record.basket_before, record.checkout_before)
    return (
        record.session_known >= limits["least_known"]
        and lower_bps(late, record.session_known) > limits["often_bps"]
    )


def seldom_late(record: Record, limits: Limits) -> bool:
    """Tell whether it is well known that the affiliate's visitors seldom were in the shop before.

    ``seldom_bps``: the most that the share of open sessions can well be (Wilson, 95 %) is not
    above it; and of its sales, at most one and ``seldom_sales_bps`` of them began with a basket.
    """
    allowed = 1 + record.sales_known * limits["seldom_sales_bps"] // BPS
    return (
        upper_bps(record.session_open, record.session_known) <= limits["seldom_bps"]
        and record.sales_basket_before < allowed
    )


def was_redirected(click: ClickSeen) -> bool | None:
    """Tell whether somebody typed, and a redirect that is not ours led here; ``None``: unknown."""
    if click.navigation != Navigation.TYPED or Fact.REFERRER_SENT in click.facts:
        return None if click.navigation == Navigation.UNKNOWN else False
    if click.facts & (Fact.HIDDEN_REDIRECTOR | Fact.STRICT_MISSING):
        return True
    return False if Fact.OWN_HOP_ONLY in click.facts else None


def lands_on_home(visits: Traffic | Record, limits: Limits) -> bool:
    """Tell whether there are about as many landings on the home page as typed visits.

    People who type a shop's name land there: surely (Wilson, 95 %) more than ``home_bps`` of them.
    """
    return lower_bps(visits.home_landings, visits.typed_bare) > limits["home_bps"]


def proven_of_click(evidence: Evidence, facts: Fact, *, of_another: Level) -> Level | None:
    """Return how heavy ``facts`` weigh that make a click nobody's visit.

    Refuse when the click that earned has one of them. When another click of the affiliate that
    came with the order has, and a promo code or a later click earned: ``of_another``.
    """
    if evidence.click is not None and evidence.click.facts & facts:
        return Level.REFUSE
    return of_another if evidence.own_facts & facts else None


def unread(traffic: Traffic, usual: Class, limits: Limits) -> bool | None:
    """Tell whether nobody reads: no second page, or landing pages that tell nothing.

    Of ``least_told`` landings or more, at most ``read_bps`` well can have led to another page; or
    of ``least_told`` clicks, the share that told anything is surely below a quarter of the usual.
    ``None`` when the shop's pages tell too little of anybody (``usual_bps``).
    """
    least, usual_bps = limits["least_told"], limits["usual_bps"]
    answers = []
    if usual.read_on_bps is not None and usual.read_on_bps >= usual_bps and traffic.told >= least:
        answers.append(upper_bps(traffic.read_on, traffic.told) <= limits["read_bps"])
    if usual.told_bps is not None and usual.told_bps >= usual_bps and traffic.clicks >= least:
        answers.append(upper_bps(traffic.told, traffic.clicks) * 4 < usual.told_bps)
    return any(answers) if answers else None
