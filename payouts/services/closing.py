"""Closing a month: its balances, its signed report, and nothing more in it ever after.

The rules are numbered CL1 to CL9 in ``docs/rules/closing.md``.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import date, datetime

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from core import audit
from core.errors import DomainError
from core.models import User
from core.signatures import sign, signer_of, why_not_sign
from payouts.domain.months import month_end, month_start, next_month
from payouts.gateways.month_report_pdf import MonthReport, month_report_pdf
from payouts.models import (
    ClosedMonth,
    Difference,
    DifferenceState,
    LedgerCheck,
    Reconciliation,
)
from payouts.queries.as_of import Balances, balances_as_of, movements_between
from payouts.services import checks
from payouts.services.ledger import keep_postings_out
from shop.models import Shop

PURPOSE = "closed month"


class MonthNotClosable(DomainError):
    """Something is in the way of closing the month."""

    code = "month_not_closable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Proof:
    """What of a closed month still stands."""

    report_is_whole: bool
    ledger_agrees: bool
    #: Of the key that signed; empty: the signature is not ours.
    public_key: str

    @property
    def signature_is_ours(self) -> bool:
        return bool(self.public_key)

    @property
    def holds(self) -> bool:
        return self.report_is_whole and self.signature_is_ours and self.ledger_agrees


def why_not(month: date, *, now: datetime) -> str:
    """Return a sentence about what is in the way of closing ``month``; nothing when all is well.

    The ledger is as its last check found it: :func:`close` checks it anew.
    """
    checked = LedgerCheck.objects.order_by("at", "pk").last()
    return _in_the_way(month, now) or (
        "" if checked is None or checked.agrees else _ledger_differs()
    )


def close(*, month: date, actor_id: int, now: datetime) -> ClosedMonth:
    """Close a month, named by any of its days. Safe to repeat: a closed month is returned.

    :raises MonthNotClosable: when the month is not over or not the next one, when the ledger
        check differs, when ledger, payouts, Stripe and bank were not compared since its end
        or a difference is open, or when the key that would sign it was retired.
    """
    month = month.replace(day=1)
    closed = ClosedMonth.objects.filter(month=month).first()
    if closed is not None:
        return closed
    _refuse(_in_the_way(month, now))
    # In a transaction of its own: what it found is kept, also when the month is refused.
    if not checks.run(actor_id=actor_id, now=now).agrees:
        raise MonthNotClosable(_ledger_differs())
    return seal(month=month, actor_id=actor_id, now=now)


@transaction.atomic
def seal(*, month: date, actor_id: int, now: datetime) -> ClosedMonth:
    """Store a month, by its first day, that :func:`close` has checked; no posting runs meanwhile.

    :raises MonthNotClosable: when something came in the way since the check.
    """
    keep_postings_out()
    known = ClosedMonth.objects.filter(month=month).first()
    if known is not None:
        return known
    _refuse(_in_the_way(month, now))
    actor = User.objects.get(pk=actor_id)
    since, before = month_start(month), month_end(month)
    closing = balances_as_of(before=before, known_at=now)
    compared = Reconciliation.objects.latest()
    report = MonthReport(
        program=settings.COMPANY["legal_name"] or _name_of_shop(),
        month=month,
        opening=balances_as_of(before=since, known_at=now),
        movements=movements_between(since=since, before=before, known_at=now),
        closing=closing,
        compared_at=compared.at,
        explained=_explained(month),
        closed_by=str(actor),
        closed_at=now,
        fingerprint=_fingerprint(closing),
    )
    body = month_report_pdf(report, actor.language)
    digest = hashlib.sha256(body).hexdigest()
    rows = _rows(closing)
    closed = ClosedMonth.objects.create(
        month=month,
        closed_at=now,
        closed_by=actor,
        balances=rows,
        report=body,
        sha256=digest,
        signature=sign(PURPOSE, _signed(month, digest, _fingerprint(closing)), now=now),
    )
    audit.record(
        actor=actor,
        verb="month.closed",
        subject=closed,
        at=now,
        data={"month": f"{month:%Y-%m}", "sha256": digest, "signature": closed.signature},
    )
    return closed


def read_report(*, month: date, actor_id: int, now: datetime) -> ClosedMonth:
    """Return a closed month for its report to be read, and keep who read it.

    :raises ClosedMonth.DoesNotExist: for a month that is open.
    """
    closed = ClosedMonth.objects.get(month=month.replace(day=1))
    audit.record(actor=actor_id, verb="month.downloaded", subject=closed, at=now)
    return closed


def verify(closed: ClosedMonth) -> Proof:
    """Return whether report, signature and ledger of a closed month still are what they were."""
    return Proof(
        report_is_whole=hashlib.sha256(bytes(closed.report)).hexdigest() == closed.sha256,
        ledger_agrees=balances_as_of(before=month_end(closed.month)) == stored_balances(closed),
        public_key=signer_of(PURPOSE, signed_bytes(closed), closed.signature, at=closed.closed_at),
    )


def signed_bytes(closed: ClosedMonth) -> bytes:
    """Return what the signature of a closed month is of: month, report and balances."""
    return _signed(closed.month, closed.sha256, _fingerprint(stored_balances(closed)))


def stored_balances(closed: ClosedMonth) -> Balances:
    """Return the balances that a closed month ended with."""
    return {(code, currency): minor for code, currency, minor in closed.balances}


def _refuse(why: str) -> None:
    if why:
        raise MonthNotClosable(why)


def _in_the_way(month: date, now: datetime) -> str:
    return _out_of_turn(month, now) or _not_compared(month) or why_not_sign(PURPOSE)


def _out_of_turn(month: date, now: datetime) -> str:
    if now < month_end(month):
        return _("The month is not over yet.")
    last = ClosedMonth.objects.order_by("-month").values_list("month", flat=True).first()
    if last is None or month == next_month(last):
        return ""
    if month <= last:
        return _("A later month is closed.")
    return _("Close %(month)s first: months are closed one after the other.") % {
        "month": f"{next_month(last):%Y-%m}"
    }


def _not_compared(month: date) -> str:
    last = Reconciliation.objects.order_by("at", "pk").last()
    if last is None or last.at < month_end(month):
        return _("Compare ledger, payments, Stripe and bank first: that was not done since.")
    if last.problem:
        return _("The last comparison could not read everything: %(problem)s") % {
            "problem": last.problem
        }
    if Difference.objects.filter(state=DifferenceState.OPEN).exists():
        return _("Differences are open: settle or explain them first.")
    return ""


def _ledger_differs() -> str:
    return _("The check of the ledger differs: settle that first.")


def _name_of_shop() -> str:
    return Shop.objects.order_by("pk").values_list("name", flat=True).first() or "Apport"


def _explained(month: date) -> int:
    return Difference.objects.filter(
        state=DifferenceState.EXPLAINED, closed_at__gte=month_start(month)
    ).count()


def _rows(balances: Balances) -> list[list[str | int]]:
    return [[code, currency, minor] for (code, currency), minor in sorted(balances.items())]


def _fingerprint(balances: Balances) -> str:
    said = json.dumps(_rows(balances), separators=(",", ":"))
    return hashlib.sha256(said.encode()).hexdigest()


def _signed(month: date, report: str, fingerprint: str) -> bytes:
    return f"{month:%Y-%m}\n{report}\n{fingerprint}\n".encode()
