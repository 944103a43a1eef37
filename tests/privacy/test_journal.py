"""The erasure journal: who is written down, for how long, and in which files (PV6, PV8)."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db.models import FileField

from core.backup_marks import RESTORED, SHORT_LIVED
from core.models import DataRequest, ErasureEntry, Export
from core.privacy import journal, purging, registry
from core.privacy.tables import model_of
from influencers.models import Picture
from tests.builders import NOW, make_click
from tests.influencers.moderation_world import make_picture
from tests.privacy.test_declarations import all_models
from tracking.models import Withdrawal
from tracking.services import erasure

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)
YEAR = 400 * DAY


@pytest.fixture(autouse=True)
def _media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path


def files():
    return sorted(default_storage.listdir(journal.FOLDER)[1])


def lines():
    """All that stands in the files."""
    found = []
    for name in files():
        with default_storage.open(f"{journal.FOLDER}/{name}") as file:
            found += file.read().decode().splitlines()
    return found


# --- who is written down ----------------------------------------------------------------


def test_a_made_up_reference_is_not_written_down():
    for _number in range(5):
        assert erasure.erase(visitor=uuid4(), until=NOW).total == 0
    assert not ErasureEntry.objects.exists()
    assert Withdrawal.objects.count() == 5

    assert erasure.repeat_recent(watermark=NOW + DAY) == 0
    assert not ErasureEntry.objects.exists()
    assert not Withdrawal.objects.exists()


def test_a_visitor_of_whom_something_was_known_is_also_when_it_came_late():
    known, late = uuid4(), uuid4()
    make_click(visitor=known, clicked_at=NOW)
    erasure.erase(visitor=known, until=NOW)
    assert ErasureEntry.objects.count() == 1

    erasure.erase(visitor=late, until=NOW)
    make_click(visitor=late, clicked_at=NOW - DAY)
    assert erasure.repeat_recent(watermark=NOW + DAY) == 1
    assert ErasureEntry.objects.filter(kind=journal.VISITOR).count() == 2


# --- for how long -----------------------------------------------------------------------


def test_a_restore_does_not_bring_back_lines_of_visitors_that_are_over():
    journal.note(journal.VISITOR, ["v-old"], now=NOW - YEAR - DAY)
    journal.note(journal.PERSON, ["p-old"], now=NOW - YEAR - DAY)
    journal.note(journal.VISITOR, ["v-new"], now=NOW - YEAR)
    journal.file_pending(now=NOW)
    ErasureEntry.objects.all().delete()

    assert journal.recover(now=NOW) == 2
    assert set(ErasureEntry.objects.values_list("key", flat=True)) == {"p-old", "v-new"}
    assert journal.recover(now=NOW) == 0


def test_files_whose_lines_are_over_go_and_lines_of_people_move_into_a_new_one():
    long_ago = NOW - YEAR - DAY
    journal.note(journal.VISITOR, ["v-1"], now=long_ago)
    journal.file_pending(now=long_ago)
    journal.note(journal.VISITOR, ["v-2"], now=long_ago)
    journal.note(journal.PERSON, ["p-1"], now=long_ago)
    journal.file_pending(now=long_ago + timedelta(minutes=5))
    journal.note(journal.VISITOR, ["v-3"], now=NOW - DAY)
    journal.file_pending(now=NOW - DAY)
    young = files()[-1]
    assert len(journal.old_files(now=NOW)) == 2

    report = purging.run("core.purge_runs", now=NOW)

    assert (report.problem, report.left) == ("", 0)
    assert report.due == report.done == 4
    assert len(files()) == 2
    assert young in files()
    assert sorted(line.split('"key": "')[1][:3] for line in lines()) == ["p-1", "v-3"]
    assert purging.run("core.purge_runs", now=NOW).due == 0


def test_a_file_without_a_line_that_stays_leaves_nothing():
    journal.note(journal.VISITOR, ["v-1"], now=NOW - YEAR - DAY)
    journal.file_pending(now=NOW - YEAR - DAY)
    assert journal.thin_files(now=NOW) == 1
    assert files() == []


# --- files after a restore ----------------------------------------------------------------


def test_a_restored_file_that_no_row_names_goes_and_no_other(capsys):
    named, lost = make_picture(), make_picture()
    name, unnamed = named.name, lost.name
    Picture.objects.filter(pk=lost.pk).update(name="", deleted_at=NOW)
    later = default_storage.save("looks/originals/later.jpg", ContentFile(b"of what runs"))
    theirs = default_storage.save("notes/of-the-shop.txt", ContentFile(b"not ours"))
    laid_out = [name, unnamed, theirs, f"{journal.FOLDER}/a.jsonl"]
    default_storage.save(RESTORED, ContentFile("\n".join(laid_out).encode()))
    default_storage.save(f"{journal.FOLDER}/a.jsonl", ContentFile(b""))

    call_command("privacy", "--reapply")

    assert not default_storage.exists(unnamed)
    for kept in (name, later, theirs, f"{journal.FOLDER}/a.jsonl"):
        assert default_storage.exists(kept)
    assert not default_storage.exists(RESTORED)
    assert "1  files deleted that no row names" in capsys.readouterr().out

    call_command("privacy", "--reapply")
    assert "0  files deleted that no row names" in capsys.readouterr().out


def test_every_table_whose_files_are_in_the_storage_says_so():
    declared = {(one.model, one.field): one.folder for one in registry.files()}
    of_fields = {
        (label, field.name): field.upload_to
        for label, model in all_models().items()
        for field in model._meta.concrete_fields
        if isinstance(field, FileField)
    }
    assert of_fields.items() <= declared.items()
    for model, field in declared:
        model_of(model)._meta.get_field(field)
    short = {model._meta.get_field("file").upload_to for model in (Export, DataRequest)}
    assert short == {f"{name}/" for name in SHORT_LIVED}
