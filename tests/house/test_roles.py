from datetime import UTC, datetime

import pytest
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.db import ProgrammingError, connection, transaction
from django.db.utils import InternalError

SOME_DAY = datetime(2026, 1, 1, tzinfo=UTC)


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


@pytest.mark.django_db(transaction=True)
class TestFlush:
    """TransactionTestCase empties every table, whatever the tables themselves refuse."""

    def test_a_table_that_refuses_truncation(self, as_superuser):
        with as_superuser() as cursor:
            cursor.execute(
                "CREATE OR REPLACE FUNCTION house_refuses() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN RAISE EXCEPTION 'refused'; END $$"
            )
            cursor.execute(
                "CREATE OR REPLACE TRIGGER house_no_truncate BEFORE TRUNCATE ON django_session"
                " FOR EACH STATEMENT EXECUTE FUNCTION house_refuses()"
            )
        Session.objects.create(session_key="k", session_data="", expire_date=SOME_DAY)

        call_command("flush", interactive=False, verbosity=0)

        assert not Session.objects.exists()
        with as_superuser() as cursor:
            cursor.execute("DROP TRIGGER house_no_truncate ON django_session")
            cursor.execute("DROP FUNCTION house_refuses()")

    def test_we_are_the_application_role_again_afterwards(self):
        call_command("flush", interactive=False, verbosity=0)
        with connection.cursor() as cursor:
            cursor.execute("SELECT current_user, current_setting('session_replication_role')")
            assert cursor.fetchone() == ("apport_app", "origin")
