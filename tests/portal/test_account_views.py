"""The programme looks at an account as its people do; these tests try more (teams.md, E10)."""

from datetime import timedelta

import pytest
import time_machine
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import URLPattern

from affiliates.models import AccountView
from affiliates.services import account_views
from core import letters
from core.models import AuditEntry, Notification
from portal import acting, urls
from tests.builders import IBAN, make_payee, make_user
from tests.payouts.paydays import PAYDAY
from tests.people import person_of
from tests.portal.partner_world import partner_addresses
from tests.portal.test_team_doors import STAFF, address_of

STOP, LOG = "/view-as/stop/", "/account/security-log/"


@pytest.fixture
def sam(world):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(world.people["sam"])
    return client


def door(world):
    return f"/manage/affiliates/{world.ada.public_id}/view-as/"


def begin(browser, world):
    answer = browser.post(door(world), {"reason": "Ada asks about a claim"})
    assert (answer.status_code, answer["Location"]) == (302, "/portal/")
    return AccountView.objects.latest("pk")


def verbs():
    return list(AuditEntry.objects.order_by("pk").values_list("verb", flat=True))


def test_a_look_shows_adas_pages_and_keeps_each(sam, world):
    """E10, E12."""
    view = begin(sam, world)

    page = sam.get("/portal/links/").content.decode()
    sam.get(f"/portal/links/{world.link.pk}/?tab=countries")

    assert "Spring letter" in page
    assert "You look at the account of <strong>Le Carnet d&#x27;Ada</strong>" in page
    assert "looked-at" in page
    begun, *pages = AuditEntry.objects.filter(verb__startswith="affiliate.").order_by("pk")
    assert (begun.verb, begun.reason) == ("affiliate.view_begun", "Ada asks about a claim")
    assert [one.data["path"] for one in pages] == [
        "/portal/links/", f"/portal/links/{world.link.pk}/",
    ]  # fmt: skip
    assert {one.actor for one in (begun, *pages)} == {world.people["sam"]}
    assert {one.data["view"] for one in (begun, *pages)} == {view.pk}


def test_what_the_viewer_was_told_is_neither_shown_nor_read(sam, world):
    """E11: notifications are a person's, not the account's that they look at."""
    viewer, at = world.people["sam"], PAYDAY
    letters.tell([viewer], "own", at, lambda: "For Sam", lambda: ["Said."], kind="claim_decided")
    note = Notification.objects.get(person=viewer, key=f"own:{viewer.pk}")
    begin(sam, world)

    assert sam.get(f"/portal/notifications/{note.pk}/").status_code == 404
    assert b"For Sam" not in sam.get("/portal/notifications/").content
    assert sam.get("/notifications/count/").status_code == 204
    note.refresh_from_db()
    assert note.read_at is None
    sam.post(STOP)
    assert b"1" in sam.get("/notifications/count/").content


def test_stopping_leads_back_and_ends_it(sam, world):
    view = begin(sam, world)
    assert sam.post(STOP)["Location"] == f"/manage/affiliates/{world.ada.public_id}/"
    view.refresh_from_db()
    assert view.ended_at is not None
    assert verbs()[-1] == "affiliate.view_ended"
    assert sam.get("/portal/").status_code == 403
    assert sam.get("/manage/").status_code == 200
    assert sam.post(STOP)["Location"] == "/start/"


def test_nothing_that_changes_anything_is_let_in(sam, world):
    """E11: every address of the portal, by every method that is not safe."""
    begin(sam, world)
    routes = [one for one in urls.urlpatterns if isinstance(one, URLPattern)]
    out = {"account-view-stop"}
    for route in routes:
        if route.name in out:
            continue
        for method in ("post", "put", "patch", "delete"):
            answer = getattr(sam, method)(address_of(route))
            assert answer.status_code == 403, (route.name, method)


@pytest.mark.parametrize(
    "path",
    [
        "/manage/", "/manage/affiliates/", "/finance/", "/admin/", "/account/email/",
        "/account/2fa/", "/account/sessions/", LOG, "/account/password/change/", "/apply/",
        "/start/", "/api/v1/", "/dev/outbox/", "/portal",
    ],
)  # fmt: skip
def test_other_pages_are_closed_meanwhile(sam, world, path):
    begin(sam, world)
    assert sam.get(path).status_code == 403


def test_staff_pages_are_all_closed_meanwhile(sam, world):
    begin(sam, world)
    for route in urls.urlpatterns:
        if getattr(route, "name", None) in STAFF:
            assert sam.get(address_of(route)).status_code == 403


@pytest.mark.parametrize(
    "path", ["/portal/links/new/", "/portal/team/invite/", "/portal/payee/stripe/forms/"]
)
def test_pages_that_only_serve_to_change_are_closed(sam, world, path):
    begin(sam, world)
    assert sam.get(path).status_code in {403, 404}


def test_the_whole_account_number_is_nowhere(sam, world):
    """E11: documents too."""
    if not hasattr(world.ada, "payee"):
        make_payee(world.ada)
    begin(sam, world)
    shown = 0
    for address in partner_addresses(world).values():
        answer = sam.get(address)
        body = b"".join(answer) if answer.streaming else answer.content
        assert IBAN.encode() not in body.replace(b" ", b""), address
        shown += answer.status_code == 200
    assert shown > 30
    assert world.ada.payee.iban_last4.encode() in sam.get("/portal/payee/").content


