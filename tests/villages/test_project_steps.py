"""项目: what stands against a step, what a step writes, and who judges what was done over and over."""

from datetime import timedelta

import pytest
from django.utils import timezone

from povertyparty.models import RecordStep
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepForbidden, StepIncomplete
from tests.conftest import VILLAGE
from tests.villages.machines.projects import NEEDED, WHOLE, project
from villages.models import Project, Role, VillagePlan

pytestmark = pytest.mark.django_db
STEPS, VERDICT = REGISTRY["projects"], REGISTRY["reworks"]
today = timezone.localdate
REASON, DOCUMENT = {"reason": "群众要求改址"}, {"document": "示例〔2020〕3号"}


@pytest.fixture(autouse=True)
def all_in_scope(places):
    with everywhere("test"):
        yield


@pytest.fixture
def department(somebody):
    return somebody(Role.DEPARTMENT)


def take(found, verb, user, process=STEPS, **given):
    process.take(found, verb, user, **NEEDED.get(verb, {}) | given if process is STEPS else given)
    return found


def change(found, officer, **given):
    process_given = {"kind": "", **REASON, **DOCUMENT} | given
    STEPS.take(found, "change", officer, **process_given)
    return found


def suspected(found):
    return Project.objects.suspected(today()).filter(pk=found.pk).exists()


def test_the_library_names_everything_that_is_missing_at_once(officer):
    bare = project("appraised", goal="", mechanism="", households=None, persons=None, central=None)
    with pytest.raises(StepBarred) as refused:
        take(bare, "admit", officer)
    said = str(refused.value)
    assert all(f"“{word}" in said for word in ("绩效目标", "带贫减贫机制", "受益户数、受益人口", "中央资金"))
    assert "建设性质" not in said and "修改" in said


@pytest.mark.parametrize(
    ("lacking", "word"),
    [("cost", "资金规模"), ("central", "中央资金"), ("unit", "责任单位"), ("person", "责任人"), ("finish_due", "计划完工")],
)  # fmt: skip
def test_no_project_begins_without_fund_and_people_and_deadline(lacking, word, clerk):
    nothing = 0 if lacking in {"cost", "central"} else ""
    with pytest.raises(StepBarred, match=word):
        take(project("approved", **{lacking: nothing}), "start", clerk)
    assert take(project("approved"), "start", clerk).started_on == "2020-06-01"


def test_a_project_belongs_to_a_plan_or_says_why_not(officer):
    with pytest.raises(StepIncomplete, match="发展规划"):
        take(project("planned", plan_basis=""), "approve", officer)
    taken = take(project("planned", plan_basis=""), "approve", officer, unplanned="灾后应急项目")
    assert (taken.state, taken.plan_basis) == ("approved", "")


def test_the_plan_of_the_village_is_not_typed_again(officer):
    own = {"place_id": VILLAGE, "from_year": 2019, "to_year": 2023}
    VillagePlan.objects.create(title="草稿", state="编制中", **own)
    VillagePlan.objects.create(title="村发展规划", state="实施中", **own)
    assert take(project("planned", plan_basis="", year=2020), "approve", officer).plan_basis == "村发展规划"
    with pytest.raises(StepIncomplete):
        take(project("planned", plan_basis="", year=2024), "approve", officer)


def test_what_was_paid_never_goes_back_nor_beyond_the_cost(clerk):
    found = project("building", paid=70, progress=60)
    for paid in ("69", "121"):
        with pytest.raises(StepIncomplete):
            take(found, "progress", clerk, paid=paid)
    take(found, "progress", clerk, percent="55", paid="80")
    assert (found.progress, found.paid, found.state) == (55, 80, "building")


def test_who_finished_a_project_does_not_accept_it(department, somebody):
    found = take(project("building"), "finish", department)
    assert found.progress == 100
    with pytest.raises(StepForbidden, match="须由他人"):
        take(found, "accept", department)
    assert take(found, "accept", somebody(Role.DEPARTMENT)).accepted_on == "2020-06-01"


def test_nothing_is_finished_before_it_began(clerk):
    with pytest.raises(StepIncomplete, match="实际开工"):
        take(project("building", started_on="2020-07"), "finish", clerk)


