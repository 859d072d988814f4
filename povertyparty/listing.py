"""What a person asked to see of a ledger: place, conditions, order, page and columns, all of it in the address.

The list page, its Excel, the rows behind a figure and those that break a rule are the same listing.
"""

from dataclasses import dataclass
from datetime import date
from functools import cached_property
from urllib.parse import urlencode

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.db.models import CharField, F, Func, Q, TextField, Value
from django.utils import timezone

from povertyparty import figures, kinds, quality, search
from povertyparty.rows import Reader
from povertyparty.scope import here
from povertyparty.steps import processes_of

SIZES = (50, 100, 200)
FILTERS = 8
IN_FORCE = "f_in_force"
FEW = 4  # values of a row beside its name, its place and its state
LENGTHS = {"@township": 9, "@village": 12}  # of the code of such a place
BESIDE = ("place", "on", "from", "areas")  # what an address says beside its conditions


@dataclass(frozen=True)
class Condition:
    """One way to narrow a list by a column: `parameter` in the address, `field` in the form, `q` on the rows."""

    column: object
    parameter: str
    label: str
    field: forms.Field
    q: object


def conditions(ledger, on=None):
    """The columns by which this ledger is narrowed, as the kinds of its listed columns allow; by what they were on a day."""
    found = [in_force(ledger)] if ledger.span else []
    found += [in_state(process) for process in processes_of(ledger) if process.column is None]
    found += [of_year(ledger)] if ledger.dated and not says_year(ledger) else []
    for column in ledger.columns:
        wanted = column.listed if column.filtered is None else column.filtered
        quiet = column.derive or is_dear(column) or column.sensitive or column.never
        if wanted and column.path and not quiet:
            found += condition(column, f"f_{column.path}", column.path_on(on))
    return found[:FILTERS]


def placing(columns):
    """The columns that say where a row lies: who works in one township or village need not be told which."""
    return [c for c in columns if len(here()) < LENGTHS.get(c.name, 0)]


def is_dear(column):
    """Counted for each row anew, and nobody said that lists may be narrowed and sorted by it all the same."""
    return bool(column.counted) and not column.filtered


def in_force(ledger):
    field = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
    return Condition(None, IN_FORCE, "该日有效", field, ledger.holding)


def in_state(process):
    """Those that stand at this point of their way."""
    field = forms.ChoiceField(choices=[("", "全部"), *process.states.items()], required=False)
    return Condition(None, process.asked_for, process.title, field, lambda state: Q(**{process.field: state}))


def of_year(ledger):
    field = forms.IntegerField(required=False, min_value=1900, max_value=2100)
    return Condition(
        None, "f_of_year", "年度", field, lambda year: Q(**{f"{ledger.dated}__startswith": year})
    )


def says_year(ledger):
    """Whether a column asks for the year already."""
    column = ledger.by_name.get(ledger.dated)
    return column is not None and isinstance(column.kind, kinds.Year)


def condition(column, parameter, path):
    label, kind = column.label, column.kind
    if isinstance(kind, kinds.Choice):
        field = forms.ChoiceField(
            choices=[
                ("", "全部"),
                *((value, text) for value, text in kind.labels if value not in kind.quiet),
            ],
            required=False,
        )
        lookup = "__contains" if isinstance(kind, kinds.Choices) else ""
        return [
            Condition(column, parameter, label, field, lambda v: Q(**{path + lookup: [v] if lookup else v}))
        ]
    if isinstance(kind, kinds.YesNo):
        field = forms.ChoiceField(choices=[("", "不限"), ("1", kind.yes), ("0", kind.no)], required=False)
        return [Condition(column, parameter, label, field, lambda v: Q(**{path: v == "1"}))]
    if isinstance(kind, kinds.Day):
        field = forms.DateField(required=False, widget=forms.DateInput(attrs={"type": "date"}))
        return [Condition(column, parameter, f"{label}不晚于", field, lambda v: Q(**{path + "__lte": v}))]
    if isinstance(kind, kinds.Year):
        field = forms.IntegerField(required=False, min_value=1900, max_value=2100)
        return [Condition(column, parameter, label, field, lambda v: Q(**{path: v}))]
    if isinstance(kind, kinds.Number):
        field = forms.DecimalField(required=False)
        return [Condition(column, parameter, f"{label}不少于", field, lambda v: Q(**{path + "__gte": v}))]
    if isinstance(column.field or column.field_or_echo, CharField | TextField):
        field = forms.CharField(required=False, max_length=60)
        return [
            Condition(
                column, parameter, label, field, lambda v: Q(**{path + "__contains": v.replace("\0", "")})
            )
        ]
    return []


