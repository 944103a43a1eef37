"""Requests: their deadline, the copy, buyers and visitors, who may answer them (PV4, PV7, PV12)."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.core.management import call_command

from core import data_requests
from core.data_requests import RequestRefused
from core.domain.staff_rules import TOO_NEW
from core.letters import tell
from core.models import DataRequest, Delivery, ErasureEntry, Identified, Wish
from core.privacy import journal
from portal import data_erasure, data_files
from shop.models import Order
from shop.services import erasures
from tests.builders import NOW, email_key_of, make_click, make_order, make_shop, make_user
from tests.core.staff_world import accept, confirmed, invite
from tests.payouts.stories import accrued
from tests.people import make_ada, make_sam, person_of
from tests.portal.partner_world import REAL_COST_MINOR, make_world
from tests.privacy.erasure_world import EMAIL, MARK, make_creator
from tracking.domain.references import to_text
from tracking.models import Click

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def ask(wish=Wish.EXPORT, person=None, **given):
    given = {"identified": Identified.SIGNED_IN, "now": NOW, **given}
    return data_requests.receive(wish=wish, person_id=person.pk if person else None, **given)


def copy_of(request):
    """The files of the copy that a worker made, by name."""
    assert data_files.write_next(clock=lambda: NOW)
    request.refresh_from_db()
    with request.file.open("rb") as file:
        archive = zipfile.ZipFile(io.BytesIO(file.read()))
    return {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}


# --- deadlines ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (datetime(2026, 1, 31, 9, tzinfo=UTC), datetime(2026, 2, 28, 9, tzinfo=UTC)),
        (datetime(2026, 3, 15, 9, tzinfo=UTC), datetime(2026, 4, 15, 9, tzinfo=UTC)),
        (datetime(2026, 12, 31, 9, tzinfo=UTC), datetime(2027, 1, 31, 9, tzinfo=UTC)),
    ],
)
def test_a_request_is_due_a_month_after_the_day_it_was_asked(asked, due):
    assert ask(person=make_user(), asked_at=asked, now=NOW + 400 * DAY).due_at == due


def test_it_is_extended_once_with_a_reason_and_then_no_more():
    request, sam = ask(person=make_user()), make_sam()
    with pytest.raises(RequestRefused, match="Say why"):
        data_requests.extend(request_id=request.pk, because=" ", actor_id=sam.pk, now=NOW)
    late = data_requests.extend(request_id=request.pk, because="Many", actor_id=sam.pk, now=NOW)
    assert late.due_at == data_requests.months_later(NOW, 3)
    with pytest.raises(RequestRefused, match="once"):
        data_requests.extend(request_id=request.pk, because="More", actor_id=sam.pk, now=NOW)


def test_one_of_each_wish_is_open_at_a_time_and_nothing_is_about_nobody():
    person = make_user()
    assert ask(person=person) == ask(person=person)
    assert ask(Wish.ERASURE, person).pk != ask(person=person).pk
    with pytest.raises(RequestRefused, match="whom"):
        ask()
    with pytest.raises(RequestRefused, match="future"):
        ask(person=make_user(), asked_at=NOW + DAY)


def test_a_closed_request_names_nobody_and_is_not_closed_twice():
    request, sam = ask(about={"shop": 1, "customer_ref": "c" * 64}), make_sam()
    closed = data_requests.refuse(request_id=request.pk, because="Not them", actor_id=sam.pk,
                                  now=NOW)  # fmt: skip
    assert (closed.about, closed.done_at) == ({}, NOW)
    with pytest.raises(RequestRefused, match="closed already"):
        data_requests.refuse(request_id=request.pk, because="Again", actor_id=sam.pk, now=NOW)


def test_a_stranger_does_not_take_back_the_request_of_another():
    request = ask(person=make_user())
    with pytest.raises(DataRequest.DoesNotExist):
        data_requests.withdraw(request_id=request.pk, person_id=make_user().pk, now=NOW)
    data_requests.withdraw(request_id=request.pk, person_id=request.person_id, now=NOW)


# --- copies ---------------------------------------------------------------------------


def test_a_copy_holds_everything_about_the_person_as_json_and_csv():
    _creator, person, _look = make_creator()
    files = copy_of(ask(person=person))

    told = json.loads(files["contents.json"])
    assert {f"{one['file']}.json" for one in told["tables"]} < set(files)
    assert json.loads(files["core-user.json"])[0]["email"] == EMAIL
    assert json.loads(files["affiliates-payee.json"])[0]["iban"].startswith("FR")
    assert MARK in files["influencers-lookversion.csv"]
    assert MARK in files["influencers-influencernote.json"]
    assert "password" not in files["core-user.json"]
    assert person.password not in "".join(files.values())
    assert "secret" not in files["core-apikey.json"]
    assert Delivery.objects.filter(kind="export_ready", person=person).count() == 1


def test_a_copy_tells_of_sales_without_a_cost_or_a_buyer():
    ada = make_ada()
    commission = accrued(ada)
    files = copy_of(ask(person=person_of(ada)))
    mine = json.loads(files["payouts-commission.json"])[0]
    assert mine["amount_minor"] == commission.amount_minor
    assert json.loads(files["ledger-credits.json"])[0]["amount_minor"] == commission.amount_minor
    everything = "".join(files.values())
    for word in ("margin", "cost", "customer_ref", "email_key"):
        assert word not in everything.lower()


def test_a_copy_of_a_whole_account_holds_no_cost_of_anything():
    world = make_world()
    files = copy_of(ask(person=world.people["ada"]))
    assert len(files) > 40
    everything = "".join(files.values())
    assert str(REAL_COST_MINOR) not in everything
    assert "Odd" not in everything  # Why staff hold a commission is for staff.


def test_a_copy_of_somebody_of_the_team_tells_of_letters_about_others_only_kind_and_time():
    sam = make_sam()
    for number, kind in enumerate(["case_replied", "staff_changed", "digest_daily", "new_device"]):
        said = "Firefox" if kind == "new_device" else MARK
        tell([sam], f"{kind}:{number}", NOW, lambda s=said: s, lambda s=said: [s], kind=kind)
    files = copy_of(ask(person=sam))

    assert MARK not in "".join(files.values())
    notes = {one["kind"]: one for one in json.loads(files["core-notification.json"])}
    assert (notes["case_replied"]["title"], notes["case_replied"]["body"]) == ("", "")
    assert notes["case_replied"]["at"] == NOW.isoformat()
    assert notes["new_device"]["title"] == "Firefox"
    mails = {one["kind"]: one for one in json.loads(files["core-delivery.json"])}
    assert {mails["staff_changed"][name] for name in ("recipient", "subject", "body")} == {""}
    assert mails["new_device"]["recipient"] == sam.email


def test_a_copy_shows_nothing_of_another_person():
    make_creator()
    files = copy_of(ask(person=person_of(make_ada())))
    assert MARK not in "".join(files.values())


def test_the_file_goes_after_seven_days():
    request = ask(person=make_user())
    copy_of(request)
    assert data_requests.delete_files(now=NOW + 6 * DAY) == 0
    assert data_requests.delete_files(now=NOW + 7 * DAY) == 1
    request.refresh_from_db()
    assert not request.file
    assert not data_files.write_next(clock=lambda: NOW)


def test_a_copy_that_cannot_be_made_waits_for_a_person(monkeypatch, caplog):
    request = ask(person=make_user())
    monkeypatch.setattr(data_files, "sections_of", lambda _request: 1 // 0)
    assert data_files.write_next(clock=lambda: NOW)
    request.refresh_from_db()
    assert (request.is_open, request.problem) == (True, "ZeroDivisionError")
    assert not data_files.write_next(clock=lambda: NOW)
    monkeypatch.undo()
    data_requests.try_again(request_id=request.pk)
    assert data_files.write_next(clock=lambda: NOW)
    assert "could not be written" in caplog.text


# --- buyers and visitors --------------------------------------------------------------


def make_bought():
    """Two orders of one buyer, the click before one of them, and an order of somebody else."""
    shop, visitor = make_shop(), uuid4()
    ref = {"customer_ref": "c" * 64, "email_key": email_key_of("bea@example.com")}
    make_click(visitor=visitor)
    make_order(shop=shop, number="B-1", click_tokens=[to_text(visitor)], **ref)
    make_order(shop=shop, number="B-2", **ref)
    make_order(shop=shop, number="B-3", customer_ref="e" * 64)
    return shop, visitor


@pytest.mark.parametrize(
    ("given", "found"),
    [
        ({"email": " Bea@example.com"}, {"B-1", "B-2"}),
        ({"number": "B-1"}, {"B-1", "B-2"}),
        ({"number": "B-3"}, {"B-3"}),
        ({"number": "B-9"}, set()),
        ({"email": "else@example.com"}, set()),
    ],
)
def test_a_buyer_is_found_by_what_they_give_and_it_is_not_kept(given, found):
    shop, _visitor = make_bought()
    who = erasures.buyer(shop=shop, **given)
    assert {order.number for order in erasures.orders_of(who)} == found
    assert "@" not in json.dumps(who.as_json())


def test_a_buyer_gets_a_copy_without_a_hash_or_a_cost():
    shop, visitor = make_bought()
    about = {**erasures.buyer(shop=shop, number="B-1").as_json(), "reference": to_text(visitor)}
    files = copy_of(ask(about=about, identified=Identified.ORDER))
    orders = json.loads(files["orders.json"])
    assert {one["number"] for one in orders} == {"B-1", "B-2"}
    assert "c" * 64 not in files["orders.json"]
    assert len(json.loads(files["visitor-clicks.json"])) == 1


def test_erasing_a_buyer_cuts_orders_and_clicks_and_keeps_amounts(as_superuser):
    shop, visitor = make_bought()
    about = erasures.buyer(shop=shop, number="B-2").as_json()
    sam = make_sam()
    request = ask(Wish.ERASURE, about=about, identified=Identified.ORDER, received_by_id=sam.pk)
    lines = [list(order.lines.values()) for order in Order.objects.order_by("pk")]

    told = data_erasure.preview(request, actor_id=sam.pk, now=NOW)
    assert (told.going[0].rows, told.staying[0].rows) == (2, 2)
    done = data_erasure.carry_out(
        request_id=request.pk, typed="erase", actor_id=request.received_by_id, now=NOW
    )

    assert (done.about, done.done_at) == ({}, NOW)
    assert Order.objects.filter(customer_ref="c" * 64).count() == 0
    assert Order.objects.get(number="B-3").customer_ref == "e" * 64
    assert not Click.objects.filter(visitor=visitor).exists()
    assert [list(order.lines.values()) for order in Order.objects.order_by("pk")] == lines


def test_a_buyer_and_a_visitor_who_come_back_with_a_backup_are_erased_again(capsys):
    shop, visitor = make_bought()
    before = list(Order.objects.values("pk", "customer_ref", "email_key", "click_tokens"))
    clicks = list(Click.objects.values_list("pk", flat=True))
    about = erasures.buyer(shop=shop, number="B-2").as_json()
    request = ask(Wish.ERASURE, about=about, identified=Identified.ORDER)
    data_erasure.carry_out(request_id=request.pk, typed="ERASE", actor_id=make_sam().pk, now=NOW)
    journal.file_pending(now=NOW)

    ErasureEntry.objects.all().delete()
    for row in before:
        Order.objects.filter(pk=row.pop("pk")).update(**row)
    Click.objects.filter(pk__in=clicks).update(visitor=visitor)
    call_command("privacy", "--reapply")

    assert set(Order.objects.values_list("number", "customer_ref")) == {
        ("B-1", ""), ("B-2", ""), ("B-3", "e" * 64),
    }  # fmt: skip
    assert not Click.objects.filter(visitor=visitor).exists()
    said = capsys.readouterr().out
    assert "2  buyers erased again" in said
    assert "1  visitors erased again" in said


@pytest.mark.parametrize(
    ("typed", "why"), [("", "Type the word"), ("yes", "Type the word"), ("ERASE", "about you")]
)
def test_nobody_is_erased_without_the_word_or_by_themselves(typed, why):
    sam = make_sam()
    request = ask(Wish.ERASURE, sam)
    with pytest.raises(RequestRefused, match=why):
        data_erasure.carry_out(request_id=request.pk, typed=typed, actor_id=sam.pk, now=NOW)
    sam.refresh_from_db()
    assert sam.erased_at is None


def test_nobody_erases_alone_whose_request_they_wrote_down():
    sam, person = make_sam(), person_of(make_ada())
    request = ask(Wish.ERASURE, person, identified=Identified.LETTER, received_by_id=sam.pk)
    assert "you wrote" in data_erasure.preview(request, actor_id=sam.pk, now=NOW).obstacles[0]
    with pytest.raises(RequestRefused, match="you wrote this request down"):
        data_erasure.carry_out(request_id=request.pk, typed="ERASE", actor_id=sam.pk, now=NOW)
    person.refresh_from_db()
    assert person.erased_at is None

    max_ = make_user(roles=["manager"])
    assert data_erasure.preview(request, actor_id=max_.pk, now=NOW).obstacles == []
    data_erasure.carry_out(request_id=request.pk, typed="ERASE", actor_id=max_.pk, now=NOW)
    person.refresh_from_db()
    assert person.erased_at == NOW


def test_an_account_let_in_this_week_is_no_second_person_for_an_erasure():
    sam, person = make_sam(), person_of(make_ada())
    new = accept(invite(sam), confirmed(email="new@example.com"))
    recorded = {"identified": Identified.LETTER, "received_by_id": sam.pk}
    request = ask(Wish.ERASURE, person, **recorded)
    for recorder, actor in ((sam, new), (new, sam)):
        DataRequest.objects.filter(pk=request.pk).update(received_by=recorder)
        with pytest.raises(RequestRefused, match="within the last seven days"):
            data_erasure.carry_out(request_id=request.pk, typed="ERASE", actor_id=actor.pk, now=NOW)
    data_erasure.carry_out(request_id=request.pk, typed="ERASE", actor_id=sam.pk, now=NOW + TOO_NEW)
    person.refresh_from_db()
    assert person.erased_at is not None


def test_whoever_asked_by_themselves_is_erased_by_any_one_of_the_team():
    request = ask(Wish.ERASURE, person_of(make_ada()))
    data_erasure.carry_out(request_id=request.pk, typed="ERASE", actor_id=make_sam().pk, now=NOW)
    assert not Delivery.objects.filter(kind="data_request_recorded").exists()


@pytest.mark.parametrize("wish", Wish)
def test_who_is_said_to_have_asked_is_told_once_and_can_take_it_back(wish):
    sam, person = make_sam(), person_of(make_ada())
    for _twice in range(2):
        request = ask(wish, person, identified=Identified.MAIL, received_by_id=sam.pk)
    mail = Delivery.objects.get(kind="data_request_recorded")
    assert mail.recipient == person.email
    assert str(wish.label) in mail.body
    assert "/account/data/" in mail.body
    data_requests.withdraw(request_id=request.pk, person_id=person.pk, now=NOW)


def test_of_a_buyer_nobody_is_told():
    about = {"shop": 1, "customer_ref": "c" * 64}
    ask(Wish.ERASURE, about=about, received_by_id=make_sam().pk)
    assert not Delivery.objects.exists()


def test_a_request_for_a_copy_erases_nobody():
    request = ask(person=make_user())
    with pytest.raises(RequestRefused, match="copy"):
        data_erasure.carry_out(
            request_id=request.pk, typed="ERASE", actor_id=make_sam().pk, now=NOW
        )
