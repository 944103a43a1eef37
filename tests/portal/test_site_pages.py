"""Sites, proofs and redirectors as affiliates and applicants see them."""

import pytest

from core.names import NotResolved
from fraud.models import Redirector, SiteProof
from fraud.tasks import check_asked
from tests.portal_staff.world import make_application


@pytest.fixture(autouse=True)
def _nothing_answers(monkeypatch):
    """The DNS is silent. The clock stands still here: a real one would be waited for for ever."""

    def silent(_names, host, _kind):
        raise NotResolved(f"The DNS did not answer for {host}.")

    monkeypatch.setattr("core.names.Names._ask", silent)


def test_ada_declares_a_site_and_is_told_how_to_prove_it(ada, world):
    page = ada.post("/portal/sites/declare/", {"url": "https://ada-deux.example/"}, follow=True)
    assert "https://ada-deux.example/" in page.content.decode()
    wrong = ada.post("/portal/sites/declare/", {"url": "ada"})
    assert wrong.status_code == 422
    for method, told in (
        ("dns_txt", "apport-site-verification="), ("meta_tag", "&lt;meta name="),
        ("file", "/.well-known/apport-site.txt"), ("bio_code", "Somebody of the team"),
    ):  # fmt: skip
        ask = {"site": "https://ada-deux.example/", "method": method}
        page = ada.post("/portal/sites/proofs/", ask, follow=True).content.decode()
        assert told in page, method
    assert SiteProof.objects.filter(affiliate=world.ada).count() == 4


def test_a_check_says_what_is_missing_and_another_one_has_to_wait(ada, world):
    ada.post("/portal/sites/declare/", {"url": "https://ada-deux.example/"})
    ada.post("/portal/sites/proofs/", {"site": "https://ada-deux.example/", "method": "dns_txt"})
    address = f"/portal/sites/proofs/{SiteProof.objects.get().pk}/check/"
    waiting = ada.post(address, follow=True).content.decode()
    assert "Being checked" in waiting
    assert 'hx-get="/portal/sites/watch/"' in waiting
    assert "One address is being looked at" in ada.get("/portal/sites/watch/").content.decode()
    assert SiteProof.objects.get().checked_at is None
    check_asked()
    assert ada.get("/portal/sites/watch/")["HX-Refresh"] == "true"
    assert "did not answer" in ada.get("/portal/sites/").content.decode()
    assert "Wait half a minute" in ada.post(address, follow=True).content.decode()


def test_a_redirector_is_followed_as_it_is_declared_and_can_be_removed(ada, world):
    page = ada.post("/portal/sites/redirectors/", {"url": "https://go.ada.example/x"}, follow=True)
    assert "Being checked" in page.content.decode()
    check_asked()
    assert "It did not answer." in ada.get("/portal/sites/").content.decode()
    row = Redirector.objects.get(affiliate=world.ada)
    address = f"/portal/sites/redirectors/{row.pk}"
    assert "Wait half a minute" in ada.post(f"{address}/check/", follow=True).content.decode()
    ada.post(f"{address}/remove/")
    row.refresh_from_db()
    assert row.removed_at is not None
    assert ada.post(f"{address}/check/").status_code == 404
    assert ada.post("/portal/sites/redirectors/", {"url": "x"}).status_code == 422


def test_nobody_touches_what_is_adas(sign_in, ada, world):
    ada.post("/portal/sites/declare/", {"url": "https://ada-deux.example/"})
    ada.post("/portal/sites/proofs/", {"site": "https://ada-deux.example/", "method": "file"})
    ada.post("/portal/sites/redirectors/", {"url": "https://go.ada.example/x"})
    proof, row = SiteProof.objects.get(), Redirector.objects.get(affiliate=world.ada)
    mallory = sign_in(world.people["mallory"])
    for address in (
        f"/portal/sites/{world.ada.properties.get(url__contains='deux').pk}/remove/",
        f"/portal/sites/proofs/{proof.pk}/check/", f"/apply/proofs/{proof.pk}/check/",
        f"/portal/sites/redirectors/{row.pk}/check/", f"/portal/sites/redirectors/{row.pk}/remove/",
    ):  # fmt: skip
        assert mallory.post(address).status_code == 404, address
    assert "ada-deux" not in mallory.get("/portal/sites/").content.decode()


def test_an_applicant_proves_a_site_before_the_answer(sign_in, world):
    application = make_application()
    browser = sign_in(application.user)
    ask = {"site": application.sites[0], "method": "file"}
    page = browser.post("/apply/proofs/", ask, follow=True).content.decode()
    assert SiteProof.objects.get().token in page
    address = f"/apply/proofs/{SiteProof.objects.get().pk}/check/"
    assert "Being checked" in browser.post(address, follow=True).content.decode()
    assert "HX-Refresh" not in browser.get("/apply/proofs/watch/")
    check_asked()
    assert browser.get("/apply/proofs/watch/")["HX-Refresh"] == "true"
    assert "did not answer" in browser.get("/apply/status/").content.decode()


def test_a_site_is_taken_back_and_can_be_declared_again(ada, world):
    ada.post("/portal/sites/declare/", {"url": "https://ada-deux.example/"})
    ada.post("/portal/sites/proofs/", {"site": "https://ada-deux.example/", "method": "file"})
    site = world.ada.properties.get(url="https://ada-deux.example/")
    page = ada.post(f"/portal/sites/{site.pk}/remove/", follow=True).content.decode()
    assert "https://ada-deux.example/" not in page
    site.refresh_from_db()
    assert site.removed_at is not None
    ada.post("/portal/sites/declare/", {"url": "https://ada-deux.example/"})
    site.refresh_from_db()
    assert site.removed_at is None
