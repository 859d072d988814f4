"""换届: twenty days of the list, more than half twice, ten days to hand over, and no review left open (domain.md §2.6)."""

import pytest

from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepIncomplete
from tests.conftest import VILLAGE
from tests.villages.machines import cadres, reviews
from tests.villages.machines.elections import NEEDED, make
from villages.models import Election

pytestmark = pytest.mark.django_db
PROCESS = REGISTRY["elections"]


@pytest.fixture(autouse=True)
def whole_county(places):
    with everywhere("test"):
        yield


def faults(found, verb, user, **given):
    with pytest.raises(StepIncomplete) as refusal:
        PROCESS.take(found, verb, user, **NEEDED[verb] | given)
    found.refresh_from_db()
    return refusal.value.faults


def test_the_voters_are_listed_twenty_days_before(clerk):
    told = faults(make("reviewed"), "elect", clerk, committee_on="2020-05-20")
    assert "2020-05-21" in told["committee_on"]


def test_more_than_half_twice(clerk):
    assert faults(make("reviewed"), "elect", clerk, turnout="50", votes="49.9").keys() == {"turnout", "votes"}


def test_a_late_handover_is_explained(clerk):
    found = make("elected")
    assert "2020-05-31" in faults(found, "hand_over", clerk, handed_over_on="2020-06-01")["reason"]
    PROCESS.take(found, "hand_over", clerk, handed_over_on="2020-06-01", reason="道路中断，推迟交接")
    assert found.state == "handed_over"


def test_stages_follow_each_other_in_time(clerk):
    assert "2020-01-10" in faults(make("surveyed"), "plan", clerk, planned_on="2020-01-09")["planned_on"]


@pytest.mark.parametrize(
    ("state", "facts"), [("collected", {}), ("appealed", {}), ("concluded", {"conclusion": "暂缓"})]
)
@pytest.mark.parametrize("verb", ["review", "elect"])
def test_an_open_review_stops_the_election_and_nobody_is_named(verb, state, facts, clerk):
    open_one = reviews.make(state, **facts)
    found = make({"review": "voters", "elect": "reviewed"}[verb], year=2020)
    with pytest.raises(StepBarred) as refusal:
        PROCESS.take(found, verb, clerk, **NEEDED[verb])
    told = str(refusal.value)
    assert "尚未办结" in told and open_one.name not in told and "暂缓" not in told and "不符合" not in told


def test_who_was_reviewed_out_must_no_longer_be_proposed(clerk):
    review = reviews.make("concluded")
    proposed = cadres.make("reviewing", name=review.name)
    found = make("reviewed", year=2020)
    with pytest.raises(StepBarred):
        PROCESS.take(found, "elect", clerk, **NEEDED["elect"])
    proposed.stage = "dropped"
    proposed.save(update_fields=["stage"])
    found.refresh_from_db()
    PROCESS.take(found, "elect", clerk, **NEEDED["elect"])
    assert (found.state, found.committee_on, found.heads_both) == ("elected", "2020-05-21", True)


def test_the_county_takes_back_the_last_stage_with_what_it_said(officer):
    found = make("elected", turnout=80, votes=60, heads_both=True)
    PROCESS.take(found, "correct", officer, **NEEDED["correct"])
    assert (found.state, found.committee_on, found.turnout, found.heads_both) == ("reviewed", "", None, None)


def test_an_imported_election_goes_on_from_what_happened_last(officer):
    found = Election.objects.create(place_id=VILLAGE, year=2018, branch_on="2018-10", voters_on="2018-11")
    assert found.state == "voters"
    PROCESS.take(found, "correct", officer, **NEEDED["correct"])
    assert (found.state, found.voters_on) == ("branch", "")
