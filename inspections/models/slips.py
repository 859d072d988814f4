"""督办单据: a paper by which the county asks a unit to get on with items; issued by a person, never about persons (domain.md §2.4).

Numbers of a county, level and year run without a gap: one is given when the paper is issued, under a lock that lasts as
long as the transaction, so that a rolled-back issue gives it back. A voided paper keeps its number.
"""

import re

from django.contrib.postgres.aggregates import StringAgg
from django.db import connection, models
from django.db.models import Case, F, OuterRef, Q, Subquery, Value, When
from django.db.models.functions import Concat, Left
from django.utils import timezone

from inspections.models.items import Item
from povertyparty.models import tracked
from povertyparty.scope import ScopedManager, ScopedQuerySet, current
from villages.models import Attached, Local, Parameter, common, labels, unpublished, workdays_after

MET, UNMET = "整改到位", "整改不到位"
MOST = 50  # items of one paper
COUNTY_DIGITS, TOWNSHIP_DIGITS = 6, 9


class DraftRefused(Exception):
    """Why no paper was drafted; the message is for people."""


class Level(models.TextChoices):
    """The rungs of the ladder, in their order."""

    REMINDER = "1", "系统提醒"
    BLUE = "2", "蓝色提醒单"
    YELLOW = "3", "黄色督办单"
    RED = "4", "红色督办单"
    TALK = "5", "约谈"


# What stands before the number, what the paper does, and what it begins with.
MARKS = dict(zip(Level, "提蓝黄红谈", strict=True))
DOES = dict(zip(Level, ("提醒", "提醒", "督办", "督办", "约谈"), strict=True))
WHY = {
    Level.REMINDER: "需要跟进",
    Level.BLUE: "临近时限",
    Level.YELLOW: "进度滞后",
    Level.RED: "超期或严重滞后",
    Level.TALK: "经督办仍未整改到位",
}
COLOURS = {
    Level.REMINDER: "grey",
    Level.BLUE: "blue",
    Level.YELLOW: "yellow",
    Level.RED: "red",
    Level.TALK: "red",
}


class State(models.TextChoices):
    DRAFT = "draft", "拟办"
    ISSUED = "issued", "已签发"
    DELIVERED = "delivered", "已送达"
    REPLIED = "replied", "已反馈"
    ASSESSED = "assessed", "已评估"
    ARCHIVED = "archived", "已办结"
    ESCALATED = "escalated", "已升级"
    VOIDED = "voided", "已作废"


UNDER_WAY = (State.ISSUED, State.DELIVERED, State.REPLIED, State.ASSESSED)
OPEN = (State.DRAFT, *UNDER_WAY)
ENDED = (State.ARCHIVED, State.ESCALATED)


class SlipQuerySet(ScopedQuerySet):
    def of_unit(self, user):
        """A county department answers for itself, where its appointment names the unit."""
        unit = user.appointment and user.appointment.own_unit
        return self.filter(unit__contains=unit) if unit else self

    def late(self, on):
        """Past the day by which the unit had to reply."""
        return self.filter(state__in=[State.ISSUED, State.DELIVERED], reply_due__lt=on)


class SlipManager(ScopedManager.from_queryset(SlipQuerySet)):
    def get_queryset(self):
        """A draft is the county's own business until it is issued."""
        rows = super().get_queryset()
        return rows.exclude(state=State.DRAFT) if len(current().lo) > COUNTY_DIGITS else rows


