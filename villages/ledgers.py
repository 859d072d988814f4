"""The ledgers of what is there, with the headers of the official forms (domain.md §3)."""

from collections import defaultdict

from django.db.models import Count, Q

from povertyparty.kinds import Choice, Identifier, IdNumber, Name, Number, Phone, Text, Year
from povertyparty.ledger import AWAITED, Awaited, Column, Ledger, dropped, register, serial
from povertyparty.plan import Trouble
from povertyparty.scope import current
from villages.lookups import HouseholdLookup, PlaceCode, PlaceLookup
from villages.models import (
    LEVELS,
    TWELVE,
    UNWILLING,
    Cadre,
    Household,
    Person,
    Place,
    Posting,
    Reserve,
    Village,
    level_of,
    padded,
    parent_of,
)
from villages.synonyms import (
    DIGITAL,
    DUTY,
    EDUCATION,
    HEALTH,
    LABOUR,
    POLITICAL,
    POST,
    POVERTY_LEVEL,
    RELATION,
    RESERVE_STATE,
    RIPENESS,
    SCHOOLING,
    SCHOOLING_NOW,
    SKILL,
    SOURCE,
    STATUS,
    UNIT_LEVEL,
    WORK_AREA,
)

CLASS_A = "属于不采集的敏感信息，已丢弃"
NEEDLESS = "按最小必要原则不采集，已丢弃"
REPEATED = "可由其他列推出，不重复采集"


def place_columns(*wanted, village="村"):
    """县(市、区) | 乡(镇) | 村 | 代码 as the form has them; merged cells fill down as offices do."""
    all_four = {
        "county": Column(
            "@county",
            "县(市、区)",
            Text(60),
            aliases=("县", "县市区", "县名称", "区县"),
            fill=True,
            listed=False,
        ),
        "township": Column(
            "@township",
            "乡(镇)",
            Text(60),
            aliases=("乡镇", "乡镇名称", "所属乡镇", "乡镇街道", "镇"),
            fill=True,
            label="乡镇",
        ),
        "village": Column(
            "@village",
            village,
            Text(60),
            fill=True,
            aliases=("村", "行政村", "村名称", "村名", "所属村", "所在村", "行政村名称", "村居", "村(社区)"),
        ),
        "code": Column(
            "@code",
            "统计区划代码",
            PlaceCode(),
            listed=False,
            aliases=("区划代码", "行政区划代码", "村代码", "行政村代码", "村编码", "统计用区划代码"),
        ),
    }
    return [all_four[one] for one in wanted or ("township", "village")]


def phone(name="phone", header="联系电话", aliases=()):
    return Column(
        name,
        header,
        Phone(),
        aliases=("电话", "手机", "手机号码", "联系方式", "手机号", "电话号码", *aliases),
        listed=False,
    )


NAME = {"aliases": ("名字", "干部姓名")}
ID_NUMBER = ("身份证号", "公民身份号码", "身份号码", "证件号码", "证件号", "居民身份证号码")
BORN = ("出生日期", "出生时间", "出生")


def only_ones_own(rows):
    """The state's list names the places above and beside one's own too: such a row may confirm what is registered."""
    beyond = [row for row in rows if not current().holds(row.values.get("code", current().lo))]
    codes = {row.values["code"] for row in beyond}
    known = dict(Place.names.filter(code__in=codes).values_list("code", "name"))
    for row in beyond:
        code, said = row.values["code"], row.values.get("name")
        if code not in known:
            reason = "不在您的管辖范围，也没有登记：请删去本行，或请管辖该地的单位先登记"
            row.refuse(Trouble.REFERENCE, PLACES.by_name["code"], padded(code), reason)
        elif said not in (None, known[code]):
            reason = f"不在您的管辖范围，已登记为“{known[code]}”：请照此改正，或删去本行"
            row.refuse(Trouble.REFERENCE, PLACES.by_name["name"], said, reason)


