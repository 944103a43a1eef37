"""A month of a programme, made in the database: clicks, what pages told, orders, credits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.db import connection, transaction

from affiliates.models import Affiliate, Group, Membership, Property, Terms
from benchmarks.upkeep import vacuum
from core.models import User
from shop.models import Shop
from tracking.models import AttributionPolicy, Link
from tracking.services import partitions

ENDS = datetime(2026, 6, 30, tzinfo=UTC)
DAYS = 30
AFFILIATES, LINKS_EACH = 300, 10
_LONG_AGO = ENDS - timedelta(days=400)

# Affiliates differ in size: the square of a random number gives few of them most clicks. One in
# seven visitors comes back, so that sessions and duplicates have something to be told apart by.
_CLICKS = """
    INSERT INTO tracking_click (clicked_at, visitor, link_id, affiliate_id, ip_hash, facts,
      browser, device, navigation, referrer_host, country, sub_id, surface)
    SELECT made.at, md5((made.person % %(people)s)::text)::uuid, link.id, link.affiliate_id,
      hashint4(made.person), %(facts)s, made.n % 4 + 1, made.n % 3 + 1,
      (ARRAY['followed', 'followed', 'typed', 'forwarded'])[made.n % 4 + 1],
      CASE WHEN made.n % 4 = 0 THEN 'site' || link.affiliate_id || '.example' ELSE '' END,
      'FR', '', ''
    FROM (
      SELECT n, %(begins)s + %(length)s * ((n + random()) / %(clicks)s) AS at,
        floor(random() * %(clicks)s)::integer AS person,
        floor(random() * random() * %(links)s)::integer AS place
      FROM generate_series(0, %(clicks)s - 1) AS n
    ) AS made JOIN (
      SELECT id, affiliate_id, row_number() OVER (ORDER BY id) - 1 AS place FROM tracking_link
    ) AS link USING (place)
    ORDER BY made.at
"""
_EVENTS = """
    INSERT INTO tracking_journeyevent (at, visitor, shop_id, kind, data)
    SELECT clicked_at + after * interval '1 second', visitor, %(shop)s, kind, data::jsonb
    FROM tracking_click CROSS JOIN LATERAL (VALUES
      (0, 'page_view', '{"path": "/dresses"}'),
      (1, 'landing', '{"path": "/dresses", "redirects": 1, "entry": "navigate", "referrer": "",
        "visible": true, "focused": true, "framed": false, "prerendered": false, "history": 1}'),
      (40 + id % 300, 'page_view', '{"path": "/dresses/red"}'),
      (400 + id % 300, 'basket_changed', '{"items": 1, "value_minor": 5900}')
    ) AS told (after, kind, data)
    WHERE kind = 'landing' OR after = 0 OR (kind = 'page_view' AND id % 2 = 0) OR id % 12 = 0
    ORDER BY clicked_at
"""
_ORDERS = """
    INSERT INTO shop_order (shop_id, external_id, number, placed_at, currency, is_test,
      follows_external_id, customer_ref, email_key, phone_key, address_key, is_new_customer,
      country, store, codes, click_tokens, source_updated_at, received_at, content_hash)
    SELECT %(shop)s, 'o' || id, id, at, 'EUR', false, '', md5('c' || visitor), md5('e' || visitor),
      '', md5('a' || id %% 20000), id %% 3 = 0, 'FR', '', '{}',
      ARRAY[rtrim(translate(encode(uuid_send(visitor), 'base64'), '+/', '-_'), '=')], at, at, ''
    FROM (
      SELECT *, least(clicked_at + interval '5 minutes' + power(random(), 6) * interval '20 days',
        %(ends)s) AS at
      FROM tracking_click WHERE id %% %(every)s = 0
    ) AS bought ORDER BY at
