"""The people that every page is asked by. An anonymous visitor needs no function."""

from __future__ import annotations

from affiliates.models import Affiliate, AffiliateKind
from core.models import User
from tests.builders import make_affiliate, make_user


def make_ada() -> Affiliate:
    """Ada Blanchet writes a blog: an affiliate."""
    user = make_user(email="ada@example.com", name="Ada Blanchet")
    return make_affiliate(user=user, name="Le Carnet d'Ada")


def make_ines() -> Affiliate:
    """Ines Moreau shows what she wears: an influencer."""
    user = make_user(email="ines@example.com", name="Ines Moreau")
    return make_affiliate(user=user, name="Ines Moreau", kind=AffiliateKind.INFLUENCER)


def make_mallory() -> Affiliate:
    """Mallory Roux: another affiliate, who must never see what is Ada's."""
    user = make_user(email="mallory@example.com", name="Mallory Roux")
    return make_affiliate(user=user, name="Bons Plans Mallory", kind=AffiliateKind.COUPON)


def make_sam() -> User:
    """Sam Petit manages the programme: staff."""
    return make_user(email="sam@example.com", name="Sam Petit", is_staff=True, roles=["manager"])


def make_fin() -> User:
    """Fin Lambert pays: finance."""
    return make_user(email="fin@example.com", name="Fin Lambert", is_staff=True, roles=["finance"])


def person_of(affiliate: Affiliate) -> User:
    """The person who acts for an affiliate made here."""
    return User.objects.get(memberships__affiliate=affiliate)
