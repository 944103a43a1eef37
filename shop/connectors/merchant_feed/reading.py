"""A feed as a stream of items, one in memory at a time: RSS 2.0, Atom, or values between tabs."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import IO

from lxml import etree

from core.wording import Said
from shop.connectors.merchant_feed.items import WANTED
from shop.connectors.packed import BROKEN, Unpacked, UnreadableFile

_GOOGLE = ("http://base.google.com/ns/1.0", "https://base.google.com/ns/1.0")
#: What an item may say in the words of RSS and Atom themselves.
_PLAIN = frozenset({"title", "link"})
_ITEMS = ("{*}item", "{*}entry")
_LONGEST_TEXT = 5_000


def items(file: IO[bytes], *, most: int | None = None) -> Iterator[dict[str, str]]:
    """Yield what each item of a feed says, by Google's names. Packed with gzip or xz is fine too.

    Nothing but the file is read: no entity is expanded, no other document fetched. ``most``: how
    many bytes it may have unpacked; None: as many as the settings say.

    :raises UnreadableFile: when it is no feed, is too large, or ends before its end.
    """
    try:
        begins = Unpacked(file).buffered().peek(1)[:64].lstrip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n")
        is_xml = begins.startswith(b"<")
        file.seek(0)
        plain = Unpacked(file, most=most, by_line=not is_xml)
        yield from (_of_xml(plain) if is_xml else _of_table(plain))
    except (*BROKEN, UnicodeDecodeError, csv.Error) as error:
        raise UnreadableFile(
            Said("The feed cannot be read to its end: %(why)s.", why=str(error))
        ) from error
    except etree.XMLSyntaxError as error:
        raise UnreadableFile(
            Said("The feed is not XML from line %(line)s on.", line=error.lineno or 1)
        ) from error


def _of_xml(plain: Unpacked) -> Iterator[dict[str, str]]:
    walk = etree.iterparse(
        plain.buffered(), events=("end",), tag=_ITEMS, resolve_entities=False, no_network=True,
        load_dtd=False, remove_comments=True, remove_pis=True,
    )  # fmt: skip
    count = 0
    for _event, element in walk:
        plain.begin()
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


def _of_table(plain: Unpacked) -> Iterator[dict[str, str]]:
    reader = csv.reader(
        io.TextIOWrapper(plain.buffered(), encoding="utf-8-sig", newline=""), delimiter="\t"
    )
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
