"""The steps by which an item is put right: who may, what is needed, what it sets and keeps (domain.md §2.3, R1-R15)."""

from datetime import timedelta

from django.db.models import Case, F, When
from django.urls import reverse
from django.utils import timezone
from django.utils.text import Truncator

from inspections.models import Item, Measure
from inspections.models.measures import MOST as MOST_MEASURES
from inspections.models.measures import numbered
from inspections.steps import measures
from inspections.steps.deadlines import DEADLINES, ladder
from inspections.steps.proofs import Proven
from povertyparty.kinds import Choices, Day, Number, Text
from povertyparty.models import RecordStep
from povertyparty.steps import Files, Need, OneByOne, Step, Turn, by, register
from villages.models import labels
from villages.steps.needs import (
    COUNTY,
    COUNTY_LEADER,
    DEPARTMENT,
    SUPERVISION,
    TOWNSHIP,
    TOWNSHIP_LEADER,
    VILLAGE,
    Sure,
    choice,
    months_after,
    parameters,
    text,
)

S = Item.State
FILERS = VILLAGE | TOWNSHIP | DEPARTMENT
VERIFIERS = COUNTY | SUPERVISION
POOR = ("一般", "差")
AWAITING = (S.ASSIGNED, S.SIGNED, S.DOING, S.MOSTLY, S.LASTING)  # the unit's turn
OPEN = tuple(state for state in S if state in Item.WORK | Item.UNDER_REVIEW)

NOTE, PERCENT = Text(longest=2000), Number(most=100)
REASON = Need("note", "理由", NOTE, least=5)
METHODS = Need("methods", "核验方式", Choices(labels=tuple(Item.Method), most=len(Item.Method)))


