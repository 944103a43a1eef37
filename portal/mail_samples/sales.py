"""Samples of mails about sales: codes, claims, measurements, cases and what follows from them."""

from __future__ import annotations

from django.utils.translation import gettext as _

from core.models import User
from experiments.models import Block, Experiment
from fraud.models import Case, CaseMessage, CaseProposal, CaseStatus, Measure, Sanction
from fraud.services import case_mails, proposal_mails, sanction_mails
from payouts.models import (
    Claim,
    ClaimMessage,
    ClaimStatus,
    Commission,
    ReversalReason,
    TierReached,
)
from payouts.services import achievement_mails, claim_mails, first_sales
from portal.letters import declined
from portal.mail_samples.scene import CURRENCY, NOBODY, Sample, Scene, blog, euros, person
from tracking.models import CodeRequest, CouponCode, Link
from tracking.services import code_mails, first_clicks, switchbacks
from tracking.services.exposing import PREFIX


def _code(scene: Scene) -> None:
    asked = CodeRequest(
        pk=NOBODY,
        affiliate=blog(),
        wanted="ADA15",
        reason=_("Another affiliate has a code that is nearly the same."),
        code=CouponCode(pk=NOBODY, code="ADA10", valid_from=scene.ahead(1)),
    )
    code_mails.granted(asked, now=scene.now)
    code_mails.refused(asked, now=scene.now)


def _switchback(scene: Scene) -> None:
    experiment = Experiment(pk=NOBODY, subject=f"{PREFIX}{NOBODY}")
    pauses = [
        Block(pk=NOBODY, starts_at=scene.ahead(30), ends_at=scene.ahead(33), is_control=True),
        Block(pk=NOBODY, starts_at=scene.ahead(40), ends_at=scene.ahead(43), is_control=True),
    ]
    switchbacks.tell_begun(experiment, pauses, now=scene.now)
    switchbacks.tell_ended(experiment, now=scene.now)


def _claim(scene: Scene, status: ClaimStatus = ClaimStatus.OPEN) -> Claim:
    return Claim(
        pk=NOBODY,
        affiliate=blog(),
        order_number="100482",
        author=person(),
        assignee=scene.reader,
        status=status,
        status_changed_at=scene.ago(1),
        due_at=scene.ahead(5),
        answer=_("The order came from your page: we found the click."),
    )


def _claim_message(text: str) -> ClaimMessage:
    return ClaimMessage(pk=NOBODY, text=text)


def _claim_received(scene: Scene) -> None:
    claim_mails.received([_claim(scene)], now=scene.now)


def _claim_asked(scene: Scene) -> None:
    question = _claim_message(_("On which page of yours was the link?"))
    claim_mails.asked(_claim(scene), question, now=scene.now)


def _claim_replied(scene: Scene) -> None:
    answer = _claim_message(_("On my page about coats, at the top."))
    claim_mails.replied(_claim(scene), answer, now=scene.now)


def _claim_assigned(scene: Scene) -> None:
    claim_mails.assigned(_claim(scene), now=scene.now)


def _claim_decided(scene: Scene) -> None:
    claim_mails.decided(_claim(scene, ClaimStatus.GRANTED), now=scene.now)


def _claims_overdue(scene: Scene) -> None:
    claim_mails.overdue(scene.reader, [_claim(scene)], scene.now.date(), now=scene.now)


def _first_sale(scene: Scene) -> None:
    earned = Commission(
        pk=NOBODY, affiliate=blog(), credit_id=NOBODY, amount_minor=1_240, currency=CURRENCY
    )
    first_sales.tell_one(earned, now=scene.now)


def _first_click(scene: Scene) -> None:
    link = Link(pk=NOBODY, affiliate=blog(), code="coats", label=_("Coats"))
    first_clicks.tell_one(link, now=scene.now)


def _declined(scene: Scene) -> None:
    found = [
        declined.Declined(1_025, euros(1_240), ReversalReason.RETURNED),
        declined.Declined(1_031, euros(890), ReversalReason.CANCELLED),
    ]
    declined.write_to(NOBODY, found, scene.day(-1), now=scene.now)


