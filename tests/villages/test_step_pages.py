"""Steps on the page of a record: offered to whom they belong, answered in words, told in the trail."""

import pytest

from povertyparty import desk
from povertyparty.models import RecordStep
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY
from tests.conftest import FAR, NEIGHBOUR, VILLAGE
from tests.villages.machines.households import DAY, make
from villages.models import Household, Role

pytestmark = pytest.mark.django_db
PASSED = {"met_on": DAY, "checked_on": DAY, "agreed": "是", "notice_on": DAY}


@pytest.fixture
def household_in(places):
    def made(state, **facts):
        with everywhere("test data"):
            return make(state, **facts)

    return made


def send(client, found, verb, **given):
    address = f"/ledgers/households/{found.pk}/steps/households/{verb}/"
    return client.post(address, {"version": found.version} | given)


def now(found):
    with everywhere("test"):
        return Household.objects.get(pk=found.pk)


def test_a_step_is_taken_and_the_next_person_is_named(household_in, clerk, client_of):
    found, client = household_in("verifying"), client_of(clerk)
    answer = send(client, found, "pass", **PASSED)
    assert answer.status_code == 302 and now(found).state == "notice"
    page = client.get(answer.url).content.decode()
    assert "已核验通过，现在是“退出公示”。下一步由乡镇领导公示期满后审核退出。" in page
    assert "办理经过" in page and "公示开始日期：2020-06-01" in page and "近山镇 乡镇经办人" in page


def test_only_the_steps_of_ones_role_are_offered(household_in, filer, clerk, client_of):
    found = household_in("verifying")
    assert "核验通过" in client_of(clerk).get(f"/ledgers/households/{found.pk}/").content.decode()
    page = client_of(filer).get(f"/ledgers/households/{found.pk}/").content.decode()
    assert "核验通过" not in page and "现在轮到</span> <strong>乡镇经办人" in page
    assert send(client_of(filer), found, "pass", **PASSED).status_code == 403


def test_what_is_missing_comes_back_with_what_was_typed(household_in, clerk, client_of):
    found = household_in("verifying")
    answer = send(client_of(clerk), found, "fail", items="饮水安全", reason="差")
    page = answer.content.decode()
    assert answer.status_code == 422 and "理由：至少写5个字" in page
    assert 'value="饮水安全" id="households-fail-items-6" checked' in page and ">差</textarea>" in page
    assert now(found).state == "verifying"


def test_what_bars_a_step_is_said_all_at_once(household_in, clerk, client_of):
    found = household_in("registered", net_income=3000, safe_water=None)
    answer = send(client_of(clerk), found, "reach", fed="是")
    page = answer.content.decode()
    assert answer.status_code == 422 and "不能达标登记：年人均纯收入须超过4000元，登记的是3000.00；" in page
    assert "“是否解决安全饮用水”须为“是”" in page and now(found).version == 1


def test_who_comes_too_late_is_told(household_in, clerk, somebody, client_of):
    found = household_in("verifying")
    send(client_of(clerk), found, "pass", **PASSED)
    answer = send(
        client_of(somebody(Role.TOWNSHIP_OFFICER)), found, "fail", items="收入", reason="收入不实不足"
    )
    assert answer.status_code == 409 and "乡镇经办人已于" in answer.content.decode()
    with everywhere("test"):
        assert RecordStep.objects.filter(record=found.pk).count() == 1


def test_a_household_elsewhere_is_not_found(household_in, somebody, client_of):
    found = household_in("verifying")
    assert send(client_of(somebody(Role.TOWNSHIP_OFFICER, FAR)), found, "pass", **PASSED).status_code == 404


def test_a_step_or_process_that_does_not_exist_is_not_found(household_in, clerk, client_of):
    found, client = household_in("verifying"), client_of(clerk)
    assert send(client, found, "close").status_code == 404
    assert (
        client.post(f"/ledgers/households/{found.pk}/steps/items/start/", {"version": 1}).status_code == 404
    )


def test_a_trail_cannot_be_changed_or_removed(household_in, clerk, in_scope):
    found = household_in("verifying")
    with in_scope(clerk):
        REGISTRY["households"].take(found, "pass", clerk, **PASSED)
    for change in (lambda rows: rows.update(verb="fail"), lambda rows: rows.delete()):
        with pytest.raises(Exception, match="permission denied"), in_scope(clerk):
            change(RecordStep.objects.all())


# What others may not say by hand or by file


def test_a_village_enters_a_household_as_an_application_that_does_not_count(filer, client_of):
    client = client_of(filer)
    page = client.get("/ledgers/households/add/").content.decode()
    assert 'name="status"' not in page and 'name="stage"' not in page
    answer = client.post("/ledgers/households/add/", {"place": VILLAGE, "number": "N1", "head": "李新户"})
    assert answer.status_code == 302
    with everywhere("test"):
        found = Household.objects.get(number="N1")
        assert (found.state, Household.objects.registered().count()) == ("applied", 0)


def test_the_county_office_may_say_what_was_decided_elsewhere(officer, client_of):
    client = client_of(officer)
    answer = client.post(
        "/ledgers/households/add/", {"place": NEIGHBOUR, "number": "N2", "head": "赵在册", "status": "1"}
    )
    assert answer.status_code == 302
    with everywhere("test"):
        assert Household.objects.get(number="N2").state == "lifted"


def test_the_desk_names_how_many_wait(household_in, clerk, client_of):
    household_in("reached"), household_in("reached")
    page = client_of(clerk).get("/").content.decode()
    assert "派核验组：达标待核的 2 户" in page
    listed = client_of(clerk).get("/ledgers/households/?f_step_households=reached").content.decode()
    assert listed.count("<tr data-href") == 2 and "户的办理：达标待核" in listed


def test_the_bell_is_remembered_for_a_moment_and_a_step_rings_it(household_in, clerk, in_scope, monkeypatch):
    monkeypatch.setattr(desk, "SECONDS", 60)
    found = household_in("reached")
    with in_scope(clerk):
        assert desk.count(clerk) == 1
        Household.objects.update(stage="")
        assert desk.count(clerk) == 1
        Household.objects.update(stage="reached")
        REGISTRY["households"].take(found, "dispatch", clerk, verifiers="周核、吴验")
        Household.objects.update(stage="")
        assert desk.count(clerk) == 0
