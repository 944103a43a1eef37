"""What the look editor says while somebody works in it: its script has no words of its own."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

SUGGESTED_TAGS = (
    gettext_lazy("spring"), gettext_lazy("summer"), gettext_lazy("autumn"), gettext_lazy("winter"),
    gettext_lazy("everyday"), gettext_lazy("office"), gettext_lazy("evening"),
    gettext_lazy("wedding"), gettext_lazy("weekend"), gettext_lazy("travel"),
    gettext_lazy("classic"), gettext_lazy("casual"),
)  # fmt: skip


def editor_texts() -> dict[str, str]:
    """Return every sentence of the editor's script, in the active language."""
    return {**_saving(), **_photos(), **_points(), **_products()}


def _saving() -> dict[str, str]:
    return {
        "saving": _("Saving…"),
        "saved": _("Saved at {time}"),
        "restored": _("What you changed here was not saved yet: it is back, and being saved."),
        "offline": _("No connection. Your changes are kept on this device and saved later."),
        "signed_out": _("You were signed out. Sign in in another tab: your changes are kept here."),
        "trouble": _("Saving does not work just now. Your changes are kept on this device."),
        "elsewhere": _("This look was changed somewhere else meanwhile."),
        "unsaved": _("Not everything is saved yet: try again in a moment."),
        "undone": _("Undone"),
        "redone": _("Done again"),
        "blocking": _("Needed"),
        "advised": _("Advised"),
    }


def _photos() -> dict[str, str]:
    return {
        "photo": _("Photo {number}"),
        "photo_added": _("Photo {number} is added. Describe it."),
        "photo_removed": _("The photo is removed."),
        "photo_twice": _("This photo is there already."),
        "turning": _("Turning the photo"),
        "moved": _("Now at place {number}"),
        "too_many_photos": _("A look has six photos at most."),
        "heic": _(
            "HEIC photos cannot be read. On the phone choose “Most compatible” for the camera, or"
            " share the photo as JPEG."
        ),
        "unreadable": _("It is no photo that can be read: take JPEG, PNG, WebP or AVIF."),
        "too_small": _("It is too small: its shorter side needs 600 pixels, 1,080 look good."),
        "not_sent": _("It was not sent. Check the connection and add it again."),
    }


def _points() -> dict[str, str]:
    return {
        "point": _("Point {number}: {name}"),
        "position": _("{name}: {x}% from the left, {y}% from the top"),
        "point_removed": _("The point is removed; its product stays in the list."),
        "selected": _("Point selected: tap the photo where it belongs."),
        "unselected": _("Point no longer selected."),
        "too_many_points": _("A photo has eight points at most."),
        "remark": _("Remark of the team"),
    }


def _products() -> dict[str, str]:
    return {
        "too_many_products": _("A look has twelve products at most."),
        "product_removed": _("The product is removed."),
        "choose_product": _("Choose the product"),
        "choose_stand_in": _("Choose what stands in when it is sold out"),
        "found": _("{number} found"),
        "recent": _("{number} used lately"),
        "no_found": _("Nothing found: try fewer words, or paste the address of its page."),
        "no_recent": _("Type a name, a number or a colour, or paste the address of its page."),
        "no_unknown": _("This address is no product of the catalogue. Tell us if it should be."),
        "no_search": _("The search does not answer. Check the connection."),
    }
