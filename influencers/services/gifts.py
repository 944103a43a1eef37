"""Gifts to influencers, at their value: they count like money (docs/rules/contracts.md, CT3)."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID, uuid5

from django.db import transaction
from django.utils.translation import gettext as _

from affiliates.models import Affiliate, AffiliateKind
from affiliates.queries import acts_for
from core import audit
from core.domain.paris import day_in_paris
from core.errors import DomainError
from core.money import Money
from influencers.models import Gift

CURRENCY = "EUR"
#: An employee's gift is noted as a benefit in kind: no contract of influencers counts it.
GIFTED = (AffiliateKind.INFLUENCER, AffiliateKind.EMPLOYEE)


class GiftRefused(DomainError):
    """A gift without a value, of a day to come, to somebody who is no influencer, or to oneself."""

    code = "gift_refused"


@transaction.atomic
def give(
    *,
    key: UUID,
    affiliate_id: int,
    what: str,
    purpose: str,
    value: Money,
    given_on: date,
    actor_id: int,
    now: datetime,
) -> Gift:
    """Keep that something was given. Safe to repeat: one ``key`` is one gift.

    ``value``: excluding VAT.

    :raises GiftRefused: see the class.
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    known = Gift.objects.filter(key=key).first()
    if known is not None:
        return known
    _demand_other(affiliate_id, actor_id)
    if affiliate.kind not in GIFTED:
        raise GiftRefused(_("Gifts are for influencers and store employees only."))
    if value.minor <= 0 or value.currency != CURRENCY:
        raise GiftRefused(_("Give its value in euros, excluding VAT."))
    if given_on > day_in_paris(now):
        raise GiftRefused(_("This day is still to come."))
    if not what.strip() or not purpose.strip():
        raise GiftRefused(_("Say what was given, and what it is to promote."))
    gift = Gift.objects.create(
        key=key,
        affiliate=affiliate,
        what=what.strip(),
        purpose=purpose.strip(),
        value_minor=value.minor,
        currency=value.currency,
        given_on=given_on,
        created_at=now,
        created_by_id=actor_id,
    )
    _note(gift, "gift.given", actor_id, now)
    return gift


@transaction.atomic
def take_back(*, gift_id: int, reason: str, actor_id: int, now: datetime) -> Gift:
    """Count a gift no more: it was sent back, or entered by mistake. Safe to repeat.

    The counter-entry has the day of the gift, so that it counts in the same year.

    :raises GiftRefused: for what is a counter-entry itself, or without a reason.
    """
    gift = Gift.objects.select_related("affiliate").get(pk=gift_id)
    Affiliate.objects.select_for_update(no_key=True).get(pk=gift.affiliate_id)
    known = Gift.objects.filter(takes_back=gift).first()
    if known is not None:
        return known
    _demand_other(gift.affiliate_id, actor_id)
    if gift.takes_back_id is not None or not reason.strip():
        raise GiftRefused(_("Say why it is taken back."))
    back = Gift.objects.create(
        key=uuid5(gift.key, "taken back"),
        affiliate=gift.affiliate,
        what=gift.what,
        purpose=gift.purpose,
        value_minor=-gift.value_minor,
        currency=gift.currency,
        given_on=gift.given_on,
        takes_back=gift,
        reason=reason.strip(),
        created_at=now,
        created_by_id=actor_id,
    )
    _note(back, "gift.taken_back", actor_id, now)
    return back


def _demand_other(affiliate_id: int, actor_id: int) -> None:
    """Refuse who acts for the influencer: gifts decide whether a contract is needed.

    :raises GiftRefused: see above.
    """
    if acts_for(actor_id, affiliate_id):
        raise GiftRefused(_("Somebody else of the team has to decide about your own account."))


def _note(gift: Gift, verb: str, actor_id: int, now: datetime) -> None:
    audit.record(
        actor=actor_id,
        verb=verb,
        subject=gift,
        at=now,
        reason=gift.reason,
        data={
            "affiliate": gift.affiliate_id,
            "value_minor": gift.value_minor,
            "given_on": gift.given_on.isoformat(),
        },
    )
