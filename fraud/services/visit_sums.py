"""The statements that sum up consented visits: facts, landings and journeys of a stretch of time.

They say in SQL what ``tracking.domain.landed.proven_by`` and ``fraud.queries.visits`` say of one
click, so that a million of them need not leave the database.
"""

from __future__ import annotations

from fraud.services.taps import IS_TAP
from tracking.domain.journey import Kind
from tracking.domain.navigation import Fact, Navigation
from tracking.domain.user_agent import Browser, Device


def _has(fact: Fact) -> str:
    return f"proven & {int(fact)} <> 0"


_TELLS_GESTURES = ", ".join(
    str(int(one))
    for one in (Browser.CHROME, Browser.EDGE, Browser.FIREFOX, Browser.SAMSUNG, Browser.OPERA)
)
_TELLS_STRICT = f"{int(Browser.FIREFOX)}, {int(Browser.SAFARI)}"
_TYPED_BARE = (
    f"navigation = '{Navigation.TYPED}' AND ({_has(Fact.REFERRER_ABSENT)} OR"
    f" ({_has(Fact.EXCHANGED)} AND {_has(Fact.LANDED)} AND referrer_host = ''))"
)
_REDIRECT_KNOWN = (
    f"({_has(Fact.OWN_HOP_ONLY | Fact.HIDDEN_REDIRECTOR | Fact.STRICT_MISSING)}"
    f" OR ({_has(Fact.STRICT_SEEN)} AND browser IN ({_TELLS_STRICT})))"
)
#: Of one day's row: what is counted of clicks that are no duplicates. The names are the columns'.
CONDITIONS = {
    "clicks": "true",
    "told": _has(Fact.LANDED),
    "unseen": f"{_has(Fact.LANDED)} AND {_has(Fact.UNSEEN)}",
    "typed_bare": _TYPED_BARE,
    "redirect_known": f"{_TYPED_BARE} AND {_REDIRECT_KNOWN}",
    "redirect_hidden": (f"{_TYPED_BARE} AND {_has(Fact.HIDDEN_REDIRECTOR | Fact.STRICT_MISSING)}"),
    "forwarded_bare": (
        f"navigation = '{Navigation.FORWARDED}' AND {_has(Fact.NO_GESTURE)}"
        f" AND {_has(Fact.REFERRER_ABSENT)}"
    ),
    "gesture_known": (
        f"{_has(Fact.TOP_LEVEL)} AND ({_has(Fact.NO_GESTURE)}"
        f" OR navigation = '{Navigation.FOLLOWED}'"
        f" OR (navigation = '{Navigation.TYPED}' AND browser IN ({_TELLS_GESTURES})))"
    ),
    "no_gesture": f"{_has(Fact.TOP_LEVEL)} AND {_has(Fact.NO_GESTURE)}",
    "strict_contradictions": _has(Fact.STRICT_CONTRADICTION),
    "search": _has(Fact.SEARCH),
    "paid_ids": _has(Fact.PAID_ID),
    "home_landings": "leads_home",
    "desktop": f"device = {int(Device.DESKTOP)}",
    "session_known": "session_known",
    "session_open": "session_known AND page_before",
    "basket_before": "session_known AND basket_before",
    "checkout_before": "session_known AND checkout_before",
    "read_on": f"{_has(Fact.LANDED)} AND read_on",
}

_LANDING = (
    f"e.kind = '{Kind.LANDING}' AND e.at >= v.clicked_at - interval '2 seconds'"
    " AND e.at < v.lands_until"
)
_COUNTED_HOPS = (
    f"{_LANDING} AND v.is_same_origin AND coalesce(e.data->>'entry', '') IN ('', 'navigate')"
    " AND e.data ? 'redirects'"
)
_BARE = (
    f"(v.facts & {int(Fact.REFERRER_ABSENT)} <> 0 OR (v.facts & {int(Fact.EXCHANGED)} <> 0"
    " AND e.data->>'referrer' = ''))"
)
_BEFORE = "e.at < v.began_at - interval '2 seconds'"
_FULL = "coalesce((e.data->>'items')::bigint, ((e.data->>'value_minor')::bigint > 0)::int, 0) > 0"

# Grouped by, so that no row has to be found a second time: the planner knows nothing of how many
# rows a stretch has, and would look through all of them for each.
_KEPT = (
    "affiliate_id, clicked_at, facts, first_facts, browser, device, navigation, referrer_host,"
    " sub_id, is_duplicate, leads_home"
)

