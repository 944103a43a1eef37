"""The pages of the domain watch: what is shown, what managers say, and what follows."""

from html import unescape

import pytest
from django.urls import reverse

from core.models import AuditEntry
from fraud.models import HostKind, ListedHost, Lookalike, Redirector, WatchedName
from fraud.queries.chains import chains_of
from tests.builders import NOW, make_affiliate, make_case, make_credit, make_screening
from tests.people import make_sam
from tests.portal_staff.test_query_counts import grows
from tests.portal_staff.world import make_domain

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(client):
    client.force_login(make_sam())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def read(client, name, *args, query=""):
    answer = client.get(reverse(f"portal:{name}", args=args) + query)
    assert answer.status_code == 200
    return unescape(answer.content.decode())


def say(client, page, /, *args, **data):
    answer = client.post(reverse(f"portal:{page}", args=args), data, follow=True)
    return unescape(answer.content.decode())


def test_the_list_says_what_each_domain_does_heaviest_first(sam):
    free = make_domain(host="ccvmode.shop", status="unregistered")
    leading = make_domain(make_affiliate(name="Squat Ltd"))

    page = read(sam, "domain-list")

    assert page.index(leading.host) < page.index(free.host)
    for words in ("Forwards to a partner's link", "Squat Ltd", "L3 · A typing error away"):
        assert words in page


@pytest.mark.parametrize(
    ("query", "hosts"),
    [
        ("", ["ccvmod.fr", "ccvmode.shop"]),
        ("?status=unregistered", ["ccvmode.shop"]),
        ("?level=L3&q=MOD.fr", ["ccvmod.fr"]),
        ("?level=L1", []),
        ("?status=nonsense", ["ccvmod.fr", "ccvmode.shop"]),
        ("?allowed=1", ["ccvmoda.fr"]),
        ("?name=99999999999", []),
    ],
)
def test_filters_leave_what_they_say(sam, query, hosts):
    make_domain()
    make_domain(host="ccvmode.shop", status="unregistered")
    make_domain(host="ccvmoda.fr")
    ListedHost.objects.create(
        pattern="ccvmoda.fr", kind=HostKind.ALLOWED, source="test", created_at=NOW
    )
    answer = sam.get(reverse("portal:domain-list") + query)
    assert [row.domain.host for row in answer.context["rows"]] == hosts


def test_a_domain_shows_every_step_of_every_visit_and_its_case(sam):
    ada = make_affiliate(name="Ada")
    domain = make_domain(ada)
    case = make_case(make_screening(make_credit(ada), decision="hold"), family="domain")

    page = read(sam, "domain-detail", domain.pk)

    for words in (
        "http://ccvmod.fr/",
        "answered 302, redirected",
        "The link of Ada. It was not opened: a look is no click.",
        "Chrome on a computer, from a search engine",
        "192.0.2.1",
        str(case.public_id),
    ):
        assert words in page


def test_what_a_stranger_wrote_is_shown_as_text(sam):
    domain = make_domain(status="page")
    probe = domain.probes.first()
    domain.probes.model.objects.create(
        lookalike=domain, at=probe.at, client="chrome", status="page",
        hops=[{"url": "http://x.test/<script>alert(1)</script>", "status": 200, "way": ""}],
    )  # fmt: skip
    raw = sam.get(reverse("portal:domain-detail", args=[domain.pk])).content.decode()
    assert "<script>alert(1)" not in raw


def test_allowing_takes_a_reason_and_ends_the_proof_until_it_is_taken_back(sam):
    domain = make_domain()
    assert "Write the reason." in say(sam, "domain-allow", domain.pk, reason=" ")
    assert chains_of()

    assert "No signal minds it" in say(sam, "domain-allow", domain.pk, reason="A fan's site.")
    assert chains_of() == {}
    assert ListedHost.objects.get(kind=HostKind.ALLOWED).note == "A fan's site."
    assert say(sam, "domain-allow", domain.pk, reason="Again.")
    assert AuditEntry.objects.filter(verb="lookalike.allowed").count() == 1

    say(sam, "domain-disallow", domain.pk, reason="It was sold.")
    assert chains_of()


