"""What stands in the rail, the bottom bar and the account menu, for whom."""

from dataclasses import dataclass, replace

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _

from affiliates.domain.abilities import Ability
from affiliates.models import AffiliateKind
from core.models import User
from portal.access import Role, affiliate_of, may, roles_of
from portal.display import Text
from portal.doors import asked_at


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
class Section:
    """The places of one role."""

    key: str
    label: Text
    entries: tuple[Entry, ...]


Place = tuple[str, Text, str, str]

_PLACES: dict[str, tuple[Text, tuple[Place, ...]]] = {
    "partner": (
        _("Partner"),
        (
            ("home", _("Home"), "/portal/", "house"),
            ("links", _("Links"), "/portal/links/", "link"),
            ("products", _("Products"), "/portal/products/", "tag"),
            ("looks", _("Looks"), "/portal/looks/", "users"),
            ("my-page", _("My page"), "/portal/creator/page/", "user"),
            ("standing", _("Standing"), "/portal/creator/standing/", "chart-column"),
            ("codes", _("Codes"), "/portal/codes/", "tag"),
            ("sales", _("Sales"), "/portal/sales/", "shopping-bag"),
            ("my-reports", _("Reports"), "/portal/reports/", "chart-column"),
            ("claims", _("Claims"), "/portal/claims/", "message-square"),
            ("messages", _("Messages"), "/portal/messages/", "mail"),
            ("sites", _("Sites"), "/portal/sites/", "globe"),
            ("cases", _("Checks"), "/portal/cases/", "shield-check"),
            ("payouts", _("Payouts"), "/portal/payouts/", "banknote"),
            ("terms", _("My terms"), "/portal/terms/", "file-text"),
            ("briefs", _("Briefs"), "/portal/briefs/", "send"),
            ("contracts", _("Contracts"), "/portal/contracts/", "clipboard-check"),
            ("payee", _("Payment details"), "/portal/payee/", "landmark"),
            ("webhooks", _("Webhooks"), "/portal/webhooks/", "send"),
            ("api", _("API"), "/portal/api/", "lock"),
            ("team", _("Team"), "/portal/team/", "users"),
        ),
    ),
    "manager": (
        _("Programme"),
        (
            ("dashboard", _("Dashboard"), "/manage/", "chart-column"),
            ("applications", _("Applications"), "/manage/applications/", "inbox"),
            ("affiliates", _("Affiliates"), "/manage/affiliates/", "users"),
            ("creators", _("Creators"), "/manage/creators/", "users"),
            ("editorial", _("Editorial calendar"), "/manage/editorial/", "calendar"),
            ("groups", _("Groups"), "/manage/groups/", "users"),
            ("moderation", _("Looks"), "/manage/looks/", "eye"),
            ("campaigns", _("Campaigns"), "/manage/campaigns/", "send"),
            ("shipments", _("Products to send"), "/manage/shipments/", "package"),
            ("contracts", _("Contracts"), "/manage/contracts/", "file-text"),
            ("terms", _("Terms"), "/manage/terms/", "file-text"),
            ("promo-codes", _("Promo codes"), "/manage/codes/", "tag"),
            ("orders", _("Orders"), "/manage/orders/", "package"),
            ("reports", _("Reports"), "/manage/reports/", "chart-column"),
            ("bands", _("Margin bands"), "/manage/bands/", "chart-column"),
            ("adjustments", _("Adjustments"), "/manage/adjustments/", "receipt"),
            ("staff-claims", _("Claims"), "/manage/claims/", "message-square"),
            ("threads", _("Messages"), "/manage/messages/", "mail"),
            ("announcements", _("Announcements"), "/manage/announcements/", "send"),
            ("policies", _("Attribution"), "/manage/policies/", "funnel"),
            ("simulations", _("Simulations"), "/manage/simulations/", "chart-column"),
            ("reviews", _("Reviews"), "/manage/reviews/", "shield-check"),
            ("signals", _("Signals"), "/manage/signals/", "funnel"),
            ("policy-lists", _("Policy lists"), "/manage/policy-lists/", "globe"),
            ("quality", _("Quality"), "/manage/quality/", "chart-column"),
            ("experiments", _("Experiments"), "/manage/experiments/", "chart-column"),
            ("domains", _("Domain watch"), "/manage/domains/", "globe"),
            ("catalogue", _("Catalogue"), "/manage/catalogue/", "tag"),
            ("connections", _("Connections"), "/manage/connections/", "link"),
            ("deliveries", _("Deliveries"), "/manage/inbound/", "download"),
            ("own-webhooks", _("Webhooks"), "/manage/webhooks/", "send"),
            ("tracking", _("Tracking"), "/manage/tracking/", "eye"),
            ("staff-api", _("API"), "/manage/api/", "lock"),
            ("audit", _("Audit journal"), "/manage/journal/", "lock"),
            ("programme", _("Programme settings"), "/manage/programme/", "settings"),
        ),
    ),
    "finance": (
        _("Finance"),
        (
            ("overview", _("Overview"), "/finance/", "wallet"),
            ("reports", _("Reports"), "/manage/reports/", "chart-column"),
            ("batches", _("Batches"), "/finance/batches/", "clipboard-check"),
            ("bank", _("Bank"), "/finance/bank/", "landmark"),
            ("adjustments", _("Adjustments"), "/manage/adjustments/", "wallet"),
            ("staff-claims", _("Claims"), "/manage/claims/", "message-square"),
            ("exceptions", _("Exceptions"), "/finance/exceptions/", "triangle-alert"),
            ("holds", _("Held payouts"), "/finance/holds/", "pause"),
            ("control", _("Rules of payouts"), "/finance/control/", "shield-check"),
            ("ledger", _("Payees' ledger"), "/finance/ledger/", "receipt"),
            ("invoices", _("Invoices"), "/finance/invoices/", "file-text"),
            ("taxes", _("Taxes"), "/finance/tax/", "landmark"),
            ("reconciliation", _("Reconciliation"), "/finance/reconciliation/", "shield-check"),
            ("months", _("Months"), "/finance/months/", "calendar"),
            ("journal", _("Accounting journal"), "/finance/journal/", "file-text"),
            ("checks", _("Checks"), "/finance/checks/", "circle-check"),
            ("audit", _("Audit journal"), "/manage/journal/", "lock"),
            ("simulations", _("Simulations"), "/manage/simulations/", "chart-column"),
            ("bands", _("Margin bands"), "/manage/bands/", "chart-column"),
            ("staff-api", _("API"), "/manage/api/", "lock"),
        ),
    ),
}

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
        Section(role, label, _entries(places, path))
        for role, (label, places) in _PLACES.items()
        if allowed[role]
    )


