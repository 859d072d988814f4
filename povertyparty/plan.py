"""What an upload would do, row by row, before it does it.

Planning reads and never writes; the same cells over the same data give the same plan and the same digest. It works
column by column (each distinct cell is understood once) and asks the database once for each lookup and key.
"""

import hashlib
from collections import Counter
from dataclasses import dataclass, field

from django.db import connection, models

from povertyparty import sealed
from povertyparty.kinds import Fault, plain
from povertyparty.tables import blank, factor, letter

ABSENT = object()
BATCH = 5000


class Verdict(models.TextChoices):
    NEW = "new", "新增"
    CHANGED = "changed", "修改"
    SAME = "same", "不变"
    REFUSED = "refused", "有误"


@dataclass(frozen=True)
class Masked:
    """A cell that our own export masked: it can only confirm what is stored."""

    text: str


@dataclass
class Row:
    """One row of the sheet: what it says (`values`), whom it means (`record`), and what is wrong or odd in it."""

    sheet: str
    number: int
    values: dict
    verdict: str = ""
    record: int | None = None
    version: int | None = None
    changes: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    hints: list = field(default_factory=list)
    parent: "Row | None" = None

    def refuse(self, column, at, value, reason):
        self.faults.append(remark(column, at, value, reason))

    def hint(self, column, at, value, reason):
        self.hints.append(remark(column, at, value, reason))


def remark(column, at, value, reason):
    """A fault or hint as it is kept and shown: the value shortened, and masked where the column is sensitive."""
    text = "" if value is None else str(value)
    if column is not None and column.sensitive:
        text = sealed.mask(text, column.kind.mask)
    header = column.header if column is not None else ""
    return {
        "at": at,
        "header": header,
        "value": text if len(text) <= 40 else text[:39] + "…",
        "reason": reason,
    }


@dataclass
class Plan:
    ledger: object
    rows: list
    parents: list = field(default_factory=list)
    passed: list = field(default_factory=list)
    dropped: list = field(default_factory=list)
    unknown: list = field(default_factory=list)
    notices: list = field(default_factory=list)

    @property
    def tally(self):
        counts = Counter(row.verdict for row in self.rows)
        return {verdict: counts.get(verdict, 0) for verdict in Verdict.values}

    @property
    def digest(self):
        """Equal digests mean the commit does exactly what the preview showed."""
        told = hashlib.sha256()
        for row in (*self.parents, *self.rows):
            told.update(f"{row.sheet}\0{row.number}\0{row.verdict}\0{row.record}\0{row.version}\0".encode())
            told.update(repr(sorted((k, str(v)) for k, v in row.changes.items())).encode())
        return told.hexdigest()


def make(ledger, tables, *, note_unit="", progress=lambda done, total, note: None):
    """The plan for all tables of one ledger in one file, under the scope that is set."""
    plan = Plan(ledger, [])
    for table in tables:
        plan.rows += read_rows(ledger, table, plan, note_unit)
        progress(len(plan.rows), 0, f"已读 {len(plan.rows)} 行")
    find_references(ledger, plan.rows, " ".join(table.above for table in tables))
    if ledger.prepare:
        ledger.prepare(plan.rows)
    if ledger.parent:
        plan.parents = find_parents(ledger, plan.rows)
    refuse_twins(ledger, plan.rows)
    compare(ledger, plan.rows, ledger.stored)
    compare_echoes(ledger, plan.rows)
    apply_rules(ledger, plan.rows)
    for row in plan.rows:
        row.verdict = verdict(row)
    return plan


# Reading the cells


def read_rows(ledger, table, plan, note_unit):
    """One Row for each data row, its cells understood column by column."""
    describe_columns(table, plan)
    rows = [Row(table.sheet, number, {}) for number, _ in table.rows]
    for column, at in table.columns.items():
        if not column.never and column.name != "-serial":
            read_column(table, column, at, rows, note_unit)
    spot_errors(table, rows)
    return rows


