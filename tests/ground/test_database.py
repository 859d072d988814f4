"""The database in the box lives and dies with its users, and the app can do in it only what it was granted."""

import os
import shutil
import signal
import subprocess
import sys
import sysconfig
import tempfile
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import ConnectionHandler, ProgrammingError
from django.db.transaction import TransactionManagementError

from povertyparty.database import account, configure, locks, programs
from povertyparty.database.config import data_folder, socket_folder
from povertyparty.database.faults import DatabaseFault
from povertyparty.database.server import Server

PROJECT = Path(__file__).resolve().parents[2]
PG15 = Path("/usr/lib/postgresql/15/bin")
IS_ROOT = os.geteuid() == 0
USER = """
import sys
from povertyparty.database.server import Server
server = Server(sys.argv[1])
server.ensure()
print(server.pid(), flush=True)
sys.stdin.read()
"""
FILES = {
    "manage.py": """
import sys
from django.core.management import execute_from_command_line
execute_from_command_line(sys.argv)
""",
    "trial.py": """
import os
from pathlib import Path
from povertyparty.database import configure
DATABASES = {"default": configure(os.environ, Path(__file__).parent / "var")}
INSTALLED_APPS = ["places", "django.contrib.auth", "django.contrib.contenttypes"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
SECRET_KEY, USE_TZ, TIME_ZONE = "trial", True, "Asia/Shanghai"
""",
    "places/__init__.py": "",
    "places/models.py": """
from django.db import models
class House(models.Model):
    scope_column = "place"
    place = models.CharField(max_length=12, db_collation="C", db_index=True)
class Sight(models.Model):
    append_only = True
    scope_column = "place"
    place = models.CharField(max_length=12, db_collation="C")
class Note(models.Model):
    append_only = True
    text = models.TextField()
""",
    "places/management/__init__.py": "",
    "places/management/commands/__init__.py": "",
    "places/management/commands/migrate.py": "from povertyparty.management.commands.migrate import Command",
    "places/management/commands/pg.py": "from povertyparty.management.commands.pg import Command",
    "test_trial.py": """
import pytest
from django.contrib.auth.models import User
from django.db import ProgrammingError, connection
from places.models import House

@pytest.mark.django_db
def test_the_app_is_who_tests():
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("povertyparty_app",)

@pytest.mark.django_db
def test_the_app_may_not_look():
    with pytest.raises(ProgrammingError, match="permission denied"):
        House.objects.exists()

@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_what_is_committed_is_gone_in_the_next_test(turn):
    assert not User.objects.exists()
    User.objects.create(username="committed")
""",
}


def written(folder):
    for name, text in FILES.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text)
    return folder


def environment(folder, **more):
    return os.environ | {"DJANGO_SETTINGS_MODULE": "trial", "PYTHONPATH": f"{PROJECT}:{folder}"} | more


