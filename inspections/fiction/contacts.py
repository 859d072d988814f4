"""Who answers for which village and household, who went to see them, and what was done for them."""

from inspections.fiction import names
from inspections.fiction.records import Line
from inspections.fiction.registers import Register, ago, likely, month, one_of

HELPERS = ("机关干部", "机关干部", "乡镇干部", "村干部", "农牧民党员", "驻村队员")
SAID = {
    "产业": "春耕物资短缺",
    "就业": "想就近务工",
    "教育": "",
    "医疗": "慢性病购药不便",
    "住房": "",
    "饮水": "自来水压力不足",
    "诉求": "通组道路破损",
}
TALKS = ("座谈交流", "听取汇报", "个别谈话", "查阅资料")
DUTIES = {
    "建强基层组织": "协助召开支部党员大会",
    "推动精准扶贫": "组织合作社收购农产品",
    "维护和谐稳定": "调解邻里用水纠纷",
    "为民办事服务": "代办医保缴费",
    "提升治理水平": "规范村务公开栏",
}
MEASURES = {
    "产业": "产业扶持",
    "养殖": "产业扶持",
    "务工": "务工就业",
    "技能培训": "技能培训",
    "小额信贷": "小额信贷",
    "公益岗位": "公益岗位",
    "低保兜底": "兜底保障",
}


def contacts(county):
    """Not every village has all five, and what the system counts of them is left to it."""
    random = county.random
    prefecture, leaders, deputies = ([names.person_name(random, True) for _ in range(n)] for n in (2, 8, 12))
    for village in county.villages:
        above = likely(county, 0.1) and village.is_poor
        yield Line(
            village,
            {
                "包联厅级领导": random.choice(prefecture) if above else "",
                "包联县级领导": random.choice(leaders) if not above and likely(county, 0.92) else "",
                "乡镇包村领导": random.choice(deputies) if likely(county, 0.96) else "",
                "后盾单位": village.unit,
                "单位联系人": names.person_name(random, likely(county, 0.5)),
                "建档立卡户数": len(village.households),
            },
        )


def pairings(county):
    """Nearly every household has the helper that its own line names; some had another before, a few have lost theirs."""
    for household in county.households:
        if likely(county, 0.015):
            continue
        since = month(ago(county, 500, 900))
        if likely(county, 0.05):
            former = {
                "name": names.person_name(county.random, True),
                "unit": household.helper["unit"],
                "phone": "",
            }
            yield pairing(county, household, former, month(ago(county, 1200, 1500)), since)
        yield pairing(
            county, household, household.helper, since, ago(county, 5, 90) if likely(county, 0.01) else None
        )


def pairing(county, household, helper, since, until):
    return Line(
        household.village,
        {
            **named(household),
            "家庭人口": household.size,
            "脱贫属性": household.status,
            "帮扶责任人": helper["name"],
            "单位及职务": helper["unit"],
            "责任人类别": one_of(county, *HELPERS),
            "联系电话": helper["phone"],
            "结对时间": since,
            "解除时间": until,
            "帮扶措施": household.measures,
        },
    )


def named(household):
    return {"户编号": household.number, "户主姓名": household.head.name, "户主": household.head.name}


def visits(county):
    """Helpers go to their households; people of the county's offices come to talk in the village."""
    households = {one.number: one for one in county.households}
    for one in county.lines["pairings"]:
        if not one["解除时间"] and likely(county, 0.4):
            yield visit(county, one, households[one["户编号"]])
    for village in county.villages:
        if likely(county, 0.65):
            yield talk(county, village, ago(county, 0, 110))
        if likely(county, 0.3):
            yield talk(county, village, ago(county, 200, 400))


def visit(county, pairing, household):
    about = county.random.choice(list(SAID))
    on, problem = ago(county, 1, 300), SAID[about] if likely(county, 0.3) else ""
    at_once = bool(problem) and likely(county, 0.6)
    arranged = bool(problem) and not at_once
    return Line(
        household.village,
        {
            "走访日期": on,
            "走访人": pairing["帮扶责任人"],
            "单位/职务": pairing["单位及职务"],
            "走访人类别": pairing["责任人类别"],
            **named(household),
            "走访方式": one_of(county, "入户", "入户", "入户", "电话"),
            "走访内容": about,
            "发现问题": problem,
            "当场解决": at_once if problem else None,
            "需协调事项": f"协调解决{problem}" if arranged else "",
            "办理单位": household.village.unit if arranged else "",
            "办结日期": min(county.on, on + (county.on - on) / 2)
            if arranged and likely(county, 0.7)
            else None,
            "群众反馈": one_of(county, "满意", "满意", "基本满意"),
        },
    )


