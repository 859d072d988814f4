"""教育培训: classes, who was in them, and whom they have not reached yet."""

from functools import partial

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import GreaterThanOrEqual, LessThanOrEqual

from povertyparty.figures import counting, register, register_rate
from villages.figures.conditions import a_village, places_of, said, serving
from villages.models import Cadre, Enrolment, Parameter, TrainingClass

GROUP = "教育培训"


def long_classes(period):
    months = Parameter.at("long_class_months", period.on)
    held = TrainingClass.objects.lasting(months).filter(
        starts_on__lte=period.day, programme__contains=TrainingClass.ABILITY
    )
    return Q(training__in=held.values("pk"))


def trained(period):
    """So often as is due in classes of the year, or once by the word of the roster."""
    year, due = str(period.on.year), Parameter.at("trainings_yearly", period.on)
    own = Enrolment.objects.filter(
        Q(name=OuterRef("name")) | Q(id_number=OuterRef("id_number")),
        place=OuterRef("place"),
        training__starts_on__startswith=year,
        training__starts_on__lte=period.day,
    )
    times = Subquery(own.order_by().values("place").annotate(n=Count("training", distinct=True)).values("n"))
    once = Q(trained__contains=year) & Q(LessThanOrEqual(due, 1))
    return Q(GreaterThanOrEqual(Coalesce(times, 0), due)) | once


def with_untrained(period):
    trained_ones = Cadre.objects.filter(trained(period)).values("pk")
    return places_of(Cadre.objects.filter(serving(period.on)).exclude(pk__in=trained_ones))


classes = counting("training_classes", "期", GROUP, lambda p: p.during("starts_on"), during=True)
rate = partial(register_rate, group=GROUP)


classes("training_classes", "培训班", "统计期内开班的培训班")
classes(
    "training_classes_by_platform",
    "培训平台",
    "统计期内开班的培训班，按平台分",
    lambda p: ~Q(platform=""),
    split="platform",
)
classes("class_seats", "培训人次", "统计期内开班的培训班实训人数之和", unit="人次", total="trained")
classes(
    "class_seats_passed",
    "培训合格人次",
    "统计期内开班的培训班合格人数之和",
    unit="人次",
    total="passed",
    inner=True,
)
rate("class_passed_share", "培训合格率", "class_seats_passed", "class_seats")
register(
    code="four_month_trainees",
    label="四个月集中轮训的干部",
    unit="人",
    ledger="enrolments",
    group=GROUP,
    where=long_classes,
    each=Enrolment.person(),
    definition=said("截至统计日，参加能力素质提升工程中连续{long_class_months}个月以上班次的人，每人列一行"),
)
register(
    code="four_month_trainees_passed",
    label="四个月集中轮训合格的干部",
    unit="人",
    ledger="enrolments",
    group=GROUP,
    where=lambda p: long_classes(p) & Q(passed=True),
    each=Enrolment.person(),
    definition=said("参加{long_class_months}个月以上集中轮训、结业合格的人，每人列一行"),
)
rate("four_month_passed_share", "集中轮训合格率", "four_month_trainees_passed", "four_month_trainees")
register(
    code="cadres_trained_this_year",
    label="本年度已轮训的村干部",
    unit="人",
    ledger="cadres",
    group=GROUP,
    where=lambda p: serving(p.on) & trained(p),
    definition=said(
        "在任村干部中，统计日所在年度参加培训班不少于{trainings_yearly}次的；花名册已记本年度轮训的算1次"
    ),
)
rate("trained_this_year_share", "年度轮训覆盖率", "cadres_trained_this_year", "village_cadres")
register(
    code="villages_with_cadres_untrained",
    label="尚有村干部本年度未轮训的村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: a_village(p.on) & Q(code__in=with_untrained(p)),
    definition=said("有在任村干部本年度参加培训班少于{trainings_yearly}次的村"),
)
