"""What the signals are given and what they answer. Gathered before, so that no signal asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum
from typing import Any

from tracking.domain.navigation import Fact


class Level(StrEnum):
    """How much a finding weighs, heaviest first."""

    REFUSE = "refuse"  # Conclusive: refused without a person, visible and contestable.
    HOLD = "hold"  # A person decides; time alone never does.
    REVIEW = "review"  # Paid on time, and looked at; two of different families hold.
    INFO = "info"  # Counted. Never shown as an accusation.


class Unknown(Enum):
    """The answer of a signal that lacks the facts. It is never held against anybody."""

    UNKNOWN = "unknown"


UNKNOWN = Unknown.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class ClickSeen:
    """The click that earned the credit."""

    at: datetime
    navigation: str  # tracking.domain.navigation.Navigation
    facts: Fact = Fact(0)  # With what the landing page told.
    referrer_host: str = ""
    browser: int = 0
    device: int = 0
    sub_id: str = ""

    @property
    def is_datacentre(self) -> bool | None:
        """Whether it came from a network of servers; None: the edge does not tell."""
        if Fact.FROM_SERVERS in self.facts:
            return True
        return False if Fact.FROM_PEOPLE in self.facts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """Another visit of the same person that began near the click."""

    seconds: int  # From the click; negative: before it.
    #: Never one of the credited affiliate's own.
    channel: str  # tracking.domain.journey.Channel
    affiliate_id: int | None = None
    affiliate_kind: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSeen:
    """What the visitor did in the shop in the hour before the affiliate brought them.

    That is before the click, or before the first of the affiliate's own clicks in the hour before
    it: what somebody does after following a link, before following it again, is no open session.
    Times are whole seconds before that moment; arrivals are counted from the click.
    """

    page_before_s: int | None = None
    basket_before_s: int | None = None  # The last change of a basket that was not empty then.
    basket_items: int = 0
    checkout_before_s: int | None = None
    arrivals: tuple[Arrival, ...] = ()
    was_seen: bool | None = None  # Whether the landing page was ever looked at; None: not told.


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """That a look-alike domain forwarded to one of the affiliate's links when we asked it."""

    host: str
    name: str  # That it imitates.
    level: str  # fraud.domain.lookalikes
    at: datetime
    hops: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """How the affiliate's visits and sales of the look-back began, as counted before this sale."""

    session_known: int = 0  # As in Traffic.
    session_open: int = 0
    basket_before: int = 0
    checkout_before: int = 0
    typed_bare: int = 0
    redirect_known: int = 0
    redirect_hidden: int = 0
    home_landings: int = 0
    sales_known: int = 0  # Screened credits of which a session before the click is known.
    sales_basket_before: int = 0  # Of them: with a finding of SES-01 or SES-02.


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The facts about one credit."""

    ordered_at: datetime
    affiliate_kind: str = ""
    #: Of the credited affiliate's own clicks that came with the order; not of taps in looks.
    click_ats: tuple[datetime, ...] = ()
    #: The facts of all those clicks together, of those too that the attribution excluded.
    own_facts: Fact = Fact(0)
    record: Record = Record()
    click: ClickSeen | None = None  # None: credited by a promo code alone.
    session: SessionSeen | None = None  # None: nothing is known of the hour before the click.
    # --- the buyer, by keyed hashes; empty: not known ------------------------------
    order_email_key: str = ""
    order_phone_key: str = ""
    order_address_key: str = ""
    order_customer_ref: str = ""
    is_new_customer: bool | None = None
    has_disposable_email: bool | None = None
    # --- the affiliate's people, by keyed hashes -----------------------------------
    member_email_keys: frozenset[str] = frozenset()
    member_phone_keys: frozenset[str] = frozenset()
    member_address_keys: frozenset[str] = frozenset()
    #: Customer accounts that have ordered with one of those addresses.
    member_customer_refs: frozenset[str] = frozenset()
    # --- the Referer's host --------------------------------------------------------
    referrer_list: str = ""  # fraud.models.HostKind, of a listed host.
    referrer_imitates: str = ""  # The watched name that it imitates.
    referrer_level: str = ""  # How near: fraud.domain.lookalikes
    is_referrer_declared: bool = False  # It is one of the affiliate's sites.
    redirectors_declared: int = 0  # Without those that we looked at in vain.
    redirectors_verified: int = 0
    chains: tuple[Chain, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Traffic:
    """The sums of fraud.models.TrafficDay over the look-back; the names are its columns'."""

    days: int = 0  # On which there was a click.
    busiest_day: int = 0
    median_day: int = 0
    clicks: int = 0
    duplicates: int = 0
    visitors: int = 0
    told: int = 0
    unseen: int = 0
    typed_bare: int = 0
    redirect_known: int = 0
    redirect_hidden: int = 0
    forwarded_bare: int = 0
    gesture_known: int = 0
    no_gesture: int = 0
    strict_contradictions: int = 0
    search: int = 0
    paid_ids: int = 0
    home_landings: int = 0
    desktop: int = 0
    returning: int = 0
    session_known: int = 0
    session_open: int = 0
    basket_before: int = 0
    checkout_before: int = 0
    read_on: int = 0
    largest_network: int = 0
    hours: tuple[int, ...] = (0,) * 24
    prefetches: int = 0  # Landings fetched ahead; counted without anybody's consent.
    embedded: int = 0  # Calls as an image, script or frame; likewise.
    visits: int | None = None  # People who came, with and without consent; None: not counted.


