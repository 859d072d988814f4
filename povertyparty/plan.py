"""What an upload would do, row by row, before it does it.

Planning reads and never writes; the same cells over the same data give the same plan and the same digest. It works
column by column (each distinct cell is understood once) and asks the database once for each lookup and key.
"""

import gc
import hashlib
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import repeat

from django.db import connection, models

from povertyparty import sealed
from povertyparty.kinds import Fault, legible, plain
from povertyparty.ledger import Ambiguous, Asked, holder, unit_of
from povertyparty.scope import current
from povertyparty.tables import EXPORTED, Unrecognised, blank, factor, letter, unit_line

ABSENT = object()
BATCH = 5000
LONG = 20  # no mark that means an empty cell is as long, with all the spaces that people put around one


class Verdict(models.TextChoices):
    NEW = "new", "新增"
    CHANGED = "changed", "修改"
    SAME = "same", "不变"
    REFUSED = "refused", "有误"


class Trouble(models.TextChoices):
    """Kinds of faults, as people sort them out: each kind has one remedy."""

    MISSING = "missing", "缺少必填内容"
    FORMAT = "format", "内容不能识别"
    REFERENCE = "reference", "没有对应的登记"
    TWIN = "twin", "重复的行"
    MERGED = "merged", "合并单元格"
    FORMULA = "formula", "公式或错误值"
    MASKED = "masked", "遮盖的内容"
    RULE = "rule", "前后不一致"


@dataclass(frozen=True)
class Masked:
    """A cell that our own export masked: it can only confirm what is stored."""

    text: str


@dataclass(slots=True)
class Row:
    """One row of the sheet: what it says (`values`), whom it means (`record`), and what is wrong or odd in it.

    `columns` tells in which sheet column each ledger column stands; the rows of one sheet share it.
    """

    sheet: str
    number: int
    values: dict
    columns: dict = field(default_factory=dict)
    verdict: str = ""
    record: int | None = None
    version: int | None = None
    changes: dict = field(default_factory=dict)
    before: dict = field(default_factory=dict)
    faults: list = field(default_factory=list)
    hints: list = field(default_factory=list)
    parent: "Row | None" = None

    def refuse(self, kind, column, value, reason):
        self.faults.append({"kind": kind.value, **self.remark(column, value, reason)})

    def hint(self, column, value, reason):
        self.hints.append(self.remark(column, value, reason))

    def remark(self, column, value, reason):
        """A fault or hint as it is kept and shown: the value shortened, and masked where the column is sensitive."""
        text = "" if value is None else legible(value)
        if column is not None and column.sensitive:
            text = sealed.mask(text, column.kind.mask)
        return {
            "at": self.columns.get(column.name) if column is not None else None,
            "header": column.header if column is not None else "",
            "value": text if len(text) <= 40 else text[:39] + "…",
            "reason": reason,
        }


@dataclass
class Plan:
    """What an upload would do, and what it says beside its rows.

    passed    (sheet, row, why) of what is no data row; dropped (header, why) of columns that are not taken
    unknown   headers that no column knows; units (header, 元 or 万元) of amounts whose unit the sheet does not say:
              both wait for somebody's word before a commit
    asked     of names that several records bear, what was asked and answered (see Asked)
    lacking   codes of the ledgers in which records were looked for and not found
    exported  the file is one that the system wrote out: what it filled in itself nobody typed
    retyped   {column: how many cells were filled in though the system has it from elsewhere} (retyping.py)
    """

    ledger: object
    rows: list
    parents: list = field(default_factory=list)
    passed: list = field(default_factory=list)
    dropped: list = field(default_factory=list)
    unknown: list = field(default_factory=list)
    units: list = field(default_factory=list)
    lacking: list = field(default_factory=list)
    asked: Asked = field(default_factory=Asked)
    notices: list = field(default_factory=list)
    exported: bool = False
    retyped: Counter = field(default_factory=Counter)

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
            told.update(repr(row.changes).encode())
        return told.hexdigest()


