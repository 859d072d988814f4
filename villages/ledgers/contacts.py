"""包联、结对、走访、帮带、职责、措施 (domain.md §3.11, §3.13)."""

from povertyparty.kinds import Name, Number, Text, YesNo
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import PLACED, hidden, phone, place_columns
from villages.kinds import Worded
from villages.lookups import HouseholdLookup, PlaceLookup
from villages.models import Contact, DutyRecord, Help, Mentoring, Pairing, Visit, say, word
from villages.synonyms import STATUS

GROUP = "包联帮扶"


def household_columns(required=True):
    """户编号 names the household; what the registry knows of it is printed beside it and compared."""
    return [
        Column("@household", "户编号", Text(32), aliases=("户编码", "户码"), required=required),
        Column("-head", "户主姓名", Name(), echo="household__head", aliases=("户主",), label="户主"),
    ]


CONTACTS = register(
    Ledger(
        code="contacts",
        title="村级“五个一”包联表",
        model=Contact,
        group=GROUP,
        unit="个村",
        icon="link-45deg",
        note=say("五个一：{five_contacts}　五项责任：{five_responsibilities}"),
        span=("since", "until"),
        brief=("county_leader", "township_leader", "unit", "-complete"),
        keys=(("place", "until"),),  # a row that says no end means the one in force
        optional=("until",),
        marks=("prefecture_leader", "county_leader", "township_leader", "unit_person"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("prefecture_leader", kind=Name(), aliases=("厅级领导", "包联市级领导")),
            Column("county_leader", kind=Name(), aliases=("县级领导",)),
            Column("township_leader", kind=Name(), aliases=("乡镇领导", "包村领导")),
            Column("unit", aliases=("包联单位", "帮扶单位")),
            Column("unit_person", kind=Name(), listed=False),
            Column("-team", "驻村工作队(单位)", counted=Contact.team, listed=False),
            Column("-first_secretary", "第一书记", Name(), counted=Contact.first_secretary, listed=False),
            Column("-members", "队员人数", Number(), counted=Contact.team_size, listed=False),
            Column("-helpers", "帮扶责任人数", Number(), counted=Contact.helpers, listed=False),
            Column("-households", "建档立卡户数", Number(), counted=Contact.households, listed=False),
            Column("-all_helped", "户户有责任人", YesNo(), counted=Contact.all_helped, listed=False),
            Column("-complete", "五个一齐全", YesNo(), counted=Contact.complete),
            *hidden("note"),
            Column("since", beyond=True, filtered=False),
            Column("until", beyond=True, filtered=False),
        ],
    )
)

PAIRINGS = register(
    Ledger(
        code="pairings",
        title="结对帮扶到户表",
        model=Pairing,
        group=GROUP,
        unit="对",
        icon="person-hearts",
        span=("since", "until"),
        brief=("helper", "unit", "since", "-status"),
        keys=(("household", "helper", "since"),),
        marks=("helper", "since", "until", "-visits"),
        lookups=(PlaceLookup(), HouseholdLookup()),
        needs=("places", "households"),
        order=("place_id", "id"),
        columns=[
            serial(),
            *place_columns(),
            *household_columns(),
            Column(
                "-size", "家庭人口", Number(), echo="household__size", aliases=("家庭人口数",), listed=False
            ),
            Column("-status", "脱贫属性", echo="household__status", synonyms=STATUS),
            Column("helper", kind=Name(), aliases=("责任人", "帮扶人", "帮扶干部"), required=True),
            Column("unit", aliases=("单位", "帮扶单位", "工作单位")),
            Column("kind", aliases=("帮扶人类别",)),
            phone(aliases=("帮扶人电话",)),
            Column("since", aliases=("开始时间", "结对日期")),
            Column("until", settles="settle_states", aliases=("结束时间", "解除日期")),
            *hidden("measures"),
            Column("-visits", "年走访次数", Number(), counted=Pairing.visits_this_year, listed=False),
            Column("-last_visit", "最近走访日期", counted=Pairing.last_visit, listed=False),
            *hidden("note"),
        ],
    )
)

