"""What the look editor opens with, saves, uploads and finds."""

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from influencers.models import Picture
from influencers.queries.looks import content_of, document_of, loaded
from portal.look_document import Unreadable, read
from tests.builders import make_product
from tests.influencers.moderation_world import jpeg, make_creator, published
from tests.people import make_ines, person_of
from tests.portal.look_world import address, make_looks

pytestmark = pytest.mark.django_db


@pytest.fixture
def person():
    return person_of(make_ines())


@pytest.fixture
def looks(person):
    return make_looks(person)


@pytest.fixture
def ines(client, person):
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text_of(answer):
    return answer.content.decode()


def save(browser, look, document, saves):
    return browser.post(
        address("look-save", look),
        json.dumps(document),
        content_type="application/json",
        headers={"If-Match": f'"{saves}"'},
    )


def open_version(look):
    return loaded(look.versions.latest("number").pk)


def test_the_editor_opens_with_what_is_written(ines, looks):
    page = text_of(ines.get(address("look-edit", looks.changes)))

    assert "Name the jacket, please." in page
    assert '"To be changed"' in page


def test_what_is_in_review_does_not_open(ines, looks):
    answer = ines.get(address("look-edit", looks.waiting))

    assert answer["Location"] == address("look-detail", looks.waiting)


def test_the_editor_of_a_published_look_begins_its_next_version(ines, looks):
    ines.get(address("look-edit", looks.published))
    ines.get(address("look-edit", looks.published))

    assert [one.status for one in looks.published.versions.order_by("number")] == [
        "approved", "draft",
    ]  # fmt: skip


def test_a_save_is_read_and_answered_with_what_is_missing(ines, looks):
    document = document_of(open_version(looks.changes)) | {
        "title": "",
        "tags": ["  Linen ", "linen"],
    }

    answer = save(ines, looks.changes, document, document["saves"])

    said = answer.json()
    assert (answer.status_code, said["saves"]) == (200, document["saves"] + 1)
    assert said["checklist"][0]["text"] == "Give the look a title."
    assert content_of(open_version(looks.changes)).tags == ("linen",)


def test_a_save_over_a_newer_one_is_told_what_is_there(ines, looks):
    document = document_of(open_version(looks.changes))
    save(ines, looks.changes, document | {"title": "On the phone"}, document["saves"])

    answer = save(ines, looks.changes, document | {"title": "At the desk"}, document["saves"])

    said = answer.json()
    assert answer.status_code == 409
    assert (said["document"]["title"], said["document"]["saves"]) == (
        "On the phone", document["saves"] + 1,
    )  # fmt: skip
    assert content_of(open_version(looks.changes)).title == "On the phone"


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b"{}", b'{"title": 1}', b"\xff", b"x" * 200_001, b"[" * 100_000],
)
def test_what_the_editor_never_sends_is_refused(ines, looks, body):
    answer = ines.post(
        address("look-save", looks.draft), body, content_type="application/json",
        headers={"If-Match": '"0"'},
    )  # fmt: skip

    assert answer.status_code == 422
    with pytest.raises(Unreadable):
        read(body)


def test_half_a_sign_is_no_text(ines, looks):
    document = document_of(open_version(looks.draft)) | {"story": "\ud800"}

    assert save(ines, looks.draft, document, 0).status_code == 422


def test_numbers_that_are_none_are_refused(looks):
    document = document_of(open_version(looks.changes))
    document["photos"][0]["spots"][0]["x"] = "NaN"

    with pytest.raises(Unreadable):
        read(json.dumps(document).encode())


def test_a_photo_is_taken_in_and_turned(ines, looks):
    photo = SimpleUploadedFile("look.jpg", jpeg((800, 1_000)), content_type="image/jpeg")
    answer = ines.post(address("look-upload", looks.draft), {"photo": photo})
    sent = answer.json()
    turned = ines.post(address("look-upload", looks.draft), {"turn": sent["picture"]}).json()

    assert (answer.status_code, sent["width"], sent["height"], sent["is_copy"]) == (
        201, 800, 1_000, False,
    )  # fmt: skip
    assert (turned["width"], turned["height"]) == (1_000, 800)
    assert ines.get(sent["src"]).status_code == 200


def test_a_photo_that_is_none_says_why(ines, looks):
    none = SimpleUploadedFile("look.jpg", b"not a photo", content_type="image/jpeg")
    before = Picture.objects.count()

    answers = [
        ines.post(address("look-upload", looks.draft), {"photo": none}),
        ines.post(address("look-upload", looks.draft)),
    ]

    assert [answer.status_code for answer in answers] == [422, 422]
    assert all(answer.json()["detail"] for answer in answers)
    assert Picture.objects.count() == before


def test_nobody_turns_the_photo_of_another(ines, looks):
    foreign = published(make_creator(person_name="Other")).live.images.get().picture

    for name in (str(foreign.public_id), "x"):
        answer = ines.post(address("look-upload", looks.draft), {"turn": name})
        assert answer.status_code == 404


def test_the_preview_stands_in_a_frame_of_ours_alone(ines, looks):
    answer = ines.get(address("look-preview", looks.changes))

    assert "To be changed" in text_of(answer)
    assert "Commercial collaboration" in text_of(answer)
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-ancestors 'self'" in answer["Content-Security-Policy"]


def found(browser, **asked):
    return browser.get(reverse("portal:look-products"), asked).json()


def test_products_are_found_by_name_number_and_colour_whatever_the_accents(ines):
    make_product(name="Veste en lin", color="écru", sku="V-1", url="https://shop.example/v-1")
    make_product(name="Coat", url="https://shop.example/coat")

    for words in ("veste", "VESTE ecru", "v-1", "écru lin"):
        assert [one["sku"] for one in found(ines, q=words)["products"]] == ["V-1"], words
    assert found(ines, q="veste rouge")["products"] == []


def test_sizes_of_a_colour_are_one_hit_the_first_that_is_left(ines):
    fields = {"name": "Veste", "model": "V", "color": "blue", "url": "https://shop.example/v"}
    make_product(sku="V-S", size="S", stock=0, **fields)
    make_product(sku="V-M", size="M", stock=3, **fields)
    red = make_product(sku="V-R", **{**fields, "color": "red"})

    hits = found(ines, q="veste")["products"]

    assert [one["sku"] for one in hits] == ["V-M", "V-R"]
    assert [one["sku"] for one in found(ines, like=red.pk)["products"]] == ["V-M"]
    assert hits[0]["price"] == "€120.00"
    assert hits[0]["role"] == "dress"


def test_an_address_finds_its_product_and_an_unknown_one_says_so(ines):
    make_product(sku="V-1", url="https://shop.example/v-1")

    pasted = found(ines, q="https://shop.example/v-1/?utm_source=x#top")

    assert [one["sku"] for one in pasted["products"]] == ["V-1"]
    for other in ("https://shop.example/none", "https://elsewhere.example/v-1"):
        assert found(ines, q=other) == {"state": "unknown", "products": []}


def test_without_words_the_last_ones_are_offered(ines, looks):
    recent = found(ines)

    assert recent["state"] == "recent"
    assert recent["products"]
