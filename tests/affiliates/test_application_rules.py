"""What an application must say: P1 to P7 of docs/rules/applications.md."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from affiliates.domain.eligibility import Claim, Lack, lack_of, tidy_sites
from affiliates.models import AffiliateKind, LegalForm

CLAIM = Claim(
    name="Le Carnet d'Ada",
    kind="content",
    legal_form="sole_trader",
    country="FR",
    sites=["https://ada.example/blog"],
    pitch="",
    store="",
    staff_number="",
)
EMPLOYEE = replace(CLAIM, kind="employee", sites=[], store="Lyon", staff_number="412")


@pytest.mark.parametrize(
    ("rule", "claim", "lack"),
    [
        ("complete", CLAIM, None),
        ("P1", replace(CLAIM, name="  "), Lack.NAME),
        ("P1", replace(CLAIM, name="a" * 120), None),
        ("P1", replace(CLAIM, name="a" * 121), Lack.NAME),
        ("P2", replace(CLAIM, kind="spy"), Lack.KIND),
        ("P2", replace(CLAIM, legal_form="pirate"), Lack.LEGAL_FORM),
        ("P3", replace(CLAIM, country=""), Lack.COUNTRY),
        ("P3", replace(CLAIM, country="fr"), Lack.COUNTRY),
        ("P3", replace(CLAIM, country="F1"), Lack.COUNTRY),
        ("P4", replace(CLAIM, pitch="a" * 600), None),
        ("P4", replace(CLAIM, pitch="a" * 601), Lack.PITCH),
        ("P5", EMPLOYEE, None),
        ("P5", replace(EMPLOYEE, store=" "), Lack.STORE),
        ("P5", replace(EMPLOYEE, staff_number=""), Lack.STORE),
        ("P5", replace(EMPLOYEE, sites=["nonsense"]), Lack.SITES),
        ("P6", replace(CLAIM, sites=[]), Lack.SITES),
        ("P6", replace(CLAIM, sites=[" ", ""]), Lack.SITES),
        ("P7", replace(CLAIM, sites=["ada.example"]), Lack.SITES),
        ("P7", replace(CLAIM, sites=["ftp://ada.example"]), Lack.SITES),
        ("P7", replace(CLAIM, sites=["javascript:alert(1)"]), Lack.SITES),
        ("P7", replace(CLAIM, sites=["https://localhost"]), Lack.SITES),
        ("P7", replace(CLAIM, sites=["https://[ada.example"]), Lack.SITES),
        ("P7", replace(CLAIM, sites=["https://ada.example", "nonsense"]), Lack.SITES),
        ("P7", replace(CLAIM, sites=["https://ada.example/" + "a" * 300]), Lack.SITES),
    ],
)
def test_the_first_thing_that_is_missing_is_said(rule, claim, lack):
    assert lack_of(claim, kinds=AffiliateKind.values, legal_forms=LegalForm.values) == lack


@given(st.lists(st.sampled_from(["https://a.example", " https://a.example ", "b", "", "  "])))
def test_sites_are_kept_once_in_their_order(sites):
    tidy = tidy_sites(sites)
    assert len(set(tidy)) == len(tidy)
    assert tidy_sites(tidy) == tidy
    assert set(tidy) == {site.strip() for site in sites} - {""}
