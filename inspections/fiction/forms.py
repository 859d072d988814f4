"""The official forms of the county, header by header in their order, each with where its cell comes from.

Kept apart from the product's own ledgers on purpose: the headers are copied from the forms, so that a ledger that
forgot one is found out. Only the national person layouts, which are lists and nothing else, are shared.
"""

from dataclasses import dataclass
from functools import partial
from operator import attrgetter, itemgetter

from inspections.fiction.names import CITY, CITY_NAME, PROVINCE
from inspections.fiction.records import TWELVE
from villages.ledgers import P26, P30, P47

CLASS_A = ["民族", "是否会讲普通话", "是否国外务工", "残疾类别", "残疾证办证年度", "政治面貌"]


@dataclass(frozen=True)
class Cell:
    """A column: `kind` says how its cells may be spelled, `group` what stands above the header in two-level forms."""

    header: str
    read: object
    kind: str = ""
    group: str = ""
    merged: bool = False
    added: bool = False


@dataclass(frozen=True)
class Form:
    file: str
    title: str
    rows: tuple
    cells: tuple
    unit: str = ""
    by_township: bool = False


def cell(header, path="", kind="", **options):
    """`a.b` follows attributes, `a[b]` ends in a dictionary, "" is a column that stays empty."""
    if not path:
        return Cell(header, lambda row: None, kind, **options)
    owner, _, key = path.rstrip("]").partition("[")
    if not key:
        return Cell(header, attrgetter(path), kind, **options)
    return Cell(header, lambda row: itemgetter(key)(attrgetter(owner)(row)), kind, **options)


def forms(county, people):
    """All of them, in the order in which they can be imported."""
    return sorted(
        [*rosters(county, people), *map(partial(form_of, county), county.registers)], key=attrgetter("file")
    )


def rosters(county, people):
    return [
        Form("01行政区划", "行政区划代码表", divisions(county), DIVISIONS),
        Form("02贫困村基本情况表", "贫困村基本情况表", tuple(county.villages), VILLAGES, "户、人、亩、万元"),
        Form(
            "03贫困户花名册", "建档立卡贫困户花名册", tuple(county.households), HOUSEHOLDS, by_township=True
        ),
        Form(
            f"04贫困人口花名册_{people}", "贫困人口信息", tuple(county.persons), person_cells(county, people)
        ),
        Form("06村两委干部花名册", "村“两委”干部花名册", tuple(county.cadres), CADRES),
        Form("07第一书记和驻村工作队花名册", "第一书记和驻村工作队花名册", tuple(county.postings), POSTINGS),
        Form("08后备干部库", "村级后备干部库", tuple(county.reserves), RESERVES),
        Form("16整改台账", f"{county.on.year}年巡察反馈问题整改台账", tuple(county.items), ITEMS),
    ]


@dataclass(frozen=True)
class Division:
    code: str
    name: str
    level: str
    parent: str


def divisions(county):
    lines = [Division(CITY, CITY_NAME, "市", PROVINCE), Division(county.code, county.name, "县", CITY)]
    lines += [Division(one.code, one.name, "乡镇", county.code) for one in county.townships]
    lines += [Division(one.code, one.name, "村", one.township.code) for one in county.villages]
    return tuple(lines)


def places(village="村", merged=True):
    return (
        cell("乡(镇)", "village.township.name", merged=merged),
        cell(village, "village.name", merged=merged),
    )


NUMBER = cell("序号", kind="serial")


def form_of(county, register):
    lines = tuple(county.lines[register.code])
    about_villages = all(line.village for line in lines)
    cells = tuple(headed(one, merged=about_villages) for one in register.headers.split())
    return Form(register.file, register.title, lines, cells, register.unit, register.by_township)


def headed(printed, merged):
    """`本年收入>经营收入=sum`: the heading above, the header, and how its cells may be spelled."""
    printed, _, kind = printed.partition("=")
    group, _, header = printed.rpartition(">")
    if header in PLACED:
        return Cell(header, PLACED[header], merged=merged)
    return NUMBER if header == NUMBER.header else Cell(header, lambda line: line[header], kind, group)


PLACED = {
    "乡(镇)": lambda line: line.village and line.village.township.name,
    "村": lambda line: line.village and line.village.name,
}

DIVISIONS = (
    NUMBER,
    cell("统计区划代码", "code", "code"),
    cell("名称", "name"),
    cell("级别", "level"),
    cell("上级代码", "parent", "code"),
)

