"""Rate and commission reveal the margin: actual margin is for groups that may know costs."""

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from affiliates.models import Affiliate, Group, Terms
from tests.builders import make_affiliate, make_group, make_terms

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize("whose", ["group", "affiliate"])
def test_terms_on_actual_margin_are_refused_to_a_group_that_may_not_know_costs(whose):
    affiliate = make_affiliate()
    owner = {"group": affiliate.group} if whose == "group" else {"affiliate": affiliate}
    terms = make_terms(affiliate=affiliate)
    Terms.objects.filter(pk=terms.pk).update(valid_to=terms.valid_from.replace(year=2025))

    with pytest.raises(ValidationError):
        Terms(basis="actual", **owner).clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Terms.objects.filter(**owner).update(basis="actual")


def test_a_group_that_sees_costs_may_have_them():
    make_group(slug="buyers", terms={"basis": "actual"})

    assert Terms.objects.get(basis="actual").group.sees_costs


def test_a_group_with_such_terms_cannot_stop_seeing_costs():
    group = make_group(slug="buyers", terms={"basis": "actual"})

    with pytest.raises(IntegrityError), transaction.atomic():
        Group.objects.filter(pk=group.pk).update(sees_costs=False)


def test_an_affiliate_with_such_terms_cannot_move_to_a_group_that_may_not_know():
    affiliate = make_affiliate(group=make_group(slug="buyers"))
    make_terms(affiliate=affiliate, basis="actual")

    with pytest.raises(IntegrityError), transaction.atomic():
        Affiliate.objects.filter(pk=affiliate.pk).update(group=make_group())
