"""How many people let how much leave, and who may say so (P35 to P39, P42)."""

from datetime import timedelta

import pytest

from core.errors import InvalidTransition
from core.models import AuditEntry
from fraud.models import Decision
from payouts.domain.approval_rules import (
    ONE_PERSON,
    Missing,
    Rule,
    exceeds_daily_limit,
    missing,
    rule_for,
    why_not_a_set,
)
from payouts.domain.calendar import bank_date
from payouts.models import Approval, ApprovalLimit, ApprovalRule, Batch
from payouts.queries.approval_rules import rules_at
from payouts.queries.review import FlagCode, flagged_items, flags, means
from payouts.services import approval_rules, batches
from payouts.services.approving import LimitExceeded, NotLookedAt, ReviewExpired
from payouts.services.items import ContentChanged, FourEyesRefused
from payouts.services.leaving import NotApproved
from tests.builders import make_case, make_credit, make_screening, make_user
from tests.payouts.paydays import (
    LATER,
    MUCH_LATER,
    NEXT_PAYDAY,
    PAYDAY,
    WHY,
    approve,
    finance,
    item_of,
    make_due,
    sent_batch,
    submitted,
)
from tests.payouts.stories import accrued, assert_balances

A_DAY = timedelta(days=1)
BEFORE = PAYDAY - A_DAY
TWO = Rule(above_minor=500_000, people=2)
OWNER = Rule(above_minor=5_000_000, people=2, needs_owner=True)


@pytest.mark.parametrize(
    ("total", "rule"),
    [
        (1, ONE_PERSON),
        (500_000, ONE_PERSON),
        (500_001, TWO),
        (5_000_000, TWO),
        (5_000_001, OWNER),
    ],
)
def test_p35_the_rule_of_the_highest_amount_that_is_exceeded_holds(total, rule):
    assert rule_for([OWNER, TWO], total) == rule


def test_p35_without_rules_one_person_suffices():
    assert rule_for([], 10**9) == ONE_PERSON


@pytest.mark.parametrize(
    ("rule", "owners", "lacking"),
    [
        (ONE_PERSON, [], Missing(people=1, owner=False)),
        (ONE_PERSON, [False], Missing(people=0, owner=False)),
        (TWO, [True], Missing(people=1, owner=False)),
        (OWNER, [False, False], Missing(people=1, owner=True)),
        (OWNER, [True], Missing(people=1, owner=False)),
        (OWNER, [False, True], Missing(people=0, owner=False)),
    ],
)
def test_p35_what_is_missing(rule, owners, lacking):
    assert missing(rule, owners) == lacking


@pytest.mark.parametrize(
    ("rules", "wrong"),
    [
        ([TWO, OWNER], ""),
        ([], "empty"),
        ([TWO, TWO], "twice"),
        ([OWNER, Rule(above_minor=9_000_000, people=3)], "weaker"),
        ([TWO, Rule(above_minor=600_000, people=1)], "weaker"),
        ([Rule(above_minor=0, people=0)], "nobody"),
    ],
)
def test_p36_rules_that_cannot_hold_together(rules, wrong):
    assert why_not_a_set(rules) == wrong


def test_p37_the_limit_counts_what_was_approved_before():
    assert not exceeds_daily_limit(10_000, 5_000, 5_000)
    assert exceeds_daily_limit(10_000, 5_001, 5_000)
    assert not exceeds_daily_limit(None, 10**12, 1)


def with_rules(*rules, at=BEFORE):
    valid_from = approval_rules.propose_rules(
        currency="EUR", rules=rules, valid_from=at, actor_id=finance().pk, now=at
    )
    approval_rules.confirm_rules(
        currency="EUR", valid_from=valid_from, actor_id=finance().pk, now=at
    )


def with_limit(person, minor, at=BEFORE):
    limit = approval_rules.propose_limit(
        user_id=person.pk, currency="EUR", daily_minor=minor, valid_from=at,
        actor_id=finance().pk, now=at,
    )  # fmt: skip
    return approval_rules.confirm_limit(limit_id=limit.pk, actor_id=finance().pk, now=at)


