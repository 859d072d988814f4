"""Rounds in which the county looked for what is wrong, their phases, and where somebody went to see for themselves."""

from datetime import date, timedelta

from inspections.fiction import names
from inspections.fiction.records import Line
from inspections.fiction.registers import Register, likely, one_of

TALKS = ("座谈交流", "听取汇报", "个别谈话")
OTHERS = ("走访入户", "查阅资料", "问卷")


def called(year):
    return f"{year}年政治体检"


def rounds(county):
    """One of last year, and the one that goes on."""
    for year in (county.on.year - 1, county.on.year):
        yield Line(
            None,
            {
                "轮次名称": called(year),
                "轮次类型": "政治体检",
                "依据文件": "关于巩固深化主题教育成果的意见",
                "依据文号": f"示例发〔{year}〕2号",
                "发文日期": date(year, 1, 10),
                "组织单位": "县委组织部",
                "调研课题": "加强贫困村党建工作",
                "开始日期": date(year, 2, 1),
                "结束日期": date(year, 11, 30),
                "抽样方式": "随机抽样",
                "抽样村数": len(county.villages) // 2,
                "开展周期": "年度",
            },
        )


def round_phases(county):
    """This year's go on; the last one of the year before is frozen."""
    year = county.on.year
    for name, begins, ends, frozen_on in (
        ("走访调研", date(year, 2, 1), date(year, 8, 31), None),
        ("检视问题", date(year, 9, 1), date(year, 11, 30), None),
        ("检视问题", date(year - 1, 2, 1), date(year - 1, 11, 30), date(year - 1, 12, 15)),
    ):
        yield Line(
            None,
            {
                "自查轮次": called(begins.year),
                "阶段名称": name,
                "阶段开始": begins,
                "阶段结束": ends,
                "冻结日期": frozen_on,
            },
        )


def field_visits(county):
    """To every third village or so, by one or two ways; of talks it is known how many took part, never who said what."""
    begins = date(county.on.year, 2, 1)
    days = max((county.on - begins).days, 0)
    for village in county.villages:
        if likely(county, 0.4):
            ways = [one_of(county, *TALKS), *([one_of(county, *OTHERS)] if likely(county, 0.5) else [])]
            yield Line(
                village,
                {
                    "自查轮次": called(county.on.year),
                    "调研日期": begins + timedelta(county.random.randint(0, days)),
                    "调研方式": ";".join(ways),
                    "调研人员": names.person_name(county.random, True),
                    "谈话人数": county.random.randint(3, 20),
                    "了解到的情况": one_of(county, "培训需求没有调查", "产业规划需要论证", "阵地使用率不高"),
                },
            )


REGISTERS = (
    Register(
        "rounds",
        "37自查轮次",
        "自查轮次",
        rounds,
        "序号 轮次名称 轮次类型 依据文件 依据文号 发文日期=day 组织单位 调研课题 开始日期=day 结束日期=day 抽样方式 抽样村数=sum"
        " 开展周期 备注",
    ),
    Register(
        "round_phases",
        "38轮次阶段",
        "轮次阶段",
        round_phases,
        "序号 自查轮次 阶段名称 阶段开始=day 阶段结束=day 冻结日期=day",
    ),
    Register(
        "field_visits",
        "39调研走访记录",
        "调研走访记录",
        field_visits,
        "序号 自查轮次 调研日期=day 乡(镇) 村 调研方式 调研人员=name 谈话人数=sum 了解到的情况 备注",
    ),
)
