"""村."""

from functools import partial

from django.db.models import Q

from povertyparty.figures import counting, register, register_rate
from villages.figures.conditions import a_village, this_year
from villages.models import TWELVE, Lineage, Village, VillagePlan, say

GROUP, FACILITIES = "村", "五通七有"
ALL_TWELVE = Q(**dict.fromkeys(TWELVE, True))


poor = counting("villages", "个", GROUP, lambda p: Village.poor_on(p.on))
rate = partial(register_rate, group=GROUP)


def plans(period):
    year = period.on.year
    return VillagePlan.objects.filter(
        Q(from_year=None) | Q(from_year__lte=year), Q(to_year=None) | Q(to_year__gte=year)
    ).order_by()


def unowned():
    return Q(county_owner="") | Q(township_owner="") | Q(village_owner="") | Q(unit_owner="")


register(
    code="villages",
    label="行政村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: a_village(p.on),
    definition="统计日已设立、未撤销的行政村",
)
poor("poor_villages", say("{poor_village}"), "统计日所在年度已列入国家级或自治区级贫困村的村")
rate("poor_villages_share", say("{poor_village}占比"), "poor_villages", "villages")
register(
    code="poor_villages_by_level",
    label=say("各级{poor_village}"),
    unit="个",
    ledger="villages",
    group=GROUP,
    where=lambda p: Village.listed_on(p.on) & ~Q(poverty_level="none"),
    split="poverty_level",
    definition=say("列入各级{poor_village}的村，按级别分"),
)
poor(
    "poor_villages_exited",
    say("已退出{poor_village}"),
    say("{poor_village}中已有退出年度的村"),
    lambda p: Village.exited_on(p.on),
)
rate("poor_villages_exited_share", say("{poor_village}退出率"), "poor_villages_exited", "poor_villages")
poor(
    "poor_villages_not_exited",
    say("尚未退出的{poor_village}"),
    say("{poor_village}中没有退出年度，或退出年度晚于统计日的村"),
    lambda p: ~Village.exited_on(p.on),
)
poor(
    "poor_villages_by_cause",
    say("{poor_village}致贫类型"),
    say("{poor_village}按村级主要致贫原因类型分"),
    lambda p: ~Q(cause=""),
    split="cause",
)
register(
    code="villagers",
    label="村总人口",
    unit="人",
    ledger="villages",
    group=GROUP,
    total="all_persons",
    definition="各村登记的总人口之和",
)
register_rate(
    code="poverty_incidence",
    label="贫困发生率",
    part="unlifted_persons",
    whole="villagers",
    group=GROUP,
    places=2,
    definition="未脱贫人口÷各村登记的总人口",
)
register(
    code="villages_assessed",
    label="本年度致贫类型评估的村",
    unit="个",
    ledger="assessments",
    group=GROUP,
    where=this_year,
    definition="统计日所在年度做过致贫类型评估的村",
)
register(
    code="villages_with_plan",
    label="有发展规划的村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: a_village(p.on) & Q(code__in=plans(p).values("place")),
    definition="有规划期含统计日所在年度的发展规划的村",
)
rate("villages_with_plan_share", "发展规划覆盖率", "villages_with_plan", "villages")
register(
    code="villages_with_plan_owned_at_four_levels",
    label="发展规划四级责任齐全的村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: a_village(p.on) & Q(code__in=plans(p).exclude(unowned()).values("place")),
    definition="县、乡镇、村、后盾单位责任人都已明确的规划所在的村",
)


poor(
    "poor_villages_meeting_all_twelve",
    say("“五通七有”全部达标的{poor_village}"),
    say("{poor_village}中十二项全部为“是”的村"),
    lambda p: ALL_TWELVE,
    group=FACILITIES,
)
rate(
    "meeting_all_twelve_share",
    "“五通七有”全部达标率",
    "poor_villages_meeting_all_twelve",
    "poor_villages",
    group=FACILITIES,
)
poor(
    "poor_villages_short_of_twelve",
    say("“五通七有”有短板的{poor_village}"),
    say("{poor_village}中十二项有一项以上不是“是”的村"),
    lambda p: ~ALL_TWELVE,
    group=FACILITIES,
)
for item, said in TWELVE.items():
    poor(
        f"poor_villages_lacking_{item.removeprefix('has_')}",
        say(f"{'未' if said.startswith('通') else '没'}{said}的{{poor_village}}"),
        say(f"{{poor_village}}中“{said}”不是“是”的村"),
        lambda p, item=item: ~Q(**{item: True}),
        group=FACILITIES,
    )


def divided(period):
    since = {"change__on__gte": period.since} if period.since else {}
    return Lineage.in_force().filter(change__kind="split", change__on__lte=period.on, **since)


register(
    code="villages_divided",
    label="拆分的村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: Q(code__length=12, code__in=divided(p).values("before")),
    during=True,
    definition="统计期内经批准拆分的村，按拆分前的村计",
)
