"""Evidence for tests of signals: an honest sale and an honest account, changed where it matters."""

from dataclasses import replace
from datetime import timedelta

from fraud.domain.evidence import (
    AffiliateEvidence,
    Class,
    ClickSeen,
    Evidence,
    Finding,
    Record,
    Sales,
    SessionSeen,
    Traffic,
)
from tests.builders import NOW
from tracking.domain.navigation import Fact, Navigation

CLICKED_AT = NOW - timedelta(minutes=20)
#: Of a followed link in a browser that tells everything, and whose page told its part.
PLAIN = Fact.TOP_LEVEL | Fact.REFERRER_SENT | Fact.LANDED | Fact.OWN_HOP_ONLY
#: Of an address that was typed.
BARE = Fact.TOP_LEVEL | Fact.REFERRER_ABSENT | Fact.LANDED
NOTHING = Fact(0)
SEEN = SessionSeen(was_seen=True)

CLICK = ClickSeen(
    at=CLICKED_AT, navigation=Navigation.FOLLOWED, facts=PLAIN, referrer_host="blog.example"
)
CREDIT = Evidence(
    ordered_at=NOW,
    affiliate_kind="content",
    click_ats=(CLICKED_AT,),
    own_facts=PLAIN,
    click=CLICK,
    session=SEEN,
    record=Record(session_known=100, session_open=6, sales_known=10),
    order_email_key="customer",
    order_address_key="street",
    is_new_customer=True,
    has_disposable_email=False,
    member_email_keys=frozenset({"ada"}),
    member_address_keys=frozenset({"home"}),
)
BY_CODE = Evidence(ordered_at=NOW, affiliate_kind="influencer")
#: Nobody knows anything: no consent, no Sec-Fetch, no landing page that tells.
IN_THE_DARK = replace(
    BY_CODE, click=ClickSeen(at=CLICKED_AT, navigation=Navigation.UNKNOWN), click_ats=(CLICKED_AT,)
)

HOURS = (2, 1, 1, 1, 2, 5, 15, 30, 45, 50, 55, 60, 60, 55, 50, 50, 55, 60, 70, 80, 85, 60, 30, 8)
#: By class of delay: most soon, some days later.
DELAYS = (0, 0, 1, 4, 10, 20, 25, 20, 8, 8, 6, 6, 6, 6, 10, 14, 10, 5, 3, 2, 1, 1, 0, 0)
ACCOUNT = AffiliateEvidence(
    at=NOW,
    kind="content",
    traffic=Traffic(
        days=30, busiest_day=100, median_day=30, clicks=1_000, visitors=900, told=900, unseen=30,
        typed_bare=50, redirect_known=45, redirect_hidden=4, gesture_known=700, search=5,
        home_landings=150, desktop=500, returning=350, session_known=800, session_open=48,
        basket_before=5, checkout_before=1, read_on=500, largest_network=60, hours=HOURS,
        visits=1_500,
    ),
    sales=Sales(
        orders=20, by_click=18, delays=(0,) * 4 + (2, 3, 4, 3, 2, 1, 1, 1, 1) + (0,) * 11,
        customer_known=20, new_customers=12, by_code_only=2, returned=4, largest_cluster=2,
    ),
    usual=Class(
        kind="content", affiliates=30, conversion_bps=180, session_open_bps=600,
        new_customer_bps=6_000, returned_bps=2_500, returning_bps=6_000, desktop_bps=5_000,
        read_on_bps=5_000, told_bps=9_000, hours=tuple(hour * 40 for hour in HOURS),
        delays=DELAYS,
    ),
    sub_id_clicks=0,
    screened=20,
)  # fmt: skip


def credit(**changes):
    """The honest sale, changed; ``click`` and ``session`` are changes of those."""
    for name, base in (("click", CLICK), ("session", SEEN), ("record", CREDIT.record)):
        if isinstance(changes.get(name), dict):
            changes[name] = replace(base, **changes[name])
    return replace(CREDIT, **changes)


def account(**changes):
    """The honest account, changed; ``traffic``, ``sales`` and ``usual`` are changes of those."""
    for name in ("traffic", "sales", "usual"):
        if isinstance(changes.get(name), dict):
            changes[name] = replace(getattr(ACCOUNT, name), **changes[name])
    return replace(ACCOUNT, **changes)


def level(signal, evidence, **limits):
    """The level of what a signal finds, nothing, or that it does not know."""
    answer = signal.SIGNAL.judge(evidence, {**signal.SIGNAL.limits, **limits})
    return answer.level if isinstance(answer, Finding) else answer


def facts(signal, evidence):
    """The facts of what a signal finds."""
    return signal.SIGNAL.judge(evidence, signal.SIGNAL.limits).facts
