"""The papers by which the county pressed units that were late, as its ledger has them from before the system."""

from collections import Counter
from datetime import timedelta
from itertools import groupby

from inspections.fiction import names
from inspections.fiction.records import Line
from inspections.fiction.registers import Register, likely

LEVELS = (("蓝色提醒单", "蓝", "提醒"), ("黄色督办单", "黄", "督办"), ("红色督办单", "红", "督办"))


def slips(county):
    """About every third village with something overdue; what was not done was escalated, and that ended it."""
    late = [
        item
        for item in county.items
        if item.due_on < county.on - timedelta(days=20) and item.state == "已完成"
    ]
    given = Counter()
    for village, items in groupby(
        sorted(late, key=lambda item: item.village.code), lambda item: item.village
    ):
        if likely(county, 0.6):
            yield paper(county, village, list(items), given)


def paper(county, village, items, given):
    level, mark, does = county.random.choice(LEVELS)
    first = items[0]
    issued_on = first.due_on - timedelta(days=county.random.randint(2, 6))
    given[mark, issued_on.year] += 1
    return Line(
        village,
        {
            "单号": f"〔{issued_on.year}〕{mark}{given[mark, issued_on.year]}号",
            "单据级别": level,
            "发往单位": first.unit,
            "事由": f"关于{village.name}{len(items)}项整改事项的{does}",
            "督办要求": "请逐项说明进展、困难和完成时间，书面反馈",
            "依据事项编号": "；".join(item.code for item in items),
            "签发人": names.person_name(county.random, True),
            "签发日期": issued_on,
            "签收人": first.person,
            "送达日期": issued_on + timedelta(days=1),
            "反馈时限": issued_on + timedelta(days=9),
            "反馈情况": "已逐项落实，材料附后",
            "反馈日期": issued_on + timedelta(days=7),
            "评估结论": "整改到位",
            "评估日期": issued_on + timedelta(days=10),
            "处理结果": "归档",
            "督办状态": "已办结",
        },
    )


REGISTERS = (
    Register(
        "slips",
        "43督办单据台账",
        "督办单据台账",
        slips,
        "序号 单号 单据级别 乡(镇) 村 发往单位 事由 督办要求 依据事项编号 签发人=name 签发日期=day 签收人=name 送达日期=day"
        " 反馈时限=day 反馈情况 反馈日期=day 评估结论 评估日期=day 处理结果 督办状态 备注",
    ),
)
