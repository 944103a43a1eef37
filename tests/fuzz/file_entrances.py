"""What people upload: pictures, papers, tables of links, claims and amounts, files of banks."""

from __future__ import annotations

import struct
import zlib
from io import BytesIO
from pathlib import Path

from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from affiliates.services.resources import _size
from core.attachments import checked as checked_attachment
from core.errors import DomainError
from experiments.domain.table import read_arms
from fraud.services.case_files import checked as checked_file
from fraud.services.policy_lists import read_file as read_hosts
from influencers.domain.picture import LEAST_SIDE
from influencers.services.pictures import _average, _encoded, _fingerprint, _opened
from payouts.gateways.camt import read_account_file
from payouts.gateways.name_results import read_results
from payouts.gateways.pain002 import read_status_report
from payouts.services.proposal_files import read_file as read_proposals
from portal import look_document
from portal.claim_files import MOST_BYTES as OF_CLAIMS
from portal.claim_files import read_claims
from portal.forms.terms_rule import _skus_of, split_lines, split_skus
from portal.link_files import read_lines
from portal.qr_codes import logo_of
from tests.fuzz.entrance import Entrance, text_of

_BANK = Path(__file__).parents[1] / "payouts" / "bank_files"
_XML = (b"<Ntry>", b"</Ntry>", b'<Amt Ccy="EUR">', b"<!DOCTYPE", b"&#0;", b"<?xml",
        b"camt.054.001.08", b"2026-07-21", b"CRDT", b"DBIT")  # fmt: skip


def _picture(kind: str, *, mode: str = "RGB", side: int = 24, **options: object) -> bytes:
    body = BytesIO()
    Image.linear_gradient("L").resize((side, side)).convert(mode).save(body, kind, **options)
    return body.getvalue()


def _chunk(kind: bytes, said: bytes) -> bytes:
    return struct.pack(">I", len(said)) + kind + said + struct.pack(">I", zlib.crc32(kind + said))


def _large_png() -> bytes:
    """A few bytes that say that they are a picture of 30,000 by 30,000 pixels."""
    head = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", head) + _chunk(b"IDAT", b"") + _chunk(b"IEND", b"")
    )


