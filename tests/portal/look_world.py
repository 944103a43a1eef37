"""A creator's looks in every state, and the addresses of their pages."""

from dataclasses import dataclass

from django.urls import reverse

from core.models import User
from influencers.models import Look, LookVersion
from influencers.services import looks, moderation
from influencers.services.moderation import Remark
from tests.builders import NOW, make_shop
from tests.influencers.moderation_world import make_manager, published, submitted

#: Doors of a creator: tried in tests/portal/test_looks_pages.py.
LOOK_PAGES = {"look-detail", "look-edit", "look-preview", "look-story"}
LOOK_LISTS = {"look-list", "look-products"}
LOOK_POSTS = {
    "look-save", "look-send", "look-upload", "look-take-back", "look-discard", "look-withdraw",
    "look-duplicate", "look-archive", "look-restore",
}  # fmt: skip
LOOK_DOORS = LOOK_PAGES | LOOK_LISTS | LOOK_POSTS | {"look-new", "look-comment-resolve"}


@dataclass
class Looks:
    """One look in each state that matters."""

    draft: Look
    waiting: Look
    changes: Look
    published: Look


def make_looks(person: User, *, now=NOW) -> Looks:
    """Looks of somebody who is a creator already."""
    affiliate = person.memberships.get().affiliate
    creator = (affiliate, person)
    draft = looks.create(
        affiliate_id=affiliate.pk, shop_id=make_shop().pk, by_id=person.pk, now=now
    )
    waiting = submitted(creator, now=now, title="Waits for the team")
    asked = submitted(creator, now=now, title="To be changed")
    ask_changes(asked, now=now)
    return Looks(
        draft=draft,
        waiting=waiting.look,
        changes=asked.look,
        published=published(creator, now=now, title="On the quays"),
    )


def ask_changes(version: LookVersion, *, now=NOW, text="Name the jacket, please.") -> None:
    """A manager pins a remark on the first hotspot and gives the version back."""
    image = version.images.get()
    spot = image.hotspots.select_related("slot").first()
    remark = Remark(text=text, image_id=image.pk, slot_key=spot.slot.key, x=spot.x, y=spot.y)
    moderation.ask_changes(version.pk, [remark], by_id=make_manager().pk, now=now)
    version.refresh_from_db()


def look_places(made: Looks) -> dict[str, list[str]]:
    """What stands for the parameter of a look's pages in tests/browser/places.py."""
    shown = [made.published, made.changes, made.waiting, made.draft]
    return {
        "portal/looks/<uuid:public_id>/comments/<int:pk>/": [
            f"portal/looks/{made.changes.public_id}/comments/1/"
        ],
        "portal/looks/<uuid:public_id>/": [f"portal/looks/{one.public_id}/" for one in shown],
    }


def address(name: str, look: Look) -> str:
    """The address of a page of one look."""
    return reverse(f"portal:{name}", args=[look.public_id])
