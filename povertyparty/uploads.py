"""An uploaded workbook: staged whole, shown, committed exactly as shown or not at all, and undone if nothing stands on it.

Rows wait in `UploadedRow`; commit and undo are a few set-based statements over it, in one transaction.
"""

import hashlib
from collections import Counter
from dataclasses import replace
from datetime import timedelta

from django.conf import settings
from django.db import DataError, IntegrityError, OperationalError, connection, models, transaction
from django.utils import timezone
from psycopg2 import errors

from povertyparty import jobs, plan, reading
from povertyparty.files import StoredFile, private_copy
from povertyparty.ledger import REGISTRY, Asked
from povertyparty.plan import Trouble, Verdict
from povertyparty.retyping import Retyped
from povertyparty.scope import Placed, current, noted
from povertyparty.screening import CSV, XLSX, FileFault
from povertyparty.staging import (
    apply,
    breaches,
    hold_written,
    moved_since,
    stage,
    stage_again,
    stands,
    take_back,
    with_parent,
)
from povertyparty.tables import Unrecognised, tables

UNDO_WITHIN = timedelta(hours=24)
TURN_SECONDS = 5
WHOLE = 0.8  # of an official layout: what another system writes out has nearly all of it
MOST_PASSED = 1000  # rows passed over that are told one by one
# The reader judges workbooks itself; one is kept byte for byte, so that it can be given back.
WORKBOOKS = (replace(XLSX, inspect=bytes), CSV)


class UploadRefused(Exception):
    """Why an upload cannot be read, committed or undone; `details` lists what stands in the way."""

    def __init__(self, message, details=()):
        super().__init__(message)
        self.details = list(details)


class Overtaken(UploadRefused):
    """The data are no longer those that the preview was made from: it must be made again."""


def silent(done, total, note):
    """Nobody waits for news."""


