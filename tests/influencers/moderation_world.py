"""Looks that wait for a decision, or are shown, with photos that are really there."""

from datetime import timedelta
from decimal import Decimal
from io import BytesIO
from itertools import count
from uuid import uuid4

from PIL import Image

from affiliates.models import AffiliateKind
from influencers.domain.licence import LicenceTerms
from influencers.domain.look import Content, Option, Photo, Slot, Spot
from influencers.models import Scope
from influencers.queries.customer_photos import token_of
from influencers.queries.moderation import day_of
from influencers.services import customer_photos, look_saving, look_sending, looks, moderation
from influencers.services import pictures as picture_service
from influencers.services.customer_photos import Sent, sha256_of_words
from influencers.services.moderation import Remark
from tests.builders import NOW, make_affiliate, make_product, make_shop, make_user

_shades = count(1)


def jpeg(size=(800, 1_000)):
    """A photo with a pattern of its own."""
    shade = next(_shades)
    image = Image.new("RGB", size, ((shade * 37) % 256, (shade * 91) % 256, (shade * 53) % 256))
    for column in range(8):
        tone = (shade * (column + 3) * 29) % 256
        image.paste((tone, 255 - tone, tone), (column * 100, 0, column * 100 + 50, size[1]))
    body = BytesIO()
    image.save(body, "JPEG", quality=70)
    return body.getvalue()


def make_manager():
    """Somebody who decides."""
    return make_user(roles=["manager"])


def make_creator(**overrides):
    """An influencer and the person who acts for her."""
    person = make_user(name=overrides.pop("person_name", "Ines Moreau"))
    affiliate = make_affiliate(
        **{"user": person, "name": "Ines Moreau", "kind": AffiliateKind.INFLUENCER, **overrides}
    )
    return affiliate, person


def terms(now=NOW, **overrides):
    """Rights on looks pages and product pages, until they are revoked."""
    return LicenceTerms(
        **{
            "scopes": (Scope.SITE, Scope.PDP),
            "starts_on": day_of(now),
            "ends_on": None,
            "credit": "Ines Moreau",
            "people": "none",
            "text_sha256": "0" * 64,
            **overrides,
        }
    )


def make_picture(affiliate=None, now=NOW, content=None):
    """A photo that somebody uploaded."""
    return picture_service.add(
        affiliate_id=affiliate.pk if affiliate else None,
        content=content or jpeg(), name="look.jpg", now=now,
    )  # fmt: skip


def content_with(picture, products, **overrides):
    """A look of one photo on which two products are seen."""
    slots = tuple(
        Slot(key=uuid4(), role=role, options=(Option(product.pk),))
        for role, product in zip(("top", "shoes", "bag"), products, strict=False)
    )
    spots = tuple(
        Spot(slot.key, Decimal("0.3"), Decimal(f"0.{2 + 3 * number}"))
        for number, slot in enumerate(slots)
    )
    photo = Photo(picture=picture.public_id, alt="A linen jacket on a bridge", spots=spots)
    return Content(
        **{
            "title": "Linen in June", "story": "Light and cool.", "language": "en",
            "tags": ("linen",), "disclosure": "collaboration", "photos": (photo,), "slots": slots,
            **overrides,
        }
    )  # fmt: skip


def submitted(creator=None, now=NOW, licence=None, picture=None, **overrides):
    """A version that waits for a decision."""
    affiliate, person = creator or make_creator()
    look = looks.create(affiliate_id=affiliate.pk, shop_id=make_shop().pk, by_id=person.pk, now=now)
    return send_again(look, person, now=now, licence=licence, picture=picture, **overrides)


def send_again(look, person, now=NOW, licence=None, picture=None, **overrides):
    """The next version of a look, sent to review."""
    version = looks.next_version(look.pk, by_id=person.pk, now=now)
    picture = picture or make_picture(look.affiliate, now)
    content = content_with(picture, [make_product(), make_product()], **overrides)
    look_saving.save(version.pk, content, saves=version.saves, by_id=person.pk, now=now)
    look_sending.submit(version.pk, licence or terms(now), by_id=person.pk, now=now)
    version.refresh_from_db()
    return version


def approve(version, *, manager=None, now=NOW, publish_at=None, expires_at=None, **more):
    """A manager approves."""
    moderation.approve(
        version.pk, publish_at=publish_at, expires_at=expires_at,
        by_id=(manager or make_manager()).pk, now=now, **more,
    )  # fmt: skip
    version.refresh_from_db()
    return version


def published(creator=None, now=NOW, **overrides):
    """A look that everybody sees."""
    version = submitted(creator, now=now, **overrides)
    return approve(version, now=now).look


def make_invite(now=NOW, **overrides):
    """An invitation to customers, and its key."""
    given = {"name": "Summer parcel", "ends_at": now + timedelta(days=30), "most": 10, **overrides}
    return customer_photos.invite(shop_id=make_shop().pk, by_id=make_manager().pk, now=now, **given)


def sent(**overrides):
    """What a customer fills in."""
    return Sent(
        **{
            "content": jpeg(), "file_name": "me.jpg", "shown_name": "Camille",
            "email": "Camille@example.com ", "people": "none", "is_of_age": True,
            "is_without_minors": True, "language": "en", "alt": "A green dress at the sea",
            "shown_sha256": sha256_of_words(overrides.get("language", "en")), **overrides,
        }
    )  # fmt: skip


def send(key, now=NOW, form_key=None, **overrides):
    """A customer sends a photo."""
    return customer_photos.send(
        key=key, form_key=form_key or uuid4(), sent=sent(**overrides), now=now
    )


def remarked(version):
    """A remark that waits to be done."""
    return moderation.comment(
        version.pk, Remark(text="Too dark."), asks_for_change=True, by_id=make_manager().pk, now=NOW
    )


def door_arguments():
    """What stands in the addresses of moderation: by the first word of a name, then by a name."""
    version, (invite, key) = submitted(), make_invite()
    public_id, remark = version.look.public_id, remarked(version)
    by_word = {"moderation": [public_id], "invite": [invite.pk]}
    by_name = {
        "moderation-resolve": [public_id, remark.pk],
        "moderation-drop": [public_id, version.slots.first().key],
        "moderation-licence-end": [public_id, _licence(version)],
        "photo-erase": [send(key).public_id],
        "invite-new": [],
        "photo-erase-all": [],
    }
    return by_word, by_name


def _licence(version):
    return version.images.get().picture.licences.get().public_id


def moderation_places():
    """Addresses of the pages of moderation and of customers: one of each state."""
    waiting, (invite, key) = submitted(), make_invite(ends_at=NOW + timedelta(days=360))
    remark, photo = remarked(waiting), send(key)
    look, token = "manage/looks/<uuid:public_id>/", token_of(photo)
    return {
        f"{look}rights/<uuid:licence_id>/": [
            f"manage/looks/{waiting.look.public_id}/rights/{_licence(waiting)}/"
        ],
        look: [f"manage/looks/{one.public_id}/" for one in (waiting.look, published(), photo.look)],
        "remarks/<int:pk>/": [f"remarks/{remark.pk}/"],
        "products/<uuid:key>/": [f"products/{waiting.slots.first().key}/"],
        "manage/looks/customers/photos/<uuid:public_id>/": [
            f"manage/looks/customers/photos/{photo.public_id}/"
        ],
        "manage/looks/customers/<int:pk>/": [f"manage/looks/customers/{invite.pk}/"],
        "looks/send/<str:key>/": [f"looks/send/{key}/", "looks/send/another/"],
        "looks/sent/<str:token>/": [f"looks/sent/{token}/"],
    }
