"""The same cast many times over: what the demo is made of when more of it is wanted."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from itertools import cycle

from stdnum import luhn

from portal.demo import campaigns, cast, incidents, joining, looks
from portal.demo.cast import Page, Role
from portal.demo.history import DAY, DAYS, History
from portal.demo.world import World, catalogue_of
from shop.services import catalogue as shop_catalogue

#: What the country and the two check digits of a French IBAN begin as, while they are worked out.
_FRANCE, _IBAN_MODULUS, _KEY_MODULUS = "152700", 97, 97


def companies(times: int) -> list[tuple[Role, ...]]:
    """Return ``times`` casts: the demo's own, as many times as busy, and others like it."""
    own = tuple(_busy(role, times) for role in cast.ACCEPTED)
    return [own, *(tuple(_another(role, n) for role in cast.ACCEPTED) for n in range(2, times + 1))]


def stage_of(stage: World, roles: tuple[Role, ...]) -> World:
    """Return the stage on which ``roles`` play the parts of the demo's own cast."""
    parts = list(zip(cast.ACCEPTED, roles, strict=True))
    return replace(
        stage,
        people={**stage.people, **{own.key: stage.people[role.key] for own, role in parts}},
        affiliates={own.key: stage.affiliates[role.key] for own, role in parts},
        links={own.key: stage.links[role.key] for own, role in parts},
    )


def plan(history: History, roles: tuple[Role, ...], *, now: datetime) -> None:
    """Let come, among ``roles``, what a person has to decide."""
    begins = now - DAYS * DAY
    for own, role in zip(cast.ACCEPTED, roles, strict=True):
        if own is cast.ADA:
            incidents.own_purchase(history, begins + 38 * DAY, role)
        if own is cast.NADIA:
            incidents.same_account(history, begins + 62 * DAY, now - 3 * DAY, role)


def grow(stage: World, times: int, *, now: datetime) -> None:
    """Add what the history does not make: applicants, campaigns, looks, products."""
    for number in range(2, times + 1):
        waiting = replace(
            cast.WAITING, key=f"{cast.WAITING.key}-{number}", person=f"Claire Fontan {number}",
            name=f"{cast.WAITING.name} {number}", site=f"https://journal-{number}.example",
        )  # fmt: skip
        joining.leave_one_under_review(stage, now=now, role=waiting)
        campaigns.begin(stage, now=now, season=f" {number}")
        looks.show(stage, now=now)
        _sell_more(stage, number, now)


def _busy(role: Role, times: int) -> Role:
    """Return ``role`` with ``times`` the pages, clicks and orders."""
    if times == 1:
        return role
    pages = zip(range(len(role.pages) * times), cycle(role.pages), strict=False)
    return replace(
        role,
        pages=tuple(_page(page, number) for number, page in pages),
        clicks_a_day=role.clicks_a_day * times,
        code_orders_of_1000_days=role.code_orders_of_1000_days * times,
    )


def _page(page: Page, number: int) -> Page:
    return replace(page, label=f"{page.label} {number}", sub_id=f"{page.sub_id or 'page'}-{number}")


def _another(role: Role, number: int) -> Role:
    """Return somebody who does as ``role`` does, under another name."""
    position = cast.ACCEPTED.index(role)
    return replace(
        role,
        key=f"{role.key}-{number}",
        person=f"{role.person} {number}",
        name=f"{role.name} {number}",
        site=f"https://site-{position}-{number}.example",
        staff_number=f"{role.staff_number}-{number}" if role.staff_number else "",
        iban=_iban(100 * position + number) if role.iban else "",
        siret=_siret(100 * position + number) if role.siret else "",
        code=f"{role.code}N{number}" if role.code else "",
    )


def _iban(number: int) -> str:
    """Return the IBAN of a made-up account, with the key of its bank and the check digits."""
    bank, branch, account = "30004", "00812", f"{10_000_000 + number:011}"
    weighed = 89 * int(bank) + 15 * int(branch) + 3 * int(account)
    bban = f"{bank}{branch}{account}{_KEY_MODULUS - weighed % _KEY_MODULUS:02}"
    return f"FR{98 - int(bban + _FRANCE) % _IBAN_MODULUS:02}{bban}"


def _siret(number: int) -> str:
    business = f"{81_000_000 + number}"
    siren = business + luhn.calc_check_digit(business)
    return f"{siren}0001{luhn.calc_check_digit(siren + '0001')}"


def _sell_more(stage: World, number: int, now: datetime) -> None:
    """Add the catalogue once more, under other numbers."""
    shop_catalogue.upsert(
        shop_id=stage.shop.pk,
        products=[
            replace(one, sku=f"{one.sku}-{number}", name=f"{one.name} {number}",
                    model=f"{one.model}-{number}")
            for one in catalogue_of(stage.shop_url)
        ],
        now=now,
    )  # fmt: skip
