"""How villages stand: checks of the twelve, what they lack, what they plan, which units stand behind them."""

from datetime import timedelta

from inspections.fiction import names
from inspections.fiction.names import CITY_NAME
from inspections.fiction.records import TWELVE, Line
from inspections.fiction.registers import Register, ago, likely, one_of

CHECKED = [f"{'五通' if at < 5 else '七有'}>{one}" for at, one in enumerate(TWELVE)]
CAUSES = ("组织作用弱型", "资源有、带动弱型", "自然条件制约型", "分散覆盖难型", "设施短板型")


def poor(county):
    return [village for village in county.villages if village.is_poor]


def exit_checks(county):
    """What a check found is what the village's own line says."""
    for village in poor(county):
        checked_on = ago(county, 20, 300)
        missing = [one for one in TWELVE if not village.twelve[one]]
        yield Line(
            village,
            {
                "核查日期": checked_on,
                "核查人": names.person_name(county.random, True),
                **{one: "不达标" if one in missing else "达标" for one in TWELVE},
                "不达标说明": "、".join(missing) and f"{'、'.join(missing)}未达到标准",
                "整改时限": checked_on + timedelta(days=90) if missing else None,
                "责任部门": county.random.choice(county.units) if missing else "",
            },
        )


def assessments(county):
    for village in poor(county):
        others = [one for one in CAUSES if one != village.cause]
        yield Line(
            village,
            {
                "年度": county.on.year,
                "主要类型": village.cause,
                "次要类型": county.random.choice(others) if likely(county, 0.5) else "",
                "评估依据": "入户调查、村民代表座谈",
                "资源优势": village.facts["speciality"],
                "评估人": names.person_name(county.random, True),
                "评议日期": ago(county, 0, 40),
            },
        )


def village_plans(county):
    for village in county.villages:
        if village.is_poor or likely(county, 0.4):
            first = county.on.year - county.random.randint(0, 2)
            state = one_of(county, "编制中", "已表决", "实施中")
            yield Line(
                village,
                {
                    "规划名称": f"{village.name}{first}—{first + 4}年发展规划",
                    "起始年度": first,
                    "截止年度": first + 4,
                    "主导产业": village.facts["industry"],
                    "发展目标": f"做强{village.facts['speciality']}产业，壮大集体经济",
                    "集体收入目标(万元)": round(village.facts["collective_income"] * 1.5 + 5, 2),
                    "村民代表会议日期": None if state == "编制中" else ago(county, 60, 300),
                    "状态": state,
                },
            )


def units(county):
    """Of the county itself, so that no line names a township."""
    for name in county.units:
        of_city = name.startswith(CITY_NAME)
        yield Line(
            None,
            {
                "单位名称": name,
                "统一社会信用代码": names.credit_code(county.random, "11"),
                "单位层级": "市" if of_city else "县",
                "主要负责人": names.person_name(county.random, True),
                "联系人": names.person_name(county.random, False),
                "包联村数": sum(village.unit == name for village in county.villages),
            },
        )


REGISTERS = (
    Register(
        "exit_checks",
        "31五通七有核查表",
        "五通七有核查表",
        exit_checks,
        f"序号 乡(镇) 村 核查日期=day 核查人=name {' '.join(CHECKED)} 不达标说明 整改时限=day 责任部门",
    ),
    Register(
        "assessments",
        "32村级致贫类型评估表",
        "村级致贫类型评估表",
        assessments,
        "序号 乡(镇) 村 年度=year 主要类型 次要类型 评估依据 资源优势 评估人=name 评议日期=day 备注",
    ),
    Register(
        "village_plans",
        "33村发展规划表",
        "村发展规划表",
        village_plans,
        "序号 乡(镇) 村 规划名称 起始年度=year 截止年度=year 主导产业 发展目标 集体收入目标(万元)=sum 村民代表会议日期=day 批准文号"
        " 状态 备注",
    ),
    Register(
        "units",
        "34帮扶单位名录",
        "帮扶单位名录",
        units,
        "序号 乡(镇) 单位名称 统一社会信用代码 单位层级 主要负责人=name 联系人=name 包联村数=sum 备注",
    ),
)
