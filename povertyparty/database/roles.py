"""Who may touch which table: roles, rights and row policies, brought to what the models declare.

A model with `scope_column` is placed: the app's login has no right on its table at all, so forgetting the scope is
refused loudly. It reaches rows only after taking, for one transaction, the role of a range of places or of
everywhere. A model with `append_only` can be added to and read, not changed. `secure` compares with the catalogue
first and says nothing to tables that are already as declared.
"""

import logging
import time
from dataclasses import dataclass

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.db import Error, transaction
from django.db.migrations.recorder import MigrationRecorder
from psycopg2 import errors

from povertyparty.database.faults import DatabaseFault

log = logging.getLogger("povertyparty.database")

READ = frozenset({"SELECT"})
APPEND = READ | {"INSERT"}
WORK = APPEND | {"UPDATE", "DELETE"}
ANALYZE = {
    "MAINTAIN"
}  # of PostgreSQL 17 and later: an import refreshes the planner's statistics of what it filled
# IS NOT TRUE instead of plain >= and <: the planner guesses 1/200 for a range whose ends it cannot know, and then joins a
# county row by row (6.4 s for a page); for a negated truth test it guesses 4/9. The index is chosen by the queryset's own
# constants. An unset or empty setting must let nothing through, hence the coalesce.
RANGE = (
    "({0} < coalesce((SELECT current_setting('app.lo', true)), '~') COLLATE \"C\") IS NOT TRUE"
    " AND ({0} >= coalesce((SELECT current_setting('app.hi', true)), '') COLLATE \"C\") IS NOT TRUE"
)
# Roles belong to the whole cluster and no lock of ours spans its databases: two may make the same one at once.
RACED = (errors.UniqueViolation, errors.DuplicateObject, errors.InternalError_)
ATTEMPTS = 8


@dataclass(frozen=True)
class Roles:
    """The owner's name begins the others, so that several installations can share a cluster."""

    owner: str
    app: str

    @property
    def range(self):
        return f"{self.owner}_range"

    @property
    def everywhere(self):
        return f"{self.owner}_everywhere"

    @property
    def through(self):
        """Not a role: the name of the policy by which rows are seen through their own."""
        return f"{self.range}_through"

    @property
    def scopes(self):
        return {self.range, self.everywhere}

    @property
    def granted(self):
        """Whom rights are granted to. One URL for both makes the app the owner, who needs none."""
        return self.scopes | ({self.app} - {self.owner})


@dataclass(frozen=True)
class Guard:
    """What a model declares of its table, or what the catalogue says of it."""

    grants: frozenset
    policies: frozenset = frozenset()
    enabled: bool = False


def roles_of(connection):
    return Roles(connection.owner["user"], connection.settings_dict["USER"])


def scope_role(connection, *, everywhere):
    """The role to take for a transaction: SET ROLE, or set_config('role', …, true)."""
    roles = roles_of(connection)
    return roles.everywhere if everywhere else roles.range


def secure(connection):
    """Bring roles, rights and policies to what the models declare. Idempotent; milliseconds when nothing changed."""
    with connection.as_owner():
        for attempt in range(ATTEMPTS):
            try:
                with transaction.atomic(using=connection.alias):
                    return bring(connection, roles_of(connection))
            except Error as error:
                if isinstance(error.__cause__, errors.InsufficientPrivilege):
                    raise refused(roles_of(connection), error) from error
                if not isinstance(error.__cause__, RACED) or attempt == ATTEMPTS - 1:
                    raise
                time.sleep(0.1)


def bring(connection, roles):
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('povertyparty.secure'))")
        for lacking in (missing_roles, missing_memberships, missing_entry, changed_tables):
            for statement in [*lacking(cursor, roles)]:
                cursor.execute(statement)
        require_harmless(cursor, roles)


def refused(roles, error):
    remedy = phrase("ALTER ROLE {} CREATEROLE;", roles.owner)
    return DatabaseFault(
        f"数据库账号 {roles.owner} 权限不足（{error.__cause__.diag.message_primary}）。"
        f"请管理员执行 {remedy} 并使它成为库和表的所有者，然后重试。"
    )


# Roles


