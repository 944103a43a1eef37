import pytest
from django.db import ProgrammingError, connection, transaction
from django.db.utils import InternalError


@pytest.mark.django_db
def test_the_suite_acts_as_the_application_role():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("apport_app",)


@pytest.mark.django_db
def test_the_application_role_cannot_make_tables():
    refused = pytest.raises(ProgrammingError, match="permission denied")
    with refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("CREATE TABLE nest (egg integer)")


@pytest.mark.django_db
def test_the_application_role_owns_nothing():
    with connection.cursor() as cursor:
        cursor.execute("SELECT DISTINCT tableowner FROM pg_tables WHERE schemaname = 'public'")
        assert cursor.fetchall() == [("apport_owner",)]


def test_as_owner_steps_up_and_back_down(as_owner):
    with as_owner() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("apport_owner",)
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("apport_app",)


def test_as_owner_steps_back_down_after_an_error(as_owner):
    with pytest.raises((ProgrammingError, InternalError)), as_owner() as cursor:
        cursor.execute("SELECT * FROM nowhere")
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("apport_app",)
