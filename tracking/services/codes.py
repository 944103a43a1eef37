"""Promo codes: made, given on joining, ended (docs/rules/attribution.md, K1 to K5)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core import audit
from core.errors import DomainError
from core.models import User
from core.money import BPS
from shop.models import Shop
from tracking.domain.codes import DIGITS, is_promo_code, normalized, spelled, stem
from tracking.models import CouponCode
from tracking.services.links import require_active

#: How many digits follow the name in the first code: two, more once those are taken.
FEWEST_DIGITS, TRIES_PER_LENGTH = 2, 20


class InvalidCode(DomainError):
    """A promo code with signs, a discount or a period that cannot be."""

    code = "invalid_code"


class CodeTaken(DomainError):
    """A promo code that already exists in the shop, whatever its letters' case."""

    code = "code_taken"


class CodeNotBegun(DomainError):
    """A promo code was to end before it begins."""

    code = "code_not_begun"


@transaction.atomic
def create(
    *,
    affiliate_id: int,
    shop_id: int,
    code: str,
    discount_bps: int,
    valid_from: datetime,
    valid_to: datetime | None,
    actor_id: int,
    now: datetime,
) -> CouponCode:
    """Give an affiliate a promo code for a half-open period. Safe to repeat with the same content.

    ``discount_bps`` only says what the buyer saves: the shop's own settings take it off.

    :raises AccountNotActive: for a suspended or closed account.
    :raises InvalidCode: for impossible signs, discount or period.
    :raises CodeTaken: when the shop has this code already.
    """
    affiliate, shop = require_active(affiliate_id), Shop.objects.get(pk=shop_id)
    content = {
        "affiliate": affiliate,
        "discount_bps": discount_bps,
        "valid_from": valid_from,
        "valid_to": valid_to,
    }
    _check(normalized(code), discount_bps, valid_from, valid_to)
    made, created = _get_or_create(shop, normalized(code), content)
    if created:
        audit.record(
            actor=User.objects.get(pk=actor_id), verb="code.created", subject=made, at=now,
            data={"code": made.code, "affiliate": str(affiliate.public_id)},
        )  # fmt: skip
    elif any(getattr(made, field) != value for field, value in content.items()):
        raise CodeTaken(_("The code %(code)s already exists. Choose another.") % {"code": made})
    return made


@transaction.atomic
def issue_first(*, affiliate_id: int, shop_id: int, now: datetime) -> CouponCode:
    """Give an affiliate its first promo code: name and digits. Safe to repeat.

    :raises AccountNotActive: for a suspended or closed account.
    """
    affiliate, shop = require_active(affiliate_id), Shop.objects.get(pk=shop_id)
    first = CouponCode.objects.filter(affiliate=affiliate, shop=shop).order_by("pk").first()
    return first or _issue(affiliate, shop, now)


@transaction.atomic
def end(*, code_id: int, actor_id: int, now: datetime) -> CouponCode:
    """End a promo code now. Safe to repeat: an ended code stays ended as it was.

    :raises CodeNotBegun: before the code's period.
    """
    code = CouponCode.objects.select_for_update(no_key=True).get(pk=code_id)
    if code.valid_to is not None and code.valid_to <= now:
        return code
    if now <= code.valid_from:
        raise CodeNotBegun(_("This code has not begun yet: it can be ended once it has."))
    code.valid_to = now
    code.save(update_fields=["valid_to"])
    audit.record(
        actor=User.objects.get(pk=actor_id), verb="code.ended", subject=code, at=now,
        data={"code": code.code},
    )  # fmt: skip
    return code


def _check(code: str, discount_bps: int, valid_from: datetime, valid_to: datetime | None) -> None:
    if not is_promo_code(code):
        raise InvalidCode(_("A code has 3 to 30 letters without accents, digits, dashes or _."))
    if not 0 <= discount_bps <= BPS:
        raise InvalidCode(_("The discount is between nothing and the whole price."))
    if valid_to is not None and valid_to <= valid_from:
        raise InvalidCode(_("The code ends before it begins."))


def _get_or_create(shop: Shop, code: str, content: dict[str, Any]) -> tuple[CouponCode, bool]:
    # Codes are kept in capitals, but a shop's older ones may not be.
    taken = CouponCode.objects.filter(shop=shop, code__iexact=code).first()
    if taken is not None:
        return taken, False
    return CouponCode.objects.get_or_create(shop=shop, code=code, defaults=content)


def _issue(affiliate: Affiliate, shop: Shop, now: datetime) -> CouponCode:
    content = {"affiliate": affiliate, "valid_from": now}
    attempt = 0
    while True:
        length = FEWEST_DIGITS + attempt // TRIES_PER_LENGTH
        digits = spelled(secrets.randbits(64), length, DIGITS)
        code, created = _get_or_create(shop, f"{stem(affiliate.name)}{digits}", content)
        if created:
            return code
        attempt += 1
