"""建档立卡户和人口: a household against its people, its dates and its income."""

from django.db.models import DecimalField, F, OuterRef, Q, Value
from django.db.models.functions import Abs, Coalesce
from django.db.models.lookups import Exact, GreaterThan, LessThan

from povertyparty.quality import Severity, register
from villages.figures.conditions import registered, unlifted
from villages.models import Household, Pairing, Person
from villages.quality.measuring import INCOME_TOLERANCE, both, many, only, some, there, year_of

LIFTED = [Household.Status.LIFTED, Household.Status.SETTLED]
AMOUNT = DecimalField(max_digits=16, decimal_places=2)


def people():
    return Person.objects.all()


def heads():
    return Person.objects.filter(relation="户主")


def income():
    """Of the household in a year, costs taken off."""
    parts = (Coalesce(F(n), Value(0, AMOUNT)) for n in ("wages", "business", "property_income", "transfers"))
    first, *rest = parts
    return sum(rest, first) - Coalesce(F("business_costs"), Value(0, AMOUNT))


def income_given():
    return ~Q(wages=None, business=None, property_income=None, transfers=None)


register(
    code="household_size_differs",
    label="家庭人口数与登记的成员数不一致",
    ledger="households",
    severity=Severity.ERROR,
    why="户表填写的家庭人口数，不等于人口花名册中该户的成员数（没有成员的户见“查漏”）。",
    remedy="核对户口簿，改正家庭人口数，或在人口花名册中补登、移出成员。",
    where=lambda on: (
        registered(on) & Q(size__isnull=False) & ~only(Exact(some(people(), household="pk"), F("size")))
    ),
)
register(
    code="household_with_two_heads",
    label="一户登记了两个以上户主",
    ledger="households",
    severity=Severity.ERROR,
    why="人口花名册中，该户“与户主关系”为户主的成员多于一人。",
    remedy="核对户口簿，只保留一名户主，其余成员改填实际关系。",
    where=lambda on: registered(on) & only(GreaterThan(many(heads(), household="pk"), 1)),
)
register(
    code="household_without_head",
    label="有成员而没有户主",
    ledger="households",
    severity=Severity.ERROR,
    why="人口花名册中登记了该户成员，但没有一人“与户主关系”为户主。",
    remedy="在人口花名册中把户主的“与户主关系”填为户主。",
    where=lambda on: registered(on) & ~there(heads(), household="pk") & there(people(), household="pk"),
)
register(
    code="household_head_named_differently",
    label="户主姓名与人口花名册不一致",
    ledger="households",
    severity=Severity.ERROR,
    why="户表的户主姓名，与人口花名册中该户户主的姓名不同。",
    remedy="核对证件，改正错的一处；户主已变更的，两处同时更新。",
    where=lambda on: (
        registered(on) & ~there(heads(), household="pk", name="head") & there(heads(), household="pk")
    ),
)
register(
    code="household_head_id_differs",
    label="户主证件号码与人口花名册不一致",
    ledger="households",
    severity=Severity.ERROR,
    why="户表的户主证件号码，与人口花名册中该户户主的证件号码不同。",
    remedy="核对证件原件，改正抄错的一处。",
    where=lambda on: (
        registered(on)
        & both("head_id")
        & ~there(heads(), household="pk", id_number="head_id")
        & there(heads().filter(id_number__isnull=False), household="pk")
    ),
)
register(
    code="household_exit_before_registration",
    label="脱贫年度早于识别时间",
    ledger="households",
    severity=Severity.ERROR,
    why="脱贫年度早于该户的识别年份。",
    remedy="核对识别和退出的批准文件，改正年份。",
    where=lambda on: registered(on) & only(LessThan(F("exit_year"), year_of("identified_on"))),
)
register(
    code="household_exit_in_future",
    label="脱贫年度在今年之后",
    ledger="households",
    severity=Severity.ERROR,
    why="脱贫年度晚于统计日所在的年份。",
    remedy="核对退出的批准文件，改正年份；计划脱贫年度不要填在这里。",
    where=lambda on: registered(on) & Q(exit_year__gt=on.year),
)
register(
    code="household_lifted_without_exit_year",
    label="已脱贫而没有脱贫年度",
    ledger="households",
    severity=Severity.ERROR,
    why="脱贫属性为已脱贫，脱贫年度是空的。",
    remedy="按退出的批准文件补填脱贫年度。",
    where=lambda on: registered(on) & Q(status__in=LIFTED, exit_year=None),
)
register(
    code="household_unlifted_with_exit_year",
    label="未脱贫而有脱贫年度",
    ledger="households",
    severity=Severity.DOUBT,
    why="脱贫属性为未脱贫，却填写了脱贫年度（返贫户保留原脱贫年度，不在此列）。",
    remedy="核对脱贫属性和脱贫年度，改正其中一项。",
    where=lambda on: (
        registered(on) & Q(status=Household.Status.UNLIFTED, exit_year__isnull=False, exit_year__lte=on.year)
    ),
)
register(
    code="household_income_does_not_add_up",
    label="收入各项与人均纯收入不符",
    ledger="households",
    severity=Severity.DOUBT,
    why=f"四项收入之和减去生产经营性支出，除以家庭人口数，与年人均纯收入相差超过{INCOME_TOLERANCE}元。",
    remedy="核对各项收入是全户全年合计，人均纯收入是按人口平均，改正填错的一项。",
    where=lambda on: (
        registered(on)
        & income_given()
        & only(
            GreaterThan(
                Abs(income() - F("net_income") * F("size")),
                F("size") * Value(INCOME_TOLERANCE, AMOUNT),
            )
        )
    ),
)
register(
    code="household_labour_above_size",
    label="劳动力人数多于家庭人口数",
    ledger="households",
    severity=Severity.ERROR,
    why="户表中劳动力人数大于家庭人口数。",
    remedy="核对两个数，改正填错的一个。",
    where=lambda on: registered(on) & Q(labour__gt=F("size")),
)
register(
    code="household_monitoring_unclear",
    label="监测对象与监测类型不一致",
    ledger="households",
    severity=Severity.DOUBT,
    why="是监测对象而没有填监测类型，或填了监测类型而不是监测对象。",
    remedy="按监测对象认定文件补填或改正。",
    where=lambda on: (
        registered(on)
        & (
            Q(monitored=True, monitoring="")
            | ~Q(monitoring="") & (Q(monitored=False) | Q(monitored__isnull=True))
        )
    ),
)
register(
    code="household_helper_differs",
    label="户表的帮扶责任人与结对表不一致",
    ledger="households",
    severity=Severity.REMINDER,
    why="户表填写的帮扶责任人，不在该户现有的结对帮扶中。",
    remedy="以结对表为准更新户表；已更换责任人的，在结对表办理更换责任人。",
    where=lambda on: (
        registered(on)
        & both("helper")
        & ~there(Pairing.objects.in_force(on), household="pk", helper="helper")
        & there(Pairing.objects.in_force(on), household="pk")
    ),
)
register(
    code="household_stage_after_exit",
    label="已脱贫而核验阶段没有结束",
    ledger="households",
    severity=Severity.DOUBT,
    why="脱贫属性已是已脱贫，核验阶段却仍是达标待核、摸底核验中或退出公示。",
    remedy="退出已批准的，清空核验阶段；没有批准的，改正脱贫属性。",
    where=lambda on: registered(on) & both("stage") & ~unlifted(on),
)
register(
    code="person_elsewhere_than_household",
    label="成员与所在户登记在不同的村",
    ledger="people",
    severity=Severity.ERROR,
    why="成员登记的村与其所在户登记的村不同。",
    remedy="核对该户的村，改正成员或户的村。",
    where=lambda on: ~Q(place=F("household__place")),
)
register(
    code="person_twice_in_household",
    label="同一户有同名的成员",
    ledger="people",
    severity=Severity.DOUBT,
    why="同一户中有两名以上姓名相同的成员，可能重复登记。",
    remedy="核对证件；重复的移出一条，确为同名的不用改。",
    alone=True,
    where=lambda on: (
        registered(on, "household__")
        & there(people().exclude(pk=OuterRef("pk")), household="household", name="name")
    ),
)
register(
    code="person_work_incomplete",
    label="务工状况与务工时间不一致",
    ledger="people",
    severity=Severity.REMINDER,
    why="填了务工时间而没有填务工状况，或填了务工状况而务工时间为空。",
    remedy="补填缺的一项；没有务工的两项都清空。",
    where=lambda on: (
        Q(work_months__gt=0, work_area="")
        | ~Q(work_area="") & (Q(work_months=0) | Q(work_months__isnull=True))
    ),
)
