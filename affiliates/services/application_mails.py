"""What an applicant reads by mail, in their language."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.models import Application
from core.letters import saying, send_to


def received(application: Application, *, now: datetime) -> None:
    """Say that the application has arrived and what happens next."""
    _tell(
        application,
        "received",
        now,
        lambda: _("We have received your application"),
        lambda: [
            _("Thank you for applying as “%(name)s”.") % {"name": application.name},
            _("A person reads every application. We write to you as soon as it is decided."),
            _("You can see where it stands, or withdraw it, here: %(address)s")
            % {"address": f"{settings.PUBLIC_URL}/apply/status/"},
        ],
        kind="application_received",
    )


def approved(application: Application, *, message: str, now: datetime) -> None:
    """Welcome the affiliate, with the manager's ``message`` if there is one."""
    _tell(
        application,
        "approved",
        now,
        lambda: _("Welcome to the programme"),
        lambda: [
            _("Your application as “%(name)s” is accepted.") % {"name": application.name},
            message.strip(),
            _("Make your first link here: %(address)s")
            % {"address": f"{settings.PUBLIC_URL}/portal/links/new/"},
        ],
        kind="application_approved",
    )


def refused(application: Application, *, now: datetime) -> None:
    """Say why the application is refused."""
    _tell(
        application,
        "refused",
        now,
        lambda: _("About your application"),
        lambda: [
            _("We cannot accept your application as “%(name)s”.") % {"name": application.name},
            _("The reason: %(reason)s") % {"reason": application.reason},
            _("If this changes, you are welcome to apply again: %(address)s")
            % {"address": f"{settings.PUBLIC_URL}/apply/"},
        ],
        kind="application_refused",
    )


def _tell(
    application: Application,
    which: str,
    now: datetime,
    subject: Callable[[], str],
    said: Callable[[], list[str]],
    *,
    kind: str,
) -> None:
    person, key = application.user, f"application:{application.pk}:{which}"
    send_to(person.email, key, person, saying(subject, said), now, kind=kind)