def describe_columns(table, plan):
    plan.unknown += [text for text in table.header.unknown if text not in plan.unknown]
    plan.dropped += [
        (c.header, c.never) for c in table.columns if c.never and (c.header, c.never) not in plan.dropped
    ]
    plan.passed += [(table.sheet, number, why) for number, why in table.passed]
    if table.hidden:
        plan.notices.append(f"工作表“{table.sheet}”有{len(table.hidden)}个隐藏行，已一并读入")
    if n := sum(kind == "cached" for kind in table.formulas.values()):
        plan.notices.append(f"工作表“{table.sheet}”有{n}个公式单元格，按计算结果读入")


def read_column(table, column, at, rows, note_unit):
    parse = parser(column, table.printed(at), note_unit)
    seen, above = {}, None
    merged = table.merged
    for row, (number, cells) in zip(rows, table.rows, strict=True):
        raw = cells[at] if at < len(cells) else None
        if merged and (number - 1, at) in merged:
            raw = merged_value(table, column, number - 1, at, row, raw)
        if column.fill:
            raw = above = above if blank(raw) else raw
        if raw is None or raw == "":
            continue
        memo = (raw.__class__, raw)
        if memo not in seen:
            seen[memo] = parse(raw)
        value = seen[memo]
        if value.__class__ is Fault:
            row.refuse(column, at, raw, str(value))
        elif value is not ABSENT:
            row.values[column.name] = value


def merged_value(table, column, r, at, row, raw):
    """The template says where merged cells repeat; anywhere else a merge hides what the row says."""
    r1, c1 = table.merged[r, at]
    if column.fill and c1 == at:
        return next((cells[at] for number, cells in table.rows if number - 1 == r1), raw)
    if c1 != at or any(number - 1 == r1 for number, _ in table.rows):
        row.refuse(column, at, "", f"{letter(at)}{r + 1}是合并单元格，请取消合并后逐行填写")
    return raw


def parser(column, printed, note_unit):
    """raw cell → database value, ABSENT for a mark that means empty, or a Fault: understood once for each distinct cell."""
    kind = column.kind
    times = factor(column, printed, note_unit)
    if times != 1:
        kind = type(kind)(**{**kind.__dict__, "factor": times})
    marks = kind.blank_marks

    def parse(raw):
        if isinstance(raw, str) and (not raw.strip() or plain(raw) in marks):
            return ABSENT
        if column.sensitive and isinstance(raw, str) and sealed.is_masked(raw):
            return Masked(plain(raw))
        try:
            value = kind.parse(raw)
            return ABSENT if value is None or value == "" else column.store(value)
        except Fault as fault:
            return fault

    return parse


def spot_errors(table, rows):
    """Error cells, formulas never calculated, and formulas that reach outside: refused where a column is read."""
    if not table.errors and not table.formulas:
        return
    by_number = {row.number: row for row in rows}
    read = {
        at: column for column, at in table.columns.items() if not column.never and column.name != "-serial"
    }
    for (r, at), text in table.errors.items():
        if (row := by_number.get(r + 1)) and at in read:
            row.refuse(read[at], at, text, "是 Excel 的错误值，请改为正确的内容")
    for (r, at), how in table.formulas.items():
        if how != "cached" and (row := by_number.get(r + 1)) and at in read:
            row.refuse(
                read[at],
                at,
                "公式",
                "是没有计算结果的公式，请粘贴为数值"
                if how == "uncached"
                else "公式引用了外部内容，请粘贴为数值",
            )


# Lookups: several cells that name one record


def find_references(ledger, rows, heading):
    for lookup in ledger.lookups:
        blank_key = (None,) * len(lookup.parts)
        cells = [tuple(row.values.get(part) for part in lookup.parts) for row in rows]
        found = lookup.find({key for key in cells if key != blank_key}, heading)
        required = not ledger_field(ledger, lookup.field).null
        column = next((ledger.by_name[p] for p in reversed(lookup.parts) if p in ledger.by_name), None)
        for row, key in zip(rows, cells, strict=True):
            told = found.get(key, ABSENT)
            if told is ABSENT and required and not any(f["header"] == column.header for f in row.faults):
                row.refuse(column, None, "", "不能为空")
            elif isinstance(told, Fault):
                row.refuse(column, None, "".join(str(k) for k in key if k), str(told))
            elif told is not ABSENT:
                row.values[lookup.field] = told
                row.values.update(lookup.also(told))


def ledger_field(ledger, name):
    return ledger.model._meta.get_field(name)


