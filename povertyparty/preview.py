"""How an upload reads to people: faults sorted by kind, each change before and after, in the words of the ledger.

Values come as the database would hold them; they are shown by the ledger's own columns, and what is sensitive stays masked.
"""

import json
from functools import cached_property
from itertools import groupby

from django.db import connection
from django.urls import reverse

from povertyparty.ledger import REGISTRY
from povertyparty.models import User
from povertyparty.plan import Trouble, Verdict
from povertyparty.rows import cells, shown
from povertyparty.staging import staged_table
from povertyparty.tables import letter

REMEDIES = {
    Trouble.MISSING: "请补填后重新上传",
    Trouble.FORMAT: "请按“原因”改正单元格",
    Trouble.REFERENCE: "请核对名称或编号；还没有登记的，请先导入它所在的台账",
    Trouble.TWIN: "请只留一行，或改正其中一行的编号",
    Trouble.MERGED: "请取消合并，逐行填写",
    Trouble.FORMULA: "请复制后“选择性粘贴”为数值",
    Trouble.MASKED: "请填完整内容；不想改的可以留空",
    Trouble.RULE: "请核对有关的几格",
}
HIDDEN_CHANGE = "（内容不同，按规定不显示）"
MOST_COLUMNS = 8
WHERE = ({"label": "工作表"}, {"label": "行", "numeric": True})


# Faults and hints


def faults(upload, start=0, size=None):
    """Every fault of every row, sorted by kind, then as the file has them."""
    return list(remarks(upload, "faults", start, size))


def remarks(upload, what, start=0, size=None):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT s.sheet, s.number, one FROM {staged_table(upload)} s, jsonb_array_elements(s.{what}) WITH ORDINALITY AS f(one, n)"
            " WHERE s.upload_id = %s ORDER BY array_position(%s, one->>'kind'), s.id, n LIMIT %s OFFSET %s",
            [upload.pk, Trouble.values, size, start],
        )
        for sheet, number, one in cursor.fetchall():
            yield {"sheet": sheet, "row": number, **json.loads(one)}


def fault_groups(upload, start, size):
    """One page of the faults, under their kinds; each kind says how many there are in all."""
    return [
        {
            "kind": Trouble(kind).label,
            "count": upload.told["kinds"][kind],
            "remedy": REMEDIES[kind],
            "tone": "bad",
            "faults": [with_letter(one) for one in found],
        }
        for kind, found in groupby(faults(upload, start, size), key=lambda one: one["kind"])
    ]


def hint_groups(upload, start, size):
    found = [with_letter(one) for one in remarks(upload, "hints", start, size)]
    remedy = "不影响提交；以登记为准的，本格不采用"
    group = {
        "kind": "提示",
        "count": count_of(upload, "hints"),
        "remedy": remedy,
        "tone": "warn",
        "faults": found,
    }
    return [group] if found else []


def count_of(upload, what):
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT coalesce(sum(jsonb_array_length({what})), 0) FROM {staged_table(upload)} WHERE upload_id = %s",
            [upload.pk],
        )
        return cursor.fetchone()[0]


def with_letter(one):
    return {**one, "column": "" if one["at"] is None else letter(one["at"])}


# Rows


class Words:
    """Labels and texts for database values of one ledger, looked up once for all rows of a page."""

    def __init__(self, ledger, values):
        self.ledger = ledger
        self.columns = {column.db_column: column for column in ledger.stored}
        self.lookups = {ledger.model._meta.get_field(one.field).column: one for one in ledger.lookups}
        self.told = {
            name: lookup.tell({one[name] for one in values if one.get(name) is not None})
            for name, lookup in self.lookups.items()
        }

    def label(self, name):
        if name in self.columns:
            column = self.columns[name]
            return column.header if column.kind.numeric else column.label
        return str(self.fields[name].verbose_name) if name in self.fields else name

    def text(self, name, value):
        if value is None:
            return ""
        if name in self.lookups:
            return self.reference(name, value)
        if name in self.columns:
            return shown(self.columns[name], rights=())(self.fields[name].to_python(value))
        return str(value)

    def reference(self, name, value):
        """The cells by which people know what is referred to; the code only where the form has nothing else."""
        parts, cells = self.lookups[name].parts, self.told[name].get(value, ())
        known = [
            cell for part, cell in zip(parts, cells, strict=False) if part in self.ledger.by_name and cell
        ]
        return " ".join(known[:3]) or str(value)

    @cached_property
    def fields(self):
        return {field.column: field for field in self.ledger.model._meta.concrete_fields}

    def change(self, name, before, after):
        """One changed value; two sensitive ones that differ only under their masks say so."""
        was, becomes = self.text(name, before), self.text(name, after)
        if was == becomes:
            becomes = HIDDEN_CHANGE
        return {"label": self.label(name), "before": was, "after": becomes}


def rows_of(upload, verdict, start, size):
    found = upload.rows.filter(ledger=upload.ledger, verdict=verdict).order_by("id").select_related("parent")
    return list(found[start : start + size])


def changed_rows(upload, start, size):
    """What each row would change or has changed, in its own record and in the one above it."""
    rows, ledger = rows_of(upload, Verdict.CHANGED, start, size), upload.declared
    above = [row.parent for row in rows if row.parent and row.parent.verdict == Verdict.CHANGED]
    words = Words(ledger, both(rows))
    words_above = Words(ledger.parent, both(above)) if ledger.parent else None
    named = names(ledger, rows)
    return [
        {
            "sheet": row.sheet,
            "row": row.number,
            "key": named.get(row.record, "（已不在）"),
            "url": record_url(ledger, row.record) if row.record in named else "",
            "changes": [
                *changes(words, row),
                *(changes(words_above, row.parent) if row.parent in above else ()),
            ],
        }
        for row in rows
    ]


