"""What the programme agrees with its partners: terms with rules, claims, bonuses, a simulation."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime, time, timedelta
from typing import Any

from affiliates.models import Programme, TermsDraft
from affiliates.services import terms, terms_drafts
from core.money import Money
from demo.catalogue import CURRENCY
from payouts.models import AdjustmentReason, ClaimKind
from payouts.services import claim_decisions, claims, proposals, simulation_runs, simulations
from payouts.services.claim_decisions import Reply
from payouts.services.claim_rules import Wanted
from portal.demo import cast
from portal.demo.cast import Role
from portal.demo.world import World
from shop.models import LineKind, Order
from tracking.models import Credit, Outcome

#: What creators earn from the third week on: the demo's terms with everything that terms can say.
CREATORS = {
    "rules": {
        "rules": [
            {"key": "remises", "name": "Fortes remises", "priority": 5, "pays": "nothing",
             "reason": "Au-delà de 40 % de remise, il ne reste pas de marge à partager.",
             "when": {"discount_bps": {"at_least": 4_000}}},
            cast.looks_on_product_pages(1_000, 800),
            {"key": "nouvelles", "name": "Nouvelles clientes", "priority": 10, "pays": "margin",
             "rate_bps": 2_800, "when": {"customer": ["new"]}},
            {"key": "robes", "name": "Robes", "priority": 20, "pays": "margin",
             "rate_bps": 2_500, "when": {"category": ["Robes"]}},
        ],
        "tiers": {"metric": "orders", "every": "month",
                  "steps": [{"at": 8, "rate_bps": 2_400}, {"at": 16, "rate_bps": 2_600}]},
        "bonuses": [
            {"key": "premiere", "name": "Première vente", "kind": "first_sale", "minor": 2_000},
            {"key": "vingt", "name": "Vingt ventes en un mois", "kind": "goal", "minor": 5_000,
             "metric": "orders", "at": 20, "every": "month"},
        ],
        "order_cap_minor": 6_000,
    },
}  # fmt: skip
ADAS = {
    "rate_bps": 2_000,
    "rules": {
        "rules": [
            {"key": "mailles", "name": "Mailles", "priority": 10, "pays": "margin",
             "rate_bps": 2_400, "when": {"category": ["Mailles"]}},
        ],
    },
}  # fmt: skip
COMPARISONS = {"rate_bps": 1_500, "hold_days": 20}
SPRING = {
    "rate_bps": 1_700,
    "rules": {
        "rules": [
            {"key": "chaussures", "name": "Chaussures", "priority": 10, "pays": "margin",
             "rate_bps": 2_300, "when": {"category": ["Chaussures"]}},
        ],
    },
}  # fmt: skip
SIMULATED_DAYS = 80


def happen(world: World, day: int, *, now: datetime) -> None:
    """Let happen what is agreed, claimed or added at the end of a day of the history."""
    act = _FOR_EVERYBODY.get(day)
    if act is not None:
        act(world, now)
    happen_to(world, day, now=now)


def happen_to(world: World, day: int, *, now: datetime) -> None:
    """Let happen what of it concerns the affiliates of ``world`` alone."""
    act = _STORY.get(day)
    if act is not None:
        act(world, now)


def simulate(world: World, *, begins: datetime, now: datetime) -> None:
    """Let the manager try a draft for the largest group on the orders of the history."""
    draft = _draft(world, "Printemps", SPRING, "", now, group_id=world.groups[cast.CONTENT].pk)
    simulations.ask(
        name="Printemps : moins partout, plus sur les chaussures",
        draft_ids=[draft.pk],
        policy_number=None,
        period_from=begins.date(),
        period_to=(begins + timedelta(days=SIMULATED_DAYS)).date(),
        author_id=_sam(world),
        now=now,
    )
    simulation_runs.run_next(clock=lambda: now)


def _terms_for_creators(world: World, now: datetime) -> None:
    """Rules, steps and bonuses for a group, told with the days of notice."""
    draft = _draft(
        world,
        "Créateurs, avec règles",
        CREATORS,
        "Nous payons mieux les nouvelles clientes et les robes, et chaque palier atteint. Un look"
        " touché sur nos fiches produits a désormais son propre taux, plafonné par commande.",
        now,
        group_id=world.groups[cast.CREATORS].pk,
    )
    begins = _midnight(now, Programme.get().notice_days + 1)
    terms.publish(draft_id=draft.pk, valid_from=begins, actor_id=_sam(world), now=now)


def _terms_of_adas_own(world: World, now: datetime) -> None:
    """Better terms for one affiliate, which begin after the history ends."""
    note = "Trois ans de carnet : merci. Les mailles, c'est vous."
    draft = _draft(
        world, "Les conditions d'Ada", ADAS, note, now, affiliate_id=_id(world, cast.ADA)
    )
    begins = _midnight(now, 14)
    terms.publish(draft_id=draft.pk, valid_from=begins, actor_id=_sam(world), now=now)


def _offer_to_the_comparison_site(world: World, now: datetime) -> None:
    """Validated sooner for a lower rate: it begins only if they accept."""
    note = "Une validation plus rapide, contre un taux un peu plus bas."
    draft = _draft(
        world, "Comparamode, plus vite", COMPARISONS, note, now,
        affiliate_id=_id(world, cast.COMPARISON),
    )  # fmt: skip
    terms_drafts.offer(draft_id=draft.pk, valid_from=None, actor_id=_sam(world), now=now)


def _claim_of_a_missing_sale(world: World, now: datetime) -> None:
    """A reader's order that no link of hers led to: Ada asks for it."""
    order = (
        Order.objects.filter(
            attribution__outcome=Outcome.NOBODY,
            cancelled_at__isnull=True,
            is_test=False,
            lines__kind=LineKind.PRODUCT,
            placed_at__range=(now - timedelta(days=12), now - timedelta(days=3)),
        )
        .order_by("-placed_at")
        .first()
    )
    if order is not None:
        text = "Ma lectrice m'a envoyé son numéro de commande : elle avait ouvert ma lettre."
        _claim(world, cast.ADA, ClaimKind.MISSING, order, text, now)


