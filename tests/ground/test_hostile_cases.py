"""Nothing anybody can upload, no failure and no rival leaves half a deed: refused in plain words, with nothing written."""

import os
import signal
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import psutil
import pytest
from django.conf import settings as django_settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import OperationalError, connection, connections, transaction
from django.db.models import F
from django.utils import timezone

from povertyparty.files import LEFTOVER_SECONDS, private_copy
from povertyparty.jobs import Job
from povertyparty.models import Upload
from povertyparty.scope import Scope, acting, everywhere
from povertyparty.uploads import Overtaken, UploadRefused, take_turn
from tests import hostile
from tests.conftest import VILLAGE
from tests.sheets import HOUSEHOLD, PERSON, household, person, workbook
from tests.uploading import kept_files, newest, sent, stored_files
from villages.models import Household, Person, Place

pytestmark = pytest.mark.django_db
State = Upload.State
QUICK = {name: case for name, case in hostile.REFUSED.items() if name not in {"X-014 many", "X-015 entries"}}


def written():
    """Rows of ledgers that are in the registry."""
    with everywhere("test"):
        return Household.objects.count() + Person.objects.count()


def refused_with(office):
    """The words with which the last file was refused, at once or after the reading; nothing of it may remain."""
    upload = newest()
    told = upload.trouble if upload else ""
    with everywhere("test"):
        assert not upload or (upload.state, upload.file, upload.rows.count()) == (State.UNREADABLE, None, 0)
    assert (written(), stored_files(), kept_files()) == (0, 0, [])
    return told or ""


def cases():
    return [*each_case()]


def each_case():
    for name, (build, _) in QUICK.items():
        suffix = ".csv" if "csv" in name or "quote" in name else ".xlsx"
        yield pytest.param(build, suffix, id=name, marks=pytest.mark.case(name[:5]))


# Files that are no ledger


@pytest.mark.parametrize(("build", "suffix"), cases())
def test_a_hostile_file_is_refused_in_words_and_leaves_nothing(office, places, build, suffix):
    file = SimpleUploadedFile(f"户花名册{suffix}", build())
    page = office.client.post("/uploads/new/", {"files": file}, follow=True).content.decode()
    office.work()
    told = refused_with(office)
    page = office.page(newest()) if newest() else page
    assert "alert-danger" in page
    assert not told or (
        told in page and told.isprintable() and any("\u4e00" <= sign <= "\u9fff" for sign in told)
    )


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        pytest.param("空.xlsx", b"", "文件为空", marks=pytest.mark.case("X-001")),
        pytest.param("旧.xls", hostile.old_xls(), "请先另存为新格式", marks=pytest.mark.case("X-002")),
        pytest.param("旧.xlsx", hostile.old_xls(), "另存为", marks=pytest.mark.case("X-003")),
        pytest.param("密.xlsx", hostile.encrypted(), "取消密码", marks=pytest.mark.case("X-004")),
        pytest.param(
            "文字.xlsx",
            "姓名,人数\n张三,4".encode("gb18030"),
            "与扩展名不符",
            marks=pytest.mark.case("X-005"),
        ),
        pytest.param("表.et", hostile.wps_et(), "只接收", marks=pytest.mark.case("X-007")),
        pytest.param("宏.xlsm", hostile.macros(), "只接收", marks=pytest.mark.case("X-008")),
        pytest.param("表.ods", hostile.ods(), "只接收", marks=pytest.mark.case("X-010")),
    ],
)
def test_a_file_of_another_kind_is_refused_at_once(office, places, name, content, words):
    page = office.client.post("/uploads/new/", {"files": SimpleUploadedFile(name, content)}, follow=True)
    assert words in page.content.decode()
    assert (newest(), stored_files(), kept_files()) == (None, 0, [])


@pytest.mark.case("X-037")
def test_a_workbook_without_a_table_is_told_what_is_missing(office, places):
    office.upload(SimpleUploadedFile("图表.xlsx", hostile.workbook(hostile.row(1, "图", "表", "图"))))
    assert "没有认出" in refused_with(office) or "没有找到表头" in newest().trouble


