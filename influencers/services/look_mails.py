"""What creators read about their looks by mail. Of a customer no address is known."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime

from babel.dates import format_date, format_datetime
from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of
from core.domain.paris import PARIS
from core.letters import tell
from influencers.domain.moderation import Reason
from influencers.models import ImageLicence, Look, LookComment, LookStatus, LookVersion, Picture

#: Why a look is refused or removed, as its creator reads it.
REASONS: dict[str, Promise] = {
    Reason.DISCLOSURE: gettext_lazy("It does not say clearly that it is advertising."),
    Reason.RIGHTS: gettext_lazy("The rights in a photo are not yours to give, or not proved."),
    Reason.PEOPLE: gettext_lazy("Somebody can be recognised who has not agreed."),
    Reason.MINORS: gettext_lazy("A minor can be seen, and no guardian's agreement is kept."),
    Reason.UNSAFE: gettext_lazy(
        "It shows what the brand shows nowhere: nudity, violence, weapons, drugs, alcohol or"
        " hatred."
    ),
    Reason.CLAIMS: gettext_lazy("It promises of a product what cannot be proved."),
    Reason.BRANDS: gettext_lazy("Another brand, or somebody else's work, is to be seen."),
    Reason.QUALITY: gettext_lazy("The photos are blurred, too dark, or show too little."),
    Reason.PRODUCTS: gettext_lazy("The products named are not those on the photos."),
    Reason.COPY: gettext_lazy("The photos are in another look already."),
    Reason.LAW: gettext_lazy("It breaks the law."),
    Reason.OTHER: gettext_lazy("Another reason, said below."),
}


def received(version: LookVersion, *, now: datetime) -> None:
    """Tell the creator that a look is in review."""
    _tell(
        version.look,
        f"look-version:{version.pk}:received:{_stamp(version.status_changed_at)}",
        lambda: _("We look at “%(title)s”") % {"title": version.title},
        lambda: [
            _("Your look has arrived. A person looks at it and answers by mail."),
            _("Until then you can take it back and change it: %(address)s")
            % {"address": own_address(version.look)},
        ],
        now,
        kind="look_received",
    )


def changes(version: LookVersion, remarks: Sequence[LookComment], *, now: datetime) -> None:
    """Tell the creator what to change, remark by remark."""
    count = len(remarks)
    _tell(
        version.look,
        f"look-version:{version.pk}:changes:{_stamp(version.status_changed_at)}",
        lambda: _("“%(title)s” is nearly there") % {"title": version.title},
        lambda: [
            ngettext(
                "Before it can appear, please change one thing:",
                "Before it can appear, please change %(count)s things:",
                count,
            )
            % {"count": count},
            "\n".join(f"- {remark.text}" for remark in remarks),
            _("Each remark stands beside the photo or field that it means: %(address)s")
            % {"address": own_address(version.look)},
        ],
        now,
        kind="look_changes",
    )


def approved(version: LookVersion, *, now: datetime) -> None:
    """Tell the creator that a version is approved, and when it can be seen."""
    look = version.look
    _tell(
        look,
        f"look-version:{version.pk}:approved",
        lambda: _("“%(title)s” is approved") % {"title": version.title},
        lambda: [
            _("It can be seen now: %(address)s") % {"address": page_address(look)}
            if look.status == LookStatus.PUBLISHED
            else _("It appears on %(moment)s.") % {"moment": _moment(look.publish_at)},
            _("It is shown until %(moment)s.") % {"moment": _moment(look.expires_at)}
            if look.expires_at
            else "",
            _("Your link to it, and what it brings: %(address)s") % {"address": own_address(look)},
        ],
        now,
        kind="look_approved",
    )


def published(look: Look, version: LookVersion, *, now: datetime) -> None:
    """Tell the creator that a look can be seen (again)."""
    _tell(
        look,
        f"look:{look.pk}:published:{_stamp(look.status_changed_at)}",
        lambda: _("“%(title)s” can be seen") % {"title": version.title},
        lambda: [
            _("Your look is on our pages: %(address)s") % {"address": page_address(look)},
            _("Your link to it, and what it brings: %(address)s") % {"address": own_address(look)},
        ],
        now,
        kind="look_published",
    )


def refused(version: LookVersion, code: str, note: str, *, now: datetime) -> None:
    """Tell the creator why a version is refused, and what can be done about it."""
    look = version.look
    _tell(
        look,
        f"look-version:{version.pk}:refused",
        lambda: _("“%(title)s” is not accepted") % {"title": version.title},
        lambda: [
            _("We do not show this look."),
            *_why(code, note),
            _("The version that is published stays as it is.")
            if look.status in (LookStatus.PUBLISHED, LookStatus.SCHEDULED)
            else "",
            *_redress(),
        ],
        now,
        kind="look_refused",
    )


def removed(look: Look, version: LookVersion, code: str, note: str, *, now: datetime) -> None:
    """Send the statement of reasons of a removal (regulation (EU) 2022/2065, article 17)."""
    _tell(
        look,
        f"look:{look.pk}:removed",
        lambda: _("We have removed “%(title)s”") % {"title": version.title},
        lambda: [
            _(
                "Since %(moment)s your look is shown nowhere any more: not on its page, in the"
                " lookbook, on product pages or where others embed it."
            )
            % {"moment": _moment(look.status_changed_at)},
            *_why(code, note),
            _("What you earned with it stays yours."),
            *_redress(),
        ],
        now,
        kind="look_removed",
    )


def paused(look: Look, version: LookVersion, *, now: datetime) -> None:
    """Tell the creator that a look is not shown for now, and why."""
    _tell(
        look,
        f"look:{look.pk}:paused:{_stamp(look.status_changed_at)}",
        lambda: _("“%(title)s” is paused") % {"title": version.title},
        lambda: [
            _("Your look is not shown for now. The reason: %(reason)s")
            % {"reason": look.status_reason},
            own_address(look),
        ],
        now,
        kind="look_paused",
    )


def licence_ends(
    look: Look, version: LookVersion, *, last_day: date, step: int, now: datetime
) -> None:
    """Warn the creator, once for each step, that the rights in a photo end."""
    _tell(
        look,
        f"look:{look.pk}:licence:{last_day.isoformat()}:{step}",
        lambda: (
            _("“%(title)s” is shown until %(day)s")
            % {"title": version.title, "day": _day(last_day)}
        ),
        lambda: [
            _("The rights that you gave in its photos end on %(day)s. Then it disappears.")
            % {"day": _day(last_day)},
            _("To leave it where it is, give them for longer: %(address)s")
            % {"address": own_address(look)},
        ],
        now,
        kind="look_licence_ends",
    )


def rights_ended(licences: Sequence[ImageLicence], looks: Sequence[Look], *, now: datetime) -> None:
    """Tell the creator that licences were revoked, for what reason, and what disappears.

    ``licences``: at least one, of one creator, revoked together. ``looks`` showed the photos.
    """
    pictures = {licence.picture_id for licence in licences}
    creator = Picture.objects.get(pk=min(pictures)).affiliate_id
    if creator is not None:
        titles = [look.live.title for look in looks if look.live]
        tell_of_rights(creator, licences, titles, count=len(pictures), now=now)


def tell_of_rights(
    creator_id: int,
    licences: Sequence[ImageLicence],
    titles: Sequence[str],
    *,
    count: int,
    now: datetime,
) -> None:
    """Tell a creator that licences of ``count`` photos ended, and which looks disappear."""
    tell(
        people_of(creator_id, Ability.SEE_WORK),
        f"licence:{min(licence.pk for licence in licences)}:revoked",
        now,
        lambda: ngettext(
            "The rights in a photo of yours end", "The rights in photos of yours end", count
        ),
        lambda: [
            ngettext(
                "Since %(moment)s we use one photo of yours no more.",
                "Since %(moment)s we use %(count)s photos of yours no more.",
                count,
            )
            % {"moment": _moment(now), "count": count},
            _("The reason: %(reason)s") % {"reason": licences[0].revoke_reason},
            "\n".join(
                [_("These looks disappear from every page within the hour:")]
                + [f"- {title}" for title in titles]
            )
            if titles
            else "",
            _("What you earned with them stays yours.") if titles else "",
            _("If you do not agree, answer this mail: a person reads it."),
        ],
        kind="look_rights_ended",
    )


def page_address(look: Look) -> str:
    """Return where everybody sees a look: on the shop's origin where it sends us ``/looks/``."""
    return f"{look.shop.link_origin or settings.PUBLIC_URL}/looks/{look.slug}/"


