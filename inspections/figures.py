"""Figures of what was found and how it is put right."""

from functools import partial

from django.db.models import Exists, F, OuterRef, Q, Value
from django.db.models.functions import Coalesce, Left
from django.db.models.lookups import Exact

from inspections.lights import COLOURS, Days
from inspections.models import FieldVisit, Finding, Item, Measure, Slip
from inspections.models.measures import ROOTS, caused_by, closed_without_moving, uncaused
from povertyparty.figures import counting, register, register_rate
from povertyparty.models import RecordStep

GROUP = "检视整改"
CLOSED = [Item.State.CLOSED, Item.State.ARCHIVED]
DONE = [*Item.FINISHED]
LATE = Q(state__in=[Slip.State.ISSUED, Slip.State.DELIVERED])

register(
    code="findings",
    label="检视问题",
    unit="个",
    ledger="findings",
    group=GROUP,
    where=lambda p: Finding.COUNTS,
    definition="不同问题编号的个数，草稿、已合并、已撤销的不计",
)
register(
    code="items",
    label="整改事项",
    unit="项",
    ledger="items",
    group=GROUP,
    where=lambda p: ~Q(state=Item.State.VOIDED),
    definition="整改台账中没有作废的事项",
)
register(
    code="items_closed",
    label="已完成整改",
    unit="项",
    ledger="items",
    group=GROUP,
    where=lambda p: Q(state__in=CLOSED),
    definition="完成情况为已完成（已销号）",
)
register(
    code="items_overdue",
    label="超期未完成",
    unit="项",
    ledger="items",
    group=GROUP,
    where=lambda p: ~Q(state__in=DONE) & Q(due_on__lt=p.on),
    definition="整改时限早于统计日，且未完成、未转长期坚持的事项",
)


for colour in ("red", "yellow"):
    register(
        code=f"items_{colour}",
        label=f"亮{COLOURS[colour]}事项",
        unit="项",
        ledger="items",
        group=GROUP,
        where=lambda p, colour=colour: Q(Exact(Item.colour(p.on), Value(colour))),
        definition=f"按现在登记的进展，统计日亮{COLOURS[colour]}的事项",
    )


# How findings came about, and how putting right goes (domain.md I72-I83)

SELF_FOUND = ["主题教育检视", "政治体检自查", "民主生活会"]
AWAITED = ~Q(state__in=[Item.State.MOVED, Item.State.VOIDED])
DUE, BEGUN = Coalesce("first_due_on", "due_on"), Coalesce("assigned_on", "found_on")
IN_TIME = Q(state__in=CLOSED, closed_on__lte=DUE)
DATED = Q(state__in=CLOSED, closed_on__gte=BEGUN)


def taken_up():
    """Of a finding: something is to be put right."""
    return Exists(Item.objects.filter(finding=OuterRef("pk")).exclude(state=Item.State.VOIDED))


findings = counting("findings", "个", GROUP, lambda p: Finding.COUNTS)
items = counting("items", "项", GROUP)
rate = partial(register_rate, group=GROUP)


def taken(*verbs, **said):
    """Of an item: one of these steps was taken by the day, with what was said."""

    def rows(p):
        steps = RecordStep.objects.filter(ledger="items", record=OuterRef("pk"), verb__in=verbs, **said)
        return Exists(steps.filter(at__date__lte=p.on))

    return rows


