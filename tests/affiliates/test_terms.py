from datetime import timedelta

import pytest

from affiliates.queries import (
    TermsIndex,
    member_email_keys,
    programme_terms,
    terms_for,
)
from tests.builders import (
    LONG_AGO,
    NOW,
    email_key_of,
    make_affiliate,
    make_group,
    make_terms,
    make_user,
)

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_the_programme_page_shows_the_live_terms_of_the_default_group():
    make_group(slug="vip")
    assert programme_terms(NOW) is None
    group = make_group(terms={"valid_to": NOW})
    new = make_terms(group=group, valid_from=NOW)

    assert programme_terms(NOW - DAY) == group.terms.get(version=1)
    assert programme_terms(NOW) == new
    assert programme_terms(LONG_AGO - DAY) is None


def test_own_terms_win_while_they_hold():
    affiliate = make_affiliate()
    of_group = affiliate.group.terms.get()
    own = make_terms(affiliate=affiliate, valid_from=NOW, valid_to=NOW + DAY)

    moments = (NOW - DAY, NOW, NOW + DAY)
    assert [terms_for(affiliate.pk, at) for at in moments] == [of_group, own, of_group]


def test_an_unknown_affiliate_has_no_terms():
    make_group()
    assert terms_for(0, NOW) is None


def test_the_terms_of_many_cost_two_queries(django_assert_num_queries):
    affiliates = [make_affiliate() for _ in range(30)]
    own = make_terms(affiliate=affiliates[0])
    with django_assert_num_queries(2):
        index = TermsIndex([affiliate.pk for affiliate in affiliates])
        found = [index.at(affiliate.pk, NOW) for affiliate in affiliates]
    assert found == [own, *[affiliates[0].group.terms.get()] * 29]


def test_the_addresses_of_an_affiliates_people_are_only_known_as_keys():
    ada = make_user(email="Ada@Example.com")
    affiliate, other = make_affiliate(user=ada), make_affiliate()
    keys = member_email_keys([affiliate.pk, other.pk])
    assert keys[affiliate.pk] == {email_key_of(" ada@example.com ")}
    assert not keys[affiliate.pk] & keys[other.pk]
