"""The official form knows six words for how far an item has come; pages know more, and neither disturbs the other."""

from datetime import date
from io import BytesIO

import pytest
from python_calamine import load_workbook

from inspections.models import Item
from tests.guards.test_round_trip import planned
from tests.inspections.rectifying import WAYS

pytestmark = pytest.mark.django_db

WORDS = {
    **dict.fromkeys(["not_started", "assigned", "signed", "planned"], "未启动"),
    **dict.fromkeys(["doing", "deferring"], "正在整改"),
    **dict.fromkeys(["mostly", "applied", "reviewed", "verified"], "基本完成"),
    **dict.fromkeys(["closed", "archived"], "已完成"),
    "lasting": "长期坚持",
    "moved": "已移交",
    "voided": "已作废",
}


@pytest.fixture
def form(item_in, officer, client_of):
    """The official form with an item in every state."""
    for state in WAYS:
        item_in(state, facts={"closed_on": date(2020, 7, 1)})
    return client_of(officer).post("/ledgers/items/export/", {"format": "layout:"}).content


def test_the_form_says_its_own_words(form):
    rows = load_workbook(BytesIO(form)).get_sheet_by_index(0).to_python()
    head = next(n for n, row in enumerate(rows) if "完成情况" in row)
    at = rows[head].index("完成情况")
    assert [row[at] for row in rows[head + 1 :] if row[at]] == list(map(WORDS.get, WAYS))


def test_what_comes_back_as_it_went_out_changes_nothing(form, officer, in_scope, tmp_path):
    with in_scope(officer):
        tally = planned(form, tmp_path, officer).tally
    assert (tally["same"], tally["hints"]) == (len(WAYS), 0) and not tally["changed"] + tally["refused"]


def test_pages_tell_the_states_apart(form, officer, client_of):
    page = client_of(officer).get("/ledgers/items/").content.decode()
    assert all(label in page for label in Item.State.labels)
