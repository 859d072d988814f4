"""Households and who lives in them: ages that fit the relations, schooling that fits the age, income that adds up."""

from datetime import date

from inspections.fiction import names
from inspections.fiction.records import UNLIFTED, Household, Person

SIZES, SIZE_WEIGHTS = (1, 2, 3, 4, 5, 6), (12, 19, 24, 26, 13, 6)
STATUSES = ("已脱贫(享受政策)", "已脱贫(不再享受政策)", "未脱贫", "返贫")
STATUS_WEIGHTS = (72, 19, 8, 1)
STAGES, STAGE_WEIGHTS = ("达标待核", "摸底核验中", "退出公示", ""), (40, 30, 10, 20)
# The registry's “自身发展动力不足” is never given: it says nothing that would help anybody.
CAUSES = ["因病", "因残", "因学", "因灾", "缺土地", "缺水", "缺技术", "缺劳力", "缺资金", "交通条件落后"]
KINDS, KIND_WEIGHTS = ("一般贫困户", "低保贫困户", "特困供养贫困户"), (78, 18, 4)
MEASURES = ("产业;务工", "技能培训;务工", "产业", "养殖;小额信贷", "公益岗位", "低保兜底;产业")
SCHOOL_BY_AGE = (
    dict.fromkeys(range(3), "学龄前儿童")
    | dict.fromkeys(range(3, 6), "学前教育")
    | dict.fromkeys(range(6, 12), "小学")
    | {
        12: "七年级",
        13: "八年级",
        14: "九年级",
        15: "普通高中一年级",
        16: "普通高中二年级",
        17: "普通高中三年级",
    }
)
WORK_AREAS = ("乡(镇)内务工", "乡(镇)外县内务工", "县外省内务工", "省外务工")


def settle(county, village, count):
    """Give the village that many households."""
    for serial in range(1, count + 1):
        household = found_household(county, village, serial)
        village.households.append(household)
        relations = family(county.random)
        for number, member in enumerate(relations, 1):
            household.persons.append(person(county, household, number, *member))
        household.income = income(county.random, household)


def found_household(county, village, serial):
    random, on = county.random, county.on
    (status,) = random.choices(STATUSES, STATUS_WEIGHTS)
    unlifted = status in UNLIFTED
    watched = status == STATUSES[0] and random.random() < 0.06
    return Household(
        village,
        number=f"{village.code}{serial:04}",
        group_name=f"{random.randint(1, village.facts['groups'])}组",
        status=status,
        stage=random.choices(STAGES, STAGE_WEIGHTS)[0] if unlifted else "",
        kind=random.choices(KINDS, KIND_WEIGHTS)[0],
        cause=(causes := random.sample(CAUSES, 3))[0],
        other_causes=";".join(causes[1 : random.choice((1, 1, 2, 3))]),
        identified_on=date(on.year - random.choice((6, 6, 6, 5)), 12, 1),
        exit_year=None if unlifted else on.year - random.randint(1, 4),
        monitored=watched,
        monitoring="脱贫不稳定户" if watched else "",
        farmland=random.randint(0, 40),
        assured=assurances(random),
        measures=random.choice(MEASURES),
        helper=helper(county),
        phone=names.phone(random),
    )


def assurances(random):
    """School and doctor are assured to all; here and there water or the house is not."""
    return {
        "water": random.random() > 0.02,
        "school": True,
        "medical": True,
        "unsafe": random.random() < 0.01,
    }


def helper(county):
    random = county.random
    name = names.person_name(random, random.random() < 0.6)
    return {"name": name, "unit": random.choice(county.units), "phone": names.phone(random)}


def family(random):
    """(relation, male, age) of the members, the head first."""
    (size,) = random.choices(SIZES, SIZE_WEIGHTS)
    head_is_male, head_age = random.random() < 0.8, random.randint(28, 68)
    members = [("户主", head_is_male, head_age)]
    if size > 1:
        members.append(("配偶", not head_is_male, max(22, head_age + random.randint(-5, 4))))
    elders = [("之父", True), ("之母", False)] if head_age < 58 else []
    while len(members) < size:
        male = random.random() < 0.5
        if elders and random.random() < 0.3:
            members.append((*elders.pop(0), head_age + random.randint(20, 30)))
        elif head_age > 52 and random.random() < 0.4:
            members.append(("之孙子" if male else "之孙女", male, random.randint(0, head_age - 46)))
        else:
            members.append(("之子" if male else "之女", male, max(0, head_age - random.randint(22, 34))))
    return members


def person(county, household, number, relation, male, age):
    random = county.random
    born_on = names.birthday(random, age, county.on)
    schooling = SCHOOL_BY_AGE.get(age) or (
        "本科二年级" if 18 <= age < 22 and random.random() < 0.2 else "非在校生"
    )
    studies = schooling != "非在校生"
    skill = "无劳动力" if studies else ability(random, age)
    works = skill in ("普通劳动力", "技能劳动力") and age < 60 and random.random() < 0.5
    return Person(
        household,
        number=f"{number:02}",
        name=names.person_name(random, male),
        id_number=county.citizen(born_on, male),
        relation=relation,
        male=male,
        born_on=born_on,
        schooling=schooling,
        education="" if studies else education(random, age),
        health="健康" if age < 45 else random.choices(("健康", "长期慢性病", "残疾"), (82, 14, 4))[0],
        skill=skill,
        work_area=random.choice(WORK_AREAS) if works else "",
        work_months=random.randint(2, 11) if works else 0,
        phone=names.phone(random) if age > 17 and random.random() < 0.4 else "",
    )


def ability(random, age):
    if age > 60:
        return random.choices(("弱劳动力或半劳动力", "无劳动力", "普通劳动力"), (50, 40, 10))[0]
    return random.choices(("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力"), (76, 12, 9, 3))[0]


def education(random, age):
    if age > 55:
        return random.choices(("文盲或半文盲", "小学", "初中"), (15, 55, 30))[0]
    return random.choices(("小学", "初中", "高中", "大专", "本科及以上"), (18, 50, 20, 9, 3))[0]


def income(random, household):
    """The net income a head first, then its parts, so that (wages + business + property + transfers - costs) / size is it."""
    size = household.size
    net = random.randint(2300, 3900) if household.is_unlifted else random.randint(5200, 15_800)
    costs = random.randint(0, 6000)
    gross = net * size + costs
    transfers = random.randint(gross // 20, gross // 5)
    property_income = random.randint(0, gross // 25)
    wages = random.randint(0, gross // 2) if any(one.work_months for one in household.persons) else 0
    return {
        "wages": wages,
        "business": gross - wages - property_income - transfers,
        "property": property_income,
        "transfers": transfers,
        "costs": costs,
        "net": net,
    }
