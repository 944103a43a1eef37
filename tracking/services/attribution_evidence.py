"""What is known of the orders that attribution decides about: read at once for many of them.

The statements are written out, because every order passes here; each is one round trip whatever
the number of orders.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple
from uuid import UUID

from django.db import connection

from affiliates.models import AffiliateStatus
from tracking.domain.codes import normalized
from tracking.domain.policy import CodeRule, Policy
from tracking.domain.references import to_uuid
from tracking.domain.touchpoints import CLICK, CODE, Candidate, Journey, Step

#: How much longer than the longest look-back clicks are looked up, to say that one was too old.
TOO_OLD = timedelta(days=30)
#: The same number, total and shop front this close together: one order that came twice.
TWIN = timedelta(minutes=10)
_TWIN_LOCK = 0x5457494E


class OrderFacts(NamedTuple):
    """An order as it is decided about, with the policy of its date."""

    pk: int
    shop_id: int
    placed_at: datetime
    codes: list[str]
    click_tokens: list[str]
    policy_id: int
    rules: str
    longest_window: int
    has_sisters: bool  # Another shop has one of its hosts, so that an order may come twice.

    @property
    def policy(self) -> Policy:
        """The policy of the order's date."""
        return policy_of(self.rules)

    @property
    def visitors(self) -> set[UUID]:
        """The visitors whose references the order carries; anything else is left out."""
        return {one for one in map(to_uuid, self.click_tokens) if one is not None}


#: The columns of ``OrderFacts``, of orders ``o`` with the policy of their date.
ORDER_COLUMNS = """
SELECT o.id, o.shop_id, o.placed_at, o.codes, o.click_tokens, p.id, p.rules::text,
  (SELECT coalesce(max(window_days), 0) FROM affiliates_terms),
  o.number <> '' AND EXISTS (
    SELECT FROM shop_shop mine JOIN shop_shop other ON other.link_hosts && mine.link_hosts
    WHERE mine.id = o.shop_id AND other.id <> mine.id)
FROM shop_order o CROSS JOIN LATERAL (
  SELECT id, rules FROM tracking_attributionpolicy
  WHERE valid_from <= o.placed_at ORDER BY valid_from DESC LIMIT 1) p
"""
_CLICKS = """
SELECT c.visitor, c.id, c.clicked_at, c.link_id, c.navigation, c.facts, c.sub_id, c.surface,
  l.shop_id, a.id, a.group_id, a.kind, a.is_contracted, a.status, a.status_changed_at
FROM tracking_click c
JOIN tracking_link l ON l.id = c.link_id
JOIN affiliates_affiliate a ON a.id = l.affiliate_id
WHERE c.visitor = ANY(%s) AND c.clicked_at >= %s AND c.clicked_at <= %s
"""
_CODES = """
SELECT k.shop_id, upper(k.code), k.id, k.valid_from, k.valid_to, k.policy, k.usage_limit,
  a.id, a.group_id, a.kind, a.is_contracted, a.status, a.status_changed_at
FROM tracking_couponcode k JOIN affiliates_affiliate a ON a.id = k.affiliate_id
WHERE k.shop_id = ANY(%s) AND upper(k.code) = ANY(%s)
"""
_TERMS = """
SELECT id, affiliate_id, group_id, valid_from, valid_to, window_days FROM affiliates_terms
WHERE affiliate_id = ANY(%s) OR group_id = ANY(%s)
"""
_STEPS = """
SELECT visitor, at, kind, data FROM tracking_journeyevent
WHERE visitor = ANY(%s) AND at >= %s AND at <= %s
"""
_LOCK_CODES = "SELECT id FROM tracking_couponcode WHERE id = ANY(%s) ORDER BY id FOR UPDATE"
_USES = """
SELECT t.coupon_code_id, count(*) FROM tracking_touchpoint t
JOIN tracking_credit c ON c.touchpoint_id = t.id
WHERE t.coupon_code_id = ANY(%s) GROUP BY 1
"""
_LOCK_TWINS = """
SELECT pg_advisory_xact_lock(%s, bucket) FROM (
  SELECT DISTINCT hashtext(number) & 255 AS bucket FROM shop_order WHERE id = ANY(%s)
  ORDER BY bucket) AS buckets
"""
# Of twins the first row earns, unless a later one was decided before it came.
_TWINS = """
SELECT o.id FROM shop_order o WHERE o.id = ANY(%s) AND EXISTS (
  SELECT FROM shop_order w JOIN shop_shop mine ON mine.id = o.shop_id
  JOIN shop_shop other ON other.id = w.shop_id AND other.link_hosts && mine.link_hosts
  WHERE w.number = o.number AND w.shop_id <> o.shop_id AND w.currency = o.currency
  AND w.is_test = o.is_test
  AND w.placed_at BETWEEN o.placed_at - %s AND o.placed_at + %s
  AND (SELECT sum(net_minor) FROM shop_orderline WHERE order_id = w.id)
    IS NOT DISTINCT FROM (SELECT sum(net_minor) FROM shop_orderline WHERE order_id = o.id)
  AND (w.id < o.id OR EXISTS (
    SELECT FROM tracking_attribution WHERE order_id = w.id AND reason <> 'duplicate_order')))
"""


