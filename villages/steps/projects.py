"""项目: from the village's application to what became of it, and whether it was 翻烧饼 (domain.md §2.5, S78, S84, S140)."""

from django.utils import timezone

from povertyparty.kinds import Number, Percent, Text, Year
from povertyparty.steps import Need, Process, Step, Turn, by, register
from villages.models import Project, VillagePlan
from villages.models import labels as words
from villages.steps.needs import (
    COUNTY,
    COUNTY_LEADER,
    DEPARTMENT,
    DOCUMENT,
    REASON,
    TOWNSHIP,
    TOWNSHIP_LEADER,
    VILLAGE,
    choice,
    day,
    disordered,
    parameters,
    text,
)

S, R = Project.State, Project.Rework
# What must be known of a project before the library takes it, and before it is begun: one of each group.
ENTRY = (
    ("kind",),
    ("nature",),
    ("site",),
    ("start_due",),
    ("finish_due",),
    ("unit",),
    ("task",),
    ("cost",),
    Project.SOURCES,
    ("households", "persons"),
    ("goal",),
    ("participation",),
    ("mechanism",),
)
BINDING = (("cost",), Project.SOURCES, ("unit",), ("person",), ("finish_due",))
# What a change of this kind must say, and the field that says it from then on.
ALTERED = {
    "地点": (("now",), "site"),
    "内容": (("now",), "task"),
    "规模": (("now", "percent"), "task"),
    "预算": (("cost",), "cost"),
    "受益对象": (("now",), ""),
}
# {field: the details that say it}, step by step.
WRITTEN = {
    "appraise": {"appraised": ("opinion", "appraised_on")},
    "admit": {"admitted_by": ("document",)},
    "plan": {"year": ("year",)},
    "approve": {"approved_by": ("document",)},
    "start": {"started_on": ("started_on",)},
    "progress": {"progress": ("percent",), "paid": ("paid",)},
    "accept": {"accepted_on": ("accepted_on",)},
    "hand_over": {"handed_over": ("owner", "handed_on")},
    "operate": {"running": ("running",)},
}
GRADES = words("优", "良", "中", "差")
WAN = Number(places=2, unit="万元")