def manage(folder, *arguments, **more):
    command = [sys.executable, folder / "manage.py", *arguments]
    return subprocess.Popen(
        command, env=environment(folder, **more), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


def said(process):
    output = process.communicate(timeout=60)[0]
    assert process.returncode == 0, output
    return output


@contextmanager
def users(home, count=1, **more):
    """Processes that use the server of `home` until the block ends; each has started it or found it running."""
    command = [sys.executable, "-c", USER, home]
    options = {
        "env": environment(PROJECT, **more),
        "stdin": subprocess.PIPE,
        "stdout": subprocess.PIPE,
        "text": True,
    }
    running = [subprocess.Popen(command, **options) for _ in range(count)]
    try:
        yield running
    finally:
        for process in running:
            process.kill()
            process.communicate()


def server_of(process):
    return int(process.stdout.readline())


def eventually(condition, seconds=10):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


def gone(server):
    return not server.is_running() and locks.is_free(server.alive)


@contextmanager
def used(home):
    """This very process as a user, for the length of the block."""
    server = Server(home)
    try:
        yield server
    finally:
        server.stop()
        with suppress(KeyError):
            server.leave()


@pytest.fixture(scope="module")
def project(tmp_path_factory):
    return written(tmp_path_factory.mktemp("trial"))


@pytest.fixture(scope="module")
def racers(project):
    """The numbers of the server that six starters racing on a fresh folder found, each for itself."""
    with users(project / "var" / "postgres", 6) as racing:
        return [server_of(user) for user in racing]


@pytest.fixture(scope="module")
def box(project, racers):
    with used(project / "var" / "postgres") as server:
        server.ensure()
        yield server


@pytest.fixture
def unused(box, racers):
    """The box while this process is no user of it."""
    box.leave()
    yield box
    box.ensure()


@pytest.fixture(scope="module")
def migrated(project, box):
    return [said(process) for process in [manage(project, "migrate", "--run-syncdb") for _ in range(2)]]


@pytest.fixture
def connection(project, box, django_db_blocker):
    with django_db_blocker.unblock():
        connection = ConnectionHandler({"default": configure({}, project / "var")})["default"]
        yield connection
        connection.close()


def rows(connection, statement):
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return cursor.fetchall()


def take(role, low="", high=""):
    return f"SELECT set_config('role', '{role}', true), set_config('app.lo', '{low}', true), set_config('app.hi', '{high}', true);"


# Which database


def test_without_a_url_the_box_under_the_data_folder_is_used(tmp_path):
    chosen = configure({"DATABASE_URL": " "}, tmp_path)
    assert chosen["EMBEDDED"] == str(tmp_path / "postgres")
    assert (chosen["USER"], chosen["OWNER"]["user"]) == ("povertyparty_app", "povertyparty")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        (
            "postgres://a:p%40%2F@db.example:5433/county?sslmode=require",
            ("a", "p@/", "db.example", "5433", "county"),
        ),
        ("postgresql://a@[::1]/county", ("a", "", "::1", "", "county")),
        ("postgres://a@%2Frun%2FPostgres/county", ("a", "", "/run/Postgres", "", "county")),
        ("postgres://a:p@/%E5%8E%BF?host=/run/pg&port=5434", ("a", "p", "/run/pg", "5434", "县")),
    ],
)
def test_a_url_names_any_server(url, expected, tmp_path):
    chosen = configure({"DATABASE_URL": url}, tmp_path)
    assert tuple(chosen[key] for key in ("USER", "PASSWORD", "HOST", "PORT", "NAME")) == expected
    assert chosen["OPTIONS"] == ({"sslmode": "require"} if "sslmode" in url else {})
    assert "EMBEDDED" not in chosen and chosen["CONN_HEALTH_CHECKS"]


def test_the_owner_may_have_a_url_of_its_own(tmp_path):
    chosen = configure(
        {"DATABASE_URL": "postgres://app:a@h/county", "OWNER_DATABASE_URL": "postgres://boss:b@h/county"},
        tmp_path,
    )
    assert (chosen["USER"], chosen["OWNER"]["user"], chosen["OWNER"]["password"]) == ("app", "boss", "b")


@pytest.mark.parametrize(
    "url",
    [
        "mysql://a:secret@h/x",
        "postgres://a:secret@h",
        "postgres://:secret@h/x",
        "postgres://a:sec@ret@h/x",
        "postgres://a:se#cret@h/x",
        "postgres://a:secret@h:x/y",
        "secret",
    ],
)
def test_a_url_that_cannot_be_read_is_refused_without_repeating_it(url, tmp_path):
    with pytest.raises(ImproperlyConfigured, match=r"DATABASE_URL .*应为 postgres://") as refusal:
        configure({"DATABASE_URL": url}, tmp_path)
    assert "secret" not in str(refusal.value)


def test_two_urls_must_name_one_database(tmp_path):
    with pytest.raises(ImproperlyConfigured, match="库名不同"):
        configure({"DATABASE_URL": "postgres://a@h/x", "OWNER_DATABASE_URL": "postgres://b@h/y"}, tmp_path)


def test_a_path_too_long_for_a_socket_gets_a_short_one_of_its_own():
    long, longer = Path("/srv") / ("扶贫" * 20), Path("/srv") / ("扶贫" * 21)
    assert len(bytes(socket_folder(long))) < 40
    assert socket_folder(long) != socket_folder(longer)
    assert socket_folder(Path("/srv/x")) == data_folder(Path("/srv/x"))


