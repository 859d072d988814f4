"""What an upload would do, said row by row and before it does it: whom a row means, what changes, what is wrong and where."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from inspections.models import Finding, Item
from povertyparty.plan import Trouble, Verdict
from povertyparty.scope import everywhere
from povertyparty.tables import Unrecognised
from tests.conftest import FAR_VILLAGE, NEIGHBOUR, VILLAGE
from tests.sheets import CADRE, HOUSEHOLD, ITEM, PERSON, household, identity, item, person, planned, reasons, sheet
from villages.models import Household, Person

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def at_work(clerk, in_scope):
    """Everything here is planned by the officer of 近山镇."""
    with in_scope(clerk):
        yield clerk


@pytest.fixture
def registered(household):
    """The household of the shared world; sheets name it by its number."""
    return household


def one(made):
    (row,) = made.rows
    return row


def told(made):
    return [reason for _, _, reason in reasons(made)]


# Whom a row means, and what changes


@pytest.mark.case("X-065")
def test_a_row_is_new_changed_or_the_same(registered):
    made = planned(sheet(HOUSEHOLD, household(1), household(2), household(3, cause=None)))
    Household.objects.create(place_id=VILLAGE, number="6599061002000002", head="王小明", size=3, cause="因病")
    again = planned(sheet(HOUSEHOLD, household(1), household(2), household(3, cause=None)))
    assert [row.verdict for row in made.rows] == [Verdict.CHANGED, Verdict.NEW, Verdict.NEW]
    assert [row.verdict for row in again.rows] == [Verdict.CHANGED, Verdict.SAME, Verdict.NEW]


def test_a_change_tells_what_was_and_what_will_be(registered):
    row = one(planned(sheet(HOUSEHOLD, household(cause="因残"))))
    assert (row.changes, row.before) == ({"cause": "因残"}, {"cause": "", "origin_id": None})
    assert (row.record, row.version) == (registered.pk, 1)


def test_a_blank_cell_leaves_what_is_there(registered):
    assert one(planned(sheet(HOUSEHOLD, household(cause="-", size=None)))).verdict == Verdict.SAME


def test_a_record_may_move_to_another_village(registered):
    row = one(planned(sheet(HOUSEHOLD, household(village="后湾村", cause=None))))
    assert row.changes == {"place_id": NEIGHBOUR}


def test_a_person_is_known_by_his_number_even_where_he_came_without_it(person):
    rows = planned(sheet(PERSON, sheets_person := [*_person(), identity(), "户主"])).rows
    assert sheets_person and rows[0].verdict == Verdict.NEW


def _person():
    return person_row()[:5]


def person_row():
    return person(1)


@pytest.mark.case("X-040")
def test_a_masked_cell_confirms_what_is_stored_and_changes_nothing(registered):
    Household.objects.update(head_id=identity())
    heads = [*HOUSEHOLD, "户主证件号码"]
    masked = identity()[:3] + "*" * 13 + identity()[-2:]
    assert one(planned(sheet(heads, [*household(cause=None), masked]))).verdict == Verdict.SAME
    assert "与库中不符" in told(planned(sheet(heads, [*household(cause=None), "999" + masked[3:]])))[0]
    assert "须填完整内容" in told(planned(sheet(heads, [*household(2), masked])))[0]
