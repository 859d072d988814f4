"""Rows of a ledger as people read them: one query for the rows, one for each lookup, then text by column.

Lists, record pages, exports and the change log all show values through here, so a value looks the same everywhere
and is masked everywhere.
"""

from functools import cached_property
from operator import itemgetter

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.utils.html import escape

MEMO = 4096


class Reader:
    """Reads the given columns of a queryset. `sensitive`: whether what is masked by default may be shown."""

    def __init__(self, ledger, columns, *, sensitive=False):
        self.ledger, self.columns, self.sensitive = ledger, columns, sensitive
        self.parts = [
            lookup
            for lookup in ledger.lookups
            if any(c is not None and c.name in lookup.parts for c in columns)
        ]
        fields = [ledger.model._meta.get_field(lookup.field).attname for lookup in self.parts]
        self.paths = list(
            dict.fromkeys(["pk", *fields, *(c.path for c in columns if c is not None and c.path)])
        )

    def raw(self, rows):
        """Tuples of `paths` as the database holds them: sealed text stays sealed until a cell shows it."""
        try:
            sql, params = rows.values_list(*self.paths).query.sql_with_params()
        except EmptyResultSet:  # nothing can match, says Django before asking
            return []
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def told(self, raw):
        """{lookup field: {value: its cells}} for all raw rows at once."""
        answers = {}
        for lookup in self.parts:
            at = self.paths.index(self.ledger.model._meta.get_field(lookup.field).attname)
            answers[lookup.field] = lookup.tell({row[at] for row in raw if row[at] is not None})
        return answers

    def texts(self, rows):
        """(pk, [text of each column]) for each row."""
        raw = self.raw(rows)
        values = self.values(raw)
        shows = [self.shower(column) for column in self.columns]
        return [
            (row[0], [show(value) for show, value in zip(shows, line, strict=True)])
            for row, line in zip(raw, values, strict=True)
        ]

    def values(self, raw):
        """For each raw row the database value of each column, lookups already told."""
        told = self.told(raw)
        takes = [self.taker(column, told) for column in self.columns]
        return [[take(row) for take in takes] for row in raw]

    def taker(self, column, told):
        if column is None or column.never:
            return lambda row: None
        if column.is_part:
            lookup = self.ledger.lookup_of(column.name)
            at = self.paths.index(self.ledger.model._meta.get_field(lookup.field).attname)
            part, names = lookup.parts.index(column.name), told[lookup.field]
            return lambda row: names.get(row[at], ("",) * len(lookup.parts))[part]
        if not column.path:
            return lambda row: None
        at = self.paths.index("pk" if column.path == "id" else column.path)
        if column.derive:
            return lambda row: column.derive(row[at])
        return itemgetter(at)

    def shower(self, column):
        """value → text; each distinct value is put into words once."""
        if column is None:
            return lambda value: ""
        show, memo = shown(column, self.sensitive), {}

        def remembered(value):
            key = tuple(value) if isinstance(value, list) else value
            try:
                return memo[key]
            except KeyError:
                if len(memo) > MEMO:
                    memo.clear()
                text = memo[key] = show(value)
                return text

        return remembered

    def cells(self, rows, chunk=2000):
        """Rows as Excel cells, streamed: numbers and dates stay numbers and dates."""
        converts = [excel_cell(column, self.sensitive) for column in self.columns]
        count = 0
        for raw in self.chunks(rows, chunk):
            for line in self.values(raw):
                count += 1
                yield [
                    count if convert is None else convert(value)
                    for convert, value in zip(converts, line, strict=True)
                ]

    def chunks(self, rows, size):
        """Raw rows in lots, by a server-side cursor: constant memory for any number of rows."""
        try:
            sql, params = rows.values_list(*self.paths).query.sql_with_params()
        except EmptyResultSet:
            return
        with connection.chunked_cursor() as cursor:
            cursor.itersize = size
            cursor.execute(sql, params)
            while lot := cursor.fetchmany(size):
                yield lot


def shown(column, sensitive):
    """database value → text for a page; "" where there is nothing."""

    def show(value):
        if value is None or value in ("", []):
            return ""
        if column.sensitive and not sensitive:
            return column.masked(value)
        return column.kind.show(column.restore(value))

    return show


def excel_cell(column, sensitive):
    """database value → cell; None for the running number, which counts by itself."""
    if column is None:
        return lambda value: None
    if column.name == "-serial":
        return None

    def cell(value):
        if value is None or value in ("", []):
            return None
        if column.sensitive and not sensitive:
            return column.masked(value)
        return column.kind.cell(column.restore(value))

    return cell


class Body:
    """The <tr>s of a list page, joined from strings: a template loop costs ten times as much (speed.md §1c)."""

    def __init__(self, reader, key, href, selectable=False):
        self.reader, self.key, self.href, self.selectable = reader, key, href, selectable

    @cached_property
    def classes(self):
        return [class_of(column) for column in self.reader.columns]

    def html(self, raw):
        values = self.reader.values(raw)
        cells = [
            self.cell(column, kind) for column, kind in zip(self.reader.columns, self.classes, strict=True)
        ]
        lines = []
        for row, line in zip(raw, values, strict=True):
            href = self.href.replace("/0/", f"/{row[0]}/")
            inside = "".join([cell(value) for cell, value in zip(cells, line, strict=True)])
            lines.append(f'<tr data-href="{href}">{self.pick(row[0])}{inside}</tr>'.replace("\0", href))
        return "".join(lines)

    def pick(self, pk):
        if not self.selectable:
            return ""
        return f'<td class="pick"><input type="checkbox" class="form-check-input" name="chosen" value="{pk}" aria-label="选择"></td>'

    def cell(self, column, kind):
        show = self.reader.shower(column)
        memo = {}
        if column is self.key:
            return lambda value: (
                f'<th scope="row" class="key"><a href="\0">{escape(show(value)) or "—"}</a></th>'
            )
        attribute = f' class="{kind}"' if kind else ""

        def html(value):
            key = tuple(value) if isinstance(value, list) else value
            if key not in memo:
                if len(memo) > MEMO:
                    memo.clear()
                memo[key] = f"<td{attribute}>{escape(show(value))}</td>"
            return memo[key]

        return html


def class_of(column):
    if column.kind.numeric:
        return "num"
    return (
        "code"
        if column.kind.excel == "text" and column.kind.width >= 14 and column.kind.blank_marks != {""}
        else ""
    )
