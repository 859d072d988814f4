"""建档立卡户 and 人口, in the three national layouts (domain.md §3.2, §3.3)."""

from collections import defaultdict

from django.db.models import Count, Q

from povertyparty.kinds import Identifier, IdNumber, Name, Number, Phone, Year
from povertyparty.ledger import Column, Ledger, dropped, register, serial
from povertyparty.plan import Trouble
from villages import known
from villages.columns import CLASS_A, ID_NUMBER, NEEDLESS, REPEATED, phone, place_columns
from villages.lookups import HouseholdLookup, PlaceLookup
from villages.models import (
    UNWILLING,
    Household,
    Person,
    exit_year_on,
)
from villages.synonyms import (
    EDUCATION,
    HEALTH,
    LABOUR,
    RELATION,
    SCHOOLING_NOW,
    SKILL,
    STATUS,
    WORK_AREA,
)


def income_adds_up(row):
    """29 = (24+25+26+27−28)/9, within one yuan (domain.md §3.2)."""
    parts = [
        row.get(name) for name in ("wages", "business", "property_income", "transfers", "business_costs")
    ]
    net, size = row.get("net_income"), row.get("size")
    if net is not None and size and None not in parts:
        counted = (sum(parts[:4]) - parts[4]) / size
        if abs(counted - net) > 1:
            yield "net_income", f"与各项收入算出的 {counted:.2f} 元不符", False


def exit_makes_sense(row):
    lifted = row.get("status") in {"1", "4"}
    if lifted and "exit_year" not in row:
        yield "exit_year", "已脱贫但没有填脱贫年度", False
    if row.get("status") in {"0"} and row.get("exit_year"):
        yield "exit_year", "未脱贫却填了脱贫年度", False


HOUSEHOLDS = register(
    Ledger(
        code="households",
        dossier="一户一档",
        marks=("number", "head", "status", "cause"),
        title="建档立卡贫困户花名册",
        model=Household,
        group="基础台账",
        unit="户",
        icon="house-heart",
        order=("place_id", "id"),
        span=("identified_on", "removed_on"),
        brief=("size", "cause", "exit_year", "net_income"),
        keys=(("county", "number"),),
        lookups=(PlaceLookup(),),
        needs=("places",),
        rules=(income_adds_up, exit_makes_sense),
        columns=[
            serial(),
            *place_columns("county", "township", "village", village="行政村"),
            Column("group_name", aliases=("组", "小组", "村组"), listed=False),
            Column(
                "number",
                kind=Identifier(what="户编号"),
                aliases=("户编码", "户码", "贫困户编号"),
                required=True,
            ),
            Column("head", kind=Name(), aliases=("户主", "姓名"), required=True),
            Column(
                "head_id",
                kind=IdNumber(what="证件号码"),
                aliases=("户主身份证号", "户主身份证号码", *ID_NUMBER),
                listed=False,
            ),
            Column("size", aliases=("家庭人口", "人口数", "人数")),
            Column("labour", listed=False, aliases=("劳动力",)),
            Column("kind", listed=False),
            Column("cause", aliases=("致贫原因", "主要致贫原因类型"), synonyms=LABOUR, quiet=(UNWILLING,)),
            Column("other_causes", listed=False, synonyms=LABOUR, quiet=(UNWILLING,)),
            Column("identified_on", listed=False, aliases=("首次识别时间", "识别年度")),
            Column(
                "status",
                then=Household.status_on,
                aliases=("脱贫状态",),
                synonyms=STATUS,
                settles="settle_states",
            ),
            Column(
                "exit_year",
                kind=Year(),
                aliases=("脱贫年份", "脱贫时间"),
                then=exit_year_on,
                settles="settle_states",
            ),
            Column("monitored", listed=False, settles="settle_states"),
            Column(
                "monitoring", listed=False, settles="settle_states", aliases=("监测对象类别", "监测对象类型")
            ),
            Column("farmland", listed=False),
            Column("unsafe_house", listed=False, aliases=("是否危房户", "是否危房")),
            Column("safe_water", listed=False, aliases=("饮水安全", "安全饮水", "是否安全饮水")),
            Column("schooling_assured", listed=False),
            Column("medical_assured", listed=False),
            *(
                Column(n, group="家庭收入(元)", listed=False)
                for n in ("wages", "business", "property_income", "transfers", "business_costs")
            ),
            Column(
                "net_income",
                aliases=("人均纯收入", "家庭人均纯收入"),
                kind=Number(places=2, least=None, unit="元"),
            ),
            Column("measures", listed=False),
            Column("helper", kind=Name(), known=known.HELPER, listed=False),
            Column("helper_unit", known=known.HELPER_UNIT, listed=False),
            Column(
                "helper_phone",
                kind=Phone(),
                known=known.HELPER_PHONE,
                listed=False,
                aliases=("帮扶责任人电话",),
            ),
            phone(aliases=("户联系电话",)),
            Column("stage", settles="settle_states"),
            Column("note", listed=False),
        ],
    )
)