@pytest.mark.case("X-030")
def test_a_form_without_its_key_columns_is_refused_and_forgotten(office, places):
    heads = ["乡(镇)", "行政村", "主要致贫原因", "脱贫属性", "家庭人口数"]
    office.upload(sent(["近山镇", "前湾村", "因病", "未脱贫", 3], heads=heads))
    assert "缺少必需的列：户编号、户主姓名" in refused_with(office)


@pytest.mark.case("X-029")
def test_a_column_twice_is_refused_with_both_letters(office, places):
    office.upload(sent([*household(), "李四"], heads=[*HOUSEHOLD, "户主"]))
    assert "H列“户主”与D列“户主姓名”重复" in refused_with(office)


@pytest.mark.case("X-036")
def test_two_ledgers_in_one_file_must_be_parted(office, places):
    office.upload(sent(household(), more=[("人口", [PERSON, person()])]))
    assert "请分成几个文件上传" in refused_with(office)


@pytest.mark.case("X-072")
def test_a_blank_form_sent_back_is_told_to_be_empty(office, places):
    blank = office.client.get("/ledgers/households/template.xlsx").content
    upload = office.upload(SimpleUploadedFile("空白表.xlsx", blank))
    assert (upload.state, "没有数据行" in office.page(upload)) == (State.FAULTY, True)
    assert office.commit(upload).status_code == 409


@pytest.mark.case("X-073")
@pytest.mark.parametrize(
    "name",
    [
        "户" * 300 + ".xlsx",
        "..\\..\\户.xlsx",
        "../../etc/户.xlsx",
        "\u202e户xslx.xlsx",
        "户🐑.xlsx",
        "<b>户</b>&amp;.xlsx",
    ],
)
def test_the_name_of_a_file_means_nothing_and_is_shown_as_text(office, places, name):
    upload = office.upload(sent(household(), name=name))
    page = office.page(upload)
    assert upload.state == State.READY
    assert (
        len(upload.name.encode()) <= 240
        and "/" not in upload.name.replace("</b>", "")
        and "\u202e" not in page
    )
    assert "<b>户" not in page


@pytest.mark.case("X-028")
def test_a_sheet_name_longer_than_any_program_allows_is_no_crash(office, places):
    content = hostile.zipped(
        hostile.parts(
            hostile.sheet(hostile.row(1, *HOUSEHOLD) + hostile.row(2, *map(str, household()))),
        )
        | {"xl/workbook.xml": hostile.parts()["xl/workbook.xml"].replace("花名册", "长" * 300)}
    )
    upload = office.upload(SimpleUploadedFile("长.xlsx", content))
    assert upload.state == State.READY
    assert office.commit(upload).status_code == 302


# Rows that are half good


@pytest.mark.case("X-066")
def test_of_a_file_half_good_and_half_bad_nothing_is_written(office, places):
    rows = [household(n, cause="懒" if n % 2 else "因病") for n in range(1, 1201)]
    upload = office.upload(sent(*rows))
    assert (upload.state, upload.tally["refused"], upload.tally["new"]) == (State.FAULTY, 600, 600)
    assert office.commit(upload).status_code == 409
    assert written() == 0
    assert "600 处" in office.page(upload) and office.page(upload, "?page=12").count(">懒</td>") == 50


@pytest.mark.case("X-067")
def test_one_fault_in_the_last_of_many_rows_stops_them_all(office, places):
    rows = [household(n) for n in range(1, 3000)]
    upload = office.upload(sent(*rows, household(3000, cause="懒")))
    assert (upload.tally["refused"], office.commit(upload).status_code, written()) == (1, 409, 0)


@pytest.mark.case("X-038")
def test_a_damaged_identity_number_is_never_imported_and_never_shown(office, places):
    row = hostile.row(1, *HOUSEHOLD, "户主证件号码") + hostile.row(2, *household(), 6.59906196805120e17)
    upload = office.upload(SimpleUploadedFile("户.xlsx", hostile.workbook(row)))
    page = office.page(upload)
    assert upload.state == State.FAULTY and "末几位已丢失" in page
    assert "599061968051" not in page


