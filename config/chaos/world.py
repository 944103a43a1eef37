"""What the chaos run begins with: a shop with a secret, a link that earns, payees at the double.

``python -m config.chaos.world --double http://127.0.0.1:9 --payees 50`` prints the shop's secret.
"""

from __future__ import annotations

import argparse
import sys
from datetime import timedelta

import django

django.setup()  # Before anything that has models.

from django.utils import timezone  # noqa: E402

from affiliates.models import Affiliate, AffiliateKind, Group, Terms  # noqa: E402
from config.chaos.buyers import SHOP  # noqa: E402
from config.chaos.visitors import SHOP_HOST  # noqa: E402
from payouts.proof import world  # noqa: E402
from payouts.proof.double import Double  # noqa: E402
from shop.models import Shop  # noqa: E402
from shop.services import secrets  # noqa: E402
from tracking.models import Link  # noqa: E402

LINK = "chaos"
BALANCE_MINOR = 10_000_000_000


def make(double: Double, *, payees: int, seed: int) -> str:
    """Make the world and return the secret that the shop signs with."""
    now = timezone.now()
    before = now - timedelta(days=90)
    double.ctl("fund", amount=BALANCE_MINOR)
    world.owe(double, items=payees, crew=world.people(), seed=seed, now=now, restricted=payees + 1)
    group = Group.objects.get(slug="proof")
    Terms.objects.create(
        group=group, version=1, valid_from=before, rate_bps=2_000, window_days=30, hold_days=30,
        minimum_payout_minor=1_000, currency="EUR", payment_days=[10, 25],
    )  # fmt: skip
    shop = Shop.objects.create(
        code=SHOP, name="Chaos", home_url=f"https://{SHOP_HOST}/", link_hosts=[SHOP_HOST],
        currency="EUR",
    )  # fmt: skip
    affiliate = Affiliate.objects.create(
        name="A blog", kind=AffiliateKind.CONTENT, group=group, country="FR",
        status_changed_at=before, joined_at=before,
    )  # fmt: skip
    Link.objects.create(
        code=LINK, affiliate=affiliate, shop=shop, destination_url=f"https://{SHOP_HOST}/{LINK}",
        created_at=before,
    )  # fmt: skip
    secret: str = secrets.issue(shop_id=shop.pk, actor=None, now=now).secret
    return secret


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--double", required=True)
    parser.add_argument("--payees", type=int, required=True)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.stdout.write(make(Double(options.double), payees=options.payees, seed=options.seed))
