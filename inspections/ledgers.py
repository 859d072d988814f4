"""整改台账, layout A: rows are items, the finding above them repeats in merged cells (domain.md §3.1)."""

from collections import Counter
from hashlib import sha256

from django.db.models import Q

from inspections.models import Finding, Item, Slip
from inspections.standing import told_slip
from povertyparty.kinds import Day, Identifier, Name, Percent, Text
from povertyparty.ledger import Column, Known, Ledger, register, serial
from villages.columns import hidden, phone, place_columns
from villages.lookups import PlaceLookup

FINDINGS = register(
    Ledger(
        code="findings",
        marks=("code", "source", "category", "text"),
        title="检视问题清单",
        model=Finding,
        group="检视整改",
        unit="个",
        icon="exclamation-octagon",
        order=("place_id", "id"),
        keys=(("county", "code"),),
        lookups=(PlaceLookup(deepest="县"),),
        needs=("places",),
        columns=[
            serial(),
            Column("code", kind=Identifier(what="问题编号", longest=40), required=True),
            "source",
            "category",
            Column("text", "反馈问题", aliases=("检视问题", "存在问题"), required=True),
            *place_columns("county", "township", "village"),
        ],
    )
)


def common_place(so_far, said):
    """The smallest place that holds all items of a finding."""
    if not so_far:
        return said
    return next(so_far[:n] for n in (12, 9, 6, 4, 2) if len(so_far) >= n and so_far[:n] == said[:n])


def number_items(rows):
    """Ledgers without numbers: a finding is known by what it says, an item by its place in the finding's rows."""
    counted = Counter()
    for row in rows:
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

LEVELS = {
    "提醒": "1",
    "蓝色": "2",
    "蓝": "2",
    "黄色": "3",
    "黄": "3",
    "红色": "4",
    "红": "4",
    "约谈函": "5",
}

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
        parent_shares={"place": common_place, "county": lambda so_far, said: so_far or said},
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
            Column("symptom", fill=True),
            Column("cause", listed=False, aliases=("成因",)),
            Column("@township", "涉及乡镇", Text(60), aliases=("乡镇", "乡(镇)", "所属乡镇"), fill=True),
            Column("@village", "涉及村", Text(60), aliases=("村", "行政村", "涉及村(社区)"), fill=True),
            Column("goal", listed=False),
            Column("measures", listed=False),
            Column("kind", listed=False, filtered=True),
            Column("found_on", listed=False, aliases=("反馈日期", "反馈时间")),
            Column("due_on", kind=Day(end=True), aliases=("整改期限", "完成时限", "整改完成时限")),
            Column("leader", listed=False),
            Column("lead_unit", listed=False),
            Column("unit", aliases=("责任部门",)),
            Column("person", kind=Name(), listed=False),
            phone(),
            Column("progress", listed=False, aliases=("整改落实情况", "整改成效", "进展情况")),
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
        ],
    )
)

SLIPS = register(
    Ledger(
        code="slips",
        marks=("number", "level", "unit", "subject"),
        title="督办单据台账",
        model=Slip,
        group="检视整改",
        unit="份",
        icon="send",
        note="单号按县、级别、年度连续编排；作废的保留单号",
        order=("-issued_on", "-id"),
        living=Q(state__in=Slip.OPEN),
        keys=(("county", "number"),),
        lookups=(PlaceLookup(deepest="县"),),
        needs=("places",),
        writes="draft_slips",
        editable=False,
        locked=("issued", "督办单已经签发，不作更改；确需更正的，作废后重新拟办"),
        beside=("inspections/_slip.html", told_slip),
        columns=[
            serial(),
            Column(
                "number",
                kind=Identifier(what="单号", longest=40, pattern=r"[\w〔〕()（）./-]+"),
                aliases=("编号", "督办单编号", "文号"),
                required=True,
            ),
            Column("level", aliases=("级别", "督办级别"), synonyms=LEVELS),
            *place_columns("county", "township", "village"),
            Column("unit", aliases=("责任单位", "主送单位")),
            "subject",
            *hidden("requirements"),
            Column("basis", listed=False, known=Known("items", Slip.basis_codes)),
            *hidden("issuer"),
            Column("issued_on", aliases=("签发时间", "下发日期")),
            *hidden("signatory", "delivered_on"),
            Column("reply_due", kind=Day(end=True), aliases=("回复时限", "反馈期限")),
            *hidden("reply", "replied_on"),
            Column("result", listed=False, filtered=True, aliases=("评估结果",)),
            *hidden("assessed_on", "outcome"),
            Column("state", once=True, aliases=("状态", "办理状态")),
            *hidden("note"),
        ],
    )
)
