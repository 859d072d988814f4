"""Tells the deadlines of a day now; the worker does the same by itself, when it starts and whenever a day begins."""

from datetime import date

from django.core.management.base import BaseCommand, CommandError

from povertyparty.reminders import remind
from povertyparty.scope import everywhere


class Command(BaseCommand):
    help = "发出到期提醒和超期提级的通知（后台任务进程每天自动办理；重复执行不会重复通知）"

    def add_arguments(self, parser):
        parser.add_argument("--on", help="以哪一天为准，如 2020-06-30；默认今天")

    def handle(self, *, on, **options):
        try:
            day = date.fromisoformat(on) if on else None
        except ValueError:
            raise CommandError("--on 应为年-月-日，例如 2020-06-30") from None
        with everywhere("到期提醒"):
            self.stdout.write(f"新通知 {remind(day)} 条")
