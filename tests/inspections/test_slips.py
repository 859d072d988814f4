"""Papers of supervision: what stands against a step, what it sets, who sees what, and that nobody types it twice.

Who may take which step from where stands in tests/villages/machines/slips.py.
"""

import io
import re
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from python_calamine import CalamineWorkbook

from inspections.models import DraftRefused, Evidence, Item, Slip, SlipItem
from inspections.steps import SLIPS
from povertyparty import desk
from povertyparty.quality import REGISTRY
from povertyparty.scope import everywhere
from povertyparty.steps import StepBarred, StepForbidden, StepIncomplete
from tests.conftest import COUNTY, FAR_VILLAGE, NEIGHBOUR, VILLAGE
from tests.guards.test_round_trip import planned
from tests.inspections.pressing import item, paper
from tests.inspections.rectifying import upload
from villages.models import Appointment, Role, workdays_after

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()
YEAR = TODAY.year


@pytest.fixture(autouse=True)
def own_disk(settings, tmp_path):
    settings.DATA_DIR, settings.FILES_RESERVE = tmp_path, (0, 0)


@pytest.fixture
def draft(places):
    """draft("4", FAR_VILLAGE): a draft of that level about an item of a place."""

    def make(level="3", place=VILLAGE, **facts):
        with everywhere("test data"):
            return Slip.draft(level, [item(place=place, **facts)])

    return make


def take(found, verb, user, **given):
    with everywhere("test"):
        taken = SLIPS.take(Slip.objects.get(pk=found.pk), verb, user, **given)
        return taken, Slip.objects.get(pk=found.pk)


def number_of(found, chief):
    return take(found, "issue", chief)[1].number


# Numbers


def test_numbers_run_per_level_and_a_voided_paper_keeps_its_own(draft, chief):
    papers = [draft() for _ in range(3)]
    assert [number_of(one, chief) for one in papers] == [f"〔{YEAR}〕黄{n}号" for n in (1, 2, 3)]
    assert take(papers[2], "void", chief, reason="与另一份重复拟办")[1].number == f"〔{YEAR}〕黄3号"
    assert number_of(draft("4"), chief) == f"〔{YEAR}〕红1号"
    assert number_of(draft(), chief) == f"〔{YEAR}〕黄4号"


def test_numbers_go_on_after_the_tenth_and_after_those_on_paper(draft, chief):
    with everywhere("test"):
        for n in (9, 10):
            paper([item()], "3", issued_on=TODAY)
            Slip.objects.filter(pk=Slip.objects.order_by("-pk").first().pk).update(
                number=f"〔{YEAR}〕黄{n}号"
            )
    assert number_of(draft(), chief) == f"〔{YEAR}〕黄11号"


def test_each_year_begins_with_one(draft):
    with everywhere("test"):
        found = draft()
        assert found.number_now(2031) == "〔2031〕黄1号" and found.number == f"拟〔{YEAR}〕1号"


def test_a_refused_issue_takes_no_number(draft, chief):
    found, ended = draft(), draft()
    with everywhere("test"):
        Item.objects.filter(bases__slip=ended).update(state="closed")
    with pytest.raises(StepBarred, match="都已办结"):
        take(ended, "issue", chief)
    assert number_of(found, chief) == f"〔{YEAR}〕黄1号"


def test_a_number_is_not_typed_and_not_given_twice(draft):
    with everywhere("test"):
        for change in (
            {"number": "〔2020〕黄9号"},
            {"state": "issued", "issued_on": TODAY},
            {"state": "archived"},
        ):
            with pytest.raises(IntegrityError), transaction.atomic():
                Slip.objects.filter(pk=draft().pk).update(**change)


def test_the_numbers_of_a_county_are_given_at_the_county(draft, somebody, in_scope):
    township_chief, found = somebody(Role.COUNTY_LEADER, VILLAGE[:9]), draft()
    with in_scope(township_chief), pytest.raises(StepBarred, match="以县级的任用签发"):
        SLIPS.take(found, "issue", township_chief)


# What steps set and need