def missing_roles(cursor, roles):
    cursor.execute("SELECT rolname FROM pg_roles WHERE rolname = ANY(%s)", [[*roles.scopes, roles.app]])
    existing = {name for (name,) in cursor.fetchall()}
    if roles.app not in existing:
        made = phrase("CREATE ROLE {} LOGIN NOINHERIT PASSWORD '…';", roles.app)
        raise DatabaseFault(f"数据库中没有应用账号 {roles.app}。请管理员执行：{made}")
    return [phrase("CREATE ROLE {} NOLOGIN NOINHERIT", role) for role in sorted(roles.scopes - existing)]


def missing_memberships(cursor, roles):
    """To the app, to be taken and not inherited; to the owner too, whose data migrations act in a scope."""
    since_16 = cursor.connection.server_version >= 160000
    if not since_16:  # there, inheriting is a trait of the member and not of the membership
        yield from inheriting(cursor, roles)
    cursor.execute(
        """SELECT r, m FROM unnest(%(scopes)s) AS r, unnest(%(members)s) AS m
           WHERE NOT pg_has_role(m, r, %(take)s) OR m = %(app)s AND m <> %(owner)s AND pg_has_role(m, r, 'USAGE')
           ORDER BY r, m""",
        {
            "app": roles.app,
            "owner": roles.owner,
            "scopes": sorted(roles.scopes),
            "members": sorted({roles.app, roles.owner}),
            "take": "SET" if since_16 else "MEMBER",
        },
    )
    for role, member in cursor.fetchall():
        yield phrase("GRANT {} TO {}", role, member) + (" WITH INHERIT FALSE, SET TRUE" if since_16 else "")


def inheriting(cursor, roles):
    cursor.execute(
        "SELECT rolname FROM pg_roles WHERE rolname = %s AND rolname <> %s AND rolinherit AND NOT rolsuper",
        [roles.app, roles.owner],
    )
    return [phrase("ALTER ROLE {} NOINHERIT", app) for (app,) in cursor.fetchall()]


def require_harmless(cursor, roles):
    """An app that is superuser, passes by policies or inherits rights would make all of this a pretence."""
    if roles.app == roles.owner:
        log.warning(
            "未设置 OWNER_DATABASE_URL：应用以表的所有者身份连接，PostgreSQL 不会拦截遗漏范围的查询。"
        )
        return
    cursor.execute(
        """SELECT rolsuper OR rolbypassrls OR pg_has_role(rolname, %s, 'MEMBER')
                  OR EXISTS (SELECT FROM unnest(%s) AS r WHERE pg_has_role(rolname, r, 'USAGE'))
           FROM pg_roles WHERE rolname = %s""",
        [roles.owner, sorted(roles.scopes), roles.app],
    )
    if cursor.fetchone()[0]:
        raise DatabaseFault(
            f"应用账号 {roles.app} 权限过大（超级用户、BYPASSRLS，或自动继承了 {roles.owner} 等角色），行级权限会失效。"
            f'请管理员执行 ALTER ROLE "{roles.app}" NOSUPERUSER NOBYPASSRLS NOINHERIT; 并收回它的其他角色。'
        )


def missing_entry(cursor, roles):
    """The way in: database, schema, sequences. Django's own identity columns need no right on their sequence."""
    cursor.execute(
        """SELECT r, current_database(), current_schema(),
                  has_database_privilege(r, current_database(), 'CONNECT')
                      AND has_database_privilege(r, current_database(), 'TEMPORARY'),
                  has_schema_privilege(r, current_schema(), 'USAGE'),
                  NOT EXISTS (SELECT FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                              WHERE c.relkind = 'S' AND n.nspname = current_schema()
                                AND NOT has_sequence_privilege(r, c.oid, 'USAGE'))
           FROM unnest(%s::text[]) AS r ORDER BY r""",
        [[*roles.granted]],
    )
    for role, database, schema, enters, uses, counts in cursor.fetchall():
        if not enters:
            yield phrase("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}", database, role)
        if not uses:
            yield phrase("GRANT USAGE ON SCHEMA {} TO {}", schema, role)
        if not counts:
            yield phrase("GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA {} TO {}", schema, role)


# Tables


def changed_tables(cursor, roles):
    wanted, present = declared(roles, cursor.connection.server_version >= 170000), recorded(cursor, roles)
    for table in sorted(wanted.keys() & present.keys()):
        yield from statements(table, wanted[table], present[table], roles)


def declared(roles, since_17=False):
    tables = {MigrationRecorder.Migration._meta.db_table: guard(roles, roles.granted, READ)}
    for model in apps.get_models(include_auto_created=True):
        if not model._meta.proxy:
            tables[model._meta.db_table] = declared_by(model, roles, ANALYZE if since_17 else frozenset())
    return tables