"""
_CREDITS = """
    WITH decided AS (
      INSERT INTO tracking_attribution (order_id, outcome, reason, policy_id, decided_at)
      SELECT id, 'attributed', 'last_eligible', %(policy)s, placed_at FROM shop_order ORDER BY id
      RETURNING id, order_id
    ), touched AS (
      INSERT INTO tracking_touchpoint (attribution_id, kind, affiliate_id, at, link_id, won,
        reason, role, navigation, facts, verdicts)
      SELECT decided.id, 'click', c.affiliate_id, c.clicked_at, c.link_id, true, 'last_eligible',
        '', c.navigation, c.facts, '[]'
      FROM decided JOIN shop_order o ON o.id = decided.order_id
      JOIN tracking_click c ON c.id = o.number::bigint
      RETURNING id, attribution_id, affiliate_id, at
    )
    INSERT INTO tracking_credit (order_id, affiliate_id, touchpoint_id, terms_id, share_bps, role,
      click_at, click_age_seconds, sub_id, surface, created_at)
    SELECT decided.order_id, touched.affiliate_id, touched.id, %(terms)s, 10000, 'closer',
      touched.at, extract(epoch FROM o.placed_at - touched.at)::bigint, '', '', o.placed_at
    FROM touched JOIN decided ON decided.id = touched.attribution_id
    JOIN shop_order o ON o.id = decided.order_id ORDER BY o.placed_at
"""


@transaction.atomic
def fill(*, clicks: int, orders: int) -> None:
    """Make the programme, its ``clicks`` of a month and ``orders`` after some of them."""
    terms = _programme()
    begins = ENDS - timedelta(days=DAYS)
    partitions.make(begins.date() - timedelta(days=31), ENDS.date())
    said = {
        "begins": begins,
        "ends": ENDS,
        "length": timedelta(days=DAYS),
        "clicks": clicks,
        "people": clicks * 6 // 7,
        "links": AFFILIATES * LINKS_EACH,
        "facts": 1 | 1 << 10,
        "shop": Shop.objects.get().pk,
        "every": clicks // orders,
        "policy": AttributionPolicy.objects.earliest("valid_from").pk,
        "terms": terms.pk,
    }
    with connection.cursor() as cursor:
        for statement in (_CLICKS.replace(" % ", " %% "), _EVENTS.replace(" % ", " %% "),
                          _ORDERS, _CREDITS):  # fmt: skip
            cursor.execute(statement, said)


def analyze() -> None:
    """Let the database learn what is in it, as autovacuum would have."""
    vacuum()


def _programme() -> Terms:
    shop = Shop.objects.create(
        code="shop", name="Shop", home_url="https://shop.example/", link_hosts=["shop.example"],
        link_origin="https://shop.example", currency="EUR",
    )  # fmt: skip
    group = Group.objects.create(slug="partners", name="Partners", is_default=True)
    terms = Terms.objects.create(
        group=group, version=1, valid_from=_LONG_AGO, rate_bps=2_000, window_days=30, hold_days=30,
        minimum_payout_minor=2_000, currency="EUR", payment_days=[10],
    )  # fmt: skip
    for number in range(AFFILIATES):
        affiliate = Affiliate.objects.create(
            name=f"Affiliate {number}", kind=("content", "influencer", "comparison")[number % 3],
            group=group, country="FR", status_changed_at=_LONG_AGO, joined_at=_LONG_AGO,
        )  # fmt: skip
        user = User.objects.create(email=f"a{number}@example.com", name=f"Person {number}")
        Membership.objects.create(affiliate=affiliate, user=user)
        Property.objects.create(
            affiliate=affiliate, url=f"https://site{affiliate.pk}.example", declared_at=_LONG_AGO
        )
        Link.objects.bulk_create(
            Link(
                affiliate=affiliate, shop=shop, code=f"l{number}x{one}", created_at=_LONG_AGO,
                destination_url="https://shop.example/dresses",
            )
            for one in range(LINKS_EACH)
        )  # fmt: skip
    return terms
