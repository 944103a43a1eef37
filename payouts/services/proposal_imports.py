"""Many adjustments from one file: rehearsed first, then all of them or none (rules A8, A9)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db import transaction
from django.db.models import Sum
from django.db.models.functions import Abs
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, Membership, Programme
from core.errors import DomainError
from core.money import Money
from payouts.models import AdjustmentProposal, Commission, ProposalStatus
from payouts.services import proposals
from payouts.services.proposal_files import FileLine
from payouts.services.proposal_rules import ProposalRefused, Wanted

PREFIX = "csv:"


class Outcome(StrEnum):
    """What becomes of a line."""

    BOOKED = "booked"
    PROPOSED = "proposed"
    KNOWN = "known"  # Brought in before, with the same content.
    REFUSED = "refused"


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportedLine:
    """A line of the file, whom it is about, and what becomes of it or why nothing does."""

    line: FileLine
    affiliate: Affiliate | None = None
    outcome: Outcome
    refusal: DomainError | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ImportResult:
    """Every line in the order of the file. ``is_done`` tells whether anything was written."""

    lines: tuple[ImportedLine, ...]
    needs_second: bool
    is_done: bool

    def count(self, outcome: Outcome) -> int:
        """Return how many lines come to ``outcome``."""
        return sum(one.outcome == outcome for one in self.lines)

    @property
    def has_refusals(self) -> bool:
        """Tell whether a line stops the whole file."""
        return self.count(Outcome.REFUSED) > 0

    def totals(self) -> list[tuple[Money, Money]]:
        """Return what new lines add and take back, a pair for each currency."""
        new = [one.line.amount for one in self.lines if one.outcome in _NEW and one.line.amount]
        return [
            (
                Money(sum(m.minor for m in new if m.currency == code and m.minor > 0), code),
                Money(sum(m.minor for m in new if m.currency == code and m.minor < 0), code),
            )
            for code in sorted({money.currency for money in new})
        ]


_NEW = (Outcome.BOOKED, Outcome.PROPOSED)


class _Undo(Exception):
    """Carries a result out of a transaction that leaves nothing behind."""

    def __init__(self, result: ImportResult) -> None:
        super().__init__()
        self.result = result


def bring_in(
    lines: Sequence[FileLine], *, file_name: str, author_id: int, is_rehearsal: bool, now: datetime
) -> ImportResult:
    """Propose every line of a file, or nothing: one line that is refused stops all of them.

    Safe to repeat: a key that was brought in before with the same content is passed over. When
    the amounts of new lines, pluses and minuses alike, reach the programme's limit together with
    what the same person brought in alone that day, every one waits for a second person (A9). A
    rehearsal does all of it and undoes it.
    """
    try:
        with transaction.atomic():
            result = _bring_in(lines, file_name, author_id, now)
            if is_rehearsal or result.has_refusals:
                raise _Undo(result)
    except _Undo as undone:
        return ImportResult(
            lines=undone.result.lines, needs_second=undone.result.needs_second, is_done=False
        )
    return result


def _bring_in(
    lines: Sequence[FileLine], file_name: str, author_id: int, now: datetime
) -> ImportResult:
    affiliates = _affiliates({line.cells.get("affiliate", "") for line in lines})
    commissions = _commissions(lines, affiliates)
    _lock(affiliates.values(), commissions.values())
    keys = [f"{PREFIX}{line.cells.get('key', '')}" for line in lines]
    known = {row.source_key: row for row in _stored(keys)}
    drafts = [
        _draft(line, affiliates, commissions, file_name, is_twice=keys.index(key) < place)
        for place, (line, key) in enumerate(zip(lines, keys, strict=True))
    ]
    new = [one for one in drafts if isinstance(one, Wanted) and one.source_key not in known]
    needs_second = _needs_second(new, author_id, now)
    done = tuple(
        _place(line, affiliates, draft, known, needs_second, author_id, now)
        for line, draft in zip(lines, drafts, strict=True)
    )
    waits = needs_second or any(one.outcome == Outcome.PROPOSED for one in done)
    return ImportResult(lines=done, needs_second=waits, is_done=True)


def _needs_second(new: Sequence[Wanted], author_id: int, now: datetime) -> bool:
    since, until = proposals.day_of(now)
    alone = AdjustmentProposal.objects.filter(
        author=author_id,
        status=ProposalStatus.BOOKED,
        decided_by__isnull=True,
        status_changed_at__gte=since,
        status_changed_at__lt=until,
    ).exclude(import_name="")
    before: int | None = alone.aggregate(total=Sum(Abs("amount_minor")))["total"]
    total = (before or 0) + sum(abs(one.amount.minor) for one in new)
    return bool(new) and total >= Programme.get().four_eyes_from_minor


def _place(
    line: FileLine,
    affiliates: dict[str, Affiliate],
    draft: Wanted | DomainError,
    known: dict[str, AdjustmentProposal],
    needs_second: bool,
    author_id: int,
    now: datetime,
) -> ImportedLine:
    affiliate = affiliates.get(line.cells.get("affiliate", "").lower())
    refusal: DomainError
    if isinstance(draft, DomainError):
        refusal = draft
    else:
        try:
            with transaction.atomic():
                placed = proposals.place(
                    draft, author_id=author_id, now=now, needs_second=needs_second
                )
        except DomainError as error:
            refusal = error
        else:
            booked = placed.status == ProposalStatus.BOOKED
            outcome = Outcome.BOOKED if booked else Outcome.PROPOSED
            if draft.source_key in known:
                outcome = Outcome.KNOWN
            return ImportedLine(line=line, affiliate=affiliate, outcome=outcome)
    return ImportedLine(line=line, affiliate=affiliate, outcome=Outcome.REFUSED, refusal=refusal)


def _draft(
    line: FileLine,
    affiliates: dict[str, Affiliate],
    commissions: dict[tuple[int, str], Commission],
    file_name: str,
    *,
    is_twice: bool,
) -> Wanted | DomainError:
    """Return what a line wants, or what ails it."""
    if line.refusal is not None or line.amount is None:
        return line.refusal or ProposalRefused(_("This line has no amount."))
    if is_twice:
        return ProposalRefused(_("An earlier line of this file has the same key."))
    affiliate = affiliates.get(line.cells["affiliate"].lower())
    if affiliate is None:
        return ProposalRefused(
            _("No affiliate is found: give its id, staff number, or a person's e-mail address.")
        )
    number = line.cells.get("order", "")
    commission = commissions.get((affiliate.pk, number)) if number else None
    if number and commission is None:
        return ProposalRefused(
            _("This affiliate has no sale of order %(number)s.") % {"number": number}
        )
    return Wanted(
        affiliate_id=affiliate.pk,
        amount=line.amount,
        reason=line.cells["reason"].lower(),
        text=line.cells["text"],
        source_key=f"{PREFIX}{line.cells['key']}",
        internal_text=line.cells.get("note", ""),
        commission_id=commission.pk if commission else None,
        import_name=file_name,
    )


def _affiliates(said: Iterable[str]) -> dict[str, Affiliate]:
    """Return affiliates by what names them in lower case: id, staff number, a person's e-mail.

    A person who acts for several affiliates names none of them.
    """
    wanted = {one.lower() for one in said if one}
    found = {
        row.staff_number.lower(): row for row in Affiliate.objects.exclude(staff_number="")
        if row.staff_number.lower() in wanted
    }  # fmt: skip
    ids = {one for one in wanted if _is_uuid(one)}
    found |= {str(row.public_id): row for row in Affiliate.objects.filter(public_id__in=ids)}
    people: dict[str, list[Affiliate]] = {}
    members = Membership.objects.filter(user__email__in=wanted).select_related("user", "affiliate")
    for member in members:
        people.setdefault(member.user.email.lower(), []).append(member.affiliate)
    return found | {email: rows[0] for email, rows in people.items() if len(rows) == 1}


def _is_uuid(said: str) -> bool:
    try:
        return str(UUID(said)) == said
    except ValueError:
        return False


def _commissions(
    lines: Sequence[FileLine], affiliates: dict[str, Affiliate]
) -> dict[tuple[int, str], Commission]:
    numbers = {line.cells["order"] for line in lines if line.cells.get("order")}
    rows = Commission.objects.filter(
        affiliate__in=list(affiliates.values()), credit__order__number__in=numbers
    ).select_related("credit__order")
    return {(row.affiliate_id, row.credit.order.number): row for row in rows}


def _lock(affiliates: Iterable[Affiliate], commissions: Iterable[Commission]) -> None:
    """Lock everything in one order before anything is written: two files never wait in a ring."""
    people = Affiliate.objects.filter(pk__in={row.pk for row in affiliates}).order_by("pk")
    list(people.select_for_update(no_key=True).values_list("pk"))
    sales = Commission.objects.filter(pk__in={row.pk for row in commissions}).order_by("pk")
    list(sales.select_for_update().values_list("pk"))


def _stored(keys: Sequence[str]) -> list[AdjustmentProposal]:
    return list(AdjustmentProposal.objects.filter(source_key__in=keys).defer("evidence"))
