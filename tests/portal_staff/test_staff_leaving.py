"""Somebody of the team leaves: nothing is lost, and nothing of theirs goes on (ST9 to ST13)."""

from datetime import timedelta
from importlib import import_module

import pytest
from allauth.usersessions.models import UserSession
from django.conf import settings as django_settings
from django.core.management import call_command
from django.test import Client

from affiliates.models import EndpointStatus
from core import api_keys, saved_views, schedules
from core.models import AuditEntry, Delivery, Schedule
from core.staff_team import NotOfStaff, StaffRefused
from payouts.models import PayoutException
from portal import staff_leaving
from portal.staff_held import KINDS
from portal.staff_leaving import LastOfRole
from tests.affiliates.hook_world import make_own_endpoint
from tests.affiliates.message_world import begin as begin_thread
from tests.builders import NOW, make_user
from tests.core.staff_world import WHY, finance, invite, manager, propose, roles_of
from tests.fraud.case_world import make_held_case
from tests.portal_staff.world import make_application, make_difference

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return manager(name="Sam", email="sam@example.com")


@pytest.fixture
def max_():
    return manager(name="Max", email="max@example.com")


def leave(person, actor, *, role="", heirs=None, reason=WHY):
    return staff_leaving.leave(
        person_id=person.pk, role=role, heirs=heirs or {}, reason=reason, actor_id=actor.pk,
        now=NOW,
    )  # fmt: skip


def minded(person):
    """One of each thing that a manager minds."""
    case, thread, application = make_held_case(), begin_thread(), make_application()
    case.assignee = thread.assignee = person
    application.status, application.reviewer = "under_review", person
    for row in (case, thread, application):
        row.save()
    return case, thread, application, make_own_endpoint(actor=person)


def make_view(person, name="Held sales", *, shared=True):
    return saved_views.save(
        owner_id=person.pk, scope="staff", page="orders", name=name, query="", is_shared=shared,
        now=NOW,
    )  # fmt: skip


def mailed(view, person):
    return schedules.begin(
        view=view, person=person, every="week", day=1, hour=8, form="csv", now=NOW
    )


def make_key(person):
    return api_keys.issue(
        owner_id=person.pk, account=None, name="Reports", scopes=["read:orders"],
        expires_at=NOW + timedelta(days=30), readers=[], now=NOW,
    ).key  # fmt: skip


def test_everything_goes_to_whom_it_is_given(sam, max_):
    case, thread, application, endpoint = rows = minded(max_)
    view = make_view(max_)
    make_view(sam)
    heirs = dict.fromkeys(["cases", "threads", "applications", "webhooks", "views"], sam.pk)

    shown = staff_leaving.holdings_of(max_, "", NOW)
    assert {one.kind.key: one.count for one in shown.handed} == dict.fromkeys(heirs, 1)
    assert leave(max_, sam, heirs=heirs) == ["manager"]

    for row in (*rows, view):
        row.refresh_from_db()
    assert {case.assignee, thread.assignee, application.reviewer} == {sam}
    assert (endpoint.created_by, endpoint.status) == (sam, EndpointStatus.ACTIVE)
    assert (view.owner, view.name) == (sam, "Held sales 2")
    assert roles_of(max_) == set()
    entry = AuditEntry.objects.get(verb="staff.left")
    assert (entry.actor, entry.reason, entry.subject_id) == (sam, WHY, str(max_.pk))
    assert entry.data["handed"]["cases"] == {"to": sam.pk, "heir": 1, "nobody": 0, "stayed": 0}
    told = Delivery.objects.filter(kind="staff_changed").values_list("recipient", flat=True)
    assert set(told) == {sam.email, max_.email}


def test_without_an_heir_work_is_everybodys_and_webhooks_pause(sam, max_):
    case, thread, application, endpoint = rows = minded(max_)
    leave(max_, sam, heirs={"views": sam.pk})
    for row in rows:
        row.refresh_from_db()
    assert {case.assignee, thread.assignee, application.reviewer} == {None}
    assert (endpoint.created_by, endpoint.status) == (max_, EndpointStatus.PAUSED)
    assert Delivery.objects.filter(kind="own_endpoint_changed", recipient=sam.email).exists()


def test_what_an_heir_may_not_have_goes_to_nobody_in_particular(sam, max_):
    case = make_held_case()
    case.affiliate.memberships.create(user=sam)
    case.assignee = max_
    case.save()
    rosa = manager()

    leave(max_, rosa, heirs={"cases": sam.pk})

    case.refresh_from_db()
    assert case.assignee is None
    assert AuditEntry.objects.get(verb="staff.left").data["handed"]["cases"]["nobody"] == 1


def test_what_finance_minds_goes_to_finance(sam):
    fin, flora = finance(), finance()
    difference = make_difference()
    difference.owner, difference.note = fin, "Asked the bank."
    difference.save()
    row = PayoutException.objects.create(
        key="item:1", owner=fin, note="", snoozed_until=NOW + timedelta(days=1), changed_at=NOW
    )
    with pytest.raises(StaffRefused, match="has the role"):
        leave(fin, sam, heirs={"differences": sam.pk})

    leave(fin, sam, heirs={"differences": flora.pk, "exceptions": flora.pk})

    for one in (difference, row):
        one.refresh_from_db()
        assert one.owner == flora
    assert difference.note == "Asked the bank."


