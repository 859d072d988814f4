"""The limits of putting right: deadlines, lights, looking back (domain.md §7)."""

from inspections.lights import Limits
from villages.models import Parameter, declare, number
from villages.models.parameters import Words

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
        kind=Words(count=len(words.split("、"))),
        default=words,
        source="检视问题清单",
        help="按次序对应；改名称不改变已登记的记录",
    )


def limits(county, on):
    """Those of the lights, in force in the county on the day."""
    told = Parameter.values(county, on)
    return Limits(told["near_days"], told["silent_days"], told["behind_points"], told["far_behind_points"])
