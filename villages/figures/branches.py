"""党建阵地: branches, venues, rules, elections, what was held and whom to learn from."""

from functools import partial

from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.db.models.lookups import LessThan

from povertyparty.figures import counting, register_rate
from villages.figures.conditions import a_village, places_of, poor_places
from villages.models import Venue, VillageRule, say

GROUP = "党建阵地"
FOUR_KINDS = ["自强脱贫户", "热心帮扶干部", "骨干带贫企业", "外出务工带头人"]


rows = partial(counting, group=GROUP)
rate = partial(register_rate, group=GROUP)


branches, venues, places = rows("branches", "个"), rows("venues", "处"), rows("places", "个")

branches("branches", "村党组织", "登记的村党组织")
branches("weak_branches", "软弱涣散党组织", "登记为软弱涣散的党组织", lambda p: Q(is_weak=True))
branches(
    "branches_up_to_standard", "标准化建设达标的党组织", "标准化建设为达标", lambda p: Q(standard="达标")
)
rate("branches_up_to_standard_share", "党组织标准化率", "branches_up_to_standard", "branches")
branches("able_members", "有帮带能力的党员", "各党组织双带型党员数之和", unit="人", total="able")
branches("members_paired", "结对帮扶的党员", "各党组织结对帮扶党员数之和", unit="人", total="paired")
branches(
    "branches_short_of_pairings",
    "党员结对不足的党组织",
    "结对帮扶党员数少于双带型党员数的党组织",
    lambda p: Q(LessThan(Coalesce(F("paired"), 0), F("able"))),
)
venues("venues", "阵地", "登记的村、组阵地")
venues("venues_up_to_standard", "达标的阵地", "登记为达标的阵地", lambda p: Q(meets_standard=True))
rate("venues_up_to_standard_share", "阵地标准化率", "venues_up_to_standard", "venues")
venues(
    "venues_with_all_three",
    "三功能齐全的阵地",
    "惠民、乐民、聚民功能都有的阵地",
    lambda p: Q(serves=True, delights=True, gathers=True),
)
rate("venues_with_all_three_share", "三功能齐全率", "venues_with_all_three", "venues")
rows("villages", "个")(
    "poor_villages_without_venue_up_to_standard",
    say("没有达标阵地的{poor_village}"),
    say("{poor_village}中没有登记达标阵地的村"),
    lambda p: (
        Q(place__in=poor_places(p.on))
        & ~Q(place__in=Venue.objects.filter(meets_standard=True).order_by().values("place"))
    ),
)
places(
    "villages_with_rules",
    "有村规民约的村",
    "表决日期不晚于统计日的村规民约所在的村",
    lambda p: a_village(p.on) & Q(code__in=places_of(VillageRule.objects.filter(voted_on__lte=p.day))),
)
places(
    "villages_without_rules",
    "没有村规民约的村",
    "没有表决日期不晚于统计日的村规民约的村",
    lambda p: a_village(p.on) & ~Q(code__in=places_of(VillageRule.objects.filter(voted_on__lte=p.day))),
)
rate("villages_with_rules_share", "村规民约覆盖率", "villages_with_rules", "villages")
rows("village_rules", "个")(
    "village_rules_on_diligence",
    "写入勤劳致富的村规民约",
    "有勤劳致富条款的村规民约",
    lambda p: Q(on_diligence=True, voted_on__lte=p.day),
)
rows("elections", "个村")(
    "elections_finished",
    "完成换届的村",
    "统计日所在年度或下一年度的换届中，交接日期不晚于统计日的村",
    lambda p: Q(year__in=[p.on.year, p.on.year + 1]) & ~Q(handed_over_on="") & Q(handed_over_on__lte=p.day),
)
activities = rows("activities", "场")
activities(
    "activities_by_kind",
    "夜校与宣讲",
    "统计期内举办的活动，按类别分",
    lambda p: p.during("held_on"),
    split="kind",
    during=True,
)
activities(
    "activities_by_subject",
    "活动内容",
    "统计期内举办的活动，按内容类别分",
    lambda p: p.during("held_on") & ~Q(subject=""),
    split="subject",
    during=True,
)
activities(
    "activities_attended",
    "参加活动人次",
    "统计期内举办的活动参加人次之和",
    lambda p: p.during("held_on"),
    unit="人次",
    total="attended",
    during=True,
)
rows("case_studies", "个")(
    "case_studies_by_kind",
    "典型案例",
    "登记的典型案例，按类别分",
    lambda p: Q(on__lte=p.day),
    split="kind",
)
rows("case_studies", "个")(
    "case_studies_of_four_kinds",
    "四类典型",
    "登记的自强脱贫户、热心帮扶干部、骨干带贫企业、外出务工带头人，按类别分",
    lambda p: Q(on__lte=p.day, kind__in=FOUR_KINDS),
    split="kind",
)
