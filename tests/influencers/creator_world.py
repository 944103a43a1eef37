"""Creators with accounts, figures and marks."""

from datetime import timedelta

from affiliates.models import AffiliateKind
from influencers.models import SocialFigure, StandingMark
from influencers.services import profiles, social
from influencers.services.social import Figures
from tests.builders import NOW, make_affiliate, make_user

FIGURES = {
    "followers": 20_000,
    "posts": 20,
    "writers": 100,
    "replies": 200,
    "answered": 120,
    "interactions": 4_000,
}


def make_creator(**overrides):
    """An influencer with a profile, or of another ``kind``."""
    affiliate = make_affiliate(**{"kind": AffiliateKind.INFLUENCER, **overrides})
    profiles.of(affiliate.pk, now=NOW)
    return affiliate


def make_account(affiliate, *, network="instagram", handle=None):
    """An account on a network."""
    return social.add_account(
        affiliate.pk,
        network=network,
        handle=handle or f"maker{affiliate.pk}",
        url="https://social.example/me",
        by_id=make_user().pk,
        now=NOW,
    )


def give(account, *, days_ago=1, source="staff", proof=None, **figures):
    """Figures of an account, some days ago."""
    return social.give(
        account.pk,
        Figures(**{**FIGURES, **figures}),
        day=(NOW - timedelta(days=days_ago)).date(),
        source=source,
        proof=proof,
        by_id=make_user().pk,
        now=NOW,
    )


def make_known(affiliate=None, *, network="instagram", source="staff", **figures):
    """A creator whose account is known for two months, so that it can be compared."""
    affiliate = affiliate or make_creator()
    account = make_account(affiliate, network=network)
    for days_ago in (60, 30, 1):
        give(account, days_ago=days_ago, source=source, **figures)
    return affiliate


def make_mark(affiliate, kind="mention", *, days_ago=3, source="https://social.example/p/1"):
    """Something that a creator did."""
    return StandingMark.objects.create(
        affiliate=affiliate,
        kind=kind,
        source=source,
        on=(NOW - timedelta(days=days_ago)).date(),
        note="Said so in a story.",
        created_at=NOW,
    )


def newest_figure():
    """The figure that was given last."""
    return SocialFigure.objects.latest("pk")


def read_page(browser, address):
    """What a page says, which must be there."""
    answer = browser.get(address)
    assert answer.status_code == 200, address
    return answer.content.decode()


def ours(creator, act=""):
    """The address of a manager's page or act about ``creator``."""
    return f"/manage/creators/{creator.public_id}/{act}"
