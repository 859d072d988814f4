"""Import workbooks from the command line, through the very path that the browser takes."""

import json
import re
from argparse import ArgumentTypeError
from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from povertyparty import reading
from povertyparty.ledger import Asked
from povertyparty.models import StoredFile, Upload, User
from povertyparty.plan import Verdict
from povertyparty.scope import acting, current, everywhere
from povertyparty.screening import FileFault
from povertyparty.tables import Unrecognised
from povertyparty.uploads import WORKBOOKS, UploadRefused, depth, recognise
from villages.access import appointments_of, scope_of
from villages.lookups import Gazetteer
from villages.models import padded, unpadded


class Command(BaseCommand):
    help = (
        "导入一个或多个工作簿：逐个文件提交没有错误的，先后由系统按台账之间的依赖排定；系统不认识的列列出后忽略。"
        "有文件被拒时以非零状态结束。"
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="user", help="以该用户的身份和管辖范围导入（默认不限范围）")
        parser.add_argument(
            "--at", type=unpadded, metavar="区划代码", help="该用户有几项任用时，指明以哪个地区的任用导入"
        )
        parser.add_argument(
            "--place", action="append", default=[], metavar="名称=区划代码", type=named_place,
            help="有几个同名的地方时，指明是哪一个，可多次给出",
        )  # fmt: skip
        parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, files, user, at, dry_run, **options):
        self.by = self.find_user(user)
        self.appointment = self.by and self.find_appointment(at)
        self.as_json, told = options["json"], []
        self.places, self.headings = dict(options["place"]), {}
        for path, found in self.in_order(files):
            outcome = self.take(path, found, dry_run)
            told.append(outcome)
            if not self.as_json:
                self.print(outcome)
        if self.as_json:
            self.stdout.write(json.dumps(told, ensure_ascii=False, indent=1))
        refused = [one["file"] for one in told if one["state"] == "refused"]
        if refused:
            raise CommandError(f"{len(refused)}个文件没有导入：{'、'.join(refused)}")

    def find_user(self, username):
        if not username:
            return None
        try:
            return User.objects.get(username=username)
        except User.DoesNotExist:
            raise CommandError(f"没有用户 {username}") from None

    def find_appointment(self, at):
        """The one by which the user imports; where it could be several, it must be said which."""
        held = [one for one in appointments_of(self.by) if one.may("import_ledgers")]
        meant = [one for one in held if at in (None, one.place_id)]
        if len({one.place_id for one in meant}) == 1:
            return meant[0]
        told = "；".join(f"{one}（{padded(one.place_id)}）" for one in held)
        raise CommandError(
            f"请用 --at 指明以用户 {self.by.username} 的哪一项任用导入：{told}"
            if held
            else f"用户 {self.by.username} 现在没有可以导入的任用，请先在“任用”中登记"
        )

    def acting(self):
        return acting(scope_of(self.appointment)) if self.by else everywhere("命令没有指定用户")

    def in_order(self, paths):
        """(path, what was recognised or the refusal), what others need first; ties as given."""
        found = [(path, self.look(path)) for path in paths]
        return sorted(found, key=lambda pair: 0 if isinstance(pair[1], str) else depth(pair[1][0]))

    def look(self, path):
        try:
            found = recognise(path)
            self.headings[path] = " ".join(table.above for table in found[1])
            return found
        except FileNotFoundError:
            return "没有这个文件"
        except (reading.Unreadable, Unrecognised) as refusal:
            return str(refusal)

    def take(self, path, found, dry_run):
        """One file in one transaction: committed whole, or refused and nothing written."""
        told = {"file": path.name, "state": "refused", "ledger": "", "rows": 0, "errors": [], "notices": []}
        if isinstance(found, str):
            return told | {"reason": found}
        try:
            with self.acting(), transaction.atomic():
                upload = self.keep(path, found)
                told |= describe(upload)
                if upload.state == Upload.State.READY:
                    self.commit(upload)
                    told["state"] = "ready" if dry_run else "committed"
                if dry_run:
                    transaction.set_rollback(True)
        except (UploadRefused, FileFault) as refusal:
            return told | {"reason": str(refusal)}
        return told

    def keep(self, path, found):
        with path.open("rb") as content:
            stored = StoredFile.keep(
                File(content, name=path.name),
                place_code=current().lo,
                by=self.by,
                purpose=StoredFile.Purpose.ORIGINAL,
                kinds=WORKBOOKS,
                limit=1 << 30,
            )
        upload = Upload.objects.create(
            file=stored,
            name=stored.name,
            by=self.by,
            place_code=current().lo,
            accepted_unknown=True,
            answers=Upload.answered(self.by) | self.county_beside(path) | self.places,
        )
        upload.stage(*found)
        return upload

    def county_beside(self, path):
        """A file that names no 填报单位 is taken for the county that all the others in its folder name."""
        gazetteer = Gazetteer()
        beside = {
            gazetteer.county_in(text) for one, text in self.headings.items() if one.parent == path.parent
        }
        beside.discard("")
        return {Asked.FILE: beside.pop()} if len(beside) == 1 else {}

    def commit(self, upload):
        upload.commit(self.by)

    def print(self, told):
        counts = "　".join(f"{Verdict(v).label} {n}" for v, n in told.get("tally", {}).items())
        mark = {"committed": "已提交", "ready": "可提交（未写入）", "refused": "未导入"}[told["state"]]
        self.stdout.write(f"{told['file']}　《{told['ledger']}》　{told['rows']} 行　{counts}　{mark}")
        for line in (*([told["reason"]] if told.get("reason") else []), *told["errors"]):
            self.stdout.write(f"  ✗ {line}")
        for line in told["notices"]:
            self.stdout.write(f"  · {line}")


def named_place(text):
    name, _, code = text.rpartition("=")
    if not name or not re.fullmatch(r"\d{6}|\d{9}|\d{12}", code):
        raise ArgumentTypeError(f"“{text}”应写成 名称=区划代码，如 红旗村=659907100200")
    return name, unpadded(code)


def describe(upload):
    """What the preview page shows, as plain data."""
    tally = {verdict: upload.tally[verdict] for verdict in Verdict.values}
    return {
        "ledger": upload.declared.title,
        "rows": sum(tally.values()),
        "tally": tally,
        "reason": upload.trouble,
        "errors": [
            f"工作表“{row.sheet}”第{row.number}行{('“' + fault['header'] + '”') if fault['header'] else ''}"
            f"{'：' + fault['value'] if fault['value'] else ''}　{fault['reason']}"
            for row in upload.rows.filter(verdict=Verdict.REFUSED).order_by("id")
            for fault in row.faults
        ]
        + [
            f"“{one['name']}”是哪一个？请用 --place 指明：{'；'.join(label for _, label in one['choices'])}"
            for one in upload.told["asked"]
            if not one["answer"]
        ],
        "notices": [
            *upload.told["notices"],
            *(f"不认识的列“{header}”，已忽略" for header in upload.told["unknown"]),
            *(f"列“{header}”{why}" for header, why in upload.told["dropped"]),
        ],
        "hints": upload.tally["hints"],
    }
