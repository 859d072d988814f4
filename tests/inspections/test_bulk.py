"""One step with many items: each by itself, under the version that was on the screen, whole or not at all."""

import io
import re
from datetime import timedelta

import openpyxl
import pytest
from django.utils import timezone

from inspections.models import Item
from inspections.steps import RECTIFICATION
from povertyparty import bulk, jobs
from povertyparty.models import Access, Job, RecordStep
from povertyparty.scope import everywhere
from tests.inspections.rectifying import VILLAGE, needed, trail
from tests.villages.machines.items import DUE

pytestmark = pytest.mark.django_db
FAR_VILLAGE = "659906200200"


@pytest.fixture
def post(client_of):
    """post(user, verb, items, note="…"): the answer to the form for these items, as they were when they were listed."""

    def send(user, verb, items, query="", **given):
        chosen = {"chosen": [f"{one.pk}.{one.version}" for one in items]} if items else {}
        return client_of(user).post(f"/ledgers/items/steps/items/{verb}/{query}", chosen | given)

    return send


@pytest.fixture
def take(post):
    return lambda user, verb, items, query="", **given: post(
        user, verb, items, query, go="1", **needed(verb) | given
    )


def text(answer):
    return answer.content.decode()


def verbs(item):
    return [one.verb for one in trail(item)]


def test_a_list_offers_what_goes_for_many_to_those_who_may(
    item_in, client_of, officer, chief, filer, outsider
):
    item_in("doing")

    def offered(user):
        page = client_of(user).get("/ledgers/items/").content.decode()
        return set(re.findall(r'formaction="/ledgers/items/(?:steps/items/)?(\w+)/', page)) - {"columns"}

    assert offered(officer) == {"assign", "approve", "remind", "export"}
    assert offered(chief) == {"assign", "extend", "remind", "export"}
    assert offered(filer) == {"sign"}
    assert offered(outsider) == set()  # nothing lies there


def test_the_form_says_how_many_and_which_cannot(item_in, post, officer):
    ready, closed = item_in("doing"), item_in("closed")
    page = text(post(officer, "remind", [ready, closed]))
    assert "催办 1 项" in page and f'value="{ready.pk}.{ready.version}" checked' in page
    assert "不能催办的 1 项" in page and f"{closed}</a>：现在是“已销号”，不能催办" in page
    assert verbs(ready)[-1] != "remind"


def test_each_is_done_or_says_why_not(item_in, take, officer, fresh):
    first, second, closed = item_in("not_started"), item_in("not_started"), item_in("closed")
    page = text(take(officer, "assign", [first, second, closed]))
    assert "已交办2项，1项没有办理" in page and "现在是“已销号”，不能交办" in page
    for one in (first, second):
        now = fresh(one)
        assert (now.state, now.unit, now.due_on, now.version) == (
            "assigned",
            "县委党校",
            DUE,
            one.version + 1,
        )
        assert verbs(one) == ["assign"]
    assert verbs(closed)[-1] == "close" and fresh(closed).version == closed.version


def test_what_is_left_empty_each_says_itself(item_in, post, take, officer, fresh):
    own = item_in("not_started", facts={"unit": "乡农办", "goal": "路灯全亮", "person": "自有人"})
    bare = item_in("not_started")
    form = text(post(officer, "assign", [own, bare]))
    assert "留空的，每项用自己已登记的内容（1项已有）" in form
    page = text(take(officer, "assign", [own, bare], unit="", goal="", person="统一的人"))
    assert (fresh(own).unit, fresh(own).goal, fresh(own).person) == ("乡农办", "路灯全亮", "统一的人")
    assert "已交办1项，1项没有办理" in page
    assert "责任单位：不能为空" in page and "整改目标：不能为空" in page
    assert fresh(bare).state == "not_started" and fresh(bare).person == "" and verbs(bare) == []


