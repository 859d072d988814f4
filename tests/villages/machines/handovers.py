from datetime import date, timedelta

from inspections.models import Handover
from tests.conftest import VILLAGE
from tests.villages.machines import Machine

made = iter(range(1, 100_000))


def make(state):
    facts = {} if state == "draft" else {"locked": True, "pack": []}
    on = date(2020, 1, 1) + timedelta(next(made))
    return Handover.objects.create(place_id=VILLAGE, giver="甲", receiver="乙", on=on, state=state, **facts)


RULES = """
draft    give    VC+TC+TL+CO given
given    receive VC+TC+TL+CO received
given    return  VC+TC+TL+CO draft
received witness TL+CO+CL    closed
"""
NEEDED = {
    "give": {"signed_by": "甲"},
    "receive": {"signed_by": "乙"},
    "return": {"reason": "清单缺少两户"},
    "witness": {"signed_by": "丙"},
}
HANDOVERS = Machine("handovers", RULES, make, NEEDED)
