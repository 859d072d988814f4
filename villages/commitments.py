"""承诺事项: what the county promised of its villages and households, in the words it was promised in (domain.md §1)."""

from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from povertyparty.commitments import register
from villages.models import Parameter, say

TEAMS, TRAINING, CONTACTS, MONEY, VILLAGES = "队伍建设", "教育培训", "包联帮扶", "集体经济和经费", "村"
WHOLE = Decimal(100)


def of_all(code, label, group, basis, short, among):
    """A promise of each and every one: nobody falls short."""
    register(code=code, label=label, group=group, basis=basis, figure=short, at_most=0, among=among)


def digital_term(period, place):
    """(first day, last day) of the months in which all are to learn it."""
    values = Parameter.values(place[:6], period.on)
    start, months = values["digital_from"], values["digital_months"]
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return start, date(year, month + 1, min(start.day, 28))


def digital_due(period, place):
    return digital_term(period, place)[1]


def digital_by_now(period, place):
    """In percent: as far as the time that has passed would bring it, were every month alike."""
    start, due = digital_term(period, place)
    passed = Decimal((period.on - start).days) / (due - start).days
    return (min(max(passed, Decimal(0)), Decimal(1)) * WHOLE).quantize(Decimal("0.1"), ROUND_HALF_UP)


of_all(
    "three_leaders",
    "每个村有足够的致富带头人",
    TEAMS,
    "每个村至少培育3-5名创业致富带头人",
    "villages_short_of_leaders",
    "villages",
)
of_all(
    "enough_reserves",
    "每个村有足够的后备干部",
    TEAMS,
    "始终保持充足数量、较高素质和合理结构",
    "villages_short_of_reserves",
    "villages",
)
of_all(
    "first_secretary_everywhere",
    say("每个{poor_village}有第一书记在岗"),
    TEAMS,
    "派最能打仗的人到最关键的地方去",
    "poor_villages_without_first_secretary",
    "poor_villages",
)
of_all(
    "never_unattended",
    say("每个{poor_village}有干部驻点"),
    TEAMS,
    "不脱贫，不脱钩",
    "poor_villages_with_nobody_stationed",
    "poor_villages",
)
of_all(
    "trained_every_year",
    "每名村干部每年集中轮训",
    TRAINING,
    "党组织书记及其他村干部每年集中轮训1次",
    "villages_with_cadres_untrained",
    "villages",
)
register(
    code="all_able_digitally",
    label="村干部都会使用数字化办公设备",
    group=TRAINING,
    basis="力求用2年时间让贫困村在内的所有村干部都能使用数字化办公设备开展工作",
    figure="able_digitally_share",
    at_least=digital_by_now,
    short="villages_with_cadres_not_able_digitally",
    among="villages",
    due=digital_due,
)
of_all(
    "members_help_households",
    "有帮带能力的党员每人至少结对1户",
    CONTACTS,
    "有帮带能力的农牧民党员，每人至少结对帮扶1户建档立卡贫困户",
    "branches_short_of_pairings",
    "branches",
)
of_all(
    "all_five_contacts",
    say("每个{poor_village}“五个一”包联齐全"),
    CONTACTS,
    "完善脱贫巩固“五个一”全覆盖包联工作体系",
    "poor_villages_short_of_five_contacts",
    "poor_villages",
)
of_all(
    "helper_for_every_household",
    "每户有帮扶责任人",
    CONTACTS,
    "将建档立卡贫困户包干到人",
    "households_without_helper",
    "households",
)
of_all(
    "operating_funds",
    "每个村运转经费达到标准",
    MONEY,
    "村年均运转经费不低于规定标准",
    "villages_below_operating_standard",
    "villages_with_funds",
)
of_all(
    "service_funds",
    "每个村服务群众专项经费达到标准",
    MONEY,
    "服务群众专项经费不低于规定标准",
    "villages_below_service_standard",
    "villages_with_funds",
)
of_all(
    "income_above_weak_line",
    "消除集体经济薄弱村、空壳村",
    MONEY,
    "村集体经济收入在20万元以下的薄弱村、空壳村逐一制定规划、确定项目",
    "villages_below_weak_line",
    "villages",
)
of_all(
    "all_twelve_facilities",
    say("每个{poor_village}“五通七有”全部达标"),
    VILLAGES,
    "建成“五通七有”的新村",
    "poor_villages_short_of_twelve",
    "poor_villages",
)
of_all(
    "rules_everywhere",
    "每个村有村规民约",
    VILLAGES,
    "把勤劳致富、脱贫摘帽的内容写入《村规民约》",
    "villages_without_rules",
    "villages",
)
