"""ZIP archives of any length, written while they are sent: memory holds one part of one file."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import IO, cast
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

_DAY_IN_A_ZIP = (2000, 1, 1, 0, 0, 0)


class _Outbox:
    """Takes what the archive writes until it is sent. It cannot seek, as a connection cannot."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def write(self, part: bytes) -> int:
        self._parts.append(bytes(part))
        return len(part)

    def flush(self) -> None:
        """Nothing to do: what was written is taken by whoever sends it."""

    def take(self) -> bytes:
        body = b"".join(self._parts)
        self._parts.clear()
        return body


def zip_chunks(files: Iterable[tuple[str, Iterable[bytes]]]) -> Iterator[bytes]:
    """Yield an archive of ``files``: each with its name and its content in parts.

    Equal input gives equal bytes: no clock is in it.
    """
    outbox = _Outbox()
    with ZipFile(cast(IO[bytes], outbox), "w") as archive:  # It writes, and no more.
        for name, parts in files:
            entry = ZipInfo(name, date_time=_DAY_IN_A_ZIP)
            entry.compress_type = ZIP_DEFLATED
            entry.external_attr = 0o644 << 16
            with archive.open(entry, "w") as member:
                for part in parts:
                    member.write(part)
                    yield outbox.take()
            yield outbox.take()
    yield outbox.take()
