"""What the branches of the villages are and do: venues, rules, elections, evenings of learning, good examples."""

from datetime import date, timedelta

from inspections.fiction.records import Line
from inspections.fiction.registers import Register, ago, likely, one_of

TOPICS = {
    "农牧民夜校": ("农机使用与维护", "果树冬季修剪", "电商直播入门", "普法知识"),
    "政策宣讲": ("惠农政策解读", "医疗保障政策", "就业补贴政策"),
    "扶志教育": ("致富带头人讲创业", "脱贫户讲变化"),
    "文体活动": ("农民运动会", "丰收节文艺演出"),
    "移风易俗": ("文明家庭评选", "红白事从简倡议"),
}
PRACTICES = {
    "自强脱贫户": "自学技术，发展庭院养殖",
    "热心帮扶干部": "常住村里，帮助农户找销路",
    "骨干带贫企业": "订单收购，吸纳就业",
    "外出务工带头人": "带领乡亲结伴务工",
    "支部引领": "支部领办产业，公开议事",
    "集体经济": "盘活闲置场地，收益用于公益事业",
}


def branches(county):
    return [branch(county, village) for village in county.villages]


def branch(county, village):
    random, members, stars = county.random, county.random.randint(18, 62), county.random.randint(1, 5)
    weak = stars == 1 and likely(county, 0.5)
    return Line(
        village,
        {
            "党组织名称": f"{village.name}党支部",
            "组织类型": "支部",
            "成立时间": date(random.randint(1965, 1999), random.randint(1, 12), 1),
            "书记姓名": village.secretary.name,
            "是否一肩挑": village.secretary.heads_both,
            "支委人数": random.choice((3, 5, 7)),
            "党小组数": village.facts["groups"],
            "正式党员": members,
            "预备党员": random.randint(0, 3),
            "女党员": members // random.randint(3, 6),
            "35岁以下党员": members // random.randint(3, 7),
            "高中以上学历党员": members // random.randint(2, 4),
            "外出流动党员": members // random.randint(6, 15),
            "入党积极分子": random.randint(1, 6),
            "年内发展党员": random.randint(0, 2),
            "双带型党员数": members // random.randint(3, 8),
            "结对帮扶党员数": members // random.randint(2, 5),
            "三会一课次数": random.randint(20, 48),
            "主题党日次数": random.randint(6, 12),
            "评星定级(星)": stars,
            "是否软弱涣散": weak,
            "整顿起止": f"{county.on.year}.01-{county.on.year}.12" if weak else "",
            "活动场所面积(㎡)": random.randint(120, 600),
            "标准化建设": "未达标" if weak else "达标",
            "远程教育站点": likely(county, 0.95),
            "后盾单位": village.unit,
        },
    )


def venues(county):
    """A village without a venue of its own says so in its line; here and there its groups have one."""
    for village in county.villages:
        if village.twelve["有阵地"]:
            yield venue(county, village, "", "党群服务中心")
        for group in range(1, village.facts["groups"] + 1):
            if likely(county, 0.2):
                yield venue(county, village, f"{group}组", "组级活动场所")


def venue(county, village, group, kind):
    random, good = county.random, not group or likely(county, 0.8)
    return Line(
        village,
        {
            "组": group,
            "阵地类型": kind,
            "建成年份": county.on.year - random.randint(1, 12),
            "面积(㎡)": random.randint(40, 90) if group else random.randint(150, 600),
            "是否达标": good,
            "惠民功能": True,
            "乐民功能": good,
            "聚民功能": good,
            "建设资金(万元)": random.randint(500, 9000) / 100,
            "存在问题": "" if good else "面积不足，设备老旧",
        },
    )


def village_rules(county):
    for village in county.villages:
        if likely(county, 0.9):
            voted_on, present = ago(county, 60, 900), county.random.randint(40, 160)
            yield Line(
                village,
                {
                    "版本": f"{voted_on.year}版",
                    "表决日期": voted_on,
                    "到会人数": present,
                    "同意人数": present - county.random.randint(0, 6),
                    "是否备案": likely(county, 0.95),
                    "勤劳致富条款": likely(county, 0.95),
                    "移风易俗条款": likely(county, 0.9),
                    "奖励条款": likely(county, 0.8),
                    "公布方式": one_of(county, "公示栏", "公示栏、广播", "入户发放"),
                },
            )


STAGES = ("党组织换届日期", "选民登记公布", "候选人联审", "村委会选举日", "交接日期", "备案日期")