def _tier(scene: Scene) -> None:
    reached = TierReached(
        pk=NOBODY,
        affiliate=blog(),
        rate_bps=4_000,
        period_from=scene.day(-20),
        period_to=scene.day(11),
    )
    achievement_mails.tier_reached(reached, now=scene.now)


def _case(scene: Scene, assignee: User | None = None) -> Case:
    return Case(
        pk=NOBODY,
        affiliate=blog(),
        status=CaseStatus.CONFIRMED,
        opened_at=scene.ago(9),
        assignee=assignee,
    )


def _case_message(text: str) -> CaseMessage:
    return CaseMessage(pk=NOBODY, text=text)


def _case_asked(scene: Scene) -> None:
    question = _case_message(_("Where did the visitors of 12 November come from?"))
    case_mails.asked(_case(scene), question, scene.ahead(7), now=scene.now)


def _case_decided(scene: Scene) -> None:
    outcome = case_mails.Outcome(is_confirmed=True, refused=3, of=8)
    text = _("These three orders were placed by yourself.")
    case_mails.decided(_case(scene), text, outcome, now=scene.now)


def _case_replied(scene: Scene) -> None:
    answer = _case_message(_("From my newsletter, sent that morning."))
    case_mails.answered(_case(scene), answer, now=scene.now)


def _case_appealed(scene: Scene) -> None:
    words = _case_message(_("Two of them were my sister’s."))
    case_mails.appealed(_case(scene), words, now=scene.now)


def _case_assigned(scene: Scene) -> None:
    case_mails.assigned(_case(scene, scene.reader), now=scene.now)


def _cases_escalated(scene: Scene) -> None:
    case_mails.escalated([_case(scene, scene.reader), _case(scene)], 7, now=scene.now)


def _sanction(scene: Scene) -> Sanction:
    return Sanction(
        pk=NOBODY,
        affiliate=blog(),
        is_ban=False,
        measures=[Measure.LINKS, Measure.PAYOUTS],
        message=_("Links of yours stand on a page that we do not work with."),
        reason=_("Links on a page with copied content."),
        proposed_at=scene.now,
    )


def _sanction_in_force(scene: Scene) -> None:
    sanction_mails.in_force(_sanction(scene), now=scene.now)


def _sanction_lifted(scene: Scene) -> None:
    text = _("Thank you for taking the links down.")
    sanction_mails.lifted(_sanction(scene), text, now=scene.now)


def _proposal(scene: Scene) -> CaseProposal:
    return CaseProposal(
        pk=NOBODY,
        case=_case(scene),
        verdict=CaseStatus.CONFIRMED,
        reason=_("All orders of one address, minutes apart."),
        answer=_("The address is a company’s: ask them first."),
        proposed_by=scene.reader,
    )


def _second_asked(scene: Scene) -> None:
    sanction_mails.proposed(_sanction(scene), now=scene.now)
    proposal_mails.proposed(_proposal(scene), now=scene.now)


def _second_declined(scene: Scene) -> None:
    proposal_mails.declined(_proposal(scene), now=scene.now)


SAMPLES: dict[str, Sample] = {
    "code_decided": _code,
    "switchback_told": _switchback,
    "claim_received": _claim_received,
    "claim_opened": _claim_received,
    "claim_asked": _claim_asked,
    "claim_replied": _claim_replied,
    "claim_assigned": _claim_assigned,
    "claim_decided": _claim_decided,
    "claims_overdue": _claims_overdue,
    "first_sale": _first_sale,
    "first_click": _first_click,
    "sales_declined": _declined,
    "tier_reached": _tier,
    "case_asked": _case_asked,
    "case_decided": _case_decided,
    "case_replied": _case_replied,
    "case_appealed": _case_appealed,
    "case_assigned": _case_assigned,
    "cases_escalated": _cases_escalated,
    "sanction_in_force": _sanction_in_force,
    "sanction_lifted": _sanction_lifted,
    "second_person_asked": _second_asked,
    "second_person_declined": _second_declined,
}
