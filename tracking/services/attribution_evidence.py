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
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

from django.db import connection
from psycopg import Cursor

from tracking.domain.codes import normalized
from tracking.domain.landed import LANDS_WITHIN, proven_by
from tracking.domain.policy import CodeRule, Policy
from tracking.domain.references import to_uuid
from tracking.domain.surfaces import is_tap
from tracking.domain.touchpoints import (
    CLICK,
    CODE,
    KNOWN_JOURNEY,
    UNKNOWN_JOURNEY,
    Candidate,
    Journey,
    Sale,
    Step,
)
from tracking.queries import clicks_of_visitors
from tracking.services.attribution_facts import ClickFacts, CodeFacts, Party, TermsFacts

#: How much longer than the longest look-back clicks are looked up, to say that one was too old.
TOO_OLD = timedelta(days=30)
#: How long after an order clicks are looked up, to say that one came too late.
TOO_LATE = timedelta(days=1)
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
    follows_id: int | None  # The order that this one exchanges or adds to.
    follows_at: datetime | None
    staff_code: str  # Of the shop's staff discount, if the order used one.
    visitors: frozenset[UUID]  # Whose references the order carries.

    @classmethod
    def of(cls, row: Sequence[Any]) -> OrderFacts:
        """Return the order of a row of ``ORDER_COLUMNS``. What is no reference is left out."""
        return cls(*(*row, frozenset(filter(None, map(to_uuid, row[4])))))

    def under(self, rules: str) -> OrderFacts:
        """Return the same order under the policy of these rules."""
        return self._replace(rules=rules)

    @property
    def clicks_since(self) -> datetime:
        """From when on clicks are looked up."""
        return self.placed_at - _look_back(self.rules, self.longest_window)

    @property
    def clicks_until(self) -> datetime:
        """Until when clicks are looked up."""
        return self.placed_at + TOO_LATE

    def sale(self, *, is_duplicate: bool) -> Sale:
        """Return what attribution is told of the order."""
        return Sale(placed_at=self.placed_at, is_duplicate=is_duplicate, staff_code=self.staff_code)

    @property
    def policy(self) -> Policy:
        """The policy of the order's date."""
        return policy_of(self.rules)


