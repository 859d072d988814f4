"""The rules of every process once more, written by hand: a change of a table of steps must be meant.

A line of `rules` is: state, step, who may (VC village, TC township officer, TL its leader, CO county office, CL its leader,
DP department, SU supervision, as in domain.md §2), and the state it leads to. What is not there must be refused.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from povertyparty.ledger import holder
from povertyparty.models import RecordStep, User
from villages.models import Place, Role

WHO = {
    "VC": Role.VILLAGE_FILER,
    "TC": Role.TOWNSHIP_OFFICER,
    "TL": Role.TOWNSHIP_LEADER,
    "CO": Role.COUNTY_OFFICER,
    "CL": Role.COUNTY_LEADER,
    "DP": Role.DEPARTMENT,
    "SU": Role.SUPERVISOR,
}


@dataclass(frozen=True)
class Machine:
    """`make(state)` gives a record in that state that is ready for steps, `needed` what a step asks for.

    `ready(found, verb)` brings about what else must have been before that very step.
    """

    code: str
    rules: str
    make: Callable
    needed: dict = field(default_factory=dict)
    ready: Callable = lambda found, verb: None

    @cached_property
    def cells(self):
        """{(state, verb): (roles, target)}"""
        lines = [line.split() for line in self.rules.strip().splitlines()]
        return {
            (state, verb): ({WHO[one] for one in who.split("+")}, target)
            for state, verb, who, target in lines
        }


def asked(found, verb, process="", **details):
    """A step that somebody took before."""
    by = User.objects.create(username=f"earlier{User.objects.count()}", name="此前经办")
    RecordStep.objects.create(
        process=process or holder(type(found)).code, ledger=holder(type(found)).code, record=found.pk, place_code=found.place_id,
        verb=verb, version=found.version, by=by, office="乡镇经办人", details=details,
    )  # fmt: skip


def somewhere():
    """A village of its own, where nothing is registered yet."""
    return Place.objects.create(code=f"659906{500_000 + Place.names.count()}", name="试点村")


from tests.villages.machines import (  # noqa: E402
    cadres,
    collective,
    elections,
    findings,
    handovers,
    households,
    incomes,
    items,
    measures,
    pairings,
    postings,
    projects,
    reserves,
    reviews,
    slips,
    training,
    villages,
)

MACHINES = [
    cadres.CADRES,
    elections.ELECTIONS,
    findings.FINDINGS,
    findings.PHASES,
    handovers.HANDOVERS,
    households.HOUSEHOLDS,
    pairings.PAIRINGS,
    postings.POSTINGS,
    villages.VILLAGES,
    collective.COLLECTIVE,
    incomes.INCOMES,
    items.ITEMS,
    measures.MEASURES,
    projects.PROJECTS,
    projects.REWORKS,
    reserves.RESERVES,
    reviews.REVIEWS,
    slips.SLIPS,
    training.CLASSES,
]
