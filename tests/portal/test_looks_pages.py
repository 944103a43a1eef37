"""The pages of a creator's looks: who enters, the list, sending, one look."""

from io import BytesIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from PIL import Image

from influencers.models import ImageLicence, Look, LookComment, LookCount, LookVersion
from influencers.services import looks as services
from tests.builders import (
    NOW,
    make_affiliate,
    make_click,
    make_credit,
    make_order,
    make_shop,
    make_user,
)
from tests.influencers.moderation_world import submitted
from tests.people import make_ada, make_fin, make_ines, make_mallory, make_sam, person_of
from tests.portal.look_world import LOOK_LISTS, LOOK_PAGES, LOOK_POSTS, address, make_looks

pytestmark = pytest.mark.django_db
RIGHTS = {
    "scopes": ["site", "pdp"], "period": "2", "credit": "Ines Moreau", "people": "none",
    "agreed": "on",
}  # fmt: skip


@pytest.fixture
def person():
    return person_of(make_ines())


@pytest.fixture
def creator(person):
    return person.memberships.get().affiliate, person


@pytest.fixture
def looks(person):
    return make_looks(person)


@pytest.fixture
def ines(client, person):
    client.force_login(person)
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def text_of(answer):
    return answer.content.decode()


@pytest.mark.parametrize("maker", [make_ada, make_mallory])
def test_another_partner_finds_nothing(client, looks, maker):
    client.force_login(person_of(maker()))

    for name in LOOK_PAGES:
        assert client.get(address(name, looks.published)).status_code == 404, name
    for name in LOOK_POSTS:
        assert client.post(address(name, looks.changes)).status_code == 404, name
    remark = LookComment.objects.get()
    resolve = reverse("portal:look-comment-resolve", args=[looks.changes.public_id, remark.pk])
    assert client.post(resolve).status_code == 404


@pytest.mark.parametrize("maker", [make_sam, make_fin])
def test_staff_are_refused(client, looks, maker):
    client.force_login(maker())

    for name in LOOK_LISTS:
        assert client.get(reverse(f"portal:{name}")).status_code == 403, name
    for name in LOOK_PAGES:
        assert client.get(address(name, looks.published)).status_code == 403, name
    for name in LOOK_POSTS:
        assert client.post(address(name, looks.changes)).status_code == 403, name


def test_visitors_sign_in_first(client, looks):
    for name in LOOK_PAGES:
        assert client.get(address(name, looks.published))["Location"].startswith("/account/login/")


def test_acts_are_not_done_by_following_a_link(ines, looks):
    for name in LOOK_POSTS:
        assert ines.get(address(name, looks.changes)).status_code == 405, name
    assert ines.get(reverse("portal:look-new")).status_code == 405


def test_who_is_no_creator_begins_nothing(client):
    make_shop()
    client.force_login(person_of(make_ada()))

    answer = client.post(reverse("portal:look-new"), follow=True)

    assert "Looks are for creators" in text_of(answer) or "créateurs" in text_of(answer)
    assert not Look.objects.exists()


def test_the_list_shows_each_look_with_its_state(ines, looks):
    page = text_of(ines.get(reverse("portal:look-list")))

    for said in ("Draft", "In review", "Changes asked for", "Published", "On the quays"):
        assert said in page, said


@pytest.mark.parametrize(
    ("state", "shown"),
    [
        ("draft", "Look without a title"),
        ("submitted", "Waits for the team"),
        ("changes", "To be changed"),
        ("published", "On the quays"),
        ("hidden", "No look in this state"),
        ("archived", "No look in this state"),
    ],
)
def test_the_list_is_filtered_by_state(ines, looks, state, shown):
    page = text_of(ines.get(reverse("portal:look-list"), {"state": state}))
    titles = {"Look without a title", "Waits for the team", "To be changed", "On the quays"}

    assert shown in page
    assert not any(other in page for other in titles - {shown})


def test_the_list_costs_as_many_queries_for_many_looks_as_for_few(ines, creator, looks):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            ines.get(reverse("portal:look-list"))
        return len(seen)

    queries()  # Once, for what a first request looks up.
    before = queries()
    for number in range(4):
        submitted(creator, title=f"Look {number}")

    assert queries() == before


def test_without_looks_there_is_a_way_to_begin(ines):
    make_shop()

    assert "No look yet" in text_of(ines.get(reverse("portal:look-list")))
    answer = ines.post(reverse("portal:look-new"))
    assert answer["Location"] == address("look-edit", Look.objects.get())


