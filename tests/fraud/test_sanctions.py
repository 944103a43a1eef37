from datetime import timedelta

import pytest

from affiliates.models import Stop
from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from fraud.models import Observation, Sanction
from fraud.queries.grounds import grounds
from fraud.services import cases, sanctions
from tests.builders import (
    NOW,
    make_affiliate,
    make_case,
    make_click,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_screening,
    make_user,
)
from tests.fraud.case_world import found, make_guilty
from tests.fraud.sanction_stories import LATER, WORDS, lift, manager, propose, stopped, suspend
from tests.people import make_sam, person_of
from tracking.landing_links import read_windows
from tracking.models import Credit, Touchpoint
from tracking.services.attributions import attribute_pending

pytestmark = pytest.mark.django_db


# --- grounds -----------------------------------------------------------------------


def nothing(affiliate):
    """Nothing at all."""


def one_family(affiliate):
    found(affiliate)
    found(affiliate, "shared_payee", severity="hold")


def second_in_the_shadow(affiliate):
    found(affiliate)
    found(affiliate, "flat_delay", "statistics", severity="hold", is_shadow=True)


def second_only_review(affiliate):
    found(affiliate)
    found(affiliate, "session_open", "session", severity="review")


def second_too_long_ago(affiliate):
    found(affiliate)
    found(affiliate, "checkout_before_click", "session", ago=91)


def second_cleared_by_a_person(affiliate):
    found(affiliate)
    signal = found(affiliate, "basket_before_click", "session", severity="hold")
    make_case(
        signal.screening, family="session", status="dismissed", decided_by=make_user(),
        reason="Fine.",
    )  # fmt: skip


def nineteen_refusals(affiliate):
    for number in range(19):
        found(affiliate, ago=1 + number % 6)


def twenty_refusals_on_four_days(affiliate):
    for number in range(20):
        found(affiliate, ago=1 + number % 4)


def two_families(affiliate):
    make_guilty(affiliate)


def signal_and_observation(affiliate):
    found(affiliate)
    Observation.objects.create(
        affiliate=affiliate, code="flat_delay", version=1, family="statistics", severity="hold",
        first_seen_at=NOW - timedelta(days=3), last_seen_at=NOW,
    )  # fmt: skip


def signal_and_open_case(affiliate):
    found(affiliate)
    make_case(make_screening(make_credit(affiliate), decision="hold"), family="domain")


def twenty_refusals_on_five_days(affiliate):
    for number in range(20):
        found(affiliate, ago=1 + number % 5)


@pytest.mark.parametrize(
    "story",
    [
        nothing,
        one_family,
        second_in_the_shadow,
        second_only_review,
        second_too_long_ago,
        second_cleared_by_a_person,
        nineteen_refusals,
        twenty_refusals_on_four_days,
    ],
)
def test_nobody_is_sanctioned_on_less(story):
    affiliate, sam = make_affiliate(), make_sam()
    story(affiliate)
    for act in (suspend, propose):
        with pytest.raises(sanctions.GroundsMissing):
            act(affiliate, sam)
    assert not Sanction.objects.exists()
    assert not Stop.objects.exists()
    assert not Delivery.objects.exists()


@pytest.mark.parametrize(
    "story",
    [two_families, signal_and_observation, signal_and_open_case, twenty_refusals_on_five_days],
)
def test_these_grounds_suffice(story):
    affiliate = make_affiliate()
    story(affiliate)
    sanction = suspend(affiliate, make_sam())
    assert sanction.status == "in_force"
    assert set(sanction.families) == grounds(affiliate.pk, NOW).families


# --- suspensions -------------------------------------------------------------------


