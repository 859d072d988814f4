"""What villages earn together and who leads the way; projects, and the money that comes from above."""

from datetime import date, timedelta
from itertools import pairwise

from inspections.fiction import names
from inspections.fiction.officials import official
from inspections.fiction.records import Line
from inspections.fiction.registers import Register, ago, likely, month, one_of

EARNED = {
    "种植": "土地发包",
    "林果": "林果采摘",
    "畜牧": "入股分红",
    "养殖": "养殖场租赁",
    "旅游": "民宿经营",
}
STANDARD, SERVICE = 1200, 500  # what a village is due in a year, in hundredths of 万元 as all amounts here
KINDS = {
    "产业": "冷库",
    "基础设施": "防渗渠",
    "集体经济": "养殖小区",
    "阵地": "文化广场",
    "生活条件改善": "亮化",
}
STATES = ("储备", "年度计划", "在建", "在建", "完工", "验收", "移交")


def collective_incomes(county):
    """Three full years, the last of them what the village's own line says."""
    for village in county.villages:
        total, before, last = 0, None, round(village.facts["collective_income"] * 100)
        for year in range(county.on.year - 3, county.on.year):
            total = last if year == county.on.year - 1 else last * county.random.randint(20, 110) // 100
            yield collective_income(county, village, year, total, before)
            before = total


def collective_income(county, village, year, total, before):
    business, leases, investment, subsidies, other = split(county.random, total, 5)
    spent = total * county.random.randint(20, 60) // 100
    return Line(
        village,
        {
            "年度": year,
            "经营收入": business / 100,
            "发包及上交收入": leases / 100,
            "投资收益(含分红)": investment / 100,
            "补助收入": subsidies / 100,
            "其他收入": other / 100,
            "总收入": total / 100,
            "其中:经营性收入": (business + leases + investment) / 100,
            "总支出": spent / 100,
            "收益": (total - spent) / 100,
            "上年总收入": None if before is None else before / 100,
            "等次": "空壳" if total < 500 else "薄弱" if total < 2000 else "达标" if total < 5000 else "强村",
            "主要收入来源": EARNED[village.facts["industry"]],
            "经营模式": "合作社+农户",
            "资产总额": total // 10 + county.random.randint(20, 400),
            "债务": 0,
            "是否有发展规划": village.is_poor,
            "责任领导": village.secretary.name,
            "村干部报酬挂钩": one_of(county, "已签订", "已签订", "未签订"),
        },
    )


def split(random, total, parts):
    """The total in so many whole parts."""
    cuts = [0, *sorted(random.randint(0, total) for _ in range(parts - 1)), total]
    return [after - before for before, after in pairwise(cuts)]


def leaders(county):
    for village in county.villages:
        for _ in range(county.random.choice((0, 1, 2, 3, 3, 4, 5))):
            yield leader(county, village)


def leader(county, village):
    known, is_member = official(county, village, (26, 58)), likely(county, 0.4)
    return Line(
        village,
        {
            "姓名": known["name"],
            "性别": known["sex"],
            "出生年月": known["born_on"],
            "类型": one_of(
                county, "种植大户", "养殖大户", "合作社带头人", "电商", "经商", "加工", "运输", "乡村旅游"
            ),
            "从事产业": village.facts["speciality"],
            "带动户数": county.random.randint(2, 15),
            "是否党员": is_member,
            "是否村干部": False,
            "三培养去向": one_of(county, "培养成党员", "党员培养成带头人") if is_member else "",
            "培训次数": county.random.randint(0, 5),
            "电话": known["phone"],
        },
    )


def cooperatives(county):
    """Led by the branch secretary, or by one of the village's leaders."""
    for village in county.villages:
        chairs = [one["姓名"] for one in county.lines["leaders"] if one.village is village]
        if likely(county, 0.6):
            party_led = not chairs or likely(county, 0.5)
            members = county.random.randint(15, 90)
            yield Line(
                village,
                {
                    "名称": f"{village.township.name[:-1]}{village.name[:-1]}{village.facts['speciality']}农民专业合作社",
                    "统一社会信用代码": names.credit_code(county.random, "93"),
                    "成立时间": ago(county, 300, 3600),
                    "理事长": village.secretary.name if party_led else chairs[0],
                    "是否党员领办": party_led,
                    "社员数": members,
                    "贫困社员": members // county.random.randint(2, 5),
                    "经营模式": "农户+基地+合作社+村集体",
                    "年收入(万元)": county.random.randint(800, 30_000) / 100,
                },
            )


def projects(county):
    """One for the whole county, which names no village, and one in every other village."""
    yield project(county, None, 1, "就业", "务工人员技能培训")
    chosen = [village for village in county.villages if likely(county, 0.55)]
    for number, village in enumerate(chosen, 2):
        kind = county.random.choice(list(KINDS))
        yield project(county, village, number, kind, f"{village.name}{KINDS[kind]}建设项目")


