"""PostgreSQL as production has it: the owner migrates, the application role does all the rest.

The suite connects as the superuser and steps down at once, so that every test also proves that
the application role's privileges suffice.
"""

from contextlib import contextmanager

from django.db import OperationalError, transaction
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base, creation, operations
from psycopg.errors import DeadlockDetected

from config import roles


class Role:
    """The role that new connections of this process take; None is the superuser."""

    current = None


#: Rows that migrations made: a flush would take them from the tests that follow.
KEPT = {
    "auth_group", "auth_group_permissions", "auth_permission", "django_content_type",
    "shop_bandperiod", "shop_marginband", "tracking_attributionpolicy",
}  # fmt: skip


class DatabaseOperations(operations.DatabaseOperations):
    def sql_flush(self, style, tables, **options):
        return super().sql_flush(style, [name for name in tables if name not in KEPT], **options)

    def execute_sql_flush(self, sql_list):
        """Empty the tables, the append-only ones too, as only a superuser can."""
        as_superuser = ["SET LOCAL ROLE NONE", "SET LOCAL session_replication_role = replica"]
        try:
            super().execute_sql_flush([*as_superuser, *sql_list])
        except OperationalError as error:
            # The last request of a browser that has closed holds one table and waits for another.
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
            super().execute_sql_flush([*as_superuser, *sql_list])


class DatabaseCreation(creation.DatabaseCreation):
    def create_test_db(self, *args, **kwargs):
        name = super().create_test_db(*args, **kwargs)
        self.connection.close()
        Role.current = roles.APPLICATION
        return name

    def _destroy_test_db(self, test_database_name, _verbosity):
        """Drop the database even if a browser's last request still holds a connection to it."""
        name = self._quote_name(test_database_name)
        with self._nodb_cursor() as cursor:
            cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")

    def _create_test_db(self, verbosity, autoclobber, keepdb=False):
        name = super()._create_test_db(verbosity, autoclobber, keepdb)
        settings = self.connection.settings_dict
        roles.provision(
            name,
            host=settings["HOST"],
            port=settings["PORT"] or None,
            user=settings["USER"],
            password=settings["PASSWORD"] or None,
        )
        Role.current = roles.OWNER
        return name


class DatabaseWrapper(base.DatabaseWrapper):
    ops_class = DatabaseOperations
    creation_class = DatabaseCreation

    def init_connection_state(self):
        super().init_connection_state()
        if Role.current and self.alias != NO_DB_ALIAS:
            self.connection.execute(f"SET ROLE {Role.current}")


@contextmanager
def acting_as(connection, role):
    """Run SQL of the block as ``role`` (None: the superuser); take the old role back after it."""
    with transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        cursor.execute(f"SET LOCAL ROLE {role or 'NONE'}")
        yield cursor
        cursor.execute(f"SET LOCAL ROLE {Role.current}")
