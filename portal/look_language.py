"""Looks as their creators read them: states, what is missing, what happened."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core.models import User
from influencers.domain.look import Problem
from influencers.models import (
    Look,
    LookAct,
    LookEvent,
    LookStatus,
    LookVersion,
    Surface,
    VersionStatus,
)
from portal.display import StatusText, TimelineItem
from tracking.domain.surfaces import LOOK

#: Working days within which the team answers; what creators are told.
REVIEW_DAYS = 2

_LOOKS = {
    LookStatus.DRAFT: StatusText(
        "draft", gettext_lazy("Draft"), "neutral", "pencil",
        gettext_lazy("Only you see it."),
    ),
    LookStatus.SCHEDULED: StatusText(
        "scheduled", gettext_lazy("Scheduled"), "info", "calendar",
        gettext_lazy("It is approved and appears by itself at the time shown."),
    ),
    LookStatus.PUBLISHED: StatusText(
        "published", gettext_lazy("Published"), "success", "check",
        gettext_lazy("Everybody sees it, and it earns."),
    ),
    LookStatus.PAUSED: StatusText(
        "paused", gettext_lazy("Paused"), "warning", "pause",
        gettext_lazy("It is hidden for now: the reason stands below."),
    ),
    LookStatus.EXPIRED: StatusText(
        "expired", gettext_lazy("Expired"), "neutral", "hourglass",
        gettext_lazy("Its time is over. A new version brings it back."),
    ),
    LookStatus.WITHDRAWN: StatusText(
        "withdrawn", gettext_lazy("Withdrawn"), "neutral", "undo-2",
        gettext_lazy("You took it away for good. A copy can be sent anew."),
    ),
    LookStatus.REMOVED: StatusText(
        "removed", gettext_lazy("Removed"), "danger", "ban",
        gettext_lazy("The programme took it away: the reason stands below."),
    ),
}  # fmt: skip
_VERSIONS = {
    VersionStatus.SUBMITTED: StatusText(
        "submitted", gettext_lazy("In review"), "info", "clock",
        gettext_lazy("The team looks at it and answers within two working days."),
    ),
    VersionStatus.CHANGES: StatusText(
        "changes", gettext_lazy("Changes asked for"), "warning", "message-square",
        gettext_lazy("Read the remarks, change the look and send it again."),
    ),
    VersionStatus.REFUSED: StatusText(
        "refused", gettext_lazy("Refused"), "danger", "circle-x",
        gettext_lazy("It is not published: the reason stands below."),
    ),
    VersionStatus.DISCARDED: StatusText(
        "discarded", gettext_lazy("Thrown away"), "neutral", "trash-2",
        gettext_lazy("You threw this draft away."),
    ),
}  # fmt: skip
_ARCHIVED = StatusText(
    "archived",
    gettext_lazy("Archived"),
    "neutral",
    "archive",
    gettext_lazy("It is out of your list. You can bring it back."),
)
_PROBLEMS: dict[str, Promise] = {
    "no_title": gettext_lazy("Give the look a title."),
    "no_disclosure": gettext_lazy("Choose how the look says that it is commercial."),
    "no_story": gettext_lazy("Tell in two sentences how to wear it."),
    "no_tags": gettext_lazy("Add tags: the lookbook is filtered by them."),
    "no_photo": gettext_lazy("Add at least one photo."),
    "photo_gone": gettext_lazy("Photo %(number)s is gone: add it again."),
    "photo_small": gettext_lazy("Photo %(number)s is small: below 1,080 pixels it looks poor."),
    "no_alt": gettext_lazy("Describe photo %(number)s for those who cannot see it."),
    "alt_short": gettext_lazy("Say a little more of what photo %(number)s shows."),
    "spots_near": gettext_lazy("Two points on photo %(number)s are too near to each other."),
    "spot_hidden": gettext_lazy("A point on photo %(number)s lies outside of its crop."),
    "photo_copied": gettext_lazy("Photo %(number)s is nearly the same as somebody else's."),
    "too_few_products": gettext_lazy("A look shows at least two products."),
    "slot_empty": gettext_lazy("Point %(number)s has no product."),
    "product_gone": gettext_lazy("Product %(number)s is not sold any more: choose another one."),
    "product_sold_out": gettext_lazy("Product %(number)s is sold out: a stand-in would help."),
    "no_alternate": gettext_lazy("Product %(number)s has no stand-in for when it is sold out."),
    "slot_without_spot": gettext_lazy("Product %(number)s is on no photo."),
}
_ACTS = {
    LookAct.CREATED: ("plus", "neutral"),
    LookAct.SUBMITTED: ("send", "info"),
    LookAct.TAKEN_BACK: ("undo-2", "neutral"),
    LookAct.CHANGES: ("message-square", "warning"),
    LookAct.APPROVED: ("check", "success"),
    LookAct.REFUSED: ("circle-x", "danger"),
    LookAct.DISCARDED: ("trash-2", "neutral"),
    LookAct.SCHEDULED: ("calendar", "info"),
    LookAct.PUBLISHED: ("eye", "success"),
    LookAct.PAUSED: ("pause", "warning"),
    LookAct.EXPIRED: ("hourglass", "neutral"),
    LookAct.WITHDRAWN: ("undo-2", "neutral"),
    LookAct.REMOVED: ("ban", "danger"),
    LookAct.SWAPPED: ("refresh-cw", "neutral"),
}
#: Where a look was when it was tapped, as it stands in a sentence.
_PLACES = {
    Surface.OFFSITE: gettext_lazy("shared elsewhere"),
    Surface.PAGE: gettext_lazy("on its own page"),
    Surface.CREATOR: gettext_lazy("on its creator's page"),
    Surface.LOOKBOOK: gettext_lazy("in the lookbook"),
    Surface.PDP: gettext_lazy("on a product page"),
    Surface.EMBED: gettext_lazy("embedded elsewhere"),
}
#: The states that the list is filtered by.
FILTERS = (
    ("draft", gettext_lazy("Drafts")),
    ("submitted", gettext_lazy("In review")),
    ("changes", gettext_lazy("Changes asked for")),
    ("published", gettext_lazy("Published")),
    ("scheduled", gettext_lazy("Scheduled")),
    ("hidden", gettext_lazy("Hidden")),
    ("archived", gettext_lazy("Archived")),
)


def look_status(look: Look, newest: LookVersion | None) -> StatusText:
    """Return where a look stands: what its creator has to do comes before what the public sees."""
    if look.archived_at is not None:
        return _ARCHIVED
    if newest is not None and newest.status == VersionStatus.CHANGES:
        return _VERSIONS[VersionStatus.CHANGES]
    if look.status == LookStatus.DRAFT and newest is not None:
        return _VERSIONS.get(VersionStatus(newest.status), _LOOKS[LookStatus.DRAFT])
    return _LOOKS[LookStatus(look.status)]


def version_note(look: Look, newest: LookVersion | None) -> str:
    """Say what becomes of the version beside the one that is shown; empty when there is none."""
    if newest is None or look.status == LookStatus.DRAFT or newest.pk == look.live_id:
        return ""
    notes = {
        VersionStatus.DRAFT: _("You are changing it: the published version stays meanwhile."),
        VersionStatus.SUBMITTED: _("Your changes are in review: the old version stays meanwhile."),
        VersionStatus.CHANGES: _("Changes are asked for: the old version stays meanwhile."),
        VersionStatus.REFUSED: _("Your changes were refused: the old version stays."),
    }
    return notes.get(VersionStatus(newest.status), "")


def problem_text(problem: Problem, number: int) -> str:
    """Return what is missing as a sentence. ``number``: of the photo or product, from one."""
    return str(_PROBLEMS[problem.code]) % {"number": number}


def title_of(version: LookVersion | None) -> str:
    """Return the title of a look, or what stands for it."""
    return (version.title if version else "") or _("Look without a title")


def surface_name(surface: str) -> str:
    """Return where a look was seen, in words."""
    known = surface if surface in Surface.values else Surface.OFFSITE
    return str(Surface(known).label)


def look_with_place(title: str, surface: str) -> str:
    """Return ``look “Linen in June” on a product page``, as it stands in a sentence.

    ``surface``: of the click, ``look:12:pdp``; empty when it is no look's.
    """
    kind, _mark, rest = surface.partition(":")
    if kind != LOOK:
        return ""
    place = rest.partition(":")[2]
    known = Surface(place) if place in Surface.values else Surface.OFFSITE
    return _("look “{look}” {place}").format(look=title, place=_PLACES[known])


def returns_text(number: int) -> str:
    """``2 of these orders came back``."""
    return ngettext(
        "%(number)s of these orders came back.",
        "%(number)s of these orders came back.",
        number,
    ) % {"number": number}


def timeline(events: Iterable[LookEvent], viewer: User) -> list[TimelineItem]:
    """Return what happened to a look, newest first."""
    return [
        TimelineItem(
            title=LookAct(event.act).label,
            at=event.at,
            actor=_actor(event, viewer),
            note=event.note,
            icon=_ACTS[LookAct(event.act)][0],
            tone=_ACTS[LookAct(event.act)][1],  # type: ignore[arg-type]
            state="current" if number == 0 else "done",
        )
        for number, event in enumerate(events)
    ]


def _actor(event: LookEvent, viewer: User) -> str:
    if event.actor_id is None:
        return _("System")
    return _("You") if event.actor_id == viewer.pk else _("Team")
