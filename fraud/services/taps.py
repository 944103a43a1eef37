"""How statements tell taps in looks on the shop's own pages from visits (rule Y1).

A tap brings nobody: its visitor was there. It is counted as no visit, and as no click of a sale.
"""

from __future__ import annotations

from django.db.models import Q

from tracking.domain.navigation import Navigation
from tracking.domain.surfaces import LOOK, OF_OUR_PAGES, ON_SITE
from tracking.domain.touchpoints import Result, Rule

_PLACES = "|".join(sorted(ON_SITE))
#: Of a row of ``tracking_click``; what ``tracking.domain.surfaces.is_tap`` says of one.
IS_TAP = (
    f"(navigation = '{Navigation.INTERNAL}' AND facts & {OF_OUR_PAGES} = 0"
    f" AND surface ~ '^{LOOK}:[0-9]+:({_PLACES})$')"
)
#: Of touchpoints, which keep no surface: the attribution asked about each tap whether it may earn.
WAS_TAP = Q(verdicts__contains=[{"rule": Rule.ON_SITE.value}]) & ~Q(
    verdicts__contains=[{"rule": Rule.ON_SITE.value, "result": Result.NOT_APPLICABLE.value}]
)
#: The same of the rows that a statement calls ``own``.
OWN_WAS_TAP = (
    f"""(own.verdicts @> '[{{"rule": "{Rule.ON_SITE}"}}]' AND NOT own.verdicts @> """
    f"""'[{{"rule": "{Rule.ON_SITE}", "result": "{Result.NOT_APPLICABLE}"}}]')"""
)
