"""Rights in photos as the team reads them: where each holds, and what ends with it."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from influencers.models import ImageLicence, Scope
from influencers.queries.licence_effects import Effect
from portal.display import StatusText
from portal.formats import format_day

_HOLDS = StatusText("holds", gettext_lazy("In force"), "success", "check")
_LATER = StatusText("later", gettext_lazy("Begins later"), "info", "calendar")
_OVER = StatusText("over", gettext_lazy("Over"), "neutral", "hourglass")
_REVOKED = StatusText("revoked", gettext_lazy("Taken back"), "warning", "undo-2")


def licence_state(licence: ImageLicence, on: date) -> StatusText:
    """Return whether a licence holds on a day."""
    if licence.revoked_at is not None:
        return _REVOKED
    if licence.ends_on is not None and licence.ends_on < on:
        return _OVER
    return _LATER if licence.starts_on > on else _HOLDS


def scopes_text(scopes: list[str]) -> str:
    """Name where a photo may be used."""
    return ", ".join(str(Scope(one).label) for one in scopes)


def licence_text(licence: ImageLicence) -> str:
    """Return where a photo may be used, and until when."""
    scopes = scopes_text(licence.scopes)
    if licence.revoked_at is not None:
        return _("%(scopes)s: taken back on %(day)s") % {
            "scopes": scopes, "day": format_day(licence.revoked_at)
        }  # fmt: skip
    if licence.ends_on is None:
        return _("%(scopes)s: until it is taken back") % {"scopes": scopes}
    return _("%(scopes)s: until %(day)s") % {"scopes": scopes, "day": format_day(licence.ends_on)}


def effect_lines(effect: Effect) -> list[str]:
    """Say what disappears within the hour, and what a person has to take down elsewhere."""
    return [*_on_our_pages(effect), *_elsewhere(effect)]


def _on_our_pages(effect: Effect) -> list[str]:
    looks = len(effect.looks)
    if not looks:
        return [_("No look that is published or scheduled disappears.")]
    said = [
        ngettext(
            "%(count)s look disappears within the hour: from its page, the lookbook, its creator's"
            " page, where others embed it, and the creator's share kit.",
            "%(count)s looks disappear within the hour: from their pages, the lookbook, their"
            " creator's page, where others embed them, and the creator's share kit.",
            looks,
        )
        % {"count": looks}
    ]
    if effect.products:
        said.append(
            ngettext(
                "The pages of %(count)s product show them no more.",
                "The pages of %(count)s products show them no more.",
                effect.products,
            )
            % {"count": effect.products}
        )
    return said


def _elsewhere(effect: Effect) -> list[str]:
    said = []
    if effect.planned:
        said.append(
            ngettext(
                "%(count)s planned publication of the brand's accounts loses its right.",
                "%(count)s planned publications of the brand's accounts lose their right.",
                effect.planned,
            )
            % {"count": effect.planned}
        )
    if effect.elsewhere:
        said.append(
            _("What was published outside of our pages has to be taken down there: %(uses)s.")
            % {"uses": scopes_text(list(effect.elsewhere))}
        )
    return said