class Upload(Placed):
    class State(models.TextChoices):
        WAITING = "waiting", "待读取"
        READY = "ready", "待提交"
        FAULTY = "faulty", "有误"
        UNREADABLE = "unreadable", "不能识别"
        COMMITTED = "committed", "已提交"
        UNDONE = "undone", "已撤销"
        DISCARDED = "discarded", "已放弃"

    OPEN = (State.READY, State.FAULTY)

    place_code = models.CharField("地区", max_length=12, db_collation="C", blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, null=True, verbose_name="文件")
    name = models.CharField("文件名", max_length=255)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="上传人")
    at = models.DateTimeField("上传时间", auto_now_add=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.WAITING)
    job = models.ForeignKey(
        jobs.Job, models.SET_NULL, null=True, related_name="+", verbose_name="正在进行的任务"
    )
    ledger = models.CharField("台账", max_length=40, blank=True)
    layout = models.CharField("版式", max_length=20, blank=True)
    tally = models.JSONField("行数", default=dict)
    told = models.JSONField("说明", default=dict)
    digest = models.CharField("核对码", max_length=64, blank=True)
    trouble = models.TextField("原因", blank=True)
    accepted_unknown = models.BooleanField("已确认忽略未知列", default=False)
    answers = models.JSONField("选定的同名地方", default=dict)
    committed_at = models.DateTimeField("提交时间", null=True)
    committed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="+", verbose_name="提交人"
    )
    undone_at = models.DateTimeField("撤销时间", null=True)

    class Meta:
        verbose_name = verbose_name_plural = "导入"
        app_label = "povertyparty"
        indexes = [models.Index(fields=["place_code", "-at"])]

    def __str__(self):
        return self.name

    @classmethod
    def receive(cls, content, by):
        """Keep a file that somebody sent and have it read; raises FileFault, and then nothing is kept."""
        with transaction.atomic():
            stored = StoredFile.keep(
                content,
                place_code=current().lo,
                by=by,
                purpose=StoredFile.Purpose.ORIGINAL,
                kinds=WORKBOOKS,
                limit=settings.UPLOAD_LIMIT,
            )
            upload = cls.objects.create(
                file=stored, name=stored.name, by=by, place_code=current().lo, answers=cls.answered(by)
            )
            upload.plan_again(by)
        return upload

    @classmethod
    def answered(cls, by):
        """Which place of several of one name this person last said they meant here."""
        said = cls.objects.filter(by=by, place_code=current().lo).exclude(answers={}).order_by("-pk").first()
        return (
            {question: place for question, place in said.answers.items() if question != Asked.FILE}
            if said
            else {}
        )

    def answer(self, answers, by):
        """Take somebody's word which places are meant, and read the file again with it."""
        self.answers |= answers
        self.save(update_fields=["answers"])
        self.plan_again(by)

    @property
    def declared(self):
        return REGISTRY.get(self.ledger)

    @property
    def original(self):
        """The workbook as it was sent, while it is kept."""
        return self.file if self.file and not self.file.removed_at else None

    @property
    def busy(self):
        return self.job is not None and self.job.is_open

    @property
    def writes(self):
        """How many rows a commit would add or change."""
        return self.tally.get(Verdict.NEW, 0) + self.tally.get(Verdict.CHANGED, 0)

    @property
    def questions(self):
        """Whether somebody must give their word on columns or units before the commit."""
        return bool(self.told.get("unknown") or self.told.get("units"))

    def plan_again(self, by, why=""):
        """Have the file read, again where data have changed since; `why` is told beside the new preview."""
        self.state = self.State.WAITING
        self.job = jobs.queue("read upload", owner=by, place_code=self.place_code, upload=self.pk, why=why)
        self.save(update_fields=["state", "job"])

    def read(self, path, progress=silent, why=""):
        """Understand the workbook at `path` and stage what it would do; of an unreadable one only the reason is kept."""
        try:
            progress(0, 0, "正在读取工作簿")
            if earlier := self.earlier():
                return self.repeat(earlier)
            ledger, found, notices = recognise(path, progress)
            self.stage(ledger, found, [*([why] if why else []), *notices], progress)
        except (reading.Unreadable, Unrecognised) as refusal:
            self.refuse(refusal)
        return self

    def earlier(self):
        """The committed upload of this very file, if all stands as it left it: then the file need not be read once more."""
        same = Upload.objects.filter(place_code=self.place_code, file__sha256=self.file.sha256)
        found = (
            same.filter(state=self.State.COMMITTED, answers=self.answers).order_by("-committed_at").first()
        )
        return found if found and not found.declared.parent and stands(found) else None

    def repeat(self, earlier):
        """What an earlier upload wrote stands there already, row for row."""
        self.rows.all().delete()
        stage_again(self, earlier)
        rows = sum(earlier.tally[verdict] for verdict in Verdict.values)
        word = f"与{timezone.localtime(earlier.committed_at):%Y-%m-%d %H:%M}提交的文件完全相同，库中内容未变"
        self.settle(
            {self.State.WAITING},
            state=self.State.READY,
            ledger=earlier.ledger,
            layout=earlier.layout,
            tally={**earlier.tally, **dict.fromkeys(Verdict.values, 0), Verdict.SAME.value: rows},
            told={**earlier.told, "notices": [word, *earlier.told["notices"]], "retyped": {}},
            digest=hashlib.sha256(f"{earlier.digest} again".encode()).hexdigest(),
            trouble="",
        )
        return self

    def refuse(self, refusal):
        self.forget(self.State.UNREADABLE, {self.State.WAITING}, trouble=str(refusal))

    def discard(self):
        """Give up an upload that has not been committed; a reading that goes on will find itself unwanted."""
        if self.busy:
            self.job.cancel()
        self.forget(self.State.DISCARDED, {*self.OPEN, self.State.WAITING, self.State.UNREADABLE})

    def forget(self, state, sources, trouble=""):
        """Keep nothing of what the file said but why."""
        file = self.file
        self.settle(sources, state=state, trouble=trouble, file=None, digest="")
        self.rows.all().delete()
        if file:
            file.forget()

    def settle(self, sources, **facts):
        """Only who finds the upload as he left it may say how it goes on: it may have been given up or be read anew."""
        found = Upload.objects.filter(pk=self.pk, job=self.job_id, state__in=sources)
        if not found.update(**facts):
            raise UploadRefused("这次导入已经处理过，或正在重新读取，请刷新后再看")
        for name, value in facts.items():
            setattr(self, name, value)

    @plan.undisturbed()
    def stage(self, ledger, found, notices, progress=silent):
        """Plan the recognised tables under the scope that is set, and keep every row with its verdict."""
        planned = plan.make(ledger, found, answers=self.answers, progress=progress)
        planned.notices = [*notices, *planned.notices]
        if refuse_breaches(self, planned, stage(self, planned)):
            stage(self, planned)
        refused = planned.tally[Verdict.REFUSED] or not planned.rows
        layout = layout_of(ledger, found[0])
        if (
            layout and share(ledger, found[0], layout) > WHOLE
        ):  # another system wrote it: nobody typed its cells
            planned.retyped.clear()
        self.settle(
            {self.State.WAITING},
            state=self.State.FAULTY if refused else self.State.READY,
            ledger=ledger.code,
            layout=layout,
            tally=tally(planned),
            told=told(planned),
            digest=planned.digest,
            trouble="" if planned.rows else "没有数据行：表头下面是空的",
        )

    @transaction.atomic
    def commit(self, by, digest=None, progress=silent):
        """Write exactly the plan that was shown, or refuse and change nothing."""
        lock_ledger(self.ledger)
        shown = self.digest if digest is None else digest
        taken = Upload.objects.filter(pk=self.pk, state=self.State.READY, digest=shown)
        if not taken.update(state=self.State.COMMITTED, committed_at=timezone.now(), committed_by=by):
            raise UploadRefused("这次导入已经处理过，或核对内容已更新，请刷新后再看")
        if self.questions and not self.accepted_unknown:
            raise UploadRefused("有系统不认识的列，或没有写明单位的金额，请先确认")
        try:
            with transaction.atomic(), noted(upload=self.pk):
                for ledger in with_parent(self.declared):
                    progress(0, self.writes, f"正在写入《{ledger.title}》")
                    if not apply(self, ledger):
                        raise Overtaken("库中数据已变化，请重新核对后再提交")
                judge_now()
        except (IntegrityError, DataError) as error:
            raise Overtaken(explain(error, self.declared)) from error
        Retyped.keep(self.place_code, self.ledger, self.told.get("retyped", {}))
        self.refresh_from_db()

    @transaction.atomic
    def undo(self):
        """Take the import back while nothing later stands on it; later edits are listed, and nothing is changed."""
        lock_ledger(self.ledger)
        standing = Upload.objects.filter(
            pk=self.pk, state=self.State.COMMITTED, committed_at__gt=timezone.now() - UNDO_WITHIN
        )
        if not standing.update(state=self.State.UNDONE, undone_at=timezone.now()):
            raise UploadRefused("只能撤销24小时内提交、尚未撤销的导入")
        ledgers = with_parent(self.declared)
        for ledger in ledgers:
            hold_written(self, ledger)
        if later := [(ledger, *moved) for ledger in ledgers for moved in moved_since(self, ledger).items()]:
            raise UploadRefused(f"有{len(later)}条记录在这次导入之后又改过，不能撤销", later)
        try:
            with transaction.atomic(), noted(upload=self.pk):
                for ledger in reversed(ledgers):
                    take_back(self, ledger)
                judge_now()
        except IntegrityError as error:
            raise UploadRefused("这次导入的记录已被其他记录引用，请先撤销后来的导入") from error
        self.refresh_from_db()


