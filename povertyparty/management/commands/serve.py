"""The whole product in one command: the web server and the job worker, started and stopped together."""

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from povertyparty.files import clear_leftovers

STOP_SECONDS = 35  # requests and jobs get 25 to 30 of them
WORKER_PAUSE = 2


class Command(BaseCommand):
    help = "启动网站和后台任务进程，按 Ctrl-C 一起停止"

    def add_arguments(self, parser):
        parser.add_argument("--host", default="127.0.0.1", help="监听地址；0.0.0.0 表示所有网卡")
        parser.add_argument(
            "--port", type=int, default=int(os.environ.get("PORT", 8000)), help="端口，也可用环境变量 PORT"
        )

    def handle(self, *, host, port, **options):
        _refuse_taken_port(host, port)
        clear_leftovers()  # nobody is at work here yet
        self.over = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: self.over.set())
        web, worker = _start(_web_command(host, port)), _start(WORKER_COMMAND)
        try:
            self._announce(web, host, port)
            while not self.over.wait(0.5) and web.poll() is None:
                if worker.poll() is not None and not self.over.wait(WORKER_PAUSE):
                    self.stderr.write("后台任务进程意外退出，正在重新启动")
                    worker = _start(WORKER_COMMAND)
        finally:
            _stop([web, worker])
        if not self.over.is_set():
            raise CommandError("网站没有启动或意外停止：请查看上面的提示")

    def _announce(self, web, host, port):
        while web.poll() is None and not self.over.wait(0.1):
            with (
                suppress(OSError),
                socket.create_connection(("127.0.0.1" if host == "0.0.0.0" else host, port), 1),
            ):
                self.stdout.write(f"网站已启动：http://{host}:{port}/ （按 Ctrl-C 停止）")
                self.stdout.flush()
                return


def _refuse_taken_port(host, port):
    """granian shares a port with whoever has it, so two sites would answer in turn."""
    try:
        socket.create_server((host, port)).close()
    except OSError as error:
        raise CommandError(
            f"{port} 端口不能使用（{error.strerror}）：请停止占用它的程序，或用 --port 换一个端口"
        ) from error


WORKER_COMMAND = [sys.executable, "-m", "django", "work"]


def _web_command(host, port):
    options = {
        "interface": "wsgi",
        "host": host,
        "port": port,
        "workers": 1,
        "blocking-threads": 8,
        "blocking-threads-idle-timeout": 600,  # a thread that ends takes its database connection with it
        "workers-kill-timeout": 30,
    }
    pairs = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    return [
        sys.executable,
        "-m",
        "granian",
        *pairs,
        "--no-ws",
        "--respawn-failed-workers",
        "povertyparty.wsgi:application",
    ]


def _start(command):
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": settings.SETTINGS_MODULE}
    return subprocess.Popen(command, cwd=settings.BASE_DIR, env=environment, preexec_fn=_follow_the_parent)


def _follow_the_parent():
    """If this command is killed outright, Linux tells its children to stop; elsewhere they must be stopped by hand."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _stop(processes):
    until = time.monotonic() + STOP_SECONDS
    for process in processes:
        process.terminate()
    for process in processes:
        try:
            process.wait(max(0.1, until - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
