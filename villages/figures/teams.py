"""驻村: who was sent, what the teams did, who learns beside whom."""

from datetime import timedelta
from functools import partial

from django.db.models import Aggregate, Func, IntegerField, OuterRef, Q, Subquery, TextField, Value
from django.db.models.functions import Coalesce, Greatest, Least

from povertyparty.figures import counting, register, register_rate
from povertyparty.ledger import first_day
from villages.figures.conditions import in_post, places_of, poor, said
from villages.models import DutyRecord, Parameter, Posting, say

GROUP = "驻村"
FIRST_SECRETARIES = Posting.FIRST_SECRETARIES
DUTIES = len(DutyRecord.Duty)


postings = counting("postings", "人", GROUP, in_post)
poor_villages = counting("villages", "个", GROUP, lambda p: poor(p.on))
mentorings = counting("mentorings", "对", GROUP)
rate = partial(register_rate, group=GROUP)


def with_first_secretary(period):
    held = Posting.objects.in_post(period.on).filter(duty__in=FIRST_SECRETARIES)
    return Q(place__in=held.order_by().values("place"))


def with_team(period):
    held = Posting.objects.in_post(period.on)
    return Q(place__in=places_of(held, Parameter.at("team_least", period.on)))


postings(
    "stationed_units",
    "驻村帮扶单位",
    say("有干部驻在{poor_village}的单位，每家列一行"),
    unit="家",
    each="unit",
)
postings("stationed_cadres", say("驻{poor_village}干部"), say("到期日仍在岗、驻在{poor_village}的干部"))
postings(
    "stationed_first_secretaries",
    "在岗第一书记",
    say("驻在{poor_village}、职务为第一书记的在岗干部"),
    lambda p: Q(duty__in=FIRST_SECRETARIES),
)
poor_villages(
    "stationed_villages",
    say("有干部驻点的{poor_village}"),
    say("有驻村干部在岗的{poor_village}"),
    lambda p: Q(place__in=Posting.objects.in_post(p.on).order_by().values("place")),
)
poor_villages(
    "poor_villages_with_nobody_stationed",
    say("没有干部驻点的{poor_village}"),
    say("没有驻村干部在岗的{poor_village}（不脱贫不脱钩）"),
    lambda p: ~Q(place__in=Posting.objects.in_post(p.on).order_by().values("place")),
)
poor_villages(
    "poor_villages_with_first_secretary",
    say("第一书记到位的{poor_village}"),
    say("有第一书记在岗的{poor_village}"),
    with_first_secretary,
)
rate("first_secretary_share", "第一书记到位率", "poor_villages_with_first_secretary", "poor_villages")
poor_villages(
    "poor_villages_without_first_secretary",
    say("缺第一书记的{poor_village}"),
    say("没有第一书记在岗的{poor_village}"),
    lambda p: ~with_first_secretary(p),
)
poor_villages(
    "poor_villages_with_whole_team",
    say("工作队人数达标的{poor_village}"),
    said("在岗驻村干部有{team_least}人以上的{poor_village}"),
    with_team,
)
rate("whole_team_share", "工作队达标率", "poor_villages_with_whole_team", "poor_villages")
postings(
    "days_in_village",
    "本月在村天数合计",
    "登记了本月在村天数的在岗驻村干部的天数之和",
    lambda p: Q(days_this_month__isnull=False),
    unit="天",
    total="days_this_month",
    inner=True,
)
postings(
    "stationed_with_days",
    "登记了在村天数的驻村干部",
    "登记了本月在村天数的在岗驻村干部",
    lambda p: Q(days_this_month__isnull=False),
    inner=True,
)
rate(
    "days_in_village_each",
    "平均在村天数",
    "days_in_village",
    "stationed_with_days",
    unit="天",
    scale=1,
)
register(
    code="duty_records_by_duty",
    label="五项职责履行记录",
    unit="条",
    ledger="duty_records",
    group=GROUP,
    where=lambda p: p.during("on"),
    split="duty",
    during=True,
    definition="统计期内的职责记录，按职责分",
)
poor_villages(
    "poor_villages_with_all_five_duties",
    say("五项职责都有记录的{poor_village}"),
    say("统计期内五项职责各有一条以上记录的{poor_village}"),
    lambda p: Q(place__in=places_of(DutyRecord.objects.filter(p.during("on")), DUTIES, of="duty")),
    during=True,
)
rate("all_five_duties_share", "五项职责覆盖率", "poor_villages_with_all_five_duties", "poor_villages")
mentorings(
    "mentorings_by_kind", "结对帮带", "登记的结对帮带，按搭配类型分", lambda p: ~Q(kind=""), split="kind"
)
mentorings(
    "mentorings_ended",
    "已结束的结对帮带",
    "结束时间不晚于统计日的结对帮带",
    lambda p: ~Q(until="") & Q(until__lte=p.day),
    inner=True,
)
mentorings(
    "mentorings_to_independence",
    "帮带后能独立的",
    "已结束、帮带结果为能独立的结对帮带",
    lambda p: ~Q(until="") & Q(until__lte=p.day, result="能独立"),
)
rate("mentorings_to_independence_share", "结对帮带完成率", "mentorings_to_independence", "mentorings_ended")


class Stays(Aggregate):
    """The days of all stays together, each once."""

    template = "range_agg(daterange(%(expressions)s))"
    output_field = TextField()


class Days(Func):
    template = "(SELECT COALESCE(SUM(upper(stay) - lower(stay)), 0)::int FROM unnest(%(expressions)s) stay)"
    output_field = IntegerField()


def days_alone(period):
    """Of a village: the days from the first to the last of the period on which nobody was stationed there."""
    first, end = period.since or period.on.replace(month=1, day=1), period.on + timedelta(days=1)
    stays = Posting.objects.filter(
        Q(left_on="") | Q(left_on__gt=first.isoformat()), place=OuterRef("place"), came_on__lte=period.day
    ).exclude(came_on="")
    came = Greatest(first_day("came_on"), Value(first))
    left = Least(Coalesce(first_day("left_on"), Value(end)), Value(end))
    together = stays.order_by().values("place").annotate(stays=Stays(came, Greatest(came, left)))
    return Value((end - first).days) - Days(Subquery(together.values("stays")))


poor_villages(
    "days_with_nobody_stationed",
    "不脱钩空档天数",
    say("统计期内（没有起始日的，自当年1月1日起），尚未退出的{poor_village}没有驻村干部在岗的天数之和"),
    lambda p: Q(exit_year=None) | Q(exit_year__gt=p.on.year),
    unit="天",
    total=days_alone,
    during=True,
)
