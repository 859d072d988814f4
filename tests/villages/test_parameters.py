"""Parameters: in force from a day on, set by the county's officer alone, never senseless; figures follow them."""

from datetime import date
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction

from povertyparty.figures import REGISTRY, Period, values
from povertyparty.kinds import Fault
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, NEIGHBOUR, VILLAGE
from villages.models import (
    PARAMETERS,
    CollectiveIncome,
    Leader,
    Parameter,
    Place,
    Reserve,
    Role,
    VillageFund,
)

pytestmark = pytest.mark.django_db
ON = date(2020, 6, 30)


def given(user, key, value, since, county=COUNTY):
    Parameter.objects.create(county_id=county, key=key, value=value, valid_from=since, by=user)


def counted(code, on=ON, place=COUNTY):
    return values([REGISTRY[code]], Period(on), place)[code]


def test_a_value_holds_from_its_day_until_the_next(officer):
    given(officer, "weak_wan", "25", date(2020, 3, 1))
    given(officer, "weak_wan", "30", date(2020, 7, 1))
    held = [Parameter.values(COUNTY, on)["weak_wan"] for on in (date(2020, 2, 29), ON, date(2020, 7, 1))]
    assert held == [20, 25, 30]


def test_the_last_word_on_a_day_counts_and_the_first_is_kept(officer):
    given(officer, "weak_wan", "25", ON)
    given(officer, "weak_wan", "26", ON)
    assert Parameter.values(COUNTY, ON)["weak_wan"] == 26
    assert Parameter.objects.filter(key="weak_wan").count() == 2


def test_history_can_neither_be_changed_nor_deleted(officer, in_scope):
    given(officer, "weak_wan", "25", ON)
    for change in (lambda rows: rows.update(value="1"), lambda rows: rows.delete()):
        with (
            pytest.raises(ProgrammingError, match="permission denied"),
            transaction.atomic(),
            in_scope(officer),
        ):
            change(Parameter.objects.all())


def test_a_figure_asks_for_the_value_of_its_own_day(officer):
    with everywhere("test"):
        for place, total in ((VILLAGE, 4), (NEIGHBOUR, 22)):
            CollectiveIncome.objects.create(place_id=place, year=2019, business=total)
        given(officer, "weak_wan", "25", date(2020, 6, 1))
        told = [
            (counted("shell_villages", on), counted("weak_villages", on)) for on in (date(2020, 5, 31), ON)
        ]
        assert told == [(1, 0), (1, 1)]
        assert REGISTRY["weak_villages"].says(Period(ON), COUNTY).endswith("不足25万元的村")


def test_each_county_has_its_own_value_in_one_and_the_same_query(officer):
    with everywhere("test"):
        Place.objects.create(code="659907", name="邻县")
        Place.objects.create(code="659907100200", name="邻村")
        given(officer, "weak_wan", "25", ON, county="659907")
        for place in (VILLAGE, "659907100200"):
            CollectiveIncome.objects.create(place_id=place, year=2019, business=22)
        assert counted("weak_villages", place="") == 1


def test_fewer_reserves_are_enough_where_the_county_says_so(officer):
    with everywhere("test"):
        Reserve.objects.create(place_id=VILLAGE, name="张三", born_on="1990-01")
        assert counted("villages_short_of_reserves") == 3
        given(officer, "reserves_least", "1", ON)
        assert counted("villages_short_of_reserves") == 2


def test_a_floor_that_the_county_sets_goes_before_what_the_rows_say(officer):
    with everywhere("test"):
        VillageFund.objects.create(place_id=VILLAGE, year=2020, operating_due=12, operating_paid=12)
        assert (counted("operating_standard_wan"), counted("villages_below_operating_standard")) == (12, 0)
        given(officer, "operating_least_wan", "13", ON)
        assert (counted("operating_standard_wan"), counted("villages_below_operating_standard")) == (13, 1)


