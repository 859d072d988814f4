"""Who may see what: one half-open range of place codes on one column, never a join.

A place's code begins with its parent's code, so everything in a place lies in `[code, next code)`. The range is
set once for a transaction (`acting`), a queryset of placed rows without one raises, and PostgreSQL's row-level
security holds the same range under it. The one way out is `everywhere(reason)`, greppable and logged.
"""

import logging
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass

import pghistory
from django.db import connection, models, transaction
from django.db.models.functions import Left

from povertyparty.database.roles import scope_role

log = logging.getLogger("povertyparty.scope")
_current: ContextVar["Scope | None"] = ContextVar("scope", default=None)
_known: ContextVar["dict | None"] = ContextVar("known", default=None)


class ScopeError(RuntimeError):
    """A programmer's mistake: placed rows were asked for and nobody had said for whom."""


def after(code):
    """The first code beyond everything that begins with `code`; ":" follows "9" in the C collation."""
    return code[:-1] + chr(ord(code[-1]) + 1) if code else "~"


@dataclass(frozen=True)
class Scope:
    """`[lo, hi)`, and who acts in it by which appointment, with which rights (None: all).

    `lo` is the code of the place one works in; "" is everywhere.
    """

    lo: str = ""
    user: int | None = None
    appointment: int | None = None
    rights: frozenset | None = None

    @property
    def hi(self):
        return after(self.lo)

    @property
    def everywhere(self):
        return not self.lo

    def holds(self, code):
        return code.startswith(self.lo)

    def may(self, what):
        return self.rights is None or what in self.rights


EVERYWHERE = Scope()


def current():
    scope = _current.get()
    if scope is None:
        raise ScopeError(
            "no scope is set: enter acting(scope), or everywhere(reason) if the whole is really meant"
        )
    return scope


def here():
    """The code of the place one works in; "" everywhere, and where nobody acts."""
    scope = _current.get()
    return scope.lo if scope else ""


def once(key, find):
    """What `find()` tells, asked once as long as one acts: once a request."""
    known = _known.get()
    if known is None:
        return find()
    if key not in known:
        known[key] = find()
    return known[key]


def ask_anew():
    """Somebody changed what was asked once."""
    (_known.get() or {}).clear()


@contextmanager
def acting(scope, **context):
    """One transaction in which placed rows mean those in `scope`; `context` goes into the change log."""
    outer = _current.get()
    token, known = _current.set(scope), _known.set({})
    try:
        with transaction.atomic(), noted(user=scope.user, place=scope.lo, **context):
            nested = len(connection.savepoint_ids) > 0
            _tell_database(scope)
            yield scope
            if nested and not connection.needs_rollback:
                _tell_database(outer)
    finally:
        _current.reset(token)
        _known.reset(known)


@contextmanager
def noted(**facts):
    """What the change log says of all that is written within. pghistory alone would let it be said of what follows too."""
    with pghistory.context() as (_, said):
        outer = said.copy()
        said.update(facts)
        try:
            yield
        finally:
            said.clear()
            said.update(outer)


@contextmanager
def everywhere(reason, user=None):
    """The named way out: jobs, commands and sign-in act on all rows, and the log says why."""
    log.info("everywhere: %s", reason)
    with acting(Scope(user=user), reason=reason) as scope:
        yield scope


@contextmanager
def supposing(scope=EVERYWHERE):
    """Build querysets that are looked at and never run (declarations, at import): the database is not told."""
    token = _current.set(scope)
    try:
        yield
    finally:
        _current.reset(token)


def _tell_database(scope):
    role = "none" if scope is None else scope_role(connection, everywhere=scope.everywhere)
    lo, hi = (scope.lo, scope.hi) if scope else ("", "")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('app.lo', %s, true), set_config('app.hi', %s, true)",
            [role, lo, hi],
        )


class ScopedQuerySet(models.QuerySet):
    """Three words about place: `within` a place, `at` a level, and the scope itself, which is always on."""

    def within(self, code):
        return self.filter(in_range(self.model.scope_field, code)) if code else self

    def at(self, length, code=None):
        """Annotate each row with the code of the place of that length (county 6, township 9, village 12).

        `code`: an expression of the code that the row is counted under, where that is not the one it lies under.
        """
        return self.annotate(place_at=Left(code or self.model.scope_field, length))

    @classmethod
    def scoped(cls):
        """The manager of a model with a queryset of its own: `objects = HouseholdQuerySet.scoped()`."""
        return ScopedManager.from_queryset(cls)()


class ScopedManager(models.Manager.from_queryset(ScopedQuerySet)):
    def get_queryset(self):
        rows, lo = super().get_queryset(), current().lo
        if lo and self.model.scope_above:
            return rows.filter(in_range(self.model.scope_field, lo) | above(self.model.scope_field, lo))
        if not (lo and self.model.scope_through):
            return rows.within(lo)
        return rows.filter(in_range(self.model.scope_field, lo) | through(self.model))


def through(model):
    """The condition on rows that are seen because a row at the other end of that relation is."""
    link = model._meta.get_field(model.scope_through)
    if link.many_to_one:
        return models.Q(**{f"{link.attname}__in": link.related_model.objects.order_by().values("pk")})
    return models.Q(pk__in=link.field.model.objects.order_by().values(link.field.attname))


def in_range(field, code):
    return models.Q(**{f"{field}__gte": code, f"{field}__lt": after(code)})


def above(field, code):
    return models.Q(**{f"{field}__in": [code[:length] for length in range(1, len(code))]})


class Placed(models.Model):
    """A row that lies in a place. `scope_field` is the model field, `scope_column` the database column.

    A row with `scope_through` (the name of a relation) is also read where a row at its other end is: a finding that several
    villages share, by each of them, and what is tied to that finding with it. Rows with `scope_above` are also read from
    the places below the one they lie in: what a county lays down for all of them.
    """

    scope_field = "place_code"
    scope_column = "place_code"
    scope_through = ""
    scope_above = False

    objects = ScopedManager()

    class Meta:
        abstract = True
        base_manager_name = "objects"

    @property
    def lies_in(self):
        """The code of its place."""
        return self.serializable_value(self.scope_field)


__all__ = [
    "Placed",
    "Scope",
    "ScopeError",
    "ScopedManager",
    "ScopedQuerySet",
    "acting",
    "after",
    "ask_anew",
    "current",
    "everywhere",
    "here",
    "in_range",
    "noted",
    "once",
]
