"""A month on a second server: asked, cut and dropped as ever, and what comes late stays here."""

from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection
from psycopg import sql

from tests.tracking.spool_lines import click, step, withdrawal
from tracking.domain.references import new_reference, to_uuid
from tracking.models import Click, JourneyEvent, SpoolFile
from tracking.queries import clicks_of_visitors
from tracking.services import far_months, partitions, retention, shipping, spool_checks
from tracking.services.partitions import Month

pytestmark = pytest.mark.django_db
MAY = datetime(2026, 5, 20, 12, tzinfo=UTC)
JUNE = datetime(2026, 6, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
CLICKS, STEPS = Month("tracking_click_2026_05"), Month("tracking_journeyevent_2026_05")
#: A second server that loses every other row.
FORGETFUL = """
    CREATE OR REPLACE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RETURN NULL; END $$;
    CREATE OR REPLACE FUNCTION make_forgetful() RETURNS event_trigger LANGUAGE plpgsql AS $$ BEGIN
      CREATE TRIGGER forgetful BEFORE INSERT ON tracking_click_2026_05
        FOR EACH ROW WHEN (new.id % 2 = 0) EXECUTE FUNCTION forget();
    END $$;
    CREATE EVENT TRIGGER forgetful ON ddl_command_end WHEN TAG IN ('CREATE TABLE')
      EXECUTE FUNCTION make_forgetful();
"""


def address():
    """The superuser's, of the server that the tests have: the second one is another database."""
    said = connection.settings_dict
    parts = {"host": said["HOST"], "user": said["USER"], "port": said["PORT"],
             "password": said["PASSWORD"]}  # fmt: skip
    return {name: str(value) for name, value in parts.items() if value}


@pytest.fixture(scope="module")
def other_database(django_db_setup):
    name = f"{connection.settings_dict['NAME']}_far"
    with psycopg.connect(**address(), dbname="postgres", autocommit=True) as superuser:
        empty = sql.SQL("CREATE DATABASE {} TEMPLATE template0")
        superuser.execute(empty.format(sql.Identifier(name)))
        yield name
        superuser.execute(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@pytest.fixture
def node(other_database, as_superuser, settings):
    """The second server as docs/operations.md sets it up, and a connection to it."""
    place = {**address(), "dbname": other_database}
    settings.CLICKS_NODE_URL = psycopg.conninfo.make_conninfo(**place)
    with as_superuser() as cursor:
        cursor.execute("CREATE EXTENSION postgres_fdw")
        server = {name: place[name] for name in ("host", "port", "dbname") if name in place}
        said = ", ".join(f"{name} '{value}'" for name, value in server.items())
        cursor.execute(
            f"CREATE SERVER apport_far FOREIGN DATA WRAPPER postgres_fdw OPTIONS ({said})"
        )
        cursor.execute("GRANT USAGE ON FOREIGN SERVER apport_far TO apport_owner")
        for role in ("apport_owner", "apport_app"):
            cursor.execute(
                f"CREATE USER MAPPING FOR {role} SERVER apport_far"
                f" OPTIONS (user '{place['user']}', password_required 'false')"
            )
    with psycopg.connect(**place, autocommit=True) as there:
        for (name,) in there.execute(far_months._TABLES).fetchall():
            there.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(name)))
        yield there


@pytest.fixture
def ship(tmp_path):
    def ship_lines(*lines, now=JUNE):
        (tmp_path / f"here-1-{SpoolFile.objects.count()}.spool").write_bytes(b"".join(lines))
        shipping.ship(tmp_path, host="here", now=now)

    return ship_lines


@pytest.fixture
def move(as_owner):
    def move_month(month):
        with as_owner():
            return far_months.move(month, using="default")

    return move_month


def rows(there, name):
    """How many rows the second server's own table has, beside this transaction's view of it."""
    statement = sql.SQL("SELECT count(*) FROM {}").format(sql.Identifier(name))
    return there.execute(statement).fetchone()[0]


def test_a_moved_month_is_asked_as_ever(node, ship, move, tmp_path):
    visitor = new_reference()
    ship(click(at=MAY, visitor=visitor), click(at=MAY), click(at=JUNE, visitor=visitor))
    ship(step(at=MAY), step(at=JUNE))
    before = list(Click.objects.order_by("pk").values())

    assert move(CLICKS) == far_months.Moved("tracking_click_2026_05", 2)
    assert move(STEPS).rows == 1

    assert far_months.far() == {"tracking_click_2026_05", "tracking_journeyevent_2026_05"}
    assert rows(node, "tracking_click_2026_05") == 2
    assert list(Click.objects.order_by("pk").values()) == before
    assert JourneyEvent.objects.get(at=MAY).data == {"path": '/a"\t\\é'}
    found = clicks_of_visitors([to_uuid(visitor)], MAY - DAY, JUNE)
    assert [one.clicked_at for one in found] == [MAY, JUNE]
    assert spool_checks.run(tmp_path, host="here", now=JUNE).differences == []