def test_the_rank_of_an_income_follows_todays_value(officer):
    with everywhere("test"):
        CollectiveIncome.objects.create(place_id=VILLAGE, year=2019, business=22)
        rank = CollectiveIncome.objects.annotate(rank=CollectiveIncome.rank()).values_list("rank", flat=True)
        assert list(rank) == ["达标"]
        given(officer, "weak_wan", "25", date(2020, 1, 1))
        rank = CollectiveIncome.objects.annotate(rank=CollectiveIncome.rank()).values_list("rank", flat=True)
        assert list(rank) == ["薄弱"]


@pytest.mark.parametrize(
    ("key", "value", "why"),
    [
        ("weak_wan", Decimal(20), "不必再设"),
        ("weak_wan", Decimal(4), "不能超过"),
        ("weak_wan", Decimal(60), "不能超过"),
        ("leaders_least", 6, "不能超过"),
        ("leaders_target", 2, "不能超过"),
    ],
)
def test_a_senseless_value_is_refused(key, value, why, places):
    with pytest.raises(Fault, match=why):
        Parameter.refuse_senseless(COUNTY, key, value, ON)


@pytest.mark.parametrize("one", PARAMETERS.values(), ids=lambda one: one.key)
def test_every_default_is_a_value_that_could_be_set(one, places):
    if one.default is not None:
        assert one.parse(str(one.default)) == one.default


# The pages


def sent(client, key="weak_wan", **typed):
    typed = {"value": "25", "valid_from": "2020-06-30", "basis": "县组发〔2020〕1号", **typed}
    return client.post(f"/parameters/{key}/set/", typed)


def test_the_officer_sets_a_value_and_its_history_shows_it(officer, client_of):
    client = client_of(officer)
    assert sent(client).status_code == 302
    page = client.get("/parameters/weak_wan/").content.decode()
    assert "2020-06-30起：25万元" in page and "县组发〔2020〕1号" in page and officer.name in page
    assert "25万元" in client.get("/parameters/").content.decode()


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ({"value": "很多"}, "不是数字"),
        ({"value": "-1"}, "应在"),
        ({"value": "4"}, "不能超过"),
        ({"value": "20"}, "不必再设"),
        ({"valid_from": "2020-02-30"}, "不是日历上的日期"),
        ({"valid_from": "2020-06"}, "请写到日"),
        ({"valid_from": "1999-01-01"}, "应在2010年"),
        ({"value": ""}, "必"),
    ],
)
def test_what_is_senseless_is_said_in_chinese_and_not_kept(typed, why, officer, client_of):
    page = sent(client_of(officer), **typed)
    assert page.status_code == 200 and why in page.content.decode()
    assert not Parameter.objects.exists()


def test_a_day_is_set_as_a_day(officer, client_of):
    assert sent(client_of(officer), key="digital_from", value="2020.5.1").status_code == 302
    assert Parameter.values(COUNTY, ON)["digital_from"] == date(2020, 5, 1)


def test_who_may_view_and_who_may_set(somebody, client_of):
    told = {
        Role.COUNTY_OFFICER: (200, 302),
        Role.COUNTY_LEADER: (200, 403),
        Role.ADMINISTRATOR: (200, 403),
        Role.TOWNSHIP_OFFICER: (403, 403),
        Role.READER: (403, 403),
    }
    for role, expected in told.items():
        client = client_of(somebody(role))
        assert (client.get("/parameters/").status_code, sent(client).status_code) == expected, role
    assert client_of(somebody(Role.COUNTY_OFFICER)).get("/parameters/nothing/").status_code == 404


def test_leaders_count_by_the_county_s_own_number(officer):
    with everywhere("test"):
        for name in ("甲一", "乙二", "丙三"):
            Leader.objects.create(place_id=VILLAGE, name=name)
        assert counted("villages_with_three_leaders") == 1
        given(officer, "leaders_target", "9", ON)
        given(officer, "leaders_least", "4", ON)
        assert counted("villages_with_three_leaders") == 0
