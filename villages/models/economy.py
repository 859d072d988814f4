"""集体经济: what a village earns together, who leads the way, and who works together (domain.md §3.9, §3.14, §2.10)."""

import pgtrigger
from django.db import models
from django.db.models import Case, Exists, F, Func, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Cast, Coalesce, Greatest, NullIf, Round
from django.utils import timezone

from povertyparty.ledger import PartialDateField
from povertyparty.models import tracked
from povertyparty.scope import ScopedQuerySet
from povertyparty.sealed import SealedField
from villages.models.cadres import Sex
from villages.models.households import labels
from villages.models.parameters import Months, Parameter
from villages.models.places import Local, count, money, read_off, waiting

AMOUNT = models.DecimalField(max_digits=12, decimal_places=2)
ZERO = Value(0, AMOUNT)


def sum_of(*names):
    """The sum of these fields, blanks as nothing."""
    first, *rest = (Coalesce(F(name), ZERO) for name in names)
    return sum(rest, first)


def changed(*names):
    """For a trigger: one of these fields becomes another."""
    each = (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names)
    return pgtrigger.Q(*each, _connector=pgtrigger.Q.OR)


def refusal(why):
    """What a trigger does that refuses: as a broken constraint, for that is what it is."""
    return f"RAISE EXCEPTION '{why}' USING ERRCODE = 'check_violation';"


def reckoned(label, expression):
    """An amount in 万元 that the database works out from the others of the row."""
    return models.GeneratedField(
        verbose_name=label,
        expression=expression,
        output_field=models.DecimalField(label, max_digits=14, decimal_places=2),
        db_persist=True,
    )


ACCOUNT = (
    "place", "year", "business", "leases", "investment", "subsidies", "other", "spent", "assets", "debts"
)  # fmt: skip


@tracked
class CollectiveIncome(Local):
    """村级集体经济收入 of one village in one year; totals are never typed, and once locked no amount changes."""

    class State(models.TextChoices):
        """How far the year's account is settled (domain.md §2.10)."""

        FILED = "filed", "已填报"
        AUDITED = "audited", "已审核"
        LOCKED = "locked", "已锁定"

    Binding = labels("已签订", "未签订")

    year = models.PositiveSmallIntegerField("年度")
    business = money("经营收入")
    leases = money("发包及上交收入")
    investment = money("投资收益(含分红)")
    subsidies = money("补助收入")
    other = money("其他收入")
    total = reckoned("总收入", sum_of("business", "leases", "investment", "subsidies", "other"))
    earned = reckoned("其中:经营性收入", sum_of("business", "leases", "investment"))
    spent = money("总支出")
    gain = reckoned(
        "收益", sum_of("business", "leases", "investment", "subsidies", "other") - Coalesce(F("spent"), ZERO)
    )
    source = models.CharField("主要收入来源", max_length=100, blank=True)
    mode = models.CharField("经营模式", max_length=100, blank=True)
    assets = money("资产总额")
    debts = money("债务")
    has_plan = models.BooleanField("是否有发展规划", null=True, blank=True)
    projects = models.CharField("在建/拟建项目", max_length=200, blank=True)
    leader = models.CharField("责任领导", max_length=64, blank=True)
    pay_bound = models.CharField("村干部报酬挂钩", max_length=4, choices=Binding, blank=True)
    auditor = models.CharField("审核人", max_length=64, blank=True)
    locked = models.BooleanField("已锁定", default=False, editable=False)
    note = models.CharField("备注", max_length=400, blank=True)
    state = read_off(
        "审核状态",
        State,
        When(locked=True, then=Value(State.LOCKED)),
        When(~Q(auditor=""), then=Value(State.AUDITED)),
        default=State.FILED,
    )

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "集体经济收入"
        indexes = [*Local.Meta.indexes, waiting("income_waiting", ["filed", "audited"])]
        triggers = [
            pgtrigger.Trigger(
                name="locked_amounts",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__locked=True, new__locked=True) & changed(*ACCOUNT),
                func=refusal("该年度的集体经济收入已锁定，金额不能更改，请先由县级解锁"),
            ),
            pgtrigger.Trigger(
                name="locked_year",
                when=pgtrigger.Before,
                operation=pgtrigger.Delete,
                condition=pgtrigger.Q(old__locked=True),
                func=refusal("该年度的集体经济收入已锁定，不能删除，请先由县级解锁"),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["place", "year"],
                name="collective_income_once",
                violation_error_message="该村这一年度的集体经济收入已登记",
            )
        ]

    def __str__(self):
        return f"{self.year}年集体经济收入"

    @classmethod
    def last_year(cls):
        before = cls.objects.filter(place=OuterRef("place"), year=OuterRef("year") - 1)
        return Subquery(before.values("total")[:1], output_field=AMOUNT)

    @classmethod
    def growth(cls):
        """In percent of the year before; nothing where that was nothing."""
        before = NullIf(cls.last_year(), ZERO, output_field=AMOUNT)
        return Round(Cast(F("total"), AMOUNT) * 100 / before - 100, 2)

    @staticmethod
    def rank(on=None):
        """By the parameters of that day. Without a day, today's."""
        shell, weak, strong = (
            Parameter.at(key, on or timezone.localdate()) for key in ("shell_wan", "weak_wan", "strong_wan")
        )
        return Case(
            When(total__lt=shell, then=Value("空壳")),
            When(total__lt=weak, then=Value("薄弱")),
            When(total__lt=strong, then=Value("达标")),
            default=Value("强村"),
        )