def test_what_is_wrong_for_all_is_said_before_any_is_taken(item_in, take, officer, fresh):
    item = item_in("not_started")
    answer = take(officer, "assign", [item], due_on="2020-02-30")
    assert answer.status_code == 422 and "不是日历上的日期" in text(answer)
    assert 'value="县委党校"' in text(answer)  # what was typed is still there
    assert fresh(item).state == "not_started"


def test_more_time_is_granted_as_each_asked_for_it(item_in, take, chief, filer, fresh):
    first, second = item_in("doing"), item_in("doing")
    for item, day in ((first, "2099-12-31"), (second, "2100-01-31")):
        with everywhere("test"):
            RECTIFICATION.take(item, "ask_extension", filer, new_due_on=day, note="汛期道路中断")
    assert "已同意延期2项。" in text(take(chief, "extend", [first, second], due_on=""))
    assert [f"{fresh(one).due_on}" for one in (first, second)] == ["2099-12-31", "2100-01-31"]


def test_what_somebody_changed_since_the_list_was_shown_is_left_alone(item_in, take, officer, chief, fresh):
    first, second = item_in("not_started"), item_in("not_started")
    take(chief, "assign", [first], unit="先到的单位")
    page = text(take(officer, "assign", [first, second]))
    assert "已交办1项，1项没有办理" in page and f"{chief.name}已于" in page
    assert (fresh(first).unit, fresh(second).unit) == ("先到的单位", "县委党校")
    assert verbs(first) == verbs(second) == ["assign"]


def test_sent_twice_it_is_done_once(item_in, take, officer, fresh):
    items = [item_in("doing"), item_in("doing")]
    take(officer, "remind", items)
    again = text(take(officer, "remind", items))
    assert "已催办0项，2项没有办理" in again and "这一次没有重复记录" in again
    assert [verbs(one).count("remind") for one in items] == [1, 1]


def test_a_reminder_moves_nothing_and_comes_once_a_day(item_in, take, officer, chief, fresh):
    item = item_in("doing", percent=40)
    take(officer, "remind", [item], note="请于周五前报告进展")
    now = fresh(item)
    assert (now.state, now.percent, now.heard_on) == ("doing", 40, item.heard_on)
    assert trail(item)[-1].details == {"note": "请于周五前报告进展"}
    assert "今天已经催办过" in text(take(chief, "remind", [now]))


def test_rows_of_another_township_are_neither_shown_nor_touched(item_in, post, take, leader, fresh):
    near, far = item_in("doing"), item_in("doing", place=FAR_VILLAGE)
    for answer in (post(leader, "remind", [near, far]), take(leader, "remind", [near, far])):
        assert "不在您的管辖范围" in text(answer) and str(far) not in text(answer)
    assert verbs(near)[-1] == "remind" and verbs(far)[-1] != "remind"


@pytest.mark.parametrize(
    ("role", "verb"), [("filer", "assign"), ("filer", "remind"), ("clerk", "extend"), ("officer", "close")]
)
def test_who_may_not_is_refused_at_the_door(role, verb, item_in, take, request, fresh):
    item = item_in("not_started")
    assert take(request.getfixturevalue(role), verb, [item]).status_code == 403
    assert fresh(item).version == item.version


@pytest.mark.parametrize("chosen", [[], ["x"], ["1"], ["1.x"], ["-1.1"], ["9" * 30 + ".1"], ["１.1"]])
def test_nothing_chosen_leads_back_to_the_list(chosen, item_in, client_of, officer):
    client = client_of(officer)
    answer = client.post("/ledgers/items/steps/items/remind/?f_kind=x", {"chosen": chosen}, follow=True)
    assert "没有选中任何一行" in text(answer) and answer.redirect_chain[0][0] == "/ledgers/items/?f_kind=x"


def test_all_that_the_conditions_leave_are_taken_and_no_others(item_in, post, take, officer):
    doing = [item_in("doing", facts={"unit": "农办"}) for _ in range(3)]
    other = item_in("doing", facts={"unit": "林场"})
    page = text(post(officer, "remind", [], "?f_unit=农办", all="1"))
    assert page.count(" checked>") == 3 and str(other) not in page
    take(officer, "remind", [], "?f_unit=农办", all="1")
    assert [verbs(one)[-1] for one in (*doing, other)] == ["remind"] * 3 + [verbs(other)[-1]]
    assert verbs(other)[-1] != "remind"