def project(county, village, number, kind, name):
    random, on = county.random, county.on
    cost, state = random.randint(2000, 40_000), random.choice(STATES)
    central, regional, local, own = split(random, cost, 4)
    started_on = ago(county, 60, 200) if state not in ("储备", "年度计划") else None
    progress = random.randint(10, 90) if state == "在建" else 100 if started_on else 0
    households = len(village.households) if village else len(county.households)
    return Line(
        village,
        {
            "项目编号": f"{on.year}-{number:03}",
            "年度": on.year,
            "项目名称": name,
            "项目类型": kind,
            "建设性质": "新建",
            "实施地点": f"{village.township.name}{village.name}" if village else county.name,
            "建设任务": "按批复建设",
            "计划开工": month(started_on or on),
            "计划完工": month((started_on or on) + timedelta(days=200)),
            "资金规模(万元)": cost / 100,
            "中央资金": central / 100,
            "自治区资金": regional / 100,
            "市县资金": local / 100,
            "整合资金": 0,
            "自筹及其他": own / 100,
            "受益户数": households * 3,
            "受益人口": households * 10,
            "其中贫困户": households,
            "绩效目标": "改善生产条件，户均增收",
            "群众参与": "村民代表会议",
            "带贫减贫机制": "分红+就业",
            "责任单位": village.unit if village else random.choice(county.units),
            "责任人": names.person_name(random, True),
            "前期论证": "已论证",
            "入库审定文号": f"晴扶领〔{on.year - 1}〕32号",
            "库状态": state,
            "实际开工": started_on,
            "形象进度(%)": progress,
            "拨付资金(万元)": cost * progress // 100 / 100,
            "验收日期": ago(county, 1, 50) if state in ("验收", "移交") else None,
            "资产移交": "已移交村集体" if state == "移交" else "",
            "变更次数": random.choice((0, 0, 0, 1)),
            "翻烧饼": False,
        },
    )


def village_funds(county):
    """Two years. What comes is the standard, now and then less."""
    for village in county.villages:
        for year in (county.on.year - 1, county.on.year):
            operating, service = (
                due - (county.random.randint(1, 4) * 50 if likely(county, 0.15) else 0)
                for due in (STANDARD, SERVICE)
            )
            short = STANDARD + SERVICE - operating - service
            yield Line(
                village,
                {
                    "年度": year,
                    "运转经费标准": STANDARD / 100,
                    "运转经费到位": operating / 100,
                    "到位日期": min(date(year, 3, 20), county.on),
                    "服务群众经费标准": SERVICE / 100,
                    "服务群众经费到位": service / 100,
                    "服务群众支出": service * county.random.randint(20, 100) // 100 / 100,
                    "是否达标": short == 0,
                    "差额": short / 100,
                },
            )


def grants(county):
    """What came to the county in two years, document by document."""
    for year in (county.on.year - 1, county.on.year):
        first, last = date(year, 1, 1), min(date(year, 12, 31), county.on)
        for number, level in enumerate(("中央", "自治区", "自治区", "市", "县"), 1):
            for kind in ("财政专项扶贫资金", one_of(county, "集体经济扶持资金", "整合资金")):
                yield Line(
                    None,
                    {
                        "文号": f"晴财扶〔{year}〕{number}号",
                        "下达日期": first + timedelta(days=county.random.randint(0, (last - first).days)),
                        "资金层级": level,
                        "资金类别": kind,
                        "金额(万元)": county.random.randint(20_000, 500_000) / 100,
                    },
                )


REGISTERS = (
    Register(
        "collective_incomes",
        "09村级集体经济收入统计表",
        "村级集体经济收入统计表",
        collective_incomes,
        "序号 乡(镇) 村 年度=year 本年收入>经营收入=sum 本年收入>发包及上交收入=sum 本年收入>投资收益(含分红)=sum"
        " 本年收入>补助收入=sum 本年收入>其他收入=sum 本年收入>总收入=sum 其中:经营性收入=sum 总支出=sum 收益=sum 上年总收入=sum"
        " 增长率(%) 等次 主要收入来源 经营模式 资产总额=sum 债务=sum 是否有发展规划=yes 在建/拟建项目 责任领导=name"
        " 村干部报酬挂钩 审核人 备注",
        unit="万元",
    ),
    Register(
        "leaders",
        "20致富带头人表",
        "致富带头人表",
        leaders,
        "序号 乡(镇) 村 姓名=name 性别 出生年月=month 类型 从事产业 带动户数=sum 是否党员=yes 是否村干部=yes 三培养去向"
        " 培训次数 电话=phone 备注",
    ),
    Register(
        "cooperatives",
        "21合作社表",
        "农民专业合作社表",
        cooperatives,
        "序号 乡(镇) 村 名称 统一社会信用代码 成立时间=day 理事长=name 是否党员领办=yes 社员数=sum 贫困社员=sum 经营模式"
        " 年收入(万元)=sum 带动增收 备注",
    ),
    Register(
        "projects",
        "10项目库",
        "脱贫攻坚项目库",
        projects,
        "序号 项目编号 年度=year 项目名称 项目类型 二级类型 建设性质 实施地点 乡(镇) 村 建设任务 计划开工=month 计划完工=month"
        " 资金规模(万元)=sum 资金来源>中央资金=sum 资金来源>自治区资金=sum 资金来源>市县资金=sum 资金来源>整合资金=sum"
        " 资金来源>自筹及其他=sum 受益户数=sum 受益人口=sum 其中贫困户=sum 绩效目标 群众参与 带贫减贫机制 责任单位 责任人=name"
        " 前期论证 发展规划依据 入库审定文号 库状态 批复文号 实际开工=day 形象进度(%) 拨付资金(万元)=sum 验收日期=day 资产移交"
        " 运营情况 变更次数 翻烧饼=yes 备注",
        unit="万元",
    ),
    Register(
        "village_funds",
        "18经费保障表",
        "村级组织经费保障表",
        village_funds,
        "序号 乡(镇) 村 年度=year 运转经费标准=sum 运转经费到位=sum 到位日期=day 服务群众经费标准=sum 服务群众经费到位=sum"
        " 服务群众支出=sum 村干部报酬支出=sum 是否达标=yes 差额=sum 备注",
        unit="万元",
    ),
    Register(
        "grants",
        "19资金下达台账",
        "扶贫资金下达台账",
        grants,
        "序号 文号 下达日期=day 资金层级 资金类别 金额(万元)=sum 备注",
    ),
)