@contextmanager
def undisturbed():
    """Without the collector of cycles: it would look through all those rows again and again, and they make none."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def make(ledger, tables, *, answers=None, progress=lambda done, total, note: None):
    """The plan for all tables of one ledger in one file, under the scope that is set; `answers` as in Asked."""
    plan = Plan(ledger, [], asked=Asked(answers or {}))
    plan.exported = all(EXPORTED in table.above for table in tables)
    for table in tables:
        plan.rows += read_rows(ledger, table, plan)
        progress(len(plan.rows), 0, f"已核对 {len(plan.rows):,} 行的格式")
    find_references(plan, " ".join(table.above for table in tables))
    progress(len(plan.rows), 0, "正在与库中数据比对")
    if ledger.prepare:
        ledger.prepare(plan.rows)
    if ledger.parent:
        plan.parents = find_parents(ledger, plan.rows)
    keys = [key_of(ledger, row) for row in plan.rows]
    refuse_twins(ledger, plan.rows, keys)
    compare(ledger, plan.rows, keys, ledger.stored)
    compare_echoes(plan)
    compare_known(plan)
    compare_counted(plan)
    apply_rules(ledger, plan.rows)
    for row in plan.rows:
        row.verdict = verdict(row)
    return plan


# Reading the cells


def read_rows(ledger, table, plan):
    """One Row for each data row, its cells understood column by column."""
    describe_columns(table, plan)
    columns = {column.name: at for column, at in table.columns.items()}
    rows = [Row(table.sheet, number, {}, columns) for number, _ in table.rows]
    note = unit_line(table.above) if len(amounts(ledger)) == 1 else ""
    for column, at in table.columns.items():
        if not column.never and column.name != "-serial":
            said = table.unit_said(column, at, note)
            if column.stored and unit_of(column.header) and not said:
                plan.units.append((table.header.cells[at][0], unit_of(column.header)))
            read_column(table, column, at, rows, said)
    plan.units = list(dict.fromkeys(plan.units))
    spot_errors(table, rows)
    return rows


def amounts(ledger):
    """The units of money in the ledger: a line above the table can speak for all columns only where there is one."""
    return {unit for column in ledger.columns if (unit := unit_of(column.header))}


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


def read_column(table, column, at, rows, said):
    raws = table.by_column[at] if at < len(table.by_column) else (None,) * len(rows)
    if merged := table.merged(at):
        raws = [
            merged_value(table, column, merged[row.number - 1], at, row, raw)
            if row.number - 1 in merged
            else raw
            for row, raw in zip(rows, raws, strict=True)
        ]
    if column.fill:
        raws = filled(table, raws, at, table.leader(column, at))
    understood = Understood(parser(column, said))
    values = [understood[cell] for cell in zip(map(type, raws), raws, strict=True)]
    for row, raw, value in zip(rows, raws, values, strict=True):
        if value.__class__ is Fault:
            row.refuse(Trouble.FORMAT, column, raw, str(value))
        elif value is not ABSENT:
            row.values[column.name] = value


class Understood(dict):
    """{(type, raw cell): its value}. With the type, because 1, 1.0 and True are one key and not one cell."""

    def __init__(self, parse):
        super().__init__()
        self.parse = parse

    def __missing__(self, cell):
        value = self[cell] = self.parse(cell[1])
        return value


def filled(table, raws, at, leader):
    """The cells of a column that repeats downwards; beside a leader that is given, a blank is meant."""
    told, above = [], None
    for (_, cells), raw in zip(table.rows, raws, strict=True):
        led = leader != at and leader < len(cells) and not blank(cells[leader])
        above = None if blank(raw) and led else above if blank(raw) else raw
        told.append(above)
    return told


def merged_value(table, column, corner, at, row, raw):
    """The template says where merged cells repeat; anywhere else a merge hides what the row says."""
    r1, c1 = corner
    above = table.by_number.get(r1 + 1)
    if column.fill and c1 == at:
        return above[at] if above and at < len(above) else raw
    if c1 != at or above is not None:
        row.refuse(Trouble.MERGED, column, "", f"{letter(at)}{row.number}是合并单元格，请取消合并后逐行填写")
    return raw


def parser(column, said):
    """raw cell → database value, ABSENT for a mark that means empty, or a Fault: understood once for each distinct cell."""
    kind = scaled(column.kind, factor(column, said))
    check, read, store = room(column), kind.parse, column.store
    marks, sensitive = kind.blank_marks, column.sensitive

    def parse(raw):
        if raw is None or means_empty(raw, marks):
            return ABSENT
        if sensitive and isinstance(raw, str) and sealed.is_masked(raw):
            return Masked(plain(raw))
        try:
            value = read(raw)
            if value is None or value == "":
                return ABSENT
            check(value)
            return store(value)
        except Fault as fault:
            return fault

    return parse


def scaled(kind, times):
    """The kind reading amounts in the sheet's own unit."""
    return kind if times == 1 else type(kind)(**{**kind.__dict__, "factor": times})


