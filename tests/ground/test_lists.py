"""The list of any ledger: conditions, search, order, pages, columns, and its Excel."""

import io
import re

import pytest
from python_calamine import CalamineWorkbook

from povertyparty.ledger import REGISTRY
from povertyparty.models import Access
from povertyparty.scope import everywhere
from tests.conftest import VILLAGE
from villages.models import Household

pytestmark = pytest.mark.django_db


@pytest.fixture
def street(places):
    """Sixty households of one village, numbered, with incomes 1 to 60."""
    with everywhere("test data"):
        Household.objects.bulk_create(
            Household(
                place_id=VILLAGE,
                number=f"65990610020000{n:02}",
                head=f"户主{n:02}",
                size=1 + n % 5,
                net_income=n,
                status="0" if n % 3 else "1",
            )
            for n in range(1, 61)
        )


def page(client, query=""):
    return client.get(f"/ledgers/households/{query}").content.decode()


def test_conditions_narrow_the_list_and_can_be_taken_away(street, officer, client_of):
    told = page(client_of(officer), "?f_status=1&f_size=5")
    assert "共 4 户" in told
    assert told.count("去掉这个条件") == 2


@pytest.mark.case("T-013")
@pytest.mark.parametrize("text", ["%", "_", "\\", "'--", "户主0\x00"])
def test_wildcards_and_quotes_are_only_letters(text, street, officer, client_of):
    answer = client_of(officer).get("/ledgers/households/", {"q": text})
    assert answer.status_code == 200
    assert f"共 {9 if '户主0' in text else 0} 户" in answer.content.decode()


@pytest.mark.case("N-006")
@pytest.mark.parametrize(
    "query",
    [
        "?page=0",
        "?page=-1",
        "?page=999999999999",
        "?page=all",
        "?size=1000000",
        "?place=abc",
        "?f_size=x",
        "?sort=nothing",
        "?on=2020-02-30",
        "?page=２",
    ],
)
def test_nonsense_in_the_address_is_ignored(query, street, officer, client_of):
    answer = client_of(officer).get(f"/ledgers/households/{query}")
    assert answer.status_code == 200 and "共 60 户" in answer.content.decode()


def test_sorting_by_a_column_marks_it(street, officer, client_of):
    told = page(client_of(officer), "?sort=-net_income")
    assert 'aria-sort="descending"' in told
    assert told.index("户主60") < told.index("户主59") < told.index("户主58")


def test_the_last_page_is_read_from_the_end_and_shown_in_order(street, officer, client_of):
    told = page(client_of(officer), "?page=2")
    assert told.index("户主51") < told.index("户主52") < told.index("户主60")
    assert "户主50" not in told


def test_a_person_chooses_columns_and_keeps_them(street, officer, client_of):
    client = client_of(officer)
    client.post("/ledgers/households/columns/", {"column": ["net_income"]})
    told = page(client)
    assert "年人均纯收入" in told and "主要致贫原因</a></th>" not in told
    client.post("/ledgers/households/columns/?reset=1")
    assert "主要致贫原因</a></th>" in page(client)


def test_text_in_a_cell_is_never_markup(household, officer, client_of):
    with everywhere("test data"):
        Household.objects.update(head="<script>alert(1)</script>")
    assert "<script>alert" not in page(client_of(officer))


def test_an_empty_list_says_why_and_what_to_do(places, officer, client_of):
    assert "把现有的 Excel 台账直接上传" in page(client_of(officer))
    assert "清除全部条件" in page(client_of(officer), "?q=没有这个人")


def card(client, query=""):
    """The labels of what a phone shows of a row beside its name and state."""
    return re.findall(
        'data-label="([^"]*)"', page(client, query).partition("<tr data-href")[2].partition("</tr>")[0]
    )


def test_a_phone_shows_few_columns_of_a_row_and_no_place_that_one_works_in(
    street, officer, clerk, filer, client_of
):
    few = ["家庭人口数", "主要致贫原因", "脱贫年度", "年人均纯收入(元)"]
    assert card(client_of(filer)) == few
    assert card(client_of(clerk)) == ["行政村", *few]
    assert card(client_of(officer)) == ["乡镇", "行政村", *few]


def test_a_phone_shows_the_column_that_the_list_is_sorted_by(street, filer, client_of):
    assert card(client_of(filer), "?sort=number")[0] == "户编号"


def test_what_tells_most_of_a_row_is_in_the_list():
    strange = {
        ledger.code: {*ledger.brief} - {c.name for c in ledger.columns if c.listed}
        for ledger in REGISTRY.values()
    }
    assert {code: names for code, names in strange.items() if names} == {}


def exported(client, data, query=""):
    answer = client.post(f"/ledgers/households/export/{query}", data)
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(answer.content)).get_sheet_by_index(0)
    return sheet.to_python(skip_empty_area=False)


def test_an_export_carries_the_conditions_and_who_took_it(street, officer, client_of):
    rows = exported(client_of(officer), {"format": "list"}, "?f_status=1")
    assert "脱贫属性：已脱贫" in rows[2][0] and officer.name in rows[2][0]
    assert len(rows) == 4 + 20


def test_sensitive_columns_go_out_masked_unless_a_reason_is_given(household, officer, client_of):
    client = client_of(officer)
    with everywhere("test data"):
        Household.objects.filter(pk=household.pk).update(head_id="659906196805123010")
    masked = exported(client, {"format": "layout:"})
    assert "659*************10" in masked[-1] and "659906196805123010" not in str(masked)
    full = exported(client, {"format": "layout:", "full": "1", "reason": "报送县扶贫办"})
    assert "659906196805123010" in full[-1]
    with everywhere("test"):
        told = Access.objects.order_by("pk").last()
    assert (told.reason, told.rows, "户主证件号码" in told.columns) == ("报送县扶贫办", 1, True)


def test_a_full_export_without_a_reason_is_refused(household, officer, client_of):
    answer = client_of(officer).post(
        "/ledgers/households/export/", {"format": "layout:", "full": "1", "reason": ""}, follow=True
    )
    assert "写明事由" in answer.content.decode()


def test_a_village_filer_exports_nothing(household, filer, client_of):
    assert client_of(filer).post("/ledgers/households/export/", {"format": "list"}).status_code == 403


@pytest.mark.case("X-074")
def test_a_formula_typed_by_somebody_goes_out_as_text(household, officer, client_of):
    with everywhere("test data"):
        Household.objects.update(head="=1+1")
    assert "=1+1" in str(exported(client_of(officer), {"format": "layout:"})[-1])
