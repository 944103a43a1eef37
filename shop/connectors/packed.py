"""Files that may be packed, unpacked piece by piece, and never more of them than may be."""

from __future__ import annotations

import gzip
import io
import lzma
import zlib
from collections.abc import Iterable
from typing import IO, cast

from django.conf import settings

from core.errors import DomainError
from core.wording import Said

#: What one row of a table, or one item of a feed, may have at most.
LONGEST_PIECE = 16_000_000
_READ_AT_ONCE = 1 << 18
#: What unpacking may need: the best that xz offers takes 65 MiB.
_MOST_MEMORY = 128 * 1024 * 1024
_GZIP, _XZ = b"\x1f\x8b", b"\xfd7zXZ"
#: What unpacking and reading raise when a file is not whole.
BROKEN = (OSError, EOFError, lzma.LZMAError, zlib.error)


class UnreadableFile(DomainError):
    """A file is not what its format says, or more than can be read."""

    code = "unreadable_file"


def too_large(most: int) -> UnreadableFile:
    """Return the refusal of a file of more than ``most`` bytes."""
    return UnreadableFile(
        Said("The file is larger than can be read: %(most)s MB. Send it in several.",
             most=f"{most / 1_000_000:g}")
    )  # fmt: skip


def copy(pieces: Iterable[bytes], into: IO[bytes]) -> None:
    """Write pieces, as many bytes of them as the settings allow.

    :raises UnreadableFile: when there are more; some of them are written then.
    """
    most, size = settings.SHOP_FILE_MOST_BYTES, 0
    for piece in pieces:
        size += len(piece)
        if size > most:
            raise too_large(most)
        into.write(piece)


class Unpacked(io.RawIOBase):
    """The plain bytes of a file that may be packed with gzip or xz: its first bytes say so.

    ``most``: how many it may have (None: as the settings say). What is small when packed may be
    endless, and so may a single row: whoever reads says with :meth:`begin` where a piece begins;
    with ``by_line`` each line is one.
    """

    def __init__(self, file: IO[bytes], *, most: int | None = None, by_line: bool = False) -> None:
        self._inner = _opened(file)
        self._most = settings.SHOP_FILE_MOST_UNPACKED_BYTES if most is None else most
        self._by_line = by_line
        self._read = self._since = 0

    def readable(self) -> bool:
        return True

    def begin(self) -> None:
        """Say that a piece begins here."""
        self._since = 0

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        piece = self._inner.read(len(buffer))
        self._read += len(piece)
        self._since += len(piece)
        if self._read > self._most:
            raise too_large(self._most)
        if self._by_line and b"\n" in piece:
            self._since = len(piece) - piece.rindex(b"\n") - 1
        if self._since > LONGEST_PIECE:
            raise UnreadableFile(Said("A single row or item is larger than can be read."))
        buffer[: len(piece)] = piece
        return len(piece)

    def buffered(self) -> io.BufferedReader:
        """Return a reader of these bytes that can look ahead."""
        return io.BufferedReader(self, _READ_AT_ONCE)


def _opened(file: IO[bytes]) -> IO[bytes]:
    head = file.read(6)
    file.seek(0)
    if head.startswith(_GZIP):
        return cast(IO[bytes], gzip.open(file))
    if head.startswith(_XZ):
        return cast(IO[bytes], io.BufferedReader(_Xz(file), _READ_AT_ONCE))
    return file


class _Xz(io.RawIOBase):
    """As ``lzma.open``, but a few bytes cannot ask for gigabytes of memory."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self._stream = self._new()

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        while True:
            packed = b""
            if self._stream.eof:
                # Another stream may follow, after padding.
                packed = (self._stream.unused_data or self._file.read(_READ_AT_ONCE)).lstrip(b"\0")
                if not packed:
                    return 0
                self._stream = self._new()
            elif self._stream.needs_input:
                packed = self._file.read(_READ_AT_ONCE)
                if not packed:
                    raise EOFError("it ends before its end")
            piece = self._stream.decompress(packed, len(buffer))
            if piece:
                buffer[: len(piece)] = piece
                return len(piece)

    @staticmethod
    def _new() -> lzma.LZMADecompressor:
        return lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=_MOST_MEMORY)