def means_empty(raw, marks):
    return isinstance(raw, str) and (not raw.strip() or (len(raw) < LONG and plain(raw) in marks))


def room(column):
    """A check that the database has room for the value: what it would refuse with an error is refused here with a word."""
    if isinstance(column.field, models.DecimalField):
        most = 10 ** (column.field.max_digits - column.field.decimal_places)
        return bounded(1 - most, most - 1)
    if isinstance(column.field, models.IntegerField):
        return bounded(*connection.ops.integer_field_range(column.field.get_internal_type()))
    if isinstance(column.field, models.CharField):
        return bounded(0, column.field.max_length, len, "个字")
    return lambda value: None


def bounded(least, most, measure=lambda value: value, what=""):
    def check(value):
        if not least <= measure(value) <= most:
            raise Fault(f"太长，最多{most:,}{what}" if what else f"超出了能填的范围（{least:,} 至 {most:,}）")

    return check


def spot_errors(table, rows):
    """Error cells, formulas never calculated, and formulas that reach outside: refused where a column is read."""
    by_number = {row.number: row for row in rows} if table.errors or table.formulas else {}
    read = {
        at: column for column, at in table.columns.items() if not column.never and column.name != "-serial"
    }
    told = {place: (text, "是 Excel 的错误值，请改为正确的内容") for place, text in table.errors.items()}
    told |= {
        place: ("公式", UNTAKEN[how])
        for place, how in table.formulas.items()
        if how in UNTAKEN and place not in told
    }
    for (r, at), (text, reason) in told.items():
        if (row := by_number.get(r + 1)) and at in read:
            row.refuse(Trouble.FORMULA, read[at], text, reason)


UNTAKEN = {
    "uncached": "是没有计算结果的公式，请粘贴为数值",
    "dangerous": "公式引用了外部内容，请粘贴为数值",
}


# Lookups: several cells that name one record


FAILED = Fault()


def find_references(plan, heading):
    ledger = plan.ledger
    for lookup in ledger.lookups:
        refer = ledger_field(ledger, lookup.field)
        held_by = holder(refer.related_model)
        source = held_by.code if held_by else ""
        keys = [tuple(row.values.get(part) for part in lookup.parts) for row in plan.rows]
        sheets = sheet_keys(ledger, lookup, plan.rows, keys)
        wanted = dict.fromkeys(key for key in (*keys, *sheets) if any(key))
        found = lookup.find(wanted, heading, plan.asked)
        if unsaid := lookup.unsaid(heading, plan.asked):
            found[(None,) * len(lookup.parts)] = unsaid
        keys = [
            key if is_unknown(found.get(sheet, FAILED)) else sheet
            for key, sheet in zip(keys, sheets, strict=True)
        ]
        for row, key in zip(plan.rows, keys, strict=True):
            refer_to(row, ledger, lookup, key, found.get(key, ABSENT), required=not refer.null)
            if is_unknown(found.get(key)) and source not in plan.lacking:
                plan.lacking.append(source)


def is_unknown(told):
    return isinstance(told, Fault) and not isinstance(told, Ambiguous)


def sheet_keys(ledger, lookup, rows, keys):
    """The same keys with the sheet's name for a column that fills down and is not there: one sheet for each village."""
    part = next((p for p in reversed(lookup.parts) if p in ledger.by_name and ledger.by_name[p].fill), None)
    if part is None:
        return keys
    at = lookup.parts.index(part)
    return [
        key if part in row.columns else (*key[:at], row.sheet, *key[at + 1 :])
        for row, key in zip(rows, keys, strict=True)
    ]


