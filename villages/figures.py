"""Figures of what is there, by the codes and rules of the county's report (domain.md §6)."""

from django.db.models import Count, Q

from povertyparty.figures import register
from villages.models import TWELVE, Digital, Household, Posting, Reserve, Village

POOR = Q(poverty_level__in=[Village.Level.NATIONAL, Village.Level.REGIONAL])
UNLIFTED = [Household.Status.UNLIFTED, Household.Status.RELAPSED]
FEWEST_RESERVES = 2

PEOPLE, VILLAGES, CADRES = "户和人口", "村", "干部"


def poor_places():
    return Village.objects.filter(POOR).values("place")


def in_post(period):
    """Stationed in a poor village: come by the day, and not left by it."""
    day = period.on.isoformat()
    return Q(place__in=poor_places()) & Q(came_on__lte=day) & (Q(left_on="") | Q(left_on__gt=day))


def pool(period):
    return Q(state__in=[Reserve.State.POOL, Reserve.State.TRAINING])


def enough_reserves():
    held = Reserve.objects.filter(pool(None)).order_by().values("place").annotate(n=Count("pk"))
    return held.filter(n__gte=FEWEST_RESERVES).values("place")


register(
    code="villages",
    label="行政村",
    unit="个",
    ledger="places",
    group=VILLAGES,
    where=lambda p: Q(code__length=12, valid_to=None),
)
register(
    code="poor_villages",
    label="贫困村",
    unit="个",
    ledger="villages",
    group=VILLAGES,
    where=lambda p: POOR,
    definition="贫困村级别为国家级或自治区级的村",
)
register(
    code="poor_villages_exited",
    label="已退出贫困村",
    unit="个",
    ledger="villages",
    group=VILLAGES,
    where=lambda p: POOR & Q(exit_year__isnull=False, exit_year__lte=p.on.year),
    definition="贫困村中已有退出年度的村",
)
register(
    code="poor_villages_meeting_all_twelve",
    label="“五通七有”全部达标的贫困村",
    unit="个",
    ledger="villages",
    group=VILLAGES,
    where=lambda p: POOR & Q(**dict.fromkeys(TWELVE, True)),
    definition="贫困村中十二项全部为“是”的村",
)
register(
    code="poor_villages_by_cause",
    label="贫困村致贫类型",
    unit="个",
    ledger="villages",
    group=VILLAGES,
    split="cause",
    where=lambda p: POOR & ~Q(cause=""),
    definition="贫困村按村级主要致贫原因类型分",
)
register(
    code="households",
    label="建档立卡户",
    unit="户",
    ledger="households",
    group=PEOPLE,
    where=lambda p: Q(removed_on=""),
    definition="在册、未移出的建档立卡户",
)
register(
    code="persons",
    label="建档立卡人口",
    unit="人",
    ledger="people",
    group=PEOPLE,
    where=lambda p: Q(household__removed_on=""),
    definition="在册户的家庭成员",
)
register(
    code="unlifted_households",
    label="未脱贫户",
    unit="户",
    ledger="households",
    group=PEOPLE,
    where=lambda p: Q(removed_on="", status__in=UNLIFTED),
    definition="脱贫属性为未脱贫或返贫的户",
)
register(
    code="unlifted_persons",
    label="未脱贫人口",
    unit="人",
    ledger="people",
    group=PEOPLE,
    where=lambda p: Q(household__removed_on="", household__status__in=UNLIFTED),
    definition="未脱贫户的家庭成员",
)
register(
    code="reached_or_verifying_households",
    label="已达标正在摸底核验的户",
    unit="户",
    ledger="households",
    group=PEOPLE,
    where=lambda p: Q(
        removed_on="", status__in=UNLIFTED, stage__in=[Household.Stage.REACHED, Household.Stage.VERIFYING]
    ),
    definition="未脱贫户中核验阶段为达标待核或摸底核验中的户",
)
register(
    code="village_cadres",
    label="村“两委”干部",
    unit="人",
    ledger="cadres",
    group=CADRES,
    where=lambda p: Q(left_on=""),
    definition="在任的村干部",
)
register(
    code="secretaries_heading_both",
    label="“一肩挑”书记",
    unit="人",
    ledger="cadres",
    group=CADRES,
    where=lambda p: Q(left_on="", post="secretary", heads_both=True),
    definition="兼任村委会主任的党组织书记",
)
register(
    code="cadres_able_digitally",
    label="会数字化办公的村干部",
    unit="人",
    ledger="cadres",
    group=CADRES,
    where=lambda p: Q(left_on="", digital__in=[Digital.BASIC, Digital.SKILLED]),
    definition="数字化办公水平为会基本操作或熟练",
)
register(
    code="reserves",
    label="村级后备干部",
    unit="人",
    ledger="reserves",
    group=CADRES,
    where=pool,
    definition="状态为在库或培养",
)
register(
    code="reserves_in_poor_villages",
    label="贫困村后备干部",
    unit="人",
    ledger="reserves",
    group=CADRES,
    where=lambda p: pool(p) & Q(place__in=poor_places()),
    definition="贫困村中状态为在库或培养的后备干部",
)
register(
    code="villages_short_of_reserves",
    label="后备干部不足的村",
    unit="个",
    ledger="places",
    group=CADRES,
    where=lambda p: Q(code__length=12, valid_to=None) & ~Q(code__in=enough_reserves()),
    definition=f"在库和培养的后备干部少于{FEWEST_RESERVES}人的村",
)
register(
    code="stationed_units",
    label="驻村帮扶单位",
    unit="家",
    ledger="postings",
    group=CADRES,
    where=in_post,
    each="unit",
    definition="有干部驻在贫困村的单位，每家列一行",
)
register(
    code="stationed_cadres",
    label="驻贫困村干部",
    unit="人",
    ledger="postings",
    group=CADRES,
    where=in_post,
    definition="到期日仍在岗、驻在贫困村的干部",
)
register(
    code="stationed_villages",
    label="有干部驻点的贫困村",
    unit="个",
    ledger="villages",
    group=CADRES,
    where=lambda p: POOR & Q(place__in=Posting.objects.filter(in_post(p)).order_by().values("place")),
    definition="有驻村干部在岗的贫困村",
)
