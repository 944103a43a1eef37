"""Whether a platform still talks to us: its light, the check of its webhooks, the alarm."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models, transaction
from django.db.models import Count, Max, Min
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from core import staff
from core.errors import DomainError
from core.letters import saying, send
from shop.connectors.contract import Poller
from shop.connectors.registry import connector
from shop.models import Connection, Difference, InboundStatus, SignedWith, SyncKind, SyncRun
from shop.services.connections import poller_of, secrets_of
from shop.services.dead_letters import WARNED_BEFORE, kept_for

#: How long a delivery may wait before somebody should look.
MOST_LAG = timedelta(minutes=15)
#: How long ago the last finished round of asking may be: it is made every hour.
MOST_ROUND = timedelta(hours=3)


class Light(models.TextChoices):
    GREEN = "green", gettext_lazy("Everything arrives")
    YELLOW = "yellow", gettext_lazy("Look at it")
    RED = "red", gettext_lazy("Something is missing")
    GREY = "grey", gettext_lazy("Nothing yet")


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """How a connection is doing. ``why`` are sentences, the worst first; none: all is well."""

    light: Light
    why: tuple[str, ...]
    last_delivery: datetime | None
    waiting: int
    waiting_since: datetime | None
    failed: int
    last_round: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What came lately, and what is still to be done."""

    last: datetime | None
    waiting_since: datetime | None
    failed: int
    failed_since: datetime | None
    last_round: datetime | None


def webhook_address(connection: Connection) -> str:
    """Return where the platform sends to."""
    return f"{settings.PUBLIC_URL}{reverse('shop:webhook', args=[connection.code])}"


def health_of(connection: Connection, *, now: datetime) -> Health:
    """Return the light of a connection with its reasons, in the active language."""
    events = connection.inbound_events
    waiting = events.filter(status=InboundStatus.NEW).aggregate(
        count=Count("pk"), since=Min("received_at")
    )
    failed = events.filter(status=InboundStatus.FAILED).aggregate(
        count=Count("pk"), since=Min("status_changed_at")
    )
    rounds = SyncRun.objects.filter(connection=connection, finished_at__isnull=False, error="")
    last_round = rounds.exclude(kind=SyncKind.CATALOGUE).aggregate(last=Max("finished_at"))["last"]
    seen = _Seen(
        last=last_delivery(connection), waiting_since=waiting["since"], last_round=last_round,
        failed=failed["count"], failed_since=failed["since"],
    )  # fmt: skip
    red, yellow = _red(connection, seen, now), _yellow(connection, seen, now)
    if red:
        light = Light.RED
    elif yellow:
        light = Light.YELLOW
    elif seen.last is None and last_round is None:
        light = Light.GREY
    else:
        light = Light.GREEN
    return Health(
        light=light, why=(*red, *yellow), last_delivery=seen.last, waiting=waiting["count"],
        waiting_since=seen.waiting_since, failed=seen.failed, last_round=last_round,
    )  # fmt: skip


def last_delivery(connection: Connection) -> datetime | None:
    """Return when the platform last sent something by itself; of a drop, when a file was read."""
    sent = connection.inbound_events.exclude(signed_with=SignedWith.ASKED)
    last = sent.order_by("-received_at").values_list("received_at", flat=True).first()
    if last is not None:
        return last
    files = connection.dropped_files.filter(read_at__isnull=False)
    return files.order_by("-read_at").values_list("read_at", flat=True).first()


def _red(connection: Connection, seen: _Seen, now: datetime) -> list[str]:
    red = []
    if is_silent(connection, seen.last, now):
        red.append(_("Nothing came for longer than %(hours)s hours.")
                   % {"hours": connection.silent_hours})  # fmt: skip
    if connection.check_error:
        red.append(connection.check_error)
    if connection.dead_topics:
        red.append(_("The platform no longer sends: %(topics)s.")
                   % {"topics": ", ".join(connection.dead_topics)})  # fmt: skip
    last_round = seen.last_round
    if last_round is not None and last_round < now - MOST_ROUND and connection.is_active:
        since = {"at": _moment(last_round)}
        red.append(_("The platform has not been reachable since %(at)s.") % since)
    return red


