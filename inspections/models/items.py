"""整改事项: one thing to be put right, by one place, by one day, moved by named steps to closing (domain.md §2.3)."""

from datetime import timedelta

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.db.models.expressions import RawSQL
from django.db.models.functions import Coalesce
from django.utils import timezone

from inspections.lights import Standing, Told, colour, light
from inspections.models.findings import Finding, Severity
from inspections.parameters import limits, limits_of_each
from povertyparty.models import tracked
from povertyparty.scope import ScopedQuerySet, after, here
from povertyparty.sealed import SealedField
from villages.models import Local, Parameter, labels, last_day_before, workdays_after

Verdict = labels("好", "较好", "一般", "差")
Method = labels("查阅资料", "实地走访", "个别谈话", "座谈", "问卷")


class State(models.TextChoices):
    """Where an item stands; the official form knows six words for it (`OFFICIAL`)."""

    NOT_STARTED = "not_started", "待交办"
    ASSIGNED = "assigned", "已交办"
    SIGNED = "signed", "已签收"
    PLANNED = "planned", "措施审核"
    DOING = "doing", "正在整改"
    MOSTLY = "mostly", "基本完成"
    DEFERRING = "deferring", "延期审批"
    APPLIED = "applied", "申请销号"
    REVIEWED = "reviewed", "已初审"
    VERIFIED = "verified", "已核验"
    CLOSED = "closed", "已销号"
    ARCHIVED = "archived", "已归档"
    LASTING = "lasting", "长期坚持"
    MOVED = "moved", "已移交"
    VOIDED = "voided", "已作废"


OFFICIAL = {
    **dict.fromkeys((State.NOT_STARTED, State.ASSIGNED, State.SIGNED, State.PLANNED), "未启动"),
    **dict.fromkeys((State.DOING, State.DEFERRING), "正在整改"),
    **dict.fromkeys((State.MOSTLY, State.APPLIED, State.REVIEWED, State.VERIFIED), "基本完成"),
    **dict.fromkeys((State.CLOSED, State.ARCHIVED), "已完成"),
    State.LASTING: "长期坚持",
    State.MOVED: "已移交",
    State.VOIDED: "已作废",
}
BEFORE = frozenset({State.NOT_STARTED, State.ASSIGNED, State.SIGNED, State.PLANNED})
WORK = BEFORE | {State.DOING, State.MOSTLY, State.DEFERRING}
REPORT_AHEAD = 7  # days before a report on what lasts is due that it is asked for
UNDER_REVIEW = frozenset({State.APPLIED, State.REVIEWED, State.VERIFIED})
FINISHED = {
    State.CLOSED: "已销号",
    State.ARCHIVED: "已归档",
    State.LASTING: "长期坚持",
    State.MOVED: "已移交",
    State.VOIDED: "已作废",
}

# In SQL, for it is asked on every page: to word two nested Exists() the ORM takes ten times as long as the answer does.
JUDGED_BY = """EXISTS (
    SELECT FROM povertyparty_recordstep own
    WHERE own.ledger = 'items' AND own.record = inspections_item.id AND own.by_id = %s
    AND own.verb IN ('apply', 'review', 'verify')
    AND NOT EXISTS (
        SELECT FROM povertyparty_recordstep later
        WHERE later.ledger = 'items' AND later.record = own.record AND later.id > own.id AND later.after = ANY(%s)
    )
)"""


class ItemQuerySet(ScopedQuerySet):
    def open(self):
        return self.exclude(state__in=list(FINISHED))

    def overdue(self, on):
        """Past the deadline from the day after it."""
        return self.open().filter(due_on__lt=on)

    def unsigned(self, on, county):
        """Assigned, and not signed for within the working days that the county gives."""
        n = Parameter.values(county, on)["sign_days"]
        return self.filter(state=State.ASSIGNED, assigned_on__lte=last_day_before(on, n, county))

    def lit(self, on):
        """Each with the colour of its light on the day, by the limits of its own county."""
        return self.annotate(colour_then=Item.colour(on))

    def not_judged_by(self, user):
        """Without items under review that this person, in this round, applied for or verified."""
        judged = RawSQL(JUDGED_BY, [user.pk, list(WORK)], models.BooleanField())
        return self.exclude(Q(state__in=UNDER_REVIEW), judged)

    def due(self):
        """Without closed ones that need no looking back, or not yet, and without those that report only later."""
        today = timezone.localdate()
        ripe = Q(state=State.CLOSED, look_back_on__lte=today)
        soon = Q(state=State.LASTING, report_due__lte=today + timedelta(REPORT_AHEAD))
        return self.filter(~Q(state__in=[State.CLOSED, State.LASTING]) | ripe | soon)

    def of_unit(self, user):
        """A county department works on its own items, where its appointment names the unit."""
        unit = user.appointment and user.appointment.own_unit
        return self.filter(Q(unit__contains=unit) | Q(lead_unit__contains=unit)) if unit else self


