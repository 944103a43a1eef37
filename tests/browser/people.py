"""Browsers of several people at once, each with its own cookies, all listened to."""

from collections.abc import Callable
from dataclasses import dataclass, field

from allauth.account.internal.flows.login import record_authentication
from django.conf import settings
from django.http import HttpRequest
from django.test import Client
from playwright.sync_api import BrowserContext, Page

#: A loaded machine is slow, not wrong.
PATIENCE_MS = 20_000


@dataclass
class Browsers:
    """Opens browsers on the portal and collects what their pages complain about.

    Chromium complains about every refusal, a form with errors (422) among them: ``expected``.
    """

    new_context: Callable[..., BrowserContext]
    site: str
    complaints: list[str] = field(default_factory=list)
    expected: set[int] = field(default_factory=lambda: {422})

    def open(self, user=None, *, language="en", theme="light", width=1_280, **options) -> Page:
        """Return a tab of a new browser, in which ``user`` is signed in."""
        locale = {"en": "en-GB", "fr": "fr-FR"}[language]
        context = self.new_context(
            locale=locale,
            viewport={"width": width, "height": 900},
            base_url=self.site,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(PATIENCE_MS)
        context.on("console", self._hear)
        context.on("weberror", lambda failure: self.complaints.append(str(failure.error)))
        context.add_cookies([self._cookie("theme", theme)])
        if user is not None:
            context.add_cookies([self._cookie(settings.SESSION_COOKIE_NAME, session_of(user))])
        return context.new_page()

    def _cookie(self, name, value):
        return {"name": name, "value": value, "url": self.site}

    def _hear(self, line):
        is_expected = any(f"status of {status} " in line.text for status in self.expected)
        if line.type == "error" and not is_expected:
            self.complaints.append(f"{line.text} ({line.page.url if line.page else line.location})")


def session_of(user):
    """The key of a new session in which ``user`` has just typed a password."""
    client = Client()
    client.force_login(user)
    request = HttpRequest()
    request.session = client.session
    record_authentication(request, user, "password", reauthenticated=True)
    request.session.save()
    return request.session.session_key
