"""Lists what lies in the file store without reason, removes what is older than a week, and tells what is missing."""

from django.core.management.base import BaseCommand, CommandError

from povertyparty.files import sweep


class Command(BaseCommand):
    help = "清理无主附件和临时文件（默认只清理 7 天前的），并列出缺失的附件"

    def add_arguments(self, parser):
        parser.add_argument("--days", type=float, default=7, help="只清理多少天以前的文件")
        parser.add_argument("--dry-run", action="store_true", help="只列出，不删除")

    def handle(self, *, days, dry_run, **options):
        found = sweep(days=days, remove=not dry_run)
        verb = "可清理" if dry_run else "已清理"
        for label, things in (
            (f"{verb}无主附件", found.orphans),
            (f"{verb}临时文件", found.temps),
            ("来历不明，未动", found.strange),
        ):
            self.stdout.write(f"{label} {len(things)} 个")
            for thing in things:
                self.stdout.write(f"  {thing}")
        if found.missing:
            listing = "\n  ".join(found.missing)
            raise CommandError(f"缺失附件 {len(found.missing)} 个，请从备份恢复：\n  {listing}")
