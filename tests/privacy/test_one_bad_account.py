"""Accounts whose time is over: one that cannot be erased keeps no other from it (PV3)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from celery.exceptions import SoftTimeLimitExceeded
from django.db import IntegrityError

from affiliates.models import Affiliate, AffiliateStatus
from core.models import User
from core.privacy import erasing, purging
from core.privacy.erasing import CannotEraseYet
from influencers.services import customer_photo_erasure
from tests.builders import NOW, make_affiliate, make_user
from tests.influencers.moderation_world import make_invite, send

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(days=3 * 366)


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def closed(count):
    """Accounts whose time is over, with nobody in them."""
    group = make_affiliate().group
    return Affiliate.objects.bulk_create(
        Affiliate(
            name=f"Gone {number}", kind="content", group=group, country="FR", joined_at=NOW,
            status=AffiliateStatus.CLOSED, status_changed_at=NOW,
        )
        for number in range(count)
    )  # fmt: skip


def newcomer():
    return make_user(date_joined=NOW, last_login=NOW)


def fails(monkeypatch, *, error, accounts=(), people=()):
    """Let erasing some fail; the others are erased as ever."""
    erase = erasing.erase

    def failing(person, **more):
        if person.user_id in people or {*person.accounts} & {*accounts}:
            raise error
        return erase(person, **more)

    monkeypatch.setattr(erasing, "erase", failing)


def erased():
    return list(Affiliate.objects.filter(erased_at__isnull=False))


def test_many_debts_keep_no_other_account_from_being_erased(monkeypatch):
    *indebted, last = closed(202)
    pks = [one.pk for one in indebted]
    fails(monkeypatch, accounts=pks, error=CannotEraseYet("Money is owed."))
    report = purging.run("affiliates.closed_accounts", now=LATER)
    assert (report.due, report.done, report.left, report.problem) == (202, 1, 201, "")
    assert erased() == [last]


def test_an_account_that_cannot_be_erased_is_logged_and_stops_no_other(monkeypatch, caplog):
    bad, good = closed(2)
    fails(monkeypatch, accounts=[bad.pk], error=IntegrityError("broken"))
    report = purging.run("affiliates.closed_accounts", now=LATER)
    assert (report.due, report.done, report.left, report.problem) == (2, 1, 1, "")
    assert erased() == [good]
    assert f"Person(user_id=None, accounts=({bad.pk},)) is not erased yet" in caplog.text


def test_a_newcomer_who_cannot_be_erased_stops_no_other(monkeypatch):
    bad, good = newcomer(), newcomer()
    fails(monkeypatch, people=[bad.pk], error=IntegrityError("broken"))
    assert purging.run("affiliates.newcomers", now=LATER).done == 1
    assert User.objects.get(erased_at__isnull=False) == good


def test_what_runs_out_of_time_stops_and_says_so(monkeypatch):
    first, _second = closed(2)
    stranger = newcomer()
    fails(monkeypatch, accounts=[first.pk], people=[stranger.pk], error=SoftTimeLimitExceeded())
    for key in ("affiliates.closed_accounts", "affiliates.newcomers"):
        report = purging.run(key, now=LATER)
        assert (report.done, report.problem) == (0, "SoftTimeLimitExceeded")
    assert erased() == []


def test_photos_of_customers_stop_too_when_their_time_is_over(monkeypatch):
    _invite, key = make_invite()
    send(key)

    def slow(*_said, **_more):
        raise SoftTimeLimitExceeded

    monkeypatch.setattr(customer_photo_erasure, "erase", slow)
    report = purging.run("influencers.customer_photos", now=LATER)
    assert (report.due, report.done, report.problem) == (1, 0, "SoftTimeLimitExceeded")
