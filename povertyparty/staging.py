"""The rows of an upload in the database: copied in at once, checked against its constraints, written and taken back.

Everything here is a few set-based statements, however many rows there are; `uploads` says when they run and holds
them in one transaction.
"""

import json
from itertools import islice

from django.db import connection, models

from povertyparty.plan import Verdict

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
compact = json.JSONEncoder(ensure_ascii=False, default=str, separators=(",", ":")).encode
LONGEST_SHEET = 100
LARGE = 1000  # new rows


def with_parent(ledger):
    return [ledger.parent, ledger] if ledger.parent else [ledger]


def staged_table(upload):
    return upload.rows.model._meta.db_table


# In


def stage(upload, found):
    """COPY the plan's rows and return {id: row}. The upload's own row was written before, so the change log knows who."""
    upload.rows.all().delete()
    staged = [(found.ledger.parent.code, row) for row in found.parents] if found.ledger.parent else []
    staged += [(found.ledger.code, row) for row in found.rows]
    ids = fresh_ids(upload.rows.model, len(staged))
    numbers = {id(row): number for (_, row), number in zip(staged, ids, strict=True)}
    lines = (copy_line(upload, code, row, numbers) for code, row in staged)
    table, columns = staged_table(upload), ", ".join(COPIED)
    with connection.cursor() as cursor:
        # PostgreSQL refuses COPY into a table with row security, so the rows land beside it and pass its check as one INSERT.
        cursor.execute(
            f"CREATE TEMP TABLE landing ON COMMIT DROP AS SELECT {columns} FROM {table} WITH NO DATA"
        )
        cursor.copy_expert(f"COPY landing ({columns}) FROM STDIN", Lines(lines))
        cursor.execute(f"INSERT INTO {table} ({columns}) SELECT {columns} FROM landing ORDER BY id")
        cursor.execute("DROP TABLE landing")
    return dict(zip(ids, (row for _, row in staged), strict=True))


class Lines:
    """Read as a file, so that PostgreSQL takes the first lines in while the next are made."""

    def __init__(self, lines):
        self.lines = lines

    def read(self, size):
        return "".join(islice(self.lines, 100))


def fresh_ids(model, count):
    with connection.cursor() as cursor:
        cursor.execute(
            # The inner select is not joined into the outer one, so the name is looked up once and not for each number.
            "SELECT nextval(s.name) FROM (SELECT pg_get_serial_sequence(%s, 'id')::regclass AS name OFFSET 0) s,"
            " generate_series(1, %s)",
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
        row.sheet[:LONGEST_SHEET].translate(ESCAPES),
        row.number,
        row.verdict,
        "\\N" if row.record is None else row.record,
        "\\N" if row.version is None else row.version,
        "{}" if quiet else copied(row.changes),
        "{}" if quiet else copied(row.before),
        copied(row.faults) if row.faults else "[]",
        copied(row.hints) if row.hints else "[]",
        numbers[id(row.parent)] if row.parent else "\\N",
    )
    return "\t".join(map(str, cells)) + "\n"


def copied(value):
    """JSON as COPY takes it: of what COPY would misread, JSON itself leaves only the backslash."""
    return compact(value).replace("\\", "\\\\")


# The same file again


def stands(upload):
    """Whether every record that a committed upload speaks of is still as it left it."""
    table, staged = upload.declared.model._meta.db_table, staged_table(upload)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT count(*) FROM {staged} s LEFT JOIN {table} t ON t.id = s.record WHERE s.upload_id = %s"
            " AND t.version IS DISTINCT FROM CASE s.changes WHEN '{}' THEN s.version ELSE coalesce(s.version, 0) + 1 END",
            [upload.pk],
        )
        return cursor.fetchone()[0] == 0