def test_issuing_sets_number_day_issuer_and_a_deadline_in_working_days(draft, chief):
    _, found = take(draft(), "issue", chief)
    assert (found.issuer, found.issued_on) == (str(chief), TODAY)
    assert found.reply_due == workdays_after(TODAY, 5, COUNTY)
    assert take(draft(), "issue", chief, issuer="郑部长")[1].issuer == "郑部长"


def test_a_paper_goes_the_whole_way(draft, chief, clerk, officer):
    _, found = take(draft(), "issue", chief)
    take(found, "deliver", clerk, signatory="周主任")
    take(found, "reply", clerk, reply="已逐项落实，材料附后", evidence=[upload()])
    take(found, "assess", officer, result=Slip.MET, note="现场核对属实")
    taken, found = take(found, "archive", officer)
    assert taken.after == "archived" and found.outcome == "现场核对属实"
    assert (found.signatory, found.delivered_on, found.reply, found.replied_on) == (
        "周主任",
        TODAY,
        "已逐项落实，材料附后",
        TODAY,
    )
    with everywhere("test"):
        assert found.evidence.count() == 1


def test_what_was_not_done_is_escalated_with_its_items_and_not_archived(draft, officer, chief):
    _, found = take(draft(), "issue", chief)
    with everywhere("test"):
        Slip.objects.filter(pk=found.pk).update(state="assessed", result=Slip.UNMET)
    with pytest.raises(StepBarred, match="请升级"):
        take(found, "archive", officer)
    take(found, "escalate", officer, reason="没有正当理由，仍未整改")
    with everywhere("test"):
        above = found.escalations.get()
        assert (above.level, above.state, above.unit) == ("4", "draft", found.unit)
        assert [one.pk for one in above.items.all()] == [one.pk for one in found.items.all()]


def test_one_escalates_only_what_is_late_or_was_not_done(draft, officer, chief):
    _, found = take(draft(), "issue", chief)
    with pytest.raises(StepBarred, match="还没有过"):
        take(found, "escalate", officer, reason="没有正当理由")
    with everywhere("test"):
        Slip.objects.filter(pk=found.pk).update(state="assessed", result=Slip.MET)
    with pytest.raises(StepBarred, match="不必升级"):
        take(found, "escalate", officer, reason="没有正当理由")


def test_above_a_talk_there_is_nothing_but_it_can_end(draft, officer, chief):
    _, found = take(draft("5"), "issue", chief)
    with everywhere("test"):
        Slip.objects.filter(pk=found.pk).update(state="assessed", result=Slip.UNMET)
    with pytest.raises(StepBarred, match="没有更高一级"):
        take(found, "escalate", officer, reason="没有正当理由")
    assert take(found, "archive", officer, outcome="移交县委")[1].outcome == "移交县委"


def test_nobody_assesses_what_they_replied(draft, chief, clerk):
    _, found = take(draft(), "issue", chief)
    take(found, "deliver", clerk, signatory="周主任")
    take(found, "reply", clerk, reply="已逐项落实，材料附后")
    second = Appointment.objects.create(user=clerk, role=Role.COUNTY_OFFICER, place_id=COUNTY)
    clerk.appointment, clerk.role = second, second.role
    with pytest.raises(StepForbidden, match="由您办理"):
        take(found, "assess", clerk, result=Slip.MET)


def test_a_department_answers_for_itself_alone(draft, chief, somebody):
    _, found = take(draft(unit="县教育局"), "issue", chief)
    other, own = somebody(Role.DEPARTMENT), somebody(Role.DEPARTMENT)
    other.appointment.unit, own.appointment.unit = "县水利局", "县教育局"
    with pytest.raises(StepForbidden, match="发往“县教育局”"):
        take(found, "deliver", other, signatory="周主任")
    with everywhere("test"):
        assert not SLIPS.todo_for(other).exists() and SLIPS.todo_for(own).get() == found
    take(found, "deliver", own, signatory="周主任")


def test_a_bad_file_undoes_the_reply(draft, chief, clerk):
    _, found = take(draft(), "issue", chief)
    take(found, "deliver", clerk, signatory="周主任")
    with pytest.raises(StepIncomplete, match="佐证材料"):
        take(found, "reply", clerk, reply="已逐项落实", evidence=[upload(), upload("程序.exe", b"MZ")])
    with everywhere("test"):
        assert Slip.objects.get(pk=found.pk).state == "delivered" and not Evidence.objects.exists()


