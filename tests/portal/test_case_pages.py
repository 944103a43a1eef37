"""What an affiliate reads and does about cases of its account."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from fraud.models import Case, CaseFile, Sanction, Signal
from fraud.services import case_messages, cases, sanctions
from tests.builders import NOW, make_affiliate, make_user
from tests.fraud.case_world import make_guilty, make_held_case
from tests.people import make_mallory, make_sam, person_of

pytestmark = pytest.mark.django_db
EN = {"accept-language": "en"}


@pytest.fixture
def ada(client):
    affiliate = make_affiliate(user=make_user(language="en"), name="Le Carnet")
    client.force_login(person_of(affiliate))
    return affiliate


def held(ada, **overrides):
    case = make_held_case(ada, family="session", **overrides)
    credit = case.credits.order_by("pk").first().credit
    Signal.objects.create(
        screening=credit.screening, code="basket_before_click", version=1, family="session",
        severity="hold",
        evidence={"basket_before_s": 600, "items": 3, "visits_known": 9, "visits_with_basket": 4},
    )  # fmt: skip
    return case


def upload(name, body):
    return SimpleUploadedFile(name, body)


def look(client, case):
    return client.get(reverse("portal:case-detail", args=[case.public_id]), headers=EN)


def write(client, verb, thing, text):
    name = "sanction-contest" if isinstance(thing, Sanction) else f"case-{verb}"
    return client.post(reverse(f"portal:{name}", args=[thing.public_id]), {"text": text},
                       headers=EN)  # fmt: skip


def test_it_reads_what_was_seen_and_what_would_clear_it_but_nothing_of_the_rule(client, ada):
    case = held(ada)
    case_messages.note(case_id=case.pk, text="Secret note.", actor_id=make_sam().pk, now=NOW)
    text = look(client, case).content.decode()
    assert "The basket already held 3 items 10 minutes before the click." in text
    assert "tell us what they read with you before buying" in text
    for secret in ("Secret note.", "basket_before_click", "SES-02", "known visits", "Sam Petit"):
        assert secret not in text
    listed = client.get(reverse("portal:case-list"), headers=EN).content.decode()
    assert "Being looked at" in listed


def test_a_held_sale_says_why_and_leads_to_the_check(client, ada):
    case = held(ada)
    credit = case.credits.order_by("pk").first().credit
    text = client.get(reverse("portal:sale-detail", args=[credit.pk]), headers=EN).content.decode()
    assert "The basket already held 3 items" in text
    assert reverse("portal:case-detail", args=[case.public_id]) in text


def test_it_answers_a_question(client, ada):
    case = held(ada)
    case_messages.ask(
        case_id=case.pk, text="Which page?", due_at=NOW.replace(day=25), actor_id=make_sam().pk,
        now=NOW,
    )  # fmt: skip
    text = look(client, case).content.decode()
    assert "Which page?" in text
    assert "25 June 2026" in text
    assert write(client, "answer", case, " ").status_code == 422
    write(client, "answer", case, "My linen page.")
    assert case.messages.filter(is_from_affiliate=True).get().text == "My linen page."
    case.refresh_from_db()
    assert case.answer_due_at is None


def test_it_sends_files_and_nobody_else_reads_them(client, ada):
    case = held(ada)
    address = reverse("portal:case-answer", args=[case.public_id])
    bad = {"text": "See.", "attachments": [upload("a.pdf", b"%PDF-1"), upload("b.exe", b"MZ\0")]}
    refused = client.post(address, bad, headers=EN)
    assert refused.status_code == 422
    assert "b.exe: The file is no PDF" in refused.content.decode()
    assert not case.messages.exists()

    files = [upload("mail.pdf", b"%PDF-1"), upload("days.csv", b"day;n\n1;2\n")]
    client.post(address, {"text": "See.", "attachments": files}, headers=EN)

    page = look(client, case)
    sent = page.context["thread"][0].files
    assert [file.name for file in sent] == ["mail.pdf", "days.csv"]
    answer = client.get(sent[0].url)
    assert (answer.content, answer["Content-Type"]) == (b"%PDF-1", "application/pdf")
    assert answer["Content-Disposition"].startswith("attachment")
    client.force_login(person_of(make_mallory()))
    assert client.get(sent[0].url).status_code == 404

    client.force_login(person_of(ada))
    CaseFile.objects.update(body=None)
    assert client.get(sent[0].url).status_code == 404
    assert "deleted, because it was decided long ago" in look(client, case).content.decode()


def test_too_many_files_are_refused(client, ada):
    case = held(ada)
    files = [upload(f"{number}.pdf", b"%PDF-1") for number in range(6)]
    address = reverse("portal:case-answer", args=[case.public_id])
    answer = client.post(address, {"text": "See.", "attachments": files}, headers=EN)
    assert answer.status_code == 422
    assert "at most 5 files" in answer.content.decode()


def test_it_contests_a_decision_once(client, ada):
    case = held(ada)
    assert write(client, "contest", case, "Wrong.").status_code == 422
    cases.confirm(
        case_id=case.pk, actor_id=make_sam().pk, reason="So.", message="They do not count.", now=NOW
    )
    text = look(client, case).content.decode()
    assert "They do not count." in text
    assert "Contest the decision" in text
    write(client, "contest", case, "Wrong.")
    case.refresh_from_db()
    assert case.appealed_in.messages.get().text == "Wrong."
    assert "Follow the new check" in look(client, case).content.decode()
    assert write(client, "contest", case, "Really.").status_code == 422


def test_it_reads_what_is_stopped_and_contests_it(client, ada):
    make_guilty(ada)
    sanction = sanctions.suspend(
        affiliate_id=ada.pk, measures=["links"], reason="Secret reason.", message="Your links.",
        actor_id=make_sam().pk, now=NOW,
    )  # fmt: skip
    text = client.get(reverse("portal:case-list"), headers=EN).content.decode()
    assert "Your links lead to the shop and earn nothing." in text
    assert "Secret reason." not in text
    write(client, "", sanction, "Wrong.")
    sanction.refresh_from_db()
    assert sanction.contested_in is not None


def test_another_affiliate_finds_nothing(client, ada):
    case = held(make_mallory())
    assert look(client, case).status_code == 404
    assert write(client, "answer", case, "Mine?").status_code == 404
    assert write(client, "contest", case, "Mine?").status_code == 404
    assert case.messages.count() == 0
    assert Case.objects.count() == 1


def test_home_says_what_waits_and_what_is_stopped(client, ada):
    def home():
        return client.get(reverse("portal:home"), headers=EN).content.decode()

    quiet = home()
    for said in ("waits for a decision", "waits for your answer", "Parts of your account"):
        assert said not in quiet

    case = held(ada)
    assert "1 check of your sales waits for a decision of the team" in home()
    case_messages.ask(
        case_id=case.pk, text="Which page?", due_at=NOW.replace(day=25), actor_id=make_sam().pk,
        now=NOW,
    )  # fmt: skip
    asked = home()
    assert "1 question about your sales waits for your answer" in asked
    assert "25 June 2026" in asked
    assert "waits for a decision" not in asked

    make_guilty(ada)
    sanctions.suspend(
        affiliate_id=ada.pk, measures=["links"], reason="So.", message="Your links.",
        actor_id=make_user(roles=["manager"]).pk, now=NOW,
    )  # fmt: skip
    assert "Parts of your account are stopped" in home()
