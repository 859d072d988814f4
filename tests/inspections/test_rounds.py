"""自查轮次、阶段、调研走访: read from below, frozen by their day, counted as a hand counts them."""

from datetime import date, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, connection, transaction

from inspections.models import FieldVisit, Finding, Item, Round, RoundPhase
from inspections.steps import REGISTRATION
from povertyparty.figures import REGISTRY, Period, values
from povertyparty.scope import everywhere
from povertyparty.steps import REGISTRY as PROCESSES
from povertyparty.steps import StepBarred, StepForbidden, StepIncomplete
from tests.conftest import COUNTY, FAR_VILLAGE, NEAR, NEIGHBOUR, VILLAGE
from tests.uploading import Office, newest, sent

pytestmark = pytest.mark.django_db
TODAY = date.today()
IN_IT = date(2020, 3, 10)
FROZEN = "已冻结"


@pytest.fixture
def turn(places):
    """A round of the county with a phase that froze long ago, and one that goes on."""
    with everywhere("test data"):
        found = Round.objects.create(
            place_id=COUNTY, name="2020年政治体检", kind="政治体检", begins="2020-02-01", ends="2099-11-30"
        )
        for name, begins, ends, frozen_on in (
            ("走访", "2020-02-01", "2020-06-30", "2020-07-15"),
            ("检视", "2020-07-01", "2099-11-30", None),
        ):
            RoundPhase.objects.create(
                place_id=COUNTY, round=found, name=name, begins=begins, ends=ends, frozen_on=frozen_on
            )
        return found


def visit(found, on, place=VILLAGE, ways=("座谈交流",), people=5, visitors="张三"):
    return FieldVisit.objects.create(
        place_id=place, round=found, on=on, methods=list(ways), people=people, visitors=visitors
    )


def finding(code, found, on, stage="filed", place=VILLAGE, **facts):
    return Finding.objects.create(
        place_id=place, code=code, text="没有调查需求", round=found, found_on=on, stage=stage, **facts
    )


def refused(do):
    with everywhere("test"), pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        do()


# Read from below


def test_a_round_of_the_county_is_read_and_chosen_in_its_villages_and_not_changed_there(
    turn, filer, client_of, in_scope
):
    client = client_of(filer)
    assert turn.name in client.get("/ledgers/rounds/").content.decode()
    assert turn.name in client.get("/ledgers/field_visits/add/").content.decode()
    assert client.get(f"/ledgers/rounds/{turn.pk}/edit/").status_code == 403
    with in_scope(filer), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inspections_round")
        assert cursor.fetchone() == (1,)
        cursor.execute("UPDATE inspections_round SET name = 'x'")
        assert cursor.rowcount == 0


def test_a_round_of_another_township_is_not(places, clerk, outsider, client_of, in_scope):
    with everywhere("test data"):
        Round.objects.create(
            place_id=NEAR, name="近山镇自查", kind="其他", begins="2020-01-01", ends="2020-12-31"
        )
    assert "近山镇自查" in client_of(clerk).get("/ledgers/rounds/").content.decode()
    assert "近山镇自查" not in client_of(outsider).get("/ledgers/rounds/").content.decode()
    with in_scope(outsider), connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM inspections_round")
        assert cursor.fetchone() == (0,)


def test_a_visit_is_seen_in_its_township_only(turn, clerk, outsider, client_of):
    with everywhere("test data"):
        visit(turn, TODAY, visitors="哨兵组")
    assert "哨兵组" in client_of(clerk).get("/ledgers/field_visits/").content.decode()
    assert "哨兵组" not in client_of(outsider).get("/ledgers/field_visits/").content.decode()


# Frozen


def test_in_a_frozen_phase_nothing_is_added_changed_or_taken_away(turn):
    refused(lambda: visit(turn, IN_IT))
    refused(lambda: finding("F-1", turn, IN_IT))
    with everywhere("test data"):
        late = visit(turn, TODAY)
        found = finding("F-2", turn, TODAY)
    refused(lambda: FieldVisit.objects.filter(pk=late.pk).update(on=IN_IT))
    refused(lambda: Finding.objects.filter(pk=found.pk).update(found_on=IN_IT))


@pytest.fixture
def kept(turn):
    """What lay in the phase before it froze."""
    with everywhere("test data"):
        open_until(TODAY)
        rows = visit(turn, IN_IT), finding("F-1", turn, IN_IT), finding("F-3", turn, IN_IT, "draft")
        open_until(TODAY - timedelta(1))
    return rows


def open_until(day):
    """As if the county leader had."""
    phases = RoundPhase.objects.filter(name="走访")
    again = phases.get().reopened + 1
    phases.update(frozen_on=day, reopened=again)


