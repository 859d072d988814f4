"""整改台账 in both layouts: rows are items, the finding above them repeats in merged cells (domain.md §3.1)."""

from collections import Counter
from hashlib import sha256

from django.db.models import Case, Q, When

from inspections.ledgers.findings import FINDINGS
from inspections.lights import COLOURS
from inspections.models import Finding, Item, Slip
from povertyparty.kinds import Choice, Day, Identifier, Name, Percent, Text, YesNo
from povertyparty.ledger import Column, Known, Ledger, register, serial
from villages.columns import phone
from villages.lookups import PlaceLookup
from villages.models import common


def common_place(so_far, said):
    """The smallest place that holds all items of a finding."""
    return common([so_far, said]) if so_far else said


SIGNS = {f"R{n}": cause for n, (cause, _) in enumerate(Item.Cause, 1)}


def read_self_check(rows):
    """自查问题清单: whose the finding is stands before it, so that two may say the same of themselves; no name goes into
    a number. What was analysed names one of the four causes, and whether it is done says how far it has come."""
    said_before = Counter()
    for row in rows:
        said = row.values
        if "finding__owner" in said and "finding__text" in said:
            said.setdefault("finding__source", Finding.SELF_CHECK)
            own = "|".join(str(said.get(f"finding__{name}", "")) for name in ("source", "post", "text"))
            said_before[own] += 1
            code = "ZC-" + sha256(own.encode()).hexdigest()[:10].upper()
            said.setdefault("finding__code", code if said_before[own] == 1 else f"{code}-{said_before[own]}")
        if "cause" not in said and (named := cause_in(said.get("analysis", ""))):
            said["cause"] = named
        if "state" not in said and (said.get("-done") or "progress" in said) and "-done" in row.columns:
            said["state"] = Item.State.CLOSED if said.get("-done") else Item.State.DOING


def cause_in(text):
    """The one of the four causes that comes first in the text, by its words or its number."""
    found = {
        text.find(word): cause for sign, cause in SIGNS.items() for word in (sign, cause) if word in text
    }
    return found[min(found)] if found else ""


def number_items(rows):
    """Ledgers without numbers: a finding is known by what it says, an item by its place in the finding's rows."""
    read_self_check(rows)
    counted = Counter()
    for row in rows:
        row.values["stage"] = Finding.Stage.SPLIT
        if "finding__code" not in row.values and "finding__text" in row.values:
            said = "|".join(str(row.values.get(f"finding__{name}", "")) for name in ("source", "text"))
            row.values["finding__code"] = "WT-" + sha256(said.encode()).hexdigest()[:10].upper()
        if "code" not in row.values and (finding := row.values.get("finding__code")):
            counted[finding] += 1
            row.values["code"] = f"{finding}-{counted[finding]}"


def closing_is_dated(row):
    if row.get("state") == "closed" and "closed_on" not in row:
        yield "closed_on", "已完成但没有填销号日期", False
    if row.get("percent") == 100 and row.get("state") in {*Item.BEFORE, "doing"}:
        yield "percent", "完成比例为100%，完成情况却是未完成", False


CATEGORIES = {
    "脱贫攻坚政治站位不够高": "P1",
    "落实脱贫攻坚主体责任不到位": "P2",
    "党建与脱贫攻坚“两张皮”": "P3",
    "扶贫项目带贫益贫效果不佳": "P4",
    "P1": "P1",
    "P2": "P2",
    "P3": "P3",
    "P4": "P4",
    "P5": "P5",
}
SOURCES = {
    "省(区)巡视": "自治区巡视",
    "省巡视": "自治区巡视",
    "自治区党委巡视": "自治区巡视",
    "省委巡视": "自治区巡视",
    "市巡察": "市委巡察",
    "县巡察": "县委巡察",
}
STATES = {
    "未启动": "not_started",
    "已完成": "closed",
    "已完成(已销号)": "closed",
    "已销号": "closed",
    "完成": "closed",
    "整改中": "doing",
    "未开始": "not_started",
    "已基本完成": "mostly",
    "移交": "moved",
}

