"""Sign-ups that nobody confirmed are forgotten, and nobody else (docs/rules/staff.md, ST15)."""

from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.db import models

from core import audit, sign_ups
from core.models import SavedView, User
from tests.builders import NOW, make_affiliate, make_user

pytestmark = pytest.mark.django_db
LONG_AGO = NOW - timedelta(days=7)


def signed_up(*, verified=False, **fields):
    user = make_user(**{"date_joined": LONG_AGO, **fields})
    EmailAddress.objects.create(user=user, email=user.email, verified=verified, primary=True)
    return user


def test_who_never_confirmed_is_forgotten_after_seven_days_and_no_sooner():
    signed_up()
    young = signed_up(date_joined=LONG_AGO + timedelta(seconds=1))

    assert [sign_ups.purge(now=NOW) for _twice in range(2)] == [1, 0]

    assert list(User.objects.all()) == [young]
    assert EmailAddress.objects.get().user == young


def test_the_days_are_a_setting(settings):
    settings.UNCONFIRMED_SIGN_UPS_DAYS = 30
    signed_up()
    assert sign_ups.purge(now=NOW) == 0


def test_nobody_with_facts_is_forgotten():
    kept = [
        signed_up(verified=True),
        signed_up(last_login=LONG_AGO),
        signed_up(roles=["finance"]),
        signed_up(is_superuser=True),
        make_affiliate(user=signed_up()).memberships.get().user,
    ]
    viewer = signed_up()
    SavedView.objects.create(
        owner=viewer, scope="staff", page="orders", name="Mine", created_at=NOW, changed_at=NOW
    )
    named = signed_up()
    audit.record(actor=None, verb="staff.added", subject=named, at=NOW)
    acting = signed_up()
    audit.record(actor=acting, verb="staff.added", subject=viewer, at=NOW)

    assert sign_ups.purge(now=NOW) == 0
    assert User.objects.count() == len(kept) + 3


def test_every_row_that_points_at_a_person_is_looked_at():
    """A new model that names people is looked at without anybody thinking of it."""
    looked = {query.model for query in sign_ups._facts()}
    pointing = {
        relation.related_model
        for relation in User._meta.get_fields(include_hidden=True)
        if isinstance(relation, models.ForeignObjectRel) and not relation.many_to_many
    }
    assert pointing - looked == {EmailAddress}
    assert len(looked) > 40


def test_somebody_without_any_address_row_is_a_sign_up_too():
    make_user(date_joined=LONG_AGO)
    assert sign_ups.purge(now=NOW) == 1
