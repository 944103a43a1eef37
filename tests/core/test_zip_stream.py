"""ZIP archives that are written while they are sent."""

import tracemalloc
from io import BytesIO
from zipfile import ZipFile

from core.zip_stream import zip_chunks

MEGABYTE = 1024 * 1024


def read(chunks):
    return ZipFile(BytesIO(b"".join(chunks)))


def test_every_file_is_in_it_whole_under_its_name():
    files = [("index.csv", [b"a;b\r\n", b"1;2\r\n"]), ("one/é.pdf", [b"%PDF-"]), ("empty", [])]

    with read(zip_chunks(files)) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == ["index.csv", "one/é.pdf", "empty"]
        assert archive.read("index.csv") == b"a;b\r\n1;2\r\n"
        assert archive.read("empty") == b""


def test_equal_files_give_equal_bytes():
    files = [("one", [b"x" * 1_000])]

    assert b"".join(zip_chunks(files)) == b"".join(zip_chunks(files))


def test_nothing_gives_an_archive_of_nothing():
    with read(zip_chunks([])) as archive:
        assert archive.namelist() == []


def test_memory_holds_one_file_at_a_time():
    def files():
        for number in range(60):
            yield f"{number}.bin", iter([bytes([number]) * MEGABYTE])

    tracemalloc.start()
    for _chunk in zip_chunks(files()):
        pass
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 8 * MEGABYTE
