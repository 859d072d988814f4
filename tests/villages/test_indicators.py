"""Indicators that need more than a count: medians, vacancies, days alone, projects done over and over, what is said twice."""

from datetime import date
from decimal import Decimal

import pytest

from povertyparty.figures import REGISTRY, Period, values
from povertyparty.models import Retyped, Upload
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, FAR_VILLAGE, NEAR, NEIGHBOUR, VILLAGE
from villages.models import (
    Cadre,
    CaseStudy,
    CollectiveIncome,
    Household,
    Lineage,
    PlaceChange,
    Posting,
    Project,
    Village,
)

pytestmark = pytest.mark.django_db
ON = date(2020, 6, 30)


@pytest.fixture(autouse=True)
def all_of_it(places):
    with everywhere("test"):
        yield


def value(code, since=None, within=COUNTY):
    return values([REGISTRY[code]], Period(ON, since), within)[code]


def by(code, length):
    return {
        place: n
        for (one, place), n in values([REGISTRY[code]], Period(ON), COUNTY, length).items()
        if one == code
    }


# Medians


def households(*incomes):
    for i, income in enumerate(incomes):
        Household.objects.create(place_id=VILLAGE, number=f"H{i}", head="王", net_income=income)


def test_a_median_is_the_middle_or_between_the_two_in_the_middle():
    households(3000, 9000, 4000)
    assert value("income_median") == 4000
    households_more = Household(place_id=VILLAGE, number="X", head="王", net_income="4001.01")
    households_more.save()
    assert value("income_median") == Decimal("4000.51")


def test_the_middle_of_two_households_is_not_told():
    households(3000, 9000, None)
    assert value("income_median") is None and by("income_median", 12) == {VILLAGE: None}


def test_the_median_of_collective_incomes_is_of_the_last_full_year():
    for code, year, amount in ((VILLAGE, 2019, 5), (NEIGHBOUR, 2019, 8), (FAR_VILLAGE, 2018, 99)):
        CollectiveIncome.objects.create(place_id=code, year=year, business=amount)
    assert value("collective_income_median_wan") == Decimal("6.50")
    assert by("collective_income_median_wan", 9) == {NEAR: Decimal("6.50"), "659906200": None}


# Villages and posts


def test_a_village_that_was_split_is_counted_once_within_its_period():
    split = PlaceChange.objects.create(kind="split", on=date(2020, 3, 1), place_code=VILLAGE)
    for after in (NEIGHBOUR, FAR_VILLAGE):
        Lineage.objects.create(change=split, before_id=VILLAGE, after_id=after)
    renamed = PlaceChange.objects.create(kind="rename", on=date(2020, 3, 1), place_code=NEIGHBOUR)
    Lineage.objects.create(change=renamed, before_id=NEIGHBOUR, after_id=NEIGHBOUR)
    assert (value("villages_divided"), value("villages_divided", date(2020, 4, 1))) == (1, 0)


def test_two_posts_a_village_are_due_and_who_heads_both_fills_both():
    Cadre.objects.create(place_id=VILLAGE, name="甲", post="secretary", heads_both=True)
    Cadre.objects.create(place_id=NEIGHBOUR, name="乙", post="secretary", heads_both=False)
    Cadre.objects.create(place_id=FAR_VILLAGE, name="丙", post="head", left_on="2020-01")
    assert (value("posts_due"), value("posts_vacant"), value("villages_with_vacant_posts")) == (6, 3, 2)
    assert value("posts_vacant_share") == Decimal("50.0")
    assert by("posts_vacant", 9) == {NEAR: 1, "659906200": 2}


def test_days_alone_are_those_on_which_nobody_was_stationed_in_a_poor_village():
    Village.objects.create(place_id=VILLAGE, poverty_level="regional")
    Village.objects.create(place_id=NEIGHBOUR, poverty_level="none")
    Village.objects.create(place_id=FAR_VILLAGE, poverty_level="regional", exit_year=2019)
    for name, came, left in (
        ("甲", "2019-01", "2020-06-11"),
        ("乙", "2020-06-05", "2020-06-16"),
        ("丙", "2020-06-26", ""),
    ):
        Posting.objects.create(
            place_id=VILLAGE, name=name, unit="局", duty="member", came_on=came, left_on=left
        )
    assert value("days_with_nobody_stationed", date(2020, 6, 1)) == 10  # from the 16th to the 25th
    assert value("days_with_nobody_stationed", date(2020, 6, 20)) == 6
    assert value("days_with_nobody_stationed") == 10


