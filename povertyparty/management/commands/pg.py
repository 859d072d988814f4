"""`manage.py pg start|stop|status|backup`: the server in the box by hand. It needs none of this to work."""

from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.db import connection

from povertyparty.database.backup import backup


class Command(BaseCommand):
    help = "管理内置数据库：start 启动并保持运行，stop 停止，status 查看状态，backup 备份。"
    requires_system_checks = []

    def add_arguments(self, parser):
        actions = parser.add_subparsers(dest="action", required=True, metavar="start|stop|status|backup")
        for action in ("start", "stop", "status"):
            actions.add_parser(action)
        actions.add_parser("backup").add_argument("folder", nargs="?", help="备份存放的文件夹")

    def handle(self, *, action, **options):
        getattr(self, action)(**options)

    def start(self, **options):
        self.server.keep()
        self.stdout.write(
            f"数据库正在运行，并保持到执行 manage.py pg stop 为止。数据目录：{self.server.data}"
        )

    def stop(self, **options):
        stopped = self.server.stop()
        self.stdout.write("数据库已停止；再有程序访问时会自动启动。" if stopped else "数据库没有在运行。")

    def status(self, **options):
        server = self.server
        if not server.is_running():
            self.stdout.write(f"数据库没有在运行；有程序访问时会自动启动。数据目录：{server.data}")
            return
        with connection.as_owner(), connection.cursor() as cursor:
            cursor.execute(
                """SELECT current_setting('server_version'), pg_size_pretty(pg_database_size(current_database())),
                          (SELECT count(*) FROM pg_stat_activity
                           WHERE backend_type = 'client backend' AND pid <> pg_backend_pid())"""
            )
            version, size, others = cursor.fetchone()
        kept = "保持到 pg stop" if server.stay.exists() else "最后一个使用者退出后停止"
        self.stdout.write(
            f"数据库正在运行（{kept}）。PostgreSQL {version}，进程 {server.pid()}，数据 {size}，其他连接 {others} 个。"
            f"\n数据目录：{server.data}\n连接位置：{server.socket}"
        )

    def backup(self, folder=None, **options):
        target, size, tables = backup(connection, folder or self.default_folder(), self.stdout.write)
        self.stdout.write(f"备份完成：{target}，{size / 2**20:.1f} MB，{tables} 张表，已核对可以读回。")

    @property
    def server(self):
        if not connection.server:
            raise CommandError(
                "现在使用的是 DATABASE_URL 指定的数据库服务器，由它的管理员启停；这里只能执行 pg backup。"
            )
        return connection.server

    def default_folder(self):
        if not connection.server:
            raise CommandError("请写明备份存放的文件夹：manage.py pg backup 文件夹")
        return Path(connection.server.home).parent / "backups"