def test_a_superuser_who_looks_has_no_rights_of_their_own(world):
    """No mixing of rights: neither costs, nor other accounts."""
    boss = make_user(is_superuser=True, is_staff=True)
    browser = Client(HTTP_ACCEPT_LANGUAGE="en")
    browser.force_login(boss)
    begin(browser, world)
    assert browser.get("/admin/").status_code == 403
    assert browser.get("/portal/links/").status_code == 200
    assert browser.get(f"/manage/orders/{world.paid.credit.order_id}/").status_code == 403


def test_a_second_look_needs_the_first_to_stop(sam, world):
    """E10: no look within a look."""
    first = begin(sam, world)
    other = f"/manage/affiliates/{world.mallory.public_id}/view-as/"
    assert sam.get(other).status_code == 403
    assert sam.post(other, {"reason": "Another"}).status_code == 403
    assert AccountView.objects.get() == first

    elsewhere = Client()
    elsewhere.force_login(world.people["sam"])
    elsewhere.post(other, {"reason": "Another"})
    first.refresh_from_db()
    assert first.ended_at is not None
    assert sam.get("/portal/links/")["Location"] == "/start/"


def test_half_an_hour_to_the_second(sam, world):
    begin(sam, world)
    with time_machine.travel(PAYDAY + timedelta(minutes=30, seconds=-1), tick=False):
        assert sam.get("/portal/links/").status_code == 200
    with time_machine.travel(PAYDAY + timedelta(minutes=30), tick=False):
        assert sam.get("/portal/links/")["Location"] == "/start/"
        assert sam.get("/portal/links/").status_code == 403
    assert AccountView.objects.get().ended_at == PAYDAY + timedelta(minutes=30)


def test_the_clock_ends_what_nobody_stopped(sam, world):
    """E12."""
    begin(sam, world)
    late = PAYDAY + timedelta(hours=3)
    assert account_views.end_overdue(now=PAYDAY) == 0
    assert account_views.end_overdue(now=late) == 1
    assert account_views.end_overdue(now=late) == 0
    entry = AuditEntry.objects.latest("pk")
    assert (entry.verb, entry.actor) == ("affiliate.view_ended", None)


def test_the_session_gets_a_new_key_at_both_ends(sam, world):
    """E13: a key that somebody planted or learned before is worth nothing."""
    before = sam.session.session_key
    begin(sam, world)
    during = sam.session.session_key
    sam.post(STOP)
    after = sam.session.session_key
    assert len({before, during, after}) == 3
    thief = Client()
    thief.cookies["sessionid"] = before
    assert thief.get("/portal/links/").status_code == 302


def test_a_session_of_another_person_cannot_use_the_look(sam, world):
    view = begin(sam, world)
    finance = Client()
    finance.force_login(world.people["fin"])
    session = finance.session
    session[acting.VIEW] = view.pk
    session.save()
    assert finance.get("/portal/links/")["Location"] == "/start/"
    assert finance.get("/portal/links/").status_code == 403


@pytest.mark.parametrize("person", ["ada", "fin", "mallory"])
def test_only_managers_begin(world, person):
    browser = Client()
    browser.force_login(world.people[person])
    for method in ("get", "post"):
        answer = getattr(browser, method)(door(world), {"reason": "I am curious"})
        assert answer.status_code == 403
    assert not AccountView.objects.exists()


def test_who_is_no_manager_any_more_loses_the_look(sam, world):
    """E13."""
    begin(sam, world)
    world.people["sam"].groups.clear()
    assert sam.get("/portal/links/").status_code == 403
    assert AccountView.objects.get().ended_at is not None


def test_a_fresh_passkey_or_code_is_asked_for(sam, world, settings):
    """E10."""
    settings.STAFF_NEED_SECOND_FACTOR, settings.ON_THIS_MACHINE = True, False
    Authenticator.objects.create(user=world.people["sam"], type="totp", data={})
    for method in ("get", "post"):
        answer = getattr(sam, method)(door(world), {"reason": "A reason"})
        assert answer["Location"].startswith("/account/2fa/reauthenticate/")
    assert not AccountView.objects.exists()


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_reason_is_asked_for(sam, world, reason):
    assert sam.post(door(world), {"reason": reason}).status_code == 422
    assert not AccountView.objects.exists()


def test_accounts_of_the_programmes_people_are_not_looked_at(sam, world):
    sam_acts_for = world.mallory
    sam_acts_for.memberships.create(user=world.people["sam"])
    world.ada.memberships.create(user=world.people["fin"], role="reader")
    for account in (world.ada, world.mallory):
        with pytest.raises(account_views.ViewRefused):
            account_views.begin(
                affiliate_id=account.pk,
                viewer_id=world.people["sam"].pk,
                reason="A reason",
                now=PAYDAY,
            )
    assert sam.post(door(world), {"reason": "A reason"}).status_code == 422


@pytest.mark.parametrize("is_shown", [True, False])
def test_the_account_reads_of_it_without_a_name(sam, world, settings, is_shown):
    """E14."""
    settings.ACCOUNT_VIEWS_ARE_SHOWN = is_shown
    begin(sam, world)
    ada = Client(HTTP_ACCEPT_LANGUAGE="en")
    ada.force_login(person_of(world.ada))
    log = ada.get(LOG).content.decode()
    assert ("The team looked at your account" in log) == is_shown
    assert ("Ada asks about a claim" in log) == is_shown
    assert "Sam Petit" not in log


def test_signing_out_works_during_a_look(sam, world):
    begin(sam, world)
    assert sam.post("/account/logout/").status_code == 302
    assert sam.get("/portal/links/")["Location"].startswith("/account/login/")
