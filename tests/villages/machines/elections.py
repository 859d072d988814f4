from itertools import count

from tests.conftest import VILLAGE
from tests.villages.machines import Machine
from villages.models import Election

DAYS = {
    "surveyed_on": "2020-01-10",
    "planned_on": "2020-02-10",
    "branch_on": "2020-03-10",
    "board_on": "2020-04-10",
    "voters_on": "2020-05-01",
    "reviewed_on": "2020-05-10",
    "committee_on": "2020-05-21",
    "handed_over_on": "2020-05-31",
    "filed_on": "2020-06-05",
    "trained_on": "2020-06-20",
    "looked_back_on": "2020-12-01",
}
STATES = [
    "begun", "surveyed", "planned", "branch", "board", "voters", "reviewed", "elected", "handed_over", "filed",
    "trained", "looked_back",
]  # fmt: skip
years = count(1950)


def make(state, **facts):
    given = {"year": next(years)} | dict([*DAYS.items()][: STATES.index(state)]) | facts
    return Election.objects.create(place_id=VILLAGE, **given)


RULES = """
begun       survey       TC    surveyed
surveyed    plan         TC    planned
planned     elect_branch TC    branch
branch      form_board   TC    board
board       list_voters  TC    voters
voters      review       TC    reviewed
reviewed    elect        TC    elected
elected     hand_over    TC    handed_over
handed_over file         CO    filed
filed       train        TC    trained
trained     look_back    CO+SU looked_back
surveyed    correct      CO    begun
planned     correct      CO    surveyed
branch      correct      CO    planned
board       correct      CO    branch
voters      correct      CO    board
reviewed    correct      CO    voters
elected     correct      CO    reviewed
handed_over correct      CO    elected
filed       correct      CO    handed_over
trained     correct      CO    filed
looked_back correct      CO    trained
"""
VERBS = [
    "survey",
    "plan",
    "elect_branch",
    "form_board",
    "list_voters",
    "review",
    "elect",
    "hand_over",
    "file",
    "train",
    "look_back",
]
NEEDED = {verb: {name: on} for verb, (name, on) in zip(VERBS, DAYS.items(), strict=True)}
NEEDED["elect"] |= {"turnout": "81.5", "votes": "66", "heads_both": "是"}
NEEDED["correct"] = {"reason": "日期登记有误"}
ELECTIONS = Machine("elections", RULES, make, NEEDED)
