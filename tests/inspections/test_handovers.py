"""交接清单: what is handed over is kept as it was; three people confirm, each another."""

import io
from datetime import date, timedelta

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from inspections.models import Handover
from povertyparty.models import Access, Upload
from povertyparty.scope import everywhere
from tests.conftest import FAR_VILLAGE, VILLAGE
from villages.models import Pairing, Visit

pytestmark = pytest.mark.django_db


@pytest.fixture
def leaving(places):
    with everywhere("test"):
        return Handover.objects.create(
            place_id=VILLAGE, giver="吴启程", office="第一书记", receiver="何到任", on=date(2020, 6, 30)
        )


@pytest.fixture
def village_work(item_in, household, far_household):
    """An item, a helper never seen, a promise and an upload of the village; as much in another."""
    today = timezone.localdate()
    item = item_in("doing", due_on=today + timedelta(3))
    item_in("closed"), item_in("doing", place=FAR_VILLAGE)
    with everywhere("test"):
        for one in (household, far_household):
            Pairing.objects.create(place_id=one.place_id, household=one, helper="帮扶人", since="2019-01-01")
            Visit.objects.create(
                place_id=one.place_id,
                household=one,
                on="2020-05-01",
                visitor="吴启程",
                way="入户",
                to_arrange=f"修好{one.number}的屋顶",
            )
            Upload.objects.create(
                place_code=one.place_id, name=f"{one.number}.xlsx", state=Upload.State.READY
            )
    return item


@pytest.fixture
def browse(client_of):
    return lambda user, found: client_of(user).get(f"/handovers/{found.pk}/")


@pytest.fixture
def step(client_of):
    def post(user, found, verb, **given):
        with everywhere("test"):
            found.refresh_from_db()
        return client_of(user).post(
            f"/handovers/{found.pk}/steps/{verb}/", {"version": found.version} | given
        )

    return post


def test_the_pack_tells_what_is_open_promised_and_begun_here_and_nowhere_else(
    leaving, village_work, household, far_household, browse, filer
):
    page = browse(filer, leaving).content.decode()
    assert village_work.code in page and "还剩 3 天" in page
    for told in (f"修好{household.number}的屋顶", f"{household.number}.xlsx", "吴启程", "以下是现在的情况"):
        assert told in page
    assert far_household.number not in page and "王小明" not in page


def test_another_township_does_not_find_it(leaving, browse, step, outsider, client_of):
    assert browse(outsider, leaving).status_code == 404
    assert step(outsider, leaving, "give", signed_by="吴启程").status_code == 404
    assert client_of(outsider).post(f"/handovers/{leaving.pk}/export/").status_code == 404


def test_three_confirm_and_what_was_given_stays_as_it_was(
    leaving, village_work, step, browse, filer, clerk, leader
):
    assert step(filer, leaving, "give", signed_by="吴启程").status_code == 302
    with everywhere("test"):
        Visit.objects.update(done_on="2020-06-30")
        type(village_work).objects.filter(pk=village_work.pk).update(state="closed")
    assert step(clerk, leaving, "receive", signed_by="何到任").status_code == 302
    assert step(leader, leaving, "witness", signed_by="监交员").status_code == 302
    with everywhere("test"):
        leaving.refresh_from_db()
    assert (leaving.state, leaving.locked) == ("closed", True)
    page = browse(filer, leaving).content.decode()
    assert village_work.code in page and "屋顶" in page and "固定下来的清单" in page


@pytest.mark.parametrize(("verb", "name"), [("give", "别人"), ("receive", "吴启程")])
def test_only_the_name_that_is_registered_will_do(verb, name, leaving, step, filer, clerk):
    if verb == "receive":
        step(filer, leaving, "give", signed_by="吴启程")
    answer = step(clerk, leaving, verb, signed_by=name)
    assert answer.status_code == 422 and "登记的是" in answer.content.decode()


def test_who_gave_does_not_receive_and_neither_watches(leaving, step, clerk, filer, officer):
    step(officer, leaving, "give", signed_by="吴启程")
    assert step(officer, leaving, "receive", signed_by="何到任").status_code == 403
    step(clerk, leaving, "receive", signed_by="何到任")
    assert step(officer, leaving, "witness", signed_by="监交员").status_code == 403


def test_the_witness_is_a_third(leaving, step, filer, clerk, leader):
    step(filer, leaving, "give", signed_by="吴启程")
    step(clerk, leaving, "receive", signed_by="何到任")
    answer = step(leader, leaving, "witness", signed_by="何到任")
    assert answer.status_code == 422 and "监交人不能是" in answer.content.decode()


def test_what_was_returned_is_open_again_and_packed_anew(leaving, village_work, step, filer, clerk):
    step(filer, leaving, "give", signed_by="吴启程")
    step(clerk, leaving, "return", reason="清单缺少两户")
    with everywhere("test"):
        leaving.refresh_from_db()
    assert (leaving.state, leaving.locked, leaving.pack) == ("draft", False, None)


def test_once_given_neither_form_nor_database_lets_it_change(leaving, step, filer, clerk, client_of):
    step(filer, leaving, "give", signed_by="吴启程")
    client_of(clerk).post(
        f"/ledgers/handovers/{leaving.pk}/edit/",
        {"version": 2, "giver": "别人", "receiver": "何到任", "on": "2020-06-30"},
    )
    with everywhere("test"):
        leaving.refresh_from_db()
        assert leaving.giver == "吴启程"
        with pytest.raises(IntegrityError), transaction.atomic():
            Handover.objects.filter(pk=leaving.pk).update(pack=None)


def test_its_excel_has_every_part_and_is_written_down(leaving, village_work, household, client_of, clerk):
    answer = client_of(clerk).post(f"/handovers/{leaving.pk}/export/")
    cells = [
        f"{cell}"
        for row in openpyxl.load_workbook(io.BytesIO(answer.content)).active.iter_rows(values_only=True)
        for cell in row
        if cell
    ]
    assert "未办结的整改事项" in cells and f"修好{household.number}的屋顶" in cells
    with everywhere("test"):
        assert Access.objects.get().record == leaving.pk


def test_who_may_not_export_prints(leaving, client_of, filer):
    assert client_of(filer).post(f"/handovers/{leaving.pk}/export/").status_code == 403
