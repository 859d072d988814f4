"""Figures of what was found and how it is put right."""

from django.db.models import Exists, Func, IntegerField, OuterRef, Q
from django.db.models.functions import Coalesce

from inspections.models import Item, Slip
from povertyparty.figures import register, register_rate
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
    definition="不同问题编号的个数",
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


# How findings came about, and how putting right goes (domain.md I72-I83)

SELF_FOUND = ["主题教育检视", "政治体检自查", "民主生活会"]
AWAITED = ~Q(state__in=[Item.State.MOVED, Item.State.VOIDED])
DUE, BEGUN = Coalesce("first_due_on", "due_on"), Coalesce("assigned_on", "found_on")
IN_TIME = Q(state__in=CLOSED, closed_on__lte=DUE)
DATED = Q(state__in=CLOSED, closed_on__gte=BEGUN)


class Days(Func):
    """From one date to another."""

    template, arg_joiner = "(%(expressions)s)", " - "
    output_field = IntegerField()


def findings(code, label, definition, where, **more):
    register(
        code=code,
        label=label,
        unit="个",
        ledger="findings",
        group=GROUP,
        definition=definition,
        where=lambda p: where,
        **more,
    )


def items(code, label, definition, where, unit="项", **more):
    register(
        code=code,
        label=label,
        unit=unit,
        ledger="items",
        group=GROUP,
        definition=definition,
        where=where if callable(where) else lambda p: where,
        **more,
    )


def rate(code, label, part, whole, **more):
    register_rate(code=code, label=label, part=part, whole=whole, group=GROUP, **more)


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
items("items_by_state", "整改完成情况", "整改事项按完成情况分", Q(), split="state")
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


# How units are pressed (domain.md I82)


def slips(code, label, definition, where=lambda p: Q(), **more):
    """Of papers issued by the day and not voided."""
    register(
        code=code,
        label=label,
        unit="份",
        ledger="slips",
        group=GROUP,
        definition=definition,
        where=lambda p: Q(issued_on__lte=p.on) & ~Q(state=Slip.State.VOIDED) & where(p),
        **more,
    )


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
