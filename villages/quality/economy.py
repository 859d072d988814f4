"""集体经济、经费、项目: money and dates that do not fit each other."""

from django.db.models import DecimalField, F, OuterRef, Q, Value
from django.db.models.functions import Abs, Coalesce
from django.db.models.lookups import GreaterThan

from povertyparty.quality import Severity, register
from villages.models import CollectiveIncome, Project, Village
from villages.quality.measuring import AMOUNT_TOLERANCE, both, only, past, serving, there

S = Project.State
AMOUNT = DecimalField(max_digits=16, decimal_places=2)
ACCEPTED = [S.ACCEPTED, S.HANDED_OVER, S.OPERATING, S.EVALUATED]
BEGUN = [S.BUILDING, S.SUSPENDED]


def sources():
    first, *rest = (Coalesce(F(name), Value(0, AMOUNT)) for name in Project.SOURCES)
    return sum(rest, first)


register(
    code="income_year_missing",
    label="集体经济收入中间缺了年度",
    ledger="collective_incomes",
    severity=Severity.REMINDER,
    why="该村有更早年度的收入，却没有这一行的上一年度。",
    remedy="补报缺的年度；没有收入的，也要按零登记。",
    where=lambda on: (
        there(CollectiveIncome.objects.filter(year__lt=OuterRef("year")), place="place")
        & ~there(CollectiveIncome.objects.filter(year=OuterRef("year") - 1), place="place")
    ),
)
register(
    code="income_year_in_future",
    label="集体经济收入的年度在今年之后",
    ledger="collective_incomes",
    severity=Severity.ERROR,
    why="年度晚于统计日所在的年份。",
    remedy="核对报表，改正年度。",
    where=lambda on: Q(year__gt=on.year),
)
register(
    code="income_without_source",
    label="有经营性收入而没有主要收入来源",
    ledger="collective_incomes",
    severity=Severity.REMINDER,
    why="经营、发包、投资收入之和大于零，主要收入来源是空的。",
    remedy="补填主要收入来源。",
    where=lambda on: Q(earned__gt=0, source=""),
)
register(
    code="fund_below_standard",
    label="经费到位低于标准",
    ledger="village_funds",
    severity=Severity.REMINDER,
    why="运转经费或服务群众经费的到位数低于标准。",
    remedy="请财政部门补足；已到位而没有登记的，更新到位数。",
    where=lambda on: Q(shortfall__gt=0),
)
register(
    code="fund_service_spent_above_paid",
    label="服务群众支出多于到位经费",
    ledger="village_funds",
    severity=Severity.DOUBT,
    why="服务群众支出大于服务群众经费的到位数。",
    remedy="核对支出和到位数；使用上年结余的，在备注中写明。",
    where=lambda on: Q(service_spent__gt=F("service_paid")),
)
register(
    code="fund_paid_without_date",
    label="经费到位而没有到位日期",
    ledger="village_funds",
    severity=Severity.REMINDER,
    why="填了运转经费到位，到位日期是空的。",
    remedy="按拨款凭证补填日期。",
    where=lambda on: Q(operating_paid__gt=0, paid_on=""),
)
register(
    code="leader_is_no_cadre",
    label="带头人登记为村干部，花名册中没有",
    ledger="leaders",
    severity=Severity.DOUBT,
    why="致富带头人“是否村干部”为是，本村在任的村干部中没有这个姓名。",
    remedy="核对姓名和任职，改正其中一张台账。",
    where=lambda on: Q(is_cadre=True) & ~there(serving(on), place="place", name="name"),
)
register(
    code="cooperative_without_uscc",
    label="合作社没有统一社会信用代码",
    ledger="cooperatives",
    severity=Severity.REMINDER,
    why="统一社会信用代码是空的。",
    remedy="按营业执照补填；没有办理登记的，在备注中写明。",
    where=lambda on: Q(uscc=""),
)
register(
    code="cooperative_founded_in_future",
    label="合作社成立时间在统计日之后",
    ledger="cooperatives",
    severity=Severity.ERROR,
    why="成立时间晚于统计日。",
    remedy="按营业执照改正日期。",
    where=lambda on: Q(founded_on__gt=on.isoformat()),
)
register(
    code="project_done_without_acceptance",
    label="已验收、移交的项目没有验收日期",
    ledger="projects",
    severity=Severity.ERROR,
    why="库状态为验收、移交或以后，验收日期是空的。",
    remedy="按验收文件补填日期；没有验收的，改正库状态。",
    where=lambda on: Q(state__in=ACCEPTED, accepted_on=""),
)
register(
    code="project_building_without_start",
    label="在建项目没有实际开工日期",
    ledger="projects",
    severity=Severity.ERROR,
    why="库状态为在建或暂停，实际开工是空的。",
    remedy="补填开工日期；没有开工的，改正库状态。",
    where=lambda on: Q(state__in=BEGUN, started_on=""),
)
register(
    code="project_building_without_fund",
    label="在建项目没有落实资金",
    ledger="projects",
    severity=Severity.DOUBT,
    why="库状态为在建或暂停，资金规模为空或为零。",
    remedy="按批复文件补填资金规模和来源。",
    where=lambda on: Q(state__in=BEGUN) & (Q(cost=None) | Q(cost=0)),
)
register(
    code="project_paid_above_cost",
    label="拨付资金多于资金规模",
    ledger="projects",
    severity=Severity.ERROR,
    why="拨付资金大于资金规模。",
    remedy="核对单位是否为万元；追加投资的，更新资金规模。",
    where=lambda on: Q(paid__gt=F("cost")),
)
register(
    code="project_sources_do_not_add_up",
    label="各级资金之和不等于资金规模",
    ledger="projects",
    severity=Severity.DOUBT,
    why="中央、自治区、市县、整合、自筹资金之和，与资金规模不同。",
    remedy="核对批复文件，改正填错的一项。",
    where=lambda on: (
        ~Q(**dict.fromkeys(Project.SOURCES))
        & only(GreaterThan(Abs(sources() - F("cost")), Value(AMOUNT_TOLERANCE, AMOUNT)))
    ),
)
register(
    code="project_beneficiaries_above_village",
    label="受益户数、人口多于全村",
    ledger="projects",
    severity=Severity.DOUBT,
    why="登记在一个村的项目，受益户数大于该村总户数，或受益人口大于该村总人口。",
    remedy="核对受益数；涉及几个村的，把项目登记到乡镇。",
    where=lambda on: (
        there(Village.objects.filter(all_households__lt=OuterRef("households")), place="place")
        | there(Village.objects.filter(all_persons__lt=OuterRef("persons")), place="place")
    ),
)
register(
    code="project_accepted_before_start",
    label="验收日期早于实际开工",
    ledger="projects",
    severity=Severity.ERROR,
    why="验收日期早于实际开工日期。",
    remedy="核对验收和开工文件，改正日期。",
    where=lambda on: both("accepted_on", "started_on") & Q(accepted_on__lt=F("started_on")),
)
register(
    code="project_past_due",
    label="计划完工已过，项目仍在建",
    ledger="projects",
    severity=Severity.REMINDER,
    why="库状态为在建或暂停，计划完工的日期已过。",
    remedy="已完工的更新库状态；延期的，按批复更新计划完工并写明原因。",
    where=lambda on: Q(state__in=BEGUN) & past("finish_due", on),
)
register(
    code="project_built_below_100",
    label="已完工的项目形象进度不到100%",
    ledger="projects",
    severity=Severity.DOUBT,
    why="库状态为完工、验收、移交或以后，形象进度小于100%。",
    remedy="更新形象进度，或改正库状态。",
    where=lambda on: Q(state__in=[S.BUILT, *ACCEPTED], progress__lt=100),
)
register(
    code="project_suspected",
    label="疑似“翻烧饼”、尚未判定的项目",
    ledger="projects",
    severity=Severity.DOUBT,
    why="批复后重大变更两次以上，或开工、验收后不久终止、返工，或验收后不久被同村同类同地点的项目代替，或同村产业三年内两次改换。",
    remedy="县级核实情况，在项目页确认或排除，并写明理由。",
    where=lambda on: Q(reworked=None, pk__in=Project.objects.suspected(on).values("pk")),
)
