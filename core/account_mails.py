"""Mails of an account itself, which allauth sends: in the layout of every other mail (L24)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.core.mail import EmailMultiAlternatives

from core.letter_kinds import Kind, kind_of
from core.mail_html import html_of, text_of

#: What somebody asked for, and answers with: everything else says that an account changed.
_CODES = frozenset(
    f"account/email/{name}"
    for name in (
        "account_already_exists",
        "email_confirmation",
        "email_confirmation_signup",
        "login_code",
        "password_reset_code",
        "password_reset_key",
        "unknown_account",
    )
)


def kind_of_mail(template_prefix: str) -> Kind:
    """Return of which kind a mail of allauth is, by the beginning of its templates' names."""
    return kind_of("account_code" if template_prefix in _CODES else "account_changed")


class Adapter(DefaultAccountAdapter):  # type: ignore[misc]
    """What allauth asks before it sends a mail."""

    def words(self, template_prefix: str, context: Mapping[str, Any]) -> tuple[str, str]:
        """Return subject and text of a mail in the active language, without what stands below."""
        plain = super().render_mail(template_prefix, "", dict(context))
        return str(plain.subject), str(plain.body)

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMultiAlternatives:
        subject, said = self.words(template_prefix, context)
        kind = kind_of_mail(template_prefix)
        message = EmailMultiAlternatives(
            subject,
            text_of(said, kind, None),
            self.get_from_email(),
            [email] if isinstance(email, str) else email,
            headers=headers,
        )
        message.attach_alternative(html_of(said, kind, None), "text/html")
        return message