@pytest.mark.parametrize(
    ("given", "altered", "changes"),
    [
        ({"kind": "地点", "now": "二组"}, {"site": "二组"}, 1),
        ({"kind": "内容", "now": "烘干房"}, {"task": "烘干房"}, 1),
        ({"kind": "规模", "now": "600吨", "percent": "20"}, {"task": "600吨"}, None),
        ({"kind": "规模", "now": "700吨", "percent": "21"}, {"task": "700吨"}, 1),
        ({"kind": "预算", "cost": "144"}, {"cost": 144}, None),
        ({"kind": "预算", "cost": "90"}, {"cost": 90}, 1),
        ({"kind": "受益对象", "now": "后湾村"}, {}, 1),
    ],
)
def test_a_change_is_written_and_counts_where_it_is_a_great_one(given, altered, changes, officer):
    found = change(project("building"), officer, **given)
    assert found.changes == changes
    assert {name: getattr(found, name) for name in WHOLE} == WHOLE | altered


@pytest.mark.parametrize(
    "given",
    [
        {"kind": "地点"},
        {"kind": "规模", "now": "600吨"},
        {"kind": "预算"},
        {"kind": "预算", "cost": "10"},
        {"kind": "地点", "now": "长" * 101},
    ],
)
def test_a_change_says_what_is_from_now_on(given, officer):
    with pytest.raises(StepIncomplete):
        change(project("building", paid=70), officer, **given)


def test_two_great_changes_are_suspected_and_an_officer_judges(officer, chief):
    found = project("building", reworked=False)
    change(found, officer, kind="地点", now="二组")
    assert (found.rework, suspected(found)) == ("open", False)
    with pytest.raises(StepBarred, match="四种情形"):
        take(found, "confirm", officer, VERDICT, **REASON)
    change(found, officer, kind="内容", now="烘干房")
    assert suspected(found)
    take(found, "confirm", officer, VERDICT, **REASON)
    assert (found.reworked, found.rework) == (True, "confirmed")
    take(found, "reconsider", chief, VERDICT, **REASON)
    take(found, "exclude", officer, VERDICT, **REASON)
    assert (found.reworked, suspected(found)) == (False, False)
    trail = RecordStep.objects.filter(record=found.pk, process="reworks")
    assert [one.verb for one in trail] == ["confirm", "reconsider", "exclude"]


def test_what_is_rebuilt_or_ended_soon_is_suspected_though_it_was_ruled_out_before(officer, chief):
    begun = {"started_on": (today() - timedelta(400)).isoformat(), "reworked": False}
    rebuilt = take(project("accepted", **begun), "rework", officer)
    ended = take(project("building", **begun), "terminate", chief)
    long_ago = take(project("accepted", started_on="2012-05", accepted_on="2013-05"), "rework", officer)
    assert [suspected(one) for one in (rebuilt, ended, long_ago)] == [True, True, False]
    assert rebuilt.rebuilt_on == today().isoformat()


def test_a_villages_project_begins_at_the_beginning_and_the_page_has_both_processes(
    filer, officer, client_of
):
    form = {"number": "2020-9", "name": "冷库", "place": VILLAGE, "state": "building", "reworked": "是"}
    client_of(filer).post("/ledgers/projects/add/", form)
    found = Project.objects.get(number="2020-9")
    assert (found.state, found.reworked) == ("idea", None)
    page = client_of(officer).get(f"/ledgers/projects/{found.pk}/").content.decode()
    assert "项目的办理" in page and "“翻烧饼”的判定" in page


def test_a_form_begins_with_what_is_known_and_says_nothing_of_the_rest(clerk, client_of):
    page = client_of(clerk).get(f"/ledgers/projects/{project('building', paid=70).pk}/").content.decode()
    assert 'value="70' in page and "None" not in page


def test_a_project_that_waits_is_on_the_desk_of_who_is_to_act(department, clerk):
    waits = project("reviewed")
    assert list(STEPS.todo_for(department)) == [waits]
    assert not STEPS.todo_for(clerk)
