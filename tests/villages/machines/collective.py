from tests.villages.machines import Machine, somewhere
from tests.villages.machines.villages import THIS_YEAR
from villages.models import CollectiveIncome, Project, Village, VillagePlan

DAY = "2020-06-01"
made = iter(range(1, 100_000))


def make(state, **facts):
    return Village.objects.create(place=somewhere(), collective=state, **facts)


def earned(found, *totals, locked=True):
    """What the years until the last one brought in, the latest last."""
    for year, total in enumerate(totals, THIS_YEAR - len(totals)):
        CollectiveIncome.objects.create(place_id=found.place_id, year=year, business=total, locked=locked)


RULES = """
unsurveyed survey    VC+TC surveyed
surveyed   identify  CO    identified
identified plan      TC    planned
planned    fund      TC    funded
funded     carry_out VC+TC under_way
under_way  reach     TC    reached
reached    hold      TC    holding
holding    close     CO    closed
reached    fall_back CO    identified
holding    fall_back CO    identified
closed     fall_back CO    identified
"""

NEEDED = {
    "survey": {"surveyed_on": DAY, "means": "机动地300亩"},
    "identify": {"rank": "薄弱", "document": "示例〔2020〕5号"},
    "carry_out": {"since": DAY},
    "hold": {"measures": "续签承包合同"},
    "close": {"document": "示例〔2020〕6号"},
    "fall_back": {"reason": "承包合同到期未续"},
}


def ready(found, verb):
    if verb == "identify":
        earned(found, 10, locked=False)
    if verb == "plan":
        VillagePlan.objects.create(place_id=found.place_id, title="产业发展规划")
    if verb == "fund":
        Project.objects.create(place_id=found.place_id, number=f"X{next(made)}", name="养殖基地", kind="产业")
    if verb == "reach":
        earned(found, 20)
    if verb == "close":
        earned(found, 20, 25)
    if verb == "fall_back":
        earned(found, 30, 19)


COLLECTIVE = Machine("collective", RULES, make, NEEDED, ready)
