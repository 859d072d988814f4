"""建档立卡户和人口 (domain.md §2.1, §3.2, §3.3). What is never stored is named in the ledgers, column by column."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from povertyparty.ledger import PartialDateField, between
from povertyparty.models import tracked
from povertyparty.scope import ScopedQuerySet
from povertyparty.sealed import SealedField
from villages.models.places import Local, read_off, waiting


def labels(*words):
    """Choices whose value is the registry's own label."""
    return [(word, word) for word in words]


UNWILLING = "自身发展动力不足"
# domain.md §4.6, §5.3: the registry's own item 11 is kept for fidelity, shown to staff as a need, never filtered or counted.
CAUSES = [
    *labels("因病", "因残", "因学", "因灾", "缺土地", "缺水", "缺技术", "缺劳力", "缺资金", "交通条件落后"),
    (UNWILLING, "发展支持需求(原登记项11)"),
    ("其他", "其他"),
]


APPLYING = ["applied", "screened"]
WAITING = [*APPLYING, "reached", "verifying", "lacking", "notice", "endorsed"]


class HouseholdQuerySet(ScopedQuerySet):
    def registered(self, on=None):
        """On the register that day. Without a day, now."""
        return self.filter(Household.registered_on(on or timezone.localdate()))

    def unlifted(self, on=None):
        return self.filter(Household.unlifted_on(on or timezone.localdate()))


