"""A backup file that exists is a good one: written beside, checked, and only then given its name."""

import os
import subprocess
from contextlib import suppress
from pathlib import Path

from django.utils import timezone
from psycopg2.extensions import make_dsn

from povertyparty.database import programs
from povertyparty.database.cluster import sync
from povertyparty.database.faults import DatabaseFault, reported

REPORT_EVERY = 2


def backup(connection, folder, tell):
    """Dump the whole database as its owner; returns (file, bytes, tables). `tell` hears how far it is."""
    folder = Path(folder)
    name = connection.settings_dict["NAME"]
    target = folder / f"{name}-{timezone.localtime():%Y%m%d-%H%M%S}.dump"
    growing = target.with_suffix(".part")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with connection.as_owner():
            connection.ensure_connection()
            dump(connection, growing, tell)
        tables = listed_tables(connection, growing)
        sync(growing)
        os.rename(growing, target)
        sync(folder)
    except OSError as error:
        raise DatabaseFault(f"备份未完成，{folder} 无法写入：{error.strerror}。原有备份没有变动。") from error
    finally:
        with suppress(OSError):
            growing.unlink()
    return target, target.stat().st_size, tables


def dump(connection, growing, tell):
    how = connection.get_connection_params()
    how.pop("cursor_factory", None)
    password = how.pop("password", None)
    environment = os.environ | ({"PGPASSWORD": password} if password else {})
    command = [
        tool(connection, "pg_dump"),
        "--format=custom",
        f"--file={growing}",
        f"--dbname={make_dsn(**how)}",
    ]
    os.close(os.open(growing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    running = subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    said = watched(running, growing, tell)
    if running.returncode or not growing.stat().st_size:
        raise DatabaseFault(f"备份失败，没有留下文件。pg_dump {reported(said)}")


def watched(running, growing, tell):
    """What it said on stderr, once it is done; until then the size is told every two seconds."""
    while True:
        try:
            return running.communicate(timeout=REPORT_EVERY)[1]
        except subprocess.TimeoutExpired:
            tell(f"正在备份，已写出 {growing.stat().st_size / 2**20:.0f} MB …")


def listed_tables(connection, growing):
    """How many tables pg_restore finds data of; it reads the file's own table of contents."""
    command = [tool(connection, "pg_restore"), "--list", growing]
    read = subprocess.run(command, capture_output=True, text=True, errors="replace")
    if read.returncode:
        raise DatabaseFault(f"备份文件读不回来，已删除。pg_restore {reported(read.stderr)}")
    return sum(" TABLE DATA " in line for line in read.stdout.splitlines())


def tool(connection, name):
    return programs.tool(name, embedded=connection.server is not None, server=connection.pg_version // 10000)
