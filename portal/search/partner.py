"""What a partner finds: rows of the account for which they act, as their role may see them."""

from __future__ import annotations

from collections.abc import Iterator

from django.core.exceptions import PermissionDenied
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from affiliates.domain.abilities import Ability
from affiliates.models import Affiliate
from core.models import User
from influencers.queries.looks import of_affiliate as looks_of
from payouts.models import Item
from portal.access import affiliate_of, may
from portal.queries.links import holds
from portal.queries.payouts import payouts_of
from portal.sale_references import credit_of, sale_reference
from portal.search.hits import MOST_OF_A_GROUP, Group, Hit, Source, shown
from tracking.models import CouponCode, Credit, Link

_ENOUGH = MOST_OF_A_GROUP + 1


def sources(user: User) -> Iterator[Source]:
    """Yield where a partner's words are looked up: only what their role may see."""
    if may(user, Ability.SEE_WORK):
        yield from (_links, _codes, _looks)
    if may(user, Ability.SEE_MONEY):
        yield from (_sales, _payouts)


def payout_of(reference: str) -> int | None:
    """Return the id of the payout that a reference like ``AP0000000012`` names, or None."""
    digits = reference.strip().upper().removeprefix("ST-").removeprefix("AP")
    is_one = reference.strip().upper().startswith(("AP", "ST-AP"))
    return int(digits) if is_one and digits.isdecimal() and len(digits) < 19 else None


def payout_hit(item: Item, href: str, detail: str = "") -> Hit:
    """Return a payout as it is found."""
    return Hit(item.reference, href, "banknote", detail)


def _account(user: User) -> Affiliate:
    affiliate = affiliate_of(user)
    if affiliate is None:  # Whoever has an ability has it in an account.
        raise PermissionDenied
    return affiliate


def _links(user: User, words: str) -> Group:
    rows = Link.objects.filter(holds(words), affiliate=_account(user)).order_by("-pk")[:_ENOUGH]
    hits = [
        Hit(
            link.label or link.code,
            reverse("portal:link-detail", args=[link.pk]),
            "link",
            link.destination_url,
        )
        for link in rows
    ]
    return shown("links", _("Links"), hits, "portal:link-list", words)


def _codes(user: User, words: str) -> Group:
    rows = CouponCode.objects.filter(affiliate=_account(user), code__icontains=words)
    href = reverse("portal:code-list")
    hits = [Hit(row.code, href, "tag") for row in rows.order_by("code")[:_ENOUGH]]
    return shown("codes", _("Promo codes"), hits)


def _looks(user: User, words: str) -> Group:
    rows = (
        looks_of(_account(user).pk)
        .filter(Q(versions__title__icontains=words) | Q(slug__icontains=words))
        .distinct()
        .select_related("live")
        .order_by("-pk")[:_ENOUGH]
    )
    hits = [
        Hit(
            (look.live.title if look.live else "") or look.slug,
            reverse("portal:look-detail", args=[look.public_id]),
            "users",
            look.get_status_display(),
        )
        for look in rows
    ]
    return shown("looks", _("Looks"), hits)


def _sales(user: User, words: str) -> Group:
    credit_id = credit_of(words)
    rows = Credit.objects.filter(affiliate=_account(user), pk=credit_id) if credit_id else ()
    hits = [
        Hit(sale_reference(row.pk), reverse("portal:sale-detail", args=[row.pk]), "shopping-bag")
        for row in rows
    ]
    return shown("sales", _("Sales"), hits)


def _payouts(user: User, words: str) -> Group:
    item_id = payout_of(words)
    rows = payouts_of(_account(user).pk).filter(pk=item_id) if item_id else ()
    hits = [payout_hit(row, reverse("portal:payout-detail", args=[row.public_id])) for row in rows]
    return shown("payouts", _("Payouts"), hits)
