"""整改事项: one thing to be put right, by one place, by one day, moved by named steps to closing (domain.md §2.3)."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from inspections.models.findings import Finding
from povertyparty.models import StoredFile, tracked
from povertyparty.scope import Placed, ScopedQuerySet
from povertyparty.sealed import SealedField
from povertyparty.steps import Step, Stepping
from villages.models import Local, Place, Role, labels

FILERS = frozenset({Role.VILLAGE_FILER, Role.TOWNSHIP_OFFICER, Role.DEPARTMENT})
VERIFIERS = frozenset({Role.COUNTY_OFFICER, Role.SUPERVISOR})
LEADERS = frozenset({Role.COUNTY_LEADER})


class ItemQuerySet(ScopedQuerySet):
    def overdue(self, on):
        return self.open().filter(due_on__lt=on)

    def open(self):
        return self.exclude(state__in=[Item.State.CLOSED, Item.State.LASTING, Item.State.MOVED])


@tracked
class Item(Stepping, Local):
    class State(models.TextChoices):
        NOT_STARTED = "not_started", "未启动"
        DOING = "doing", "正在整改"
        MOSTLY = "mostly", "基本完成"
        APPLIED = "applied", "申请销号"
        VERIFIED = "verified", "已核验"
        CLOSED = "closed", "已完成"
        LASTING = "lasting", "长期坚持"
        MOVED = "moved", "已移交"

    Kind = labels("立行立改", "限期整改", "长期坚持")
    Verdict = labels("好", "较好", "一般", "差")
    Cause = labels("思想认识不到位", "担当精神不够强", "能力素质不过硬", "作风建设不扎实")

    STEPS = {
        "start": Step("启动整改", ("not_started",), "doing", FILERS | {Role.COUNTY_OFFICER}),
        "report": Step("报告进展", ("doing", "mostly"), "doing", FILERS, needs=("note",)),
        "apply": Step(
            "申请销号",
            ("doing", "mostly"),
            "applied",
            FILERS | {Role.TOWNSHIP_LEADER},
            needs=("note", "evidence"),
        ),
        "return": Step(
            "退回",
            ("applied", "verified"),
            "doing",
            VERIFIERS | LEADERS | {Role.TOWNSHIP_LEADER},
            needs=("note",),
        ),
        "verify": Step("核验", ("applied",), "verified", VERIFIERS, needs=("note",), not_by=("apply",)),
        "close": Step("销号", ("verified",), "closed", LEADERS, not_by=("apply", "verify")),
        "reopen": Step("重新整改", ("closed",), "doing", VERIFIERS | LEADERS, needs=("note",)),
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
        return (
            bool(self.due_on)
            and self.due_on < timezone.localdate()
            and self.state not in {"closed", "lasting", "moved"}
        )

    def stepped(self, verb, details):
        today = timezone.localdate()
        fields = {
            "apply": {"applied_on": today},
            "verify": {"verdict": details.get("verdict") or "好"},
            "close": {"closed_on": today, "percent": 100},
            "reopen": {"closed_on": None, "verdict": ""},
        }.get(verb, {})
        if verb == "report":
            fields = {
                "progress": details["note"],
                **({"percent": details["percent"]} if details.get("percent") is not None else {}),
            }
        return fields

    def leave_trail(self, verb, before, user, details):
        taken = self.trail.create(
            place_id=self.place_id,
            verb=verb,
            before=before,
            after=self.state,
            by_id=user.pk,
            note=details.get("note", ""),
            percent=details.get("percent"),
        )
        for stored in details.get("evidence") or ():
            Evidence.objects.create(place_id=self.place_id, item=self, step=taken, file=stored)
        return taken


class TakenStep(Placed):
    """One step that somebody took, never changed afterwards."""

    scope_field, scope_column, append_only = "place", "place_code", True

    place = models.ForeignKey(
        Place, models.PROTECT, to_field="code", db_column="place_code", related_name="+", verbose_name="地区"
    )
    item = models.ForeignKey(Item, models.PROTECT, related_name="trail", verbose_name="整改事项")
    verb = models.CharField("步骤", max_length=12)
    before = models.CharField("原状态", max_length=12)
    after = models.CharField("新状态", max_length=12)
    note = models.TextField("说明", blank=True)
    percent = models.PositiveSmallIntegerField("完成比例(%)", null=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name="办理人")
    at = models.DateTimeField("时间", auto_now_add=True)

    class Meta(Placed.Meta):
        verbose_name = verbose_name_plural = "办理记录"
        ordering = ["pk"]

    def __str__(self):
        return f"{self.item} {Item.STEPS[self.verb].label}"


class Evidence(Placed):
    """佐证材料: a file that shows what was done, given with a step."""

    scope_field, scope_column = "place", "place_code"

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