def test_with_the_last_role_keys_mails_sessions_and_what_was_asked_end(sam, max_):
    view, own = make_view(max_), make_view(max_, "Mine", shared=False)
    mailed(view, sam)
    for one in (view, own):
        mailed(one, max_)
    key, invitation, proposal = make_key(max_), invite(max_), propose(max_, somebody())
    client = Client()
    client.force_login(max_)
    client.get("/manage/")
    session = UserSession.objects.get(user=max_)

    assert staff_leaving.holdings_of(max_, "", NOW).ended == {
        "keys": 1, "reports": 2, "sessions": 1, "invitations": 1,
    }  # fmt: skip
    leave(max_, sam, heirs={"views": sam.pk})

    for row in (key, invitation, proposal, view):
        row.refresh_from_db()
    assert (key.revoked_by, invitation.revoked_at, proposal.status) == (sam, NOW, "lapsed")
    assert {one.person for one in Schedule.objects.filter(stopped_at=None)} == {sam}
    assert view.owner == sam
    assert not UserSession.objects.filter(user=max_).exists()
    store = import_module(django_settings.SESSION_ENGINE).SessionStore
    assert not store().exists(session.session_key)
    assert client.get("/manage/")["Location"].startswith("/account/login/")


def somebody():
    """Somebody to be made finance; a second person is there to agree."""
    finance()
    return manager()


def test_who_keeps_a_role_keeps_their_keys_and_sessions(sam, max_):
    max_.groups.add(*finance().groups.all())
    case = make_held_case()
    case.assignee = max_
    case.save()
    key, view = make_key(max_), make_view(max_)

    assert leave(max_, sam, role="manager", heirs={"cases": sam.pk}) == ["manager"]

    assert roles_of(max_) == {"finance"}
    for row in (case, key, view):
        row.refresh_from_db()
    assert (case.assignee, key.revoked_at, view.owner) == (sam, None, max_)


def test_an_owner_who_leaves_finance_is_no_owner_but_not_the_last(sam):
    fin, flora = finance(), finance()
    owners = fin.groups.create(name="owner")
    for role in ("", "owner", "finance"):
        with pytest.raises(LastOfRole):
            leave(fin, sam, role=role)
    flora.groups.add(owners)
    assert leave(fin, sam) == ["finance", "owner"]
    assert roles_of(fin) == set()


def test_the_last_of_a_role_stays_also_against_their_own_will(sam):
    fin = finance()
    manager(is_active=False)
    for person, actor in ((sam, sam), (sam, fin), (fin, sam)):
        with pytest.raises(LastOfRole):
            leave(person, actor)
    assert (roles_of(sam), roles_of(fin)) == ({"manager"}, {"finance"})
    assert not AuditEntry.objects.exists()


def test_one_who_is_not_the_last_leaves_by_themselves(sam, max_):
    assert leave(sam, sam) == ["manager"]
    with pytest.raises(NotOfStaff):
        leave(max_, sam)


def test_what_makes_no_sense_is_refused(sam, max_):
    root = make_user(is_superuser=True)
    for person, fields in (
        (max_, {"reason": " "}),
        (max_, {"role": "finance"}),
        (make_user(), {}),
        (root, {}),
    ):
        with pytest.raises(StaffRefused):
            leave(person, sam, **fields)
    assert roles_of(max_) == {"manager"}


def test_the_wizard_shows_what_is_held_and_carries_it_out(sam, max_):
    case, *_others = minded(max_)
    make_view(max_)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(sam)
    address = f"/manage/team/people/{max_.pk}/leave/"

    shown = client.get(address).content.decode()
    for words in ("Cases to decide", "Webhooks of the programme", "Saved views", "signed in"):
        assert words in shown
    assert client.post(address, {"views": sam.pk}).status_code == 422
    assert client.post(address, {"reason": WHY}).status_code == 422
    assert roles_of(max_) == {"manager"}
    sent = {"cases": sam.pk, "threads": "", "views": sam.pk, "reason": WHY}
    assert client.post(address, sent)["Location"] == "/manage/team/"

    case.refresh_from_db()
    assert (case.assignee, roles_of(max_)) == (sam, set())
    assert client.post(address, sent).status_code == 404
    last = client.get(f"/manage/team/people/{sam.pk}/leave/").content.decode()
    assert "They are the last" in last


def test_a_role_in_the_address_that_is_none_ends_all(sam, max_):
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(sam)
    shown = client.get(f"/manage/team/people/{max_.pk}/leave/?role=boss").content.decode()
    assert "leaves the team" in shown
    alone = client.get(f"/manage/team/people/{max_.pk}/leave/?role=finance").content.decode()
    assert "There is no role that could end here" in alone


def test_the_server_ends_a_role_at_once_with_its_webhooks_and_mails(sam, max_):
    endpoint, key = make_own_endpoint(actor=max_), make_key(max_)
    mailed(make_view(max_), max_)

    for person in (max_, sam):
        call_command("staff", "remove", person.email, "--role", "manager", verbosity=0)

    for row in (endpoint, key):
        row.refresh_from_db()
    assert endpoint.status == EndpointStatus.PAUSED
    assert key.revoked_at is not None
    assert not Schedule.objects.filter(stopped_at=None).exists()
    assert AuditEntry.objects.get(verb="endpoint.paused").actor is None


def test_the_rules_name_every_kind_that_is_handed_on():
    assert [kind.key for kind in KINDS] == [
        "cases", "claims", "applications", "threads", "webhooks", "differences", "exceptions",
        "views",
    ]  # fmt: skip
