"""Rules T2 to T10 of docs/rules/payees.md."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from affiliates.domain import tax
from affiliates.domain.tax import Declared, Freshness, Threshold

NOW = datetime(2026, 6, 15, 10, 0, tzinfo=UTC)
FRENCH = Declared(
    legal_form="company",
    vat_regime="charged",
    legal_name="Ada SARL",
    country="FR",
    address="1 rue de la Paix",
    postcode="75002",
    town="Paris",
    siren="732829320",
    siret="73282932000074",
    vat_number="FR44732829320",
)
GERMAN = replace(
    FRENCH, country="DE", vat_regime="reverse_charge", siren="", siret="", vat_number="DE136695976"
)


def refused(said):
    with pytest.raises(tax.InvalidDeclaration) as refusal:
        tax.checked(said)
    return refusal.value.field


@pytest.mark.parametrize(
    ("legal_form", "country", "regimes"),
    [
        ("company", "FR", ("charged", "franchise")),
        ("sole_trader", "RE", ("charged", "franchise")),
        ("association", "FR", ("charged", "franchise")),
        ("company", "MC", ("charged",)),
        ("company", "DE", ("reverse_charge",)),
        ("sole_trader", "GR", ("reverse_charge",)),
        ("company", "CH", ("outside_eu",)),
        ("company", "GB", ("outside_eu",)),
        ("company", "GF", ("outside_eu",)),
        ("individual", "FR", ("none",)),
        ("individual", "CH", ("none",)),
    ],
)
def test_each_legal_form_and_country_has_its_regimes(legal_form, country, regimes):
    assert tax.regimes_for(legal_form, country) == regimes
    every = {"charged", "franchise", "reverse_charge", "outside_eu", "none"}
    for regime in every - set(regimes):
        said = Declared(legal_form=legal_form, country=country, vat_regime=regime, legal_name="Ada")
        assert refused(said) == "vat_regime"


def test_numbers_are_brought_into_one_form():
    said = replace(
        FRENCH,
        country=" fr ",
        legal_name="  Ada   SARL ",
        siren="732 829 320",
        siret="732 829 320 00074",
        vat_number="fr 44 732 829 320",
    )
    assert tax.checked(said) == FRENCH


def test_a_siren_that_the_siret_or_the_vat_number_holds_need_not_be_typed():
    assert tax.checked(replace(FRENCH, siren="", vat_number="")).siren == "732829320"
    assert tax.checked(replace(FRENCH, siren="", siret="")).siren == "732829320"


def test_establishments_of_la_poste_have_a_checksum_of_their_own():
    post = replace(FRENCH, siren="", siret="35600000049837", vat_number="")
    assert tax.checked(post).siren == "356000000"
    assert refused(replace(post, siret="35600000049838")) == "siret"


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"legal_name": " "}, "legal_name"),
        ({"legal_name": "a" * 121}, "legal_name"),
        ({"address": "a" * 141}, "address"),
        ({"country": "France"}, "country"),
        ({"country": "1A"}, "country"),
        ({"siren": "732829321"}, "siren"),
        ({"siren": "hello"}, "siren"),
        ({"siret": "73282932000075"}, "siret"),
        ({"siret": "30326504500017"}, "siret"),
        ({"vat_number": "FR45732829320"}, "vat_number"),
        ({"vat_number": "FR40303265045"}, "vat_number"),
        ({"vat_number": "DE136695976"}, "vat_number"),
        ({"vat_regime": "free"}, "vat_regime"),
    ],
)
def test_what_cannot_be_true_is_refused_where_it_stands(change, field):
    assert refused(replace(FRENCH, **change)) == field


@pytest.mark.parametrize(
    ("country", "vat_number"),
    [("DE", "DE136695976"), ("GR", "EL094259216"), ("BE", "BE0697449992"), ("AT", "ATU57194903")],
)
def test_numbers_of_the_union_belong_to_their_country(country, vat_number):
    assert tax.checked(replace(GERMAN, country=country, vat_number=vat_number))
    other = "IT" if country != "IT" else "DE"
    assert refused(replace(GERMAN, country=other, vat_number=vat_number)) == "vat_number"


def test_numbers_stay_where_they_exist():
    assert refused(replace(GERMAN, siren="732829320")) == "siren"
    swiss = replace(GERMAN, country="CH", vat_regime="outside_eu")
    assert refused(swiss) == "vat_number"
    monaco = replace(FRENCH, country="MC", siren="", siret="", vat_number="FR53000004605")
    assert tax.checked(monaco).siren == ""


def test_a_private_individual_has_no_number():
    person = replace(FRENCH, legal_form="individual", vat_regime="none")
    assert refused(person) == "legal_form"
    plain = replace(person, siren="", siret="", vat_number="")
    assert tax.checked(plain) == plain
    assert "professionals only" in tax.missing(plain)[0]


@pytest.mark.parametrize(
    ("said", "lacks"),
    [
        (FRENCH, []),
        (replace(FRENCH, address=""), ["The address is missing."]),
        (replace(FRENCH, siret=""), ["The SIRET is missing."]),
        (replace(FRENCH, vat_number=""), ["The VAT number is missing."]),
        (replace(FRENCH, vat_regime="franchise", vat_number=""), []),
        (GERMAN, []),
        (replace(GERMAN, vat_number=""), ["The VAT number is missing."]),
        (
            replace(GERMAN, country="CH", vat_regime="outside_eu", vat_number=""),
            ["The registration number is missing."],
        ),
        (
            replace(GERMAN, country="CH", vat_regime="outside_eu", vat_number="",
                    registration="CHE-1"),
            [],
        ),
    ],
)  # fmt: skip
def test_what_is_missing_is_said(said, lacks):
    assert list(tax.missing(said)) == lacks


@pytest.mark.parametrize(
    ("confirmed", "now", "expected"),
    [
        ("2026-01-01", "2026-12-31", "fresh"),
        ("2026-12-20", "2027-01-01", "asked_again"),
        ("2026-12-20", "2027-01-31", "asked_again"),
        ("2026-12-20", "2027-02-01", "stale"),
        ("2026-01-10", "2027-01-09", "asked_again"),
        ("2026-01-10", "2027-01-11", "stale"),
        ("2025-12-20", "2027-01-11", "stale"),
    ],
)
def test_a_profile_is_asked_again_each_january(confirmed, now, expected):
    noon = timedelta(hours=11)
    said, asked = (datetime.fromisoformat(f"{day}T00:00Z") + noon for day in (confirmed, now))
    assert tax.freshness(said, asked) == Freshness(expected)


def test_the_new_year_begins_in_paris():
    eve = datetime(2026, 12, 31, 23, 30, tzinfo=UTC)
    assert tax.freshness(NOW, eve - timedelta(hours=1)) == Freshness.FRESH
    assert tax.freshness(NOW, eve) == Freshness.ASKED_AGAIN


def test_the_threshold_is_dated():
    found = tax.read_thresholds(["2027-03-01:25000", " 2025-01-01:37500"])
    assert found == (
        Threshold(date(2025, 1, 1), 3_750_000),
        Threshold(date(2027, 3, 1), 2_500_000),
    )
    assert tax.threshold_on(found, date(2024, 12, 31)) is None
    assert tax.threshold_on(found, date(2027, 2, 28)) == 3_750_000
    assert tax.threshold_on(found, date(2027, 3, 1)) == 2_500_000
    with pytest.raises(ValueError, match="isoformat"):
        tax.read_thresholds(["37500"])


def test_only_payments_above_the_threshold_to_an_exempt_payee_are_in_doubt():
    assert not tax.passes_threshold("franchise", 3_750_000, 3_750_000)
    assert tax.passes_threshold("franchise", 3_750_001, 3_750_000)
    assert not tax.passes_threshold("charged", 9_999_999, 3_750_000)
    assert not tax.passes_threshold("franchise", 9_999_999, None)


def test_a_silent_register_is_asked_less_and_less_often():
    waits = []
    asked = NOW
    for _ in range(11):
        at = tax.ask_register_at(declared_at=NOW, checked_at=asked)
        waits.append((at - asked).total_seconds() / 60)
        asked = at
    assert waits == [5, 5, 10, 20, 40, 80, 160, 320, 640, 720, 720]
