"""产业资金: what villages earn, what they are given, who leads the way. Amounts in 万元."""

from django.db.models import DecimalField, Q, Value
from django.db.models.functions import Coalesce

from povertyparty.figures import register
from villages.figures.conditions import A_VILLAGE, places_of
from villages.models import CollectiveIncome, Leader

GROUP = "产业资金"
FEWEST_LEADERS = 3
AMOUNT = DecimalField(max_digits=12, decimal_places=2)


def last_full_year(period):
    return Q(year=period.on.year - 1)


def this_year(period):
    return Q(year=period.on.year)


register(
    code="collective_income_wan",
    label="村级集体经济总收入",
    unit="万元",
    ledger="collective_incomes",
    group=GROUP,
    where=last_full_year,
    total="total",
    definition="上一完整年度各村总收入之和",
)
register(
    code="shell_villages",
    label="空壳村",
    unit="个",
    ledger="collective_incomes",
    group=GROUP,
    where=lambda p: last_full_year(p) & Q(total__lt=CollectiveIncome.SHELL),
    definition=f"上一完整年度集体经济总收入不足{CollectiveIncome.SHELL}万元的村",
)
register(
    code="weak_villages",
    label="薄弱村",
    unit="个",
    ledger="collective_incomes",
    group=GROUP,
    where=lambda p: last_full_year(p) & Q(total__gte=CollectiveIncome.SHELL, total__lt=CollectiveIncome.WEAK),
    definition=f"上一完整年度集体经济总收入满{CollectiveIncome.SHELL}万元、不足{CollectiveIncome.WEAK}万元的村",
)
register(
    code="villages_with_three_leaders",
    label="致富带头人达标的村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: A_VILLAGE & Q(code__in=places_of(Leader.objects.all(), FEWEST_LEADERS)),
    definition=f"致富带头人有{FEWEST_LEADERS}名以上的村",
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
register(
    code="operating_standard_wan",
    label="村级运转经费标准",
    unit="万元",
    ledger="village_funds",
    group=GROUP,
    where=this_year,
    least="operating_due",
    definition="当年各村运转经费标准中最低的",
)
register(
    code="service_standard_wan",
    label="服务群众专项经费标准",
    unit="万元",
    ledger="village_funds",
    group=GROUP,
    where=this_year,
    least="service_due",
    definition="当年各村服务群众专项经费标准中最低的",
)
register(
    code="villages_below_operating_standard",
    label="运转经费未达标的村",
    unit="个",
    ledger="village_funds",
    group=GROUP,
    where=lambda p: this_year(p) & Q(operating_due__gt=Coalesce("operating_paid", Value(0, AMOUNT))),
    definition="当年运转经费到位不足标准的村",
)
register(
    code="special_funds_yi",
    label="中央和自治区财政专项扶贫资金",
    unit="亿元",
    ledger="grants",
    group=GROUP,
    where=lambda p: (
        Q(on__startswith=str(p.on.year), on__lte=p.day, level__in=["中央", "自治区"])
        & Q(kind="财政专项扶贫资金")
    ),
    total="amount",
    scale=10_000,
    places=2,
    definition="当年中央和自治区下达的财政专项扶贫资金之和",
)
