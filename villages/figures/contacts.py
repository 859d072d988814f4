"""包联帮扶: who was visited, who answers for whom."""

from django.db.models import Q
from django.db.models.functions import Left

from povertyparty.figures import register
from villages.figures.conditions import POOR
from villages.models import Contact, Pairing, Visit

GROUP = "包联帮扶"


def talks(period):
    return period.during("on") & Q(way__in=Visit.TALKS)


register(
    code="visited_townships",
    label="走访调研的乡镇",
    unit="个",
    ledger="visits",
    group=GROUP,
    where=lambda p: talks(p) & Q(place__code__length__gte=9),
    each=Left("place", 9),
    during=True,
    definition="统计期内有座谈交流、听取汇报或个别谈话的乡镇，每个列一次走访",
)
register(
    code="visited_villages",
    label="走访调研的村",
    unit="个",
    ledger="visits",
    group=GROUP,
    where=lambda p: talks(p) & Q(place__code__length=12),
    each="place",
    during=True,
    definition="统计期内有座谈交流、听取汇报或个别谈话的村，每个列一次走访",
)
register(
    code="households_with_helper",
    label="有帮扶责任人的户",
    unit="户",
    ledger="households",
    group=GROUP,
    where=lambda p: Q(removed_on="") & Pairing.helps(p.on),
    definition="在册户中有结对尚未解除的户",
)
register(
    code="poor_villages_with_all_five_contacts",
    label="“五个一”包联齐全的贫困村",
    unit="个",
    ledger="villages",
    group=GROUP,
    where=lambda p: (
        POOR & Q(place__in=Contact.objects.filter(Contact.all_five(p.on)).order_by().values("place"))
    ),
    definition="有厅级或县级包联领导、乡镇包村领导、后盾单位、在岗驻村干部，且户户有帮扶责任人的贫困村",
)
