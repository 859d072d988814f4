"""The county's own words and limits: on screens, in rules, in the choices of a form and in the lights."""

import re
from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from inspections.models import Finding, Item
from povertyparty.figures import REGISTRY, Period, values
from povertyparty.quality import REGISTRY as RULES
from povertyparty.quality import counts
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, VILLAGE
from tests.sheets import planned, sheet
from villages.models import DutyRecord, Household, Pairing, Parameter, Village, Visit, say

pytestmark = pytest.mark.django_db
ON = date(2020, 6, 30)
DUTY = ("乡(镇)", "村", "派出单位", "职责", "日期", "工作内容")
OTHER_FIVE = "抓班子、抓帮扶、抓稳定、抓服务、抓治理"


@pytest.fixture
def given(officer):
    """given("visit_days", 30): the county says so, from long ago."""
    return lambda key, value: Parameter.objects.create(
        county_id=COUNTY, key=key, value=str(value), valid_from=date(2020, 1, 1), by=officer
    )


def text(page):
    return re.sub(r"<[^>]*>|\s", "", page.content.decode())


def test_the_countys_word_stands_in_titles_of_figures_commitments_and_rules(
    given, village, officer, client_of
):
    given("poor_village", "重点帮扶村")
    client = client_of(officer)
    for address, title in (
        ("/figures/", "尚未退出的重点帮扶村"),
        ("/figures/poor_villages/", "重点帮扶村"),
        ("/commitments/", "每个重点帮扶村有第一书记在岗"),
        ("/quality/", "没有第一书记的重点帮扶村"),
        ("/ledgers/villages/?figure=poor_villages", "本表是指标重点帮扶村"),
    ):
        assert title in text(client.get(address)), address


def test_official_headers_stay_as_they_are(given, village, officer, client_of):
    given("poor_village", "重点帮扶村")
    page = text(client_of(officer).get("/ledgers/villages/"))
    assert "贫困村级别" in page and "贫困村基本情况表" in page


@pytest.mark.parametrize(
    ("own", "called"),
    [
        ({"poverty_level": "regional"}, "贫困村"),
        ({"poverty_level": "national", "exit_year": 2019}, "脱贫村"),
        ({"poverty_level": "county"}, "重点村"),
        ({"poverty_level": "none"}, ""),
    ],
)
def test_a_village_bears_the_word_for_what_it_is(own, called, places):
    assert str(Village(place_id=VILLAGE, **own).called) == called


def test_a_villages_page_shows_the_countys_word(given, village, officer, client_of):
    given("poor_village", "重点帮扶村")
    page = client_of(officer).get(f"/ledgers/villages/{village.pk}/").content.decode()
    assert re.search(r'class="[^"]*tone[^"]*"[^>]*>\s*重点帮扶村', page)


def test_a_word_of_another_county_is_not_said_here(given, in_scope, officer):
    given("poor_village", "重点帮扶村")
    with in_scope(officer):
        assert str(say("{poor_village}")) == "重点帮扶村"
    with everywhere("test"):
        assert str(say("{poor_village}")) == "贫困村"


def test_a_value_set_while_one_acts_is_in_force_at_once(given, in_scope, officer):
    with in_scope(officer):
        assert Parameter.here("visit_days") == 90
        given("visit_days", 30)
        assert (Parameter.here("visit_days"), str(say("{visit_days}天"))) == (30, "30天")


def test_a_page_asks_for_its_parameters_once(given, village, officer, client_of):
    client = client_of(officer)
    client.get("/commitments/")
    with CaptureQueriesContext(connection) as queries:
        client.get("/quality/")
    distinct = [q for q in queries if "DISTINCT ON" in q["sql"] and "villages_parameter" in q["sql"]]
    assert len(distinct) == 1


# Limits


def test_a_rule_says_and_uses_the_limit_in_force(given, household, officer, client_of, in_scope):
    with everywhere("test"):
        Visit.objects.create(place_id=VILLAGE, household=household, on="2020-05-20", visitor="李", way="入户")
    rule = RULES["household_not_visited"]
    with in_scope(officer):
        assert counts([rule], ON)[rule.code] == 0
        given("visit_days", 30)
        assert counts([rule], ON)[rule.code] == 1
        assert "30天内没有走访的户" in str(rule.label) and "统计日前30天" in str(rule.why)
    assert "30天内没有走访的户" in text(client_of(officer).get("/quality/?on=2020-06-30"))


