"""Joining through the pages."""

import pytest

from affiliates.models import Application, ApplicationStatus
from affiliates.services import applications
from tests.builders import make_group, make_user
from tests.payouts.paydays import PAYDAY
from tests.portal.conftest import signed_in
from tests.portal.partner_world import text_of

ANSWERS = {
    "kind": "content",
    "name": "Chez Zoé",
    "country": "FR",
    "legal_form": "sole_trader",
    "channels": ["site", "instagram"],
    "sites": "chezzoe.example\nhttps://social.example/zoe",
    "methods": ["content"],
    "pitch": "Slow fashion, every week.",
    "accept": "on",
}


@pytest.fixture
def zoe(db, payday):
    make_group()
    return make_user(email="zoe@example.com", name="Zoé")


@pytest.fixture
def browser(client, zoe):
    return signed_in(client, zoe)


def test_an_application_is_sent_and_its_state_shown(browser, zoe):
    response = browser.post("/apply/", ANSWERS)

    application = Application.objects.get(user=zoe)
    assert response["Location"] == "/apply/status/"
    assert application.sites == ["https://chezzoe.example", "https://social.example/zoe"]
    assert application.submitted_at == PAYDAY
    page = text_of(browser.get("/apply/status/"))
    assert "Waiting for somebody to read it" in page
    assert "Slow fashion" in page


def test_who_has_applied_is_led_to_the_state(browser, zoe):
    browser.post("/apply/", ANSWERS)
    assert browser.get("/apply/")["Location"] == "/apply/status/"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"accept": ""}, "Accept the terms to send your application."),
        ({"channels": []}, "Choose at least one."),
        ({"sites": ""}, "This field is required."),
        ({"sites": "not an address"}, "is not an address"),
        ({"sites": "\n".join(f"s{n}.example" for n in range(11))}, "At most ten addresses"),
        ({"legal_form": ""}, "This field is required."),
        ({"kind": "employee"}, "This field is required."),
        ({"country": "XX"}, "XX"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(browser, change, sentence):
    response = browser.post("/apply/", {**ANSWERS, **change})

    page = text_of(response)
    assert response.status_code == 422
    assert sentence in page
    assert "Slow fashion, every week." in page
    assert not Application.objects.exists()


def test_an_employee_gives_store_and_number_and_needs_no_site_or_legal_form(browser, zoe):
    browser.post(
        "/apply/",
        {
            **ANSWERS,
            "kind": "employee",
            "legal_form": "",
            "sites": "",
            "store": "Lyon Bellecour",
            "staff_number": "E42",
        },
    )

    application = Application.objects.get(user=zoe)
    assert (application.store, application.staff_number) == ("Lyon Bellecour", "E42")
    assert application.legal_form == "individual"


def test_a_store_given_by_somebody_else_is_not_kept(browser, zoe):
    browser.post("/apply/", {**ANSWERS, "store": "Lyon", "staff_number": "E1"})
    assert Application.objects.get(user=zoe).staff_number == ""


def test_withdrawing_keeps_the_answers_for_the_next_time(browser, zoe):
    browser.post("/apply/", ANSWERS)
    browser.post("/apply/withdraw/")

    assert Application.objects.get(user=zoe).status == ApplicationStatus.WITHDRAWN
    assert "Withdrawn" in text_of(browser.get("/apply/status/"))
    assert "chezzoe.example" in text_of(browser.get("/apply/"))


def test_a_refusal_shows_its_reason_and_lets_apply_again(browser, zoe):
    browser.post("/apply/", ANSWERS)
    applications.reject(
        application_id=Application.objects.get().pk,
        reviewer_id=make_user().pk,
        reason="The site is empty.",
        now=PAYDAY,
    )

    page = text_of(browser.get("/apply/status/"))
    assert "The site is empty." in page
    assert "Apply again" in page
    assert "The site is empty." in text_of(browser.get("/apply/"))


def test_a_decided_application_is_not_withdrawn(browser, zoe):
    browser.post("/apply/", ANSWERS)
    application = Application.objects.get()
    applications.reject(
        application_id=application.pk, reviewer_id=make_user().pk, reason="No.", now=PAYDAY
    )

    browser.post("/apply/withdraw/")

    application.refresh_from_db()
    assert application.status == ApplicationStatus.REJECTED


def test_without_terms_nobody_can_apply(client, db, payday):
    browser = signed_in(client, make_user())

    assert "takes no applications" in text_of(browser.get("/apply/"))
    assert browser.post("/apply/", ANSWERS).status_code == 422
    assert not Application.objects.exists()


def test_there_is_no_state_without_an_application(browser):
    assert browser.get("/apply/status/")["Location"] == "/apply/"
    assert browser.post("/apply/withdraw/")["Location"] == "/apply/"
