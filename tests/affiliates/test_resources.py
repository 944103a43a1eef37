"""Resources (docs/rules/resources.md): offered, changed, versioned, taken back, counted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from affiliates.models import AffiliateKind, Resource, ResourceDownload, ResourceKind
from affiliates.models import ResourceLanguage as Language
from affiliates.services import resources
from affiliates.services.resources import ResourceRefused
from core.models import AuditEntry
from tests.builders import NOW, make_affiliate, make_group, make_user
from tests.portal.resource_world import PDF, content, file, make_resource, png

DAY = timedelta(days=1)

pytestmark = pytest.mark.django_db


def test_what_is_offered_has_words_files_and_an_entry():
    """RS1."""
    found = make_resource(files=[(Language.FRENCH, file()), (Language.ENGLISH, file())])

    kept = resources.current_files(found)
    assert [(one.language, one.version, one.width, one.height) for one in kept] == [
        ("en", 1, 300, 250),
        ("fr", 1, 300, 250),
    ]
    assert found.title("fr") == "Bannière d’automne"
    assert AuditEntry.objects.filter(verb="resource.offered").count() == 1


@pytest.mark.parametrize(
    ("wrong", "files"),
    [
        ({"title_en": " "}, None),
        ({}, []),
        ({"kind": ResourceKind.DOCUMENT}, []),
        ({"kind": ResourceKind.TEXT, "text_fr": ""}, None),
        ({"kind": ResourceKind.RULES, "text_en": " "}, None),
        ({"expires_at": NOW}, None),
        ({"tags": [str(n) for n in range(9)]}, None),
        ({"tags": ["x" * 31]}, None),
        ({}, [(Language.BOTH, file("rules.pdf", PDF))]),
        ({}, [(Language.BOTH, file("broken.png", png()[:60]))]),
        ({}, [(Language.BOTH, file("false.png", b"\x89PNG\r\n\x1a\n<script>"))]),
    ],
)
def test_what_lacks_something_is_refused_and_nothing_is_kept(wrong, files):
    """RS1."""
    with pytest.raises(ResourceRefused):
        make_resource(files=files, **wrong)

    assert not Resource.objects.exists()


def test_a_picture_that_asks_for_all_memory_is_refused(monkeypatch):
    """RS1."""
    monkeypatch.setattr(resources, "MOST_PIXELS", 100 * 100)

    with pytest.raises(ResourceRefused):
        make_resource()


def test_words_change_and_what_did_not_is_no_change():
    """RS2."""
    found, actor = make_resource(), make_user()
    later = NOW + DAY

    for _n in range(2):
        resources.change(found.pk, content(category="Winter"), actor_id=actor.pk, now=later)

    found.refresh_from_db()
    assert (found.category, found.changed_at) == ("Winter", later)
    assert AuditEntry.objects.get(verb="resource.changed").data == {"changed": ["category"]}


def test_the_kind_stays():
    """RS2."""
    found = make_resource()
    resources.change(
        found.pk, content(kind=ResourceKind.LOGO), actor_id=make_user().pk, now=NOW + DAY
    )

    found.refresh_from_db()
    assert found.kind == ResourceKind.BANNER


def test_a_newer_file_is_the_next_version_and_the_same_is_none():
    """RS3."""
    found, actor = make_resource(), make_user()
    newer = file(body=png(colour="green"))

    kept = [
        resources.add_file(found.pk, Language.BOTH, newer, actor_id=actor.pk, now=NOW + DAY)
        for _n in range(2)
    ]

    assert kept[0] == kept[1]
    assert [one.version for one in resources.current_files(found)] == [2]
    assert found.files.count() == 2


def test_a_reader_gets_the_file_of_their_language_then_that_of_both():
    found = make_resource(files=[(Language.BOTH, file()), (Language.FRENCH, file("fr.png"))])

    assert resources.current_file(found, "fr").name == "fr.png"
    assert resources.current_file(found, "en").name == "banner.png"
    assert resources.current_file(found, "en", exactly=True) is None


def test_what_was_taken_back_stays_so():
    """RS4."""
    found, actor = make_resource(), make_user()
    for later in (NOW, NOW + DAY):
        resources.withdraw(found.pk, actor_id=actor.pk, now=later)

    found.refresh_from_db()
    assert found.withdrawn_at == NOW
    assert AuditEntry.objects.filter(verb="resource.withdrawn").count() == 1
    with pytest.raises(ResourceRefused):
        resources.change(found.pk, content(category="x"), actor_id=actor.pk, now=NOW)
    with pytest.raises(ResourceRefused):
        resources.add_file(found.pk, Language.BOTH, file(), actor_id=actor.pk, now=NOW)


def test_it_is_offered_to_whom_it_is_for_until_it_is_over():
    """RS5."""
    ada = make_affiliate()
    other = make_group(slug="other", name="Other")
    everybody = make_resource()
    own_group = make_resource(group_id=ada.group_id)
    own_kind = make_resource(kinds=[ada.kind])
    over = make_resource(expires_at=NOW + DAY)
    make_resource(group_id=other.pk)
    make_resource(kinds=[AffiliateKind.CASHBACK])

    assert set(resources.offered_to(ada, now=NOW)) == {everybody, own_group, own_kind, over}
    assert set(resources.offered_to(ada, now=NOW + DAY)) == {everybody, own_group, own_kind}


def test_downloads_are_counted_by_affiliate_and_day_of_paris():
    """RS6."""
    found, ada, mallory = make_resource(), make_affiliate(), make_affiliate()
    for affiliate, now in ((ada, NOW), (ada, NOW), (mallory, NOW), (ada, NOW + DAY)):
        resources.count_download(resource_id=found.pk, affiliate_id=affiliate.pk, now=now)

    rows = ResourceDownload.objects.order_by("pk")
    assert [(one.affiliate, one.count) for one in rows] == [(ada, 2), (mallory, 1), (ada, 1)]
