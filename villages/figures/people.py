"""户和人口."""

from functools import partial

from django.db.models import F, Q

from povertyparty.figures import counting, register, register_rate
from villages.figures.conditions import registered, said, unlifted
from villages.models import UNWILLING, Household, Parameter

GROUP = "户和人口"
GROSS = F("wages") + F("business") + F("property_income") + F("transfers")


households = counting("households", "户", GROUP, lambda p: registered(p.on))
persons = counting("people", "人", GROUP, lambda p: registered(p.on, "household__"))
income = counting("households", "元", GROUP, lambda p: registered(p.on))
rate = partial(register_rate, group=GROUP)


households("households", "建档立卡户", "统计日在册（已识别、未移出）的建档立卡户")
persons("persons", "建档立卡人口", "在册户的家庭成员")
households(
    "unlifted_households",
    "未脱贫户",
    "脱贫属性为未脱贫或返贫，或统计日所在年度尚未到脱贫年度的户",
    lambda p: unlifted(p.on),
)
persons("unlifted_persons", "未脱贫人口", "未脱贫户的家庭成员", lambda p: unlifted(p.on, "household__"))
households(
    "reached_or_verifying_households",
    "已达标正在摸底核验的户",
    "未脱贫户中核验阶段为达标待核或摸底核验中的户",
    lambda p: unlifted(p.on) & Q(stage__in=[Household.Stage.REACHED, Household.Stage.VERIFYING]),
)
rate(
    "reached_or_verifying_share",
    "未脱贫户中已达标核验占比",
    "reached_or_verifying_households",
    "unlifted_households",
)
persons(
    "lifted_persons",
    "已脱贫人口",
    "在册人口中不属于未脱贫、返贫户的",
    lambda p: ~unlifted(p.on, "household__"),
    inner=True,
)
rate("lifted_share", "累计脱贫率", "lifted_persons", "persons")
households(
    "households_lifted_this_year",
    "本年度脱贫户",
    "脱贫年度为统计日所在年度的户",
    lambda p: ~unlifted(p.on) & Q(exit_year=p.on.year),
)
persons(
    "persons_lifted_this_year",
    "本年度脱贫人口",
    "本年度脱贫户的家庭成员",
    lambda p: ~unlifted(p.on, "household__") & Q(household__exit_year=p.on.year),
)
households("relapsed_households", "返贫户", "脱贫属性为返贫的户", lambda p: Household.relapsed_on(p.on))
households("monitored_households", "监测对象", "登记为监测对象的户", lambda p: Q(monitored=True))
households(
    "monitored_by_kind",
    "监测对象类型",
    "监测对象按监测类型分",
    lambda p: Q(monitored=True) & ~Q(monitoring=""),
    split="monitoring",
)
households(
    "households_by_cause",
    "主要致贫原因构成",
    "在册户按登记的主要致贫原因分",
    lambda p: ~Q(cause__in=["", UNWILLING]),
    split="cause",
)
rate(
    "persons_to_a_household",
    "户均人口",
    "persons",
    "households",
    unit="人",
    scale=1,
    places=2,
)
income(
    "net_income_yuan",
    "建档立卡户纯收入合计",
    "在册户年人均纯收入乘以家庭人口数之和",
    total=lambda p: F("net_income") * F("size"),
    inner=True,
)
register(
    code="persons_with_income",
    label="登记了收入的人口",
    unit="人",
    ledger="households",
    group=GROUP,
    where=lambda p: registered(p.on) & Q(net_income__isnull=False),
    total="size",
    definition="登记了年人均纯收入的在册户的家庭人口数之和",
    inner=True,
)
rate(
    "net_income_a_person_yuan",
    "建档立卡人口人均纯收入",
    "net_income_yuan",
    "persons_with_income",
    unit="元",
    scale=1,
    places=0,
)
households(
    "households_with_income",
    "登记了收入的户",
    "登记了年人均纯收入的在册户",
    lambda p: Q(net_income__isnull=False),
    inner=True,
)
households(
    "households_below_line",
    "人均纯收入低于监测线的户",
    said("年人均纯收入低于{monitoring_line}元的在册户"),
    lambda p: Q(net_income__lt=Parameter.at("monitoring_line", p.on)),
)
rate("below_line_share", "低于监测线户占比", "households_below_line", "households_with_income")
income(
    "gross_income_yuan",
    "家庭总收入合计",
    "工资性、生产经营性、财产性、转移性收入之和",
    total=lambda p: GROSS,
    inner=True,
)
income("transfers_yuan", "转移性收入合计", "在册户转移性收入之和", total="transfers", inner=True)
income("wages_yuan", "工资性收入合计", "在册户工资性收入之和", total="wages", inner=True)
rate("transfers_share", "转移性收入占比", "transfers_yuan", "gross_income_yuan")
rate("wages_share", "工资性收入占比", "wages_yuan", "gross_income_yuan")
persons("persons_working", "务工人口", "当年务工1个月以上的在册人口", lambda p: Q(work_months__gte=1))
persons(
    "persons_working_by_area",
    "务工去向",
    "务工人口按务工状况分",
    lambda p: Q(work_months__gte=1) & ~Q(work_area=""),
    split="work_area",
)
# Of fewer than three households the middle one would be somebody's.
register(
    code="income_median",
    label="户人均纯收入中位数",
    unit="元",
    ledger="households",
    group=GROUP,
    where=lambda p: registered(p.on) & Q(net_income__isnull=False),
    median="net_income",
    enough=3,
    places=2,
    definition="登记了年人均纯收入的在册户，从低到高排列居中的值；不足3户的不显示",
)