PLACES = register(
    Ledger(
        code="places",
        prepare=only_ones_own,
        marks=("code", "name", "-level"),
        title="行政区划代码表",
        model=Place,
        group="基础台账",
        unit="个",
        icon="diagram-3",
        order=("code",),
        keys=(("code",),),
        columns=[
            serial(),
            Column(
                "code",
                "统计区划代码",
                PlaceCode(),
                aliases=("区划代码", "行政区划代码", "代码", "统计用区划代码"),
                required=True,
            ),
            Column("name", "名称", aliases=("区划名称", "单位名称", "行政区划名称"), required=True),
            Column(
                "-level",
                "级别",
                Choice(
                    labels=tuple((v, v) for v in LEVELS.values()),
                    synonyms=(
                        ("地区", "市"),
                        ("地级", "市"),
                        ("县级", "县"),
                        ("区县", "县"),
                        ("县市区", "县"),
                        ("乡", "乡镇"),
                        ("镇", "乡镇"),
                        ("街道", "乡镇"),
                        ("乡级", "乡镇"),
                        ("行政村", "村"),
                        ("社区", "村"),
                        ("村级", "村"),
                    ),
                ),
                aliases=("层级", "区划级别"),
                echo="code",
                derive=level_of,
            ),
            Column(
                "-parent",
                "上级代码",
                PlaceCode(),
                aliases=("上级区划代码", "父级代码", "上级"),
                echo="code",
                derive=parent_of,
            ),
        ],
    )
)

VILLAGES = register(
    Ledger(
        code="villages",
        marks=("poverty_level", "stated_households", "has_water", "cause"),
        title="贫困村基本情况表",
        model=Village,
        group="基础台账",
        unit="个村",
        icon="houses",
        note="单位:户、人、亩、万元",
        order=("place_id", "id"),
        keys=(("place",),),
        lookups=(PlaceLookup(),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns("county", "township", "village", "code", village="村名"),
            Column(
                "poverty_level",
                synonyms=POVERTY_LEVEL,
            ),
            Column("listed_year", kind=Year(), listed=False),
            Column("exit_year", kind=Year(), aliases=("出列年度", "脱贫年度", "退出年份")),
            *(Column(n, listed=False) for n in ("groups", "hamlets")),
            *(Column(n, listed=False) for n in ("all_households", "all_persons", "labour")),
            "stated_households",
            Column("stated_persons", listed=False),
            "stated_unlifted_households",
            Column("stated_unlifted_persons", listed=False),
            "stated_rate",
            *(
                Column(n, listed=False)
                for n in (
                    "stated_monitored",
                    "farmland",
                    "grassland",
                    "main_industry",
                    "speciality",
                    "net_income",
                )
            ),
            "collective_income",
            *(Column(n, group="五通" if i < 5 else "七有", listed=False) for i, n in enumerate(TWELVE)),
            *(Column(n, listed=False) for n in ("to_township", "to_county")),
            Column("cause", aliases=("致贫原因类型", "村级致贫类型")),
            Column("helping_unit", listed=False, aliases=("后盾单位", "包联单位")),
            Column("first_secretary", kind=Name()),
            Column("party_secretary", kind=Name(), aliases=("村党组织书记", "支部书记", "党支部书记")),
            phone(),
            Column("note", listed=False),
        ],
    )
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
        marks=("number", "head", "status", "cause"),
        title="建档立卡贫困户花名册",
        model=Household,
        group="基础台账",
        unit="户",
        icon="house-heart",
        order=("place_id", "id"),
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
                aliases=("脱贫状态",),
                synonyms=STATUS,
            ),
            Column("exit_year", kind=Year(), aliases=("脱贫年份", "脱贫时间")),
            Column("monitored", listed=False),
            Column("monitoring", listed=False, aliases=("监测对象类别", "监测对象类型")),
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
            Column("helper", kind=Name(), listed=False),
            Column("helper_unit", listed=False),
            Column("helper_phone", kind=Phone(), listed=False, aliases=("帮扶责任人电话",)),
            phone(aliases=("户联系电话",)),
            "stage",
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
        prepare=whole_households,
        marks=("@household", "name", "relation"),
        title="建档立卡贫困人口花名册",
        model=Person,
        group="基础台账",
        unit="人",
        icon="people",
        order=("place_id", "id"),
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

CADRES = register(
    Ledger(
        code="cadres",
        marks=("post", "digital", "since", "review"),
        title="村“两委”干部花名册",
        model=Cadre,
        group="干部队伍",
        unit="人",
        icon="person-badge",
        order=("place_id", "id"),
        keys=(("county", "id_number"), ("place", "name", "post")),
        lookups=(PlaceLookup(),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns(),
            Column("name", kind=Name(), required=True, **NAME),
            "sex",
            Column("born_on", aliases=BORN, listed=False),
            Column("schooling", aliases=("文化程度", "最高学历"), synonyms=SCHOOLING),
            Column("political", synonyms=POLITICAL),
            Column("joined_party_on", listed=False),
            Column(
                "post",
                aliases=("职务", "村职务", "现任职务名称"),
                required=True,
                synonyms=POST,
            ),
            Column("heads_both", aliases=("一肩挑",)),
            "since",
            Column("years", listed=False),
            Column("source", aliases=("人员来源",), synonyms=SOURCE),
            Column("id_number", kind=IdNumber(), aliases=ID_NUMBER, listed=False),
            phone(),
            Column("duties", listed=False),
            Column("leads", listed=False),
            Column("digital", synonyms=DIGITAL, aliases=("数字化水平", "计算机水平")),
            Column("trained", listed=False),
            Column("review", sensitive=True, listed=False, aliases=("联审结论",)),
            Column("reviewed_on", listed=False),
            Column("assessment", sensitive=True, listed=False, aliases=("年度考核",)),
            Column("pay", listed=False),
            Column("adjustment", listed=False),
            Column("note", listed=False),
        ],
    )
)