def elections(county):
    """An election goes stage by stage; some villages have not come to the end yet."""
    for village in county.villages:
        reached, day = county.random.choice((2, 3, 6, 6, 6, 6)), ago(county, 160, 240)
        dates = dict(zip(STAGES, (day + timedelta(days=21 * at) for at in range(reached)), strict=False))
        voted = "村委会选举日" in dates
        yield Line(
            village,
            {
                "换届年度": day.year,
                **dates,
                "参选率(%)": county.random.randint(8600, 9900) / 100 if voted else None,
                "得票率(%)": county.random.randint(6200, 9800) / 100 if voted else None,
                "一肩挑": village.secretary.heads_both if voted else None,
                "进度(%)": reached * 100 // len(STAGES),
            },
        )


def activities(county):
    for village in county.villages:
        for kind in county.random.sample(list(TOPICS), county.random.randint(1, 3)):
            yield Line(
                village,
                {
                    "日期": ago(county, 5, 300),
                    "活动类别": kind,
                    "主题": county.random.choice(TOPICS[kind]),
                    "主讲人": village.first_secretary or village.secretary.name,
                    "参加人次": county.random.randint(18, 120),
                    "地点": "村文化广场" if kind == "文体活动" else "村党群服务中心",
                },
            )


def case_studies(county):
    """Good examples only; of some persons the office has no written consent yet."""
    for kind, practice in PRACTICES.items():
        for village in county.random.sample(county.villages, min(3, len(county.villages))):
            if subject := subject_of(kind, village):
                yield Line(
                    village,
                    {
                        "类别": kind,
                        "对象": subject,
                        "主要做法": practice,
                        "成效": "增加了收入，带动了邻里",
                        "推荐单位": village.township.name,
                        "本人同意": likely(county, 0.6),
                        "使用范围": one_of(county, "乡内", "县内", "市内"),
                        "日期": ago(county, 20, 400),
                    },
                )


def subject_of(kind, village):
    lifted = (one.head.name for one in village.households if not one.is_unlifted)
    away = (one.name for one in village.persons if one.work_area)
    return {
        "自强脱贫户": next(lifted, ""),
        "热心帮扶干部": village.first_secretary,
        "骨干带贫企业": f"{village.facts['speciality']}加工有限公司",
        "外出务工带头人": next(away, ""),
        "支部引领": f"{village.name}党支部",
        "集体经济": f"{village.name}股份经济合作社",
    }[kind]


REGISTERS = (
    Register(
        "branches",
        "05村党组织基本情况表",
        "村党组织基本情况表",
        branches,
        "序号 乡(镇) 村 党组织名称 组织类型 成立时间=month 书记姓名=name 是否一肩挑=yes 支委人数 党小组数 正式党员=sum 预备党员=sum"
        " 女党员=sum 35岁以下党员=sum 高中以上学历党员=sum 外出流动党员=sum 入党积极分子=sum 年内发展党员=sum 双带型党员数=sum"
        " 结对帮扶党员数=sum 三会一课次数 主题党日次数 评星定级(星) 是否软弱涣散=yes 整顿起止 活动场所面积(㎡) 标准化建设"
        " 远程教育站点=has 联系领导 后盾单位 备注",
    ),
    Register(
        "village_rules",
        "23村规民约表",
        "村规民约表",
        village_rules,
        "序号 乡(镇) 村 版本 表决日期=day 到会人数 同意人数 是否备案=yes 勤劳致富条款=has 移风易俗条款=has 奖励条款=has 公布方式 备注",
    ),
    Register(
        "venues",
        "24阵地建设表",
        "阵地建设表",
        venues,
        "序号 乡(镇) 村 组 阵地类型 建成年份=year 面积(㎡)=sum 是否达标=yes 惠民功能=yes 乐民功能=yes 聚民功能=yes"
        " 建设资金(万元)=sum 项目编号 存在问题 备注",
        unit="万元",
    ),
    Register(
        "elections",
        "25换届进度表",
        "村“两委”换届进度表",
        elections,
        "序号 乡(镇) 村 换届年度=year 党组织换届日期=day 选民登记公布=day 候选人联审=day 村委会选举日=day 参选率(%)=percent"
        " 得票率(%)=percent 一肩挑=yes 交接日期=day 备案日期=day 进度(%)=percent 备注",
    ),
    Register(
        "activities",
        "26夜校与宣讲活动台账",
        "夜校与宣讲活动台账",
        activities,
        "序号 乡(镇) 村 日期=day 活动类别 主题 主讲人=name 参加人次=sum 地点 备注",
    ),
    Register(
        "case_studies",
        "22典型案例表",
        "典型案例表",
        case_studies,
        "序号 类别 对象=name 乡(镇) 村 主要做法 成效 推荐单位 本人同意=yes 使用范围 日期=day",
    ),
)