VILLAGES = (
    NUMBER,
    cell("县(市、区)", "county"),
    cell("乡(镇)", "township.name"),
    cell("村名", "name"),
    cell("统计区划代码", "code", "code"),
    cell("贫困村级别", "level"),
    cell("列入年度", "listed_year", "year"),
    cell("退出年度", "exit_year", "year"),
    cell("村民小组数", "facts[groups]", "sum"),
    cell("自然村数", "facts[hamlets]", "sum"),
    cell("总户数", "facts[households]", "sum"),
    cell("总人口", "facts[persons]", "sum"),
    cell("劳动力", "facts[labour]", "sum"),
    cell("建档立卡户数", "stated[households]", "sum"),
    cell("建档立卡人口", "stated[persons]", "sum"),
    cell("未脱贫户数", "stated[unlifted]", "sum"),
    cell("未脱贫人口", "stated[unlifted_persons]", "sum"),
    cell("贫困发生率(%)", "stated[rate]"),
    cell("监测户数", "stated[monitored]", "sum"),
    cell("耕地面积(亩)", "facts[farmland]", "sum"),
    cell("草场面积(亩)", "facts[grassland]", "sum"),
    cell("主导产业", "facts[industry]"),
    cell("一村一品", "facts[speciality]"),
    cell("农民人均纯收入(元)", "facts[net_income]"),
    cell("村集体经济收入(万元)", "facts[collective_income]", "sum"),
    *(
        cell(one, f"twelve[{one}]", "yes", group="五通" if at < 5 else "七有")
        for at, one in enumerate(TWELVE)
    ),
    cell("距乡镇(公里)", "facts[to_township]"),
    cell("距县城(公里)", "facts[to_county]"),
    cell("主要致贫原因类型", "cause"),
    cell("帮扶单位", "unit"),
    cell("第一书记", "first_secretary", "name"),
    cell("党组织书记", "secretary.name", "name"),
    cell("联系电话", "secretary.phone", "phone"),
    cell("备注"),
)

INCOME = "家庭收入(元)"
HOUSEHOLDS = (
    NUMBER,
    cell("县(市、区)", "village.county"),
    *places("行政村", merged=False),
    cell("村民小组", "group_name"),
    cell("户编号", "number"),
    cell("户主姓名", "head.name", "name"),
    cell("户主证件号码", "head.id_number", "id"),
    cell("家庭人口数", "size", "sum"),
    cell("劳动力人数", "labour", "sum"),
    cell("贫困户属性", "kind"),
    cell("主要致贫原因", "cause"),
    cell("其他致贫原因", "other_causes"),
    cell("识别时间", "identified_on", "month"),
    cell("脱贫属性", "status"),
    cell("脱贫年度", "exit_year", "year"),
    cell("是否监测对象", "monitored", "yes"),
    cell("监测类型", "monitoring"),
    cell("耕地面积(亩)", "farmland", "sum"),
    cell("危房户", "assured[unsafe]", "yes"),
    cell("是否解决安全饮用水", "assured[water]", "yes"),
    cell("义务教育有保障", "assured[school]", "yes"),
    cell("基本医疗有保障", "assured[medical]", "yes"),
    cell("工资性收入(元)", "income[wages]", "sum", group=INCOME),
    cell("生产经营性收入(元)", "income[business]", "sum", group=INCOME),
    cell("财产性收入(元)", "income[property]", "sum", group=INCOME),
    cell("转移性收入(元)", "income[transfers]", "sum", group=INCOME),
    cell("生产经营性支出(元)", "income[costs]", "sum", group=INCOME),
    cell("年人均纯收入(元)", "income[net]"),
    cell("主要帮扶措施", "measures"),
    cell("帮扶责任人", "helper[name]", "name"),
    cell("帮扶单位", "helper[unit]"),
    cell("帮扶人电话", "helper[phone]", "phone"),
    cell("联系电话", "phone", "phone"),
    cell("核验阶段", "stage"),
    cell("备注"),
)

PERSON = {
    ("县(市、区、旗)", "县"): ("village.county",),
    ("乡(镇)", "乡"): ("village.township.name",),
    ("行政村", "村"): ("village.name",),
    ("户编号",): ("household.number",),
    ("人编号", "人口编号"): ("number",),
    ("姓名",): ("name", "name"),
    ("性别",): ("sex",),
    ("出生日期",): ("born_on", "day"),
    ("证件号码",): ("id_number", "id"),
    ("人数",): ("household.size",),
    ("与户主关系",): ("relation",),
    ("文化程度",): ("education",),
    ("在校生状况",): ("schooling",),
    ("健康状况",): ("health",),
    ("劳动技能",): ("skill",),
    ("务工状况",): ("work_area",),
    ("务工时间(月)",): ("work_months",),
    ("参加大病医疗", "是否参加大病保险"): ("insured", "yes"),
    ("脱贫属性",): ("household.status",),
    ("贫困户属性", "户类型"): ("household.kind",),
    ("主要致贫原因", "致贫原因1"): ("household.cause",),
    ("危房户",): ("household.assured[unsafe]", "yes"),
    ("饮水安全", "是否解决安全饮用水"): ("household.assured[water]", "yes"),
    ("饮水困难",): ("household.lacks_water", "yes"),
    ("人均纯收入",): ("household.income[net]",),
    ("联系电话", "户联系电话"): ("household.phone", "phone"),
    ("人联系电话", "成员联系电话"): ("phone", "phone"),
    ("首次识别时间", "人员识别时间"): ("household.identified_on", "month"),
    ("易返贫致贫户(监测对象)类型",): ("household.monitoring",),
    ("户主姓名",): ("household.head.name", "name"),
    ("户主证件号码",): ("household.head.id_number", "id"),
}