@tracked
class Household(Local):
    class Status(models.TextChoices):
        """脱贫属性 aar010 (domain.md §4.6)."""

        UNLIFTED = "0", "未脱贫"
        LIFTED = "1", "已脱贫(享受政策)"
        FORMERLY_EXPECTED = "2", "预脱贫"
        RELAPSED = "3", "返贫"
        SETTLED = "4", "已脱贫(不再享受政策)"

    class Stage(models.TextChoices):
        """Work on the way into or out of the register; "" between."""

        APPLIED = "applied", "申报待审"
        SCREENED = "screened", "乡镇已审"
        REACHED = "reached", "达标待核"
        VERIFYING = "verifying", "摸底核验中"
        LACKING = "lacking", "补短板"
        NOTICE = "notice", "退出公示"
        ENDORSED = "endorsed", "退出待批准"
        EASED = "eased", "风险已消除"

    class State(models.TextChoices):
        """Where a household stands (domain.md §2.1), read off the registry's attributes and the stage of the work."""

        APPLIED = "applied", "申报待审"
        SCREENED = "screened", "乡镇已审"
        REGISTERED = "registered", "在册(未脱贫)"
        REACHED = "reached", "达标待核"
        VERIFYING = "verifying", "摸底核验中"
        LACKING = "lacking", "补短板"
        NOTICE = "notice", "退出公示"
        ENDORSED = "endorsed", "退出待批准"
        LIFTED = "lifted", "已脱贫(享受政策)"
        MONITORED = "monitored", "监测中"
        EASED = "eased", "风险已消除"
        SETTLED = "settled", "已脱贫(不再享受政策)"
        RELAPSED = "relapsed", "返贫"
        REMOVED = "removed", "已移出"

    Kind = labels(
        "一般贫困户",
        "低保脱贫户",
        "特困供养脱贫户",
        "低保贫困户",
        "一般脱贫户",
        "特困供养贫困户",
        "低保特困供养贫困户",
        "低保特困供养户",
    )
    Monitoring = labels("脱贫不稳定户", "边缘易致贫户", "突发严重困难户")

    group_name = models.CharField("村民小组", max_length=40, blank=True)
    number = models.CharField("户编号", max_length=32)
    head = models.CharField("户主姓名", max_length=64)
    head_id = SealedField("户主证件号码", max_length=18, blank=True)
    size = models.PositiveSmallIntegerField("家庭人口数", null=True, blank=True)
    labour = models.PositiveSmallIntegerField("劳动力人数", null=True, blank=True)
    kind = models.CharField("贫困户属性", max_length=20, choices=Kind, blank=True)
    cause = models.CharField("主要致贫原因", max_length=20, choices=CAUSES, blank=True)
    other_causes = ArrayField(
        models.CharField(max_length=20, choices=[*CAUSES, ("因婚", "因婚")]),
        verbose_name="其他致贫原因",
        default=list,
        blank=True,
    )
    identified_on = PartialDateField("识别时间", blank=True)
    status = models.CharField("脱贫属性", max_length=1, choices=Status, default=Status.UNLIFTED)
    exit_year = models.PositiveSmallIntegerField("脱贫年度", null=True, blank=True)
    monitored = models.BooleanField("是否监测对象", null=True, blank=True)
    monitoring = models.CharField("监测类型", max_length=20, choices=Monitoring, blank=True)
    farmland = models.DecimalField("耕地面积(亩)", max_digits=10, decimal_places=2, null=True, blank=True)
    unsafe_house = models.BooleanField("危房户", null=True, blank=True)
    safe_water = models.BooleanField("是否解决安全饮用水", null=True, blank=True)
    schooling_assured = models.BooleanField("义务教育有保障", null=True, blank=True)
    medical_assured = models.BooleanField("基本医疗有保障", null=True, blank=True)
    wages = models.DecimalField("工资性收入(元)", max_digits=12, decimal_places=2, null=True, blank=True)
    business = models.DecimalField(
        "生产经营性收入(元)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    property_income = models.DecimalField(
        "财产性收入(元)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    transfers = models.DecimalField("转移性收入(元)", max_digits=12, decimal_places=2, null=True, blank=True)
    business_costs = models.DecimalField(
        "生产经营性支出(元)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    net_income = models.DecimalField(
        "年人均纯收入(元)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    measures = models.CharField("主要帮扶措施", max_length=200, blank=True)
    helper = models.CharField("帮扶责任人", max_length=64, blank=True)
    helper_unit = models.CharField("帮扶单位", max_length=60, blank=True)
    helper_phone = SealedField("帮扶人电话", max_length=20, blank=True)
    phone = SealedField("联系电话", max_length=20, blank=True)
    stage = models.CharField("核验阶段", max_length=10, choices=Stage, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    removed_on = PartialDateField("移出时间", blank=True, editable=False)
    state = read_off(
        "办理状态",
        State,
        When(~Q(removed_on=""), then=Value(State.REMOVED)),
        When(Q(status__in=["0", "2", "3"]) & ~Q(stage__in=["", Stage.EASED]), then=F("stage")),
        When(status="3", then=Value(State.RELAPSED)),
        When(status__in=["0", "2"], then=Value(State.REGISTERED)),
        When(monitored=True, then=Value(State.MONITORED)),
        When(stage=Stage.EASED, then=Value(State.EASED)),
        When(status="4", then=Value(State.SETTLED)),
        default=State.LIFTED,
    )

    objects = HouseholdQuerySet.scoped()

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "建档立卡户"
        indexes = [*Local.Meta.indexes, waiting("household_waiting", WAITING)]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "number"],
                name="household_number_once",
                violation_error_message="户编号在本县已登记，请联系县级核对",
            ),
            models.CheckConstraint(
                condition=Q(size=None) | Q(size__gte=1, size__lte=30),
                name="household_size_is_sane",
                violation_error_message="家庭人口数应在1至30之间",
            ),
        ]

    def __str__(self):
        return f"{self.head}户（{self.number}）"

    # What held on a day. The register knows the year of lifting only, so a household counts as lifted in the whole of it;
    # before, it was 未脱贫. When one fell back (返贫) is not known: it counts from the year of lifting on.

    @staticmethod
    def registered_on(day, path=""):
        """Entered by decision, not only applied for, and not taken out."""
        applying = Q(**{f"{path}stage__in": APPLYING})
        return between(f"{path}identified_on", f"{path}removed_on", day) & ~applying

    @classmethod
    def unlifted_on(cls, day, path=""):
        left = [cls.Status.UNLIFTED, cls.Status.RELAPSED]
        return Q(**{f"{path}status__in": left}) | Q(**{f"{path}exit_year__gt": day.year})

    @classmethod
    def relapsed_on(cls, day):
        return Q(status=cls.Status.RELAPSED) & (Q(exit_year=None) | Q(exit_year__lte=day.year))

    @classmethod
    def status_on(cls, day):
        return Case(When(exit_year__gt=day.year, then=Value(cls.Status.UNLIFTED)), default=F("status"))