def test_psycopg_3_is_refused_in_words():
    code = (
        "import django.db.backends.postgresql.base; from django.db.backends.postgresql import psycopg_any;"
        "psycopg_any.is_psycopg3 = True; import povertyparty.database.base"
    )
    tried = subprocess.run([sys.executable, "-c", code], cwd=PROJECT, capture_output=True, text=True)
    assert "pip uninstall psycopg" in tried.stderr.splitlines()[-1]


# Life and death of the server


def test_starters_racing_on_a_fresh_folder_meet_in_one_server(racers):
    assert len(racers) == 6 and len(set(racers)) == 1


@pytest.mark.case("D-004")
def test_a_killed_server_is_back_at_the_next_connection_with_all_that_was_committed(box, connection):
    with connection.as_owner():
        rows(
            connection,
            "CREATE TABLE IF NOT EXISTS kept (turn int); INSERT INTO kept VALUES (1) RETURNING turn",
        )
    os.kill(box.pid(), signal.SIGKILL)
    with connection.as_owner():
        assert rows(connection, "SELECT turn FROM kept") == [(1,)]


def test_starters_racing_after_a_crash_meet_in_one_server(box):
    before = box.pid()
    os.kill(before, signal.SIGKILL)
    with users(box.home, 5) as racing:
        assert len({server_of(user) for user in racing} - {before}) == 1


def test_a_server_whose_keeper_was_killed_stops_and_comes_back(box, connection):
    before = box.pid()
    os.kill(int(box.alive.read_text()), signal.SIGKILL)
    assert eventually(lambda: gone(box))
    assert rows(connection, "SELECT 1") == [(1,)]
    assert box.pid() != before


@pytest.mark.skipif(not Path("/proc").is_dir(), reason="the number of a stranger is looked up in /proc")
def test_a_stale_number_that_now_belongs_to_a_stranger_is_passed_over(box):
    box.stop()
    with subprocess.Popen(["sleep", "60"], **account.serving(box.data, box.home).identity) as stranger:
        pid_file = box.data / "postmaster.pid"
        pid_file.write_text(f"{stranger.pid}\n{box.data}\n0\n5432\n{box.socket}\n\n\nready\n")
        assert box.ensure()
        stranger.kill()


def test_the_server_leaves_with_its_last_user_even_if_that_one_is_killed(unused):
    with users(unused.home) as (first,), users(unused.home) as (second,):
        assert server_of(first) == server_of(second)
        first.kill()
        first.wait()
        time.sleep(0.3)
        assert unused.is_running()
        second.kill()
        assert eventually(lambda: gone(unused))


def test_stopping_by_hand_ends_it_and_the_next_connection_begins_it(box, connection, project):
    rows(connection, "SELECT 1")
    assert "已停止" in said(manage(project, "pg", "stop"))
    assert not box.is_running()
    connection.close()
    assert rows(connection, "SELECT 1") == [(1,)]


def test_started_by_hand_it_stays_without_users_until_stopped(unused, project):
    assert "保持到" in said(manage(project, "pg", "start"))
    time.sleep(0.3)
    assert "正在运行（保持到 pg stop）" in said(manage(project, "pg", "status"))
    said(manage(project, "pg", "stop"))
    assert gone(unused)


def test_a_home_replaced_under_its_users_is_joined_anew(box):
    box.stop()
    aside = box.home.rename(box.home.with_name("aside"))
    box.home.mkdir(mode=0o700)
    (aside / "data").rename(box.data)
    assert box.ensure()
    time.sleep(0.3)
    assert box.is_running()


# Where it may lie, and whom it runs as


def modes(folder):
    return {path: path.stat().st_mode for path in (folder, *folder.parents)}


