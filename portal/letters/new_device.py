"""A sign-in from a device that a person had not used here: told to them at once."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from core.letters import saying, send
from core.models import AuditEntry, User
from portal.devices import Device
from portal.formats import format_moment


def tell_if_new(entry: AuditEntry, user: User, *, now: datetime) -> bool:
    """Tell a person of a sign-in when none before came from such a device; return whether it was.

    Their first sign-in of all is no news: it is how they came here.
    """
    earlier = AuditEntry.objects.filter(
        verb=entry.verb,
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        pk__lt=entry.pk,
    )
    device = Device(entry.data["browser"], entry.data["system"])
    alike = earlier.filter(data__browser=device.browser, data__system=device.system)
    if alike.exists() or not earlier.exists():
        return False
    write_to(user, device, key=str(entry.pk), now=now)
    return True


def write_to(user: User, device: Device, *, key: str, now: datetime) -> None:
    """Write to a person that somebody signed in as them with ``device``."""
    send(
        [user],
        f"new-device:{key}",
        saying(
            lambda: _("Sign-in from a new device"),
            lambda: [
                _("Somebody signed in to your account with a device that was not used before:"),
                _("%(device)s, on %(moment)s (time of Paris).")
                % {"device": str(device), "moment": format_moment(now)},
                _("Was it you? Then there is nothing to do."),
                _("If not, change your password and sign that device out here: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}{reverse('usersessions_list')}"},
            ],
        ),
        now,
        kind="new_device",
    )
