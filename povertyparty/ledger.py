"""A ledger (台账) is a model and an ordered list of columns.

List page, filter, detail, form, blank template, import and export read this one declaration, so a column added once
appears everywhere and in the order of the official form.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property, lru_cache
from typing import NamedTuple

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Coalesce, NullIf

from povertyparty import kinds, sealed
from povertyparty.sealed import SealedField

REGISTRY: dict[str, "Ledger"] = {}
ALL = "附加列"


class PartialDateField(models.CharField):
    """2014, 2014-12 or 2014-12-31 as text; in the C collation text order is date order."""

    def __init__(self, *args, **options):
        super().__init__(*args, **{"max_length": 10, "db_collation": "C", **options})


class Known(NamedTuple):
    """A fact that another ledger holds: its code, and a function giving the expression that reads it there."""

    ledger: str
    read: Callable

    @property
    def source(self):
        return f"《{REGISTRY[self.ledger].title}》"


def first_day(path):
    """In a query: the date on which a partial date lies as dates are compared; NULL where nothing is said."""
    said = NullIf(F(path), Value(""))
    return models.Func(said, Value("YYYY-MM-DD"), function="to_date", output_field=models.DateField())


@dataclass(frozen=True)
class Column:
    """One column of the form. `name` is the model field, or "@part" for a part of a lookup, or "-word" for no field.

    counted what the system works out from what it holds: a function giving the expression; printed and compared, never stored
    known   what another ledger holds of it already (Known): printed where the record says nothing itself, and not asked for
            again; what an official file says is stored all the same, and pointed out where it differs
    right   what somebody must be allowed to read a sensitive column unmasked (a word of the roles' table)
    once    set when the record is new; afterwards only steps change it, and a differing cell is pointed out
    settles where steps change it, what somebody must be allowed to do to say it by a form or a file too
    label   what pages call it, where that is not the header without its unit
    echo    ORM path of a value that lives elsewhere: printed, compared, never stored twice; `derive` turns it into the cell
    synonyms what people also write for a choice: {word: value}; `quiet` values are never offered as a filter
    official the form's own words for choices that pages tell apart: {value: word}
    never   why this column is dropped on import and left empty on export (domain.md §5.2)
    then    what it was on a day before values change: a function of the day giving the expression (lists asked for that day)
    beyond  not of the official form: printed in a layout of its own beside it (附加列)
    fill    a merged or blank cell repeats the one above (乡镇, 村)

    A name like "finding__code" belongs to the ledger's parent record (整改台账: the finding above its items).
    """

    name: str
    header: str = ""
    kind: kinds.Kind | None = None
    aliases: tuple[str, ...] = ()
    group: str = ""
    required: bool | None = None
    fill: bool = False
    sensitive: bool | None = None
    right: str = "see_sensitive"
    once: bool = False
    settles: str = ""
    never: str = ""
    echo: str = ""
    derive: Callable | None = None
    counted: Callable | None = None
    known: Known | None = None
    then: Callable[[date], models.Expression] | None = None
    beyond: bool = False
    synonyms: dict = field(default_factory=dict)
    quiet: tuple[str, ...] = ()
    official: dict = field(default_factory=dict)
    label: str = ""
    listed: bool = True
    filtered: bool | None = None


@lru_cache(maxsize=8192)
def words(header):
    """A header as it is compared: half width, no spaces, no bracketed units (domain.md §3.0 rule 3)."""
    text = re.sub(r"\s", "", unicodedata.normalize("NFKC", str(header)).translate(kinds.INVISIBLE))
    return re.sub(r"[(\[【].*?[)\]】]|[:：*＊]", "", text) or text


@lru_cache(maxsize=8192)
def unit_of(header):
    """元 or 万元 as the header itself says, or ""."""
    found = re.search(r"[(\[【](万?元)", unicodedata.normalize("NFKC", str(header)))
    return found[1] if found else ""


def kind_of(model_field):
    """The kind that a model field implies, when the column names none."""
    options = model_field.base_field if isinstance(model_field, ArrayField) else model_field
    if model_field.generated:
        model_field = model_field.output_field
    if options.choices:
        labels = tuple((value, str(label)) for value, label in options.flatchoices)
        return (kinds.Choices if isinstance(model_field, ArrayField) else kinds.Choice)(labels=labels)
    if isinstance(model_field, models.DecimalField):
        unit = unit_of(model_field.verbose_name) or ("%" if "%" in model_field.verbose_name else "")
        return kinds.Number(places=model_field.decimal_places, unit=unit)
    for field_type, kind in (
        (PartialDateField, kinds.PartialDate()),
        (models.BooleanField, kinds.YesNo()),
        (models.DateField, kinds.Day()),
        (models.IntegerField, kinds.Number(most=2_000_000_000)),
        (models.TextField, kinds.Text(longest=4000)),
    ):
        if isinstance(model_field, field_type):
            return kind
    return kinds.Text(longest=model_field.max_length or 200)


class BoundColumn:
    """A column joined to its model field; `store` and `restore` go between kind and database values."""

    def __init__(self, declared, model):
        # What is declared becomes its own: rows ask for it by the cell, and to pass the question on costs ten times as much.
        vars(self).update(vars(declared))
        self.declared = declared
        self.is_part, self.is_loose, self.of_parent = (
            self.name[0] == "@",
            self.name[0] == "-",
            "__" in self.name,
        )
        self.field = (
            None if self.is_part or self.is_loose else model._meta.get_field(self.name.rpartition("__")[2])
        )
        self.model = model
        source = self.field or (self._echoed(model) if declared.echo else None)
        self.sealed = isinstance(source, SealedField)
        self.kind = declared.kind or (kind_of(source) if source is not None else kinds.Text())
        if declared.synonyms or declared.quiet or declared.official:
            self.kind = replace(
                self.kind,
                synonyms=tuple(declared.synonyms.items()),
                quiet=declared.quiet,
                official=tuple(declared.official.items()),
            )
        self.header = declared.header or str(source.verbose_name)
        self.sensitive = self.sealed if declared.sensitive is None else declared.sensitive
        self.is_counted = bool(declared.counted) or (self.field is not None and self.field.generated)
        self.stored = self.field is not None and not declared.never and not self.is_counted
        if self.required is None:
            self.required = self.stored and not (
                self.field.null or self.field.blank or self.field.has_default()
            )
        self.label = declared.label or str(self.header).partition("(")[0] or self.header
        self.names = {words(name) for name in (self.header, *declared.aliases)}

    def __repr__(self):
        return f"<{self.header}>"

    def _echoed(self, model):
        source = None
        for step in self.declared.echo.split("__"):
            source = model._meta.get_field(step)
            model = source.related_model
        return source

    def is_settled(self, may):
        """Whether what stands there is not for somebody with these rights to change, but by a step."""
        return self.once or bool(self.settles and not may(self.settles))

    @property
    def attname(self):
        return self.field.attname

    @property
    def db_column(self):
        return self.field.column

    def store(self, value):
        """The database's own value: sealed text, ISO text, numbers and dates as they are."""
        return sealed.seal_text(value) if self.sealed else value

    def restore(self, value):
        return sealed.unseal_text(value) if self.sealed and value else value

    def masked(self, value):
        """What a role without the right to see it reads, and what an export carries by default."""
        if value is None or value in ("", []):
            return ""
        return sealed.mask(str(self.restore(value)), self.kind.mask) if self.sealed else "***"

    @cached_property
    def field_or_echo(self):
        return self.field or self._echoed(self.model)

    @property
    def known_path(self):
        """Under which what another ledger knows stands beside a row."""
        return f"known_{self.name}"

    @cached_property
    def reads(self):
        """The path under which the column is printed: `path`, and where another ledger knows it, both in one."""
        return f"told_{self.name}" if self.known else self.path

    @cached_property
    def source(self):
        """Where the system has it from, in words; "" for what somebody must say."""
        if self.is_counted:
            return "系统计算"
        if self.known:
            return self.known.source
        above = (
            holder(self.model._meta.get_field(self.echo.partition("__")[0]).related_model)
            if "__" in self.echo
            else None
        )
        return f"《{above.title}》" if above else ""

    def told(self):
        """The record's own word, or else that of the ledger that knows."""
        own = F(self.attname) if self.field.null else NullIf(F(self.attname), Value(""))
        return Coalesce(own, self.known.read(), output_field=self.field)

    @cached_property
    def path(self):
        """The ORM path that reads this column from a row of the ledger's model."""
        if self.of_parent:
            return self.name
        if self.counted:
            return f"counted_{self.name.lstrip('-')}"
        return self.declared.echo or (self.field.attname if self.field is not None else "")

    def path_on(self, day):
        """The path that reads what it was on a day, where that can be told; see Ledger.counting."""
        return f"then_{self.name}" if day and self.then else self.reads


class Ambiguous(kinds.Fault):
    """A name that several records bear, and nobody has said yet which one this file means."""


@dataclass
class Asked:
    """Which of several records of one name a file means: asked once for the whole file (domain.md §3.0 rule 7).

    answers     {question, or just the name: the chosen value}
    questions   {question: {"name", "choices": [[value, what people call it]], "answer": value or ""}} that came up
    """

    answers: dict = field(default_factory=dict)
    questions: dict = field(default_factory=dict)
    FILE = "填报单位"  # the question of whom the whole file speaks: asked for each file anew

    def which(self, question, name, choices):
        """The chosen one of `choices` ({value: what people call it}), or "" as long as nobody has chosen."""
        said = self.answers.get(question, self.answers.get(name))
        answer = said if said in choices else ""
        self.questions[question] = {
            "name": name,
            "choices": [[*one] for one in choices.items()],
            "answer": answer,
        }
        return answer


class Lookup:
    """Several cells name one record (乡镇 + 村 → place; 户编号 → household).

    `find` and `tell` take everything a file or page needs at once: one query each, however many rows.
    """

    field: str
    parts: tuple[str, ...]
    tells: tuple[str, ...] = ()

    def also(self, value):
        """What else a found value tells about the row (`tells`), e.g. {"county": code[:6]}."""
        return {}

    def unsaid(self, heading: str = "", asked: Asked | None = None):
        """What empty cells mean, or None where they must be filled."""
        return None

    def find(self, wanted: Iterable[tuple], heading: str = "", asked: Asked | None = None) -> dict:
        """{cells: value of the foreign key, or Fault}. `heading` is what stands above the table (填报单位: …县)."""
        raise NotImplementedError

    def tell(self, values: set) -> dict:
        """{value of the foreign key: its cells}."""
        raise NotImplementedError

    def offered(self) -> list[str] | None:
        """What a form lets choose from, where there are but a few; None where people type."""
        return None


@dataclass(eq=False)
class Ledger:
    """`keys` are tried in order: the first whose cells are all there decides which record a row means.

    parent, link, parent_shares   the ledger of the record above (a finding), the foreign key to it, and what rows pass up
                                  to it: {name: function(so far, said) → value}
    carried                       fields of a parent that are set from its rows when it is new
    layouts                       {name: official headers in order}; "" is the declaration itself
    prepare, generated            a function over all rows before keys are read, and the names it fills (整改事项编号)
    marks                         columns that tell this form from others with the same 乡镇, 村, 姓名: half must be there
    span                          (from, to): the fields between whose dates a record holds, or a function of the day giving
                                  the condition; a list can ask what held on a day
    begun                         what a record must be for its span to have begun at all, where dates alone do not tell
    dated                         the field with the day or year that a row is of: it tells what was then and never ends
    living                        which rows still are in force, where neither span nor date tells it
    optional                      fields of a key that may be empty: then the row means the record where they are empty too
    right                         what somebody must be allowed to see, file or export it (a word of the roles' table)
    writes                        what somebody must be allowed besides to enter or file its records, where others only take steps
    beside                        (template, function(found, user) → context) of what the record's page shows beside its facts
    page                          (URL name, label) of the record's own page, where it has one beside its facts
    dossier                       what the page of one record is called (一户一档), where everybody knows it by such a name
    gathers                       the field with the code of the place that the record is of: its page gathers what lies there
    figures                       codes of the figures that this page begins with
    locked                        (field, what people are told): where it is true the record is closed to forms and files
    named_in                      fields by which other ledgers name the record, for what is no person (帮扶单位)
    brief                         columns that tell most of a row, where not the first of the list do (listing.py)
    nearest                       URL name of what is near a new record while it is typed, and the fields that it looks at
    needs                         codes of the ledgers whose records this one's lookups find
    """

    code: str
    title: str
    model: type[models.Model]
    columns: list
    keys: tuple[tuple[str, ...], ...]
    lookups: tuple = ()
    parent: "Ledger | None" = None
    link: str = ""
    parent_shares: dict = field(default_factory=dict)
    carried: tuple[str, ...] = ()
    layouts: dict = field(default_factory=dict)
    rules: tuple = ()
    prepare: Callable | None = None
    generated: tuple[str, ...] = ()
    marks: tuple[str, ...] = ()
    group: str = ""
    unit: str = "条"
    note: str = ""
    icon: str = ""
    order: tuple[str, ...] = ("pk",)
    needs: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    span: tuple[str, str] | Callable[[date], Q] | None = None
    begun: Q = field(default_factory=Q)
    dated: str = ""
    living: Q = field(default_factory=Q)
    right: str = "view_ledgers"
    writes: str = ""
    beside: tuple[str, Callable] | None = None
    editable: bool = True
    page: tuple[str, str] | None = None
    dossier: str = ""
    gathers: str = ""
    figures: tuple[str, ...] = ()
    named_in: tuple[str, ...] = ()
    locked: tuple[str, str] | None = None
    brief: tuple[str, ...] = ()
    nearest: tuple[str, ...] = ()

    def __post_init__(self):
        self.declared, self.columns = (
            self.columns,
            [
                BoundColumn(c, self.parent.model if "__" in c.name else self.model)
                for c in (Column(c) if isinstance(c, str) else c for c in self.columns)
            ],
        )
        self.by_name = {c.name: c for c in self.columns}
        printed = [c for c in self.columns if not c.declared.never or c.declared.header]
        self.layouts = {
            "": [c.header for c in printed if not c.declared.beyond],
            **({ALL: [c.header for c in printed]} if any(c.declared.beyond for c in printed) else {}),
            **self.layouts,
        }

    def named(self, header):
        """The column that this sheet header means, or None."""
        return self._by_words.get(words(header))

    @cached_property
    def _by_words(self):
        table = {}
        for column in self.columns:
            for name in column.names:
                table.setdefault(name, column)
        return table

    @cached_property
    def empty(self):
        """{field of a key that may be empty: what the database holds there then}."""
        fields = {name: self.model._meta.get_field(name) for name in self.optional}
        return {name: None if one.null else "" for name, one in fields.items()}

    @cached_property
    def stored(self):
        return [c for c in self.columns if c.stored and not c.of_parent]

    @cached_property
    def parents_columns(self):
        return [c for c in self.columns if c.stored and c.of_parent]

    def layout(self, name=""):
        """The columns of one official layout, in its order and with its headers."""
        return [(header, self.named(header)) for header in self.layouts[name]]

    def lookup_of(self, part):
        return next(lookup for lookup in self.lookups if part in lookup.parts)

    def heading(self, name):
        """What people call a field of a key: a column's header, or those of the cells that a lookup reads."""
        if name in self.by_name:
            return self.by_name[name].header
        lookup = next(one for one in self.lookups if one.field == name)
        return "＋".join(self.by_name[part].header for part in lookup.parts if part in self.by_name)

    def headings(self):
        """Each key in people's words; what a lookup tells besides (the county) goes without saying."""
        told = {name for lookup in self.lookups for name in lookup.tells}
        return ["＋".join(self.heading(name) for name in key if name not in told) for key in self.keys]

    def shut(self, may):
        """Why somebody with these rights may not enter or file its records at all, or ""."""
        if not self.writes or may(self.writes):
            return ""
        return f"您当前的岗位不能登记《{self.title}》，请按步骤办理"

    def lock(self, found):
        """Why the record is closed to forms and files, or ""."""
        return self.locked[1] if self.locked and getattr(found, self.locked[0]) else ""

    def counting(self, rows, columns, on=None):
        """The rows with what is counted or known for these columns beside them, and what they were on a day."""
        told = [c for c in columns if c is not None]
        beside = {c.path: c.counted() for c in told if c.counted}
        beside |= {c.reads: c.told() for c in told if c.known}
        return rows.annotate(**beside, **{c.path_on(on): c.then(on) for c in told if on and c.then})

    def knowing(self, rows, columns):
        """The rows with what other ledgers know of these columns beside them."""
        return rows.annotate(**{c.known_path: c.known.read() for c in columns})

    def holding(self, day):
        """The condition on rows that hold on a day: begun by it, or nobody knows when, and not ended by it."""
        if not self.span:
            return self.living
        return self.begun & (self.span(day) if callable(self.span) else between(*self.span, day))

    def lasting(self, day):
        """The condition on rows that go on after that day."""
        if isinstance(self.span, tuple):
            return Q(**{self.span[1]: ""}) | Q(**{f"{self.span[1]}__gt": day.isoformat()})
        return Q(pk=None) if self.dated else self.living

    @property
    def one_a_place(self):
        """Whether there is one record of each place, beside those that have ended."""
        return [name for name in self.keys[0] if name not in self.optional] == ["place"]

    def known(self):
        """The records that rows can mean: those in the scope, and of a model open to all (行政区划) every one."""
        return self.model._base_manager.all()


def between(since, until, day):
    """Begun by that day, or nobody knows when, and not ended by it; partial dates."""
    day = day.isoformat()
    return (Q(**{since: ""}) | Q(**{f"{since}__lte": day})) & (Q(**{until: ""}) | Q(**{f"{until}__gt": day}))


def register(ledger):
    REGISTRY[ledger.code] = ledger
    return ledger


def holder(model):
    """The ledger whose records are of this model, or None."""
    return next((one for one in REGISTRY.values() if one.model is model), None)


def dropped(header, reason, *aliases):
    """A column that official layouts carry and that is never stored."""
    return Column(f"-{header}", header, aliases=aliases, never=reason, listed=False)


def serial(header="序号"):
    return Column("-serial", header, kinds.Number(), aliases=("编号序号", "No", "NO."))


__all__ = [
    "REGISTRY",
    "Ambiguous",
    "Asked",
    "Column",
    "Known",
    "Ledger",
    "Lookup",
    "PartialDateField",
    "between",
    "dropped",
    "first_day",
    "holder",
    "register",
    "replace",
    "serial",
]
