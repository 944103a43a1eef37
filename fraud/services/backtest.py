"""Trying a signal on what lies behind: what it would have said, and how right. Rule CA18."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.nudge import nudge
from fraud.domain.backtest import Tally
from fraud.domain.evidence import Answer, Finding
from fraud.domain.signal import AffiliateSignal, CreditSignal
from fraud.domain.signals import AFFILIATE_SIGNALS, CREDIT_SIGNALS, SIGNALS
from fraud.models import (
    Backtest,
    BacktestStatus,
    Case,
    CaseCredit,
    CaseStatus,
    Decision,
    Mode,
    Ruling,
    WouldFlag,
)
from fraud.queries import evidence_for
from fraud.queries.affiliates import affiliate_evidence
from fraud.services.settings import changed_only
from tracking.models import Credit

Clock = Callable[[], datetime]
CHUNK = 500
MOST_DAYS = 365
#: What an account is judged by at a moment: fraud.queries.sums.
LOOK_BACK_DAYS = 30
#: Rows that are kept to be looked at; the sums count all.
MOST_FLAGGED = 200
#: A worker that has said nothing for this long is taken for dead.
SILENT = timedelta(minutes=10)
_OF_CREDITS = {signal.code: signal for signal in CREDIT_SIGNALS}
_OF_ACCOUNTS = {signal.code: signal for signal in AFFILIATE_SIGNALS}


class Judged(NamedTuple):
    """A credit, or an account at a moment, judged again, and what people had decided about it."""

    affiliate_id: int
    credit_id: int | None
    answer: Answer
    ruling: str
    was_paid: bool


class Chunk(NamedTuple):
    """Some of what is judged again, how many are done with it, and how many there are."""

    judged: list[Judged]
    done: int
    total: int


class BacktestRefused(DomainError):
    """A signal cannot be tried as asked for."""

    code = "backtest_refused"


@transaction.atomic
def ask(
    *, code: str, thresholds: Mapping[str, int], days: int, actor_id: int, now: datetime
) -> Backtest:
    """Ask for a signal to be tried on the orders of the last ``days``. It runs in a task.

    Safe to repeat: the same, while it is under way, is asked once.

    :raises SettingRefused: for an unknown signal or thresholds out of bounds.
    :raises BacktestRefused: for days that are not between 1 and 365.
    """
    own = changed_only(code, Mode.LIVE, thresholds)
    if not 1 <= days <= MOST_DAYS:
        raise BacktestRefused(
            _("Choose how many days to look back: 1 to %(most)s.") % {"most": MOST_DAYS}
        )
    tried = {**SIGNALS[code].limits, **own}
    under_way = Backtest.objects.filter(
        status__in=[BacktestStatus.QUEUED, BacktestStatus.RUNNING], code=code, days=days
    ).select_for_update()
    for other in under_way:
        if other.thresholds == tried:
            return other
    made = Backtest.objects.create(
        code=code,
        version=SIGNALS[code].version,
        thresholds=tried,
        days=days,
        status_changed_at=now,
        asked_at=now,
        author_id=actor_id,
    )
    nudge("fraud.tasks.run_backtests")
    return made


def run_next(*, clock: Clock) -> bool:
    """Run the back-test that waits longest; tell whether there was one.

    ``clock`` tells the time: it lasts, and says meanwhile that its worker lives.
    """
    backtest = _claim(clock())
    if backtest is None:
        return False
    try:
        run(backtest, clock=clock)
    except Exception:
        _end(backtest, BacktestStatus.FAILED, clock())
        raise
    return True


def run(backtest: Backtest, *, clock: Clock) -> None:
    """Judge what lies behind again, chunk by chunk, and store sums and examples."""
    code = backtest.code
    chunks = (
        _credits_judged(backtest, _OF_CREDITS[code])
        if code in _OF_CREDITS
        else _accounts_judged(backtest, _OF_ACCOUNTS[code])
    )
    tally, kept = Tally(), 0
    for chunk in chunks:
        flagged = []
        for one in chunk.judged:
            is_flag = tally.add(one.answer, ruling=one.ruling, was_paid=one.was_paid)
            if is_flag and isinstance(one.answer, Finding):
                flagged.append(_flag(backtest, one, one.answer))
        WouldFlag.objects.bulk_create(flagged[: MOST_FLAGGED - kept])
        kept = min(MOST_FLAGGED, kept + len(flagged))
        Backtest.objects.filter(pk=backtest.pk).update(
            done=chunk.done, total=chunk.total, progressed_at=clock(), summary=tally.as_json()
        )
    backtest.summary = tally.as_json()
    _end(backtest, BacktestStatus.DONE, clock())


def _credits_judged(backtest: Backtest, signal: CreditSignal) -> Iterator[Chunk]:
    since = backtest.asked_at - timedelta(days=backtest.days)
    credits = Credit.objects.filter(
        order__placed_at__gte=since, order__placed_at__lt=backtest.asked_at, order__is_test=False
    )
    ids = list(credits.order_by("-order__placed_at", "pk").values_list("pk", flat=True))
    for place in range(0, len(ids), CHUNK):
        chunk = ids[place : place + CHUNK]
        rows = list(
            Credit.objects.filter(pk__in=chunk)
            .select_related("order", "affiliate", "screening")
            .order_by("-order__placed_at", "pk")
        )
        facts, rulings = evidence_for(rows), _rulings(chunk)
        judged = [
            Judged(
                credit.affiliate_id,
                credit.pk,
                signal.judge(facts[credit.pk], backtest.thresholds),
                rulings.get(credit.pk, ""),
                _was_paid(credit, rulings.get(credit.pk, "")),
            )
            for credit in rows
        ]
        yield Chunk(judged, place + len(chunk), len(ids))


def _accounts_judged(backtest: Backtest, signal: AffiliateSignal) -> Iterator[Chunk]:
    """Yield every account as it was at the end of each look-back of thirty days, newest first."""
    periods = max(1, backtest.days // LOOK_BACK_DAYS)
    for number in range(periods):
        moment = backtest.asked_at - timedelta(days=number * LOOK_BACK_DAYS)
        facts = affiliate_evidence(moment)
        rulings = _verdicts(facts, signal.family.value)
        judged = [
            Judged(
                pk,
                None,
                signal.judge(facts[pk], backtest.thresholds),
                rulings.get(pk, ""),
                pk not in rulings,
            )
            for pk in sorted(facts)
        ]
        yield Chunk(judged, number + 1, periods)


def _verdicts(affiliate_ids: Collection[int], family: str) -> dict[int, str]:
    """Return how people decided last about accounts in cases of a family; empty while they wait."""
    said = {CaseStatus.CONFIRMED: Ruling.REFUSED, CaseStatus.DISMISSED: Ruling.CLEARED}
    rows = Case.objects.filter(
        affiliate__in=affiliate_ids, family=family, appealed_in__isnull=True
    ).order_by("status_changed_at", "pk")
    return {
        pk: said[CaseStatus(status)].value if status in said else ""
        for pk, status in rows.values_list("affiliate_id", "status")
    }


def _flag(backtest: Backtest, one: Judged, finding: Finding) -> WouldFlag:
    return WouldFlag(
        backtest=backtest,
        affiliate_id=one.affiliate_id,
        credit_id=one.credit_id,
        level=finding.level.value,
        evidence=finding.facts,
        ruling=one.ruling,
    )


def _rulings(credit_ids: Collection[int]) -> dict[int, str]:
    """Return what people decided last about credits; a refusal counts more than a clearance."""
    rows = CaseCredit.objects.standing().filter(credit__in=credit_ids)
    found: dict[int, str] = {}
    for pk, ruling in rows.exclude(ruling=Ruling.WAITING).values_list("credit_id", "ruling"):
        if found.get(pk) != Ruling.REFUSED:
            found[pk] = ruling
    return found


def _was_paid(credit: Credit, ruling: str) -> bool:
    """Tell whether a credit went through: neither the signals nor people refuse or hold it."""
    screening = getattr(credit, "screening", None)
    if screening is None or screening.decision == Decision.REFUSE:
        return False
    return ruling == Ruling.CLEARED or screening.decision != Decision.HOLD and not ruling


@transaction.atomic
def _claim(now: datetime) -> Backtest | None:
    silent = Backtest.objects.filter(
        status=BacktestStatus.RUNNING, progressed_at__lt=now - SILENT
    ).select_for_update(skip_locked=True)
    for dead in silent:
        dead.move_to(BacktestStatus.FAILED, at=now)
        dead.save(update_fields=["status", "status_changed_at"])
    waiting = Backtest.objects.filter(status=BacktestStatus.QUEUED).order_by("asked_at", "pk")
    found = waiting.select_for_update(skip_locked=True).first()
    if found is not None:
        found.move_to(BacktestStatus.RUNNING, at=now)
        found.progressed_at = now
        found.save(update_fields=["status", "status_changed_at", "progressed_at"])
    return found


@transaction.atomic
def _end(backtest: Backtest, status: str, now: datetime) -> None:
    row = Backtest.objects.select_for_update().get(pk=backtest.pk)
    if row.status != BacktestStatus.RUNNING:
        return
    row.move_to(status, at=now)
    row.summary = backtest.summary
    row.save(update_fields=["status", "status_changed_at", "summary"])
