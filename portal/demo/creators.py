"""The demo's creators: their pages, what their accounts count, and the pool they are asked into."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from affiliates.models import Affiliate
from affiliates.queries import people_of
from core.models import User
from influencers.domain.segment import Rules
from influencers.models import Store
from influencers.services import bios, pools, profiles, segments, social, standing, stores
from influencers.services.pools import Wanted
from influencers.services.profiles import Known, Page
from influencers.services.social import Figures
from portal.demo import cast
from portal.demo.world import World

#: Days before the end, and the followers of that day.
_GROWTH = ((84, 44_900), (70, 45_100), (56, 45_300), (42, 45_600), (28, 45_800), (14, 45_900),
           (1, 46_000))  # fmt: skip
_FIGURES = {
    cast.INES.key: {"posts": 31, "writers": 610, "replies": 1_180, "answered": 830,
                    "interactions": 88_000},
    cast.NADIA.key: {"posts": 12, "writers": 74, "replies": 140, "answered": 126,
                     "interactions": 2_900},
}  # fmt: skip


def introduce(stage: World, *, now: datetime) -> None:
    """Make pages, figures, a pool, a segment and marks of the influencer and the employee."""
    sam = stage.people["sam"]
    ines, nadia = stage.affiliates[cast.INES.key], stage.affiliates[cast.NADIA.key]
    for affiliate, words, region in (
        (ines, ["bureau", "lin", "tenues complètes"], "Provence-Alpes-Côte d'Azur"),
        (nadia, ["bureau", "grandes tailles"], "Auvergne-Rhône-Alpes"),
    ):
        known = Known(themes=words, tags=["saison"], region=region)
        profiles.describe(affiliate.pk, known, by_id=sam.pk, now=now)
    _pages(ines, nadia, sam, now)
    _stores(nadia, sam, now.date(), now)
    _figures(ines, cast.INES.key, now, share=1)
    _figures(nadia, cast.NADIA.key, now, share=16)
    _pool(ines, nadia, sam, now)
    segments.save(name="Thème bureau", rules=Rules(themes=("bureau",)), by_id=sam.pk, now=now)
    profiles.write_down(nadia.pk, "Préfère les essayages du mardi matin.", by_id=sam.pk, now=now)
    standing.mark(
        ines.pk,
        kind="mention",
        source="https://photos.example/ines.moreau/direct",
        on=(now - timedelta(days=9)).date(),
        note="A répondu aux questions de taille pendant un direct.",
        by_id=sam.pk,
        now=now,
    )


def _pages(ines: Affiliate, nadia: Affiliate, sam: User, now: datetime) -> None:
    for affiliate, handle, bio, accent in (
        (ines, "ines-moreau", "Des tenues complètes pour aller travailler.", "rust"),
        (nadia, "nadia-bellecour", "Conseillère à Lyon Bellecour depuis huit ans.", "moss"),
    ):
        page = Page(handle=handle, bio=bio, accent=accent, is_public=True)
        profiles.change_page(affiliate.pk, page, by_id=_person(affiliate), now=now)
        bios.agree(affiliate_id=affiliate.pk, bio=bio, actor_id=sam.pk, now=now)


def _stores(nadia: Affiliate, sam: User, today: date, now: datetime) -> None:
    stores.gather()
    lyon = Store.objects.get(name=nadia.store)
    stores.change(
        lyon.pk, city="Lyon", region="Auvergne-Rhône-Alpes", closed_on=None, by_id=sam.pk, now=now
    )
    stores.open_store(
        name="Nantes Crébillon", city="Nantes", region="Pays de la Loire", by_id=sam.pk, now=now
    )
    profiles.agree(
        nadia.pk,
        store_id=lyon.pk,
        agreed_by="Hélène Faure",
        agreed_on=today - timedelta(days=60),
        working_time="Le mardi de 9 h à 11 h, avant l'ouverture.",
        by_id=sam.pk,
        now=now,
    )


def _figures(affiliate: Affiliate, key: str, now: datetime, *, share: int) -> None:
    """Declare the figures of an account for three months; ``share``: of Inès's followers."""
    person = _person(affiliate)
    account = social.add_account(
        affiliate.pk,
        network="instagram",
        handle=key,
        url=f"https://photos.example/{key}",
        by_id=person,
        now=now,
    )
    for days, followers in _GROWTH:
        social.give(
            account.pk,
            Figures(followers=followers // share, **_FIGURES[key]),
            day=(now - timedelta(days=days)).date(),
            source="declared",
            proof=None,
            by_id=person,
            now=now,
        )


def _pool(ines: Affiliate, nadia: Affiliate, sam: User, now: datetime) -> None:
    """Inès takes one of the places; Nadia has yet to answer."""
    pool = pools.make(
        Wanted(
            name="Tenues de bureau",
            about="Une tenue complète par mois, avec des pièces de la saison.",
            themes=["bureau"],
            most=12,
        ),
        by_id=sam.pk,
        now=now,
    )
    member = pools.invite(pool.pk, ines.pk, by_id=sam.pk, now=now)
    pools.accept(member.pk, by_id=_person(ines), now=now)
    pools.invite(pool.pk, nadia.pk, by_id=sam.pk, now=now)


def _person(affiliate: Affiliate) -> int:
    return people_of(affiliate.pk)[0].pk