def both(rows):
    return [values for row in rows for values in (row.before, row.changes)]


def changes(words, row):
    return [words.change(name, row.before.get(name), after) for name, after in row.changes.items()]


def names(ledger, rows):
    found = ledger.known().in_bulk([row.record for row in rows if row.record])
    return {pk: str(one) for pk, one in found.items()}


def record_url(ledger, pk):
    return reverse("record", args=[ledger.code, pk]) if pk else ""


def row_table(upload, verdict, start, size):
    """New rows by what they say; those that change nothing by the record they mean."""
    rows, ledger = rows_of(upload, verdict, start, size), upload.declared
    table = same_table(ledger, rows) if verdict == Verdict.SAME else new_table(upload, ledger, rows)
    return {"caption": f"{Verdict(verdict).label}的行", **table}


def same_table(ledger, rows):
    heads = [{"label": "记录"}, *WHERE]
    named = names(ledger, rows)
    open_here = set(ledger.model.objects.filter(pk__in=named).values_list("pk", flat=True))
    lines = [
        {
            "url": record_url(ledger, row.record) if row.record in open_here else "",
            "cells": cells(heads, (named.get(row.record, "（已不在）"), row.sheet, row.number)),
        }
        for row in rows
    ]
    return {"heads": heads, "rows": lines}


def new_table(upload, ledger, rows):
    """The row's number, then the first columns that the list page shows too and that the file fills."""
    words = Words(ledger, [row.changes for row in rows])
    filled = {name for row in rows for name in row.changes}
    listed = [c.db_column for c in ledger.stored if c.listed and c.db_column in filled]
    wanted = [*(name for name in words.lookups if name in filled), *listed][:MOST_COLUMNS]
    heads = [
        {"label": "行"},
        *(
            {"label": words.label(n), "numeric": n in words.columns and words.columns[n].kind.numeric}
            for n in wanted
        ),
    ]
    there = names(ledger, rows) if upload.committed_at else {}
    lines = [
        {
            "url": record_url(ledger, row.record) if row.record in there else "",
            "cells": cells(
                heads, (f"{row.sheet} 第{row.number}行", *(words.text(n, row.changes.get(n)) for n in wanted))
            ),
        }
        for row in rows
    ]
    return {"heads": heads, "rows": lines}


def passed_table(upload, start, size):
    heads = [{"label": "内容"}, *WHERE]
    passed = upload.told["passed"][start : start + size]
    lines = [{"url": "", "cells": cells(heads, (why, sheet, number))} for sheet, number, why in passed]
    return {"caption": "没有当作数据的行", "heads": heads, "rows": lines}


# What stands in the way of taking it back


def later_edits(later):
    """Each later change as (record, column, as imported → now, by whom, when); `later` is what the refusal lists."""
    found = []
    for ledger, moved in groupby(later, key=lambda one: one[0]):
        versions = {pk: version for _, pk, version in moved}
        events = events_of(ledger, versions)
        found += [
            edit
            for pk, version in versions.items()
            for edit in edits(ledger, pk, version, events.get(pk, []))
        ]
    people = dict(
        User.objects.filter(pk__in={edit["who"] for edit in found} - {None}).values_list("pk", "name")
    )
    return [{**edit, "who": people.get(edit["who"], "系统")} for edit in found]


def events_of(ledger, versions):
    """{record: its events, oldest first} of the change log."""
    log = ledger.model.events.rel.related_model
    found = {}
    for event in log.objects.filter(pgh_obj_id__in=versions).order_by("pgh_id"):
        found.setdefault(event.pgh_obj_id, []).append(event)
    return found


def edits(ledger, pk, version, events):
    """The columns of one record that differ from what the import left."""
    imported = next((e for e in events if e.version == version), None)
    if not events or imported is None:
        return
    last = events[-1]
    common = {
        "what": str(ledger.model.objects.filter(pk=pk).first() or "（已删除的记录）"),
        "url": record_url(ledger, pk) if last.pgh_label != "delete" else "",
        "who": (last.pgh_context or {}).get("user"),
        "at": last.pgh_created_at,
    }
    if last.pgh_label == "delete":
        yield {**common, "label": "整条记录", "before": "已导入", "after": "已删除"}
        return
    for column in ledger.stored:
        was, now = (column.store(getattr(e, column.attname)) for e in (imported, last))
        if was != now:
            show = shown(column, rights=())
            yield {**common, "label": column.label, "before": show(was), "after": show(now)}


# Beside the rows


def place_text(code):
    """A place as the ledgers name it; "" is everywhere."""
    lookup = next(
        (one for ledger in REGISTRY.values() for one in ledger.lookups if one.field == "place"), None
    )
    cells = lookup.tell({code}).get(code, ()) if lookup and code else ()
    return " ".join(cell for cell in cells if cell and cell != code) or code


def sources_of(upload):
    """Codes of the ledgers whose open uploads could supply the records that this one looked for and did not find."""
    lacking = [code for code in upload.told["lacking"] if code in REGISTRY]
    return {*lacking, *(code for one in lacking for code in REGISTRY[one].needs)}
