"""集体经济: what villages earn together, who leads the way, who works together. Amounts in 万元."""

from functools import partial

from django.db.models import F, OuterRef, Q, Subquery

from povertyparty.figures import counting, register, register_rate
from villages.figures.conditions import (
    a_village,
    last_full_year,
    places_of,
    said,
)
from villages.models import CollectiveIncome, Leader, Parameter

GROUP = "集体经济"


incomes = counting("collective_incomes", "个", GROUP, last_full_year)
villages = counting("places", "个", GROUP, lambda p: a_village(p.on))
rate = partial(register_rate, group=GROUP)


def year_before():
    """The row's village, one year earlier."""
    return CollectiveIncome.objects.filter(place=OuterRef("place"), year=OuterRef("year") - 1).order_by()


def was_weak(period):
    weak = year_before().filter(total__lt=Parameter.at("weak_wan", period.on))
    return Q(place__in=Subquery(weak.values("place")))


def was_known():
    return Q(place__in=Subquery(year_before().values("place")))


def strong_enough(period):
    return Q(total__gte=Parameter.at("weak_wan", period.on))


def with_leaders(key, period):
    return places_of(Leader.objects.all(), Parameter.at(key, period.on))


incomes(
    "collective_income_wan", "村级集体经济总收入", "上一完整年度各村总收入之和", unit="万元", total="total"
)
incomes("villages_with_income", "报了集体经济收入的村", "上一完整年度有集体经济收入登记的村")
rate(
    "collective_income_a_village_wan",
    "村均集体经济收入",
    "collective_income_wan",
    "villages_with_income",
    unit="万元",
    scale=1,
    places=2,
)
incomes(
    "shell_villages",
    "空壳村",
    said("上一完整年度集体经济总收入不足{shell_wan}万元的村"),
    lambda p: Q(total__lt=Parameter.at("shell_wan", p.on)),
)
incomes(
    "weak_villages",
    "薄弱村",
    said("上一完整年度集体经济总收入满{shell_wan}万元、不足{weak_wan}万元的村"),
    lambda p: Q(total__gte=Parameter.at("shell_wan", p.on), total__lt=Parameter.at("weak_wan", p.on)),
)
villages(
    "villages_below_weak_line",
    "集体经济收入未达标的村",
    said("上一完整年度集体经济总收入不足{weak_wan}万元，或没有登记的村"),
    lambda p: (
        ~Q(
            code__in=CollectiveIncome.objects.filter(last_full_year(p), strong_enough(p))
            .order_by()
            .values("place")
        )
    ),
)
incomes(
    "villages_weak_before",
    "上上年度的空壳村、薄弱村",
    said("再上一年度总收入不足{weak_wan}万元、上一完整年度有登记的村"),
    was_weak,
    inner=True,
)
incomes(
    "villages_no_longer_weak",
    "上一年度消薄的村",
    said("再上一年度总收入不足{weak_wan}万元、上一完整年度达到的村"),
    lambda p: was_weak(p) & strong_enough(p),
    inner=True,
)
rate("no_longer_weak_share", "消薄率", "villages_no_longer_weak", "villages_weak_before")
incomes(
    "collective_income_before_wan",
    "可比的再上一年度总收入",
    "两个年度都有登记的村，再上一年度总收入之和",
    lambda p: was_known(),
    unit="万元",
    total=lambda p: CollectiveIncome.last_year(),
    inner=True,
)
incomes(
    "collective_income_gain_wan",
    "可比的总收入增加额",
    "两个年度都有登记的村，上一完整年度比再上一年度增加的总收入",
    lambda p: was_known(),
    unit="万元",
    total=lambda p: F("total") - CollectiveIncome.last_year(),
    inner=True,
)
rate(
    "collective_income_growth",
    "集体经济收入增长率",
    "collective_income_gain_wan",
    "collective_income_before_wan",
)
incomes(
    "villages_with_income_plan",
    "有集体经济发展规划的村",
    "上一完整年度登记有发展规划的村",
    lambda p: Q(has_plan=True),
)
incomes(
    "villages_with_pay_bound",
    "村干部报酬与集体经济挂钩的村",
    "上一完整年度登记已签订报酬挂钩的村",
    lambda p: Q(pay_bound="已签订"),
)
villages(
    "villages_with_three_leaders",
    "致富带头人达标的村",
    said("致富带头人有{leaders_least}名以上的村"),
    lambda p: Q(code__in=with_leaders("leaders_least", p)),
)
rate("with_three_leaders_share", "致富带头人达标率", "villages_with_three_leaders", "villages")
villages(
    "villages_with_five_leaders",
    "致富带头人达到目标的村",
    said("致富带头人有{leaders_target}名以上的村"),
    lambda p: Q(code__in=with_leaders("leaders_target", p)),
)
villages(
    "villages_short_of_leaders",
    "致富带头人不足的村",
    said("致富带头人少于{leaders_least}名的村"),
    lambda p: ~Q(code__in=with_leaders("leaders_least", p)),
)


register(
    code="leaders",
    label="致富带头人",
    unit="人",
    ledger="leaders",
    group=GROUP,
    definition="登记的致富带头人",
)
register(
    code="leaders_by_growth",
    label="“三培养”",
    unit="人",
    ledger="leaders",
    group=GROUP,
    where=lambda p: ~Q(growth=""),
    split="growth",
    definition="致富带头人按三培养去向分",
)
register(
    code="households_led",
    label="致富带头人带动的户",
    unit="户",
    ledger="leaders",
    group=GROUP,
    total="households",
    definition="致富带头人带动户数之和",
)
register(
    code="cooperatives",
    label="农民专业合作社",
    unit="家",
    ledger="cooperatives",
    group=GROUP,
    where=lambda p: Q(founded_on__lte=p.day),
    definition="统计日前成立的合作社",
)
register(
    code="party_led_cooperatives",
    label="党员领办的合作社",
    unit="家",
    ledger="cooperatives",
    group=GROUP,
    where=lambda p: Q(party_led=True, founded_on__lte=p.day),
    definition="由党员领办的农民专业合作社",
)
rate("party_led_share", "合作社党员领办率", "party_led_cooperatives", "cooperatives")
register(
    code="poor_members_of_party_led",
    label="党员领办合作社的贫困社员",
    unit="户",
    ledger="cooperatives",
    group=GROUP,
    where=lambda p: Q(party_led=True, founded_on__lte=p.day),
    total="poor_members",
    definition="党员领办的合作社中贫困社员之和",
)
incomes(
    "collective_income_median_wan",
    "村级集体经济收入中位数",
    "上一完整年度各村总收入从低到高排列居中的值",
    unit="万元",
    median="total",
    places=2,
)