@tracked
class Slip(Local):
    """One paper to one unit. Whoever works on one of its items sees it too."""

    scope_through = "bases"
    Level, State, OPEN, UNDER_WAY, MET, UNMET, MOST = Level, State, OPEN, UNDER_WAY, MET, UNMET, MOST
    Result = labels(MET, UNMET)

    number = models.CharField("单号", max_length=40)
    level = models.CharField("单据级别", max_length=1, choices=Level)
    unit = models.CharField("发往单位", max_length=100)
    subject = models.CharField("事由", max_length=200)
    requirements = models.TextField("督办要求", max_length=2000, blank=True)
    basis = models.CharField("依据事项编号", max_length=400, blank=True)
    state = models.CharField("督办状态", max_length=10, choices=State, default=State.DRAFT)
    issuer = models.CharField("签发人", max_length=64, blank=True)
    issued_on = models.DateField("签发日期", null=True, blank=True)
    signatory = models.CharField("签收人", max_length=64, blank=True)
    delivered_on = models.DateField("送达日期", null=True, blank=True)
    reply_due = models.DateField("反馈时限", null=True, blank=True)
    reply = models.TextField("反馈情况", max_length=2000, blank=True)
    replied_on = models.DateField("反馈日期", null=True, blank=True)
    result = models.CharField("评估结论", max_length=5, choices=Result, blank=True)
    assessed_on = models.DateField("评估日期", null=True, blank=True)
    outcome = models.CharField("处理结果", max_length=400, blank=True)
    note = models.CharField("备注", max_length=400, blank=True)
    escalated_from = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="escalations",
        verbose_name="升级自",
    )
    items = models.ManyToManyField(Item, through="SlipItem", related_name="slips", verbose_name="依据事项")
    issued = models.GeneratedField(
        expression=Case(When(state=State.DRAFT, then=False), default=True),
        output_field=models.BooleanField(),
        verbose_name="已经签发",
        db_persist=True,
    )

    objects = SlipManager()

    class Meta(Local.Meta):
        verbose_name = verbose_name_plural = "督办单据"
        constraints = [
            models.UniqueConstraint(
                fields=["county", "number"],
                name="slip_number_once",
                violation_error_message="该单号在本县已登记",
            ),
            models.CheckConstraint(
                condition=~Q(number__startswith="拟") | Q(state__in=[State.DRAFT, State.VOIDED]),
                name="slip_issued_with_a_number",
                violation_error_message="签发以后的督办单应有正式单号，如〔2020〕黄3号",
            ),
            models.CheckConstraint(
                condition=~Q(number__startswith="〔") | ~Q(state=State.DRAFT),
                name="slip_numbered_when_issued",
                violation_error_message="正式单号在签发时由系统编排，拟稿不能自己填写",
            ),
            models.CheckConstraint(
                condition=Q(state__in=[State.DRAFT, State.VOIDED]) | Q(issued_on__isnull=False),
                name="slip_issued_on_a_day",
                violation_error_message="签发以后的督办单应有签发日期",
            ),
            models.CheckConstraint(
                condition=Q(reply_due=None) | Q(issued_on=None) | Q(reply_due__gte=F("issued_on")),
                name="slip_replied_to_after_issuing",
                violation_error_message="反馈时限不能早于签发日期",
            ),
        ]

    def __str__(self):
        return self.number

    @property
    def called(self):
        return self.get_level_display()

    @property
    def colour(self):
        return COLOURS[self.level]

    @property
    def next_level(self):
        """The rung above, or None."""
        return next((one for one in Level if one > self.level), None)

    def is_late(self, on):
        return self.state in (State.ISSUED, State.DELIVERED) and bool(self.reply_due) and self.reply_due < on

    def awaited_by(self, on):
        """The day by which a reply to a paper issued that day is due."""
        return workdays_after(on, Parameter.values(self.county, on)["reply_days"], self.county)

    @property
    def due_note(self):
        return unpublished(self.reply_due) if self.reply_due else ""

    # How one comes about

    @classmethod
    def draft(cls, level, items, *, above=None):
        """A paper of that level about these items of one unit, to be worded and issued by a person."""
        first, on, level = items[0], timezone.localdate(), Level(level)
        number = cls.numbered(
            first.county, "拟", on.year
        )  # of two who draft at once, the second sees the first
        if why := cls.not_drafted(level, items):
            raise DraftRefused(why)
        days = Parameter.values(first.county, on)["reply_days"]
        made = cls.objects.create(
            place_id=common([one.place_id for one in items]),
            number=number,
            level=level,
            unit=above.unit if above else first.unit,
            subject=f"关于{len(items)}项整改事项{WHY[level]}的{DOES[level]}",
            requirements=f"请逐项说明进展、困难和完成时间，自签发之日起{days}个工作日内书面反馈。",
            escalated_from=above,
        )
        SlipItem.objects.bulk_create(
            SlipItem(slip=made, item=one, place_id=one.place_id, round=one.round) for one in items
        )
        made.refresh_from_db()
        return made

    @classmethod
    def not_drafted(cls, level, items):
        """What stands against a paper of that level about these items, or ""."""
        if len(items) > MOST:
            return f"一份最多{MOST}项，现有{len(items)}项，请分几份拟办"
        if "" in (units := {one.unit for one in items}) or len(units) > 1:
            return "一份单据只发往一个责任单位：请选同一责任单位的事项，没有填责任单位的先补填"
        if len({one.place_id[:TOWNSHIP_DIGITS] for one in items}) > 1:
            return "一份单据的事项应在同一乡镇：请按乡镇分开拟办"
        if ended := [one.code for one in items if one.state in one.FINISHED]:
            return f"{'、'.join(ended)}已经办结，不用再督办"
        under_way = SlipItem.objects.filter(item__in=items, slip__state__in=OPEN, slip__level__gte=level)
        if held := under_way.values_list("item__code", "slip__number").order_by("pk").first():
            return f"{held[0]}已有同级或更高一级的单据（{held[1]}）在办，不用再拟"
        return ""

    def number_now(self, year):
        return self.numbered(self.county, MARKS[self.level], year)

    @classmethod
    def numbered(cls, county, mark, year):
        """The number after the last one; nobody else gets one of these until this transaction is over."""
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtext(%s))", [f"slips {county} {mark} {year}"])
        opening = f"拟〔{year}〕" if mark == "拟" else f"〔{year}〕{mark}"
        given = cls.objects.filter(county=county, number__startswith=opening).values_list("number", flat=True)
        serials = (re.fullmatch(rf"{opening}(\d+)号", number) for number in given)
        return f"{opening}{max((int(one[1]) for one in serials if one), default=0) + 1}号"

    # What ledgers are told

    @staticmethod
    def basis_codes():
        """Of a slip: the numbers of its items."""
        return gathered(SlipItem.objects.filter(slip=OuterRef("pk")), "slip", "item__code", "item__code")

    @staticmethod
    def supervision():
        """Of an item: which papers were issued about it, and how far each has come."""
        issued = SlipItem.objects.filter(item=OuterRef("pk")).exclude(
            slip__state__in=[State.DRAFT, State.VOIDED]
        )
        states = Case(*(When(slip__state=one, then=Value(one.label)) for one in State))
        told = Concat("slip__number", Value("（"), states, Value("）"), output_field=models.TextField())
        return gathered(issued, "item", told, "slip__issued_on", "slip")


def gathered(rows, by, told, *order):
    joined = rows.order_by().values(by).annotate(told=StringAgg(told, "；", order_by=order))
    return Left(Subquery(joined.values("told")), 400)


class SlipItem(Attached):
    """依据事项: what a paper is about, in which round of putting right; never taken back."""

    append_only = True

    slip = models.ForeignKey(
        Slip, models.PROTECT, related_name="bases", verbose_name="督办单据", db_index=False
    )
    item = models.ForeignKey(Item, models.PROTECT, related_name="bases", verbose_name="整改事项")
    round = models.PositiveSmallIntegerField("轮次", default=1)

    class Meta(Attached.Meta):
        verbose_name = verbose_name_plural = "督办依据事项"
        constraints = [models.UniqueConstraint(fields=["slip", "item"], name="slip_item_once")]

    def __str__(self):
        return f"{self.slip_id} {self.item_id}"


__all__ = ["ENDED", "DraftRefused", "Level", "Slip", "SlipItem"]