findings("findings_by_source", "问题来源", "检视问题按来源分", ~Q(source=""), split="source")
findings("findings_by_category", "问题类别", "检视问题按类别分", ~Q(category=""), split="category")
findings(
    "findings_by_self",
    "自查发现的问题",
    "来源为主题教育检视、政治体检自查、民主生活会的问题",
    Q(source__in=SELF_FOUND),
)
rate("findings_by_self_share", "自查发现率", "findings_by_self", "findings")
items("items_by_cause", "原因分析", "整改事项按原因分", ~Q(cause=""), split="cause")
items("items_by_state", "整改完成情况", "整改事项按完成情况分", split="state")
items("items_awaited", "应整改事项", "没有移交、没有作废的整改事项", AWAITED, inner=True)
items(
    "items_settled",
    "已销号和长期坚持",
    "已完成或转长期坚持的事项",
    Q(state__in=[*CLOSED, Item.State.LASTING]),
)
rate("items_settled_share", "整改销号率", "items_settled", "items_awaited")
items("items_closed_in_time", "按期销号", "已完成事项中销号日期不晚于整改时限的，延期的按首次时限", IN_TIME)
rate("items_closed_in_time_share", "按期销号率", "items_closed_in_time", "items_closed")
rate("items_overdue_share", "超期率", "items_overdue", "items_awaited")
items("items_at_once", "立行立改事项", "整改类型为立行立改的事项", Q(kind="立行立改"))
items(
    "items_at_once_in_time",
    "立行立改按期完成",
    "立行立改事项中按期销号的",
    Q(kind="立行立改") & IN_TIME,
)
rate("items_at_once_in_time_share", "立查立改率", "items_at_once_in_time", "items_at_once")
items(
    "items_days",
    "整改天数合计",
    "已完成事项从交办（没有交办记录的从发现）到销号的天数之和",
    DATED,
    unit="天",
    total=lambda p: Days("closed_on", BEGUN),
    inner=True,
)
items(
    "items_with_days",
    "登记了起止日期的已完成事项",
    "交办或发现日期和销号日期都有的已完成事项",
    DATED,
    inner=True,
)
rate("items_days_each", "平均整改天数", "items_days", "items_with_days", unit="天", scale=1)
items("items_submitted", "申请过销号的事项", "截至统计日申请过销号的事项", taken("apply"), inner=True)
items(
    "items_returned",
    "退回过的事项",
    "申请过销号的事项中，截至统计日退回过的",
    lambda p: taken("apply")(p) & taken("return")(p),
)
rate("items_returned_share", "退回率", "items_returned", "items_submitted")
items(
    "items_verified_poor",
    "二次整改的事项",
    "申请过销号的事项中，截至统计日核验结论有过“一般”“差”的",
    lambda p: taken("apply")(p) & taken("verify", details__verdict__in=["一般", "差"])(p),
)
rate("items_verified_poor_share", "二次整改率", "items_verified_poor", "items_submitted")
LOOKED_BACK = taken("hold", "reopen")
items(
    "items_looked_back",
    "回头看过的事项",
    "截至统计日销号后回头看过的事项，已巩固的和重新整改的",
    LOOKED_BACK,
)
items(
    "items_once_closed",
    "销号过的事项",
    "已完成的事项和销号后重新整改过的事项",
    lambda p: Q(state__in=CLOSED) | LOOKED_BACK(p),
    inner=True,
)
rate("items_looked_back_share", "回头看率", "items_looked_back", "items_once_closed")
items("items_reopened", "重新整改的事项", "截至统计日销号后重新整改过的事项", taken("reopen"))
rate("items_reopened_share", "反弹率", "items_reopened", "items_looked_back")
items(
    "items_lasting_unreported",
    "长期坚持到期未报",
    "长期坚持的事项中，定期报告时限早于统计日的",
    lambda p: Q(state=Item.State.LASTING, report_due__lt=p.on),
)
items(
    "items_with_all_three_set",
    "“三定”完整的事项",
    "责任人、整改目标、整改时限都已写明的事项",
    ~Q(person="") & ~Q(goal="") & Q(due_on__isnull=False),
)
rate("items_with_all_three_set_share", "“三定”完整率", "items_with_all_three_set", "items")
items(
    "institutions",
    "建章立制",
    "登记的制度，同名的算一项，每项列一行",
    ~Q(institution=""),
    each="institution",
)


# Why, what is done about it, and whether it moved anything (domain.md §1.6, features 26-28)

for n, root in enumerate(ROOTS, 1):
    findings(
        f"findings_by_cause_{n}",
        f"原因是“{root}”的问题",
        f"标注了“{root}”一类原因的问题，或整改台账的原因分析是这一类的；有几类原因的各算一次",
        lambda p, root=root: caused_by(root),
    )
findings(
    "findings_without_cause",
    "没有标注原因的问题",
    "没有标注原因、台账也没有写原因分析的问题",
    lambda p: uncaused(),
)
findings(
    "findings_closed_without_moving",
    "销号而指标没有变化的问题",
    "事项已销号，措施对应的指标没有向目标变化、也没有达到目标的问题",
    lambda p: closed_without_moving(),
)

LIVING = ~Q(state=Measure.State.DROPPED)
DONE_MEASURE = Q(state=Measure.State.DONE)


measures = counting("measures", "条", GROUP)


measures("measures", "整改措施", "登记的整改措施，放弃的除外", LIVING)
for code, nature in (("corrective", "纠正"), ("preventive", "预防")):
    own = Q(nature=nature)
    measures(f"measures_{code}", f"{nature}措施", f"性质为{nature}的措施，放弃的除外", LIVING & own)
    measures(f"measures_{code}_done", f"完成的{nature}措施", f"{nature}措施中已完成的", DONE_MEASURE & own)
    rate(f"measures_{code}_done_share", f"{nature}措施完成率", f"measures_{code}_done", f"measures_{code}")
measures(
    "measures_due",
    "到期的措施",
    "写明时限、时限不晚于统计日的措施，放弃的除外",
    lambda p: LIVING & Q(due_on__lte=p.on),
    inner=True,
)
measures(
    "measures_in_time",
    "按时完成的措施",
    "到期的措施中落实日期不晚于时限的",
    lambda p: DONE_MEASURE & Q(due_on__lte=p.on, done_on__lte=F("due_on")),
)
rate("measures_in_time_share", "措施按时完成率", "measures_in_time", "measures_due")
measures(
    "measures_aimed", "写明指标的措施", "写明了对应指标和目标值的措施，放弃的除外", LIVING & ~Q(figure="")
)