#: One row for each click of a stretch that is no tap, with all that is known of it. A tap ends the
#: time in which a page may tell of the click before.
VISITS = f"""
near AS MATERIALIZED (
  SELECT *, min(clicked_at) OVER own AS began_at, first_value(facts) OVER own AS first_facts,
    lead(clicked_at) OVER (PARTITION BY visitor, nobody ORDER BY clicked_at, id) AS next_at,
    coalesce(lag(clicked_at) OVER (
      PARTITION BY visitor, nobody, is_tap, affiliate_id, link_id ORDER BY clicked_at, id
    ) > clicked_at - interval '30 minutes', false) AS is_duplicate
  FROM (
    SELECT *, CASE WHEN visitor IS NULL THEN id END AS nobody, {IS_TAP} AS is_tap
    FROM tracking_click
    WHERE clicked_at >= %(since)s - interval '1 hour'
      AND clicked_at < %(until)s + interval '10 minutes'
      AND (%(affiliates)s::integer[] IS NULL OR affiliate_id = ANY(%(affiliates)s))
  ) AS all_clicks
  WINDOW own AS (
    PARTITION BY visitor, nobody, is_tap, affiliate_id ORDER BY clicked_at
    RANGE BETWEEN interval '1 hour' PRECEDING AND CURRENT ROW)
), stretch AS MATERIALIZED (
  SELECT near.*, shop.link_origin <> '' AS is_same_origin,
    least(clicked_at + interval '10 minutes', next_at - interval '2 seconds') AS lands_until,
    coalesce(rtrim(split_part(split_part(link.destination_url, '#', 1), '?', 1), '/')
      IN (rtrim(shop.home_url, '/'), substring(link.destination_url FROM '^https?://[^/?#]+')),
      false) AS leads_home
  FROM near LEFT JOIN tracking_link link ON link.id = near.link_id
  LEFT JOIN shop_shop shop ON shop.id = link.shop_id
  WHERE clicked_at >= %(since)s AND clicked_at < %(until)s AND NOT is_tap
), told AS (
  SELECT v.id, {_KEPT}, count(e.visitor) > 0 AS is_told,
    bool_or({_LANDING}) AS landed,
    bool_and(coalesce(e.data->>'visible' = 'false' AND e.data->>'focused' = 'false', false))
      FILTER (WHERE {_LANDING}) AS unseen,
    bool_or({_COUNTED_HOPS} AND e.data->>'redirects' = '1') AS own_hop,
    bool_or({_COUNTED_HOPS} AND e.data->>'redirects' <> '1' AND {_BARE}) AS hidden,
    bool_or(e.kind <> '{Kind.SESSION_STARTED}' AND {_BEFORE}
      AND e.at >= v.began_at - interval '30 minutes') AS page_before,
    bool_or(e.kind = '{Kind.CHECKOUT_OPENED}' AND {_BEFORE}
      AND e.at >= v.began_at - interval '30 minutes') AS checkout_before,
    max(e.at) FILTER (WHERE e.kind = '{Kind.BASKET_CHANGED}' AND {_BEFORE}) AS basket_at,
    max(e.at) FILTER (WHERE e.kind = '{Kind.BASKET_CHANGED}' AND {_BEFORE} AND {_FULL}) AS full_at,
    count(*) FILTER (WHERE e.kind = '{Kind.PAGE_VIEW}'
      AND e.at >= v.clicked_at - interval '2 seconds') > 1 AS read_on
  FROM stretch v LEFT JOIN tracking_journeyevent e ON e.visitor = v.visitor
    AND NOT v.is_duplicate
    AND e.at >= v.began_at - interval '1 hour' AND e.at < v.clicked_at + interval '30 minutes'
    AND e.at >= %(since)s - interval '2 hours' AND e.at < %(until)s + interval '30 minutes'
  GROUP BY v.id, {_KEPT}
), visits AS (
  SELECT id, {_KEPT},
    CASE WHEN landed THEN (facts & {~int(Fact.UNSEEN)}) | {int(Fact.LANDED)}
      | CASE WHEN unseen THEN {int(Fact.UNSEEN)} ELSE 0 END
      | CASE WHEN own_hop THEN {int(Fact.OWN_HOP_ONLY)} ELSE 0 END
      | CASE WHEN hidden AND navigation = '{Navigation.TYPED}'
          THEN {int(Fact.HIDDEN_REDIRECTOR)} ELSE 0 END
    ELSE facts END AS proven,
    is_told AND first_facts & {int(Fact.EXCHANGED)} = 0 AS session_known,
    page_before, checkout_before, full_at = basket_at AS basket_before, read_on
  FROM told
)
"""  # noqa: S608
_SUMS = ",\n    ".join(
    f"count(*) FILTER (WHERE NOT is_duplicate AND {condition})" for condition in CONDITIONS.values()
)
_HOURS = ", ".join(
    "count(*) FILTER (WHERE NOT is_duplicate"
    f" AND extract(hour FROM clicked_at AT TIME ZONE 'UTC') = {hour})"
    for hour in range(24)
)
_ADDED = ", ".join(f"{name} = old.{name} + excluded.{name}" for name in CONDITIONS)
_NAMES = ", ".join(CONDITIONS)

