"""An uploaded workbook: staged whole, shown, committed exactly as shown or not at all, and undone if nothing stands on it.

Rows wait in `UploadedRow`; commit and undo are a few set-based statements over it, in one transaction.
"""

import io
import json
from dataclasses import replace
from datetime import timedelta
from itertools import islice

from django.conf import settings
from django.db import IntegrityError, connection, models, transaction
from django.utils import timezone

from povertyparty import plan, reading
from povertyparty.files import CSV, XLSX, StoredFile
from povertyparty.ledger import REGISTRY
from povertyparty.plan import Verdict
from povertyparty.scope import Placed
from povertyparty.tables import Unrecognised, tables

UNDO_WITHIN = timedelta(hours=24)
# The reader judges ledgers itself; a workbook is kept byte for byte, so that it can be given back.
WORKBOOKS = (replace(XLSX, inspect=bytes), CSV)


class UploadRefused(Exception):
    """Why an upload cannot be read, committed or undone; `details` lists what stands in the way."""

    def __init__(self, message, details=()):
        super().__init__(message)
        self.details = list(details)


class Upload(Placed):
    class State(models.TextChoices):
        WAITING = "waiting", "排队中"
        READING = "reading", "读取中"
        READY = "ready", "待提交"
        FAULTY = "faulty", "有误"
        UNREADABLE = "unreadable", "不能识别"
        COMMITTED = "committed", "已提交"
        UNDONE = "undone", "已撤销"
        DISCARDED = "discarded", "已放弃"

    place_code = models.CharField("地区", max_length=12, db_collation="C", blank=True)
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="文件")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, null=True, verbose_name="上传人")
    at = models.DateTimeField("上传时间", auto_now_add=True)
    state = models.CharField("状态", max_length=12, choices=State, default=State.WAITING)
    ledger = models.CharField("台账", max_length=40, blank=True)
    layout = models.CharField("版式", max_length=20, blank=True)
    tally = models.JSONField("行数", default=dict)
    told = models.JSONField("说明", default=dict)
    digest = models.CharField("核对码", max_length=64, blank=True)
    trouble = models.TextField("原因", blank=True)
    accepted_unknown = models.BooleanField("已确认忽略未知列", default=False)
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
        return self.file.name

    @property
    def declared(self):
        return REGISTRY.get(self.ledger)

    @property
    def open(self):
        return self.state in {self.State.READY, self.State.FAULTY}

    def read(self, path, progress=lambda done, total, note: None):
        """Understand the workbook at `path` and stage what it would do; a refusal is kept in `trouble`."""
        try:
            progress(0, 0, "正在读取工作簿")
            self.stage(*recognise(path), progress)
        except (reading.Unreadable, Unrecognised) as refusal:
            self.refuse(refusal)
        return self

    def refuse(self, refusal):
        self.rows.all().delete()
        self.state, self.trouble = self.State.UNREADABLE, str(refusal)
        self.save()

    def stage(self, ledger, found, notices, progress=lambda done, total, note: None):
        """Plan the recognised tables under the scope that is set, and keep every row with its verdict."""
        planned = understood(ledger, found, notices, progress)
        stage(self, planned)
        self.ledger, self.layout = ledger.code, layout_of(ledger, found[0])
        self.tally = {**planned.tally, "hints": sum(bool(row.hints) for row in planned.rows)}
        self.state = (
            self.State.FAULTY if self.tally[Verdict.REFUSED] or not planned.rows else self.State.READY
        )
        self.trouble = "" if planned.rows else "没有数据行：表头下面是空的"
        self.digest = planned.digest
        self.told = {name: getattr(planned, name) for name in ("unknown", "dropped", "passed", "notices")}
        self.save()

    @transaction.atomic
    def commit(self, by, digest=None):
        """Write exactly the plan that was shown, or refuse and change nothing."""
        taken = Upload.objects.filter(pk=self.pk, state=self.State.READY, digest=digest or self.digest)
        if not taken.update(state=self.State.COMMITTED, committed_at=timezone.now(), committed_by=by):
            raise UploadRefused("这次导入已经处理过，或核对内容已更新，请刷新后再看")
        if self.told.get("unknown") and not self.accepted_unknown:
            raise UploadRefused("有系统不认识的列，请先确认忽略它们")
        lock_ledger(self.ledger)
        try:
            with transaction.atomic():
                for ledger in with_parent(self.declared):
                    apply(self, ledger)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            raise UploadRefused(explain(error, self.declared)) from error
        self.refresh_from_db()

    @transaction.atomic
    def undo(self):
        """Take the import back while nothing later stands on it; later edits are listed, and nothing is changed."""
        if self.state != self.State.COMMITTED or timezone.now() - self.committed_at > UNDO_WITHIN:
            raise UploadRefused("只能撤销24小时内提交的导入")
        lock_ledger(self.ledger)
        if later := later_edits(self):
            raise UploadRefused(f"有{len(later)}条记录在这次导入之后又改过，不能撤销", later)
        try:
            with transaction.atomic():
                for ledger in reversed(with_parent(self.declared)):
                    take_back(self, ledger)
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except IntegrityError as error:
            raise UploadRefused("这次导入的记录已被其他记录引用，请先撤销后来的导入") from error
        Upload.objects.filter(pk=self.pk).update(state=self.State.UNDONE, undone_at=timezone.now())
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