# Drafting


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({"unit": "县教育局"}, "只发往一个责任单位"),
        ({"unit": ""}, "只发往一个责任单位"),
        ({"place": FAR_VILLAGE}, "同一乡镇"),
        ({"state": "closed"}, "已经办结"),
    ],
)
def test_a_paper_goes_to_one_unit_about_open_items_of_one_township(others, words, places):
    with everywhere("test"):
        items = [item(), item(**others)]
        with pytest.raises(DraftRefused, match=words), transaction.atomic():
            Slip.draft("3", items)
        assert not Slip.objects.exists()


def test_an_item_under_a_paper_gets_no_second_one_of_that_level_or_below(places):
    with everywhere("test"):
        found = item()
        Slip.draft("3", [found])
        for level in ("2", "3"):
            with pytest.raises(DraftRefused, match="在办"):
                Slip.draft(level, [found])
        assert Slip.draft("4", [found]).level == "4"


def test_a_paper_about_two_villages_lies_in_their_township(places):
    with everywhere("test"):
        assert Slip.draft("3", [item(), item(place=NEIGHBOUR)]).place_id == VILLAGE[:9]


def test_one_click_makes_the_draft_and_a_person_issues_it(officer, chief, clerk, client_of):
    with everywhere("test"):
        found = item(due_on=date(2020, 6, 30), percent=10)
    page = client_of(officer).get("/slips/proposed/").content.decode()
    assert "红色督办单" in page and found.code in page
    assert "拟办建议：1 项" in client_of(officer).get("/").content.decode()
    answer = client_of(officer).post("/slips/draft/", {"level": "4", "item": found.pk})
    assert found.code not in client_of(officer).get("/slips/proposed/").content.decode()
    page = client_of(officer).get(answer.url).content.decode()
    assert "红色督办单" in page and found.code in page and "修改拟稿" in page and ">签发<" not in page
    assert "签发督办单：拟" in client_of(chief).get("/").content.decode()
    assert "拟办建议" not in client_of(clerk).get("/").content.decode()


@pytest.mark.parametrize(
    "given", [{}, {"level": "9"}, {"level": "3", "item": "x"}, {"level": "3", "item": "99999999"}]
)
def test_a_senseless_draft_is_refused_in_words(given, officer, client_of):
    answer = client_of(officer).post("/slips/draft/", given, follow=True)
    assert answer.status_code == 200 and "没有拟办" in answer.content.decode()


@pytest.mark.parametrize("role", sorted(set(Role) - {Role.COUNTY_OFFICER}))
def test_nobody_else_proposes_or_drafts(role, somebody, client_of):
    with everywhere("test"):
        found = item()
    client = client_of(somebody(role))
    assert client.get("/slips/proposed/").status_code == 403
    assert client.post("/slips/draft/", {"level": "3", "item": found.pk}).status_code == 403
    with everywhere("test"):
        assert not Slip.objects.exists()


# Who sees what


def test_the_unit_sees_a_paper_once_it_is_issued(draft, chief, clerk, filer, outsider, client_of):
    found = draft()
    address = f"/ledgers/slips/{found.pk}/"
    assert client_of(clerk).get(address).status_code == 404
    assert found.number not in client_of(clerk).get("/ledgers/slips/").content.decode()
    take(found, "issue", chief)
    for user, status in ((clerk, 200), (filer, 200), (outsider, 404)):
        assert client_of(user).get(address).status_code == status
        assert ("黄1号" in client_of(user).get("/ledgers/slips/").content.decode()) == (status == 200)
    assert any("签收督办单" in todo["title"] for todo in waiting(clerk))
    assert not waiting(outsider)


def waiting(user):
    with everywhere("test"):
        scoped = SLIPS.todo_for(user).within(user.place.code)
        return [SLIPS.told(one) for one in scoped]


def test_a_village_sees_of_a_townships_paper_only_its_own_items(places, chief, filer, client_of):
    with everywhere("test"):
        own, other = item(symptom="本村的事"), item(place=NEIGHBOUR, symptom="邻村的事")
        found = Slip.draft("3", [own, other])
    take(found, "issue", chief)
    page = client_of(filer).get(f"/ledgers/slips/{found.pk}/").content.decode()
    assert "本村的事" in page and "邻村的事" not in page and ">签收<" not in page


