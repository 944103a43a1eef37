from __future__ import annotations

import time
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from fraud.models import Lookalike
from fraud.services import probing, watch


class Command(BaseCommand):
    """Looks at the domains that imitate the shop, now and from this machine."""

    help = "Look at look-alike domains now: those that are due, or some by name."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Declare which domains to look at."""
        parser.add_argument("--host", nargs="+", metavar="HOST", help="Domains that are watched.")
        parser.add_argument("--most", type=int, default=200, help="Of those due, at most (200).")
        parser.add_argument(
            "--gather", action="store_true", help="First keep the likeliest look-alikes anew."
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print what each domain does with a visitor; the watch's own hours stay as they are.

        :raises CommandError: for a host that nobody watches.
        """
        now = timezone.now()
        if options["gather"]:
            watch.take_over_shops(now=now)
            self.stdout.write(f"{watch.gather(now=now)} domains are new.")
        if not options["host"]:
            done = probing.look_due(now=now, most=options["most"], clock=time.monotonic)
            self.stdout.write(f"{done} domains were looked at.")
            return
        using = probing.prober()
        for number, host in enumerate(options["host"], start=1):
            self._look(f"{number}/{len(options['host'])}", host, using)

    def _look(self, place: str, host: str, using: probing.Prober) -> None:
        row = Lookalike.objects.filter(host=host.lower()).first()
        if row is None:
            raise CommandError(f"Nobody watches {host}. Add it at /manage/domains/.")
        self.stdout.write(f"{place} {row.host}: looking", ending="\r")
        self.stdout.flush()
        now = timezone.now()
        seen = probing.look(lookalike_id=row.pk, now=now, using=using)
        probes = seen.probes.filter(at=now).order_by("pk")
        self.stdout.write(f"{place} {row.host}: {seen.get_status_display()}")
        for probe in probes:
            trail = " > ".join(hop["url"] for hop in probe.hops)
            self.stdout.write(f"    {probe.client}: {trail or probe.error}")