def test_what_lay_in_it_stays_as_it_is(kept):
    seen, found, _ = kept
    refused(lambda: FieldVisit.objects.filter(pk=seen.pk).update(people=6))
    refused(lambda: FieldVisit.objects.filter(pk=seen.pk).delete())
    refused(lambda: Finding.objects.filter(pk=found.pk).update(text="改了"))
    refused(lambda: Finding.objects.filter(pk=found.pk).update(found_on=None))
    refused(lambda: Finding.objects.filter(pk=found.pk).update(round=None))
    refused(lambda: Finding.objects.filter(pk=found.pk).delete())


def test_what_becomes_of_a_finding_goes_on(kept, officer, in_scope):
    with in_scope(officer):
        found = Finding.objects.get(code="F-1")
        REGISTRATION.take(found, "split", officer, severity="一般", shares="县委党校")
        assert found.items.count() == 1


def test_a_draft_is_not_filed_into_it_but_may_be_thrown_away(kept, officer, in_scope):
    with in_scope(officer):
        draft = Finding.objects.get(code="F-3")
        with pytest.raises(StepBarred, match="须由县委组织部领导重新开放"):
            REGISTRATION.take(draft, "file", officer)
        REGISTRATION.take(draft, "discard", officer)
        assert not Finding.objects.filter(code="F-3").exists()


def test_a_form_says_so_in_words(turn, officer, client_of):
    given = {"place": VILLAGE, "on": f"{IN_IT}", "methods": ["问卷"], "visitors": "张三", "round": turn.name}
    page = client_of(officer).post("/ledgers/field_visits/add/", given)
    assert page.status_code == 200 and FROZEN in page.content.decode()
    with everywhere("test"):
        assert not FieldVisit.objects.exists()


def test_who_sees_only_a_village_is_held_to_it_too(turn, filer, in_scope):
    """The phase lies in the county; the database looks it up from below."""
    with in_scope(filer), pytest.raises(IntegrityError, match=FROZEN), transaction.atomic():
        visit(turn, IN_IT)


HEADS = ("自查轮次", "调研日期", "乡(镇)", "村", "调研方式", "调研人员", "谈话人数", "了解到的情况")


def test_a_file_says_so_in_words_and_writes_nothing(
    turn, officer, client_of, django_capture_on_commit_callbacks
):
    office = Office(client_of(officer), django_capture_on_commit_callbacks)
    rows = [
        [turn.name, f"{TODAY}", "近山镇", "前湾村", "问卷", "张三", None, ""],
        [turn.name, f"{IN_IT}", "近山镇", "前湾村", "问卷", "张三", None, ""],
    ]
    upload = office.upload(sent(*rows, heads=HEADS, name="调研.xlsx"))
    assert upload.tally["new"] == 2
    office.commit(upload)
    office.work()
    assert newest().state != "committed" and FROZEN in office.page(newest())
    with everywhere("test"):
        assert not FieldVisit.objects.exists()


def test_only_the_county_leader_opens_it_again_and_it_freezes_again(turn, officer, chief, in_scope):
    process = PROCESSES["round_phases"]
    given = {"frozen_on": f"{TODAY + timedelta(3)}", "reason": "有一份反馈迟到"}
    with in_scope(officer), pytest.raises(StepForbidden):
        process.take(RoundPhase.objects.get(name="走访"), "reopen", officer, **given)
    with in_scope(chief):
        phase = RoundPhase.objects.get(name="走访")
        with pytest.raises(StepIncomplete, match="不能早于"):
            process.take(phase, "reopen", chief, **given | {"frozen_on": f"{TODAY - timedelta(1)}"})
        process.take(phase, "reopen", chief, **given)
        assert not phase.is_frozen
        visit(turn, IN_IT)
        with pytest.raises(StepBarred, match="还没有冻结"):
            process.take(phase, "reopen", chief, **given)


def test_the_day_of_a_frozen_phase_is_not_moved_by_a_form(turn, officer, client_of):
    with everywhere("test"):
        phase = RoundPhase.objects.get(name="走访")
    given = {
        "place": COUNTY,
        "round": turn.name,
        "name": "走访",
        "begins": "2020-02-01",
        "ends": "2020-06-30",
    }
    address = f"/ledgers/round_phases/{phase.pk}/edit/"
    page = client_of(officer).post(address, given | {"version": 1, "frozen_on": "2099-12-31"})
    assert "只能由县委组织部领导重新开放" in page.content.decode()


# What a visit is


@pytest.mark.parametrize(
    "changes,why",
    [
        ({"place": COUNTY}, "应为乡镇或村"),
        ({"methods": ["查阅资料"], "people": "3"}, "谈话人数只在"),
        ({"methods": []}, "此字段|必填|不能为空"),
    ],
)
def test_a_senseless_visit_is_refused(changes, why, turn, officer, client_of):
    given = {"place": VILLAGE, "on": f"{TODAY}", "methods": ["座谈交流"], "visitors": "张三", "people": "3"}
    page = client_of(officer).post("/ledgers/field_visits/add/", given | changes)
    assert page.status_code == 200 and any(word in page.content.decode() for word in why.split("|"))
    with everywhere("test"):
        assert not FieldVisit.objects.exists()