@pytest.mark.skipif(
    not IS_ROOT, reason="only root lends the server another account; an ordinary user runs it as himself"
)
def test_root_may_keep_project_and_programs_in_a_closed_folder_of_any_depth(tmp_path):
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    copy_of_programs(closed)
    before = modes(closed)
    home = closed / ("很深的文件夹" * 5) / "postgres"
    with users(home, PYTHONPATH=f"{PROJECT}:{closed}") as (user,):
        program = os.readlink(f"/proc/{server_of(user)}/exe")
    assert any(program.startswith(str(shelf)) for shelf in programs.SHELVES)
    assert modes(closed) == before
    assert eventually(lambda: gone(Server(home)))
    socket_folder(home).rmdir()


def copy_of_programs(folder):
    install = programs.folder().parent
    shutil.copytree(install, folder / programs.WHEEL / programs.INSTALL)
    shutil.copytree(install.parent.parent / f"{programs.WHEEL}.libs", folder / f"{programs.WHEEL}.libs")
    (folder / programs.WHEEL / "__init__.py").touch()


@pytest.fixture
def foreign_python():
    python = f"/usr/bin/python3.{sys.version_info.minor}"
    if not os.access(python, os.X_OK):
        pytest.skip(f"others need an interpreter outside root's folders, and there is no {python}")
    if as_another(account.account_of(65534), python, "-c", "import django").returncode:
        pytest.skip(f"{PROJECT} lies where no other account may enter, so nothing in it can run as one")
    return python


def as_another(who, *command, folder=PROJECT):
    search = os.pathsep.join((str(PROJECT), str(folder), sysconfig.get_path("purelib")))
    return subprocess.run(
        command, env=environment(folder, PYTHONPATH=search), capture_output=True, text=True, **who.identity
    )


@pytest.mark.skipif(not IS_ROOT, reason="only root can act as another user")
def test_an_ordinary_user_runs_it_as_himself_and_root_after_him_too(foreign_python):
    nobody = account.account_of(65534)
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        shutil.chown(written(Path(folder)), nobody.uid)
        told = as_another(
            nobody, foreign_python, f"{folder}/manage.py", "migrate", "--run-syncdb", folder=folder
        )
        server = Server(f"{folder}/var/postgres")
        assert told.returncode == 0, told.stderr
        assert server.data.stat().st_uid == nobody.uid and eventually(lambda: gone(server))
        with users(server.home) as (root,):
            assert os.stat(f"/proc/{server_of(root)}").st_uid == nobody.uid
        assert eventually(lambda: gone(server))


def test_a_data_folder_of_another_version_is_refused_untouched(tmp_path):
    with used(tmp_path / "postgres") as server:
        server.data.mkdir(parents=True)
        (server.data / "PG_VERSION").write_text("14\n")
        with pytest.raises(DatabaseFault, match="由 PostgreSQL 14 建立"):
            server.ensure()
        assert [path.name for path in server.data.iterdir()] == ["PG_VERSION"]


BROKEN = {
    "postgres": "echo 'postgres (PostgreSQL) 18.4'",
    "initdb": "touch half; echo No space left; exit 1",
    "pg_dump": "echo cut short >&2; exit 1",
}


@pytest.fixture
def broken_programs(monkeypatch):
    with tempfile.TemporaryDirectory(dir="/tmp") as folder:
        os.chmod(folder, 0o755)
        for name, deed in BROKEN.items():
            program = Path(folder, name)
            program.write_text(f"#!/bin/sh\n{deed}\n")
            program.chmod(0o755)
        monkeypatch.setenv("POVERTYPARTY_PG_BIN", folder)
        yield


def test_a_cluster_that_cannot_be_made_leaves_nothing_behind(tmp_path, broken_programs):
    with used(tmp_path / "postgres") as server:
        with pytest.raises(DatabaseFault, match="磁盘已满"):
            server.ensure()
        assert {path.suffix for path in server.home.iterdir()} == {".lock"}


@pytest.mark.case("D-010")
@pytest.mark.skipif(not IS_ROOT, reason="only root can mount a small disk")
def test_a_disk_too_small_is_named_before_anything_is_made(tmp_path):
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=20m", "tmpfs", tmp_path], capture_output=True
    ).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        with (
            used(tmp_path / "postgres") as server,
            pytest.raises(DatabaseFault, match=r"磁盘空间不足.*200 MB"),
        ):
            server.ensure()
        assert not server.data.exists()
    finally:
        subprocess.run(["umount", tmp_path])


