"""Copies of personal data: any number of rows, killed workers, once a day (PV12)."""

from __future__ import annotations

import csv
import io
import json
import tracemalloc
import zipfile
from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from core import data_requests, exports
from core.data_requests import DEAD_AFTER, RequestRefused
from core.models import DataRequest, Export, ExportStatus, Identified, Wish
from core.privacy import erasing, exporting, registry
from portal import data_files
from tests.builders import NOW, make_user
from tests.people import make_sam

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
MEGABYTE = 1024 * 1024


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def ask(person, wish=Wish.EXPORT, now=NOW):
    return data_requests.receive(
        wish=wish, person_id=person.pk, identified=Identified.SIGNED_IN, now=now
    )


def written(request, now=NOW):
    """The request after a worker made its copy."""
    assert data_files.write_next(clock=lambda: now)
    request.refresh_from_db()
    assert request.file
    return request


# --- rows ----------------------------------------------------------------------------


def test_memory_holds_a_few_rows_however_many_there_are():
    rows = ({"number": number, "text": "x" * 1_000} for number in range(40_000))
    tracemalloc.start()
    size = sum(len(part) for part in exporting.archive([("big", rows)], about="Ada", now=NOW))
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size > 0
    assert peak < 8 * MEGABYTE


def test_both_files_of_a_table_say_the_same_and_the_list_counts_the_rows():
    rows = [{"a": 'é "1"\n', "at": NOW}, {"a": "=2", "at": None}, {"a": ["x"], "at": None}]
    sections = [("full", iter(rows)), ("empty", iter([]))]
    body = b"".join(exporting.archive(sections, about="Ada", now=NOW))
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        files = {name: archive.read(name).decode("utf-8-sig") for name in archive.namelist()}

    told = json.loads(files["full.json"])
    assert [one["a"] for one in told] == ['é "1"\n', "=2", ["x"]]
    assert told[0]["at"] == NOW.isoformat()
    table = list(csv.reader(io.StringIO(files["full.csv"], newline="")))
    assert table[0] == ["a", "at"]
    assert table[1] == ['é "1" ', NOW.isoformat()]  # A cell has one line.
    assert table[2][0] == "'=2"
    assert json.loads(table[3][0]) == ["x"]
    assert (json.loads(files["empty.json"]), files["empty.csv"]) == ([], "")
    assert json.loads(files["contents.json"])["tables"] == [
        {"file": "full", "rows": 3}, {"file": "empty", "rows": 0},
    ]  # fmt: skip


# --- workers that die ------------------------------------------------------------------


def test_one_whose_worker_died_lets_all_others_go_first_and_is_given_up_after_three_times():
    large, small = ask(make_user()), ask(make_user(), now=NOW + timedelta(seconds=1))
    assert data_requests.claim_next(now=NOW) == large  # And its worker is killed.
    assert data_requests.claim_next(now=NOW) == small
    assert data_requests.claim_next(now=NOW) is None
    data_requests.note_failure(request_id=small.pk, problem="OSError")

    at, sam = NOW, make_sam()
    for _attempt in range(2):
        assert data_requests.claim_next(now=at + DEAD_AFTER - timedelta(seconds=1)) is None
        at += DEAD_AFTER
        later = ask(make_user(), now=at)
        assert data_requests.claim_next(now=at) == later
        assert data_requests.claim_next(now=at) == large
        data_requests.refuse(request_id=later.pk, because="x", actor_id=sam.pk, now=at)

    assert data_requests.claim_next(now=at + DEAD_AFTER) is None
    large.refresh_from_db()
    assert (large.is_open, large.problem, large.attempts) == (True, "worker_died", 3)
    data_requests.try_again(request_id=large.pk)
    assert data_requests.claim_next(now=at + DEAD_AFTER) == large


def test_a_copy_is_had_once_a_day():
    person = make_user()
    written(ask(person))
    with pytest.raises(RequestRefused, match="once a day"):
        ask(person, now=NOW + DAY - timedelta(seconds=1))
    assert DataRequest.objects.count() == 1
    ask(person, Wish.ERASURE)
    ask(make_user())
    assert ask(person, now=NOW + DAY).is_open


def test_one_taken_back_before_it_was_begun_is_asked_for_again_and_one_begun_is_not():
    person = make_user()
    data_requests.withdraw(request_id=ask(person).pk, person_id=person.pk, now=NOW)
    again = ask(person)
    data_requests.claim_next(now=NOW)
    data_requests.withdraw(request_id=again.pk, person_id=person.pk, now=NOW)
    with pytest.raises(RequestRefused, match="once a day"):
        ask(person)


# --- whoever is erased -----------------------------------------------------------------


def make_export(owner):
    export = exports.ask(
        owner_id=owner.pk, scope="x", page="sales", title="Sales", query="", form="csv",
        language="en", now=NOW,
    )  # fmt: skip
    exports.claim_next(now=NOW)
    exports.finish(export_id=export.pk, file=ContentFile(b"rows"), name="a.csv", rows=1, now=NOW)
    export.refresh_from_db()
    return export


def test_the_files_of_who_is_erased_go_and_those_of_others_stay(
    django_capture_on_commit_callbacks,
):
    person, other = make_user(), make_user()
    mine, others = make_export(person), make_export(other)
    copy, copy_of_other = written(ask(person)), written(ask(other))
    name = copy.file.name

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(registry.person_of(person.pk), actor_id=make_sam().pk, now=NOW)
        assert default_storage.exists(mine.file.name)  # Nothing goes before the commit.

    copy.refresh_from_db()
    assert not copy.file
    assert not default_storage.exists(mine.file.name)
    assert not default_storage.exists(name)
    assert default_storage.exists(others.file.name)
    assert default_storage.exists(copy_of_other.file.name)


def test_what_a_worker_writes_about_somebody_who_is_erased_meanwhile_is_not_kept(
    django_capture_on_commit_callbacks,
):
    person = make_user()
    request = ask(person)
    data_requests.claim_next(now=NOW)
    export = exports.ask(
        owner_id=person.pk, scope="x", page="sales", title="Sales", query="", form="csv",
        language="en", now=NOW,
    )  # fmt: skip
    exports.claim_next(now=NOW)

    with django_capture_on_commit_callbacks(execute=True):
        erasing.erase(registry.person_of(person.pk), actor_id=make_sam().pk, now=NOW)

    with pytest.raises(RequestRefused, match="closed already"):
        data_requests.keep_file(
            request_id=request.pk, file=ContentFile(b"zip"), name="a.zip", now=NOW
        )
    assert not exports.finish(
        export_id=export.pk, file=ContentFile(b"rows"), name="a.csv", rows=1, now=NOW
    )
    request.refresh_from_db()
    assert (request.done_at, request.refused_because) == (NOW, "The person was erased.")
    assert not default_storage.exists("exports/a.csv")
    assert not default_storage.exists("data-requests/a.zip")


def test_files_that_a_restore_left_out_are_said_to_be_gone():
    person = make_user()
    lost, there = make_export(person), make_export(make_user())
    copy = written(ask(person))
    default_storage.delete(lost.file.name)
    default_storage.delete(copy.file.name)

    assert exports.expire_missing(now=NOW) == 1
    assert data_requests.forget_missing() == 1

    assert Export.objects.get(pk=lost.pk).status == ExportStatus.EXPIRED
    assert Export.objects.get(pk=there.pk).is_done
    assert not DataRequest.objects.get(pk=copy.pk).file
    assert (exports.expire_missing(now=NOW), data_requests.forget_missing()) == (0, 0)
