"""培训: a class and who was in it (domain.md §2.8, §3.12)."""

from datetime import timedelta

from django.db import models
from django.db.models import F, Func, Q, Value, When
from django.db.models.functions import Coalesce, Concat, NullIf

from povertyparty.ledger import PartialDateField
from povertyparty.models import tracked
from povertyparty.scope import ScopedQuerySet
from povertyparty.sealed import SealedField
from villages.models.cadres import Digital
from villages.models.households import labels
from villages.models.parameters import Months
from villages.models.places import Local, count, money, percent, read_off, waiting


def day(name):
    """A partial date as the day it begins on, or nothing."""
    text = NullIf(F(name), Value(""))
    return Func(text, Value("YYYY-MM-DD"), function="to_date", output_field=models.DateField())


class TrainingClassQuerySet(ScopedQuerySet):
    def lasting(self, months):
        """So many months or more, the last day included."""
        needed = F("opened") + Months(months) - timedelta(days=1)
        opened = self.annotate(opened=day("starts_on"), closed=day("ends_on"))
        return opened.filter(closed__gte=models.ExpressionWrapper(needed, models.DateTimeField()))


@tracked
class TrainingClass(Local):
    """培训班次, held by a county or a township. Who trained one's own people is also read below it."""

    scope_through = "enrolments"
    ABILITY = "能力素质提升"  # the programme of the long classes (domain.md S30-S31)

    class State(models.TextChoices):
        """Where a class stands (domain.md §2.8). One of which nothing is said but its numbers is over."""

        PLANNED = "planned", "计划"
        SURVEYED = "surveyed", "需求摸底"
        CALLED = "called", "报名调训"
        HELD = "held", "开班(在训)"
        EXAMINED = "examined", "考核"
        CLOSED = "closed", "结业"
        FOLLOWED = "followed", "跟踪"
        FILED = "filed", "归档"

    Platform = labels("党校", "农牧民夜校", "远程教育", "集中轮训", "外出考察", "其他")
    Mode = labels("脱产", "在岗")
    Audience = labels(
        "乡镇党政正职",
        "扶贫专干",
        "党组织书记",
        "其他村干部",
        "第一书记",
        "驻村队员",
        "致富带头人",
        "农牧民",
        "其他",
    )

    number = models.CharField("班次编号", max_length=40)
    name = models.CharField("班次名称", max_length=100)
    programme = models.CharField("培训项目", max_length=60, blank=True)
    host = models.CharField("主办单位", max_length=60, blank=True)
    where = models.CharField("承办地点", max_length=60, blank=True)
    platform = models.CharField("平台", max_length=6, choices=Platform, blank=True)
    mode = models.CharField("方式", max_length=4, choices=Mode, blank=True)
    starts_on = PartialDateField("开始日期")
    ends_on = PartialDateField("结束日期", blank=True)
    length = models.CharField("天数/学时", max_length=40, blank=True)
    batch = models.PositiveSmallIntegerField("期次", null=True, blank=True)
    audience = models.CharField("对象类别", max_length=8, choices=Audience, blank=True)
    topic = models.CharField("主题", max_length=100, blank=True)
    due = count("应训人数")
    trained = count("实训人数")
    exam = models.CharField("考核方式", max_length=40, blank=True)
    passed = count("合格人数")
    score_before = models.DecimalField("前测均分", max_digits=5, decimal_places=1, null=True, blank=True)
    score_after = models.DecimalField("后测均分", max_digits=5, decimal_places=1, null=True, blank=True)
    satisfied = percent("满意度(%)")
    cost = money("经费(万元)")
    note = models.CharField("备注", max_length=400, blank=True)
    stage = models.CharField("办班环节", max_length=10, choices=State, blank=True, editable=False)
    state = read_off(
        "办班状态",
        State,
        When(~Q(stage=""), then=F("stage")),
        When(Q(trained__isnull=False) | Q(passed__isnull=False), then=Value(State.CLOSED)),
        default=State.PLANNED,
    )

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "培训班次"
        indexes = [*Local.Meta.indexes, waiting("training_class_waiting", ["examined", "closed"])]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "number"],
                name="training_class_once",
                violation_error_message="本县这个班次编号已登记",
            ),
            models.CheckConstraint(
                condition=Q(ends_on="") | Q(ends_on__gte=F("starts_on")),
                name="training_class_ends_after_it_starts",
                violation_error_message="结束日期不能早于开始日期",
            ),
            models.CheckConstraint(
                condition=Q(passed=None) | Q(trained=None) | Q(passed__lte=F("trained")),
                name="training_class_passed_were_trained",
                violation_error_message="合格人数不能多于实训人数",
            ),
        ]

    objects = TrainingClassQuerySet.scoped()

    def __str__(self):
        return self.name


@tracked
class Enrolment(Local):
    """培训学员: somebody of a village in a class."""

    training = models.ForeignKey(
        TrainingClass, models.PROTECT, related_name="enrolments", verbose_name="班次", db_index=False
    )
    name = models.CharField("姓名", max_length=64)
    id_number = SealedField("身份证号码", max_length=18, null=True, blank=True)
    post = models.CharField("职务", max_length=40, blank=True)
    hours = models.DecimalField("学时", max_digits=6, decimal_places=1, null=True, blank=True)
    attendance = models.CharField("出勤", max_length=40, blank=True)
    score_before = models.DecimalField("前测", max_digits=5, decimal_places=1, null=True, blank=True)
    score_after = models.DecimalField("后测", max_digits=5, decimal_places=1, null=True, blank=True)
    passed = models.BooleanField("是否合格", null=True, blank=True)
    certificate = models.CharField("证书号", max_length=60, blank=True)
    digital = models.CharField("数字化水平(训后)", max_length=8, choices=Digital, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "培训学员"
        constraints = [
            models.UniqueConstraint(
                fields=["training", "id_number"],
                name="enrolment_once",
                violation_error_message="该学员已在这个班次",
            ),
            models.UniqueConstraint(
                fields=["training", "place", "name"],
                condition=Q(id_number=None),
                name="enrolment_name_once",
                violation_error_message="该村同名学员已在这个班次",
            ),
        ]

    def __str__(self):
        return self.name

    @staticmethod
    def person():
        """Who it is: by the identity number, or else by village and name."""
        named = Concat("place", Value(" "), "name")
        return Coalesce("id_number", named, output_field=models.CharField())