def test_what_is_chosen_stops_and_the_affiliate_reads_why_and_what_to_do():
    affiliate = make_guilty(make_affiliate(user=make_user(language="en")))
    sam = make_sam()
    suspend(affiliate, sam, ["codes", "payouts"])

    assert stopped(affiliate, NOW) == {"codes", "payouts"}
    affiliate.refresh_from_db()
    assert affiliate.status == "active"
    mail = Delivery.objects.get()
    assert mail.recipient == person_of(affiliate).email
    assert WORDS["message"] in mail.body
    assert WORDS["reason"] not in mail.body
    assert "Your promo codes credit nobody." in mail.body
    assert "Your links" not in mail.body.replace(WORDS["message"], "")
    assert "If this is wrong, say so once" in mail.body
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.actor, entry.reason) == ("sanction.in_force", sam, WORDS["reason"])


@pytest.mark.parametrize("measures", [[], ["everything"], ["links", "everything"]])
def test_a_suspension_stops_something_that_can_be_stopped(measures):
    affiliate = make_guilty()
    with pytest.raises(sanctions.MeasureMissing):
        suspend(affiliate, make_sam(), measures)


@pytest.mark.parametrize("missing", ["reason", "message"])
def test_a_suspension_says_why_to_the_team_and_to_the_affiliate(missing):
    affiliate = make_guilty()
    with pytest.raises(cases.ReasonMissing):
        suspend(affiliate, make_sam(), **{missing: " "})


def test_nobody_sanctions_their_own_account():
    affiliate = make_guilty()
    for act in (suspend, propose):
        with pytest.raises(sanctions.OwnAccount):
            act(affiliate, person_of(affiliate))


def test_the_same_suspension_again_changes_nothing_and_another_must_wait():
    affiliate, sam = make_guilty(), make_sam()
    first = suspend(affiliate, sam, ["links"])
    assert suspend(affiliate, sam, ["links"]) == first
    with pytest.raises(sanctions.AlreadySanctioned):
        suspend(affiliate, sam, ["codes"])
    assert AuditEntry.objects.count() == Delivery.objects.count() == 1


def test_lifted_everything_goes_on_and_the_affiliate_is_told():
    affiliate, sam = make_guilty(), make_sam()
    sanction = suspend(affiliate, sam)
    for _ in range(2):
        lift(sanction, manager())
    sanction.refresh_from_db()
    assert sanction.status == "lifted"
    assert stopped(affiliate, LATER) == set()
    assert stopped(affiliate, NOW) == {"links", "codes", "payouts"}
    assert "Sorry." in Delivery.objects.order_by("-pk")[0].body
    assert Delivery.objects.count() == 2


# --- what stops --------------------------------------------------------------------


def test_a_stopped_link_counts_no_click_and_earns_nothing_until_it_is_lifted():
    affiliate, sam = make_guilty(), make_sam()
    link = make_link(affiliate)
    before = make_click(link, clicked_at=NOW - timedelta(hours=1))
    sanction = suspend(affiliate, sam, ["links"])
    assert affiliate.pk not in read_windows(NOW, [affiliate.pk])
    during = make_order(click_tokens=[before.reference], placed_at=NOW + timedelta(minutes=5))
    lift(sanction, sam)
    assert affiliate.pk in read_windows(LATER, [affiliate.pk])
    after = make_order(click_tokens=[before.reference], placed_at=LATER + timedelta(minutes=5))

    attribute_pending(now=LATER + timedelta(hours=1))

    lost = Touchpoint.objects.get(attribution__order=during)
    assert (lost.won, lost.reason) == (False, "affiliate_not_active")
    assert Credit.objects.get(order=after).affiliate == affiliate
    assert not Credit.objects.filter(order=during).exists()


def test_a_stopped_code_credits_nobody_and_links_go_on():
    affiliate, sam = make_guilty(), make_sam()
    code, click = make_code(affiliate), make_click(make_link(affiliate))
    suspend(affiliate, sam, ["codes"])
    typed = make_order(codes=[code.code], placed_at=NOW + timedelta(minutes=5))
    clicked = make_order(click_tokens=[click.reference], placed_at=NOW + timedelta(minutes=5))

    attribute_pending(now=LATER)

    assert not Credit.objects.filter(order=typed).exists()
    assert Credit.objects.get(order=clicked).affiliate == affiliate


# --- bans --------------------------------------------------------------------------