@dataclass(frozen=True, slots=True, kw_only=True)
class Sales:
    """The sums of fraud.models.SalesDay over the look-back; the names are its columns'."""

    orders: int = 0
    by_click: int = 0
    within_15_s: int = 0
    within_60_s: int = 0
    delays: tuple[int, ...] = ()  # By class of fraud.domain.delays.EDGES_S.
    customer_known: int = 0
    new_customers: int = 0
    by_code_only: int = 0
    returned: int = 0
    cancelled: int = 0
    largest_cluster: int = 0  # Orders that share an address, e-mail, phone or customer account.


@dataclass(frozen=True, slots=True, kw_only=True)
class Class:
    """What is usual: of the affiliates of the same kind, and of the whole programme."""

    kind: str = ""
    affiliates: int = 0
    conversion_bps: int | None = None  # Median of the kind; None: too few to say.
    session_open_bps: int | None = None
    new_customer_bps: int | None = None
    returned_bps: int | None = None  # Of the programme.
    returning_bps: int | None = None  # Of visitors who come without us, else of the programme.
    desktop_bps: int | None = None
    read_on_bps: int | None = None  # Of the programme: Traffic.read_on of told.
    told_bps: int | None = None  # Of the programme: Traffic.told of clicks.
    hours: tuple[int, ...] = ()  # Of the programme: clicks by hour, UTC; empty: too few.
    delays: tuple[int, ...] = ()  # Of vetted content affiliates, by class of delay.


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferrerSeen:
    """A host from which clicks came, and what is known of it."""

    host: str
    clicks: int
    is_declared: bool
    listed: str = ""  # fraud.models.HostKind
    imitates: str = ""
    level: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedIdentity:
    """Something that identifies people and that other accounts have too."""

    kind: str  # email, phone, address, tax_number (affiliates.IdentityKind), iban, site
    affiliate_ids: tuple[int, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubIdSeen:
    """One of the sub ids that came with clicks: a publisher behind a sub-network."""

    sub_id: str
    clicks: int
    session_known: int = 0  # As in Traffic.
    session_open: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class AffiliateEvidence:
    """The facts about one affiliate over the look-back (30 days)."""

    at: datetime
    kind: str
    traffic: Traffic = field(default_factory=Traffic)
    sales: Sales = field(default_factory=Sales)
    usual: Class = field(default_factory=Class)
    referrers: tuple[ReferrerSeen, ...] = ()
    redirectors_declared: int = 0  # Without those that we looked at in vain.
    redirectors_verified: int = 0
    declared_sites: tuple[ReferrerSeen, ...] = ()  # clicks: those that came from there.
    shared: tuple[SharedIdentity, ...] = ()
    chains: tuple[Chain, ...] = ()
    sub_id_clicks: int | None = None  # Of traffic.clicks, with a sub id; None: not counted.
    sub_ids: tuple[SubIdSeen, ...] = ()  # The most frequent ones.
    screened: int = 0  # Credits of the look-back with a screening.
    refused: int = 0  # Of them: refused by it.
    refused_days: int = 0  # On how many days those were ordered.
    doubted: int = 0  # Of screened: with a live finding of its own of review or heavier.


Limits = Mapping[str, int]
Facts = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What a signal saw, with the version of its rule and the facts as JSON."""

    code: str
    version: int
    level: Level
    facts: Facts = field(default_factory=dict)


Answer = Finding | Unknown | None
