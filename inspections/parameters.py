"""The limits of putting right: deadlines, lights, looking back, reminders (domain.md §7)."""

from dataclasses import dataclass

from django.db.models import IntegerField
from django.db.models.functions import Cast

from inspections.lights import Limits
from povertyparty.kinds import Fault, Text, Words, parted
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
days("double_days", "多少天内同一地区的同类问题先看是否重复", 180)
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


@dataclass(frozen=True)
class Days(Text):
    """Several numbers of days, joined by 、: the thresholds of a reminder."""

    unit: str = "天"
    most: int = 366
    count: int = 6
    help = "用顿号隔开，如 20、10、3"

    def parse(self, raw):
        parts = parted("、".join(super().parse(raw).split()))
        if not parts or not all(part.isascii() and part.isdigit() for part in parts):
            raise Fault("应为天数，用顿号隔开，如 20、10、3")
        days = sorted({int(part) for part in parts}, reverse=True)
        if len(days) > self.count or not 1 <= days[-1] <= days[0] <= self.most:
            raise Fault(f"最多{self.count}个，每个在1至{self.most}天之间")
        return "、".join(map(str, days))


def listed_days(text):
    return [int(part) for part in parted(text)]


REMINDERS = "提醒"
declare(
    key="remind_ahead_days",
    label="到期前多少天提醒",
    group=REMINDERS,
    kind=Days(),
    default="20、10、3",
    source="各地督办通行做法：到期前20天、10天预警",
    help="提醒现在轮到办理的人：整改、签收、回头看、定期报告的时限都是这几个天数",
)
declare(
    key="remind_over_days",
    label="超期多少天再提醒",
    group=REMINDERS,
    kind=Days(),
    default="1",
    source="系统默认",
    help="提醒现在轮到办理的人",
)
LEVELS = (
    ("township", "乡镇领导", 3, "escalate_county_days"),
    ("county", "县委组织部经办人", 7, "escalate_leader_days"),
    ("leader", "县委组织部领导", 15, ""),
)
for key, who, default, below in LEVELS:
    declare(
        key=f"escalate_{key}_days",
        label=f"超期多少天告知{who}",
        group=REMINDERS,
        kind=number("天", 366),
        default=default,
        below=below,
        source="超期报单位和主要负责人的通行做法，天数为系统默认",
        help="逐级告知的是事项和责任单位；岗位空缺的告知再上一级",
    )

# The lists of domain.md §1.5: what a county calls each; what is stored is the number in the list.
SYMPTOMS = {
    "P1": "学习一知半解、昏粗懒作风、重要性认识不到位、盲目乐观、思想准备不足、党建促脱贫思考结合不够、停留在口头",
    "P2": "工作统筹不够、掌握基层需求不全面、培训课程设置不精准、当甩手掌柜、部署多调研少、靠发文派任务落实、新问题研究跟进不及时",
    "P3": "党建空扶贫实、就扶贫抓扶贫、指导不够、依赖第一书记和工作队、驻村队员要求不严",
    "P4": "思路窄办法少、规划缺乏产业支撑、项目储备不够、项目与规划脱节、前期论证不够、跟踪指导不到位、项目调整频繁",
    "P5": "典型挖掘不多、总结提炼不够、全员学习督促不到位、政策理解不深不透、脱贫路径研究不够、给钱给物代替扶贫、动力激发措施缺乏",
}
KINDS = {"P1": "政治站位", "P2": "主体责任", "P3": "“两张皮”", "P4": "带贫益贫", "P5": "宣传教育"}
for category, words in SYMPTOMS.items():
    declare(
        key=f"symptoms_{category.lower()}",
        label=f"检视问题的表现：{KINDS[category]}",
        group=GROUP,
        kind=Words(least=(n := len(parted(words))), most=n),
        default=words,
        source="检视问题清单",
        help="按次序对应；改名称不改变已登记的记录",
    )


LIGHTS = ("near_days", "silent_days", "behind_points", "far_behind_points")


def limits(county, on):
    """Those of the lights, in force in the county on the day."""
    told = Parameter.values(county, on)
    return Limits(*(told[key] for key in LIGHTS))


def limits_of_each(on):
    """In a query: those in force in the county of each row."""
    return Limits(*(Cast(Parameter.of_each(key, on), IntegerField()) for key in LIGHTS))


# The words by which a county tells causes of one kind apart (domain.md §1.6)

CAUSE_WORDS = {
    "cause_words_1": ("思想认识不到位", "学习不深入、形势认识不到位、认为是扶贫部门的事、缺少协调合作"),
    "cause_words_2": ("担当精神不够强", "持之以恒劲头不足、调研不深入、分类施策不够、难题推给下级、主动担当不够"),
    "cause_words_3": ("能力素质不过硬", "政策文件掌握不透、“双带”能力不强、处理复杂问题能力弱、业务素质不过硬、集体经济招数不多"),
    "cause_words_4": ("作风建设不扎实", "作风抓得不紧、纪律未贯穿日常、督促力度不大、眼睛只盯拨款、老办法多、党员作用不明显、宣传动员不多"),
}  # fmt: skip
for key, (root, words) in CAUSE_WORDS.items():
    declare(
        key=key,
        label=f"具体成因：{root}",
        group=GROUP,
        kind=Words(most=12),
        default=words,
        source="问题原因分析",
    )


def cause_words():
    """Those in force where one works, each as its own name."""
    return {word: word for key in CAUSE_WORDS for word in parted(Parameter.here(key))}
