"""The whole demo, made in one transaction: all of it is there, or nothing is."""

from __future__ import annotations

import random
from collections.abc import Callable
from datetime import datetime, timedelta

from django.db import transaction

from payouts.models import Rail
from payouts.services import shelf
from portal.demo import (
    campaigns,
    cast,
    company,
    creators,
    delivery,
    incidents,
    joining,
    looks,
    negotiations,
    talk,
    taps,
    world,
)
from portal.demo.history import DAY, DAYS, History, pull_everything
from portal.demo.paydays import submit_batch
from shop.models import Shop
from shop.services import secrets

SEED = 1_889
REFUSED_ON = 21
RETURN_OF_PAID_ON = 84
TELL_EVERY_DAYS = 15

Tell = Callable[[str], None]


def is_seeded() -> bool:
    """Tell whether the demo is already here."""
    return Shop.objects.filter(code=world.SHOP_CODE).exists()


@transaction.atomic
def seed(*, shop_url: str, now: datetime, tell: Tell, times: int = 1) -> Shop:
    """Make shop, people and ninety days of history that end at ``now``.

    Two runs at the same ``now`` differ in their random click tokens and link codes only.
    ``times``: how much of everything, for those who want to see the programme when it has grown.
    """
    begins = now - DAYS * DAY
    tell("Shop, catalogue, terms and people ...")
    stage = world.build(shop_url=shop_url, begins=begins)
    companies = company.companies(times)
    for roles in companies:
        joining.accept_everybody(stage, begins=begins, roles=roles)
    everybody = [role for roles in companies for role in roles]
    chance = random.Random(SEED)  # noqa: S311
    history = History(stage, chance, now=now, roles=everybody, times=times)
    incidents.plan(stage, history, now=now)
    others = [company.stage_of(stage, roles) for roles in companies[1:]]
    for roles in companies[1:]:
        company.plan(history, roles, now=now)
    for day, ends in history.play():
        if day == REFUSED_ON:
            joining.refuse_the_coupon_site(stage, now=ends)
        if day == RETURN_OF_PAID_ON:
            incidents.return_something_paid(history, now=ends + timedelta(hours=1))
        negotiations.happen(stage, day, now=ends)
        for other in others:
            negotiations.happen_to(other, day, now=ends)
        if day % TELL_EVERY_DAYS == 0:
            tell(f"{day} of {DAYS} days of clicks, orders and returns ...")
    joining.leave_one_under_review(stage, now=now)
    pull_everything(now=now)
    creators.introduce(stage, now=now)
    campaigns.begin(stage, now=now)
    tell("Looks: photos, products, one in review ...")
    published = looks.show(stage, now=now)
    taps.sell(stage, history, published, now=now)
    company.grow(stage, times, now=now)
    tell("A simulation of other terms ...")
    negotiations.simulate(stage, begins=begins, now=now)
    tell("Messages, news, resources and an incident ...")
    talk.begin(stage, now=now)
    tell("A payout batch that waits for its approval ...")
    submit_batch(stage, Rail.SEPA, now=now)
    issued = secrets.issue(shop_id=stage.shop.pk, actor=stage.people["sam"], now=now)
    delivery.send_catalogue(stage, secret=issued.secret, now=now)
    shelf.refresh(now=now)
    return stage.shop


def discounts() -> dict[str, int]:
    """Return what the shop takes off for each promo code of the demo, in bps."""
    return {role.code: role.discount_bps for role in cast.ACCEPTED if role.code}
