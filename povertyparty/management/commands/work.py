"""The process that does queued jobs until it is told to stop."""

from django.core.management.base import BaseCommand

from povertyparty.jobs import BEAT_SECONDS, GRACE_SECONDS, STALE_SECONDS, Worker


class Command(BaseCommand):
    help = "执行后台任务，直到收到停止信号"

    def add_arguments(self, parser):
        parser.add_argument("--slots", type=int, default=2, help="同时执行的任务数")
        parser.add_argument("--beat", type=float, default=BEAT_SECONDS, help="心跳间隔（秒）")
        parser.add_argument("--stale", type=float, default=STALE_SECONDS, help="多久没有心跳算中断（秒）")
        parser.add_argument(
            "--grace", type=float, default=GRACE_SECONDS, help="停止时等待任务结束的时间（秒）"
        )

    def handle(self, *, slots, beat, stale, grace, **options):
        self.stdout.write(f"后台任务进程已启动，最多同时执行 {slots} 个任务")
        Worker(slots=slots, beat=beat, stale=stale, poll=stale, grace=grace).run()
