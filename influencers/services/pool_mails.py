"""What creators read about pools by mail."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext as _

from affiliates.domain.abilities import Ability
from affiliates.queries import people_of
from core.letters import tell
from influencers.models import Pool, PoolMember


def invited(member: PoolMember, pool: Pool, *, now: datetime) -> None:
    """Tell a creator that a pool would like to have them."""
    tell(
        people_of(member.affiliate_id, Ability.SEE_WORK),
        f"pool:{member.pk}:invited:{now:%Y%m%d%H%M%S}",
        now,
        lambda: _("An invitation: %(pool)s") % {"pool": pool.name},
        lambda: [
            _("We would like you to be part of “%(pool)s”.") % {"pool": pool.name},
            pool.about,
            _("Accept or decline here: %(address)s") % {"address": _address()},
        ],
        kind="pool_news",
    )


def removed(member: PoolMember, pool: Pool, reason: str, *, now: datetime) -> None:
    """Tell a creator that they are not in a pool any more, and why."""
    tell(
        people_of(member.affiliate_id, Ability.SEE_WORK),
        f"pool:{member.pk}:removed:{now:%Y%m%d%H%M%S}",
        now,
        lambda: _("You are no longer in “%(pool)s”") % {"pool": pool.name},
        lambda: [_("The reason: %(reason)s") % {"reason": reason}],
        kind="pool_news",
    )


def moved_up(member: PoolMember, pool: Pool, *, now: datetime) -> None:
    """Tell a creator who waited that a place is theirs."""
    tell(
        people_of(member.affiliate_id, Ability.SEE_WORK),
        f"pool:{member.pk}:member:{now:%Y%m%d%H%M%S}",
        now,
        lambda: _("You are in: %(pool)s") % {"pool": pool.name},
        lambda: [
            _("A place is free in “%(pool)s”: it is yours.") % {"pool": pool.name},
            _("Everything about it: %(address)s") % {"address": _address()},
        ],
        kind="pool_news",
    )


def _address() -> str:
    return f"{settings.PUBLIC_URL}/portal/creator/standing/"
