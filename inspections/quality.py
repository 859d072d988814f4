"""Rules on what was found wrong and how it is put right: dates, deadlines and who answers for it."""

from datetime import timedelta

from django.db.models import CharField, F, Func, IntegerField, OuterRef, Q, Value
from django.db.models.functions import Cast, Concat
from django.db.models.lookups import In

from inspections.figures import DONE
from inspections.models import Finding, Item, Measure, Slip
from inspections.models.measures import aimless, closed_without_moving, uncaused, unmet
from inspections.models.slips import COUNTY_DIGITS
from povertyparty.models import RecordStep
from povertyparty.quality import Severity, register
from povertyparty.scope import here
from villages.quality.measuring import there

State = Item.State
PROGRESS_DAYS = 30  # within which somebody reports on an open item
HEARD = ["assign", "start", "report", "apply", "reopen"]


def heard(on):
    """Steps by which those who put right were heard of in the last days."""
    return RecordStep.objects.filter(
        ledger="items", verb__in=HEARD, at__date__gt=on - timedelta(PROGRESS_DAYS)
    )


register(
    code="item_overdue_unheard",
    label=f"整改超期，{PROGRESS_DAYS}天内没有报告进展",
    ledger="items",
    severity=Severity.REMINDER,
    why=f"整改时限已过，事项没有完成，统计日前{PROGRESS_DAYS}天内也没有报告进展。",
    remedy="报告进展或申请销号；需要延期的，按程序报批。",
    where=lambda on: Q(due_on__lt=on) & ~Q(state__in=DONE) & ~there(heard(on), record="pk"),
)
register(
    code="item_closed_without_date",
    label="已完成而没有销号日期",
    ledger="items",
    severity=Severity.ERROR,
    why="完成情况为已完成，销号日期是空的。",
    remedy="按销号文件补填日期。",
    where=lambda on: Q(state__in=[State.CLOSED, State.ARCHIVED], closed_on=None),
)
register(
    code="item_closed_before_found",
    label="销号日期早于发现日期",
    ledger="items",
    severity=Severity.ERROR,
    why="销号日期早于发现日期。",
    remedy="核对反馈和销号文件，改正日期。",
    where=lambda on: Q(closed_on__lt=F("found_on")),
)
register(
    code="item_without_owner",
    label="整改事项的责任单位、责任人、时限不全",
    ledger="items",
    severity=Severity.REMINDER,
    why="没有完成的事项，责任单位、责任人或整改时限有空的（定责任、定目标、定时限）。",
    remedy="补填缺的一项。",
    where=lambda on: ~Q(state__in=DONE) & (Q(unit="") | Q(person="") | Q(due_on=None)),
)
register(
    code="item_complete_but_open",
    label="完成比例100%而没有申请销号",
    ledger="items",
    severity=Severity.DOUBT,
    why="完成比例为100%，完成情况仍是未启动或正在整改。",
    remedy="申请销号；没有完成的，改正完成比例。",
    where=lambda on: Q(percent=100, state__in=[*Item.BEFORE, State.DOING]),
)
register(
    code="finding_without_items",
    label="检视问题没有整改事项",
    ledger="findings",
    severity=Severity.REMINDER,
    gap=True,
    why="检视问题下没有登记整改事项。",
    remedy="分解任务，登记整改事项。",
    where=lambda on: Finding.COUNTS & ~there(Item.objects.all(), finding="pk"),
)
register(
    code="finding_twice",
    label="同一问题登记了两个编号",
    ledger="findings",
    severity=Severity.DOUBT,
    why="同一地区有来源和内容相同、编号不同的检视问题。",
    remedy="核对是否重复登记；重复的合并，分批反馈的不用改。",
    alone=True,
    where=lambda on: (
        Finding.COUNTS
        & there(
            Finding.objects.standing().exclude(pk=OuterRef("pk")), place="place", source="source", text="text"
        )
    ),
)


def number_before():
    """Of a paper: the number that was given before its own."""
    own = F("number")
    serial = Cast(Func(own, Value(r"(\d{1,9})号$"), function="substring"), IntegerField())
    opening = Func(own, Value(r"\d+号$"), Value(""), function="regexp_replace")
    return Concat(opening, Cast(serial - 1, CharField()), Value("号"), output_field=CharField())


def missing(number):
    """Of a paper with a number beyond the first: there is none with that number. Those there are, are gathered once: PostgreSQL
    knows no index for a number that is worked out, and would go through all papers for each."""
    held = Slip.objects.order_by().values(said=Concat("county", "number"))
    beyond = Q(number__regex=r"^〔\d{4}〕.*[^\d](\d{2,9}|[2-9])号$")
    return beyond & ~Q(In(Concat("county", number), held))


# Who sees less than the county sees no whole row of numbers, and is told of no gap.
register(
    code="slip_number_gap",
    label="督办单号不连续",
    ledger="slips",
    severity=Severity.DOUBT,
    why="督办单号按县、级别、年度连续编排，这一号的前一号没有登记。",
    remedy="补登前一号；已作废的也要登记，写明作废。",
    where=lambda on: missing(number_before()) if len(here()) <= COUNTY_DIGITS else Q(pk__in=[]),
)
# Why, what is done about it, and what came of it

register(
    code="finding_without_cause",
    label="检视问题没有标注原因",
    ledger="findings",
    severity=Severity.REMINDER,
    gap=True,
    why="没有标注原因，整改台账的原因分析也是空的。",
    remedy="在问题的“原因—问题—措施—结果”页标注原因。",
    where=lambda on: uncaused(),
)
register(
    code="cause_without_measure",
    label="原因没有对应的措施",
    ledger="causes",
    severity=Severity.REMINDER,
    gap=True,
    why="没有一条措施针对这个原因；它所在的问题，也没有不写明针对哪个原因的措施。",
    remedy="增加措施，或在措施的页面上写明针对这个原因。",
    where=lambda on: unmet(),
)
register(
    code="measure_without_finding",
    label="措施没有对应的问题",
    ledger="measures",
    severity=Severity.DOUBT,
    gap=True,
    why="措施没有整改事项（或事项已作废、已移交），也没有写明针对哪个问题。",
    remedy="在措施的页面上写明针对的问题；不再需要的，放弃并写明理由。",
    where=lambda on: aimless(),
)
register(
    code="finding_closed_without_moving",
    label="销号而指标没有变化",
    ledger="findings",
    severity=Severity.DOUBT,
    why="事项已销号，措施对应的指标从整改前到销号时没有向目标变化，也没有达到目标。",
    remedy="核对整改是否落到实处；没有落实的，重新整改。",
    where=lambda on: closed_without_moving(),
)
register(
    code="measure_overdue",
    label="措施过了时限没有完成",
    ledger="measures",
    severity=Severity.REMINDER,
    why="措施的时限已过，既没有完成也没有放弃。",
    remedy="落实了的记完成；做不了的由乡镇或县级放弃并写明理由。",
    where=lambda on: Q(state__in=Measure.OPEN, due_on__lt=on),
)
register(
    code="measure_half_told",
    label="措施没有写明谁来做、什么时候完成",
    ledger="measures",
    severity=Severity.REMINDER,
    gap=True,
    why="正在落实的措施，责任岗位或时限是空的。",
    remedy="补填责任岗位和时限。",
    where=lambda on: Q(state__in=Measure.OPEN) & (Q(who="") | Q(due_on=None)),
)
