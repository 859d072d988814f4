"""任职: proposed, reviewed, noticed, appointed; leaving is entered once; why somebody is not appointed is nobody else's matter."""

from datetime import date

import pytest
from django.utils import timezone

from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.figures import Period, values
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepIncomplete
from tests.conftest import COUNTY, VILLAGE
from tests.villages.machines import asked
from tests.villages.machines.cadres import LEAVING, NEEDED, make
from villages.models import Adjustment, Cadre, JointReview, Role

pytestmark = pytest.mark.django_db
PROCESS = REGISTRY["cadres"]


@pytest.fixture(autouse=True)
def whole_county(places):
    with everywhere("test"):
        yield


def refused(found, verb, user, **given):
    with pytest.raises((StepBarred, StepIncomplete)) as refusal:
        PROCESS.take(found, verb, user, **given)
    found.refresh_from_db()
    return str(refusal.value)


def review_of(found, conclusion="不符合"):
    return JointReview.objects.create(
        place_id=VILLAGE, name=found.name, post="主任", on="2020-04-20", conclusion=conclusion
    )


@pytest.mark.parametrize(
    ("conclusion", "state"), [("符合", "cleared"), ("不符合", "dropped"), ("暂缓", "reviewing")]
)
def test_the_conclusion_decides(conclusion, state, officer):
    found = make("reviewing")
    PROCESS.take(found, "conclude", officer, conclusion=conclusion, reviewed_on="2020-04-20")
    assert (found.state, found.review, found.reviewed_on) == (state, conclusion, "2020-04-20")


@pytest.mark.parametrize(
    "role", [Role.VILLAGE_FILER, Role.TOWNSHIP_OFFICER, Role.TOWNSHIP_LEADER, Role.DEPARTMENT, Role.SUPERVISOR]
)  # fmt: skip
@pytest.mark.parametrize("conclusion", ["符合", "不符合", "暂缓"])
def test_others_see_that_a_review_is_done_but_not_how_it_ended(
    conclusion, role, officer, somebody, client_of
):
    found = make("reviewing")
    PROCESS.take(found, "conclude", officer, conclusion=conclusion, reviewed_on="2020-04-20")
    page = client_of(somebody(role)).get(f"/ledgers/cadres/{found.pk}/").content.decode()
    assert "县级联审办结" in page and f"联审结论：{conclusion}" not in page and "符合" not in page
    assert (
        f"联审结论：{conclusion}" in client_of(officer).get(f"/ledgers/cadres/{found.pk}/").content.decode()
    )


def test_the_conclusion_is_that_of_the_joint_review(officer):
    found = make("reviewing")
    review_of(found, "暂缓")
    assert PROCESS.suggests(found, "conclude")["conclusion"] == "暂缓"
    assert "不一致" in refused(found, "conclude", officer, **NEEDED["conclude"])


def test_a_notice_runs_its_days_before_somebody_is_appointed(officer):
    found = make("notice")
    asked(found, "notice", notice_on="2020-05-28")
    assert "第4天" in refused(found, "appoint", officer, **NEEDED["appoint"])
    PROCESS.take(found, "appoint", officer, **NEEDED["appoint"] | {"since": "2020-06-04"})
    assert (found.state, found.since) == ("serving", "2020-06-04")


def test_leaving_is_entered_once_for_both_ledgers(officer):
    found = make("serving")
    PROCESS.take(found, "leave", officer, **LEAVING)
    (told,) = Adjustment.objects.values("name", "post", "kind", "reason", "document", "on", "successor")
    assert told == {
        "name": found.name,
        "post": "head",
        "kind": "免职",
        "reason": "年龄原因",
        "document": "示例〔2020〕8号",
        "on": "2020-06-30",
        "successor": "赵接任",
    }


def test_who_has_died_is_no_adjustment(officer):
    found = make("serving")
    given = {"kind": "去世", "left_on": "2020-06-30", "document": "示例〔2020〕8号"}
    PROCESS.take(found, "leave", officer, **given)
    assert found.state == "left" and not Adjustment.objects.exists()


def test_another_kind_of_leaving_says_its_category(officer):
    assert "原因类别" in refused(make("serving"), "leave", officer, **LEAVING | {"category": ""})


@pytest.mark.parametrize("kind", ["罢免", "清理"])
def test_removal_needs_the_leader_or_a_joint_review(kind, officer, chief):
    given = LEAVING | {"kind": kind}
    found = make("serving")
    assert "联审" in refused(found, "leave", officer, **given)
    PROCESS.take(found, "dismiss", chief, **given)
    other = make("serving")
    review_of(other)
    PROCESS.take(other, "leave", officer, **given)
    assert Adjustment.objects.filter(kind=kind).count() == 2


def test_others_see_who_left_when_but_not_why(officer, clerk, client_of):
    found = make("serving")
    PROCESS.take(found, "leave", officer, **LEAVING)
    page = client_of(clerk).get(f"/ledgers/cadres/{found.pk}/").content.decode()
    assert "离任日期：2020-06-30" in page and "已离任" in page
    assert "离任类型：" not in page and "原因类别：" not in page


def test_a_leaving_entered_by_mistake_is_taken_back_in_both_ledgers(officer):
    found = make("serving")
    PROCESS.take(found, "leave", officer, **LEAVING)
    PROCESS.take(found, "correct", officer, reason="登记到了同名的人")
    assert (found.state, found.left_on) == ("serving", "") and not Adjustment.objects.exists()


def test_who_is_only_proposed_does_not_serve():
    made = {make(state): state for state in ["serving", "acting", "extended", "left", "nominated", "reviewing", "cleared", "notice", "dropped"]}  # fmt: skip
    serving = {made[one] for one in Cadre.objects.filter(Cadre.serving_on(timezone.localdate()))}
    assert serving == {"serving", "acting", "extended"}
    period = Period(date(2020, 7, 1))
    told = values([FIGURES["village_cadres"]], period, COUNTY)
    assert told["village_cadres"] == 3


def test_the_list_of_a_day_leaves_out_who_was_only_proposed(officer, client_of):
    make("nominated", name="王提名"), make("serving", name="李在任")
    page = client_of(officer).get("/ledgers/cadres/", {"f_in_force": "2020-06-01"}).content.decode()
    assert "李在任" in page and "王提名" not in page