@pytest.mark.skipif(not IS_ROOT, reason="only root can leave a folder to another user")
def test_a_foreign_socket_folder_is_not_used(tmp_path):
    home = tmp_path / ("长" * 40) / "postgres"
    planted = socket_folder(home)
    planted.mkdir()
    shutil.chown(planted, "daemon")
    try:
        with used(home) as server, pytest.raises(DatabaseFault, match="属于别的用户"):
            server.ensure()
    finally:
        planted.rmdir()


# Two identities


def test_two_that_migrate_at_once_do_it_one_after_the_other(migrated):
    assert sorted("数据库结构已是最新" in told for told in migrated) == [False, True]
    assert any("正在更新 auth.0001_initial … 完成" in told for told in migrated)


def test_the_app_owns_nothing_and_is_no_superuser(migrated, connection):
    owns = "SELECT count(*) FROM pg_class WHERE pg_get_userbyid(relowner) = current_user"
    mighty = "SELECT current_user::text, rolsuper OR rolbypassrls OR rolinherit FROM pg_roles WHERE rolname = current_user"
    assert rows(connection, owns) == [(0,)]
    assert rows(connection, mighty) == [("povertyparty_app", False)]


def test_without_taking_a_role_a_placed_table_is_closed(migrated, connection):
    for statement in ("SELECT * FROM places_house", "INSERT INTO places_house (place) VALUES ('659901')"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            rows(connection, statement)


def test_a_range_shows_and_takes_only_what_lies_in_it(migrated, connection):
    rows(
        connection,
        take("povertyparty_everywhere")
        + "INSERT INTO places_house (place) VALUES ('659901001'), ('659902001') RETURNING 1",
    )
    mine = take("povertyparty_range", "659901", "659902")
    assert rows(connection, mine + "SELECT place FROM places_house") == [("659901001",)]
    with pytest.raises(ProgrammingError, match="row-level security"):
        rows(connection, mine + "INSERT INTO places_house (place) VALUES ('659902002')")
    assert rows(connection, take("povertyparty_range") + "SELECT place FROM places_house") == []
    assert rows(connection, "SELECT current_user::text") == [("povertyparty_app",)]


def test_rights_and_policies_that_drifted_are_brought_back(migrated, connection, project):
    with connection.as_owner():
        rows(
            connection,
            "GRANT SELECT ON places_house TO povertyparty_app; GRANT DELETE ON places_note TO PUBLIC; SELECT 1",
        )
        rows(
            connection,
            "DROP POLICY povertyparty_range ON places_house; ALTER TABLE places_house DISABLE ROW LEVEL SECURITY; SELECT 1",
        )
    said(manage(project, "migrate"))
    assert (
        rows(connection, take("povertyparty_range", "659903", "659904") + "SELECT * FROM places_house") == []
    )
    for forbidden in ("SELECT * FROM places_house", "DELETE FROM places_note"):
        with pytest.raises(ProgrammingError, match="permission denied"):
            rows(connection, forbidden)


@pytest.mark.parametrize(
    ("role", "table"), [("none", "places_note"), ("povertyparty_everywhere", "places_sight")]
)
@pytest.mark.parametrize("deed", ["DELETE FROM {}", "TRUNCATE {}", "UPDATE {} SET id = 1"])
def test_what_is_append_only_can_be_read_and_never_undone(migrated, connection, role, table, deed):
    rows(connection, take(role) + f"SELECT * FROM {table}")
    with pytest.raises(ProgrammingError, match="permission denied"):
        rows(connection, take(role) + deed.format(table))


def test_as_owner_is_the_owner_inside_and_the_app_before_and_after(connection):
    who = "SELECT current_user::text"
    assert rows(connection, who) == [("povertyparty_app",)]
    with connection.as_owner(), connection.as_owner():
        assert rows(connection, who) == [("povertyparty",)]
    assert rows(connection, who) == [("povertyparty_app",)]


def test_limits_meant_for_requests_do_not_bind_the_owner(connection):
    connection.settings_dict["OPTIONS"]["options"] = "-c statement_timeout=7s"
    assert rows(connection, "SHOW statement_timeout") == [("7s",)]
    with connection.as_owner():
        assert rows(connection, "SHOW statement_timeout") == [("0",)]


def test_as_owner_is_refused_within_a_transaction(connection):
    connection.ensure_connection()
    connection.in_atomic_block = True
    with pytest.raises(TransactionManagementError), connection.as_owner():
        pass
    connection.in_atomic_block = False


@pytest.mark.skipif(not IS_ROOT, reason="only root can act as another user")
def test_other_accounts_of_the_machine_cannot_connect(box, foreign_python):
    code = f"import psycopg2; psycopg2.connect(host={str(box.socket)!r}, user='povertyparty', dbname='povertyparty')"
    told = as_another(account.account_of(1), foreign_python, "-c", code)
    assert "Permission denied" in told.stderr


def test_a_fault_that_is_not_the_servers_is_told_as_it_is(connection):
    connection.settings_dict["NAME"] = "nowhere"
    with pytest.raises(Exception, match='database "nowhere" does not exist'):
        connection.ensure_connection()


def test_a_server_that_is_too_old_is_refused(connection):
    connection.pg_version = 140009
    with pytest.raises(DatabaseFault, match=r"需要 PostgreSQL 15 .*14\.9"):
        connection.check_database_version_supported()


def test_databases_for_tests_are_used_as_the_app_by_several_workers_and_again(project, migrated):
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "no:cacheprovider",
        "-c",
        os.devnull,
        "--rootdir",
        project,
        "--reuse-db",
    ]
    for workers in ("1", "2"):
        more = ["--nomigrations", "-n", workers, project]
        tried = subprocess.run(
            command + more, cwd=project, env=environment(project), capture_output=True, text=True
        )
        assert "4 passed" in tried.stdout, tried.stdout


