"""What is gathered for the signals of one credit."""

from datetime import timedelta
from uuid import uuid4

import pytest

from affiliates.models import IdentityKey, Property
from core.hashing import keyed_hash
from fraud.domain.evidence import Arrival, Record
from fraud.models import (
    ListedHost,
    Lookalike,
    Probe,
    Signal,
    TrafficDay,
    WatchedName,
)
from fraud.queries import evidence_for
from tests.builders import (
    NOW,
    email_key_of,
    make_affiliate,
    make_click,
    make_code,
    make_credit,
    make_link,
    make_order,
    make_screening,
)
from tests.fraud.visits_world import (
    CLICKED,
    SEEN,
    bought,
    evidence,
    make_event,
    own_origin,
    visitor_of,
)
from tests.people import make_ada
from tracking.domain.navigation import Fact
from tracking.models import Click, Credit
from tracking.services.attributions import attribute_pending
from tracking.services.erasure import erase

pytestmark = pytest.mark.django_db

SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


def test_a_click_comes_with_what_its_landing_page_told():
    own_origin()
    facts = Fact.TOP_LEVEL | Fact.REFERRER_ABSENT
    credit = bought(navigation="typed", facts=int(facts), browser=3, device=1, sub_id="spring")
    make_event(visitor_of(credit), "landing", CLICKED + SECOND, **{**SEEN, "redirects": 0})

    found = evidence(credit)

    assert found.click.facts == facts | Fact.LANDED | Fact.HIDDEN_REDIRECTOR
    assert (found.click.at, found.click.navigation) == (CLICKED, "typed")
    assert (found.click.browser, found.click.device, found.click.sub_id) == (3, 1, "spring")
    assert found.click_ats == (CLICKED,)


def test_an_order_by_code_alone_has_no_click():
    code = make_code()
    make_order(codes=[code.code])
    attribute_pending(now=NOW)
    found = evidence(Credit.objects.select_related("order", "affiliate").get())
    assert (found.click, found.session, found.click_ats) == (None, None, ())


def test_without_a_word_from_the_shop_s_pages_nothing_is_known_of_the_session():
    assert evidence(bought()).session is None


def test_a_session_that_began_with_the_click_was_empty_before():
    credit = bought()
    visitor = visitor_of(credit)
    make_event(visitor, "landing", CLICKED + SECOND, **SEEN)
    make_event(visitor, "session_started", CLICKED + SECOND, channel="affiliate", referrer="")
    make_event(visitor, "basket_changed", CLICKED + 5 * MINUTE, items=2)

    session = evidence(credit).session

    assert (session.page_before_s, session.basket_before_s) == (None, None)
    assert (session.checkout_before_s, session.arrivals, session.was_seen) == (None, (), True)


def test_the_hour_before_the_click_is_told_in_seconds():
    credit = bought()
    visitor = visitor_of(credit)
    make_event(visitor, "session_started", CLICKED - 59 * MINUTE, channel="paid", referrer="")
    make_event(visitor, "page_view", CLICKED - 58 * MINUTE, path="/")
    make_event(visitor, "basket_changed", CLICKED - 9 * MINUTE, items=1)
    make_event(visitor, "basket_changed", CLICKED - 8 * MINUTE, items=3)
    make_event(visitor, "checkout_opened", CLICKED - 3 * MINUTE)
    make_event(visitor, "page_view", CLICKED - 2 * MINUTE, path="/a")

    session = evidence(credit).session

    assert (session.basket_before_s, session.basket_items) == (480, 3)
    assert (session.checkout_before_s, session.page_before_s) == (180, 120)
    assert session.arrivals == (Arrival(seconds=-3_540, channel="paid"),)
    assert session.was_seen is None


@pytest.mark.parametrize("last", [{"items": 0}, {}, {"value_minor": 0}])
def test_a_basket_that_was_emptied_is_no_basket(last):
    credit = bought()
    make_event(visitor_of(credit), "basket_changed", CLICKED - 9 * MINUTE, items=1)
    make_event(visitor_of(credit), "basket_changed", CLICKED - 8 * MINUTE, **last)
    session = evidence(credit).session
    assert (session.basket_before_s, session.basket_items) == (None, 0)


def test_what_is_more_than_an_hour_old_is_of_another_visit():
    credit = bought()
    make_event(visitor_of(credit), "basket_changed", CLICKED - 61 * MINUTE, items=1)
    make_event(visitor_of(credit), "landing", CLICKED, **SEEN)
    assert evidence(credit).session.basket_before_s is None