@pytest.mark.case("X-053")
def test_texts_like_formulas_are_kept_verbatim(office, places):
    upload = office.upload(sent([*household(), "=1+1"], [*household(2), "@某"], heads=[*HOUSEHOLD, "备注"]))
    assert upload.state == State.FAULTY  # openpyxl makes a formula of the first, which nobody ever calculated
    rows = (
        hostile.row(1, *HOUSEHOLD, "备注")
        + hostile.row(2, *household(), "=1+1")
        + hostile.row(3, *household(2), "+86")
    )
    office.commit(office.upload(SimpleUploadedFile("户.xlsx", hostile.workbook(rows))))
    with everywhere("test"):
        assert sorted(Household.objects.values_list("note", flat=True)) == ["+86", "=1+1"]


@pytest.mark.case("X-057")
def test_control_characters_anywhere_are_no_server_error(office, places):
    rows = hostile.row(1, *HOUSEHOLD, "饲养_x0000_羊") + hostile.row(
        2, *household(head="张_x0000__xD800_三"), "x"
    )
    upload = office.upload(SimpleUploadedFile("户.xlsx", hostile.workbook(rows)))
    assert (upload.state, "控制字符" in office.page(upload)) == (State.FAULTY, True)
    assert office.do(upload, "marked").status_code == 200


@pytest.mark.case("X-071")
def test_a_preview_never_expires_for_its_rows_are_proven_again(office, places):
    """No clock of thirty minutes: the versions of the rows say whether the preview still holds."""
    upload = office.upload(sent(household()))
    with everywhere("test"):
        Upload.objects.update(at=timezone.now() - timedelta(days=3))
    assert office.commit(upload).status_code == 302


@pytest.mark.case("X-069")
def test_an_old_file_over_newer_data_shows_every_value_it_would_put_back(office, places):
    office.commit(office.upload(sent(household(size=3))))
    with everywhere("test"):
        Household.objects.update(size=5, version=2)  # in the browser, after the workbook had been exported
    stale = office.upload(sent(household(size=3)))
    page = " ".join(office.page(stale).split())
    assert stale.tally["changed"] == 1 and "提交：修改 1 行" in page
    assert '家庭人口数：<span class="before">5</span>' in page and '<span class="after">3</span>' in page


def test_what_a_killed_reader_left_in_the_clear_is_removed_by_the_next(office, places, folder):
    (folder / "tmp").mkdir(mode=0o700)
    left, fresh = folder / "tmp" / "left", folder / "tmp" / "fresh"
    for path in (left, fresh):
        path.write_bytes(b"x")
    os.utime(left, (0, time.time() - LEFTOVER_SECONDS - 1))
    upload = office.upload(sent(household()))
    assert (left.exists(), fresh.exists()) == (False, True)
    with everywhere("test"), private_copy(upload.file) as path:
        assert (path.parent, path.stat().st_mode & 0o777) == (folder / "tmp", 0o600)
    assert not path.exists()


# Statements that fail


def everything():
    """All that a commit touches, as it stands."""
    with everywhere("test"):
        tables = (
            "villages_household",
            "villages_householdevent",
            "povertyparty_upload",
            "povertyparty_uploadedrow",
        )
        with connection.cursor() as cursor:
            found = []
            for table in tables:
                cursor.execute(
                    f"SELECT coalesce(md5(string_agg(t::text, '|' ORDER BY t::text)), '') FROM {table} t"
                )
                found.append(cursor.fetchone()[0])
        return found


class FailTheNth:
    """Lets n statements pass and breaks on the next, as a lost connection would."""

    def __init__(self, n):
        self.left, self.broke = n, False

    def __call__(self, execute, sql, params, many, context):
        if self.left == 0:
            self.left, self.broke = -1, True
            raise OperationalError("server closed the connection unexpectedly")
        self.left -= 1
        return execute(sql, params, many, context)


def fails_whole(act):
    """For every n: the n-th statement fails and nothing has changed. Ends with the first n that is never reached."""
    for n in range(200):
        before, breaker = everything(), FailTheNth(n)
        with everywhere("test") as scope, connection.execute_wrapper(breaker):
            try:
                with transaction.atomic():
                    act(scope)
            except (OperationalError, UploadRefused):
                pass
        if not breaker.broke:
            return n
        assert everything() == before, f"statement {n}"
    raise AssertionError("no end of statements")