def test_files_of_a_reply_stay_in_the_scope(draft, chief, clerk, outsider, client_of):
    _, found = take(draft(), "issue", chief)
    take(found, "deliver", clerk, signatory="周主任")
    take(found, "reply", clerk, reply="已逐项落实", evidence=[upload()])
    with everywhere("test"):
        kept = Evidence.objects.get().pk
    page = client_of(clerk).get(f"/ledgers/slips/{found.pk}/").content.decode()
    assert "整改佐证.pdf" in page and f"/evidence/{kept}/" in page
    assert client_of(clerk).post(f"/evidence/{kept}/").status_code == 200
    assert client_of(outsider).post(f"/evidence/{kept}/").status_code == 404


def test_nobody_below_the_county_writes_papers_by_form_or_file(
    draft, chief, clerk, client_of, in_scope, tmp_path
):
    _, found = take(draft(), "issue", chief)
    client = client_of(clerk)
    assert client.get("/ledgers/slips/add/").status_code == 403
    page = client.get("/ledgers/slips/").content.decode()
    assert "/ledgers/slips/add/" not in page and "导入</a>" not in re.sub(
        r"<nav.*?</nav>", "", page, flags=re.S
    )
    assert "修改</a>" not in client.get(f"/ledgers/slips/{found.pk}/").content.decode()
    form = {
        "version": found.version,
        "place": found.place_id,
        "number": "〔2020〕黄9号",
        "level": "3",
        "unit": "别的单位",
        "subject": "别的",
    }
    assert client.post(f"/ledgers/slips/{found.pk}/edit/", form).status_code == 403
    book = client_of(chief).post("/ledgers/slips/export/", {"format": "layout:"}).content
    with in_scope(clerk):
        assert planned(book, tmp_path, clerk).tally["same"] == 1
    with everywhere("test"):
        Slip.objects.filter(pk=found.pk).update(number="〔2020〕黄7号", unit="别的单位")
    with in_scope(clerk):
        upload = planned(book, tmp_path, clerk)
        assert upload.tally["refused"] == 1 and "请按步骤办理" in str(upload.rows.get().faults)
    with everywhere("test"):
        assert Slip.objects.get().unit == "别的单位"


def test_the_county_words_a_draft_by_a_step_and_nothing_once_issued(draft, chief, officer, client_of):
    found, client = draft(), client_of(officer)
    page = client.get(f"/ledgers/slips/{found.pk}/").content.decode()
    assert "修改拟稿" in page and f"/ledgers/slips/{found.pk}/edit/" not in page
    given = {"unit": "前湾村党支部", "subject": "关于培训的督办", "requirements": "请于三日内说明情况"}
    address = f"/ledgers/slips/{found.pk}/steps/slips/word/"
    assert client.post(address, given | {"version": found.version}).status_code == 302
    _, found = take(found, "issue", chief)
    assert found.subject == "关于培训的督办"
    assert client.post(address, given | {"version": found.version, "subject": "改了"}).status_code == 409
    form = {
        "version": found.version,
        "place": found.place_id,
        "number": "〔2020〕黄9号",
        "level": "3",
        "unit": "别的",
        "subject": "别的",
    }
    page = client.post(f"/ledgers/slips/{found.pk}/edit/", form).content.decode()
    with everywhere("test"):
        assert "已经签发，不作更改" in page and Slip.objects.get(pk=found.pk).subject == "关于培训的督办"


# On the item's page, and in the ledger


def test_the_page_of_an_item_tells_its_papers(chief, officer, clerk, client_of):
    with everywhere("test"):
        found = item()
        drafted = Slip.draft("3", [found])
    assert drafted.number in client_of(officer).get(f"/items/{found.pk}/").content.decode()
    assert drafted.number not in client_of(clerk).get(f"/items/{found.pk}/").content.decode()
    take(drafted, "issue", chief)
    page = client_of(clerk).get(f"/items/{found.pk}/").content.decode()
    assert (
        f"〔{YEAR}〕黄1号" in page
        and "黄色督办单" in page
        and "反馈时限" in page
        and "就本事项拟办" not in page
    )


