"""整改事项: one thing to be put right, by one place, by one day, moved by named steps to closing (domain.md §2.3)."""

from dataclasses import dataclass

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.db.models.expressions import RawSQL
from django.utils import timezone

from inspections.lights import Standing, light
from inspections.models.findings import Finding
from inspections.parameters import limits
from povertyparty.kinds import Choice, Choices, Day, Number, Text
from povertyparty.models import StoredFile, tracked
from povertyparty.scope import Placed, ScopedQuerySet
from povertyparty.screening import FileRefused
from povertyparty.sealed import SealedField
from povertyparty.steps import Files, Need, Step, StepIncomplete, Stepping
from villages.models import Local, Place, Role, labels

FILERS = frozenset({Role.VILLAGE_FILER, Role.TOWNSHIP_OFFICER, Role.DEPARTMENT})
TOWNSHIP = frozenset({Role.TOWNSHIP_LEADER})
OFFICE = frozenset({Role.COUNTY_OFFICER})
VERIFIERS = OFFICE | {Role.SUPERVISOR}
LEADERS = frozenset({Role.COUNTY_LEADER})

Verdict = labels("好", "较好", "一般", "差")
Method = labels("查阅资料", "实地走访", "个别谈话", "座谈", "问卷")
POOR = ("一般", "差")
MOST_FILES = 100  # of one item; a step brings at most 20
SAYING = {"start", "report", "apply", "reopen"}  # steps by which those who put right are heard of


class State(models.TextChoices):
    NOT_STARTED = "not_started", "未启动"
    DOING = "doing", "正在整改"
    MOSTLY = "mostly", "基本完成"
    APPLIED = "applied", "申请销号"
    VERIFIED = "verified", "已核验"
    CLOSED = "closed", "已完成"
    LASTING = "lasting", "长期坚持"
    MOVED = "moved", "已移交"


WORK = frozenset({State.NOT_STARTED, State.DOING, State.MOSTLY})
UNDER_REVIEW = frozenset({State.APPLIED, State.VERIFIED})
FINISHED = {State.CLOSED: "已销号", State.LASTING: "长期坚持", State.MOVED: "已移交"}

NOTE, PERCENT = Text(longest=2000), Number(most=100)
REASON = Need("note", "理由", NOTE, least=5)

STEPS = {
    "start": Step("启动整改", {State.NOT_STARTED: FILERS | OFFICE}, State.DOING),
    "report": Step(
        "报告进展",
        {State.DOING: FILERS, State.MOSTLY: FILERS},
        needs=(
            Need("note", "做了什么、效果怎样", NOTE),
            Need("percent", "完成比例（%）", PERCENT),
            Need("evidence", "照片和文件", Files(), required=False),
        ),
        unless={("percent", 100): State.MOSTLY},
    ),
    "apply": Step(
        "申请销号",
        {State.DOING: FILERS | TOWNSHIP, State.MOSTLY: FILERS | TOWNSHIP},
        State.APPLIED,
        needs=(
            Need("note", "整改成效", NOTE),
            Need("percent", "完成比例（%）", PERCENT, required=False),
            Need(
                "evidence",
                "佐证材料",
                Files(),
                help="至少 1 份，每份不超过 20 MB；请勿上传证件、病历等个人材料。",
            ),
        ),
    ),
    "return": Step(
        "退回",
        {State.APPLIED: VERIFIERS | LEADERS | TOWNSHIP, State.VERIFIED: VERIFIERS | LEADERS},
        State.DOING,
        needs=(REASON,),
    ),
    "verify": Step(
        "核验",
        {State.APPLIED: VERIFIERS},
        State.VERIFIED,
        needs=(
            Need("methods", "核验方式", Choices(labels=tuple(Method), most=len(Method))),
            Need("verdict", "核验结论", Choice(labels=tuple(Verdict))),
            Need(
                "note",
                "核验情况",
                NOTE,
                required=False,
                help="结论为“一般”或“差”的，请写明理由，事项随即退回整改。",
            ),
        ),
        not_by=("apply",),
        unless={("verdict", poor): State.DOING for poor in POOR},
    ),
    "close": Step(
        "销号",
        {State.VERIFIED: LEADERS},
        State.CLOSED,
        needs=(Need("note", "销号意见", NOTE, required=False),),
        not_by=("apply", "verify"),
    ),
    "reopen": Step(
        "重新整改",
        {State.CLOSED: VERIFIERS | LEADERS},
        State.DOING,
        needs=(REASON, Need("due_on", "新的整改时限", Day())),
    ),
}