STEPS = {
    # R3-R4: three things are fixed (责任, 目标, 时限), and the unit takes it over
    "assign": Step(
        "交办",
        by(COUNTY | COUNTY_LEADER, S.NOT_STARTED),
        S.ASSIGNED,
        (
            choice("severity", "严重程度", Item.Severity),
            choice("cause", "原因分析", Item.Cause, required=False, help="问题还没有标注原因的，须选一类。"),
            text("unit", "责任单位", 100),
            text("leader", "责任领导", 100),
            text("person", "责任人", 64),
            text("lead_unit", "牵头单位", 100, required=False),
            text("goal", "整改目标", 400),
            Need("due_on", "整改时限", Day()),
            text("notice", "交办文号", 60),
            text("signed_by", "签发领导", 64),
        ),
    ),
    "start": Step(
        "立行立改",
        by(FILERS | COUNTY, S.NOT_STARTED),
        S.DOING,
        (Need("due_on", "整改时限", Day(), help="立行立改的时限一般不超过15天。"),),
    ),
    "sign": Step("签收", by(FILERS | TOWNSHIP_LEADER, S.ASSIGNED), S.SIGNED, (text("signatory", "签收人", 64),)),
    "refuse": Step("拒收", by(FILERS | TOWNSHIP_LEADER, S.ASSIGNED), S.NOT_STARTED, (REASON,), grave=True),
    # R5-R6: measures are reviewed before work
    "plan": Step(
        "报措施",
        by(FILERS, S.SIGNED),
        S.PLANNED,
        (
            Need(
                "measures",
                "整改措施",
                Text(longest=4000),
                least=10,
                help="逐条写明做什么、谁来做、什么时候完成、用什么材料证明：1.…；2.…",
            ),
        ),
    ),
    "supplement": Step(
        "补充措施",
        by(FILERS | COUNTY, S.DOING, S.MOSTLY),
        needs=(Need("more", "补充的措施", Text(longest=2000), least=5, help="几条的逐条编号：1.…；2.…"),),
    ),
    "approve": Step("同意措施", by(COUNTY | DEPARTMENT, S.PLANNED), S.DOING, not_by=("plan",)),
    "amend": Step("退回措施", by(COUNTY | DEPARTMENT, S.PLANNED), S.SIGNED, (REASON,), not_by=("plan",), grave=True),
    # R7-R8: work, and more time for it
    "report": Step(
        "报告进展",
        by(FILERS, S.DOING, S.MOSTLY),
        needs=(
            Need("note", "做了什么、效果怎样", NOTE),
            Need("percent", "完成比例（%）", PERCENT),
            Need("evidence", "照片和文件", Files(), required=False),
        ),
        unless={("percent", 100): S.MOSTLY},
    ),
    "ask_extension": Step(
        "申请延期", by(FILERS | TOWNSHIP_LEADER, S.DOING, S.MOSTLY), S.DEFERRING, (Need("new_due_on", "延至", Day()), REASON)
    ),
    "extend": Step("同意延期", by(COUNTY_LEADER, S.DEFERRING), S.DOING, (Need("due_on", "新的整改时限", Day()),)),
    "deny": Step("不同意延期", by(COUNTY_LEADER, S.DEFERRING), S.DOING, (REASON,), grave=True),
    # Not a move: whoever is to act is told so, and the trail says when
    "remind": Step(
        "催办",
        by(COUNTY | COUNTY_LEADER | SUPERVISION | TOWNSHIP_LEADER, *AWAITING),
        needs=(Need("note", "催办内容", NOTE, least=5),),
    ),
    # R9-R12: closing, each judged by somebody else
    "apply": Step(
        "申请销号",
        by(FILERS | TOWNSHIP_LEADER, S.DOING, S.MOSTLY),
        S.APPLIED,
        (
            Need("note", "整改成效", NOTE),
            Need("percent", "完成比例（%）", PERCENT, required=False),
            text("signatory", "主要负责人签字", 64),
            Need("sincere", "对以上情况的真实性负责", Sure()),
            Need("evidence", "佐证材料", Files(), help="至少 1 份，每份不超过 20 MB；请勿上传证件、病历等个人材料。"),
        ),
    ),
    "review": Step(
        "初审",
        by(TOWNSHIP_LEADER | DEPARTMENT, S.APPLIED),
        S.REVIEWED,
        (Need("note", "初审意见", NOTE, required=False),),
        not_by=("apply",),
    ),
    "return": Step(
        "退回",
        by(VERIFIERS | COUNTY_LEADER | TOWNSHIP_LEADER | DEPARTMENT, S.APPLIED)
        | by(VERIFIERS | COUNTY_LEADER, S.REVIEWED, S.VERIFIED),
        S.DOING,
        (REASON,),
        not_by=("apply",),
        grave=True,
    ),
    "verify": Step(
        "核验",
        by(VERIFIERS, S.REVIEWED),
        S.VERIFIED,
        (
            METHODS,
            choice("verdict", "核验结论", Item.Verdict),
            Need("note", "核验情况", NOTE, required=False, help="结论为“一般”或“差”的，请写明理由，事项随即退回整改。"),
        ),
        not_by=("apply", "review"),
        unless={("verdict", poor): S.DOING for poor in POOR},
    ),
    "close": Step(
        "销号",
        by(COUNTY_LEADER, S.VERIFIED),
        S.CLOSED,
        (text("document", "销号文号", 60, required=False), Need("note", "销号意见", NOTE, required=False)),
        not_by=("apply", "review", "verify"),
    ),
    # R13-R15: whether it held
    "hold": Step(
        "回头看：已巩固",
        by(VERIFIERS, S.CLOSED),
        S.ARCHIVED,
        (METHODS, Need("note", "回头看情况", NOTE)),
        not_by=("apply",),
    ),
    "reopen": Step(
        "重新整改",
        by(VERIFIERS | COUNTY_LEADER, S.CLOSED, S.ARCHIVED),
        S.DOING,
        (REASON, Need("due_on", "新的整改时限", Day())),
        grave=True,
    ),
    "last": Step(
        "转长期坚持",
        by(COUNTY_LEADER, S.DOING, S.MOSTLY, S.VERIFIED, S.CLOSED),
        S.LASTING,
        (text("institution", "建章立制", 400, help="至少写明一项制度的名称。"), Need("months", "几个月报告一次", Number(least=1, most=12))),
    ),
    "tell": Step("定期报告", by(FILERS, S.LASTING), needs=(Need("note", "坚持情况", NOTE),)),
    "move": Step(
        "移交",
        by(COUNTY | COUNTY_LEADER, *OPEN),
        S.MOVED,
        (
            choice("to", "移交给", labels("纪检监察机关", "司法机关", "上级部门", "其他地区")),
            text("reference", "移交文号", 60, help="只登记文号，不登记移交的内容。"),
        ),
        grave=True,
    ),
    "void": Step(
        "作废",
        by(COUNTY, *OPEN),
        S.VOIDED,
        (REASON, text("into", "并入事项编号", 50, required=False, help="与别的事项重复的，写并入哪一项。")),
        grave=True,
    ),
    "restore": Step("恢复", by(COUNTY, S.VOIDED, S.MOVED), S.NOT_STARTED, (REASON,)),
}  # fmt: skip

