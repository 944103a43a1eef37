"""The measured incrementality factor of an affiliate, with notice when it takes something."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from affiliates import queries
from affiliates.models import Affiliate, IncrementalityFactor, Programme
from affiliates.services import terms_words
from core import audit
from core.errors import DomainError
from core.letters import tell
from core.money import BPS

MOST_BPS = 3 * BPS


class FactorRefused(DomainError):
    """A factor that no experiment can have found."""

    code = "factor_refused"


class FactorTooEarly(DomainError):
    """A factor was to begin before the affiliate had notice of it."""

    code = "factor_too_early"


class FactorOutOfOrder(DomainError):
    """A factor was to begin before, or with, one that is there."""

    code = "factor_out_of_order"


@transaction.atomic
def set_factor(
    *,
    affiliate_id: int,
    factor_bps: int,
    low_bps: int,
    high_bps: int,
    orders: int,
    source: str,
    valid_from: datetime,
    actor_id: int,
    now: datetime,
) -> IncrementalityFactor:
    """Say what an experiment found of an affiliate. The factor before it ends where it begins.

    Units: basis points of the orders that it is credited with. One that is lower than what holds
    on its first day begins after the programme's days of notice. Safe to repeat.

    :raises FactorRefused: below 0 or above 300 %, outside its interval, without orders or source.
    :raises FactorTooEarly: when it begins before now, or before the notice is over.
    :raises FactorOutOfOrder: when a factor begins then, or later, already.
    """
    _check(factor_bps, low_bps, high_bps, orders, source)
    found = {
        "factor_bps": factor_bps, "low_bps": low_bps, "high_bps": high_bps, "orders": orders,
        "source": source.strip(),
    }  # fmt: skip
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    held = IncrementalityFactor.objects.filter(affiliate=affiliate)
    last = held.order_by("-valid_from").first()
    if last is not None and last.valid_from == valid_from and _says(last, found):
        return last
    _in_time(affiliate, factor_bps, valid_from, now)
    if last is not None and last.valid_from >= valid_from:
        raise FactorOutOfOrder(_("A factor begins then, or later, already: begin after it."))
    _close(last, valid_from)
    made = IncrementalityFactor.objects.create(
        affiliate=affiliate, valid_from=valid_from, told_at=now, author_id=actor_id, **found
    )
    audit.record(
        actor=actor_id, verb="factor.set", subject=affiliate, at=now,
        data={**found, "valid_from": valid_from.isoformat()},
    )  # fmt: skip
    tell_of(made, now=now)
    return made


@transaction.atomic
def end_factor(
    *, affiliate_id: int, valid_to: datetime, actor_id: int, now: datetime
) -> IncrementalityFactor:
    """Let the factor that holds last end: from then on it is neutral. Safe to repeat.

    :raises FactorOutOfOrder: when there is none, or it has an end.
    :raises FactorTooEarly: before now or its beginning; above 100 %, before the notice is over.
    """
    affiliate = Affiliate.objects.select_for_update(no_key=True).get(pk=affiliate_id)
    last = IncrementalityFactor.objects.filter(affiliate=affiliate).order_by("-valid_from").first()
    if last is not None and last.valid_to == valid_to:
        return last
    if last is None or last.valid_to is not None:
        raise FactorOutOfOrder(_("There is no factor without an end."))
    _in_time(affiliate, BPS, max(valid_to, now), now)
    if valid_to < max(now, last.valid_from):
        raise FactorTooEarly(_("Choose a day to come: past sales keep their factor."))
    _close(last, valid_to)
    audit.record(
        actor=actor_id, verb="factor.ended", subject=affiliate, at=now,
        data={"valid_to": valid_to.isoformat()},
    )  # fmt: skip
    tell_of_end(last, valid_to, now=now)
    return last


def _check(factor_bps: int, low_bps: int, high_bps: int, orders: int, source: str) -> None:
    if not 0 <= factor_bps <= MOST_BPS:
        raise FactorRefused(_("A factor lies between 0 % and 300 %."))
    if not low_bps <= factor_bps <= high_bps:
        raise FactorRefused(_("The factor lies within its interval: check the three numbers."))
    if orders < 1 or not source.strip():
        raise FactorRefused(_("Say which experiment found it, and over how many orders."))


def _says(last: IncrementalityFactor, found: dict[str, object]) -> bool:
    return all(getattr(last, name) == value for name, value in found.items())


def _in_time(affiliate: Affiliate, factor_bps: int, begins: datetime, now: datetime) -> None:
    if begins <= now and factor_bps != BPS:
        raise FactorTooEarly(_("Choose a day to come: past sales keep their factor."))
    earliest = now + timedelta(days=Programme.get().notice_days)
    if factor_bps < queries.factor_bps(affiliate.pk, begins) and begins < earliest:
        raise FactorTooEarly(
            _("The affiliate is told %(days)s before a lower factor: begin after %(day)s.")
            % {
                "days": terms_words.days(Programme.get().notice_days),
                "day": terms_words.day_of(earliest),
            }
        )


def _close(last: IncrementalityFactor | None, at: datetime) -> None:
    if last is not None and (last.valid_to is None or last.valid_to > at):
        last.valid_to = at
        last.save(update_fields=["valid_to"])


def tell_of(made: IncrementalityFactor, *, now: datetime) -> None:
    """Tell the people of an affiliate what was measured, and from when it holds."""
    _mail(made.affiliate, f"factor:{made.pk}", lambda: _said(made), now=now)


def tell_of_end(last: IncrementalityFactor, valid_to: datetime, *, now: datetime) -> None:
    """Tell the people of an affiliate that no factor changes what they earn any more."""
    _mail(last.affiliate, f"factor_end:{last.pk}", lambda: _over(valid_to), now=now)


def _said(made: IncrementalityFactor) -> list[str]:
    return [
        _("An experiment measured which share of your orders would not have come without you:"
          " %(factor)s (95 %% interval: %(low)s to %(high)s, %(orders)s orders).")
        % {
            "factor": terms_words.percent(made.factor_bps),
            "low": terms_words.percent(made.low_bps),
            "high": terms_words.percent(made.high_bps),
            "orders": made.orders,
        },
        _("Where it comes from: %(source)s") % {"source": made.source},
        _("From %(day)s on, rules of your terms that are scaled by it use it, within the limits"
          " that your terms set. Orders placed before keep what held on their day.")
        % {"day": terms_words.day_of(made.valid_from)},
        _where(),
    ]  # fmt: skip


def _over(valid_to: datetime) -> list[str]:
    return [
        _("From %(day)s on, no measured factor changes your commissions.")
        % {"day": terms_words.day_of(valid_to)},
        _where(),
    ]


def _where() -> str:
    return _("Read your terms here: %(address)s") % {
        "address": f"{settings.PUBLIC_URL}/portal/terms/"
    }


def _mail(affiliate: Affiliate, key: str, write: Callable[[], list[str]], *, now: datetime) -> None:
    people = queries.people_of(affiliate.pk)
    tell(people, key, now, lambda: _("Your measured factor"), write, kind="factor_changed")