STEPS = {
    "apply": Step(
        "村申报",
        by(VILLAGE | TOWNSHIP, S.IDEA),
        S.APPLIED,
        (day("met_on", "村民代表会议日期"), day("village_notice", "村公示日期")),
    ),
    "review": Step(
        "乡镇审核",
        by(TOWNSHIP | TOWNSHIP_LEADER, S.APPLIED),
        S.REVIEWED,
        (day("township_notice", "乡镇公示日期"),),
        not_by=("apply",),
    ),
    "appraise": Step(
        "部门论证",
        by(DEPARTMENT, S.REVIEWED),
        S.APPRAISED,
        (day("appraised_on", "论证日期"), text("opinion", "论证结论", 40)),
    ),
    "admit": Step("审定入库", by(COUNTY, S.APPRAISED), S.STORED, (DOCUMENT,)),
    "back": Step(
        "退回补充",
        by(TOWNSHIP | TOWNSHIP_LEADER, S.APPLIED) | by(DEPARTMENT, S.REVIEWED) | by(COUNTY, S.APPRAISED),
        S.IDEA,
        (REASON,),
        grave=True,
    ),
    "plan": Step("列入年度计划", by(COUNTY, S.STORED), S.PLANNED, (Need("year", "计划年度", Year()),)),
    "postpone": Step("调出年度计划", by(COUNTY, S.PLANNED), S.STORED, (REASON,)),
    "approve": Step(
        "批复",
        by(COUNTY, S.PLANNED),
        S.APPROVED,
        (
            DOCUMENT,
            Need(
                "unplanned",
                "没有规划依据的理由",
                Text(longest=500),
                required=False,
                least=5,
                help="项目应在村发展规划之内；不在的，写明理由。",
            ),
        ),
    ),
    "start": Step("开工", by(TOWNSHIP | DEPARTMENT, S.APPROVED), S.BUILDING, (day("started_on", "实际开工日期"),)),
    "progress": Step(
        "报告进度",
        by(TOWNSHIP | DEPARTMENT, S.BUILDING),
        needs=(
            Need("percent", "形象进度(%)", Percent(places=1)),
            Need("paid", "累计拨付资金(万元)", WAN),
            text("told", "进展情况", 400, required=False),
        ),
    ),
    "change": Step(
        "批准变更",
        by(COUNTY, S.APPROVED, S.BUILDING, S.SUSPENDED),
        needs=(
            choice("kind", "变更事项", words(*ALTERED)),
            text("now", "变更后的地点、内容、规模或受益对象", 400, required=False),
            Need("percent", "规模变动(%)", Number(places=1, most=1000), required=False),
            Need("cost", "变更后的资金规模(万元)", WAN, required=False),
            REASON,
            DOCUMENT,
        ),
        grave=True,
    ),
    "suspend": Step("暂停", by(COUNTY | DEPARTMENT, S.BUILDING), S.SUSPENDED, (REASON,)),
    "resume": Step("复工", by(COUNTY | DEPARTMENT, S.SUSPENDED), S.BUILDING, (REASON,)),
    "finish": Step("完工", by(TOWNSHIP | DEPARTMENT, S.BUILDING), S.BUILT, (day("finished_on", "完工日期"),)),
    "accept": Step(
        "验收合格",
        by(COUNTY | DEPARTMENT, S.BUILT),
        S.ACCEPTED,
        (day("accepted_on", "验收日期"), text("accepted_by", "验收人员", 200)),
        not_by=("finish",),
    ),
    "fail": Step("验收不合格，返回整改", by(COUNTY | DEPARTMENT, S.BUILT), S.BUILDING, (REASON,), grave=True),
    "rework": Step(
        "返工",
        by(COUNTY | DEPARTMENT, S.ACCEPTED, S.HANDED_OVER, S.OPERATING),
        S.BUILDING,
        (REASON,),
        grave=True,
    ),
    "hand_over": Step(
        "资产确权移交",
        by(TOWNSHIP | DEPARTMENT, S.ACCEPTED),
        S.HANDED_OVER,
        (text("owner", "接收单位", 60), day("handed_on", "移交日期")),
    ),
    "operate": Step(
        "落实运营管护",
        by(VILLAGE | TOWNSHIP, S.HANDED_OVER),
        S.OPERATING,
        (text("running", "运营管护责任人和方式", 200),),
    ),
    "evaluate": Step(
        "绩效评价",
        by(COUNTY | DEPARTMENT, S.OPERATING),
        S.EVALUATED,
        (
            choice("grade", "评价等次", GRADES),
            day("evaluated_on", "评价日期"),
            text("reached", "绩效目标实现情况", 400),
        ),
    ),
    "withdraw": Step(
        "退库",
        by(COUNTY, S.IDEA, S.APPLIED, S.REVIEWED, S.APPRAISED, S.STORED, S.PLANNED),
        S.WITHDRAWN,
        (REASON,),
        grave=True,
    ),
    "terminate": Step(
        "终止",
        by(
            COUNTY_LEADER,
            S.APPROVED,
            S.BUILDING,
            S.SUSPENDED,
            S.BUILT,
            S.ACCEPTED,
            S.HANDED_OVER,
            S.OPERATING,
        ),
        S.ENDED,
        (REASON, DOCUMENT),
        grave=True,
    ),
}  # fmt: skip


