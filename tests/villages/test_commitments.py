"""Commitments: kept, behind or broken; and each leads to the villages and households that fall short."""

import re
from datetime import date

import pytest

from povertyparty.commitments import REGISTRY, register, standing
from povertyparty.figures import REGISTRY as FIGURES
from povertyparty.figures import Period
from povertyparty.scope import everywhere
from tests.conftest import COUNTY, NEAR, NEIGHBOUR, VILLAGE
from villages.models import Cadre, Pairing, Parameter, Role

pytestmark = pytest.mark.django_db
ON = date(2020, 6, 30)


def stands(code, on=ON, place=COUNTY):
    return standing([REGISTRY[code]], Period(on), place)[0]


def cadre(name, digital, place=VILLAGE):
    Cadre.objects.create(place_id=place, name=name, post=Cadre.Post.CLERK, digital=digital)


@pytest.mark.parametrize("one", REGISTRY.values(), ids=lambda one: one.code)
def test_a_commitment_stands_on_figures_that_open_their_rows(one):
    assert all(figure.ledger or figure.code == one.figure for figure in one.figures)
    assert FIGURES[one.short or one.figure].counts


@pytest.mark.parametrize("one", REGISTRY.values(), ids=lambda one: one.code)
def test_who_falls_short_are_places_or_households_never_persons(one):
    assert FIGURES[one.short or one.figure].ledger in {
        "places", "villages", "households", "village_funds", "branches"
    }  # fmt: skip


def test_one_limit_not_two():
    with pytest.raises(ValueError, match="one limit"):
        register(code="x", label="", group="", basis="", figure="villages", at_most=0, at_least=0)


def test_it_is_kept_when_nobody_falls_short(household):
    with everywhere("test"):
        told = stands("helper_for_every_household")
        assert (told.kept, told.overdue, told.short, told.among) == (False, True, 1, 1)
        Pairing.objects.create(place_id=VILLAGE, household=household, helper="李四", since="2020-01")
        assert stands("helper_for_every_household").kept


def test_nothing_is_said_where_there_is_nothing_to_keep(places):
    with everywhere("test"):
        assert stands("helper_for_every_household").kept is None
        assert stands("all_able_digitally").kept is None


@pytest.mark.parametrize(
    ("on", "limit", "kept", "overdue"),
    [
        (date(2020, 1, 1), 0, True, False),
        (date(2020, 12, 31), 50, True, False),
        (date(2021, 6, 30), 75, False, False),
        (date(2022, 1, 2), 100, False, True),
    ],
)
def test_two_years_to_learn_it_month_by_month(on, limit, kept, overdue, places):
    with everywhere("test"):
        cadre("张三", "basic")
        cadre("李四", "none", NEIGHBOUR)
        told = stands("all_able_digitally", on)
    assert (told.value, told.short, told.due) == (50, 1, date(2022, 1, 1))
    assert abs(told.limit - limit) < 1 and (told.kept, told.overdue) == (kept, overdue)


def test_the_term_is_the_county_s_own(officer):
    Parameter.objects.create(county_id=COUNTY, key="digital_months", value="12", valid_from=ON, by=officer)
    with everywhere("test"):
        assert stands("all_able_digitally").due == date(2021, 1, 1)


def test_the_page_leads_to_exactly_those_who_fall_short(household, far_household, officer, client_of):
    client = client_of(officer)
    page = client.get(f"/commitments/?on={ON}").content.decode()
    link = re.search(r'href="(/ledgers/households/\?figure=households_without_helper[^"]*)"', page)[1]
    listed = client.get(link.replace("&amp;", "&")).content.decode()
    assert "没有帮扶责任人的户 2 户" in page and listed.count("<tr data-href") == 2
    assert "未兑现" in page


def test_a_township_sees_its_own_and_a_reader_no_rows(household, far_household, clerk, somebody, client_of):
    assert "没有帮扶责任人的户 1 户" in client_of(clerk).get("/commitments/").content.decode()
    page = client_of(somebody(Role.READER, NEAR)).get("/commitments/").content.decode()
    assert "/figures/households_without_helper/" in page and "/ledgers/households/" not in page
