"""A figure (指标) is a ledger, a condition and a measure.

The number, the list behind it and its Excel are three readings of the same rows, so they cannot disagree.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from django.db.models import (
    Aggregate,
    Case,
    Count,
    DecimalField,
    Expression,
    F,
    FloatField,
    Min,
    Model,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.functions import Cast, Round
from django.db.models.lookups import GreaterThanOrEqual

from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.scope import current, supposing

REGISTRY: dict[str, "Figure | Rate"] = {}
# By which division of places figures may be read: {name: (what people call it, day → areas, see `values`)}.
READINGS: dict[str, tuple[str, Callable]] = {}


@dataclass(frozen=True)
class Period:
    """`on` is the day the figure is asked for; `since` the first day of the period that events are counted in."""

    on: date
    since: date | None = None

    @property
    def day(self):
        """As partial dates are compared: in text order a date known to the month lies on its first day."""
        return self.on.isoformat()

    def during(self, name):
        """What happened between the two, by this partial date; without a first day, all that happened by the last."""
        begun = Q(**{f"{name}__gte": first_of(self.since)}) if self.since else Q()
        return begun & Q(**{f"{name}__lte": self.day})


def first_of(day):
    """2020-03-01 as 2020-03, and 2020-01-01 as 2020: so that what is known to the month begins with it."""
    return day.isoformat().removesuffix("-01").removesuffix("-01")


class Median(Aggregate):
    function, template = "PERCENTILE_CONT", "%(function)s(0.5) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = FloatField()


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Counts the rows of `ledger` that hold `where(period)`.

    of      the model whose rows are added up, where they are no ledger's: then there is nothing to open
    each    count distinct values of this field or expression: one row stands for each
    total   add this field (or expression of the period) up instead of counting rows, divided by `scale` and rounded to `places`
    median  the middle value of this field, rounded to `places`; nothing where fewer than `enough` rows have one
    least   the smallest value of this expression: a standard that all of them keep
    split   a choice field: the value is {label: number}
    during  counts what happened within the period, not what is so on its last day
    inner   only to be divided by, or into, another: its page is reached from there
    """

    code: str
    label: str
    unit: str
    group: str
    ledger: str = ""
    of: type[Model] | None = None
    definition: "str | Callable[[Period, str], str]" = ""
    where: Callable[[Period], Q] = field(default=lambda period: Q())
    each: str | Expression = ""
    total: "str | Callable[[Period], Expression]" = ""
    scale: int = 1
    places: int | None = None
    median: str = ""
    enough: int = 1
    least: Callable[[Period], Expression] | None = None
    split: str = ""
    during: bool = False
    inner: bool = False

    made_of = ()

    def says(self, period, within=""):
        return meaning(self, period, within) or "本台账的全部行"

    @property
    def model(self):
        return self.of or LEDGERS[self.ledger].model

    @property
    def counts(self):
        """Whether the number is that of its rows."""
        return not (self.total or self.median or self.least)

    @property
    def nothing(self):
        """The value where there is no row."""
        if self.split:
            return {}
        return None if self.least or self.median else 0

    def rows(self, period, within="", areas=None):
        """The rows behind the number; as many as the number says, except for totals and standards."""
        rows = (areas or lying)(self.model, within).filter(self.where(period))
        if self.each:
            firsts = rows.order_by().values(one_of=self.one_of).annotate(first=Min("pk"))
            rows = self.model.objects.filter(pk__in=firsts.values("first"))
        return rows

    @property
    def one_of(self):
        return F(self.each) if isinstance(self.each, str) else self.each

    def measure(self, period):
        where = self.where(period)
        if self.least:
            return Min(self.least(period), filter=where)
        if self.median:
            return self.middle(where)
        if not self.total:
            return Count(self.one_of if self.each else "pk", filter=where, distinct=bool(self.each))
        added = Sum(self.total(period) if callable(self.total) else self.total, filter=where, default=0)
        return added if self.places is None else Round(added / Value(Decimal(self.scale)), self.places)

    def middle(self, where):
        there = GreaterThanOrEqual(Count(self.median, filter=where), self.enough)
        exact = Cast(Median(self.median, filter=where), DecimalField(max_digits=20, decimal_places=6))
        return Case(When(there, then=Round(exact, self.places or 0)))


@dataclass(frozen=True, kw_only=True)
class Rate:
    """One figure in hundredths of another (or, with a scale of 1, so many of the one to each of the other)."""

    code: str
    label: str
    part: str
    whole: str
    group: str
    unit: str = "%"
    definition: "str | Callable[[Period, str], str]" = ""
    scale: int = 100
    places: int = 1

    # It opens the two figures it is made of; it has no rows of its own.
    ledger = each = split = ""
    counts = during = inner = False
    nothing = None

    @property
    def made_of(self):
        return [REGISTRY[self.part], REGISTRY[self.whole]]

    def says(self, period, within=""):
        part, whole = (one.label for one in self.made_of)
        return meaning(self, period, within) or f"{part}÷{whole}"

    def of(self, part, whole):
        """Half-up, and None where there is nothing to divide by."""
        if not whole:
            return None
        exact = Decimal(part or 0) * self.scale / Decimal(whole)
        return exact.quantize(Decimal(1).scaleb(-self.places), ROUND_HALF_UP)


