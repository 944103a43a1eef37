"""Pools: invitations, the waiting list, and the last place when two take it at once."""

from datetime import timedelta

import pytest

from affiliates.models import AffiliateStatus
from core.errors import InvalidTransition
from core.models import AuditEntry, Delivery
from influencers.models import InfluencerNote, MemberStatus, PoolMember
from influencers.services import pools, profiles
from influencers.services.pools import NotForThem, NotTheirInvitation, PoolRefused, Wanted
from influencers.services.profiles import HandleTaken, NoCreator, Page, ProfileRefused
from tests.builders import NOW, make_affiliate, make_user
from tests.influencers.creator_world import make_creator
from tests.people import person_of
from tests.races.threads import at_once, raised

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam():
    return make_user(roles=["manager"])


def make_pool(sam, **changes):
    return pools.make(Wanted(**{"name": "Linen", **changes}), by_id=sam.pk, now=NOW)


def invited(pool, sam, affiliate=None):
    affiliate = affiliate or make_creator()
    return pools.invite(pool.pk, affiliate.pk, by_id=sam.pk, now=NOW)


def accept(member, *, now=NOW):
    return pools.accept(member.pk, by_id=person_of(member.affiliate).pk, now=now)


def test_pl1_names_of_pools_are_theirs_alone(sam):
    make_pool(sam)

    with pytest.raises(PoolRefused):
        make_pool(sam, name="linen")
    with pytest.raises(PoolRefused):
        make_pool(sam, name=" ")


def test_pl2_an_invitation_is_a_mail_and_sent_once(sam):
    pool = make_pool(sam)
    member = invited(pool, sam)
    assert invited(pool, sam, member.affiliate) == member

    mails = Delivery.objects.filter(key__startswith=f"pool:{member.pk}:invited")
    assert (member.status, mails.count()) == ("invited", 1)
    assert mails.get().recipient == person_of(member.affiliate).email


@pytest.mark.parametrize("facts", [{"kind": "content"}, {"status": AffiliateStatus.SUSPENDED}])
def test_pl2_only_creators_with_an_active_account_are_invited(sam, facts):
    pool, affiliate = make_pool(sam), make_affiliate(**{"kind": "influencer", **facts})

    with pytest.raises(NotForThem):
        pools.invite(pool.pk, affiliate.pk, by_id=sam.pk, now=NOW)
    assert not PoolMember.objects.exists()


def test_pl3_with_no_place_free_one_waits_and_moves_up_in_turn(sam):
    pool = make_pool(sam, most=1)
    first, second, third = (invited(pool, sam) for _ in range(3))
    assert accept(first).status == MemberStatus.MEMBER
    assert accept(second, now=NOW + timedelta(minutes=1)).status == MemberStatus.WAITING
    assert accept(third, now=NOW + timedelta(minutes=2)).status == MemberStatus.WAITING
    assert accept(first).status == MemberStatus.MEMBER  # Once more changes nothing.

    pools.leave(first.pk, by_id=person_of(first.affiliate).pk, now=NOW)

    assert [one.status for one in reread(first, second, third)] == ["left", "member", "waiting"]
    assert Delivery.objects.filter(key__startswith=f"pool:{second.pk}:member").exists()


def reread(*members):
    return [PoolMember.objects.get(pk=one.pk) for one in members]


def test_pl4_more_places_let_those_who_wait_in_and_fewer_send_nobody_away(sam):
    pool = make_pool(sam, most=1)
    first, second = invited(pool, sam), invited(pool, sam)
    accept(first)
    accept(second)

    pools.change(pool.pk, Wanted(name="Linen", most=2), by_id=sam.pk, now=NOW)
    assert [one.status for one in reread(first, second)] == ["member", "member"]
    pools.change(pool.pk, Wanted(name="Linen", most=1), by_id=sam.pk, now=NOW)
    assert [one.status for one in reread(first, second)] == ["member", "member"]


def test_pl5_only_the_creator_answers(sam):
    member, mallory = invited(make_pool(sam), sam), make_user()

    for answer in (pools.accept, pools.decline, pools.leave):
        with pytest.raises(NotTheirInvitation):
            answer(member.pk, by_id=mallory.pk, now=NOW)
    assert reread(member)[0].status == MemberStatus.INVITED


def test_pl6_who_declined_or_left_has_to_be_invited_again(sam):
    member = invited(make_pool(sam), sam)
    person = person_of(member.affiliate).pk
    pools.decline(member.pk, by_id=person, now=NOW)
    with pytest.raises(InvalidTransition):
        pools.accept(member.pk, by_id=person, now=NOW)

    invited(member.pool, sam, member.affiliate)
    pools.accept(member.pk, by_id=person, now=NOW)
    pools.leave(member.pk, by_id=person, now=NOW)
    with pytest.raises(NotTheirInvitation):
        pools.accept(member.pk, by_id=person, now=NOW)