def test_visits_come_and_go_as_files(turn, officer, client_of, django_capture_on_commit_callbacks):
    office = Office(client_of(officer), django_capture_on_commit_callbacks)
    rows = [
        [turn.name, f"{TODAY}", "近山镇", "前湾村", "座谈;走访", "张三", 8, "培训需求没有调查"],
        ["", f"{TODAY}", "远水乡", "", "听取汇报", "李四", 12, ""],
    ]
    office.commit(office.upload(sent(*rows, heads=HEADS, name="调研.xlsx")))
    with everywhere("test"):
        told = {(v.place_id, v.people, *v.methods) for v in FieldVisit.objects.all()}
    assert told == {(VILLAGE, 8, "座谈交流", "走访入户"), ("659906200", 12, "听取汇报")}
    book = office.client.post("/ledgers/field_visits/export/", {"format": "layout:"})
    again = office.upload(SimpleUploadedFile("导出.xlsx", book.content))
    assert again.tally["same"] == 2


# Counted by hand


@pytest.fixture
def counted(turn):
    with everywhere("test data"):
        before = Round.objects.create(
            place_id=COUNTY, name="2019年政治体检", kind="政治体检", begins="2019-02-01", ends="2019-11-30"
        )
        Round.objects.filter(pk=turn.pk).update(follows=before)
        day = date(2020, 9, 1)
        visit(turn, day, VILLAGE, ["座谈交流", "走访入户"], 5)
        visit(turn, day, NEIGHBOUR, ["个别谈话"], 2)
        visit(turn, day + timedelta(1), VILLAGE, ["查阅资料"], None)
        visit(turn, day, "659906200", ["听取汇报"], 20)
        visit(None, date(2019, 9, 1), FAR_VILLAGE, ["座谈交流"], 50)  # before the period
        self_check = {"source": "政治体检自查", "method": "自我批评", "domain": "党建"}
        old = finding("O-1", before, date(2019, 3, 1), "split", source="县委巡察")
        one = finding(
            "N-1",
            turn,
            date(2020, 9, 1),
            "split",
            again=old,
            oneself="甲",
            duty="乙",
            work="丙",
            **self_check,
        )
        finding("N-2", turn, date(2020, 9, 1), "filed", duty="乙", **self_check)
        fed_back = {"source": "县委巡察", "document": "县巡〔2020〕3号", "entry": "4", "method": "上级反馈"}
        finding("N-3", turn, date(2020, 9, 1), "split", **fed_back)
        finding("N-4", turn, date(2020, 9, 1), "draft", source="县委巡察")
        finding("N-5", turn, date(2020, 9, 1), "voided", source="县委巡察")
        for n, days in enumerate((10, 20, 60)):
            Item.objects.create(
                place_id=VILLAGE, finding=one, code=f"N-1-{n}", state="closed", found_on=date(2020, 9, 1),
                closed_on=date(2020, 9, 1) + timedelta(days),
            )  # fmt: skip
    return turn


def test_the_figures_are_those_of_a_hand_count(counted):
    told = {
        "rounds_begun": 1,
        "field_visits": 4,
        "field_visit_townships": 2,
        "field_visit_villages": 2,
        "field_visit_people": 27,
        "field_visits_by_way_1": 1,
        "field_visits_by_way_2": 1,
        "field_visits_by_way_3": 1,
        "field_visits_by_way_4": 1,
        "field_visits_by_way_5": 1,
        "field_visits_by_way_6": 0,
        "findings": 4,
        "findings_by_self": 2,
        "findings_by_self_share": 50,
        "findings_by_method": {"自我批评": 2, "上级反馈": 1},
        "findings_by_domain": {"党建": 2},
        "findings_repeated": 1,
        "findings_with_three_aspects": 1,
        "findings_with_three_aspects_share": 50,
        "findings_fed_back": 1,
        "findings_fed_back_taken_up": 0,
        "items_days_median": 20,
    }
    with everywhere("test"):
        found = values(
            [REGISTRY[code] for code in told], Period(date(2020, 12, 31), date(2020, 1, 1)), COUNTY
        )
    assert {code: found[code] for code in told} == told


def test_the_page_of_a_round_tells_how_far_it_has_come(counted, officer, client_of):
    page = " ".join(client_of(officer).get(f"/ledgers/rounds/{counted.pk}/").content.decode().split())
    for words in (
        "4 次，到过 2 个乡镇、2 个村",
        "27 人次",
        "3 个",
        "3 项，已销号和长期坚持 3 项",
        "中位数 20 天",
        "1 个，其中上一轮次的 1 个",
    ):
        assert words in page, words
