"""What campaigns promised is booked: the fee once everything is approved, and the bonus.

Rules CA16 and CA10 of docs/rules/campaigns.md; the adjustments are those of
docs/rules/adjustments.md (A1 to A3, A7), under a reason of their own.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.utils import translation
from django.utils.translation import gettext as _

from affiliates.queries import language_of
from core.errors import DomainError
from core.money import Money
from influencers.models import Participation
from payouts.models import CAMPAIGN, AdjustmentProposal
from payouts.queries.campaign_fees import KINDS, Kind, key_of, unproposed
from payouts.services import proposals

log = logging.getLogger(__name__)


def book_due(*, now: datetime, limit: int) -> int:
    """Propose every fee and bonus that is due; below four eyes it is booked at once.

    All that is due at the beginning, ``limit`` at a time. Safe to repeat and to race: the key of
    each is its part's. One that is refused or fails is logged, holds up no other however many of
    them there are, and waits for the next run. Return how many were proposed.
    """
    done = 0
    for kind in KINDS:
        due = list(unproposed(kind).values_list("pk", flat=True))
        for start in range(0, len(due), limit):
            parts = unproposed(kind).filter(pk__in=due[start : start + limit])
            done += sum(_is_proposed(part, kind, now) for part in parts)
    return done


def _is_proposed(part: Participation, kind: Kind, now: datetime) -> bool:
    try:
        _propose(part, kind, now)
    except DomainError as refusal:
        log.warning("No %s for participation %s: %s", kind, part.pk, refusal)
    except Exception:
        log.exception("The %s of participation %s is not proposed yet.", kind, part.pk)
    else:
        return True
    return False


def _propose(part: Participation, kind: Kind, now: datetime) -> AdjustmentProposal:
    campaign = part.campaign
    with translation.override(language_of(part.affiliate_id)):
        said = (
            _("Campaign “%(name)s”: the fee that was agreed")
            if kind == "fee"
            else _("Campaign “%(name)s”: the bonus")
        ) % {"name": campaign.name}
    minor = part.fee_minor if kind == "fee" else part.bonus_minor
    return proposals.propose(
        affiliate_id=part.affiliate_id,
        amount=Money(minor, campaign.currency),
        reason=CAMPAIGN,
        text=said,
        internal_text=campaign.bonus_for if kind == "bonus" else campaign.purpose,
        source_key=key_of(part.pk, kind),
        author_id=_author_of(part, kind),
        now=now,
    )


def _author_of(part: Participation, kind: Kind) -> int:
    """Return who proposes it: who awarded the bonus, or approved the last piece."""
    if kind == "bonus" and part.bonus_by_id is not None:
        return part.bonus_by_id
    last = part.deliveries.filter(decided_by__isnull=False).order_by("-decided_at", "-pk").first()
    return last.decided_by_id if last and last.decided_by_id else part.campaign.created_by_id
