"""Long work that survives a restart: a row says what to do, a warm worker forks a child that does it in one transaction.

The last statement of that transaction marks the job done, so its data and its state are committed together or not at
all, and a job that died can be told “数据未改动” or be tried again without harm.
"""

import logging
import os
import select
import signal
import threading
import time
import traceback
from collections.abc import Callable
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass
from datetime import timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, InterfaceError, connection, connections, models, transaction
from django.db.models.functions import Now
from django.utils import timezone
from django.utils.module_loading import import_string

from povertyparty.scope import Placed, current, everywhere

log = logging.getLogger("povertyparty.jobs")

CHANNEL = "povertyparty_jobs"
RETRIES = 2
TELL_SECONDS = 0.5
BEAT_SECONDS = 3
STALE_SECONDS = 20
WANTED_SECONDS = 60  # how often work is asked for that nobody queues
POLL_SECONDS = 15  # NOTIFY wakes the worker at once; this only finds what a lost connection hid
GRACE_SECONDS = 25
INTERRUPTED = "任务意外中断，数据未改动，请重试"


class JobRefused(Exception):
    """The job cannot be done, and the message says to people why and what to do."""


class JobCancelled(Exception):
    """Somebody cancelled the job, or it was given to another worker: this run must leave no trace."""


# --- what kinds of work there are


@dataclass(frozen=True)
class Work:
    kind: str
    run: Callable
    repeatable: bool
    shows: tuple  # exceptions whose text is for people
    daily: bool = False
    wanted: Callable | None = None


WORKS: dict[str, Work] = {}


def job(kind, *, repeatable=False, daily=False, wanted=None, shows=()):
    """Registers `work(job, **arguments)`, which returns something JSON can hold. Repeatable work is retried if it dies.

    Daily work takes no arguments: the worker queues it by itself, when it starts and whenever a day begins. So it does
    with work of which `wanted()` says, asked every minute, that there is some.
    """

    def register(run):
        WORKS[kind] = Work(kind, run, repeatable, (JobRefused, *shows), daily, wanted)
        return run

    return register


def queue(kind, *, owner, place_code, **arguments):
    """A job that starts once the present transaction has committed, and never if it does not."""
    if kind not in WORKS:
        raise LookupError(f"no work is registered as {kind!r}")
    queued = Job.objects.create(
        kind=kind,
        owner=owner,
        appointment=current().appointment,
        place_code=place_code,
        arguments=arguments,
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, '')", [CHANNEL])
    return queued


def queue_daily():
    """No timetable outside the product is needed; what still waits from before is not queued twice."""
    _queue_once("安排每日任务", lambda work: work.daily)


def queue_wanted():
    _queue_once("安排有事可做的后台任务", lambda work: work.wanted and work.wanted())


def _queue_once(reason, is_due):
    with everywhere(reason):
        waiting = set(Job.objects.filter(state__in=Job.OPEN).values_list("kind", flat=True))
        for work in WORKS.values():
            if work.kind not in waiting and is_due(work):
                queue(work.kind, owner=None, place_code="")


# --- the row