def recognise(path):
    """(ledger, its tables, notices) of one workbook. Raises Unreadable or Unrecognised."""
    found, notices = tables(reading.read(path))
    ledgers = {table.header.ledger.code: table.header.ledger for table in found}
    if len(ledgers) > 1:
        titles = "》《".join(ledger.title for ledger in ledgers.values())
        raise Unrecognised(f"一个文件里有几种台账：《{titles}》，请分成几个文件上传")
    return next(iter(ledgers.values())), found, notices


def depth(ledger):
    """How many ledgers must be there first: the order in which several files are committed."""
    return max((depth(REGISTRY[code]) + 1 for code in ledger.needs), default=0)


def understood(ledger, found, notices, progress):
    """The plan of all tables of one ledger, with what the reader had to say."""
    made = plan.make(ledger, found, progress=progress)
    made.notices = [*notices, *made.notices]
    return made


def layout_of(ledger, table):
    headers = {column.header for column in table.columns}
    return max(
        ledger.layouts,
        key=lambda name: (
            len(headers & {ledger.named(h).header for h in ledger.layouts[name]}) / len(ledger.layouts[name])
        ),
    )


def with_parent(ledger):
    return [ledger.parent, ledger] if ledger.parent else [ledger]


def lock_ledger(code):
    """Two commits to one ledger wait for each other; key order then cannot deadlock."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"ledger {code}"])


# Staging


COPIED = (
    "id",
    "place_code",
    "upload_id",
    "ledger",
    "sheet",
    "number",
    "verdict",
    "record",
    "version",
    "changes",
    "before",
    "faults",
    "hints",
    "parent_id",
)
ESCAPES = str.maketrans({"\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r"})


def stage(upload, found):
    """COPY the plan's rows; the upload's own row was written before, so the change log knows who."""
    upload.rows.all().delete()
    staged = [(found.ledger.parent.code, row) for row in found.parents] if found.ledger.parent else []
    staged += [(found.ledger.code, row) for row in found.rows]
    numbers = dict(zip((id(row) for _, row in staged), fresh_ids(UploadedRow, len(staged)), strict=True))
    lines = (copy_line(upload, code, row, numbers) for code, row in staged)
    table, columns = UploadedRow._meta.db_table, ", ".join(COPIED)
    with connection.cursor() as cursor:
        # PostgreSQL refuses COPY into a table with row security, so the rows land beside it and pass its check as one INSERT.
        cursor.execute(
            f"CREATE TEMP TABLE landing ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
        )
        while chunk := "".join(islice(lines, 20_000)):
            cursor.copy_expert(f"COPY landing ({columns}) FROM STDIN", io.StringIO(chunk))
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM landing ORDER BY id")
        cursor.execute("DROP TABLE landing")


def fresh_ids(model, count):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT nextval(pg_get_serial_sequence(%s, 'id')) FROM generate_series(1, %s)",
            [model._meta.db_table, count],
        )
        return [number for (number,) in cursor.fetchall()]


def copy_line(upload, code, row, numbers):
    quiet = row.verdict in (Verdict.SAME, Verdict.REFUSED)
    cells = (
        numbers[id(row)],
        upload.place_code,
        upload.pk,
        code,
        row.sheet,
        row.number,
        str(row.verdict),
        row.record,
        row.version,
        "{}" if quiet else compact(row.changes),
        "{}" if quiet else compact(row.before),
        compact(row.faults) if row.faults else "[]",
        compact(row.hints) if row.hints else "[]",
        numbers[id(row.parent)] if row.parent else None,
    )
    return (
        "\t".join(
            "\\N" if cell is None else cell.translate(ESCAPES) if isinstance(cell, str) else str(cell)
            for cell in cells
        )
        + "\n"
    )


def compact(value):
    return json.dumps(value, ensure_ascii=False, default=str, separators=(",", ":"))


# Writing


def apply(upload, ledger):
    """Update the changed, insert the new, after seeing that nothing moved since the preview."""
    table, staged = ledger.model._meta.db_table, UploadedRow._meta.db_table
    bound = [upload.pk, ledger.code]
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {staged} s LEFT JOIN {table} t ON t.id = s.record WHERE s.upload_id = %s AND s.ledger = %s"
            " AND s.verdict IN ('same', 'changed') AND t.version IS DISTINCT FROM s.version",
            bound,
        )
        if cursor.fetchone()[0]:
            raise UploadRefused("库中数据已变化，请重新核对后再提交")
        if changed := changed_columns(cursor, upload, ledger):
            update_changed(cursor, table, staged, changed, "changes", bound)
        insert_new(cursor, upload, ledger, table, staged)


def changed_columns(cursor, upload, ledger):
    cursor.execute(
        f"SELECT DISTINCT jsonb_object_keys(changes) FROM {UploadedRow._meta.db_table} WHERE upload_id = %s AND ledger = %s"
        " AND verdict = 'changed'",
        [upload.pk, ledger.code],
    )
    names = {name for (name,) in cursor.fetchall()}
    return sorted(f.column for f in ledger.model._meta.concrete_fields if f.attname in names)


def update_changed(cursor, table, staged, columns, what, bound, origin="s.id"):
    quoted = [connection.ops.quote_name(c) for c in columns]
    sets = ", ".join(f"{c} = u.{c}" for c in quoted)
    cursor.execute(
        f"UPDATE {table} t SET {sets}, version = t.version + 1, origin_id = u.origin FROM ("
        f" SELECT s.record, {origin} AS origin, {', '.join(f'r.{c}' for c in quoted)} FROM {staged} s JOIN {table} o ON o.id = s.record"
        f" CROSS JOIN LATERAL jsonb_populate_record(o, s.{what}) r"
        " WHERE s.upload_id = %s AND s.ledger = %s AND s.verdict = 'changed' ORDER BY s.record"
        ") u WHERE t.id = u.record",
        bound,
    )


def insert_new(cursor, upload, ledger, table, staged):
    fields = [
        f
        for f in ledger.model._meta.concrete_fields
        if not f.primary_key and not f.generated and f.name not in {"origin", "version"}
    ]
    columns = ", ".join(connection.ops.quote_name(f.column) for f in fields)
    link = f" || jsonb_build_object('{ledger.link}_id', p.record)" if ledger.link else ""
    cursor.execute(
        f"INSERT INTO {table} ({columns}, version, origin_id)"
        f" SELECT {', '.join('r.' + connection.ops.quote_name(f.column) for f in fields)}, 1, s.id"
        f" FROM {staged} s LEFT JOIN {staged} p ON p.id = s.parent_id"
        f" CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, %s::jsonb || s.changes{link}) r"
        " WHERE s.upload_id = %s AND s.ledger = %s AND s.verdict = 'new' ORDER BY s.id",
        [compact(defaults(fields)), upload.pk, ledger.code],
    )
    cursor.execute(
        f"UPDATE {staged} s SET record = t.id FROM {table} t WHERE t.origin_id = s.id AND s.upload_id = %s AND s.ledger = %s"
        " AND s.verdict = 'new'",
        [upload.pk, ledger.code],
    )


def defaults(fields):
    """What the database gets for a field that no cell names."""
    return {
        f.column: f.get_db_prep_save(f.get_default(), connection)
        for f in fields
        if f.get_default() is not None
    }


def later_edits(upload):
    """Records that this upload wrote and somebody changed since, as texts."""
    later = []
    for ledger in with_parent(upload.declared):
        rows = upload.rows.filter(ledger=ledger.code, verdict__in=[Verdict.NEW, Verdict.CHANGED])
        written = {record: (version or 0) + 1 for record, version in rows.values_list("record", "version")}
        held = dict(ledger.model.objects.filter(pk__in=written).values_list("pk", "version"))
        moved = [pk for pk, version in written.items() if held.get(pk) != version]
        later += [str(record) for record in ledger.model.objects.filter(pk__in=moved)] + [
            "（已删除的记录）"
        ] * sum(pk not in held for pk in moved)
    return later


def take_back(upload, ledger):
    table, staged = ledger.model._meta.db_table, UploadedRow._meta.db_table
    bound = [upload.pk, ledger.code]
    with connection.cursor() as cursor:
        if changed := changed_columns(cursor, upload, ledger):
            update_changed(
                cursor, table, staged, changed, "before", bound, origin="(s.before->>'origin_id')::bigint"
            )
        cursor.execute(
            f"DELETE FROM {table} t USING {staged} s WHERE t.id = s.record AND s.upload_id = %s AND s.ledger = %s"
            " AND s.verdict = 'new'",
            bound,
        )


def explain(error, ledger):
    """A database refusal in the words of the constraint that was broken."""
    name = getattr(error.__cause__.diag, "constraint_name", "") or ""
    for one in with_parent(ledger):
        for constraint in one.model._meta.constraints:
            if constraint.name == name:
                return str(constraint.violation_error_message)
    if "unique" in str(error).lower() or "uniq" in name:
        return "有记录的编号或证件已在其他单位建档，请联系县级核对"
    return f"数据不符合库中的约束（{name}），没有写入任何内容"
