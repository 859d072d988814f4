"""村情 by year: checks of the twelve facilities, what a village lacks, and what it plans (domain.md §1.2, §2.2)."""

from django.db import models
from django.db.models import Case, Count, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce

from povertyparty.ledger import PartialDateField
from povertyparty.models import tracked
from villages.models.cadres import Posting
from villages.models.contacts import Contact
from villages.models.households import labels
from villages.models.places import Local, money
from villages.models.villages import TWELVE, Village

Outcome = labels("达标", "不达标", "豁免")


def outcome(item):
    return models.CharField(TWELVE[item], max_length=3, choices=Outcome, blank=True)


@tracked
class ExitCheck(Local):
    """五通七有核查 of one village on one day."""

    checked_on = PartialDateField("核查日期")
    checker = models.CharField("核查人", max_length=64, blank=True)
    has_water = outcome("has_water")
    has_power = outcome("has_power")
    has_road = outcome("has_road")
    has_broadcast = outcome("has_broadcast")
    has_broadband = outcome("has_broadband")
    has_committees = outcome("has_committees")
    has_industry = outcome("has_industry")
    has_collective_income = outcome("has_collective_income")
    has_venue = outcome("has_venue")
    has_kindergarten = outcome("has_kindergarten")
    has_service_centre = outcome("has_service_centre")
    has_clinic = outcome("has_clinic")
    why_not = models.CharField("不达标说明", max_length=400, blank=True)
    due_on = PartialDateField("整改时限", blank=True)
    unit = models.CharField("责任部门", max_length=60, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "五通七有核查"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "checked_on"],
                name="exit_check_once",
                violation_error_message="该村同日的核查已登记",
            )
        ]

    def __str__(self):
        return f"{self.checked_on}核查"

    @staticmethod
    def failed():
        """How many of the twelve are not met."""
        first, *rest = (Case(When(**{name: "不达标"}, then=1), default=0) for name in TWELVE)
        return sum(rest, first)


@tracked
class Assessment(Local):
    """村级致贫类型评估 of one year; the labels speak of the organization, never of the villagers (domain.md S17-S22)."""

    year = models.PositiveSmallIntegerField("年度")
    cause = models.CharField("主要类型", max_length=2, choices=Village.Cause)
    second_cause = models.CharField("次要类型", max_length=2, choices=Village.Cause, blank=True)
    evidence = models.CharField("评估依据", max_length=400, blank=True)
    resources = models.CharField("资源优势", max_length=200, blank=True)
    assessor = models.CharField("评估人", max_length=64, blank=True)
    met_on = PartialDateField("评议日期", blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "致贫类型评估"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "year"],
                name="assessment_once",
                violation_error_message="该村这一年度的评估已登记",
            ),
            models.CheckConstraint(
                condition=Q(second_cause="") | ~Q(second_cause=models.F("cause")),
                name="assessment_causes_differ",
                violation_error_message="次要类型不能与主要类型相同",
            ),
        ]

    def __str__(self):
        return f"{self.year}年评估"


@tracked
class VillagePlan(Local):
    """村发展规划 (domain.md S78)."""

    State = labels("编制中", "已表决", "实施中", "已完成")

    title = models.CharField("规划名称", max_length=100)
    from_year = models.PositiveSmallIntegerField("起始年度", null=True, blank=True)
    to_year = models.PositiveSmallIntegerField("截止年度", null=True, blank=True)
    industry = models.CharField("主导产业", max_length=60, blank=True)
    goal = models.CharField("发展目标", max_length=400, blank=True)
    income_goal = money("集体收入目标(万元)")
    voted_on = PartialDateField("村民代表会议日期", blank=True)
    approved_by = models.CharField("批准文号", max_length=60, blank=True)
    county_owner = models.CharField("县级责任人", max_length=64, blank=True)
    township_owner = models.CharField("乡镇责任人", max_length=64, blank=True)
    village_owner = models.CharField("村责任人", max_length=64, blank=True)
    unit_owner = models.CharField("后盾单位责任人", max_length=64, blank=True)
    state = models.CharField("状态", max_length=4, choices=State, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "村发展规划"
        constraints = [
            models.UniqueConstraint(
                fields=["place", "title"],
                name="village_plan_once",
                violation_error_message="该村同名的规划已登记",
            ),
            models.CheckConstraint(
                condition=Q(from_year=None) | Q(to_year=None) | Q(to_year__gte=models.F("from_year")),
                name="village_plan_ends_after_it_begins",
                violation_error_message="截止年度不能早于起始年度",
            ),
        ]

    def __str__(self):
        return self.title

    def covers(self, year):
        return year is None or (self.from_year or year) <= year <= (self.to_year or year)


@tracked
class Unit(Local):
    """单位: a party or government office that helps a village (domain.md S45, S47)."""

    name = models.CharField("单位名称", max_length=60)
    uscc = models.CharField("统一社会信用代码", max_length=18, blank=True)
    level = models.CharField("单位层级", max_length=4, choices=Posting.UnitLevel, blank=True)
    leader = models.CharField("主要负责人", max_length=64, blank=True)
    person = models.CharField("联系人", max_length=64, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "帮扶单位"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "name"],
                name="unit_once",
                violation_error_message="本县同名的单位已登记",
            )
        ]

    def __str__(self):
        return self.name

    @staticmethod
    def villages():
        """How many villages of the county it stands behind."""
        behind = (
            Contact.objects.in_force().filter(county=OuterRef("county"), unit=OuterRef("name")).order_by()
        )
        return Coalesce(Subquery(behind.values("unit").annotate(n=Count("pk")).values("n")), 0)