@tracked
class Leader(Local):
    """致富带头人 (domain.md S130-S133)."""

    Kind = labels("种植大户", "养殖大户", "合作社带头人", "电商", "经商", "加工", "运输", "乡村旅游", "其他")
    Growth = labels("培养成党员", "培养成村干部", "党员培养成带头人")

    name = models.CharField("姓名", max_length=64)
    sex = models.CharField("性别", max_length=1, choices=Sex, blank=True)
    born_on = PartialDateField("出生年月", blank=True)
    kind = models.CharField("类型", max_length=8, choices=Kind, blank=True)
    industry = models.CharField("从事产业", max_length=60, blank=True)
    households = count("带动户数")
    is_member = models.BooleanField("是否党员", null=True, blank=True)
    is_cadre = models.BooleanField("是否村干部", null=True, blank=True)
    growth = models.CharField("三培养去向", max_length=10, choices=Growth, blank=True)
    trainings = models.PositiveSmallIntegerField("培训次数", null=True, blank=True)
    phone = SealedField("电话", max_length=20, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "致富带头人"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "name", "born_on"],
                name="leader_once",
                violation_error_message="该村同名同出生年月的带头人已登记",
            )
        ]

    def __str__(self):
        return self.name


@tracked
class Cooperative(Local):
    """农民专业合作社 (domain.md S134)."""

    name = models.CharField("名称", max_length=60)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    founded_on = PartialDateField("成立时间", blank=True)
    chair = models.CharField("理事长", max_length=64, blank=True)
    party_led = models.BooleanField("是否党员领办", null=True, blank=True)
    members = count("社员数")
    poor_members = count("贫困社员")
    mode = models.CharField("经营模式", max_length=100, blank=True)
    income = money("年收入(万元)")
    effect = models.CharField("带动增收", max_length=200, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "合作社"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "name"],
                name="cooperative_once",
                violation_error_message="本县同名的合作社已登记",
            ),
            models.UniqueConstraint(
                fields=["uscc"],
                condition=~Q(uscc=""),
                name="cooperative_uscc_once",
                violation_error_message="该统一社会信用代码已登记",
            ),
            models.CheckConstraint(
                condition=Q(members=None) | Q(poor_members=None) | Q(poor_members__lte=F("members")),
                name="cooperative_poor_members_are_members",
                violation_error_message="贫困社员不能多于社员数",
            ),
        ]

    def __str__(self):
        return self.name


class ProjectQuerySet(ScopedQuerySet):
    def suspected(self, on):
        """Perhaps 翻烧饼 as of that day (domain.md §2.5): changed twice, ended or rebuilt soon, replaced soon, or one of an
        industry that the village gave up twice. An officer confirms or, by `reworked=False`, rules it out."""
        day = on.isoformat()
        ended = (Q(state=Project.State.ENDED) | ~Q(rebuilt_on="")) & (
            Q(started_on__gte=Parameter.ago("flip_ended_months", on))
            | Q(accepted_on__gte=Parameter.ago("flip_ended_months", on))
        )
        begun = (
            self.model.objects.filter(started_on__lte=day).exclude(pk=OuterRef("pk")).exclude(started_on="")
        )
        replaced = (
            ~Q(site="")
            & ~Q(accepted_on="")
            & Exists(
                begun.filter(place=OuterRef("place"), kind=OuterRef("kind"), site=OuterRef("site")).filter(
                    started_on__gt=OuterRef("accepted_on"), started_on__lte=soon_after_acceptance(on)
                )
            )
        )
        found = (
            Q(changes__gte=2)
            | ended
            | replaced
            | Q(pk__in=self.model.objects.given_up_twice(on).values("pk"))
        )
        return self.exclude(reworked=False).filter(found)

    def given_up_twice(self, on):
        """Of an industry after which, within three years, its village took up a second and then a third."""
        industry = self.filter(kind="产业", year__lte=on.year).exclude(subkind="")
        third = industry.filter(
            place=OuterRef("place"), year__gt=OuterRef("year"), year__lte=OuterRef(OuterRef("year")) + 3
        )
        second = industry.filter(place=OuterRef("place"), year__gt=OuterRef("year")).exclude(
            subkind=OuterRef("subkind")
        )
        return industry.filter(Exists(second.filter(Exists(third.exclude(subkind=OuterRef("subkind"))))))