def refer_to(row, ledger, lookup, key, told, *, required):
    """Put what the cells name into the row, or say which of them is wrong."""
    if isinstance(told, Fault):
        column = ledger.by_name.get(told.part) or part_column(ledger, lookup, row)
        value = dict(zip(lookup.parts, key, strict=True)).get(column.name) if column else ""
        row.refuse(Trouble.REFERENCE, column, value, str(told))
    elif told is not ABSENT:
        row.values[lookup.field] = told
        row.values.update(lookup.also(told))
    elif required:
        column = part_column(ledger, lookup, row)
        if column.name not in row.columns and not any(part in row.columns for part in lookup.parts):
            raise Unrecognised(f"工作表“{row.sheet}”缺少必需的列：{ledger.heading(lookup.field)}")
        if not any(fault["header"] == column.header for fault in row.faults):
            row.refuse(Trouble.MISSING, column, "", "不能为空")


def part_column(ledger, lookup, row):
    """The deepest cell of a lookup that the sheet has, else that the ledger knows."""
    known = [part for part in reversed(lookup.parts) if part in ledger.by_name]
    if not known:
        return None
    return ledger.by_name[next((part for part in known if part in row.columns), known[0])]


def ledger_field(ledger, name):
    return ledger.model._meta.get_field(name)


# Whom a row means


def key_of(ledger, row):
    """(which key, its cells) by the first key whose cells are all there."""
    for at, names in enumerate(ledger.keys):
        cells = tuple(row.values.get(name, ledger.empty.get(name, ABSENT)) for name in names)
        if not any(cell is ABSENT or isinstance(cell, Masked) for cell in cells):
            return at, cells
    return None


def refuse_twins(ledger, rows, keys):
    first, told = {}, set()
    for row, key in zip(rows, keys, strict=True):
        if key is None:
            if not row.faults:
                reason = f"缺少能认出这一行的内容：{' 或 '.join(ledger.headings())}"
                row.refuse(Trouble.MISSING, key_column(ledger, row, 0), "", reason)
            continue
        twin = first.setdefault(key, row)
        if twin is row:
            continue
        row.refuse(Trouble.TWIN, key_column(ledger, row, key[0]), "", f"与{where(twin, row)}重复")
        if key not in told:
            told.add(key)
            twin.refuse(Trouble.TWIN, key_column(ledger, twin, key[0]), "", f"与{where(row, twin)}重复")


def where(row, other):
    """How a row is called beside another: by its sheet too where that differs."""
    return f"{'' if row.sheet == other.sheet else f'工作表“{row.sheet}”'}第{row.number}行"


def key_column(ledger, row, which):
    """The cell by which people tell the row: the last of its key, or what a lookup reads."""
    name = ledger.keys[which][-1]
    lookup = next((one for one in ledger.lookups if one.field == name), None)
    return part_column(ledger, lookup, row) if lookup else ledger.by_name.get(name)


def existing(ledger, keys, columns):
    """{(which key, its cells): (pk, version, origin, values by column)} of the records that the rows' keys mean."""
    wanted = {}
    for which, cells in filter(None, keys):
        wanted.setdefault(which, []).append(cells)
    found = {}
    for which, cells in wanted.items():
        names = ledger.keys[which]
        distinct = [set(one) for one in zip(*cells, strict=True)]
        narrow = max(range(len(names)), key=lambda i: (names[i] not in ledger.optional, len(distinct[i])))
        for record in select(ledger, names, columns, names[narrow], sorted(distinct[narrow], key=str)):
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
        query = ledger.known().order_by().values_list(*paths).query
        sql, params = query.sql_with_params()
        column = connection.ops.quote_name(ledger_field(ledger, narrow).column)
        table = connection.ops.quote_name(ledger.model._meta.db_table)
        glue = " AND " if " WHERE " in sql else " WHERE "
        with connection.cursor() as cursor:
            cursor.execute(f"{sql}{glue}{table}.{column} = ANY(%s)", [*params, wanted[start : start + BATCH]])
            yield from cursor.fetchall()


# What would change