@pytest.mark.django_db
def test_p36_rules_hold_only_once_another_person_confirmed_them():
    proposer = finance()
    begin = approval_rules.propose_rules(
        currency="EUR", rules=[TWO], valid_from=PAYDAY, actor_id=proposer.pk, now=BEFORE
    )

    with pytest.raises(FourEyesRefused):
        approval_rules.confirm_rules(
            currency="EUR", valid_from=begin, actor_id=proposer.pk, now=BEFORE
        )
    assert rules_at("EUR", LATER) == []

    approval_rules.confirm_rules(
        currency="EUR", valid_from=begin, actor_id=finance().pk, now=BEFORE
    )
    assert rules_at("EUR", BEFORE) == []
    assert rules_at("EUR", PAYDAY) == [TWO]
    said = AuditEntry.objects.get(verb="approval_rules.confirmed").data
    assert (said["before"], said["after"][0]["people"]) == ([], 2)


@pytest.mark.django_db
def test_p36_newer_rules_replace_all_older_ones_and_history_stays():
    with_rules(TWO, OWNER)
    with_rules(Rule(above_minor=0, people=3), at=PAYDAY)

    assert rules_at("EUR", PAYDAY - timedelta(hours=1)) == [TWO, OWNER]
    assert rules_at("EUR", PAYDAY) == [Rule(above_minor=0, people=3)]
    assert ApprovalRule.objects.count() == 3


@pytest.mark.django_db
def test_p36_one_proposal_waits_at_a_time_and_none_begins_in_the_past():
    fields = {"currency": "EUR", "rules": [TWO], "actor_id": finance().pk, "now": PAYDAY}
    with pytest.raises(approval_rules.RulesRefused, match="past"):
        approval_rules.propose_rules(valid_from=BEFORE, **fields)
    begin = approval_rules.propose_rules(valid_from=LATER, **fields)
    with pytest.raises(approval_rules.RulesRefused, match="waits already"):
        approval_rules.propose_rules(valid_from=MUCH_LATER, **fields)

    approval_rules.discard_rules(
        currency="EUR", valid_from=begin, actor_id=finance().pk, now=PAYDAY
    )

    assert not ApprovalRule.objects.exists()
    assert AuditEntry.objects.filter(verb="approval_rules.discarded").exists()


@pytest.mark.django_db
def test_p35_a_batch_that_needs_two_is_approved_by_the_second():
    with_rules(Rule(above_minor=4_999, people=2))
    ada, first, second = make_due(), finance(), finance()
    batch = submitted()

    approve(batch, first)

    batch.refresh_from_db()
    assert batch.status == "in_review"
    assert item_of(batch, ada).status == "queued"
    with pytest.raises(InvalidTransition):
        batches.make_file(batch_id=batch.pk, actor_id=first.pk, now=LATER)
    assert approve(batch, first).status == "in_review"
    assert approve(batch, second, now=LATER).status == "approved"
    assert Approval.objects.count() == 2
    verbs = AuditEntry.objects.filter(verb__startswith="batch.approv").order_by("pk")
    assert [entry.verb for entry in verbs] == ["batch.approval_given", "batch.approved"]
    assert_balances(ada.pk, reserved=5_000)


@pytest.mark.django_db
def test_p35_of_those_who_approve_one_is_an_owner():
    with_rules(Rule(above_minor=0, people=2, needs_owner=True))
    make_due()
    batch = submitted()

    approve(batch, finance())
    assert approve(batch, finance()).status == "in_review"
    assert approve(batch, make_user(roles=["finance", "owner"])).status == "approved"


@pytest.mark.django_db
def test_p35_a_batch_called_approved_with_too_few_people_gets_no_file():
    with_rules(Rule(above_minor=0, people=2))
    make_due()
    batch = submitted()
    approve(batch, finance())
    Batch.objects.filter(pk=batch.pk).update(status="approved")
    batch.items.update(status="ready")

    with pytest.raises(NotApproved):
        batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=LATER)


