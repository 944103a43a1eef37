"""Affiliates ask for a promo code of their choice; a manager decides (docs/rules/links.md, K9)."""

from __future__ import annotations

from datetime import datetime
from typing import Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from shop.models import Shop
from tracking.domain.codes import is_promo_code, normalized
from tracking.models import CodeRequest, CodeRequestStatus, CouponCode
from tracking.services import code_mails, codes
from tracking.services.links import require_active

TEXT_LENGTH = 300


class RequestOpen(DomainError):
    """An affiliate asked again before the first request was decided."""

    code = "code_request_open"


class RequestDecided(DomainError):
    """A request that is no longer open was to be decided or withdrawn."""

    code = "code_request_decided"


class OwnRequest(DomainError):
    """A manager was to decide about a request of their own account."""

    code = "own_code_request"


class ReasonMissing(DomainError):
    """A request was to be made or refused without a word."""

    code = "reason_missing"


@transaction.atomic
def ask(
    *,
    affiliate_id: int,
    shop_id: int,
    wanted: str,
    purpose: str,
    valid_from: datetime | None,
    valid_to: datetime | None,
    actor_id: int,
    now: datetime,
) -> CodeRequest:
    """Ask for a promo code. Safe to repeat: the same open request is returned.

    :raises AccountNotActive: for a suspended or closed account.
    :raises InvalidCode: for impossible signs or period.
    :raises ReasonMissing: without a purpose.
    :raises CodeTaken: when the shop has this code already.
    :raises RequestOpen: when another request waits for an answer.
    """
    affiliate, shop = require_active(affiliate_id), Shop.objects.get(pk=shop_id)
    content = {
        "wanted": normalized(wanted),
        "purpose": purpose.strip()[:TEXT_LENGTH],
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    _check(normalized(wanted), purpose, valid_from, valid_to, now)
    # The account's row is locked: no second request comes in between.
    waiting = CodeRequest.objects.filter(
        affiliate=affiliate, shop=shop, status=CodeRequestStatus.OPEN
    ).first()
    if waiting is not None:
        if all(getattr(waiting, field) == value for field, value in content.items()):
            return waiting
        raise RequestOpen(_("Your last request waits for an answer. Withdraw it to ask anew."))
    if CouponCode.objects.filter(shop=shop, code__iexact=content["wanted"]).exists():
        raise codes.CodeTaken(
            _("The code %(code)s already exists. Choose another.") % {"code": content["wanted"]}
        )
    request = CodeRequest.objects.create(affiliate=affiliate, shop=shop, created_at=now, **content)
    _record("code_request.made", request, actor_id, now)
    return request


@transaction.atomic
def withdraw(*, request_id: int, affiliate_id: int, actor_id: int, now: datetime) -> CodeRequest:
    """Take a request back. Safe to repeat.

    :raises CodeRequest.DoesNotExist: when it is another affiliate's.
    :raises RequestDecided: once it is granted or refused.
    """
    request = CodeRequest.objects.select_for_update(no_key=True).get(
        pk=request_id, affiliate=affiliate_id
    )
    if request.status != CodeRequestStatus.WITHDRAWN:
        _require_open(request)
        _close(request, CodeRequestStatus.WITHDRAWN, actor_id, now)
        _record("code_request.withdrawn", request, actor_id, now)
    return request


@transaction.atomic
def grant(*, request_id: int, code: str, **given: Unpack[codes.Given]) -> CodeRequest:
    """Make the promo code that was asked for, or another one, and tell the affiliate.

    Safe to repeat: a request that is granted stays as it is.

    :raises OwnRequest: for a request of an account that the person acts for.
    :raises RequestDecided: once it is refused or withdrawn.
    :raises DomainError: see ``codes.create``.
    """
    request = _locked(request_id)
    if request.status == CodeRequestStatus.GRANTED:
        return request
    _require_open(request)
    actor_id, now = given["actor_id"], given["now"]
    _require_another(request, actor_id)
    request.code = codes.create(
        affiliate_id=request.affiliate_id, shop_id=request.shop_id, code=code, **given
    )
    _close(request, CodeRequestStatus.GRANTED, actor_id, now)
    _record("code_request.granted", request, actor_id, now)
    code_mails.granted(request, now=now)
    return request


@transaction.atomic
def refuse(*, request_id: int, reason: str, actor_id: int, now: datetime) -> CodeRequest:
    """Refuse a request for a reason that the affiliate reads. Safe to repeat.

    :raises ReasonMissing: without a reason.
    :raises OwnRequest: for a request of an account that the person acts for.
    :raises RequestDecided: once it is granted or withdrawn.
    """
    request = _locked(request_id)
    if request.status == CodeRequestStatus.REFUSED:
        return request
    _require_open(request)
    _require_another(request, actor_id)
    request.reason = reason.strip()[:TEXT_LENGTH]
    if not request.reason:
        raise ReasonMissing(_("Write the reason: the affiliate reads it."))
    _close(request, CodeRequestStatus.REFUSED, actor_id, now)
    _record("code_request.refused", request, actor_id, now, reason=request.reason)
    code_mails.refused(request, now=now)
    return request


def _check(
    wanted: str,
    purpose: str,
    valid_from: datetime | None,
    valid_to: datetime | None,
    now: datetime,
) -> None:
    if not is_promo_code(wanted):
        raise codes.InvalidCode(
            _("A code has 3 to 30 letters without accents, digits, dashes or _.")
        )
    if not purpose.strip():
        raise ReasonMissing(_("Say what the code is for."))
    if valid_to is not None and valid_to <= max(now, valid_from or now):
        raise codes.InvalidCode(_("The code ends before it begins."))


def _locked(request_id: int) -> CodeRequest:
    rows = CodeRequest.objects.select_related("affiliate", "shop")
    return rows.select_for_update(no_key=True, of=("self",)).get(pk=request_id)


def _require_open(request: CodeRequest) -> None:
    if request.status != CodeRequestStatus.OPEN:
        raise RequestDecided(_("This request is already closed."))


def _require_another(request: CodeRequest, actor_id: int) -> None:
    if acts_for(actor_id, request.affiliate_id):
        raise OwnRequest(_("You act for this account: somebody else has to decide."))


def _close(request: CodeRequest, status: str, actor_id: int, now: datetime) -> None:
    request.status, request.decided_at, request.decided_by_id = status, now, actor_id
    request.save(update_fields=["status", "reason", "code", "decided_at", "decided_by"])


def _record(
    verb: str, request: CodeRequest, actor_id: int, now: datetime, reason: str = ""
) -> None:
    audit.record(
        actor=actor_id, verb=verb, subject=request, at=now, reason=reason,
        data={"wanted": request.wanted, "code": str(request.code or "")},
    )  # fmt: skip
