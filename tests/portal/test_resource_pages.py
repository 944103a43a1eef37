"""Pages of resources and of the profile: found, looked at, downloaded, embedded, and kept."""

from __future__ import annotations

from datetime import timedelta
from io import BytesIO

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image

from affiliates.models import (
    Affiliate,
    Resource,
    ResourceDownload,
    ResourceKind,
    ResourceLanguage,
)
from affiliates.services import resources
from tests.builders import NOW, make_group, make_link, make_user
from tests.people import make_ada, make_mallory, make_sam, person_of
from tests.portal.resource_world import PDF, file, make_profile, make_resource, png

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _now(time_machine):
    time_machine.move_to(NOW, tick=False)


@pytest.fixture
def ada():
    return make_ada()


@pytest.fixture
def partner(client, ada):
    client.force_login(person_of(ada))
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def _said(client, address):
    answer = client.get(address)
    assert answer.status_code == 200, answer
    return answer.content.decode()


def _of(found):
    return reverse("portal:resource", args=[found.public_id])


# What affiliates see.


def test_the_first_visit_finds_nothing_then_something_new_and_then_known(partner):
    assert "Nothing is offered yet" in _said(partner, "/portal/resources/")

    make_resource(now=NOW + timedelta(minutes=1))
    first, second = (_said(partner, "/portal/resources/") for _n in range(2))

    assert "Autumn banner" in first
    assert ">New<" in first
    assert "Autumn banner" in second


def test_filters_find_and_an_empty_answer_leads_out(partner):
    make_resource()
    make_resource(kind=ResourceKind.TEXT, title_en="A text", files=[], category="Winter", tags=[])

    assert "A text" not in _said(partner, "/portal/resources/?kind=banner")
    assert "Autumn banner" in _said(partner, "/portal/resources/?q=coats")
    assert "A text" in _said(partner, "/portal/resources/?category=Winter")
    nothing = _said(partner, "/portal/resources/?q=nowhere")
    assert "Nothing fits these filters" in nothing
    assert "Clear filters" in nothing


def test_a_banner_is_put_on_a_page_with_an_own_link(partner, ada, client):
    found = make_resource()
    assert "You have no link yet" in _said(partner, _of(found))
    first, second = make_link(ada, label="First"), make_link(ada, label="Second")

    said = _said(partner, f"{_of(found)}?link={first.pk}")

    assert f"/c/{first.code}" in said
    assert f"/c/{second.code}" not in said
    assert f"/banners/{found.public_id}/all/" in said
    assert "width=&quot;300&quot;" in said
    assert f"/c/{second.code}" in _said(partner, f"{_of(found)}?link=999999")


def test_what_is_typed_in_a_title_is_no_html_in_the_code(partner, ada):
    make_link(ada)
    found = make_resource(title_en='"><script>alert(1)</script>')

    said = _said(partner, _of(found))

    assert "<script>alert(1)" not in said
    assert "&amp;lt;script&amp;gt;" in said


def test_a_download_is_sent_as_a_file_and_counted(partner, ada):
    found = make_resource(kind=ResourceKind.DOCUMENT, files=[(ResourceLanguage.BOTH, _pdf())])
    address = reverse("portal:resource-file", args=[found.public_id, found.files.get().pk])

    answers = [partner.get(address) for _n in range(2)]

    assert answers[0].content == PDF
    assert answers[0]["Content-Disposition"].startswith("attachment")
    assert ResourceDownload.objects.get().count == 2
    image = reverse("portal:resource-image", args=[found.public_id, found.files.get().pk])
    assert partner.get(image).status_code == 404


def _pdf():
    return file("rules.pdf", PDF)


def test_what_is_not_offered_to_an_affiliate_is_not_found(partner):
    other = make_group(slug="other", name="Other")
    hidden = make_resource(group_id=other.pk)
    gone = make_resource()
    resources.withdraw(gone.pk, actor_id=make_user().pk, now=NOW)

    for found in (hidden, gone):
        for name in ("resource-file", "resource-image"):
            address = reverse(f"portal:{name}", args=[found.public_id, found.files.get().pk])
            assert partner.get(address).status_code == 404
        assert partner.get(_of(found)).status_code == 404
    assert not ResourceDownload.objects.exists()


@pytest.mark.parametrize("count", [1, 12])
def test_the_list_asks_as_much_however_much_there_is(partner, django_assert_max_num_queries, count):
    for _n in range(count):
        make_resource()
    with django_assert_max_num_queries(24):
        _said(partner, "/portal/resources/")


# Banners on pages of others.