def declared_by(model, roles, more=frozenset()):
    rights = (APPEND if getattr(model, "append_only", False) else WORK) | more
    column = getattr(model, "scope_column", None)
    if not column:
        return guard(roles, roles.granted, rights)
    if column not in {field.column for field in model._meta.local_fields}:
        raise ImproperlyConfigured(f"{model._meta.label}.scope_column: the table has no column {column!r}")
    return guard(roles, roles.scopes, rights, {*policies(roles, column), *seen_through(roles, model)})


def guard(roles, members, rights, policies=()):
    return Guard(
        frozenset((role, right) for role in members for right in rights), frozenset(policies), bool(policies)
    )


def policies(roles, column):
    """One policy a role: with both in one expression the planner gives up the index. As a sub-select the setting is
    read once a query, not once a row; unset it is NULL and lets nothing through."""
    test = phrase(RANGE, column)
    return {
        (roles.range, phrase("TO {}", roles.range) + f" USING ({test}) WITH CHECK ({test})"),
        (roles.everywhere, phrase("TO {}", roles.everywhere) + " USING (true) WITH CHECK (true)"),
    }


def seen_through(roles, model):
    """A row above one's place is read where one of its own rows lies in it (a finding through its items), never written; and
    what points to such a row is read with it."""
    if through := getattr(model, "scope_through", ""):
        link, table = model._meta.get_field(through), model._meta.db_table
        if link.many_to_one:
            own = phrase(
                "SELECT FROM {} t WHERE t.id = {}.{}", link.related_model._meta.db_table, table, link.column
            )
        else:
            own = phrase(
                "SELECT FROM {} t WHERE t.{} = {}.id",
                link.field.model._meta.db_table,
                link.field.column,
                table,
            )
        yield roles.through, phrase("FOR SELECT TO {}", roles.range) + f" USING (EXISTS ({own}))"


def recorded(cursor, roles):
    cursor.execute(
        """SELECT c.relname, c.relrowsecurity,
                  ARRAY(SELECT ARRAY[coalesce(r.rolname::text, 'public'), a.privilege_type]
                        FROM aclexplode(c.relacl) a LEFT JOIN pg_roles r ON r.oid = a.grantee
                        WHERE a.grantee = 0 OR r.rolname = ANY(%(roles)s)),
                  ARRAY(SELECT ARRAY[p.polname::text, coalesce(obj_description(p.oid, 'pg_policy'), '')]
                        FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = ANY(%(policies)s))
           FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
           WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p')""",
        {"roles": [*roles.granted], "policies": [*roles.scopes, roles.through]},
    )
    return {
        table: Guard(frozenset(map(tuple, grants)), frozenset(map(tuple, policies)), enabled)
        for table, enabled, grants, policies in cursor.fetchall()
    }


def statements(table, wanted, present, roles):
    if wanted.grants != present.grants:
        yield from regrant(table, wanted, roles)
    for name, _ in sorted(present.policies - wanted.policies):
        yield phrase("DROP POLICY {} ON {}", name, table)
    for name, text in sorted(wanted.policies - present.policies):
        yield phrase("CREATE POLICY {} ON {} ", name, table) + text
        # PostgreSQL gives a policy back in its own words; the comment keeps ours, to be compared next time.
        yield phrase("COMMENT ON POLICY {} ON {} IS ", name, table) + literal(text)
    if wanted.enabled and not present.enabled:
        yield phrase("ALTER TABLE {} ENABLE ROW LEVEL SECURITY", table)
    if present.policies and not wanted.enabled:
        yield phrase("ALTER TABLE {} DISABLE ROW LEVEL SECURITY", table)


def regrant(table, wanted, roles):
    for role in sorted(roles.granted):
        yield phrase("REVOKE ALL ON {} FROM {}, PUBLIC", table, role)
    for role in sorted({role for role, _ in wanted.grants}):
        rights = ", ".join(sorted(right for owner, right in wanted.grants if owner == role))
        yield f"GRANT {rights} ON " + phrase("{} TO {}", table, role)


def phrase(template, *names):
    return template.format(*(f'"{name.replace(chr(34), chr(34) * 2)}"' for name in names))


def literal(text):
    return "'" + text.replace("'", "''") + "'"
