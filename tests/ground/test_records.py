"""One record: its facts, where it came from, who changed what; entering and changing it."""

import pytest
from django.db import ProgrammingError, connection, transaction

from inspections.models import Finding, Item
from povertyparty.models import Access
from povertyparty.scope import everywhere
from tests.conftest import FAR_VILLAGE, VILLAGE
from villages.models import Household, Person

pytestmark = pytest.mark.django_db
FORM = {
    "place": VILLAGE,
    "number": "6599061002000001",
    "head": "王小明",
    "size": "3",
    "status": "0",
    "version": "1",
}
ID = "659906196805123010"


def edit(client, household, **changed):
    return client.post(f"/ledgers/households/{household.pk}/edit/", FORM | changed)


def now(household):
    with everywhere("test"):
        household.refresh_from_db()
    return household


def test_a_change_is_saved_and_told_from_what_to_what(household, officer, client_of):
    client = client_of(officer)
    assert edit(client, household, size="4").status_code == 302
    assert (now(household).size, household.version) == (4, 2)
    page = client.get(f"/ledgers/households/{household.pk}/").content.decode()
    history = page[page.index("改动记录") :]
    assert officer.name in history and "家庭人口数" in history and "3" in history and "4" in history


@pytest.mark.case("C-001")
def test_of_two_who_edit_the_second_sees_both_versions_and_loses_nothing(
    household, officer, clerk, client_of
):
    edit(client_of(clerk), household, size="4")
    answer = edit(client_of(officer), household, size="5", head="王大明")
    page = answer.content.decode()
    assert answer.status_code == 409
    assert clerk.name in page and "王大明" in page and 'name="version" value="2"' in page
    assert now(household).size == 4
    assert edit(client_of(officer), household, size="5", head="王大明", version="2").status_code == 302
    assert now(household).size == 5


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("size", "2.5", "整数"),
        ("size", "99", "1至30"),
        ("head_id", "659906196805123019", "校验位"),
        ("phone", "123", "11位"),
        ("identified_on", "2020-02-30", "日期"),
        ("head", "", "必填"),
    ],
)
def test_a_wrong_value_is_refused_in_chinese_and_changes_nothing(
    field, value, reason, household, officer, client_of
):
    answer = edit(client_of(officer), household, **{field: value})
    assert answer.status_code == 200 and reason in answer.content.decode()
    assert now(household).version == 1


def test_a_number_held_by_another_household_is_refused(household, officer, client_of):
    with everywhere("test data"):
        Household.objects.create(place_id=VILLAGE, number="6599061002000002", head="李四")
    answer = edit(client_of(officer), household, number="6599061002000002")
    assert "户编号在本县已登记" in answer.content.decode()


def test_nobody_moves_a_record_out_of_their_township(household, clerk, client_of):
    assert edit(client_of(clerk), household, place=FAR_VILLAGE).status_code == 200
    assert now(household).place_id == VILLAGE


def test_a_masked_number_left_alone_stays(household, officer, client_of):
    client = client_of(officer)
    edit(client, household, head_id=ID)
    page = client.get(f"/ledgers/households/{household.pk}/edit/").content.decode()
    assert ID not in page and "659*************10" in page
    edit(client, household, head_id="659*************10", version="2")
    assert now(household).head_id == ID
    edit(client, household, head_id="", version="3")
    assert now(household).head_id == ID


def test_a_new_record_is_entered(places, officer, client_of):
    answer = client_of(officer).post("/ledgers/households/add/", FORM)
    with everywhere("test"):
        assert answer.url == f"/ledgers/households/{Household.objects.get().pk}/"


@pytest.mark.case("A-066")
def test_fields_that_are_not_asked_for_are_ignored(household, officer, client_of):
    edit(
        client_of(officer),
        household,
        removed_on="2020",
        origin="9",
        county="659999",
        is_superuser="1",
        size="4",
    )
    assert (now(household).removed_on, household.origin_id, household.county) == ("", None, "659906")


@pytest.mark.case("P-003")
def test_a_masked_fact_is_shown_once_to_who_may_and_says_why(household, officer, client_of):
    client = client_of(officer)
    edit(client, household, head_id=ID)
    address = f"/ledgers/households/{household.pk}/"
    assert ID not in client.get(address).content.decode()
    refused = client.post(f"{address}reveal/head_id/", {"reason": ""}, follow=True).content.decode()
    assert "事由" in refused and ID not in refused
    assert ID in client.post(f"{address}reveal/head_id/", {"reason": "核对身份"}).content.decode()
    with everywhere("test"):
        told = Access.objects.get()
    assert (told.kind, told.record, told.reason, told.by_id) == (
        "reveal",
        household.pk,
        "核对身份",
        officer.pk,
    )


def test_who_may_not_see_is_not_offered_to(household, chief, client_of):
    client = client_of(chief)
    assert "/reveal/" not in client.get(f"/ledgers/households/{household.pk}/").content.decode()
    assert (
        client.post(f"/ledgers/households/{household.pk}/reveal/head_id/", {"reason": "看一下"}).status_code
        == 403
    )


def test_the_change_log_cannot_be_rewritten(household, officer, in_scope):
    with in_scope(officer), connection.cursor() as cursor:
        for sql in (
            "UPDATE villages_householdevent SET head = 'x'",
            "DELETE FROM villages_householdevent",
            "DELETE FROM povertyparty_access",
        ):
            with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
                cursor.execute(sql)


def test_a_household_shows_its_people(household, person, officer, client_of):
    page = client_of(officer).get(f"/ledgers/households/{household.pk}/").content.decode()
    assert "建档立卡贫困人口花名册" in page and f"/ledgers/people/{person.pk}/" in page


def test_a_person_shows_what_the_household_says(household, person, officer, client_of):
    page = client_of(officer).get(f"/ledgers/people/{person.pk}/").content.decode()
    assert "未脱贫" in page and household.number in page
    with everywhere("test"):
        assert Person.objects.get().household_id == household.pk


def test_a_new_person_is_named_into_a_household(household, officer, client_of):
    form = {"place": VILLAGE, "household": household.number, "name": "李红", "number": "02"}
    client_of(officer).post("/ledgers/people/add/", form)
    with everywhere("test"):
        assert Person.objects.get().household_id == household.pk


def test_a_person_of_an_unknown_household_is_refused(household, officer, client_of):
    answer = client_of(officer).post(
        "/ledgers/people/add/", {"place": VILLAGE, "household": "999", "name": "李红"}
    )
    assert "户编号没有登记" in answer.content.decode()


def test_a_new_item_hangs_on_its_finding(places, officer, client_of):
    client = client_of(officer)
    client.post("/ledgers/findings/add/", {"place": VILLAGE, "code": "XC-1", "text": "培训前没有调查需求"})
    with everywhere("test"):
        finding = Finding.objects.get()
    client.post(
        "/ledgers/items/add/",
        {"place": VILLAGE, "finding": finding.pk, "code": "XC-1-1", "due_on": "2020-06-30"},
    )
    with everywhere("test"):
        assert Item.objects.get().finding_id == finding.pk
