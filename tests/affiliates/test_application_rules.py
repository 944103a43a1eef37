"""What an application must say: J1 to J7 of docs/rules/applications.md."""

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
        ("J1", replace(CLAIM, name="  "), Lack.NAME),
        ("J1", replace(CLAIM, name="a" * 120), None),
        ("J1", replace(CLAIM, name="a" * 121), Lack.NAME),
        ("J2", replace(CLAIM, kind="spy"), Lack.KIND),
        ("J2", replace(CLAIM, legal_form="pirate"), Lack.LEGAL_FORM),
        ("J3", replace(CLAIM, country=""), Lack.COUNTRY),
        ("J3", replace(CLAIM, country="fr"), Lack.COUNTRY),
        ("J3", replace(CLAIM, country="F1"), Lack.COUNTRY),
        ("J4", replace(CLAIM, pitch="a" * 600), None),
        ("J4", replace(CLAIM, pitch="a" * 601), Lack.PITCH),
        ("J5", EMPLOYEE, None),
        ("J5", replace(EMPLOYEE, store=" "), Lack.STORE),
        ("J5", replace(EMPLOYEE, staff_number=""), Lack.STORE),
        ("J5", replace(EMPLOYEE, sites=["nonsense"]), Lack.SITES),
        ("J6", replace(CLAIM, sites=[]), Lack.SITES),
        ("J6", replace(CLAIM, sites=[" ", ""]), Lack.SITES),
        ("J7", replace(CLAIM, sites=["ada.example"]), Lack.SITES),
        ("J7", replace(CLAIM, sites=["ftp://ada.example"]), Lack.SITES),
        ("J7", replace(CLAIM, sites=["javascript:alert(1)"]), Lack.SITES),
        ("J7", replace(CLAIM, sites=["https://localhost"]), Lack.SITES),
        ("J7", replace(CLAIM, sites=["https://[ada.example"]), Lack.SITES),
        ("J7", replace(CLAIM, sites=["https://ada.example", "nonsense"]), Lack.SITES),
        ("J7", replace(CLAIM, sites=["https://ada.example/" + "a" * 300]), Lack.SITES),
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