# Whom a row means


def key_of(ledger, row):
    """(which key, its cells) by the first key whose cells are all there."""
    for at, names in enumerate(ledger.keys):
        cells = tuple(row.values.get(name, ABSENT) for name in names)
        if not any(cell is ABSENT or isinstance(cell, Masked) for cell in cells):
            return at, cells
    return None


def refuse_twins(ledger, rows):
    first = {}
    for row in rows:
        key = key_of(ledger, row)
        if key is None:
            if not row.faults:
                row.refuse(None, None, "", f"缺少能认出这一行的内容：{' 或 '.join(ledger.headings())}")
            continue
        twin = first.setdefault(key, row)
        if twin is not row:
            where = (
                f"第{twin.number}行" if twin.sheet == row.sheet else f"工作表“{twin.sheet}”第{twin.number}行"
            )
            column = ledger.by_name.get(ledger.keys[key[0]][-1])
            row.refuse(column, None, "", f"与{where}重复")
            twin.refuse(
                column,
                None,
                "",
                f"与{'' if twin.sheet == row.sheet else f'工作表“{row.sheet}”'}第{row.number}行重复",
            )


def existing(ledger, rows, columns):
    """{(which key, its cells): (pk, version, origin, values by column)} of the records that the rows' keys mean."""
    wanted = {}
    for row in rows:
        if key := key_of(ledger, row):
            wanted.setdefault(key[0], []).append(key[1])
    found = {}
    for which, keys in wanted.items():
        names = ledger.keys[which]
        narrow = max(range(len(names)), key=lambda i: len({key[i] for key in keys}))
        for record in select(
            ledger, names, columns, names[narrow], sorted({key[narrow] for key in keys}, key=str)
        ):
            found[which, record[3 : 3 + len(names)]] = (*record[:3], record[3 + len(names) :])
    return found


def select(ledger, names, columns, narrow, wanted):
    """Raw rows (pk, version, origin, key…, columns…), without field converters: sealed text compares as it is stored."""
    paths = [
        "pk",
        "version",
        "origin_id",
        *(ledger_field(ledger, n).attname for n in names),
        *(c.attname for c in columns),
    ]
    for start in range(0, len(wanted), BATCH):
        query = ledger.model.objects.order_by().values_list(*paths).query
        sql, params = query.sql_with_params()
        column = connection.ops.quote_name(ledger_field(ledger, narrow).column)
        table = connection.ops.quote_name(ledger.model._meta.db_table)
        glue = " AND " if " WHERE " in sql else " WHERE "
        with connection.cursor() as cursor:
            cursor.execute(f"{sql}{glue}{table}.{column} = ANY(%s)", [*params, wanted[start : start + BATCH]])
            yield from cursor.fetchall()


# What would change


def compare(ledger, rows, columns):
    """Fill record, version, changes and before. A blank cell is not "clear"; a masked cell must match."""
    holders = [*columns, *(FieldColumn(ledger_field(ledger, lookup.field)) for lookup in ledger.lookups)]
    holders += [FieldColumn(ledger_field(ledger, name), once=True) for name in ledger.carried]
    known = existing(ledger, rows, holders)
    for row in rows:
        key = key_of(ledger, row)
        held = known.get(key) if key else None
        if held:
            row.record, row.version, origin, values = held
            note_changes(row, holders, values)
            row.before["origin_id"] = origin
        else:
            note_new(row, holders)


class FieldColumn:
    """A lookup's foreign key, compared like any column."""

    sensitive = required = False
    kind = None

    def __init__(self, model_field, once=False):
        self.name, self.attname, self.once = model_field.name, model_field.attname, once
        self.db_column = model_field.column
        self.header = str(model_field.verbose_name)

    def store(self, value):
        return value


def note_changes(row, columns, held):
    values = row.values
    for column, old in zip(columns, held, strict=True):
        new = values.get(column.name, ABSENT)
        if new is ABSENT or new == old:
            continue
        if isinstance(new, Masked):
            if column.masked(old) != new.text:
                row.refuse(column, None, new.text, "遮盖后的内容与库中不符：请填完整内容，或留空表示不改")
        elif column.once and column.kind:
            row.hint(
                column,
                None,
                column.kind.show(new),
                f"系统中为“{column.kind.show(old) if old is not None else '空'}”，此列只随办理步骤变化，不作更改",
            )
        elif not column.once:
            row.changes[column.db_column], row.before[column.db_column] = new, old


