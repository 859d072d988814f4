"""检视问题: what was found wrong, how and in which round, what kind of thing it is, and what became of it (domain.md §1.1, §1.5, §2.3)."""

from datetime import timedelta

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from inspections.models.rounds import Round, guarded
from povertyparty.models import tracked
from povertyparty.scope import ScopedQuerySet
from villages.models import Local, labels
from villages.models.places import waiting

Severity = labels("一般", "较重", "严重")
# What a frozen phase leaves free: what becomes of the finding, not what was found.
MOVING = ["stage", "severity", "into_id", "version", "origin_id"]
GENERATED = ["county", "grams"]  # not yet reckoned when the trigger looks
HELD = f"to_jsonb(%s) - ARRAY{[*MOVING, *GENERATED]}"


class FindingQuerySet(ScopedQuerySet):
    def standing(self):
        """Those that count: neither in draft, nor merged into another, nor voided."""
        return self.filter(Finding.COUNTS)

    def alike(self, found, days):
        """Others of the same place and kind that were found within so many days, or nobody knows when."""
        on, span = found.found_on or timezone.localdate(), timedelta(days)
        rows = self.standing().exclude(pk=found.pk).filter(place=found.place_id, category=found.category)
        return rows.filter(Q(found_on__range=(on - span, on + span)) | Q(found_on=None))


@tracked
class Finding(Local):
    scope_through = "items"

    class Category(models.TextChoices):
        STANDING = "P1", "政治站位不够高"
        RESPONSIBILITY = "P2", "主体责任落实不到位"
        TWO_SKINS = "P3", "党建与脱贫攻坚两张皮"
        PROJECTS = "P4", "项目带贫益贫效果不佳"
        PUBLICITY = "P5", "宣传教育引导不扎实"
        OTHER = "P9", "其他"

    class Stage(models.TextChoices):
        """How far it has come until its items take over."""

        DRAFT = "draft", "草稿"
        FILED = "filed", "已登记"
        SPLIT = "split", "已分解"
        MERGED = "merged", "已合并"
        VOIDED = "voided", "已撤销"

    Source = labels(
        "中央巡视",
        "自治区巡视",
        "市委巡察",
        "县委巡察",
        "主题教育检视",
        "政治体检自查",
        "民主生活会",
        "调研发现",
        "信访反映",
        "督查",
        "审计",
    )
    SELF_CHECK = "政治体检自查"
    Method = labels(
        "自我批评", "相互批评", "调研走访", "个别谈话", "查阅资料", "督查检查", "上级反馈", "群众反映"
    )
    Domain = labels("党建", "脱贫", "集体经济", "项目", "干部", "宣传", "作风")
    Owner = labels("个人", "班子", "单位")
    Aspect = labels("理论学习", "政治站位", "责任落实", "担当作为", "能力素质", "作风建设", "群众路线")
    Responsibility = labels("主要领导责任", "重要领导责任", "直接责任")
    Severity = Severity
    COUNTS = Q(stage__in=["filed", "split"])

    code = models.CharField("问题编号", max_length=40)
    source = models.CharField("问题来源", max_length=12, choices=Source, blank=True)
    category = models.CharField("问题类别", max_length=2, choices=Category, blank=True)
    text = models.TextField("反馈问题", max_length=2000)
    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="findings", verbose_name="自查轮次"
    )
    document = models.CharField("反馈文号", max_length=60, blank=True)
    entry = models.CharField("条目号", max_length=40, blank=True)
    found_on = models.DateField("发现日期", null=True, blank=True)
    method = models.CharField("发现方式", max_length=4, choices=Method, blank=True)
    domain = models.CharField("所属领域", max_length=4, choices=Domain, blank=True)
    symptoms = ArrayField(models.CharField(max_length=5), verbose_name="问题表现", default=list, blank=True)
    # 三个摆进去
    oneself = models.TextField("把自己摆进去", max_length=1000, blank=True)
    duty = models.TextField("把职责摆进去", max_length=1000, blank=True)
    work = models.TextField("把工作摆进去", max_length=1000, blank=True)
    owner_level = models.CharField("检视主体", max_length=2, choices=Owner, blank=True)
    owner = models.CharField("姓名/班子", max_length=64, blank=True)
    post = models.CharField("职务", max_length=60, blank=True)
    aspect = models.CharField("检视方面", max_length=4, choices=Aspect, blank=True)
    responsibility = models.CharField("责任层级", max_length=6, choices=Responsibility, blank=True)
    severity = models.CharField("严重程度", max_length=2, choices=Severity, blank=True, editable=False)
    again = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="came_back", verbose_name="再次出现"
    )
    into = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="merged", verbose_name="并入问题"
    )
    stage = models.CharField("登记状态", max_length=6, choices=Stage, default=Stage.DRAFT, editable=False)
    grams = models.GeneratedField(
        verbose_name="文字片段",
        expression=models.Func(F("text"), function="bigrams"),
        output_field=ArrayField(models.TextField()),
        db_persist=True,
    )

    objects = FindingQuerySet.scoped()

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "检视问题"
        indexes = [
            *Local.Meta.indexes,
            waiting("finding_waiting", ["draft", "filed"], field="stage"),
            GinIndex(fields=["grams"], name="finding_grams"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "code"],
                name="finding_code_once",
                violation_error_message="该问题编号在本县已登记",
            ),
            models.CheckConstraint(
                condition=Q(again=None) | ~Q(again=F("id")),
                name="finding_came_back_from_another",
                violation_error_message="再次出现的问题不能是它自己",
            ),
            models.CheckConstraint(
                condition=Q(stage="merged", into__isnull=False) | (~Q(stage="merged") & Q(into=None)),
                name="finding_merged_into_another",
                violation_error_message="已合并的问题须写明并入哪一个问题",
            ),
        ]
        triggers = [
            guarded(
                "frozen_finding",
                "found_on",
                INSERT="NEW.stage = 'draft'",
                UPDATE=f"NEW.stage = 'draft' OR OLD.stage <> 'draft' AND {HELD % 'OLD'} = {HELD % 'NEW'}",
                DELETE="OLD.stage = 'draft'",
            )
        ]

    def __str__(self):
        return f"{self.code} {self.text[:30]}"

    @property
    def all_aspects(self):
        return [self.oneself, self.duty, self.work]

    @property
    def author(self):
        """Who entered it, by the change log; None where nobody did by hand."""
        event = self.events.filter(pgh_label="insert").first()
        return ((event and event.pgh_context) or {}).get("user")
