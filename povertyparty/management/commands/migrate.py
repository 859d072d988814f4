"""`manage.py migrate`: as the owner, one at a time, and with every right, row policy and search index in place when it ends."""

import time
from contextlib import contextmanager

from django.core.management.base import no_translations
from django.core.management.commands import migrate
from django.db import connections

from povertyparty.database.base import DatabaseWrapper
from povertyparty.database.roles import secure
from povertyparty.database.server import patiently
from povertyparty.search import bring

QUIET, FULL = 0, 2
VERBS = {"apply": "正在更新", "unapply": "正在撤回"}


class Command(migrate.Command):
    help = "更新数据库结构，并按声明设置各角色的权限和各台账的查找索引。"

    @no_translations
    def handle(self, *args, **options):
        connection = connections[options["database"]]
        if not isinstance(connection, DatabaseWrapper):
            return super().handle(*args, **options)
        self.talk, self.done = options["verbosity"], 0
        reads_only = options["plan"] or options["check_unapplied"]
        if self.talk < FULL and not reads_only:  # Django's own report is in English; ours takes its place
            options["verbosity"] = QUIET
        with connection.as_owner(), alone(connection):
            super().handle(*args, **options)
            if not reads_only:
                secure(connection)
                bring(connection)
        if self.talk and not reads_only:
            self.stdout.write(f"数据库结构已更新：{self.done} 项。" if self.done else "数据库结构已是最新。")

    def migration_progress_callback(self, action, migration=None, fake=False):
        if self.talk != 1:
            return super().migration_progress_callback(action, migration, fake)
        verb, _, moment = action.partition("_")
        if verb not in VERBS:
            return
        if moment == "start":
            self.began = time.monotonic()
            self.stdout.write(f"{VERBS[verb]} {migration} …", ending="")
            self.stdout.flush()
        else:
            self.done += 1
            self.stdout.write(f" 完成，{time.monotonic() - self.began:.1f} 秒")


@contextmanager
def alone(connection):
    """Two migrating at once would meet half-made tables. Tried again and again rather than waited for in the
    database: a waiting statement holds a snapshot, and CREATE INDEX CONCURRENTLY would wait for that one in turn."""
    key = "hashtext('povertyparty.migrate')"
    patiently(
        lambda: asked(connection, f"SELECT pg_try_advisory_lock({key})"), "另一个程序正在更新数据库结构"
    )
    try:
        yield
    finally:
        asked(connection, f"SELECT pg_advisory_unlock({key})")


def asked(connection, question):
    with connection.cursor() as cursor:
        cursor.execute(question)
        return cursor.fetchone()[0]
