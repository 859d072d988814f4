"""`manage.py dbshell`: psql of the same programs, with the server in the box held up for as long as the shell lasts."""

from django.db.backends.postgresql import client

from povertyparty.database import programs


class DatabaseClient(client.DatabaseClient):
    @classmethod
    def settings_to_cmd_args_env(cls, settings_dict, parameters):
        arguments, environment = super().settings_to_cmd_args_env(settings_dict, parameters)
        psql = programs.tool("psql", embedded="EMBEDDED" in settings_dict)
        return [psql, *arguments[1:]], environment

    def runshell(self, parameters):
        self.connection.ensure_connection()
        super().runshell(parameters)
