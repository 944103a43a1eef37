"""The nightly purge: counted, carried out, kept, and seen when it is overdue (PV3)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone

from affiliates.models import (
    AffiliateStatus,
    Application,
    ApplicationStatus,
    IdentityKey,
    Membership,
)
from config.celery import app
from core import tasks
from core.models import Notification, PurgeRun, User
from core.privacy import purging, registry
from core.privacy.registry import UnknownRule
from experiments.models import Exposure
from fraud.models import Case
from payouts.models import Claim
from shop.models import Order
from tests.builders import NOW, make_affiliate, make_case, make_order, make_user
from tests.people import make_ada, person_of

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YEAR = 366 * DAY


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def noted(at):
    person = make_user()
    return Notification.objects.create(
        person=person, key=str(person.pk), kind="payout_sent", category="money", at=at,
        title="Hello", body="Hello", path="/portal/",
    )  # fmt: skip


def test_every_rule_can_be_counted_and_carried_out_with_nothing_there():
    for report in [*purging.look(now=NOW), *purging.run_all(now=NOW)]:
        assert report.problem == "", report.rule
    assert {run.rule for run in PurgeRun.objects.all()} == set(registry.rules())


def test_a_dry_run_changes_nothing_and_a_run_says_what_was_due_done_and_left(capsys):
    noted(timezone.now() - 401 * DAY)
    kept = noted(timezone.now() - DAY)

    call_command("purge", "core.notifications", "--dry-run", "--json")
    told = json.loads(capsys.readouterr().out)
    assert [(one["due"], one["done"], one["left"]) for one in told] == [(1, 0, 1)]
    assert not PurgeRun.objects.exists()

    call_command("purge", "core.notifications", "--json")
    told = json.loads(capsys.readouterr().out)
    assert [(one["due"], one["done"], one["left"]) for one in told] == [(1, 1, 0)]
    assert Notification.objects.get() == kept
    run = PurgeRun.objects.get()
    assert (run.due, run.done, run.left, run.oldest_at) == (1, 1, 0, kept.at)


def test_a_rule_that_nobody_declares_is_refused():
    with pytest.raises(UnknownRule):
        purging.run("core.nothing", now=NOW)
    with pytest.raises(CommandError, match="core.nothing is no rule"):
        call_command("purge", "core.nothing")


def test_a_rule_that_fails_is_kept_and_stops_no_other(monkeypatch, caplog):
    broken = registry.rule_of("core.sessions")
    found = {**registry.rules()}
    found["core.sessions"] = type(broken)(
        key=broken.key, text=broken.text, due=broken.due, oldest=broken.oldest,
        run=lambda _now: 1 // 0,
    )  # fmt: skip
    monkeypatch.setattr(registry, "rules", lambda: found)
    reports = purging.run_all(now=NOW, keys=["core.sessions", "core.notifications"])
    assert [one.problem for one in reports] == ["ZeroDivisionError", ""]
    assert PurgeRun.objects.get(rule="core.sessions").problem == "ZeroDivisionError"
    assert "core.sessions" in caplog.text
    with pytest.raises(CommandError, match="Not carried out"):
        call_command("purge", "core.sessions")


def test_what_is_overdue_comes_first():
    purging.run_all(now=NOW)
    assert not any(one.is_overdue for one in purging.standing(now=NOW + DAY))
    assert all(one.is_overdue for one in purging.standing(now=NOW + 3 * DAY))
    PurgeRun.objects.filter(rule="payouts.claim_files").update(left=3)
    found = purging.standing(now=NOW + DAY)
    assert [one.rule.key for one in found if one.is_overdue] == ["payouts.claim_files"]
    assert found[0].is_overdue


def test_a_rule_that_never_ran_is_overdue_once_others_have_for_two_days():
    assert not any(one.is_overdue or one.last for one in purging.standing(now=NOW))
    purging.run("core.mails", now=NOW)
    assert not any(one.is_overdue for one in purging.standing(now=NOW + DAY))
    purging.run("core.mails", now=NOW + 3 * DAY)
    overdue = [one.rule.key for one in purging.standing(now=NOW + 3 * DAY) if one.is_overdue]
    assert "core.sessions" in overdue
    assert "core.mails" not in overdue


def test_the_night_asks_for_every_rule_by_itself(monkeypatch):
    asked = []
    monkeypatch.setattr(
        tasks.purge_rule, "apply_async", lambda kwargs, **_more: asked.append(kwargs["key"])
    )
    assert tasks.purge() == len(registry.rules())
    assert asked == list(registry.rules())
    assert app.conf.beat_schedule["purge"]["task"] == "core.tasks.purge"


# --- the rules that nothing else tests ------------------------------------------------


def run(key, now=NOW):
    return purging.run(key, now=now).done


def test_sessions_that_ended_go():
    Session.objects.create(session_key="a", session_data="x", expire_date=NOW - DAY)
    kept = Session.objects.create(session_key="b", session_data="x", expire_date=NOW + DAY)
    assert run("core.sessions") == 1
    assert Session.objects.get() == kept


def application(user, **given):
    fields = {
        "name": "Blog", "kind": "content", "country": "FR", "pitch": "I write",
        "sites": ["https://blog.example"], "status": ApplicationStatus.REJECTED,
        "reason": "Not now", "submitted_at": NOW, "status_changed_at": NOW,
        "terms": make_affiliate().group.terms.get(), **given,
    }  # fmt: skip
    return Application.objects.create(user=user, **fields)


def test_rejected_applications_are_emptied_after_three_years_and_accepted_ones_are_not():
    old = application(make_user(date_joined=NOW))
    assert run("affiliates.applications", NOW + 3 * YEAR - 5 * DAY) == 0
    assert run("affiliates.applications", NOW + 3 * YEAR) == 1
    old.refresh_from_db()
    assert (old.name, old.sites, old.pitch, old.reason) == ("", [], "", "–")
    assert run("affiliates.applications", NOW + 3 * YEAR) == 0


def test_people_who_never_joined_are_erased_three_years_after_they_last_came():
    stranger = make_user(date_joined=NOW, last_login=NOW)
    staff = make_user(date_joined=NOW, is_staff=True, roles=["manager"])
    waiting = make_user(date_joined=NOW)
    application(waiting, status=ApplicationStatus.SUBMITTED, reason="")
    ada = person_of(make_ada())
    User.objects.update(date_joined=NOW)

    later = NOW + 3 * YEAR
    assert run("affiliates.newcomers", NOW + YEAR) == 0
    run("affiliates.newcomers", later)
    assert User.objects.get(pk=stranger.pk).erased_at == later
    for one in (staff, waiting, ada):
        assert User.objects.get(pk=one.pk).erased_at is None


def test_accounts_closed_for_three_years_are_erased_with_their_people_unless_money_is_owed():
    ada = make_ada()
    person = person_of(ada)
    ada.status, ada.status_changed_at = AffiliateStatus.CLOSED, NOW
    ada.save()
    IdentityKey.objects.create(affiliate=ada, kind="email", key="k" * 64, source="x", seen_at=NOW)

    assert run("affiliates.closed_accounts", NOW + 2 * YEAR) == 0
    assert run("affiliates.closed_accounts", NOW + 3 * YEAR) == 1
    ada.refresh_from_db()
    person.refresh_from_db()
    assert ada.erased_at == person.erased_at == NOW + 3 * YEAR
    assert IdentityKey.objects.exists()
    assert run("affiliates.identity_keys", NOW + 4 * YEAR) == 0
    assert run("affiliates.identity_keys", NOW + 5 * YEAR) == 1


def test_people_of_a_closed_account_who_do_something_else_here_stay_until_they_left_that_too():
    ada = make_ada()
    people = {
        "manager": make_user(roles=["manager"]),
        "owner": make_user(roles=["finance", "owner"]),
        "root": make_user(is_superuser=True),
        "waits": make_user(),
        "refused": make_user(),
        "accepted": make_user(),
    }
    accepted = {"status": ApplicationStatus.APPROVED, "reason": ""}
    application(people["manager"], affiliate=make_affiliate(), **accepted)
    application(people["waits"], status=ApplicationStatus.UNDER_REVIEW, reason="")
    application(people["refused"])
    application(people["accepted"], affiliate=ada, **accepted)
    for one in people.values():
        Membership.objects.create(affiliate=ada, user=one, role="reader")
    ada.status, ada.status_changed_at = AffiliateStatus.CLOSED, NOW
    ada.save()

    def erased():
        return {key for key, one in people.items() if User.objects.get(pk=one.pk).erased_at}

    assert run("affiliates.closed_accounts", NOW + 3 * YEAR) == 1
    assert erased() == {"refused", "accepted"}
    assert not Membership.objects.filter(affiliate=ada).exists()

    people["manager"].groups.clear()
    Application.objects.filter(user=people["waits"]).update(status="rejected", reason="No")
    User.objects.update(date_joined=NOW)
    run("affiliates.newcomers", NOW + 4 * YEAR)
    assert erased() == {"refused", "accepted", "manager", "waits"}


def test_orders_forget_clicks_after_13_months_and_customers_after_three_years():
    shared = {"customer_ref": "c" * 64, "click_tokens": ["t"]}
    first = make_order(placed_at=NOW, **shared)
    make_order(placed_at=NOW + YEAR, **shared)
    gone = make_order(placed_at=NOW, customer_ref="d" * 64)

    assert run("shop.click_tokens", NOW + 390 * DAY) == 0
    assert run("shop.click_tokens", NOW + 400 * DAY) == 1
    assert run("shop.customers", NOW + 3 * YEAR) == 1
    first.refresh_from_db()
    gone.refresh_from_db()
    assert (first.customer_ref, first.click_tokens, gone.customer_ref) == ("c" * 64, [], "")
    assert run("shop.customers", NOW + 5 * YEAR) == 2
    assert Order.objects.exclude(customer_ref="").count() == 0


def test_words_of_cases_go_five_years_after_they_were_decided():
    case = make_case()
    Case.objects.filter(pk=case.pk).update(
        status="dismissed", status_changed_at=NOW, reason="Nothing in it", decided_by=make_user(),
    )  # fmt: skip
    assert run("fraud.case_words", NOW + 4 * YEAR) == 0
    assert run("fraud.case_words", NOW + 5 * YEAR) == 1
    assert Case.objects.get().reason == "–"
    assert run("fraud.case_words", NOW + 5 * YEAR) == 0


def test_words_of_claims_go_five_years_after_they_ended():
    ada = make_ada()
    Claim.objects.create(
        affiliate=ada, kind="missing", order_number="A-1", ordered_on=NOW.date(), text="Mine",
        status="withdrawn", status_changed_at=NOW, created_at=NOW, author=person_of(ada),
        due_at=NOW + DAY, evidence={},
    )  # fmt: skip
    assert run("payouts.claim_words", NOW + 4 * YEAR) == 0
    assert run("payouts.claim_words", NOW + 5 * YEAR) == 1
    assert Claim.objects.get().text == "–"


def test_the_ghost_log_goes_with_the_clicks():
    assert run("experiments.exposures") == 0
    assert not Exposure.objects.exists()