@pytest.mark.case("D-007")
def test_whichever_statement_of_a_commit_or_an_undo_fails_nothing_is_half_done(office, places):
    office.commit(office.upload(sent(household(1), household(2))))
    upload = office.upload(sent(household(1, size=9), household(3)))
    statements = fails_whole(lambda _: upload.commit(None))
    assert statements > 6 and newest().state == State.COMMITTED and written() == 3
    assert fails_whole(lambda _: upload.undo()) > 6
    assert newest().state == State.UNDONE and written() == 2


@pytest.mark.case("D-007")
def test_a_database_in_trouble_is_told_on_the_page_and_not_as_a_crash(office, places):
    upload = office.upload(sent(household(1)))
    answer = None

    def trip(execute, sql, params, many, context):
        if "INSERT INTO villages_household" in str(sql):
            raise OperationalError("server closed the connection unexpectedly")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(trip):
        answer = office.commit(upload)
    assert (answer.status_code, "数据没有改动" in answer.content.decode()) == (409, True)
    assert (written(), newest().state) == (0, State.READY)


# Rivals


@pytest.fixture
def open_office(transactional_db, folder):
    """A committed world, so that threads with connections of their own see it: a township and two ready uploads."""
    with everywhere("test data"):
        for code, name in (("659906", "测试县"), ("659906100", "近山镇"), (VILLAGE, "前湾村")):
            Place.objects.create(code=code, name=name)
        from_registry = Household.objects.create(
            place_id=VILLAGE, number="6599061002000001", head="王小明", size=3
        )
    return from_registry


def ready(*rows, heads=HOUSEHOLD):
    with acting(Scope("659906100")):
        upload = Upload.receive(sent(*rows, heads=heads), None)
    run_pending_without_owner(upload)
    return newest()


def run_pending_without_owner(upload):
    with acting(Scope("659906100")), private_copy(upload.file) as path:
        Job.objects.all().delete()
        Upload.objects.get(pk=upload.pk).read(path)


def race(*acts):
    """What each of these came to, all begun at once in threads of their own: None, or how it was refused."""
    ends, start = [None] * len(acts), threading.Barrier(len(acts))

    def run(at, act):
        try:
            start.wait()
            with acting(Scope("659906100")):
                act()
        except Exception as error:
            ends[at] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(acts)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.mark.case("X-071")
@pytest.mark.case("C-007")
def test_of_two_who_commit_one_upload_at_once_one_wins(open_office):
    upload = ready(household(1, size=5), household(2))
    copies = [upload, Upload(**{f.attname: getattr(upload, f.attname) for f in Upload._meta.concrete_fields})]
    ends = race(*(lambda one=one: one.commit(None, upload.digest) for one in copies))
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "UploadRefused"]
    with everywhere("test"):
        assert Household.objects.order_by("number").values_list("size", "version").first() == (5, 2)


@pytest.mark.case("C-012")
def test_two_uploads_over_the_same_rows_never_mix(open_office):
    uploads = [ready(household(1, size=size), household(2, size=size)) for size in (5, 6)]
    ends = race(*(lambda one=one: one.commit(None, one.digest) for one in uploads))
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "Overtaken"]
    with everywhere("test"):
        assert set(Household.objects.values_list("size", flat=True)) in ({5}, {6})


def while_being_edited(record, act):
    """An edit is saved but not yet committed when `act` begins; how both ended."""
    edited = threading.Event()

    def edit():
        with transaction.atomic():
            Household.objects.filter(pk=record.pk).update(head="王大明", version=F("version") + 1)
            edited.set()
            wait_for(somebody_waits)

    def second():
        edited.wait(10)
        act()

    return race(edit, second)


def somebody_waits():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted")
        return cursor.fetchone()[0]


