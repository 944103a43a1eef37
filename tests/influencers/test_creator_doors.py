"""Who enters the pages of creators, what nobody sees of others, and how often pages ask."""

from datetime import timedelta

import pytest
from django.urls import reverse

from influencers.models import (
    EditorialEntry,
    StandingContest,
)
from tests.builders import NOW, make_affiliate
from tests.influencers.creator_world import (
    give,
    make_account,
    make_creator,
    make_known,
    make_mark,
    ours,
    read_page,
)
from tests.influencers.look_surface_world import make_look
from tests.payouts.stories import accrued
from tests.people import make_ada, make_fin, make_mallory, make_sam, person_of
from tests.portal_staff.creator_doors import OWN_POSTS

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creators_today")]
NOBODY = "00000000-0000-4000-8000-000000000000"


@pytest.mark.parametrize("name", ["my-page", "my-standing", *OWN_POSTS])
def test_only_creators_have_these_doors(browse, client, name):
    address = reverse(f"portal:{name}", args=OWN_POSTS.get(name, []))
    ask = "post" if name in OWN_POSTS else "get"
    assert getattr(client, ask)(address)["Location"].startswith("/account/login/")
    for person, expected in ((person_of(make_ada()), 404), (make_sam(), 403), (make_fin(), 403)):
        assert getattr(browse(person), ask)(address).status_code == expected
    if name in OWN_POSTS:
        assert browse(person_of(make_creator())).get(address).status_code == 405


def test_nobody_acts_on_what_is_another_creators(browse):
    ines = make_creator()
    account, mark = make_account(ines), make_mark(ines)
    look = make_look(affiliate=ines)
    other = browse(person_of(make_mallory()))
    zoe = make_creator()
    for browser in (other, browse(person_of(zoe))):
        for address in (
            f"/portal/creator/accounts/{account.pk}/remove/",
            f"/portal/creator/accounts/{account.pk}/figures/",
            f"/portal/creator/page/looks/{look.pk}/first/",
        ):
            assert browser.post(address).status_code == 404, address
    browse(person_of(zoe)).post(
        "/portal/creator/standing/contest/", {"mark": mark.pk, "text": "Hm."}
    )
    account.refresh_from_db()
    assert account.removed_at is None
    assert not StandingContest.objects.exists()


def test_a_creator_reads_nothing_of_the_others(browse):
    ines, zoe = make_known(make_creator()), make_known(make_creator(name="Zoe Petit"))
    make_mark(zoe, "complaint")

    page = read_page(browse(person_of(ines)), "/portal/creator/standing/")

    assert "Zoe Petit" not in page
    assert "Complained in public" not in page


def test_strangers_are_not_found(browse):
    sam = browse(make_sam())
    assert sam.get(f"/manage/creators/{NOBODY}/").status_code == 404
    assert sam.get(ours(make_affiliate())).status_code == 404
    mark = make_mark(make_creator())
    address = ours(make_creator(), f"marks/{mark.pk}/take-back/")
    assert sam.post(address, {"reason": "x"}).status_code == 404


def test_lists_ask_as_often_for_thirty_creators_as_for_one(browse, django_assert_max_num_queries):
    sam = browse(make_sam())

    def make_one():
        creator = make_known(make_creator(kind="employee"))
        make_mark(creator)
        accrued(creator)

    make_one()
    lists = (
        "/manage/creators/", "/manage/creators/ranking/", "/manage/creators/pools/",
        "/manage/creators/stores/", "/manage/editorial/", "/manage/editorial/reposts/",
    )  # fmt: skip
    before = {address: _count(sam, address, django_assert_max_num_queries) for address in lists}
    for _ in range(12):
        make_one()
    after = {address: _count(sam, address, django_assert_max_num_queries) for address in lists}

    assert after == before
    assert max(after.values()) <= 45


def _count(browser, address, counter):
    browser.get(address)
    with counter(80) as queries:
        assert browser.get(address).status_code == 200
    return len(queries)


def test_the_calendar_asks_as_often_for_many_days_as_for_one(browse, django_assert_max_num_queries):
    sam = browse(make_sam())
    ines = make_creator()

    def plan(days):
        look = make_look(affiliate=ines)
        EditorialEntry.objects.create(
            account="@maison", day=NOW.date() + timedelta(days=days), look=look, created_at=NOW,
            created_by=make_affiliate().memberships.get().user,
        )  # fmt: skip

    plan(0)
    before = _count(sam, "/manage/editorial/", django_assert_max_num_queries)
    for days in range(1, 7):
        plan(days)

    assert _count(sam, "/manage/editorial/", django_assert_max_num_queries) == before


def test_figures_are_shown_with_what_is_usual(browse):
    ines = make_known()
    give(make_account(ines, network="tiktok"), followers=500)

    page = read_page(browse(make_sam()), ours(ines))

    assert "Engagement rate (community)" in page
    assert "Not enough data" in page
