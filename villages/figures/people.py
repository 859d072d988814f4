"""户和人口."""

from django.db.models import Q

from povertyparty.figures import register
from villages.figures.conditions import UNLIFTED
from villages.models import Household

GROUP = "户和人口"

register(
    code="households",
    label="建档立卡户",
    unit="户",
    ledger="households",
    group=GROUP,
    where=lambda p: Q(removed_on=""),
    definition="在册、未移出的建档立卡户",
)
register(
    code="persons",
    label="建档立卡人口",
    unit="人",
    ledger="people",
    group=GROUP,
    where=lambda p: Q(household__removed_on=""),
    definition="在册户的家庭成员",
)
register(
    code="unlifted_households",
    label="未脱贫户",
    unit="户",
    ledger="households",
    group=GROUP,
    where=lambda p: Q(removed_on="", status__in=UNLIFTED),
    definition="脱贫属性为未脱贫或返贫的户",
)
register(
    code="unlifted_persons",
    label="未脱贫人口",
    unit="人",
    ledger="people",
    group=GROUP,
    where=lambda p: Q(household__removed_on="", household__status__in=UNLIFTED),
    definition="未脱贫户的家庭成员",
)
register(
    code="reached_or_verifying_households",
    label="已达标正在摸底核验的户",
    unit="户",
    ledger="households",
    group=GROUP,
    where=lambda p: Q(
        removed_on="", status__in=UNLIFTED, stage__in=[Household.Stage.REACHED, Household.Stage.VERIFYING]
    ),
    definition="未脱贫户中核验阶段为达标待核或摸底核验中的户",
)
