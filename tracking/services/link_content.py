"""What a link may say: each part is checked here, whoever makes or changes it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from core.errors import DomainError
from shop.models import Shop
from tracking.domain import destinations, utm
from tracking.models import CouponCode

LABEL_LENGTH, NOTE_LENGTH = 80, 300
TAG_LENGTH, MOST_TAGS = 30, 10
_SUB_ID = re.compile(r"[A-Za-z0-9._~-]{0,64}")


class DestinationRefused(DomainError):
    """A link was to lead somewhere that is not the shop."""

    code = "destination_refused"


class InvalidSubId(DomainError):
    """A sub id with signs that do not survive in an address."""

    code = "invalid_sub_id"


class InvalidTags(DomainError):
    """Too many tags, or one that is too long."""

    code = "invalid_tags"


class InvalidUtm(DomainError):
    """A campaign parameter that does not exist, or a value that cannot be."""

    code = "invalid_utm"


class InvalidExpiry(DomainError):
    """A link was to end before it begins."""

    code = "invalid_expiry"


class CodeNotYours(DomainError):
    """A promo code of somebody else, of another shop, or one that has ended."""

    code = "code_not_yours"


def checked_destination(url: str, shop: Shop) -> str:
    """Return the address that a link of ``shop`` may lead to, without our own parameters.

    :raises DestinationRefused: with the hosts that are allowed.
    """
    url = url.strip()
    if not destinations.leads_to_shop(url, shop.link_hosts):
        raise DestinationRefused(
            _("Links may lead to pages of %(hosts)s only. Copy the full address of the page.")
            % {"hosts": ", ".join(shop.link_hosts)}
        )
    url = destinations.without_own_parameters(url)
    if len(url) > destinations.URL_LENGTH:
        raise DestinationRefused(_("This address is longer than 1,000 characters."))
    return url


def checked_sub_id(sub_id: str) -> str:
    """Return the sub id without blanks around it.

    :raises InvalidSubId: for other signs than letters, digits and ``._~-``.
    """
    sub_id = sub_id.strip()
    if not _SUB_ID.fullmatch(sub_id):
        raise InvalidSubId(
            _("A sub id has at most 64 letters, digits, dots, dashes and underscores.")
        )
    return sub_id


def checked_tags(tags: Iterable[str]) -> list[str]:
    """Return the tags in order, each once whatever its case, without blanks around them.

    :raises InvalidTags: for more than ten, or one of more than 30 characters.
    """
    kept: dict[str, str] = {}
    for tag in tags:
        written = " ".join(tag.split())
        if not written:
            continue
        if len(written) > TAG_LENGTH or not written.isprintable() or "," in written:
            raise InvalidTags(_("A tag has at most 30 characters and no comma."))
        kept.setdefault(written.casefold(), written)
    if len(kept) > MOST_TAGS:
        raise InvalidTags(_("A link has at most ten tags."))
    return list(kept.values())


def checked_utm(values: Mapping[str, str]) -> dict[str, str]:
    """Return the campaign parameters that have a value, blanks around it removed.

    :raises InvalidUtm: for an unknown parameter or an impossible value.
    """
    unknown = sorted(set(values) - set(utm.PARAMETERS))
    if unknown:
        raise InvalidUtm(_("%(name)s is no UTM parameter.") % {"name": unknown[0]})
    kept = {name: values[name].strip() for name in utm.PARAMETERS if name in values}
    if not all(utm.is_value(value) for value in kept.values()):
        raise InvalidUtm(_("A UTM parameter has at most 80 characters on one line."))
    return {name: value for name, value in kept.items() if value}


def checked_expiry(expires_at: datetime | None, *, now: datetime) -> datetime | None:
    """Return the moment from which the link earns nothing.

    :raises InvalidExpiry: when it has passed.
    """
    if expires_at is not None and expires_at <= now:
        raise InvalidExpiry(_("The last day of the link has passed already."))
    return expires_at


def checked_code(
    coupon_code_id: int | None, *, affiliate_id: int, shop_id: int, now: datetime
) -> CouponCode | None:
    """Return the promo code that goes with a link.

    :raises CodeNotYours: for another's, another shop's, or one that has ended.
    """
    if coupon_code_id is None:
        return None
    code = CouponCode.objects.filter(
        pk=coupon_code_id, affiliate=affiliate_id, shop=shop_id
    ).first()
    if code is None or (code.valid_to is not None and code.valid_to <= now):
        raise CodeNotYours(_("Choose one of your promo codes that still works in this shop."))
    return code


def text_content(*, label: str, note: str) -> dict[str, Any]:
    """Return what only its owner reads, cut to what is kept."""
    return {"label": label.strip()[:LABEL_LENGTH], "note": note.strip()[:NOTE_LENGTH]}