@lru_cache(maxsize=64)
def policy_of(rules: str) -> Policy:
    """Return the policy that the stored text of its rules says."""
    return Policy.from_rules(json.loads(rules))


class Party(NamedTuple):
    """The affiliate behind a touchpoint."""

    pk: int
    group_id: int
    kind: str
    is_contracted: bool
    status: str
    status_changed_at: datetime

    def was_active(self, moment: datetime) -> bool:
        """Tell whether the account was not stopped at ``moment``, as far as we still know."""
        return self.status == AffiliateStatus.ACTIVE or moment < self.status_changed_at


class ClickFacts(NamedTuple):
    """A click of a visitor that an order names."""

    pk: int
    at: datetime
    link_id: int
    navigation: str
    facts: int
    sub_id: str
    surface: str
    shop_id: int
    party: Party


class CodeFacts(NamedTuple):
    """A promo code that an order names."""

    pk: int
    valid_from: datetime
    valid_to: datetime | None
    rule: str
    usage_limit: int | None
    party: Party

    def is_valid(self, moment: datetime) -> bool:
        """Tell whether ``moment`` is in its half-open period."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


class TermsFacts(NamedTuple):
    """A period of terms."""

    pk: int
    valid_from: datetime
    valid_to: datetime | None
    window_days: int

    def holds(self, moment: datetime) -> bool:
        """Tell whether ``moment`` is in its half-open period."""
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(slots=True)
class Evidence:
    """Everything that the orders of one batch name."""

    clicks: dict[UUID, list[ClickFacts]] = field(default_factory=dict)
    codes: dict[tuple[int, str], CodeFacts] = field(default_factory=dict)
    steps: dict[UUID, list[Step]] = field(default_factory=dict)
    duplicates: frozenset[int] = frozenset()
    uses: dict[int, int] = field(default_factory=dict)
    _own: dict[int, list[TermsFacts]] = field(default_factory=lambda: defaultdict(list))
    _group: dict[int, list[TermsFacts]] = field(default_factory=lambda: defaultdict(list))

    def clicks_of(self, order: OrderFacts) -> list[ClickFacts]:
        """Return the clicks of the visitors that the order names."""
        return [click for visitor in order.visitors for click in self.clicks.get(visitor, ())]

    def codes_of(self, order: OrderFacts) -> list[CodeFacts]:
        """Return the promo codes typed in with the order that are an affiliate's."""
        names = {normalized(code) for code in order.codes}
        found = (self.codes.get((order.shop_id, name)) for name in sorted(names))
        return [code for code in found if code is not None]

    def terms_of(self, party: Party, moment: datetime) -> TermsFacts | None:
        """Return the terms of an affiliate at a moment: its own before its group's."""
        periods = (*self._own.get(party.pk, ()), *self._group.get(party.group_id, ()))
        return next((terms for terms in periods if terms.holds(moment)), None)

    def journey_of(self, order: OrderFacts) -> Journey:
        """Return what the buyer did until the order."""
        visitors = order.visitors
        steps = [
            step
            for visitor in visitors
            for step in self.steps.get(visitor, ())
            if step.at <= order.placed_at
        ]
        is_known = bool(steps) or any(visitor in self.clicks for visitor in visitors)
        return Journey.of(steps, is_known=is_known)

    def from_click(self, order: OrderFacts, click: ClickFacts) -> Candidate:
        """Return a click as a touchpoint of the order."""
        terms = self.terms_of(click.party, order.placed_at)
        return Candidate(
            kind=CLICK,
            source_id=click.pk,
            affiliate_id=click.party.pk,
            at=click.at,
            window_days=None if terms is None else terms.window_days,
            affiliate_active=click.party.was_active(order.placed_at),
            affiliate_kind=click.party.kind,
            is_contracted=click.party.is_contracted,
            same_shop=click.shop_id == order.shop_id,
            navigation=click.navigation,
            facts=click.facts,
        )

    def from_code(self, order: OrderFacts, code: CodeFacts) -> Candidate:
        """Return a typed code as a touchpoint of the order."""
        terms = self.terms_of(code.party, order.placed_at)
        return Candidate(
            kind=CODE,
            source_id=code.pk,
            affiliate_id=code.party.pk,
            at=order.placed_at,
            window_days=None if terms is None else terms.window_days,
            affiliate_active=code.party.was_active(order.placed_at),
            affiliate_kind=code.party.kind,
            is_contracted=code.party.is_contracted,
            code_valid=code.is_valid(order.placed_at),
            code_used_up=code.usage_limit is not None
            and self.uses.get(code.pk, 0) >= code.usage_limit,
            code_rule=code.rule,
        )


