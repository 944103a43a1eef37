"""Photos in a folder of backups: no longer than a moment can be restored that shows them (PV13)."""

import json
import shutil
from datetime import UTC, datetime, timedelta

import pytest

from config import backups
from config.restoring import Wish, _lay_out
from core.backup_marks import BASES, MEDIA, RESTORED, Base, write_mark

NOON = datetime(2026, 11, 23, 12, tzinfo=UTC)
DAY = timedelta(days=1)
PHOTO, GONE = "looks/originals/a.jpg", "looks/originals/gone.jpg"
JOURNAL = "erasure-journal/2026.jsonl"


def write(directory, *names):
    for name in names:
        (directory / name).parent.mkdir(parents=True, exist_ok=True)
        (directory / name).write_bytes(name.encode())


def names(directory):
    return {
        path.relative_to(directory).as_posix() for path in directory.rglob("*") if path.is_file()
    }


def base(folder, ended_at):
    directory = folder / BASES / f"{ended_at:%Y%m%d}"
    directory.mkdir(parents=True)
    made = Base(directory, ended_at - timedelta(minutes=5), ended_at, 18, "0" * 24)
    write_mark(made)
    return made


@pytest.fixture
def places(tmp_path):
    folder, media = tmp_path / "backups", tmp_path / "media"
    write(media, PHOTO, GONE, JOURNAL, "exports/a.csv", "data-requests/a.zip", RESTORED)
    base(folder, NOON)
    backups.copy_missing(media, folder / MEDIA)
    return folder, media


def test_files_that_live_for_a_week_are_not_copied(places):
    folder, media = places
    assert names(folder / MEDIA) == {PHOTO, GONE, JOURNAL}
    assert backups.copy_missing(media, folder / MEDIA) == 0


def test_a_deleted_photo_goes_once_every_base_is_younger_than_its_end(places):
    folder, media = places
    (media / GONE).unlink()
    (media / JOURNAL).unlink()

    for now in (NOON + DAY, NOON + 2 * DAY):
        # The base of noon holds a row that names it.
        assert backups.forget_gone(folder, media, now=now) == 0
    assert json.loads((folder / backups.GONE).read_text()) == {GONE: (NOON + DAY).isoformat()}
    shutil.rmtree(folder / BASES)
    base(folder, NOON + DAY)  # It began before the photo was missed.
    assert backups.forget_gone(folder, media, now=NOON + 3 * DAY) == 0
    shutil.rmtree(folder / BASES)
    base(folder, NOON + 2 * DAY)

    assert backups.forget_gone(folder, media, now=NOON + 3 * DAY) == 1
    assert names(folder / MEDIA) == {PHOTO, JOURNAL}
    assert json.loads((folder / backups.GONE).read_text()) == {}
    assert backups.forget_gone(folder, media, now=NOON + 4 * DAY) == 0


def test_one_that_comes_back_is_not_missed_any_more(places):
    folder, media = places
    (media / GONE).unlink()
    backups.forget_gone(folder, media, now=NOON + DAY)
    write(media, GONE)
    backups.forget_gone(folder, media, now=NOON + 2 * DAY)
    assert json.loads((folder / backups.GONE).read_text()) == {}


def test_a_storage_without_any_file_is_a_disk_that_is_away(places, tmp_path):
    folder, _media = places
    empty = tmp_path / "empty"
    empty.mkdir()
    assert backups.forget_gone(folder, empty, now=NOON - DAY) == 0
    assert not (folder / backups.GONE).exists()
    assert names(folder / MEDIA) == {PHOTO, GONE, JOURNAL}


def test_pruning_forgets_what_is_gone(places):
    folder, media = places
    (media / GONE).unlink()
    (folder / backups.GONE).write_text(json.dumps({GONE: (NOON - DAY).isoformat()}))
    source = backups.server("", media)
    assert backups.prune(folder, source, keep=1, media=media) == []
    assert names(folder / MEDIA) == {PHOTO, JOURNAL}


def test_a_restore_says_which_files_it_laid_out_and_brings_none_that_was_to_go(places, tmp_path):
    folder, _media = places
    write(folder / MEDIA, "exports/old.csv", "data-requests/old.zip")  # Of a backup made before.
    into = tmp_path / "restored"
    made = backups.bases(folder)[0]
    _lay_out(Wish(folder, into), made, into)
    assert names(into / "media") == {PHOTO, GONE, JOURNAL, RESTORED}
    assert set((into / "media" / RESTORED).read_text().splitlines()) == {PHOTO, GONE, JOURNAL}
