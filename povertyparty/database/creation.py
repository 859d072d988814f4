"""Test databases: made, migrated and dropped by the owner, secured, then used as the app.

A superuser or table owner passes by row-level security, so tests run as one would prove nothing about it.
"""

from django.db.backends.postgresql import creation

from povertyparty.database.roles import secure
from povertyparty.search import bring


class DatabaseCreation(creation.DatabaseCreation):
    def create_test_db(self, *args, **kwargs):
        with self.connection.as_owner():
            name = super().create_test_db(*args, **kwargs)
            secure(self.connection)
            bring(self.connection)
        return name
