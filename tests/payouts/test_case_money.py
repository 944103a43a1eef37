"""What decisions about cases do to money: chosen sales, appeals, payouts that are stopped."""

from datetime import timedelta

import pytest

from affiliates.services import stops
from fraud.models import CaseCredit, Signal
from fraud.services import appeals
from fraud.services import cases as fraud_cases
from payouts.models import AdjustmentProposal, Block, Commission, ItemStatus
from payouts.queries.why_not_paid import why_not_paid
from payouts.services import batches, cases
from payouts.services.claim_decisions import Reply, grant
from payouts.services.claim_evidence import gather
from tests.builders import NOW, make_affiliate, make_case, make_user
from tests.payouts.claim_stories import claimed
from tests.payouts.paydays import PAYDAY, approved_batch, finance, item_of, make_due
from tests.payouts.stories import accrued, assert_balances, euros
from tests.people import person_of

pytestmark = pytest.mark.django_db

LATER, LATEST = NOW + timedelta(hours=1), NOW + timedelta(hours=2)


def held(affiliate=None, number=1):
    """Commissions of EUR 10.00 each that one case holds."""
    affiliate = affiliate or make_affiliate()
    rows = [accrued(affiliate, decision="hold") for _number in range(number)]
    case = make_case(rows[0].credit.screening)
    for row in rows[1:]:
        CaseCredit.objects.create(case=case, credit=row.credit, added_at=NOW)
    return case, rows


def confirm(case, **overrides):
    fields = {"case_id": case.pk, "actor_id": manager().pk, "reason": "So.", "now": LATER}
    return fraud_cases.confirm(**{**fields, **overrides})


def dismiss(case, now=LATEST):
    return fraud_cases.dismiss(case_id=case.pk, actor_id=manager().pk, reason="Right.", now=now)


def contest(case):
    return appeals.contest(
        case_id=case.pk,
        affiliate_id=case.affiliate_id,
        text="Not me.",
        actor_id=person_of(case.affiliate).pk,
        now=LATER,
    )


def manager():
    return make_user(roles=["manager"])


def statuses(rows):
    return [Commission.objects.get(pk=row.pk).status for row in rows]


def test_only_the_chosen_sales_are_reversed():
    case, rows = held(number=3)
    confirm(case, refused=[rows[1].credit_id])
    cases.apply_decisions(now=LATER)
    assert statuses(rows) == ["pending", "reversed", "pending"]
    assert not Block.objects.filter(released_at=None).exists()
    assert_balances(case.affiliate_id, pending=2_000)


def test_an_appeal_made_before_the_reversal_keeps_the_sale_held():
    case, rows = held()
    confirm(case)
    again = contest(case)
    assert cases.apply_decisions(now=LATER) == 0
    assert statuses(rows) == ["pending"]

    dismiss(again)
    cases.apply_decisions(now=LATEST)

    assert statuses(rows) == ["pending"]
    assert not Block.objects.filter(released_at=None).exists()
    assert_balances(case.affiliate_id, pending=1_000)


def test_an_appeal_that_is_won_after_the_reversal_gives_the_sale_back_once():
    case, rows = held(number=2)
    confirm(case, refused=[rows[0].credit_id])
    cases.apply_decisions(now=LATER)
    assert_balances(case.affiliate_id, pending=1_000)
    again = contest(case)
    assert cases.apply_decisions(now=LATER) == 0

    dismiss(again)
    assert [cases.apply_decisions(now=LATEST) for _turn in range(3)] == [1, 0, 0]

    proposal = AdjustmentProposal.objects.get()
    assert (proposal.amount, proposal.commission_id) == (euros(1_000), rows[0].pk)
    assert (proposal.status, proposal.author) == ("booked", again_decider(again))
    assert statuses(rows) == ["reversed", "pending"]
    assert_balances(case.affiliate_id, pending=1_000, payable=1_000)


def again_decider(case):
    case.refresh_from_db()
    return case.decided_by


def test_an_appeal_that_is_lost_changes_nothing():
    case, rows = held()
    confirm(case)
    cases.apply_decisions(now=LATER)
    confirm(contest(case), now=LATEST)
    assert cases.apply_decisions(now=LATEST) == 0
    assert statuses(rows) == ["reversed"]
    assert not AdjustmentProposal.objects.exists()
    assert_balances(case.affiliate_id)


def test_a_sale_that_a_claim_has_granted_meanwhile_is_not_given_back_twice():
    case, rows = held()
    confirm(case)
    cases.apply_decisions(now=LATER)
    again = contest(case)
    order = rows[0].credit.order
    claim = claimed(
        case.affiliate, kind="declined", order_number=order.number, credit_id=rows[0].credit_id,
        text="Not me.", now=LATER,
    )  # fmt: skip
    grant(
        claim_id=claim.pk, amount=euros(1_000), reply=Reply(code="right", text="You are right."),
        actor_id=manager().pk, now=LATER,
    )  # fmt: skip

    dismiss(again)

    assert cases.apply_decisions(now=LATEST) == 0
    assert_balances(case.affiliate_id, payable=1_000)


def test_a_sale_that_the_signals_refused_is_contested_by_a_claim_that_names_them():
    commission = accrued(decision="refuse")
    Signal.objects.create(
        screening=commission.credit.screening, code="order_before_click", version=1,
        family="statistics", severity="refuse", evidence={"seconds_before": 90},
    )  # fmt: skip
    order = commission.credit.order
    claim = claimed(
        commission.affiliate, kind="declined", order_number=order.number,
        credit_id=commission.credit_id, text="The clock is wrong.",
    )  # fmt: skip
    assert claim.evidence["verdict"] == "refused"
    assert claim.evidence["screened"] == {"decision": "refuse", "signals": ["order_before_click"]}
    assert gather(claim, order, now=LATER)["screened"] == claim.evidence["screened"]


# --- payouts -----------------------------------------------------------------------


def codes(affiliate, now):
    return [gate.code for gate in why_not_paid(affiliate.pk, now).gates]


def test_stopped_payouts_are_kept_and_go_on_when_it_is_lifted():
    ada = make_due()
    stops.begin(affiliate_id=ada.pk, what=["payouts"], now=PAYDAY)
    assert codes(ada, PAYDAY) == ["payouts_stopped"]
    assert why_not_paid(ada.pk, PAYDAY).due == euros(5_000)
    stops.end(affiliate_id=ada.pk, what=["payouts"], now=PAYDAY + timedelta(days=1))
    assert codes(ada, PAYDAY + timedelta(days=1)) == []


@pytest.mark.parametrize("what", ["links", "codes"])
def test_stopped_links_and_codes_stop_no_payout(what):
    ada = make_due()
    stops.begin(affiliate_id=ada.pk, what=[what], now=PAYDAY)
    assert codes(ada, PAYDAY) == []


def test_an_approved_payout_does_not_leave_once_payouts_are_stopped():
    ada, other = make_due(), make_due()
    batch = approved_batch()
    stops.begin(affiliate_id=ada.pk, what=["payouts"], now=PAYDAY)

    batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=PAYDAY)

    assert item_of(batch, ada).reason == "A sanction stops the payouts of this account."
    assert item_of(batch, ada).status == ItemStatus.RELEASED
    assert item_of(batch, other).status != ItemStatus.RELEASED
    assert_balances(ada.pk, payable=5_000)
