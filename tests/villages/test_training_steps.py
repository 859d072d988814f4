"""培训班次: what stands against a step, what a step writes, and when a class is followed."""

import pytest

from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepIncomplete
from tests.conftest import COUNTY, NEAR, VILLAGE
from tests.villages.machines.training import NEEDED, ago, training
from villages.models import Enrolment, TrainingClass

pytestmark = pytest.mark.django_db
STEPS = REGISTRY["training_classes"]


@pytest.fixture(autouse=True)
def all_in_scope(places):
    with everywhere("test"):
        yield


def take(found, verb, user, **given):
    STEPS.take(found, verb, user, **NEEDED.get(verb, {}) | given)
    return found


def enrolled(found, name, **own):
    Enrolment.objects.create(place_id=VILLAGE, training=found, name=name, **own)


def test_a_class_is_not_closed_before_it_can_be_measured(clerk):
    with pytest.raises(StepBarred) as refused:
        take(training("examined", length="", trained=None, exam=""), "close", clerk)
    assert all(word in str(refused.value) for word in ("天数/学时", "出勤", "考核方式"))


def test_what_the_trainees_rows_say_is_not_typed_again(clerk):
    found = training("examined", trained=None)
    enrolled(found, "甲", attendance="全勤", passed=True)
    enrolled(found, "乙", attendance="缺1天", passed=False)
    enrolled(found, "丙")
    take(found, "close", clerk)
    assert (found.state, found.trained, found.passed) == ("closed", 2, 1)


@pytest.mark.parametrize(
    ("ended", "is_followed"), [(ago(60), False), (ago(120), True), (ago(200), False), ("", False)]
)
def test_a_class_is_followed_three_to_six_months_after_its_end(ended, is_followed, clerk):
    found = training("closed", ends_on=ended)
    if not is_followed:
        with pytest.raises(StepBarred, match="结束"):
            take(found, "follow", clerk)
        assert not STEPS.todo_for(clerk)
    else:
        assert list(STEPS.todo_for(clerk)) == [found]
        assert take(found, "follow", clerk).state == "followed"


def test_a_class_is_filed_unfollowed_only_when_it_is_too_late(clerk):
    with pytest.raises(StepBarred, match="还没有跟踪"):
        take(training("closed"), "file", clerk)
    assert take(training("closed", ends_on=ago(250)), "file", clerk).state == "filed"


def test_what_a_step_says_stands_in_the_class(clerk):
    found = take(training(due=None, exam="", ends_on=""), "survey", clerk)
    take(found, "call", clerk), take(found, "hold", clerk), take(found, "examine", clerk)
    assert (found.due, found.starts_on, found.ends_on, found.exam) == (30, "2020-06-01", "2020-06-30", "实操")


def test_a_class_does_not_end_before_it_began(clerk):
    with pytest.raises(StepIncomplete, match="开班"):
        take(training("held"), "examine", clerk, ends_on="2020-05-31")


def test_an_imported_class_is_over_when_it_has_numbers_and_planned_when_it_has_none():
    assert training("", trained=30).state == training("", trained=None, passed=0).state == "closed"
    assert training("", trained=None).state == "planned"


def test_the_county_is_asked_about_its_own_classes(officer):
    training("examined")
    own = training("examined", place_id=COUNTY)
    assert list(STEPS.todo_for(officer)) == [own]


def test_a_class_entered_by_a_township_begins_at_the_beginning(clerk, client_of):
    form = {"number": "9", "name": "培训", "starts_on": "2020-06-01", "trained": "30", "place": NEAR}
    client_of(clerk).post("/ledgers/training_classes/add/", form)
    assert TrainingClass.objects.get(number="9").state == "planned"