def note_new(row, columns):
    for column in columns:
        new = row.values.get(column.name, ABSENT)
        if isinstance(new, Masked):
            row.refuse(column, None, new.text, "是遮盖后的内容，新增记录须填完整内容")
        elif new is not ABSENT:
            row.changes[column.db_column] = new
        elif column.required:
            row.refuse(column, None, "", "不能为空")


def compare_echoes(ledger, rows):
    """Facts that live elsewhere are not taken from here; a cell that says otherwise is pointed out."""
    said = {name for row in rows for name in row.values}
    echoes = [c for c in ledger.columns if c.echo and c.name in said]
    for link in {c.echo.partition("__")[0] for c in echoes}:
        mine = [c for c in echoes if c.echo.partition("__")[0] == link]
        truths = linked_truths(ledger, rows, link, mine) if "__" in mine[0].echo else None
        for row in rows:
            held = (
                truths.get(row.values.get(link), ())
                if truths is not None
                else [row.values.get(link)] * len(mine)
            )
            for column, truth in zip(mine, held, strict=False):
                compare_echo(row, column, truth)


def linked_truths(ledger, rows, link, columns):
    """{linked pk: what the linked record holds for each column}."""
    related = ledger_field(ledger, link).related_model
    wanted = {row.values[link] for row in rows if link in row.values}
    paths = [c.echo.partition("__")[2] for c in columns]
    return {pk: held for pk, *held in related.objects.filter(pk__in=wanted).values_list("pk", *paths)}


def compare_echo(row, column, truth):
    said = row.values.get(column.name)
    if said is None or isinstance(said, Masked) or truth is None or truth == "":
        return
    said, truth = column.restore(said), column.derive(truth) if column.derive else truth
    if said != truth and truth is not None:
        shown = sealed.mask(str(truth), column.kind.mask) if column.sensitive else column.kind.show(truth)
        row.hint(column, None, column.kind.show(said), f"系统登记为“{shown}”，以登记为准，本格不采用")


def apply_rules(ledger, rows):
    """A rule takes a row's values and yields (column name, reason, grave); grave ones refuse, the others hint."""
    for rule in ledger.rules:
        for row in rows:
            for name, reason, grave in rule(row.values):
                column = ledger.by_name.get(name)
                (row.refuse if grave else row.hint)(column, None, "", reason)


def verdict(row):
    if row.faults or (row.parent and row.parent.faults):
        return Verdict.REFUSED
    if row.record is None:
        return Verdict.NEW
    return Verdict.CHANGED if row.changes or (row.parent and row.parent.changes) else Verdict.SAME


# A parent above the rows (整改台账: one finding, several items)


def find_parents(ledger, rows):
    """One Row for each parent that the rows name; the first row speaks for it, the others must agree."""
    speaking = {}
    for row in rows:
        said = {c.field.name: row.values[c.name] for c in ledger.parents_columns if c.name in row.values}
        said |= {name: row.values[name] for name in ledger.parent_shares if name in row.values}
        speaker = Row(row.sheet, row.number, said)
        if key := key_of(ledger.parent, speaker):
            row.parent = speaking.setdefault(key, speaker)
            agree(ledger, row, said)
        elif not row.faults:
            row.refuse(ledger.parents_columns[0], None, "", "不能为空")
    parents = list(speaking.values())
    compare(ledger.parent, parents, ledger.parent.stored)
    for one in parents:
        one.verdict = verdict(one)
    return parents


def agree(ledger, row, said):
    agreed = row.parent.values
    for column in ledger.parents_columns:
        name = column.field.name
        if name in said and agreed.setdefault(name, said[name]) != said[name]:
            reason = f"与第{row.parent.number}行同一{ledger.parent.title}的“{column.kind.show(agreed[name])}”不一致"
            row.refuse(column, None, column.kind.show(said[name]), reason)
    for name, share in ledger.parent_shares.items():
        if name in said:
            agreed[name] = share(agreed.get(name), said[name])
