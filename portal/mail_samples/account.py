"""Samples of mails of the account itself: codes, and what changed (allauth words them)."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from allauth.account.adapter import get_adapter
from django.conf import settings

from core.account_mails import kind_of_mail
from core.shown_letters import Shown, now_shown
from portal.mail_samples.scene import Sample, Scene

_CODE = "7KXM-4RTP"
_CODES = ("email_confirmation", "login_code")
_CHANGES = ("mfa/email/webauthn_added", "mfa/email/totp_activated",
            "account/email/password_changed")  # fmt: skip


def _codes(scene: Scene) -> None:
    for name in _CODES:
        _show(scene, f"account/email/{name}", code=_CODE)


def _changed(scene: Scene) -> None:
    for prefix in _CHANGES:
        _show(
            scene, prefix, ip="192.0.2.7", user_agent="Firefox 140, Windows", timestamp=scene.now
        )  # fmt: skip


def _show(scene: Scene, template_prefix: str, **context: Any) -> None:
    """Keep a mail for whoever looks; without somebody who does there is nobody to write to."""
    host = urlsplit(settings.PUBLIC_URL).netloc
    site = SimpleNamespace(name=host, domain=host)
    subject, body = get_adapter().words(
        template_prefix, {"user": scene.reader, "current_site": site, **context}
    )
    if (showing := now_shown()) is not None:
        showing.letters.append(Shown(kind_of_mail(template_prefix).key, subject, body))


SAMPLES: dict[str, Sample] = {"account_code": _codes, "account_changed": _changed}
