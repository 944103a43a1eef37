"""Rules T10 to T12 of docs/rules/payees.md: the European register, a double of it on loopback."""

from datetime import timedelta

import pytest

from affiliates import tasks
from affiliates.models import TaxProfile
from affiliates.services import vat_checks
from affiliates.services.tax_standing import standing_of
from core.models import AuditEntry, Delivery
from tests.affiliates.tax_world import AWAY, EXEMPT, GERMAN, UNKNOWN, declare, vies
from tests.builders import NOW, make_affiliate, make_user

pytestmark = pytest.mark.django_db

MINUTE = timedelta(minutes=1)


@pytest.fixture
def double():
    with vies() as running:
        yield running


def check(double, now=NOW):
    return vat_checks.check_pending(register=double.register(), now=now)


def test_what_the_register_says_is_kept_with_its_number_and_time(double):
    profile = declare(make_affiliate())

    register = double.register(requester="FR40303265045")
    assert vat_checks.check_pending(register=register, now=NOW + MINUTE) == 1

    profile.refresh_from_db()
    assert (profile.vat_state, profile.vat_checked_at) == ("valid", NOW + MINUTE)
    assert (profile.vat_reference, profile.vat_name) == ("WAPIAAAAZ1", "ADA SARL")
    assert double.asked == [
        {
            "countryCode": "FR",
            "vatNumber": "44732829320",
            "requesterMemberStateCode": "FR",
            "requesterNumber": "40303265045",
        }
    ]
    entry = AuditEntry.objects.get(verb="tax_profile.vat_checked")
    assert (entry.actor, entry.data["state"]) == (None, "valid")


def test_who_was_answered_is_not_asked_after_again(double):
    declare(make_affiliate())
    check(double)
    assert check(double, NOW + timedelta(days=1)) == 0
    assert len(double.asked) == 1


def test_who_has_no_number_is_not_asked_after(double):
    declare(make_affiliate(), base=EXEMPT)
    assert check(double) == 0
    assert double.asked == []


def test_an_unknown_number_stops_the_payee_and_is_told_once(double):
    affiliate = make_affiliate(user=make_user(email="ada@example.com"))
    declare(affiliate)
    double.says(UNKNOWN)

    check(double)
    settled = vat_checks.check_settled(register=double.register(), now=NOW + timedelta(days=1))

    assert settled == 1
    assert standing_of(affiliate.pk, NOW).is_vat_refused
    mail = Delivery.objects.get()
    assert mail.recipient == "ada@example.com"
    assert "FR44732829320" in mail.body


def test_an_unknown_number_that_gets_listed_is_found_by_night(double):
    affiliate = make_affiliate()
    declare(affiliate)
    double.says(UNKNOWN)
    check(double)
    double.says({"valid": True})

    vat_checks.check_settled(register=double.register(), now=NOW + timedelta(days=1))

    assert TaxProfile.objects.get().vat_state == "valid"
    assert not standing_of(affiliate.pk, NOW).is_vat_refused


@pytest.mark.parametrize(
    ("said", "status"),
    [
        (AWAY, 200),
        (AWAY, 500),
        ({"valid": False, "userError": "MS_MAX_CONCURRENT_REQ"}, 200),
        ({"actionSucceed": False, "errorWrappers": [{"error": "INVALID_REQUESTER_INFO"}]}, 400),
        (b"<html>Bad gateway</html>", 502),
        (b"", 200),
        ([], 200),
        ({"valid": "yes"}, 200),
    ],
)
def test_a_register_that_is_away_decides_nothing(double, said, status):
    affiliate = make_affiliate()
    declare(affiliate)
    double.says(said, status)

    assert check(double) == 0

    profile = TaxProfile.objects.get()
    assert (profile.vat_state, profile.vat_checked_at) == ("unavailable", NOW)
    assert standing_of(affiliate.pk, NOW).waits_for_vat
    assert not Delivery.objects.exists()


def test_nobody_at_the_address_is_a_register_that_is_away():
    declare(make_affiliate())
    with vies() as gone:
        register = gone.register(seconds=1.0)
    assert vat_checks.check_pending(register=register, now=NOW) == 0
    assert TaxProfile.objects.get().vat_state == "unavailable"


def test_it_is_asked_again_later_and_later_until_it_answers(double):
    declare(make_affiliate())
    double.says(AWAY)
    for minute in range(0, 60, 5):
        check(double, NOW + minute * MINUTE)
    assert len(double.asked) == 5  # After 0, 5, 10, 20 and 40 minutes.

    double.says({"valid": True})
    assert check(double, NOW + 80 * MINUTE) == 1
    assert TaxProfile.objects.get().vat_state == "valid"


def test_whom_it_knew_before_does_not_wait_for_it(double):
    affiliate = make_affiliate()
    declare(affiliate)
    check(double)
    double.says(AWAY)
    declare(affiliate, base=GERMAN, now=NOW + MINUTE)
    check(double, NOW + 2 * MINUTE)

    standing = standing_of(affiliate.pk, NOW + 2 * MINUTE)
    assert standing.profile.vat_state == "unavailable"
    assert not standing.waits_for_vat


def test_the_answer_stays_with_the_same_number_in_another_version(double):
    affiliate = make_affiliate()
    first = declare(affiliate)
    check(double)

    second = declare(affiliate, now=NOW + MINUTE, town="Lyon")

    assert (second.vat_state, second.vat_reference) == ("valid", "WAPIAAAAZ1")
    assert second.evidence["vat_answer"] == f"version {first.pk}"
    assert check(double, NOW + 2 * MINUTE) == 0


def test_only_the_newest_version_is_asked_after(double):
    affiliate = make_affiliate()
    declare(affiliate)
    declare(affiliate, base=GERMAN, now=NOW + MINUTE)

    assert check(double, NOW + 2 * MINUTE) == 1

    assert [asked["countryCode"] for asked in double.asked] == ["DE"]


def test_after_a_year_a_valid_number_is_asked_after_once_more(double):
    affiliate = make_affiliate()
    declare(affiliate)
    check(double)
    next_year = NOW + timedelta(days=366)
    double.says(AWAY)

    assert vat_checks.check_settled(register=double.register(), now=next_year) == 0
    assert TaxProfile.objects.get().vat_state == "valid"
    double.says(UNKNOWN)
    assert vat_checks.check_settled(register=double.register(), now=next_year) == 1
    assert standing_of(affiliate.pk, next_year).is_vat_refused


def test_the_tasks_ask_the_register_of_the_settings_or_nobody(double, settings):
    declare(make_affiliate())
    settings.VIES_URL = ""
    assert tasks.check_vat_numbers() == tasks.check_settled_vat_numbers() == 0
    assert double.asked == []

    settings.VIES_URL = double.url
    assert tasks.check_vat_numbers() == 1
    assert tasks.check_settled_vat_numbers() == 0
