from datetime import date

from tests.conftest import VILLAGE
from tests.villages.machines import Machine
from villages.models import Reserve

DAY = "2020-06-01"
made = iter(range(1, 100_000))


def reserve(state="named", **facts):
    """Of whom all is said that any step asks for."""
    own = {"name": f"后备{next(made)}", "born_on": "1994-03", "source": "致富能手", "aim": "委员", "review": "符合"}  # fmt: skip
    return Reserve.objects.create(place_id=VILLAGE, state=state, **own | facts)


RULES = """
named    submit  TC vetting
vetting  back    CO named
vetting  admit   CO pool
pool     train   TC training
training ripen   CO ripe
ripe     use     CO used
pool     keep    CO pool
training keep    CO training
ripe     keep    CO ripe
named    out     CO out
vetting  out     CO out
pool     out     CO out
training out     CO out
ripe     out     CO out
used     restore CO pool
out      restore CO pool
"""

REASON = {"reason": "表现好，群众认可"}
NEEDED = {
    "submit": {"met_on": DAY},
    "back": REASON,
    "admit": {"entered_on": DAY},
    "train": {"mentor": "买连心", "training": "跟班2个月"},
    "ripen": {"practice": "村便民服务大厅"},
    "use": {"post": "村委委员", "used_on": DAY},
    "keep": {"year": str(date.today().year), **REASON},
    "out": {"category": "意愿", **REASON},
    "restore": REASON,
}

RESERVES = Machine("reserves", RULES, reserve, NEEDED)
