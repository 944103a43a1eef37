"""Ending rights in photos: what is said before, who is told, and that every surface is empty."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from core.models import AuditEntry, Delivery
from influencers.models import EditorialEntry, ImageLicence, LookStatus
from influencers.services import licences, look_clock
from tests.builders import NOW, make_user
from tests.influencers.look_surface_world import TERMS, make_look, make_picture, make_profile
from tests.influencers.moderation_world import make_creator, make_invite, send
from tests.people import person_of

pytestmark = pytest.mark.django_db
EVERYWHERE = replace(TERMS, scopes=("site", "pdp", "social", "print"))


def make_worn_by(ines, **overrides):
    """A published look of hers whose photo may be used everywhere."""
    picture = make_picture(ines, terms=EVERYWHERE)
    return make_look(affiliate=ines, picture=picture, **overrides)


def rights_of(creator, act=""):
    return f"/manage/creators/{creator.public_id}/rights/{act}"


def licence_of(look):
    return look.live.images.get().picture.licences.get()


def said(answer):
    return answer.content.decode()


def test_before_rights_end_the_page_says_what_disappears(sam):
    ines, _person = make_creator()
    look, _other = make_worn_by(ines, title="Linen in June"), make_worn_by(ines)
    EditorialEntry.objects.create(
        account="@maison", day=NOW.date() + timedelta(days=3), look=look, created_at=NOW,
        created_by=make_user(),
    )  # fmt: skip

    one = said(sam.get(rights_of(ines, f"{licence_of(look).public_id}/end/")))
    both = said(sam.get(rights_of(ines, "end/")))

    assert "End the rights in this photo of Ines Moreau?" in one
    assert "1 look disappears within the hour" in one
    assert "The pages of 2 products show them no more." in one
    assert "1 planned publication of the brand&#x27;s accounts loses its right." in one
    assert "has to be taken down there: The brand&#x27;s social accounts, Print." in one
    assert "Linen in June" in one
    assert "End all rights in the photos of Ines Moreau?" in both
    assert "2 looks disappear within the hour" in both
    assert "End the rights in 2 photos" in both
    assert ImageLicence.objects.filter(revoked_at__isnull=True).count() == 2


def test_a_photo_that_another_licence_covers_stays(sam):
    ines, _person = make_creator()
    look = make_worn_by(ines)
    first = licence_of(look)
    make_licence(look, replace(TERMS, ends_on=None))

    page = said(sam.get(rights_of(ines, f"{first.public_id}/end/")))

    assert "No look that is published or scheduled disappears." in page


def make_licence(look, terms):
    """Another licence in the photo of a look."""
    [made] = licences.grant([look.live.images.get().picture_id], terms, by_id=None, now=NOW)
    return made


def test_rights_end_with_a_reason_that_is_kept_and_mailed(sam):
    ines, person = make_creator()
    look = make_worn_by(ines, title="Linen in June")
    licence = licence_of(look)
    address = rights_of(ines, f"{licence.public_id}/end/")

    assert sam.post(address, {"reason": " "}).status_code == 422
    licence.refresh_from_db()
    assert licence.revoked_at is None
    for _time in range(2):
        assert sam.post(address, {"reason": "She asked."})["Location"] == rights_of(ines)

    licence.refresh_from_db()
    assert (licence.revoked_at, licence.revoke_reason) == (NOW, "She asked.")
    assert AuditEntry.objects.get(verb="licence.revoked").actor.email == "sam@example.com"
    letter = Delivery.objects.get(key=f"licence:{licence.pk}:revoked:{person.pk}")
    for word in ("one photo of yours", "She asked.", "- Linen in June", "stays yours"):
        assert word in letter.body
    shown = said(sam.get(rights_of(ines)))
    assert "Taken back" in shown
    assert "She asked." in shown
    assert "End all rights" not in shown


def test_all_rights_of_a_creator_end_with_one_mail_and_nobody_elses(sam):
    ines, _person = make_creator()
    looks = [make_worn_by(ines) for _number in range(2)]
    other = make_look()
    make_licence(looks[0], replace(TERMS, ends_on=NOW.date() - timedelta(days=1)))

    sam.post(rights_of(ines, "end/"), {"reason": "The contract is over."})

    ended = ImageLicence.objects.filter(revoked_at=NOW)
    assert {one.picture_id for one in ended} == {
        look.live.images.get().picture_id for look in looks
    }
    assert ended.count() == 2
    assert licence_of(other).revoked_at is None
    assert Delivery.objects.filter(key__startswith="licence:").count() == 1
    assert sam.get(rights_of(ines, "end/"))["Location"] == rights_of(ines)


def test_a_customers_photo_is_ended_from_its_look_and_nobody_is_written_to(sam):
    _invite, key = make_invite()
    look = send(key).look
    licence = ImageLicence.objects.get()
    page = reverse("portal:moderation-detail", args=[look.public_id])
    address = reverse("portal:moderation-licence-end", args=[look.public_id, licence.public_id])
    assert address in said(sam.get(page))

    assert sam.post(address, {"reason": "He asked in the shop."})["Location"] == page

    licence.refresh_from_db()
    assert licence.revoke_reason == "He asked in the shop."
    assert not Delivery.objects.exists()
    assert address not in said(sam.get(page))


def test_a_licence_is_ended_only_where_it_belongs(sam):
    ines, _person = make_creator()
    mine, other = make_worn_by(ines), make_look()
    foreign = licence_of(other).public_id

    assert sam.get(rights_of(ines, f"{foreign}/end/")).status_code == 404
    address = reverse("portal:moderation-licence-end", args=[mine.public_id, foreign])
    assert sam.post(address, {"reason": "x"}).status_code == 404


def test_the_list_asks_as_often_for_twenty_licences_as_for_one(sam, django_assert_max_num_queries):
    ines, _person = make_creator()
    make_worn_by(ines)

    def asked():
        sam.get(rights_of(ines))
        with django_assert_max_num_queries(20) as queries:
            assert sam.get(rights_of(ines)).status_code == 200
        return len(queries)

    one = asked()
    for _number in range(19):
        make_worn_by(ines)

    assert asked() == one


def test_within_the_hour_no_surface_shows_what_lost_its_rights(
    sam, settings, time_machine, django_capture_on_commit_callbacks
):
    """LK24: empty at once where the public looks, everywhere within the hour."""
    settings.ON_THIS_MACHINE = True
    ines, _person = make_creator()
    make_profile(ines)
    look = make_worn_by(ines, title="Linen in June")
    sku = look.live.slots.first().options.get().product.sku
    widget = f"/looks/widget?shop={look.shop.code}&sku={sku}"
    public, creator = Client(), Client(HTTP_ACCEPT_LANGUAGE="en")
    creator.force_login(person_of(ines))
    surfaces = (
        f"/looks/{look.slug}/", f"/looks/{look.slug}/embed/", "/looks/", "/looks/by/ines/",
        widget, f"{widget}&format=json",
        f"/oembed?url={settings.PUBLIC_URL}/looks/{look.slug}/",
    )  # fmt: skip
    data = public.get(f"{widget}&format=json").json()["looks"][0]["photo"]
    photos = ["/looks/pictures/" + data["src"].rpartition("/")[2]]
    photos += [f"/looks/pictures/{one.split()[0].rpartition('/')[2]}"
               for one in data.get("webp", "").split(", ") if one]  # fmt: skip
    kit, reposts = f"/portal/looks/{look.public_id}/story.png", "/manage/editorial/reposts/"
    assert all(look.live.title in public.get(one).text for one in surfaces)
    assert all(public.get(one).status_code == 200 for one in photos)
    assert creator.get(kit).status_code == 200
    assert look.live.title in said(sam.get(reposts))

    with django_capture_on_commit_callbacks(execute=True):
        sam.post(rights_of(ines, "end/"), {"reason": "The contract is over."})

    assert not any(look.live.title in public.get(one).text for one in surfaces)
    assert {public.get(one).status_code for one in photos} == {404}
    assert look.live.title not in said(sam.get(reposts))
    for minutes in range(10, 61, 10):
        time_machine.move_to(NOW + timedelta(minutes=minutes), tick=False)
        look_clock.run(now=NOW + timedelta(minutes=minutes))
    cache.clear()
    look.refresh_from_db()
    assert look.status == LookStatus.PAUSED
    assert creator.get(kit).status_code == 404
    assert not any(look.live.title in public.get(one).text for one in surfaces)
    assert look.live.title not in said(sam.get(reposts))
