"""What stands against a village leaving the list, what its steps bring about, and what is told of it."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from povertyparty import desk
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY, StepBarred, StepForbidden, StepIncomplete
from tests.conftest import COUNTY, VILLAGE
from tests.villages.machines import villages as machine
from villages.models import (
    Cadre,
    CollectiveIncome,
    ExitCheck,
    Household,
    Parameter,
    Person,
    Place,
    Role,
    Village,
)

pytestmark = pytest.mark.django_db
PROCESS = REGISTRY["villages"]
today = timezone.localdate


@pytest.fixture(autouse=True)
def world(places):
    with everywhere("test"):
        yield


def make(state, **facts):
    return machine.make(state, **{"place": Place.objects.get(code=VILLAGE)} | facts)


def take(found, verb, user, **changed):
    return PROCESS.take(found, verb, user, **machine.NEEDED.get(verb, {}) | changed)


def why_not(found, verb, user, **changed):
    with pytest.raises((StepBarred, StepIncomplete)) as refused:
        take(found, verb, user, **changed)
    found.refresh_from_db()
    return str(refused.value)


def left_behind(persons):
    home = Household.objects.create(place_id=VILLAGE, number="6599061002000001", head="王小明", status="0")
    for n in range(persons):
        Person.objects.create(place_id=VILLAGE, household=home, number=f"{n:02}", name="王小明")


def test_all_that_a_village_lacks_is_said_at_once_with_numbers_and_remedies(officer):
    found = make("screened")
    left_behind(31)
    ExitCheck.objects.create(place_id=VILLAGE, checked_on="2020-05", has_water="不达标", has_power="达标")
    Cadre.objects.create(place_id=VILLAGE, name="李书记", post="secretary", left_on="2020-01")
    told = why_not(found, "check", officer)
    assert "贫困发生率3.10%（未脱贫31人，总人口1000人），须不超过3%" in told
    assert "五通1/5（2020-05核查：通水不达标、通路没有核查结果" in told and "七有0/7" in told
    assert f"{today().year - 1}年集体经济收入没有登记" in told
    assert "党组织书记、村委会主任空缺" in told


def test_a_village_at_the_very_rate_passes_and_the_county_may_set_another(officer):
    found = make("screened")
    left_behind(30)
    machine.up_to_standard(found)
    Parameter.objects.create(county_id=COUNTY, key="exit_rate", value="2", valid_from=today(), by=officer)
    assert "须不超过2%" in why_not(found, "check", officer)
    Parameter.objects.create(county_id=COUNTY, key="exit_rate", value="3", valid_from=today(), by=officer)
    take(found, "check", officer)
    assert found.state == "checked"


def test_an_exemption_counts_only_with_a_reason_and_only_the_latest_check_counts(officer):
    found = make("screened")
    machine.up_to_standard(found)
    ExitCheck.objects.all().update(has_kindergarten="豁免")
    assert "七有6/7（2020-05核查：有幼儿园豁免没有写明理由）" in why_not(found, "check", officer)
    ExitCheck.objects.all().update(why_not="由邻村中心园覆盖")
    worse = ExitCheck.objects.create(place_id=VILLAGE, checked_on="2020-06-01", has_road="不达标")
    assert "通路不达标" in why_not(found, "check", officer)
    worse.delete()
    take(found, "check", officer)
    assert found.state == "checked"


def test_an_income_of_nothing_is_no_income(officer):
    found = make("screened")
    machine.up_to_standard(found)
    CollectiveIncome.objects.update(business=0)
    assert f"{today().year - 1}年集体经济收入为0.00万元，须大于0" in why_not(found, "check", officer)


def test_whoever_heads_both_fills_both_posts(officer):
    found = make("screened")
    machine.up_to_standard(found)
    Cadre.objects.filter(post="head").delete()
    assert "村委会主任空缺" in why_not(found, "check", officer)
    Cadre.objects.update(heads_both=True)
    take(found, "check", officer)
    assert found.state == "checked"


def test_the_notice_must_have_run_and_the_year_must_be_possible(officer, chief):
    found = make("checked")
    take(found, "publish", officer, notice_on=str(today() - timedelta(days=3)))
    assert f"公示须满7天，到{today()}是第3天" in why_not(found, "exit", chief)
    found = machine.make("notice")
    assert "应在2014年以后" in why_not(found, "exit", chief, exit_year="2013")
    take(found, "exit", chief)
    assert (found.state, found.exit_year, found.exit_document, found.stage) == (
        "exited",
        2020,
        "示例〔2020〕3号",
        "",
    )


def test_what_falls_short_is_due_on_the_desk_and_the_village_stays_out(officer, clerk):
    found = make("exited")
    take(found, "fall_short", officer)
    count, (todo,) = desk.waiting(clerk, 10)
    assert count == 1 and todo["due"] == date(today().year + 1, 6, 30) and "补齐短板后报告" in todo["title"]
    assert found.exit_year == 2019
    assert "应在今天以后" in why_not(make_exited_elsewhere(), "fall_short", officer, due_on=str(today()))
    take(found, "mend", clerk)
    assert "没有“五通七有”核查记录" in why_not(found, "confirm", officer)
    take(found, "send_back", officer)
    assert found.state == "lacking"


def make_exited_elsewhere():
    return machine.make("exited")


def test_a_reason_has_five_characters(clerk):
    assert "至少写5个字" in why_not(make("assessed"), "send_back", clerk, reason="不全")


def test_what_is_split_off_a_listed_village_inherits_its_listing(officer):
    found = make("unlisted")
    assert "没有登记由已列入的贫困村拆分而来" in why_not(found, "inherit", officer)
    machine.split_off(found, poverty_level="national", listed_year=2016)
    assert "请办理“承继列入”" in why_not(found, "list", officer)
    take(found, "inherit", officer)
    assert (found.state, found.poverty_level, found.listed_year) == ("listed", "national", 2016)


def test_only_the_county_says_by_a_form_how_far_a_village_has_come(clerk, officer, client_of):
    found = make("listed")
    forms = [
        client_of(user).get(f"/ledgers/villages/{found.pk}/edit/").content.decode()
        for user in (clerk, officer)
    ]
    assert [('name="exit_year"' in form, 'name="collective"' in form) for form in forms] == [
        (False, False),
        (True, True),
    ]


def test_the_page_of_a_village_shows_both_processes_and_their_history(officer, client_of):
    found = make("exited", collective="surveyed")
    take(found, "look_back", officer)
    page = client_of(officer).get(f"/ledgers/villages/{found.pk}/").content.decode()
    assert page.count('class="panel process"') == 2
    assert "贫困村退出" in page and "集体经济消薄" in page and "各项指标稳定" in page
    assert page.count('id="step-villages-fall_short"') == page.count('id="step-collective-identify"') == 1


def test_a_step_of_one_process_leaves_the_other_where_it_is(officer, clerk):
    found = make("exited")
    REGISTRY["collective"].take(found, "survey", clerk, surveyed_on="2020-06-01", means="机动地300亩")
    assert (found.state, found.collective, found.version) == ("exited", "surveyed", 2)
    take(found, "look_back", officer)
    assert [one.verb for one in PROCESS.trail(found)] == ["look_back"]


def test_a_township_of_another_place_takes_no_step(somebody, in_scope):
    found = make("assessed")
    far = somebody(Role.TOWNSHIP_OFFICER, "659906200")
    with in_scope(far), pytest.raises(StepForbidden, match="不在您的管辖范围"):
        take(found, "screen", far)


@pytest.mark.parametrize(
    "facts,state",
    [
        ({"poverty_level": "none", "stage": "checked", "exit_year": 2018}, "unlisted"),
        ({"exit_year": 2018, "stage": "checked"}, "exited"),
        ({"stage": "lacking"}, "listed"),
    ],
)
def test_facts_of_a_file_that_contradict_each_other_still_tell_one_state(facts, state):
    found = Village.objects.create(place_id=VILLAGE, **{"poverty_level": "national"} | facts)
    assert found.state == state and Decimal(3) == Parameter.values(COUNTY, today())["exit_rate"]
