from __future__ import annotations

from typing import Any

from celery import shared_task
from django.utils import timezone

from affiliates.gateways.hooks import hooks
from affiliates.gateways.vies import register
from affiliates.services import (
    account_views,
    announcements,
    announcing,
    event_sending,
    group_moves,
    incidents,
    tax_reminders,
    terms_notices,
    vat_checks,
)
from core.pulls import drain


@shared_task
def tell_of_terms(**_kwargs: Any) -> int:
    """Tell affiliates that joined a group since its next terms were announced."""
    return terms_notices.tell_pending(now=timezone.now())


@shared_task
def send_announcements(**_kwargs: Any) -> int:
    """Send the announcements whose moment has come."""
    return announcements.send_due(now=timezone.now())


@shared_task
def mail_incidents(**_kwargs: Any) -> int:
    """Send affiliates what was said of incidents and let go out."""
    return incidents.mail_due(now=timezone.now())


@shared_task
def begin_moves(**_kwargs: Any) -> int:
    """Carry out the moves to other groups that have begun."""
    return group_moves.begin_due(now=timezone.now())


@shared_task(time_limit=45 * 60)
def check_vat_numbers(**_kwargs: Any) -> int:
    """Ask the European register after VAT numbers that wait for an answer."""
    asked = register()
    return vat_checks.check_pending(register=asked, now=timezone.now()) if asked else 0


@shared_task(time_limit=45 * 60)
def check_settled_vat_numbers(**_kwargs: Any) -> int:
    """Ask once more after unknown VAT numbers, and after those that were valid a year ago."""
    asked = register()
    return vat_checks.check_settled(register=asked, now=timezone.now()) if asked else 0


@shared_task
def remind_of_taxes(**_kwargs: Any) -> int:
    """Ask payees by mail to confirm their tax profiles, once a year."""
    return tax_reminders.remind(now=timezone.now())


@shared_task
def send_events(**_kwargs: Any) -> int:
    """Ask for a turn of each endpoint that something is due to: each in a task of its own."""
    waiting = event_sending.due_endpoints(now=timezone.now())
    for endpoint_id in waiting:
        send_to_endpoint.apply_async(kwargs={"endpoint_id": endpoint_id}, expires=60)
    return len(waiting)


@shared_task(soft_time_limit=45, time_limit=55)
def send_to_endpoint(endpoint_id: int, **_kwargs: Any) -> int:
    """Send what is due to one endpoint, for one turn."""
    return event_sending.send_turn(endpoint_id=endpoint_id, hooks=hooks(), clock=timezone.now)


@shared_task
def tell_events(**_kwargs: Any) -> int:
    """Tell endpoints what happened to accounts, applications, terms and connections."""
    now = timezone.now()
    return drain(lambda limit: announcing.tell_pending(now=now, limit=limit))


@shared_task
def end_account_views(**_kwargs: Any) -> int:
    """End the looks at accounts that ran out and that nobody ended."""
    return account_views.end_overdue(now=timezone.now())
