"""The limits of putting right: deadlines, lights, looking back (domain.md §7)."""

from django.db.models import IntegerField
from django.db.models.functions import Cast

from inspections.lights import Limits
from villages.models import Parameter, declare, number

GROUP = "检视整改"


def days(key, label, default, source="系统默认", **more):
    declare(key=key, label=label, group=GROUP, kind=number("天", 366), default=default, source=source, **more)


days("at_once_days", "立行立改的整改时限", 15)
days("silent_days", "多久没有报告进展亮黄灯", 30)
days("near_days", "离整改时限多少天亮黄灯", 7)
declare(
    key="behind_points",
    label="进度落后多少亮黄灯",
    group=GROUP,
    kind=number("个百分点", 100),
    default=10,
    below="far_behind_points",
    source="各地督办通行做法",
)
declare(
    key="far_behind_points",
    label="进度落后超过多少亮红灯",
    group=GROUP,
    kind=number("个百分点", 100),
    default=30,
    source="各地督办通行做法",
)
declare(
    key="extensions_most",
    label="每项整改延期不超过",
    group=GROUP,
    kind=number("次", 10, least=0),
    default=2,
    source="系统默认",
)
declare(
    key="look_back_share",
    label="销号事项回头看比例不低于",
    group=GROUP,
    kind=number("%", 100),
    default=30,
    source="系统默认",
    help="问题严重的全部回头看",
)
days("look_back_from", "销号后多少天起回头看", 90, below="look_back_until")
days("look_back_until", "销号后多少天内回头看", 180)


LIGHTS = ("near_days", "silent_days", "behind_points", "far_behind_points")


def limits(county, on):
    """Those of the lights, in force in the county on the day."""
    told = Parameter.values(county, on)
    return Limits(*(told[key] for key in LIGHTS))


def limits_of_each(on):
    """In a query: those in force in the county of each row."""
    return Limits(*(Cast(Parameter.of_each(key, on), IntegerField()) for key in LIGHTS))