class Job(Placed):
    """Work that somebody waits for, and how far it is."""

    class State(models.TextChoices):
        QUEUED = "queued", "排队中"
        RUNNING = "running", "进行中"
        DONE = "done", "已完成"
        FAILED = "failed", "未成功"
        CANCELLED = "cancelled", "已取消"

    OPEN = (State.QUEUED, State.RUNNING)

    kind = models.CharField("任务", max_length=40, editable=False)
    arguments = models.JSONField("参数", default=dict, editable=False)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
        verbose_name="发起人",
    )
    appointment = models.BigIntegerField("任用", null=True, editable=False)
    place_code = models.CharField("地区", max_length=12, blank=True, db_collation="C", editable=False)
    state = models.CharField("状态", max_length=10, choices=State, default=State.QUEUED, editable=False)
    done = models.PositiveIntegerField("已处理", default=0, editable=False)
    total = models.PositiveIntegerField("总数", null=True, editable=False)
    note = models.CharField("进度说明", max_length=200, blank=True, editable=False)
    result = models.JSONField("结果", null=True, editable=False)
    error = models.TextField("原因", blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField("次数", default=0, editable=False)
    heartbeat = models.DateTimeField("最近心跳", null=True, editable=False)
    created = models.DateTimeField("提交时间", default=timezone.now, editable=False)
    started = models.DateTimeField("开始时间", null=True, editable=False)
    finished = models.DateTimeField("结束时间", null=True, editable=False)

    class Meta(Placed.Meta):
        app_label = "povertyparty"
        verbose_name = verbose_name_plural = "后台任务"
        indexes = [
            models.Index(fields=["place_code", "-id"], name="job_place_code"),
            models.Index(fields=["id"], condition=models.Q(state__in=["queued", "running"]), name="job_open"),
        ]

    reporter = None

    def __str__(self):
        return f"{self.kind} {self.pk}"

    @property
    def is_open(self):
        return self.state in self.OPEN

    @property
    def percent(self):
        return min(100, self.done * 100 // self.total) if self.total else None

    def progress(self, done, total=None, note=""):
        """Costs nothing and never waits: a thread tells the database. Raises JobCancelled when nobody wants the rest."""
        self.done, self.total, self.note = done, self.total if total is None else total, note[:200]
        if self.reporter and self.reporter.cancelled:
            raise JobCancelled

    def cancel(self):
        """Whether it was still open. What is running stops at its next progress, or is stopped by its worker."""
        still_open = Job.objects.filter(pk=self.pk, state__in=self.OPEN)
        return bool(still_open.update(state=self.State.CANCELLED, finished=Now()))


# --- doing one job


def claim():
    """The oldest queued job, now ours, or None. Two workers never get the same one."""
    with everywhere("领取后台任务"):
        mine = (
            Job.objects.select_for_update(skip_locked=True)
            .filter(state=Job.State.QUEUED)
            .order_by("pk")
            .first()
        )
        if mine:
            mine.state, mine.attempts = Job.State.RUNNING, mine.attempts + 1
            mine.done, mine.total, mine.note = 0, None, ""
            facts = {name: getattr(mine, name) for name in ("state", "attempts", "done", "total", "note")}
            Job.objects.filter(pk=mine.pk).update(**facts, heartbeat=Now(), started=Now())
    return mine


def perform(mine):
    """Runs a claimed job to its end; whatever goes wrong in it ends up in its row, in words."""
    try:
        with _Reporter(mine), transaction.atomic():
            _take_time()
            with _scope_of(mine):
                result = _work_of(mine).run(mine, **mine.arguments)
            _settle(mine, Job.State.DONE, result=result)
    except JobCancelled:
        log.info("job %s was cancelled", mine.pk)
    except Exception as error:
        with suppress(JobCancelled):
            _settle(mine, Job.State.FAILED, error=_in_words(mine, error))


def run_pending():
    """Does all queued jobs here and now (commands and tests) and returns how many there were."""
    count = 0
    while mine := claim():
        perform(mine)
        count += 1
    return count


def _work_of(mine):
    if mine.kind not in WORKS:
        raise JobRefused("这种任务已不再支持，请联系管理员")
    return WORKS[mine.kind]


def _take_time():
    """Limits meant for pages would end a long job; they are lifted for this transaction only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)"
        )


def _scope_of(mine):
    """What the owner may see now, not when the job was queued. Without the setting the work must say whose rows it means."""
    hook = getattr(settings, "SCOPE_OF_JOB", None)
    return import_string(hook)(mine) if hook else nullcontext()


def _settle(mine, state, **facts):
    """Only the run that still holds the job may say how it ended."""
    with everywhere("记录后台任务结果"):
        held = Job.objects.filter(pk=mine.pk, state=Job.State.RUNNING, attempts=mine.attempts)
        told = {"done": mine.done, "total": mine.total, "note": mine.note}
        if not held.update(state=state, finished=Now(), **told, **facts):
            raise JobCancelled
    mine.state = state


def _in_words(mine, error):
    work = WORKS.get(mine.kind)
    if isinstance(error, ValidationError):
        return "；".join(error.messages)
    if isinstance(error, work.shows if work else JobRefused):
        return str(error)
    # The text of a database error quotes people's data, so the log gets the place and the kind, never the text.
    log.error("job %s: %s\n%s", mine, type(error).__name__, "".join(traceback.format_tb(error.__traceback__)))
    return f"任务出错，数据未改动，请重试；仍不成功请将任务编号 {mine.pk} 告诉管理员"


class _Reporter(threading.Thread):
    """Tells the progress while the job's own transaction is open: a thread has its own connection."""

    def __init__(self, mine):
        super().__init__(name=f"progress of job {mine.pk}", daemon=True)
        self.job, self.cancelled, self.over = mine, False, threading.Event()
        self.told, self.beaten = (mine.done, mine.total, mine.note), time.monotonic()

    def __enter__(self):
        self.job.reporter = self
        self.start()

    def __exit__(self, *_):
        self.over.set()
        self.join()

    def run(self):
        try:
            while not self.over.wait(TELL_SECONDS):
                self._tell((self.job.done, self.job.total, self.job.note))
        finally:
            connection.close()

    def _tell(self, now):
        if now == self.told and time.monotonic() - self.beaten < BEAT_SECONDS:
            return
        try:
            if self._write(*now):
                self.told, self.beaten = now, time.monotonic()
        except (
            DatabaseError
        ) as error:  # progress is a courtesy; the job itself will hear of a broken database
            log.warning("progress of job %s not told: %s", self.job.pk, type(error).__name__)
            connection.close()

    def _write(self, done, total, note):
        """Whether the row could be had. One that is locked, or not yet visible from outside, is left alone: waiting for
        ourselves would be for ever."""
        with everywhere("后台任务进度"):
            rows = Job.objects.filter(pk=self.job.pk)
            seen = rows.select_for_update(skip_locked=True).values_list("state", "attempts").first()
            if seen == (Job.State.RUNNING, self.job.attempts):
                rows.update(done=done, total=total, note=note, heartbeat=Now())
            elif seen:
                self.cancelled = True
            return seen is not None


# --- the worker


def take_back(**which):
    """Running jobs nobody is running any more: queued again if repeatable and not tried too often, else failed."""
    with everywhere("收回中断的后台任务"):
        for lost in (
            Job.objects.select_for_update(skip_locked=True)
            .filter(state=Job.State.RUNNING, **which)
            .order_by("pk")
        ):
            again = lost.kind in WORKS and WORKS[lost.kind].repeatable and lost.attempts <= RETRIES
            log.warning("job %s was interrupted (attempt %d)", lost, lost.attempts)
            ending = {"state": Job.State.FAILED, "error": INTERRUPTED, "finished": Now()}
            Job.objects.filter(pk=lost.pk).update(**({"state": Job.State.QUEUED} if again else ending))


class Worker:
    """One process that waits, claims and forks. It must run in the main thread, which alone hears signals."""

    def __init__(
        self, *, slots=2, beat=BEAT_SECONDS, stale=STALE_SECONDS, poll=POLL_SECONDS, grace=GRACE_SECONDS
    ):
        self.slots, self.beat, self.stale, self.poll, self.grace = slots, beat, stale, poll, grace
        self.children, self.listener, self.stopping, self.day = {}, None, False, None
        self.beaten = self.polled = self.asked = 0.0

    def run(self):
        with self._life(), self._ears():
            while not self.stopping:
                self._guarded(self._turn)
            self._wind_up()

    def _guarded(self, act, *arguments):
        """A database that restarts must not end the worker."""
        try:
            act(*arguments)
        except (DatabaseError, InterfaceError) as error:
            log.warning("worker waits for the database: %s", type(error).__name__)
            self._drop_connections()
            self._sleep(1)

    def _turn(self):
        self._listen()
        self._reap()
        self._keep_alive()
        self._begin_day()
        while not self.stopping and len(self.children) < self.slots and (mine := claim()):
            self._start(mine)
        self._sleep(self.beat if self.children else self.poll)

    def _listen(self):
        if self.listener is None:
            self.listener = connection.copy()
            self.listener.connect()
            with self.listener.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")

    def _drop_connections(self):
        connections.close_all()
        if self.listener is not None:
            self.listener.close()
            self.listener = None

    def _sleep(self, seconds):
        """Until a job is queued, a child ends, a signal comes, or the time is up."""
        ears = [self.signals, *([self.listener.connection] if self.listener else [])]
        heard, _, _ = select.select(ears, [], [], seconds)
        if self.signals in heard:
            os.read(self.signals, 4096)
        if self.listener and self.listener.connection in heard:
            with self.listener.wrap_database_errors:
                self.listener.connection.poll()
            self.listener.connection.notifies.clear()

    def _keep_alive(self):
        now = time.monotonic()
        if self.children and now - self.beaten >= self.beat:
            self.beaten = now
            self._beat()
        if now - self.polled >= self.poll:
            self.polled = now
            take_back(heartbeat__lt=Now() - timedelta(seconds=self.stale))

    def _begin_day(self):
        if self.day != (today := timezone.localdate()):
            queue_daily()
            self.day = today
        if (now := time.monotonic()) - self.asked >= WANTED_SECONDS:
            queue_wanted()
            self.asked = now

    def _beat(self):
        """Says that our children live, and ends those whose job was cancelled or given away."""
        running = {mine.pk: mine.attempts for mine in self.children.values()}
        with everywhere("后台任务心跳"):
            free = Job.objects.select_for_update(skip_locked=True).filter(
                pk__in=running, state=Job.State.RUNNING
            )
            Job.objects.filter(pk__in=list(free.values_list("pk", flat=True))).update(heartbeat=Now())
            now = dict(
                Job.objects.filter(pk__in=running, state=Job.State.RUNNING).values_list("pk", "attempts")
            )
        for pid, mine in self.children.items():
            if now.get(mine.pk) != mine.attempts:
                os.kill(pid, signal.SIGKILL)

    def _start(self, mine):
        connections.close_all()  # a connection must not be shared by two processes
        pid = os.fork()
        if pid == 0:
            self._be_a_child(mine)
        self.children[pid] = mine

    def _be_a_child(self, mine):
        """Never returns: the child must not go on as a second worker, nor run the parent's clean-up."""
        code = 1
        try:
            signal.set_wakeup_fd(-1)
            for number in (signal.SIGTERM, signal.SIGCHLD):
                signal.signal(number, signal.SIG_DFL)
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the worker decides
            os.close(self.life)
            threading.Thread(target=_die_with_the_parent, args=[self.heartstring], daemon=True).start()
            perform(mine)
            code = 0
        except BaseException as error:
            log.error("job %s: its process failed: %s", mine, type(error).__name__)
        finally:
            os._exit(code)

    def _reap(self):
        for pid in list(self.children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                mine = self.children.pop(pid)
                if status:
                    take_back(pk=mine.pk, attempts=mine.attempts)

    def _wind_up(self):
        """Children get time to finish; what is left is stopped, rolled back and taken back like any interrupted job."""
        until = time.monotonic() + self.grace
        while self.children and time.monotonic() < until:
            self._guarded(self._reap)
            self._guarded(self._keep_alive)
            self._guarded(self._sleep_while_children, until)
        for pid in self.children:
            os.kill(pid, signal.SIGKILL)
            os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
        self._guarded(self._reap)
        self._drop_connections()

    def _sleep_while_children(self, until):
        if self.children:
            self._sleep(min(self.beat, max(0, until - time.monotonic())))

    @contextmanager
    def _ears(self):
        """Signals and ended children are bytes in a pipe, so that one `select` hears everything."""
        self.signals, mouth = os.pipe()
        os.set_blocking(mouth, False)
        numbers = {signal.SIGTERM: self._stop, signal.SIGINT: self._stop, signal.SIGCHLD: _nothing}
        before = {number: signal.signal(number, handler) for number, handler in numbers.items()}
        signal.set_wakeup_fd(mouth, warn_on_full_buffer=False)
        try:
            yield
        finally:
            signal.set_wakeup_fd(-1)
            for number, handler in before.items():
                signal.signal(number, handler)
            os.close(self.signals)
            os.close(mouth)

    @contextmanager
    def _life(self):
        """A pipe that closes when this process ends, however it ends: no child may outlive it and work unwatched."""
        self.heartstring, self.life = os.pipe()
        try:
            yield
        finally:
            os.close(self.heartstring)
            os.close(self.life)

    def _stop(self, *_):
        self.stopping = True


def _nothing(*_):
    pass


def _die_with_the_parent(heartstring):
    os.read(heartstring, 1)
    os.kill(os.getpid(), signal.SIGKILL)