class ProjectProcess(Process):
    code = ledger = "projects"
    title = "项目的办理"
    steps = STEPS
    turns = {
        S.APPLIED: Turn("review", TOWNSHIP | TOWNSHIP_LEADER, "乡镇"),
        S.REVIEWED: Turn("appraise", DEPARTMENT, "县级部门"),
        S.APPRAISED: Turn("admit", COUNTY, "县委组织部经办人"),
        S.PLANNED: Turn("approve", COUNTY, "县委组织部经办人"),
        S.BUILT: Turn("accept", DEPARTMENT, "县级部门", "组织验收"),
        S.ACCEPTED: Turn("hand_over", TOWNSHIP, "乡镇经办人"),
    }
    road = (
        S.IDEA,
        S.APPLIED,
        S.REVIEWED,
        S.APPRAISED,
        S.STORED,
        S.PLANNED,
        S.APPROVED,
        S.BUILDING,
        S.BUILT,
        S.ACCEPTED,
        S.HANDED_OVER,
        S.OPERATING,
        S.EVALUATED,
    )
    work = frozenset({S.IDEA, S.BUILDING})
    begins = {"state": S.IDEA}

    def bars(self, found, verb):
        if verb == "admit":
            return lacking(found, ENTRY)
        if verb == "start":
            return lacking(found, BINDING)
        return ""

    def amiss(self, found, verb, details):
        if verb == "apply":
            return disordered(details, "met_on", "village_notice")
        if verb == "approve" and not (found.plan_basis or details["unplanned"] or self.plan_of(found)):
            return {"unplanned": "没有填发展规划依据，本村也没有登记发展规划：先补登规划，或写明理由"}
        if verb == "progress":
            return dict(self.wrong_payment(found, details["paid"], found.cost))
        if verb == "change":
            return dict(self.wrong_change(found, details))
        for name in ("finished_on", "accepted_on"):
            if name in details and details[name].isoformat() < found.started_on:
                return {name: f"不能早于实际开工（{found.started_on}）"}
        if "handed_on" in details and details["handed_on"].isoformat() < found.accepted_on:
            return {"handed_on": f"不能早于验收（{found.accepted_on}）"}
        return {}

    def plan_of(self, found):
        """The plan of the village that the project is a part of, once voted on."""
        plans = VillagePlan.objects.filter(place=found.place_id).exclude(state="编制中")
        return next((plan for plan in plans.order_by("-from_year", "pk") if plan.covers(found.year)), None)

    def wrong_payment(self, found, paid, cost):
        if found.paid is not None and paid < found.paid:
            yield "paid", f"已登记{found.paid}万元，累计拨付不能减少"
        if cost is not None and paid > cost:
            yield "paid", f"多于资金规模{cost}万元；追加投资的，先办变更"

    def wrong_change(self, found, details):
        needed, name = ALTERED[details["kind"]]
        for need in needed:
            if details[need] is None:
                yield need, "这类变更必须填写"
        longest = name and found._meta.get_field(name).max_length
        if longest and len(details["now"] or "") > longest:
            yield "now", f"不能超过{longest}个字"
        if details["kind"] == "预算" and found.paid and (details["cost"] or found.paid) < found.paid:
            yield "cost", f"不能少于已拨付的{found.paid}万元"

    def is_major(self, found, details):
        """The site, the content and whom it serves always; scale and budget beyond the parameter."""
        share = details["percent"]
        if details["kind"] == "预算":
            share = abs(details["cost"] - found.cost) * 100 / found.cost if found.cost else 100
        elif details["kind"] != "规模":
            return True
        return share > parameters(found)["flip_change_percent"]

    def sets(self, found, verb, after, details):
        facts = {name: joined(details, needs) for name, needs in WRITTEN.get(verb, {}).items()}
        if verb == "approve" and not found.plan_basis and (plan := self.plan_of(found)):
            facts["plan_basis"] = plan.title
        if verb == "change":
            facts |= self.changed(found, details)
        if verb == "finish":
            facts["progress"] = 100
        if verb == "rework":
            facts["rebuilt_on"] = timezone.localdate()
        return facts | (self.asked_anew(found) if verb in {"rework", "terminate"} else {})

    def changed(self, found, details):
        (need, *_), name = ALTERED[details["kind"]]
        facts = {name: details[need]} if name else {}
        if self.is_major(found, details):
            facts |= {"changes": (found.changes or 0) + 1} | self.asked_anew(found)
        return facts

    def asked_anew(self, found):
        """What was ruled out before this happened is no longer so sure."""
        return {"reworked": None} if found.reworked is False else {}

    def suggests(self, found, verb):
        if verb == "progress":
            return {"percent": found.progress, "paid": found.paid}
        return {"plan": {"year": found.year}, "operate": {"running": found.running}}.get(verb, {})


def joined(details, needs):
    first, *rest = (details[need] for need in needs)
    return " ".join(map(str, (first, *rest))) if rest else first


def lacking(found, groups):
    """What of these is not said, all at once."""
    missing = [group for group in groups if not any(getattr(found, name) for name in group)]
    named = [f"“{'、'.join(labels_of(found, group))}”{'之一' if group[1:] else ''}" for group in missing]
    return f"缺少{'，'.join(named)}，请先在“修改”中补齐" if named else ""


def labels_of(found, names):
    return [found._meta.get_field(name).verbose_name for name in names]


class ReworkProcess(Process):
    code = "reworks"
    ledger = "projects"
    title = "“翻烧饼”的判定"
    field = "rework"
    steps = {
        "confirm": Step("确认为翻烧饼", by(COUNTY, R.OPEN), R.CONFIRMED, (REASON,), grave=True),
        "exclude": Step("排除翻烧饼", by(COUNTY, R.OPEN), R.CLEARED, (REASON,)),
        "reconsider": Step("重新判定", by(COUNTY_LEADER, R.CONFIRMED, R.CLEARED), R.OPEN, (REASON,)),
    }
    road = (R.OPEN, R.CONFIRMED)
    rest = frozenset(set(R) - {R.CONFIRMED})
    begins = {"reworked": None}

    def bars(self, found, verb):
        suspects = Project.objects.suspected(timezone.localdate()).filter(pk=found.pk)
        if verb == "confirm" and not suspects.exists():
            return "没有批复后两次以上的重大变更、不久终止或返工、不久被代替、产业反复改换这四种情形；有而没有登记的，先补登"
        return ""

    def sets(self, found, verb, after, details):
        return {"reworked": {R.CONFIRMED: True, R.CLEARED: False}.get(after)}


register(ProjectProcess())
register(ReworkProcess())
