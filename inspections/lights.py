"""The light of an item on a day: a word and a colour, and why (domain.md §2.4). It judges items, never persons.

expected = 100 × clamp((day − assigned) / (deadline − assigned), 0, 1);  gap = expected − reported
grey    nothing is awaited any more
red     the deadline has passed, or far behind (gap > 30), or returned twice and more
yellow  the deadline is near (at most 7 days off), or behind (gap ≥ 10), or returned once, or silent (30 days without a report)
green   otherwise

The numbers are those where a county says no other (inspections/parameters.py). `light` tells it of one item with its
reasons, `colour` the same of a hundred thousand in a query; a test holds the two together.
"""

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Case, DateField, Func, IntegerField, TextField, Value, When
from django.db.models.functions import Coalesce, Greatest, Least
from django.db.models.lookups import Exact, GreaterThan, GreaterThanOrEqual, IsNull, LessThan, LessThanOrEqual

COLOURS = {"red": "红灯", "yellow": "黄灯", "green": "绿灯", "grey": "灰灯"}


@dataclass(frozen=True)
class Limits:
    near: int = 7
    silent: int = 30
    behind: int = 10
    far_behind: int = 30


@dataclass(frozen=True)
class Light:
    word: str
    colour: str
    why: str


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Everything a light depends on. `finished` says how the item ended, "" while something is awaited."""

    finished: str = ""
    due_on: date | None = None
    assigned_on: date | None = None
    heard_on: date | None = None
    percent: int = 0
    returned: int = 0

    def left(self, on):
        """Days to the deadline, negative once it has passed; None without one."""
        return (self.due_on - on).days if self.due_on else None

    def expected(self, on):
        """How much of the work the time that has passed would make, in percent; None where nobody can say."""
        if not self.due_on or not self.assigned_on:
            return None
        whole, passed = (self.due_on - self.assigned_on).days, (on - self.assigned_on).days
        return min(max(100 * passed / whole, 0.0), 100.0) if whole > 0 else 100.0 * (on >= self.due_on)

    def gap(self, on):
        expected = self.expected(on)
        return 0 if expected is None else expected - self.percent

    def silent(self, on):
        """Days since anybody was heard of."""
        return (on - self.heard_on).days if self.heard_on else 0


def light(standing, on, limits=Limits()):
    if standing.finished:
        return Light(standing.finished, "grey", f"{standing.finished}，不再亮灯")
    found, near = list(reds(standing, on, limits)), list(yellows(standing, on, limits))
    if reasons := found + near:
        return Light(reasons[0][0], "red" if found else "yellow", "；".join(why for _, why in reasons))
    return Light("正常推进", "green", calm(standing, on))


def reds(standing, on, limits):
    left = standing.left(on)
    if left is not None and left < 0:
        yield f"超期 {-left} 天", f"已超过整改时限 {-left} 天"
    if standing.gap(on) > limits.far_behind:
        yield "严重滞后", behind(standing, on)
    if standing.returned >= 2:
        yield f"退回 {standing.returned} 次", f"本轮已退回 {standing.returned} 次"


def yellows(standing, on, limits):
    left = standing.left(on)
    if left is not None and 0 <= left <= limits.near:
        yield (f"还剩 {left} 天", f"离整改时限还有 {left} 天") if left else ("今天到期", "今天是整改时限")
    if limits.behind <= standing.gap(on) <= limits.far_behind:
        yield "进度滞后", behind(standing, on)
    if standing.returned == 1:
        yield "退回 1 次", "本轮已退回 1 次"
    if standing.silent(on) >= limits.silent:
        yield "久未报告", f"已 {standing.silent(on)} 天没有报告进展"


def behind(standing, on):
    expected = standing.expected(on)
    return f"按时间应完成 {expected:.1f}%，已报 {standing.percent}%，落后 {standing.gap(on):.1f} 个百分点"


def calm(standing, on):
    left = standing.left(on)
    return f"离整改时限还有 {left} 天，进度正常" if left is not None else "没有定整改时限，无法判断是否滞后"


# The same in a query


class Days(Func):
    """From the second date to the first."""

    template, arg_joiner = "(%(expressions)s)", " - "
    output_field = IntegerField()


@dataclass(frozen=True, kw_only=True)
class Told:
    """A Standing in a query: expressions, where `finished` is a condition."""

    finished: Any
    due_on: Any
    assigned_on: Any
    heard_on: Any
    percent: Any
    returned: Any


def conditions(told, on, limits):
    """(why red, why near, why behind): conditions, any of which is enough; `limits` may be expressions too.

    The gap is compared times the days from assignment to deadline, so that nothing is divided and nothing rounded.
    """
    on = Value(on, DateField())
    left, whole = Days(told.due_on, on), Days(told.due_on, told.assigned_on)
    timed, dated = GreaterThan(whole, 0), IsNull(whole, False)
    length = Case(When(timed, then=whole), default=1)
    passed = Least(Greatest(Days(on, told.assigned_on), 0), whole)
    spent = Case(When(timed, then=passed), When(LessThanOrEqual(left, 0), then=1), default=0)
    gap = Case(When(dated, then=Value(100) * spent - told.percent * length), default=0)
    silent = Coalesce(Days(on, told.heard_on), 0)
    red = (
        LessThan(left, 0),
        GreaterThan(gap, limits.far_behind * length),
        GreaterThanOrEqual(told.returned, 2),
    )
    near = (LessThanOrEqual(left, limits.near),)
    behind = (
        GreaterThanOrEqual(gap, limits.behind * length),
        Exact(told.returned, 1),
        GreaterThanOrEqual(silent, limits.silent),
    )
    return red, near, behind


def colour(told, on, limits):
    """The colour of the light as an expression."""
    red, near, behind = conditions(told, on, limits)
    return Case(
        When(told.finished, then=Value("grey")),
        *(When(reason, then=Value("red")) for reason in red),
        *(When(reason, then=Value("yellow")) for reason in (*near, *behind)),
        default=Value("green"),
        output_field=TextField(),
    )
