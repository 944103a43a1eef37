"""Dropped files for managers: what was taken and refused of each, and reading one again."""

import pytest
from django.db import connection as database
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import AuditEntry
from shop.models import DroppedFile, Order
from shop.services import connections, drop_repeats, drops
from tests.builders import NOW, make_shop, make_user
from tests.portal_staff.connection_world import make_connection, make_drop, make_file
from tests.shop.test_drops import BACK, LATER, body, row

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(manager):
    """Sam's browser, whose clock goes on."""
    return manager


@pytest.fixture
def folder(tmp_path, settings):
    settings.SHOP_DROP_DIR = str(tmp_path)
    (tmp_path / "till").mkdir()
    return tmp_path / "till"


def page(sam, drop):
    answer = sam.get(reverse("portal:connection-files", args=[drop.pk]))
    assert answer.status_code == 200
    return answer.content.decode()


def test_without_a_file_the_page_says_where_to_drop_one(sam, folder):
    drop = make_drop()

    text = page(sam, drop)

    assert str(folder) in text
    assert "No file yet" in text
    detail = sam.get(reverse("portal:connection-detail", args=[drop.pk])).content.decode()
    assert reverse("portal:connection-files", args=[drop.pk]) in detail


def test_each_file_says_what_became_of_it(sam):
    drop = make_drop()
    make_file(drop)
    make_file(drop, "whole.csv", refused_rows=0, refused=[])
    make_file(drop, "odd.csv", error="This is no CSV file.", rows=0, refused_rows=0, refused=[])
    make_file(drop, "waiting.csv", read_at=None, sha256="")

    text = page(sam, drop)

    for said in ("Read in part", "Could not be read", "This is no CSV file.", "Waits until"):
        assert said in text
    assert text.index("waiting.csv") < text.index("odd.csv") < text.index("sales.csv")
    assert text.count("/again/") == 3
    assert text.count("/refused/") == 2


def test_the_refused_rows_come_with_their_reasons_and_compute_nothing(sam):
    drop = make_drop()
    file = make_file(drop, refused=[[4, "=1+1", "no quantity"]])

    answer = sam.get(reverse("portal:connection-file-refused", args=[drop.pk, file.pk]))

    assert answer["Content-Disposition"].startswith("attachment")
    lines = answer.content.decode("utf-8-sig").splitlines()
    assert lines == ["row,about,why", "4,'=1+1,no quantity", ",,and 1 more"]


def test_what_is_no_drop_or_of_another_is_not_found(sam):
    drop, other = make_drop(), make_drop("other")
    web = make_connection()
    file = make_file(drop, refused=[], refused_rows=0)

    for name, args in [
        ("connection-files", [web.pk]),
        ("connection-file-refused", [other.pk, file.pk]),
        ("connection-file-refused", [drop.pk, file.pk]),  # Nothing was refused.
    ]:
        assert sam.get(reverse(f"portal:{name}", args=args)).status_code == 404
    again = reverse("portal:connection-file-again", args=[other.pk, file.pk])
    assert sam.post(again).status_code == 404


def test_the_list_asks_as_often_for_thirty_files_as_for_one(sam):
    drop = make_drop()
    make_file(drop)
    page(sam, drop)
    counts = []
    for number in (0, 24):
        for one in range(number):
            make_file(drop, f"{one}.csv")
        with CaptureQueriesContext(database) as asked:
            page(sam, drop)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 12


# --- reading again ------------------------------------------------------------------


def till_of(folder):
    return connections.connect(
        shop_id=make_shop().pk, code="till", connector_name="file_drop", name="Till",
        entered={"folder": folder.name}, actor=None, now=NOW,
    )  # fmt: skip


def dropped(folder, text):
    till = till_of(folder)
    (folder / "a.csv").write_text(text)
    (folder / "a.csv.done").write_text("")
    [file] = drops.read(connection_id=till.pk, now=LATER)
    return file


def test_a_file_that_is_read_again_is_there_once(sam, folder):
    file = dropped(folder, body(row(), BACK))

    again = reverse("portal:connection-file-again", args=[file.connection_id, file.pk])
    assert sam.post(again, follow=True).status_code == 200

    file.refresh_from_db()
    assert (file.rows, file.orders, file.returns, file.error) == (2, 1, 1, "")
    assert Order.objects.count() == 1
    assert AuditEntry.objects.filter(verb="drop.read_again").count() == 1


def test_what_was_refused_for_a_cause_of_ours_is_taken_once_that_is_gone(folder):
    shop = make_shop()
    type(shop).objects.update(currency="USD")
    file = dropped(folder, body(row()))
    assert (file.orders, file.refused_rows) == (0, 1)
    assert (folder / "a.csv.errors.csv").exists()

    type(shop).objects.update(currency="EUR")
    found = drop_repeats.read_again(file_id=file.pk, actor=make_user(), now=LATER)

    assert (found.orders, found.refused_rows, found.refused) == (1, 0, [])
    assert not (folder / "a.csv.errors.csv").exists()


def test_a_file_that_could_not_be_read_moves_to_the_others_when_it_can(folder, settings):
    settings.SHOP_FILE_MOST_BYTES = 10
    file = dropped(folder, body(row()))
    assert file.error
    assert len(list((folder / "failed").iterdir())) == 1

    settings.SHOP_FILE_MOST_BYTES = 10_000
    found = drop_repeats.read_again(file_id=file.pk, actor=make_user(), now=LATER)

    assert (found.orders, found.error) == (1, "")
    assert [one.name for one in (folder / "done").iterdir()] == [drops.moved_name("a.csv", LATER)]
    assert not list((folder / "failed").iterdir())


@pytest.mark.parametrize("change", ["gone", "other"])
def test_a_file_that_is_not_as_it_was_read_is_refused_with_a_word(sam, folder, change):
    file = dropped(folder, body(row()))
    [lies] = (folder / "done").iterdir()
    if change == "gone":
        lies.unlink()
    else:
        lies.write_text(body(row(), row(order_id="1002")))

    again = reverse("portal:connection-file-again", args=[file.connection_id, file.pk])
    said = sam.post(again, follow=True).content.decode()

    assert "drop it again" in said
    assert Order.objects.count() == 1
    assert DroppedFile.objects.get().rows == 1


def test_a_folder_that_cannot_be_used_is_said_on_the_connection(folder):
    till = till_of(folder)
    folder.rmdir()

    assert set(drops.read_all(now=LATER)) == {till.pk}
    till.refresh_from_db()
    assert (till.checked_at, bool(till.check_error)) == (LATER, True)

    folder.mkdir()
    assert drops.read_all(now=LATER) == {}
    till.refresh_from_db()
    assert till.check_error == ""