def test_consent_that_came_with_the_click_lets_us_know_nothing_before():
    credit = bought(facts=int(Fact.EXCHANGED))
    make_event(visitor_of(credit), "page_view", CLICKED - MINUTE, path="/")
    make_event(visitor_of(credit), "landing", CLICKED, **SEEN)
    assert evidence(credit).session is None


def test_what_came_after_the_affiliate_s_own_first_click_is_its_own_visit():
    credit = bought(visitor=(visitor := uuid4()))
    make_event(visitor, "page_view", CLICKED - 45 * MINUTE, path="/")
    make_click(make_link(credit.affiliate), visitor=visitor, clicked_at=CLICKED - 40 * MINUTE)
    make_event(visitor, "basket_changed", CLICKED - 10 * MINUTE, items=1)
    session = evidence(credit).session
    assert (session.page_before_s, session.basket_before_s) == (300, None)


def test_other_affiliates_that_brought_the_visitor_are_arrivals():
    cashback = make_affiliate(kind="cashback")
    credit = bought(visitor=(visitor := uuid4()))
    make_event(visitor, "landing", CLICKED, **SEEN)
    make_click(make_link(cashback), visitor=visitor, clicked_at=CLICKED + 2 * SECOND)
    make_click(make_link(cashback), visitor=visitor, clicked_at=CLICKED - 61 * MINUTE)
    make_click(make_link(credit.affiliate), visitor=visitor, clicked_at=CLICKED - MINUTE)
    assert evidence(credit).session.arrivals == (
        Arrival(
            seconds=2, channel="affiliate", affiliate_id=cashback.pk, affiliate_kind="cashback"
        ),
    )


def test_an_erased_visitor_leaves_what_the_attribution_kept():
    credit = bought(facts=int(Fact.TOP_LEVEL), navigation="typed")
    make_event(visitor_of(credit), "basket_changed", CLICKED - MINUTE, items=1)
    erase(visitor=visitor_of(credit), until=NOW)
    found = evidence(credit)
    assert (found.click.navigation, found.click.facts) == ("typed", Fact.TOP_LEVEL)
    assert found.session is None
    assert not Click.objects.filter(visitor__isnull=False).exists()


def test_the_buyer_and_the_affiliate_s_people_are_compared_by_keys():
    ada = make_ada()
    for kind in ("phone", "address", "email"):
        IdentityKey.objects.create(
            affiliate=ada, kind=kind, key=keyed_hash(kind, "hers"), source="payee", seen_at=NOW
        )
    make_order(email_key=email_key_of("ada@example.com"), customer_ref="her account")
    order = make_order(
        customer_ref="her account",
        phone_key="p",
        address_key="a",
        is_new_customer=False,
        has_disposable_email=True,
    )

    found = evidence(make_credit(ada, order))

    assert found.member_email_keys == {email_key_of("ada@example.com"), keyed_hash("email", "hers")}
    assert found.member_phone_keys == {keyed_hash("phone", "hers")}
    assert found.member_address_keys == {keyed_hash("address", "hers")}
    assert found.member_customer_refs == {"her account"}
    assert (found.order_phone_key, found.order_address_key) == ("p", "a")
    assert (found.is_new_customer, found.has_disposable_email) == (False, True)


@pytest.mark.parametrize(
    ("pattern", "kind", "host", "listed"),
    [
        ("igraal.example", "cashback", "fr.igraal.example", "cashback"),
        ("igraal.example", "cashback", "igraal.example", "cashback"),
        ("igraal.example", "cashback", "notigraal.example", ""),
        ("rebates.*", "coupon", "www.rebates.journal.example", "coupon"),
        ("journal.example/codes-promo", "coupon", "journal.example", ""),
        ("mail.example", "disposable", "mail.example", ""),
    ],
)
def test_the_referring_host_is_looked_up_in_the_lists(pattern, kind, host, listed):
    ListedHost.objects.create(pattern=pattern, kind=kind, source="test", created_at=NOW)
    assert evidence(bought(referrer_host=host)).referrer_list == listed


def test_a_host_that_left_the_list_is_not_on_it():
    ListedHost.objects.create(
        pattern="a.example", kind="coupon", source="test", created_at=NOW, removed_at=NOW
    )
    assert evidence(bought(referrer_host="a.example")).referrer_list == ""


