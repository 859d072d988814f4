"""The product as an office runs it: a process of its own over a database of its own, with the demo county in it."""

import ctypes
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
SOURCES, BUILT = ROOT / "static" / "src", ROOT / "static" / "dist"
START_SECONDS, STOP_SECONDS = 60, 45
FOREIGN = {"DATABASE_URL", "OWNER_DATABASE_URL", "SECRET_FILE", "ALLOWED_HOSTS", "HTTPS", "DEBUG", "PORT"}


class Product:
    """`url` once it is served; `password` is the one of every account of the demo."""

    def __init__(self, folder):
        self.data, self.log, self.port = folder / "data", folder / "serve.log", free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        kept = {name: value for name, value in os.environ.items() if name not in FOREIGN}
        ours = {"DATA_DIR": str(self.data), "DJANGO_SETTINGS_MODULE": "tests.browser.settings"}
        self.environment = kept | ours

    @property
    def password(self):
        return (self.data / "demo" / "accounts.txt").read_text("utf-8").split("密码都是：")[1].strip()

    def start(self):
        for command in (["migrate"], ["demo"], ["collectstatic", "--no-input"]):
            self.manage(*command)
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                self.command("serve", "--port", str(self.port)),
                cwd=ROOT,
                env=self.environment,
                stdout=log,
                stderr=log,
                preexec_fn=end_with_the_tests,
            )
        self.wait_until_served()

    def wait_until_served(self):
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until and self.process.poll() is None:
            with (
                suppress(urllib.error.URLError, ConnectionError),
                urllib.request.urlopen(f"{self.url}/login/", timeout=5),
            ):
                return
            time.sleep(0.1)
        raise RuntimeError(f"the site did not start:\n{self.log.read_text('utf-8', 'replace')}")

    def stop(self):
        """Web server, worker and database: nothing of it lives on."""
        if process := getattr(self, "process", None):
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(STOP_SECONDS)
            process.kill()
        self.manage("pg", "stop")

    def manage(self, *arguments):
        done = subprocess.run(
            self.command(*arguments), cwd=ROOT, env=self.environment, capture_output=True, text=True
        )
        if done.returncode:
            raise RuntimeError(f"manage.py {' '.join(arguments)}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def command(self, *arguments):
        return [sys.executable, "manage.py", *arguments]


def end_with_the_tests():
    """Should the tests be killed, Linux stops the site, and the database stops when its last user has gone."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def free_port():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return taken.getsockname()[1]


def is_built():
    return (BUILT / "app.css").exists()


def can_build():
    return bool(shutil.which("node")) and (ROOT / "node_modules").is_dir()


def build_assets():
    """Build static/dist where it is missing or older than its sources."""
    built = min((path.stat().st_mtime for path in BUILT.glob("*")), default=0)
    if built < max(path.stat().st_mtime for path in SOURCES.rglob("*")):
        subprocess.run(["node", "static/build.mjs"], cwd=ROOT, check=True, capture_output=True)
