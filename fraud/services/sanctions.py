"""What people stop of an account: rules CA13 to CA16 of docs/rules/cases.md."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateStatus
from affiliates.queries import acts_for
from affiliates.services import accounts, stops
from core.errors import DomainError
from core.models import User
from fraud.models import Case, Measure, Sanction, SanctionStatus, Severity
from fraud.queries.grounds import Grounds, grounds
from fraud.services import appeals, lifting, sanction_mails
from fraud.services.cases import MESSAGE_LENGTH, REASON_LENGTH, words
from fraud.services.holding import open_case
from fraud.services.lifting import record


class GroundsMissing(DomainError):
    """Less speaks against the account than a sanction needs."""

    code = "grounds_missing"


class OwnAccount(DomainError):
    """A person was to decide about an account for which they act."""

    code = "own_account"


class MeasureMissing(DomainError):
    """A sanction was to stop nothing, or what cannot be stopped."""

    code = "measure_missing"


class AlreadySanctioned(DomainError):
    """Another sanction holds, or waits for a second person."""

    code = "already_sanctioned"


class SecondPersonNeeded(DomainError):
    """Whoever proposed a ban was to agree to it."""

    code = "second_person_needed"


@transaction.atomic
def suspend(
    *,
    affiliate_id: int,
    measures: Collection[str],
    reason: str,
    message: str,
    actor_id: int,
    now: datetime,
) -> Sanction:
    """Stop links, codes or payouts of an account at once, and tell its people why. Repeatable.

    :raises ReasonMissing: without a reason, or without words for the affiliate.
    :raises MeasureMissing: when nothing, or something else, is to be stopped.
    :raises OwnAccount: when the person acts for the affiliate.
    :raises GroundsMissing: without two families of evidence, or one signal again and again.
    :raises AlreadySanctioned: while another sanction is in force.
    """
    wanted = [one for one in Measure.values if one in measures]
    if not wanted or len(wanted) != len(set(measures)):
        raise MeasureMissing(_("Choose what is stopped: links, promo codes or payouts."))
    return _start(
        affiliate_id, SanctionStatus.IN_FORCE, wanted, reason, message, actor_id, now, is_ban=False
    )


@transaction.atomic
def propose_ban(
    *, affiliate_id: int, reason: str, message: str, actor_id: int, now: datetime
) -> Sanction:
    """Propose to end an account for good. Nothing happens until a second person agrees.

    Safe to repeat.

    :raises ReasonMissing, OwnAccount, GroundsMissing: see ``suspend``.
    :raises AlreadySanctioned: while another ban is proposed, or in force.
    """
    return _start(
        affiliate_id,
        SanctionStatus.PROPOSED,
        list(Measure.values),
        reason,
        message,
        actor_id,
        now,
        is_ban=True,
    )


@transaction.atomic
def agree(*, sanction_id: int, actor_id: int, now: datetime) -> Sanction:
    """Put a proposed ban in force: links, codes and payouts stop and the account is closed.

    It takes the place of a suspension. Safe to repeat by the same person.

    :raises SecondPersonNeeded: for who proposed it.
    :raises OwnAccount: when the person acts for the affiliate.
    :raises GroundsMissing: when what spoke against the account does not any more.
    :raises InvalidTransition: when it is rejected or lifted, or somebody else agreed.
    """
    sanction = _locked(sanction_id)
    if sanction.status == SanctionStatus.IN_FORCE and sanction.decided_by_id == actor_id:
        return sanction
    _refuse_second(sanction, actor_id)
    _require_grounds(sanction.affiliate_id, now)
    actor = User.objects.get(pk=actor_id)
    sanction.move_to(SanctionStatus.IN_FORCE, at=now)
    for before in _of(sanction.affiliate_id).filter(status=SanctionStatus.IN_FORCE):
        before.move_to(SanctionStatus.LIFTED, at=now)
        before.save(update_fields=["status", "status_changed_at"])
        record("sanction.replaced", before, actor, now)
    sanction.decided_by = actor
    sanction.save(update_fields=["status", "status_changed_at", "decided_by"])
    _apply(sanction, actor, now)
    return sanction


@transaction.atomic
def reject(*, sanction_id: int, actor_id: int, reason: str, now: datetime) -> Sanction:
    """Say no to a proposed ban, and why. Nothing of it ever held. Safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises SecondPersonNeeded: for who proposed it.
    :raises OwnAccount: when the person acts for the affiliate.
    :raises InvalidTransition: when it is in force or lifted, or somebody else rejected it.
    """
    why = words(reason, most=REASON_LENGTH, missing=_("Say why you do not agree: it is kept."))
    sanction = _locked(sanction_id)
    if sanction.status == SanctionStatus.REJECTED and sanction.decided_by_id == actor_id:
        return sanction
    _refuse_second(sanction, actor_id)
    sanction.move_to(SanctionStatus.REJECTED, at=now)
    sanction.decided_by = User.objects.get(pk=actor_id)
    sanction.save(update_fields=["status", "status_changed_at", "decided_by"])
    record("sanction.rejected", sanction, sanction.decided_by, now, reason=why)
    return sanction


@transaction.atomic
def lift(*, sanction_id: int, actor_id: int, reason: str, message: str, now: datetime) -> Sanction:
    """End a sanction: what it stopped goes on from now, an account that it closed is open again.

    Safe to repeat.

    :raises ReasonMissing: without a reason, or without words for the affiliate.
    :raises OwnAccount: when the person acts for the affiliate.
    :raises InvalidTransition: when it is not in force.
    """
    why = words(reason, most=REASON_LENGTH, missing=_("Say why: the reason is kept."))
    said = words(
        message, most=MESSAGE_LENGTH, missing=_("Write what the affiliate reads about it.")
    )
    sanction = _locked(sanction_id)
    if sanction.status == SanctionStatus.LIFTED:
        return sanction
    _refuse_own(sanction.affiliate_id, actor_id)
    lifting.end(sanction, User.objects.get(pk=actor_id), reason=why, message=said, now=now)
    sanction_mails.lifted(sanction, said, now=now)
    return sanction


@transaction.atomic
def contest(
    *, sanction_id: int, affiliate_id: int, text: str, actor_id: int, now: datetime
) -> Case:
    """Contest a sanction in force, once; return the case in which somebody else looks at it.

    It holds meanwhile. Safe to repeat with the same words.

    :raises Sanction.DoesNotExist: when it is another affiliate's.
    :raises ReasonMissing: without words, or with too many.
    :raises NotContestable: when it is not in force.
    :raises AlreadyContested: a second time.
    """
    said = words(text, most=appeals.TEXT_LENGTH, missing=_("Say why it is wrong."))
    sanction = _locked(sanction_id, affiliate_id=affiliate_id)
    before = sanction.contested_in
    if before is not None:
        if before.messages.filter(is_appeal=True, text=said).exists():
            return before
        raise appeals.AlreadyContested(_("You have contested this already: we look at it again."))
    if sanction.status != SanctionStatus.IN_FORCE:
        raise appeals.NotContestable(_("This no longer holds: there is nothing to contest."))
    case = open_case(
        affiliate_id=affiliate_id, family=sanction.families[0], severity=Severity.REVIEW, now=now
    )
    sanction.contested_in = case
    sanction.save(update_fields=["contested_in"])
    if case.assignee_id in (sanction.proposed_by_id, sanction.decided_by_id):
        case.assignee = None
    return appeals.begin(case, said, actor_id=actor_id, former=None, now=now)


def _start(
    affiliate_id: int,
    status: str,
    measures: list[str],
    reason: str,
    message: str,
    actor_id: int,
    now: datetime,
    *,
    is_ban: bool,
) -> Sanction:
    why = words(reason, most=REASON_LENGTH, missing=_("Say why: the reason is kept."))
    said = words(
        message, most=MESSAGE_LENGTH, missing=_("Write what the affiliate reads about it.")
    )
    Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    _refuse_own(affiliate_id, actor_id)
    for other in _of(affiliate_id).filter(
        status__in=[SanctionStatus.PROPOSED, SanctionStatus.IN_FORCE]
    ):
        same = (other.status, other.is_ban, other.measures, other.reason, other.message)
        if same == (status, is_ban, measures, why, said) and other.proposed_by_id == actor_id:
            return other
        if other.status == status or other.is_ban:
            raise AlreadySanctioned(
                _("Another sanction holds or waits for a second person: end that one first.")
            )
    found = _require_grounds(affiliate_id, now)
    actor = User.objects.get(pk=actor_id)
    sanction = Sanction.objects.create(
        affiliate_id=affiliate_id,
        is_ban=is_ban,
        measures=measures,
        families=sorted(found.families),
        status=status,
        status_changed_at=now,
        proposed_by=actor,
        proposed_at=now,
        decided_by=None if is_ban else actor,
        reason=why,
        message=said,
    )
    sanction.cases.set(found.case_ids)
    if is_ban:
        record("sanction.proposed", sanction, actor, now, reason=why)
        sanction_mails.proposed(sanction, now=now)
    else:
        _apply(sanction, actor, now)
    return sanction


def _apply(sanction: Sanction, actor: User, now: datetime) -> None:
    stops.begin(affiliate_id=sanction.affiliate_id, what=sanction.measures, now=now)
    account = Affiliate.objects.get(pk=sanction.affiliate_id)
    if sanction.is_ban and account.status != AffiliateStatus.CLOSED:
        accounts.close(affiliate_id=account.pk, actor_id=actor.pk, reason=sanction.message, now=now)
    record("sanction.in_force", sanction, actor, now, reason=sanction.reason)
    sanction_mails.in_force(sanction, now=now)


def _locked(sanction_id: int, *, affiliate_id: int | None = None) -> Sanction:
    """Return a sanction with its account's row locked first: one change follows another."""
    rows = Sanction.objects.all()
    if affiliate_id is not None:
        rows = rows.filter(affiliate=affiliate_id)
    owner = rows.values_list("affiliate_id", flat=True).get(pk=sanction_id)
    Affiliate.objects.select_for_update(no_key=True).get(pk=owner)
    locked = rows.select_related("affiliate").select_for_update(no_key=True, of=("self",))
    return locked.get(pk=sanction_id)


def _of(affiliate_id: int) -> QuerySet[Sanction]:
    rows = Sanction.objects.filter(affiliate=affiliate_id).order_by("pk")
    return rows.select_for_update(no_key=True)


def _require_grounds(affiliate_id: int, now: datetime) -> Grounds:
    found = grounds(affiliate_id, now)
    if not found.is_enough:
        raise GroundsMissing(
            _("A sanction needs two families of evidence of the last ninety days, or twenty"
              " refusals of one signal on five days.")
        )  # fmt: skip
    return found


def _refuse_own(affiliate_id: int, actor_id: int) -> None:
    if acts_for(actor_id, affiliate_id):
        raise OwnAccount(_("Somebody else must decide: this is about your own account."))


def _refuse_second(sanction: Sanction, actor_id: int) -> None:
    _refuse_own(sanction.affiliate_id, actor_id)
    if actor_id == sanction.proposed_by_id:
        raise SecondPersonNeeded(_("You proposed it: a second person must decide."))
