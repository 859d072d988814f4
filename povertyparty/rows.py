"""Rows of a ledger as people read them: one query for the rows, one for each lookup, then text by column.

Lists, record pages, exports and the change log all show values through here, so a value looks the same everywhere
and is masked everywhere.
"""

from html import escape

from django.core.exceptions import EmptyResultSet
from django.db import connection

from povertyparty.kinds import Kind
from povertyparty.sealed import mask, unseal_text

MEMO = 4096
EMPTY = ("", [], ())


class Memo(dict):
    """What `make` makes of the values of one column, each distinct value once."""

    def __init__(self, make):
        super().__init__()
        self.make = make

    def of(self, values):
        if list in set(map(type, values)):  # as PostgreSQL's arrays come; a key must not change
            values = [tuple(value) if value.__class__ is list else value for value in values]
        return [self[value] for value in values]

    def __missing__(self, value):
        if len(self) >= MEMO:
            self.clear()
        made = self[value] = self.make(value)
        return made


class Reader:
    """Reads the given columns of a queryset, column by column: what goes for a column is asked once, not for each row.

    `on`: a day; columns that can tell it show what they were then.
    `rights`: those of the columns whose sensitive values may be shown; what is sensitive beyond them is masked.
    """

    def __init__(self, ledger, columns, *, rights=(), on=None):
        self.ledger, self.columns, self.rights, self.on = ledger, columns, rights, on
        self.parts = [
            lookup
            for lookup in ledger.lookups
            if any(c is not None and c.name in lookup.parts for c in columns)
        ]
        fields = [ledger.model._meta.get_field(lookup.field).attname for lookup in self.parts]
        self.paths = list(
            dict.fromkeys(["pk", *fields, *(c.path_on(on) for c in columns if c is not None and c.reads)])
        )

    def also(self, path):
        """At which place of each raw row this path is read, beside those of the columns."""
        if path not in self.paths:
            self.paths.append(path)
        return self.paths.index(path)

    def raw(self, rows):
        """Tuples of `paths` as the database holds them: sealed text stays sealed until a cell shows it."""
        try:
            sql, params = self.query(rows)
        except EmptyResultSet:  # nothing can match, says Django before asking
            return []
        with connection.cursor() as cursor:
            cursor.execute(sql, params)
            return cursor.fetchall()

    def query(self, rows):
        return (
            self.ledger.counting(rows, self.columns, self.on).values_list(*self.paths).query.sql_with_params()
        )

    def texts(self, rows):
        """(pk, [text of each column]) for each row."""
        raw = self.raw(rows)
        shows = [Memo(shown(column, self.rights)) for column in self.columns]
        told = [show.of(values) for show, values in zip(shows, self.by_column(raw), strict=True)]
        return [(row[0], [*line]) for row, line in zip(raw, zip(*told, strict=True), strict=True)]

    def values(self, raw):
        """For each raw row the database value of each column, lookups already told."""
        return [*zip(*self.by_column(raw), strict=True)]

    def by_column(self, raw):
        """The values of each column, lookups already told."""
        held = (
            dict(zip(self.paths, zip(*raw, strict=True), strict=True))
            if raw
            else dict.fromkeys(self.paths, ())
        )
        told = {lookup.field: self.told(lookup, held) for lookup in self.parts}
        return [self.taken(column, held, told) for column in self.columns]

    def told(self, lookup, held):
        """{value of the foreign key: its cells}."""
        return lookup.tell({value for value in held[self.attname(lookup)] if value is not None})

    def attname(self, lookup):
        return self.ledger.model._meta.get_field(lookup.field).attname

    def taken(self, column, held, told):
        if column is None or column.never or not (column.is_part or column.reads):
            return (None,) * len(held["pk"])
        if column.is_part:
            lookup = self.ledger.lookup_of(column.name)
            part = lookup.parts.index(column.name)
            names = {value: cells[part] for value, cells in told[lookup.field].items()}
            return [names.get(value, "") for value in held[self.attname(lookup)]]
        values = held["pk" if column.reads == "id" else column.path_on(self.on)]
        return [*map(column.derive, values)] if column.derive else values

    def cells(self, rows, chunk=2000):
        """Rows as Excel cells, streamed: numbers and dates stay numbers and dates."""
        converts = [excel_cells(column, self.rights) for column in self.columns]
        count = 0
        for raw in self.chunks(rows, chunk):
            numbers = range(count + 1, count + len(raw) + 1)
            columns = (
                numbers if convert is None else convert(values)
                for convert, values in zip(converts, self.by_column(raw), strict=True)
            )
            yield from zip(*columns, strict=True)
            count += len(raw)

    def chunks(self, rows, size):
        """Raw rows in lots, by a server-side cursor: constant memory for any number of rows."""
        try:
            sql, params = self.query(rows)
        except EmptyResultSet:
            return
        with connection.chunked_cursor() as cursor:
            cursor.itersize = size
            cursor.execute(sql, params)
            while lot := cursor.fetchmany(size):
                yield lot


