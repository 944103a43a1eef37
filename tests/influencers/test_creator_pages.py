"""Creators on their pages: filtered, invited, ranked and answered by managers; their own page."""

from dataclasses import replace
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from influencers.models import (
    EditorialEntry,
    Influencer,
    InfluencerNote,
    Pool,
    PoolMember,
    Segment,
    SocialFigure,
    StandingContest,
    StandingMark,
    StandingWeights,
    Store,
)
from payouts.models import Adjustment, AdjustmentProposal
from tests.builders import NOW, make_shop
from tests.influencers.creator_world import (
    FIGURES,
    make_account,
    make_creator,
    make_known,
    ours,
    read_page,
)
from tests.influencers.look_surface_world import TERMS, make_look, make_picture, photo
from tests.payouts.stories import accrued
from tests.people import make_ada, make_sam, person_of

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("creators_today")]
NOBODY = "00000000-0000-4000-8000-000000000000"


def test_managers_filter_creators_and_save_the_filter(browse):
    make_known(make_creator(name="Ines Moreau"))
    make_creator(name="Zoe Petit", kind="employee")
    sam = browse(make_sam())

    everybody = read_page(sam, "/manage/creators/")
    assert "Ines Moreau" in everybody
    assert "Zoe Petit" in everybody
    narrowed = read_page(sam, "/manage/creators/?tier=micro&kind=influencer")
    assert "Ines Moreau" in narrowed
    assert "Zoe Petit" not in narrowed
    assert "No creator like this" in read_page(sam, "/manage/creators/?theme=wool")
    assert read_page(sam, "/manage/creators/?tier=%00&pool=x&store=%27")

    answer = sam.post("/manage/creators/segments/save/", {"tier": "micro", "name": "Middle"})
    assert answer["Location"] == "/manage/creators/?tier=micro"
    assert Segment.objects.get().rules == {"tiers": ["micro"]}
    assert "Middle" in read_page(sam, "/manage/creators/")
    sam.post(f"/manage/creators/segments/{Segment.objects.get().pk}/delete/")
    assert not Segment.objects.exists()


def test_managers_tag_those_they_ticked(browse):
    ines, ada = make_creator(), make_ada()
    sam = browse(make_sam())

    sam.post("/manage/creators/tag/", {"selected": [ines.pk, ada.pk, "x"], "tag": "Summer"})

    assert Influencer.objects.get().tags == ["summer"]


def test_managers_keep_what_they_know_of_a_creator(browse):
    worker = make_creator(name="Zoe Petit", kind="employee")
    sam = browse(make_sam())
    sam.post(ours(worker, "describe/"), {"themes": "Sea, Linen", "tags": "", "region": "Alsace"})
    sam.post(ours(worker, "notes/"), {"text": "Prefers mornings."})
    sam.post(
        ours(worker, "agreement/"),
        {"store": "lyon-bellecour", "agreed_by": "Paul Durand", "agreed_on": "2026-06-01",
         "working_time": "Tuesday mornings"},
    )  # fmt: skip
    sam.post(ours(worker, "accounts/"), {"network": "tiktok", "handle": "@zoe", "url": ""})

    page = read_page(sam, ours(worker))
    for said in ("sea, linen", "Prefers mornings.", "Paul Durand", "Tuesday mornings", "zoe"):
        assert said in page
    assert InfluencerNote.objects.get().author.email == "sam@example.com"


def test_managers_read_figures_and_give_marks_that_the_creator_contests(browse):
    ines = make_creator(name="Ines Moreau")
    account = make_account(ines)
    sam = make_sam()
    figures = {**FIGURES, "day": "2026-06-14", "proof": SimpleUploadedFile("a.png", b"shot")}
    browse(sam).post(ours(ines, f"accounts/{account.pk}/figures/"), figures)
    browse(sam).post(
        ours(ines, "marks/"),
        {"kind": "complaint", "source": "https://x.example/1", "on": "2026-06-10",
         "note": "Complained of a parcel."},
    )  # fmt: skip
    assert SocialFigure.objects.get().source == "staff"
    mark = StandingMark.objects.get()

    own = browse(person_of(ines))
    page = read_page(own, "/portal/creator/standing/")
    for said in ("Detractor", "Complained of a parcel.", "20,000", "Read by the team",
                 "figures of less than 28 days"):  # fmt: skip
        assert said in page
    own.post("/portal/creator/standing/contest/", {"mark": mark.pk, "text": "Not me."})
    contest = StandingContest.objects.get()

    assert "Not me." in read_page(browse(sam), "/manage/creators/ranking/")
    browse(sam).post(
        ours(ines, f"contests/{contest.pk}/answer/"), {"text": "Right.", "takes_back": "on"}
    )
    page = read_page(browse(person_of(ines)), "/portal/creator/standing/")
    assert "Neutral" in page
    assert "Right." in page