class Listing:
    """The rows of a ledger that one request asks for. Bad parameters narrow nothing; they never raise.

    `only`: the keys of those among them that somebody chose one by one, or None.
    """

    only = None

    def __init__(self, ledger, user, query, chosen=()):
        self.ledger, self.user, self.query = ledger, user, query
        self.place = query.get("place", "").strip() if query.get("place", "").isdigit() else ""
        self.chosen = [ledger.by_name[name] for name in chosen if name in ledger.by_name]

    @cached_property
    def form(self):
        form = forms.Form(self.query)
        for one in self.conditions:
            form.fields[one.parameter] = one.field
            one.field.label = one.label
        form.is_valid()
        return form

    @cached_property
    def conditions(self):
        return conditions(self.ledger, self.on)

    @cached_property
    def narrowed(self):
        """(condition, value) that the address really sets."""
        if not any(name.startswith("f_") for name in self.query):
            return []
        given = self.form.cleaned_data
        return [
            (one, given[one.parameter])
            for one in self.conditions
            if given.get(one.parameter) not in (None, "")
        ]

    @cached_property
    def figure(self):
        return figures.REGISTRY.get(self.query.get("figure", ""))

    @cached_property
    def rule(self):
        """The rule whose rows are asked for; a rule of another ledger narrows nothing."""
        rule = quality.REGISTRY.get(self.query.get("rule", ""))
        return rule if rule and rule.ledger == self.ledger.code else None

    @cached_property
    def period(self):
        return figures.Period(day(self.query.get("on")) or timezone.localdate(), day(self.query.get("from")))

    @cached_property
    def areas(self):
        """By which division of places the figure was read."""
        told = figures.READINGS.get(self.query.get("areas", ""))
        return told and told[1](self.period.on)

    @cached_property
    def rows(self):
        """All rows asked for, in order."""
        if self.figure and self.figure.ledger == self.ledger.code:
            rows = self.figure.rows(self.period, self.place, self.areas)
        else:
            rows = self.ledger.model.objects.within(self.place)
        if self.rule:
            rows = rows.filter(pk__in=self.rule.rows(self.period.on, self.place).values("pk"))
        rows = self.telling(rows)
        for one, value in self.narrowed:
            rows = rows.filter(one.q(value))
        if text := self.search:
            rows = rows.filter(self.matching(text))
        if self.only is not None:
            rows = rows.filter(pk__in=self.only)
        return rows.order_by(*self.order)

    def telling(self, rows):
        """With what is told of the day, and what other ledgers know where the rows are narrowed or sorted by it."""
        columns = [*(one.column for one, _ in self.narrowed), self.sorted_by[0]]
        asked = [c for c in columns if c is not None and (c.known or c.counted)]
        then = [c for c in self.ledger.columns if c.then] if self.on else []
        return self.ledger.counting(rows, [*asked, *then], self.on)

    @cached_property
    def on(self):
        """The day for which the list shows what can be told of it; None for what is recorded now."""
        asked = day(self.query.get(IN_FORCE)) if self.ledger.span else None
        if asked is None and self.figure and self.figure.ledger == self.ledger.code:
            asked = self.period.on
        return asked if asked and asked < timezone.localdate() else None

    @property
    def note(self):
        """Which of the values are those of the day, for who asked for one."""
        if not self.on:
            return ""
        told = "、".join(c.label for c in self.ledger.columns if c.then)
        return f"{told}为{self.on}的情况，其余各列为现在登记的内容。" if told else "各列为现在登记的内容。"

    @property
    def search(self):
        return self.query.get("q", "").strip().replace("\0", "")[:60]

    def matching(self, text):
        """Rows that the search finds by the text (search.py); those of the record above by its number as it is written."""
        above = (c for c in self.ledger.parents_columns if isinstance(c.kind, kinds.Name | kinds.Identifier))
        found = search.matching(self.ledger, text, sensitive=sees_sensitive(self.user))
        for column in above:
            found |= Q(**{column.path + "__contains": text})
        return found

    @cached_property
    def sorted_by(self):
        """(column, descending) that the address asks for, or (None, False)."""
        name = self.query.get("sort", "")
        column = next(
            (
                c
                for c in self.columns
                if c.path and not (c.sensitive or is_dear(c)) and name in (c.name, f"-{c.name}")
            ),
            None,
        )
        return column, column is not None and name != column.name

    @property
    def order(self):
        column, descending = self.sorted_by
        if not column:
            return [*self.ledger.order]
        lead = sorting(column, column.path_on(self.on))
        return [lead.desc() if descending else lead.asc(), *self.ledger.order]

    @cached_property
    def columns(self):
        """The columns this person sees: the chosen ones, else those the ledger lists; what names the row comes first."""
        seen = self.chosen or [
            c for c in self.ledger.columns if c.listed and c.name != "-serial" and not c.never
        ]
        return [self.key, *(c for c in seen if c is not self.key)]

    @cached_property
    def key(self):
        return naming(self.ledger)

    @cached_property
    def states(self):
        """The columns that say how it stands with a row: its light, and what only steps change."""
        stepped = [process.column for process in processes_of(self.ledger)]
        return [
            c
            for c in self.columns
            if isinstance(c.kind, kinds.Choice) and (c.kind.marked or c.settles or c in stepped)
        ]

    @cached_property
    def brief(self):
        """The columns to show beside name and state where there is room for few, on a phone: where a row lies, and what tells most."""
        wide = placing(self.columns)
        rest = [c for c in self.columns if not (c is self.key or c.name in LENGTHS or c in self.states)]
        asked = [self.sorted_by[0], *(one.column for one, _ in self.narrowed)]
        rest.sort(key=lambda c: (c not in asked, c.name not in self.ledger.brief))
        few = {*wide, *rest[:FEW]} - {self.key}
        return [c for c in self.columns if c in few]

    @cached_property
    def count(self):
        return self.rows.count()

    @property
    def size(self):
        asked = self.query.get("size", "")
        return int(asked) if asked in {str(n) for n in SIZES} else SIZES[0]

    @property
    def pages(self):
        return max(1, -(-self.count // self.size))

    @property
    def number(self):
        asked = self.query.get("page", "1")
        return min(max(int(asked), 1), self.pages) if asked.isdecimal() and len(asked) < 10 else 1

    def page(self, reader):
        """Raw rows of this page. From the middle on they are read from the end: the last page costs what the first does."""
        start, stop = (self.number - 1) * self.size, min(self.number * self.size, self.count)
        if start <= self.count // 2:
            return reader.raw(self.these(self.rows[start:stop]))
        return reader.raw(self.these(self.rows.reverse()[self.count - stop : self.count - start]))[::-1]

    def these(self, rows):
        """The same rows, chosen first where something is looked up beside each: not for those that the page passes over."""
        if not any(c.counted or c.known for c in self.columns):
            return rows
        chosen = self.telling(self.ledger.model.objects.filter(pk__in=rows.values("pk"))).order_by(
            *self.order
        )
        return chosen if rows.query.standard_ordering else chosen.reverse()

    def reader(self):
        return Reader(self.ledger, self.columns, on=self.on)

    @cached_property
    def means(self):
        """{parameter: words} of what in the address really narrows the rows, but for the place and what is looked for."""
        found = {one.parameter: f"{one.label}：{said(one, value)}" for one, value in self.narrowed}
        if self.figure and self.figure.ledger == self.ledger.code:
            found["figure"] = f"指标：{self.figure.label}"
        if self.rule:
            found["rule"] = f"数据质量：{self.rule.label}"
        return found

    @property
    def address(self):
        """The address with what it means and nothing else: no page, no unknown word, nothing looked for."""
        beside = [name for name in BESIDE if self.query.get(name)]
        names = {*self.means, *beside} | ({"sort"} if self.sorted_by[0] else set())
        return urlencode([(name, self.query[name]) for name in sorted(names)])

    def told(self):
        """The conditions in words, for the head of an export."""
        words = [f"{one.label}：{said(one, value)}" for one, value in self.narrowed]
        read = f"，{figures.READINGS[self.query['areas']][0]}" if self.areas else ""
        words += [f"指标：{self.figure.label}（{self.period.on.isoformat()}{read}）"] if self.figure else []
        words += [f"数据质量：{self.rule.label}（{self.period.on.isoformat()}）"] if self.rule else []
        words += [f"查找：{self.search}"] if self.search else []
        words += [f"逐行选出的 {len(self.only)} 行"] if self.only is not None else []
        return words + ([self.note.removesuffix("。")] if self.note else [])


def sorting(column, path):
    """By what rows are sorted for a column."""
    if not getattr(column.kind, "ordered", False):
        return F(path)
    values = [value for value, _ in column.kind.labels]
    return Func(Value(values, ArrayField(TextField())), F(path), function="array_position")


def naming(ledger):
    """The column that names a row and carries the link: a place, a person's name, its number, or else what it is called."""
    columns = [c for c in ledger.columns if c.listed and not c.never]
    first = ledger.keys[0]
    if first[0] == "place":
        names = (ledger.by_name[name] for name in first[1:] if name in ledger.by_name)
        return next((c for c in names if isinstance(c.kind, kinds.Name)), ledger.by_name["@village"])
    named = next((c for c in columns if isinstance(c.kind, kinds.Name)), None)
    numbers = (c for c in columns if isinstance(c.kind, kinds.Identifier) and not c.is_part)
    return named or next(numbers, None) or ledger.by_name[first[-1]]


def sees_sensitive(user):
    """Whether last digits of identity numbers find something; not in a job, where nobody signed in acts."""
    return hasattr(user, "may") and user.may("see_sensitive")


def said(one, value):
    choices = dict(getattr(one.field, "choices", ()))
    return str(choices.get(value, value))


def day(text):
    try:
        return date.fromisoformat(text or "")
    except ValueError:
        return None
