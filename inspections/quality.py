"""Rules on what was found wrong and how it is put right: dates, deadlines and who answers for it."""

from datetime import timedelta

from django.db.models import F, OuterRef, Q

from inspections.figures import DONE
from inspections.models import Finding, Item
from povertyparty.models import RecordStep
from povertyparty.quality import Severity, register
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
    where=lambda on: (
        Finding.COUNTS
        & there(
            Finding.objects.standing().exclude(pk=OuterRef("pk")), place="place", source="source", text="text"
        )
    ),
)
