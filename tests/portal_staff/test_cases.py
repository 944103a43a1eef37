"""The queue of cases and the page of one: evidence, choice, the mail before it is sent."""

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from affiliates.models import IdentityKey, Stop
from core.models import Delivery
from fraud.models import Case, CaseCredit, Decision, Observation, Sanction, SignalPause
from fraud.services import sanctions
from tests.builders import make_affiliate, make_case, make_credit, make_screening, make_user
from tests.fraud.case_world import credit_ids, make_guilty, make_held_case
from tests.payouts.stories import accrued
from tests.people import make_fin, make_sam, person_of
from tests.portal_staff.world import make_held, make_open_case

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}
REASON = "I called them."
MESSAGE = "We looked at it together."


@pytest.fixture
def sam():
    return make_sam()


@pytest.fixture
def manager(client, sam):
    client.force_login(sam)
    return client


def act(client, verb, case, **fields):
    return client.post(reverse(f"portal:review-{verb}", args=[case.public_id]), fields, headers=EN)


def look(client, case):
    return client.get(reverse("portal:review-detail", args=[case.public_id]), headers=EN)


def verdict(case, **fields):
    ids = credit_ids(case)
    return {
        "reason": REASON, "message": MESSAGE, "looked_at": ",".join(map(str, ids)),
        "sales": ids, "step": "send", **fields,
    }  # fmt: skip


def money_case(sales=3):
    """A case that holds sales of EUR 10.00 each."""
    affiliate = make_affiliate(user=make_user(language="en"))
    rows = [accrued(affiliate, decision=Decision.HOLD) for _number in range(sales)]
    case = make_case(rows[0].credit.screening)
    for row in rows[1:]:
        CaseCredit.objects.create(case=case, credit=row.credit, added_at=case.opened_at)
    return case


# --- the queue ---------------------------------------------------------------------


def test_the_queue_names_what_was_seen_and_what_is_at_stake(manager):
    make_open_case()
    make_held()

    page = manager.get(reverse("portal:review-list"), headers=EN)

    assert "Own purchase" in page.content.decode()
    assert page.context["rows"][0]["at_stake"].minor == 1_000
    assert [row.commission.amount_minor for row in page.context["held"]] == [1_000]


def test_the_queue_is_asked_by_state_family_and_name(manager, sam):
    now = timezone.now()
    ada = make_affiliate(name="Le Carnet d'Ada")
    mine = make_held_case(ada, credits=1, assignee=sam)
    asked = make_held_case(credits=1, family="session", answer_due_at=now)
    snoozed = make_held_case(credits=1, snoozed_until=now + timedelta(days=3))
    late = make_held_case(credits=1, escalated_at=now)

    def found(**query):
        page = manager.get(reverse("portal:review-list"), query, headers=EN)
        return {row["case"] for row in page.context["rows"]}

    assert found() == {mine, asked, late}
    assert found(state="mine") == {mine}
    assert found(state="asked") == {asked}
    assert found(state="snoozed") == {snoozed}
    assert found(state="late") == {late}
    assert found(family="session") == {asked}
    assert found(q="carnet") == {mine}
    assert found(q=late.credits.get().credit.order.number) == {late}


def test_the_queue_is_exported(manager):
    case = make_open_case()
    answer = manager.get(reverse("portal:review-list"), {"format": "csv"}, headers=EN)
    assert answer["Content-Type"].startswith("text/csv")
    assert case.affiliate.name in answer.content.decode()


# --- one case ----------------------------------------------------------------------


def test_the_case_explains_itself(manager):
    page = look(manager, make_open_case()).content.decode()
    assert "a person who acts for this affiliate (by customer account)" in page
    assert "The order was placed with your own details." in page


def test_the_case_says_what_to_do_next_and_begins_the_question(manager):
    case = make_open_case()
    page = look(manager, case)
    text = page.content.decode()
    assert "Ask the affiliate. Alike cases do not say enough" in text
    assert page.context["question"]["text"].value() == page.context["form"]["message"].value()
    number = case.credits.first().credit.order.number
    assert text.index(number) < text.index('id="decide"')


def test_accounts_with_the_same_details_are_named_with_what_is_the_same(manager):
    case = make_open_case()
    twin = make_affiliate(name="Le Jumeau")
    for affiliate in (case.affiliate, twin):
        IdentityKey.objects.create(
            affiliate=affiliate, kind="tax_number", key="k" * 32, seen_at=case.opened_at
        )
    Observation.objects.create(
        affiliate=case.affiliate, code="shared_identity", version=1, family="identity",
        severity="hold", evidence={"kinds": ["tax_number"], "affiliate_ids": [twin.pk]},
        first_seen_at=case.opened_at, last_seen_at=case.opened_at,
    )  # fmt: skip
    (other,) = look(manager, case).context["view"].sharing
    assert (other.name, other.shared) == ("Le Jumeau", ("tax_number",))
    assert "tax number" in look(manager, case).content.decode()


