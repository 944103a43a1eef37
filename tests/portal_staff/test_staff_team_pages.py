"""The page of the team, an invitation's way to the first page, and roles that take two."""

import re
from datetime import timedelta
from urllib.parse import quote

import pytest
from allauth.mfa.models import Authenticator
from django.core import mail
from django.test import Client
from django.utils import timezone

from core.models import Delivery, StaffInvitation, StaffProposal, User
from core.staff_mails import token_of
from payouts.models import ApprovalLimit
from portal import staff_matrix
from portal.access import Role
from tests.builders import NOW, PASSWORD, make_user
from tests.core.staff_world import WHY, confirmed, finance, manager, roles_of
from tests.mails import code_in

pytestmark = pytest.mark.django_db
TEAM = "/manage/team/"


@pytest.fixture
def sam():
    return manager(name="Sam Petit", email="sam@example.com")


@pytest.fixture
def fin():
    return finance(name="Fin Lambert", email="fin@example.com")


def browser(user=None):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    if user is not None:
        client.force_login(user)
    return client


def invite(user, **fields):
    sent = {"email": "new@example.com", "roles": ["manager"], "language": "en", **fields}
    return browser(user).post(f"{TEAM}invite/", sent)


def page(user, address=TEAM):
    answer = browser(user).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_page_shows_people_factors_limits_and_states(sam, fin):
    Authenticator.objects.create(user=sam, type="totp", data={})
    Authenticator.objects.create(user=sam, type="webauthn", data={})
    ApprovalLimit.objects.create(
        user=fin, currency="EUR", daily_minor=500_000, valid_from=NOW, proposed_at=NOW,
        proposed_by=sam, confirmed_at=NOW, confirmed_by=fin,
    )  # fmt: skip
    manager(name="Gone Girard", is_active=False)
    make_user(name="Root", is_superuser=True)
    make_user(name="Nobody Noir")

    shown = page(sam)

    assert re.search(r"1 passkey, Code generator", shown)
    assert "5,000.00" in shown
    assert "Cannot sign in" in shown
    assert "Administers the server" in shown
    assert "Nobody Noir" not in shown
    assert page(fin).count("Gone Girard") == 1


def test_who_has_no_second_factor_enters_nothing_and_the_page_says_so(sam, fin, settings):
    Authenticator.objects.create(user=sam, type="totp", data={})
    settings.STAFF_NEED_SECOND_FACTOR, settings.ON_THIS_MACHINE = True, False

    assert page(sam).count("No second factor: enters nothing") == 1
    assert browser(fin).get(TEAM)["Location"] == "/account/2fa/"


def test_one_alone_reads_that_the_server_gives_the_role(sam):
    shown = page(sam)
    assert "Nobody else can agree yet" in shown
    assert "bin/manage staff add" in shown
    refused = invite(sam, roles=["finance"], reason=WHY)
    assert refused.status_code == 422
    assert "This takes a second person" in refused.content.decode()


def test_the_table_of_rights_is_what_the_pages_do(sam, fin):
    lines = {line.href: line.cells for line in staff_matrix.lines() if line.href}
    assert staff_matrix.COLUMNS == (Role.MANAGER, Role.FINANCE)
    managers, pays = lines["/finance/batches/"]
    assert managers.is_none
    assert pays.is_all
    assert all(cell.all for cells in lines.values() for cell in cells)
    for href, cells in lines.items():
        for user, cell in zip((sam, fin), cells, strict=True):
            status = browser(user).get(href).status_code
            if cell.is_all:
                assert status == 200, (user, href)
            if cell.is_none:
                assert status == 403, (user, href)


def test_finance_is_invited_by_one_and_let_in_by_another(sam, fin):
    assert invite(sam, roles=["manager", "finance"]).status_code == 422
    assert invite(sam, roles=["manager", "finance"], reason=WHY).status_code == 302
    proposal = StaffProposal.objects.get()
    act = f"{TEAM}proposals/{proposal.public_id}/confirm/"

    assert "You proposed it: another person confirms it." in page(sam)
    browser(sam).post(act)
    assert not Delivery.objects.filter(recipient="new@example.com").exists()

    assert act in page(fin)
    assert WHY in page(fin)
    browser(fin).post(act)
    assert Delivery.objects.filter(recipient="new@example.com").count() == 1
    assert "new@example.com" in page(sam)


def test_what_is_declined_needs_a_reason_and_sends_nothing(sam, fin):
    invite(sam, roles=["finance"], reason=WHY)
    proposal = StaffProposal.objects.get()
    act = f"{TEAM}proposals/{proposal.public_id}/decline/"

    assert "Write the reason." in browser(fin).post(act, follow=True).content.decode()
    browser(fin).post(act, {"reason": "Not now."})
    proposal.refresh_from_db()
    assert (proposal.status, proposal.decided_by) == ("declined", fin)
    assert "Waits for a second person" not in page(fin)


def test_ones_own_proposal_is_taken_back(sam, fin):
    invite(sam, roles=["finance"], reason=WHY)
    proposal = StaffProposal.objects.get()
    act = f"{TEAM}proposals/{proposal.public_id}/withdraw/"
    assert act not in page(fin)
    browser(sam).post(act)
    proposal.refresh_from_db()
    assert proposal.status == "withdrawn"


