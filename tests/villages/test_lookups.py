"""How a sheet names a place: short and long names, codes, blanks, and whose it is."""

import pytest

from povertyparty.kinds import Fault
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, FAR_VILLAGE, NEAR, NEIGHBOUR, VILLAGE
from villages.lookups import PlaceLookup
from villages.models import Place

pytestmark = pytest.mark.django_db


@pytest.fixture
def find(clerk, in_scope):
    def found(county=None, township=None, village=None, code=None, heading="", deepest="村", user=clerk):
        with in_scope(user):
            return PlaceLookup(deepest).find({(county, township, village, code)}, heading)[
                county, township, village, code
            ]

    return found


@pytest.mark.parametrize("name", ["前湾村", "前湾", "前湾村村委会", "前湾村村民委员会", " 前 湾 村 "])
def test_a_village_is_known_by_any_way_offices_write_it(name, find):
    assert find(township="近山镇", village=name) == VILLAGE


def test_a_code_is_enough(find):
    assert find(code=VILLAGE) == VILLAGE


@pytest.mark.case("X-060")
def test_a_code_and_a_name_that_disagree_are_refused(find):
    assert "与所填“后湾村”不符" in str(find(village="后湾村", code=VILLAGE))


def test_another_township_is_outside(find):
    assert "不在您的管辖范围" in str(find(township="远水乡", village="河口村"))
    assert "不在您的管辖范围" in str(find(code=FAR_VILLAGE))


@pytest.mark.parametrize("who", ["officer", "clerk", "filer"])
def test_the_county_of_a_row_is_ones_own_at_every_level(who, find, request):
    user = request.getfixturevalue(who)
    assert find("测试县", "近山镇", "前湾村", user=user) == VILLAGE
    assert find("测试县", village="前湾村", user=user) == VILLAGE


@pytest.mark.parametrize("who", ["officer", "clerk", "filer"])
def test_another_county_is_outside_and_an_unknown_one_is_told_from_it(who, find, request):
    user = request.getfixturevalue(who)
    Place.names.create(code="659905", name="邻县")
    told = find("邻县", "近山镇", "前湾村", user=user)
    assert (str(told), told.part) == ("县“邻县”不在您的管辖范围", "@county")
    told = find("测式县", "近山镇", "前湾村", user=user)
    assert "是否为“测试县”" in str(told) and told.part == "@county"


def test_the_county_of_a_row_does_not_lead_out_of_the_township(find):
    Place.names.create(code="659906200201", name="前湾村")
    assert find("测试县", village="前湾村") == VILLAGE
    told = find("测试县", "远水乡", "河口村")
    assert (str(told), told.part) == ("乡镇“远水乡”不在您的管辖范围", "@township")
    told = find("测试县", village="河口村")
    assert (str(told), told.part) == ("村“河口村”不在您的管辖范围", "@village")


def test_what_stops_above_ones_own_place_is_not_taken_for_it(find, filer):
    assert "没有填村" in str(find("测试县", "近山镇", user=filer))
    assert "不在您的管辖范围" in str(find("测试县", "近山镇", deepest="县", user=filer))
    assert "不在您的管辖范围" in str(find("测试县", deepest="县"))


@pytest.mark.case("X-059")
def test_an_unknown_village_is_not_guessed_but_the_nearest_is_named(find):
    told = find(township="近山镇", village="前弯村")
    assert isinstance(told, Fault) and "前湾村" in str(told)


def test_a_name_of_two_villages_needs_its_township(find, officer):
    with_twin = Place.names.create(code="659906200201", name="前湾村")
    assert "同名" in str(find(village="前湾村", user=officer))
    assert find(township="远水乡", village="前湾村", user=officer) == with_twin.code


def test_two_counties_with_one_township_name_are_told_apart_by_the_heading(find, places, in_scope):
    for code, name in (("659905", "邻县"), ("659905100", "近山镇"), ("659905100200", "前湾村")):
        Place.names.create(code=code, name=name)
    with everywhere("test"):
        cells = {(None, "近山镇", "前湾村", None)}
        assert list(PlaceLookup().find(cells, "填报单位(盖章):邻县").values()) == ["659905100200"]
        assert list(PlaceLookup().find(cells, "填报单位(盖章):测试县").values()) == [VILLAGE]
        assert isinstance(next(iter(PlaceLookup().find(cells).values())), Fault)


def test_a_former_name_still_finds_its_village(find):
    Place.names.filter(code=NEIGHBOUR).update(former_names=["旧湾村"])
    assert find(township="近山镇", village="旧湾村") == NEIGHBOUR


def test_where_a_township_is_enough_it_is_taken(find):
    assert find(township="近山镇", deepest="县") == NEAR
    assert "没有填村" in str(find(township="近山镇"))


def test_a_finding_without_a_place_concerns_the_county_of_the_heading(officer, in_scope):
    with in_scope(officer):
        assert PlaceLookup("县").unsaid("测试县整改台账") == COUNTY
        assert PlaceLookup("村").unsaid("测试县整改台账") is None


def test_a_closed_place_is_no_longer_found(find):
    Place.names.filter(code=NEIGHBOUR).update(valid_to="2020-01-01")
    assert isinstance(find(township="近山镇", village="后湾村"), Fault)