def soon_after_acceptance(on):
    """Of the outer project: so many months after it was accepted, as partial dates are written."""
    accepted = Func(
        OuterRef("accepted_on"), Value("YYYY-MM-DD"), function="to_date", output_field=models.DateField()
    )
    months = Months(Parameter.at("flip_replaced_months", on))
    last = models.ExpressionWrapper(accepted + months, models.DateTimeField())
    return Func(last, Value("YYYY-MM-DD"), function="to_char", output_field=models.CharField())


@tracked
class Project(Local):
    """项目库: from the idea to the hand-over (domain.md §2.5, §3.10)."""

    class State(models.TextChoices):
        IDEA = "idea", "谋划"
        APPLIED = "applied", "村申报"
        REVIEWED = "reviewed", "乡镇审核"
        APPRAISED = "appraised", "部门论证"
        STORED = "stored", "储备"
        PLANNED = "planned", "年度计划"
        APPROVED = "approved", "已批复"
        BUILDING = "building", "在建"
        SUSPENDED = "suspended", "暂停"
        BUILT = "built", "完工"
        ACCEPTED = "accepted", "验收"
        HANDED_OVER = "handed_over", "移交"
        OPERATING = "operating", "运营管护"
        EVALUATED = "evaluated", "绩效评价"
        WITHDRAWN = "withdrawn", "退库"
        ENDED = "ended", "终止"

    class Rework(models.TextChoices):
        """Whether somebody judged that it was 翻烧饼."""

        OPEN = "open", "翻烧饼未判定"
        CONFIRMED = "confirmed", "已确认翻烧饼"
        CLEARED = "cleared", "已排除翻烧饼"

    SOURCES = ("central", "regional", "local", "merged", "own")

    Kind = labels(
        "产业",
        "基础设施",
        "生活条件改善",
        "教育",
        "就业",
        "健康",
        "金融",
        "公益岗位",
        "综合保障",
        "项目管理费",
        "集体经济",
        "阵地",
    )
    Nature = labels("新建", "续建", "改扩建")

    number = models.CharField("项目编号", max_length=40)
    year = models.PositiveSmallIntegerField("年度", null=True, blank=True)
    name = models.CharField("项目名称", max_length=100)
    kind = models.CharField("项目类型", max_length=6, choices=Kind, blank=True)
    subkind = models.CharField("二级类型", max_length=40, blank=True)
    nature = models.CharField("建设性质", max_length=4, choices=Nature, blank=True)
    site = models.CharField("实施地点", max_length=100, blank=True)
    task = models.CharField("建设任务", max_length=400, blank=True)
    start_due = PartialDateField("计划开工", blank=True)
    finish_due = PartialDateField("计划完工", blank=True)
    cost = money("资金规模(万元)")
    central = money("中央资金")
    regional = money("自治区资金")
    local = money("市县资金")
    merged = money("整合资金")
    own = money("自筹及其他")
    households = count("受益户数")
    persons = count("受益人口")
    poor_households = count("其中贫困户")
    goal = models.CharField("绩效目标", max_length=200, blank=True)
    participation = models.CharField("群众参与", max_length=200, blank=True)
    mechanism = models.CharField("带贫减贫机制", max_length=200, blank=True)
    unit = models.CharField("责任单位", max_length=60, blank=True)
    person = models.CharField("责任人", max_length=64, blank=True)
    appraised = models.CharField("前期论证", max_length=60, blank=True)
    plan_basis = models.CharField("发展规划依据", max_length=100, blank=True)
    admitted_by = models.CharField("入库审定文号", max_length=60, blank=True)
    state = models.CharField("库状态", max_length=12, choices=State, default=State.IDEA)
    approved_by = models.CharField("批复文号", max_length=60, blank=True)
    started_on = PartialDateField("实际开工", blank=True)
    progress = models.DecimalField("形象进度(%)", max_digits=5, decimal_places=1, null=True, blank=True)
    paid = money("拨付资金(万元)")
    accepted_on = PartialDateField("验收日期", blank=True)
    handed_over = models.CharField("资产移交", max_length=100, blank=True)
    running = models.CharField("运营情况", max_length=200, blank=True)
    changes = models.PositiveSmallIntegerField("变更次数", null=True, blank=True)
    rebuilt_on = PartialDateField("返工时间", blank=True, editable=False)
    reworked = models.BooleanField("翻烧饼", null=True, blank=True)
    rework = read_off(
        "翻烧饼判定",
        Rework,
        When(reworked=True, then=Value(Rework.CONFIRMED)),
        When(reworked=False, then=Value(Rework.CLEARED)),
        default=Rework.OPEN,
    )
    note = models.CharField("备注", max_length=400, blank=True)

    objects = ProjectQuerySet.scoped()

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "项目"
        indexes = [
            *Local.Meta.indexes,
            waiting("project_waiting", ["applied", "reviewed", "appraised", "planned", "built", "accepted"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["county", "number"],
                name="project_once",
                violation_error_message="本县这个项目编号已登记",
            ),
            models.CheckConstraint(
                condition=Q(progress=None) | Q(progress__range=(0, 100)),
                name="project_progress_is_a_percentage",
                violation_error_message="形象进度应在0到100之间",
            ),
            models.CheckConstraint(
                condition=Q(households=None)
                | Q(poor_households=None)
                | Q(poor_households__lte=F("households")),
                name="project_poor_households_are_beneficiaries",
                violation_error_message="其中贫困户不能多于受益户数",
            ),
        ]

    def __str__(self):
        return self.name


@tracked
class ProjectCheck(Local):
    """项目跟踪指导: somebody went to see how a project does (domain.md S83)."""

    project = models.ForeignKey(
        Project, models.CASCADE, related_name="checks", verbose_name="项目", db_index=False
    )
    on = PartialDateField("日期")
    person = models.CharField("跟踪人", max_length=64)
    unit = models.CharField("单位", max_length=60, blank=True)
    progress = models.DecimalField("形象进度(%)", max_digits=5, decimal_places=1, null=True, blank=True)
    problem = models.CharField("发现问题", max_length=400, blank=True)
    advice = models.CharField("指导意见", max_length=400, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "项目跟踪"
        constraints = [
            models.UniqueConstraint(
                fields=["project", "on", "person"],
                name="project_check_once",
                violation_error_message="同一人同日对该项目的跟踪已登记",
            ),
            models.CheckConstraint(
                condition=Q(progress=None) | Q(progress__range=(0, 100)),
                name="project_check_progress_is_a_percentage",
                violation_error_message="形象进度应在0到100之间",
            ),
        ]

    def __str__(self):
        return f"{self.on}跟踪"


@tracked
class Award(Local):
    """表彰奖励 of cadres and collectives that did well (domain.md S131)."""

    Level = labels("村", "乡镇", "县", "市", "自治区", "国家")

    subject = models.CharField("受表彰对象", max_length=64)
    title = models.CharField("表彰名称", max_length=100)
    level = models.CharField("表彰层级", max_length=4, choices=Level)
    on = PartialDateField("表彰日期")
    document = models.CharField("文号", max_length=60, blank=True)
    deed = models.CharField("事由", max_length=200, blank=True)
    amount = models.DecimalField("奖励金额(元)", max_digits=12, decimal_places=2, null=True, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "表彰奖励"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "subject", "title", "on"],
                name="award_once",
                violation_error_message="该对象这一项表彰已登记",
            )
        ]

    def __str__(self):
        return self.title