def test_creators_declare_figures_with_a_screenshot(browse):
    ines = make_creator()
    own = browse(person_of(ines))
    own.post("/portal/creator/accounts/", {"network": "instagram", "handle": "ines"})
    account = ines.social_accounts.get()

    own.post(
        f"/portal/creator/accounts/{account.pk}/figures/",
        {**FIGURES, "day": "2026-06-14", "proof": SimpleUploadedFile("a.png", b"shot")},
    )
    own.post(f"/portal/creator/accounts/{account.pk}/figures/", {**FIGURES, "answered": 9_999})

    figure = SocialFigure.objects.get()
    assert figure.source == "declared"
    assert figure.proof_sha256[:12] in read_page(own, "/portal/creator/standing/")
    own.post(f"/portal/creator/accounts/{account.pk}/remove/")
    assert "No account yet" in read_page(own, "/portal/creator/standing/")


def test_the_ranking_and_its_weights(browse):
    make_known(make_creator(name="Ines Moreau"))
    make_creator(name="Zoe Petit")
    sam = browse(make_sam())
    page = read_page(sam, "/manage/creators/ranking/")
    assert "Not enough data: no figures of the last 90 days." in page

    parts = {"margin": 50, "incremental": 10, "answered": 10, "engagement": 10,
             "reliability": 10, "audience": 10}  # fmt: skip
    sam.post("/manage/creators/ranking/weights/", parts)
    sam.post("/manage/creators/ranking/weights/", {**parts, "margin": 60})
    assert StandingWeights.objects.get().margin == 50


def test_the_best_are_given_a_bonus_once_a_day(browse):
    ines = make_creator()
    sam = browse(make_sam())
    for _ in range(2):
        sam.post(ours(ines, "bonus/"), {"amount": "20.00", "text": "The best of June."})

    proposal = AdjustmentProposal.objects.get()
    assert (proposal.reason, proposal.amount_minor, proposal.status) == ("bonus", 2_000, "booked")
    assert Adjustment.objects.get().affiliate == ines


def test_a_pool_is_made_filled_and_left(browse):
    ines, zoe = make_known(make_creator(name="Ines Moreau")), make_creator(name="Zoe Petit")
    sam = make_sam()
    made = browse(sam).post(
        "/manage/creators/pools/new/", {"name": "Linen", "tiers": ["micro"], "most": 1}
    )
    pool = Pool.objects.get()
    address = f"/manage/creators/pools/{pool.pk}/"
    assert made["Location"] == address
    page = read_page(browse(sam), address)
    assert "Ines Moreau" in page
    assert "Zoe Petit" not in page
    assert "Zoe Petit" in read_page(browse(sam), f"{address}?q=zoe")
    browse(sam).post(f"{address}invite/", {"affiliate": [ines.pk, zoe.pk]})

    for creator, state in ((ines, "Member"), (zoe, "On the waiting list")):
        own = browse(person_of(creator))
        member = PoolMember.objects.get(affiliate=creator)
        own.post(f"/portal/creator/pools/{member.pk}/accept/")
        assert state in read_page(own, "/portal/creator/standing/")
    member = PoolMember.objects.get(affiliate=ines)
    browse(sam).post(f"{address}members/{member.pk}/remove/", {"reason": "Season over."})
    assert PoolMember.objects.get(affiliate=zoe).status == "member"
    browse(sam).post(f"{address}edit/", {"name": "Linen and sea", "most": 5})
    browse(sam).post(f"{address}close/")
    pool.refresh_from_db()
    assert (pool.name, pool.most, pool.closed_at) == ("Linen and sea", 5, NOW)


def test_a_whole_segment_is_invited(browse):
    make_known(make_creator(name="Ines Moreau"))
    make_creator()
    sam = browse(make_sam())
    sam.post("/manage/creators/segments/save/", {"tier": "micro", "name": "Middle"})
    sam.post("/manage/creators/pools/new/", {"name": "Linen"})
    pool = Pool.objects.get()

    sam.post(f"/manage/creators/pools/{pool.pk}/invite/", {"segment": Segment.objects.get().pk})

    assert PoolMember.objects.get().affiliate.name == "Ines Moreau"


def test_the_league_is_seen_by_managers_and_without_money_by_employees(browse):
    worker = make_creator(kind="employee", name="Zoe Petit")
    accrued(worker)
    sam = make_sam()
    page = read_page(browse(sam), "/manage/creators/stores/?days=30")
    assert "Lyon Bellecour" in page
    assert "€10.00" in page
    store = Store.objects.get()
    detail = read_page(browse(sam), f"/manage/creators/stores/{store.pk}/")
    assert "Zoe Petit" in detail
    assert "Missing" in detail
    browse(sam).post("/manage/creators/stores/new/", {"name": "Brest", "city": "", "region": ""})
    browse(sam).post(f"/manage/creators/stores/{store.pk}/change/", {"region": "Rhône"})
    assert set(Store.objects.values_list("name", "region")) == {
        ("Brest", ""), ("Lyon Bellecour", "Rhône"),
    }  # fmt: skip

    own = read_page(browse(person_of(worker)), "/portal/creator/standing/")
    assert "League of stores" in own
    assert "Your store" in own
    assert "€10.00" not in own


