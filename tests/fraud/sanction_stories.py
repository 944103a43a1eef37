"""Sanctions of tests: imposed, proposed, lifted."""

from datetime import timedelta

from affiliates.models import Stop
from fraud.services import sanctions
from tests.builders import (
    NOW,
    make_user,
)

LATER = NOW + timedelta(hours=1)
WORDS = {"reason": "Own orders, open baskets.", "message": "Your links brought our own visitors."}


def suspend(affiliate, actor, measures=("links", "codes", "payouts"), **overrides):
    fields = {"affiliate_id": affiliate.pk, "measures": measures, "actor_id": actor.pk, "now": NOW}
    return sanctions.suspend(**{**fields, **WORDS, **overrides})


def propose(affiliate, actor, **overrides):
    fields = {"affiliate_id": affiliate.pk, "actor_id": actor.pk, "now": NOW}
    return sanctions.propose_ban(**{**fields, **WORDS, **overrides})


def lift(sanction, actor, now=LATER):
    return sanctions.lift(
        sanction_id=sanction.pk, actor_id=actor.pk, reason="We erred.", message="Sorry.", now=now
    )


def stopped(affiliate, at):
    return set(Stop.objects.at(at).filter(affiliate=affiliate).values_list("what", flat=True))


def manager():
    return make_user(roles=["manager"], language="en")