class UploadedRow(Placed):
    """One row of an upload: what it would do. New and changed rows stay as the origin of the records they wrote."""

    place_code = models.CharField("地区", max_length=12, db_collation="C", blank=True)
    upload = models.ForeignKey(Upload, models.CASCADE, related_name="rows", verbose_name="导入")
    ledger = models.CharField("台账", max_length=40)
    sheet = models.CharField("工作表", max_length=100)
    number = models.PositiveIntegerField("行")
    verdict = models.CharField("结论", max_length=8, choices=Verdict)
    record = models.BigIntegerField("记录", null=True)
    version = models.PositiveIntegerField("版本", null=True)
    changes = models.JSONField("写入", default=dict)
    before = models.JSONField("原值", default=dict)
    faults = models.JSONField("错误", default=list)
    hints = models.JSONField("提示", default=list)
    parent = models.ForeignKey("self", models.CASCADE, null=True, verbose_name="上级行")

    class Meta:
        verbose_name = verbose_name_plural = "导入行"
        app_label = "povertyparty"
        indexes = [models.Index(fields=["upload", "ledger", "verdict", "number"])]

    def __str__(self):
        return f"{self.sheet} 第{self.number}行"


@plan.undisturbed()
def recognise(path, progress=silent):
    """(ledger, its tables, notices) of one workbook. Raises Unreadable or Unrecognised."""
    book = reading.read(path, lambda done: progress(done, 0, f"已读 {done:,} 行"))
    found, notices = tables(book)
    ledgers = {table.header.ledger.code: table.header.ledger for table in found}
    if len(ledgers) > 1:
        titles = "》《".join(ledger.title for ledger in ledgers.values())
        raise Unrecognised(f"一个文件里有几种台账：《{titles}》，请分成几个文件上传")
    return next(iter(ledgers.values())), found, notices