def meaning(figure, period, within):
    """What it counts, in words; a definition may name what is in force on the day and in the place."""
    said = figure.definition
    return said(period, within or current().lo) if callable(said) else said


def register(**declared):
    figure = Figure(**declared)
    refuse_fan_out(figure)
    REGISTRY[figure.code] = figure
    return figure


def counting(ledger, unit, group, among=lambda period: Q(), **common):
    """A way to register figures of one ledger: each counts, of the rows `among` which it looks, those that hold a condition more."""

    def add(code, label, definition, where=lambda period: Q(), **more):
        asked = where if callable(where) else lambda period: where
        return register(
            code=code,
            label=label,
            definition=definition,
            where=lambda period: among(period) & asked(period),
            **{"ledger": ledger, "unit": unit, "group": group} | common | more,
        )

    return add


def register_rate(code, label, part, whole, **declared):
    rate = Rate(code=code, label=label, part=part, whole=whole, **declared)
    REGISTRY[rate.code] = rate
    return rate


def refuse_fan_out(figure):
    """A condition across a to-many relation would count rows twice; Exists() says it once."""
    with supposing():
        condition = figure.where(Period(date(2000, 1, 1), date(2000, 1, 1)))
    refuse_to_many(figure.code, figure.model, condition)


def refuse_to_many(code, model, condition):
    for path in paths(condition):
        meta = model._meta
        for name in path.split("__"):
            if name not in {f.name for f in meta.get_fields()}:
                break
            step = meta.get_field(name)
            if step.one_to_many or step.many_to_many:
                raise ValueError(f"{code}: {path} crosses a to-many relation, use Exists()")
            if not step.related_model:
                break
            meta = step.related_model._meta


def paths(condition):
    """Every path of fields that a condition names, whether as name=value or within an expression."""
    if isinstance(condition, tuple):
        yield condition[0]
        condition = condition[1]
    if isinstance(condition, F):
        yield condition.name
    elif isinstance(condition, Q):
        for child in condition.children:
            yield from paths(child)
    elif isinstance(condition, Expression):
        for source in condition.get_source_expressions():
            yield from paths(source)


def values(figures, period, within="", length=None, areas=None):
    """{code: value}, or {(code, place): value} by places of that code length; one query a model, however many figures.

    `areas(model, within, length)` gives the rows with the places they are counted under, where that is not where they lie.
    What rates are made of is among the answers too.
    """
    wanted = list(figures)
    rates = [one for one in wanted if isinstance(one, Rate)]
    plain = {one.code: one for one in wanted if one not in rates}
    plain |= {one.code: one for rate in rates for one in rate.made_of}
    families = defaultdict(list)
    for figure in plain.values():
        families[figure.model].append(figure)
    answers = {}
    for model, family in families.items():
        rows = (areas or lying)(model, within, length)
        answers |= counted([f for f in family if not f.split], rows, period, length)
        for figure in family:
            if figure.split:
                answers |= split(figure, rows, period, length)
    for rate in rates:
        answers |= divided(rate, answers, length)
    return answers


def lying(model, within, length=None):
    rows = model.objects.within(within)
    return rows.at(length) if length else rows


def divided(rate, answers, length):
    if not length:
        return {rate.code: rate.of(answers[rate.part], answers[rate.whole])}
    return {
        (rate.code, place): rate.of(answers.get((rate.part, place)), whole)
        for (code, place), whole in list(answers.items())
        if code == rate.whole
    }


def counted(family, rows, period, length):
    measures = {figure.code: figure.measure(period) for figure in family}
    if not measures:
        return {}
    if not length:
        return rows.aggregate(**measures)
    lines = rows.order_by().values("place_at").annotate(**measures)
    return {
        (code, line["place_at"]): line[code]
        for line in lines
        for code in measures
        if len(line["place_at"]) == length
    }


def labels_of(figure):
    """{value: label} of what the figure is split by, as the ledger prints it."""
    column = LEDGERS[figure.ledger].by_name.get(figure.split)
    return dict(column.kind.labels if column else figure.model._meta.get_field(figure.split).flatchoices)


def split(figure, rows, period, length):
    """{code: {label: number}}, the choice's own order."""
    rows = rows.filter(figure.where(period)).order_by()
    labels = labels_of(figure)
    if not length:
        found = dict(rows.values_list(figure.split).annotate(n=Count("pk")))
        return {figure.code: {str(label): found[value] for value, label in labels.items() if value in found}}
    answers = defaultdict(dict)
    for place, value, n in rows.values_list("place_at", figure.split).annotate(n=Count("pk")):
        if len(place) == length:
            answers[figure.code, place][str(labels.get(value, value))] = n
    return dict(answers)
