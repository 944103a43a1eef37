from __future__ import annotations

import json
import resource
import sys
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser, OutputWrapper
from django.utils import timezone

from core.errors import DomainError
from core.money import Money
from payouts.services import imports
from shop.connectors import online_retail
from shop.connectors.csv_file import CsvFile
from shop.connectors.history import History
from shop.connectors.online_retail import OnlineRetail
from shop.models import Shop

ONLINE_RETAIL, APPORT_CSV = "online-retail", "apport-csv"


class Command(BaseCommand):
    help = "Import past orders and returns through the same services as the webhook."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="A CSV file, or one compressed with xz.")
        parser.add_argument("--format", choices=(ONLINE_RETAIL, APPORT_CSV), required=True)
        parser.add_argument("--shop", required=True, metavar="CODE")
        parser.add_argument(
            "--affiliates",
            type=int,
            default=0,
            metavar="N",
            help="Make N synthetic affiliates and give them 30 %% of the orders.",
        )
        parser.add_argument(
            "--seed", type=int, default=0, help="Which orders become whose (with --affiliates)."
        )
        parser.add_argument(
            "--cost-share",
            type=int,
            metavar="BPS",
            help="Make up unit costs as a share of list price (online-retail).",
        )
        parser.add_argument(
            "--shuffle",
            type=int,
            metavar="SEED",
            help="Store orders and returns in a random order, after matching.",
        )
        parser.add_argument("--json", action="store_true", help="Print the report as JSON.")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import and report; exit with 1 when what is stored is not what was read.

        :raises CommandError: when the file, the shop or an option is not usable.
        """
        self._check_options(options)
        started = time.monotonic()
        bar = ProgressBar(self.stderr)
        try:
            shop = self._shop(options["shop"], options["format"])
            report = imports.run(
                self._history(options),
                shop_id=shop.pk,
                affiliates=options["affiliates"],
                seed=options["seed"],
                shuffle=options["shuffle"],
                progress=bar,
                now=timezone.now(),
            )
        except DomainError as refusal:
            raise CommandError(str(refusal)) from refusal
        finally:
            bar.close()
        seconds = time.monotonic() - started
        said = {
            **asdict(report),
            "seconds": round(seconds, 1),
            "lines_per_second": round(report.rows_read / seconds),
            "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
        }
        if options["json"]:
            self.stdout.write(json.dumps(said, indent=2))
        else:
            self._print(report, said)
        if report.differences:
            sys.exit(1)

    def _check_options(self, options: dict[str, Any]) -> None:
        share = options["cost_share"]
        if share is not None and not 0 <= share <= 10_000:
            raise CommandError("--cost-share is in basis points, from 0 to 10000.")
        if share is not None and options["format"] == APPORT_CSV:
            raise CommandError("--cost-share is for online-retail: apport-csv has its own costs.")
        if not 0 <= options["affiliates"] <= 999:
            raise CommandError("--affiliates is between 0 and 999.")

    def _shop(self, code: str, file_format: str) -> Shop:
        shop = Shop.objects.filter(code=code).first()
        if shop is None and file_format == APPORT_CSV:
            raise CommandError(f"There is no shop {code}: create it first, with its currency.")
        if shop is None:
            try:
                Shop._meta.get_field("code").clean(code, None)
            except ValidationError as error:
                raise CommandError(f"--shop {code}: {' '.join(error.messages)}") from error
            shop = Shop.objects.create(
                code=code,
                name=code.title(),
                home_url=f"https://{code}.invalid/",
                currency=online_retail.CURRENCY,
            )
            self.stderr.write(f"There was no shop {code}: made one that sells in {shop.currency}.")
        if file_format == ONLINE_RETAIL and shop.currency != online_retail.CURRENCY:
            raise CommandError(
                f"The file is in {online_retail.CURRENCY}, {code} in {shop.currency}."
            )
        return shop

    def _history(self, options: dict[str, Any]) -> History:
        if options["format"] == APPORT_CSV:
            return CsvFile(options["file"], shop_code=options["shop"])
        return OnlineRetail(
            options["file"], shop_code=options["shop"], cost_share_bps=options["cost_share"]
        )

    def _print(self, report: imports.ImportReport, said: dict[str, Any]) -> None:
        def amount(minor: int) -> str:
            return f"{Money(minor, report.currency).to_decimal():,} {report.currency}"

        write = self.stdout.write
        write(f"{report.rows_read:,} rows: {report.orders:,} orders, {report.lines:,} lines,"
              f" {report.returns_matched:,} returned lines matched,"
              f" {report.returns_parked:,} parked.")  # fmt: skip
        for name, minor in report.sums.items():
            write(f"  {name:<16}{amount(minor):>24}")
        write(f"  {'in the file':<16}{amount(report.input_minor):>24}")
        for reason, found in report.refused.items():
            write(f"Refused, {reason}: {found['rows']:,} rows, {amount(found['minor'])}"
                  f" ({'; '.join(found['examples'])})")  # fmt: skip
        write(f"{report.attributed_orders:,} orders attributed. Commission accrued"
              f" {amount(report.accrued_minor)}, reversed {amount(report.reversed_minor)},"
              f" pending {amount(report.pending_minor)}, payable"
              f" {amount(report.payable_minor)}.")  # fmt: skip
        write(f"{said['seconds']} s, {said['lines_per_second']:,} lines a second,"
              f" {said['peak_rss_mb']} MB at most.")  # fmt: skip
        for difference in report.differences:
            write(self.style.ERROR(difference))
        if not report.changed:
            write("Everything was there already: nothing was changed.")


class ProgressBar:
    """One line on a terminal, rewritten in place; nothing anywhere else."""

    WIDTH = 24
    EVERY_SECONDS = 0.2

    def __init__(self, output: OutputWrapper) -> None:
        self._output = output
        self._shown = output.isatty()
        self._phase = ""
        self._began = self._told = 0.0

    def __call__(self, phase: str, done: int, total: int) -> None:
        """Show how far ``phase`` is; ``total`` 0 means that its end is not known."""
        now = time.monotonic()
        if phase != self._phase:
            self.close()
            self._phase, self._began, self._told = phase, now, 0.0
        if not self._shown or now - self._told < self.EVERY_SECONDS:
            return
        self._told = now
        rate = done / max(now - self._began, 0.001)
        line = f"{phase:<24} {done:>10,}  {rate:>8,.0f}/s"
        if total:
            filled = self.WIDTH * done // total
            left = (total - done) / rate if rate else 0
            bar = "#" * filled + "." * (self.WIDTH - filled)
            line = f"{phase:<24} [{bar}] {done:>9,}/{total:,}  {rate:>7,.0f}/s  {left:>4.0f} s left"
        self._output.write(f"\r{line}\x1b[K", ending="")
        self._output.flush()

    def close(self) -> None:
        """End the line that was last shown."""
        if self._told:
            self._output.write("")
        self._told = 0.0
