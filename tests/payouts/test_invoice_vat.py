"""Which VAT stands on an invoice (IV1 to IV6)."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from core.money import Money
from payouts.domain.vat import (
    Case,
    Vat,
    VatRefused,
    gross_of,
    reverse_charge,
    standard_rate_bps,
    vat_of,
    vat_on,
)

DAY = date(2026, 7, 20)


@dataclass(frozen=True)
class Profile:
    legal_form: str = "sole_trader"
    vat_regime: str = "franchise"
    vat_state: str = "not_needed"
    vat_number: str = ""
    siren: str = "732829320"
    country: str = "FR"


FRANCHISE = Profile()
CHARGED = Profile(vat_regime="charged", vat_number="FR44732829320", vat_state="valid")
GERMAN = Profile(
    legal_form="company",
    vat_regime="reverse_charge",
    vat_state="valid",
    vat_number="DE136695976",
    siren="",
    country="DE",
)
AMERICAN = Profile(legal_form="company", vat_regime="outside_eu", siren="", country="US")


@pytest.mark.parametrize(
    ("profile", "case", "rate", "code"),
    [
        (CHARGED, "S", 2_000, ""),
        (FRANCHISE, "E", 0, "VATEX-FR-FRANCHISE"),
        (GERMAN, "AE", 0, "VATEX-EU-AE"),
        (AMERICAN, "O", 0, "VATEX-EU-O"),
        (replace(CHARGED, country="MC", siren=""), "S", 2_000, ""),
    ],
)
def test_each_regime_has_its_case(profile, case, rate, code):
    vat = vat_of(profile, on=DAY)

    assert (vat.case, vat.rate_bps, vat.exemption_code) == (Case(case), rate, code)
    assert bool(vat.mention) == (case != "S")


def test_the_words_of_the_law_are_its_own():
    assert vat_of(FRANCHISE, on=DAY).mention == "TVA non applicable, art. 293 B du CGI"
    assert vat_of(GERMAN, on=DAY).mention.startswith("Autoliquidation")
    assert "283-2" in vat_of(AMERICAN, on=DAY).mention


def test_the_rate_is_that_of_the_day():
    assert standard_rate_bps(date(2013, 12, 31)) == 1_960
    assert standard_rate_bps(date(2014, 1, 1)) == 2_000
    assert vat_of(CHARGED, on=date(2013, 12, 31)).rate_bps == 1_960
    with pytest.raises(LookupError):
        standard_rate_bps(date(1999, 1, 1))


@pytest.mark.parametrize(
    ("profile", "word"),
    [
        (Profile(legal_form="individual", vat_regime="none", siren=""), "private individual"),
        (Profile(legal_form="individual", siren=""), "private individual"),
        (replace(FRANCHISE, vat_regime="none"), "private individual"),
        (replace(FRANCHISE, siren=""), "SIREN"),
        (replace(FRANCHISE, country="DE"), "293 B"),
        (replace(CHARGED, vat_number=""), "VAT number"),
        (replace(CHARGED, vat_state="invalid"), "not valid"),
        (replace(CHARGED, country="DE"), "in France"),
        (replace(GERMAN, country="FR"), "elsewhere in the EU"),
        (replace(GERMAN, vat_number=""), "needs the VAT number"),
        (replace(GERMAN, vat_state="invalid"), "valid"),
        (replace(GERMAN, vat_state="waiting"), "valid"),
        (replace(GERMAN, vat_state="unavailable"), "valid"),
        (replace(AMERICAN, country="DE"), "in the EU"),
        (replace(AMERICAN, country="FR"), "in the EU"),
    ],
)
def test_what_cannot_be_invoiced_is_refused_with_a_sentence(profile, word):
    with pytest.raises(VatRefused, match=word):
        vat_of(profile, on=DAY)


@pytest.mark.parametrize(
    ("net", "vat"), [(10_000, 2_000), (1, 0), (2, 0), (3, 1), (333, 67), (12_345, 2_469)]
)
def test_vat_is_rounded_half_up_once(net, vat):
    assert vat_on(Money(net, "EUR"), 2_000) == Money(vat, "EUR")


def test_what_is_paid_has_the_vat_on_top_where_it_is_charged():
    net = Money(10_001, "EUR")

    assert gross_of(net, CHARGED, on=DAY) == Money(12_001, "EUR")
    assert gross_of(net, FRANCHISE, on=DAY) == gross_of(net, GERMAN, on=DAY) == net
    with pytest.raises(VatRefused):
        gross_of(net, replace(GERMAN, vat_state="unavailable"), on=DAY)


@pytest.mark.parametrize(
    ("vat", "owed"),
    [
        (Vat(Case.REVERSE_CHARGE, 0), 2_000),
        (Vat(Case.OUTSIDE, 0), 2_000),
        (Vat(Case.STANDARD, 2_000), 0),
        (Vat(Case.EXEMPT, 0), 0),
    ],
)
def test_the_vat_of_payees_abroad_is_owed_in_their_place(vat, owed):
    assert reverse_charge(Money(10_001, "EUR"), vat, on=DAY) == Money(owed, "EUR")