POSTINGS = register(
    Ledger(
        code="postings",
        marks=("duty", "came_on", "unit"),
        title="第一书记和驻村工作队花名册",
        model=Posting,
        group="干部队伍",
        unit="人",
        icon="person-walking",
        order=("place_id", "id"),
        keys=(("place", "name", "came_on"),),
        lookups=(PlaceLookup(),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns(),
            Column("name", kind=Name(), required=True, **NAME),
            "sex",
            Column("born_on", aliases=BORN, listed=False),
            Column("schooling", aliases=("文化程度",), synonyms=SCHOOLING, listed=False),
            Column("political", synonyms=POLITICAL, listed=False),
            Column(
                "unit",
                aliases=("派驻单位", "选派单位", "原单位", "单位", "工作单位", "派出单位名称"),
                required=True,
            ),
            Column(
                "unit_level",
                synonyms=UNIT_LEVEL,
                listed=False,
            ),
            Column("rank", listed=False),
            Column(
                "duty",
                aliases=("职务", "队内职务"),
                required=True,
                synonyms=DUTY,
            ),
            Column("document", listed=False),
            Column("came_on", aliases=("驻村时间", "到岗时间", "派驻时间"), required=True),
            Column("due_on", listed=False, aliases=("任期届满",)),
            Column("left_on", aliases=("离村时间", "实际离村时间")),
            Column("rural_years", listed=False),
            Column("party_moved", listed=False),
            Column("released", listed=False),
            phone(),
            "days_this_month",
            Column("leave_days", listed=False),
            Column("households", listed=False),
            Column("five_duties", listed=False),
            Column("assessment", sensitive=True, listed=False),
            Column("rotation", listed=False),
            Column("note", listed=False),
        ],
    )
)

RESERVES = register(
    Ledger(
        code="reserves",
        marks=("entered_on", "mentor", "ripeness", "state"),
        title="村级后备干部库",
        model=Reserve,
        group="干部队伍",
        unit="人",
        icon="person-plus",
        order=("place_id", "id"),
        keys=(("place", "name", "born_on"),),
        lookups=(PlaceLookup(),),
        needs=("places",),
        columns=[
            serial(),
            *place_columns(),
            Column("name", kind=Name(), required=True, **NAME),
            "sex",
            Column("born_on", aliases=BORN, required=True),
            Column("schooling", aliases=("文化程度",), synonyms=SCHOOLING),
            Column("political", synonyms=POLITICAL),
            Column("source", synonyms=SOURCE),
            Column("work", listed=False),
            Column("aim", listed=False),
            Column("mentor", kind=Name(), listed=False),
            Column("entered_on", aliases=("入库日期",)),
            Column("review", sensitive=True, listed=False, aliases=("县级联审结论",)),
            Column("training", listed=False),
            Column("practice", listed=False),
            Column("trainings", listed=False),
            Column("digital", synonyms=DIGITAL, listed=False),
            Column("ripeness", synonyms=RIPENESS, listed=False),
            Column("state", aliases=("当前状态",), synonyms=RESERVE_STATE),
            Column("left_on", listed=False),
            Column("left_for", listed=False),
            phone(),
            Column("note", listed=False),
        ],
    )
)

