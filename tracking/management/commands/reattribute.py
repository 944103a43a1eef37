from __future__ import annotations

import json
from argparse import ArgumentTypeError
from collections import Counter
from datetime import date, datetime, time, timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from tracking.domain.policy import Policy
from tracking.models import AttributionPolicy
from tracking.services import reattribution
from tracking.services.reattribution import AffiliateChange, ChangedOrder, Comparison

MOST_ORDERS_SHOWN = 20
REFUSAL = (
    "Only with --dry-run: people have seen these credits, and money is never edited. To decide"
    " otherwise, publish a policy that begins on a date to come."
)


class Command(BaseCommand):
    help = "Show who would win and lose if recorded orders were decided under another policy."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--policy", type=int, required=True, metavar="N", help="Its number.")
        for flag, name, text in (
            ("--from", "first", "First day of the orders, in the programme's time zone."),
            ("--to", "last", "Last day of the orders."),
        ):
            parser.add_argument(
                flag, type=_day, required=True, dest=name, metavar="DATE", help=text
            )
        parser.add_argument("--dry-run", action="store_true", help="Compare; nothing is written.")
        parser.add_argument("--json", action="store_true", help="Print the comparison as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print the comparison.

        :raises CommandError: without --dry-run, for an unknown policy, or a period that ends
            before it begins.
        """
        if not options["dry_run"]:
            raise CommandError(REFUSAL)
        if options["last"] < options["first"]:
            raise CommandError("The last day is before the first.")
        row = AttributionPolicy.objects.filter(number=options["policy"]).first()
        if row is None:
            raise CommandError(f"There is no policy {options['policy']}.")
        comparison = reattribution.compare(
            Policy.from_rules(row.rules),
            since=_midnight(options["first"]),
            until=_midnight(options["last"] + timedelta(days=1)),
            now=timezone.now(),
            progress=self._progress if self.stderr.isatty() else None,
        )
        if options["json"]:
            self.stdout.write(json.dumps(_as_json(comparison, row), indent=2))
        else:
            self._print(comparison, row)

    def _progress(self, done: int, total: int) -> None:
        self.stderr.write(f"\r{done} of {total} orders", ending="\n" if done >= total else "")

    def _print(self, comparison: Comparison, policy: AttributionPolicy) -> None:
        say = self.stdout.write
        say(
            f"Policy {policy}: {len(comparison.changed)} of {comparison.orders} orders would be"
            f" shared otherwise; {comparison.became_nobodys} would become nobody's,"
            f" {comparison.were_nobodys} would no longer be."
        )
        for change in comparison.affiliates:
            say(
                f"  {change.name}: {change.won} won, {change.lost} lost,"
                f" {change.share_changed} with another share; net {_amounts(change)}"
            )
        reasons = Counter(_losing_reasons(comparison.changed))
        for reason, number in reasons.most_common():
            say(f"  lost because of {reason}: {number}")
        for one in comparison.changed[:MOST_ORDERS_SHOWN]:
            say(f"  {one.placed_at:%Y-%m-%d} {one.number} {one.net}: {one.before} -> {one.after}")
        left = len(comparison.changed) - MOST_ORDERS_SHOWN
        if left > 0:
            say(f"  and {left} more: --json lists all of them.")


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is not a day such as 2026-11-02.") from error


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), tzinfo=timezone.get_default_timezone())


def _amounts(change: AffiliateChange) -> str:
    return ", ".join(f"{'+' if one.minor >= 0 else ''}{one}" for one in change.net_changes())


def _losing_reasons(changed: list[ChangedOrder]) -> list[str]:
    return [
        one.reasons.get(affiliate_id, "no_touchpoint")
        for one in changed
        for affiliate_id in one.before
        if affiliate_id not in one.after
    ]


def _as_json(comparison: Comparison, policy: AttributionPolicy) -> dict[str, Any]:
    return {
        "policy": policy.number,
        "rules": policy.rules,
        "orders": comparison.orders,
        "became_nobodys": comparison.became_nobodys,
        "were_nobodys": comparison.were_nobodys,
        "affiliates": [
            {
                "affiliate_id": change.affiliate_id,
                "name": change.name,
                "won": change.won,
                "lost": change.lost,
                "share_changed": change.share_changed,
                "net": [
                    {"amount_minor": one.minor, "currency": one.currency}
                    for one in change.net_changes()
                ],
            }
            for change in comparison.affiliates
        ],
        "changed": [
            {
                "order_id": one.order_id,
                "number": one.number,
                "placed_at": one.placed_at.isoformat(),
                "net_minor": one.net.minor,
                "currency": one.net.currency,
                "before": one.before,
                "after": one.after,
                "reasons": one.reasons,
            }
            for one in comparison.changed
        ],
    }
