"""Looks begun, saved, copied and changed in their next version."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from uuid import uuid4

import pytest

from affiliates.models import AffiliateKind
from influencers.domain.look import Crop, Option, Photo, Slot, Spot
from influencers.models import LookEvent, LookImage, LookSlot, LookVersion
from influencers.queries.looks import (
    content_of,
    document_of,
    facts_of,
    loaded,
    recent_products,
    sold_out,
)
from influencers.services import look_saving, look_sending, looks, pictures
from influencers.services.look_saving import (
    ContentRefused,
    NotEditable,
    NotTheirLook,
    SavedElsewhere,
)
from influencers.services.looks import LookIsGone, LookIsShown, NotACreator
from tests.builders import NOW, make_product, make_shop, make_user
from tests.influencers.moderation_world import (
    approve,
    content_with,
    make_creator,
    make_manager,
    make_picture,
    published,
    submitted,
)

pytestmark = pytest.mark.django_db
LATER = NOW + timedelta(hours=1)


@pytest.fixture
def ines():
    return make_creator()


@pytest.fixture
def look(ines):
    affiliate, person = ines
    return looks.create(affiliate_id=affiliate.pk, shop_id=make_shop().pk, by_id=person.pk, now=NOW)


@pytest.fixture
def content(ines):
    return content_with(make_picture(ines[0]), [make_product(), make_product()])


def save(look, content, person, *, saves=None, now=NOW):
    version = look.versions.latest("number")
    count = version.saves if saves is None else saves
    return look_saving.save(version.pk, content, saves=count, by_id=person.pk, now=now)


def stored(look):
    return content_of(loaded(look.versions.latest("number").pk))


def test_a_look_begins_with_an_empty_draft(look):
    """LE12"""
    version = look.versions.get()

    assert (look.status, version.status, version.number) == ("draft", "draft", 1)
    assert [event.act for event in look.events.all()] == ["created"]


@pytest.mark.parametrize("kind", [AffiliateKind.CONTENT, AffiliateKind.COUPON])
def test_looks_are_for_influencers_and_employees(kind):
    """LE12"""
    affiliate, person = make_creator(kind=kind)

    with pytest.raises(NotACreator):
        looks.create(affiliate_id=affiliate.pk, shop_id=make_shop().pk, by_id=person.pk, now=NOW)


def test_a_suspended_creator_begins_nothing():
    """LE12"""
    affiliate, person = make_creator(status="suspended")

    with pytest.raises(NotACreator):
        looks.create(affiliate_id=affiliate.pk, shop_id=make_shop().pk, by_id=person.pk, now=NOW)


def test_nobody_begins_a_look_for_somebody_else(ines):
    """LE10"""
    with pytest.raises(NotTheirLook):
        looks.create(affiliate_id=ines[0].pk, shop_id=make_shop().pk, by_id=make_user().pk, now=NOW)


def test_what_is_saved_is_read_back_whole(look, content, ines):
    """LE11"""
    alternate = make_product()
    first, second = content.slots
    changed = replace(
        content,
        is_retouched=True,
        tags=("linen", "summer"),
        photos=(replace(content.photos[0], crop=Crop(Decimal("0.1"), Decimal(0), Decimal("0.8"))),),
        slots=(
            replace(first, options=(*first.options, Option(alternate.pk, is_exact=False))),
            replace(second, is_required=False),
        ),
    )

    version = save(look, changed, ines[1], now=LATER)

    assert stored(look) == changed
    assert (version.saves, version.saved_at) == (1, LATER)


def test_a_save_over_a_newer_one_is_refused_and_changes_nothing(look, content, ines):
    """LE11"""
    save(look, content, ines[1])

    with pytest.raises(SavedElsewhere):
        save(look, replace(content, title="Mine"), ines[1], saves=0)

    assert stored(look) == content
    assert look.versions.get().saves == 1


def test_the_same_save_again_is_the_same_save(look, content, ines):
    """LE11: its answer was lost on the way"""
    save(look, content, ines[1])

    again = save(look, content, ines[1], saves=0, now=LATER)

    assert (again.saves, again.saved_at) == (1, NOW)


def test_rows_that_stay_keep_their_id_so_that_remarks_hang_on_them(look, content, ines):
    """LE11"""
    save(look, content, ines[1])
    image, slots = LookImage.objects.get(), set(LookSlot.objects.values_list("pk", flat=True))
    other = make_picture(ines[0])
    photos = (Photo(picture=other.public_id, alt="First now"), *content.photos)

    save(look, replace(content, photos=photos, slots=content.slots[::-1]), ines[1])

    assert LookImage.objects.get(pk=image.pk).position == 2
    assert set(LookSlot.objects.values_list("pk", flat=True)) == slots


def test_what_is_taken_out_is_gone(look, content, ines):
    save(look, content, ines[1])
    bare = replace(content, photos=(), slots=())

    save(look, bare, ines[1])

    assert stored(look) == bare
    assert not LookImage.objects.exists()
    assert not LookSlot.objects.exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda content: replace(content, disclosure="none"),
        lambda content: replace(content, language="xx"),
        lambda content: replace(content, slots=(replace(content.slots[0], role="hair"),)),
        lambda content: replace(content, photos=(Photo(picture=uuid4()),)),
        lambda content: replace(
            content, slots=(Slot(key=uuid4(), role="top", options=(Option(999_999),)),), photos=()
        ),
        lambda content: replace(content, title="x" * 81),
    ],
)
def test_what_not_even_a_draft_may_hold_changes_nothing(look, content, ines, change):
    """LE1, LE10"""
    save(look, content, ines[1])

    with pytest.raises(ContentRefused):
        save(look, change(content), ines[1])

    assert stored(look) == content


def test_nobody_uses_the_photo_of_another(look, content, ines):
    """LE10"""
    foreign = make_picture(make_creator()[0])

    with pytest.raises(ContentRefused):
        save(look, replace(content, photos=(Photo(picture=foreign.public_id),)), ines[1])


def test_a_product_of_another_shop_is_refused(look, content, ines):
    """LE10"""
    foreign = make_product(shop=make_shop(code="other"))
    slots = (replace(content.slots[0], options=(Option(foreign.pk),)), content.slots[1])

    with pytest.raises(ContentRefused):
        save(look, replace(content, slots=slots), ines[1])


def test_nobody_else_saves(look, content):
    """LE10"""
    with pytest.raises(NotTheirLook):
        save(look, content, make_user())


def test_what_is_in_review_is_not_changed(ines, content):
    """LE11"""
    look = submitted(ines).look

    with pytest.raises(NotEditable):
        save(look, content, ines[1])


def test_the_next_version_says_the_same_and_the_old_one_stays(ines):
    """LE13"""
    look = published(ines)
    first = look.versions.get()

    version = looks.next_version(look.pk, by_id=ines[1].pk, now=LATER)

    look.refresh_from_db()
    assert (version.number, version.status) == (2, "draft")
    assert content_of(loaded(version.pk)) == content_of(loaded(first.pk))
    assert (look.status, look.live_id) == ("published", first.pk)
    assert looks.next_version(look.pk, by_id=ines[1].pk, now=LATER) == version
    assert LookVersion.objects.count() == 2


def test_a_new_version_leaves_out_photos_that_were_deleted(ines):
    """LE13"""
    version = submitted(ines)
    look_sending.take_back(version.pk, by_id=ines[1].pk, now=NOW)
    pictures.delete(version.images.get().picture_id, now=NOW)
    look_sending.discard(version.pk, by_id=ines[1].pk, now=NOW)

    again = looks.next_version(version.look_id, by_id=ines[1].pk, now=LATER)

    assert stored(again.look).photos == ()
    assert len(stored(again.look).slots) == 2


def test_a_copy_has_keys_of_its_own(ines):
    """LE14"""
    look = published(ines)
    original = stored(look)

    copy = looks.duplicate(look.pk, by_id=ines[1].pk, now=LATER)

    said = stored(copy)
    assert said.title == "Linen in June (copy)"
    assert not {slot.key for slot in said.slots} & {slot.key for slot in original.slots}
    assert [spot.x for spot in said.photos[0].spots] == [
        spot.x for spot in original.photos[0].spots
    ]
    assert (copy.status, copy.link_id, copy.live_id) == ("draft", None, None)


def test_only_what_is_not_shown_is_archived(ines, look):
    """LE14"""
    shown, waiting = published(ines), submitted(ines).look
    for one in (shown, waiting):
        with pytest.raises(LookIsShown):
            looks.archive(one.pk, by_id=ines[1].pk, now=LATER)

    assert looks.archive(look.pk, by_id=ines[1].pk, now=LATER).archived_at == LATER
    assert looks.archive(look.pk, by_id=ines[1].pk, now=NOW).archived_at == LATER
    assert looks.restore(look.pk, by_id=ines[1].pk).archived_at is None


def test_a_look_that_is_withdrawn_has_no_next_version_but_a_copy(ines):
    """LE13, LE14"""
    look = published(ines)
    look_sending.withdraw(look.pk, reason="Moved on", by_id=ines[1].pk, now=LATER)

    with pytest.raises(LookIsGone):
        looks.next_version(look.pk, by_id=ines[1].pk, now=LATER)
    assert looks.duplicate(look.pk, by_id=ines[1].pk, now=LATER).status == "draft"


def test_a_customers_look_is_written_without_a_person():
    """LE10"""
    look = looks.create(affiliate_id=None, shop_id=make_shop().pk, by_id=None, now=NOW)
    picture = make_picture()
    content = content_with(picture, [make_product(), make_product()])

    look_saving.save(look.versions.get().pk, content, saves=0, by_id=None, now=NOW)

    assert stored(look) == content


def test_the_document_says_what_the_editor_needs(look, content, ines):
    gone = make_product(stock=0, model="M1", color="blue")
    slots = (replace(content.slots[0], options=(Option(gone.pk),)), content.slots[1])
    save(look, replace(content, slots=slots), ines[1])

    document = document_of(loaded(look.versions.get().pk))

    first = document["slots"][0]["options"][0]
    assert (first["product"], first["is_sold_out"], first["price_minor"]) == (gone.pk, True, 12_000)
    assert document["photos"][0]["spots"][0] == {
        "slot": str(content.slots[0].key), "x": 0.3, "y": 0.2,
    }  # fmt: skip
    assert (document["saves"], document["status"]) == (1, "draft")


def test_a_product_is_sold_out_when_no_size_of_its_colour_is_left():
    small = make_product(model="M1", color="blue", size="S", stock=0)
    large = make_product(model="M1", color="blue", size="L", stock=2)
    red = make_product(model="M1", color="red", size="S", stock=0)
    untold = make_product()

    assert sold_out([small, large, red, untold]) == {red.pk}


def test_nearly_the_same_photo_of_somebody_else_is_noticed(look, content, ines):
    """LE5"""
    assert facts_of(content).copied == frozenset()
    other = make_creator()[0]
    own = pictures.opened(ines[0].pictures.get())
    body = _recoded(own)
    pictures.add(affiliate_id=other.pk, content=body, name="copy.jpg", now=LATER)

    assert facts_of(content).copied == {content.photos[0].picture}


def _recoded(photo):
    body = BytesIO()
    photo.save(body, "JPEG", quality=60)
    return body.getvalue()


def test_products_used_last_come_first_and_once(look, content, ines):
    save(look, content, ines[1])
    first, second = (slot.options[0].product_id for slot in content.slots)
    copy = looks.duplicate(look.pk, by_id=ines[1].pk, now=LATER)

    found = recent_products(ines[0].pk, 5)

    assert [product.pk for product in found] == [second, first]
    assert copy.affiliate_id == ines[0].pk


def test_every_step_is_kept(ines):
    """LE18"""
    version = submitted(ines)
    look_sending.take_back(version.pk, by_id=ines[1].pk, now=LATER)
    look_sending.discard(version.pk, by_id=ines[1].pk, now=LATER)

    acts = LookEvent.objects.filter(look=version.look).order_by("pk")

    assert [event.act for event in acts] == ["created", "submitted", "taken_back", "discarded"]
    version.look.refresh_from_db()
    assert version.look.archived_at == LATER


def test_an_approved_version_is_followed_by_one_that_can_be_sent(ines):
    """LE13"""
    version = submitted(ines)
    approve(version, manager=make_manager())
    following = looks.next_version(version.look_id, by_id=ines[1].pk, now=LATER)

    assert following.status == "draft"
    assert Spot(*_first(following)) == Spot(*_first(version))


def _first(version):
    spot = content_of(loaded(version.pk)).photos[0].spots[0]
    return spot.slot, spot.x, spot.y
