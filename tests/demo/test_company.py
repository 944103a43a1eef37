"""The cast of the demo many times over: others like them, and nobody twice."""

import pytest
from stdnum.fr import siren, siret

from affiliates.domain.bank import normalized_iban
from portal.demo import cast
from portal.demo.company import companies

EVERYBODY = [role for roles in companies(20) for role in roles]


def test_once_it_is_the_cast_itself():
    assert companies(1) == [cast.ACCEPTED]


@pytest.mark.parametrize("what", ["key", "email", "name", "person", "iban", "siret", "code"])
def test_nobody_shares_what_tells_people_apart(what):
    said = [value for role in EVERYBODY if (value := getattr(role, what))]
    assert len(said) == len(set(said))
    assert len(EVERYBODY) == 20 * len(cast.ACCEPTED)


def test_made_up_numbers_are_valid():
    for role in EVERYBODY:
        if role.iban:
            assert normalized_iban(role.iban) == role.iban
            assert siret.is_valid(role.siret)
            assert siren.is_valid(role.siret[:9])


def test_the_demos_own_people_are_as_many_times_as_busy():
    ada, busy = cast.ADA, EVERYBODY[0]
    assert (busy.key, busy.email, busy.code) == (ada.key, ada.email, ada.code)
    assert busy.clicks_a_day == 20 * ada.clicks_a_day
    assert len({page.sub_id for page in busy.pages}) == len(busy.pages) == 20 * len(ada.pages)
