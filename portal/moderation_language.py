"""Looks as moderators read them: states, reasons, the checklist, what a remark is about."""

from __future__ import annotations

from collections.abc import Iterable

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from influencers.domain.availability import Found
from influencers.domain.moderation import Check, Reason
from influencers.models import (
    CustomerInvite,
    Look,
    LookAct,
    LookEvent,
    LookStatus,
    LookVersion,
    VersionStatus,
)
from influencers.queries import moderation
from influencers.queries.look_products import ResolvedSlot
from influencers.services.look_mails import REASONS
from portal.display import StatusText, TimelineItem, Tone

_LOOKS: dict[str, tuple[Tone, str]] = {
    LookStatus.DRAFT: ("neutral", "pencil"),
    LookStatus.SCHEDULED: ("info", "calendar"),
    LookStatus.PUBLISHED: ("success", "check"),
    LookStatus.PAUSED: ("warning", "pause"),
    LookStatus.EXPIRED: ("neutral", "hourglass"),
    LookStatus.WITHDRAWN: ("neutral", "undo-2"),
    LookStatus.REMOVED: ("danger", "ban"),
}
_VERSIONS: dict[str, tuple[Tone, str]] = {
    VersionStatus.DRAFT: ("neutral", "pencil"),
    VersionStatus.SUBMITTED: ("warning", "eye"),
    VersionStatus.CHANGES: ("info", "message-square"),
    VersionStatus.APPROVED: ("success", "check"),
    VersionStatus.REFUSED: ("danger", "circle-x"),
    VersionStatus.DISCARDED: ("neutral", "trash-2"),
}
CHECKS: dict[str, Promise] = {
    Check.DISCLOSURE: gettext_lazy("The label fits: who is paid or got a gift says so"),
    Check.PEOPLE: gettext_lazy("Nobody is recognised who did not agree; no minor without consent"),
    Check.SAFETY: gettext_lazy("No nudity, violence, weapons, drugs, alcohol or hatred"),
    Check.CLAIMS: gettext_lazy("Nothing is promised of a product that cannot be proved"),
    Check.BRANDS: gettext_lazy("No other brand and no work of others stands out"),
    Check.PRODUCTS: gettext_lazy("The products named are those on the photos"),
    Check.WORDS: gettext_lazy("The words are clean, and describe the photos to who cannot see"),
}
_FIELDS: dict[str, Promise] = {
    "": gettext_lazy("The look as a whole"),
    "title": gettext_lazy("Title"),
    "story": gettext_lazy("Story"),
    "tags": gettext_lazy("Tags"),
    "disclosure": gettext_lazy("Label of advertising"),
}
_FOUND: dict[str, Promise] = {
    Found.EXACT: gettext_lazy("As worn"),
    Found.SIZE: gettext_lazy("In another size"),
    Found.COLOR: gettext_lazy("In another colour"),
    Found.ALTERNATE: gettext_lazy("An alternate stands in"),
    Found.SOLD_OUT: gettext_lazy("Sold out"),
}
_OPEN_INVITE = StatusText("open", gettext_lazy("Takes photos"), "success", "check")
_FULL_INVITE = StatusText("full", gettext_lazy("Full"), "warning", "inbox")
_OVER_INVITE = StatusText("over", gettext_lazy("Over"), "neutral", "lock")


def look_state(look: Look) -> StatusText:
    """Return what the public sees of a look."""
    tone, icon = _LOOKS[look.status]
    return StatusText(look.status, LookStatus(look.status).label, tone, icon)


def version_state(version: LookVersion) -> StatusText:
    """Return where a version stands."""
    tone, icon = _VERSIONS[version.status]
    return StatusText(version.status, VersionStatus(version.status).label, tone, icon)


def row_state(version: LookVersion) -> StatusText:
    """Return what a list says: the decision while one is open, what the public sees after it."""
    if version.pk == version.look.live_id:
        return look_state(version.look)
    return version_state(version)


def state_label(state: str) -> str:
    """Name a state that the queue is narrowed to."""
    own = {
        moderation.WAITING: _("To decide"),
        moderation.CUSTOMERS: _("From customers"),
        moderation.CHANGES: _("With their creators"),
        moderation.REFUSED: _("Refused"),
        moderation.ENDED: _("Ended"),
    }
    return own[state] if state in own else str(LookStatus(state).label)


def creator_name(look: Look) -> str:
    """Return whose look it is: an affiliate's, or a customer's as they want to be named."""
    if look.affiliate is not None:
        return look.affiliate.name
    photo = getattr(look, "customer_photo", None)
    return _("Customer: %(name)s") % {"name": photo.shown_name} if photo else _("A customer")


def title_of(version: LookVersion) -> str:
    """Return the title of a look, or what stands for it."""
    return version.title or _("Look without a title")


def history(events: Iterable[LookEvent]) -> list[TimelineItem]:
    """Return what happened to a look with who did it, as the team reads it."""
    return [
        TimelineItem(
            title=LookAct(event.act).label,
            at=event.at,
            actor=str(event.actor) if event.actor else _("System"),
            note=" ".join(filter(None, [_reason_of(event), event.note])),
        )
        for event in events
    ]


def _reason_of(event: LookEvent) -> str:
    """Return the sentence of a reason, unless the note says the same."""
    said = str(REASONS[event.code]) if event.code in REASONS else ""
    return "" if said == event.note else said


def reason_choices() -> list[tuple[str, Promise]]:
    """Return the reasons to refuse or remove, in the order in which they are offered."""
    return [(reason.value, REASONS[reason]) for reason in Reason]


def field_name(place: str) -> str:
    """Name the field that a remark is about."""
    return str(_FIELDS.get(place, place))


def field_choices() -> list[tuple[str, Promise]]:
    """Return the fields that a remark can be about."""
    return list(_FIELDS.items())


def found_text(slot: ResolvedSlot) -> str:
    """Say what of a slot's products is shown today."""
    if slot.product is None:
        return _("No product")
    return str(_FOUND.get(slot.found, slot.found))


def invite_state(invite: CustomerInvite, *, is_over: bool, sent: int) -> StatusText:
    """Return whether an invitation still takes photos."""
    if is_over:
        return _OVER_INVITE
    return _FULL_INVITE if sent >= invite.most else _OPEN_INVITE