def test_what_comes_late_stays_here_where_the_offsets_are(node, ship, move, tmp_path):
    ship(click(at=MAY))
    move(CLICKS)

    ship(click(at=MAY + DAY), click(at=JUNE))

    assert rows(node, "tracking_click_2026_05") == 1
    assert Click.objects.filter(clicked_at__lt=JUNE).count() == 2
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM tracking_click_2026_05_near")
        assert cursor.fetchone() == (1,)
    assert spool_checks.run(tmp_path, host="here", now=JUNE).differences == []


def test_a_visitor_who_takes_consent_back_is_cut_there_too(node, ship, move):
    ship(click(at=MAY, visitor="AAECAwQFBgcICQoLDA0ODw"), step(at=MAY), click(at=MAY))
    move(CLICKS)
    move(STEPS)

    ship(withdrawal(at=JUNE))

    assert Click.objects.filter(visitor__isnull=True).count() == 1
    assert Click.objects.count() == 2
    assert not JourneyEvent.objects.exists()


def test_a_moved_month_goes_when_it_is_over(node, ship, move):
    ship(click(at=MAY), click(at=JUNE))
    move(CLICKS)
    later = datetime(2027, 7, 1, 3, tzinfo=UTC)

    assert "tracking_click_2026_05" in partitions.drop_expired(later, 13)

    assert far_months.far() == set()
    assert Click.objects.get().clicked_at == JUNE


def test_visitors_of_old_clicks_are_forgotten_there_too(node, ship, move):
    ship(click(at=MAY))
    move(CLICKS)
    done = {one.rule: one.rows for one in retention.purge(now=datetime(2027, 3, 1, tzinfo=UTC))}
    assert done["visitors of clicks"] == 1
    assert Click.objects.get().visitor is None


def test_what_no_table_leads_to_is_swept(node, ship, move):
    ship(click(at=MAY))
    move(CLICKS)
    node.execute("CREATE TABLE tracking_click_2025_01 ()")
    node.execute("CREATE TABLE of_somebody_else ()")

    assert far_months.sweep() == ["tracking_click_2025_01"]
    assert far_months.sweep() == []
    assert rows(node, "tracking_click_2026_05") == 1
    assert rows(node, "of_somebody_else") == 0


def test_a_copy_whose_move_was_killed_is_made_anew(node, ship, move):
    ship(click(at=MAY))
    node.execute("CREATE TABLE tracking_click_2026_05 (id bigint)")
    node.execute("INSERT INTO tracking_click_2026_05 VALUES (1), (2), (3)")
    assert move(CLICKS).rows == 1
    assert Click.objects.count() == 1


def test_a_month_moves_once(node, ship, move):
    ship(click(at=MAY))
    move(CLICKS)
    with pytest.raises(far_months.NotMoved, match="was moved before"):
        move(CLICKS)
    with pytest.raises(far_months.NotMoved, match="There is no"):
        move(Month("tracking_click_1999_01"))
    assert Click.objects.count() == 1


def test_a_copy_that_differs_is_not_taken(node, ship, move):
    ship(click(at=MAY), click(at=MAY))
    node.execute(FORGETFUL)
    with pytest.raises(far_months.NotMoved, match="on the second server"):
        move(CLICKS)
    node.execute("DROP EVENT TRIGGER forgetful")
    assert Click.objects.count() == 2
    assert far_months.far() == set()


def test_without_a_second_server_nothing_moves(ship, settings, as_owner):
    ship(click(at=MAY))
    assert far_months.sweep() == []
    with pytest.raises(CommandError, match="CLICKS_NODE_URL"):
        call_command("move_months", "2026-05", database="default")
    settings.CLICKS_NODE_URL = "postgresql://nobody@127.0.0.1:1/nothing"
    with pytest.raises(CommandError, match="does not answer"):
        call_command("move_months", "2026-05", database="default")
    settings.CLICKS_NODE_URL = psycopg.conninfo.make_conninfo(**address(), dbname="postgres")
    with as_owner(), pytest.raises(CommandError, match="no foreign server"):
        call_command("move_months", "2026-05", database="default")
    with pytest.raises(CommandError, match="no month"):
        call_command("move_months", "1999-01", database="default")
    assert Click.objects.count() == 1


def test_the_command_moves_and_lists(node, ship, as_owner, capsys):
    ship(click(at=MAY))
    with as_owner():
        call_command("move_months", "2026-05", database="default")
    clicks, steps = capsys.readouterr().out.splitlines()
    assert clicks.startswith("tracking_click_2026_05: 1 rows in ")
    assert steps.startswith("tracking_journeyevent_2026_05: 0 rows in ")
    call_command("move_months")
    said = capsys.readouterr().out
    assert "tracking_click_2026_05: there\n" in said
    assert "tracking_click_2026_06: here\n" in said
    assert date(2026, 5, 1) == CLICKS.begins
