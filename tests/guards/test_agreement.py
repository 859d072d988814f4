"""For every figure: number = rows on its list page = rows in its Excel; and the fictional county's own truth."""

import io
import re
from datetime import date

import pytest
from django.db.models.functions import Length
from python_calamine import CalamineWorkbook

from povertyparty.figures import REGISTRY, Period, values
from villages.models import Role

pytestmark = pytest.mark.django_db

ON = date(2020, 6, 30)
COUNTED = sorted(code for code, figure in REGISTRY.items() if figure.counts)


@pytest.fixture(scope="module")
def officer(fiction, fiction_user):
    return fiction_user(Role.COUNTY_OFFICER, fiction.code)


def number(figure, user, in_scope):
    with in_scope(user):
        value = values([figure], Period(ON), user.place.code)[figure.code]
    return sum(value.values()) if figure.split else value


def rows_in(workbook):
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook)).get_sheet_by_index(0)
    return len(sheet.to_python(skip_empty_area=False)) - 4  # title, 填报单位, who and when, header


@pytest.mark.parametrize("code", COUNTED)
def test_a_figure_opens_and_exports_exactly_its_rows(code, officer, client_of, in_scope):
    figure, client, query = REGISTRY[code], client_of(officer), f"?figure={code}&on={ON}"
    counted = number(figure, officer, in_scope)
    page = client.get(f"/ledgers/{figure.ledger}/{query}&size=200").content.decode()
    assert int(re.search(r"共 ([\d,]+)", page)[1].replace(",", "")) == counted
    assert page.count("<tr data-href") == min(counted, 200)
    assert (
        rows_in(client.post(f"/ledgers/{figure.ledger}/export/{query}", {"format": "list"}).content)
        == counted
    )


def test_the_figures_of_the_fictional_county_are_its_own(fiction, officer, in_scope):
    told = fiction.answers(ON)
    with in_scope(officer):
        found = values(REGISTRY.values(), Period(ON), fiction.code)
    assert {code: found[code] for code in found if code in told} == {
        code: told[code] for code in found if code in told
    }
    assert len(set(found) & set(told)) >= 20


@pytest.mark.parametrize("code", COUNTED)
def test_the_townships_of_a_figure_add_up_to_the_county(code, fiction, officer, in_scope):
    figure = REGISTRY[code]
    if figure.each:  # a unit may station people in two townships
        return
    with in_scope(officer):
        parts = values([figure], Period(ON), fiction.code, length=9)
        scope = figure.model.scope_field
        # Findings that several townships share, projects and classes of the county itself.
        above = figure.rows(Period(ON)).annotate(depth=Length(scope)).filter(depth__lt=9).count()
    added = above + sum(sum(v.values()) if figure.split else v for v in parts.values())
    assert added == number(figure, officer, in_scope)
