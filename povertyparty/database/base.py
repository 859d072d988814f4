"""Django's PostgreSQL backend, with the server in the box under it and two identities: the app, and the owner."""

from contextlib import contextmanager
from functools import cached_property

from django.core.exceptions import ImproperlyConfigured
from django.db import DEFAULT_DB_ALIAS
from django.db.backends.base.base import NO_DB_ALIAS
from django.db.backends.postgresql import base
from django.db.backends.postgresql.psycopg_any import is_psycopg3
from django.db.transaction import TransactionManagementError

from povertyparty.database.client import DatabaseClient
from povertyparty.database.creation import DatabaseCreation
from povertyparty.database.faults import DatabaseFault
from povertyparty.database.operations import DatabaseOperations
from povertyparty.database.server import Server

OLDEST = (15,)

if is_psycopg3:
    raise ImproperlyConfigured(
        "本系统使用 psycopg2，而环境中装有 psycopg 3，Django 会改用它：请执行 pip uninstall psycopg 后重试。"
    )


class DatabaseWrapper(base.DatabaseWrapper):
    client_class = DatabaseClient
    creation_class = DatabaseCreation
    ops_class = DatabaseOperations

    def __init__(self, settings_dict, alias=DEFAULT_DB_ALIAS):
        super().__init__(settings_dict, alias)
        # Outside any database one creates and drops databases: the owner's work.
        self.is_owner = alias == NO_DB_ALIAS

    @property
    def owner(self):
        """How the owner connects, in libpq's words; where nobody said, as the app does."""
        return self.settings_dict.get("OWNER") or {"user": self.settings_dict["USER"]}

    @cached_property
    def server(self):
        """The server in the box; None where DATABASE_URL names another."""
        home = self.settings_dict.get("EMBEDDED")
        return Server(home, self.owner["user"]) if home else None

    @contextmanager
    def as_owner(self):
        """Inside, this thread's connection is the owner's: it may change tables and rights, and no policy binds it."""
        if self.is_owner:
            yield self
            return
        if self.in_atomic_block:
            raise TransactionManagementError(
                "as_owner() reconnects and cannot be entered within a transaction"
            )
        self.close()
        self.is_owner = True
        try:
            yield self
        finally:
            self.close()
            self.is_owner = False

    def get_connection_params(self):
        params = super().get_connection_params()
        return params | self.owner if self.is_owner else params

    def get_new_connection(self, conn_params):
        if not self.server:
            return super().get_new_connection(conn_params)
        self.server.join()
        try:
            return super().get_new_connection(conn_params)
        except self.Database.OperationalError:
            self.server.ensure()
            return super().get_new_connection(conn_params)

    def check_database_version_supported(self):
        if self.get_database_version() < OLDEST:
            running = ".".join(map(str, self.get_database_version()))
            raise DatabaseFault(
                f"需要 PostgreSQL {OLDEST[0]} 或更高版本，当前服务器是 {running}：请升级数据库服务器。"
            )

    def _configure_connection(self, connection):
        changed = super()._configure_connection(connection)
        if not self.is_owner:
            return changed
        with connection.cursor() as cursor:  # limits meant for web requests would cut a migration short
            cursor.execute("SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0")
        return True