P30 = [
    "序号",
    "数据日期",
    "县(市、区、旗)",
    "乡(镇)",
    "行政村",
    "自然村",
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "人数",
    "与户主关系",
    "民族",
    "文化程度",
    "在校生状况",
    "健康状况",
    "劳动技能",
    "务工时间(月)",
    "是否参加大病保险",
    "致贫原因1",
    "危房户",
    "是否解决安全饮用水",
    "人均纯收入",
    "户联系电话",
    "人联系电话",
    "首次识别时间",
    "人员识别时间",
    "户类型",
    "易返贫致贫户(监测对象)类型",
    "风险是否消除",
    "风险识别时间",
    "风险消除时间",
]
P47 = [
    "省",
    "市",
    "县",
    "乡",
    "村",
    "户编号",
    "人口编号",
    "姓名",
    "性别",
    "出生日期",
    "证件类型",
    "证件号码",
    "民族",
    "户联系电话",
    "成员联系电话",
    "年度",
    "与户主关系",
    "文化程度",
    "在校生状况",
    "劳动技能",
    "务工时间(月)",
    "健康状况",
    "政治面貌",
    "务工企业名称",
    "是否享受低保",
    "是否参加城镇职工基本养老保险",
    "是否参加大病保险",
    "是否参加新型农村合作医疗(城乡居民基本医疗保险)",
    "是否参加城乡居民基本养老保险",
    "失学或辍学原因",
    "是否会讲普通话",
    "是否参加商业补充医疗保险",
    "是否国外务工",
    "产业分类",
    "是否接受大病医疗救助",
    "是否接受其他健康扶贫",
    "公益性岗位类型",
    "公益性岗位(月数)",
    "就业渠道",
    "残疾类别",
    "务工所在地",
    "户主姓名",
    "户主证件号码",
    "是否参加城镇职工基本医疗保险",
    "是否特困供养人员",
    "残疾证办证年度",
    "识别标准",
]
P26 = [
    "序号",
    "县(市、区、旗)",
    "乡(镇)",
    "行政村",
    "自然村",
    "户编号",
    "人编号",
    "姓名",
    "证件号码",
    "人数",
    "与户主关系",
    "民族",
    "文化程度",
    "在校生状况",
    "健康状况",
    "劳动技能",
    "务工状况",
    "务工时间(月)",
    "参加大病医疗",
    "脱贫属性",
    "贫困户属性",
    "主要致贫原因",
    "危房户",
    "饮水安全",
    "饮水困难",
    "人均纯收入",
    "联系电话",
]


def schooling_or_education(row):
    """文化程度 xor 在校生状况 (registry practice, domain.md §3.3)."""
    studying = row.get("schooling") not in {None, "非在校生", "学龄前儿童"}
    if studying and row.get("education"):
        yield "education", "在校生不填文化程度", False


def work_place_and_months(row):
    if row.get("work_area") and not row.get("work_months"):
        yield "work_months", "填了务工状况，没有填务工时间", False


def whole_households(rows):
    """Exactly one head in each household (domain.md §3.3): two in a file are refused, the rest is pointed out."""
    said = defaultdict(list)
    for row in rows:
        if "household" in row.values:
            said[row.values["household"]].append(row)
    for pk, size, heads, people in registered(said):
        in_file = [row for row in said[pk] if row.values.get("relation") == "户主"]
        refuse_second_heads(in_file)
        first, count = (in_file or said[pk])[0], len(said[pk])
        if not in_file and not heads:
            first.hint(PEOPLE.by_name["relation"], "", "本户没有户主")
        if size and (count > size or (count < size and not people)):
            first.hint(
                PEOPLE.by_name["@household"], "", f"本表中该户有{count}人，户登记的家庭人口数为{size}人"
            )


def registered(households):
    """(pk, 家庭人口数, heads, people) of each household as it stands in the registry."""
    found = Household.objects.filter(pk__in=households).annotate(
        heads=Count("people", filter=Q(people__relation="户主")), members=Count("people")
    )
    return found.values_list("pk", "size", "heads", "members")


def refuse_second_heads(heads):
    for row, other in zip(heads, [*heads[1:], heads[0]] if len(heads) > 1 else (), strict=False):
        row.refuse(Trouble.RULE, PEOPLE.by_name["relation"], "户主", f"与第{other.number}行同为一户的户主")