def test_what_gives_power_asks_for_a_fresh_passkey_or_code(sam, fin, settings):
    invite(sam)
    invite(sam, email="other@example.com", roles=["finance"], reason=WHY)
    sent = StaffInvitation.objects.get(email="new@example.com")
    for user in (sam, fin):
        Authenticator.objects.create(user=user, type="totp", data={})
    settings.STAFF_NEED_SECOND_FACTOR, settings.ON_THIS_MACHINE = True, False
    proposal = StaffProposal.objects.get()

    asked = [
        browser(sam).get(f"{TEAM}invite/"),
        browser(sam).post(f"{TEAM}invitations/{sent.public_id}/again/"),
        browser(fin).post(f"{TEAM}proposals/{proposal.public_id}/confirm/"),
        browser(fin).post(f"{TEAM}people/{sam.pk}/role/", {"role": "finance", "reason": WHY}),
        browser(fin).get(f"{TEAM}people/{sam.pk}/leave/"),
        browser(fin).post(f"{TEAM}people/{sam.pk}/leave/", {"reason": WHY}),
    ]

    assert {one["Location"].split("?")[0] for one in asked} == {"/account/2fa/reauthenticate/"}
    sent.refresh_from_db()
    proposal.refresh_from_db()
    assert (sent.sendings, proposal.status) == (1, "proposed")
    assert roles_of(sam) == {"manager"}


def test_an_invitation_is_sent_again_and_taken_back(sam):
    invite(sam)
    row = StaffInvitation.objects.get()
    browser(sam).post(f"{TEAM}invitations/{row.public_id}/again/")
    row.refresh_from_db()
    assert row.sendings == 2
    browser(sam).post(f"{TEAM}invitations/{row.public_id}/revoke/")
    row.refresh_from_db()
    assert row.revoked_at is not None
    assert browser().get(f"/team/programme/join/{token_of(row)}/").status_code == 410


def test_the_page_of_a_person_gives_a_role_or_proposes_it(sam, fin):
    max_ = manager(name="Max")
    where = f"{TEAM}people/{max_.pk}/"
    assert 'value="finance"' in page(sam, where)
    assert 'value="owner"' not in page(sam, where)

    said = browser(sam).post(f"{where}role/", {"role": "finance", "reason": WHY}, follow=True)
    assert "once another person of the team agrees" in said.content.decode()
    said = (
        browser(sam)
        .post(f"{TEAM}people/{fin.pk}/role/", {"role": "manager", "reason": WHY}, follow=True)
        .content.decode()
    )
    assert "Fin Lambert has the role now." in said
    assert WHY in said
    assert roles_of(fin) == {"finance", "manager"}
    assert "Nobody gives a role to themselves" in page(sam, f"{TEAM}people/{sam.pk}/")


@pytest.mark.parametrize("sent", [{}, {"role": "boss", "reason": WHY}, {"role": "finance"}])
def test_what_lacks_something_gives_nothing(sam, fin, sent):
    max_ = manager()
    answer = browser(sam).post(f"{TEAM}people/{max_.pk}/role/", sent, follow=True)
    assert answer.status_code == 200
    assert not StaffProposal.objects.exists()


def test_who_is_not_of_the_team_has_no_page_of_it(sam):
    stranger = make_user()
    for act in ("", "role/", "leave/"):
        address = f"{TEAM}people/{stranger.pk}/{act}"
        answer = browser(sam).post(address) if act == "role/" else browser(sam).get(address)
        assert answer.status_code == 404
    assert browser(stranger).get(TEAM).status_code == 403
    assert browser().get(TEAM).status_code == 302


def test_inviting_says_nothing_of_who_has_an_account(sam):
    make_user(email="known@example.com")
    answers = [invite(sam, email=f"{name}@example.com") for name in ("known", "unknown")]
    assert len({(one.status_code, one["Location"]) for one in answers}) == 1


def test_a_link_shows_what_is_missing_and_lets_nobody_else_in(sam, settings):
    invite(sam)
    link = f"/team/programme/join/{token_of(StaffInvitation.objects.get())}/"
    settings.STAFF_NEED_SECOND_FACTOR, settings.ON_THIS_MACHINE = True, False
    new, mallory = confirmed(email="new@example.com"), confirmed()

    assert f"/account/login/?next={quote(link)}" in browser().get(link).content.decode()
    assert browser().post(link).status_code == 200
    assert "for another address" in browser(mallory).get(link).content.decode()
    browser(mallory).post(link)
    assert "Add a second factor" in browser(new).get(link).content.decode()
    browser(new).post(link)
    assert roles_of(mallory) == roles_of(new) == set()

    Authenticator.objects.create(user=new, type="totp", data={})
    joined = browser(new).post(link)
    assert (joined["Location"], roles_of(new)) == ("/start/", {"manager"})
    assert "The invitation is accepted." in browser(new).get(link).content.decode()
    assert browser().get("/team/programme/join/made-up/").status_code == 404


def test_somebody_without_an_account_gets_from_the_mail_to_the_page(sam):
    invite(sam)
    client, link = browser(), f"/team/programme/join/{token_of(StaffInvitation.objects.get())}/"

    client.post(
        f"/account/signup/?next={link}",
        {"email": "new@example.com", "password1": PASSWORD, "next": link},
    )
    answer = client.post("/account/confirm-email/", {"code": code_in(mail.outbox[-1].body)})
    assert answer["Location"] == link
    assert client.post(link)["Location"] == "/start/"
    assert client.get("/manage/").status_code == 200
    assert User.objects.get(email="new@example.com").language == "en"


def test_a_late_link_says_so_and_changes_nothing(sam):
    invite(sam)
    row = StaffInvitation.objects.get()
    row.expires_at = timezone.now() - timedelta(minutes=1)
    row.save()
    new = confirmed(email="new@example.com")
    link = f"/team/programme/join/{token_of(row)}/"

    assert browser(new).get(link).status_code == 410
    browser(new).post(link)
    assert roles_of(new) == set()