# Forms that part of the county's work is kept in and that this version does not take yet: told apart by name.
AWAITED += [
    Awaited(title, tuple(headers.split()))
    for title, headers in {
        "村党组织基本情况表": "序号 乡(镇) 乡镇 村 行政村 党组织名称 组织类型 成立时间 书记姓名 是否一肩挑 支委人数 党小组数 正式党员 预备党员 女党员 35岁以下党员 高中以上学历党员 外出流动党员 入党积极分子 年内发展党员 双带型党员数 结对帮扶党员数 三会一课次数 主题党日次数 评星定级 是否软弱涣散 整顿起止 活动场所面积 标准化建设 远程教育站点 联系领导 后盾单位 备注",
        "村级集体经济收入统计表": "序号 乡(镇) 乡镇 村 行政村 年度 经营收入 发包及上交收入 投资收益 补助收入 其他收入 总收入 其中:经营性收入 总支出 收益 上年总收入 增长率 等次 主要收入来源 经营模式 资产总额 债务 是否有发展规划 在建/拟建项目 责任领导 村干部报酬挂钩 审核人 备注",
        "项目库": "序号 项目编号 年度 项目名称 项目类型 二级类型 建设性质 实施地点 乡(镇) 乡镇 村 行政村 建设任务 计划开工 计划完工 资金规模 中央资金 自治区资金 市县资金 整合资金 自筹及其他 受益户数 受益人口 其中贫困户 绩效目标 群众参与 带贫减贫机制 责任单位 责任部门 责任人 前期论证 发展规划依据 入库审定文号 库状态 批复文号 实际开工 形象进度 拨付资金 验收日期 资产移交 运营情况 变更次数 翻烧饼 备注",
        "包联结对表（村级五个一）": "序号 乡(镇) 乡镇 村 行政村 包联厅级领导 包联县级领导 乡镇包村领导 后盾单位 单位联系人 驻村工作队 第一书记 队员人数 帮扶责任人数 建档立卡户数 户户有责任人 五个一齐全 备注",
        "包联结对表（户级结对）": "序号 乡(镇) 乡镇 村 行政村 户编号 户主姓名 家庭人口 脱贫属性 帮扶责任人 单位及职务 责任人类别 联系电话 电话 结对时间 解除时间 帮扶措施 年走访次数 最近走访日期 备注",
        "培训班次台账": "序号 班次编号 班次名称 培训项目 主办单位 承办地点 平台 方式 开始日期 结束日期 天数/学时 期次 对象类别 主题 应训人数 实训人数 考核方式 合格人数 前测均分 后测均分 满意度 经费 备注",
        "培训学员表": "序号 班次 班次编号 乡(镇) 乡镇 村 行政村 姓名 身份证号码 公民身份号码 身份证号 职务 学时 出勤 前测 后测 是否合格 证书号 数字化水平",
        "走访记录": "序号 走访日期 走访人 单位/职务 走访人类别 乡(镇) 乡镇 村 行政村 户编号 户主 走访方式 走访内容 发现问题 当场解决 需协调事项 办理单位 办结日期 群众反馈 备注",
        "干部调整台账": "序号 乡(镇) 乡镇 村 行政村 姓名 原职务 调整类型 调整原因类别 文号 日期 接任人 备注",
        "经费保障表": "序号 乡(镇) 乡镇 村 行政村 年度 运转经费标准 运转经费到位 到位日期 服务群众经费标准 服务群众经费到位 服务群众支出 村干部报酬支出 是否达标 差额 备注",
        "资金下达台账": "序号 文号 下达日期 资金层级 资金类别 金额 备注",
        "致富带头人表": "序号 乡(镇) 乡镇 村 行政村 姓名 性别 出生年月 类型 从事产业 带动户数 是否党员 是否村干部 三培养去向 培训次数 电话 联系电话 备注",
        "合作社表": "序号 乡(镇) 乡镇 村 行政村 名称 统一社会信用代码 成立时间 理事长 是否党员领办 社员数 贫困社员 经营模式 年收入 带动增收 备注",
        "典型案例表": "序号 类别 对象 乡(镇) 乡镇 村 行政村 主要做法 成效 推荐单位 本人同意 使用范围 日期",
        "村规民约表": "序号 乡(镇) 乡镇 村 行政村 版本 表决日期 到会人数 同意人数 是否备案 勤劳致富条款 移风易俗条款 奖励条款 公布方式 备注",
        "阵地建设表": "序号 乡(镇) 乡镇 村 行政村 组 阵地类型 建成年份 面积 是否达标 惠民功能 乐民功能 聚民功能 建设资金 项目编号 存在问题 备注",
        "县级联审表": "序号 乡(镇) 乡镇 村 行政村 姓名 拟任/现任职务 纪委监委 组织 政法 信访 法院 检察院 公安 司法 其他 联审结论 日期 备注",
        "换届进度表": "序号 乡(镇) 乡镇 村 行政村 党组织换届日期 选民登记公布 候选人联审 村委会选举日 参选率 得票率 一肩挑 交接日期 备案日期 进度",
        "五通七有核查表": "序号 乡(镇) 乡镇 村 行政村 核查日期 核查人 通水 通电 通路 通广播电视 通宽带 有两委班子 有产业 有集体收入 有阵地 有幼儿园 有便民服务中心 有卫生室 不达标说明 整改时限 责任部门",
    }.items()
]
