from tests.villages.machines import Machine, somewhere
from villages.models import CollectiveIncome

FACTS = {"filed": {}, "audited": {"auditor": "赵会计"}, "locked": {"auditor": "赵会计", "locked": True}}


def make(state, **facts):
    place = facts.pop("place", None) or somewhere()
    return CollectiveIncome.objects.create(
        place=place, **{"year": 2019, "business": 12} | FACTS[state] | facts
    )


RULES = """
filed   audit     TC audited
audited send_back TC filed
audited lock      TC locked
locked  unlock    CO filed
"""

NEEDED = {
    "audit": {"auditor": "赵会计"},
    "send_back": {"reason": "漏报发包收入"},
    "unlock": {"reason": "补报上交收入"},
}

INCOMES = Machine("collective_incomes", RULES, make, NEEDED)