def stage_again(upload, earlier):
    """The rows of an earlier upload once more, of which nothing is to be written any more."""
    table, staged = earlier.declared.model._meta.db_table, staged_table(upload)
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {staged} (place_code, upload_id, ledger, sheet, number, verdict, record, version, changes, before, faults, hints)"
            " SELECT s.place_code, %s, s.ledger, s.sheet, s.number, 'same', s.record, t.version, '{}', '{}', '[]', s.hints"
            f" FROM {staged} s JOIN {table} t ON t.id = s.record WHERE s.upload_id = %s ORDER BY s.id",
            [upload.pk, earlier.pk],
        )


# What the database would refuse


def breaches(upload, ledger):
    """(staged id, constraint) of each new or changed row that a constraint of the model would refuse at the commit.

    PostgreSQL's own text of the constraint is asked about the rows as they would be, so the rule is said only once.
    """
    with connection.cursor() as cursor:
        rows, bound = rows_to_be(cursor, upload, ledger)
        touched = changed_columns(cursor, upload, ledger)
        is_new = upload.rows.filter(ledger=ledger.code, verdict=Verdict.NEW).exists()
        for constraint in ledger.model._meta.constraints:
            if not is_key(ledger, constraint) and (is_new or may_break(cursor, constraint, touched)):
                cursor.execute(
                    f"WITH said AS ({rows}) {breach_of(cursor, upload, ledger, constraint)}", bound
                )
                yield from ((number, constraint) for (number,) in cursor.fetchall())


def may_break(cursor, constraint, columns):
    """Whether changes of these columns can break it: a check that speaks of others holds as it did."""
    if not isinstance(constraint, models.CheckConstraint):
        return True
    cursor.execute(
        "SELECT bool_or(a.attname = ANY(%s) OR a.attgenerated <> '') FROM pg_constraint c"
        " JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = ANY(c.conkey) WHERE c.conname = %s",
        [columns, constraint.name],
    )
    return cursor.fetchone()[0]


def is_key(ledger, constraint):
    """Rows are matched with records by the first key, so in this scope they cannot collide in it."""
    return isinstance(constraint, models.UniqueConstraint) and set(constraint.fields) == set(ledger.keys[0])


def rows_to_be(cursor, upload, ledger):
    """(SELECT, parameters): every new or changed row with all its columns, as the commit would leave it."""
    table, staged = ledger.model._meta.db_table, staged_table(upload)
    columns = [quote(f.column) for f in ledger.model._meta.concrete_fields if not f.generated]
    computed = [f"{text} AS {quote(name)}" for name, text in generated(cursor, table)]
    return (
        f'SELECT "__staged", "__record", {", ".join([*columns, *computed])} FROM ('
        f' SELECT s.id AS "__staged", s.record AS "__record", r.* FROM {staged} s LEFT JOIN {table} o ON o.id = s.record'
        f" LEFT JOIN {staged} p ON p.id = s.parent_id CROSS JOIN LATERAL jsonb_populate_record(o,"
        f" CASE s.verdict WHEN 'new' THEN %s::jsonb || s.changes{linked(ledger)} ELSE s.changes END) r"
        " WHERE s.upload_id = %s AND s.ledger = %s AND s.verdict IN ('new', 'changed')) r",
        [compact(defaults(ledger)), upload.pk, ledger.code],
    )


def generated(cursor, table):
    cursor.execute(
        "SELECT a.attname, pg_get_expr(d.adbin, d.adrelid) FROM pg_attribute a JOIN pg_attrdef d"
        " ON d.adrelid = a.attrelid AND d.adnum = a.attnum WHERE a.attrelid = %s::regclass AND a.attgenerated <> ''",
        [table],
    )
    return cursor.fetchall()