def test_everybody_gets_a_banner_its_newest_version_and_no_cookie(client):
    found = make_resource()
    newer = file(body=png(colour="green"))
    resources.add_file(found.pk, ResourceLanguage.BOTH, newer, actor_id=make_user().pk, now=NOW)

    answer = client.get(f"/banners/{found.public_id}/all/")

    assert answer.content == newer.body
    assert answer["Content-Type"] == "image/png"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    assert "public" in answer["Cache-Control"]
    assert answer["Cross-Origin-Resource-Policy"] == "cross-origin"
    assert not answer.cookies
    assert client.get(f"/banners/{found.public_id}/fr/").status_code == 404


def test_only_banners_that_are_offered_are_everybodys(client):
    logo = make_resource(kind=ResourceKind.LOGO)
    over = make_resource(expires_at=NOW + timedelta(seconds=1))
    Resource.objects.filter(pk=over.pk).update(expires_at=NOW)

    for found in (logo, over):
        assert client.get(f"/banners/{found.public_id}/all/").status_code == 404


# The team's.


def _typed(**overrides):
    return {
        "kind": "banner",
        "title_fr": "Bannière",
        "title_en": "Banner",
        "tags": "coats, winter",
        "file_both": SimpleUploadedFile("b.png", png()),
        **overrides,
    }


def test_the_team_offers_changes_and_takes_back(client):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    assert "Nothing is offered yet" in _said(client, "/manage/resources/")

    answer = client.post("/manage/resources/new/", _typed())
    found = Resource.objects.get()
    here = reverse("portal:staff-resource-detail", args=[found.public_id])
    assert answer["Location"] == here
    assert found.tags == ["coats", "winter"]

    client.post(here, {"title_fr": "Autre", "title_en": "Other", "tags": "", "kind": "text"})
    client.post(f"{here}files/", {"language": "fr", "file": SimpleUploadedFile("f.png", png(9, 9))})
    found.refresh_from_db()
    assert (found.title_en, found.kind) == ("Other", "banner")
    assert found.files.count() == 2
    assert (
        client.get(f"{here}files/{found.files.first().pk}/?show=1")["Content-Type"] == "image/png"
    )

    client.post(f"{here}withdraw/")
    assert "Taken back" in _said(client, here)
    assert "Other" not in _said(client, "/manage/resources/")
    assert "Other" in _said(client, "/manage/resources/?state=all")


@pytest.mark.parametrize(
    "wrong",
    [
        {"file_both": SimpleUploadedFile("b.exe", b"MZ")},
        {"file_both": SimpleUploadedFile("b.png", b"\x89PNG\r\n\x1a\n" + b"x" * (2 * 1024 * 1024))},
        {"title_en": ""},
    ],
)
def test_what_the_team_sends_wrong_is_said_and_not_kept(client, wrong):
    client.force_login(make_sam())

    assert client.post("/manage/resources/new/", _typed(**wrong)).status_code == 422
    assert not Resource.objects.exists()


def test_the_team_reads_who_downloaded(client, ada):
    found = make_resource()
    resources.count_download(resource_id=found.pk, affiliate_id=ada.pk, now=NOW)
    client.force_login(make_sam())

    assert ada.name in _said(
        client, reverse("portal:staff-resource-detail", args=[found.public_id])
    ).replace("&#x27;", "'")


# The profile.


def test_the_profile_says_who_reads_what_and_keeps_it(partner, ada):
    said = _said(partner, "/portal/profile/")
    assert "Only the team reads it" in said
    assert "Statements and invoices name your legal holder." in said

    answer = partner.post(
        "/portal/profile/",
        {
            "name": "Ada’s coats",
            "contact_email": "press@example.com",
            "languages": ["fr"],
            "audience_countries": ["FR", "BE"],
            "picture": SimpleUploadedFile("logo.png", png(64, 64)),
        },
    )

    assert answer.status_code == 302
    assert Affiliate.objects.get(pk=ada.pk).name == "Ada’s coats"
    shown = Image.open(BytesIO(partner.get("/portal/profile/picture/").content))
    assert (shown.format, shown.size) == ("PNG", (64, 64))
    assert "press@example.com" in _said(partner, "/portal/profile/")


def test_what_is_wrong_in_a_profile_is_said_and_not_kept(partner, ada):
    answer = partner.post("/portal/profile/", {"name": "", "contact_email": "nowhere"})

    assert answer.status_code == 422
    assert Affiliate.objects.get(pk=ada.pk).name == ada.name


def test_managers_read_a_profile_and_other_affiliates_do_not(client, ada):
    make_profile(ada)
    page = reverse("portal:affiliate-detail", args=[ada.public_id])
    client.force_login(make_sam())
    said = _said(client, page)
    assert "press@example.com" in said
    assert "Coats and scarves." in said
    assert client.get(f"{page}picture/").status_code == 200

    client.logout()
    assert client.get("/portal/profile/picture/")["Location"].startswith("/account/login/")
    client.force_login(person_of(make_mallory()))
    assert client.get(f"{page}picture/").status_code == 403
    assert client.get("/portal/profile/picture/").status_code == 404
    assert "press@example.com" not in _said(client, "/portal/profile/")