@dataclass(frozen=True)
class Turn:
    """Whose turn it is in a state: the step that leads on, the roles it is asked of, what they are called."""

    verb: str
    roles: frozenset
    who: str
    told: str = ""

    @property
    def what(self):
        return self.told or STEPS[self.verb].label


# In SQL, for it is asked on every page: to word two nested Exists() the ORM takes ten times as long as the answer does.
JUDGED_BY = """EXISTS (
    SELECT FROM inspections_takenstep own
    WHERE own.item_id = inspections_item.id AND own.by_id = %s AND own.verb IN ('apply', 'verify')
    AND NOT EXISTS (
        SELECT FROM inspections_takenstep later
        WHERE later.item_id = own.item_id AND later.id > own.id AND later.after = ANY(%s)
    )
)"""


class ItemQuerySet(ScopedQuerySet):
    def open(self):
        return self.exclude(state__in=list(FINISHED))

    def overdue(self, on):
        """Past the deadline from the day after it."""
        return self.open().filter(due_on__lt=on)

    def todo_for(self, user):
        """What this person's role must do now, the oldest deadline first; judging one's own work is not among it."""
        states = [state for state, turn in Item.TURNS.items() if user.role in turn.roles]
        rows = self.filter(state__in=states).not_judged_by(user).of_unit(user)
        return rows.prefetch_related("trail").order_by(F("due_on").asc(nulls_last=True), "pk")

    def not_judged_by(self, user):
        """Without items under review that this person, in this round, applied for or verified."""
        judged = RawSQL(JUDGED_BY, [user.pk, list(WORK)], models.BooleanField())
        return self.exclude(Q(state__in=UNDER_REVIEW), judged)

    def of_unit(self, user):
        """A county department works on its own items, where its appointment names the unit."""
        unit = user.appointment.unit if user.role == Role.DEPARTMENT else ""
        return self.filter(Q(unit__contains=unit) | Q(lead_unit__contains=unit)) if unit else self


@tracked
class Item(Stepping, Local):
    State, STEPS, WORK = State, STEPS, WORK

    Kind = labels("立行立改", "限期整改", "长期坚持")
    Cause = labels("思想认识不到位", "担当精神不够强", "能力素质不过硬", "作风建设不扎实")

    TURNS = {
        State.NOT_STARTED: Turn("start", FILERS, "责任单位"),
        State.DOING: Turn("report", FILERS, "责任单位", "报告进展，整改到位后申请销号"),
        State.MOSTLY: Turn("apply", FILERS | TOWNSHIP, "责任单位"),
        State.APPLIED: Turn("verify", VERIFIERS, "县委组织部经办人或督查"),
        State.VERIFIED: Turn("close", LEADERS, "县委组织部领导"),
    }

    finding = models.ForeignKey(Finding, models.PROTECT, related_name="items", verbose_name="检视问题")
    code = models.CharField("整改事项编号", max_length=50)
    symptom = models.TextField("具体表现", max_length=2000, blank=True)
    cause = models.CharField("原因分析", max_length=20, choices=Cause, blank=True)
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

    # Where it stands

    def light(self, on):
        return light(self.standing, on, limits(self.county, on))

    @property
    def standing(self):
        """What the light depends on, of the present round: a reopened item begins anew."""
        taken = list(self.trail.all())
        taken = taken[max((n for n, one in enumerate(taken) if one.verb == "reopen"), default=0) :]
        said = [one.day for one in taken if one.verb in SAYING]
        return Standing(
            finished=FINISHED.get(self.state, ""),
            due_on=self.due_on,
            assigned_on=self.assigned_on(taken),
            heard_on=max(said, default=self.found_on),
            percent=self.percent or 0,
            returned=sum(one.before in UNDER_REVIEW and one.after in WORK for one in taken),
        )

    def assigned_on(self, taken):
        """A round begins when the item was reopened or fed back; only where nobody wrote that down, when it was started."""
        if taken and taken[0].verb == "reopen":
            return taken[0].day
        return self.found_on or next((one.day for one in taken if one.verb == "start"), None)

    # What a step does

    def amiss(self, verb, details):
        today, faults = timezone.localdate(), {}
        if details.get("verdict") in POOR and len(details["note"] or "") < REASON.least:
            faults["note"] = f"结论为“{details['verdict']}”，请写明理由（至少{REASON.least}个字）"
        if verb == "reopen" and details["due_on"] < max(today, self.found_on or today):
            faults["due_on"] = "不能早于今天和发现日期"
        if (uploads := details.get("evidence")) and self.evidence.count() + len(uploads) > MOST_FILES:
            faults["evidence"] = f"本事项的材料已接近{MOST_FILES}份的上限，请合并后再报送"
        return faults

    def stepped(self, verb, after, details):
        said = {
            name: details[name] for name in ("percent", "verdict", "due_on") if details.get(name) is not None
        }
        if verb in {"report", "apply"}:
            said["progress"] = details["note"]
        if verb == "apply":
            return said | {"applied_on": timezone.localdate(), "verdict": ""}
        if verb == "close":
            return said | {"closed_on": timezone.localdate(), "percent": 100}
        if verb == "reopen":
            return said | {"closed_on": None, "applied_on": None, "verdict": "", "percent": 0}
        return (
            {"verdict": "", "applied_on": None} | said
            if self.state in UNDER_REVIEW and after in WORK
            else said
        )

    def leave_trail(self, details, *, verb, before, after, version, user):
        uploads = details.pop("evidence", None) or ()
        told = {name: value for name, value in details.items() if value is not None}
        taken = self.trail.create(
            place_id=self.place_id,
            verb=verb,
            before=before,
            after=after,
            version=version,
            by=user,
            role=user.role,
            **told,
        )
        self.keep_evidence(taken, uploads)
        return taken

    def keep_evidence(self, taken, uploads):
        """All files or none: what is refused undoes the step with everything that was kept for it."""
        refused = []
        for upload in uploads:
            try:
                stored = StoredFile.keep(upload, place_code=self.place_id, by=taken.by)
            except FileRefused as refusal:
                refused.append(str(refusal))
            else:
                Evidence.objects.create(place_id=self.place_id, item=self, step=taken, file=stored)
        if refused:
            raise StepIncomplete(STEPS[taken.verb], {"evidence": "；".join(refused)})


