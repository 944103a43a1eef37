"""What the pipeline decided in the end, read from its rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from fraud.evaluation.run import Run, order_key
from fraud.models import (
    Case,
    CaseCredit,
    CaseStatus,
    Decision,
    Observation,
    Ruling,
    Screening,
    Severity,
    Signal,
)
from tracking.domain.touchpoints import Reason
from tracking.models import Attribution, Outcome, Touchpoint

#: Why a touchpoint was left out that somebody had tried to be paid for.
FRAUD_REASONS = (
    Reason.NOT_A_VISIT, Reason.STOOD_DOWN, Reason.BASKET_BEFORE_CLICK, Reason.SESSION_OPEN
)  # fmt: skip


class Verdict(StrEnum):
    """What becomes of an order's commission, or of an account; heaviest first."""

    REFUSE = "refuse"
    HOLD = "hold"
    REVIEW = "review"
    PAY = "pay"


@dataclass(frozen=True, slots=True)
class Code:
    """A signal that spoke, and how heavily."""

    code: str
    level: str

    def as_json(self) -> dict[str, str]:
        """Return what the answer says of it."""
        return {"code": self.code, "level": self.level}


@dataclass(frozen=True, slots=True)
class Judged:
    """What was decided about an order or an affiliate."""

    verdict: Verdict
    codes: tuple[Code, ...] = ()


def of_orders(run: Run) -> dict[str, Judged]:
    """Return what was decided about each order of the file, by its id."""
    screened = _screened()
    excluded = _excluded()
    clicks = run.clicks_of_orders
    found = {}
    for name in run.contents.orders:
        key = order_key(name)
        if key in screened:
            found[name] = screened[key]
        elif key in excluded:
            found[name] = Judged(Verdict.REFUSE, _refusals(excluded[key]))
        elif clicks.get(name, "") in run.landings.not_visits:
            found[name] = Judged(Verdict.REFUSE, _refusals([Reason.NOT_A_VISIT]))
        else:
            found[name] = Judged(Verdict.PAY)
    return found


def of_affiliates(run: Run) -> dict[str, Judged]:
    """Return what is so of each affiliate of the file at its end, by its id."""
    live, grounds = _observed(ended=False), _observed(ended=True)
    held = set(
        Case.objects.filter(status=CaseStatus.OPEN, holds_account=True).values_list(
            "affiliate_id", flat=True
        )
    )
    found = {}
    for name, pk in run.programme.affiliates.items():
        codes = tuple(live[pk])
        if pk in held:
            verdict, codes = Verdict.HOLD, tuple(grounds[pk])
        elif any(one.level in {Severity.HOLD, Severity.REVIEW} for one in codes):
            verdict = Verdict.REVIEW
        else:
            verdict = Verdict.PAY
        found[name] = Judged(verdict, codes)
    return found


def _screened() -> dict[str, Judged]:
    codes: dict[int, list[Code]] = defaultdict(list)
    spoken = Signal.objects.filter(is_shadow=False).order_by("pk")
    for pk, code, level in spoken.values_list("screening_id", "code", "severity"):
        codes[pk].append(Code(code, level))
    waiting = set(
        CaseCredit.objects.filter(ruling=Ruling.WAITING).values_list("credit_id", flat=True)
    )
    accounts = _observed(ended=True)
    verdicts: dict[str, Judged] = {}
    rows = Screening.objects.values_list(
        "pk", "credit_id", "credit__order__external_id", "credit__affiliate_id", "decision"
    )
    for pk, credit_id, order, affiliate_id, decision in rows:
        own = codes[pk]
        if decision == Decision.REFUSE:
            verdict = Verdict.REFUSE
        elif credit_id in waiting:
            verdict = Verdict.HOLD
            own = own + [one for one in accounts[affiliate_id] if one.level == Severity.HOLD]
        else:
            verdict = Verdict.REVIEW if decision == Decision.REVIEW else Verdict.PAY
        judged = Judged(verdict, tuple(own))
        verdicts[order] = _heavier(verdicts.get(order), judged)
    return verdicts


def _heavier(one: Judged | None, other: Judged) -> Judged:
    """Return the heavier of what was decided about the parts of an order."""
    if one is None:
        return other
    order = list(Verdict)
    return min(one, other, key=lambda judged: order.index(judged.verdict))


def _observed(*, ended: bool) -> Mapping[int, list[Code]]:
    """Return what stands of each account, or also what stood: what holds it may have ended."""
    found: dict[int, list[Code]] = defaultdict(list)
    rows = Observation.objects.filter(is_shadow=False).order_by("pk")
    if not ended:
        rows = rows.filter(ended_at__isnull=True)
    for affiliate_id, code, level in rows.values_list("affiliate_id", "code", "severity"):
        if Code(code, level) not in found[affiliate_id]:
            found[affiliate_id].append(Code(code, level))
    return found


def _excluded() -> Mapping[str, list[str]]:
    """Return for orders of nobody why touchpoints were left out, where that was for cause."""
    found: dict[str, list[str]] = defaultdict(list)
    nobody = Attribution.objects.filter(outcome=Outcome.NOBODY)
    rows = Touchpoint.objects.filter(attribution__in=nobody, reason__in=FRAUD_REASONS)
    for order, reason in rows.values_list("attribution__order__external_id", "reason"):
        found[order].append(reason)
    return found


def _refusals(reasons: Iterable[str]) -> tuple[Code, ...]:
    return tuple(Code(str(reason), Severity.REFUSE.value) for reason in sorted(set(reasons)))
