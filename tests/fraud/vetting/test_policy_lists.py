"""The policy lists: what they may name, who says so, and bringing in a file."""

from importlib import import_module

import pytest
from django.apps import apps

from core.models import AuditEntry
from fraud.domain.hosts import declared_as, holds, host_of, tidy_pattern
from fraud.models import ListedHost
from fraud.services import policy_lists
from fraud.services.policy_lists import ListRefused, Outcome
from tests.builders import NOW, make_user

HEAD = "pattern;kind;source;note\n"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("Example.COM", "example.com"),
        (" https://www.example.com/ ", "example.com"),
        ("http://example.com:8080/Codes-Promo/", "example.com/codes-promo"),
        ("codepromo.*", "codepromo.*"),
        ("*.example.com", "*.example.com"),
        ("réduc.fr", "xn--rduc-bpa.fr"),
        ("*", ""),
        ("*.*", ""),
        ("a.*.com", ""),
        ("localhost", ""),
        ("", ""),
        ("exa mple.com", ""),
        ("example.com/<b>", ""),
        ("-.com", ""),
        ("x" * 250 + ".com", ""),
    ],
)
def test_what_a_list_may_name(typed, kept):
    assert tidy_pattern(typed) == kept


@pytest.mark.parametrize(
    ("pattern", "url", "is_under"),
    [
        ("a.example", "https://www.a.example/x", True),
        ("a.example", "https://b.a.example/", True),
        ("a.example", "https://ba.example/", False),
        ("a.example/codes", "https://a.example/Codes/lin", True),
        ("a.example/codes", "https://a.example/codes-lin", False),
        ("codepromo.*", "https://codepromo.news.example/", True),
        ("codepromo.*", "https://news.example/codepromo", False),
        ("a.example", "http://[", False),
    ],
)
def test_what_falls_under_a_pattern(pattern, url, is_under):
    assert holds(pattern, url) is is_under


@pytest.mark.parametrize(
    ("url", "host", "declared"),
    [
        ("https://WWW.A.example/Blog/", "a.example", "a.example/blog"),
        ("http://a.example:99999/", "a.example", "a.example"),
        ("a.example/x", "", "a.example/x"),
        ("http://[", "", ""),
        ("", "", ""),
    ],
)
def test_the_host_of_an_address_and_what_two_accounts_would_both_declare(url, host, declared):
    assert (host_of(url), declared_as(url)) == (host, declared)


def listed(**said):
    fields = {"pattern": "Deals.example", "kind": "coupon", "source": "our own search", **said}
    return policy_lists.add(actor_id=make_user().pk, now=NOW, **fields)


@pytest.mark.django_db
def test_a_host_is_listed_once_and_the_trail_says_by_whom():
    first, again = listed(), listed(source="again")
    assert first == again
    assert (again.pattern, again.source) == ("deals.example", "our own search")
    assert AuditEntry.objects.get(verb="listed_host.added").data["kind"] == "coupon"


@pytest.mark.django_db
@pytest.mark.parametrize("lack", [{"pattern": "*"}, {"kind": "nice"}, {"source": " "}])
def test_what_cannot_be_listed_is_refused(lack):
    before = ListedHost.objects.count()
    with pytest.raises(ListRefused):
        listed(**lack)
    assert ListedHost.objects.count() == before


@pytest.mark.django_db
def test_what_is_taken_off_stays_to_be_read_and_can_be_listed_again():
    row, sam = listed(), make_user()
    with pytest.raises(ListRefused):
        policy_lists.remove(listed_id=row.pk, reason=" ", actor_id=sam.pk, now=NOW)
    for _ in range(2):
        policy_lists.remove(listed_id=row.pk, reason="A mistake", actor_id=sam.pk, now=NOW)
    row.refresh_from_db()
    assert (row.removed_at, row.removed_by) == (NOW, sam)
    assert AuditEntry.objects.filter(verb="listed_host.removed").count() == 1
    assert listed() != row


@pytest.mark.django_db
def test_a_file_is_rehearsed_and_then_brought_in():
    listed()
    lines = policy_lists.read_file(
        HEAD + "deals.example;coupon;x;\nwww.New.example;cashback;a list;seen\n"
        "new.example;cashback;twice;\n"
    )
    sam = make_user()

    def bring(**how):
        return policy_lists.bring_in(lines, actor_id=sam.pk, now=NOW, **how)

    before = ListedHost.objects.count()
    found = bring(is_rehearsal=True)
    assert [one.outcome for one in found] == [Outcome.KNOWN, Outcome.NEW, Outcome.KNOWN]
    assert ListedHost.objects.count() == before
    bring(is_rehearsal=False)
    bring(is_rehearsal=False)
    assert ListedHost.objects.count() == before + 1
    row = ListedHost.objects.get(pattern="new.example")
    assert (row.kind, row.note, row.author) == ("cashback", "seen", sam)


@pytest.mark.django_db
def test_a_file_with_a_line_that_is_refused_changes_nothing():
    lines = policy_lists.read_file(HEAD + "one.example;coupon;x;\n*;coupon;x;\ntwo.example;odd;x;")
    before = ListedHost.objects.count()
    found = policy_lists.bring_in(lines, is_rehearsal=False, actor_id=make_user().pk, now=NOW)
    assert [one.outcome for one in found] == [Outcome.NEW, Outcome.REFUSED, Outcome.REFUSED]
    assert all(one.error for one in found[1:])
    assert ListedHost.objects.count() == before


@pytest.mark.parametrize(
    "text", ["", "pattern;kind\na.example;coupon", HEAD, "pattern;kind;source;why\na;b;c;d"]
)
def test_a_file_that_cannot_be_read_is_refused(text):
    with pytest.raises(ListRefused):
        policy_lists.read_file(text)


@pytest.mark.django_db
def test_the_lists_of_a_new_programme_are_tidy_and_come_with_sources():
    ListedHost.objects.all().delete()
    migration = import_module("fraud.migrations.0004_policy_lists")
    migration.seed(apps, None)
    number = ListedHost.objects.count()
    migration.seed(apps, None)
    assert ListedHost.objects.count() == number > 130
    for row in ListedHost.objects.all():
        assert row.pattern == tidy_pattern(row.pattern), row
        assert row.source
        row.full_clean(exclude=["author", "removed_by", "removed_at", "note"])
