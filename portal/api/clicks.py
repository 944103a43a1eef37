"""Clicks, in sums: nothing of any visitor."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from core.models import Scope
from portal.api.fields import Moment, PeriodQuery
from portal.api.operation import operation
from portal.api.paging import Page, page_of, part_of
from portal.api.resource import Resource, refused
from portal.queries.click_sums import (
    Visits,
    by_day,
    by_hour,
    by_link,
    by_referrer,
    days_of,
    hours_of,
)
from tracking.models import Link

USUAL = timedelta(days=30)
LONGEST = timedelta(days=400)
FIRST, LAST = 2000, 2100
EXAMPLE: dict[str, Any] = {
    "day": "2026-06-14",
    "hour": None,
    "link": None,
    "referrer": None,
    "visits": 57,
    "consented": 31,
}


class ClicksOut(serializers.Serializer[Visits]):
    """Visits of one day, hour, link or referrer; the fields of the others are null."""

    day = serializers.DateField(allow_null=True, help_text="A day in Europe/Paris.")
    hour = Moment(allow_null=True, help_text="When the hour begins.")
    link = serializers.CharField(allow_null=True)
    referrer = serializers.CharField(
        allow_null=True, help_text="The host that people came from; empty: unknown."
    )
    visits = serializers.IntegerField(help_text="People who came. Robots and previews are not.")
    consented = serializers.IntegerField(
        allow_null=True, help_text="Of them, those who agreed to be followed."
    )


class ClickQuery(PeriodQuery):
    """Which clicks, and by what they are summed."""

    group_by = serializers.ChoiceField(
        ["day", "hour", "link", "referrer"],
        default="day",
        help_text="Of referrers, say the link too.",
    )
    link = serializers.SlugField(required=False, max_length=40, help_text="Of this link alone.")


class ClickSums(Resource):
    @operation(
        "sum_clicks", "Sum up clicks",
        "Visits through your links in a period of at most 400 days, by default the last 30. Days"
        " and hours without any are there, with 0; days are those of Europe/Paris.",
        scope=Scope.READ_CLICKS, tag="Clicks", query=ClickQuery, answers=ClicksOut, many=True,
        example=EXAMPLE, refuses=[404],
    )  # fmt: skip
    def get(self, _request: Request) -> Response:
        """Sum up the caller's clicks."""
        asked = self.asked
        rows = Link.objects.filter(affiliate=self.affiliate)
        link = get_object_or_404(rows, code=asked["link"]) if "link" in asked else None
        page = self._page(link, self._period())
        return self.listed(ClicksOut, page.rows, page)

    def _period(self) -> tuple[datetime, datetime]:
        until = self.asked.get("until") or timezone.now()
        if "since" not in self.asked and until.year < FIRST:
            raise refused({"until": _("Ask for days of this century.")})
        since = self.asked.get("since") or until - USUAL
        if not since < until:
            raise refused({"until": _("It has to lie after “since”.")})
        if not FIRST <= since.year <= until.year < LAST:
            raise refused({"since": _("Ask for days of this century.")})
        if until - since > LONGEST:
            raise refused({"since": _("Ask for at most 400 days.")})
        return since, until

    def _page(self, link: Link | None, period: tuple[datetime, datetime]) -> Page[Visits]:
        account, group_by = self.affiliate.pk, self.asked["group_by"]
        place = {"cursor": self.asked["cursor"], "limit": self.asked["limit"]}
        if group_by == "referrer":
            if link is None:
                raise refused({"link": _("Say of which link the referrers shall be.")})
            return part_of(by_referrer(link, period), **place)
        if group_by == "link":
            links = Link.objects.filter(affiliate=account)
            if link is not None:
                links = links.filter(pk=link.pk)
            found = page_of(links, by="created_at", **place)
            return Page(by_link(account, found.rows, period), found.next_cursor)
        if group_by == "hour":
            hours = part_of(hours_of(*period), **place)
            return Page(by_hour(account, hours.rows, link), hours.next_cursor)
        days = part_of(days_of(*period), **place)
        return Page(by_day(account, days.rows, period, link), days.next_cursor)