def test_a_look_is_sent_with_its_rights(ines, looks):
    answer = ines.post(address("look-send", looks.changes), RIGHTS, follow=True)

    version = looks.changes.versions.get()
    licence = ImageLicence.objects.filter(picture=version.images.get().picture).latest("pk")
    assert version.status == "submitted"
    assert (licence.credit, sorted(licence.scopes)) == ("Ines Moreau", ["pdp", "site"])
    assert "What happens next" in text_of(answer)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"agreed": ""}, "Agree to this to send the look."),
        ({"scopes": ["site"]}, "at least the looks pages and the product pages"),
        ({"has_minors": "on", "people": "released"}, "Say who agreed in writing for the minor."),
        ({"people": ""}, "This field is required."),
    ],
)
def test_rights_that_are_not_whole_send_nothing(ines, looks, changed, said):
    answer = ines.post(address("look-send", looks.changes), RIGHTS | changed)

    assert answer.status_code == 422
    assert said in text_of(answer)
    assert looks.changes.versions.get().status == "changes"


def test_what_is_missing_sends_nothing(ines, looks):
    answer = ines.post(address("look-send", looks.draft), RIGHTS)

    assert answer.status_code == 422
    assert "Something is missing" in text_of(answer)
    assert looks.draft.versions.get().status == "draft"


def test_a_remark_is_marked_as_done(ines, looks):
    remark = LookComment.objects.get()
    where = reverse("portal:look-comment-resolve", args=[looks.changes.public_id, remark.pk])

    answer = ines.post(where, headers={"HX-Request": "true"})

    remark.refresh_from_db()
    assert remark.resolved_at is not None
    assert "remark--done" in text_of(answer)


def test_it_is_taken_back_and_thrown_away(ines, looks):
    back = ines.post(address("look-take-back", looks.waiting))
    gone = ines.post(address("look-discard", looks.waiting))

    assert back["Location"] == address("look-edit", looks.waiting)
    assert gone["Location"] == reverse("portal:look-list")
    assert looks.waiting.versions.get().status == "discarded"


def test_it_is_withdrawn_with_a_reason(ines, looks):
    ines.post(address("look-withdraw", looks.published), {"reason": ""})
    looks.published.refresh_from_db()
    assert looks.published.status == "published"

    ines.post(address("look-withdraw", looks.published), {"reason": "Moved on"})
    looks.published.refresh_from_db()
    assert (looks.published.status, looks.published.status_reason) == ("withdrawn", "Moved on")


def test_it_is_copied_archived_and_brought_back(ines, looks):
    copied = ines.post(address("look-duplicate", looks.published))
    copy = Look.objects.latest("pk")
    ines.post(address("look-archive", copy))
    copy.refresh_from_db()
    was_archived = copy.archived_at is not None
    ines.post(address("look-restore", copy))
    copy.refresh_from_db()

    assert copied["Location"] == address("look-edit", copy)
    assert (was_archived, copy.archived_at) == (True, None)


def test_a_look_shows_what_it_brought_by_place(ines, looks, creator):
    look = looks.published
    make_click(look.link)
    make_credit(creator[0], make_order(), link=look.link, surface=f"look:{look.pk}:pdp")
    slot = look.live.slots.first()
    day = NOW.date()
    LookCount.objects.create(look=look, day=day, surface="pdp", act="view", count=40)
    LookCount.objects.create(
        look=look, day=day, surface="pdp", act="tap", slot_key=slot.key, count=7
    )

    page = text_of(ines.get(address("look-detail", look)))

    assert "Product page" in page
    assert ">40<" in page
    assert ">7<" in page
    assert f"Commercial collaboration – On the quays – Light and cool. – {_link(look)}" in page


def _link(look):
    return f"http://localhost:8000/c/{look.link.code}"


def test_the_story_picture_is_as_large_as_a_story(ines, looks):
    answer = ines.get(address("look-story", looks.published))

    with Image.open(BytesIO(answer.content)) as picture:
        assert (picture.format, picture.size) == ("PNG", (1_080, 1_920))
    assert ines.get(address("look-story", looks.draft)).status_code == 404


def test_a_look_in_review_says_what_happens_next(ines, looks):
    page = text_of(ines.get(address("look-detail", looks.waiting)))

    assert "What happens next" in page
    assert "Take it back" in page


def test_every_state_has_its_page(ines, looks):
    for look in (looks.draft, looks.waiting, looks.changes, looks.published):
        assert ines.get(address("look-detail", look)).status_code == 200


def test_an_employee_makes_looks_too(client):
    make_shop()
    person = make_user()
    make_affiliate(user=person, kind="employee", store="Lyon", staff_number="7")
    client.force_login(person)

    client.post(reverse("portal:look-new"))

    look = Look.objects.get()
    assert client.get(address("look-edit", look)).status_code == 200
    assert LookVersion.objects.get().look_id == look.pk
    assert services.archive(look.pk, by_id=person.pk, now=NOW).archived_at == NOW
