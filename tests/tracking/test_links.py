from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus
from tests.builders import NOW, make_affiliate, make_link, make_shop
from tracking.models import Link
from tracking.services import links

pytestmark = pytest.mark.django_db


def create(affiliate, url="https://shop.example/dresses", **overrides):
    shop = overrides.pop("shop", None) or make_shop()
    return links.create(
        affiliate_id=affiliate.pk, shop_id=shop.pk, destination_url=url, now=NOW, **overrides
    )


def test_a_link_leads_to_a_page_of_the_shop_without_our_own_parameters():
    affiliate = make_affiliate()

    link = create(
        affiliate,
        " https://shop.example/dresses?color=red&ap_ref=stolen&afsrc=1#top ",
        sub_id="newsletter-7",
        label="Red dresses",
    )

    link.refresh_from_db()
    assert link.destination_url == "https://shop.example/dresses?color=red#top"
    assert (link.affiliate, link.sub_id, link.label) == (affiliate, "newsletter-7", "Red dresses")
    assert (link.created_at, link.archived_at) == (NOW, None)
    assert len(link.code) == 8


def test_the_same_request_again_gives_the_same_link():
    affiliate = make_affiliate()
    first = create(affiliate, sub_id="a")

    assert create(affiliate, sub_id="a") == first
    assert create(affiliate, sub_id="b") != first
    assert create(make_affiliate(), sub_id="a") != first


def test_an_archived_link_is_not_given_again():
    affiliate = make_affiliate()
    first = create(affiliate)
    links.archive(link_id=first.pk, affiliate_id=affiliate.pk, now=NOW)

    assert create(affiliate) != first


@pytest.mark.parametrize(
    "url",
    [
        "https://evil.example/",
        "https://shop.example@evil.example/",
        "https://evil.example\\@shop.example/",
        "javascript:alert(1)",
        "https://shop.example/" + "a" * 1000,
    ],
)
def test_a_link_to_anywhere_else_is_refused(url):
    with pytest.raises(links.DestinationRefused):
        create(make_affiliate(), url)
    assert not Link.objects.exists()


def test_the_refusal_names_the_hosts():
    shop = make_shop(code="two", link_hosts=["a.example", "b.example"])
    with pytest.raises(links.DestinationRefused, match=r"a\.example, b\.example"):
        create(make_affiliate(), "https://shop.example/", shop=shop)


@pytest.mark.parametrize("sub_id", ["a b", "a&b=c", "é", "x" * 65])
def test_a_sub_id_that_would_not_survive_is_refused(sub_id):
    with pytest.raises(links.InvalidSubId):
        create(make_affiliate(), sub_id=sub_id)
    assert not Link.objects.exists()


@pytest.mark.parametrize("status", [AffiliateStatus.SUSPENDED, AffiliateStatus.CLOSED])
def test_an_account_that_is_not_active_gets_no_link(status):
    with pytest.raises(links.AccountNotActive):
        create(make_affiliate(status=status))
    assert not Link.objects.exists()


def test_archiving_again_keeps_the_first_moment():
    link = make_link()
    for days in (0, 1):
        links.archive(
            link_id=link.pk, affiliate_id=link.affiliate_id, now=NOW + timedelta(days=days)
        )
    link.refresh_from_db()
    assert link.archived_at == NOW


def test_nobody_archives_the_link_of_another():
    link = make_link()
    with pytest.raises(Link.DoesNotExist):
        links.archive(link_id=link.pk, affiliate_id=make_affiliate().pk, now=NOW)
    link.refresh_from_db()
    assert link.archived_at is None
