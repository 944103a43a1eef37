"""What people read of an address of theirs: who set it up, that it is paused, that it fails."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from affiliates.domain.sending import DISABLE_AT
from affiliates.models import DisabledBecause, Endpoint
from affiliates.queries import people_of
from core import staff
from core.letters import tell
from core.models import User


def made(endpoint: Endpoint, *, now: datetime) -> None:
    """Tell the people of an endpoint who made it, and where it sends. Safe to repeat."""
    _tell_of_change(
        endpoint,
        "made",
        now,
        lambda: _("Events are sent to a new address: “%(name)s”") % {"name": endpoint.name},
        lambda: [
            _("%(person)s set up “%(name)s”. It sends events to %(host)s.")
            % {"person": endpoint.created_by, "name": endpoint.name, "host": _host(endpoint)},
            *_not_you(endpoint),
        ],
    )


def moved(endpoint: Endpoint, *, by: User, now: datetime) -> None:
    """Tell the people of an endpoint that it sends elsewhere now. Safe to repeat."""
    _tell_of_change(
        endpoint,
        f"moved:{int(now.timestamp())}",
        now,
        lambda: _("“%(name)s” sends events elsewhere") % {"name": endpoint.name},
        lambda: [
            _("%(person)s changed the address of “%(name)s”. It sends events to %(host)s.")
            % {"person": by, "name": endpoint.name, "host": _host(endpoint)},
            *_not_you(endpoint),
        ],
    )


def orphaned(endpoint: Endpoint, *, now: datetime) -> None:
    """Tell the people of an endpoint that it is paused: who set it up may not any more."""
    _tell_of_change(
        endpoint,
        f"orphaned:{int(now.timestamp())}",
        now,
        lambda: _("“%(name)s” is paused") % {"name": endpoint.name},
        lambda: [
            _("Whoever set it up left, or the API key that did so is revoked. So events wait.")
            + " "
            + _("It sends to %(host)s.") % {"host": _host(endpoint)},
            _("If you still need it, let it go on:"),
            _address(endpoint),
        ],
    )


def failing(endpoint: Endpoint, *, now: datetime) -> None:
    """Warn the people of an endpoint that it fails. Safe to repeat."""
    failures = endpoint.failures
    _tell(
        endpoint,
        f"failing:{failures}",
        now,
        lambda: _("“%(name)s” does not take our events") % {"name": endpoint.name},
        lambda: [
            ngettext(
                "The last attempt to send an event to “%(name)s” failed.",
                "The last %(count)s attempts to send events to “%(name)s” failed.",
                failures,
            )
            % {"count": failures, "name": endpoint.name},
            _("We go on trying. After %(most)s failures in a row, or three days, we stop.")
            % {"most": DISABLE_AT},
            _address(endpoint),
        ],
    )


def disabled(endpoint: Endpoint, *, now: datetime) -> None:
    """Tell the people of an endpoint that nothing is sent to it any more. Safe to repeat."""
    is_gone = endpoint.disabled_because == DisabledBecause.GONE
    _tell(
        endpoint,
        "disabled",
        now,
        lambda: _("We have stopped sending events to “%(name)s”") % {"name": endpoint.name},
        lambda: [
            _("It answered that it is gone (410), so we send nothing more.")
            if is_gone
            else _("It failed %(count)s times in a row.") % {"count": endpoint.failures},
            _("Once it works again, switch it on and send again what failed:"),
            _address(endpoint),
        ],
    )


def people_for(endpoint: Endpoint) -> list[User]:
    """Return who looks after an endpoint: the affiliate's owners, or the programme's managers."""
    if endpoint.affiliate is None:
        return list(staff.of_role("manager"))
    owners = endpoint.affiliate.memberships.filter(is_owner=True).values_list("user", flat=True)
    everybody = people_of(endpoint.affiliate.pk)
    return [one for one in everybody if one.pk in set(owners)] or everybody


def _tell(
    endpoint: Endpoint,
    key: str,
    now: datetime,
    subject: Callable[[], str],
    said: Callable[[], list[str]],
) -> None:
    since = endpoint.failing_since or now
    which = f"endpoint:{endpoint.pk}:{int(since.timestamp())}:{key}"
    kind = "own_endpoint_failing" if endpoint.affiliate_id is None else "endpoint_failing"
    tell(people_for(endpoint), which, now, subject, said, kind=kind)


def _tell_of_change(
    endpoint: Endpoint,
    key: str,
    now: datetime,
    subject: Callable[[], str],
    said: Callable[[], list[str]],
) -> None:
    kind = "own_endpoint_changed" if endpoint.affiliate_id is None else "endpoint_changed"
    tell(people_for(endpoint), f"endpoint:{endpoint.pk}:{key}", now, subject, said, kind=kind)


def _not_you(endpoint: Endpoint) -> list[str]:
    return [
        _("If nobody of you did this, pause it, revoke your API keys and change your password:"),
        _address(endpoint),
    ]


def _host(endpoint: Endpoint) -> str:
    return urlsplit(endpoint.url).hostname or ""


def _address(endpoint: Endpoint) -> str:
    place = "manage" if endpoint.affiliate_id is None else "portal"
    return f"{settings.PUBLIC_URL}/{place}/webhooks/{endpoint.public_id}/"