def shown(column, rights=()):
    """database value → text for a page; "" where there is nothing."""

    def show(value):
        if value is None or value in EMPTY:
            return ""
        if is_masked(column, rights):
            return column.masked(value)
        return column.kind.show(column.restore(value))

    return show


def is_masked(column, rights):
    return column.sensitive and column.right not in rights


def excel_cells(column, rights):
    """values of a column → its cells; None for the running number, which counts by itself."""
    if column is None:
        return lambda values: [None] * len(values)
    if column.name == "-serial":
        return None
    masked = is_masked(column, rights)
    if not masked and not column.sealed and is_as_it_stands(column.kind):
        return (lambda values: values) if column.kind.numeric else without_empty
    if masked and column.sealed:  # hardly two are equal: not worth remembering
        return lambda values: [mask(unseal_text(value), column.kind.mask) or None for value in values]

    def cell(value):
        if value is None or value in EMPTY:
            return None
        return column.masked(value) if masked else column.kind.cell(column.restore(value))

    return Memo(cell).of


def without_empty(texts):
    return [text or None for text in texts] if "" in texts else texts


def is_as_it_stands(kind):
    """Whether a cell holds the very value that the database does: numbers, and texts that are shown as they are."""
    return kind.numeric or (type(kind).cell is Kind.cell and type(kind).show is Kind.show)


def cells(heads, values):
    """One row of a small table, each value with what the head above it says: on a phone it stands beside the value."""
    return [{"value": value, **head} for value, head in zip(values, heads, strict=True)]


class Body:
    """The <tr>s of a list page, joined from strings: a template loop costs ten times as much (speed.md §1c).

    On a phone each row is a card: its name, its `states` as badges, what is `brief` with its label, and nothing else.
    """

    def __init__(self, reader, key, href, selectable=False, *, states=(), brief=()):
        self.reader, self.key, self.href, self.selectable = reader, key, href, selectable
        self.states, self.brief = states, brief
        self.version = reader.also("version") if selectable else None

    def html(self, raw):
        cells = [Memo(self.cell(column)) for column in self.reader.columns]
        told = [cell.of(values) for cell, values in zip(cells, self.reader.by_column(raw), strict=True)]
        lines = zip(raw, zip(*told, strict=True), strict=True)
        return "".join([self.line(row, "".join(line)) for row, line in lines])

    def line(self, row, inside):
        href = self.href.replace("/0/", f"/{row[0]}/")
        return f'<tr data-href="{href}">{self.pick(row)}{inside}</tr>'.replace("\0", href)

    def pick(self, row):
        """The box says which record and which version of it one has before one."""
        if not self.selectable:
            return ""
        value = f"{row[0]}.{row[self.version]}"
        return f'<td class="pick"><input type="checkbox" class="form-check-input" name="chosen" value="{value}" aria-label="选择"></td>'

    def cell(self, column):
        """value → its cell; where the row's address goes, "\0" stands."""
        show = shown(column, self.reader.rights)
        if column is self.key:
            return lambda value: (
                f'<th scope="row" class="key"><a href="\0">{escape(show(value)) or "—"}</a></th>'
            )
        attributes = self.attributes(column)
        if mark := getattr(column.kind, "marked", ""):
            return lambda value: (
                f'<td{attributes}><span class="{mark} {mark}-{value}">{escape(show(value))}</span></td>'
            )
        return lambda value: f"<td{attributes}>{escape(show(value))}</td>"

    def attributes(self, column):
        kind = "state" if column in self.states else class_of(column)
        label = column.header if column.kind.numeric else column.label
        named = f' class="{kind}"' if kind else ""
        return f'{named} data-label="{escape(label)}"' if column in self.brief else named


def class_of(column):
    if column.kind.numeric:
        return "num"
    return (
        "code"
        if column.kind.excel == "text" and column.kind.width >= 14 and column.kind.blank_marks != {""}
        else ""
    )