def test_pl7_who_is_taken_out_reads_why(sam):
    member = invited(make_pool(sam), sam)
    accept(member)
    with pytest.raises(PoolRefused):
        pools.remove(member.pk, reason=" ", by_id=sam.pk, now=NOW)

    pools.remove(member.pk, reason="The season is over.", by_id=sam.pk, now=NOW)
    pools.remove(member.pk, reason="The season is over.", by_id=sam.pk, now=NOW)

    assert reread(member)[0].status == MemberStatus.LEFT
    mail = Delivery.objects.get(key__startswith=f"pool:{member.pk}:removed")
    assert "The season is over." in mail.body
    assert AuditEntry.objects.get(verb="pool.removed").reason == "The season is over."


def test_pl8_a_closed_pool_lets_nobody_in(sam):
    pool = make_pool(sam, most=1)
    first, second = invited(pool, sam), invited(pool, sam)
    accept(first)
    accept(second)
    pools.close(pool.pk, by_id=sam.pk, now=NOW)

    with pytest.raises(PoolRefused):
        invited(pool, sam)
    pools.leave(first.pk, by_id=person_of(first.affiliate).pk, now=NOW)
    assert reread(second)[0].status == MemberStatus.WAITING


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_pl3_the_last_place_is_given_once(sam):
    pool = make_pool(sam, most=2)
    members = [invited(pool, sam) for _ in range(6)]
    people = [person_of(one.affiliate).pk for one in members]

    answers = at_once(
        6, lambda number: pools.accept(members[number].pk, by_id=people[number], now=NOW)
    )

    assert raised(answers) == []
    states = sorted(PoolMember.objects.values_list("status", flat=True))
    assert states == ["member"] * 2 + ["waiting"] * 4


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_pl3_one_free_place_moves_one_up(sam):
    pool = make_pool(sam, most=3)
    members = [invited(pool, sam) for _ in range(6)]
    for member in members:
        accept(member)
    people = [person_of(one.affiliate).pk for one in members]

    answers = at_once(
        2, lambda number: pools.leave(members[number].pk, by_id=people[number], now=NOW)
    )

    assert raised(answers) == []
    states = sorted(PoolMember.objects.values_list("status", flat=True))
    assert states == ["left"] * 2 + ["member"] * 3 + ["waiting"]


def test_pr1_a_profile_is_made_once_with_an_address_of_its_own(sam):
    first = profiles.of(make_affiliate(kind="influencer", name="Zoé").pk, now=NOW)
    other = profiles.of(make_affiliate(kind="influencer", name="Zoé").pk, now=NOW)
    short = profiles.of(make_affiliate(kind="influencer", name="Me").pk, now=NOW)

    assert profiles.of(first.affiliate_id, now=NOW) == first
    assert (first.handle, other.handle, short.handle) == ("zoe", "zoe-2", "me-creator")


def test_pr1_others_have_none():
    with pytest.raises(NoCreator):
        profiles.of(make_affiliate(kind="content").pk, now=NOW)


def test_pr2_an_address_is_nobody_elses():
    ines, zoe = make_creator(name="Ines"), make_creator(name="Zoe")
    page = {"bio": " Linen. ", "accent": "moss", "is_public": True}

    changed = profiles.change_page(
        ines.pk, Page(handle="Inès à la mer", **page), by_id=person_of(ines).pk, now=NOW
    )
    assert (changed.handle, changed.wished_bio, changed.is_page_public) == (
        "ines-a-la-mer",
        "Linen.",
        True,
    )
    for taken in ("ines-a-la-mer", "widget"):
        with pytest.raises(HandleTaken):
            profiles.change_page(
                zoe.pk, Page(handle=taken, **page), by_id=person_of(zoe).pk, now=NOW
            )
    with pytest.raises(ProfileRefused):
        profiles.change_page(zoe.pk, Page(handle="?!", **page), by_id=person_of(zoe).pk, now=NOW)


def test_pr4_notes_are_added_and_never_edited(sam):
    ines = make_creator()
    profiles.write_down(ines.pk, " Prefers mornings. ", by_id=sam.pk, now=NOW)

    with pytest.raises(ProfileRefused):
        profiles.write_down(ines.pk, " ", by_id=sam.pk, now=NOW)
    assert [one.text for one in InfluencerNote.objects.all()] == ["Prefers mornings."]


def test_pr5_a_tag_is_added_once(sam):
    ines, zoe = make_creator(), make_creator()

    assert profiles.tag([ines.pk, zoe.pk], "summer", by_id=sam.pk, now=NOW) == 2
    assert profiles.tag([ines.pk, zoe.pk], "summer", by_id=sam.pk, now=NOW) == 0
    ines.influencer.refresh_from_db()
    assert ines.influencer.tags == ["summer"]