def person_cells(county, layout):
    known = {header: cell(header, *how) for headers, how in PERSON.items() for header in headers}
    known |= {header: always(header, "不采集") for header in CLASS_A}
    known |= {"序号": NUMBER, "省": always("省", "示例自治区"), "市": always("市", CITY_NAME)}
    known |= {"年度": always("年度", county.on.year), "证件类型": always("证件类型", "居民身份证")}
    known |= {"数据日期": always("数据日期", county.on.isoformat())}
    headers = {"26列": P26, "30列": P30, "47列": P47}[layout]
    return tuple(known.get(header) or cell(header) for header in headers)


def always(header, text):
    return Cell(header, lambda row: text)


CADRES = (
    NUMBER,
    *places(),
    cell("姓名", "name", "name"),
    cell("性别", "sex"),
    cell("出生年月", "born_on", "month"),
    cell("学历", "schooling"),
    cell("政治面貌", "political"),
    cell("入党时间", "joined_party_on", "month"),
    cell("现任职务", "post"),
    cell("是否一肩挑", "heads_both", "yes"),
    cell("任现职时间", "since", "month"),
    cell("累计任职年限", "years"),
    cell("来源", "source"),
    cell("身份证号码", "id_number", "id"),
    cell("联系电话", "phone", "phone"),
    cell("主要分工"),
    cell("带富类型"),
    cell("数字化办公水平", "digital"),
    cell("年度轮训情况", "trained"),
    cell("县级联审结论", "review"),
    cell("联审日期", "reviewed_on", "day"),
    cell("上年度考核"),
    cell("月报酬(元)", "pay"),
    cell("调整情况"),
    cell("备注"),
)

POSTINGS = (
    NUMBER,
    *places(),
    cell("姓名", "name", "name"),
    cell("性别", "sex"),
    cell("出生年月", "born_on", "month"),
    cell("学历", "schooling"),
    cell("政治面貌", "political"),
    cell("派出单位", "unit"),
    cell("单位层级", "unit_level"),
    cell("原职务职级", "rank"),
    cell("驻村职务", "duty"),
    cell("派驻文号", "document"),
    cell("到村时间", "came_on", "day"),
    cell("计划期满", "due_on", "day"),
    cell("实际离村", "left_on", "day"),
    cell("农村工作经历(年)", "rural_years"),
    cell("党组织关系是否转入"),
    cell("是否脱产"),
    cell("联系电话", "phone", "phone"),
    cell("本月在村天数", "days"),
    cell("年累计请假天数", "leave"),
    cell("包联户数", "households"),
    cell("五项职责完成情况"),
    cell("年度考核"),
    cell("轮换/召回情况", "rotation"),
    cell("备注"),
)

RESERVES = (
    NUMBER,
    *places(merged=False),
    cell("姓名", "name", "name"),
    cell("性别", "sex"),
    cell("出生年月", "born_on", "month"),
    cell("学历", "schooling"),
    cell("政治面貌", "political"),
    cell("来源", "source"),
    cell("现从事工作"),
    cell("培养方向", "aim"),
    cell("培养联系人", "mentor", "name"),
    cell("入库时间", "entered_on", "month"),
    cell("联审结论"),
    cell("培养措施"),
    cell("岗位锻炼情况"),
    cell("培训次数", "trainings"),
    cell("数字化办公水平", "digital"),
    cell("成熟度", "ripeness"),
    cell("状态", "state"),
    cell("使用/出库时间", "left_on", "month"),
    cell("使用职务/出库原因", "left_for"),
    cell("联系电话", "phone", "phone"),
    cell("备注"),
)

# `added`: offices add this column to the official form, some do not.
ITEMS = (
    NUMBER,
    cell("问题编号", "finding.code", merged=True),
    cell("整改事项编号", "code", added=True),
    cell("问题来源", "finding.source", merged=True),
    cell("问题类别", "finding.category", merged=True),
    cell("反馈问题", "finding.text", merged=True),
    cell("具体表现", "symptom"),
    cell("原因分析", "cause"),
    cell("涉及乡镇", "village.township.name"),
    cell("涉及村", "village.name"),
    cell("整改目标", "goal"),
    cell("整改措施", "measures"),
    cell("整改类型", "kind"),
    cell("发现日期", "found_on", "day"),
    cell("整改时限", "due_on", "day"),
    cell("责任领导", "leader"),
    cell("牵头单位", "lead_unit"),
    cell("责任单位", "unit"),
    cell("责任人", "person", "name"),
    cell("联系电话", "phone", "phone"),
    cell("整改进展情况", "progress"),
    cell("完成比例(%)", "percent", "percent"),
    cell("完成情况", "state"),
    cell("建章立制"),
    cell("佐证材料"),
    cell("申请销号日期"),
    cell("核验结论", "verdict"),
    cell("销号日期", "closed_on", "day"),
    cell("督办情况"),
    cell("备注"),
)
