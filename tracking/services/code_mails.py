"""What the people of an affiliate read when their request for a promo code is decided."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from django.conf import settings
from django.utils.formats import date_format
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of
from core.letters import tell
from tracking.models import CodeRequest


def granted(request: CodeRequest, *, now: datetime) -> None:
    """Say which code they have now, and from when."""
    _queue(request, "granted", now, lambda: _("Your promo code is ready"), _granted)


def refused(request: CodeRequest, *, now: datetime) -> None:
    """Say why they do not get it."""
    _queue(request, "refused", now, lambda: _("About your promo code"), _refused)


def _granted(request: CodeRequest) -> list[str]:
    code = request.code
    if code is None:
        return []
    begins = date_format(localtime(code.valid_from), "DATE_FORMAT")
    return [
        _("You asked for the promo code %(wanted)s.") % {"wanted": request.wanted},
        _("Your code is %(code)s. It works from %(day)s.") % {"code": code.code, "day": begins},
        _("Copy it with the text to paste here: %(address)s") % {"address": _codes_url()},
    ]


def _refused(request: CodeRequest) -> list[str]:
    return [
        _("We cannot give you the promo code %(wanted)s.") % {"wanted": request.wanted},
        _("The reason: %(reason)s") % {"reason": request.reason},
        _("You can ask for another one here: %(address)s") % {"address": _codes_url()},
    ]


def _codes_url() -> str:
    return f"{settings.PUBLIC_URL}/portal/codes/"


def _queue(
    request: CodeRequest,
    which: str,
    now: datetime,
    subject: Callable[[], str],
    paragraphs: Callable[[CodeRequest], list[str]],
) -> None:
    tell(
        people_of(request.affiliate_id, Ability.SEE_WORK),
        f"code_request:{request.pk}:{which}",
        now,
        subject,
        lambda: paragraphs(request),
        kind="code_decided",
    )
