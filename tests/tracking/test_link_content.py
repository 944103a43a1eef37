"""Slugs, tags, expiry, copies, changes and the day's limit of links (docs/rules/links.md)."""

from datetime import timedelta

import pytest

from core.models import AuditEntry
from tests.builders import NOW, make_affiliate, make_code, make_link, make_shop
from tests.people import make_ada, make_mallory, person_of
from tracking.models import Link
from tracking.services import link_edits, link_imports, links
from tracking.services.link_content import CodeNotYours, InvalidExpiry, InvalidTags
from tracking.services.slugs import InvalidSlug, SlugTaken

pytestmark = pytest.mark.django_db
TOMORROW = NOW + timedelta(days=1)


def create(affiliate, url="https://shop.example/dresses", **overrides):
    return links.create(
        affiliate_id=affiliate.pk,
        shop_id=make_shop().pk,
        destination_url=url,
        **{"now": NOW, **overrides},
    )


def edit(link, **overrides):
    fields = {
        "destination_url": link.destination_url,
        "label": link.label,
        "note": link.note,
        "tags": link.tags,
        "utm_values": link.utm,
        "expires_at": link.expires_at,
        "coupon_code_id": link.coupon_code_id,
        "now": NOW,
        **overrides,
    }
    return link_edits.edit(
        link_id=link.pk,
        affiliate_id=fields.pop("affiliate_id", link.affiliate_id),
        actor_id=person_of(link.affiliate).pk,
        **fields,
    )


# --- what a link holds ----------------------------------------------------------------


def test_a_link_keeps_slug_note_tags_expiry_and_code():
    ada = make_ada()
    code = make_code(ada)

    link = create(
        ada, slug=" Red-Dresses ", note="For May", tags=["Mail", " mail ", "spring  26"],
        expires_at=TOMORROW, coupon_code_id=code.pk,
    )  # fmt: skip

    link.refresh_from_db()
    assert (link.code, link.note, link.tags) == ("red-dresses", "For May", ["Mail", "spring 26"])
    assert (link.expires_at, link.coupon_code) == (TOMORROW, code)


def test_a_taken_slug_is_refused_with_three_that_are_free():
    make_link(code="summer")
    make_link(code="summer-2026")

    with pytest.raises(SlugTaken, match="is taken") as refusal:
        create(make_ada(), slug="summer")

    assert refusal.value.suggestions == ["summer-le-carnet-d", "summer-2", "summer-3"]
    assert Link.objects.count() == 2


def test_the_same_slug_with_the_same_content_is_the_same_link():
    ada = make_ada()
    first = create(ada, slug="summer")

    assert create(ada, slug="summer") == first
    with pytest.raises(SlugTaken):
        create(ada, "https://shop.example/coats", slug="summer")


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"slug": "api"}, InvalidSlug),
        ({"slug": "a"}, InvalidSlug),
        ({"tags": ["x" * 31]}, InvalidTags),
        ({"tags": ["a,b"]}, InvalidTags),
        ({"tags": [f"t{number}" for number in range(11)]}, InvalidTags),
        ({"expires_at": NOW}, InvalidExpiry),
        ({"coupon_code_id": 0}, CodeNotYours),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_made(change, refusal):
    with pytest.raises(refusal):
        create(make_ada(), **change)
    assert not Link.objects.exists()


def test_a_code_of_another_or_one_that_has_ended_goes_with_no_link():
    ada = make_ada()
    for code in (make_code(make_mallory()), make_code(ada, valid_to=NOW)):
        with pytest.raises(CodeNotYours):
            create(ada, coupon_code_id=code.pk)


# --- the day's limit ------------------------------------------------------------------


def test_a_day_has_a_limit_and_the_refusal_says_when_it_is_over(settings):
    settings.LINKS_PER_DAY = 2
    ada = make_ada()
    for page in ("a", "b"):
        create(ada, f"https://shop.example/{page}")

    with pytest.raises(links.DailyLimitReached, match=r"2 links today.*16/?0?6?.*"):
        create(ada, "https://shop.example/c")
    assert create(ada, "https://shop.example/a")  # The same request makes nothing new.
    assert create(make_mallory(), "https://shop.example/c")
    assert create(ada, "https://shop.example/c", now=TOMORROW)


# --- copies, archive, tags ---------------------------------------------------------------


def test_a_copy_has_an_address_of_its_own_and_no_end():
    ada = make_ada()
    model = create(
        ada, label="Letter", tags=["mail"], utm_values={"utm_source": "x"}, expires_at=TOMORROW
    )

    copy = links.duplicate(link_id=model.pk, affiliate_id=ada.pk, now=NOW)

    assert copy.code != model.code
    assert (copy.label, copy.tags, copy.utm, copy.expires_at) == (
        "Letter (copy)", ["mail"], {"utm_source": "x"}, None,
    )  # fmt: skip
    assert links.duplicate(link_id=model.pk, affiliate_id=ada.pk, now=NOW) == copy
    with pytest.raises(Link.DoesNotExist):
        links.duplicate(link_id=model.pk, affiliate_id=make_mallory().pk, now=NOW)


