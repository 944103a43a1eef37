"""What an applicant reads by mail, in their language."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils import translation
from django.utils.translation import gettext as _

from affiliates.models import Application
from core.deliveries import queue_mail
from core.letters import paragraphs
from core.nudge import nudge
from core.tasks import send_deliveries


def received(application: Application, *, now: datetime) -> None:
    """Say that the application has arrived and what happens next."""
    with translation.override(application.user.language):
        _queue(
            application,
            "received",
            now,
            _("We have received your application"),
            [
                _("Thank you for applying as “%(name)s”.") % {"name": application.name},
                _("A person reads every application. We write to you as soon as it is decided."),
                _("You can see where it stands, or withdraw it, here: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}/apply/status/"},
            ],
        )


def approved(application: Application, *, message: str, now: datetime) -> None:
    """Welcome the affiliate, with the manager's ``message`` if there is one."""
    with translation.override(application.user.language):
        _queue(
            application,
            "approved",
            now,
            _("Welcome to the programme"),
            [
                _("Your application as “%(name)s” is accepted.") % {"name": application.name},
                message.strip(),
                _("Make your first link here: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}/portal/links/new/"},
            ],
        )


def refused(application: Application, *, now: datetime) -> None:
    """Say why the application is refused."""
    with translation.override(application.user.language):
        _queue(
            application,
            "refused",
            now,
            _("About your application"),
            [
                _("We cannot accept your application as “%(name)s”.") % {"name": application.name},
                _("The reason: %(reason)s") % {"reason": application.reason},
                _("If this changes, you are welcome to apply again: %(address)s")
                % {"address": f"{settings.PUBLIC_URL}/apply/"},
            ],
        )


def _queue(
    application: Application, which: str, now: datetime, subject: str, said: list[str]
) -> None:
    queue_mail(
        key=f"application:{application.pk}:{which}",
        recipient=application.user.email,
        subject=subject,
        body=paragraphs(application.user.get_short_name(), said),
        now=now,
    )
    nudge(send_deliveries)