TURNS = {
    S.NOT_STARTED: Turn("assign", COUNTY, "县委组织部经办人"),
    S.ASSIGNED: Turn("sign", FILERS | TOWNSHIP_LEADER, "责任单位", "签收交办"),
    S.SIGNED: Turn("plan", FILERS, "责任单位"),
    S.PLANNED: Turn("approve", COUNTY, "县委组织部经办人", "审核措施"),
    S.DOING: Turn("report", FILERS, "责任单位", "报告进展，整改到位后申请销号"),
    S.MOSTLY: Turn("apply", FILERS | TOWNSHIP_LEADER, "责任单位"),
    S.DEFERRING: Turn("extend", COUNTY_LEADER, "县委组织部领导", "审批延期"),
    S.APPLIED: Turn("review", TOWNSHIP_LEADER | DEPARTMENT, "乡镇领导或牵头单位"),
    S.REVIEWED: Turn("verify", VERIFIERS, "县委组织部经办人或督查"),
    S.VERIFIED: Turn("close", COUNTY_LEADER, "县委组织部领导"),
    S.CLOSED: Turn("hold", VERIFIERS, "县委组织部经办人或督查", "回头看"),
    S.LASTING: Turn("tell", FILERS, "责任单位"),
}

ROAD = (
    S.NOT_STARTED,
    S.ASSIGNED,
    S.SIGNED,
    S.PLANNED,
    S.DOING,
    S.APPLIED,
    S.REVIEWED,
    S.VERIFIED,
    S.CLOSED,
    S.ARCHIVED,
)
BY_ROADS = {
    S.MOSTLY: tuple(S.MOSTLY if one == S.DOING else one for one in ROAD),
    S.DEFERRING: tuple(S.DEFERRING if one == S.DOING else one for one in ROAD),
    S.LASTING: (S.NOT_STARTED, S.DOING, S.LASTING),
}  # fmt: skip
SAID = (
    "severity",
    "cause",
    "unit",
    "leader",
    "person",
    "lead_unit",
    "goal",
    "due_on",
    "notice",
    "measures",
    "percent",
    "verdict",
    "institution",
)


def deadline(found):
    """The day by which the next step is awaited; None where nothing is."""
    if found.sign_due:
        return found.sign_due
    if found.state == S.LASTING:
        return found.report_due
    return found.look_back_due if found.state == S.CLOSED else found.due_on


# What a step leaves on the item beside what was said: (item, details, today) → fields

NOT_LOOKED_BACK_ON = {"look_back_on": None, "look_back_due": None}


def assigned(found, details, today):
    return {
        "assigned_on": today,
        "first_due_on": found.first_due_on or details["due_on"],
    }


def closed(found, details, today):
    facts, limits = {"closed_on": today, "percent": 100}, parameters(found)
    if not is_drawn(found):
        return facts
    return facts | {
        "look_back_on": today + timedelta(limits["look_back_from"]),
        "look_back_due": today + timedelta(limits["look_back_until"]),
    }