def test_a_backup_is_written_checked_and_named(project, migrated):
    told = said(manage(project, "pg", "backup"))
    (file,) = (project / "var" / "backups").iterdir()
    assert f"备份完成：{file}" in told and "已核对" in told
    assert file.stat().st_size > 10_000 and file.stat().st_mode & 0o077 == 0


@pytest.mark.case("D-024")
def test_a_failed_backup_leaves_no_file(project, migrated, tmp_path, broken_programs):
    failed = manage(project, "pg", "backup", str(tmp_path))
    assert "备份失败，没有留下文件" in failed.communicate(timeout=60)[0]
    assert failed.returncode and not list(tmp_path.iterdir())


@pytest.mark.skipif(
    not PG15.is_dir(), reason=f"no PostgreSQL 15 in {PG15} to try the oldest supported version on"
)
def test_postgresql_15_behind_a_url_serves_as_well(tmp_path, monkeypatch, project, django_db_blocker):
    monkeypatch.setenv("POVERTYPARTY_PG_BIN", str(PG15))
    with used(tmp_path / "postgres") as server, django_db_blocker.unblock():
        server.ensure()
        urls = urls_of(server)
        connection = ConnectionHandler({"default": configure(urls, tmp_path)})["default"]
        with connection.as_owner():
            rows(connection, "ALTER ROLE povertyparty_app INHERIT; SELECT 1")  # as administrators make roles
        assert "已更新" in said(manage(project, "migrate", "--run-syncdb", **urls))
        assert "已是最新" in said(manage(project, "migrate", **urls))
        assert connection.pg_version // 10000 == 15
        assert (
            rows(connection, take("povertyparty_range", "659901", "659902") + "SELECT * FROM places_house")
            == []
        )
        with pytest.raises(ProgrammingError, match="permission denied"):
            rows(connection, "SELECT * FROM places_house")
        connection.close()


def urls_of(server):
    place = str(server.socket).replace("/", "%2F")
    return {
        "DATABASE_URL": f"postgres://povertyparty_app@{place}/povertyparty",
        "OWNER_DATABASE_URL": f"postgres://povertyparty@{place}/povertyparty",
    }
