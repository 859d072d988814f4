"""Out of a weak collective economy: only by what the ledgers hold, and only by locked years."""

import pytest

from povertyparty import desk
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepIncomplete
from tests.villages.machines import collective as machine
from tests.villages.machines.collective import earned, make
from tests.villages.machines.villages import THIS_YEAR
from villages.models import CollectiveIncome, Project, VillagePlan

pytestmark = pytest.mark.django_db
PROCESS = REGISTRY["collective"]
LAST, BEFORE = THIS_YEAR - 1, THIS_YEAR - 2


@pytest.fixture(autouse=True)
def world(places):
    with everywhere("test"):
        yield


def take(found, verb, user, **changed):
    return PROCESS.take(found, verb, user, **machine.NEEDED.get(verb, {}) | changed)


def why_not(found, verb, user, **changed):
    with pytest.raises((StepBarred, StepIncomplete)) as refused:
        take(found, verb, user, **changed)
    found.refresh_from_db()
    return str(refused.value)


@pytest.mark.parametrize(
    "total,rank,state",
    [(4, "空壳", "identified"), (5, "薄弱", "identified"), (20, "达标", "reached"), (50, "强村", "reached")],
)
def test_the_class_is_reckoned_shown_and_no_other_is_taken(total, rank, state, officer):
    found = make("surveyed")
    earned(found, total, locked=False)
    assert PROCESS.suggests(found, "identify") == {"rank": rank}
    other = "强村" if rank != "强村" else "空壳"
    assert f"按{LAST}年总收入应为“{rank}”" in why_not(found, "identify", officer, rank=other)
    take(found, "identify", officer, rank=rank)
    assert found.collective == state


def test_nothing_is_identified_without_the_last_closed_year(officer):
    assert f"{LAST}年集体经济收入没有登记" in why_not(make("surveyed"), "identify", officer)


def test_a_plan_and_a_project_of_this_very_village_are_needed(clerk):
    found, other = make("identified"), make("identified")
    VillagePlan.objects.create(place=other.place, title="产业发展规划")
    assert "没有发展规划" in why_not(found, "plan", clerk)
    VillagePlan.objects.create(place=found.place, title="产业发展规划")
    take(found, "plan", clerk)
    Project.objects.create(place=found.place, number="X-1", name="巷道硬化", kind="基础设施")
    assert "没有产业或集体经济类项目" in why_not(found, "fund", clerk)
    Project.objects.update(kind="集体经济")
    take(found, "fund", clerk)
    assert found.collective == "funded"


def test_only_a_locked_year_is_a_year(clerk):
    found = make("under_way")
    earned(found, 25, locked=False)
    assert "没有已锁定的年度收入" in why_not(found, "reach", clerk)
    CollectiveIncome.objects.update(locked=True)
    take(found, "reach", clerk)
    assert found.collective == "reached"


def test_a_locked_year_below_the_line_is_told_with_its_amount(clerk):
    found = make("under_way")
    earned(found, 30, 19)
    assert f"已锁定的{LAST}年19.00万元，低于20万元" in why_not(found, "reach", clerk)


def test_it_is_closed_after_two_years_one_upon_the_other(officer):
    found = make("holding")
    earned(found, 25)
    assert f"须连续2个已锁定年度达标，现有{LAST}年" in why_not(found, "close", officer)
    gap = CollectiveIncome.objects.create(place=found.place, year=BEFORE - 1, business=25, locked=True)
    assert "须连续2个" in why_not(found, "close", officer)
    assert gap.locked
    earlier = CollectiveIncome.objects.create(place=found.place, year=BEFORE, business=25)
    CollectiveIncome.objects.filter(pk=earlier.pk).update(locked=True)
    take(found, "close", officer)
    assert found.collective == "closed"


def test_it_falls_back_only_when_a_locked_year_lies_below(officer):
    found = make("closed")
    assert "没有低于薄弱村线" in why_not(found, "fall_back", officer)
    earned(found, 25, 12)
    take(found, "fall_back", officer)
    assert found.collective == "identified"


def test_the_desk_asks_for_the_next_step_and_for_nothing_while_a_village_earns(officer, clerk):
    told = {}
    for user in (officer, clerk):
        for state in ("surveyed", "planned", "under_way", "holding"):
            make(state)
        told[user] = [one["title"] for one in desk.waiting(user, 50)[1]]
    assert told == {officer: ["认定集体经济等次：已摸底的 1 个村"], clerk: ["落实项目：有规划的 2 个村"]}
