"""Your data, and the team's pages of personal data: what they show, and who may do what."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from core import data_requests
from core.models import AuditEntry, DataRequest, Delivery, Wish
from core.privacy import purging, registry
from portal import data_files
from portal.privacy_language import NAMES
from tests.builders import (
    email_key_of,
    make_affiliate,
    make_case,
    make_order,
    make_shop,
    make_user,
)
from tests.people import make_ada, make_fin, make_mallory, make_sam, person_of
from tests.portal_staff.privacy_doors import make_answered, make_request
from tests.privacy.erasure_world import MARK, make_creator

pytestmark = pytest.mark.django_db
MINE = "/account/data/"


@pytest.fixture(autouse=True)
def _settings(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


@pytest.fixture
def sign_in(client):
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"

    def signed_in(person):
        client.force_login(person)
        return client

    return signed_in


@pytest.fixture
def proved(monkeypatch):
    """Whoever asks has just proved who they are."""
    monkeypatch.setattr("portal.views.my_data.demand_proof", lambda _request: None)


def said(response):
    return response.content.decode()


# --- one's own --------------------------------------------------------------------------


def test_a_person_reads_what_is_held_what_they_agreed_to_and_what_they_may_ask(sign_in):
    _creator, person, _look = make_creator()
    page = said(sign_in(person).get(MINE))
    for word in ("Prepare my copy", "Ask to be erased", "Rights in a photo", "Bank details"):
        assert word in page
    assert "seens" not in page


def test_every_table_that_leads_to_a_person_has_a_name_for_people():
    found = {one.model for one in registry.holdings() if one.person or one.account}
    assert found - set(NAMES) == set()


def test_everybody_signed_in_has_the_page_and_nobody_else(sign_in, client):
    assert client.get(MINE)["Location"].startswith("/account/login/")
    for person in (make_user(), make_sam(), make_fin(), person_of(make_ada())):
        assert sign_in(person).get(MINE).status_code == 200


def test_a_copy_is_asked_for_only_by_who_has_just_proved_who_they_are(sign_in, settings):
    settings.ON_THIS_MACHINE = False
    person = person_of(make_ada())
    answer = sign_in(person).post(f"{MINE}copy/")
    assert "/account/reauthenticate/" in answer["Location"]
    assert not DataRequest.objects.exists()


@pytest.mark.usefixtures("proved")
def test_a_person_asks_for_a_copy_and_fetches_it(sign_in):
    person = person_of(make_ada())
    client = sign_in(person)
    client.post(f"{MINE}copy/")
    client.post(f"{MINE}copy/")
    asked = DataRequest.objects.get()
    assert (asked.wish, asked.person, asked.received_by) == (Wish.EXPORT, person, None)
    assert data_files.write_next(clock=timezone.now)

    page = said(client.get(MINE))
    address = reverse("portal:my-data-file", args=[asked.public_id])
    assert address in page
    answer = client.get(address)
    assert b"".join(answer.streaming_content).startswith(b"PK")
    assert "no-store" in answer["Cache-Control"]


@pytest.mark.usefixtures("proved")
def test_nobody_fetches_or_takes_back_what_another_asked(sign_in):
    asked = make_request(Wish.EXPORT, person_of(make_ada()))
    data_files.write_next(clock=timezone.now)
    client = sign_in(person_of(make_mallory()))
    for name, method in (("my-data-file", client.get), ("my-data-withdraw", client.post)):
        assert method(reverse(f"portal:{name}", args=[asked.public_id])).status_code == 404


@pytest.mark.usefixtures("proved")
def test_a_person_asks_to_be_erased_and_takes_it_back(sign_in):
    person = person_of(make_ada())
    client = sign_in(person)
    client.post(f"{MINE}erase/")
    asked = DataRequest.objects.get()
    assert "You asked already" in said(client.get(MINE))
    client.post(reverse("portal:my-data-withdraw", args=[asked.public_id]))
    asked.refresh_from_db()
    assert asked.refused_because
    person.refresh_from_db()
    assert person.erased_at is None
    assert {one.verb for one in AuditEntry.objects.filter(subject_type="core.datarequest")} == {
        "data_request.received",
        "data_request.withdrawn",
    }


# --- the team ---------------------------------------------------------------------------


def test_a_manager_reads_the_rules_and_what_is_overdue(sign_in):
    client = sign_in(make_sam())
    assert "The purge has not run yet" in said(client.get("/manage/privacy/"))
    purging.run("core.mails", now=timezone.now() - timedelta(days=3))
    assert "Some rules are overdue" in said(client.get("/manage/privacy/"))
    purging.run_all(now=timezone.now())
    page = said(client.get("/manage/privacy/"))
    assert "Some rules are overdue" not in page
    assert "tracking.landings" in page


def test_a_manager_writes_down_what_a_buyer_asked_and_keeps_no_address(sign_in):
    shop = make_shop()
    key = email_key_of("bea@example.com")
    make_order(shop=shop, number="B-1", customer_ref="c" * 64, email_key=key)
    asked = {
        "wish": "export", "email": "bea@example.com", "shop": shop.pk, "number": "B-1",
        "identified": "order", "asked_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    answer = sign_in(make_sam()).post("/manage/privacy/requests/new/", asked)
    kept = DataRequest.objects.get()
    assert answer["Location"] == reverse("portal:data-request", args=[kept.public_id])
    assert kept.about["customer_ref"] == "c" * 64
    assert "bea@" not in str(kept.about)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"email": "nobody@example.com"}, "Nobody has an account with this address."),
        ({"number": "B-1"}, "Say of which shop."),
        ({"reference": "short"}, "This is no reference"),
        ({"email": "ada@example.com", "asked_on": "2099-01-01"}, "future"),
    ],
)
def test_a_request_about_nobody_is_not_written_down(sign_in, given, sentence):
    make_ada()
    asked = {
        "wish": "export", "identified": "mail", "asked_on": timezone.localdate().isoformat(),
        **given,
    }  # fmt: skip
    answer = sign_in(make_sam()).post("/manage/privacy/requests/new/", asked)
    assert answer.status_code == 422
    assert sentence in said(answer)
    assert not DataRequest.objects.exists()


def test_a_manager_sees_what_goes_and_what_stays_and_erases_by_a_word(sign_in):
    _creator, person, _look = make_creator()
    asked = make_request(Wish.ERASURE, person)
    client, address = sign_in(make_sam()), reverse("portal:data-request", args=[asked.public_id])
    page = said(client.get(address))
    for word in ("What goes", "What stays, and why", "Type ERASE to confirm"):
        assert word in page

    client.post(f"{address}erase/", {"word": "no"})
    person.refresh_from_db()
    assert person.erased_at is None
    client.post(f"{address}erase/", {"word": "ERASE"})
    person.refresh_from_db()
    assert person.erased_at is not None
    page = said(client.get(address))
    assert "What became of it" in page
    assert "Erased person" in page
    assert MARK not in page


def test_who_writes_a_request_down_reads_that_another_carries_it_out(sign_in):
    person = person_of(make_ada())
    asked = {
        "wish": "erasure", "email": person.email, "identified": "letter",
        "asked_on": timezone.localdate().isoformat(),
    }  # fmt: skip
    client = sign_in(make_sam())
    address = client.post("/manage/privacy/requests/new/", asked)["Location"]
    assert Delivery.objects.get(kind="data_request_recorded").recipient == person.email
    assert "Somebody else must do it: you wrote this request down." in said(client.get(address))
    client.post(f"{address}erase/", {"word": "ERASE"})
    person.refresh_from_db()
    assert person.erased_at is None

    client = sign_in(make_user(roles=["manager"]))
    assert "Type ERASE to confirm" in said(client.get(address))
    client.post(f"{address}erase/", {"word": "ERASE"})
    person.refresh_from_db()
    assert person.erased_at is not None


def test_what_is_in_the_way_is_said_and_the_button_does_nothing(sign_in):
    case = make_case()
    asked = make_request(Wish.ERASURE, person_of(case.affiliate))
    client, address = sign_in(make_sam()), reverse("portal:data-request", args=[asked.public_id])
    assert "A check of the account is open: decide it first." in said(client.get(address))
    client.post(f"{address}erase/", {"word": "ERASE"})
    asked.refresh_from_db()
    assert asked.is_open


def test_staff_need_a_fresh_second_factor_to_erase(sign_in, settings):
    asked = make_request()
    client = sign_in(make_sam())
    settings.STAFF_NEED_SECOND_FACTOR = True
    answer = client.post(reverse("portal:data-request-erase", args=[asked.public_id]))
    assert answer["Location"] == reverse("mfa_index")
    asked.refresh_from_db()
    assert asked.is_open


def test_a_request_is_extended_and_refused_with_a_reason(sign_in):
    asked = make_request()
    client, address = sign_in(make_sam()), reverse("portal:data-request", args=[asked.public_id])
    client.post(f"{address}extend/", {"because": "Ten years of orders"})
    client.post(f"{address}refuse/", {"because": "It was not them"})
    page = said(client.get(address))
    assert "Ten years of orders" in page
    assert "It was not them" in page


def test_a_manager_takes_the_copy_of_a_buyer_and_it_is_kept_who_but_not_of_a_partner(sign_in):
    buyers, client = make_answered(), sign_in(make_sam())
    answer = client.get(reverse("portal:data-request-file", args=[buyers.public_id]))
    assert b"".join(answer.streaming_content) == b"zip"
    assert AuditEntry.objects.filter(verb="data_request.file_taken").count() == 1

    make_request(Wish.EXPORT, person_of(make_affiliate()))
    data_files.write_next(clock=timezone.now)
    own = DataRequest.objects.get(person__isnull=False)
    own_file = reverse("portal:data-request-file", args=[own.public_id])
    assert client.get(own_file).status_code == 404


def test_the_list_has_its_states(sign_in):
    client = sign_in(make_sam())
    assert "Nobody asked yet" in said(client.get("/manage/privacy/requests/"))
    make_request()
    make_answered()
    everything = said(client.get("/manage/privacy/requests/"))
    assert everything.count("/manage/privacy/requests/") > 3
    assert "No request like this" not in said(client.get("/manage/privacy/requests/?state=open"))
    DataRequest.objects.filter(done_at__isnull=True).delete()
    assert "No request like this" in said(client.get("/manage/privacy/requests/?state=open"))


@pytest.mark.parametrize("rows", [1, 30])
def test_the_list_asks_as_much_of_the_database_for_many(
    sign_in, django_assert_max_num_queries, rows
):
    for _one in range(rows):
        make_request()
    client = sign_in(make_sam())
    client.get("/manage/privacy/requests/")
    with django_assert_max_num_queries(20):
        client.get("/manage/privacy/requests/")


def test_a_late_request_is_seen(sign_in):
    make_request()
    DataRequest.objects.update(due_at=timezone.now() - timedelta(days=1))
    assert "Late" in said(sign_in(make_sam()).get("/manage/privacy/requests/"))
    assert data_requests.claim_next(now=timezone.now()) is None
