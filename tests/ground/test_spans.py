"""A list can be asked who held a post, or what was in force, on a day."""

import openpyxl
import pytest

from povertyparty.ledger import REGISTRY
from povertyparty.scope import everywhere
from tests.conftest import VILLAGE
from villages.models import Cadre

pytestmark = pytest.mark.django_db
SPANNED = [ledger for ledger in REGISTRY.values() if ledger.span]


@pytest.fixture
def term(places):
    with everywhere("test data"):
        Cadre.objects.create(
            place_id=VILLAGE, name="王小明", post="head", since="2018-03", left_on="2020-06-30"
        )
        Cadre.objects.create(place_id=VILLAGE, name="李建国", post="head", since="2020-06-30")
        Cadre.objects.create(place_id=VILLAGE, name="张不详", post="clerk")


@pytest.mark.parametrize(
    ("day", "names"),
    [
        ("2018-02-28", {"张不详"}),
        ("2018-03-01", {"王小明", "张不详"}),
        ("2020-06-29", {"王小明", "张不详"}),
        ("2020-06-30", {"李建国", "张不详"}),
        ("", {"王小明", "李建国", "张不详"}),
    ],
)
def test_the_list_of_a_day_holds_who_was_in_post_then(day, names, term, officer, client_of):
    page = client_of(officer).get("/ledgers/cadres/", {"f_in_force": day}).content.decode()
    assert {name for name in ("王小明", "李建国", "张不详") if name in page} == names


def test_the_export_says_which_day_it_was_asked_for(term, officer, client_of, tmp_path):
    book = client_of(officer).post("/ledgers/cadres/export/?f_in_force=2018-03-01", {"format": "layout:"})
    path = tmp_path / "cadres.xlsx"
    path.write_bytes(book.content)
    text = " ".join(str(c.value) for row in openpyxl.load_workbook(path).active["A1:A4"] for c in row)
    assert "该日有效：2018-03-01" in text


@pytest.mark.parametrize("ledger", SPANNED, ids=lambda ledger: ledger.code)
def test_every_span_can_be_asked(ledger, officer, client_of, places):
    assert client_of(officer).get(f"/ledgers/{ledger.code}/", {"f_in_force": "2020-01-01"}).status_code == 200
