"""Making and archiving links (docs/rules/attribution.md, L1 to L6)."""

from __future__ import annotations

import re
import secrets
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate
from core.errors import DomainError
from shop.models import Shop
from tracking.domain import codes, destinations
from tracking.models import Link

LABEL_LENGTH = 80
_SUB_ID = re.compile(r"[A-Za-z0-9._~-]{0,64}")


class DestinationRefused(DomainError):
    """A link was to lead somewhere that is not the shop."""

    code = "destination_refused"


class InvalidSubId(DomainError):
    """A sub id with signs that do not survive in an address."""

    code = "invalid_sub_id"


class AccountNotActive(DomainError):
    """A suspended or closed account was to get something to promote with."""

    code = "account_not_active"


@transaction.atomic
def create(
    *,
    affiliate_id: int,
    shop_id: int,
    destination_url: str,
    sub_id: str = "",
    label: str = "",
    now: datetime,
) -> Link:
    """Make a link to a page of the shop. Safe to repeat: the same live link is returned.

    :raises AccountNotActive: for a suspended or closed account.
    :raises DestinationRefused: for an address outside the shop's hosts, or too long.
    :raises InvalidSubId: for a sub id with other signs than letters, digits and ``._~-``.
    """
    affiliate = require_active(affiliate_id)
    shop = Shop.objects.get(pk=shop_id)
    wanted = {
        "destination_url": checked_destination(destination_url, shop),
        "sub_id": _checked_sub_id(sub_id.strip()),
        "label": label.strip()[:LABEL_LENGTH],
    }
    # The account's row is locked: two equal requests come one after the other.
    live = Link.objects.filter(affiliate=affiliate, shop=shop, archived_at__isnull=True, **wanted)
    return live.first() or _create(affiliate, shop, wanted, now)


@transaction.atomic
def archive(*, link_id: int, affiliate_id: int, now: datetime) -> Link:
    """Take a link out of use; it still leads to the shop, without credit. Safe to repeat.

    :raises Link.DoesNotExist: when it is another affiliate's.
    """
    link = Link.objects.select_for_update(no_key=True).get(pk=link_id, affiliate=affiliate_id)
    if link.archived_at is None:
        link.archived_at = now
        link.save(update_fields=["archived_at"])
    return link


def require_active(affiliate_id: int) -> Affiliate:
    """Return the account, its row locked.

    :raises AccountNotActive: when it is suspended or closed.
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    if not affiliate.is_active:
        raise AccountNotActive(_("This account is not active: it cannot promote."))
    return affiliate


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


def _checked_sub_id(sub_id: str) -> str:
    if not _SUB_ID.fullmatch(sub_id):
        raise InvalidSubId(
            _("A sub id has at most 64 letters, digits, dots, dashes and underscores.")
        )
    return sub_id


def _create(affiliate: Affiliate, shop: Shop, wanted: dict[str, str], now: datetime) -> Link:
    while True:
        code = codes.spelled(secrets.randbits(64), codes.LINK_CODE_LENGTH)
        link, created = Link.objects.get_or_create(
            code=code,
            defaults={"affiliate": affiliate, "shop": shop, "created_at": now, **wanted},
        )
        if created:
            return link