def _yellow(connection: Connection, seen: _Seen, now: datetime) -> list[str]:
    yellow = []
    if connection.paused_at:
        yellow.append(_("It is paused: deliveries are kept and wait."))
    elif _only_asked(connection, seen.last):
        yellow.append(
            _("Orders are asked for every hour, but nothing is sent to us: look where the"
              " platform's webhooks lead.")
        )  # fmt: skip
    if connection.is_active and seen.waiting_since and seen.waiting_since < now - MOST_LAG:
        since = {"at": _moment(seen.waiting_since)}
        yellow.append(_("Deliveries have been waiting since %(at)s.") % since)
    if seen.failed:
        yellow.append(
            ngettext("%(count)s delivery failed.", "%(count)s deliveries failed.", seen.failed)
            % {"count": seen.failed}
        )
    if seen.failed_since is not None and seen.failed_since <= now - kept_for() + WARNED_BEFORE:
        until = date_format(localtime(seen.failed_since + kept_for()), "j M Y")
        yellow.append(
            _("From %(day)s on the bodies of failed deliveries are deleted.") % {"day": until}
        )
    return yellow


def _only_asked(connection: Connection, last: datetime | None) -> bool:
    """Tell whether orders changed, as the platform said when asked, and it sent nothing since."""
    if not connector(connection.connector).subscribes:
        return False
    asked = Difference.objects.filter(connection=connection, event__isnull=False)
    changed = asked.order_by("-found_at").values_list("found_at", flat=True).first()
    return changed is not None and (last is None or last < changed)


def is_silent(connection: Connection, last: datetime | None, now: datetime) -> bool:
    """Tell whether a connection that ever sent something has been silent for too long."""
    longest = timedelta(hours=connection.silent_hours)
    return connection.is_active and last is not None and last < now - longest


def check(*, connection_id: int, now: datetime) -> Connection:
    """Greet the platform and see that it still sends; let it send again what it stopped.

    What went wrong is kept on the connection. Nothing to ask: nothing is checked.
    """
    connection = Connection.objects.select_related("shop").get(pk=connection_id)
    connection.check_error, connection.dead_topics = "", []
    try:
        poller = poller_of(connection)
        if poller is None:
            return connection
        poller.greet()
        if connector(connection.connector).subscribes:
            connection.dead_topics = _revived(connection, poller)
    except DomainError as refusal:
        connection.check_error = str(refusal)
    connection.checked_at = now
    connection.save(update_fields=["checked_at", "check_error", "dead_topics"])
    return connection


def _revived(connection: Connection, poller: Poller) -> list[str]:
    """Return the topics that the platform does not send, after it was asked to send them."""
    secrets = secrets_of(connection)
    if not secrets and not connector(connection.connector).publishes_keys:
        return []
    address = webhook_address(connection)
    poller.subscribe(address, secrets[0] if secrets else "")
    ours = [one for one in poller.subscriptions() if one.address.rstrip("/") == address.rstrip("/")]
    alive = {one.topic for one in ours if one.is_alive}
    return sorted({one.topic for one in ours} - alive)


def tell_of_silence(*, now: datetime) -> int:
    """Write to the managers of every shop that went silent, once for each silence; return how many.

    A silence is over with the next delivery.
    """
    told = 0
    for connection in Connection.objects.filter(paused_at__isnull=True).select_related("shop"):
        last = last_delivery(connection)
        if last is None or not is_silent(connection, last, now):
            continue
        if connection.silence_told_at is not None and connection.silence_told_at > last:
            continue
        with transaction.atomic():  # Told only where the letters are there to be sent.
            write_of_silence(connection, last, now)
            Connection.objects.filter(pk=connection.pk).update(silence_told_at=now)
        told += 1
    return told


def write_of_silence(connection: Connection, last: datetime, now: datetime) -> None:
    """Write to the managers that nothing came from a shop since ``last``."""
    name = connection.name
    send(
        staff.of_role("manager"),
        f"silence:{connection.pk}:{last:%Y%m%d%H%M%S}",
        saying(
            lambda: _("Nothing comes from %(name)s any more") % {"name": name},
            lambda: (
                _("The last delivery of %(name)s came on %(at)s. Orders may be missing.")
                % {"name": name, "at": _moment(last)},
                _("Look at the connection: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}/manage/connections/{connection.pk}/"},
            ),
        ),
        now,
        kind="connection_silent",
    )


def _moment(at: datetime) -> str:
    return date_format(localtime(at), "j M Y, H:i")
