"""Finding by what people remember: part of a name, its pinyin or initials, a code, the last digits of an identity number.

A ledger says what is searched by the kinds of its columns: names, identifiers and sealed identity numbers. On each
ledger's table stands an index over `spelled(…)` of those columns (spelling.py), which PostgreSQL keeps true by whatever
way rows are written: forms, COPY, upserts, undo. There is no table of entries beside it that could fall behind.

`sought(…)` asks all the indexes at once. Under row-level security PostgreSQL uses no index whose operator might tell of
rows one may not see, and text search is such an operator; so the function runs as the owner, narrows by the very range
that row security would, and gives numbers of records only. The records are then read under row security like all others.
"""

import hashlib
from dataclasses import dataclass

from django.db import connection, transaction
from django.db.models import Q
from django.db.models.expressions import RawSQL

from povertyparty import sealed, spelling
from povertyparty.database.roles import phrase, roles_of
from povertyparty.kinds import Identifier, IdNumber, Name
from povertyparty.ledger import REGISTRY

FEW = 1000
PENDING = 32 * 1024  # kilobytes
SIGNATURE = "sought(asked tsquery, wanted text[], most bigint)"


# What is searched


@dataclass(frozen=True)
class Searched:
    """The columns of a ledger by which its records are found."""

    names: list
    codes: list
    seals: list

    def __bool__(self):
        return bool(self.names or self.codes or self.seals)

    @property
    def expression(self):
        """As the index and the question both say it: PostgreSQL uses an index only for the very same words."""
        lists = (
            f"ARRAY[{', '.join(f'{column.db_column}::text' for column in columns)}]::text[]"
            for columns in (self.names, self.codes, self.seals)
        )
        return f"spelled({', '.join(lists)})"


def searched(ledger):
    own = [c for c in ledger.stored if not c.is_part]
    clear = [c for c in own if not (c.sealed or c.sensitive)]
    return Searched(
        names=[c for c in clear if isinstance(c.kind, Name)],
        codes=[c for c in clear if isinstance(c.kind, Identifier)],
        seals=[c for c in own if c.sealed and isinstance(c.kind, IdNumber)],
    )


def index_name(ledger):
    return f"{ledger.model._meta.db_table}_spelled"


# In the database


def bring(connection):
    """Bring functions and indexes to what the ledgers declare. Nothing is touched that is already so."""
    with connection.as_owner(), transaction.atomic(using=connection.alias), connection.cursor() as cursor:
        spelled, indexes = spelling.function(), declared()
        mark = hashlib.sha256(spelled.encode()).hexdigest()[:16]
        if described(cursor, "spelled") != mark:
            for name in standing(cursor):  # built on other spellings, they would find nothing
                cursor.execute(phrase("DROP INDEX {}", name))
            cursor.execute(spelled.replace("%", "%%"))
            cursor.execute("COMMENT ON FUNCTION spelled IS %s", [mark])
        present = standing(cursor)
        for name in present.keys() - indexes.keys():
            cursor.execute(phrase("DROP INDEX {}", name))
        for name, (table, expression) in indexes.items():
            if present.get(name) != expression:
                build(cursor, name, table, expression)
        if described(cursor, "sought") != (mark := hashlib.sha256(question().encode()).hexdigest()[:16]):
            cursor.execute("DROP FUNCTION IF EXISTS sought")
            cursor.execute(question())
            cursor.execute("COMMENT ON FUNCTION sought IS %s", [mark])
        grant(cursor, roles_of(connection))


def declared():
    """{index: (table, expression)} of every ledger in which something is searched."""
    found = {}
    for ledger in REGISTRY.values():
        if what := searched(ledger):
            found[index_name(ledger)] = (ledger.model._meta.db_table, what.expression)
    return found


def described(cursor, function):
    cursor.execute(
        "SELECT obj_description(oid, 'pg_proc') FROM pg_proc WHERE proname = %s AND pronamespace = current_schema()::regnamespace",
        [function],
    )
    found = cursor.fetchone()
    return found and found[0]


