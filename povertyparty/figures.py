"""A figure (指标) is a ledger, a condition and a measure.

The number, the list behind it and its Excel are three readings of the same rows, so they cannot disagree.
"""

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date

from django.db.models import Count, Expression, F, Min, Q, Sum

from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.scope import supposing

REGISTRY: dict[str, "Figure"] = {}


@dataclass(frozen=True)
class Period:
    """`on` is the day the figure is asked for; `since` the first day of the period that events are counted in."""

    on: date
    since: date | None = None


@dataclass(frozen=True, kw_only=True)
class Figure:
    """Counts the rows of `ledger` that hold `where(period)`.

    each    count distinct values of this field: one row stands for each
    total   add this field up instead of counting rows
    split   a choice field: the value is {label: number}
    """

    code: str
    label: str
    unit: str
    ledger: str
    group: str
    definition: str = ""
    where: Callable[[Period], Q] = field(default=lambda period: Q())
    each: str = ""
    total: str = ""
    split: str = ""

    @property
    def model(self):
        return LEDGERS[self.ledger].model

    def rows(self, period, within=""):
        """The rows behind the number; as many as the number says, except for totals."""
        rows = self.model.objects.within(within).filter(self.where(period))
        if self.each:
            rows = self.model.objects.filter(
                pk__in=rows.order_by().values(self.each).annotate(one=Min("pk")).values("one")
            )
        return rows

    def measure(self, period):
        where = self.where(period)
        if self.total:
            return Sum(self.total, filter=where, default=0)
        return Count(self.each or "pk", filter=where, distinct=bool(self.each))


def register(**declared):
    figure = Figure(**declared)
    refuse_fan_out(figure)
    REGISTRY[figure.code] = figure
    return figure


def refuse_fan_out(figure):
    """A condition across a to-many relation would count rows twice; Exists() says it once."""
    with supposing():
        refuse_to_many(figure.code, figure.model, figure.where(Period(date.min, date.min)))


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


def values(figures, period, within="", length=None):
    """{code: value}, or {(code, place): value} by places of that code length; one query a model, however many figures."""
    families = defaultdict(list)
    for figure in figures:
        families[figure.model].append(figure)
    answers = {}
    for model, family in families.items():
        rows = model.objects.within(within)
        answers |= counted([f for f in family if not f.split], rows, period, length)
        for figure in family:
            if figure.split:
                answers |= split(figure, rows, period, length)
    return answers


def counted(family, rows, period, length):
    measures = {figure.code: figure.measure(period) for figure in family}
    if not measures:
        return {}
    if not length:
        return rows.aggregate(**measures)
    lines = rows.at(length).order_by().values("place_at").annotate(**measures)
    return {
        (code, line["place_at"]): line[code]
        for line in lines
        for code in measures
        if len(line["place_at"]) == length
    }


def split(figure, rows, period, length):
    """{code: {label: number}}, the choice's own order."""
    rows = rows.filter(figure.where(period)).order_by()
    labels = dict(figure.model._meta.get_field(figure.split).flatchoices)
    if not length:
        found = dict(rows.values_list(figure.split).annotate(n=Count("pk")))
        return {figure.code: {str(label): found[value] for value, label in labels.items() if value in found}}
    answers = defaultdict(dict)
    for place, value, n in rows.at(length).values_list("place_at", figure.split).annotate(n=Count("pk")):
        answers[figure.code, place][str(labels.get(value, value))] = n
    return dict(answers)
