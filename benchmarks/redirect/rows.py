"""The links that are followed."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone

from affiliates.models import Affiliate, AffiliateKind, Group, Terms
from shop.models import Shop
from tracking.models import Link


def make_links(number: int, *, affiliates: int = 500) -> None:
    """Make ``number`` links, bench0 and on, of ``affiliates`` with terms. Once per database."""
    if Link.objects.filter(code="bench0").exists():
        return
    now = timezone.now()
    shop = Shop.objects.create(
        code="bench",
        name="Bench",
        home_url="https://localhost/",
        link_hosts=["localhost", "shop.example"],
        link_origin="https://localhost",
        currency="EUR",
    )
    group = Group.objects.create(slug="bench", name="Bench", is_default=False)
    Terms.objects.create(
        group=group, version=1, valid_from=now - timedelta(days=400), rate_bps=1_000,
        window_days=30, hold_days=30, minimum_payout_minor=0, currency="EUR", payment_days=[5],
    )  # fmt: skip
    accounts = Affiliate.objects.bulk_create(
        Affiliate(
            name=f"Bench {one}",
            kind=AffiliateKind.CONTENT,
            group=group,
            country="FR",
            status_changed_at=now,
            joined_at=now,
        )  # fmt: skip
        for one in range(affiliates)
    )
    Link.objects.bulk_create(
        Link(
            affiliate=accounts[one % affiliates],
            shop=shop,
            code=f"bench{one}",
            destination_url=f"https://shop.example/dresses/{one}",
            created_at=now,
        )
        for one in range(number)
    )
