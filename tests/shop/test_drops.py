"""Dropped files: read once, when they are whole (rules FD5 to FD11)."""

import csv
import lzma
from datetime import timedelta

import pytest
from django.core.management import CommandError, call_command

from shop.connectors.api import ShopUnreachable
from shop.connectors.csv_file import COLUMNS
from shop.connectors.file_drop.connector import place
from shop.models import Connection, DroppedFile, Order, Return
from shop.services import connections, drops
from tests.builders import NOW, make_shop
from tests.doubles.shops.sftp import FakeSftp

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(seconds=60)
HEADER = ",".join(COLUMNS)


def row(**cells):
    said = {"record": "order", "order_id": "1001", "at": "2026-06-01T12:00:00+02:00",
            "currency": "EUR", "line_id": "1", "kind": "product", "sku": "S1", "quantity": "1",
            "net_minor": "10000", "store": "Lille", **cells}  # fmt: skip
    return ",".join(said.get(name, "") for name in COLUMNS)


def body(*rows):
    return "\n".join([HEADER, *rows]) + "\n"


BACK = row(record="return", return_id="R1", net_minor="4000", reason="return")


@pytest.fixture
def folder(tmp_path, settings):
    settings.SHOP_DROP_DIR = str(tmp_path)
    (tmp_path / "till").mkdir()
    return tmp_path / "till"


@pytest.fixture
def till(folder):
    return connections.connect(
        shop_id=make_shop().pk, code="till", connector_name="file_drop", name="Till",
        entered={"folder": folder.name}, actor=None, now=NOW,
    )  # fmt: skip


def read(till, now=LATER):
    return drops.read(connection_id=till.pk, now=now)