def is_drawn(found):
    """Whether the item is to be looked back on: every grave one, and of any number closed no less than the share."""
    closings = RecordStep.objects.filter(ledger="items", verb="close").count()
    share = parameters(found)["look_back_share"]
    before, now = (-(-n * share // 100) for n in (closings, closings + 1))
    return found.severity == "严重" or now > before


def reopened(found, details, today):
    """A round of its own: what was counted of the last one stays in the trail."""
    return {
        "round": found.round + 1,
        "assigned_on": today,
        "first_due_on": details["due_on"],
        "percent": 0,
        "returned": 0,
        "extensions": 0,
        "applied_on": None,
        "verdict": "",
        "closed_on": None,
        **NOT_LOOKED_BACK_ON,
    }


def told_again(found, details, today):
    """In long persistence: the next report is due as many months later as was set."""
    months = details.get("months") or found.report_months
    return {"report_months": months, "report_due": months_after(today, months)}


EFFECTS = {
    "assign": assigned,
    "start": lambda found, details, today: assigned(found, details, today) | {"kind": "立行立改"},
    "refuse": lambda found, details, today: {"refused": found.refused + 1},
    "report": lambda found, details, today: {"progress": details["note"]},
    "extend": lambda found, details, today: {
        "extensions": found.extensions + 1,
        "first_due_on": found.first_due_on or found.due_on,
    },
    "apply": lambda found, details, today: {"progress": details["note"], "applied_on": today, "verdict": ""},
    "close": closed,
    "hold": lambda found, details, today: NOT_LOOKED_BACK_ON,
    "reopen": reopened,
    "last": told_again,
    "tell": lambda found, details, today: {"progress": details["note"]} | told_again(found, details, today),
}
# Those who put right, or who ask them to, are heard of.
SAYING = {"assign", "start", "report", "apply", "reopen", "tell"}


class Rectification(OneByOne, Proven):
    """From a fed-back item to its closing, and again where it did not hold."""

    code = ledger = "items"
    title = "整改"
    noun = "本事项"
    steps, turns, work, deadlines = STEPS, TURNS, Item.WORK, DEADLINES
    bulk = ("assign", "sign", "approve", "extend", "remind")
    road = ROAD

    def road_of(self, state):
        """What is mostly done, or waits for more time, is still being done; some roads end elsewhere."""
        return BY_ROADS.get(state) or super().road_of(state)

    def todo_for(self, user):
        """What this person's role must do now, the oldest deadline first; judging one's own work is not among it."""
        rows = Item.objects.filter(state__in=self.awaited(user)).not_judged_by(user).of_unit(user).due()
        first = Case(
            When(state=S.ASSIGNED, then=F("assigned_on")), default=F("due_on")
        )  # signing is a matter of days
        return rows.prefetch_related("place", "finding").order_by(first.asc(nulls_last=True), "pk")

    def rests(self, found):
        """Nothing is awaited: it has ended, is not among those to be looked back on, or nobody set when to report."""
        return found.state not in self.turns or (found.state in Item.FINISHED and deadline(found) is None)

    def told(self, found):
        on = timezone.localdate()
        light, due = found.light(on), found.sign_due
        return {
            "title": found.symptom or found.finding.text,
            "url": reverse("item", args=[found.pk]),
            "due": deadline(found),
            "light": {"word": light.word, "colour": light.colour},
            "place": found.place.name,
            "who": "逾期未签收" if due and due < on else found.get_state_display(),
        }

    # Whom notices concern

    def asks(self, found):
        """Looking back, and the reports of what lasts, are asked for later: their deadlines tell when."""
        return not self.rests(found) and found.state not in (S.CLOSED, S.LASTING)

    def concerns(self, found, appointment):
        """As `ItemQuerySet.of_unit`: a department that names its unit works on its own items."""
        return appointment.own_unit in found.unit or appointment.own_unit in found.lead_unit

    def named(self, found):
        who = f"责任单位：{found.unit}" if found.unit else ""
        return "；".join(filter(None, [found.code, Truncator(found.symptom).chars(40), who]))

    def ladder(self, found, deadline):
        return ladder(found, deadline)

    # What stands against a step

    def bars(self, found, verb):
        limits = parameters(found)
        if verb == "refuse" and found.refused:
            return "已经拒收过一次，不能再拒收；责任确有不清的，请与县委组织部商定"
        if verb == "start" and found.kind not in ("", "立行立改"):
            return f"整改类型是“{found.kind}”，须先由县委组织部交办"
        if verb == "approve" and not (found.measures or Measure.of(found).exists()):
            return "没有一条整改措施，请退回责任单位报措施"
        if verb == "apply":
            return unfinished(found)
        if verb == "ask_extension" and found.extensions >= limits["extensions_most"]:
            return f"已延期{found.extensions}次，每项最多延期{limits['extensions_most']}次"
        if verb == "remind" and any(
            one.verb == verb and one.day == timezone.localdate() for one in self.trail(found)
        ):
            return "今天已经催办过，一天只催办一次"
        if verb == "hold" and found.closed_on:
            return self.too_soon(found, limits["look_back_from"])
        return ""

    def too_soon(self, found, days):
        passed = (timezone.localdate() - found.closed_on).days
        return "" if passed >= days else f"销号后满{days}天才能回头看，现在是第{passed}天"

    def amiss(self, found, verb, details):
        faults = {}
        if details.get("verdict") in POOR and len(details["note"] or "") < REASON.least:
            faults["note"] = f"结论为“{details['verdict']}”，请写明理由（至少{REASON.least}个字）"
        if verb == "assign" and not (details["cause"] or found.cause or found.finding.causes.exists()):
            faults["cause"] = "这个问题还没有标注原因，请选一类（原因清楚了才能交办）"
        for name in ("measures", "more"):
            if verb in {"plan", "supplement"} and len(numbered(details.get(name) or "")) > MOST_MEASURES:
                faults[name] = f"一次最多{MOST_MEASURES}条，请归并后再报"
        for name in ("due_on", "new_due_on"):
            if why := details.get(name) and self.not_a_deadline(found, verb, details[name]):
                faults[name] = why
        return faults | self.too_many(found, details)

    def not_a_deadline(self, found, verb, day):
        today = timezone.localdate()
        if day < max(today, found.found_on or today):
            return "不能早于今天和发现日期"
        most = parameters(found)["at_once_days"]
        if verb == "start" and day > today + timedelta(most):
            return f"立行立改须在{most}天内完成；需要更长时间的，请由县委组织部交办"
        if verb in ("ask_extension", "extend") and found.due_on and day <= found.due_on:
            return f"须晚于现在的时限（{found.due_on}）"
        return ""

    # What it sets

    def sets(self, found, verb, after, details):
        facts = {name: details[name] for name in SAID if details.get(name) is not None}
        if verb == "supplement":
            facts |= {"measures": Measure.written(found, *numbered(details["more"]))}
        if verb in SAYING:
            facts |= {"heard_on": timezone.localdate()}
        if verb in EFFECTS:
            facts |= EFFECTS[verb](found, details, timezone.localdate())
        if found.state in Item.UNDER_REVIEW and after == S.DOING:
            return {"verdict": "", "applied_on": None, "returned": found.returned + 1} | facts
        return facts

    def suggests(self, found, verb):
        """What the ledger knows already; who applies for closing says that all is done, and changes the number if not."""
        if verb == "apply":
            return {"percent": 100}
        if verb == "extend":
            asked = next((one for one in reversed(self.trail(found)) if one.verb == "ask_extension"), None)
            return {"due_on": asked.details["new_due_on"]} if asked else {}
        return {name: shown(getattr(found, name)) for name in SAID} if verb in {"assign", "plan"} else {}

    # What else it brings about

    def causes(self, found, taken, details):
        if taken.verb == "plan":
            measures.report(found, details["measures"])
        if taken.verb in {"approve", "start", "report"}:
            measures.begin(found, taken.by)
        if taken.verb == "supplement":
            measures.supplement(found, details["more"], taken.by)
        if taken.verb == "close":
            measures.keep_readings(found, "after", later=None, later_on=None)
        if taken.verb in {"hold", "reopen"}:
            measures.keep_readings(found, "later")


def unfinished(found):
    """Which measures are neither done nor given up, and what to do about it; an item whose measures are no rows has none."""
    left = list(Measure.of(found).open())
    if not left:
        return ""
    said = "；".join(Truncator(one.text).chars(20) for one in left[:3])
    return f"还有{len(left)}条措施没有落实（{said}{'等' if len(left) > 3 else ''}）：请逐条记“完成”，做不了的由乡镇或县级“放弃”并写明理由"


def shown(value):
    return "" if value is None else str(value)


RECTIFICATION = register(Rectification())
