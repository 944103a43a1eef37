"""What may be claimed, by whom and until when: rules CL1 to CL6 of docs/rules/claims.md."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.models import Affiliate, AffiliateStatus, Programme
from affiliates.queries import acts_for, terms_for
from core.attachments import Attachment
from core.errors import DomainError
from payouts.models import Claim, ClaimKind, ClaimStatus, Commission, CommissionStatus
from payouts.services.claim_evidence import find_order
from shop.models import Order
from tracking.models import Credit

NUMBER_LENGTH = 64
TEXT_LENGTH = 2_000
A_MONTH = timedelta(days=30)
MOST_MINOR = 10**12
#: Claims that wait for somebody.
WAITING = (ClaimStatus.OPEN, ClaimStatus.QUESTION)


class ClaimRefused(DomainError):
    """Something cannot be claimed as it is."""

    code = "claim_refused"


class AccountClosed(ClaimRefused):
    """A closed account was to claim something."""

    code = "claim_account_closed"


class NumberMissing(ClaimRefused):
    """A claim without the number of its order."""

    code = "claim_number"


class WordsMissing(ClaimRefused):
    """A claim, question or answer without words, or with too many."""

    code = "claim_words"


class DayOutside(ClaimRefused):
    """The order's day lies ahead, or too far back."""

    code = "claim_day"


class AmountImpossible(ClaimRefused):
    """An amount that no order has."""

    code = "claim_amount"


class NotYours(ClaimRefused):
    """A sale was called wrong or refused that is not in the affiliate's list."""

    code = "claim_not_yours"


class AlreadyYours(ClaimRefused):
    """A sale was called missing that is in the affiliate's list."""

    code = "claim_already_yours"


class NotRefused(ClaimRefused):
    """A sale was called refused that is not."""

    code = "claim_not_refused"


class AlreadyClaimed(ClaimRefused):
    """The same order was claimed again before, or after, it was granted."""

    code = "claim_again"


class TooMany(ClaimRefused):
    """An account has made as many claims as it may for now."""

    code = "claim_too_many"


class OwnClaim(DomainError):
    """A person was to decide about a claim of an account for which they act."""

    code = "own_claim"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What an affiliate says. ``credit_id``: the sale of theirs that it is about, if it is one."""

    affiliate_id: int
    kind: str
    order_number: str
    ordered_on: date
    amount_minor: int | None = None
    text: str = ""
    proof: Attachment | None = None
    credit_id: int | None = None
    import_name: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """A claim that may be made, and the order that was found for it."""

    claim: Claim
    order: Order | None


def number_of(typed: str) -> str:
    """Return an order's number as it is compared: without spaces around, ``#`` and case."""
    return typed.replace("\0", "").strip().lstrip("#").strip().upper()


def allow(wanted: Wanted, *, now: datetime) -> Allowed:
    """Return the claim, not saved, that ``wanted`` may become.

    :raises ClaimRefused: with a sentence that says what to do; see its subclasses.
    """
    affiliate = Affiliate.objects.get(pk=wanted.affiliate_id)
    if affiliate.status == AffiliateStatus.CLOSED:
        raise AccountClosed(_("This account is closed: nothing can be claimed for it."))
    _check_words(wanted)
    programme = Programme.get()
    _check_day(wanted.ordered_on, programme, now)
    number = number_of(wanted.order_number)
    credit = _credit(wanted)
    order = credit.order if credit else find_order(number, wanted.ordered_on)
    if credit is None and order is not None:
        credit = _credit_of(order, wanted.affiliate_id)
    commission = Commission.objects.filter(credit=credit).first() if credit else None
    _check_kind(wanted.kind, credit, commission)
    if order is not None and wanted.kind == ClaimKind.MISSING:
        _refuse_granted(wanted, order)
    return Allowed(
        order=order,
        claim=Claim(
            affiliate=affiliate,
            kind=wanted.kind,
            order_number=number,
            ordered_on=wanted.ordered_on,
            amount_minor=wanted.amount_minor,
            currency=_currency(credit, affiliate.pk, now),
            text=wanted.text.strip(),
            proof_name=wanted.proof.name if wanted.proof else "",
            proof=wanted.proof.body if wanted.proof else None,
            import_name=wanted.import_name[:120],
            order=order,
            commission=commission,
            status_changed_at=now,
            created_at=now,
            due_at=now + timedelta(days=programme.claim_answer_days),
        ),
    )


def check_count(affiliate_id: int, more: int, *, now: datetime) -> None:
    """Do nothing while an account may make ``more`` claims (CL6).

    :raises TooMany: when it would have made more in thirty days than the programme takes.
    """
    most = Programme.get().claims_most
    if more > _left_of(most, affiliate_id, now):
        raise TooMany(
            ngettext(
                "An account makes at most %(most)s claim in thirty days. Claim the others later.",
                "An account makes at most %(most)s claims in thirty days. Claim the others later.",
                most,
            )
            % {"most": most}
        )


