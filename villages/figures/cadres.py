"""干部: in the villages, in reserve, sent there, in training."""

from django.db.models import Q

from povertyparty.figures import register
from villages.figures.conditions import A_VILLAGE, IN_POOL, POOR, in_post, places_of, poor_places
from villages.models import Cadre, Digital, Enrolment, Posting, Reserve, TrainingClass

GROUP = "干部"
FEWEST_RESERVES = 2
LONG_MONTHS = 4

register(
    code="village_cadres",
    label="村“两委”干部",
    unit="人",
    ledger="cadres",
    group=GROUP,
    where=lambda p: Q(left_on=""),
    definition="在任的村干部",
)
register(
    code="secretaries_heading_both",
    label="“一肩挑”书记",
    unit="人",
    ledger="cadres",
    group=GROUP,
    where=lambda p: Q(left_on="", post=Cadre.Post.SECRETARY, heads_both=True),
    definition="兼任村委会主任的党组织书记",
)
register(
    code="cadres_able_digitally",
    label="会数字化办公的村干部",
    unit="人",
    ledger="cadres",
    group=GROUP,
    where=lambda p: Q(left_on="", digital__in=[Digital.BASIC, Digital.SKILLED]),
    definition="数字化办公水平为会基本操作或熟练",
)
register(
    code="secretaries_replaced",
    label="调整不胜任的村党组织书记",
    unit="人次",
    ledger="adjustments",
    group=GROUP,
    where=lambda p: Q(on__lte=p.day, post=Cadre.Post.SECRETARY, reason="不胜任现职"),
    definition="截至统计日，原职务为党组织书记、原因为不胜任现职的调整",
)
register(
    code="removed_after_review",
    label="联审清理的村“两委”干部",
    unit="人次",
    ledger="adjustments",
    group=GROUP,
    where=lambda p: Q(on__lte=p.day, kind="清理", reason="刑事处罚"),
    definition="截至统计日，调整类型为清理、原因为刑事处罚的调整，只计数",
)
register(
    code="reserves",
    label="村级后备干部",
    unit="人",
    ledger="reserves",
    group=GROUP,
    where=lambda p: IN_POOL,
    definition="状态为在库或培养",
)
register(
    code="reserves_in_poor_villages",
    label="贫困村后备干部",
    unit="人",
    ledger="reserves",
    group=GROUP,
    where=lambda p: IN_POOL & Q(place__in=poor_places()),
    definition="贫困村中状态为在库或培养的后备干部",
)
register(
    code="villages_short_of_reserves",
    label="后备干部不足的村",
    unit="个",
    ledger="places",
    group=GROUP,
    where=lambda p: A_VILLAGE & ~Q(code__in=places_of(Reserve.objects.filter(IN_POOL), FEWEST_RESERVES)),
    definition=f"在库和培养的后备干部少于{FEWEST_RESERVES}人的村",
)
register(
    code="four_month_trainees",
    label="四个月集中轮训的干部",
    unit="人",
    ledger="enrolments",
    group=GROUP,
    where=lambda p: Q(
        training__in=TrainingClass.objects.lasting(LONG_MONTHS)
        .filter(starts_on__lte=p.day, programme__contains=TrainingClass.ABILITY)
        .values("pk")
    ),
    each=Enrolment.person(),
    definition=f"参加{TrainingClass.ABILITY}工程中连续{LONG_MONTHS}个月以上班次的人，每人列一行",
)
register(
    code="stationed_units",
    label="驻村帮扶单位",
    unit="家",
    ledger="postings",
    group=GROUP,
    where=in_post,
    each="unit",
    definition="有干部驻在贫困村的单位，每家列一行",
)
register(
    code="stationed_cadres",
    label="驻贫困村干部",
    unit="人",
    ledger="postings",
    group=GROUP,
    where=in_post,
    definition="到期日仍在岗、驻在贫困村的干部",
)
register(
    code="stationed_villages",
    label="有干部驻点的贫困村",
    unit="个",
    ledger="villages",
    group=GROUP,
    where=lambda p: POOR & Q(place__in=Posting.objects.in_post(p.on).order_by().values("place")),
    definition="有驻村干部在岗的贫困村",
)
