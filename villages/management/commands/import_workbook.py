"""Import workbooks from the command line, through the very path that the browser takes."""

import json
from pathlib import Path

from django.core.files import File
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from povertyparty import reading
from povertyparty.models import StoredFile, Upload, User
from povertyparty.plan import Verdict
from povertyparty.scope import current
from povertyparty.screening import FileFault
from povertyparty.tables import Unrecognised
from povertyparty.uploads import WORKBOOKS, UploadRefused, depth, recognise
from villages.access import scope_of_user


class Command(BaseCommand):
    help = (
        "导入一个或多个工作簿：逐个文件提交没有错误的，先后由系统按台账之间的依赖排定；系统不认识的列列出后忽略。"
        "有文件被拒时以非零状态结束。"
    )

    def add_arguments(self, parser):
        parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
        parser.add_argument("--as", dest="user", help="以该用户的身份和管辖范围导入（默认不限范围）")
        parser.add_argument("--dry-run", action="store_true", help="只核对，不写入")
        parser.add_argument("--json", action="store_true", help="以 JSON 输出")

    def handle(self, *, files, user, dry_run, **options):
        self.by = self.find_user(user)
        self.as_json, told = options["json"], []
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

    def in_order(self, paths):
        """(path, what was recognised or the refusal), what others need first; ties as given."""
        found = [(path, self.look(path)) for path in paths]
        return sorted(found, key=lambda pair: 0 if isinstance(pair[1], str) else depth(pair[1][0]))

    def look(self, path):
        try:
            return recognise(path)
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
            with scope_of_user(self.by and self.by.pk), transaction.atomic():
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
            file=stored, name=stored.name, by=self.by, place_code=current().lo, accepted_unknown=True
        )
        upload.stage(*found)
        return upload

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
        ],
        "notices": [
            *upload.told["notices"],
            *(f"不认识的列“{header}”，已忽略" for header in upload.told["unknown"]),
            *(f"列“{header}”{why}" for header, why in upload.told["dropped"]),
        ],
        "hints": upload.tally["hints"],
    }
