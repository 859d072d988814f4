"""贫困村基本情况: one line of facts a village, as the county reports it (domain.md §3.4)."""

from django.db import models
from django.db.models import Case, F, Q, Value, When
from django.utils import timezone

from povertyparty.models import tracked
from povertyparty.sealed import SealedField
from villages.models.parameters import say
from villages.models.places import Local, Place, read_off, waiting

TWELVE = {
    "has_water": "通水",
    "has_power": "通电",
    "has_road": "通路",
    "has_broadcast": "通广播电视",
    "has_broadband": "通宽带",
    "has_committees": "有两委班子",
    "has_industry": "有产业",
    "has_collective_income": "有集体收入",
    "has_venue": "有阵地",
    "has_kindergarten": "有幼儿园",
    "has_service_centre": "有便民服务中心",
    "has_clinic": "有卫生室",
}


EXITING = ["assessed", "screened", "checked", "notice"]
MENDING = ["lacking", "mended"]


@tracked
class Village(Local):
    class Level(models.TextChoices):
        NATIONAL = "national", "国家级"
        REGIONAL = "regional", "自治区级"
        COUNTY = "county", "市县级"
        NONE = "none", "非贫困村"

    class Cause(models.TextChoices):
        """Named after what the organization lacks, never after the villagers (domain.md §1.2)."""

        ORGANIZATION = "C1", "组织作用弱型"
        LEADERSHIP = "C2", "资源有、带动弱型"
        NATURE = "C3", "自然条件制约型"
        SCATTERED = "C4", "分散覆盖难型"
        FACILITIES = "C5", "设施短板型"

    class Stage(models.TextChoices):
        """Work on the way out of the list, and after it where a village fell short again; "" between."""

        ASSESSED = "assessed", "已自评"
        SCREENED = "screened", "乡镇已初审"
        CHECKED = "checked", "县级已核查"
        NOTICE = "notice", "退出公示"
        LACKING = "lacking", "限期补短板"
        MENDED = "mended", "补短板待确认"

    class State(models.TextChoices):
        """Where a village stands on its way out of the list of poor villages (domain.md §2.2)."""

        UNLISTED = "unlisted", "非贫困村"
        LISTED = "listed", "列入贫困村"
        ASSESSED = "assessed", "已自评"
        SCREENED = "screened", "乡镇已初审"
        CHECKED = "checked", "县级已核查"
        NOTICE = "notice", "退出公示"
        EXITED = "exited", "已退出(巩固期)"
        LACKING = "lacking", "限期补短板"
        MENDED = "mended", "补短板待确认"

    class Collective(models.TextChoices):
        """How far the village has come out of a weak collective economy (domain.md §2.10)."""

        UNSURVEYED = "unsurveyed", "未摸底"
        SURVEYED = "surveyed", "已摸底"
        IDENTIFIED = "identified", "已认定"
        PLANNED = "planned", "有规划"
        FUNDED = "funded", "有项目"
        UNDER_WAY = "under_way", "实施中"
        REACHED = "reached", "已达标"
        HOLDING = "holding", "巩固"
        CLOSED = "closed", "已销号"

    poverty_level = models.CharField("贫困村级别", max_length=10, choices=Level, default=Level.NONE)
    listed_year = models.PositiveSmallIntegerField("列入年度", null=True, blank=True)
    exit_year = models.PositiveSmallIntegerField("退出年度", null=True, blank=True)
    exit_document = models.CharField("退出文号", max_length=60, blank=True)
    groups = models.PositiveSmallIntegerField("村民小组数", null=True, blank=True)
    hamlets = models.PositiveSmallIntegerField("自然村数", null=True, blank=True)
    all_households = models.PositiveIntegerField("总户数", null=True, blank=True)
    all_persons = models.PositiveIntegerField("总人口", null=True, blank=True)
    labour = models.PositiveIntegerField("劳动力", null=True, blank=True)
    stated_households = models.PositiveIntegerField("建档立卡户数", null=True, blank=True)
    stated_persons = models.PositiveIntegerField("建档立卡人口", null=True, blank=True)
    stated_unlifted_households = models.PositiveIntegerField("未脱贫户数", null=True, blank=True)
    stated_unlifted_persons = models.PositiveIntegerField("未脱贫人口", null=True, blank=True)
    stated_rate = models.DecimalField("贫困发生率(%)", max_digits=5, decimal_places=2, null=True, blank=True)
    stated_monitored = models.PositiveIntegerField("监测户数", null=True, blank=True)
    farmland = models.DecimalField("耕地面积(亩)", max_digits=12, decimal_places=2, null=True, blank=True)
    grassland = models.DecimalField("草场面积(亩)", max_digits=12, decimal_places=2, null=True, blank=True)
    main_industry = models.CharField("主导产业", max_length=60, blank=True)
    speciality = models.CharField("一村一品", max_length=60, blank=True)
    net_income = models.DecimalField(
        "农民人均纯收入(元)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    collective_income = models.DecimalField(
        "村集体经济收入(万元)", max_digits=12, decimal_places=2, null=True, blank=True
    )
    has_water = models.BooleanField("通水", null=True, blank=True)
    has_power = models.BooleanField("通电", null=True, blank=True)
    has_road = models.BooleanField("通路", null=True, blank=True)
    has_broadcast = models.BooleanField("通广播电视", null=True, blank=True)
    has_broadband = models.BooleanField("通宽带", null=True, blank=True)
    has_committees = models.BooleanField("有两委班子", null=True, blank=True)
    has_industry = models.BooleanField("有产业", null=True, blank=True)
    has_collective_income = models.BooleanField("有集体收入", null=True, blank=True)
    has_venue = models.BooleanField("有阵地", null=True, blank=True)
    has_kindergarten = models.BooleanField("有幼儿园", null=True, blank=True)
    has_service_centre = models.BooleanField("有便民服务中心", null=True, blank=True)
    has_clinic = models.BooleanField("有卫生室", null=True, blank=True)
    to_township = models.DecimalField("距乡镇(公里)", max_digits=6, decimal_places=1, null=True, blank=True)
    to_county = models.DecimalField("距县城(公里)", max_digits=6, decimal_places=1, null=True, blank=True)
    cause = models.CharField("主要致贫原因类型", max_length=2, choices=Cause, blank=True)
    helping_unit = models.CharField("帮扶单位", max_length=60, blank=True)
    first_secretary = models.CharField("第一书记", max_length=64, blank=True)
    party_secretary = models.CharField("党组织书记", max_length=64, blank=True)
    phone = SealedField("联系电话", max_length=20, blank=True)
    stage = models.CharField("退出阶段", max_length=10, choices=Stage, blank=True)
    collective = models.CharField(
        "消薄进度", max_length=10, choices=Collective, default=Collective.UNSURVEYED
    )
    note = models.CharField("备注", max_length=400, blank=True)
    state = read_off(
        "退出状态",
        State,
        When(poverty_level=Level.NONE, then=Value(State.UNLISTED)),
        When(exit_year=None, stage__in=EXITING, then=F("stage")),
        When(exit_year=None, then=Value(State.LISTED)),
        When(stage__in=MENDING, then=F("stage")),
        default=State.EXITED,
    )

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "贫困村基本情况"
        indexes = [
            *Local.Meta.indexes,
            waiting("village_waiting", EXITING + MENDING),
            waiting("village_economy_waiting", ["surveyed", "identified", "planned", "funded"], "collective"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["place"], name="village_once", violation_error_message="该村的基本情况已登记"
            ),
            models.CheckConstraint(
                condition=Q(exit_year=None) | Q(listed_year=None) | Q(exit_year__gte=F("listed_year")),
                name="village_exit_after_listing",
                violation_error_message="退出年度不能早于列入年度",
            ),
        ]

    def __str__(self):
        return f"{self.place}"

    @property
    def called(self):
        """What the county calls such a village."""
        if self.poverty_level in {self.Level.NATIONAL, self.Level.REGIONAL}:
            exited = self.exit_year is not None and self.exit_year <= timezone.localdate().year
            return say("{lifted_village}") if exited else say("{poor_village}")
        return say("{key_village}") if self.poverty_level == self.Level.COUNTY else ""

    # What held on a day: listed and exited by the year; a village is none before and after its place is.

    @classmethod
    def poor_on(cls, day):
        level = Q(poverty_level__in=[cls.Level.NATIONAL, cls.Level.REGIONAL])
        return level & cls.listed_on(day)

    @staticmethod
    def listed_on(day):
        return (Q(listed_year=None) | Q(listed_year__lte=day.year)) & Place.in_force(day, "place__")

    @staticmethod
    def exited_on(day):
        return Q(exit_year__isnull=False, exit_year__lte=day.year)

    @classmethod
    def level_on(cls, day):
        return Case(When(listed_year__gt=day.year, then=Value(cls.Level.NONE)), default=F("poverty_level"))
