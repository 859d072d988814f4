"""行政区划: what the list of the state says of places above and beside one's own is confirmed or refused, never written."""

import pytest

from povertyparty.models import Upload
from povertyparty.plan import Verdict
from tests.conftest import COUNTY, FAR, FAR_VILLAGE, NAMES, NEAR
from tests.sheets import planned, reasons, sheet
from tests.uploading import Office, sent
from villages.models import Place, padded

pytestmark = pytest.mark.django_db
HEADS = ("统计区划代码", "名称", "级别")
NEW, SAME, CHANGED, REFUSED = Verdict.NEW, Verdict.SAME, Verdict.CHANGED, Verdict.REFUSED


@pytest.fixture
def plan_of(in_scope):
    """plan_of(user, (code, name)…): what this user's list of places would do."""

    def made(user, *lines):
        with in_scope(user):
            return planned(sheet(HEADS, *([padded(code), name, None] for code, name in lines)))

    return made


@pytest.fixture
def office(settings, tmp_path, officer, client_of, django_capture_on_commit_callbacks):
    """The county officer at a browser."""
    settings.DATA_DIR = tmp_path
    return Office(client_of(officer), django_capture_on_commit_callbacks)


def places_now():
    return dict(Place.names.values_list("code", "name"))


@pytest.mark.parametrize("who", ["officer", "clerk", "filer"])
def test_places_above_and_beside_that_are_registered_so_are_unchanged(who, request, plan_of):
    made = plan_of(request.getfixturevalue(who), *NAMES.items())
    assert [row.verdict for row in made.rows] == [SAME] * len(NAMES)


def test_a_place_outside_that_nobody_registered_is_refused_with_the_remedy(officer, plan_of):
    made = plan_of(officer, ("65", "示例自治区"), ("659907", "邻县"), (COUNTY, "测试县"))
    assert [row.verdict for row in made.rows] == [REFUSED, REFUSED, SAME]
    assert reasons(made)[0] == (
        2,
        "统计区划代码",
        "不在您的管辖范围，也没有登记：请删去本行，或请管辖该地的单位先登记",
    )


def test_a_place_outside_that_is_called_otherwise_is_refused_with_its_name(clerk, plan_of):
    ((_, header, reason),) = reasons(plan_of(clerk, (COUNTY, "测试市"), (NEAR, "近山镇")))
    assert header == "名称" and reason == "不在您的管辖范围，已登记为“测试县”：请照此改正，或删去本行"


def test_ones_own_places_are_new_and_changed_as_ever(officer, plan_of):
    made = plan_of(officer, ("6599", "示例市"), (FAR, "远水镇"), (f"{FAR}201", "新村"))
    assert [row.verdict for row in made.rows] == [SAME, CHANGED, NEW]


def test_the_whole_list_is_committed_and_only_ones_own_is_written(office, places):
    lines = [[padded(code), name, None] for code, name in {**NAMES, FAR_VILLAGE: "河源村"}.items()]
    upload = office.upload(sent(*lines, heads=HEADS, name="行政区划.xlsx"))
    assert (upload.tally["same"], upload.tally["changed"]) == (len(NAMES) - 1, 1)
    page = office.page(upload, "?show=same")
    above = Place.names.get(code="6599")
    assert above.name in page and f"/ledgers/places/{above.pk}/" not in page
    office.commit(upload)
    assert places_now() == {**NAMES, FAR_VILLAGE: "河源村"}
    assert Place.names.get(code="6599").version == 1


def test_a_list_with_places_of_others_writes_nothing_at_all(office, places):
    upload = office.upload(
        sent([padded("659907"), "邻县", "县"], [padded(f"{NEAR}300"), "新村", "村"], heads=HEADS)
    )
    assert upload.state == Upload.State.FAULTY
    assert office.commit(upload).status_code == 409
    assert places_now() == NAMES


def test_no_form_enters_or_moves_a_place_outside_the_scope(clerk, client_of):
    client, own = client_of(clerk), Place.names.get(code=NEAR)
    answer = client.post("/ledgers/places/add/", {"code": padded(f"{FAR}300"), "name": "新村"})
    assert "不在您的管辖范围" in answer.content.decode()
    client.post(
        f"/ledgers/places/{own.pk}/edit/", {"code": padded("659907"), "name": "近山镇", "version": "1"}
    )
    assert places_now() == NAMES
