"""Writing decisions: attributions, touchpoints and credits of many orders in one statement."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import NamedTuple

from core.money import BPS
from tracking.domain.eligibility import plain_verdicts
from tracking.domain.touchpoints import CLICK, Decision, RuleVerdict, Ruling, Share
from tracking.models import Outcome
from tracking.services.attribution_evidence import Evidence, OrderFacts, rows_of
from tracking.services.attribution_facts import ClickFacts, CodeFacts

# An order that another run has decided meanwhile is left as it is. Touchpoints get their numbers
# before they are inserted, so that credits need no second look at them. The commit does not wait
# for the disk: a decision that a crash takes away is made again, the same, from the same facts,
# and whatever was built on it comes later in the log and is gone with it.
_WRITE = """
WITH decided AS (
  SELECT * FROM unnest(%s::bigint[], %s::text[], %s::text[], %s::bigint[])
    AS row(order_id, outcome, reason, policy_id)
), attributions AS (
  INSERT INTO tracking_attribution (order_id, outcome, reason, policy_id, decided_at)
  SELECT order_id, outcome, reason, policy_id, %s FROM decided ORDER BY order_id
  ON CONFLICT (order_id) DO NOTHING
  RETURNING id, order_id
), judged AS MATERIALIZED (
  SELECT nextval('tracking_touchpoint_id_seq') AS id, row.*
  FROM unnest(%s::bigint[], %s::text[], %s::bigint[], %s::timestamptz[], %s::bigint[],
    %s::bigint[], %s::boolean[], %s::text[], %s::text[], %s::text[], %s::integer[], %s::text[],
    %s::integer[], %s::bigint[], %s::timestamptz[], %s::bigint[], %s::text[], %s::text[]
  ) AS row(order_id, kind, affiliate_id, at, link_id, coupon_code_id, won, reason, role,
    navigation, facts, verdicts, share_bps, terms_id, click_at, click_age_seconds, sub_id, surface)
), touchpoints AS (
  INSERT INTO tracking_touchpoint (
    id, attribution_id, kind, affiliate_id, at, link_id, coupon_code_id, won, reason, role,
    navigation, facts, verdicts)
  SELECT judged.id, attributions.id, kind, affiliate_id, at, link_id, coupon_code_id, won, reason,
    role, navigation, facts, verdicts::jsonb
  FROM judged JOIN attributions USING (order_id)
), credits AS (
  INSERT INTO tracking_credit (
    order_id, affiliate_id, touchpoint_id, terms_id, share_bps, role, click_at,
    click_age_seconds, sub_id, surface, created_at)
  SELECT order_id, affiliate_id, judged.id, terms_id, share_bps, role, click_at,
    click_age_seconds, sub_id, surface, %s
  FROM judged JOIN attributions USING (order_id) WHERE won
)
SELECT (SELECT count(*) FROM attributions), set_config('synchronous_commit', 'off', true)
"""


_ATTRIBUTION_COLUMNS, _TOUCHPOINT_COLUMNS = 4, 18
_NULL, _EMPTY = "NULL", '""'
_NO_SHARE = (_NULL,) * 4 + (_EMPTY,) * 2
_ATTRIBUTED, _NOBODY = Outcome.ATTRIBUTED.value, Outcome.NOBODY.value
_encode = json.JSONEncoder().encode


class Decided(NamedTuple):
    """An order with what was decided about it, and the clicks and codes that were judged."""

    order: OrderFacts
    decision: Decision
    clicks: Sequence[ClickFacts]
    codes: Sequence[CodeFacts]


def write(decided: Iterable[Decided], evidence: Evidence, now: datetime) -> int:
    """Keep the decisions; return how many there were not yet.

    :raises ArithmeticError: if the shares of an order do not come to the whole.
    """
    attributions: list[Sequence[str]] = []
    touchpoints: list[Sequence[str]] = []
    for one in decided:
        order, decision = one.order, one.decision
        total = sum(share.share_bps for share in decision.shares)
        if total not in (0, BPS):
            raise ArithmeticError(f"The shares of order {order.pk} come to {total}.")
        outcome = _ATTRIBUTED if decision.shares else _NOBODY
        attributions.append((str(order.pk), outcome, decision.reason, str(order.policy_id)))
        touchpoints += _touchpoints(one, evidence)
    said = [
        *_columns(attributions, _ATTRIBUTION_COLUMNS),
        now,
        *_columns(touchpoints, _TOUCHPOINT_COLUMNS),
        now,
    ]
    [(number, _setting)] = rows_of(_WRITE, said)
    return int(number)


def _columns(rows: Sequence[Sequence[str]], number: int) -> list[str]:
    """Return rows of what arrays hold as the texts of arrays, one for each column."""
    if not rows:
        return ["{}"] * number
    return ["{" + ",".join(column) + "}" for column in zip(*rows, strict=True)]


def _touchpoints(one: Decided, evidence: Evidence) -> Iterable[Sequence[str]]:
    order, decision = one.order, one.decision
    clicks = {found.click.pk: found for found in one.clicks}
    codes = {code.pk: code for code in one.codes}
    shares = {id(share.candidate): share for share in decision.shares}
    for ruling in decision.rulings:
        candidate = ruling.candidate
        click = clicks[candidate.source_id] if candidate.kind == CLICK else None
        share = shares.get(id(candidate))
        if share is None:
            yield (*_touchpoint(order, ruling, click), *_NO_SHARE)
        else:
            party = click.party if click else codes[candidate.source_id].party
            terms = evidence.terms_of(party, order.placed_at)
            if terms is None:
                raise LookupError(f"Order {order.pk} was won without terms.")  # A7 excludes it.
            yield (*_touchpoint(order, ruling, click), *_credit(order, share, terms.pk, click))


def _touchpoint(order: OrderFacts, ruling: Ruling, click: ClickFacts | None) -> Sequence[str]:
    candidate = ruling.candidate
    verdicts = [_PLAIN.get(id(verdict)) or _verdict(verdict) for verdict in ruling.verdicts]
    return (
        str(order.pk),
        candidate.kind,
        str(candidate.affiliate_id),
        f'"{candidate.at}"',
        str(click.click.link_id) if click else _NULL,
        _NULL if click else str(candidate.source_id),
        "t" if ruling.won else "f",
        ruling.reason,
        ruling.part or _EMPTY,
        _quoted(candidate.navigation),
        str(candidate.facts),
        f'"[{",".join(verdicts)}]"',
    )


def _credit(
    order: OrderFacts, share: Share, terms_id: int, found: ClickFacts | None
) -> Sequence[str]:
    """Return what the credit keeps, also of its click, so that no report needs to look it up."""
    if found is None:
        return str(share.share_bps), str(terms_id), _NULL, _NULL, _EMPTY, _EMPTY
    click = found.click
    age = order.placed_at - click.clicked_at
    return (
        str(share.share_bps),
        str(terms_id),
        f'"{click.clicked_at}"',
        str(int(age.total_seconds())),
        _quoted(click.sub_id),
        _quoted(click.surface),
    )


def _verdict(verdict: RuleVerdict) -> str:
    """Return the JSON of a verdict as an array of texts holds it: quick, piece by piece."""
    facts = [f"{_text(name)}: {_value(value)}" for name, value in verdict.facts.items()]
    told = f", {_FACTS}: {{{', '.join(facts)}}}" if facts else ""
    return f"{{{_RULE}: {_text(verdict.rule)}, {_RESULT}: {_text(verdict.result)}{told}}}"


def _value(value: object) -> str:
    if type(value) is int:
        return str(value)
    return _text(value) if isinstance(value, str) else _escaped(_encode(value))


@lru_cache(maxsize=4096)
def _text(text: str) -> str:
    return _escaped(_encode(text))


@lru_cache(maxsize=4096)
def _quoted(text: str) -> str:
    return f'"{_escaped(text)}"'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"')


# Verdicts that are told without facts are one object each, for as long as the programme runs.
_RULE, _RESULT, _FACTS = map(_text, ("rule", "result", "facts"))
_PLAIN = {id(verdict): _verdict(verdict) for verdict in plain_verdicts()}
