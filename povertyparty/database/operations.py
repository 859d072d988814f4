"""The one operation the app may not do itself: emptying tables (`flush`, and tests that commit)."""

from django.db.backends.postgresql import operations


class DatabaseOperations(operations.DatabaseOperations):
    def execute_sql_flush(self, sql_list):
        with self.connection.as_owner():
            super().execute_sql_flush(sql_list)