def _hidden_from(user: User | AnonymousUser) -> frozenset[str]:
    """Return the places of a partner that are not theirs, by kind of account and by role."""
    affiliate = affiliate_of(user) if isinstance(user, User) else None
    kind = affiliate.kind if affiliate is not None else None
    hidden = {href for href, kinds in _OF_KINDS.items() if kind not in kinds}
    if affiliate is not None and not may(user, Ability.MANAGE_TEAM):
        places = _PLACES["partner"][1]
        hidden |= {href for _key, _label, href, _icon in places if _is_closed(user, href)}
    return frozenset(hidden)


def _is_closed(user: User | AnonymousUser, href: str) -> bool:
    asked = asked_at(href)
    return asked is not None and not may(user, asked[0])


def _without(section: Section, hidden: frozenset[str]) -> Section:
    kept = tuple(one for one in section.entries if one.href not in hidden)
    return replace(section, entries=kept)


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


def _entries(places: tuple[Place, ...], path: str) -> tuple[Entry, ...]:
    place = next((to for start, to in _REACHED_FROM.items() if path.startswith(start)), path)
    holding = [href for _key, _label, href, _icon in places if place.startswith(href)]
    current = max(holding, key=len, default="")
    return tuple(
        Entry(key, label, href, icon, current=href == current, keys=_KEYS.get(href, ""))
        for key, label, href, icon in places
    )