def breach_of(cursor, upload, ledger, constraint):
    """A query for the rows of `said` that break the constraint."""
    if isinstance(constraint, models.CheckConstraint):
        return f'SELECT "__staged" FROM said WHERE NOT ({text_of(cursor, constraint)})'
    narrow = text_of(cursor, constraint) if constraint.condition else "true"
    columns = [quote(ledger.model._meta.get_field(name).column) for name in constraint.fields]
    return (
        f'SELECT q."__staged" FROM (SELECT * FROM said WHERE {narrow}) q'
        f" JOIN (SELECT * FROM {ledger.model._meta.db_table} WHERE {narrow}) t"
        f' ON {" AND ".join(f"t.{c} = q.{c}" for c in columns)} AND t.id IS DISTINCT FROM q."__record"'
        # A record that this upload changes too frees its place; whether two rows want the same one is asked below.
        f' WHERE NOT EXISTS (SELECT FROM said c WHERE c."__record" = t.id)'
        f' UNION SELECT "__staged" FROM (SELECT "__staged", count(*) OVER (PARTITION BY {", ".join(columns)}) AS wanted'
        f" FROM said WHERE {narrow} AND {' AND '.join(f'{c} IS NOT NULL' for c in columns)}) twins WHERE wanted > 1"
    )


def text_of(cursor, constraint):
    """How PostgreSQL words a check constraint, or the condition of a unique index."""
    cursor.execute(
        "SELECT pg_get_expr(conbin, conrelid) FROM pg_constraint WHERE conname = %(name)s AND contype = 'c'"
        " UNION ALL SELECT pg_get_expr(indpred, indrelid) FROM pg_index WHERE indexrelid = to_regclass(%(name)s) AND indpred IS NOT NULL",
        {"name": constraint.name},
    )
    (text,) = cursor.fetchone()
    return text.replace("%", "%%")


# Out, and back


def apply(upload, ledger):
    """Update the changed, insert the new; False if something moved since the preview, and then nothing is written."""
    table, staged = ledger.model._meta.db_table, staged_table(upload)
    bound = [upload.pk, ledger.code]
    with connection.cursor() as cursor:
        hold(cursor, upload, ledger, "changed")
        cursor.execute(
            f"SELECT count(*) FROM {staged} s LEFT JOIN {table} t ON t.id = s.record WHERE s.upload_id = %s AND s.ledger = %s"
            " AND s.verdict IN ('same', 'changed') AND t.version IS DISTINCT FROM s.version",
            bound,
        )
        if cursor.fetchone()[0]:
            return False
        if changed := changed_columns(cursor, upload, ledger):
            update_changed(cursor, ledger, staged, changed, "changes", bound)
        insert_new(cursor, upload, ledger)
        refresh_statistics(cursor, upload, ledger)
    return True


def refresh_statistics(cursor, upload, ledger):
    """A county's first import makes an empty table large at once; until the planner knows, pages that join it crawl.

    Before PostgreSQL 17 only owners may; autovacuum then does it within minutes.
    """
    if upload.tally.get(Verdict.NEW, 0) >= LARGE and connection.pg_version >= 170000:
        cursor.execute(f"ANALYZE {ledger.model._meta.db_table}")


def hold(cursor, upload, ledger, *verdicts):
    """Keep the records from everybody else until the end; in one order, so that two who do so cannot block each other."""
    cursor.execute(
        f"SELECT count(*) FROM (SELECT FROM {ledger.model._meta.db_table} t JOIN {staged_table(upload)} s ON s.record = t.id"
        " WHERE s.upload_id = %s AND s.ledger = %s AND s.verdict = ANY(%s) ORDER BY t.id FOR UPDATE OF t) held",
        [upload.pk, ledger.code, list(verdicts)],
    )


def changed_columns(cursor, upload, ledger):
    cursor.execute(
        f"SELECT DISTINCT jsonb_object_keys(changes) FROM {staged_table(upload)} WHERE upload_id = %s AND ledger = %s"
        " AND verdict = 'changed'",
        [upload.pk, ledger.code],
    )
    names = {name for (name,) in cursor.fetchall()}
    return sorted(f.column for f in ledger.model._meta.concrete_fields if f.column in names)


