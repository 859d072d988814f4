"""A queued job is done once, whole, or not at all, whatever is killed meanwhile, and people can watch it."""

import http.client
import itertools
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import suppress
from datetime import timedelta

import pytest
from django.conf import settings as django_settings
from django.core.exceptions import ValidationError
from django.core.management import CommandError, call_command
from django.db import OperationalError, connection, connections

from povertyparty import jobs
from povertyparty.files import StoredFile
from povertyparty.jobs import (
    INTERRUPTED,
    Job,
    JobRefused,
    Worker,
    claim,
    perform,
    queue,
    run_pending,
    take_back,
)
from povertyparty.scope import Scope, ScopeError, acting, everywhere

PLACE, ELSEWHERE = "659901100001", "659902100001"
STATE = Job.State


# --- the jobs of this test; "effect" is a row that must be there once, or not at all


def effect(name, place=PLACE):
    StoredFile.objects.create(sha256="0" * 64, name=name, size=1, kind="pdf", place_code=place)


def effects():
    with everywhere("test"):
        return list(StoredFile.objects.order_by("pk").values_list("name", flat=True))


@jobs.job("test-write")
def write(job, name, linger=0.0):
    with everywhere("test"):
        effect(name)
    job.progress(0, 1, str(os.getpid()))
    time.sleep(linger)
    return {"name": name}


@jobs.job("test-write-again", repeatable=True)
def write_again(job, name, linger=0.0):
    return write(job, name, linger)


@jobs.job("test-fall", repeatable=True)
def fall(job, times):
    with everywhere("test"):
        effect(f"attempt {job.attempts}")
    if job.attempts <= times:
        os.kill(os.getpid(), signal.SIGKILL)


@jobs.job("test-count")
def count(job, rounds, pause):
    with everywhere("test"):
        effect("counted")
    for number in range(rounds):
        job.progress(number + 1, rounds, f"第 {number + 1} 行")
        time.sleep(pause)


@jobs.job("test-fail", shows=(LookupError,))
def fail(job, how):
    with everywhere("test"):
        effect("half")
    raise {
        "refused": JobRefused("第 3 行有误，请改正后重试"),
        "shown": LookupError("找不到工作表"),
        "invalid": ValidationError(["日期有误", "姓名为空"]),
        "bug": ZeroDivisionError("659901199003070018"),
    }[how]


@jobs.job("test-scope")
def in_scope(job):
    effect("mine")
    return {"seen": list(StoredFile.objects.order_by("name").values_list("name", flat=True))}


# --- watching and waiting


def queued(kind="test-write", **arguments):
    with everywhere("test"):
        return queue(kind, owner=None, place_code=PLACE, **arguments)


def now(job):
    with everywhere("test"):
        return Job.objects.get(pk=job.pk)


def until(holds, seconds=15):
    deadline = time.monotonic() + seconds
    while not (found := holds()):
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.03)
    return found


def ended(job):
    return until(lambda: not now(job).is_open and now(job))


def child_of(job):
    """The process that does a `test-write` job: it says so in its note."""
    return until(lambda: now(job).note and int(now(job).note))


def is_alive(pid):
    with suppress(FileNotFoundError), open(f"/proc/{pid}/stat") as stat:
        return stat.read().rpartition(")")[2].split()[0] != "Z"
    return False


@pytest.fixture
def worker(transactional_db):
    """Forks real worker processes, as `manage.py work` is one; what is left of them is killed in the end."""
    pids = []

    def start(**options):
        connections.close_all()
        pids.append(os.fork())
        if pids[-1] == 0:
            try:
                Worker(**{"beat": 0.2, "stale": 1, "poll": 0.5, "grace": 5, **options}).run()
            finally:
                os._exit(0)
        return pids[-1]

    yield start
    for pid in pids:
        with suppress(ProcessLookupError, ChildProcessError):
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
    connections.close_all()


# --- one job, here and now


@pytest.mark.django_db
def test_queued_jobs_are_done_in_order_and_tell_their_result():
    first, second = queued(name="一"), queued(name="二")
    assert run_pending() == 2
    assert effects() == ["一", "二"]
    assert (now(first).state, now(first).result, now(second).attempts) == (STATE.DONE, {"name": "一"}, 1)
    assert now(first).created <= now(first).started <= now(first).finished


@pytest.mark.django_db
def test_work_nobody_registered_cannot_be_queued():
    with pytest.raises(LookupError, match="nonsense"):
        queued("nonsense")