def test_the_effect_in_money_is_seen_before_it_is_decided(manager):
    case = money_case()
    seen = act(manager, "confirm", case, **verdict(case, sales=credit_ids(case)[:1], step=""))
    assert seen.context["effect"] == [("Refused", "€10.00"), ("Released", "€20.00")]
    seen = act(manager, "dismiss", case, **verdict(case, step=""))
    assert seen.context["effect"] == [("Released", "€30.00")]


def test_a_case_that_contests_a_sanction_says_that_dismissing_it_lifts_it(manager):
    affiliate, author = guilty(), make_user(roles=["manager"])
    stopped = sanctions.suspend(
        affiliate_id=affiliate.pk, measures=["links"], reason=REASON, message=MESSAGE,
        actor_id=author.pk, now=timezone.now(),
    )  # fmt: skip
    case = sanctions.contest(
        sanction_id=stopped.pk, affiliate_id=affiliate.pk, text="No.", now=timezone.now(),
        actor_id=person_of(affiliate).pk,
    )  # fmt: skip
    assert "Dismissing this case lifts it" in look(manager, case).content.decode()
    seen = act(manager, "dismiss", case, **verdict(case, sales=[], step="")).content.decode()
    assert "Lift the sanction" in seen
    assert "it goes on from now" in seen
    act(manager, "dismiss", case, **verdict(case, sales=[]))
    stopped.refresh_from_db()
    assert stopped.status == "lifted"


def test_an_empty_queue_says_what_was_checked(manager):
    make_screening(make_credit(), screened_at=timezone.now())
    page = manager.get(reverse("portal:review-list"), headers=EN).content.decode()
    assert ": 1 sale in thirty days." in page


def test_the_mail_is_seen_before_it_is_sent(manager):
    case = money_case()
    seen = act(manager, "confirm", case, **verdict(case, sales=credit_ids(case)[:1], step=""))

    text = seen.content.decode()
    assert MESSAGE in text
    assert "A decision about your sales" in text
    assert "Refuse 1 sale" in text
    assert Case.objects.get(pk=case.pk).status == "open"
    assert not Delivery.objects.exists()

    act(manager, "confirm", case, **verdict(case, sales=credit_ids(case)[:1]))

    mail = Delivery.objects.get(recipient=person_of(case.affiliate).email)
    assert seen.context["letter"].body == mail.body
    rulings = case.credits.order_by("pk").values_list("ruling", flat=True)
    assert list(rulings) == ["refused", "cleared", "cleared"]


@pytest.mark.parametrize(("verb", "status"), [("confirm", "confirmed"), ("dismiss", "dismissed")])
def test_deciding_needs_a_reason_and_opens_the_next_case(manager, verb, status):
    first, second = money_case(1), money_case(1)

    assert act(manager, verb, first, **verdict(first, reason="")).status_code == 422
    answer = act(manager, verb, first, **verdict(first))

    assert answer["Location"] == reverse("portal:review-detail", args=[second.public_id])
    first.refresh_from_db()
    assert (first.status, first.reason) == (status, REASON)
    assert first.message.endswith(MESSAGE)


def test_what_joined_since_the_page_was_read_is_not_decided_unseen(manager):
    case = money_case(1)
    fields = verdict(case)
    row = accrued(case.affiliate, decision=Decision.HOLD)
    CaseCredit.objects.create(case=case, credit=row.credit, added_at=case.opened_at)

    answer = act(manager, "dismiss", case, **fields)

    assert answer.status_code == 422
    assert "look at them, then decide" in answer.content.decode()
    assert Case.objects.get(pk=case.pk).status == "open"


def test_a_decided_case_stays_decided(manager):
    case = money_case(1)
    act(manager, "confirm", case, **verdict(case))
    assert act(manager, "dismiss", case, **verdict(case, sales=[])).status_code == 422
    assert Case.objects.get(pk=case.pk).status == "confirmed"
    assert REASON in look(manager, case).content.decode()


