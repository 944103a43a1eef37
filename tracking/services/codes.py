"""Promo codes: made, given on joining, changed, ended (K1 to K8, see docs/rules/links.md)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, NotRequired, TypedDict, Unpack

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from affiliates.queries import acts_for
from core import audit
from core.errors import DomainError
from core.money import BPS
from shop.models import Shop
from tracking.domain.codes import ALPHABET, DIGITS, is_promo_code, normalized, spelled, stem
from tracking.models import CodePolicy, CouponCode
from tracking.services.links import require_active

#: How many digits follow the name in the first code: two, more once those are taken.
FEWEST_DIGITS, TRIES_PER_LENGTH = 2, 20
#: Signs after the prefix of a generated code.
GENERATED_LENGTH = 6
PREFIX_LENGTH = 20


class Given(TypedDict):
    """What a promo code is given with, however it comes by its signs: see ``create``."""

    discount_bps: int
    valid_from: datetime
    valid_to: datetime | None
    actor_id: int
    now: datetime
    policy: NotRequired[str]
    usage_limit: NotRequired[int | None]


class InvalidCode(DomainError):
    """A promo code with signs, a discount or a period that cannot be."""

    code = "invalid_code"


class CodeTaken(DomainError):
    """A promo code that already exists in the shop, whatever its letters' case."""

    code = "code_taken"


class OwnCode(DomainError):
    """A manager was to make or change a promo code of an account they act for."""

    code = "own_code"


class CodeEnded(DomainError):
    """A promo code whose period is over was to be changed."""

    code = "code_ended"


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
    policy: str = "",
    usage_limit: int | None = None,
) -> CouponCode:
    """Give an affiliate a promo code for a half-open period. Safe to repeat with the same content.

    ``discount_bps`` only says what the buyer saves: the shop's own settings take it off.
    ``policy`` empty: as the attribution policy says. ``usage_limit``: orders it may earn.

    :raises AccountNotActive: for a suspended or closed account.
    :raises InvalidCode: for impossible signs, discount, period, policy or limit.
    :raises CodeTaken: when the shop has this code already.
    :raises OwnCode: for an account that the person acts for.
    """
    affiliate, shop = require_active(affiliate_id), Shop.objects.get(pk=shop_id)
    _require_another(affiliate_id, actor_id)
    content = {
        "affiliate": affiliate,
        "discount_bps": discount_bps,
        "valid_from": valid_from,
        "valid_to": valid_to,
        "policy": policy,
        "usage_limit": usage_limit,
    }
    _check(normalized(code), discount_bps, valid_from, valid_to)
    _check_conditions(policy, usage_limit)
    made, created = _get_or_create(shop, normalized(code), content)
    if created:
        audit.record(
            actor=actor_id, verb="code.created", subject=made, at=now,
            data={"code": made.code, "affiliate": str(affiliate.public_id)},
        )  # fmt: skip
    elif any(getattr(made, field) != value for field, value in content.items()):
        raise CodeTaken(_("The code %(code)s already exists. Choose another.") % {"code": made})
    return made


@transaction.atomic
def generate(*, affiliate_id: int, shop_id: int, prefix: str, **given: Unpack[Given]) -> CouponCode:
    """Give an affiliate a promo code of ``prefix`` and signs that cannot be misread.

    Without a prefix the affiliate's name begins it. Every call makes another code.

    :raises AccountNotActive: for a suspended or closed account.
    :raises InvalidCode: for an impossible prefix, discount, period, policy or limit.
    :raises OwnCode: for an account that the person acts for.
    """
    affiliate = require_active(affiliate_id)
    begin = normalized(prefix)[:PREFIX_LENGTH] or stem(affiliate.name)
    while True:
        signs = spelled(secrets.randbits(64), GENERATED_LENGTH, ALPHABET.upper())
        code = f"{begin}-{signs}"
        if CouponCode.objects.filter(shop=shop_id, code__iexact=code).exists():
            continue
        return create(affiliate_id=affiliate_id, shop_id=shop_id, code=code, **given)


@transaction.atomic
def revise(
    *,
    code_id: int,
    policy: str,
    usage_limit: int | None,
    valid_to: datetime | None,
    actor_id: int,
    now: datetime,
) -> CouponCode:
    """Change when a promo code earns, how often, and until when. Safe to repeat.

    Orders that are attributed already stay as they are.

    :raises CodeEnded: for a code whose period is over: it is not begun again.
    :raises InvalidCode: for an impossible policy or limit, or an end that has passed.
    :raises OwnCode: for a code of an account that the person acts for.
    """
    code = CouponCode.objects.select_for_update(no_key=True).get(pk=code_id)
    _require_another(code.affiliate_id, actor_id)
    if code.valid_to is not None and code.valid_to <= now:
        raise CodeEnded(_("This code has ended. Make another one."))
    _check_conditions(policy, usage_limit)
    if valid_to is not None and valid_to != code.valid_to and valid_to <= max(now, code.valid_from):
        raise InvalidCode(_("The last day of the code has passed already. End the code instead."))
    wanted = {"policy": policy, "usage_limit": usage_limit, "valid_to": valid_to}
    changes = {
        field: [_kept(getattr(code, field)), _kept(value)]
        for field, value in wanted.items()
        if getattr(code, field) != value
    }
    if changes:
        for field, value in wanted.items():
            setattr(code, field, value)
        code.save(update_fields=list(changes))
        audit.record(
            actor=actor_id, verb="code.revised", subject=code, at=now,
            data=changes,
        )  # fmt: skip
    return code


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
        actor=actor_id, verb="code.ended", subject=code, at=now,
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


def _check_conditions(policy: str, usage_limit: int | None) -> None:
    if policy and policy not in CodePolicy.values:
        raise InvalidCode(_("Choose when the code earns."))
    if usage_limit is not None and usage_limit < 1:
        raise InvalidCode(_("A code earns at least one order, or without limit."))


def _require_another(affiliate_id: int, actor_id: int) -> None:
    if acts_for(actor_id, affiliate_id):
        raise OwnCode(_("You act for this account: somebody else has to decide."))


def _kept(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


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