@pytest.mark.django_db
def test_work_that_is_no_longer_known_fails_in_words():
    job = queued(name="一")
    with everywhere("test"):
        Job.objects.update(kind="gone")
    run_pending()
    assert (now(job).state, "不再支持" in now(job).error) == (STATE.FAILED, True)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "how,words",
    [("refused", "第 3 行有误，请改正后重试"), ("shown", "找不到工作表"), ("invalid", "日期有误；姓名为空")],
)
def test_a_refusal_reaches_people_in_its_own_words_and_leaves_nothing(how, words):
    job = queued("test-fail", how=how)
    run_pending()
    assert (now(job).state, now(job).error, effects()) == (STATE.FAILED, words, [])


@pytest.mark.case("P-032")
@pytest.mark.django_db
def test_an_unforeseen_error_is_logged_without_its_text_and_told_with_a_number(caplog):
    job = queued("test-fail", how="bug")
    run_pending()
    assert str(job.pk) in now(job).error and "数据未改动" in now(job).error
    assert "ZeroDivisionError" in caplog.text and "test_jobs.py" in caplog.text
    assert "659901199003070018" not in caplog.text + now(job).error


@pytest.mark.django_db
def test_a_result_that_json_cannot_hold_undoes_the_work(monkeypatch):
    monkeypatch.setitem(
        jobs.WORKS, "test-odd", jobs.Work("test-odd", lambda job: effect("odd") or {1, 2}, False, ())
    )
    job = queued("test-odd")
    with everywhere("test"):
        run_pending()
    assert (now(job).state, effects()) == (STATE.FAILED, [])


def one_village(job):
    return acting(Scope(PLACE, job.owner_id))


@pytest.mark.django_db
def test_a_job_sees_and_does_what_its_owner_may(settings):
    settings.SCOPE_OF_JOB = f"{__name__}.one_village"
    with everywhere("test"):
        effect("foreign", ELSEWHERE)
    job = queued("test-scope")
    run_pending()
    assert now(job).result == {"seen": ["mine"]}


@pytest.mark.django_db
def test_a_job_without_a_scope_sees_nothing_by_accident(settings):
    settings.SCOPE_OF_JOB = None
    job = queued("test-scope")
    run_pending()
    assert now(job).state == STATE.FAILED
    with pytest.raises(ScopeError):
        in_scope(job)


@pytest.mark.django_db
def test_a_queued_job_can_be_cancelled_and_a_finished_one_cannot():
    first, second = queued(name="一"), queued(name="二")
    with everywhere("test"):
        assert first.cancel()
    assert run_pending() == 1
    with everywhere("test"):
        assert not second.cancel()
    assert (now(first).state, now(second).state, effects()) == (STATE.CANCELLED, STATE.DONE, ["二"])


@pytest.mark.django_db(transaction=True)
def test_a_run_that_lost_its_job_leaves_no_trace():
    job = queued(name="一")
    mine = claim()
    with everywhere("test"):
        Job.objects.filter(pk=job.pk).update(attempts=2)
    perform(mine)
    assert (now(job).state, effects()) == (STATE.RUNNING, [])


@pytest.mark.case("D-007")
@pytest.mark.django_db(transaction=True)
def test_whichever_statement_fails_the_data_and_the_state_agree():
    for nth in itertools.count(1):
        job, statements = queued(name=f"{nth}"), itertools.count(1)

        def break_down(execute, sql, params, many, context, nth=nth, statements=statements):
            if next(statements) == nth:
                raise OperationalError("gone")
            return execute(sql, params, many, context)

        with suppress(OperationalError), connection.execute_wrapper(break_down):
            run_pending()
        assert (now(job).state == STATE.DONE) == (f"{nth}" in effects())
        take_back(pk=job.pk)
        with everywhere("test"):
            job.cancel()
        if next(statements) <= nth:
            break
    assert nth > 10 and now(job).state == STATE.DONE


# --- progress


@pytest.mark.django_db(transaction=True)
def test_progress_is_seen_from_outside_while_the_work_is_not_yet():
    job, seen = queued("test-count", rounds=120, pause=0.01), []
    runner = threading.Thread(target=lambda: (run_pending(), connections.close_all()))
    began = time.monotonic()
    runner.start()
    while runner.is_alive():
        written = effects()  # before the progress: what is read after it may already be of the end
        seen.append((now(job).done, written))
        time.sleep(0.03)
    during = {done for done, _ in seen if 0 < done < 120}
    assert 1 <= len(during) <= 2 * (time.monotonic() - began) + 1
    assert all(written == [] for done, written in seen if 0 < done < 120)
    assert (now(job).done, now(job).total, now(job).percent, effects()) == (120, 120, 100, ["counted"])


