"""贫困村基本情况: what the village's form states against what the other ledgers hold."""

from django.db.models import DecimalField, F, OuterRef, Q, Subquery, Value
from django.db.models.functions import Abs, Cast, Left, NullIf
from django.db.models.lookups import Exact, GreaterThan

from povertyparty.quality import Severity, register
from villages.figures.conditions import a_village, poor, registered, unlifted
from villages.models import (
    TWELVE,
    CollectiveIncome,
    Contact,
    ExitCheck,
    Household,
    Person,
    Place,
    Posting,
    say,
)
from villages.quality.measuring import (
    AMOUNT_TOLERANCE,
    FIRST_SECRETARIES,
    RATE_TOLERANCE,
    both,
    first_secretaries,
    many,
    only,
    serving,
    there,
)

AMOUNT = DecimalField(max_digits=16, decimal_places=4)


def households(on):
    return Household.objects.filter(registered(on))


def persons(on):
    return Person.objects.filter(registered(on, "household__"))


def unlifted_persons(on):
    return persons(on).filter(unlifted(on, "household__"))


def differs(stated, counted):
    """The form states a number, and another is counted."""
    return Q(**{f"{stated}__isnull": False}) & ~only(Exact(counted, F(stated)))


def counted_rate(on):
    """贫困发生率 in percent: unlifted persons of all."""
    left = Cast(many(unlifted_persons(on), household__place="place"), AMOUNT)
    return left * 100 / NullIf(F("all_persons"), Value(0))


def failing_checks():
    """The newest check of a village, where one of the twelve is not met."""
    failing = Q(*[Q(**{name: "不达标"}) for name in TWELVE], _connector=Q.OR)
    newer = ExitCheck.objects.filter(checked_on__gt=OuterRef("checked_on"))
    return ExitCheck.objects.filter(failing & ~there(newer, place="place"))


def namesakes(on):
    """Codes of villages whose township has another of their name."""
    others = Place.objects.filter(a_village(on)).exclude(pk=OuterRef("pk")).annotate(township=Left("code", 9))
    return (
        Place.objects.filter(a_village(on))
        .annotate(township=Left("code", 9))
        .filter(there(others, township="township", name="name"))
        .values("code")
    )


def last_income():
    years = CollectiveIncome.objects.filter(place=OuterRef("place")).order_by("-year")
    return Subquery(years.values("total")[:1], output_field=AMOUNT)


