"""整改台账, layout A: rows are items, the finding above them repeats in merged cells (domain.md §3.1)."""

from collections import Counter
from hashlib import sha256

from django.db.models import Case, Q, When

from inspections.lookups import EarlierLookup, FollowedLookup, RoundLookup
from inspections.models import FieldVisit, Finding, Item, Round, RoundPhase
from inspections.models.items import progress_of_finding
from inspections.models.rounds import counted
from inspections.parameters import SYMPTOMS
from inspections.summaries import of_finding, of_round
from povertyparty.kinds import Choices, Day, Identifier, Name, Number, Percent, Text, YesNo
from povertyparty.ledger import Column, Ledger, register, serial
from villages.columns import hidden, phone, place_columns, stepped
from villages.kinds import WordedChoices
from villages.lookups import PlaceLookup
from villages.models import word

ROUNDS = register(
    Ledger(
        code="rounds",
        title="自查轮次",
        model=Round,
        group="检视整改",
        unit="个",
        icon="arrow-repeat",
        keys=(("county", "name"),),
        marks=("name", "kind", "basis", "topics"),
        lookups=(PlaceLookup(deepest="县"), FollowedLookup()),
        needs=("places",),
        order=("-begins", "id"),
        tells=of_round,
        columns=[
            serial(),
            Column("name", kind=Text(60), required=True, aliases=("轮次", "批次名称")),
            Column("kind", required=True, aliases=("类型",)),
            *place_columns("county", "township"),
            *hidden("basis", "document", "basis_on"),
            *hidden("organiser", "topics"),
            Column("begins", required=True, aliases=("起始日期",)),
            Column("ends", required=True, aliases=("截止日期",)),
            *hidden("sampling", "sample"),
            "recurrence",
            Column("@follows", "上一轮次", Text(60), listed=False),
            Column(
                "-visits",
                "走访次数",
                Number(),
                counted=lambda: counted(FieldVisit.objects.all()),
            ),
            Column(
                "-findings",
                "问题个数",
                Number(),
                counted=lambda: counted(Finding.objects.filter(Finding.COUNTS)),
            ),
            *hidden("note"),
        ],
    )
)

PHASES = register(
    Ledger(
        code="round_phases",
        title="轮次阶段",
        model=RoundPhase,
        group="检视整改",
        unit="个",
        icon="calendar-range",
        note="过了冻结日期，该阶段内的检视问题和调研走访不再增加和更改",
        keys=(("round", "name"),),
        marks=("@round", "name", "begins", "frozen_on"),
        lookups=(PlaceLookup(deepest="县"), RoundLookup()),
        needs=("places", "rounds"),
        order=("begins", "id"),
        columns=[
            serial(),
            Column("@round", "自查轮次", Text(60), aliases=("轮次", "轮次名称"), required=True),
            Column("name", kind=Text(40), required=True, aliases=("阶段",)),
            *place_columns("county", "township"),
            Column("begins", required=True),
            Column("ends", required=True),
            "frozen_on",
            Column("-freezing", "是否冻结", Text(), counted=RoundPhase.freezing),
        ],
    )
)


def visit_is_of_a_township(row):
    if len(row.get("place") or "123456789") < 9:
        yield "@township", "调研地点应为乡镇或村", True


FIELD_VISITS = register(
    Ledger(
        code="field_visits",
        title="调研走访记录",
        model=FieldVisit,
        group="检视整改",
        unit="次",
        icon="signpost-split",
        note="个别谈话只记人数，不记谈话人和谈话内容",
        dated="on",
        keys=(("place", "on", "visitors"),),
        marks=("on", "methods", "visitors", "learned"),
        lookups=(PlaceLookup(deepest="县"), RoundLookup()),
        needs=("places", "rounds"),
        order=("-on", "id"),
        rules=(visit_is_of_a_township,),
        columns=[
            serial(),
            Column("@round", "自查轮次", Text(60), aliases=("轮次",), listed=False),
            Column("on", aliases=("日期", "调研时间"), required=True),
            *place_columns(),
            Column(
                "methods",
                kind=Choices(
                    labels=tuple(FieldVisit.Method),
                    synonyms=(
                        ("座谈", "座谈交流"),
                        ("入户", "走访入户"),
                        ("走访", "走访入户"),
                        ("问卷调查", "问卷"),
                    ),
                    most=len(FieldVisit.Method),
                ),
                aliases=("方式", "调研形式"),
                required=True,
            ),
            Column("visitors", kind=Name(longest=100), aliases=("调研人", "走访人员"), required=True),
            Column("people", aliases=("参加人数", "谈话人次")),
            Column("learned", aliases=("调研情况",), listed=False),
            *hidden("note"),
        ],
    )
)


def its_own_stage(rows):
    """A list of findings that comes as a file was registered elsewhere."""
    for row in rows:
        row.values["stage"] = Finding.Stage.FILED


def symptoms_are_of_the_kind(row):
    """A symptom belongs to one kind of finding (domain.md §1.5)."""
    kind, said = row.get("category"), row.get("symptoms") or ()
    if kind and any(one.partition(".")[0] != kind for one in said):
        yield "symptoms", "有不属于这一问题类别的表现，请按所选的类别选", True


SYMPTOM_WORDS = tuple(
    (f"{kind}.{n + 1}", word(f"symptoms_{kind.lower()}", n))
    for kind, said in SYMPTOMS.items()
    for n, _ in enumerate(said.split("、"))
)
SYMPTOM_KIND = WordedChoices(
    labels=SYMPTOM_WORDS, synonyms=tuple((value, value) for value, _ in SYMPTOM_WORDS), most=5
)

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
        lookups=(PlaceLookup(deepest="县"), RoundLookup(), EarlierLookup()),
        needs=("places", "rounds"),
        living=~Q(stage__in=[Finding.Stage.MERGED, Finding.Stage.VOIDED]),
        prepare=its_own_stage,
        carried=("stage",),
        rules=(symptoms_are_of_the_kind,),
        tells=of_finding,
        nearest=("similar_findings", "text", "place", "category"),
        columns=[
            serial(),
            Column("code", kind=Identifier(what="问题编号", longest=40), required=True),
            "source",
            "category",
            Column("text", "反馈问题", aliases=("检视问题", "存在问题"), required=True),
            *place_columns("county", "township", "village"),
            Column("-progress", "办理情况", Text(), counted=progress_of_finding),
            Column("@round", "自查轮次", Text(60), aliases=("轮次",), listed=False),
            Column("found_on", aliases=("反馈日期", "反馈时间")),
            *hidden("method", "domain"),
            Column("symptoms", kind=SYMPTOM_KIND, listed=False),
            *hidden("document", "entry"),
            *stepped("severity"),
            *hidden("owner_level"),
            Column("owner", kind=Name(), sensitive=True, listed=False),
            *hidden("post", "aspect", "responsibility", "oneself", "duty", "work"),
            Column("@again", "再次出现", Text(40), aliases=("前次问题编号",), listed=False),
        ],
    )
)


def common_place(so_far, said):
    """The smallest place that holds all items of a finding."""
    if not so_far:
        return said
    return next(so_far[:n] for n in (12, 9, 6, 4, 2) if len(so_far) >= n and so_far[:n] == said[:n])


CAUSES = {f"R{n}": cause for n, (cause, _) in enumerate(Item.Cause, 1)}


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
        text.find(word): cause for sign, cause in CAUSES.items() for word in (sign, cause) if word in text
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
            Column("supervision", listed=False),
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