def test_a_creator_makes_the_page_and_sees_it_in_public(browse):
    ines = make_creator(name="Ines Moreau")
    first, second = make_look(affiliate=ines, title="Quay"), make_look(affiliate=ines, title="Sea")
    own = browse(person_of(ines))
    read_page(own, "/portal/creator/page/")

    own.post(
        "/portal/creator/page/picture/",
        {"place": "avatar", "file": SimpleUploadedFile("me.jpg", photo())},
    )
    own.post(f"/portal/creator/page/looks/{first.pk}/first/")
    wanted = {"handle": "ines", "bio": "Linen and sea.", "accent": "ocean", "is_public": "on"}
    assert own.post("/portal/creator/page/", wanted).status_code == 302

    profile = Influencer.objects.get(affiliate=ines)
    assert (profile.handle, profile.accent, profile.is_page_public) == ("ines", "ocean", True)
    assert profile.avatar.affiliate == ines
    assert profile.first_looks == [first.pk]
    page = read_page(own, "/portal/creator/page/")
    assert page.index("Quay") < page.index("Sea<")
    assert "/looks/by/ines/" in page
    assert second.pk not in profile.first_looks
    assert "Your new text waits for the team" in page
    own.logout()
    assert "Linen and sea." not in read_page(own, "/looks/by/ines/")
    sam = browse(make_sam())
    sam.post(f"/manage/affiliates/{ines.public_id}/bio/agree/", {"bio": wanted["bio"]})
    own.logout()
    assert "Linen and sea." in read_page(own, "/looks/by/ines/")
    own.force_login(person_of(ines))
    own.post("/portal/creator/page/picture/", {"place": "avatar"})
    profile.refresh_from_db()
    assert profile.avatar is None


def test_an_address_that_is_taken_is_said_in_the_form(browse):
    make_creator(name="Zoe")
    ines = make_creator(name="Ines")

    answer = browse(person_of(ines)).post(
        "/portal/creator/page/", {"handle": "zoe", "bio": "", "accent": "rust"}
    )

    assert answer.status_code == 422
    assert "is taken" in answer.content.decode()


@pytest.mark.parametrize("handle", ["maison-lin", "MaisonLin", "officiel", "merde"])
def test_an_address_of_the_shops_or_an_offence_is_nobodys(browse, handle):
    make_shop(name="Maison Lin")
    ines = make_creator(name="Ines")

    answer = browse(person_of(ines)).post(
        "/portal/creator/page/", {"handle": handle, "bio": "", "accent": "rust"}
    )

    assert answer.status_code == 422
    assert "is taken" in answer.content.decode()
    assert not Influencer.objects.filter(affiliate=ines).exclude(handle="ines").exists()


def test_the_social_team_plans_and_takes_the_photos_away(browse):
    ines = make_creator(name="Ines Moreau")
    terms = replace(TERMS, scopes=("site", "social"))
    look = make_look(
        affiliate=ines, picture=make_picture(ines, terms=terms), title="Sunday", slug="sunday"
    )
    make_look(title="For our pages alone")
    sam = browse(make_sam())
    page = read_page(sam, "/manage/editorial/reposts/")
    assert "Sunday" in page
    assert "For our pages alone" not in page

    sam.post(
        f"/manage/editorial/looks/{look.pk}/plan/",
        {"account": "@maison", "day": "2026-06-20", "caption": "Linen."},
    )
    entry = EditorialEntry.objects.get()
    assert "May be shown" in read_page(sam, "/manage/editorial/")
    assert "Nothing is planned" in read_page(sam, "/manage/editorial/?from=2026-09-01")
    sam.post(f"/manage/editorial/{entry.pk}/out/", {"url": "https://x.example/p"})
    sam.post(f"/manage/editorial/{entry.pk}/drop/")
    entry.refresh_from_db()
    assert (entry.url, entry.dropped_at) == ("https://x.example/p", None)

    kit = sam.get(f"/manage/editorial/reposts/export.zip?selected={look.pk}")
    with ZipFile(BytesIO(kit.content)) as zipped:
        assert "sunday/1.jpg" in zipped.namelist()
    listed = b"".join(sam.get("/manage/editorial/reposts/export.csv").streaming_content).decode()
    assert "Sunday" in listed
    assert read_page(sam, "/manage/editorial/reposts/?on=2027-02-01&q=x")