def standing(cursor):
    """{index: the expression it was built for}. PostgreSQL gives an expression back in its own words; the comment keeps ours."""
    cursor.execute(
        "SELECT c.relname, coalesce(obj_description(c.oid, 'pg_class'), '') FROM pg_class c WHERE c.relkind = 'i'"
        " AND c.relnamespace = current_schema()::regnamespace AND c.relname LIKE '%\\_spelled'"
    )
    return dict(cursor.fetchall())


def build(cursor, name, table, expression):
    cursor.execute(phrase("DROP INDEX IF EXISTS {}", name))
    # What an import adds is sorted in by the vacuum that follows it within a minute, not while somebody waits for it.
    cursor.execute(
        phrase("CREATE INDEX {} ON {} USING gin", name, table)
        + f" (({expression})) WITH (gin_pending_list_limit = {PENDING})"
    )
    # Statistics of spelled names cost each ANALYZE half a second and would make no plan better.
    cursor.execute(phrase("ALTER INDEX {} ALTER COLUMN 1 SET STATISTICS 0", name))
    cursor.execute(phrase("COMMENT ON INDEX {} IS %s", name), [expression])


def question():
    """One arm for each ledger; the order of the arms is the order of the results.

    Planned anew each time (0.15 ms an arm): only with the range known is a village's few rows read by their place and a
    county's by their spelling. A plan for any range read eight thousand rows of a small county for each question.
    """
    arms = "".join(arm(ledger) for ledger in REGISTRY.values() if searched(ledger))
    return f"""
CREATE FUNCTION {SIGNATURE} RETURNS TABLE (ledger text, record bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT SET plan_cache_mode = force_custom_plan AS $sought$
#variable_conflict use_column
DECLARE
  lo text COLLATE "C" := coalesce(current_setting('app.lo', true), '~');  -- unset, it lets nothing through
  hi text COLLATE "C" := coalesce(current_setting('app.hi', true), '');
BEGIN{arms}
END $sought$"""


def arm(ledger):
    model = ledger.model
    return f"""
  IF '{ledger.code}' = ANY(wanted) THEN
    RETURN QUERY SELECT '{ledger.code}', t.id FROM {model._meta.db_table} t
      WHERE {searched(ledger).expression} @@ asked AND {in_scope(model)} LIMIT most;
  END IF;"""


def in_scope(model):
    column = model._meta.get_field(model.scope_field).column
    own = f"t.{column} >= lo AND t.{column} < hi"
    if not model.scope_through:
        return own
    link = model._meta.get_field(model.scope_through).field
    theirs = link.model._meta.get_field(link.model.scope_field).column
    return (
        f"({own} OR EXISTS (SELECT FROM {link.model._meta.db_table} o WHERE o.{link.column} = t.id"
        f" AND o.{theirs} >= lo AND o.{theirs} < hi))"
    )


def grant(cursor, roles):
    cursor.execute("REVOKE ALL ON FUNCTION sought FROM PUBLIC")
    for role in sorted(roles.scopes):
        cursor.execute(phrase("GRANT EXECUTE ON FUNCTION sought TO {}", role))


# Asking


def asked(text, *, sensitive=False):
    """The tsquery for what somebody typed; "" where it says too little to look for."""
    return " & ".join(
        spelling.query(word, sealed.ends(word) if sensitive else ()) for word in spelling.words(text)
    )


def matching(ledger, text, *, sensitive=False):
    """The condition by which a list shows the records that are found by the text.

    A few are named one by one: told of a subquery only, the planner would walk the list's order and test row after row.
    """
    keys = found(text, [ledger], FEW + 1, sensitive=sensitive).get(ledger.code, [])
    if len(keys) <= FEW:
        return Q(pk__in=keys)
    all_of_them = RawSQL(
        "SELECT record FROM sought(%s::tsquery, %s, NULL)",
        [asked(text, sensitive=sensitive), [ledger.code]],
    )
    return Q(pk__in=all_of_them)


def found(text, ledgers, most, *, sensitive=False):
    """{code of a ledger: keys of at most `most` of its records}, in the order of the registry."""
    if not (question := asked(text, sensitive=sensitive)):
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT * FROM sought(%s::tsquery, %s, %s)", [question, [one.code for one in ledgers], most]
        )
        keys = {}
        for code, record in cursor.fetchall():
            keys.setdefault(code, []).append(record)
    return keys
