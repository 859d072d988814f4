"""结对: a household in need always has somebody who answers for it (domain.md §2.7)."""

import pytest

from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepIncomplete
from tests.villages.machines.pairings import NEEDED, make, pairing
from villages.models import Pairing

pytestmark = pytest.mark.django_db
PROCESS = REGISTRY["pairings"]


@pytest.fixture(autouse=True)
def whole_county(places):
    with everywhere("test"):
        yield


@pytest.mark.parametrize("state", ["registered", "verifying", "relapsed", "monitored"])
def test_a_household_in_need_is_not_left_alone(state, clerk):
    found = make("helping", of=state)
    with pytest.raises(StepBarred, match=r"更换责任人.*特批"):
        PROCESS.take(found, "end", clerk, **NEEDED["end"])
    found.refresh_from_db()
    assert found.until == ""


@pytest.mark.parametrize("state", ["lifted", "eased", "settled", "removed"])
def test_a_household_out_of_need_may_be(state, filer):
    found = make("helping", of=state)
    PROCESS.take(found, "end", filer, **NEEDED["end"])
    assert (found.state, found.until) == ("ended", "2020-06-01")


def test_somebody_who_begins_a_day_later_leaves_a_gap(clerk):
    found = make("helping")
    other = pairing(found.household, "赵接续", since="2020-06-02")
    with pytest.raises(StepIncomplete, match="2020-06-01"):
        PROCESS.take(found, "end", clerk, **NEEDED["end"])
    Pairing.objects.filter(pk=other.pk).update(since="2020-06-01")
    found.refresh_from_db()
    PROCESS.take(found, "end", clerk, **NEEDED["end"])


def test_the_county_leader_may_end_it_with_a_reason(chief):
    found = make("helping")
    PROCESS.take(found, "release", chief, **NEEDED["release"])
    assert found.state == "ended"


def test_a_replacement_is_paired_by_the_same_step(clerk):
    found = make("helping")
    PROCESS.take(found, "replace", clerk, **NEEDED["replace"])
    new = Pairing.objects.get(helper="周新人")
    assert (new.household, new.place_id, new.since, new.until) == (
        found.household,
        found.place_id,
        found.until,
        "",
    )
    assert (new.unit, new.kind, new.measures) == ("县教育局干部", "机关干部", "产业扶持")


@pytest.mark.parametrize("helper", ["李责任", "赵接续"])
def test_who_already_helps_is_no_replacement(helper, clerk):
    found = make("helping")
    pairing(found.household, "赵接续")
    with pytest.raises(StepIncomplete, match="已是该户"):
        PROCESS.take(found, "replace", clerk, **NEEDED["replace"] | {"helper": helper})
    assert not Pairing.objects.filter(household=found.household).exclude(until="").exists()