def test_a_poor_village_where_nobody_ever_was_is_alone_all_the_time():
    Village.objects.create(place_id=VILLAGE, poverty_level="regional")
    assert value("days_with_nobody_stationed", date(2020, 6, 1)) == 30


def test_the_four_kinds_of_examples_leave_the_others_out():
    for kind in ("骨干带贫企业", "支部引领"):
        CaseStudy.objects.create(place_id=VILLAGE, kind=kind, subject="某", on="2020-01")
    assert value("case_studies_of_four_kinds") == {"骨干带贫企业": 1}


# 翻烧饼


def project(number="1", **own):
    return Project.objects.create(place_id=VILLAGE, number=number, name="大棚", **own)


def suspected():
    return [one.number for one in Project.objects.suspected(ON).order_by("pk")]


@pytest.mark.parametrize(
    ("own", "is_suspected"),
    [
        ({"changes": 2}, True),
        ({"changes": 1}, False),
        ({"changes": 2, "reworked": False}, False),
        ({"changes": 2, "reworked": True}, True),
        ({"state": "ended", "started_on": "2018-03"}, True),
        ({"state": "ended", "started_on": "2017-06-29"}, False),
        ({"state": "ended", "started_on": "2016-05", "accepted_on": "2017-07"}, True),
        ({"state": "ended"}, False),
        ({"state": "building", "started_on": "2018-03"}, False),
    ],
)
def test_a_project_is_suspected_where_it_was_changed_twice_or_ended_soon(own, is_suspected):
    project(**own)
    assert suspected() == (["1"] if is_suspected else [])


@pytest.mark.parametrize(
    ("begun", "site", "is_suspected"),
    [
        ("2019-05", "一组", True),
        ("2020-05-31", "一组", True),
        ("2020-06-02", "一组", False),
        ("2018-05", "一组", False),
        ("2019-05", "二组", False),
    ],
)
def test_a_project_replaced_within_24_months_of_acceptance_is_suspected(begun, site, is_suspected):
    project("1", kind="产业", site="一组", started_on="2017-05", accepted_on="2018-06-01")
    project("2", kind="产业", site=site, started_on=begun)
    assert suspected() == (["1"] if is_suspected else [])


@pytest.mark.parametrize(
    ("kinds", "found"),
    [
        (["2016 种植", "2017 养殖", "2019 加工"], ["2016"]),
        (["2016 种植", "2017 养殖", "2020 加工"], []),
        (["2016 种植", "2017 种植", "2019 加工"], []),
    ],
)
def test_an_industry_given_up_twice_within_three_years_is_suspected(kinds, found):
    for year, subkind in map(str.split, kinds):
        project(year, kind="产业", year=int(year), subkind=subkind)
    assert suspected() == found


def test_suspicions_are_counted_by_project_and_by_village():
    project("1", changes=2, state="ended")
    project("2", changes=3)
    assert (value("projects_suspected"), value("villages_with_suspected_projects")) == (2, 1)


# What villages are asked


def test_what_was_said_twice_and_how_often_was_reported_in_the_period():
    Retyped.objects.create(place_code=NEAR, ledger="villages", column="x", cells=6, on=date(2020, 5, 1))
    Retyped.objects.create(place_code=NEAR, ledger="villages", column="x", cells=99, on=date(2020, 7, 1))
    Upload.objects.create(place_code=NEAR, name="a", state="committed", committed_at="2020-06-01T00:00+08:00")
    Upload.objects.create(place_code=NEAR, name="a", state="undone", committed_at="2020-06-01T00:00+08:00")
    assert (value("cells_typed_again"), value("cells_typed_again", date(2020, 6, 1))) == (6, 0)
    assert (value("cells_typed_again_to_a_village"), value("filings")) == (Decimal("2.0"), 1)
    assert by("cells_typed_again", 9) == {NEAR: 6}


def test_completeness_is_the_share_of_cells_that_say_something():
    Village.objects.create(place_id=VILLAGE, all_persons=0, cause="C1", has_water=False)
    assert (value("villages_cells_filled"), value("villages_cells_due")) == (3, 19)
    assert value("villages_complete_share") == Decimal("15.8")