@pytest.mark.parametrize(
    ("host", "imitates", "level"),
    [
        ("atelierbelle.example", "atelierbelle", True),
        ("www.atelierbelle-soldes.example", "atelierbelle", True),
        ("allowed-atelierbelle.example", "", False),
        ("shop.example", "", False),
        ("blog.example", "", False),
        ("", "", False),
    ],
)
def test_the_referring_host_is_compared_with_the_shop_s_names(host, imitates, level):
    WatchedName.objects.create(name="atelierbelle", created_at=NOW)
    ListedHost.objects.create(
        pattern="allowed-atelierbelle.example", kind="allowed", source="test", created_at=NOW
    )
    found = evidence(bought(referrer_host=host))
    assert (found.referrer_imitates, bool(found.referrer_level)) == (imitates, level)


def test_a_look_alike_that_leads_to_a_link_is_a_chain():
    credit = bought()
    name = WatchedName.objects.create(name="Atelier", created_at=NOW)
    lookalike = Lookalike.objects.create(
        host="ateller.example", name=name, level="L3", way="replacement", first_seen_at=NOW
    )
    for hours in (3, 2, 1):
        Probe.objects.create(
            lookalike=lookalike,
            at=NOW - timedelta(hours=hours),
            client="desktop",
            hops=[{}] * hours,
            status="leads_to_link",
            affiliate=credit.affiliate,
        )
    (chain,) = evidence(credit).chains
    assert (chain.host, chain.name, chain.level) == ("ateller.example", "Atelier", "L3")
    assert (chain.at, chain.hops) == (NOW - timedelta(hours=1), 1)


@pytest.mark.parametrize(
    ("declared", "host", "is_declared"),
    [
        ("https://www.blog.example/a", "blog.example", True),
        ("https://blog.example", "www.blog.example", True),
        ("https://blog.example", "fr.blog.example", True),
        ("https://blog.example", "otherblog.example", False),
        ("https://blog.example", "", False),
    ],
)
def test_the_referring_host_may_be_a_declared_site(declared, host, is_declared):
    credit = bought(referrer_host=host)
    Property.objects.create(affiliate=credit.affiliate, url=declared, declared_at=NOW)
    assert evidence(credit).is_referrer_declared is is_declared


@pytest.mark.parametrize(("removed_at", "is_declared"), [(NOW, True), (CLICKED - MINUTE, False)])
def test_a_site_taken_back_is_declared_for_the_clicks_before(removed_at, is_declared):
    credit = bought(referrer_host="blog.example")
    Property.objects.create(
        affiliate=credit.affiliate, url="https://blog.example", declared_at=CLICKED,
        removed_at=removed_at,
    )  # fmt: skip
    assert evidence(credit).is_referrer_declared is is_declared


def test_the_facts_of_every_own_click_come_together():
    credit = bought(visitor=(visitor := uuid4()), facts=int(Fact.TOP_LEVEL))
    link = make_link(credit.affiliate)
    make_click(link, visitor=visitor, clicked_at=CLICKED - MINUTE, facts=int(Fact.EXTENSION))
    order = make_order(click_tokens=[credit.order.click_tokens[0]])
    attribute_pending(now=NOW)
    second = Credit.objects.select_related("order", "affiliate").get(order=order)
    assert evidence(second).own_facts == Fact.TOP_LEVEL | Fact.EXTENSION
    assert evidence(credit).own_facts == Fact.TOP_LEVEL


def test_the_record_is_of_the_thirty_days_to_the_order_and_of_sales_before_it():
    link = make_link()
    for unknown, codes in (([], ["basket_before_click"]), ([], []), (["basket_before_click"], [])):
        screening = make_screening(bought(link), unknown=unknown)
        for code in codes:
            Signal.objects.create(
                screening=screening, code=code, version=1, family="session", severity="hold"
            )
    credit = bought(link)
    make_screening(bought(link))
    counted = {"hours": [0] * 24, "session_known": 10, "session_open": 3, "basket_before": 2,
               "checkout_before": 1}  # fmt: skip
    for days in (0, 29, 30, -1):
        TrafficDay.objects.create(
            affiliate_id=credit.affiliate_id, day=NOW.date() - timedelta(days=days), **counted
        )
    assert evidence(credit).record == Record(
        session_known=20,
        session_open=6,
        basket_before=4,
        checkout_before=2,
        sales_known=2,
        sales_basket_before=1,
    )


def test_the_number_of_queries_does_not_grow(django_assert_num_queries):
    credits = [bought() for _ in range(3)]
    for credit in credits:
        make_event(visitor_of(credit), "landing", CLICKED, **SEEN)
    with django_assert_num_queries(14):
        evidence_for(credits[:1])
    with django_assert_num_queries(14):
        found = evidence_for(credits)
    assert len(found) == 3
