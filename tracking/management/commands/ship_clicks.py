from __future__ import annotations

import gc
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import InterfaceError, OperationalError, close_old_connections, connection
from django.utils import timezone

from tracking.models import SpoolHost
from tracking.services import partitions, salts, shipping
from tracking.services.shipping import Pass
from tracking.spool import host_name

FAR_BEHIND_BYTES = 8 * 1024 * 1024
TELL_SECONDS = 5.0
LONGEST_WAIT_SECONDS = 5.0
MONTHS_SECONDS = 3_600.0
#: A machine that was silent this long may be taken out of the watermark.
SILENT = timedelta(minutes=10)


class Command(BaseCommand):
    help = "Ship landings and journeys from this machine's spool into the database, exactly once."
    #: It starts in a moment and does not need the pages.
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--once", action="store_true", help="One pass, then end.")
        parser.add_argument(
            "--every", type=int, default=200, metavar="MS", help="Pause between passes (200)."
        )
        parser.add_argument("--host", default=host_name(), help="The name of this machine.")
        parser.add_argument(
            "--retire",
            metavar="HOST",
            help="Nobody waits any more for a machine that is gone for good. Ships nothing.",
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Ship until SIGTERM or SIGINT; the pass at work is ended first."""
        if options["retire"]:
            self._retire(options["retire"])
            return
        self._ending = threading.Event()
        self._told_at = time.monotonic()
        self._settled_at = 0.0
        settings.SPOOL_DIR.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not options["once"]:
            # Rows come and go by the thousand, and none of them is ever part of a cycle.
            gc.freeze()
            gc.set_threshold(100_000, 50, 50)
        with self._signals():
            self._run(options["host"], options["every"] / 1000, once=options["once"])

    def _run(self, host: str, pause: float, *, once: bool) -> None:
        wait = pause
        while not self._ending.is_set():
            try:
                self._settle()
                done = self._pass(host)
                wait = pause
            except (OperationalError, InterfaceError) as error:
                if once:
                    raise CommandError(f"The database is away: {error}") from error
                self.stderr.write(f"The database is away, going on when it is back: {error}")
                connection.close()
                self._settled_at = 0.0  # Of a server that crashed the salts are gone.
                wait = min(2 * max(wait, pause), LONGEST_WAIT_SECONDS)
                done = Pass()
            if once:
                self._tell(done)
                return
            close_old_connections()
            if done.waiting_bytes < FAR_BEHIND_BYTES:
                self._ending.wait(wait)

    def _settle(self) -> None:
        """Once an hour, and at the start, see to the months and salts that landings need."""
        if self._settled_at and time.monotonic() - self._settled_at < MONTHS_SECONDS:
            return
        partitions.make_ahead(timezone.now())
        salts.rotate(timezone.now())
        self._settled_at = time.monotonic()

    def _pass(self, host: str) -> Pass:
        began = time.monotonic()

        def watch(done: Pass) -> bool:
            if time.monotonic() - self._told_at > TELL_SECONDS:
                self._told_at = time.monotonic()
                shipping.beat(host, now=timezone.now())
                seconds = max(time.monotonic() - began, 0.001)
                self.stdout.write(
                    f"{done.lines} lines, {done.bytes} of {done.waiting_bytes} bytes,"
                    f" {done.lines / seconds:.0f} lines a second"
                )
            return not self._ending.is_set()

        return shipping.ship(settings.SPOOL_DIR, host=host, now=timezone.now(), watch=watch)

    def _tell(self, done: Pass) -> None:
        stored = done.stored
        if done.is_busy:
            self.stdout.write("Another shipper is at work.")
        for alarm in done.alarms:
            self.stderr.write(self.style.ERROR(alarm))
        self.stdout.write(
            f"{done.lines} lines: {stored.clicks} clicks, {stored.counts} counted,"
            f" {stored.events} steps of journeys, {len(stored.rejects)} kept aside,"
            f" {stored.lost} lost; {done.finished} files done."
        )
        for row in SpoolHost.objects.order_by("name"):
            lag = (timezone.now() - row.watermark).total_seconds()
            self.stdout.write(f"{row.name}: {lag:.1f} s behind, {row.lost} lost in all.")

    def _retire(self, host: str) -> None:
        row = SpoolHost.objects.filter(name=host).first()
        if row is None:
            raise CommandError(f"There is no machine {host}.")
        if row.beat_at > timezone.now() - SILENT:
            raise CommandError(f"{host} was alive at {row.beat_at:%Y-%m-%d %H:%M:%S} UTC.")
        row.delete()
        self.stdout.write(f"Nobody waits for {host} any more.")

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """End politely; signals can only be caught in the main thread."""
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        caught = (signal.SIGTERM, signal.SIGINT)
        before = {number: signal.signal(number, self._end) for number in caught}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def _end(self, *_signal: object) -> None:
        self._ending.set()
