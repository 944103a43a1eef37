"""Writing decisions: attributions, touchpoints and credits of many orders in one statement."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from core.money import BPS
from tracking.domain.touchpoints import CLICK, Decision, Ruling
from tracking.models import Outcome
from tracking.services.attribution_evidence import ClickFacts, Evidence, OrderFacts, rows_of

# An order that another run has decided meanwhile is left as it is. Touchpoints get their numbers
# before they are inserted, so that credits need no second look at them. The commit does not wait
# for the disk: a decision that a crash takes away is made again, the same, from the same facts,
# and whatever was built on it comes later in the log and is gone with it.
_WRITE = """
WITH decided AS (
  SELECT * FROM jsonb_to_recordset(%s::jsonb) AS row(
    order_id bigint, outcome text, reason text, policy_id bigint)
), attributions AS (
  INSERT INTO tracking_attribution (order_id, outcome, reason, policy_id, decided_at)
  SELECT order_id, outcome, reason, policy_id, %s FROM decided ORDER BY order_id
  ON CONFLICT (order_id) DO NOTHING
  RETURNING id, order_id
), judged AS MATERIALIZED (
  SELECT nextval('tracking_touchpoint_id_seq') AS id, row.*
  FROM jsonb_to_recordset(%s::jsonb) AS row(
    order_id bigint, kind text, affiliate_id bigint, at timestamptz, link_id bigint,
    coupon_code_id bigint, won boolean, reason text, role text, navigation text, facts integer,
    verdicts jsonb, share_bps integer, terms_id bigint, click_at timestamptz,
    click_age_seconds bigint, sub_id text, surface text)
), touchpoints AS (
  INSERT INTO tracking_touchpoint (
    id, attribution_id, kind, affiliate_id, at, link_id, coupon_code_id, won, reason, role,
    navigation, facts, verdicts)
  SELECT judged.id, attributions.id, kind, affiliate_id, at, link_id, coupon_code_id, won, reason,
    role, navigation, facts, verdicts
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


@dataclass(frozen=True, slots=True)
class Decided:
    """An order with what was decided about it."""

    order: OrderFacts
    decision: Decision


def write(decided: Iterable[Decided], evidence: Evidence, now: datetime) -> int:
    """Keep the decisions; return how many there were not yet.

    :raises ArithmeticError: if the shares of an order do not come to the whole.
    """
    attributions: list[dict[str, Any]] = []
    touchpoints: list[dict[str, Any]] = []
    for one in decided:
        order, decision = one.order, one.decision
        total = sum(share.share_bps for share in decision.shares)
        if total not in (0, BPS):
            raise ArithmeticError(f"The shares of order {order.pk} come to {total}.")
        outcome = Outcome.ATTRIBUTED if decision.shares else Outcome.NOBODY
        attributions.append(
            {
                "order_id": order.pk,
                "outcome": outcome,
                "reason": decision.reason,
                "policy_id": order.policy_id,
            }
        )
        touchpoints += _touchpoints(order, decision, evidence)
    said = json.dumps(attributions), now, json.dumps(touchpoints), now
    [(number, _setting)] = rows_of(_WRITE, said)
    return int(number)


def _touchpoints(
    order: OrderFacts, decision: Decision, evidence: Evidence
) -> Iterable[dict[str, Any]]:
    clicks = {found.click.pk: found for found in evidence.clicks_of(order)}
    codes = {code.pk: code for code in evidence.codes_of(order)}
    shares = {id(share.candidate): share for share in decision.shares}
    for ruling in decision.rulings:
        candidate = ruling.candidate
        click = clicks[candidate.source_id] if candidate.kind == CLICK else None
        row = _touchpoint(order, ruling, click)
        share = shares.get(id(candidate))
        if share is not None:
            party = click.party if click else codes[candidate.source_id].party
            terms = evidence.terms_of(party, order.placed_at)
            if terms is None:
                raise LookupError(f"Order {order.pk} was won without terms.")  # A7 excludes it.
            row |= {"share_bps": share.share_bps, "terms_id": terms.pk, **_landing(order, click)}
        yield row


def _touchpoint(order: OrderFacts, ruling: Ruling, click: ClickFacts | None) -> dict[str, Any]:
    candidate = ruling.candidate
    return {
        "order_id": order.pk,
        "kind": candidate.kind,
        "affiliate_id": candidate.affiliate_id,
        "at": candidate.at.isoformat(),
        "link_id": click.click.link_id if click else None,
        "coupon_code_id": None if click else candidate.source_id,
        "won": ruling.won,
        "reason": ruling.reason,
        "role": ruling.part or "",
        "navigation": candidate.navigation,
        "facts": candidate.facts,
        "verdicts": [verdict.as_json() for verdict in ruling.verdicts],
    }


def _landing(order: OrderFacts, found: ClickFacts | None) -> dict[str, Any]:
    """Return what the credit keeps of the click that won, so that no report needs to look it up."""
    if found is None:
        return {"sub_id": "", "surface": ""}
    click = found.click
    age = order.placed_at - click.clicked_at
    return {
        "click_at": click.clicked_at.isoformat(),
        "click_age_seconds": int(age.total_seconds()),
        "sub_id": click.sub_id,
        "surface": click.surface,
    }
