"""自查轮次 and 调研走访: when was looked for what is wrong, on which basis, where, and how (domain.md §1.1 S1-S9)."""

import pgtrigger
from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from povertyparty.models import tracked
from villages.models import Local, labels
from villages.models.places import read_off

TODAY = f"(now() AT TIME ZONE '{settings.TIME_ZONE}')::date"


def frozen(day, free):
    """A trigger's body: refuses what lies in a phase that is frozen, as it was or as it would be.

    `free` are conditions under which a row may be added, changed, deleted all the same: {INSERT, UPDATE, DELETE: SQL}.
    """
    exempt = "".join(
        f"IF TG_OP = '{what}' THEN IF {when} THEN RETURN {'OLD' if what == 'DELETE' else 'NEW'}; END IF; END IF;"
        for what, when in free.items()
    )
    return f"""
        {exempt}
        IF EXISTS (
            SELECT FROM inspections_roundphase p WHERE p.frozen_on < {TODAY} AND (
                TG_OP <> 'INSERT' AND p.round_id = OLD.round_id AND OLD.{day} BETWEEN p.begins AND p.ends
                OR TG_OP <> 'DELETE' AND p.round_id = NEW.round_id AND NEW.{day} BETWEEN p.begins AND p.ends
            )
        ) THEN
            RAISE EXCEPTION '这一日期所在的轮次阶段已冻结，不能再登记或更改；确需更改的，请县委组织部领导重新开放该阶段'
                USING ERRCODE = 'check_violation';
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """


def guarded(name, day, **free):
    """The trigger that keeps the rows of a round as they were when its phase was frozen."""
    return pgtrigger.Trigger(
        name=name,
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=frozen(day, free),
    )


@tracked
class Round(Local):
    """自查轮次: a period in which something is looked for, on a basis. What a county lays down is read in all its places."""

    scope_above = True

    Kind = labels("政治体检", "巡视巡察整改", "专项检查", "主题教育检视", "民主生活会", "其他")
    Recurrence = labels("年度", "半年", "季度", "一次性")
    Sampling = labels("全覆盖", "随机抽样", "重点抽样", "分层抽样")

    name = models.CharField("轮次名称", max_length=60)
    kind = models.CharField("轮次类型", max_length=8, choices=Kind)
    basis = models.CharField("依据文件", max_length=200, blank=True)
    document = models.CharField("依据文号", max_length=60, blank=True)
    basis_on = models.DateField("发文日期", null=True, blank=True)
    organiser = models.CharField("组织单位", max_length=100, blank=True)
    topics = models.CharField("调研课题", max_length=400, blank=True)
    begins = models.DateField("开始日期")
    ends = models.DateField("结束日期")
    sampling = models.CharField("抽样方式", max_length=8, choices=Sampling, blank=True)
    sample = models.PositiveIntegerField("抽样村数", null=True, blank=True)
    recurrence = models.CharField("开展周期", max_length=4, choices=Recurrence, blank=True)
    follows = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="followed_by", verbose_name="上一轮次"
    )
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "自查轮次"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "name"], name="round_once", violation_error_message="该轮次名称在本县已登记"
            ),
            models.CheckConstraint(
                condition=Q(ends__gte=F("begins")),
                name="round_ends_after_it_begins",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=Q(follows=None) | ~Q(follows=F("id")),
                name="round_follows_another",
                violation_error_message="上一轮次不能是它自己",
            ),
        ]

    def __str__(self):
        return self.name


@tracked
class RoundPhase(Local):
    """轮次阶段: from its freeze day on, what was found and visited in it stays as it is (features.md row 23)."""

    scope_above = True

    class State(models.TextChoices):
        PLANNED = "planned", "按期冻结"
        REOPENED = "reopened", "已重新开放"

    round = models.ForeignKey(Round, models.PROTECT, related_name="phases", verbose_name="自查轮次")
    name = models.CharField("阶段名称", max_length=40)
    begins = models.DateField("阶段开始")
    ends = models.DateField("阶段结束")
    frozen_on = models.DateField("冻结日期", null=True, blank=True)
    reopened = models.PositiveSmallIntegerField("重新开放次数", default=0, editable=False)
    state = read_off(
        "冻结方式", State, When(reopened__gt=0, then=Value(State.REOPENED)), default=State.PLANNED
    )

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "轮次阶段"
        constraints = [
            models.UniqueConstraint(
                fields=["round", "name"],
                name="round_phase_once",
                violation_error_message="该轮次的这一阶段已登记",
            ),
            models.CheckConstraint(
                condition=Q(ends__gte=F("begins")),
                name="round_phase_ends_after_it_begins",
                violation_error_message="阶段结束不能早于阶段开始",
            ),
            models.CheckConstraint(
                condition=Q(frozen_on=None) | Q(frozen_on__gte=F("ends")),
                name="round_phase_frozen_after_it_ends",
                violation_error_message="冻结日期不能早于阶段结束",
            ),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="frozen_phase",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF OLD.frozen_on < {TODAY} AND (TG_OP = 'DELETE' OR NEW.reopened = OLD.reopened) THEN
                        RAISE EXCEPTION '该阶段已冻结，只能由县委组织部领导重新开放' USING ERRCODE = 'check_violation';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self):
        return f"{self.round}：{self.name}"

    @property
    def is_frozen(self):
        return bool(self.frozen_on) and self.frozen_on < timezone.localdate()

    @staticmethod
    def freezing():
        """Whether what lies in it may still be entered and changed."""
        today = timezone.localdate()
        return Case(
            When(frozen_on__lt=today, then=Value("已冻结")),
            default=Value("开放"),
            output_field=models.CharField(),
        )


@tracked
class FieldVisit(Local):
    """调研走访: somebody of the round went to a township or village. How many were talked with, never who said what."""

    Method = labels("座谈交流", "听取汇报", "个别谈话", "走访入户", "查阅资料", "问卷")
    TALKS = ("座谈交流", "听取汇报", "个别谈话")

    round = models.ForeignKey(
        Round, models.PROTECT, null=True, blank=True, related_name="visits", verbose_name="自查轮次"
    )
    on = models.DateField("调研日期")
    methods = ArrayField(models.CharField(max_length=4, choices=Method), verbose_name="调研方式")
    visitors = models.CharField("调研人员", max_length=100)
    people = models.PositiveIntegerField("谈话人数", null=True, blank=True)
    learned = models.TextField("了解到的情况", max_length=1000, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "调研走访"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "on", "visitors"],
                name="field_visit_once",
                violation_error_message="同一组人员同日在同一地的调研已登记",
            ),
            models.CheckConstraint(
                condition=Q(people=None) | Q(methods__overlap=["座谈交流", "听取汇报", "个别谈话"]),
                name="field_visit_people_are_of_talks",
                violation_error_message="谈话人数只在座谈交流、听取汇报、个别谈话时填写",
            ),
            models.CheckConstraint(
                condition=~Q(methods=[]),
                name="field_visit_has_a_method",
                violation_error_message="请至少选一种调研方式",
            ),
        ]
        triggers = [guarded("frozen_visit", '"on"')]

    def __str__(self):
        return f"{self.on} {self.place}调研"


def counted(rows, of="round"):
    """How many of these rows each round has; 0 where there is none."""
    told = (
        rows.filter(**{of: OuterRef("pk")}).order_by().values(of).annotate(n=models.Count("pk")).values("n")
    )
    return Coalesce(Subquery(told), 0)
