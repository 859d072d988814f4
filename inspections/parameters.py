"""The limits of putting right: deadlines, lights, looking back (domain.md §7)."""

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
declare(
    key="sign_days",
    label="交办后签收不超过",
    group=GROUP,
    kind=number("个工作日", 30),
    default=3,
    source="系统默认",
    help="工作日按节假日安排计算",
)
SUPERVISION = "督办"
declare(
    key="reply_days",
    label="督办单签发后反馈不超过",
    group=SUPERVISION,
    kind=number("个工作日", 60),
    default=5,
    source="系统默认",
    help="工作日按节假日安排计算",
)
declare(
    key="yellows_to_talk",
    label="同一事项黄色督办单办结几次后拟约谈",
    group=SUPERVISION,
    kind=number("次", 10),
    default=2,
    source="各地督办通行做法",
)
declare(
    key="slip_rest_days",
    label="评估为整改到位后多久内不再拟办",
    group=SUPERVISION,
    kind=number("天", 366),
    default=15,
    source="系统默认",
)


def limits(county, on):
    """Those of the lights, in force in the county on the day."""
    told = Parameter.values(county, on)
    return Limits(told["near_days"], told["silent_days"], told["behind_points"], told["far_behind_points"])