@pytest.mark.case("C-006")
def test_a_commit_never_writes_over_an_edit_that_came_between(open_office):
    upload = ready(household(1, size=5, cause="因残"))
    edit, commit = while_being_edited(open_office, lambda: upload.commit(None, upload.digest))
    assert (edit, type(commit)) == (None, Overtaken)
    with everywhere("test"):
        assert Household.objects.values_list("head", "size", "version").get() == ("王大明", 3, 2)


@pytest.mark.case("C-006")
def test_an_undo_never_takes_back_an_edit_that_came_between(open_office):
    upload = ready(household(1, size=5))
    with acting(Scope("659906100")):
        upload.commit(None, upload.digest)
    edit, undo = while_being_edited(open_office, upload.undo)
    assert edit is None and "又改过" in str(undo)
    with everywhere("test"):
        assert Household.objects.values_list("head", "size", "version").get() == ("王大明", 5, 3)


@pytest.mark.case("C-011")
def test_who_comes_while_another_commits_waits_a_little_and_is_told(open_office, monkeypatch):
    monkeypatch.setattr("povertyparty.uploads.TURN_SECONDS", 1)
    mine, done = threading.Event(), threading.Event()

    def long_commit():
        with transaction.atomic():
            assert take_turn("households")
            mine.set()
            done.wait(10)

    def second():
        mine.wait(10)
        begun = time.monotonic()
        turn = take_turn("households")
        done.set()
        assert (turn, take_turn("people")) == (False, True)
        assert 0.5 < time.monotonic() - begun < 5

    assert race(long_commit, second) == [None, None]


@pytest.mark.case("C-011")
def test_the_page_says_that_somebody_else_is_at_it(office, places, monkeypatch):
    upload = office.upload(sent(household()))
    monkeypatch.setattr("povertyparty.pages.uploads.take_turn", lambda code: False)
    answer = office.commit(upload)
    assert (answer.status_code, "另有人正在提交《建档立卡贫困户花名册》" in answer.content.decode()) == (
        409,
        True,
    )
    assert (written(), newest().state) == (0, State.READY)


@pytest.mark.case("X-071")
@pytest.mark.parametrize("digest", ["", "0" * 64])
def test_without_the_digest_of_the_preview_nothing_is_committed(open_office, digest):
    upload = ready(household(1, size=5))
    with acting(Scope("659906100")), pytest.raises(UploadRefused, match="核对内容已更新"):
        upload.commit(None, digest)
    with everywhere("test"):
        assert Household.objects.get().size == 3


def test_an_edit_between_preview_and_commit_is_noticed_by_its_version(open_office):
    upload = ready(household(1, size=5))
    with everywhere("test"):
        Household.objects.update(head="王大明", version=2)
    with acting(Scope("659906100")), pytest.raises(Overtaken, match="库中数据已变化"):
        upload.commit(None, upload.digest)


def test_a_row_created_since_the_preview_is_no_duplicate(open_office):
    upload = ready(household(2))
    with everywhere("test"):
        Household.objects.create(place_id=VILLAGE, number="6599061002000002", head="李四")
    with acting(Scope("659906100")), pytest.raises(Overtaken, match="已登记"):
        upload.commit(None, upload.digest)
    with everywhere("test"):
        assert Household.objects.count() == 2


# Processes that die


class Site:
    """An installation of its own in a folder, driven by its commands as an administrator would."""

    def __init__(self, folder):
        self.environment = {
            **os.environ,
            "DATA_DIR": str(folder),
            "DJANGO_SETTINGS_MODULE": "povertyparty.settings",
        }
        self.environment.pop("PYTEST_CURRENT_TEST", None)

    def command(self, *words):
        return [sys.executable, str(Path(django_settings.BASE_DIR) / "manage.py"), *words]

    def run(self, *words):
        return subprocess.run(
            self.command(*words),
            env=self.environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=300,
        )

    def start(self, *words):
        return subprocess.Popen(
            self.command(*words), env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )

    def ask(self, expression):
        """The last line that a Python expression prints inside the site."""
        prelude = "from povertyparty.models import *; from povertyparty.scope import *; from villages.models import *; from django.db import connection"
        lines = self.run(
            "shell", "-v", "0", "-c", f"{prelude}\nwith everywhere('test'): print({expression})"
        ).stdout
        return lines.strip().splitlines()[-1]


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """Migrated and seeded with the places of one township; stopped at the end."""
    folder = tmp_path_factory.mktemp("site")
    made = Site(folder / "data")
    made.run("pg", "start")
    try:
        made.run("migrate", "-v", "0")
        book = folder / "区划.xlsx"
        rows = [
            ["659906000000", "测试县", "县"],
            ["659906100000", "近山镇", "乡镇"],
            ["659906100200", "前湾村", "村"],
        ]
        book.write_bytes(workbook(["统计区划代码", "名称", "级别"], *rows))
        made.run("import_workbook", str(book))
        yield made
    finally:
        made.run("pg", "stop")


