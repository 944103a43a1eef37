"""What stands in the rail, the bottom bar and the account menu, for whom."""

from dataclasses import dataclass, replace

from django.contrib.auth.models import AnonymousUser

from affiliates.domain.abilities import Ability
from affiliates.models import AffiliateKind
from core.models import User
from portal.access import Role, affiliate_of, may, roles_of
from portal.display import Text
from portal.doors import asked_at
from portal.places import PLACES, Places


@dataclass(frozen=True, slots=True)
class Entry:
    """A place to go. ``key`` names it whatever the language, ``keys`` are pressed to go there."""

    key: str
    label: Text
    href: str
    icon: str
    current: bool = False
    keys: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Places that belong together; the first part of a section has no label."""

    key: str
    label: Text
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Section:
    """The places of one role, part by part."""

    key: str
    label: Text
    parts: tuple[Part, ...]

    @property
    def entries(self) -> tuple[Entry, ...]:
        """All its places, in their order."""
        return tuple(entry for part in self.parts for entry in part.entries)


#: Contracts of one's own are an influencer's alone; looks and briefs are for creators.
_OF_KINDS: dict[str, tuple[AffiliateKind, ...]] = {
    "/portal/contracts/": (AffiliateKind.INFLUENCER,),
    "/portal/looks/": (AffiliateKind.INFLUENCER, AffiliateKind.EMPLOYEE),
    "/portal/briefs/": (AffiliateKind.INFLUENCER, AffiliateKind.EMPLOYEE),
    "/portal/creator/page/": (AffiliateKind.INFLUENCER, AffiliateKind.EMPLOYEE),
    "/portal/creator/standing/": (AffiliateKind.INFLUENCER, AffiliateKind.EMPLOYEE),
    "/portal/team/": tuple(kind for kind in AffiliateKind if kind != AffiliateKind.EMPLOYEE),
}

#: Pages that stand elsewhere than below the place that leads to them.
_REACHED_FROM = {
    "/manage/gifts/": "/manage/contracts/",
    "/manage/review-proposals/": "/manage/reviews/",
    "/manage/sanctions/": "/manage/reviews/",
    "/portal/adjustments/": "/portal/payouts/",
    "/portal/exports/": "/portal/reports/",
    "/portal/views/": "/portal/reports/",
    "/manage/exports/": "/manage/reports/",
    "/manage/views/": "/manage/reports/",
    "/portal/invoices/": "/portal/payouts/",
    "/portal/sanctions/": "/portal/cases/",
    "/finance/mandate-texts/": "/finance/tax/",
    "/finance/vat/": "/finance/tax/",
    "/finance/names/": "/finance/bank/",
}

CREATE_HREF = "/portal/links/new/"

#: Which keys lead to a place, pressed one after the other.
_KEYS = {
    "/portal/": "g h",
    "/portal/links/": "g l",
    "/portal/sales/": "g e",
    "/portal/payouts/": "g p",
    "/manage/": "g d",
    "/manage/applications/": "g n",
    "/manage/affiliates/": "g a",
    "/manage/orders/": "g o",
    "/manage/reviews/": "g r",
    "/manage/claims/": "g c",
    "/finance/": "g f",
    "/finance/batches/": "g b",
    "/finance/exceptions/": "g x",
}


def navigation(user: User | AnonymousUser, path: str) -> tuple[Section, ...]:
    """The sections ``user`` may enter; none for a visitor."""
    roles = roles_of(user)
    sections = sections_for(
        partner=Role.PARTNER in roles,
        manager=Role.MANAGER in roles,
        finance=Role.FINANCE in roles,
        path=path,
    )
    hidden = _hidden_from(user)
    return tuple(_without(section, hidden) for section in sections)


def sections_for(*, partner: bool, manager: bool, finance: bool, path: str) -> tuple[Section, ...]:
    """The sections a person may enter, the entry that holds ``path`` marked as current."""
    allowed = {"partner": partner, "manager": manager, "finance": finance}
    return tuple(
        Section(role, label, _parts(parts, path))
        for role, (label, parts) in PLACES.items()
        if allowed[role]
    )


def _hidden_from(user: User | AnonymousUser) -> frozenset[str]:
    """Return the places of a partner that are not theirs, by kind of account and by role."""
    affiliate = affiliate_of(user) if isinstance(user, User) else None
    kind = affiliate.kind if affiliate is not None else None
    hidden = {href for href, kinds in _OF_KINDS.items() if kind not in kinds}
    if affiliate is not None and not may(user, Ability.MANAGE_TEAM):
        hidden |= {href for href in _addresses(PLACES["partner"][1]) if _is_closed(user, href)}
    return frozenset(hidden)


def _is_closed(user: User | AnonymousUser, href: str) -> bool:
    asked = asked_at(href)
    return asked is not None and not may(user, asked[0])


def _without(section: Section, hidden: frozenset[str]) -> Section:
    parts = (
        replace(part, entries=tuple(one for one in part.entries if one.href not in hidden))
        for part in section.parts
    )
    return replace(section, parts=tuple(part for part in parts if part.entries))


def bottom_bar(sections: tuple[Section, ...]) -> tuple[Entry, ...]:
    """The four places beside the Create button on a partner's phone; empty for others."""
    partner = next((section for section in sections if section.key == "partner"), None)
    if partner is None:
        return ()
    kept = ("home", "links", "sales", "payouts")
    return tuple(entry for entry in partner.entries if entry.key in kept)


def makes_looks(sections: tuple[Section, ...]) -> bool:
    """Tell whether the Create button offers a look beside a link: creators alone make them."""
    return any(
        entry.key == "looks"
        for section in sections
        if section.key == "partner"
        for entry in section.entries
    )


def reached_from(path: str) -> str:
    """Return the address below which a page counts: its own, or the place that leads to it."""
    return next((to for start, to in _REACHED_FROM.items() if path.startswith(start)), path)


def _parts(parts: tuple[Places, ...], path: str) -> tuple[Part, ...]:
    place = reached_from(path)
    holding = [href for href in _addresses(parts) if place.startswith(href)]
    current = max(holding, key=len, default="")
    return tuple(
        Part(
            part,
            part_label,
            tuple(
                Entry(key, label, href, icon, current=href == current, keys=_KEYS.get(href, ""))
                for key, label, href, icon in places
            ),
        )
        for part, part_label, places in parts
    )


def _addresses(parts: tuple[Places, ...]) -> list[str]:
    return [href for _part, _label, places in parts for _key, _name, href, _icon in places]