def talk(county, village, on):
    return Line(
        village,
        {
            "走访日期": on,
            "走访人": names.person_name(county.random, True),
            "单位/职务": village.unit,
            "走访人类别": "机关干部",
            "走访方式": one_of(county, *TALKS),
            "走访内容": "党建促脱贫工作推进情况",
        },
    )


def present(county, village):
    """Who is stationed there today, whoever leads them first."""
    return [one for one in village.postings if not one.left_on or one.left_on > county.on]


def mentorings(county):
    """Those sent work beside those elected: the first with the secretary, the next with the others."""
    for village in county.villages:
        for mentor, cadre in zip(present(county, village), village.cadres, strict=False):
            yield Line(
                village,
                {
                    "驻村干部": mentor.name,
                    "村干部": cadre.name,
                    "搭配类型": one_of(county, "强弱搭配", "新老搭配"),
                    "帮带目标": "独立使用办公软件，主持村务会议",
                    "开始时间": month(max(mentor.came_on, cadre.since)),
                    "帮带结果": one_of(county, "能独立", "基本能", "尚需帮带"),
                },
            )


def duty_records(county):
    for village in county.villages:
        if present(county, village):
            for duty, work in DUTIES.items():
                yield Line(
                    village,
                    {
                        "派出单位": village.unit,
                        "职责": duty,
                        "日期": ago(county, 1, 60),
                        "工作内容": work,
                        "受益人次": county.random.randint(1, 90),
                    },
                )


def helps(county):
    """What the household's own line says it is helped with, one measure a line."""
    for household in county.households:
        if household.is_unlifted or household.monitored or likely(county, 0.3):
            for kind in dict.fromkeys(MEASURES[one] for one in household.measures.split(";")):
                yield Line(
                    household.village,
                    {
                        **named(household),
                        "措施类别": kind,
                        "开始时间": month(ago(county, 60, 700)),
                        "措施内容": f"纳入{kind}项目",
                        "金额(元)": county.random.randint(5, 60) * 100,
                        "落实人": household.helper["name"],
                    },
                )


REGISTERS = (
    Register(
        "contacts",
        "11包联结对表_村级五个一",
        "村级“五个一”包联表",
        contacts,
        "序号 乡(镇) 村 包联厅级领导=name 包联县级领导=name 乡镇包村领导=name 后盾单位 单位联系人=name 驻村工作队(单位) 第一书记"
        " 队员人数 帮扶责任人数 建档立卡户数=sum 户户有责任人 五个一齐全 备注",
    ),
    Register(
        "pairings",
        "12包联结对表_户级结对",
        "结对帮扶到户表",
        pairings,
        "序号 乡(镇) 村 户编号 户主姓名=name 家庭人口=sum 脱贫属性 帮扶责任人=name 单位及职务 责任人类别 联系电话=phone"
        " 结对时间=month 解除时间=day 帮扶措施 年走访次数 最近走访日期 备注",
        by_township=True,
    ),
    Register(
        "visits",
        "15走访记录",
        "走访记录",
        visits,
        "序号 走访日期=day 走访人=name 单位/职务 走访人类别 乡(镇) 村 户编号 户主=name 走访方式 走访内容 发现问题 当场解决=yes"
        " 需协调事项 办理单位 办结日期=day 群众反馈 备注",
    ),
    Register(
        "mentorings",
        "27结对帮带表",
        "结对帮带表",
        mentorings,
        "序号 乡(镇) 村 驻村干部=name 村干部=name 搭配类型 帮带目标 开始时间=month 结束时间=month 帮带结果 备注",
    ),
    Register(
        "duty_records",
        "28五项职责记录表",
        "驻村工作队五项职责记录表",
        duty_records,
        "序号 乡(镇) 村 派出单位 职责 日期=day 工作内容 受益人次=sum 备注",
    ),
    Register(
        "helps",
        "29帮扶措施台账",
        "帮扶措施台账",
        helps,
        "序号 乡(镇) 村 户编号 户主姓名=name 措施类别 开始时间=month 结束时间=month 措施内容 金额(元)=sum 落实人=name 成效 备注",
    ),
)
