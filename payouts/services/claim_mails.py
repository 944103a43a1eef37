"""What affiliates and the team read by mail about claims, each in their language."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.domain.abilities import Ability
from affiliates.models import Programme
from affiliates.queries import people_of
from core import staff
from core.letters import tell
from core.models import User
from core.money import Money
from core.money_words import money_words
from payouts.models import Claim, ClaimMessage, ClaimStatus


def received(claims: Sequence[Claim], *, now: datetime) -> None:
    """Tell whoever made claims that they arrived, and the managers that they wait."""
    first = claims[0]
    tell(
        [first.author],
        f"claim:{first.pk}:received",
        now,
        lambda: _("We have received your claim"),
        lambda: [_arrived(claims), _answer_by(first), _their_page(first, len(claims))],
        kind="claim_received",
    )
    tell(
        staff.of_role("manager"),
        f"claim:{first.pk}:opened",
        now,
        lambda: _("A claim of %(name)s") % {"name": first.affiliate.name},
        lambda: [_arrived_from(claims), _answer_by(first), _staff_page(first, len(claims))],
        kind="claim_opened",
    )


def asked(claim: Claim, message: ClaimMessage, *, now: datetime) -> None:
    """Tell the affiliate's people what the team asks."""
    tell(
        people_of(claim.affiliate_id, Ability.SEE_WORK),
        f"claim:{claim.pk}:asked:{message.pk}",
        now,
        lambda: _("A question about your claim"),
        lambda: question_words(claim, message.text),
        kind="claim_asked",
    )


def question_words(claim: Claim, text: str) -> list[str]:
    """Return the paragraphs of the mail that asks the affiliate back, in the active language."""
    return [
        _("We have a question about your claim for order %(number)s:") % _number(claim),
        text,
        _reply_within(),
        _("Until you answer, the days within which we answer stand still."),
        _their_page(claim, 1),
    ]


def reminded(claim: Claim, until: datetime, *, now: datetime) -> None:
    """Remind the affiliate's people of the question that waits for them."""
    question = claim.messages.filter(is_from_team=True).defer("proof").order_by("-pk").first()
    asked = question.text if question is not None else ""
    tell(
        people_of(claim.affiliate_id, Ability.SEE_WORK),
        f"claim:{claim.pk}:reminded:{claim.status_changed_at.timestamp():.0f}",
        now,
        lambda: _("Our question about your claim waits for your answer"),
        lambda: [
            _("We need your answer to go on with your claim for order %(number)s:")
            % _number(claim),
            asked,
            _("Please answer, with the file if we asked for one, by %(day)s. Without an answer we"
              " decide on what we know.") % {"day": date_format(localtime(until))},
            _their_page(claim, 1),
        ],
        kind="claim_asked",
    )  # fmt: skip


def replied(claim: Claim, message: ClaimMessage, *, now: datetime) -> None:
    """Tell who has the claim, or every manager, that the affiliate answered."""
    tell(
        staff.who_answers(claim.assignee, "manager"),
        f"claim:{claim.pk}:replied:{message.pk}",
        now,
        lambda: _("An answer of %(name)s") % {"name": claim.affiliate.name},
        lambda: [
            _("%(name)s answered the question about order %(number)s:")
            % {"name": claim.affiliate.name, **_number(claim)},
            message.text,
            _staff_page(claim, 1),
        ],
        kind="claim_replied",
    )


def assigned(claim: Claim, *, now: datetime) -> None:
    """Tell a manager that a claim is theirs now."""
    if claim.assignee is None:
        return
    tell(
        [claim.assignee],
        f"claim:{claim.pk}:assigned:{now.timestamp():.0f}",
        now,
        lambda: _("A claim is yours to decide"),
        lambda: [
            _("The claim of %(name)s for order %(number)s was given to you.")
            % {"name": claim.affiliate.name, **_number(claim)},
            _answer_by(claim),
            _staff_page(claim, 1),
        ],
        kind="claim_assigned",
    )