def claims_left(affiliate_id: int, *, now: datetime) -> int:
    """Return how many claims an account may make now."""
    return _left_of(Programme.get().claims_most, affiliate_id, now)


def _left_of(most: int, affiliate_id: int, now: datetime) -> int:
    made = Claim.objects.filter(affiliate=affiliate_id, created_at__gt=now - A_MONTH)
    return max(0, most - made.count())


def first_day(now: datetime) -> date:
    """Return the earliest day of an order that may be claimed."""
    programme = Programme.get()
    return _today(programme, now) - timedelta(days=programme.claim_within_days)


def refuse_own(claim: Claim, actor_id: int) -> None:
    """Let nobody decide about a claim of an affiliate for which they act.

    :raises OwnClaim: when the person does.
    """
    if acts_for(actor_id, claim.affiliate_id):
        raise OwnClaim(_("You act for this account: somebody else has to decide."))


def same_twice(wanted: list[Wanted]) -> set[int]:
    """Return the places of what names an order and kind that another of the list names too."""
    names = [(number_of(one.order_number), one.kind) for one in wanted]
    often = Counter(names)
    return {place for place, name in enumerate(names) if often[name] > 1}


def _check_words(wanted: Wanted) -> None:
    if wanted.kind not in ClaimKind.values:
        raise ClaimRefused(_("Choose what is wrong: the sale is missing, wrong or refused."))
    number = number_of(wanted.order_number)
    if not number:
        raise NumberMissing(_("Enter the number of the order."))
    if len(number) > NUMBER_LENGTH:
        raise NumberMissing(
            _("A number has at most %(most)s signs: check it.") % {"most": NUMBER_LENGTH}
        )
    if "\0" in wanted.text or len(wanted.text) > TEXT_LENGTH:
        raise WordsMissing(_("Say it in at most %(most)s signs.") % {"most": TEXT_LENGTH})
    if wanted.kind != ClaimKind.MISSING and not wanted.text.strip():
        raise WordsMissing(_("Say what is wrong: a person reads it."))
    if wanted.amount_minor is not None and not 0 < wanted.amount_minor <= MOST_MINOR:
        raise AmountImpossible(_("Enter an amount above zero, or none."))


def _today(programme: Programme, now: datetime) -> date:
    return now.astimezone(ZoneInfo(programme.time_zone)).date()


def _check_day(ordered_on: date, programme: Programme, now: datetime) -> None:
    today = _today(programme, now)
    if ordered_on > today:
        raise DayOutside(_("This day is still to come: enter the day of the order."))
    if ordered_on < today - timedelta(days=programme.claim_within_days):
        raise DayOutside(
            _("Orders are claimed within %(days)s days: those since %(first)s.")
            % {
                "days": programme.claim_within_days,
                "first": date_format(today - timedelta(days=programme.claim_within_days)),
            }
        )


def _credit(wanted: Wanted) -> Credit | None:
    if wanted.credit_id is None:
        return None
    rows = Credit.objects.select_related("order__shop")
    credit = rows.filter(pk=wanted.credit_id, affiliate=wanted.affiliate_id).first()
    if credit is None:
        raise NotYours(_("There is no such sale in your list: check its reference."))
    return credit


def _credit_of(order: Order, affiliate_id: int) -> Credit | None:
    rows = Credit.objects.select_related("order__shop")
    return rows.filter(order=order, affiliate=affiliate_id).first()


def _check_kind(kind: str, credit: Credit | None, commission: Commission | None) -> None:
    if kind == ClaimKind.MISSING:
        if credit is not None:
            raise AlreadyYours(
                _("This sale is in your list already. Open it there to say what is wrong with it.")
            )
        return
    if credit is None:
        raise NotYours(_("This sale is not in your list. Say that it is missing instead."))
    is_refused = commission is not None and commission.status == CommissionStatus.REVERSED
    if kind == ClaimKind.DECLINED and not is_refused:
        raise NotRefused(_("This sale is not refused. Say that its amount is wrong instead."))


def _refuse_granted(wanted: Wanted, order: Order) -> None:
    granted = Claim.objects.filter(
        affiliate=wanted.affiliate_id,
        order=order,
        kind=wanted.kind,
        status=ClaimStatus.GRANTED,
    ).first()
    if granted is not None:
        raise AlreadyClaimed(
            _("This order was granted to you on %(day)s: you find it among your claims.")
            % {"day": date_format(granted.status_changed_at)}
        )


def _currency(credit: Credit | None, affiliate_id: int, now: datetime) -> str:
    """The order's where it is theirs; of an order that may not be, only the terms' may show."""
    if credit is not None:
        return credit.order.currency
    terms = terms_for(affiliate_id, now)
    if terms is None:
        raise ClaimRefused(_("Your account has no terms today: write to the programme team."))
    return terms.currency
