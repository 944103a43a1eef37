"""A decision with much at stake on the pages: proposed, agreed to, declined; the limit."""

import pytest
from django.urls import reverse
from django.utils import timezone

from core.models import Delivery
from fraud.models import Case, CaseProposal, DecisionLimit
from fraud.services import case_messages, case_proposals
from fraud.services.case_files import ReadFile
from tests.builders import make_user
from tests.fraud.case_world import credit_ids
from tests.people import make_sam, person_of
from tests.portal_staff.test_cases import EN, MESSAGE, REASON, act, look, money_case, verdict

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return make_sam()


@pytest.fixture
def manager(client, sam):
    client.force_login(sam)
    return client


@pytest.fixture
def colleague():
    return make_user(roles=["manager"], name="Mia Second")


@pytest.fixture
def case(sam):
    """A case that holds EUR 30.00, where two people decide from EUR 30.00 on."""
    held = money_case()
    case_proposals.change_limit(
        from_minor=3_000, reason="Small shop.", actor_id=sam.pk, now=timezone.now()
    )
    return held


def answer(client, verb, made, **fields):
    address = reverse(f"portal:proposal-{verb}", args=[made.public_id])
    return client.post(address, fields, headers=EN, follow=True).content.decode()


def test_it_is_proposed_and_a_colleague_agrees(manager, client, case, colleague):
    fallen = credit_ids(case)[:1]
    assert "A second person is needed" in look(manager, case).content.decode()
    seen = act(manager, "confirm", case, **verdict(case, sales=fallen, step="")).content.decode()
    assert "You propose it." in seen

    act(manager, "confirm", case, **verdict(case, sales=fallen))

    made = CaseProposal.objects.get()
    assert (made.refused, made.at_stake_minor, made.reason) == (fallen, 3_000, REASON)
    assert Case.objects.get(pk=case.pk).status == "open"
    assert not Delivery.objects.filter(recipient=person_of(case.affiliate).email).exists()
    queue = manager.get(reverse("portal:review-list"), headers=EN).content.decode()
    assert "Decisions that wait for a second person" in queue
    page = look(manager, case).content.decode()
    assert "Refuse 1 of 3 sales" in page
    assert "Take it back" in page
    assert "€10.00" in page
    assert "a second person must decide" in answer(manager, "agree", made)

    client.force_login(colleague)
    page = look(client, case).content.decode()
    assert MESSAGE in page
    assert "Sam Petit" in page
    assert "Decided, and the affiliate told" in answer(client, "agree", made)

    decided = Case.objects.get(pk=case.pk)
    assert (decided.status, decided.decided_by) == ("confirmed", colleague)
    mail = Delivery.objects.get(recipient=person_of(case.affiliate).email)
    assert MESSAGE in mail.body


def test_the_queue_is_asked_for_what_waits_for_a_second_person(manager, case):
    money_case(1)
    act(manager, "dismiss", case, **verdict(case))
    page = manager.get(reverse("portal:review-list"), {"state": "proposed"}, headers=EN)
    assert [row["case"] for row in page.context["rows"]] == [case]


def test_a_colleague_declines_and_the_first_reads_why(manager, client, sam, case, colleague):
    act(manager, "dismiss", case, **verdict(case))
    made = CaseProposal.objects.get()
    client.force_login(colleague)
    assert "Write the reason." in answer(client, "decline", made, reason="")
    answer(client, "decline", made, reason="Ask first.")
    client.force_login(sam)
    page = look(client, case).content.decode()
    assert "A colleague did not agree" in page
    assert "Ask first." in page


def test_it_is_taken_back(manager, case):
    act(manager, "dismiss", case, **verdict(case))
    answer(manager, "withdraw", CaseProposal.objects.get())
    assert CaseProposal.objects.get().status == "withdrawn"
    assert 'name="reason"' in look(manager, case).content.decode()


def test_the_limit_is_changed_with_a_reason(manager):
    address = reverse("portal:review-limit")
    assert "€1,000.00" in manager.get(address, headers=EN).content.decode()
    assert manager.post(address, {"amount": "250,50"}, headers=EN).status_code == 422
    assert manager.post(address, {"amount": "x", "reason": "So."}, headers=EN).status_code == 422

    manager.post(address, {"amount": "250,50", "reason": "Small shop."}, headers=EN)
    assert DecisionLimit.objects.get().from_minor == 25_050
    assert "Small shop." in manager.get(address, headers=EN).content.decode()

    manager.post(address, {"amount": "", "reason": "One of us left."}, headers=EN)
    assert DecisionLimit.at(timezone.now()) is None
    assert "One person decides every case." in manager.get(address, headers=EN).content.decode()


def test_the_team_reads_the_files_of_an_answer(manager, case):
    case_messages.answer(
        case_id=case.pk, affiliate_id=case.affiliate_id, text="See here.",
        files=[ReadFile(name="mail.pdf", body=b"%PDF-1.7")], now=timezone.now(),
        actor_id=person_of(case.affiliate).pk,
    )  # fmt: skip
    page = look(manager, case)
    (file,) = page.context["thread"][0].files
    assert file.url in page.content.decode()
    sent = manager.get(file.url)
    assert (sent.content, sent["Content-Type"]) == (b"%PDF-1.7", "application/pdf")
    assert sent["Content-Disposition"] == 'attachment; filename="mail.pdf"'
    assert "sandbox" in sent["Content-Security-Policy"]
    other = money_case(1)
    number = file.url.rstrip("/").rsplit("/", 1)[1]
    lost = reverse("portal:review-file", args=[other.public_id, number])
    assert manager.get(lost).status_code == 404
