"""The same file again: seen at once, told so, and read anew as soon as something moved."""

import pytest

from povertyparty.models import Upload
from povertyparty.scope import everywhere
from tests.sheets import household
from tests.uploading import newest, sent
from villages.models import Household

pytestmark = pytest.mark.django_db
SAME = "完全相同"


@pytest.fixture
def committed(office):
    """A file that was imported."""
    content = sent(household(1), household(2, head="李小红"))
    office.commit(office.upload(content))
    content.seek(0)
    return content


def test_the_same_file_again_changes_nothing_and_says_so(office, committed):
    again = office.upload(committed)
    assert again.state == Upload.State.READY
    assert (again.tally["same"], again.tally["new"], again.tally["changed"]) == (2, 0, 0)
    assert SAME in again.told["notices"][0]
    assert SAME in office.page(again)


def test_the_same_file_again_can_be_committed_and_writes_no_version(office, committed):
    again = office.upload(committed)
    office.commit(again)
    assert newest().state == Upload.State.COMMITTED
    with everywhere("test"):
        assert {one.version for one in Household.objects.all()} == {1}


def test_after_an_edit_the_same_file_is_read_anew(office, committed):
    with everywhere("test"):
        Household.objects.filter(number__endswith="1").update(head="王大明", version=2)
    again = office.upload(committed)
    assert (again.tally["same"], again.tally["changed"]) == (1, 1)
    assert not any(SAME in notice for notice in again.told["notices"])


def test_after_a_deletion_the_same_file_is_read_anew(office, committed):
    with everywhere("test"):
        Household.objects.filter(number__endswith="1").delete()
    assert office.upload(committed).tally["new"] == 1


def test_after_an_undo_the_same_file_is_read_anew(office, committed):
    office.do(newest(), "undo")
    assert office.upload(committed).tally["new"] == 2