def errors(folder, name="a.csv"):
    with (folder / f"{name}.errors.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))[1:]


def test_a_file_is_read_when_it_has_not_grown_for_a_while(till, folder):
    (folder / "a.csv").write_text(body(row(), BACK))

    assert read(till, NOW) == []
    assert read(till, NOW + timedelta(seconds=59)) == []
    (found,) = read(till, LATER)

    assert (found.rows, found.orders, found.returns, found.refused_rows) == (2, 1, 1, 0)
    assert Order.objects.get().store == "Lille"
    assert Return.objects.get().order == Order.objects.get()
    assert [one.name for one in folder.iterdir()] == ["done"]
    assert [one.name for one in (folder / "done").iterdir()] == [f"{LATER:%Y%m%dT%H%M%SZ}-a.csv"]
    assert read(till, LATER) == []


def test_a_file_that_grows_is_left_alone(till, folder):
    (folder / "a.csv").write_text(body(row()))
    read(till, NOW)
    (folder / "a.csv").write_text(body(row(), row(line_id="2")))

    assert read(till, LATER) == []
    (found,) = read(till, LATER + timedelta(seconds=60))

    assert found.rows == 2


def test_a_mark_beside_it_says_that_it_is_whole(till, folder):
    (folder / "a.csv").write_text(body(row()))
    (folder / "a.csv.done").write_text("")

    assert len(read(till, NOW)) == 1
    assert [one.name for one in folder.iterdir()] == ["done"]


def test_what_is_not_for_us_is_left_where_it_is(till, folder):
    names = {"a.csv.tmp", "a.txt", ".a.csv", "b.csv.errors.csv", "a.part"}
    for name in names:
        (folder / name).write_text(body(row()))

    read(till, NOW)

    assert read(till, LATER) == []
    assert {one.name for one in folder.iterdir()} == names
    assert not DroppedFile.objects.exists()


def test_the_same_file_again_is_moved_away_unread(till, folder):
    for _time in range(2):
        (folder / "a.csv").write_text(body(row()))
        (folder / "a.csv.done").write_text("")
        read(till)

    assert DroppedFile.objects.count() == 1
    assert not list(folder.glob("*.csv"))


def test_another_file_of_that_name_is_another_file(till, folder):
    for order in ("1001", "1002"):
        (folder / "a.csv").write_text(body(row(order_id=order)))
        (folder / "a.csv.done").write_text("")
        read(till, LATER + timedelta(seconds=int(order)))

    assert Order.objects.count() == DroppedFile.objects.count() == 2
    assert len(list((folder / "done").iterdir())) == 2


def test_refused_rows_are_listed_beside_it_and_the_others_are_stored(till, folder):
    (folder / "a.csv").write_text(
        body(row(), row(order_id="=1002", quantity="none"), row(order_id="1003", currency="USD"))
    )
    (folder / "a.csv.done").write_text("")

    (found,) = read(till)

    assert (found.orders, found.refused_rows) == (1, 2)
    unread, refused = errors(folder)
    assert unread[:2] == ["3", "'=1002"]
    assert "quantity" in unread[2]
    assert refused[:2] == ["", "1003"]
    assert "sells in EUR" in refused[2]


def test_a_corrected_file_takes_the_list_away(till, folder):
    for quantity in ("none", "1"):
        (folder / "a.csv").write_text(body(row(quantity=quantity)))
        (folder / "a.csv.done").write_text("")
        read(till)

    assert Order.objects.count() == 1
    assert not (folder / "a.csv.errors.csv").exists()


def test_what_is_no_such_file_moves_to_failed_with_its_reason(till, folder):
    (folder / "a.csv").write_bytes(b"\xff\xfe\x00")
    (folder / "b.csv").write_text("a,b\n1,2\n")
    for name in ("a", "b"):
        (folder / f"{name}.csv.done").write_text("")

    first, second = read(till)

    assert "first row" in second.error
    assert str(folder) not in first.error
    assert len(list((folder / "failed").iterdir())) == 2
    assert "first row" in errors(folder, "b.csv")[0][2]
    assert not Order.objects.exists()


def test_killed_after_storing_it_only_moves(till, folder):
    (folder / "a.csv").write_text(body(row()))
    (folder / "a.csv.done").write_text("")
    (found,) = read(till)
    (folder / "done" / f"{LATER:%Y%m%dT%H%M%SZ}-a.csv").rename(folder / "a.csv")

    assert read(till, LATER + timedelta(seconds=60)) == []
    assert read(till, LATER + timedelta(seconds=120)) == []

    assert not (folder / "a.csv").exists()
    assert DroppedFile.objects.get() == found


def test_a_file_taken_away_before_it_was_read_leaves_nothing(till, folder):
    (folder / "a.csv").write_text(body(row()))
    read(till, NOW)
    (folder / "a.csv").unlink()

    assert read(till) == []
    assert not DroppedFile.objects.exists()


class Slow:
    """A folder in which, while a file is fetched, something else happens."""

    def __init__(self, folder, meanwhile):
        self._folder = folder
        self._meanwhile = meanwhile

    def fetch(self, name, into):
        self._folder.fetch(name, into)
        self._meanwhile()

    def __getattr__(self, name):
        return getattr(self._folder, name)


def slowly(till, meanwhile):
    folder = place("", {"folder": "till"})
    return drops.read_place(Slow(folder, meanwhile), connection=till, now=LATER)


def test_two_readers_at_once_read_it_once(till, folder):
    (folder / "a.csv").write_text(body(row()))
    (folder / "a.csv.done").write_text("")
    quicker = []

    assert slowly(till, lambda: quicker.extend(read(till))) == []

    assert [one.orders for one in quicker] == [1]
    assert Order.objects.count() == DroppedFile.objects.count() == 1
    assert [one.name for one in folder.iterdir()] == ["done"]


def test_a_file_taken_back_while_it_was_fetched_was_read_all_the_same(till, folder):
    (folder / "a.csv").write_text(body(row()))
    (folder / "a.csv.done").write_text("")

    assert slowly(till, (folder / "a.csv").unlink) == []

    assert Order.objects.count() == 1
    assert DroppedFile.objects.get().read_at == LATER
    assert not list(folder.glob("a.csv*"))


def test_another_drops_file_of_that_name_is_its_own(till, folder):
    other = connections.connect(
        shop_id=make_shop(code="elsewhere").pk, code="other", connector_name="file_drop",
        name="Other", entered={"folder": "other"}, actor=None, now=NOW,
    )  # fmt: skip
    (folder.parent / "other").mkdir()
    for one in (folder, folder.parent / "other"):
        (one / "a.csv").write_text(body(row()))
        (one / "a.csv.done").write_text("")

    assert len(read(till)) == len(read(other)) == 1
    assert Order.objects.count() == 2


def test_over_sftp_it_is_the_same(tmp_path):
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.csv").write_text(body(row(), row(order_id="1002", currency="USD")))
    (tmp_path / "in" / "a.csv.done").write_text("")
    with FakeSftp(tmp_path) as server:
        till = connections.connect(
            shop_id=make_shop().pk, code="till", connector_name="file_drop", name="Till",
            address=server.address, actor=None, now=NOW,
            entered={"folder": "in", "user": server.user, "password": server.password,
                     "host_key": server.host_key},
        )  # fmt: skip
        (found,) = read(till)

    assert (found.orders, found.refused_rows) == (1, 1)
    assert "sells in EUR" in errors(tmp_path / "in")[0][2]
    assert len(list((tmp_path / "in" / "done").iterdir())) == 1


def test_all_are_read_but_those_that_are_paused_and_one_that_fails_stops_none(till, folder):
    gone = connections.connect(
        shop_id=make_shop().pk, code="gone", connector_name="file_drop", name="Gone",
        entered={"folder": "gone"}, actor=None, now=NOW,
    )  # fmt: skip
    paused = connections.connect(
        shop_id=make_shop().pk, code="paused", connector_name="file_drop", name="Paused",
        entered={"folder": "paused"}, actor=None, now=NOW,
    )  # fmt: skip
    Connection.objects.filter(pk=paused.pk).update(paused_at=NOW)
    (folder / "a.csv").write_text(body(row()))
    (folder / "a.csv.done").write_text("")

    failed = drops.read_all(now=LATER)

    assert list(failed) == [gone.pk]
    assert isinstance(failed[gone.pk], ShopUnreachable)
    assert Order.objects.count() == 1


def test_the_command_tells_what_was_read_and_ends_with_1_when_rows_were_refused(
    till, folder, capsys
):
    (folder / "a.csv").write_text(body(row()))
    (folder / "a.csv.done").write_text("")
    call_command("read_drops", "till")
    assert "a.csv: 1 rows, 1 new orders, 0 new returns, 0 refused." in capsys.readouterr().out

    (folder / "b.csv").write_text(body(row(order_id="2", currency="USD")))
    (folder / "b.csv.done").write_text("")
    with pytest.raises(SystemExit):
        call_command("read_drops")
    assert "2: The shop sells in EUR" in capsys.readouterr().out

    with pytest.raises(CommandError, match="no file drop"):
        call_command("read_drops", "nowhere")


def test_a_file_that_is_too_large_goes_to_the_failed_ones_and_stops_no_other(
    till, folder, settings
):
    settings.SHOP_FILE_MOST_BYTES = 1_000
    (folder / "a.csv").write_text(body(*[row()] * 50))
    (folder / "b.csv").write_text(body(row()))
    read(till, NOW)

    large, small = read(till)

    assert (large.name, small.name, small.orders, small.error) == ("a.csv", "b.csv", 1, "")
    assert "larger than can be read: 0.001 MB" in large.error
    assert [one.name.endswith("a.csv") for one in (folder / "failed").iterdir()] == [True]
    assert "larger" in errors(folder)[0][2]
    assert read(till, LATER + timedelta(hours=1)) == []


def test_a_packed_file_that_grows_too_large_goes_to_the_failed_ones(till, folder, settings):
    settings.SHOP_FILE_MOST_UNPACKED_BYTES = 1_000
    (folder / "a.csv.xz").write_bytes(lzma.compress(body(*[row()] * 500).encode()))
    read(till, NOW)

    (large,) = read(till)

    assert "larger than can be read" in large.error
    assert not Order.objects.exists()
    assert [one.name.endswith("a.csv.xz") for one in (folder / "failed").iterdir()] == [True]
