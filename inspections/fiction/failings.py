"""What inspections found wrong with the work of offices, and the things that are to be put right by a day."""

from datetime import timedelta

from inspections.fiction import names
from inspections.fiction.records import Finding, Item

SOURCES = [
    "自治区巡视",
    "市委巡察",
    "县委巡察",
    "主题教育检视",
    "政治体检自查",
    "民主生活会",
    "调研发现",
    "督查",
]
# About how offices work; nothing is found about villagers.
SAID = {
    "政治站位不够高": ("学习上级部署不够深入", "党建促脱贫的研究不多", "对巩固脱贫成果考虑不够"),
    "主体责任落实不到位": ("第一书记培训课程设置不够精准", "安排部署多、下基层调研少", "后备干部储备不足"),
    "党建与脱贫攻坚两张皮": ("村级事务主要依靠驻村工作队", "党建工作和产业发展结合不紧", "议事协商没有制度"),
    "项目带贫益贫效果不佳": ("项目调整频繁、论证不充分", "合作社分红没有公示", "集体资产台账不清"),
    "宣传教育引导不扎实": ("脱贫典型总结推广不多", "夜校培训需求没有调查", "政策宣讲入户不够"),
}
CAUSES = ["思想认识不到位", "担当精神不够强", "能力素质不过硬", "作风建设不扎实"]
LEADERS = ("组织部副部长", "副县长", "乡镇党委书记", "县委党校副校长")
PERIODS = (15, 30, 60, 90, 120)


def inspect(county, count):
    return [finding(county, number) for number in range(1, count + 1)]


def finding(county, number):
    """One to three items, mostly in one village; every fifth finding goes through several villages."""
    random = county.random
    category = random.choice(list(SAID))
    found = Finding(
        f"XC{county.on.year}-03-{number:03}", random.choice(SOURCES), category, random.choice(SAID[category])
    )
    count = random.choices((1, 2, 3), (50, 32, 18))[0]
    places = [random.choice(county.villages)] * count
    if random.random() < 0.2:
        places = sorted(random.choices(county.villages, k=count), key=lambda village: village.code)
    days_left, period = deadline(random)
    found_on = county.on + timedelta(days=days_left - period)
    for at, village in enumerate(places):
        due_on = found_on + timedelta(days=period if at == 0 else random.choice(PERIODS))
        found.items.append(item(county, found, village, found_on, due_on))
    return found


def deadline(random):
    """(days left, days given): a third is past, a fifth is due within a week, nothing is found in the future."""
    early, late = random.choices(((-60, -1), (0, 7), (8, 90)), (34, 22, 44))[0]
    left = random.randint(early, late)
    return left, random.choice([period for period in PERIODS if period > left])


def item(county, found, village, found_on, due_on):
    random = county.random
    return Item(
        found,
        code=f"{found.code}-{len(found.items) + 1}",
        village=village,
        cause=random.choice(CAUSES),
        goal="问题整改到位，形成长效机制",
        measures="1.制定方案;2.逐项落实;3.建立台账",
        found_on=found_on,
        due_on=due_on,
        leader=f"{names.person_name(random, True)}({random.choice(LEADERS)})",
        lead_unit=random.choice(county.units),
        unit=random.choice(county.units),
        person=names.person_name(random, random.random() < 0.6),
        phone=names.phone(random),
        **standing(random, county.on, found_on, due_on),
    )


def standing(random, on, found_on, due_on):
    """What kind of item it is and how far it has come."""
    given = (due_on - found_on).days
    lasting = given == PERIODS[-1] and random.random() < 0.4
    state, percent = ("长期坚持", random.randint(50, 90)) if lasting else progress(random, due_on < on)
    closed, latest = state == "已完成", min(on, due_on + timedelta(days=9))
    closed_on = latest - timedelta(days=random.randint(0, min(8, (latest - found_on).days)))
    said = {"未启动": "", "已完成": "已整改到位"}
    return {
        "kind": "长期坚持" if lasting else "立行立改" if given == PERIODS[0] else "限期整改",
        "state": state,
        "percent": percent,
        "progress": said.get(state, "已制定方案，正按措施逐项落实"),
        "verdict": random.choice(("好", "好", "较好")) if closed else "",
        "closed_on": closed_on if closed else None,
    }


def progress(random, is_past):
    """(state, percent)."""
    weights = (8, 24, 8, 58, 2) if is_past else (30, 44, 10, 13, 3)
    (state,) = random.choices(("未启动", "正在整改", "基本完成", "已完成", "已移交"), weights)
    percents = {
        "未启动": (0, 0),
        "正在整改": (10, 80),
        "基本完成": (90, 95),
        "已完成": (100, 100),
        "已移交": (0, 60),
    }
    return state, random.randint(*percents[state])
