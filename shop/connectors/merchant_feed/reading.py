"""A feed as a stream of items, one in memory at a time: RSS 2.0, Atom, or values between tabs."""

from __future__ import annotations

import csv
import gzip
import io
import lzma
from collections.abc import Iterator
from typing import IO, cast

from lxml import etree

from core.wording import Said
from shop.connectors.history import UnreadableFile
from shop.connectors.merchant_feed.items import WANTED

#: Unpacked. A feed of a million items is below half of it.
MOST_BYTES = 4_000_000_000
_GOOGLE = ("http://base.google.com/ns/1.0", "https://base.google.com/ns/1.0")
#: What an item may say in the words of RSS and Atom themselves.
_PLAIN = frozenset({"title", "link"})
_ITEMS = ("{*}item", "{*}entry")
_LONGEST_TEXT = 5_000


class _Bounded(io.RawIOBase):
    """Reads so many bytes and no more: what is small when packed may be endless."""

    def __init__(self, inner: IO[bytes], most: int) -> None:
        self._inner = inner
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer) -> int:  # type: ignore[no-untyped-def]
        piece = self._inner.read(len(buffer))
        self._left -= len(piece)
        if self._left < 0:
            raise UnreadableFile(Said("The feed is larger than can be read."))
        buffer[: len(piece)] = piece
        return len(piece)


def items(file: IO[bytes], *, most: int = MOST_BYTES) -> Iterator[dict[str, str]]:
    """Yield what each item of a feed says, by Google's names. Packed with gzip or xz is fine too.

    Nothing but the file is read: no entity is expanded, no other document fetched.

    :raises UnreadableFile: when it is no feed, or ends before its end.
    """
    plain = io.BufferedReader(_Bounded(_unpacked(file), most), 1 << 18)
    try:
        begins = plain.peek(1)[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
        yield from (_of_xml(plain) if begins.startswith(b"<") else _of_table(plain))
    except (OSError, EOFError, lzma.LZMAError, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(
            Said("The feed cannot be read to its end: %(why)s.", why=str(error))
        ) from error
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(
            Said("The feed is not XML from line %(line)s on.", line=error.lineno or 1)
        ) from error


def _unpacked(file: IO[bytes]) -> IO[bytes]:
    head = file.read(6)
    file.seek(0)
    if head.startswith(b"\x1f\x8b"):
        return cast(IO[bytes], gzip.open(file))
    if head.startswith(b"\xfd7zXZ"):
        return lzma.open(file)
    return file


def _of_xml(file: IO[bytes]) -> Iterator[dict[str, str]]:
    walk = etree.iterparse(
        file, events=("end",), tag=_ITEMS, resolve_entities=False, no_network=True,
        load_dtd=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    count = 0
    for _event, element in walk:
        if not count and element.getroottree().docinfo.internalDTD is not None:
            raise UnreadableFile(Said("The feed declares a document type: it needs none."))
        count += 1
        yield _of_element(element)
        element.clear()
        parent = element.getparent()
        while parent is not None and element.getprevious() is not None:
            del parent[0]
    if not count:
        raise UnreadableFile(Said("There is no item in the feed."))


def _of_element(element: etree._Element) -> dict[str, str]:
    google: dict[str, str] = {}
    plain: dict[str, str] = {}
    for child in element:
        space, _brace, name = str(child.tag)[1:].rpartition("}")
        if space in _GOOGLE:
            if name in WANTED and name not in google:
                google[name] = _text(child)
            continue
        name = name if space else str(child.tag)
        if name in _PLAIN and name not in plain:
            plain[name] = child.get("href") or _text(child)
    return plain | google


def _text(element: etree._Element) -> str:
    return (element.text or "").strip()[:_LONGEST_TEXT]


def _of_table(file: IO[bytes]) -> Iterator[dict[str, str]]:
    reader = csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline=""), delimiter="\t")
    header = [one.strip().lower().replace(" ", "_") for one in next(reader, [])]
    places = [(place, name) for place, name in enumerate(header) if name in WANTED]
    if not {"id", "title", "price"} <= {name for _place, name in places}:
        raise UnreadableFile(
            Said("The feed is neither XML nor a table with the columns id, title and price.")
        )
    for row in reader:
        if row:
            yield {
                name: row[place].replace("\0", "").strip()[:_LONGEST_TEXT]
                for place, name in places
                if place < len(row)
            }