VISITS = register(
    Ledger(
        code="visits",
        dated="on",
        title="走访记录",
        model=Visit,
        group=GROUP,
        unit="次",
        icon="signpost-2",
        note="只记需要解决的问题和事实；不记录宗教、民族、家庭成员政治情况、亲属在押等信息",
        brief=("on", "-head", "about", "problem"),
        keys=(("place", "on", "visitor", "way", "household"),),
        optional=("household",),
        marks=("on", "visitor", "way", "about"),
        lookups=(PlaceLookup(), HouseholdLookup()),
        needs=("places", "households"),
        order=("-on", "id"),
        columns=[
            serial(),
            Column("on", aliases=("日期", "走访时间"), required=True),
            Column("visitor", kind=Name(), required=True),
            Column("unit", aliases=("单位", "职务"), listed=False),
            Column("kind", listed=False),
            *place_columns(),
            *household_columns(required=False),
            Column(
                "way",
                aliases=("方式",),
                required=True,
                synonyms={"走访": "入户", "入户走访": "入户", "座谈": "座谈交流"},
            ),
            Column("about", aliases=("内容",)),
            "problem",
            *hidden("solved_at_once", "to_arrange", "arranged_by", "done_on", "feedback", "note"),
        ],
    )
)

MENTORINGS = register(
    Ledger(
        code="mentorings",
        title="结对帮带表",
        model=Mentoring,
        group="干部队伍",
        unit="对",
        icon="people",
        span=("since", "until"),
        keys=(("place", "mentor", "cadre"),),
        marks=("mentor", "cadre", "goal", "result"),
        **PLACED,
        columns=[
            serial(),
            *place_columns(),
            Column("mentor", kind=Name(), required=True, aliases=("驻村干部姓名",)),
            Column("cadre", kind=Name(), required=True, aliases=("村干部姓名",)),
            "kind",
            *hidden("goal"),
            "since",
            "until",
            "result",
            *hidden("note"),
        ],
    )
)

DUTY_RECORDS = register(
    Ledger(
        code="duty_records",
        dated="on",
        title="五项职责记录表",
        model=DutyRecord,
        group=GROUP,
        unit="条",
        icon="list-check",
        note=say("五项职责：{five_duties}"),
        keys=(("place", "on", "duty", "work"),),
        marks=("duty", "work", "benefited"),
        lookups=(PlaceLookup(),),
        needs=("places",),
        order=("-on", "id"),
        columns=[
            serial(),
            *place_columns(),
            Column("unit", kind=Name(), aliases=("工作队", "驻村工作队")),
            Column(
                "duty",
                kind=Worded(
                    labels=tuple(
                        (value, word("five_duties", n)) for n, (value, _) in enumerate(DutyRecord.Duty)
                    ),
                    synonyms=tuple(DutyRecord.Duty),
                ),
                aliases=("职责类别",),
                required=True,
            ),
            Column("on", aliases=("时间",), required=True),
            Column("work", aliases=("内容", "工作情况"), required=True),
            "benefited",
            *hidden("note"),
        ],
    )
)

HELPS = register(
    Ledger(
        code="helps",
        title="帮扶措施台账",
        model=Help,
        group=GROUP,
        unit="条",
        icon="gift",
        span=("since", "until"),
        brief=("kind", "what", "since", "amount"),
        keys=(("household", "kind", "since"),),
        marks=("kind", "what", "amount", "person"),
        lookups=(PlaceLookup(), HouseholdLookup()),
        needs=("places", "households"),
        order=("place_id", "id"),
        columns=[
            serial(),
            *place_columns(),
            *household_columns(),
            Column("kind", aliases=("类别",), required=True),
            Column("since", required=True),
            Column("until", listed=False),
            "what",
            "amount",
            Column("person", kind=Name(), listed=False),
            *hidden("result", "note"),
        ],
    )
)