COMMIT = """
from django.core.files.base import ContentFile
from povertyparty.scope import acting
from povertyparty.models import *
from povertyparty import jobs
from povertyparty.files import private_copy
from villages.access import scope_of
from villages.models import Appointment
from pathlib import Path
user, _ = User.objects.get_or_create(username="clerk", name="经办")
mine, _ = Appointment.objects.get_or_create(user=user, role="township_officer", place_id="659906100")
with acting(scope_of(mine)):
    upload = Upload.receive(ContentFile(Path({path!r}).read_bytes(), name="户.xlsx"), user)
    Job.objects.all().delete()
    with private_copy(upload.file) as path:
        Upload.objects.get(pk=upload.pk).read(path)
    upload.refresh_from_db()
    upload.job = jobs.queue("commit upload", owner=user, place_code="659906100", upload=upload.pk, digest=upload.digest, accepted=False)
    upload.save(update_fields=["job"])
"""


STALL = """
from django.db import connection, transaction
with connection.as_owner(), transaction.atomic(), connection.cursor() as cursor:
    cursor.execute("LOCK TABLE villages_householdevent IN EXCLUSIVE MODE")
    print("stalled", flush=True)
    input()
"""
WAITING = "(lambda c: c.execute('SELECT count(*) FROM pg_locks WHERE NOT granted') or c.fetchone()[0])(connection.cursor())"


@contextmanager
def stalled_log(site):
    """Nobody can write to the change log: a commit stops when its rows are in and their history is not."""
    with subprocess.Popen(
        site.command("shell", "-v", "0", "-c", STALL),
        env=site.environment,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout.readline().strip() == "stalled"
        yield
        process.communicate("\n")


@pytest.mark.django_db(databases=[])
@pytest.mark.case("D-001")
def test_a_commit_killed_midway_leaves_nothing_and_is_done_once_by_the_next_worker(site, tmp_path):
    book = tmp_path / "户.xlsx"
    book.write_bytes(workbook(HOUSEHOLD, *(household(n) for n in range(1, 2000))))
    site.run("shell", "-v", "0", "-c", COMMIT.format(path=str(book)))
    with stalled_log(site):
        worker = site.start("work", "--stale", "1", "--beat", "0.2")
        wait_for(lambda: site.ask(WAITING) != "0")
        os.kill(only_child(worker.pid), signal.SIGKILL)
        worker.kill()
        worker.wait()
    assert site.ask("Household.objects.count(), Upload.objects.order_by('pk').last().state") == "0 ready"
    worker = site.start("work", "--stale", "1", "--beat", "0.2")
    try:
        wait_for(lambda: site.ask("Upload.objects.order_by('pk').last().state") == "committed")
    finally:
        worker.terminate()
        worker.wait()
    assert (
        site.ask("Household.objects.count(), Household.events.rel.related_model.objects.count()")
        == "1999 1999"
    )


def wait_for(found, seconds=30):
    until = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < until, "it never came to that"
        time.sleep(0.1)


def only_child(pid):
    (child,) = psutil.Process(pid).children()
    return child.pid


# The county's other rows


def test_every_case_here_leaves_other_peoples_rows_alone(office, places, far_household):
    office.upload(sent(household(cause="懒")))
    office.commit(office.upload(sent(household())))
    office.do(newest(), "undo")
    with everywhere("test"):
        assert Household.objects.get() == far_household
        assert Household.objects.get().version == 1
