"""The people of finance: batches one after the other, and decisions about what nobody knows.

``python -m config.chaos.finance [--finish]`` goes on until it is killed; with ``--finish`` it makes
no new batch, and ends when the last one is done.
"""

from __future__ import annotations

import logging
import random
import sys
import time
from datetime import datetime

import django

django.setup()  # Before anything that has models.

from django.db import DatabaseError, InterfaceError, close_old_connections  # noqa: E402
from django.utils import timezone  # noqa: E402

from affiliates.models import Affiliate  # noqa: E402
from core.errors import DomainError  # noqa: E402
from core.models import User  # noqa: E402
from payouts.models import Batch, BatchStatus, StripeAccount  # noqa: E402
from payouts.proof import world  # noqa: E402
from payouts.services import batches  # noqa: E402

log = logging.getLogger(__name__)
OVER = (*Batch.DONE, BatchStatus.CANCELLED)
TURN_SECONDS = 1.0
WHY = "Chaos"


def turn(crew: list[User], *, makes_batches: bool, now: datetime) -> bool:
    """Do what waits for finance; return whether a batch is still open."""
    for batch in Batch.objects.exclude(status__in=OVER).order_by("pk"):
        if batch.status == BatchStatus.PAUSED:
            batches.resume(batch_id=batch.pk, actor_id=crew[1].pk, reason=WHY, now=now)
        elif batch.status in {*Batch.OPEN, BatchStatus.APPROVED}:
            world.begin(batch, crew, now=now)
        world.decide_unknown(batch, crew, reason=WHY, now=now)
    is_open = Batch.objects.exclude(status__in=OVER).exists()
    if makes_batches and not is_open:
        _next(crew, now)
    return is_open


def _next(crew: list[User], now: datetime) -> None:
    number = Batch.objects.count()
    if number:
        payees = Affiliate.objects.filter(pk__in=StripeAccount.objects.values("affiliate"))
        chance = random.Random(number)  # noqa: S311 no secret
        world.owe_again(list(payees), crew, chance=chance, now=now, turn=number + 1)
    world.begun_batch(crew, now=now)


def main() -> None:
    """Go on through databases that come and go; every other failure ends it, and is seen."""
    finishes = "--finish" in sys.argv
    crew: list[User] = []
    while True:
        try:
            crew = crew or list(User.objects.filter(email__startswith="proof").order_by("pk"))
            if not turn(crew, makes_batches=not finishes, now=timezone.now()) and finishes:
                return
        except (DatabaseError, InterfaceError) as gone:
            log.info("The database is gone: %s", type(gone).__name__)
        except DomainError as refusal:
            log.warning("Finance waits: %s", refusal)
        close_old_connections()
        time.sleep(TURN_SECONDS)


if __name__ == "__main__":
    main()