@tracked
class VillageFund(Local):
    """经费保障: the two funds of a village in one year, in 万元 (domain.md S36)."""

    year = models.PositiveSmallIntegerField("年度")
    operating_due = money("运转经费标准")
    operating_paid = money("运转经费到位")
    paid_on = PartialDateField("到位日期", blank=True)
    service_due = money("服务群众经费标准")
    service_paid = money("服务群众经费到位")
    service_spent = money("服务群众支出")
    pay_spent = money("村干部报酬支出")
    shortfall = reckoned(
        "差额",
        Greatest(Coalesce(F("operating_due"), ZERO) - Coalesce(F("operating_paid"), ZERO), ZERO)
        + Greatest(Coalesce(F("service_due"), ZERO) - Coalesce(F("service_paid"), ZERO), ZERO),
    )
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "经费保障"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "year"],
                name="village_fund_once",
                violation_error_message="该村这一年度的经费保障已登记",
            )
        ]

    def __str__(self):
        return f"{self.year}年经费"

    @staticmethod
    def enough():
        return Case(When(shortfall=0, then=True), default=False)


@tracked
class Grant(Local):
    """资金下达: an amount that a level of government sent to the county (domain.md Q16)."""

    Level = labels("中央", "自治区", "市", "县")
    Kind = labels("财政专项扶贫资金", "集体经济扶持资金", "整合资金", "其他")

    document = models.CharField("文号", max_length=60)
    on = PartialDateField("下达日期")
    level = models.CharField("资金层级", max_length=4, choices=Level)
    kind = models.CharField("资金类别", max_length=20, choices=Kind)
    amount = models.DecimalField("金额(万元)", max_digits=14, decimal_places=2)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "资金下达"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "document", "level", "kind"],
                name="grant_once",
                violation_error_message="该文号同一层级、类别的资金已登记",
            )
        ]

    def __str__(self):
        return self.document