register(
    code="village_households_differ",
    label="填报的建档立卡户数与户表不一致",
    ledger="villages",
    severity=Severity.ERROR,
    why="村表填报的建档立卡户数，不等于户表中该村在册的户数。",
    remedy="核对户表是否漏登、漏移出；户表无误的，改正村表。",
    where=lambda on: differs("stated_households", many(households(on), place="place")),
)
register(
    code="village_persons_differ",
    label="填报的建档立卡人口与人口花名册不一致",
    ledger="villages",
    severity=Severity.ERROR,
    why="村表填报的建档立卡人口，不等于人口花名册中该村在册户的成员数。",
    remedy="核对人口花名册是否漏登；花名册无误的，改正村表。",
    where=lambda on: differs("stated_persons", many(persons(on), household__place="place")),
)
register(
    code="village_unlifted_households_differ",
    label="填报的未脱贫户数与户表不一致",
    ledger="villages",
    severity=Severity.ERROR,
    why="村表填报的未脱贫户数，不等于户表中该村脱贫属性为未脱贫或返贫的户数。",
    remedy="核对各户的脱贫属性；户表无误的，改正村表。",
    where=lambda on: differs(
        "stated_unlifted_households", many(households(on).filter(unlifted(on)), place="place")
    ),
)
register(
    code="village_unlifted_persons_differ",
    label="填报的未脱贫人口与人口花名册不一致",
    ledger="villages",
    severity=Severity.ERROR,
    why="村表填报的未脱贫人口，不等于该村未脱贫户的成员数。",
    remedy="核对各户的脱贫属性和成员；无误的，改正村表。",
    where=lambda on: differs("stated_unlifted_persons", many(unlifted_persons(on), household__place="place")),
)
register(
    code="village_rate_differs",
    label="填报的贫困发生率与台账算得的不一致",
    ledger="villages",
    severity=Severity.DOUBT,
    why=f"未脱贫户成员数除以村表的总人口，与填报的贫困发生率相差超过{RATE_TOLERANCE}个百分点。",
    remedy="核对总人口和未脱贫人口；按农业户籍人口（2014年底）计算的，在备注中写明基数。",
    where=lambda on: (
        Q(stated_rate__isnull=False)
        & only(GreaterThan(Abs(counted_rate(on) - F("stated_rate")), Value(RATE_TOLERANCE, AMOUNT)))
    ),
)
register(
    code="village_poor_above_population",
    label="建档立卡户数、人口多于全村",
    ledger="villages",
    severity=Severity.ERROR,
    why="村表中建档立卡户数大于总户数，或建档立卡人口大于总人口。",
    remedy="核对这四个数，改正填错的。",
    where=lambda on: Q(stated_households__gt=F("all_households")) | Q(stated_persons__gt=F("all_persons")),
)
register(
    code="village_poor_without_listed_year",
    label=say("{poor_village}没有列入年度"),
    ledger="villages",
    severity=Severity.REMINDER,
    why="贫困村级别为国家级或自治区级，列入年度是空的。",
    remedy=say("按列入{poor_village}的文件补填年度。"),
    where=lambda on: poor(on) & Q(listed_year=None),
)
register(
    code="village_exit_in_future",
    label="退出年度在今年之后",
    ledger="villages",
    severity=Severity.ERROR,
    why="退出年度晚于统计日所在的年份。",
    remedy="核对退出公告，改正年份；计划退出年度不要填在这里。",
    where=lambda on: Q(exit_year__gt=on.year),
)
register(
    code="village_exited_with_failing_check",
    label="已退出的村最近一次核查有不达标项",
    ledger="villages",
    severity=Severity.DOUBT,
    why="村表有退出年度，该村最近一次“五通七有”核查却有不达标的项目。",
    remedy="已补齐的，登记新的核查；还没有补齐的，列入整改。",
    where=lambda on: Q(exit_year__lte=on.year) & there(failing_checks(), place="place"),
)
register(
    code="village_income_differs",
    label="填报的集体经济收入与收入台账不一致",
    ledger="villages",
    severity=Severity.DOUBT,
    why="村表填报的村集体经济收入，不等于集体经济收入台账中该村最近一年的总收入。",
    remedy="核对年度和各项收入；台账无误的，改正村表。",
    where=lambda on: (
        Q(collective_income__isnull=False)
        & only(GreaterThan(Abs(last_income() - F("collective_income")), Value(AMOUNT_TOLERANCE, AMOUNT)))
    ),
)
register(
    code="village_unit_differs",
    label="填报的帮扶单位与包联表不一致",
    ledger="villages",
    severity=Severity.DOUBT,
    why="村表填报的帮扶单位，与村级包联表的后盾单位不同。",
    remedy="核对派驻文件，改正错的一处；单位已改名的，两处同时更新。",
    where=lambda on: (
        both("helping_unit")
        & there(Contact.objects.in_force(on).exclude(unit=""), place="place")
        & ~there(Contact.objects.in_force(on), place="place", unit="helping_unit")
    ),
)
register(
    code="village_first_secretary_differs",
    label="填报的第一书记与驻村花名册不一致",
    ledger="villages",
    severity=Severity.DOUBT,
    why="村表填报的第一书记，不是驻村花名册中该村在岗的第一书记。",
    remedy="核对派驻文件；已轮换的，更新村表，并在花名册登记离村和接续。",
    where=lambda on: (
        both("first_secretary")
        & there(Posting.objects.come().filter(duty__in=FIRST_SECRETARIES), place="place")
        & ~there(first_secretaries(on), place="place", name="first_secretary")
    ),
)
register(
    code="village_party_secretary_differs",
    label="填报的党组织书记与村干部花名册不一致",
    ledger="villages",
    severity=Severity.DOUBT,
    why="村表填报的党组织书记，不是村干部花名册中该村在任的党组织书记。",
    remedy="核对任职文件，改正错的一处。",
    where=lambda on: (
        both("party_secretary")
        & there(serving(on).filter(post="secretary"), place="place")
        & ~there(serving(on).filter(post="secretary"), place="place", name="party_secretary")
    ),
)
register(
    code="place_namesakes",
    label="同一乡镇有同名的村",
    ledger="places",
    severity=Severity.DOUBT,
    why="同一乡镇有两个在用的村名称相同，台账里写村名时分不清是哪一个。",
    remedy="重复登记的，停用一个代码；确为同名的，填表时写统计区划代码。",
    where=lambda on: Q(code__in=namesakes(on)),
)