def own_address(look: Look) -> str:
    """Return where its creator finds a look."""
    return f"{settings.PUBLIC_URL}/portal/looks/{look.public_id}/"


def reason_sentence(code: str) -> str:
    """Return a reason in the active language; an unknown code stands for itself."""
    return str(REASONS.get(code, code))


def _why(code: str, note: str) -> list[str]:
    ground = (
        _("The ground: the law.")
        if code == Reason.LAW
        else _("The ground: what the programme's terms and the licence of the photos ask for.")
    )
    return [
        _("The reason: %(reason)s") % {"reason": reason_sentence(code)},
        note,
        ground,
        _("A person of our team saw it and decided. No automatic means were used."),
    ]


def _redress() -> list[str]:
    return [
        _(
            "If you do not agree, answer this mail within six months: somebody who did not take"
            " the decision looks at it again, free of charge. You can also turn to a certified body"
            " for out-of-court settlement, and to a court."
        )
    ]


def _tell(
    look: Look,
    key: str,
    subject: Callable[[], str],
    said: Callable[[], list[str]],
    now: datetime,
    *,
    kind: str,
) -> None:
    if look.affiliate_id is not None:
        people = people_of(look.affiliate_id, Ability.SEE_WORK)
        tell(people, key, now, subject, said, kind=kind)


def _stamp(moment: datetime) -> str:
    return moment.strftime("%Y%m%d%H%M%S")


def _locale() -> str:
    return "fr_FR" if (get_language() or "en").startswith("fr") else "en_GB"


def _day(day: date) -> str:
    return format_date(day, format="long", locale=_locale())


def _moment(moment: datetime | None) -> str:
    if moment is None:
        return ""
    return format_datetime(moment, "d MMMM y, HH:mm", tzinfo=PARIS, locale=_locale())