def test_a_declared_redirector_is_named_and_not_acquitted(sam):
    domain = make_domain()
    Redirector.objects.create(
        affiliate=domain.affiliate, url="https://ccvmod.fr/", host="ccvmod.fr", declared_at=NOW,
        verified_at=NOW,
    )  # fmt: skip
    assert "That does not allow it" in read(sam, "domain-detail", domain.pk)
    assert chains_of()


def test_a_domain_of_ours_accuses_nobody_and_is_not_looked_at(sam):
    domain = make_domain()
    say(sam, "domain-ours", domain.pk, is_ours="1")
    domain.refresh_from_db()
    assert (domain.status, domain.probe_at) == ("ours", None)
    assert chains_of() == {}

    say(sam, "domain-ours", domain.pk, is_ours="0")
    domain.refresh_from_db()
    assert domain.status == "generated"
    assert domain.probe_at is not None


def test_the_list_to_register_is_by_priority_and_is_a_file_too(sam):
    later = make_domain(host="ccvmode.ch", status="unregistered")
    first = make_domain(host="ccvmode.com", status="unregistered")
    Lookalike.objects.filter(pk=first.pk).update(priority=900)
    make_domain()

    page = read(sam, "domain-register")
    assert page.index(first.host) < page.index(later.host)
    assert "ccvmod.fr" not in page

    lines = b"".join(sam.get(reverse("portal:domain-export"))).decode().splitlines()
    assert len(lines) == 3
    assert lines[1].startswith('"ccvmode.com";"ccvmode.com";"CCV Mode"')
    international = b"".join(sam.get(reverse("portal:domain-export") + "?form=international"))
    assert b'"ccvmode.com","ccvmode.com"' in international


def test_names_come_and_go_with_a_reason(sam):
    assert "shorter ones are near everything" in say(sam, "domain-name-add", name="CC")
    say(sam, "domain-name-add", name="  CCV   Mode ")
    name = WatchedName.objects.get()
    assert (name.name, name.is_domain) == ("CCV Mode", False)
    say(sam, "domain-name-add", name="https://www.CCV-mode.fr/")
    assert WatchedName.objects.filter(name="ccv-mode.fr", is_domain=True).exists()

    assert "Write the reason." in say(sam, "domain-name-remove", name.pk, reason="")
    say(sam, "domain-name-remove", name.pk, reason="We sold it.")
    name.refresh_from_db()
    assert name.removed_at is not None
    assert "CCV Mode" not in [
        row.name for row in sam.get("/manage/domains/names/").context["names"]
    ]

    say(sam, "domain-name-add", name="CCV Mode")
    name.refresh_from_db()
    assert name.removed_at is None


@pytest.mark.parametrize(
    ("host", "words"),
    [
        ("nonsense", "Write a domain"),
        ("192.0.2.1", "Write a domain"),
        ("http://[", "Write a domain"),
        ("unrelated.fr", "near none of the watched names"),
    ],
)
def test_what_is_no_look_alike_is_not_added(sam, host, words):
    make_domain()
    answer = sam.post(reverse("portal:domain-add"), {"host": host})
    assert answer.status_code == 422
    assert words in unescape(answer.content.decode())
    assert Lookalike.objects.count() == 1


def test_a_domain_that_somebody_came_across_is_added_once_and_looked_at(sam):
    make_domain()
    for _twice in range(2):
        assert "CCV Mode" in say(sam, "domain-add", host="https://www.ccvmdoe.fr/soldes?x=1")
    added = Lookalike.objects.get(host="ccvmdoe.fr")
    assert (added.level, added.way, added.status) == ("L3", "added", "generated")
    assert added.probe_at is not None

    assert "It is being looked at" in say(sam, "domain-look", added.pk)


def test_a_page_costs_the_same_with_many_domains(sam):
    hosts = iter(f"ccvmod{number}.fr" for number in range(60))
    more, one = grows(sam, reverse("portal:domain-list"), lambda: make_domain(host=next(hosts)))
    assert (more, one <= 14) == (0, True)