# How a round is gone about (domain.md S1-S9)


def within_period(p, name):
    return Q(**{f"{name}__lte": p.on}) & (Q(**{f"{name}__gte": p.since}) if p.since else Q())


visits = counting("field_visits", "次", GROUP, lambda p: within_period(p, "on"), during=True)


register(
    code="rounds_begun",
    label="自查轮次",
    unit="个",
    ledger="rounds",
    group=GROUP,
    definition="统计期内开始的自查轮次",
    where=lambda p: within_period(p, "begins"),
    during=True,
)
visits("field_visits", "调研走访", "统计期内的调研走访")
visits(
    "field_visit_townships",
    "走访调研的乡镇",
    "统计期内到过的乡镇，到了村的算到了它的乡镇，每个算一次",
    unit="个",
    each=Left("place", 9),
)
visits(
    "field_visit_villages",
    "走访调研的村",
    "统计期内到过的村，每个算一次",
    Q(place__code__length=12),
    unit="个",
    each="place",
)
for number, (method, _) in enumerate(FieldVisit.Method, 1):
    visits(
        f"field_visits_by_way_{number}",
        f"调研走访：{method}",
        f"统计期内采取{method}形式的调研走访；一次采取几种形式的，各算一次",
        Q(methods__contains=[method]),
    )
visits(
    "field_visit_people",
    "谈话人次",
    "统计期内座谈交流、听取汇报、个别谈话的人次",
    unit="人次",
    total="people",
)
findings("findings_by_method", "发现方式", "检视问题按发现方式分", ~Q(method=""), split="method")
findings("findings_by_domain", "问题领域", "检视问题按所属领域分", ~Q(domain=""), split="domain")
findings(
    "findings_by_responsibility",
    "责任层级",
    "检视问题按责任层级分",
    ~Q(responsibility=""),
    split="responsibility",
)
findings("findings_repeated", "再次出现的问题", "登记为以前的问题再次出现的检视问题", Q(again__isnull=False))
rate("findings_repeated_share", "再次出现率", "findings_repeated", "findings")
findings(
    "findings_of_self_check", "政治体检自查的问题", "来源为政治体检自查的问题", Q(source=Finding.SELF_CHECK)
)
findings(
    "findings_with_three_aspects",
    "三个摆进去都写明的问题",
    "政治体检自查的问题中，把自己、把职责、把工作摆进去都写明的",
    Q(source=Finding.SELF_CHECK) & ~Q(oneself="") & ~Q(duty="") & ~Q(work=""),
)
rate(
    "findings_with_three_aspects_share",
    "三个摆进去完整率",
    "findings_with_three_aspects",
    "findings_of_self_check",
)
findings("findings_fed_back", "有反馈文号的问题", "登记了反馈文号的检视问题", ~Q(document=""))
findings(
    "findings_fed_back_taken_up",
    "反馈条目已有整改事项",
    "登记了反馈文号的检视问题中，至少有一项没有作废的整改事项的",
    lambda p: ~Q(document="") & taken_up(),
)
rate("findings_fed_back_taken_up_share", "反馈条目覆盖率", "findings_fed_back_taken_up", "findings_fed_back")
register(
    code="items_days_median",
    label="整改天数中位数",
    unit="天",
    ledger="items",
    group=GROUP,
    definition="已完成事项从交办（没有交办记录的从发现）到销号天数的中位数",
    where=lambda p: DATED,
    median=Days("closed_on", BEGUN),
)


# How units are pressed (domain.md I82)


# Papers issued by the day and not voided
slips = counting("slips", "份", GROUP, lambda p: Q(issued_on__lte=p.on) & ~Q(state=Slip.State.VOIDED))


slips("slips_issued", "督办单", "截至统计日签发的督办单，作废的除外")
slips("slips_by_level", "督办单级别", "截至统计日签发的督办单按级别分，作废的除外", split="level")
slips("slips_archived", "办结的督办单", "其中已办结归档的", lambda p: Q(state=Slip.State.ARCHIVED))
slips("slips_escalated", "升级的督办单", "其中升级到更高一级的", lambda p: Q(state=Slip.State.ESCALATED))
slips(
    "slips_late",
    "逾期未反馈的督办单",
    "其中统计日已过反馈时限、没有反馈的",
    lambda p: LATE & Q(reply_due__lt=p.on),
)
rate("slips_archived_share", "督办单办结率", "slips_archived", "slips_issued")
rate("slips_escalated_share", "督办单升级率", "slips_escalated", "slips_issued")