def layout_of(ledger, table):
    return max(ledger.layouts, key=lambda name: share(ledger, table, name))


def share(ledger, table, layout):
    """How much of the layout is there."""
    headers = {column.header for column in table.columns}
    return len(headers & {ledger.named(h).header for h in ledger.layouts[layout]}) / len(
        ledger.layouts[layout]
    )


def tally(planned):
    return {**planned.tally, "hints": sum(bool(row.hints) for row in planned.rows)}


def told(planned):
    """What the preview says beside the rows: of faults how many of each kind."""
    names = ("unknown", "units", "dropped", "notices", "lacking", "retyped")
    kinds = Counter(fault["kind"] for row in (*planned.parents, *planned.rows) for fault in row.faults)
    passed = {"passed": planned.passed[:MOST_PASSED], "passed_count": len(planned.passed)}
    asked = [{"question": question, **told} for question, told in planned.asked.questions.items()]
    return {**{name: getattr(planned, name) for name in names}, "asked": asked, "kinds": kinds, **passed}


def refuse_breaches(upload, planned, staged):
    """Refuse the rows that the database would refuse; whether there were any."""
    found = False
    for ledger in with_parent(planned.ledger):
        for number, constraint in breaches(upload, ledger):
            found, row = True, staged[number]
            names = getattr(constraint, "fields", None) or mentioned(constraint.condition)
            column = next((c for c in ledger.columns if c.field and c.field.name == names[-1]), None)
            kind = Trouble.TWIN if isinstance(constraint, models.UniqueConstraint) else Trouble.RULE
            row.refuse(kind, column, plan.said(row, column), str(constraint.violation_error_message))
    for row in (*planned.parents, *planned.rows) if found else ():
        row.verdict = plan.verdict(row)
    return found


def mentioned(condition):
    """The fields that a condition is about, in its order."""
    names = []
    for child in condition.children:
        names += mentioned(child) if isinstance(child, models.Q) else [child[0].partition("__")[0]]
    return names


# In whose turn, after whom


def depth(ledger):
    """How many ledgers must be there first: the order in which several files are committed."""
    return max((depth(REGISTRY[code]) + 1 for code in ledger.needs), default=0)


def stands_on(ledger):
    """Codes of the ledgers whose records can change what a file of this one would do: its own, and what it refers to."""
    codes = {one.code for one in with_parent(ledger)}
    return codes.union(*(stands_on(REGISTRY[code]) for code in ledger.needs))


