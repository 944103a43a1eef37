"""Files that are packed: the limits hold unpacked too, and memory stays flat."""

from __future__ import annotations

import gzip
import io
import lzma
import tracemalloc
from collections import deque

import pytest

from shop.connectors import packed
from shop.connectors.history import opened
from shop.connectors.merchant_feed import reading
from shop.connectors.packed import BROKEN, Unpacked, UnreadableFile
from tests.shop.connectors.merchant_feed.feeds import DRESS, rss, table

PLAIN = b"one line\n" * 100_000
PACKERS = {"plain": bytes, "gzip": gzip.compress, "xz": lzma.compress}
MILLION = 1_000_000


def read(body, **limits):
    return Unpacked(io.BytesIO(body), **limits).buffered().read()


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_a_file_is_read_whatever_it_is_packed_with(pack):
    assert read(pack(PLAIN)) == PLAIN
    assert read(pack(b"")) == b""


def test_several_streams_of_xz_and_padding_between_them_are_one_file():
    assert read(lzma.compress(b"one") + bytes(8) + lzma.compress(b"two") + bytes(4)) == b"onetwo"


@pytest.mark.parametrize("pack", PACKERS.values(), ids=PACKERS)
def test_more_than_may_be_is_refused_with_the_limit(pack):
    assert len(read(pack(PLAIN), most=len(PLAIN))) == len(PLAIN)
    with pytest.raises(UnreadableFile, match=r"larger than can be read: 0\.9 MB"):
        read(pack(PLAIN + b"x"), most=len(PLAIN))


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
def test_what_is_small_when_packed_is_refused_before_it_fills_the_memory(pack, settings):
    settings.SHOP_FILE_MOST_UNPACKED_BYTES = 100 * MILLION
    bomb = pack(b"one long line of a row\n" * 9 * MILLION)
    assert len(bomb) < MILLION
    tracemalloc.start()
    try:
        plain = Unpacked(io.BytesIO(bomb), by_line=True).buffered()
        with pytest.raises(UnreadableFile, match="file is larger than can be read: 100 MB"):
            deque(iter(lambda: plain.read(MILLION), b""), maxlen=0)
        assert tracemalloc.get_traced_memory()[1] < 20 * MILLION
    finally:
        tracemalloc.stop()


def test_xz_cannot_ask_for_gigabytes_of_memory():
    hungry = [{"id": lzma.FILTER_LZMA2, "dict_size": 512 * 1024 * 1024}]
    with pytest.raises(lzma.LZMAError, match="[Mm]emory"):
        read(lzma.compress(b"x", filters=hungry))
    assert read(lzma.compress(PLAIN, preset=9)) == PLAIN


@pytest.mark.parametrize("pack", [gzip.compress, lzma.compress])
@pytest.mark.parametrize("cut", [7, 40])
def test_a_file_that_ends_before_its_end_is_no_whole_one(pack, cut):
    with pytest.raises(BROKEN):
        read(pack(PLAIN)[:cut])


def test_a_single_row_or_item_cannot_be_endless(monkeypatch):
    monkeypatch.setattr(packed, "LONGEST_PIECE", MILLION)
    long = "x" * 2 * MILLION
    assert len(list(reading.items(io.BytesIO(rss(*[DRESS] * 5_000))))) == 5_000
    assert len(list(reading.items(io.BytesIO(table(*[DRESS] * 9_000))))) == 9_000
    for body in (table({**DRESS, "title": long}), b"<rss><channel><a>" + b"<b/>" * MILLION):
        with pytest.raises(UnreadableFile, match="single row or item"):
            list(reading.items(io.BytesIO(body)))


@pytest.mark.parametrize(("name", "pack"), [("a.csv", bytes), ("a.csv.xz", lzma.compress)])
def test_files_of_orders_have_the_same_limit(tmp_path, settings, name, pack):
    settings.SHOP_FILE_MOST_UNPACKED_BYTES = 10_000
    (tmp_path / name).write_bytes(pack(PLAIN))
    with (
        pytest.raises(UnreadableFile, match=r"larger than can be read: 0\.01 MB"),
        opened(tmp_path / name) as file,
    ):
        file.read()


def test_a_row_of_an_order_file_cannot_be_endless(tmp_path, monkeypatch):
    monkeypatch.setattr(packed, "LONGEST_PIECE", MILLION)
    (tmp_path / "a.csv.xz").write_bytes(lzma.compress(b"x" * 3 * MILLION))
    with (
        pytest.raises(UnreadableFile, match="single row or item"),
        opened(tmp_path / "a.csv.xz") as file,
    ):
        next(file)