def gather(orders: Sequence[OrderFacts], *, until: datetime, deciding: bool = True) -> Evidence:
    """Return what is known of ``orders``: at most seven statements for any number of them.

    ``until`` is the moment up to which clicks are looked up. With ``deciding`` the transaction
    then holds the promo codes whose uses are counted, and the numbers that may come twice.
    """
    found = Evidence()
    visitors = {visitor for order in orders for visitor in order.visitors}
    since = min(order.placed_at for order in orders) - _look_back(orders) - TOO_OLD
    if visitors:
        found.clicks = _clicks(list(visitors), since, until)
    if any(order.codes for order in orders):
        found.codes = _codes(orders)
    _add_terms(found)
    if visitors and _asks_journeys(orders, found):
        found.steps = _steps(list(visitors), since, max(order.placed_at for order in orders))
    if deciding:
        found.uses = _uses([code.pk for code in found.codes.values() if code.usage_limit])
        found.duplicates = _duplicates([order.pk for order in orders if order.has_sisters])
    return found


def _look_back(orders: Iterable[OrderFacts]) -> timedelta:
    longest = {(order.rules, order.longest_window) for order in orders}
    return timedelta(days=max(policy_of(rules).longest_look_back(days) for rules, days in longest))


def _asks_journeys(orders: Iterable[OrderFacts], found: Evidence) -> bool:
    policies = [policy_of(rules) for rules in {order.rules for order in orders}]
    if any(policy.reads_journeys for policy in policies):
        return True
    rules = {code.rule or policy.code for policy in policies for code in found.codes.values()}
    return bool(rules - {CodeRule.ALWAYS})


def rows_of(statement: str, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of one statement."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return list(cursor.fetchall())


def _clicks(visitors: list[UUID], since: datetime, until: datetime) -> dict[UUID, list[ClickFacts]]:
    found: dict[UUID, list[ClickFacts]] = defaultdict(list)
    for row in rows_of(_CLICKS, [visitors, since, until]):
        found[row[0]].append(ClickFacts(*row[1:9], party=Party(*row[9:])))
    return found


def _codes(orders: Iterable[OrderFacts]) -> dict[tuple[int, str], CodeFacts]:
    shops = list({order.shop_id for order in orders if order.codes})
    names = list({normalized(code) for order in orders for code in order.codes})
    return {
        (row[0], row[1]): CodeFacts(*row[2:7], party=Party(*row[7:]))
        for row in rows_of(_CODES, [shops, names])
    }


def _add_terms(found: Evidence) -> None:
    parties = {click.party for path in found.clicks.values() for click in path}
    parties |= {code.party for code in found.codes.values()}
    if not parties:
        return
    own = list({party.pk for party in parties})
    groups = list({party.group_id for party in parties})
    for pk, affiliate_id, group_id, *period in rows_of(_TERMS, [own, groups]):
        terms = TermsFacts(pk, *period)
        if affiliate_id is not None:
            found._own[affiliate_id].append(terms)
        else:
            found._group[group_id].append(terms)


def _steps(visitors: list[UUID], since: datetime, until: datetime) -> dict[UUID, list[Step]]:
    found: dict[UUID, list[Step]] = defaultdict(list)
    for visitor, at, kind, data in rows_of(_STEPS, [visitors, since, until]):
        told = json.loads(data)
        channel, items = told.get("channel", ""), told.get("items")
        found[visitor].append(Step(at, kind, channel, items, told.get("value_minor")))
    return found


def _uses(limited: Collection[int]) -> dict[int, int]:
    if not limited:
        return {}
    rows_of(_LOCK_CODES, [list(limited)])
    return dict(rows_of(_USES, [list(limited)]))


def _duplicates(order_ids: list[int]) -> frozenset[int]:
    if not order_ids:
        return frozenset()
    rows_of(_LOCK_TWINS, [_TWIN_LOCK, order_ids])
    return frozenset(pk for (pk,) in rows_of(_TWINS, [order_ids, TWIN, TWIN]))