#: The columns of ``OrderFacts``, of orders ``o`` with the policy of their date.
ORDER_COLUMNS = """
SELECT o.id, o.shop_id, o.placed_at, o.codes, o.click_tokens, p.id, p.rules::text,
  (SELECT coalesce(max(window_days), 0) FROM affiliates_terms),
  o.number <> '' AND EXISTS (
    SELECT FROM shop_shop mine JOIN shop_shop other ON other.link_hosts && mine.link_hosts
    WHERE mine.id = o.shop_id AND other.id <> mine.id),
  o.follows_id, (SELECT placed_at FROM shop_order WHERE id = o.follows_id),
  coalesce((SELECT min(typed.code) FROM unnest(o.codes) AS typed(code), tracking_staffcode k
    WHERE k.shop_id = o.shop_id AND k.valid_from <= o.placed_at
      AND (k.valid_to IS NULL OR o.placed_at < k.valid_to)
      AND CASE WHEN right(k.code, 1) = '*'
        THEN starts_with(upper(btrim(typed.code)), rtrim(k.code, '*'))
        ELSE upper(btrim(typed.code)) = k.code END), '')
FROM shop_order o CROSS JOIN LATERAL (
  SELECT id, rules FROM tracking_attributionpolicy
  WHERE valid_from <= o.placed_at ORDER BY valid_from DESC LIMIT 1) p
"""
# With the periods in which an experiment has the affiliate off (A18).
_PARTY = """
SELECT a.id, a.group_id, a.kind, a.is_contracted, a.status, a.status_changed_at,
  ARRAY(SELECT tstzrange(b.starts_at, least(b.ends_at, e.ends_at))
    FROM experiments_block b JOIN experiments_experiment e ON e.id = b.experiment_id
    WHERE e.subject = 'affiliate:' || a.id AND e.design = 'switchback' AND b.is_control
      AND e.status IN ('running', 'ended') AND b.starts_at < e.ends_at),
"""
# One row for each period of terms that may be the affiliate's; its own before its group's.
_LINKS = f"""{_PARTY}
  ARRAY(SELECT tstzrange(began_at, ended_at) FROM affiliates_stop
    WHERE affiliate_id = a.id AND what = 'links'),
  t.id, t.valid_from, t.valid_to, t.window_days, l.id, l.shop_id, s.link_origin <> ''
FROM tracking_link l JOIN affiliates_affiliate a ON a.id = l.affiliate_id
JOIN shop_shop s ON s.id = l.shop_id
LEFT JOIN affiliates_terms t ON t.affiliate_id = a.id OR t.group_id = a.group_id
WHERE l.id = ANY(%s::bigint[])
ORDER BY t.affiliate_id IS NULL, t.id
"""  # noqa: S608
_CODES = f"""{_PARTY}
  ARRAY(SELECT tstzrange(began_at, ended_at) FROM affiliates_stop
    WHERE affiliate_id = a.id AND what = 'codes'),
  t.id, t.valid_from, t.valid_to, t.window_days,
  k.id, k.valid_from, k.valid_to, k.policy, k.usage_limit, k.shop_id, upper(k.code)
FROM tracking_couponcode k JOIN affiliates_affiliate a ON a.id = k.affiliate_id
LEFT JOIN affiliates_terms t ON t.affiliate_id = a.id OR t.group_id = a.group_id
WHERE k.shop_id = ANY(%s::bigint[]) AND upper(k.code) = ANY(%s)
ORDER BY t.affiliate_id IS NULL, t.id
"""  # noqa: S608
# Functions with settings of their own (tracking 0011): only the visitors' index is used.
_STEPS = "SELECT visitor, at, kind, data FROM tracking_steps_of(%s::uuid[], %s, %s, '')"
_LANDINGS = "SELECT visitor, at, kind, data FROM tracking_steps_of(%s::uuid[], %s, %s, 'landing')"
_LOCK_CODES = """
SELECT id FROM tracking_couponcode WHERE id = ANY(%s::bigint[]) ORDER BY id FOR UPDATE
"""
_USES = """
SELECT t.coupon_code_id, count(*) FROM tracking_touchpoint t
JOIN tracking_credit c ON c.touchpoint_id = t.id
WHERE t.coupon_code_id = ANY(%s::bigint[]) AND t.reason <> 'followed_order' GROUP BY 1
"""
_LOCK_TWINS = """
SELECT pg_advisory_xact_lock(%s, bucket) FROM (
  SELECT DISTINCT hashtext(number) & 255 AS bucket FROM shop_order
  WHERE id = ANY(%s::bigint[])
  ORDER BY bucket) AS buckets
"""
# Of twins the first row earns, unless a later one was decided before it came.
_TWINS = """
SELECT o.id FROM shop_order o WHERE o.id = ANY(%s::bigint[]) AND EXISTS (
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


@lru_cache(maxsize=256)
def _look_back(rules: str, longest_window: int) -> timedelta:
    return timedelta(days=policy_of(rules).longest_look_back(longest_window)) + TOO_OLD


@dataclass(slots=True)
class Evidence:
    """Everything that the orders of one batch name."""

    clicks: dict[UUID, list[ClickFacts]] = field(default_factory=dict)
    codes: dict[tuple[int, str], CodeFacts] = field(default_factory=dict)
    steps: dict[UUID, list[Step]] = field(default_factory=dict)
    duplicates: frozenset[int] = frozenset()
    uses: dict[int, int] = field(default_factory=dict)
    terms: dict[int, dict[int, TermsFacts]] = field(default_factory=lambda: defaultdict(dict))

    def clicks_of(self, order: OrderFacts) -> list[ClickFacts]:
        """Return the clicks near the order of the visitors that it names (A20)."""
        since, until = order.clicks_since, order.clicks_until
        return [
            found
            for visitor in order.visitors
            for found in self.clicks.get(visitor, ())
            if since <= found.click.clicked_at <= until
        ]

    def codes_of(self, order: OrderFacts) -> list[CodeFacts]:
        """Return the promo codes typed in with the order that are an affiliate's."""
        names = {normalized(code) for code in order.codes}
        found = (self.codes.get((order.shop_id, name)) for name in sorted(names))
        return [code for code in found if code is not None]

    def terms_of(self, party: Party, moment: datetime) -> TermsFacts | None:
        """Return the terms of an affiliate at a moment: its own before its group's."""
        for terms in self.terms[party.pk].values():
            if terms.holds(moment):
                return terms
        return None

    def party_of(self, row: Sequence[Any]) -> Party:
        """Return the affiliate that a row begins with, and keep the terms that follow it."""
        party = Party(*row[:8])
        if row[8] is not None:
            self.terms[party.pk].setdefault(row[8], TermsFacts(*row[8:12]))
        return party

    def journey_of(self, order: OrderFacts, *, is_known: bool) -> Journey:
        """Return what the buyer did until the order. ``is_known`` tells whether clicks are."""
        if not self.steps:
            return KNOWN_JOURNEY if is_known else UNKNOWN_JOURNEY
        since = order.clicks_since
        steps = [
            step
            for visitor in order.visitors
            for step in self.steps.get(visitor, ())
            if since <= step.at <= order.placed_at
        ]
        return Journey.of(steps, is_known=bool(steps) or is_known)

    def from_click(self, order: OrderFacts, found: ClickFacts) -> Candidate:
        """Return a click as a touchpoint of the order."""
        click, party = found.click, found.party
        terms = self.terms_of(party, order.placed_at)
        return Candidate(
            kind=CLICK,
            source_id=click.pk,
            affiliate_id=party.pk,
            at=click.clicked_at,
            window_days=None if terms is None else terms.window_days,
            affiliate_active=party.was_active(order.placed_at)
            and not party.stood_still(click.clicked_at),
            is_off=party.was_off(click.clicked_at),
            affiliate_kind=party.kind,
            is_contracted=party.is_contracted,
            same_shop=found.shop_id == order.shop_id,
            navigation=click.navigation,
            facts=click.facts,
            is_on_site=is_tap(click.surface, click.navigation, click.facts),
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
            is_off=code.party.was_off(order.placed_at),
            affiliate_kind=code.party.kind,
            is_contracted=code.party.is_contracted,
            code_valid=code.is_valid(order.placed_at),
            code_used_up=code.usage_limit is not None
            and self.uses.get(code.pk, 0) >= code.usage_limit,
            code_rule=code.rule,
        )