PICTURES = (
    _picture("PNG"),
    _picture("PNG", mode="P"),
    _picture("JPEG"),
    _picture("JPEG", mode="CMYK"),
    _picture("WEBP"),
    _picture("PNG", mode="RGBA"),
    _picture("PNG", mode="I;16"),
    _large_png(),
    _picture(
        "JPEG", exif=b"Exif\0\0MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    ),
    _picture("PNG", icc_profile=b"none"),
    b"GIF89a\x01\0\x01\0",
    b"%PDF-1.7 x",
)
#: Large enough to be taken as photos of a look.
PHOTOS = (
    _picture("JPEG", side=LEAST_SIDE),
    _picture("PNG", mode="P", side=LEAST_SIDE),
    _picture("WEBP", side=LEAST_SIDE),
    _picture("PNG", mode="RGBA", side=LEAST_SIDE),
    _picture("JPEG", mode="CMYK", side=LEAST_SIDE, icc_profile=b"none"),
)
_CHUNKS = (
    b"IHDR",
    b"IDAT",
    b"tRNS",
    b"iCCP",
    b"eXIf",
    b"PLTE",
    b"\xff\xd8\xff",
    b"\xff\xe1",
    b"VP8 ",
)


def read_photo(body: bytes) -> None:
    """A photo of a look, as far as it goes before it is kept."""
    photo = _opened(body, "photo.jpg")
    _fingerprint(photo)
    _average(photo)
    _encoded(photo)


def read_paper(body: bytes) -> None:
    """A file of a case, an attachment, a file for everybody: each judges by itself."""
    for judge in (
        lambda: checked_attachment(name=text_of(body[-40:]), body=body),
        lambda: _size(body),
        lambda: checked_file(name=text_of(body[-40:]), body=body),
    ):
        try:
            judge()
        except DomainError:
            continue


def read_product_list(body: bytes) -> None:
    split_lines(text_of(body))
    split_skus(text_of(body))
    _skus_of(SimpleUploadedFile("skus.csv", body))


def read_claim_file(body: bytes) -> None:
    said = text_of(body[:OF_CLAIMS])  # The page refuses longer ones before.
    read_claims(said, affiliate_id=1, currency="EUR", name="claims.csv", most=50)


def read_units(body: bytes) -> None:
    read_arms(text_of(body).splitlines(), arm="arm", outcome="outcome", covariate="before")


def _files(*names: str) -> tuple[bytes, ...]:
    return tuple(_filled((_BANK / name).read_text()).encode() for name in names)


def _filled(text: str) -> str:
    """The file with amounts and references where a story writes those of its payouts."""
    for place, value in _WRITTEN.items():
        text = text.replace(f"@{place}@", value)
    return text


_LOOK = (
    b'\n{"title": "Quai", "story": "", "language": "fr", "tags": ["lin"], "disclosure": "own",'
    b' "is_retouched": false, "is_virtual": false, "photos": [{"picture":'
    b' "00000000-0000-4000-8000-000000000000", "alt": "x", "crop": [0, 0.1, 1, 0.8], "spots":'
    b' [{"slot": "00000000-0000-4000-8000-000000000001", "x": 0.5, "y": "0.25"}]}], "slots":'
    b' [{"key": "00000000-0000-4000-8000-000000000001", "role": "dress", "is_required": true,'
    b' "options": [{"product": 3, "is_exact": true}]}]}'
)
_WRITTEN = {
    "BATCH": "AB-0726", "ADA": "AB-0726-1", "BEA": "AB-0726-2", "CLO": "AB-0726-3",
    "TOTAL": "100.00", "CLOSING": "900.00", "AMOUNT": "50.00", "REF": "0726000003",
}  # fmt: skip
_LONG_CELL = b"x" * 140_000
ENTRANCES = (
    # Sixty million pixels are allowed, and one picture is unpacked at a time.
    Entrance("photo", read_photo, (*PHOTOS, *PICTURES), _CHUNKS, slow_seconds=15),
    Entrance("logo", logo_of, PICTURES, _CHUNKS),
    Entrance("paper", read_paper, (*PICTURES, b"a;b\n=1+1;2\n"), _CHUNKS),
    Entrance(
        "look", lambda body: look_document.read(body.partition(b"\n")[2]), (_LOOK,), is_json=True
    ),
    Entrance(
        "links as CSV",
        lambda body: read_lines(text_of(body)),
        (
            b"url;name;slug;sub_id;tags;campaign;note;last_day\nshop.example/a;A;a-b;s;x|y;c;n;2026-12-31\n",
            b"url\n" + _LONG_CELL,
            _LONG_CELL,
            b'"url"\t"name"\n"https://shop.example/"\t"A',
        ),
        (b"last_day", b"9999-12-31", b"url", b";"),
    ),
    Entrance(
        "claims as CSV",
        read_claim_file,
        (
            b'order_number,ordered_on,amount,kind,text\nWEB-1,2026-06-01,"89,90",missing,mine\n',
            _LONG_CELL,
            b"order_number,ordered_on\n" + _LONG_CELL,
            b"order_number,ordered_on,amount\nW-1,2026-06-01,1e-999990\nW-2,2026-06-01,9e9999999\n",
        ),
        (b"order_number", b"ordered_on", b"amount", b"kind", b"S-1", b"1e-999999"),
    ),
    Entrance(
        "proposals as CSV",
        lambda body: read_proposals(text_of(body), currency="EUR"),
        (
            b"key;affiliate;amount;reason;text;currency\nk1;ada@example.com;12,50;goodwill;Sorry.;EUR\n",
            b"key,affiliate,amount,reason,text\nk1,a,1e-999999,b,c\nk2,a,9e9999999,b,c\n",
            b"key,affiliate,amount,reason,text\n" + _LONG_CELL,
        ),
        (b"amount", b"0E-99999", b"JPY", b"TND"),
    ),
    Entrance(
        "hosts as CSV",
        lambda body: read_hosts(text_of(body)),
        (
            b"pattern;kind;source;note\nbons-plans.example;coupon;seen;x\n",
            b"pattern,kind,source\n" + _LONG_CELL,
        ),
        (b"pattern", b"kind", b"*.example"),
    ),
    Entrance(
        "products to paste",
        read_product_list,
        (b"sku;name\nA-1;x\nB-2;y\n", b"sku\rA\rB", b'"A', b"sku,x\n" + _LONG_CELL),
        (b"sku",),
        refusals=(DomainError, ValidationError),
    ),
    Entrance(
        "names from the bank",
        read_results,
        (
            b"end_to_end_id;iban;name;result;checked_on;name_at_bank\n"
            b"AB-1;FR7630006000011234567890189;Ada;MATCH;2026-07-21;ADA\n",
            b"\xef\xbb\xbfresult\n",
        ),
        (b"MATCH", b"CLOSE MATCH", b"iban", b"FR76"),
    ),
    Entrance(
        "statement of a bank",
        read_account_file,
        _files("camt053_02_batch.xml", "camt053_08_day.xml", "camt054_08_return.xml"),
        _XML,
    ),
    Entrance(
        "answer of a bank",
        read_status_report,
        _files("pain002_03_whole.xml", "pain002_10_two_refused.xml"),
        _XML,
    ),
    Entrance(
        "units of an experiment",
        read_units,
        (b"arm,outcome,before\nA,1.5,2\nB,0,1e3\n", b"arm,outcome,before\nA\n"),
    ),
)
