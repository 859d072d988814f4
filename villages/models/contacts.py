"""包联、结对、走访: who answers for which village and household, and who went to see them (domain.md §3.11, §3.13)."""

from django.contrib.postgres.aggregates import StringAgg
from django.db import models
from django.db.models import Case, Count, Exists, Max, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from povertyparty.ledger import PartialDateField, between
from povertyparty.models import tracked
from povertyparty.scope import ScopedQuerySet
from povertyparty.sealed import SealedField
from villages.models.cadres import Posting
from villages.models.households import Household, labels
from villages.models.places import Local, read_off

Helper = labels("机关干部", "乡镇干部", "村干部", "农牧民党员", "驻村队员", "致富带头人", "其他")


class ContactQuerySet(ScopedQuerySet):
    def in_force(self, on=None):
        """Without a day, now."""
        return self.filter(between("since", "until", on or timezone.localdate()))


@tracked
class Contact(Local):
    """村级“五个一”包联, one in force a village and those before it. What the other ledgers know of the village is counted from them, never typed (domain.md S43)."""

    prefecture_leader = models.CharField("包联厅级领导", max_length=64, blank=True)
    county_leader = models.CharField("包联县级领导", max_length=64, blank=True)
    township_leader = models.CharField("乡镇包村领导", max_length=64, blank=True)
    unit = models.CharField("后盾单位", max_length=60, blank=True)
    unit_person = models.CharField("单位联系人", max_length=64, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    since = PartialDateField("包联开始时间", blank=True)
    until = PartialDateField("包联结束时间", blank=True)

    objects = ContactQuerySet.scoped()

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "村级包联"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "until"],
                name="contact_once",
                violation_error_message="该村现行的包联已登记：请先填写它的结束时间，再登记新的",
            ),
            models.CheckConstraint(
                condition=Q(until="") | Q(since="") | Q(until__gte=models.F("since")),
                name="contact_ends_after_it_begins",
                violation_error_message="包联结束时间不能早于开始时间",
            ),
        ]

    def __str__(self):
        return f"{self.place}包联"

    # What other ledgers know of the village.

    @staticmethod
    def postings(on=None):
        return Posting.objects.in_post(on or timezone.localdate()).filter(place=OuterRef("place")).order_by()

    @classmethod
    def team(cls):
        units = StringAgg("unit", "、", distinct=True, order_by="unit")
        return Subquery(cls.postings().values("place").annotate(units=units).values("units"))

    @classmethod
    def first_secretary(cls):
        first = cls.postings().filter(duty__in=[Posting.Duty.FIRST_SECRETARY, Posting.Duty.FIRST_AND_LEADER])
        return Subquery(first.order_by("pk").values("name")[:1])

    @classmethod
    def team_size(cls):
        return number(cls.postings())

    @staticmethod
    def helpers():
        return number(Pairing.objects.in_force().filter(place=OuterRef("place")), "helper")

    @staticmethod
    def households():
        return number(Household.objects.registered().filter(place=OuterRef("place")))

    @staticmethod
    def all_helped(on=None):
        alone = Household.objects.registered(on).filter(~Pairing.helps(on), place=OuterRef("place"))
        return ~Exists(alone)

    @classmethod
    def all_five(cls, on=None):
        """A leader above the township, one of it, a unit, somebody stationed, and a helper for each household."""
        named = ~Q(prefecture_leader="", county_leader="") & ~Q(township_leader="") & ~Q(unit="")
        return named & Exists(cls.postings(on)) & cls.all_helped(on)

    @classmethod
    def complete(cls):
        """Nothing is said of one that has ended."""
        return Case(When(~Q(until=""), then=None), When(cls.all_five(), then=True), default=False)


def number(rows, of="pk"):
    """How many there are; 0 where there is none."""
    counted = rows.order_by().values("place").annotate(n=Count(of, distinct=True)).values("n")
    return Coalesce(Subquery(counted), 0)


class PairingQuerySet(ScopedQuerySet):
    def in_force(self, on=None):
        """Begun by that day and not ended by it. Without a day, now."""
        day = (on or timezone.localdate()).isoformat()
        return self.filter(Q(until="") | Q(until__gt=day), since__lte=day)


