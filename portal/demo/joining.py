"""How the demo's affiliates joined: applied, were accepted or refused, gave bank details."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from affiliates.domain.tax import FRANCHISE
from affiliates.models import Application
from affiliates.services import accounts, applications, mandates, payees, tax
from portal.demo import cast
from portal.demo.cast import Role
from portal.demo.world import World, make_person
from tracking.services import codes, links

FRENCH = "fr"


def accept_everybody(
    world: World, *, begins: datetime, roles: Sequence[Role] = cast.ACCEPTED
) -> None:
    """Let those of ``roles`` apply, be accepted, and get links and a code."""
    for days, role in enumerate(roles, 9):
        applied_at = begins - timedelta(days=days, hours=2)
        application = _apply(world, role, applied_at)
        affiliate = applications.approve(
            application_id=application.pk,
            reviewer_id=world.people["sam"].pk,
            group_id=world.groups[role.group].pk,
            message="Bienvenue dans la maison.",
            now=applied_at + timedelta(days=1),
        )
        world.affiliates[role.key] = affiliate
        _equip(world, role, applied_at + timedelta(days=2))


def refuse_the_coupon_site(world: World, *, now: datetime) -> None:
    """Let the promo code site apply, and be told why not."""
    application = _apply(world, cast.REJECTED, now - timedelta(days=3))
    applications.reject(
        application_id=application.pk,
        reviewer_id=world.people["sam"].pk,
        reason=cast.REJECTED_BECAUSE,
        now=now,
    )


def leave_one_under_review(world: World, *, now: datetime, role: Role = cast.WAITING) -> None:
    """Let somebody apply whose application the manager has opened but not decided."""
    application = _apply(world, role, now - timedelta(days=1, hours=5))
    applications.start_review(
        application_id=application.pk, reviewer_id=world.people["sam"].pk, now=now
    )


def suspend_one(world: World, *, now: datetime) -> None:
    accounts.suspend(
        affiliate_id=world.affiliates[cast.SUSPENDED.key].pk,
        actor_id=world.people["sam"].pk,
        reason=cast.SUSPENDED_BECAUSE,
        now=now,
    )


def close_one(world: World, *, now: datetime) -> None:
    accounts.close(
        affiliate_id=world.affiliates[cast.CLOSED.key].pk,
        actor_id=world.people["sam"].pk,
        reason=cast.CLOSED_BECAUSE,
        now=now,
    )


def _apply(world: World, role: Role, now: datetime) -> Application:
    if role.key not in world.people:
        world.people[role.key] = make_person(role.email, role.person)
    return applications.submit(
        user_id=world.people[role.key].pk,
        name=role.name,
        kind=role.kind,
        legal_form=role.legal_form,
        country="FR",
        sites=[role.site] if role.site else [],
        channels=role.channels,
        methods=role.methods,
        pitch=role.pitch,
        store=role.store,
        staff_number=role.staff_number,
        now=now,
    )


def _equip(world: World, role: Role, now: datetime) -> None:
    affiliate, person = world.affiliates[role.key], world.people[role.key]
    if role.iban:
        payees.save_details(
            affiliate_id=affiliate.pk,
            actor_id=person.pk,
            legal_name=role.person,
            iban=role.iban,
            country="FR",
            town=role.town,
            now=now,
        )
        _sign_papers(world, role, now)
    if role.code:
        codes.create(
            affiliate_id=affiliate.pk,
            shop_id=world.shop.pk,
            code=role.code,
            discount_bps=role.discount_bps,
            valid_from=now,
            valid_to=None,
            actor_id=world.people["sam"].pk,
            now=now,
        )
    world.links[role.key] = [
        links.create(
            affiliate_id=affiliate.pk,
            shop_id=world.shop.pk,
            destination_url=world.shop_url + page.path,
            sub_id=page.sub_id,
            label=page.label,
            now=now,
        )
        for page in role.pages
    ]


def _sign_papers(world: World, role: Role, now: datetime) -> None:
    """What a payee needs to be paid: its taxes, declared, and the mandate to write its invoices."""
    affiliate, person = world.affiliates[role.key], world.people[role.key]
    tax.declare(
        affiliate_id=affiliate.pk,
        actor_id=person.pk,
        now=now,
        legal_form=role.legal_form,
        vat_regime=FRANCHISE,
        legal_name=role.person,
        country="FR",
        address=role.street,
        postcode=role.postcode,
        town=role.town,
        siren=role.siret[:9],
        siret=role.siret,
    )
    text = mandates.text_at(now)
    if text is not None:
        mandates.accept(
            affiliate_id=affiliate.pk,
            text_id=text.pk,
            language=FRENCH,
            actor_id=person.pk,
            now=now,
        )
