"""包联帮扶: who was visited, who answers for whom, what helps."""

from functools import partial

from django.db.models import Exists, OuterRef, Q, Value
from django.db.models.functions import Concat, Left

from povertyparty.figures import counting, register, register_rate
from villages.figures.conditions import poor, registered, unlifted
from villages.models import Contact, Pairing, Visit, say

GROUP = "包联帮扶"
CASH = "发钱发物"


def talks(period):
    return period.during("on") & Q(way__in=Visit.TALKS)


visits = counting("visits", "个", GROUP, during=True)
households = counting("households", "户", GROUP, lambda p: registered(p.on))
poor_villages = counting("villages", "个", GROUP, lambda p: poor(p.on))


def with_all_five(period):
    held = Contact.objects.in_force(period.on).filter(Contact.all_five(period.on))
    return Q(place__in=held.order_by().values("place"))


def visited(period):
    return Exists(Visit.objects.filter(period.during("on"), household=OuterRef("pk")))


def pairings(period):
    return Q(since__lte=period.day) & (Q(until="") | Q(until__gt=period.day))


rate = partial(register_rate, group=GROUP)


visits(
    "visited_townships",
    "走访调研的乡镇",
    "统计期内有座谈交流、听取汇报或个别谈话的乡镇，每个列一次走访",
    lambda p: talks(p) & Q(place__code__length__gte=9),
    each=Left("place", 9),
)
visits(
    "visited_villages",
    "走访调研的村",
    "统计期内有座谈交流、听取汇报或个别谈话的村，每个列一次走访",
    lambda p: talks(p) & Q(place__code__length=12),
    each="place",
)
visits(
    "visits_by_way",
    "走访方式",
    "统计期内的走访，按方式分",
    lambda p: p.during("on"),
    unit="次",
    split="way",
)
households("households_visited", "走访过的户", "统计期内有走访记录的在册户", visited, during=True)
rate("households_visited_share", "走访覆盖率", "households_visited", "households")
households(
    "households_with_helper", "有帮扶责任人的户", "在册户中有结对尚未解除的户", lambda p: Pairing.helps(p.on)
)
rate("households_with_helper_share", "包干到人率", "households_with_helper", "households")
households(
    "households_without_helper",
    "没有帮扶责任人的户",
    "在册户中没有结对，或结对都已解除的户",
    lambda p: ~Pairing.helps(p.on),
)
households(
    "unlifted_households_without_helper",
    "没有帮扶责任人的未脱贫户",
    "未脱贫户中没有结对，或结对都已解除的户",
    lambda p: unlifted(p.on) & ~Pairing.helps(p.on),
)
register(
    code="pairings_in_force",
    label="现有结对",
    unit="对",
    ledger="pairings",
    group=GROUP,
    where=pairings,
    definition="结对时间不晚于统计日、尚未解除的户级结对",
    inner=True,
)
register(
    code="helpers",
    label="帮扶责任人",
    unit="人",
    ledger="pairings",
    group=GROUP,
    where=pairings,
    each=Concat("helper", Value(" "), "unit"),
    definition="现有结对中的责任人，姓名和单位相同的算一人，每人列一行",
)
rate("households_to_a_helper", "人均包户", "pairings_in_force", "helpers", unit="户", scale=1)
poor_villages(
    "poor_villages_with_all_five_contacts",
    say("“五个一”包联齐全的{poor_village}"),
    say("有厅级或县级包联领导、乡镇包村领导、后盾单位、在岗驻村干部，且户户有帮扶责任人的{poor_village}"),
    with_all_five,
)
rate(
    "all_five_contacts_share",
    "“五个一”全覆盖率",
    "poor_villages_with_all_five_contacts",
    "poor_villages",
)
poor_villages(
    "poor_villages_short_of_five_contacts",
    say("“五个一”包联不齐的{poor_village}"),
    say("包联领导、包村领导、后盾单位、驻村干部有缺，或有户没有帮扶责任人的{poor_village}"),
    lambda p: ~with_all_five(p),
)
register(
    code="helps_by_kind",
    label="帮扶措施",
    unit="条",
    ledger="helps",
    group=GROUP,
    where=lambda p: p.during("since"),
    split="kind",
    during=True,
    definition="统计期内开始的帮扶措施，按类别分",
)
register(
    code="help_wan",
    label="帮扶措施金额",
    unit="万元",
    ledger="helps",
    group=GROUP,
    where=lambda p: p.during("since"),
    total="amount",
    scale=10_000,
    places=2,
    during=True,
    definition="统计期内开始的帮扶措施金额之和",
)
register(
    code="help_in_cash_wan",
    label="发钱发物金额",
    unit="万元",
    ledger="helps",
    group=GROUP,
    where=lambda p: p.during("since") & Q(kind=CASH),
    total="amount",
    scale=10_000,
    places=2,
    during=True,
    definition="其中类别为发钱发物的金额之和",
)
rate("help_in_cash_share", "直接发钱发物占比", "help_in_cash_wan", "help_wan")