def plan_dependants(upload, by):
    """Plan this person's other open uploads again that were planned before `upload` changed the data under them."""
    written = {ledger.code for ledger in with_parent(upload.declared)}
    others = Upload.objects.filter(by=by, state__in=[*Upload.OPEN, Upload.State.WAITING])
    kept = others.filter(file__in=StoredFile.objects.on_disk())
    for other in kept.exclude(pk=upload.pk).select_related("job"):
        if is_outdated(other, written):
            other.plan_again(by, f"《{upload.declared.title}》的数据已更新，本文件已重新核对")


def is_outdated(upload, written):
    """Whether its preview, or one that is being made, may not know the ledgers just written. A commit finds out itself."""
    if upload.state == Upload.State.WAITING:
        return upload.busy and upload.job.state == jobs.Job.State.RUNNING
    return not upload.busy and bool(written & stands_on(upload.declared))


def lock_ledger(code):
    """Two commits to one ledger wait for each other; key order then cannot deadlock."""
    lock(f"ledger {code}")


def lock(name):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [name])


def take_turn(code):
    """Whether the ledger became ours within seconds: a page must not wait until somebody's large import is through."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [f"{TURN_SECONDS}s"])
            lock_ledger(code)
            cursor.execute("SELECT set_config('lock_timeout', '0', true)")
    except OperationalError:
        return False
    return True


def judge_now():
    """Let deferred foreign keys speak before the transaction ends, where their word can still be told."""
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def explain(error, ledger):
    """A database refusal in the words of the constraint that was broken."""
    if isinstance(error, DataError):
        return "有内容超出了库中能存的范围，没有写入任何内容"
    told = error.__cause__.diag
    if not told.table_name and isinstance(
        error.__cause__, errors.CheckViolation
    ):  # a trigger of ours, in its own words
        return told.message_primary
    name = told.constraint_name or ""
    for one in with_parent(ledger):
        for constraint in one.model._meta.constraints:
            if constraint.name == name:
                return str(constraint.violation_error_message)
    if "unique" in str(error).lower() or "uniq" in name:
        return "有记录的编号或证件已在其他单位建档，请联系县级核对"
    return f"数据不符合库中的约束（{name}），没有写入任何内容"


# In the background


@jobs.job("read upload", repeatable=True, shows=(FileFault, UploadRefused))
def read_upload(job, upload, why=""):
    """Read a file and plan it. An upload is planned in the place it was uploaded in, whoever asks for it again."""
    lock(f"upload {upload}")  # two readings of one file would each stage its rows
    found = Upload.objects.filter(pk=upload, job=job, state=Upload.State.WAITING).first()
    if found:
        with private_copy(found.file) as path:
            found.read(path, job.progress, why)
    return {"upload": upload}


@jobs.job("commit upload", repeatable=True, shows=(UploadRefused,))
def commit_upload(job, upload, digest, accepted):
    """Commit a large upload; where it was overtaken the new preview is made at once."""
    found = Upload.objects.get(pk=upload)
    found.accepted_unknown = accepted
    try:
        found.commit(job.owner, digest, job.progress)
    except Overtaken as refusal:
        found.plan_again(job.owner, str(refusal))
    else:
        plan_dependants(found, job.owner)
    return {"upload": upload}


@jobs.job("commit uploads", repeatable=True)
def commit_uploads(job, shown):
    """Commit several uploads as they were shown, first what others stand on; one refused does not stop the rest."""
    digests = dict(shown)
    found = sorted(Upload.objects.filter(pk__in=digests), key=lambda one: (depth(one.declared), one.pk))
    return {"text": "；".join(commit_one(job, one, digests[one.pk]) for one in found)}


def commit_one(job, upload, digest):
    try:
        upload.commit(job.owner, digest, job.progress)
    except Overtaken as refusal:
        upload.plan_again(job.owner, str(refusal))
        return f"“{upload}”没有提交：{refusal}，正在重新核对"
    except UploadRefused as refusal:
        return f"“{upload}”没有提交：{refusal}"
    plan_dependants(upload, job.owner)
    return f"“{upload}”已提交"