def compare(ledger, rows, keys, columns):
    """Fill record, version, changes and before. A blank cell is not "clear"; a masked cell must match."""
    holders = [*columns, *(FieldColumn(ledger_field(ledger, lookup.field)) for lookup in ledger.lookups)]
    holders += [FieldColumn(ledger_field(ledger, name), once=True) for name in ledger.carried]
    said = {name for row in rows for name in row.values}
    told = [column for column in holders if column.name in said]
    lock = [FieldColumn(ledger_field(ledger, ledger.locked[0]))] if ledger.locked else []
    known = existing(ledger, keys, [*told, *lock])
    names, shut = [column.name for column in told], ledger.shut(current().may)
    for row, key in zip(rows, keys, strict=True):
        if held := known.get(key) if key else None:
            row.record, row.version, origin, values = held
            closed = shut or (ledger.locked[1] if lock and values[-1] else "")
            values = values[: len(names)]
            news = tuple(map(row.values.get, names, repeat(ABSENT)))
            if news != values:
                note_changes(row, told, news, values, closed)
            row.before["origin_id"] = origin
        elif shut:
            row.refuse(Trouble.RULE, None, "", shut)
        else:
            note_new(row, holders)


class FieldColumn:
    """A lookup's foreign key, compared like any column."""

    sensitive = required = False
    kind = known = None

    def __init__(self, model_field, once=False):
        self.name, self.attname, self.once = model_field.name, model_field.attname, once
        self.db_column = model_field.column
        self.header = str(model_field.verbose_name)

    def store(self, value):
        return value

    def is_settled(self, may):
        return self.once


def note_changes(row, columns, news, held, closed=""):
    """`closed` says why nothing of the record is to be changed at all."""
    may = current().may
    for column, new, old in zip(columns, news, held, strict=True):
        if new is ABSENT or new == old:
            continue
        if isinstance(new, Masked):
            if not column.known:
                confirm(row, column, new, old)
        elif (closed or column.is_settled(may)) and column.kind:
            if old is not None and column.kind.cell(new) == column.kind.cell(old):
                continue
            row.hint(
                column,
                column.kind.show(new),
                f"系统中为“{column.kind.show(old) if old not in (None, '') else '空'}”，{closed or '此列只随办理步骤变化，不作更改'}",
            )
        elif not (closed or column.is_settled(may)):
            row.changes[column.db_column], row.before[column.db_column] = new, old


def confirm(row, column, said, held):
    if column.masked(held) != said.text:
        row.refuse(Trouble.MASKED, column, said.text, "遮盖后的内容与库中不符：请填完整内容，或留空表示不改")


def note_new(row, columns):
    for column in columns:
        new = row.values.get(column.name, ABSENT)
        if isinstance(new, Masked):
            row.refuse(Trouble.MASKED, column, new.text, "是遮盖后的内容，新增记录须填完整内容")
        elif new is not ABSENT:
            row.changes[column.db_column] = new
        elif column.required and not any(fault["header"] == column.header for fault in row.faults):
            row.refuse(Trouble.MISSING, column, "", "不能为空")


def compare_echoes(plan):
    """Facts that live elsewhere are not taken from here; a cell that says otherwise is pointed out."""
    ledger, rows = plan.ledger, plan.rows
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
                compare_echo(plan, row, column, truth)


def linked_truths(ledger, rows, link, columns):
    """{linked pk: what the linked record holds for each column}."""
    related = ledger_field(ledger, link).related_model
    wanted = {row.values[link] for row in rows if link in row.values}
    paths = [c.echo.partition("__")[2] for c in columns]
    return {pk: held for pk, *held in related.objects.filter(pk__in=wanted).values_list("pk", *paths)}


def compare_echo(plan, row, column, truth):
    said = row.values.get(column.name)
    if said is None or isinstance(said, Masked) or truth is None or truth == "":
        return
    said, truth = column.restore(said), column.derive(truth) if column.derive else truth
    if truth is None:
        return
    if column.source and not column.is_counted and not (plan.exported and said == truth):
        plan.retyped[column.name] += 1
    if said != truth:
        shown = sealed.mask(str(truth), column.kind.mask) if column.sensitive else column.kind.show(truth)
        held = f"{column.known.source}登记" if column.known else "系统登记"
        what = "请核对" if column.known else "以登记为准，本格不采用"
        row.hint(column, column.kind.show(said), f"{held}为“{shown}”，{what}")


