"""Payees with money due and accounts at the double, and one approved batch of all of them."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta

from affiliates.models import Affiliate, AffiliateKind, Group
from core.models import User
from payouts.models import (
    Adjustment,
    AdjustmentReason,
    Batch,
    BatchStatus,
    Capability,
    Item,
    ItemStatus,
    Rail,
    StripeAccount,
)
from payouts.proof.double import Double
from payouts.services import adjustments, batches, stripe_runs, stripe_unknown
from payouts.services.stripe_unknown import Decision

CURRENCY = "EUR"
LEAST, MOST = 2_000, 20_000
PEOPLE = 5
#: One payee in so many is restricted at Stripe only: its transfer is refused.
RESTRICTED = 50


def people() -> list[User]:
    """Return the people of the proof: the first makes, the others approve."""
    return [
        User.objects.create_user(email=f"proof{number}@example.com", name=f"Proof {number}")
        for number in range(PEOPLE)
    ]


def owe(
    double: Double,
    *,
    items: int,
    crew: list[User],
    seed: int,
    now: datetime,
    between: tuple[int, int] = (LEAST, MOST),
    restricted: int = RESTRICTED,
) -> None:
    """Make ``items`` payees with an account at the double, and owe each of them something.

    ``between``: the least and the most that one is owed, in minor units. One payee in
    ``restricted`` is not paid by the double.
    """
    chance = random.Random(seed)  # noqa: S311 the same amounts each time, not a secret
    group = Group.objects.create(slug="proof", name="Proof", is_default=True)
    before = now - timedelta(days=90)
    payees = Affiliate.objects.bulk_create(
        Affiliate(
            name=f"Payee {number}",
            kind=AffiliateKind.CONTENT,
            group=group,
            country="FR",
            status_changed_at=before,
            joined_at=before,
        )
        for number in range(items)
    )
    accounts = double.ctl("accounts", count=items)["data"]
    StripeAccount.objects.bulk_create(
        StripeAccount(
            affiliate=payee,
            account=account,
            country="FR",
            capability=Capability.ACTIVE,
            created_at=before,
            read_at=before,
        )
        for payee, account in zip(payees, accounts, strict=True)
    )
    for account in accounts[restricted - 1 :: restricted]:
        double.ctl(f"accounts/{account}/restrict")
    owe_again(payees, crew, chance=chance, now=now, between=between)


def owe_again(
    payees: Sequence[Affiliate],
    crew: list[User],
    *,
    chance: random.Random,
    now: datetime,
    between: tuple[int, int] = (LEAST, MOST),
    turn: int = 1,
) -> None:
    """Owe each of ``payees`` something, from yesterday on. Each ``turn`` once."""
    bonuses = [
        Adjustment(
            affiliate=payee,
            amount_minor=chance.randint(*between),
            currency=CURRENCY,
            reason=AdjustmentReason.BONUS,
            text="Proof",
            is_payable=True,
            source_key=f"proof:{turn}:{payee.pk}",
            effective_at=now - timedelta(days=1),
            created_at=now - timedelta(days=1),
            author=crew[0],
        )
        for payee in payees
    ]
    adjustments.book(bonuses, {}, now=now)


def begun_batch(crew: list[User], *, now: datetime) -> Batch:
    """Make a batch of all that is owed, let enough people approve it, and begin it."""
    batch = batches.prepare(
        rail=Rail.STRIPE,
        currency=CURRENCY,
        cutoff_at=now,
        execution_date=now.date() + timedelta(days=1),
        actor_id=crew[0].pk,
        now=now,
    )
    return begin(batch, crew, now=now)


def begin(batch: Batch, crew: list[User], *, now: datetime) -> Batch:
    """Bring a batch from wherever it was left to where it is carried out.

    :raises DomainError: when the rules of payouts do not let it go on.
    """
    maker, *others = crew
    if batch.status == BatchStatus.DRAFT:
        batch = batches.submit(batch_id=batch.pk, actor_id=maker.pk, now=now)
    approved = set(batch.approvals.values_list("user", flat=True))
    for person in others:
        if batch.status == BatchStatus.IN_REVIEW and person.pk not in approved:
            batch = batches.approve(
                batch_id=batch.pk, actor_id=person.pk, content_hash=batch.content_hash, now=now
            )
    return stripe_runs.start(batch_id=batch.pk, now=now)


def decide_unknown(batch: Batch, crew: list[User], *, reason: str, now: datetime) -> int:
    """Let two people send each unknown payout again, with the key it had; return how many."""
    unknown = list(batch.items.filter(status=ItemStatus.UNKNOWN).values_list("pk", flat=True))
    for pk in unknown:
        for person in crew[1:3]:
            if Item.objects.get(pk=pk).status == ItemStatus.UNKNOWN:
                stripe_unknown.decide(
                    item_id=pk, decision=Decision.AGAIN, actor_id=person.pk, reason=reason, now=now
                )
    return len(unknown)
