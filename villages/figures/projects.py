"""项目: the stock, how they were thought through, whether they are done, whom they serve."""

from functools import partial

from django.db.models import Exists, OuterRef, Q

from povertyparty.figures import counting, register, register_rate
from villages.figures.conditions import a_village, places_of, poor_places, said
from villages.models import Project, ProjectCheck, say

GROUP = "项目"
S = Project.State
GONE = [S.WITHDRAWN, S.ENDED]
DONE = [S.BUILT, S.ACCEPTED, S.HANDED_OVER, S.OPERATING, S.EVALUATED]
UNDER_WAY = [S.BUILDING, S.SUSPENDED, *DONE]


projects = counting("projects", "个", GROUP, lambda p: ~Q(state__in=GONE))
rate = partial(register_rate, group=GROUP)


def due(period):
    return ~Q(finish_due="") & Q(finish_due__lt=period.day, state__in=[S.PLANNED, S.APPROVED, *UNDER_WAY])


def followed(period):
    return Exists(ProjectCheck.objects.filter(period.during("on"), project=OuterRef("pk")))


projects("projects", "项目", "没有退库、终止的项目")
projects("projects_by_state", "项目库状态", "没有退库、终止的项目，按库状态分", split="state")
projects("projects_stored", "储备项目", "库状态为储备的项目", lambda p: Q(state=S.STORED))
projects(
    "projects_stored_wan",
    "储备项目资金",
    "储备项目的资金规模之和",
    lambda p: Q(state=S.STORED),
    unit="万元",
    total="cost",
)
projects("projects_appraised", "经过前期论证的项目", "登记了前期论证的项目", lambda p: ~Q(appraised=""))
rate("projects_appraised_share", "前期论证率", "projects_appraised", "projects")
projects(
    "projects_begun_without_appraisal",
    "未经论证开工的项目",
    "在建及以后、没有登记前期论证的项目",
    lambda p: Q(state__in=UNDER_WAY, appraised=""),
)
projects(
    "projects_planned_for", "有发展规划依据的项目", "登记了发展规划依据的项目", lambda p: ~Q(plan_basis="")
)
rate("projects_planned_for_share", "项目与规划衔接率", "projects_planned_for", "projects")
projects(
    "projects_in_poor_villages",
    say("{poor_village}的项目"),
    say("实施地点在{poor_village}的项目"),
    lambda p: Q(place__in=poor_places(p.on)),
)
projects("projects_due", "到期应完工的项目", "计划完工早于统计日的项目", due, inner=True)
projects(
    "projects_due_done",
    "到期已完工的项目",
    "其中已完工、验收、移交及以后的项目",
    lambda p: due(p) & Q(state__in=DONE),
)
rate("projects_due_done_share", "项目到期完工率", "projects_due_done", "projects_due")
projects(
    "projects_benefit_households",
    "项目受益贫困户",
    "项目受益户中的贫困户之和",
    unit="户",
    total="poor_households",
)
projects("projects_cost_wan", "项目资金规模", "项目资金规模之和", unit="万元", total="cost")
rate(
    "households_to_ten_wan",
    "每10万元受益贫困户",
    "projects_benefit_households",
    "projects_cost_wan",
    unit="户",
    scale=10,
)
projects("projects_paid_wan", "项目已拨付资金", "项目拨付资金之和", unit="万元", total="paid")
rate("projects_paid_share", "项目资金拨付进度", "projects_paid_wan", "projects_cost_wan")
projects("projects_reworked", "“翻烧饼”项目", "登记为翻烧饼的项目", lambda p: Q(reworked=True))
projects(
    "projects_followed",
    "统计期内有跟踪指导的在建项目",
    "统计期内有项目跟踪记录的在建项目",
    lambda p: Q(state=S.BUILDING) & followed(p),
    during=True,
)
register(
    code="projects_suspected",
    label="疑似“翻烧饼”项目",
    unit="个",
    ledger="projects",
    group=GROUP,
    where=lambda p: Q(pk__in=Project.objects.suspected(p.on).values("pk")),
    definition=said(
        "变更2次以上，或开工、验收后{flip_ended_months}个月内终止，或验收后{flip_replaced_months}个月内被同村同类同地点的项目代替，"
        "或3年内同村产业两次改换的项目；含已确认的，不含已排除的（“翻烧饼”填否）"
    ),
)
register(
    code="villages_with_suspected_projects",
    label="有疑似“翻烧饼”项目的村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: a_village(p.on) & Q(code__in=places_of(Project.objects.suspected(p.on))),
    definition="有疑似“翻烧饼”项目、尚未排除的村",
)
