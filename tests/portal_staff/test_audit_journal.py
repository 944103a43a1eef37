"""The audit journal: who did what; nothing of costs, banks or secrets; and whether it holds."""

from datetime import timedelta

import pytest

from core import audit
from core.models import AuditEntry
from payouts.services import checks
from tests.builders import NOW, make_affiliate, make_user
from tests.people import make_ada, make_fin, person_of

pytestmark = pytest.mark.django_db

PAGE, EXPORT = "/manage/journal/", "/manage/journal/export.csv"


def write(verb="affiliate.suspended", *, subject=None, at=NOW, **fields):
    return audit.record(
        actor=fields.pop("actor", None),
        verb=verb,
        subject=subject or make_affiliate(),
        at=at,
        **fields,
    )


def said(browser, query=""):
    return browser.get(PAGE + query).content.decode()


def test_an_entry_says_who_what_when_and_why(sam):
    actor = make_user(name="Nora Night")
    subject = make_affiliate(name="Le Carnet")
    write(actor=actor, subject=subject, reason="Too many returns")

    page = said(sam)

    for words in ("Nora Night", "Le Carnet", "Too many returns", str(subject.public_id)):
        assert words in page


def test_values_stand_before_and_after(sam):
    write("team.role_changed", data={"before": {"role": "reader"}, "after": {"role": "owner"}})
    page = said(sam)
    assert "<del>reader</del> → owner" in page


#: So long that no random token of a page holds it by chance.
HIDDEN = 471_147_114_711


@pytest.mark.parametrize(
    "data",
    [
        {"iban_last4": f"{HIDDEN}"},
        {"previous_last4": f"{HIDDEN}"},
        {"unit_cost_minor": HIDDEN},
        {"before": {"cost": f"{HIDDEN}"}, "after": {"cost": f"{HIDDEN + 1}"}},
        {"lines": [{"margin_bps": HIDDEN}]},
        {"amount_minor": HIDDEN},
        {"rate_bps": HIDDEN},
        {"secret_hash": f"{HIDDEN}"},
        {"account": f"{HIDDEN}"},
        {"account": {"deep": {"anything": f"{HIDDEN}"}}},
    ],
)
def test_costs_banks_amounts_and_secrets_are_left_out(sam, data):
    entry = write(data=data)
    assert str(HIDDEN) not in said(sam).replace(entry.hash, "")
    file = b"".join(sam.get(EXPORT)).decode()
    assert str(HIDDEN) not in file.replace(entry.hash, "")


@pytest.mark.parametrize("verb", ["order.costs_viewed", "costs.viewed", "band.published"])
def test_entries_about_costs_say_nothing_of_values(sam, verb):
    write(verb, data={"anything": "FOUR-SEVEN"})
    assert "FOUR-SEVEN" not in said(sam)


def test_filters_find_by_person_act_thing_day_and_request(sam):
    nora, subject = make_user(name="Nora Night"), make_affiliate()
    wanted = write(actor=nora, subject=subject, reason="The one")
    write("affiliate.closed", reason="Other act", at=NOW - timedelta(days=3))

    for query in (
        "?who=nora",
        f"?who={nora.email}",
        "?verb=affiliate.suspended",
        f"?kind=affiliates.affiliate&subject={subject.pk}",
        f"?since={wanted.at.date()}",
    ):
        page = said(sam, query)
        assert "The one" in page, query
        assert "Other act" not in page, query
    page = said(sam, f"?until={(NOW - timedelta(days=1)).date()}")
    assert "Other act" in page
    assert "The one" not in page


@pytest.mark.parametrize("query", ["?since=nothing", "?since=2026-02-31", "?cursor=x", "?who=%00"])
def test_what_is_no_filter_is_none(sam, query):
    write(reason="Always there")
    assert "Always there" in said(sam, query)


def test_nothing_found_can_be_cleared(sam):
    page = said(sam, "?verb=never.was")
    assert "No entry is like that" in page
    assert 'href="?"' in page


def test_pages_follow_each_other_without_gaps(sam, django_assert_max_num_queries):
    subject = make_affiliate()
    for number in range(120):
        write(
            subject=subject, reason=f"Reason {number:03}", at=NOW - timedelta(minutes=number // 2)
        )
    seen, address = [], PAGE
    while address:
        with django_assert_max_num_queries(16):
            answer = sam.get(address)
        seen += [line.entry.pk for line in answer.context["lines"]]
        following = answer.context["page"].following
        address = f"{PAGE}?cursor={following.replace('+', '%2B')}" if following else ""
    assert len(seen) == len(set(seen)) == AuditEntry.objects.count()


def test_a_file_holds_what_was_asked_for_and_is_an_entry_itself(sam):
    write(reason="Kept")
    write("affiliate.closed", reason="Left")
    answer = sam.get(f"{EXPORT}?verb=affiliate.suspended")
    file = b"".join(answer).decode()
    assert answer["Content-Type"].startswith("text/csv")
    assert "Kept" in file
    assert "Left" not in file
    entry = AuditEntry.objects.latest("pk")
    assert entry.verb == "audit.exported"
    assert entry.data["filters"]["verb"] == "affiliate.suspended"


def test_a_formula_in_a_reason_is_text_in_the_file(sam):
    write(reason="=HYPERLINK(1)")
    assert "'=HYPERLINK(1)" in b"".join(sam.get(EXPORT)).decode()


def test_the_state_of_the_chain_is_that_of_the_last_check(sam):
    entry = write(reason="Was there")
    assert "The chain was not checked yet" in said(sam)

    checks.run(actor_id=None, now=NOW)
    assert "Every entry holds to the one before it" in said(sam)

    forged = AuditEntry.objects.create(
        at=NOW,
        verb="affiliate.closed",
        subject_type=entry.subject_type,
        subject_id=entry.subject_id,
        previous_hash="none",
        hash="made up",
    )
    checks.run(actor_id=None, now=NOW + timedelta(days=1))
    page = said(sam)
    assert "The chain of the journal is broken" in page
    assert f"entry {forged.pk}" in page


@pytest.mark.parametrize("address", [PAGE, EXPORT])
def test_partners_do_not_read_it_and_finance_does(client, address):
    client.force_login(person_of(make_ada()))
    assert client.get(address).status_code == 403
    client.force_login(make_fin())
    assert client.get(address).status_code == 200


def test_a_request_has_a_number_that_its_entries_carry(sam):
    affiliate = make_affiliate()
    answer = sam.post(
        f"/manage/affiliates/{affiliate.public_id}/suspend/",
        {"reason": "A reason"},
        headers={"X-Request-ID": "forged"},
    )
    entry = AuditEntry.objects.get(verb="affiliate.suspended")
    assert entry.request_id == answer["X-Request-ID"]
    assert len(entry.request_id) == 32
    assert "A reason" in said(sam, f"?request={entry.request_id}")
    assert write().request_id == ""
    assert list(audit.broken_entries()) == []


def test_the_number_of_a_request_is_part_of_the_hash():
    entry = write()
    entry.request_id = "another"
    assert audit.entry_hash(entry) != entry.hash