def test_a_question_is_seen_then_sent_and_the_answer_is_read(manager):
    case = money_case(1)
    day = (timezone.now() + timedelta(days=5)).date().isoformat()
    fields = {"text": "Who owns ada.example?", "due_on": day}
    assert "Who owns ada.example?" in act(manager, "ask", case, **fields).content.decode()
    assert not Delivery.objects.exists()
    act(manager, "ask", case, **fields, step="send")
    assert Delivery.objects.count() == 1
    page = look(manager, case).content.decode()
    assert "Waits for the affiliate" in page
    assert "Who owns ada.example?" in page


def test_a_question_without_an_honest_day_is_not_sent(manager):
    case = money_case(1)
    day = (timezone.now() + timedelta(days=60)).date().isoformat()
    answer = act(manager, "ask", case, text="Why?", due_on=day, step="send")
    assert answer.status_code == 422
    assert not Delivery.objects.exists()


def test_it_is_given_put_off_noted_and_excepted(manager, sam):
    case = make_open_case()
    day = (timezone.now() + timedelta(days=5)).date().isoformat()
    act(manager, "assign", case, assignee=sam.pk)
    act(manager, "note", case, text="Known address.")
    act(manager, "snooze", case, until=day, reason="Waiting for the shop.")
    act(manager, "pause", case, code="own_purchase", until=day, reason="Agency.")
    case.refresh_from_db()
    assert case.assignee == sam
    assert case.messages.get().is_internal
    assert case.snoozed_until > timezone.now() + timedelta(days=4)
    assert SignalPause.objects.get().affiliate == case.affiliate
    act(manager, "wake", case)
    case.refresh_from_db()
    assert case.snoozed_until is None


def test_a_case_with_very_many_sales_costs_as_many_queries(manager, django_assert_max_num_queries):
    case = money_case(1)
    with django_assert_max_num_queries(70):
        look(manager, case)


# --- sanctions ---------------------------------------------------------------------

STOP = {"kind": "suspend", "measures": ["links"], "reason": REASON, "message": MESSAGE}


def sanction(client, affiliate, **fields):
    address = reverse("portal:sanction-new", args=[affiliate.public_id])
    return client.post(address, {**STOP, **fields}, headers=EN)


def guilty():
    return make_guilty(make_affiliate(user=make_user(language="en")), now=timezone.now())


def test_a_suspension_is_seen_then_sent_and_lifted(manager):
    affiliate = guilty()
    seen = sanction(manager, affiliate)
    assert "Your links lead to the shop and earn nothing." in seen.content.decode()
    assert not Stop.objects.exists()

    answer = sanction(manager, affiliate, step="send")

    made = Sanction.objects.get()
    assert answer["Location"] == reverse("portal:sanction-detail", args=[made.public_id])
    assert Stop.objects.get().what == "links"
    assert seen.context["letter"].body == Delivery.objects.get().body
    assert manager.get(answer["Location"], headers=EN).status_code == 200

    lift = reverse("portal:sanction-lift", args=[made.public_id])
    assert "Sorry." in manager.post(lift, {"reason": "x", "message": "Sorry."}).content.decode()
    manager.post(lift, {"reason": "x", "message": "Sorry.", "step": "send"})
    made.refresh_from_db()
    assert made.status == "lifted"


def test_a_ban_waits_for_a_second_manager(manager, client):
    affiliate = guilty()
    sanction(manager, affiliate, kind="ban", step="send")
    ban = Sanction.objects.get()
    agree = reverse("portal:sanction-agree", args=[ban.public_id])
    assert affiliate.name in manager.get(reverse("portal:review-list")).content.decode()
    manager.post(agree)
    ban.refresh_from_db()
    assert ban.status == "proposed"

    client.force_login(make_user(roles=["manager"]))
    client.post(agree)

    ban.refresh_from_db()
    affiliate.refresh_from_db()
    assert (ban.status, affiliate.status) == ("in_force", "closed")


def test_without_grounds_the_page_says_so(manager):
    answer = sanction(manager, make_affiliate(), step="send")
    assert answer.status_code == 422
    assert "two families of evidence" in answer.content.decode()
    assert sanction(manager, guilty(), measures=[], step="send").status_code == 422


def test_finance_decides_about_no_case(client):
    case = make_open_case()
    client.force_login(make_fin())
    assert act(client, "confirm", case, **verdict(case)).status_code == 403


def test_words_written_for_a_refusal_are_not_sent_with_a_dismissal(manager):
    case = make_open_case()
    begun = look(manager, case).context["form"]["message"].value()
    assert "The order was placed with your own details." in begun
    act(manager, "dismiss", case, **verdict(case, message=begun))
    body = Delivery.objects.get().body
    assert "they all count" in body
    assert "own details" not in body