# domain.md §3.1 B, in its order; 整改情况 and 责任人 are the columns of layout A.
SELF_CHECK = [
    "序号",
    "姓名/班子",
    "职务",
    "检视方面",
    "检视问题",
    "具体表现",
    "原因剖析",
    "整改措施",
    "整改类型",
    "整改时限",
    "责任人",
    "整改情况",
    "是否完成",
    "备注",
    # Beyond the form, so that a list that went out finds its items again.
    "问题编号",
    "整改事项编号",
    "涉及乡镇",
    "涉及村",
]
LIGHT = Choice(labels=tuple(COLOURS.items()), marked="light", ordered=True)

ITEMS = register(
    Ledger(
        code="items",
        living=~Q(state__in=[one for one in Item.FINISHED if one != Item.State.LASTING]),
        page=("item", "办理"),
        marks=("finding__text", "measures", "due_on", "unit"),
        title="巡察反馈问题整改台账",
        model=Item,
        group="检视整改",
        unit="项",
        icon="clipboard-check",
        order=("place_id", "id"),
        keys=(("county", "code"),),
        lookups=(PlaceLookup(deepest="县"),),
        needs=("places",),
        parent=FINDINGS,
        link="finding",
        parent_shares={
            "place": common_place,
            "county": lambda so_far, said: so_far or said,
            "stage": lambda so_far, said: said,
        },
        layouts={"自查问题清单": SELF_CHECK},
        prepare=number_items,
        generated=("code", "finding__code"),
        rules=(closing_is_dated,),
        columns=[
            serial(),
            Column(
                "finding__code",
                kind=Identifier(what="问题编号", longest=40),
                required=False,
                fill=True,
                listed=False,
            ),
            Column(
                "code",
                kind=Identifier(what="整改事项编号", longest=50),
                aliases=("事项编号",),
                required=False,
                filtered=False,
            ),
            Column(
                "finding__source", fill=True, synonyms=SOURCES, aliases=("来源",), listed=False, filtered=True
            ),
            Column("finding__category", fill=True, synonyms=CATEGORIES, listed=False, filtered=True),
            Column(
                "finding__text",
                "反馈问题",
                fill=True,
                aliases=("检视问题", "存在问题", "问题内容", "反馈的问题"),
                required=True,
                listed=False,
            ),
            Column("-light", "亮灯", LIGHT, counted=Item.colour_today, filtered=True, beyond=True),
            Column("symptom", fill=True, filtered=False),
            Column("cause", listed=False, aliases=("成因",)),
            Column("@township", "涉及乡镇", Text(60), aliases=("乡镇", "乡(镇)", "所属乡镇"), fill=True),
            Column("@village", "涉及村", Text(60), aliases=("村", "行政村", "涉及村(社区)"), fill=True),
            Column("goal", listed=False),
            Column("measures", listed=False, once=True),
            Column("kind", listed=False, filtered=True),
            Column("found_on", listed=False, aliases=("反馈日期", "反馈时间")),
            Column("due_on", kind=Day(end=True), aliases=("整改期限", "完成时限", "整改完成时限")),
            Column("leader", listed=False),
            Column("lead_unit", listed=False),
            Column("unit", aliases=("责任部门",)),
            Column("person", kind=Name(), listed=False),
            phone(),
            Column("progress", listed=False, aliases=("整改落实情况", "整改成效", "进展情况", "整改情况")),
            Column("percent", kind=Percent(), aliases=("完成比例", "完成进度")),
            Column(
                "state", once=True, synonyms=STATES, official=Item.OFFICIAL, aliases=("完成情况", "整改状态")
            ),
            Column("institution", listed=False),
            Column("evidence_note", listed=False),
            Column("applied_on", listed=False, once=True),
            Column("verdict", listed=False, once=True),
            Column("closed_on", listed=False, once=True),
            Column("supervision", listed=False, known=Known("slips", Slip.supervision)),
            Column("note", listed=False),
            # 自查问题清单
            Column(
                "finding__owner",
                "姓名/班子",
                Name(),
                aliases=("姓名", "班子", "班子/姓名"),
                sensitive=True,
                beyond=True,
                listed=False,
            ),
            Column("finding__post", "职务", beyond=True, listed=False),
            Column("finding__aspect", "检视方面", beyond=True, listed=False),
            Column("analysis", "原因剖析", beyond=True, listed=False),
            Column(
                "-done",
                "是否完成",
                YesNo(),
                counted=lambda: Case(When(state__in=Item.CLOSED, then=True), default=False),
                beyond=True,
                listed=False,
            ),
        ],
    )
)