class TakenStep(Placed):
    """One step that somebody took, in the role they then had; never changed afterwards."""

    scope_field, scope_column, append_only = "place", "place_code", True

    place = models.ForeignKey(
        Place, models.PROTECT, to_field="code", db_column="place_code", related_name="+", verbose_name="地区"
    )
    item = models.ForeignKey(Item, models.PROTECT, related_name="trail", verbose_name="整改事项")
    verb = models.CharField(
        "步骤", max_length=12, choices=[(verb, step.label) for verb, step in STEPS.items()]
    )
    before = models.CharField("原状态", max_length=12, choices=State)
    after = models.CharField("新状态", max_length=12, choices=State)
    version = models.PositiveIntegerField("版本")
    note = models.TextField("说明", blank=True)
    percent = models.PositiveSmallIntegerField("完成比例(%)", null=True)
    methods = ArrayField(
        models.CharField(max_length=8, choices=Method), verbose_name="核验方式", default=list, blank=True
    )
    verdict = models.CharField("核验结论", max_length=2, choices=Verdict, blank=True)
    due_on = models.DateField("新的整改时限", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人")
    role = models.CharField("办理时的岗位", max_length=20, choices=Role)
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta(Placed.Meta):
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["pk"]
        # What the conditional update promises, the database keeps: a version of an item is reached by one step.
        constraints = [models.UniqueConstraint(fields=["item", "version"], name="taken_step_once")]

    def __str__(self):
        return f"{self.item} {self.get_verb_display()}"

    @property
    def day(self):
        return timezone.localtime(self.at).date()


class Evidence(Placed):
    """佐证材料: a file that shows what was done, given with a step; never taken back."""

    scope_field, scope_column, append_only = "place", "place_code", True

    place = models.ForeignKey(
        Place, models.PROTECT, to_field="code", db_column="place_code", related_name="+", verbose_name="地区"
    )
    item = models.ForeignKey(Item, models.PROTECT, related_name="evidence", verbose_name="整改事项")
    step = models.ForeignKey(TakenStep, models.PROTECT, related_name="evidence", verbose_name="步骤")
    file = models.ForeignKey(StoredFile, models.PROTECT, verbose_name="文件")

    class Meta(Placed.Meta):
        verbose_name = verbose_name_plural = "佐证材料"

    def __str__(self):
        return str(self.file)
