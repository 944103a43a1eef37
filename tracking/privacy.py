"""What is known of visitors: of those who consented a random reference, for a while."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import Any

from django.utils.translation import gettext_lazy as _

from core.privacy import words
from core.privacy.declaring import (
    PEOPLE,
    Basis,
    Declared,
    End,
    Holding,
    OnErasure,
    Rule,
    Whose,
    rule_of_rows,
)
from tracking.models import Salt
from tracking.services import erasure, partitions, retention, salts, taking_down

_GONE = _("By the visitor's reference: cut at once, and again after a restore (PV8).")


def _oldest_landing() -> datetime | None:
    """Return the first day of the oldest month in which a visitor is still known."""
    found = [
        month.begins
        for month in partitions.months()
        if month.is_of_clicks and partitions.has_visitors(month)
    ]
    return datetime.combine(min(found), time(), UTC) if found else None


def _landings(now: datetime, *, dry_run: bool) -> int:
    return sum(one.rows for one in retention.purge(now=now, dry_run=dry_run) if one.rule != "salts")


_RULES = (
    rule_of_rows(
        key="tracking.salts",
        text=_("Salts of addresses are deleted after 48 hours, every hour."),
        held=Salt.objects.all,
        moment="created_at",
        due=salts.expired,
        run=salts.purge,
    ),
    Rule(
        key="tracking.landings",
        text=_("Clicks lose their visitor once no order can need it, at most after 13 months; then"
               " their month is dropped. Steps of journeys go with the visitor."),
        due=lambda now: _landings(now, dry_run=True),
        run=lambda now: _landings(now, dry_run=False),
        oldest=_oldest_landing,
    ),
)  # fmt: skip

_VISITOR: dict[str, Any] = {
    "whose": (Whose.VISITOR,), "purpose": words.ATTRIBUTION, "basis": Basis.CONSENT,
    "rule": "tracking.landings", "stays": _GONE,
}  # fmt: skip

_HOLDINGS = (
    Holding(model="tracking.Click", fields=("visitor", "ip_hash"), plain=("referrer_host",),
            kept=_("The visitor for the look-back and the hold, 13 months at most."),
            end=End.CUT, **_VISITOR),
    Holding(model="tracking.JourneyEvent", fields=("visitor", "data"),
            kept=_("As the visitor of clicks."), end=End.DELETE, **_VISITOR),
    Holding(model="tracking.Withdrawal", fields=("visitor",), end=End.DELETE,
            kept=_("Until every recorded landing before it is shipped."),
            **{**_VISITOR, "basis": Basis.LAW, "purpose": words.RIGHTS}),
    Holding(model="tracking.SpoolReject", fields=("text",), end=End.DELETE,
            kept=_("90 days."), plain=("reason", "file"),
            **{**_VISITOR, "stays": _("Lines that nobody could read; they end by time.")}),
    Holding(model="tracking.Salt", whose=(Whose.VISITOR,), fields=("value",),
            purpose=words.FRAUD, basis=Basis.INTEREST, kept=_("48 hours; they are in no backup."),
            end=End.DELETE, rule="tracking.salts", stays=_("Of everybody; gone after 48 hours.")),
    Holding(model="tracking.Touchpoint", whose=(Whose.BUYER, *PEOPLE), fields=("verdicts",),
            purpose=words.ATTRIBUTION, basis=Basis.CONTRACT, kept=words.TEN_YEARS, end=End.KEEP,
            plain=("reason",), stays=words.STAYS_BOOKS),
    Holding(model="tracking.Credit", whose=PEOPLE, fields=("sub_id",), account="affiliate",
            purpose=words.ATTRIBUTION, basis=Basis.CONTRACT, kept=words.TEN_YEARS, end=End.KEEP,
            told=("order", "share_bps", "role", "click_at", "created_at"),
            stays=words.STAYS_BOOKS),
    Holding(model="tracking.CodeRequest", whose=PEOPLE, fields=("purpose", "reason"),
            account="affiliate", purpose=words.CONTRACT, basis=Basis.CONTRACT,
            kept=words.WITH_ACCOUNT, end=End.EMPTY, rule="affiliates.closed_accounts",
            told=("wanted", "status", "created_at"), erased=OnErasure.EMPTY,
            blank={"purpose": "", "reason": ""}),
    Holding(model="tracking.CouponCode", whose=PEOPLE, fields=("code",), account="affiliate",
            purpose=words.ATTRIBUTION, basis=Basis.CONTRACT, kept=words.TEN_YEARS, end=End.KEEP,
            told=("valid_from", "valid_to", "discount_bps"),
            stays=_("Orders name it: it ends, and explains what they earned.")),
    Holding(model="tracking.Link", whose=PEOPLE,
            fields=("label", "note", "tags", "sub_id", "destination_url"), account="affiliate",
            purpose=words.CONTRACT, basis=Basis.CONTRACT, kept=words.WITH_ACCOUNT, end=End.EMPTY,
            rule="affiliates.closed_accounts", told=("code", "created_at", "archived_at"),
            erased=OnErasure.EMPTY, blank={"label": "", "note": "", "tags": [], "sub_id": ""},
            stays=_("The address stays, archived, for the sales that it brought.")),
)  # fmt: skip

PRIVACY = Declared(
    holdings=_HOLDINGS,
    nothing={
        "tracking.Attribution": ("reason",),
        "tracking.AttributionPolicy": ("name",),
        "tracking.ClickCount": ("referrer_host",),
        "tracking.ClickHour": (),
        "tracking.ClickDay": (),
        "tracking.ClickReferrer": ("referrer_host",),
        "tracking.ClickMark": (),
        "tracking.OrderDay": (),
        "tracking.ChangedDay": (),
        "tracking.Destination": ("url", "digest"),
        "tracking.SpoolFile": ("name", "host", "problem"),
        "tracking.SpoolTally": ("name",),
        "tracking.SpoolHost": ("name",),
        "tracking.StaffCode": (),
    },
    rules=_RULES,
    before=taking_down.end_traffic,
    repeats={"visitors": lambda now: erasure.repeat_journal(now=now)},
)
