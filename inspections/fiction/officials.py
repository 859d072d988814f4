"""Who is in office in a village: its own cadres, those sent to it, and those who may follow."""

from datetime import timedelta

from inspections.fiction import names
from inspections.fiction.names import CITY_NAME
from inspections.fiction.records import Cadre, Posting, Reserve

SCHOOLING, SCHOOLING_WEIGHTS = ("大学本科", "大专", "中专", "高中", "初中"), (15, 32, 15, 28, 10)
SOURCES = ["致富能手", "外出务工经商返乡", "本土大学毕业生", "复员退伍军人", "其他"]
DIGITAL, DIGITAL_WEIGHTS = ("不会", "会基本操作", "熟练"), (26, 52, 22)
OTHER_POSTS = ["副书记", "支部委员", "村委委员", "监委会主任", "文书(会计)", "妇联主席"]
RESERVE_STATES, RESERVE_WEIGHTS = ("在库", "培养", "使用", "出库"), (44, 36, 14, 6)


def appoint(county, village):
    village.cadres.extend(cadres(county, village))
    if village.is_poor or county.random.random() < 0.25:
        village.postings.extend(team(county, village))
    count = county.random.choices((0, 1, 2, 3, 4), (8, 22, 36, 22, 12))[0]
    village.reserves.extend(reserve(county, village) for _ in range(count))


def official(county, village, ages):
    """What all three rosters begin with; no two in a village bear the same name."""
    random = county.random
    male = random.random() < 0.68
    name = next(n for n in iter(lambda: names.person_name(random, male), None) if n not in village.called)
    village.called.add(name)
    return {
        "village": village,
        "name": name,
        "sex": "男" if male else "女",
        "born_on": names.birthday(random, random.randint(*ages), county.on),
        "schooling": random.choices(SCHOOLING, SCHOOLING_WEIGHTS)[0],
        "political": "中共党员",
        "phone": names.phone(random),
    }


def cadres(county, village):
    """The secretary first; one who heads both needs no head of the village committee beside."""
    heads_both = county.random.random() < 0.6
    yield cadre(county, village, "党组织书记", heads_both)
    if not heads_both:
        yield cadre(county, village, "村委会主任")
    for post in OTHER_POSTS[: county.random.randint(4, 6)]:
        yield cadre(county, village, post)


def cadre(county, village, post, heads_both=False):
    random, on = county.random, county.on
    known = official(county, village, (28, 58))
    since = on - timedelta(days=random.randint(200, 3000))
    in_party = post in ("党组织书记", "副书记", "支部委员") or random.random() < 0.6
    return Cadre(
        **known | {"political": "中共党员" if in_party else "群众"},
        post=post,
        heads_both=heads_both,
        since=since,
        years=(on - since).days // 365 + random.randint(0, 6),
        source=random.choice(SOURCES),
        id_number=county.citizen(known["born_on"], known["sex"] == "男"),
        digital=random.choices(DIGITAL, DIGITAL_WEIGHTS)[0],
        review=random.choices(("符合", "暂缓"), (97, 3))[0],
        pay=random.choice((2400, 2800, 3200, 3600)),
        joined_party_on=known["born_on"] + timedelta(days=365 * 22) if in_party else None,
        trained=f"{on.year}.05 已轮训" if random.random() < 0.4 else "",
        reviewed_on=on - timedelta(days=110),
    )


def team(county, village):
    """A first secretary and one to three members; here and there somebody has left, will leave, or nobody stayed."""
    random, on = county.random, county.on
    all_gone = random.random() < 0.05
    for duty in ["第一书记兼队长", "副队长", "队员", "队员"][: random.randint(2, 4)]:
        one = posting(county, village, duty, on - timedelta(days=random.randint(120, 640)))
        if all_gone:
            one.left_on, one.rotation = on - timedelta(days=random.randint(0, 60)), "轮换，接替人员未到"
        elif random.random() < 0.04:
            one.left_on, one.rotation = on + timedelta(days=random.randint(1, 40)), "拟轮换"
        yield one
    if random.random() < 0.4:
        left = posting(county, village, "队员", on - timedelta(days=random.randint(800, 1200)))
        left.left_on, left.rotation = left.came_on + timedelta(days=random.randint(150, 700)), "期满轮换"
        yield left


def posting(county, village, duty, came_on):
    random = county.random
    return Posting(
        **official(county, village, (26, 55)),
        unit=village.unit,
        unit_level="市" if village.unit.startswith(CITY_NAME) else "县",
        rank=random.choice(names.RANKS),
        duty=duty,
        document=f"晴组通〔{came_on.year}〕5号",
        came_on=came_on,
        due_on=came_on + timedelta(days=730),
        left_on=None,
        rural_years=random.randint(0, 12),
        days=random.randint(16, 26),
        leave=random.randint(0, 20),
        households=random.randint(3, 12),
    )


def reserve(county, village):
    random, on = county.random, county.on
    (state,) = random.choices(RESERVE_STATES, RESERVE_WEIGHTS)
    gone = state in ("使用", "出库")
    political = random.choice(("中共党员", "入党积极分子", "共青团员", "群众"))
    return Reserve(
        **official(county, village, (22, 38)) | {"political": political},
        source=random.choice(SOURCES),
        aim=random.choice(("村委委员", "书记", "文书")),
        mentor=village.secretary.name,
        entered_on=on - timedelta(days=random.randint(200, 1100)),
        trainings=random.randint(0, 5),
        digital=random.choices(DIGITAL, DIGITAL_WEIGHTS)[0],
        ripeness=random.choice(("近期可用", "1–2年", "3年以上")),
        state=state,
        left_on=on - timedelta(days=random.randint(1, 190)) if gone else None,
        left_for={"使用": "村委委员", "出库": "外出务工"}.get(state, ""),
    )
