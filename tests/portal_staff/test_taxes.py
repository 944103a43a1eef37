"""Finance's pages of taxes and mandates (docs/rules/payees.md)."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from affiliates.models import MandateText
from affiliates.services import mandates, vat_checks
from payouts.models import Item
from tests.affiliates.tax_world import EXEMPT, GERMAN, UNKNOWN, WORDS, declare, make_text, vies
from tests.builders import NOW, make_affiliate
from tests.payouts.paydays import PAYDAY, make_due, sent_batch
from tests.people import make_fin, person_of

pytestmark = pytest.mark.django_db

LIST = "/finance/tax/"
TEXTS = "/finance/mandate-texts/"


@pytest.fixture
def fin(client, time_machine):
    time_machine.move_to(NOW, tick=False)
    client.force_login(make_fin())
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def in_order(**kinds):
    affiliate = make_affiliate(**kinds)
    declare(affiliate, base=EXEMPT)
    mandates.accept(
        affiliate_id=affiliate.pk,
        text_id=make_text().pk,
        language="fr",
        actor_id=person_of(affiliate).pk,
        now=NOW,
    )
    return affiliate


def names(answer):
    return {row.affiliate.name for row, _href in answer.context["rows"]}


def test_who_is_not_in_order_is_listed_by_problem(fin):
    in_order(name="Fine")
    make_affiliate(name="Silent")
    declare(make_affiliate(name="Halfway"), base=EXEMPT, town="")
    declare(make_affiliate(name="Late"), base=EXEMPT, now=NOW - timedelta(days=400))
    unknown = make_affiliate(name="Unknown")
    declare(unknown)
    with vies() as double:
        double.says(UNKNOWN)
        vat_checks.check_pending(register=double.register(), now=NOW)
    declare(make_affiliate(name="Waits"), base=GERMAN)
    make_affiliate(name="Staff", kind="employee")
    make_affiliate(name="Gone", status="closed")

    everyone = {"Silent", "Halfway", "Late", "Unknown", "Waits"}
    assert names(fin.get(LIST)) == everyone
    expected = {
        "no_profile": {"Silent"},
        "incomplete": {"Halfway"},
        "stale": {"Late"},
        "vat_unknown": {"Unknown"},
        "vat_waits": {"Waits"},
        "no_mandate": everyone,
        "threshold": set(),
        "everybody": everyone | {"Fine"},
        "nonsense": everyone,
    }
    for problem, found in expected.items():
        assert names(fin.get(LIST, {"problem": problem})) == found, problem
    assert names(fin.get(LIST, {"q": "unk"})) == {"Unknown"}


def test_a_new_text_is_a_mandate_in_an_older_one(fin):
    in_order(name="Fine")
    make_text(valid_from=NOW - timedelta(days=1))
    assert names(fin.get(LIST, {"problem": "old_mandate"})) == {"Fine"}
    assert names(fin.get(LIST, {"problem": "no_mandate"})) == set()


def test_our_own_payments_above_the_threshold_are_a_warning(client, time_machine, settings):
    make_due()
    batch = sent_batch()
    item = Item.objects.filter(batch=batch).first()
    declare(item.affiliate, base=EXEMPT, now=PAYDAY)
    time_machine.move_to(PAYDAY + timedelta(hours=1), tick=False)
    client.force_login(batch.created_by)
    euros = item.amount_minor // 100

    settings.VAT_FRANCHISE_EUR = [f"2025-01-01:{euros}"]
    assert names(client.get(LIST, {"problem": "threshold"})) == set()
    settings.VAT_FRANCHISE_EUR = [f"2025-01-01:{euros - 1}"]
    assert names(client.get(LIST, {"problem": "threshold"})) == {item.affiliate.name}


def test_every_version_and_mandate_of_a_payee_is_shown(fin):
    affiliate = in_order(name="Fine")
    declare(affiliate, base=EXEMPT, town="Lyon", now=NOW + timedelta(minutes=1))
    page = fin.get(f"{LIST}{affiliate.public_id}/")
    assert len(page.context["versions"]) == 2
    assert page.context["mandates"].get().text == make_text()
    assert "73282932000074" in page.content.decode()


def test_finance_publishes_another_text(fin):
    make_text()
    first_day = (NOW + timedelta(days=30)).date().isoformat()
    before = MandateText.objects.count()
    given = {"text_fr": WORDS, "text_en": WORDS, "valid_from": first_day}

    answer = fin.post(f"{TEXTS}new/", given)

    text = MandateText.objects.order_by("-number").first()
    assert answer["Location"] == f"{TEXTS}{text.number}/"
    assert text.author.email == "fin@example.com"
    fin.post(f"{TEXTS}new/", given)
    assert MandateText.objects.count() == before + 1
    assert WORDS.strip() in fin.get(answer["Location"]).content.decode()
    assert fin.get(TEXTS).context["current"] != text


@pytest.mark.parametrize(
    "change", [{"text_fr": "Short"}, {"text_en": ""}, {"valid_from": "2026-06-14"}]
)
def test_a_text_that_cannot_be_is_said_so(fin, change):
    before = MandateText.objects.count()
    given = {"text_fr": WORDS, "text_en": WORDS, "valid_from": "2026-07-01"}
    answer = fin.post(f"{TEXTS}new/", {**given, **change})
    assert answer.status_code == 422
    assert MandateText.objects.count() == before


def test_a_text_may_begin_today(fin):
    make_text()
    given = {"text_fr": WORDS, "text_en": WORDS, "valid_from": "2026-06-15"}
    fin.post(f"{TEXTS}new/", given)
    assert MandateText.objects.order_by("-number").first().valid_from == NOW


def test_strangers_are_not_found(fin):
    make_affiliate(kind="employee")
    nobody = "00000000-0000-4000-8000-000000000000"
    assert fin.get(f"{LIST}{nobody}/").status_code == 404
    assert fin.get(f"{TEXTS}999/").status_code == 404


def test_the_list_costs_the_same_for_many(fin):
    def cost():
        with CaptureQueriesContext(connection) as queries:
            assert fin.get(LIST).status_code == 200
        return len(queries)

    declare(make_affiliate())
    fin.get(LIST)
    one = cost()
    for _ in range(12):
        declare(make_affiliate())
    assert cost() == one