def test_what_waits_too_long_to_be_signed_for_says_so(clerk, client_of, in_scope):
    with everywhere("test"):
        late, fresh = (
            item("assigned", assigned_on=day, due_on=date(2099, 1, 1))
            for day in (TODAY - timedelta(30), TODAY)
        )
        assert late.sign_due == workdays_after(late.assigned_on, 3, COUNTY)
        assert list(Item.objects.unsigned(TODAY, COUNTY)) == [late]
    pages = [client_of(clerk).get(f"/items/{one.pk}/").content.decode() for one in (late, fresh)]
    assert (
        "签收时限：逾期" in pages[0]
        and "逾期" not in pages[1]
        and f"签收时限：{fresh.sign_due} 止" in pages[1]
    )
    with in_scope(clerk):
        _, todos = desk.waiting(clerk, 10)
    assert [(one["due"], one["who"]) for one in todos if one["url"].startswith("/items/")] == [
        (late.sign_due, "逾期未签收"),
        (fresh.sign_due, "已交办"),
    ]


def supervision_of(client):
    content = client.post("/ledgers/items/export/", {"format": "layout:"}).content
    heads, *rows = [
        line
        for line in lines(content)
        if "序号" in line or str(line[0]).isdigit() or isinstance(line[0], float)
    ]
    return {row[heads.index("整改事项编号")]: row[heads.index("督办情况")] for row in rows}, content


def lines(content):
    return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()


def test_the_official_form_is_filled_in_from_the_papers(officer, chief, client_of):
    with everywhere("test"):
        told, typed, none = item(), item(supervision="县委督查室已督办"), item()
        papers = [Slip.draft("3", [one]) for one in (told, typed, none)]
    for one in papers[:2]:
        take(one, "issue", chief)
    found, _ = supervision_of(client_of(officer))
    assert found == {told.code: f"〔{YEAR}〕黄1号（已签发）", typed.code: "县委督查室已督办", none.code: ""}
    with everywhere("test"):
        assert Item.objects.get(pk=told.pk).supervision == ""


def test_both_ledgers_come_back_unchanged(officer, chief, client_of, in_scope, tmp_path):
    with everywhere("test"):
        both, level = [item(), item()], "3"
        first, second = Slip.draft(level, both), Slip.draft("2", [item(due_on=TODAY)])
    take(first, "issue", chief)
    for code, total in (("items", 3), ("slips", 2)):
        content = client_of(officer).post(f"/ledgers/{code}/export/", {"format": "layout:"}).content
        with in_scope(officer):
            plan = planned(content, tmp_path, officer)
            tally, faults = plan.tally, list(plan.rows.values_list("faults", flat=True))
        assert (tally["same"], tally["new"], tally["changed"], tally["refused"]) == (total, 0, 0, 0), faults
    assert first.number != second.number
    with everywhere("test"):
        assert Slip.objects.filter(basis="").count() == 2 and SlipItem.objects.count() == 3


def test_a_rule_points_out_a_number_that_is_missing(clerk, in_scope):
    with everywhere("test"):
        for number in (
            "〔2020〕黄1号",
            "〔2020〕黄2号",
            "〔2020〕黄4号",
            "〔2020〕红1号",
            "〔2020〕红11号",
            "拟〔2020〕7号",
        ):
            found = paper([item()], "3", "draft" if number[0] == "拟" else "issued")
            Slip.objects.filter(pk=found.pk).update(number=number)
        rows = Slip.objects.filter(REGISTRY["slip_number_gap"].where(TODAY))
        assert {one.number for one in rows} == {"〔2020〕黄4号", "〔2020〕红11号"}
    with in_scope(clerk):
        assert not Slip.objects.filter(REGISTRY["slip_number_gap"].where(TODAY)).exists()


def test_pages_rank_nobody(officer, client_of):
    with everywhere("test"):
        for unit in ("甲单位", "乙单位"):
            item(unit=unit, person="王负责", due_on=date(2020, 6, 30))
    page = client_of(officer).get("/slips/proposed/").content.decode()
    assert "王负责" not in page and not [word for word in ("排名", "名次", "倒数", "后进") if word in page]
