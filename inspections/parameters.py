"""The limits of putting right: deadlines, lights, looking back (domain.md §7)."""

import re
from dataclasses import dataclass

from inspections.lights import Limits
from povertyparty.kinds import Fault, Text
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


def limits(county, on):
    """Those of the lights, in force in the county on the day."""
    told = Parameter.values(county, on)
    return Limits(told["near_days"], told["silent_days"], told["behind_points"], told["far_behind_points"])


# The words by which a county tells causes of one kind apart (domain.md §1.6)

CAUSE_WORDS = {
    "cause_words_1": ("思想认识不到位", "学习不深入、形势认识不到位、认为是扶贫部门的事、缺少协调合作"),
    "cause_words_2": ("担当精神不够强", "持之以恒劲头不足、调研不深入、分类施策不够、难题推给下级、主动担当不够"),
    "cause_words_3": ("能力素质不过硬", "政策文件掌握不透、“双带”能力不强、处理复杂问题能力弱、业务素质不过硬、集体经济招数不多"),
    "cause_words_4": ("作风建设不扎实", "作风抓得不紧、纪律未贯穿日常、督促力度不大、眼睛只盯拨款、老办法多、党员作用不明显、宣传动员不多"),
}  # fmt: skip
MOST_WORDS = 12


@dataclass(frozen=True)
class WordList(Text):
    """Different words, joined by 、."""

    def parse(self, raw):
        words = [word.strip() for word in re.split("[、,，;；\n]", super().parse(raw)) if word.strip()]
        if not words or len(words) > MOST_WORDS or len(set(words)) != len(words) or max(map(len, words)) > 20:
            raise Fault(f"应为1到{MOST_WORDS}个不同的词，每个最多20个字，用顿号隔开")
        return "、".join(words)

    @property
    def help(self):
        return f"最多{MOST_WORDS}个，用顿号隔开"


for key, (root, words) in CAUSE_WORDS.items():
    declare(
        key=key,
        label=f"具体成因：{root}",
        group=GROUP,
        kind=WordList(200),
        default=words,
        source="问题原因分析",
    )


def cause_words():
    """Those in force where one works, each as its own name."""
    return {word: word for key in CAUSE_WORDS for word in str(Parameter.here(key)).split("、")}
