"""``bin/manage staff``, and the way of a new colleague to their first page."""

import re
from datetime import timedelta
from io import StringIO

import pytest
from allauth.mfa.totp.internal.auth import (
    SECRET_SESSION_KEY,
    format_hotp_value,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.core.management import CommandError, call_command

from core import api_keys, staff
from core.models import AuditEntry, Delivery, User
from tests.builders import NOW, PASSWORD, make_user
from tests.mails import code_in

pytestmark = pytest.mark.django_db


def run(*arguments):
    out = StringIO()
    call_command("staff", *arguments, stdout=out)
    return out.getvalue()


def roles_of(email):
    return set(User.objects.get(email=email).groups.values_list("name", flat=True))


@pytest.mark.parametrize("role", ["manager", "finance"])
def test_somebody_unknown_is_made_known_once_and_led_to_a_password(role):
    for _twice in range(2):
        said = run("add", "Nora@example.com", "--role", role, "--name", "Nora Petit")

    user = User.objects.get()
    assert (user.name, user.has_usable_password(), user.is_superuser) == (
        "Nora Petit",
        False,
        False,
    )
    assert roles_of(user.email) == {role}
    assert "/account/password/reset/" in said
    assert "/account/2fa/" in said
    entry = AuditEntry.objects.get()
    assert (entry.verb, entry.subject_id, entry.actor) == ("staff.added", str(user.pk), None)
    assert entry.data == {"role": role}


def test_somebody_known_keeps_their_account_whatever_the_case_of_the_address():
    user = make_user(email="nora@example.com", name="Nora")

    said = run("add", "NORA@example.com", "--role", "finance", "--name", "Another")

    user.refresh_from_db()
    assert (User.objects.count(), user.name) == (1, "Nora")
    assert roles_of("nora@example.com") == {"finance"}
    assert "/account/login/" in said


def test_keys_of_staff_end_with_the_last_role_and_stay_ended():
    user = make_user(email="nora@example.com", roles=["manager", "finance"])
    key = api_keys.issue(
        owner_id=user.pk,
        account=None,
        name="Reports",
        scopes=["read:orders"],
        expires_at=NOW + timedelta(days=30),
        readers=[],
        now=NOW,
    ).key

    run("remove", "nora@example.com", "--role", "manager")
    key.refresh_from_db()
    assert key.revoked_at is None

    run("remove", "nora@example.com", "--role", "finance")
    run("add", "nora@example.com", "--role", "manager")
    key.refresh_from_db()
    assert (key.revoked_at is not None, key.revoked_by) == (True, None)
    assert AuditEntry.objects.get(verb="api_key.revoked").actor is None
    letter = Delivery.objects.get(recipient="nora@example.com")
    assert "Your key “Reports” is revoked" in letter.body


def test_somebody_of_staff_who_ends_a_role_is_named():
    boss, user = make_user(name="Bea Boss"), make_user(email="n@example.com", roles=["finance"])
    key = api_keys.issue(
        owner_id=user.pk, account=None, name="Books", scopes=["read:batches"],
        expires_at=NOW + timedelta(days=30), readers=[], now=NOW,
    ).key  # fmt: skip
    staff.remove(email="n@example.com", role="finance", actor=boss, now=NOW)
    key.refresh_from_db()
    assert key.revoked_by == boss
    assert "Bea Boss" in Delivery.objects.get(recipient="n@example.com").body


def test_a_role_is_taken_away_and_the_account_stays():
    make_user(email="nora@example.com", roles=["manager", "finance"])

    run("remove", "nora@example.com", "--role", "manager")

    assert roles_of("nora@example.com") == {"finance"}
    assert (AuditEntry.objects.get().verb, AuditEntry.objects.get().data) == (
        "staff.removed", {"role": "manager"}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["add", "nora@example.com", "--role", "boss"], "There is no role boss"),
        (["remove", "nora@example.com", "--role", "boss"], "There is no role boss"),
        (["add", "nora", "--role", "manager"], "nora is no e-mail address"),
        (["remove", "nora@example.com", "--role", "manager"], "Nobody with the address"),
    ],
)
def test_what_makes_no_sense_is_refused_with_a_sentence(arguments, sentence):
    with pytest.raises(CommandError, match=sentence):
        run(*arguments)
    assert not User.objects.exists()
    assert not AuditEntry.objects.exists()


def test_the_list_names_staff_and_nobody_else():
    assert "Nobody yet" in run("list")
    make_user(email="partner@example.com")
    make_user(email="sam@example.com", roles=["manager"])
    make_user(email="both@example.com", roles=["manager", "finance"], is_active=False)

    assert run("list").splitlines() == [
        "both@example.com  finance, manager  (cannot sign in)",
        "sam@example.com  manager",
    ]


def test_a_new_colleague_gets_from_the_command_to_their_first_page(client, settings):
    settings.STAFF_NEED_SECOND_FACTOR, settings.ON_THIS_MACHINE = True, False
    staff.add(email="nora@example.com", role="manager", name="Nora", actor=None, now=NOW)

    client.post("/account/password/reset/", {"email": "nora@example.com"})
    choose = client.get(link_in(mail.outbox[-1]), follow=True).redirect_chain[-1][0]
    client.post(choose, {"password1": PASSWORD, "password2": PASSWORD})
    client.post("/account/login/", {"login": "nora@example.com", "password": PASSWORD})
    # The address is confirmed once, like everybody's.
    client.post("/account/confirm-email/", {"code": code_in(mail.outbox[-1].body)})
    assert client.get("/manage/")["Location"] == "/account/2fa/"

    add = "/account/2fa/totp/activate/"
    client.post(client.get(add)["Location"], {"password": PASSWORD})
    assert client.get(add).status_code == 200
    secret = client.session[SECRET_SESSION_KEY]
    client.post(add, {"code": code_of(secret)})
    assert client.get("/manage/").status_code == 200

    client.post("/account/logout/")
    asked = client.post("/account/login/", {"login": "nora@example.com", "password": PASSWORD})
    assert asked["Location"].startswith("/account/2fa/authenticate/")
    assert "_auth_user_id" not in client.session


def link_in(message):
    return re.search(r"https?://[^/]+(/\S+)", message.body)[1]


def code_of(secret):
    return format_hotp_value(hotp_value(secret, next(iter(yield_hotp_counters_from_time()))))