def _answer_to_the_claim(world: World, now: datetime) -> None:
    made = world.affiliates[cast.ADA.key].claims.order_by("pk").first()
    if made is not None:
        claim_decisions.grant(
            claim_id=made.pk,
            amount=Money(1_450, CURRENCY),
            reply=Reply(
                code="goodwill",
                text="Votre lettre est partie la veille de cette commande : nous vous croyons.",
                internal_text="Aucun clic trouvé, mais la date de la lettre correspond.",
            ),
            actor_id=_sam(world),
            now=now,
        )


def _claim_of_a_wrong_amount(world: World, now: datetime) -> None:
    """Inès finds a sale too small; nobody has answered yet."""
    credit = (
        Credit.objects.filter(
            affiliate=world.affiliates[cast.INES.key], commission__status="pending",
            commission__amount_minor__gt=0,
        )
        .select_related("order")
        .order_by("-order__placed_at")
        .first()
    )  # fmt: skip
    if credit is not None:
        text = "C'était sa première commande : la règle des nouvelles clientes devrait la payer."
        _claim(world, cast.INES, ClaimKind.WRONG, credit.order, text, now, credit_id=credit.pk)


def _clawback(world: World, now: datetime) -> None:
    _adjust(
        world, cast.SUSPENDED, AdjustmentReason.CLAWBACK, -3_500,
        "Commissions de clics achetés sur le nom de la maison, exclus par le programme.", now,
    )  # fmt: skip


def _bonus(world: World, now: datetime) -> None:
    _adjust(
        world, cast.INES, AdjustmentReason.BONUS, 4_000,
        "Merci pour la vidéo de la jupe plissée, restée en tête toute la semaine.", now,
    )  # fmt: skip


def _goodwill_that_waits(world: World, now: datetime) -> None:
    """Above the limit of the programme: a second person decides."""
    _adjust(
        world, cast.NADIA, AdjustmentReason.GOODWILL, 15_000,
        "Pour les ventes du jour où la caisse n'enregistrait plus les codes.", now,
    )  # fmt: skip


_FOR_EVERYBODY: dict[int, Callable[[World, datetime], None]] = {6: _terms_for_creators}
_STORY: dict[int, Callable[[World, datetime], None]] = {
    60: _clawback,
    70: _claim_of_a_missing_sale,
    73: _answer_to_the_claim,
    80: _bonus,
    86: _terms_of_adas_own,
    87: _offer_to_the_comparison_site,
    88: _claim_of_a_wrong_amount,
    89: _goodwill_that_waits,
}


def _draft(
    world: World, name: str, content: Mapping[str, Any], note: str, now: datetime, **holder: int
) -> TermsDraft:
    sam = _sam(world)
    draft = terms_drafts.create(name=name, actor_id=sam, now=now, **holder)
    return terms_drafts.change(
        draft_id=draft.pk,
        content={**draft.content, **content},
        name=name,
        change_note=note,
        seen=draft.updated_at,
        actor_id=sam,
        now=now,
    )


def _claim(
    world: World,
    role: Role,
    kind: str,
    order: Order,
    text: str,
    now: datetime,
    *,
    credit_id: int | None = None,
) -> None:
    zone = Programme.get().zone
    wanted = Wanted(
        affiliate_id=_id(world, role),
        kind=kind,
        order_number=order.number,
        ordered_on=order.placed_at.astimezone(zone).date(),
        text=text,
        credit_id=credit_id,
    )
    claims.open_claim(wanted, actor_id=world.people[role.key].pk, now=now)


def _adjust(world: World, role: Role, reason: str, minor: int, text: str, now: datetime) -> None:
    proposals.propose(
        affiliate_id=_id(world, role),
        amount=Money(minor, CURRENCY),
        reason=reason,
        text=text,
        source_key=f"demo:{reason}:{_id(world, role)}",
        author_id=_sam(world),
        now=now,
    )


def _midnight(now: datetime, days: int) -> datetime:
    """Return the beginning of the day that comes ``days`` after today, as the programme counts."""
    zone = Programme.get().zone
    day = now.astimezone(zone).date() + timedelta(days=days)
    return datetime.combine(day, time(), tzinfo=zone)


def _id(world: World, role: Role) -> int:
    return world.affiliates[role.key].pk


def _sam(world: World) -> int:
    return world.people["sam"].pk