def update_changed(cursor, ledger, staged, columns, what, bound, origin="s.id"):
    table = ledger.model._meta.db_table
    # PostgreSQL 18 reads the expressions of generated columns anew for each row of which it has to compute none, so one
    # that is cheap is always computed: a third of the time of the whole statement.
    columns = sorted({*columns, ledger.model._meta.get_field(ledger.model.scope_field).column})
    quoted = ", ".join(map(quote, columns))
    said = ", ".join(f"r.{quote(c)}" for c in columns)
    cursor.execute(
        f"UPDATE {table} t SET ({quoted}) = (SELECT {said} FROM jsonb_populate_record(t, s.{what}) r),"
        f" version = t.version + 1, origin_id = {origin} FROM {staged} s"
        # A row may be told as changed for its parent's sake alone.
        " WHERE t.id = s.record AND s.upload_id = %s AND s.ledger = %s AND s.verdict = 'changed' AND s.changes <> '{}'",
        bound,
    )


def insert_new(cursor, upload, ledger):
    table, staged = ledger.model._meta.db_table, staged_table(upload)
    fields = [f for f in written_fields(ledger) if f.name not in {"origin", "version"}]
    columns = ", ".join(quote(f.column) for f in fields)
    cursor.execute(
        f"INSERT INTO {table} ({columns}, version, origin_id)"
        f" SELECT {', '.join('r.' + quote(f.column) for f in fields)}, 1, s.id"
        f" FROM {staged} s LEFT JOIN {staged} p ON p.id = s.parent_id"
        f" CROSS JOIN LATERAL jsonb_populate_record(NULL::{table}, %s::jsonb || s.changes{linked(ledger)}) r"
        " WHERE s.upload_id = %s AND s.ledger = %s AND s.verdict = 'new' ORDER BY s.id",
        [compact(defaults(ledger)), upload.pk, ledger.code],
    )
    cursor.execute(
        f"UPDATE {staged} s SET record = t.id FROM {table} t WHERE t.origin_id = s.id AND s.upload_id = %s AND s.ledger = %s"
        " AND s.verdict = 'new'",
        [upload.pk, ledger.code],
    )


def written_fields(ledger):
    return [f for f in ledger.model._meta.concrete_fields if not f.primary_key and not f.generated]


def linked(ledger):
    """The foreign key to the record above, which has its number by the time the rows below are written."""
    return f" || jsonb_build_object('{ledger.link}_id', p.record)" if ledger.link else ""


def defaults(ledger):
    """What the database gets for a field that no cell names."""
    return {
        f.column: f.get_db_prep_save(f.get_default(), connection)
        for f in written_fields(ledger)
        if f.get_default() is not None
    }


def moved_since(upload, ledger):
    """{record: the version this upload left it at} of those that somebody changed or deleted since."""
    rows = upload.rows.filter(ledger=ledger.code, verdict__in=[Verdict.NEW, Verdict.CHANGED]).exclude(
        changes={}
    )
    written = {record: (version or 0) + 1 for record, version in rows.values_list("record", "version")}
    held = dict(ledger.model.objects.filter(pk__in=written).values_list("pk", "version"))
    return {pk: version for pk, version in written.items() if held.get(pk) != version}


def hold_written(upload, ledger):
    with connection.cursor() as cursor:
        hold(cursor, upload, ledger, "new", "changed")


def take_back(upload, ledger):
    table, staged = ledger.model._meta.db_table, staged_table(upload)
    bound = [upload.pk, ledger.code]
    with connection.cursor() as cursor:
        if changed := changed_columns(cursor, upload, ledger):
            origin = "(s.before->>'origin_id')::bigint"
            update_changed(cursor, ledger, staged, changed, "before", bound, origin=origin)
        cursor.execute(
            f"DELETE FROM {table} t USING {staged} s WHERE t.id = s.record AND s.upload_id = %s AND s.ledger = %s"
            " AND s.verdict = 'new'",
            bound,
        )


def quote(name):
    return connection.ops.quote_name(name)
