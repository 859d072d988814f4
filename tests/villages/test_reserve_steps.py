"""后备干部: what stands against a step, and what a step writes."""

from datetime import date

import pytest
from django.utils import timezone

from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepIncomplete
from tests.conftest import VILLAGE
from tests.villages.machines.reserves import NEEDED, reserve
from villages.models import Cadre, JointReview, Reserve

pytestmark = pytest.mark.django_db
STEPS = REGISTRY["reserves"]


@pytest.fixture(autouse=True)
def all_in_scope(places):
    with everywhere("test"):
        yield


def take(found, verb, user, **given):
    STEPS.take(found, verb, user, **NEEDED.get(verb, {}) | given)
    return found


def reviewed(found, conclusion, on):
    JointReview.objects.create(
        place_id=VILLAGE, name=found.name, post="后备干部", conclusion=conclusion, on=on
    )


def test_only_those_in_the_pool_in_training_and_ripe_are_counted():
    for state in Reserve.State:
        reserve(state)
    assert set(
        Reserve.objects.filter(Reserve.in_pool_on(timezone.localdate())).values_list("state", flat=True)
    ) == {
        "pool",
        "training",
        "ripe",
    }


def test_a_nomination_says_who_it_is(clerk):
    with pytest.raises(StepBarred, match=r"来源.*培养方向"):
        take(reserve(source="", aim=""), "submit", clerk)


@pytest.mark.parametrize("review", ["", "不符合", "暂缓"])
def test_nobody_enters_the_pool_without_passing_the_review(review, officer):
    with pytest.raises(StepBarred, match="符合"):
        take(reserve("vetting", review=review), "admit", officer)


def test_the_last_joint_review_counts_and_is_not_typed_again(officer):
    passed, failed = reserve("vetting", review=""), reserve("vetting", review="符合")
    reviewed(passed, "不符合", "2019-05-01"), reviewed(passed, "符合", "2020-05-01")
    reviewed(failed, "不符合", "2020-05-01")
    assert take(passed, "admit", officer).review == "符合"
    with pytest.raises(StepBarred):
        take(failed, "admit", officer)


def test_the_way_from_the_pool_into_a_post(officer, clerk):
    found = take(reserve("pool", entered_on="2019-07"), "train", clerk)
    assert (found.mentor, found.training) == ("买连心", "跟班2个月")
    take(found, "ripen", officer)
    assert (found.practice, found.ripeness) == ("村便民服务大厅", "近期可用")
    with pytest.raises(StepIncomplete, match="入库"):
        take(found, "use", officer, used_on="2019-06-30")
    take(found, "use", officer)
    assert (found.state, found.left_on, found.left_for) == ("used", "2020-06-01", "村委委员")


def test_what_the_roster_of_cadres_says_is_proposed():
    found = reserve("ripe")
    same = {"place_id": VILLAGE, "name": found.name, "born_on": found.born_on}
    Cadre.objects.create(post="clerk", since="2020-05-01", **same)
    assert STEPS.suggests(found, "use") == {"post": "文书(会计)", "used_on": "2020-05-01"}


def test_who_is_put_out_has_a_reason_and_can_come_back(officer):
    found = take(reserve("training"), "out", officer)
    assert (found.left_on, found.left_for) == (date.today().isoformat(), "意愿")
    take(found, "restore", officer)
    assert (found.state, found.left_on, found.left_for) == ("pool", "", "")


def test_the_yearly_review_keeps_once_a_year_and_leaves_its_trail(officer):
    found = take(reserve("training"), "keep", officer)
    with pytest.raises(StepIncomplete, match="已经办理"):
        take(found, "keep", officer)
    with pytest.raises(StepIncomplete, match="今年或去年"):
        take(found, "keep", officer, year="2015")
    (kept,) = STEPS.trail(found)
    assert (kept.before, kept.after, kept.details["year"]) == ("training", "training", date.today().year)


def test_a_nomination_by_a_village_begins_at_the_beginning(filer, client_of):
    form = {"name": "古晓梅", "born_on": "1994-03", "place": VILLAGE, "state": "pool"}
    client_of(filer).post("/ledgers/reserves/add/", form)
    assert Reserve.objects.get(name="古晓梅").state == "named"
