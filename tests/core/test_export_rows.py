"""Rows of exports go long after their files (400 days)."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile

from core import exports
from core.models import Export
from core.tasks import purge_rule
from tests.builders import NOW, make_user

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def asked(key, now=NOW):
    return exports.ask(
        owner_id=make_user().pk, scope="staff", page="report", title=key, query="", form="csv",
        language="en", now=now, key=key,
    )  # fmt: skip


def written(key):
    asked(key)
    one = exports.claim_next(now=NOW)
    exports.finish(export_id=one.pk, file=ContentFile(b"a"), name="a.csv", rows=1, now=NOW)


def titles():
    return set(Export.objects.values_list("title", flat=True))


def test_what_failed_or_is_gone_is_forgotten_after_400_days(settings, tmp_path, time_machine):
    settings.MEDIA_ROOT = tmp_path
    written("gone")
    exports.sweep(now=NOW + 7 * DAY)
    asked("failed")
    exports.fail(export_id=exports.claim_next(now=NOW).pk, problem=exports.BROKE, now=NOW)
    written("kept")  # Nobody swept it yet: its file is still there.
    asked("waits")

    assert exports.count_over(now=NOW + 400 * DAY - timedelta(seconds=1)) == 0
    assert exports.count_over(now=NOW + 400 * DAY) == 1
    assert [exports.forget(now=NOW + 400 * DAY) for _again in range(2)] == [1, 0]
    assert titles() == {"gone", "kept", "waits"}
    time_machine.move_to(NOW + 407 * DAY, tick=False)
    assert purge_rule("core.exports") == 2  # And a file whose week was over.
    assert titles() == {"kept", "waits"}