def gather(orders: Sequence[OrderFacts], *, until: datetime, deciding: bool = True) -> Evidence:
    """Return what is known of ``orders``: at most nine statements for any number of them.

    No click after ``until`` is looked up. With ``deciding`` the transaction then holds the promo
    codes whose uses are counted, and the numbers that may come twice.
    """
    found = Evidence()
    visitors = {visitor for order in orders for visitor in order.visitors}
    since = min(order.clicks_since for order in orders)
    if visitors:
        latest = min(until, max(order.clicks_until for order in orders))
        _add_clicks(found, list(visitors), since, latest)
    if any(order.codes for order in orders):
        _add_codes(found, orders)
    if visitors and _asks_journeys(orders, found):
        found.steps = _steps(list(visitors), since, max(order.placed_at for order in orders))
    if deciding:
        found.uses = _uses([code.pk for code in found.codes.values() if code.usage_limit])
        found.duplicates = _duplicates([order.pk for order in orders if order.has_sisters])
    return found


def _asks_journeys(orders: Iterable[OrderFacts], found: Evidence) -> bool:
    policies = [policy_of(rules) for rules in {order.rules for order in orders}]
    if any(policy.reads_journeys for policy in policies):
        return True
    rules = {code.rule or policy.code for policy in policies for code in found.codes.values()}
    return bool(rules - {CodeRule.ALWAYS})


def rows_of(statement: LiteralString, parameters: Sequence[Any]) -> list[tuple[Any, ...]]:
    """Return the rows of a statement that this connection plans once, however often it comes."""
    connection.ensure_connection()
    with connection.wrap_database_errors, Cursor(connection.connection) as cursor:
        return cursor.execute(statement, parameters, prepare=True, binary=True).fetchall()


def _add_clicks(found: Evidence, visitors: list[UUID], since: datetime, until: datetime) -> None:
    clicks = clicks_of_visitors(visitors, since, until)
    if not clicks:
        return
    links = list({click.link_id for click in clicks})
    behind: dict[int, tuple[int, Party, bool]] = {}
    for row in rows_of(_LINKS, [links]):
        behind[row[12]] = row[13], found.party_of(row), row[14]
    landings = _landings(visitors, clicks[0].clicked_at, clicks[-1].clicked_at + LANDS_WITHIN)
    next_click_at: dict[UUID, datetime] = {}
    for click in reversed(clicks):
        shop_id, party, is_same_origin = behind[click.link_id]
        told = landings.get(click.visitor)
        known = click
        if told:
            proven = proven_by(
                click.facts,
                navigation=click.navigation,
                clicked_at=click.clicked_at,
                landings=told,
                next_click_at=next_click_at.get(click.visitor),
                is_same_origin=is_same_origin,
            )
            next_click_at[click.visitor] = click.clicked_at
            known = click._replace(facts=int(proven))
        found.clicks.setdefault(click.visitor, []).append(ClickFacts(known, shop_id, party))
    for of_visitor in found.clicks.values():
        of_visitor.reverse()


def _add_codes(found: Evidence, orders: Iterable[OrderFacts]) -> None:
    shops = list({order.shop_id for order in orders if order.codes})
    names = list({normalized(code) for order in orders for code in order.codes})
    for row in rows_of(_CODES, [shops, names]):
        found.codes[row[17], row[18]] = CodeFacts._make((*row[12:17], found.party_of(row)))


def _landings(
    visitors: list[UUID], since: datetime, until: datetime
) -> dict[UUID, list[tuple[datetime, Any]]]:
    """Return what landing pages told of the visitors, each with its time."""
    told: dict[UUID, list[tuple[datetime, Any]]] = defaultdict(list)
    for visitor, at, _kind, data in rows_of(_LANDINGS, [visitors, since, until]):
        told[visitor].append((at, json.loads(data)))
    return told


def _steps(visitors: list[UUID], since: datetime, until: datetime) -> dict[UUID, list[Step]]:
    found: dict[UUID, list[Step]] = defaultdict(list)
    for visitor, at, kind, data in rows_of(_STEPS, [visitors, since, until]):
        told = json.loads(data)
        basket = told.get("items"), told.get("value_minor")
        found[visitor].append(Step(at, kind, told.get("channel", ""), *basket))
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