def test_how_many_households_a_helper_may_have_is_the_countys_to_say(given, places, officer, in_scope):
    with everywhere("test"):
        for n in "123":
            home = Household.objects.create(place_id=VILLAGE, number=n, head="王")
            Pairing.objects.create(place_id=VILLAGE, household=home, helper="李", since="2020-01")
    rule = RULES["helper_with_too_many_households"]
    with in_scope(officer):
        assert counts([rule], ON)[rule.code] == 0
        given("helper_households_most", 2)
        assert counts([rule], ON)[rule.code] == 3


def test_lights_follow_the_countys_limits(given, officer, in_scope):
    with everywhere("test"):
        finding = Finding.objects.create(place_id=COUNTY, code="F1", text="问题")
        Item.objects.create(
            place_id=VILLAGE, finding=finding, code="I1", due_on=ON + timedelta(days=10), found_on=ON
        )
    with in_scope(officer):
        assert Item.objects.get().light(ON).colour == "green"
        given("near_days", 10)
        assert Item.objects.get().light(ON).word == "还剩 10 天"


def test_the_desk_reads_the_limits_of_the_lights_once(officer, client_of):
    with everywhere("test"):
        finding = Finding.objects.create(place_id=COUNTY, code="F1", text="问题")
        for n in range(5):
            Item.objects.create(
                place_id=VILLAGE, finding=finding, code=f"I{n}", state="reviewed", due_on=timezone.localdate()
            )
    with CaptureQueriesContext(connection) as queries:
        assert "今天到期" in text(client_of(officer).get("/"))
    assert sum("villages_parameter" in q["sql"] and "DISTINCT ON" in q["sql"] for q in queries) == 1


# Lists


def test_duties_are_asked_for_by_the_countys_names_and_kept_by_their_own(given, officer, in_scope, client_of):
    given("five_duties", OTHER_FIVE)
    client = client_of(officer)
    assert (
        '<option value="推动精准扶贫">抓帮扶</option>'
        in client.get("/ledgers/duty_records/add/").content.decode()
    )
    with in_scope(officer):
        made = planned(sheet(DUTY, ["近山镇", "前湾村", "水利局", "抓帮扶", "2020-05-01", "入户"]))
        assert made.rows[0].changes["duty"] == "推动精准扶贫"
        old = planned(sheet(DUTY, ["近山镇", "前湾村", "水利局", "推动精准扶贫", "2020-05-01", "入户"]))
        assert old.rows[0].changes["duty"] == "推动精准扶贫"
        DutyRecord.objects.create(place_id=VILLAGE, duty="推动精准扶贫", on="2020-05-01", work="入户")
        split = values([REGISTRY["duty_records_by_duty"]], Period(ON), COUNTY)["duty_records_by_duty"]
        assert split == {"抓帮扶": 1}
    page = text(client.get("/ledgers/duty_records/"))
    assert "抓帮扶" in page and "五项职责：抓班子、抓帮扶" in page and "推动精准扶贫" not in page


def test_the_filter_knows_new_names_at_once(given, officer, client_of):
    client, options = client_of(officer), '<option value="推动精准扶贫">{}</option>'
    with everywhere("test"):
        DutyRecord.objects.create(place_id=VILLAGE, duty="推动精准扶贫", on="2020-05-01", work="入户")
    assert options.format("推动精准扶贫") in client.get("/ledgers/duty_records/").content.decode()
    given("five_duties", OTHER_FIVE)
    assert options.format("抓帮扶") in client.get("/ledgers/duty_records/").content.decode()


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ("一、二、三、四", "应为5个不同的词"),
        ("一、二、三、四、四", "应为5个不同的词"),
        ("一、二、三、四、" + "五" * 21, "最多20个字"),
    ],
)
def test_a_list_of_five_has_five_different_words(value, why, officer, client_of):
    page = client_of(officer).post(
        "/parameters/five_duties/set/", {"value": value, "valid_from": "2020-01-01", "basis": ""}
    )
    assert why in page.content.decode()


def test_words_are_set_on_the_page_of_parameters(officer, client_of):
    client = client_of(officer)
    given = {"value": "抓班子，抓帮扶，抓稳定，抓服务，抓治理", "valid_from": "2020-01-01", "basis": ""}
    assert client.post("/parameters/five_duties/set/", given).status_code == 302
    page = text(client.get("/parameters/"))
    assert OTHER_FIVE in page and "五项责任" in page and "未定" in page


def test_what_only_the_installation_says_is_shown_beside(officer, client_of):
    page = text(client_of(officer).get("/parameters/"))
    assert (
        "部署时设定" in page
        and "上传的原表保存到期由系统从磁盘删除；重复填报的格数留存90天" in page
        and "所指事项还没有办的一直保留180天" in page
        and "不足3不显示" in page
    )