@pytest.mark.django_db
def test_progress_within_a_callers_transaction_does_not_wait_for_itself():
    job = queued("test-count", rounds=3, pause=0.4)
    began = time.monotonic()
    run_pending()
    assert now(job).state == STATE.DONE
    assert time.monotonic() - began < 5


# --- the worker


def test_a_job_starts_when_its_transaction_commits_and_never_if_it_does_not(worker):
    worker(poll=60)
    with pytest.raises(KeyError), everywhere("test"):
        queue("test-write", owner=None, place_code=PLACE, name="undone")
        raise KeyError
    assert ended(queued(name="一")).state == STATE.DONE
    assert effects() == ["一"]


def test_a_worker_woken_by_a_queued_job_starts_it_at_once(worker):
    worker(poll=60)
    ended(queued(name="一"))
    began = time.monotonic()
    ended(queued(name="二"))
    assert time.monotonic() - began < 5


def test_two_workers_do_each_job_once(worker):
    every = [queued(name=f"{number:02d}") for number in range(24)]
    worker(), worker()
    assert [ended(job).state for job in every] == [STATE.DONE] * 24
    assert sorted(effects()) == [f"{number:02d}" for number in range(24)]
    assert {now(job).attempts for job in every} == {1}


@pytest.mark.django_db(transaction=True)
def test_of_many_claims_at_once_one_gets_the_job():
    queued(name="一")
    claims, threads = [], []
    for _ in range(8):
        threads.append(threading.Thread(target=lambda: (claims.append(claim()), connections.close_all())))
        threads[-1].start()
    for thread in threads:
        thread.join()
    assert len([job for job in claims if job]) == 1


@pytest.mark.case("D-001")
@pytest.mark.parametrize("times,state", [(1, STATE.DONE), (2, STATE.DONE), (3, STATE.FAILED)])
def test_repeatable_work_that_is_killed_is_tried_three_times_at_most(worker, times, state):
    worker()
    job = ended(queued("test-fall", times=times))
    assert (job.state, job.attempts) == (state, min(times + 1, 3))
    assert effects() == ([f"attempt {times + 1}"] if state == STATE.DONE else [])


@pytest.mark.case("D-003")
def test_other_work_that_is_killed_fails_in_words_and_changes_nothing(worker):
    worker()
    job = queued(name="一", linger=30)
    os.kill(child_of(job), signal.SIGKILL)
    assert (ended(job).state, ended(job).error) == (STATE.FAILED, INTERRUPTED)
    assert effects() == []


@pytest.mark.case("D-003")
@pytest.mark.parametrize("kind,state", [("test-write", STATE.FAILED), ("test-write-again", STATE.DONE)])
def test_a_killed_worker_takes_its_children_with_it_and_the_next_one_takes_over(worker, kind, state):
    killed = worker()
    job = queued(kind, name="一", linger=2)
    child = child_of(job)
    os.kill(killed, signal.SIGKILL)
    until(lambda: not is_alive(child), 5)
    worker()
    assert ended(job).state == state
    assert effects() == (["一"] if state == STATE.DONE else [])


def test_a_long_job_whose_worker_lives_is_left_alone(worker):
    worker(), worker()
    job = ended(queued("test-write-again", name="一", linger=2.5))
    assert (job.state, job.attempts, effects()) == (STATE.DONE, 1, ["一"])


def test_a_long_job_does_not_hold_up_a_short_one(worker):
    worker(slots=2)
    long = queued(name="long", linger=3)
    child_of(long)
    assert ended(queued(name="short")).state == STATE.DONE
    assert now(long).state == STATE.RUNNING


@pytest.mark.parametrize("kind", ["test-write", "test-count"])
def test_a_running_job_can_be_cancelled_and_leaves_nothing(worker, kind):
    worker()
    job = queued(
        **(
            {"name": "一", "linger": 30}
            if kind == "test-write"
            else {"kind": kind, "rounds": 900, "pause": 0.03}
        )
    )
    until(lambda: now(job).note)
    with everywhere("test"):
        assert job.cancel()
    assert ended(queued(name="next")).state == STATE.DONE
    assert (now(job).state, effects()) == (STATE.CANCELLED, ["next"])