def decided(claim: Claim, *, now: datetime) -> None:
    """Tell the affiliate's people what was decided, in the words of who decided."""
    subject = _subject_of(claim)
    tell(
        people_of(claim.affiliate_id, Ability.SEE_WORK),
        f"claim:{claim.pk}:{claim.status}",
        now,
        subject,
        lambda: decision_words(claim, _granted(claim), is_granted=_is_granted(claim)),
        kind="claim_decided",
    )


def decision_words(claim: Claim, amount: Money | None, *, is_granted: bool) -> list[str]:
    """Return the paragraphs of the mail that tells a decision, in the active language."""
    about = (
        _("Your claim for order %(number)s is granted.")
        if is_granted
        else _("We looked into your claim for order %(number)s and cannot grant it.")
    )
    words = [about % _number(claim), claim.answer]
    if amount is not None:
        words.append(
            _("We add %(amount)s to your balance. It joins the next payment.")
            % {"amount": money_words(amount)}
        )
    return [*words, _their_page(claim, 1)]


def overdue(person: User, claims: Sequence[Claim], day: date, *, now: datetime) -> None:
    """Tell a manager which claims should have been answered by now: one mail a day."""
    tell(
        [person],
        f"claims:overdue:{day:%Y-%m-%d}",
        now,
        lambda: (
            ngettext("%(n)s claim is overdue", "%(n)s claims are overdue", len(claims))
            % {"n": len(claims)}
        ),
        lambda: [
            _("These claims should have been answered by now, the oldest first:"),
            "\n".join(_late(claim, person) for claim in claims),
            f"{settings.PUBLIC_URL}/manage/claims/?state=late",
        ],
        kind="claims_overdue",
    )


def _late(claim: Claim, person: User) -> str:
    mine = f" ({_('yours')})" if claim.assignee_id == person.pk else ""
    return (
        _("%(name)s, order %(number)s, due %(day)s")
        % {
            "name": claim.affiliate.name,
            "day": date_format(localtime(claim.due_at)),
            **_number(claim),
        }
        + mine
    )


def _reply_within() -> str:
    days = Programme.get().claim_answer_days
    return ngettext(
        "Please answer within %(n)s day.", "Please answer within %(n)s days.", days
    ) % {"n": days}  # fmt: skip


def _number(claim: Claim) -> dict[str, str]:
    return {"number": claim.order_number}


def _arrived(claims: Sequence[Claim]) -> str:
    if len(claims) == 1:
        return _("Your claim for order %(number)s has arrived.") % _number(claims[0])
    return _("Your %(n)s claims have arrived.") % {"n": len(claims)}


def _arrived_from(claims: Sequence[Claim]) -> str:
    name = {"name": claims[0].affiliate.name}
    if len(claims) == 1:
        return _("%(name)s claims order %(number)s.") % {**name, **_number(claims[0])}
    return _("%(name)s claims %(n)s orders with one file.") % {**name, "n": len(claims)}


def _answer_by(claim: Claim) -> str:
    day = date_format(localtime(claim.due_at))
    return _("It is to be answered by %(day)s.") % {"day": day}


def _their_page(claim: Claim, count: int) -> str:
    address = f"{settings.PUBLIC_URL}/portal/claims/"
    if count == 1:
        address += f"{claim.public_id}/"
    return _("See where it stands: %(address)s") % {"address": address}


def _staff_page(claim: Claim, count: int) -> str:
    address = f"{settings.PUBLIC_URL}/manage/claims/"
    if count == 1:
        address += f"{claim.public_id}/"
    return _("What our records say: %(address)s") % {"address": address}


def _is_granted(claim: Claim) -> bool:
    return claim.status == ClaimStatus.GRANTED


def _granted(claim: Claim) -> Money | None:
    return claim.proposal.amount if claim.proposal is not None else None


def _subject_of(claim: Claim) -> Callable[[], str]:
    if _is_granted(claim):
        return lambda: _("Your claim is granted")
    return lambda: _("About your claim")
