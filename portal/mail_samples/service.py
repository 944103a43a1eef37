"""Samples of mails about weeks, codes that travel, batches that wait, and what did not work."""

from __future__ import annotations

from datetime import timedelta

from affiliates.models import Impact, Incident, IncidentUpdate, ServicePart
from affiliates.services import incidents
from payouts.models import Batch, BatchStatus, Rail
from payouts.services import batch_mails
from portal.date_range import DateRange
from portal.incident_words import begun
from portal.letters import code_leak, tracking_failing, week
from portal.mail_samples.scene import CURRENCY, NOBODY, Sample, Scene, blog, euros
from portal.queries.home_figures import Figures
from portal.queries.sales import SaleState
from portal.queries.staff_tracking import Health, Machine


def _week(scene: Scene) -> None:
    monday = scene.now.date() - timedelta(days=scene.now.weekday() + week.DAYS)
    week.write(
        week.Week(
            affiliate_id=NOBODY,
            shown=DateRange("custom", monday, monday + timedelta(days=6)),
            figures=Figures(CURRENCY, clicks=310, orders=9, earned_minor=5_240),
            before=Figures(CURRENCY, clicks=287, orders=11, earned_minor=6_105),
            states=(
                week.Standing(SaleState.PENDING, 8, euros(4_790)),
                week.Standing(SaleState.ON_HOLD, 1, euros(450)),
            ),
        ),
        now=scene.now,
    )


def _leak(scene: Scene) -> None:
    leak = code_leak.Leak(
        observation_id=NOBODY, affiliate=blog(), codes=("ADA10",), by_code_only=41, orders=52
    )
    code_leak.write_to(leak, [], [], now=scene.now)


def _batch(scene: Scene) -> None:
    batch = Batch(
        pk=NOBODY,
        reference="2026-11",
        rail=Rail.SEPA,
        status=BatchStatus.IN_REVIEW,
        currency=CURRENCY,
        submitted_at=scene.ago(1),
        total_minor=1_843_210,
        item_count=124,
    )
    for is_reminder in (False, True):
        batch_mails.write_to([], batch, is_reminder=is_reminder, now=scene.now)


def _tracking(scene: Scene) -> None:
    machine = Machine("click-1", scene.now, scene.now, 37, timedelta(0), timedelta(0))
    health = Health(
        machines=[machine], lost=37, lost_lately=37, rejects=0, rejects_lately=0, problems=0
    )
    tracking_failing.write_to([], health, now=scene.now)


def _incident(scene: Scene) -> None:
    title, text = begun()
    incident = Incident(
        pk=NOBODY,
        part=ServicePart.TRACKING,
        impact=Impact.PARTLY,
        title_fr=title.fr,
        title_en=title.en,
        began_at=scene.ago(1),
    )
    said = IncidentUpdate(
        pk=NOBODY, incident=incident, at=scene.now, text_fr=text.fr, text_en=text.en
    )
    incidents.write_to([], said, now=scene.now)


SAMPLES: dict[str, Sample] = {
    "week_summary": _week,
    "code_travels": _leak,
    "code_leaked": _leak,
    "batch_waiting": _batch,
    "tracking_failing": _tracking,
    "incident_told": _incident,
}
