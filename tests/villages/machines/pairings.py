from tests.conftest import VILLAGE
from tests.villages.machines import Machine, households
from villages.models import Pairing


def pairing(household, helper, since="2019-01-01", **facts):
    return Pairing.objects.create(
        place_id=VILLAGE, household=household, helper=helper, since=since, measures="产业扶持", **facts
    )


def make(state, of="registered", **facts):
    ended = {"until": "2020-01-01"} if state == "ended" else {}
    return pairing(households.make(of), "李责任", **ended | facts)


def ready(found, verb):
    """Somebody else answers for the household too."""
    pairing(found.household, "赵接续")


RULES = """
helping end     VC+TC+CO ended
helping replace VC+TC+CO ended
helping release CL       ended
"""
NEEDED = {
    "end": {"until": "2020-06-01", "reason": "责任人调离本县"},
    "replace": {"until": "2020-06-01", "helper": "周新人", "unit": "县教育局干部", "kind": "机关干部"},
    "release": {"until": "2020-06-01", "reason": "责任人因病不能履职"},
}
PAIRINGS = Machine("pairings", RULES, make, NEEDED, ready)
