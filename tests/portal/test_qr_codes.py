"""QR codes: sizes to the pixel, colours that cameras read, a card to print."""

import struct
from io import BytesIO
from zipfile import ZipFile
from zlib import compress, crc32

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image

from portal import qr_codes
from portal.qr_codes import Card, QrStyle, UnreadableQr

URL = "https://shop.example/c/red-dresses"


def picture(kind="PNG", size=(40, 20)):
    body = BytesIO()
    Image.new("RGB", size, "#a8412a").save(body, kind)
    return body.getvalue()


@pytest.mark.parametrize("size", qr_codes.SIZES)
@pytest.mark.parametrize("style", [QrStyle(), QrStyle(level="h", dark="#a8412a", light="#fff8f0")])
def test_a_png_has_its_size_to_the_pixel_and_room_around_the_code(size, style):
    with Image.open(BytesIO(qr_codes.png(URL, style, size))) as drawn:
        assert drawn.size == (size, size)
        colours = {f"#{red:02x}{green:02x}{blue:02x}" for _n, (red, green, blue) in
                   drawn.convert("RGB").getcolors()}  # fmt: skip
        assert colours == {style.dark, style.light}
        inked = Image.eval(drawn.convert("L"), lambda shade: 255 - shade).point(
            lambda shade: 255 if shade > 100 else 0
        )
        left, top, right, bottom = inked.getbbox()
    signs = (right - left) // 29 if style.level == "m" else (right - left) // 33
    assert min(left, top, size - right, size - bottom) >= qr_codes.QUIET_ZONE * signs


@pytest.mark.parametrize(
    ("style", "why"),
    [
        (QrStyle(dark="#999999"), "too alike"),
        (QrStyle(dark="#ffffff", light="#000000"), "darker"),
        (QrStyle(logo=b"x"), "level H"),
    ],
)
def test_what_no_camera_reads_is_refused(style, why):
    with pytest.raises(UnreadableQr, match=why):
        qr_codes.require_readable(style)


def test_a_contrast_of_four_and_a_half_is_enough():
    qr_codes.require_readable(QrStyle(dark="#767676"))
    with pytest.raises(UnreadableQr):
        qr_codes.require_readable(QrStyle(dark="#777777"))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP"])
def test_a_logo_is_drawn_anew_and_stands_in_the_middle(kind):
    style = QrStyle(level="h", logo=qr_codes.logo_of(picture(kind)))

    with Image.open(BytesIO(qr_codes.png(URL, style, 1024))) as drawn:
        red, green, _blue = drawn.convert("RGB").getpixel((512, 512))
    assert red > 2 * green
    assert "data:image/png;base64," in qr_codes.svg(URL, style)


@pytest.mark.parametrize(
    "content",
    [b"", b"<svg/>", b"GIF89a", picture()[:40], b"\x89PNG\r\n\x1a\n" + b"0" * 100,
     b"0" * (qr_codes.MOST_LOGO_BYTES + 1)],
)  # fmt: skip
def test_what_is_no_picture_is_no_logo(content):
    with pytest.raises(UnreadableQr):
        qr_codes.logo_of(content)


@pytest.mark.parametrize("side", [5_000, 20_000], ids=["more than ours", "more than Pillow's"])
def test_a_small_file_of_very_many_pixels_is_no_logo(side):
    head = b"IHDR" + struct.pack(">IIBBBBB", side, side, 8, 6, 0, 0, 0)
    content = b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + head + struct.pack(">I", crc32(head))
    data = b"IDAT" + compress(b"")
    content += struct.pack(">I", len(data) - 4) + data + struct.pack(">I", crc32(data))
    with pytest.raises(UnreadableQr, match="too many pixels"):
        qr_codes.logo_of(content)


def test_svg_and_card_have_no_style_and_are_the_same_every_time():
    card = Card(address="shop.example/c/red", title="Maison", code="ADA10", code_label="Code")

    assert "style" not in qr_codes.svg(URL, QrStyle())
    assert qr_codes.pdf(URL, QrStyle(), card).startswith(b"%PDF-")
    assert qr_codes.pdf(URL, QrStyle(), card) == qr_codes.pdf(URL, QrStyle(), card)


def test_a_zip_holds_two_files_of_each():
    made = qr_codes.zip_of([("a", URL), ("b", f"{URL}-2")], QrStyle())
    with ZipFile(BytesIO(made)) as archive:
        assert archive.namelist() == ["a.png", "a.svg", "b.png", "b.svg"]
        assert archive.testzip() is None


# --- the page ---------------------------------------------------------------------------


def post(ada, world, **fields):
    usual = {"dark": "#1d1916", "light": "#ffffff", "level": "m", "format": "svg"}
    return ada.post(f"/portal/links/{world.link.pk}/qr/", {**usual, **fields})


@pytest.mark.parametrize(
    ("kind", "type_", "begin"),
    [
        ("png1024", "image/png", b"\x89PNG"),
        ("png2048", "image/png", b"\x89PNG"),
        ("svg", "image/svg+xml", b"<svg "),
        ("pdf", "application/pdf", b"%PDF-"),
    ],
)
def test_the_page_sends_the_file_that_was_chosen(ada, world, kind, type_, begin):
    logo = SimpleUploadedFile("logo.png", picture())
    sent = post(ada, world, format=kind, dark="#a8412a", light="#ffffff", level="h", logo=logo)

    assert (sent.status_code, sent["Content-Type"]) == (200, type_)
    assert sent.content.startswith(begin)
    assert f'filename="{world.link.code}' in sent["Content-Disposition"]


def test_colours_too_alike_are_refused_with_the_reason(ada, world):
    for fields in ({}, {"preview": "1"}):
        answer = post(ada, world, dark="#aaaaaa", light="#ffffff", **fields)
        assert answer.status_code == 422
        assert "too alike" in answer.content.decode()
    assert post(ada, world, dark="red").status_code == 422


def test_a_zip_of_ones_own_links_alone(ada, sign_in, world):
    sent = ada.get(f"/portal/links/qr.zip?selected={world.link.pk}&selected=x")
    with ZipFile(BytesIO(sent.content)) as archive:
        assert archive.namelist() == [f"{world.link.code}.png", f"{world.link.code}.svg"]

    theirs = sign_in(world.people["mallory"]).get(f"/portal/links/qr.zip?selected={world.link.pk}")
    with ZipFile(BytesIO(theirs.content)) as archive:
        assert archive.namelist() == []
