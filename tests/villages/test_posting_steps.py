"""驻村: while the village is poor nobody leaves it before somebody else is there (domain.md §2.7)."""

from datetime import date

import pytest

from povertyparty import quality
from povertyparty.ledger import REGISTRY as LEDGERS
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepIncomplete
from tests.conftest import VILLAGE
from tests.villages.machines.postings import NEEDED, make, poor, posting
from villages.models import Cadre, Posting

pytestmark = pytest.mark.django_db
PROCESS = REGISTRY["postings"]
LEAVING = {"left_on": "2021-02-01"}
LATER = date(2021, 3, 1)


@pytest.fixture(autouse=True)
def whole_county(places):
    with everywhere("test"):
        yield


def refused(found, verb, user, **given):
    with pytest.raises((StepBarred, StepIncomplete)) as refusal:
        PROCESS.take(found, verb, user, **given)
    found.refresh_from_db()
    return str(refusal.value)


@pytest.mark.parametrize("verb", ["rotate", "recall", "transfer"])
def test_nobody_leaves_a_poor_village_without_a_successor(verb, officer):
    poor()
    found = make("in_post")
    told = refused(found, verb, officer, **NEEDED[verb])
    assert "不脱贫不脱钩" in told and "特批" in told and found.left_on == ""


def test_a_successor_of_another_duty_does_not_do(officer):
    poor()
    posting(duty="member", came_on="2020-01-01")
    assert "接任人" in refused(make("in_post"), "rotate", officer, **LEAVING)


def test_a_first_secretary_who_also_leads_the_team_succeeds_a_first_secretary(officer):
    poor()
    posting(duty="first_and_leader", came_on="2021-02-01")
    found = make("in_post")
    PROCESS.take(found, "rotate", officer, **LEAVING)
    assert (found.left_on, found.rotation) == ("2021-02-01", "期满轮换")


def test_a_gap_of_one_day_is_a_gap(officer):
    poor()
    posting(came_on="2021-02-02")
    told = refused(make("in_post"), "rotate", officer, **LEAVING)
    assert told.startswith("离村日期") and "2021-02-01" in told


def test_somebody_only_recommended_is_no_successor(officer):
    poor()
    make("trained")
    assert "接任人" in refused(make("in_post"), "rotate", officer, **LEAVING)


@pytest.mark.parametrize("facts", [{"exit_year": 2020}, {"poverty_level": "none"}])
def test_where_the_village_is_not_or_no_longer_poor_one_may_leave(facts, officer):
    poor(**facts)
    found = make("in_post")
    PROCESS.take(found, "rotate", officer, **LEAVING)
    assert found.state == Posting.State.LEFT


def test_the_county_leader_may_let_somebody_go_and_the_gap_is_seen(chief):
    poor()
    found = make("in_post")
    PROCESS.take(found, "release", chief, **NEEDED["release"])
    told = quality.broken(LEDGERS["postings"], found.pk, LATER)
    assert "posting_without_successor" in {rule.code for rule in told}


def test_a_term_is_two_years_but_who_is_not_fit_is_recalled_before(officer):
    found = make("in_post", came_on="2020-06-01")
    told = refused(found, "rotate", officer, left_on="2021-02-01")
    assert "24个月" in told and "2022-06-01" in told and "召回" in told
    PROCESS.take(found, "recall", officer, **NEEDED["recall"])
    assert found.left_on == "2021-02-01"


def test_all_that_stands_against_leaving_is_said_at_once(officer):
    poor()
    told = refused(make("in_post", came_on="2099-01-01"), "rotate", officer, left_on="2026-01-01")
    assert "到村" in told
    recent = make("in_post", came_on="2026-01-01")
    told = refused(recent, "rotate", officer, left_on="2026-02-01")
    assert "任期" in told and "不脱贫不脱钩" in told


def test_a_first_secretary_holds_no_village_post(officer):
    Cadre.objects.create(place_id=VILLAGE, name="王同名", post="head")
    found = make("trained", name="王同名")
    told = refused(found, "station", officer, **NEEDED["station"])
    assert "两委" in told and "出生年月" in told
    found.duty = "member"
    PROCESS.take(found, "station", officer, **NEEDED["station"])
    assert found.state == "in_post"


def test_two_persons_of_one_name_are_told_apart_by_their_birth(officer):
    Cadre.objects.create(place_id=VILLAGE, name="王同名", post="head", born_on="1970-01")
    found = make("trained", name="王同名", born_on="1985-03")
    PROCESS.take(found, "station", officer, **NEEDED["station"])
    assert (found.came_on, found.document, found.due_on) == ("2020-06-01", "示例〔2020〕5号", "2022-06-01")


def test_a_term_shorter_than_the_least_is_not_planned(officer):
    given = NEEDED["station"] | {"due_on": "2021-06-01"}
    assert "2022-06-01" in refused(make("trained"), "station", officer, **given)


def test_a_handover_names_somebody_of_the_roster(clerk):
    found = make("in_post")
    assert "登记接任人" in refused(found, "hand_over", clerk, successor="无此人", begun_on="2021-01-01")


def test_who_is_only_proposed_is_not_in_post():
    found = make("recommended")
    assert found not in Posting.objects.in_post(LATER) and found not in Posting.objects.come()


def test_a_township_proposes_and_the_county_may_enter_who_is_there(clerk, officer, client_of):
    given = {"place": VILLAGE, "name": "李新派", "unit": "县教育局", "duty": "member"}
    client_of(clerk).post("/ledgers/postings/add/", given | {"came_on": "2020-01-01"})
    client_of(officer).post("/ledgers/postings/add/", given | {"name": "赵在岗", "came_on": "2020-01-01"})
    told = dict(Posting.objects.values_list("name", "state"))
    assert told == {"李新派": "recommended", "赵在岗": "in_post"}
    assert Posting.objects.get(name="李新派").came_on == ""


def test_an_assessment_is_on_the_trail_for_those_only_who_may_see_it(clerk, chief, client_of):
    found = make("in_post")
    PROCESS.take(found, "assess", clerk, **NEEDED["assess"])
    seen = {user.role: client_of(user).get(f"/ledgers/postings/{found.pk}/") for user in (clerk, chief)}
    told = {role: "考核等次：优秀" in page.content.decode() for role, page in seen.items()}
    assert told == {clerk.role: True, chief.role: False}