@pytest.mark.django_db
def test_p35_rules_that_came_after_the_last_yes_do_not_undo_it():
    make_due()
    batch = submitted()
    approve(batch, finance())
    with_rules(Rule(above_minor=0, people=2), at=LATER)

    made = batches.make_file(batch_id=batch.pk, actor_id=finance().pk, now=MUCH_LATER)

    assert made.sha256


@pytest.mark.django_db
def test_p37_all_batches_of_a_day_count_against_the_limit_of_a_person():
    ada, checker = make_due(), finance()
    with_limit(checker, 7_500)
    approve(submitted(), checker)
    make_due(affiliate=ada)
    batch = submitted(now=LATER)

    with pytest.raises(LimitExceeded):
        approve(batch, checker, now=LATER)

    assert AuditEntry.objects.get(verb="batch.approval_refused").actor == checker
    assert approve(batch, checker, now=PAYDAY + A_DAY).status == "approved"


@pytest.mark.django_db
def test_p37_who_is_bound_by_a_limit_does_not_confirm_it():
    bound, proposer = finance(), finance()
    limit = approval_rules.propose_limit(
        user_id=bound.pk, currency="EUR", daily_minor=1, valid_from=PAYDAY,
        actor_id=proposer.pk, now=PAYDAY,
    )  # fmt: skip
    for person in (bound, proposer):
        with pytest.raises(FourEyesRefused):
            approval_rules.confirm_limit(limit_id=limit.pk, actor_id=person.pk, now=PAYDAY)
    approval_rules.discard_limit(limit_id=limit.pk, actor_id=bound.pk, now=PAYDAY)

    assert not ApprovalLimit.objects.exists()


@pytest.mark.django_db
def test_p38_after_72_hours_in_review_nobody_approves_any_more():
    make_due()
    batch, checker = submitted(), finance()
    over = PAYDAY + timedelta(hours=72, seconds=1)

    with pytest.raises(ReviewExpired, match="72 hours"):
        approve(batch, checker, now=over)
    batches.send_back(batch_id=batch.pk, actor_id=checker.pk, reason=WHY, now=over)
    batches.submit(batch_id=batch.pk, actor_id=finance().pk, now=over)

    assert approve(batch, checker, now=over).status == "approved"


@pytest.mark.django_db
def test_p39_every_flagged_payment_is_ticked_before_the_yes():
    ada, bob, checker = make_due(), make_due(), finance()
    batch = submitted()
    fields = {
        "batch_id": batch.pk, "actor_id": checker.pk, "content_hash": batch.content_hash,
        "now": PAYDAY,
    }  # fmt: skip
    ticked = [item_of(batch, ada).pk]

    with pytest.raises(NotLookedAt):
        batches.approve(**fields, looked_at=ticked)
    done = batches.approve(
        **fields, looked_at=[*ticked, item_of(batch, bob).pk], comment=" New payees known. "
    )

    assert done.status == "approved"
    assert AuditEntry.objects.get(verb="batch.approved").reason == "New payees known."


@pytest.mark.django_db
def test_p39_what_deserves_a_look():
    usual, more, doubted = make_due(), make_due(), make_due()
    sent_batch()
    for affiliate, units in ((usual, 5), (more, 16), (doubted, 5)):
        make_due(affiliate=affiliate, units=units)
        affiliate.payee.changed_at = NEXT_PAYDAY - timedelta(days=31)
        affiliate.payee.save()
    newcomer = make_due()
    batch = submitted(now=NEXT_PAYDAY, execution_date=bank_date(NEXT_PAYDAY))
    make_case(make_screening(make_credit(doubted), decision=Decision.HOLD))
    items = list(batch.items.select_related("affiliate__payee"))

    found = flags(items, means(batch, items), NEXT_PAYDAY)

    of = {item.affiliate_id: found[item.pk] for item in items}
    assert of[usual.pk] == ()
    assert of[more.pk] == (FlagCode.UNUSUAL,)
    assert of[doubted.pk] == (FlagCode.CASE_OPEN,)
    assert FlagCode.FIRST_PAYOUT in of[newcomer.pk]
    assert flagged_items(batch, NEXT_PAYDAY) == {
        item.pk for item in items if item.affiliate_id != usual.pk
    }