PEOPLE = register(
    Ledger(
        code="people",
        living=Q(household__removed_on=""),
        dossier="一人一档",
        prepare=whole_households,
        marks=("@household", "name", "relation"),
        title="建档立卡贫困人口花名册",
        model=Person,
        group="基础台账",
        unit="人",
        icon="people",
        order=("place_id", "id"),
        brief=("@household", "relation", "work_area", "-status"),
        keys=(("county", "id_number"), ("household", "number")),
        lookups=(PlaceLookup(), HouseholdLookup()),
        needs=("places", "households"),
        rules=(schooling_or_education, work_place_and_months),
        layouts={"26列": P26, "30列": P30, "47列": P47},
        columns=[
            serial(),
            *place_columns("county", "township", "village", village="行政村"),
            Column("hamlet", listed=False),
            Column("@household", "户编号", Identifier(), aliases=("户编码", "户码")),
            Column(
                "number",
                kind=Identifier(what="人编号"),
                aliases=("人口编号", "人员编号", "人编码"),
                listed=False,
            ),
            Column("name", kind=Name(), aliases=("成员姓名", "人员姓名"), required=True),
            Column(
                "id_number",
                kind=IdNumber(what="证件号码"),
                aliases=("身份证号", "公民身份号码", "身份证号码", "证件号", "身份号码"),
            ),
            Column("-size", "人数", echo="household__size", aliases=("家庭人口数", "家庭人口"), listed=False),
            Column(
                "relation",
                aliases=("与户主的关系", "家庭关系"),
                synonyms=RELATION,
            ),
            dropped("民族", CLASS_A),
            Column(
                "education",
                aliases=("学历",),
                synonyms=EDUCATION,
            ),
            Column(
                "schooling",
                listed=False,
                aliases=("在校生情况",),
                synonyms=SCHOOLING_NOW,
            ),
            Column(
                "health",
                sensitive=True,
                listed=False,
                synonyms=HEALTH,
            ),
            Column("skill", synonyms=SKILL),
            Column(
                "work_area",
                aliases=("务工区域", "务工情况"),
                synonyms=WORK_AREA,
            ),
            Column("work_months", aliases=("务工月数", "务工时间"), listed=False),
            Column("illness_insured", aliases=("是否参加大病保险", "参加大病保险"), listed=False),
            Column("-status", "脱贫属性", echo="household__status", synonyms=STATUS),
            Column("-kind", "贫困户属性", echo="household__kind", listed=False),
            Column(
                "-cause",
                "主要致贫原因",
                echo="household__cause",
                aliases=("致贫原因1", "致贫原因"),
                listed=False,
                synonyms=LABOUR,
                quiet=(UNWILLING,),
            ),
            Column(
                "-unsafe", "危房户", echo="household__unsafe_house", aliases=("是否危房户",), listed=False
            ),
            Column(
                "-water",
                "饮水安全",
                echo="household__safe_water",
                aliases=("是否解决安全饮用水",),
                listed=False,
            ),
            Column(
                "-thirst",
                "饮水困难",
                echo="household__safe_water",
                derive=lambda safe: None if safe is None else not safe,
                listed=False,
            ),
            Column(
                "-income",
                "人均纯收入",
                echo="household__net_income",
                aliases=("年人均纯收入",),
                kind=Number(places=2, least=None, unit="元"),
                listed=False,
            ),
            Column(
                "-phone",
                "联系电话",
                kind=Phone(),
                echo="household__phone",
                aliases=("户联系电话", "电话", "联系方式"),
                listed=False,
            ),
            Column("phone", "人联系电话", kind=Phone(), aliases=("成员联系电话", "本人电话"), listed=False),
            Column(
                "-identified",
                "首次识别时间",
                echo="household__identified_on",
                aliases=("识别时间",),
                listed=False,
            ),
            Column("identified_on", listed=False),
            Column(
                "-monitoring",
                "易返贫致贫户(监测对象)类型",
                echo="household__monitoring",
                aliases=("监测对象类型", "监测类型"),
                listed=False,
            ),
            Column("-head", "户主姓名", kind=Name(), echo="household__head", listed=False),
            Column(
                "-head_id",
                "户主证件号码",
                kind=IdNumber(what="证件号码"),
                echo="household__head_id",
                listed=False,
            ),
            *(
                dropped(h, CLASS_A)
                for h in (
                    "是否会讲普通话",
                    "是否国外务工",
                    "残疾类别",
                    "残疾证办证年度",
                    "宗教信仰",
                    "银行账号",
                    "重点人员",
                    "不放心人员",
                    "政治面貌",
                )
            ),
            *(dropped(h, REPEATED) for h in ("性别", "出生日期", "户类型", "省", "市")),
            *(
                dropped(h, NEEDLESS)
                for h in (
                    "数据日期",
                    "年度",
                    "证件类型",
                    "风险是否消除",
                    "风险识别时间",
                    "风险消除时间",
                    "务工企业名称",
                    "是否享受低保",
                    "是否参加城镇职工基本养老保险",
                    "是否参加新型农村合作医疗(城乡居民基本医疗保险)",
                    "是否参加城乡居民基本养老保险",
                    "失学或辍学原因",
                    "是否参加商业补充医疗保险",
                    "产业分类",
                    "是否接受大病医疗救助",
                    "是否接受其他健康扶贫",
                    "公益性岗位类型",
                    "公益性岗位(月数)",
                    "就业渠道",
                    "务工所在地",
                    "是否参加城镇职工基本医疗保险",
                    "是否特困供养人员",
                    "识别标准",
                )
            ),
        ],
    )
)
