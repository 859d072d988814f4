"""`manage.py demo`: fills an empty database with the invented county, and says who can sign in."""

import os
import secrets
import time

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand
from django.utils import timezone

from inspections.fiction import County
from inspections.fiction.cast import CAST, Stage
from povertyparty.scope import everywhere
from villages.models import Place

LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is taken for another


class Command(BaseCommand):
    help = "在空的数据库中加入演示数据（虚构的晴川县）和每种角色一个账号；已有数据时只列出账号。"

    def add_arguments(self, parser):
        parser.add_argument("--seed", type=int, default=1, help="换一个数字，就换一个县")

    def handle(self, *, seed, **options):
        self.accounts = settings.DATA_DIR / "demo" / "accounts.txt"
        # One transaction: an interrupted demo leaves an empty database, and the next run begins anew.
        with everywhere("演示数据"):
            if not Place.names.exists():
                self.fill(seed)
        self.tell()

    def fill(self, seed):
        began = time.monotonic()
        county = County(seed, on=timezone.localdate())
        self.say(
            f"正在编写{county.name}的台账（虚构）：{len(county.households)} 户、{len(county.persons)} 人"
        )
        divisions, *ledgers = county.write(self.folder())
        self.take_in(divisions)
        password = "-".join("".join(secrets.choice(LETTERS) for _ in range(4)) for _ in range(3))
        stage = Stage(county)
        stage.enter(password)
        for path in ledgers:
            self.take_in(path, user="county")
        self.say("正在办理几项整改")
        for line in stage.play():
            self.say(f"  {line}")
        self.keep(password, stage)
        self.say(f"演示数据已就绪，用时 {time.monotonic() - began:.0f} 秒")

    def folder(self):
        self.accounts.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.accounts.parent

    def take_in(self, path, user=None):
        self.say(f"正在导入 {path.name} …")
        call_command("import_workbook", path, user=user, stdout=self.stdout)

    def keep(self, password, stage):
        """Only the owner of the machine's account can read it; the accounts are for the demo alone."""
        lines = [
            f"{username:<14}{role.label}（{stage.names[where]}）{name}"
            for username, name, role, where in CAST
        ]
        text = "\n".join(["演示账号，只用于演示：", *lines, f"密码都是：{password}", ""])
        self.accounts.unlink(missing_ok=True)
        handle = os.open(self.accounts, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w", encoding="utf-8") as target:
            target.write(text)

    def tell(self):
        if not self.accounts.exists():
            self.say("数据库中已有数据，没有加入演示数据。")
            return
        self.say("")
        self.say(self.accounts.read_text(encoding="utf-8"))
        self.say(f"网址：http://127.0.0.1:{os.environ.get('PORT', 8000)}/ （由 make demo 或 make run 启动）")

    def say(self, text):
        self.stdout.write(text)
        self.stdout.flush()