@tracked
class Item(Local):
    CLOSED = (State.CLOSED, State.ARCHIVED)
    State, OFFICIAL, FINISHED = State, OFFICIAL, FINISHED
    BEFORE, WORK, UNDER_REVIEW = BEFORE, WORK, UNDER_REVIEW
    Verdict, Method, Severity = Verdict, Method, Severity

    Kind = labels("立行立改", "限期整改", "长期坚持")
    Cause = labels("思想认识不到位", "担当精神不够强", "能力素质不过硬", "作风建设不扎实")

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="items", verbose_name="检视问题")
    code = models.CharField("整改事项编号", max_length=50)
    symptom = models.TextField("具体表现", max_length=2000, blank=True)
    cause = models.CharField("原因分析", max_length=20, choices=Cause, blank=True)
    analysis = models.TextField("原因剖析", max_length=2000, blank=True)
    goal = models.CharField("整改目标", max_length=400, blank=True)
    measures = models.TextField("整改措施", max_length=4000, blank=True)
    kind = models.CharField("整改类型", max_length=4, choices=Kind, blank=True)
    found_on = models.DateField("发现日期", null=True, blank=True)
    due_on = models.DateField("整改时限", null=True, blank=True)
    leader = models.CharField("责任领导", max_length=100, blank=True)
    lead_unit = models.CharField("牵头单位", max_length=100, blank=True)
    unit = models.CharField("责任单位", max_length=100, blank=True)
    person = models.CharField("责任人", max_length=64, blank=True)
    phone = SealedField("联系电话", max_length=20, blank=True)
    progress = models.TextField("整改进展情况", max_length=4000, blank=True)
    percent = models.PositiveSmallIntegerField("完成比例(%)", null=True, blank=True)
    state = models.CharField("完成情况", max_length=12, choices=State, default=State.NOT_STARTED)
    institution = models.CharField("建章立制", max_length=400, blank=True)
    evidence_note = models.CharField("佐证材料", max_length=400, blank=True)
    applied_on = models.DateField("申请销号日期", null=True, blank=True)
    verdict = models.CharField("核验结论", max_length=2, choices=Verdict, blank=True)
    closed_on = models.DateField("销号日期", null=True, blank=True)
    supervision = models.CharField("督办情况", max_length=400, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    # What steps leave for lights and statistics: a list of a hundred thousand reads no trail.
    severity = models.CharField("严重程度", max_length=2, choices=Severity, blank=True, editable=False)
    round = models.PositiveSmallIntegerField("轮次", default=1, editable=False)
    notice = models.CharField("交办文号", max_length=60, blank=True, editable=False)
    assigned_on = models.DateField("交办日期", null=True, editable=False)
    heard_on = models.DateField("最近报告日期", null=True, editable=False)
    first_due_on = models.DateField("首次时限", null=True, editable=False)
    extensions = models.PositiveSmallIntegerField("延期次数", default=0, editable=False)
    returned = models.PositiveSmallIntegerField("本轮退回次数", default=0, editable=False)
    refused = models.PositiveSmallIntegerField("拒收次数", default=0, editable=False)
    look_back_on = models.DateField("回头看起始日期", null=True, editable=False)
    look_back_due = models.DateField("回头看时限", null=True, editable=False)
    report_months = models.PositiveSmallIntegerField("报告周期(月)", default=3, editable=False)
    report_due = models.DateField("定期报告时限", null=True, editable=False)

    objects = ItemQuerySet.scoped()

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "整改事项"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "code"],
                name="item_code_once",
                violation_error_message="该整改事项编号在本县已登记",
            ),
            models.CheckConstraint(
                condition=Q(percent=None) | Q(percent__lte=100),
                name="item_percent",
                violation_error_message="完成比例应在0至100之间",
            ),
            models.CheckConstraint(
                condition=Q(due_on=None) | Q(found_on=None) | Q(due_on__gte=models.F("found_on")),
                name="item_due_after_found",
                violation_error_message="整改时限不能早于发现日期",
            ),
        ]

    def __str__(self):
        return self.code

    @property
    def is_overdue(self):
        return bool(self.due_on) and self.due_on < timezone.localdate() and self.state not in FINISHED

    @property
    def sign_due(self):
        """The day by which the unit has to sign for what was assigned to it; None where nothing waits to be signed."""
        if self.state != State.ASSIGNED or self.assigned_on is None:
            return None
        said = Parameter.values(self.county, timezone.localdate())["sign_days"]
        return workdays_after(self.assigned_on, said, self.county)

    # Where it stands

    def light(self, on):
        return light(self.standing, on, limits(self.county, on))

    # The standing of a row in a query, as `standing` is that of one item.
    TOLD = Told(
        finished=Q(state__in=list(FINISHED)),
        due_on=models.F("due_on"),
        assigned_on=Coalesce("assigned_on", "found_on"),
        heard_on=Coalesce("heard_on", "assigned_on", "found_on"),
        percent=Coalesce("percent", 0),
        returned=models.F("returned"),
    )

    @classmethod
    def colour(cls, on, limits=None):
        """In a query: the colour of the light; by the limits of each county, where no others are given."""
        return colour(cls.TOLD, on, limits or limits_of_each(on))

    @classmethod
    def colour_today(cls):
        return cls.colour(timezone.localdate())

    @property
    def standing(self):
        """What the light depends on, of the present round: a reopened item begins anew."""
        return Standing(
            finished=FINISHED.get(self.state, ""),
            due_on=self.due_on,
            assigned_on=self.assigned_on or self.found_on,
            heard_on=self.heard_on or self.assigned_on or self.found_on,
            percent=self.percent or 0,
            returned=self.returned,
        )


def progress_of_finding():
    """办理情况 of a finding: settled when none of its items awaits anything. Told only to whom all of it lies in the scope:
    who sees some of the items cannot know of the others."""
    lo = here()
    items = Item.objects.filter(finding=OuterRef("pk")).exclude(state=State.VOIDED)
    awaited = items.exclude(state__in=[*Item.CLOSED, State.LASTING, State.MOVED])
    split = Q(stage=Finding.Stage.SPLIT)
    return models.Case(
        models.When(~Q(place__gte=lo) | ~Q(place__lt=after(lo)), then=models.Value("")),
        models.When(split & Q(Exists(awaited)), then=models.Value("正在整改")),
        models.When(split & Q(Exists(items)), then=models.Value("已办结")),
        *(models.When(stage=value, then=models.Value(str(label))) for value, label in Finding.Stage.choices),
        output_field=models.CharField(),
    )