@pytest.mark.case("D-006")
def test_a_worker_that_is_told_to_stop_lets_its_jobs_finish(worker):
    pid = worker()
    job = queued(name="一", linger=1)
    child_of(job)
    os.kill(pid, signal.SIGTERM)
    waiting = queued(name="later")
    assert os.waitpid(pid, 0)[1] == 0
    assert (now(job).state, now(waiting).state) == (STATE.DONE, STATE.QUEUED)


def daily(**which):
    with everywhere("test"):
        return Job.objects.filter(kind="keep files", **which).count()


def test_a_worker_that_starts_does_the_daily_work(worker):
    worker()
    until(lambda: daily(state=STATE.DONE) == 1)


@pytest.mark.django_db
def test_a_worker_does_the_daily_work_again_when_a_day_begins():
    worker = Worker()
    worker._begin_day()
    run_pending()
    worker._begin_day()
    assert daily() == 1
    worker.day -= timedelta(days=1)
    worker._begin_day()
    assert daily() == 2


@pytest.mark.django_db
def test_daily_work_that_still_waits_is_not_queued_twice():
    jobs.queue_daily()
    jobs.queue_daily()
    assert daily() == 1


@pytest.mark.case("D-006")
@pytest.mark.parametrize("kind,state", [("test-write", STATE.FAILED), ("test-write-again", STATE.QUEUED)])
def test_a_job_too_long_for_that_is_stopped_and_given_back(worker, kind, state):
    pid = worker(grace=0.5)
    job = queued(kind, name="一", linger=30)
    child = child_of(job)
    os.kill(pid, signal.SIGTERM)
    assert os.waitpid(pid, 0)[1] == 0
    assert (now(job).state, effects(), is_alive(child)) == (state, [], False)


@pytest.mark.case("D-016")
def test_a_worker_outlives_its_database_connections(worker):
    pid = worker(poll=60)
    ended(queued(name="一"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
        )
    assert ended(queued(name="二")).state == STATE.DONE
    assert is_alive(pid)


# --- the command that starts all


@pytest.fixture
def site(tmp_path):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": django_settings.SETTINGS_MODULE, "PORT": str(port)}
    environment["DATA_DIR"] = str(django_settings.DATA_DIR)
    command = [sys.executable, "-m", "django", "serve"]
    with open(tmp_path / "said", "w+") as said:
        process = subprocess.Popen(
            command, cwd=django_settings.BASE_DIR, env=environment, stdout=said, stderr=said
        )
        yield process, port, tmp_path / "said"
        process.kill()
        process.wait()


@pytest.fixture
def leftover():
    left = django_settings.FILE_UPLOAD_TEMP_DIR / "left by a process that was killed"
    left.write_text("身份证号")
    yield left
    left.unlink(missing_ok=True)


def children_of(pid):
    with open(f"/proc/{pid}/task/{pid}/children") as children:
        return [int(child) for child in children.read().split()]


@pytest.mark.case("D-006")
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGKILL])
def test_site_and_worker_start_and_stop_together(site, number):
    process, port, said = site
    until(lambda: f"http://127.0.0.1:{port}/" in said.read_text(), 40)
    both = until(lambda: len(children_of(process.pid)) == 2 and children_of(process.pid))
    page = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    page.request("GET", "/nowhere/")
    assert page.getresponse().status
    process.send_signal(number)
    assert process.wait(20) == (-9 if number == signal.SIGKILL else 0)
    until(lambda: not any(is_alive(pid) for pid in both), 20)


def test_what_a_killed_process_left_in_the_clear_is_gone_when_the_site_starts(leftover, site):
    _, port, said = site
    until(lambda: f"http://127.0.0.1:{port}/" in said.read_text(), 40)
    assert not leftover.exists()


def test_a_worker_that_dies_is_started_again(site):
    process, port, said = site
    until(lambda: f"http://127.0.0.1:{port}/" in said.read_text(), 40)
    both = until(lambda: len(children_of(process.pid)) == 2 and children_of(process.pid))
    os.kill(both[1], signal.SIGKILL)
    until(lambda: len(children_of(process.pid)) == 2 and both[1] not in children_of(process.pid))
    assert "重新启动" in said.read_text()


def test_a_port_that_is_taken_is_refused_in_words():
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(CommandError, match="换一个端口"):
        call_command("serve", port=taken.getsockname()[1])