def compare_known(plan):
    """What another ledger holds is taken as the file says, and pointed out where it differs. Where it says the same a record
    that left it to the other ledger goes on doing so: our own export comes back unchanged. A cell that says what the record
    says already was not typed anew, and costs no question."""
    ledger = plan.ledger
    said = {name for row in plan.rows for name in row.values}
    columns = [c for c in ledger.columns if c.known and c.name in said]
    wanted = {row.record: row for row in plan.rows if row.record and any(speaks(row, c) for c in columns)}
    if not wanted:
        return
    known = ledger.knowing(ledger.model.objects.filter(pk__in=wanted), columns)
    paths = [*(c.attname for c in columns), *(c.known_path for c in columns)]
    for pk, *held in known.values_list("pk", *paths):
        for column, own, truth in zip(columns, held, held[len(columns) :], strict=False):
            if speaks(wanted[pk], column):
                compare_with_other(plan, wanted[pk], column, own, truth)


def speaks(row, column):
    return column.db_column in row.changes or isinstance(row.values.get(column.name), Masked)


def compare_with_other(plan, row, column, own, truth):
    said, empty = row.values.get(column.name), own in (None, "")
    if isinstance(said, Masked):
        confirm(row, column, said, column.store(truth if empty else own))
    elif empty and said is not None and said == column.store(truth):
        row.changes.pop(column.db_column, None)
        row.before.pop(column.db_column, None)
    compare_echo(plan, row, column, truth)


def compare_counted(plan):
    """What the system counts is not taken from here either. What this file itself would change cannot be counted yet."""
    ledger, rows = plan.ledger, plan.rows
    said = Counter(name for row in rows for name in row.values)
    columns = [c for c in ledger.columns if c.is_counted and c.name in said]
    if not plan.exported:
        plan.retyped += Counter({c.name: said[c.name] for c in columns})
    wanted = {row.record: row for row in rows if columns and row.record and not row.changes}
    if wanted:
        counted = ledger.counting(ledger.model.objects.filter(pk__in=wanted), columns)
        for pk, *held in counted.values_list("pk", *(c.path for c in columns)):
            for column, truth in zip(columns, held, strict=True):
                compare_echo(plan, wanted[pk], column, truth)


def apply_rules(ledger, rows):
    """A rule takes a row's values and yields (column name, reason, grave); grave ones refuse, the others hint."""
    for rule in ledger.rules:
        for row in rows:
            for name, reason, grave in rule(row.values):
                column = ledger.by_name.get(name)
                if grave:
                    row.refuse(Trouble.RULE, column, said(row, column), reason)
                else:
                    row.hint(column, said(row, column), reason)


def said(row, column):
    """What stands in the row's cell, in the form's own writing; "" for what is masked anyway."""
    value = row.values.get(column.name) if column is not None and not column.sensitive else None
    return "" if value is None else column.kind.show(value)


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
        columns = {c.field.name: row.columns.get(c.name) for c in ledger.parents_columns}
        said = {c.field.name: row.values[c.name] for c in ledger.parents_columns if c.name in row.values}
        said |= {name: row.values[name] for name in ledger.parent_shares if name in row.values}
        speaker = Row(row.sheet, row.number, said, columns)
        if key := key_of(ledger.parent, speaker):
            row.parent = speaking.setdefault(key, speaker)
            agree(ledger, row, said)
        elif not row.faults:
            row.refuse(Trouble.MISSING, ledger.parents_columns[0], "", "不能为空")
    parents = list(speaking.values())
    compare(ledger.parent, parents, [key_of(ledger.parent, one) for one in parents], ledger.parent.stored)
    for one in parents:
        one.verdict = verdict(one)
    return parents


def agree(ledger, row, said):
    agreed = row.parent.values
    for column in ledger.parents_columns:
        name = column.field.name
        if name in said and agreed.setdefault(name, said[name]) != said[name]:
            reason = f"与第{row.parent.number}行同一{ledger.parent.title}的“{column.kind.show(agreed[name])}”不一致"
            row.refuse(Trouble.RULE, column, column.kind.show(said[name]), reason)
    for name, share in ledger.parent_shares.items():
        if name in said:
            agreed[name] = share(agreed.get(name), said[name])