def test_archiving_many_leaves_what_is_somebody_elses():
    ada, other = make_ada(), make_link()
    mine = [make_link(ada), make_link(ada, archived_at=NOW - timedelta(days=1))]
    ids = [link.pk for link in [*mine, other]]

    assert links.archive_many(link_ids=ids, affiliate_id=ada.pk, now=NOW) == 1

    other.refresh_from_db()
    assert other.archived_at is None
    assert AuditEntry.objects.get().verb == "link.archived"


def test_an_archived_link_comes_back_once():
    link = make_link(archived_at=NOW)
    for _again in range(2):
        links.restore(link_id=link.pk, affiliate_id=link.affiliate_id, now=NOW)
    link.refresh_from_db()
    assert link.archived_at is None
    assert AuditEntry.objects.get().verb == "link.restored"


def test_tags_are_put_on_and_taken_off_many_links():
    ada, other = make_ada(), make_link()
    first, second = make_link(ada, tags=["mail"]), make_link(ada)
    fields = {
        "link_ids": [first.pk, second.pk, other.pk], "tag": " Mail ", "affiliate_id": ada.pk,
        "actor_id": person_of(ada).pk, "now": NOW,
    }  # fmt: skip

    assert links.tag_many(**fields) == 1
    assert links.untag_many(**fields) == 2
    for link in (first, second, other):
        link.refresh_from_db()
        assert link.tags == []


# --- changes ------------------------------------------------------------------------------


def test_every_change_is_kept_with_before_and_after():
    link = create(make_ada(), label="Letter")

    edit(
        link, label="Letter of May", destination_url="https://shop.example/coats",
        expires_at=TOMORROW,
    )  # fmt: skip
    edit(Link.objects.get())

    link.refresh_from_db()
    entry = AuditEntry.objects.get()
    assert (link.label, link.expires_at) == ("Letter of May", TOMORROW)
    assert entry.actor == person_of(link.affiliate)
    assert entry.data["label"] == ["Letter", "Letter of May"]
    assert entry.data["destination_url"][1] == "https://shop.example/coats"
    assert entry.data["expires_at"] == [None, TOMORROW.isoformat()]
    assert set(entry.data) == {"label", "destination_url", "expires_at"}


@pytest.mark.parametrize(
    "change",
    [
        {"destination_url": "https://evil.example/"},
        {"expires_at": NOW - timedelta(days=1)},
        {"tags": ["x" * 31]},
        {"utm_values": {"gclid": "x"}},
    ],
)
def test_a_refused_change_changes_nothing(change):
    link = create(make_ada(), label="Letter")
    with pytest.raises(links.DomainError):
        edit(link, label="Other", **change)
    link.refresh_from_db()
    assert link.label == "Letter"
    assert not AuditEntry.objects.exists()


def test_an_expired_link_may_get_another_name_and_another_end():
    link = create(make_ada(), expires_at=TOMORROW)
    later = NOW + timedelta(days=5)

    assert edit(link, label="Old", now=later).expires_at == TOMORROW
    assert edit(link, expires_at=later + timedelta(days=1), now=later).expires_at > later


def test_an_archived_link_and_anothers_are_not_changed():
    link = create(make_ada())
    with pytest.raises(Link.DoesNotExist):
        edit(link, label="Mine now", affiliate_id=make_mallory().pk)
    links.archive(link_id=link.pk, affiliate_id=link.affiliate_id, now=NOW)
    with pytest.raises(link_edits.LinkArchived):
        edit(link, label="Other")


# --- files -----------------------------------------------------------------------------


def bring_in(affiliate, *lines, is_rehearsal=False):
    return link_imports.bring_in(
        lines, affiliate_id=affiliate.pk, shop_id=make_shop().pk, is_rehearsal=is_rehearsal, now=NOW
    )


def line(number, url="https://shop.example/dresses", **fields):
    return link_imports.WantedLink(number=number, destination_url=url, **fields)


def test_a_file_makes_the_links_of_its_good_lines_and_says_what_ails_the_others():
    ada = make_ada()
    lines = [
        line(2, slug="summer", tags=("mail",)),
        line(3, "https://evil.example/"),
        line(4, "https://shop.example/coats", slug="summer"),
    ]

    rehearsed = bring_in(ada, *lines, is_rehearsal=True)
    assert not Link.objects.exists()
    results = bring_in(ada, *lines)

    assert [result.link is not None for result in rehearsed] == [True, False, False]
    assert [result.link is not None for result in results] == [True, False, False]
    assert isinstance(results[2].refusal, SlugTaken)
    assert Link.objects.get().tags == ["mail"]


def test_a_file_does_not_get_round_the_days_limit(settings):
    settings.LINKS_PER_DAY = 1
    results = bring_in(
        make_affiliate(), line(2), line(3, "https://shop.example/coats"), is_rehearsal=True
    )
    assert isinstance(results[1].refusal, links.DailyLimitReached)
