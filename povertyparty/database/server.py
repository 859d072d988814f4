"""The server in the box: started by whoever connects first, shared by all processes, stopped with the last of them.

Three locks under the home folder carry it (`locks.py`): a user process holds `users.lock` shared for its lifetime;
starting and stopping by hand happens under `start.lock`; `server.lock` is held by the keeper and by every process of
PostgreSQL, so "is one alive" is never guessed from process numbers, which zombies and strangers answer to as well.
"""

import json
import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from povertyparty.database import account, cluster, keeper, locks, programs
from povertyparty.database.config import NAME, data_folder, socket_folder
from povertyparty.database.faults import DatabaseFault, explained, reported

SILENCE, PATIENCE = 2, 120  # seconds until a wait is spoken of, and until it is given up
_joined = {}


class Server:
    def __init__(self, home, owner=NAME):
        self.home, self.owner = Path(home), owner
        self.data, self.socket = data_folder(self.home), socket_folder(self.home)
        self.users, self.starting, self.alive = (
            self.home / f"{name}.lock" for name in ("users", "start", "server")
        )
        self.stay, self.log = self.home / "stay", self.home / "startup.log"

    def join(self):
        """Become a user for the life of this process and its forks; the server is not stopped under a user."""
        held = _joined.get(self.users)
        if held is not None and locks.names(self.users, held):
            return
        with explained(self.home):
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            _joined[self.users] = patiently(lambda: locks.take(self.users, shared=True), "等待数据库停止")

    def leave(self):
        os.close(_joined.pop(self.users))

    def ensure(self):
        """Running when this returns; True where it had to be started or waited for."""
        self.join()
        with explained(self.home):
            if self.is_running():
                return False
            with self._alone():
                self._start()
        return True

    def is_running(self):
        return self.status() == "ready" and self._listens()

    def status(self):
        """The server's own word in its pid file: starting, ready, stopping; stale after a kill -9."""
        lines = self._pid_file()
        return lines[7].strip() if len(lines) > 7 else ""

    def pid(self):
        lines = self._pid_file()
        return int(lines[0]) if lines and lines[0].isdigit() else None

    def stop(self):
        """Stop it under its users' feet; False where none was running. The next connection starts it again."""
        if not self.home.is_dir():
            return False
        with explained(self.home), self._alone():
            self.stay.unlink(missing_ok=True)
            if locks.is_free(self.alive):
                return False
            with suppress(ProcessLookupError, ValueError):
                os.kill(int(self.alive.read_text()), signal.SIGTERM)
            patiently(lambda: locks.is_free(self.alive), "正在停止数据库")
            return True

    def keep(self):
        """Running until `stop`, with or without users."""
        self.join()
        with explained(self.home):
            self.stay.touch()
        self.ensure()

    def _pid_file(self):
        with suppress(FileNotFoundError):
            return (self.data / "postmaster.pid").read_text(errors="replace").splitlines()
        return []

    def _listens(self):
        with socket.socket(socket.AF_UNIX) as probe:
            probe.settimeout(5)
            with suppress(FileNotFoundError, ConnectionRefusedError, BlockingIOError, TimeoutError):
                probe.connect(str(self.socket / ".s.PGSQL.5432"))
                return True
        return False

    @contextmanager
    def _alone(self):
        descriptor = patiently(lambda: locks.take(self.starting), "另一个程序正在启动或停止数据库")
        try:
            yield
        finally:
            os.close(descriptor)

    def _start(self):
        patiently(lambda: locks.is_free(self.alive) or self.is_running(), "等待上一个数据库进程结束")
        if self.is_running():
            return
        serving = account.serving(self.data, self.home)
        found = programs.reachable(programs.folder(), serving)
        self._prepare(serving, found)
        self._launch(serving, found)
        patiently(lambda: self.is_running() or locks.is_free(self.alive), "数据库正在启动或恢复")
        if not self.is_running():
            raise DatabaseFault(f"数据库未能启动，它{reported(self._last_words())}")

    def _prepare(self, serving, found):
        if self.socket != self.data:
            open_socket_folder(self.socket, serving)
        if not self.data.exists():
            tell("首次使用：正在建立数据库")
            cluster.create(self.data, self.owner, serving, found)
        cluster.require_same_version(self.data, found)
        cluster.admit(self.data, self.owner, serving)

    def _launch(self, serving, found):
        with cluster.door(self.data, serving) as (place, descriptors):
            door = place if self.socket == self.data else str(self.socket)
            self._hand_over(
                {
                    "lock": str(self.alive),
                    "users": str(self.users),
                    "stay": str(self.stay),
                    "command": [str(found / "postgres"), "-D", place, "-k", door],
                    "descriptors": descriptors,
                    "identity": serving.identity,
                }
            )

    def _hand_over(self, order):
        """To a keeper, which lives on by itself; what it and the server say at the start goes into the log."""
        self.log.unlink(missing_ok=True)
        with open(locks.created(self.log), "wb") as log:
            subprocess.run(
                [sys.executable, "-I", "-S", keeper.__file__, json.dumps(order)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd="/",
                # With this PostgreSQL passes over lock files of a dead predecessor whose number a zombie or a stranger
                # has now. That none of it lives we know from server.lock; it still checks shared memory itself.
                env=programs.ENVIRONMENT | {"PG_GRANDPARENT_PID": str(self.pid() or 0)},
                pass_fds=order["descriptors"],
                start_new_session=True,
            )

    def _last_words(self):
        """What was said at the start, and the end of the newest log: the reason is in one or the other."""
        logs = sorted((self.data / "log").glob("*.log"), key=lambda path: path.stat().st_mtime)
        return "\n".join(path.read_text(errors="replace")[-800:] for path in (self.log, *logs[-1:]))


def open_socket_folder(folder, serving):
    """It lies in /tmp, where anybody may have made it before us."""
    folder.mkdir(mode=0o700, exist_ok=True)
    found = folder.lstat()
    if folder.is_symlink() or found.st_uid not in (os.geteuid(), serving.uid):
        raise DatabaseFault(
            f"{folder} 属于别的用户，数据库不能在其中开放连接：请删除它，或把项目移到路径较短的文件夹。"
        )
    serving.receive(folder)


def patiently(attempt, what):
    """The first answer of `attempt` that is neither None nor False; says what it waits for, and gives up in the end."""
    began, told = time.monotonic(), False
    while (answer := attempt()) is None or answer is False:
        waited = time.monotonic() - began
        if waited > PATIENCE:
            raise DatabaseFault(f"{what}，已等待 {PATIENCE} 秒仍未完成，请稍后再试。")
        if waited > SILENCE and not told:
            told = True
            tell(f"{what}，请稍候")
        time.sleep(0.02)
    return answer


def tell(text):
    with suppress(OSError, ValueError):  # a service may have closed it
        print(f"{text} …", file=sys.stderr, flush=True)
