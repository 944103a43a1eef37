"""Looks on the pages of managers, and the page by which customers send photos."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from core.models import Delivery
from influencers.domain.moderation import Check
from influencers.models import (
    CustomerInvite,
    CustomerPhoto,
    Look,
    LookComment,
    LookStatus,
    VersionStatus,
)
from influencers.queries.customer_photos import token_of
from influencers.services import looks, moderation
from influencers.services.customer_photos import sha256_of_words
from influencers.services.moderation import Remark
from tests.builders import NOW, make_product, make_shop
from tests.influencers.moderation_world import (
    jpeg,
    make_creator,
    make_invite,
    make_manager,
    make_picture,
    published,
    send,
    send_again,
    submitted,
)

pytestmark = pytest.mark.django_db


def page_of(look, name="detail", **more):
    return reverse(f"portal:moderation-{name}", kwargs={"public_id": look.public_id, **more})


def said(answer):
    return answer.content.decode()


def test_the_oldest_look_waits_first(sam):
    second = submitted(now=NOW - timedelta(hours=1), title="The second")
    first = submitted(now=NOW - timedelta(hours=2), title="The first")
    published(title="Shown already")

    page = said(sam.get(reverse("portal:moderation-list")))

    assert page.index(first.title) < page.index(second.title)
    assert "Shown already" not in page
    shown = said(sam.get(reverse("portal:moderation-list"), {"state": "published"}))
    assert "Shown already" in shown
    assert "The first" not in shown


@pytest.mark.parametrize("state", ["customers", "changes", "scheduled", "paused", "refused",
                                   "ended", "nonsense"])  # fmt: skip
def test_every_state_has_a_list(sam, state):
    assert sam.get(reverse("portal:moderation-list"), {"state": state}).status_code == 200


def test_the_list_asks_as_often_for_ten_looks_as_for_one(sam):
    creator = make_creator()
    submitted(creator)
    address = reverse("portal:moderation-list")

    def asked():
        sam.get(address)
        with CaptureQueriesContext(connection) as queries:
            assert sam.get(address).status_code == 200
        return len(queries)

    one = asked()
    for _look in range(9):
        submitted(creator)

    assert asked() == one <= 14


def test_a_look_shows_what_it_is_decided_by(sam):
    creator, person = make_creator()
    earlier = published((creator, person), title="An earlier one")
    moderation.refuse(
        send_again(earlier, person).pk, "brands", "The logo.", by_id=make_manager().pk, now=NOW
    )
    other, somebody = make_creator(name="Somebody else")
    photo = jpeg()
    submitted((other, somebody), picture=make_picture(other, content=photo), title="The same")
    version = submitted((creator, person), picture=make_picture(creator, content=photo))

    page = said(sam.get(page_of(version.look)))

    for word in (
        "Linen in June", "Light and cool.", "Commercial collaboration", "As worn", "€120.00",
        "The same photo, or nearly, is in another look", "The same", "Somebody else",
        "1 approved, 0 sent back, 1 refused, 0 removed", "The logo.",
        "Product pages, Looks pages: until it is taken back",
        'data-keys="a"', 'data-keys="c"', 'data-keys="r"', 'data-keys="k"',
        "<circle", "/looks/pictures/",
    ):  # fmt: skip
        assert word in page, word
    assert "style=" not in page


def test_a_draft_is_nobodys_but_its_creators(sam):
    creator, person = make_creator()
    look = looks.create(affiliate_id=creator.pk, shop_id=make_shop().pk, by_id=person.pk, now=NOW)

    assert sam.get(page_of(look)).status_code == 404
    shown = published((creator, person))
    looks.next_version(shown.pk, by_id=person.pk, now=NOW)
    assert sam.get(page_of(shown)).context["version"] == shown.live


def test_a_manager_approves_and_the_next_look_follows(sam):
    version, following = submitted(now=NOW - timedelta(hours=2)), submitted(now=NOW)

    answer = sam.post(page_of(version.look, "approve"), {"checks": list(Check)})

    assert answer["Location"] == page_of(following.look)
    version.look.refresh_from_db()
    assert version.look.status == LookStatus.PUBLISHED
    page = said(sam.get(page_of(version.look)))
    assert "Looked at when it was approved" in page
    assert "Remove for good" in page


def test_times_are_those_of_paris(sam):
    version = submitted()

    sam.post(
        page_of(version.look, "approve"),
        {"checks": list(Check), "publish_at": "2026-06-20T09:00", "expires_at": "2026-07-20T09:00"},
    )

    look = Look.objects.get()
    assert look.status == LookStatus.SCHEDULED
    assert look.publish_at.isoformat() == "2026-06-20T07:00:00+00:00"


def test_an_open_list_approves_nothing(sam):
    version = submitted()

    answer = sam.post(page_of(version.look, "approve"), {"checks": list(Check)[1:]}, follow=True)

    assert "Look at every point of the list first." in said(answer)
    version.refresh_from_db()
    assert version.status == VersionStatus.SUBMITTED


def test_a_remark_is_pinned_and_sent(sam):
    version = submitted()
    image, slot = version.images.get(), version.slots.first()

    sam.post(
        page_of(version.look, "remark"),
        {"about": f"image:{image.pk}", "text": "Too dark here.", "x": "0.25", "y": "0.5"},
    )
    sam.post(page_of(version.look, "remark"), {"about": f"slot:{slot.key}", "text": "The grey."})
    sam.post(page_of(version.look, "remark"), {"about": "title", "text": "Shorter."})
    sam.post(page_of(version.look, "ask"), {"text": "And thank you!"})

    version.refresh_from_db()
    assert version.status == VersionStatus.CHANGES
    pinned = LookComment.objects.get(text="Too dark here.")
    assert (pinned.image, float(pinned.x), float(pinned.y)) == (image, 0.25, 0.5)
    assert LookComment.objects.get(text="The grey.").slot_key == slot.key
    assert LookComment.objects.get(text="Shorter.").place == "title"
    assert "4 things" in Delivery.objects.get(key__contains=":changes:").body


def test_a_remark_about_a_product_is_pinned_on_the_photo_that_was_clicked(sam):
    version, other = submitted(), submitted()
    image, slot = version.images.get(), version.slots.first()
    fields = {"about": f"slot:{slot.key}", "text": "Beside it.", "x": "0.25", "y": "0.5"}

    sam.post(page_of(version.look, "remark"), {**fields, "image": other.images.get().pk})
    assert not LookComment.objects.exists()
    sam.post(page_of(version.look, "remark"), {**fields, "image": image.pk})

    pinned = LookComment.objects.get()
    assert (pinned.image, pinned.slot_key) == (image, slot.key)
    assert (float(pinned.x), float(pinned.y)) == (0.25, 0.5)


def test_a_remark_without_words_says_so_in_its_form(sam):
    version = submitted()

    answer = sam.post(page_of(version.look, "remark"), {"about": "", "text": " "})

    assert answer.status_code == 422
    assert not LookComment.objects.exists()


def test_a_remark_is_done(sam):
    version = submitted()
    remark = moderation.comment(
        version.pk, Remark(text="Too dark."), asks_for_change=True, by_id=make_manager().pk,
        now=NOW,
    )  # fmt: skip

    sam.post(page_of(version.look, "resolve", pk=remark.pk))

    remark.refresh_from_db()
    assert remark.resolved_at == NOW
    other = submitted()
    assert sam.post(page_of(other.look, "resolve", pk=remark.pk)).status_code == 404


def test_a_manager_refuses_with_a_reason(sam):
    version = submitted()

    assert "required" in said(sam.post(page_of(version.look, "refuse"), {}, follow=True))
    answer = sam.post(page_of(version.look, "refuse"), {"code": "quality", "note": ""})

    assert answer["Location"] == reverse("portal:moderation-list")
    version.refresh_from_db()
    assert (version.status, version.reason) == (
        "refused", "The photos are blurred, too dark, or show too little.",
    )  # fmt: skip


def test_what_is_published_is_paused_shown_again_and_removed(sam):
    look = published()

    sam.post(page_of(look, "pause"), {"reason": "A recall."})
    assert Look.objects.get().status == LookStatus.PAUSED
    assert "A recall." in said(sam.get(page_of(look)))
    sam.post(page_of(look, "resume"), {"expires_at": "2026-12-31T18:00"})
    assert Look.objects.get().status == LookStatus.PUBLISHED
    sam.post(page_of(look, "remove"), {"code": "people", "note": ""})
    assert Look.objects.get().status == LookStatus.PUBLISHED
    sam.post(page_of(look, "remove"), {"code": "people", "note": "The woman behind you."})

    assert Look.objects.get().status == LookStatus.REMOVED
    assert Delivery.objects.filter(key__contains=":removed:").exists()


def test_a_new_version_says_what_differs(sam):
    creator, person = make_creator()
    look = published((creator, person))
    send_again(look, person, title="Linen in July")

    page = said(sam.get(page_of(look)))

    assert "What differs from the published version" in page
    assert "Linen in June" in page
    assert "Linen in July" in page


def test_the_page_of_a_customers_photo_lets_the_team_complete_it(sam):
    _invite, key = make_invite()
    look = send(key).look
    product = make_product(name="Green dress")
    page = said(sam.get(page_of(look)))
    assert "Customer: Camille" in page
    assert "No product that the shop sells is named." in page
    assert "Ask for changes" not in page

    unknown = sam.post(page_of(look, "product"), {"sku": "none", "role": "dress"})
    assert unknown.status_code == 422
    sam.post(
        page_of(look, "product"), {"sku": product.sku, "role": "dress", "x": "0.5", "y": "0.4"}
    )
    assert sam.post(page_of(look, "complete"), {"title": "", "alt": ""}).status_code == 422
    sam.post(page_of(look, "complete"), {"title": "The dress", "alt": "A dress", "story": ""})
    sam.post(page_of(look, "approve"), {"checks": list(Check)})

    look.refresh_from_db()
    assert look.status == LookStatus.PUBLISHED
    assert look.live.title == "The dress"


def test_an_address_is_shown_once(sam):
    make_shop()
    answer = sam.post(
        reverse("portal:invite-new"),
        {"name": "Parcel", "shop": make_shop().pk, "ends_at": "2026-08-01T12:00", "most": 50},
    )

    invite = CustomerInvite.objects.get()
    address = said(answer).partition('value="http')[2].partition('"')[0]
    assert "/looks/send/" in address
    key = address.rstrip("/").rpartition("/")[2]
    assert key not in said(sam.get(reverse("portal:invite-detail", args=[invite.pk])))
    assert key not in said(sam.get(reverse("portal:invite-list")))
    assert sam.get(reverse("portal:photo-send", args=[key])).status_code == 200
    sam.post(reverse("portal:invite-end", args=[invite.pk]))
    assert sam.get(reverse("portal:photo-send", args=[key])).status_code == 410


def test_a_manager_erases_one_photo_and_all_of_an_address(sam):
    _invite, key = make_invite()
    first, second = send(key), send(key)

    sam.post(reverse("portal:photo-erase", args=[first.public_id]))
    first.refresh_from_db()
    assert first.erased_at == NOW
    answer = sam.post(
        reverse("portal:photo-erase-all"), {"email": "camille@example.com"}, follow=True
    )

    assert "1 photo is erased." in said(answer)
    second.refresh_from_db()
    assert second.erased_at == NOW


# --- the customer's side -----------------------------------------------------------


@pytest.fixture
def visitor(client, time_machine):
    """Somebody without an account, who reads English."""
    time_machine.move_to(NOW, tick=False)
    cache.clear()
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def typed(**changes):
    return {
        "form_key": uuid4(), "shown_sha256": sha256_of_words("en"), "shown_name": "Camille",
        "email": "camille@example.com", "people": "none", "is_of_age": "on",
        "is_without_minors": "on", "accept": "on", "alt": "A dress", "story": "",
        "photo": SimpleUploadedFile("me.jpg", jpeg(), "image/jpeg"), **changes,
    }  # fmt: skip


def test_a_customer_sends_a_photo_and_erases_it(visitor):
    _invite, key = make_invite()
    address = reverse("portal:photo-send", args=[key])
    page = visitor.get(address)
    assert "No child or teenager can be seen" in said(page)
    assert set(page.cookies) <= {"csrftoken"}
    assert "Apport" not in page.content.decode()

    answer = visitor.post(address, typed())

    photo = CustomerPhoto.objects.get()
    assert answer["Location"] == reverse("portal:photo-sent", args=[token_of(photo)])
    page = visitor.get(answer["Location"])
    assert "Your photo has arrived" in said(page)
    assert "Apport" not in page.content.decode()
    assert page["Referrer-Policy"] == "same-origin"
    assert "no-store" in page["Cache-Control"]
    visitor.post(reverse("portal:photo-withdraw", args=[token_of(photo)]))
    assert "Your photo is erased" in said(visitor.get(answer["Location"]))
    assert "sessionid" not in visitor.cookies


@pytest.mark.parametrize(
    "wrong",
    [
        {"is_of_age": ""},
        {"is_without_minors": ""},
        {"accept": ""},
        {"email": "nobody"},
        {"people": ""},
        {"shown_sha256": "0" * 64},
        {"photo": SimpleUploadedFile("me.jpg", b"no photo", "image/jpeg")},
    ],
)
def test_what_a_customer_forgets_is_said(visitor, wrong):
    _invite, key = make_invite()

    answer = visitor.post(reverse("portal:photo-send", args=[key]), typed(**wrong))

    assert answer.status_code == 422
    assert not CustomerPhoto.objects.exists()


def test_a_network_that_tries_too_often_waits(visitor):
    _invite, key = make_invite()
    address = reverse("portal:photo-send", args=[key])
    answers = [visitor.post(address, {}).status_code for _try in range(31)]

    assert answers == [422] * 30 + [429]
    assert visitor.post(address, {}, REMOTE_ADDR="198.51.100.7").status_code == 422


def test_a_key_or_token_that_nobody_gave_opens_nothing(visitor):
    assert visitor.get(reverse("portal:photo-send", args=["nobody"])).status_code == 410
    assert visitor.get(reverse("portal:photo-sent", args=["a:b:c"])).status_code == 404
    assert visitor.post(reverse("portal:photo-withdraw", args=["a:b:c"])).status_code == 404