def test_too_many_are_refused_with_the_remedy(item_in, post, officer, monkeypatch):
    monkeypatch.setattr("povertyparty.pages.bulk.MOST", 2)
    for _ in range(3):
        item_in("doing")
    answer = post(officer, "remind", [], "?size=50", all="1")
    assert answer.status_code == 302 and answer["Location"] == "/ledgers/items/?size=50"


# In the background


@pytest.fixture
def sixty(finding):
    with everywhere("test"):
        return Item.objects.bulk_create(
            Item(finding=finding, code=f"M{n:02}", place_id=VILLAGE, state="not_started") for n in range(60)
        )


def test_many_are_done_in_the_background_with_the_same_answers(sixty, take, officer, client_of, fresh):
    with everywhere("test"):
        Item.objects.filter(pk=sixty[7].pk).update(version=2, unit="别人改过")
    answer = take(officer, "assign", sixty)
    with everywhere("test"):
        job = Job.objects.get()
        assert not RecordStep.objects.exists()
    assert answer["Location"] == f"/jobs/{job.pk}/"
    jobs.run_pending()
    page = text(client_of(officer).get(answer["Location"]))
    assert "已交办59项，1项没有办理" in page and "修改了这项内容" in page
    with everywhere("test"):
        assert Item.objects.filter(state="assigned").count() == 59
        assert {(one.by_id, one.office) for one in RecordStep.objects.all()} == {
            (officer.pk, str(officer.appointment))
        }
    assert fresh(sixty[7]).unit == "别人改过"


def test_who_has_left_the_office_meanwhile_does_nothing(sixty, take, officer):
    answer = take(officer, "assign", sixty)
    officer.appointment.to_on = timezone.localdate() - timedelta(1)
    officer.appointment.save()
    jobs.run_pending()
    with everywhere("test"):
        job = Job.objects.get()
        assert job.state == Job.State.FAILED and "任用已经结束" in job.error
        assert not RecordStep.objects.exists() and answer.status_code == 302


def test_it_costs_so_many_queries_a_row_and_no_more(sixty, officer, in_scope, django_assert_max_num_queries):
    with in_scope(officer), django_assert_max_num_queries(4 + 20 * 7):
        lines = bulk.take_each(
            RECTIFICATION, "assign", {one.pk: 1 for one in sixty[:20]}, officer, needed("assign")
        )
    assert all(line.done for line in lines)


# Their Excel


def exported(client, query="", **data):
    answer = client.post(f"/ledgers/items/export/{query}", {"format": "list"} | data)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).active
    return [f"{cell}" for row in sheet.iter_rows(values_only=True) for cell in row if cell]


def test_the_excel_of_chosen_rows_has_these_and_says_so(item_in, client_of, clerk):
    first, second, third = (item_in("doing") for _ in range(3))
    far = item_in("doing", place=FAR_VILLAGE)
    chosen = [f"{one.pk}.{one.version}" for one in (first, third, far)]
    cells = exported(client_of(clerk), chosen=chosen)
    assert first.code in cells and third.code in cells
    assert second.code not in cells and far.code not in cells
    assert any("逐行选出的 3 行" in cell for cell in cells)
    with everywhere("test"):
        noted = Access.objects.get()
        assert noted.rows == 2 and "逐行选出的 3 行" in noted.detail["条件"]


def test_the_excel_of_all_that_the_conditions_leave(item_in, client_of, clerk):
    wanted, other = item_in("doing", facts={"unit": "农办"}), item_in("doing")
    cells = exported(client_of(clerk), "?f_unit=农办", chosen=[f"{wanted.pk}.1"], all="1")
    assert wanted.code in cells and other.code not in cells
