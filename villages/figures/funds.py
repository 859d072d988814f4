"""经费保障: what villages are given each year, and what the county was sent. Amounts in 万元."""

from functools import partial

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThan

from povertyparty.figures import counting, register_rate
from villages.figures.conditions import nothing_as_zero, this_year
from villages.models import Parameter

GROUP = "经费保障"
SPECIAL = "财政专项扶贫资金"


rate = partial(register_rate, group=GROUP)
funds = counting("village_funds", "个", GROUP, this_year)


def floor(fund, period):
    """What the county says is the least, or else what the row says is due."""
    return Coalesce(Parameter.at(f"{fund}_least_wan", period.on), F(f"{fund}_due"))


def below(fund, period):
    return Q(LessThan(nothing_as_zero(f"{fund}_paid"), floor(fund, period)))


def reached(fund, period):
    return Q(GreaterThanOrEqual(nothing_as_zero(f"{fund}_paid"), floor(fund, period)))


funds("villages_with_funds", "报了经费保障的村", "当年有经费保障登记的村")
for fund, word in {"operating": "运转经费", "service": "服务群众专项经费"}.items():
    funds(
        f"{fund}_standard_wan",
        f"村级{word}标准" if fund == "operating" else f"{word}标准",
        f"本县设定的{word}最低标准；没有设定的，为当年各村标准中最低的",
        unit="万元",
        least=lambda p, fund=fund: floor(fund, p),
    )
    funds(
        f"villages_below_{fund}_standard",
        f"{word}未达标的村",
        f"当年{word}到位不足标准的村",
        lambda p, fund=fund: below(fund, p),
    )
    funds(
        f"villages_reaching_{fund}_standard",
        f"{word}达标的村",
        f"当年{word}到位达到标准的村",
        lambda p, fund=fund: reached(fund, p),
        inner=True,
    )
    rate(
        f"reaching_{fund}_share",
        f"{word}达标率",
        f"villages_reaching_{fund}_standard",
        "villages_with_funds",
    )
funds(
    "funds_due_wan",
    "应到位经费",
    "当年运转经费、服务群众专项经费标准之和",
    unit="万元",
    total=lambda p: nothing_as_zero("operating_due") + nothing_as_zero("service_due"),
)
funds(
    "funds_paid_wan",
    "已到位经费",
    "当年运转经费、服务群众专项经费到位之和",
    unit="万元",
    total=lambda p: nothing_as_zero("operating_paid") + nothing_as_zero("service_paid"),
)
rate("funds_paid_share", "经费到位率", "funds_paid_wan", "funds_due_wan")
funds("funds_short_wan", "经费差额", "当年各村经费低于标准的差额之和", unit="万元", total="shortfall")


grants = counting(
    "grants",
    "亿元",
    GROUP,
    lambda p: Q(on__startswith=str(p.on.year), on__lte=p.day, kind=SPECIAL),
    total="amount",
    scale=10_000,
    places=2,
)


grants(
    "special_funds_yi",
    "中央和自治区财政专项扶贫资金",
    "当年中央和自治区下达的财政专项扶贫资金之和",
    Q(level__in=["中央", "自治区"]),
)
grants(
    "special_funds_all_levels_yi",
    "各级财政专项扶贫资金",
    "当年各级下达的财政专项扶贫资金之和",
)