def test_a_ban_holds_once_a_second_person_agrees():
    affiliate, sam, second = make_guilty(), make_sam(), manager()
    ban = propose(affiliate, sam)
    assert (ban.status, stopped(affiliate, NOW)) == ("proposed", set())
    assert [mail.recipient for mail in Delivery.objects.all()] == [second.email]

    with pytest.raises(sanctions.SecondPersonNeeded):
        sanctions.agree(sanction_id=ban.pk, actor_id=sam.pk, now=LATER)
    for _ in range(2):
        sanctions.agree(sanction_id=ban.pk, actor_id=second.pk, now=LATER)

    affiliate.refresh_from_db()
    assert (affiliate.status, affiliate.status_reason) == ("closed", WORDS["message"])
    assert stopped(affiliate, LATER) == {"links", "codes", "payouts"}
    assert Delivery.objects.filter(recipient=person_of(affiliate).email).count() == 1
    verbs = list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))
    assert verbs == ["sanction.proposed", "affiliate.closed", "sanction.in_force"]


def test_a_ban_that_is_rejected_never_held():
    affiliate, sam, second = make_guilty(), make_sam(), manager()
    ban = propose(affiliate, sam)
    with pytest.raises(sanctions.SecondPersonNeeded):
        reject(ban, sam)
    assert reject(ban, second).status == "rejected"
    with pytest.raises(InvalidTransition):
        sanctions.agree(sanction_id=ban.pk, actor_id=manager().pk, now=LATER)
    affiliate.refresh_from_db()
    assert (affiliate.status, stopped(affiliate, LATER)) == ("active", set())
    assert not Delivery.objects.filter(recipient=person_of(affiliate).email).exists()


def reject(ban, actor):
    return sanctions.reject(
        sanction_id=ban.pk, actor_id=actor.pk, reason="A warning is enough.", now=LATER
    )


def test_nobody_agrees_to_a_ban_of_their_own_account():
    affiliate = make_guilty()
    ban = propose(affiliate, make_sam())
    with pytest.raises(sanctions.OwnAccount):
        sanctions.agree(sanction_id=ban.pk, actor_id=person_of(affiliate).pk, now=LATER)


def test_a_ban_falls_when_its_grounds_were_cleared_meanwhile():
    affiliate, sam = make_affiliate(), make_sam()
    found(affiliate)
    signal = found(affiliate, "basket_before_click", "session", severity="hold")
    case = make_case(signal.screening, family="session")
    ban = propose(affiliate, sam)
    cases.dismiss(case_id=case.pk, actor_id=sam.pk, reason="Fine.", now=LATER)
    with pytest.raises(sanctions.GroundsMissing):
        sanctions.agree(sanction_id=ban.pk, actor_id=manager().pk, now=LATER)
    affiliate.refresh_from_db()
    assert affiliate.status == "active"


def test_a_ban_takes_the_place_of_a_suspension_and_lifted_opens_the_account_again():
    affiliate, sam, second = make_guilty(), make_sam(), manager()
    suspension = suspend(affiliate, sam, ["links"])
    ban = propose(affiliate, sam)
    sanctions.agree(sanction_id=ban.pk, actor_id=second.pk, now=LATER)
    suspension.refresh_from_db()
    assert suspension.status == "lifted"
    assert stopped(affiliate, LATER) == {"links", "codes", "payouts"}

    lift(ban, second, now=LATER + timedelta(hours=1))

    affiliate.refresh_from_db()
    assert affiliate.status == "active"
    assert stopped(affiliate, LATER + timedelta(hours=1)) == set()


def test_an_account_that_was_closed_before_stays_closed_when_its_ban_is_lifted():
    affiliate, sam, second = make_guilty(), make_sam(), manager()
    affiliate.status, affiliate.status_reason = "closed", "Asked for."
    affiliate.save()
    ban = propose(affiliate, sam)
    sanctions.agree(sanction_id=ban.pk, actor_id=second.pk, now=LATER)
    lift(ban, sam)
    affiliate.refresh_from_db()
    assert affiliate.status == "closed"
