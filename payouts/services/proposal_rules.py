"""What may be proposed as an adjustment, and by whom: rules A4 to A6 of its rule page."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Sum
from django.utils.translation import gettext as _

from affiliates.queries import acts_for
from core import staff
from core.errors import DomainError
from core.money import Money
from payouts.models import (
    CAMPAIGN,
    PROPOSABLE,
    WRITE_OFF,
    AdjustmentProposal,
    AdjustmentReason,
    Commission,
)
from payouts.queries.balances import balances

MOST_EVIDENCE = 2 * 1024 * 1024
MOST_MINOR = 10**12
MOST_TEXT = 500
#: Which way a reason moves money; a correction goes either way.
SIGNS = {
    AdjustmentReason.BONUS: 1,
    AdjustmentReason.GOODWILL: 1,
    AdjustmentReason.CLAIM: 1,
    AdjustmentReason.WRITE_OFF: 1,
    AdjustmentReason.CAMPAIGN: 1,
    AdjustmentReason.CLAWBACK: -1,
}


class ProposalRefused(DomainError):
    """An adjustment cannot be proposed as asked for."""

    code = "proposal_refused"


class OwnAdjustment(ProposalRefused):
    """A person was to move money of an affiliate for which they act."""

    code = "own_adjustment"


class StillPending(ProposalRefused):
    """Something was to be taken back of a commission that is not approved yet."""

    code = "still_pending"


class SecondPersonNeeded(DomainError):
    """The author of a proposal was to decide about it."""

    code = "second_person_needed"


class NotTheAuthor(DomainError):
    """Somebody else's proposal was to be withdrawn."""

    code = "not_the_author"


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """A file that shows why, kept with the proposal: at most 2 MB."""

    name: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person wants to be booked. A negative ``amount`` takes money back."""

    affiliate_id: int
    amount: Money
    reason: str
    text: str  # The affiliate reads it.
    source_key: str
    internal_text: str = ""
    commission_id: int | None = None
    evidence: Evidence | None = None
    import_name: str = ""


def refuse(wanted: Wanted, commission: Commission | None, *, author_id: int) -> None:
    """Do nothing when ``wanted`` can be booked with ``commission`` as it is now (A4 to A6).

    :raises ProposalRefused, OwnAdjustment, StillPending: see ``propose``.
    """
    minor = wanted.amount.minor
    if wanted.reason not in (*PROPOSABLE, WRITE_OFF, CAMPAIGN):
        raise ProposalRefused(_("Choose a reason: bonus, correction, goodwill, clawback, claim."))
    if not 0 < abs(minor) <= MOST_MINOR:
        raise ProposalRefused(_("Enter an amount other than zero."))
    sign = SIGNS.get(AdjustmentReason(wanted.reason), 0)
    if sign * minor < 0:
        raise ProposalRefused(
            _("A clawback takes money back: enter a negative amount.")
            if sign < 0
            else _("This reason adds money: enter a positive amount, or choose another reason.")
        )
    if not wanted.text.strip():
        raise ProposalRefused(_("Say in a sentence what it is for: the affiliate reads it."))
    if len(wanted.text.strip()) > MOST_TEXT:
        raise ProposalRefused(_("The sentence for the affiliate has at most 500 characters."))
    if wanted.evidence is not None and len(wanted.evidence.body) > MOST_EVIDENCE:
        raise ProposalRefused(_("The file is larger than 2 MB: choose a smaller one."))
    refuse_own(wanted.affiliate_id, author_id)
    if wanted.reason == WRITE_OFF:
        _refuse_write_off(wanted, author_id)
    if commission is not None:
        _refuse_commission(wanted, commission)


def _refuse_write_off(wanted: Wanted, actor_id: int) -> None:
    """Only finance gives debts up, and no more than is owed: the rest would be paid out."""
    if not staff.of_role("finance").filter(pk=actor_id).exists():
        raise ProposalRefused(_("Only people of finance write debts off."))
    if wanted.amount.minor > debt_of(wanted.affiliate_id, wanted.amount.currency):
        raise ProposalRefused(
            _("Less is owed by now: decline it, and propose to write off what is left.")
        )


def debt_of(affiliate_id: int, currency: str) -> int:
    """Return what an affiliate owes by the ledger, in minor units; below zero it is owed that."""
    return -balances(affiliate_id, currency).payable.minor


def _refuse_commission(wanted: Wanted, commission: Commission) -> None:
    """A commission in another's name or currency, or of which less is left than is taken back."""
    if commission.affiliate_id != wanted.affiliate_id:
        raise ProposalRefused(_("This sale is not one of this affiliate's."))
    if commission.currency != wanted.amount.currency:
        raise ProposalRefused(
            _("This sale is in %(currency)s: so is what is adjusted about it.")
            % {"currency": commission.currency}
        )
    if wanted.amount.minor > 0:
        return
    if commission.is_pending:
        raise StillPending(
            _("This sale is not approved yet: hold or reverse it instead of taking money back.")
        )
    left = standing_minor(commission)
    if left + wanted.amount.minor < 0:
        raise ProposalRefused(
            _("Only %(left)s is left of this sale: take back that much at most.")
            % {"left": Money(left, commission.currency)}
        )


def standing_minor(commission: Commission) -> int:
    """Return what an approved commission comes to with everything adjusted since, minor units."""
    later = commission.adjustments.filter(is_payable=True)
    changed: int | None = later.aggregate(total=Sum("amount_minor"))["total"]
    return (commission.approved_minor or 0) + (changed or 0)


def refuse_author(proposal: AdjustmentProposal, actor_id: int) -> None:
    if proposal.author_id == actor_id:
        raise SecondPersonNeeded(_("You proposed this adjustment: another person decides."))


def refuse_own(affiliate_id: int, actor_id: int) -> None:
    if acts_for(actor_id, affiliate_id):
        raise OwnAdjustment(_("Somebody else must decide: this is about your own account."))