#: Add the visits of ``since`` to ``until``, both of one UTC day, to the rows of that ``day``.
ADD = f"""
WITH {VISITS}
INSERT INTO fraud_trafficday AS old
  (affiliate_id, day, duplicates, hours, {_NAMES}, visitors, "returning", largest_network)
SELECT affiliate_id, %(day)s::date, count(*) FILTER (WHERE is_duplicate), ARRAY[{_HOURS}],
    {_SUMS}, 0, 0, 0
FROM visits GROUP BY affiliate_id ORDER BY affiliate_id
ON CONFLICT (affiliate_id, day) DO UPDATE SET {_ADDED},
  duplicates = old.duplicates + excluded.duplicates,
  hours = (
    SELECT array_agg(a + b ORDER BY n)
    FROM unnest(old.hours, excluded.hours) WITH ORDINALITY AS both_of (a, b, n))
"""  # noqa: S608

#: What does not add up over parts of a day: read from the whole ``day`` up to ``until``.
WHOLE_DAY = f"""
WITH clicks AS (
  SELECT id, affiliate_id, visitor, ip_hash, clicked_at, facts,
    visitor IS NOT NULL AND coalesce(lag(clicked_at) OVER (
      PARTITION BY visitor, affiliate_id, link_id ORDER BY clicked_at, id
    ) > clicked_at - interval '30 minutes', false) AS is_duplicate
  FROM tracking_click
  WHERE clicked_at >= %(begins)s - interval '30 minutes' AND clicked_at < %(until)s
    AND NOT {IS_TAP}
), counted AS (
  SELECT * FROM clicks WHERE clicked_at >= %(begins)s AND NOT is_duplicate
), people AS (
  SELECT affiliate_id, count(*) AS visitors,
    count(*) FILTER (WHERE facts & {int(Fact.LAX_SEEN)} <> 0) AS known
  FROM (
    SELECT DISTINCT ON (affiliate_id, visitor) affiliate_id, facts FROM counted
    WHERE visitor IS NOT NULL ORDER BY affiliate_id, visitor, clicked_at, id
  ) AS first_clicks GROUP BY affiliate_id
), networks AS (
  SELECT affiliate_id, max(n) AS largest FROM (
    SELECT affiliate_id, count(*) AS n FROM counted
    WHERE ip_hash IS NOT NULL GROUP BY affiliate_id, ip_hash
  ) AS sums GROUP BY affiliate_id
)
UPDATE fraud_trafficday AS row SET
  visitors = coalesce(people.visitors, 0), "returning" = coalesce(people.known, 0),
  largest_network = coalesce(networks.largest, 0)
FROM (SELECT DISTINCT affiliate_id FROM counted) AS active
LEFT JOIN people USING (affiliate_id) LEFT JOIN networks USING (affiliate_id)
WHERE row.affiliate_id = active.affiliate_id AND row.day = %(day)s::date
"""  # noqa: S608

#: How the visits under each sub id of ``affiliates`` began, from ``since`` to ``until``.
SUB_IDS = f"""
WITH {VISITS}
SELECT affiliate_id, sub_id, count(*) FILTER (WHERE session_known),
  count(*) FILTER (WHERE session_known AND page_before)
FROM visits WHERE sub_id <> '' AND NOT is_duplicate GROUP BY affiliate_id, sub_id
"""  # noqa: S608