@pytest.mark.django_db
def test_d6_11_the_maker_is_refused_and_the_attempt_is_kept_whatever_the_rules():
    with_rules(Rule(above_minor=0, people=2))
    make_due()
    maker = finance()
    batch = submitted(maker=maker)

    with pytest.raises(FourEyesRefused):
        approve(batch, maker)

    assert not Approval.objects.exists()
    assert AuditEntry.objects.get(verb="batch.approval_refused").actor == maker


@pytest.mark.django_db
def test_d6_12_a_stale_page_is_refused_and_the_attempt_is_kept():
    make_due()
    batch, checker = submitted(), finance()

    with pytest.raises(ContentChanged):
        batches.approve(batch_id=batch.pk, actor_id=checker.pk, content_hash="0" * 64, now=PAYDAY)

    assert AuditEntry.objects.get(verb="batch.approval_refused").actor == checker


@pytest.mark.django_db
def test_p8_sending_back_drops_the_first_of_two_approvals():
    with_rules(Rule(above_minor=0, people=2))
    make_due()
    maker, first = finance(), finance()
    batch = submitted(maker=maker)
    approve(batch, first)
    batches.send_back(batch_id=batch.pk, actor_id=maker.pk, reason=WHY, now=LATER)
    batch = batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=LATER)

    assert approve(batch, finance(), now=LATER).status == "in_review"


def made(actor):
    batch = submitted()
    approve(batch, finance())
    batches.make_file(batch_id=batch.pk, actor_id=actor.pk, now=PAYDAY)
    return batch


@pytest.mark.django_db
def test_p42_a_paused_batch_is_not_sent_and_goes_on_by_somebody_who_may_approve_it():
    ada, actor = make_due(), finance()
    batch = made(actor)
    maker = batch.created_by
    batches.pause(batch_id=batch.pk, actor_id=maker.pk, reason=WHY, now=LATER)

    with pytest.raises(InvalidTransition):
        batches.mark_sent(batch_id=batch.pk, actor_id=actor.pk, now=LATER)
    with pytest.raises(FourEyesRefused):
        batches.resume(batch_id=batch.pk, actor_id=maker.pk, reason=WHY, now=LATER)
    batches.resume(batch_id=batch.pk, actor_id=actor.pk, reason=WHY, now=LATER)

    assert batches.mark_sent(batch_id=batch.pk, actor_id=actor.pk, now=LATER).status == "done"
    verbs = AuditEntry.objects.filter(verb__in=["batch.paused", "batch.resumed"])
    assert [entry.reason for entry in verbs] == [WHY, WHY]
    assert_balances(ada.pk)


@pytest.mark.django_db
def test_d6_32_a_paused_batch_whose_file_may_have_left_is_not_cancelled():
    ada, actor = make_due(), finance()
    batch = made(actor)
    batches.pause(batch_id=batch.pk, actor_id=actor.pk, reason=WHY, now=LATER)

    with pytest.raises(batches.StillInFlight):
        batches.cancel(batch_id=batch.pk, actor_id=actor.pk, reason=WHY, now=LATER)
    batches.file_refused(batch_id=batch.pk, actor_id=actor.pk, reason=WHY, now=LATER)

    batch.refresh_from_db()
    assert batch.status == "cancelled"
    assert_balances(ada.pk, payable=5_000)


@pytest.mark.django_db
def test_d6_42_what_is_still_held_is_in_no_batch():
    due, held = make_due(), accrued().affiliate
    batch = submitted()

    assert [item.affiliate for item in batch.items.all()] == [due]
    assert not held.payout_items.exists()
