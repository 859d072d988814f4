"""A phase of a round freezes by its day; only the county leader opens it again, until another day."""

from django.utils import timezone

from inspections.models import RoundPhase
from povertyparty.kinds import Day
from povertyparty.steps import Need, Process, Step, by, register
from villages.steps.needs import COUNTY_LEADER, REASON

S = RoundPhase.State

STEPS = {
    "reopen": Step(
        "重新开放",
        by(COUNTY_LEADER, S.PLANNED, S.REOPENED),
        S.REOPENED,
        (Need("frozen_on", "新的冻结日期", Day(), help="过了这一天再次冻结。"), REASON),
        grave=True,
    ),
}


class Freezing(Process):
    code = ledger = "round_phases"
    title = "冻结和重新开放"
    steps = STEPS
    road = (S.PLANNED,)

    def bars(self, found, verb):
        return "" if found.is_frozen else "还没有冻结，不用重新开放"

    def amiss(self, found, verb, details):
        least = max(timezone.localdate(), found.ends)
        return {"frozen_on": f"不能早于{least}"} if details["frozen_on"] < least else {}

    def sets(self, found, verb, after, details):
        return {"frozen_on": details["frozen_on"], "reopened": found.reopened + 1}


register(Freezing())
