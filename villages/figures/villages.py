"""村."""

from django.db.models import Q

from povertyparty.figures import register
from villages.figures.conditions import A_VILLAGE, POOR
from villages.models import TWELVE

GROUP = "村"

register(
    code="villages",
    label="行政村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: A_VILLAGE,
    definition="未撤销的行政村",
)
register(
    code="poor_villages",
    label="贫困村",
    unit="个",
    ledger="villages",
    group=GROUP,
    where=lambda p: POOR,
    definition="贫困村级别为国家级或自治区级的村",
)
register(
    code="poor_villages_exited",
    label="已退出贫困村",
    unit="个",
    ledger="villages",
    group=GROUP,
    where=lambda p: POOR & Q(exit_year__isnull=False, exit_year__lte=p.on.year),
    definition="贫困村中已有退出年度的村",
)
register(
    code="poor_villages_meeting_all_twelve",
    label="“五通七有”全部达标的贫困村",
    unit="个",
    ledger="villages",
    group=GROUP,
    where=lambda p: POOR & Q(**dict.fromkeys(TWELVE, True)),
    definition="贫困村中十二项全部为“是”的村",
)
register(
    code="poor_villages_by_cause",
    label="贫困村致贫类型",
    unit="个",
    ledger="villages",
    group=GROUP,
    split="cause",
    where=lambda p: POOR & ~Q(cause=""),
    definition="贫困村按村级主要致贫原因类型分",
)