@tracked
class Pairing(Local):
    """户级结对: a household's helper, from when to when (domain.md S48)."""

    class State(models.TextChoices):
        HELPING = "helping", "在帮"
        ENDED = "ended", "已解除"

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="pairings", verbose_name="户", db_index=False
    )
    helper = models.CharField("帮扶责任人", max_length=64)
    unit = models.CharField("单位及职务", max_length=100, blank=True)
    kind = models.CharField("责任人类别", max_length=6, choices=Helper, blank=True)
    phone = SealedField("联系电话", max_length=20, blank=True)
    since = PartialDateField("结对时间", blank=True)
    until = PartialDateField("解除时间", blank=True)
    measures = models.CharField("帮扶措施", max_length=200, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    state = read_off("结对状态", State, When(until="", then=Value(State.HELPING)), default=State.ENDED)

    objects = PairingQuerySet.scoped()

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "户级结对"
        constraints = [
            models.UniqueConstraint(
                fields=["household", "helper", "since"],
                name="pairing_once",
                violation_error_message="该户与这位责任人同一时间的结对已登记",
            ),
            models.CheckConstraint(
                condition=Q(until="") | Q(since="") | Q(until__gte=models.F("since")),
                name="pairing_ends_after_it_begins",
                violation_error_message="解除时间不能早于结对时间",
            ),
        ]

    def __str__(self):
        return self.helper

    @classmethod
    def helps(cls, on=None):
        """Of a household: somebody answers for it."""
        return Exists(cls.objects.in_force(on).filter(household=OuterRef("pk")))

    @staticmethod
    def visits():
        return Visit.objects.filter(household=OuterRef("household"), visitor=OuterRef("helper")).order_by()

    @classmethod
    def visits_this_year(cls):
        held = cls.visits().filter(on__startswith=str(timezone.localdate().year))
        return Coalesce(Subquery(held.values("household").annotate(n=Count("pk")).values("n")), 0)

    @classmethod
    def last_visit(cls):
        return Subquery(cls.visits().values("household").annotate(last=Max("on")).values("last"))


@tracked
class Visit(Local):
    """走访记录: a visit to a household, or a talk in a village. Needs and facts only (domain.md §3.13)."""

    TALKS = ("座谈交流", "听取汇报", "个别谈话")
    Way = labels("入户", "电话", "座谈交流", "听取汇报", "个别谈话", "查阅资料", "问卷")
    Feedback = labels("满意", "基本满意", "不满意")

    on = PartialDateField("走访日期")
    visitor = models.CharField("走访人", max_length=64)
    unit = models.CharField("单位/职务", max_length=100, blank=True)
    kind = models.CharField("走访人类别", max_length=6, choices=Helper, blank=True)
    household = models.ForeignKey(
        Household, models.CASCADE, null=True, blank=True, related_name="visits", verbose_name="户"
    )
    way = models.CharField("走访方式", max_length=4, choices=Way)
    about = models.CharField("走访内容", max_length=400, blank=True)
    problem = models.CharField("发现问题", max_length=400, blank=True)
    solved_at_once = models.BooleanField("当场解决", null=True, blank=True)
    to_arrange = models.CharField("需协调事项", max_length=400, blank=True)
    arranged_by = models.CharField("办理单位", max_length=60, blank=True)
    done_on = PartialDateField("办结日期", blank=True)
    feedback = models.CharField("群众反馈", max_length=4, choices=Feedback, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "走访记录"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "on", "visitor", "way", "household"],
                nulls_distinct=False,
                name="visit_once",
                violation_error_message="同一人同日以同一方式走访同一户（村）的记录已登记",
            ),
            models.CheckConstraint(
                condition=Q(done_on="") | Q(done_on__gte=models.F("on")),
                name="visit_done_after_it_was_made",
                violation_error_message="办结日期不能早于走访日期",
            ),
        ]
        indexes = [models.Index(fields=["household", "on"], name="visit_household_on")]

    def __str__(self):
        return f"{self.on} {self.visitor}"


@tracked
class Mentoring(Local):
    """结对帮带: a stationed cadre and a village cadre work side by side (domain.md S33-S34)."""

    Kind = labels("强弱搭配", "新老搭配")
    Result = labels("能独立", "基本能", "尚需帮带")

    mentor = models.CharField("驻村干部", max_length=64)
    cadre = models.CharField("村干部", max_length=64)
    kind = models.CharField("搭配类型", max_length=4, choices=Kind, blank=True)
    goal = models.CharField("帮带目标", max_length=200, blank=True)
    since = PartialDateField("开始时间", blank=True)
    until = PartialDateField("结束时间", blank=True)
    result = models.CharField("帮带结果", max_length=4, choices=Result, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "结对帮带"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "mentor", "cadre"],
                name="mentoring_once",
                violation_error_message="这一对结对帮带已登记",
            )
        ]

    def __str__(self):
        return f"{self.mentor}—{self.cadre}"


@tracked
class DutyRecord(Local):
    """五项职责记录: what a team did, on which day; no score of anybody (domain.md S50-S51)."""

    Duty = labels("建强基层组织", "推动精准扶贫", "维护和谐稳定", "为民办事服务", "提升治理水平")

    unit = models.CharField("派出单位", max_length=60, blank=True)
    duty = models.CharField("职责", max_length=8, choices=Duty)
    on = PartialDateField("日期")
    work = models.CharField("工作内容", max_length=400)
    benefited = models.PositiveIntegerField("受益人次", null=True, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "五项职责记录"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "on", "duty", "work"],
                name="duty_record_once",
                violation_error_message="该村同日同一内容的职责记录已登记",
            )
        ]

    def __str__(self):
        return f"{self.on} {self.get_duty_display()}"


@tracked
class Help(Local):
    """帮扶措施: what a household is helped with (domain.md S52, I70)."""

    Kind = labels(
        "产业扶持",
        "务工就业",
        "公益岗位",
        "技能培训",
        "教育资助",
        "健康帮扶",
        "住房安全",
        "饮水安全",
        "小额信贷",
        "兜底保障",
        "发钱发物",
        "其他",
    )

    household = models.ForeignKey(
        Household, models.CASCADE, related_name="helps", verbose_name="户", db_index=False
    )
    kind = models.CharField("措施类别", max_length=6, choices=Kind)
    since = PartialDateField("开始时间")
    until = PartialDateField("结束时间", blank=True)
    what = models.CharField("措施内容", max_length=200, blank=True)
    amount = models.DecimalField("金额(元)", max_digits=12, decimal_places=2, null=True, blank=True)
    person = models.CharField("落实人", max_length=64, blank=True)
    result = models.CharField("成效", max_length=200, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "帮扶措施"
        constraints = [
            models.UniqueConstraint(
                fields=["household", "kind", "since"],
                name="help_once",
                violation_error_message="该户同一时间的同类措施已登记",
            )
        ]

    def __str__(self):
        return self.get_kind_display()