@tracked
class Person(Local):
    Relation = labels(
        "户主",
        "配偶",
        "之子",
        "之女",
        "之儿媳",
        "之女婿",
        "之孙子",
        "之孙女",
        "之外孙子",
        "之外孙女",
        "之父",
        "之母",
        "之岳父",
        "之岳母",
        "之公公",
        "之婆婆",
        "之祖父",
        "之祖母",
        "之外祖父",
        "之外祖母",
        "之兄弟姐妹",
        "之曾孙子",
        "之曾孙女",
        "之侄儿",
        "之侄女",
        "之兄弟媳妇",
        "之叔伯",
        "其他",
    )
    Education = labels("文盲或半文盲", "小学", "初中", "高中", "大专", "本科及以上")
    Schooling = labels(
        "非在校生",
        "学龄前儿童",
        "学前教育",
        "小学",
        "七年级",
        "八年级",
        "九年级",
        *(
            f"{stage}{year}年级"
            for stage in ("普通高中", "中职", "高职高专", "技师学院", "本科")
            for year in "一二三四五"
        ),
        "硕士研究生及以上",
    )
    Health = labels("健康", "长期慢性病", "患有大病", "残疾")
    Skill = labels("普通劳动力", "技能劳动力", "弱劳动力或半劳动力", "丧失劳动力", "无劳动力")
    WorkArea = labels("乡(镇)内务工", "乡(镇)外县内务工", "县外省内务工", "省外务工", "其他")

    household = models.ForeignKey(Household, models.PROTECT, related_name="people", verbose_name="户编号")
    hamlet = models.CharField("自然村", max_length=40, blank=True)
    number = models.CharField("人编号", max_length=24, blank=True)
    name = models.CharField("姓名", max_length=64)
    id_number = SealedField("证件号码", max_length=18, null=True, blank=True)
    relation = models.CharField("与户主关系", max_length=10, choices=Relation, blank=True)
    education = models.CharField("文化程度", max_length=10, choices=Education, blank=True)
    schooling = models.CharField("在校生状况", max_length=12, choices=Schooling, blank=True)
    health = ArrayField(
        models.CharField(max_length=10, choices=Health), verbose_name="健康状况", default=list, blank=True
    )
    skill = models.CharField("劳动技能", max_length=12, choices=Skill, blank=True)
    work_area = models.CharField("务工状况", max_length=12, choices=WorkArea, blank=True)
    work_months = models.PositiveSmallIntegerField("务工时间(月)", null=True, blank=True)
    illness_insured = models.BooleanField("参加大病医疗", null=True, blank=True)
    phone = SealedField("人联系电话", max_length=20, blank=True)
    identified_on = PartialDateField("人员识别时间", blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "建档立卡人口"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "id_number"],
                name="person_id_once",
                violation_error_message="该证件已在本县其他单位建档，请联系县级",
            ),
            models.UniqueConstraint(
                fields=["household", "number"],
                condition=~Q(number=""),
                name="person_number_once",
                violation_error_message="同一户内人编号重复",
            ),
            models.CheckConstraint(
                condition=Q(work_months=None) | Q(work_months__lte=12),
                name="person_work_months_in_a_year",
                violation_error_message="务工时间应在0至12个月之间",
            ),
        ]

    def __str__(self):
        return self.name
