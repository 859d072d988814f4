"""The data folder: made whole or not at all, told who may come in, and refused where its version does not fit."""

import os
import pwd
import shutil
import subprocess
import sys
from contextlib import contextmanager

from povertyparty.database.config import app_of
from povertyparty.database.faults import DatabaseFault, reported
from povertyparty.database.programs import ENVIRONMENT, major

SPACE_NEEDED = 200 * 2**20
BUILTIN_LOCALE_SINCE = 17
MAP = "povertyparty"

SETTINGS = """
# povertyparty
listen_addresses = ''
unix_socket_permissions = 0700
max_connections = 100
shared_buffers = 256MB
jit = off
# An import changes many rows of one county and few of the whole table. Until they are vacuumed, counting that county takes four
# times as long, and PostgreSQL by itself waits for a fifth of the table.
autovacuum_vacuum_scale_factor = 0.005
timezone = 'Asia/Shanghai'
log_timezone = 'Asia/Shanghai'
logging_collector = on
log_directory = 'log'
log_filename = 'postgresql-%a.log'
log_rotation_age = 1d
log_rotation_size = 0
log_truncate_on_rotation = on
# A failed statement and the row it stumbled over are people's data; neither belongs in a log.
log_min_error_statement = panic
log_error_verbosity = terse
"""


@contextmanager
def door(folder, account):
    """How the server is to name its data folder, and the descriptors it must inherit for it.

    Another account than ours may be unable to walk there (a project under /root). It need not: we open the folder and
    hand it over open, and /proc/self/fd/… leads into it without passing the closed folders above. The working folder
    would do as well from PostgreSQL 16; before, its programs leave it to find themselves and cannot come back.
    """
    if not account.is_other or sys.platform != "linux":
        yield str(folder), ()
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{descriptor}", (descriptor,)
    finally:
        os.close(descriptor)


def create(folder, owner, account, programs):
    """A complete cluster under the given name, or nothing: it grows beside and is renamed when done."""
    growing = folder.with_name("growing")
    shutil.rmtree(growing, ignore_errors=True)  # left by a creator that was killed
    require_space(folder.parent)
    growing.mkdir(mode=0o700)
    account.receive(growing)
    try:
        initdb(growing, owner, account, programs)
        append(growing / "postgresql.conf", SETTINGS)
        found_database(growing, owner, account, programs)
        os.rename(growing, folder)
        sync(folder.parent)
    except BaseException:
        shutil.rmtree(growing, ignore_errors=True)
        raise


def require_space(folder):
    free = shutil.disk_usage(folder).free
    if free < SPACE_NEEDED:
        raise DatabaseFault(
            f"磁盘空间不足：{folder} 只剩 {free // 2**20} MB，建立数据库需要 {SPACE_NEEDED // 2**20} MB。请腾出空间后重试。"
        )


def initdb(folder, owner, account, programs):
    locale = ["--locale=C"]
    if major(programs / "postgres") >= BUILTIN_LOCALE_SINCE:
        # Order and case that no update of the system's libraries can change under an index.
        locale += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    ours = ["-U", owner, "--encoding=UTF8", "--text-search-config=simple", "--auth=peer", "--data-checksums"]
    run([programs / "initdb", *ours, *locale], folder, account)


def found_database(folder, owner, account, programs):
    """The app's login and the database, before anybody can connect: whoever finds the cluster finds them too."""
    alone = ["--single", "-c", "exit_on_error=true", "-c", "logging_collector=off", "postgres"]
    said = f'CREATE ROLE "{app_of(owner)}" LOGIN NOINHERIT;\nCREATE DATABASE "{owner}";\n'
    run([programs / "postgres", *alone], folder, account, said)


def run(command, folder, account, said=""):
    """A program of the server, run on the data folder under the server's account."""
    with door(folder, account) as (place, descriptors):
        done = subprocess.run(
            command,
            cwd="/",
            env=ENVIRONMENT | {"PGDATA": place},
            pass_fds=descriptors,
            input=said,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            **account.identity,
        )
    if done.returncode:
        raise DatabaseFault(f"数据库未能建立。{command[0].name} {reported(done.stdout)}")


def append(path, text):
    # Root writes in a folder of another account: a link planted there must not lead it elsewhere.
    with open(os.open(path, os.O_WRONLY | os.O_APPEND | os.O_NOFOLLOW), "w", encoding="utf-8") as file:
        file.write(text)


def admit(folder, owner, account):
    """Over the socket, the system's account proves who one is: root and the server's own, as owner or app.

    Written at every start, as the folder may have been moved to another machine or account.
    """
    replace(folder / "pg_hba.conf", f"local all all peer map={MAP}\n", account)
    people = sorted({account.name, pwd.getpwuid(0).pw_name})
    lines = [f'{MAP} "{person}" "{role}"\n' for person in people for role in (owner, app_of(owner))]
    replace(folder / "pg_ident.conf", "".join(lines), account)


def replace(path, text, account):
    path.unlink(missing_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    account.receive(descriptor)
    with open(descriptor, "w", encoding="utf-8") as file:
        file.write(text)


def sync(path):
    """What was written to a file, or renamed in a folder, is on the disk when this returns."""
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


def require_same_version(folder, programs):
    data, program = int((folder / "PG_VERSION").read_text()), major(programs / "postgres")
    if data == program:
        return
    remedy = (
        "请用新版本程序运行，或恢复升级前的程序"
        if data > program
        else "请先用旧版本程序执行 manage.py pg backup 备份，换上新程序后在新的数据目录中恢复"
    )
    raise DatabaseFault(
        f"数据目录 {folder} 由 PostgreSQL {data} 建立，当前程序是 {program} 版，不能打开：{remedy}。"
    )
