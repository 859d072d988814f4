"""What a step of rectification needs, sets and leaves, who is asked for it, and the light of an item on a day.

Who may take which step from where stands in tests/villages/machines/items.py.
"""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from inspections.lights import Standing, light
from inspections.models import Item
from inspections.steps import RECTIFICATION
from povertyparty.models import RecordStep
from povertyparty.scope import everywhere
from povertyparty.steps import StepBarred, StepForbidden, StepIncomplete, StepOvertaken
from tests.inspections.rectifying import ITEMS, OTHERS_ONLY, VILLAGE, WAYS, carried_out, needed, trail, upload
from villages.access import take_up
from villages.models import Appointment, Role
from villages.steps.needs import months_after

pytestmark = pytest.mark.django_db

today = timezone.localdate
CELLS = [(state, verb, own) for state, verb in ITEMS.cells for own in sorted(OTHERS_ONLY.get(verb, ()))]


def attempt(item, verb, user, **details):
    with everywhere("test"):
        return RECTIFICATION.take(Item.objects.get(pk=item.pk), verb, user, **needed(verb) | details)


def take_all(item, *steps):
    for verb, user in steps:
        attempt(item, verb, user)


def assert_untouched(before, now):
    assert (now.state, now.version, now.percent, now.verdict) == (
        before.state,
        before.version,
        before.percent,
        before.verdict,
    )
    assert len(trail(now)) == before.version - 1 and not now.evidence.exists()


# Nobody judges what they did


def test_whose_work_is_judged_by_others_is_as_the_rules_say():
    assert {
        verb: set(step.not_by) for verb, step in RECTIFICATION.steps.items() if step.not_by
    } == OTHERS_ONLY


@pytest.mark.case("A-068")
@pytest.mark.parametrize("state,verb,own", [one for one in CELLS if one[2] in dict(WAYS[one[0]])])
def test_nobody_judges_what_they_did_in_this_round(state, verb, own, item_in, somebody, fresh):
    for role in ITEMS.cells[state, verb][0]:
        user = somebody(role)
        item = item_in(state, **{own: user})
        with pytest.raises(StepForbidden, match="须由他人办理"):
            attempt(item, verb, user)
        assert_untouched(item, fresh(item))


@pytest.mark.case("A-068")
def test_one_person_with_two_appointments_is_still_one_person(item_in, clerk):
    item = item_in("reviewed", apply=clerk)
    second = Appointment.objects.create(user=clerk, role=Role.COUNTY_OFFICER, place_id="659906")
    with pytest.raises(StepForbidden, match="本轮申请销号由您办理，核验须由他人办理"):
        attempt(item, "verify", take_up(clerk, second))


def test_what_one_did_in_an_earlier_round_does_not_count(item_in, officer, clerk, leader):
    item = item_in("reviewed", review=officer)
    with pytest.raises(StepForbidden, match="本轮初审由您办理"):
        attempt(item, "verify", officer)
    take_all(item, ("return", officer), ("apply", clerk), ("review", leader))
    assert attempt(item, "verify", officer).after == "verified"


@pytest.mark.case("A-070")
@pytest.mark.parametrize("state", [state for state in Item.State if state != "verified"])
def test_nothing_is_closed_without_being_verified(state, item_in, chief):
    with pytest.raises(StepOvertaken, match="不能销号"):
        attempt(item_in(state), "close", chief)


# What a step needs


@pytest.mark.parametrize(
    "state,verb,given,words",
    [
        ("doing", "report", {"note": ""}, "做了什么、效果怎样：不能为空"),
        ("doing", "report", {"note": " \u3000\n\u200b"}, "不能为空"),
        ("doing", "report", {"note": "好" * 2001}, "超过2000个字"),
        ("doing", "report", {"note": "有\x00问题"}, "控制字符"),
        ("doing", "report", {"percent": ""}, "完成比例（%）：不能为空"),
        ("doing", "report", {"percent": "101"}, "应在 0 到 100 之间"),
        ("doing", "report", {"percent": "-1"}, "应在 0 到 100 之间"),
        ("doing", "report", {"percent": "60.5"}, "应为整数"),
        ("doing", "report", {"percent": "过半"}, "不是数字"),
        ("doing", "report", {"percent": True}, "不是数字"),
        ("doing", "apply", {"evidence": []}, "佐证材料：不能为空"),
        ("doing", "apply", {"note": ""}, "整改成效：不能为空"),
        ("doing", "apply", {"signatory": ""}, "主要负责人签字：不能为空"),
        ("doing", "apply", {"sincere": "否"}, "须为“是”才能办理"),
        ("doing", "apply", {"evidence": [upload() for _ in range(21)]}, "一次最多20个"),
        ("doing", "ask_extension", {"new_due_on": "2099-06-30"}, "须晚于现在的时限"),
        ("not_started", "assign", {"unit": ""}, "责任单位：不能为空"),
        ("not_started", "assign", {"leader": ""}, "责任领导：不能为空"),
        ("not_started", "assign", {"person": ""}, "责任人：不能为空"),
        ("not_started", "assign", {"goal": ""}, "整改目标：不能为空"),
        ("not_started", "assign", {"due_on": ""}, "整改时限：不能为空"),
        ("not_started", "assign", {"notice": ""}, "交办文号：不能为空"),
        ("not_started", "assign", {"due_on": "2020-06-30"}, "不能早于今天"),
        ("not_started", "assign", {"severity": "很重"}, "不在可选值中"),
        ("not_started", "start", {"due_on": f"{today() + timedelta(17)}"}, "须在15天内完成"),
        ("signed", "plan", {"measures": "1.开会"}, "至少写10个字"),
        ("planned", "amend", {"note": "不行"}, "至少写5个字"),
        ("assigned", "refuse", {"note": ""}, "理由：不能为空"),
        ("applied", "return", {"note": ""}, "理由：不能为空"),
        ("applied", "return", {"note": "请 补 充 。"}, "至少写5个字"),
        ("reviewed", "verify", {"methods": ""}, "核验方式：不能为空"),
        ("reviewed", "verify", {"methods": "听说"}, "不在可选值中"),
        ("reviewed", "verify", {"verdict": ""}, "核验结论：不能为空"),
        ("reviewed", "verify", {"verdict": "优秀"}, "不在可选值中：好、较好、一般、差"),
        ("reviewed", "verify", {"verdict": "差"}, "请写明理由"),
        ("reviewed", "verify", {"verdict": "一般", "note": "不行"}, "请写明理由"),
        ("closed", "reopen", {"note": "反弹"}, "至少写5个字"),
        ("closed", "reopen", {"due_on": ""}, "新的整改时限：不能为空"),
        ("closed", "reopen", {"due_on": "2020-06-30"}, "不能早于今天"),
        ("closed", "reopen", {"due_on": "2099-02-30"}, "不是日历上的日期"),
        ("verified", "last", {"institution": ""}, "建章立制：不能为空"),
        ("verified", "last", {"months": "0"}, "应在 1 到 12 之间"),
        ("doing", "move", {"reference": ""}, "移交文号：不能为空"),
        ("doing", "void", {"note": ""}, "理由：不能为空"),
    ],
)
def test_a_step_without_what_it_needs_says_what_is_missing(
    state, verb, given, words, item_in, somebody, fresh
):
    item, user = item_in(state), somebody(min(ITEMS.cells[state, verb][0]))
    with pytest.raises(StepIncomplete, match=words) as refusal:
        attempt(item, verb, user, **given)
    assert set(refusal.value.faults) == set(given) or verb == "verify"
    assert_untouched(item, fresh(item))


def test_everything_missing_is_said_at_once(item_in, clerk):
    with pytest.raises(StepIncomplete) as refusal:
        attempt(item_in("doing"), "report", clerk, note="", percent="很多")
    assert set(refusal.value.faults) == {"note", "percent"}


def test_full_width_digits_and_percent_signs_are_read(item_in, clerk, fresh):
    item = item_in("doing")
    attempt(item, "report", clerk, percent="７５%", note="  已整改\r\n过半 ")
    assert (fresh(item).percent, fresh(item).progress) == (75, "已整改\n过半")


def test_a_detail_that_no_step_asks_for_is_a_programmers_mistake(item_in, clerk):
    with pytest.raises(TypeError, match="state"):
        attempt(item_in("doing"), "report", clerk, state="closed")


def test_a_new_deadline_never_lies_before_the_finding(item_in, officer):
    item = item_in("closed", facts={"found_on": date(2099, 1, 15)})
    with pytest.raises(StepIncomplete, match="发现日期"):
        attempt(item, "reopen", officer, due_on="2099-01-14")


# What stands against a step


def test_a_unit_refuses_once_and_what_it_refused_is_assigned_anew(item_in, officer, clerk, fresh):
    item = item_in("assigned")
    take_all(item, ("refuse", clerk), ("assign", officer))
    assert (fresh(item).refused, fresh(item).state) == (1, "assigned")
    with pytest.raises(StepBarred, match="已经拒收过一次"):
        attempt(item, "refuse", clerk)


def test_a_deadline_is_put_off_twice_at_most_and_the_first_one_kept(item_in, clerk, chief, fresh):
    item = item_in("doing")
    for day in ("2099-07-31", "2099-08-31"):
        attempt(item, "ask_extension", clerk, new_due_on=day)
        attempt(item, "extend", chief, due_on=day)
    now = fresh(item)
    assert (now.extensions, now.due_on, now.first_due_on) == (2, date(2099, 8, 31), date(2099, 6, 30))
    with pytest.raises(StepBarred, match="已延期2次，每项最多延期2次"):
        attempt(item, "ask_extension", clerk)


def test_a_leader_who_grants_more_time_finds_the_day_that_was_asked_for(item_in, fresh):
    item = fresh(item_in("deferring"))
    with everywhere("test"):
        assert RECTIFICATION.suggests(item, "extend") == {"due_on": "2099-12-31"}


def test_more_time_that_is_not_granted_leaves_the_deadline(item_in, chief, fresh):
    item = item_in("deferring")
    attempt(item, "deny", chief)
    assert (fresh(item).state, fresh(item).due_on, fresh(item).extensions) == ("doing", item.due_on, 0)


@pytest.mark.parametrize("kind", ["限期整改", "长期坚持"])
def test_only_what_is_put_right_at_once_starts_without_being_assigned(kind, item_in, clerk):
    with pytest.raises(StepBarred, match=f"整改类型是“{kind}”，须先由县委组织部交办"):
        attempt(item_in("not_started", facts={"kind": kind}), "start", clerk)


def test_what_starts_without_being_assigned_is_put_right_at_once(item_in, clerk, fresh):
    item = item_in("not_started")
    attempt(item, "start", clerk, due_on=f"{today() + timedelta(15)}")
    assert (fresh(item).kind, fresh(item).first_due_on) == ("立行立改", today() + timedelta(15))


@pytest.mark.parametrize("days,may", [(0, False), (89, False), (90, True), (400, True)])
def test_looking_back_begins_90_days_after_closing(days, may, item_in, officer):
    item = item_in("closed", facts={"closed_on": today() - timedelta(days)})
    if may:
        assert attempt(item, "hold", officer).after == "archived"
    else:
        with pytest.raises(StepBarred, match="销号后满90天才能回头看"):
            attempt(item, "hold", officer)


# What a step sets and leaves


def test_what_is_assigned_says_who_until_when_and_to_what_end(item_in, officer, fresh):
    item = item_in("not_started", due_on=None)
    attempt(item, "assign", officer)
    now = fresh(item)
    assert (now.unit, now.leader, now.person, now.goal) == tuple(
        needed("assign")[name] for name in ("unit", "leader", "person", "goal")
    )
    assert (now.due_on, now.first_due_on, now.assigned_on) == (date(2099, 6, 30), date(2099, 6, 30), today())


def test_a_report_of_all_work_makes_the_item_mostly_done(item_in, clerk, fresh):
    item = item_in("doing")
    assert attempt(item, "report", clerk, percent=100).after == "mostly"
    assert fresh(item).state == "mostly"


@pytest.mark.parametrize("verdict", ["一般", "差"])
def test_a_poor_verdict_sends_the_item_back(verdict, item_in, officer, fresh):
    item = item_in("reviewed")
    taken = attempt(item, "verify", officer, verdict=verdict, note="群众反映未见变化")
    assert (taken.before, taken.after, taken.details["verdict"]) == ("reviewed", "doing", verdict)
    assert (fresh(item).state, fresh(item).verdict, fresh(item).standing.returned) == ("doing", verdict, 1)


def test_a_new_application_takes_the_old_verdict_away(item_in, officer, clerk, fresh):
    item = item_in("reviewed")
    attempt(item, "verify", officer, verdict="差", note="群众反映未见变化")
    attempt(item, "apply", clerk)
    assert (fresh(item).state, fresh(item).verdict) == ("applied", "")


def test_closing_is_dated_and_complete(item_in, chief, fresh):
    item = item_in("verified", percent=90)
    attempt(item, "close", chief)
    assert (fresh(item).closed_on, fresh(item).percent) == (today(), 100)


def test_an_application_is_dated_and_a_return_takes_it_back(item_in, clerk, officer, fresh):
    item = item_in("doing")
    attempt(item, "apply", clerk)
    assert fresh(item).applied_on == today()
    attempt(item, "return", officer)
    assert (fresh(item).applied_on, fresh(item).verdict) == (None, "")


def test_of_closed_items_every_grave_one_and_three_in_ten_are_looked_back_on(item_in, chief, fresh):
    def drawn(**facts):
        item = item_in("verified", facts=facts)
        attempt(item, "close", chief)
        now = fresh(item)
        return (now.look_back_on, now.look_back_due) == (today() + timedelta(90), today() + timedelta(180))

    assert [drawn() for _ in range(10)].count(True) == 3
    assert [drawn(severity="严重") for _ in range(3)] == [True] * 3


def test_a_rebound_begins_a_round_of_its_own(item_in, officer, fresh):
    told = {"returned": 2, "extensions": 1, "closed_on": date(2020, 7, 1), "look_back_due": date(2020, 9, 1)}
    item = item_in("closed", percent=100, due_on=date(2020, 6, 30), facts=told)
    attempt(item, "reopen", officer)
    now = fresh(item)
    assert (now.state, now.percent, now.due_on, now.closed_on) == ("doing", 0, date(2099, 1, 31), None)
    assert (now.round, now.returned, now.extensions, now.look_back_due) == (2, 0, 0, None)
    assert now.standing.assigned_on == now.standing.heard_on == today()


def test_what_lasts_names_its_institution_and_reports_by_a_day(item_in, chief, clerk, fresh):
    item = item_in("verified")
    attempt(item, "last", chief, months="2")
    first = fresh(item)
    assert first.institution == "《培训需求调查办法》" and 59 <= (first.report_due - today()).days <= 62
    with everywhere("test"):
        Item.objects.filter(pk=item.pk).update(report_due=date(2020, 1, 1))
    attempt(item, "tell", clerk)
    assert (fresh(item).report_due, fresh(item).progress) == (first.report_due, "本季度按办法开展调查")


@pytest.mark.parametrize(
    "day,months,later",
    [
        (date(2020, 1, 31), 1, date(2020, 2, 29)),
        (date(2020, 10, 31), 4, date(2021, 2, 28)),
        (date(2020, 12, 15), 12, date(2021, 12, 15)),
    ],
)
def test_so_many_months_later_is_the_same_day_or_the_last(day, months, later):
    assert months_after(day, months) == later


def test_of_a_hand_over_only_the_number_of_its_letter_is_kept(item_in, officer, fresh):
    item = item_in("doing", facts={"progress": "已核查"})
    taken = attempt(item, "move", officer)
    assert taken.details == {"to": "纪检监察机关", "reference": "示例移〔2020〕1号"}
    assert (fresh(item).state, fresh(item).progress) == ("moved", "已核查")


def test_a_void_item_says_why_and_comes_back_to_the_beginning(item_in, officer, fresh):
    item = item_in("doing")
    attempt(item, "void", officer, into="XC2020-01-1")
    assert fresh(item).light(today()).word == "已作废"
    attempt(item, "restore", officer)
    assert fresh(item).state == "not_started"
    assert [one.details["note"] for one in trail(item)[-2:]] == ["与另一事项重复登记", "核对后并不重复"]


def test_a_step_leaves_who_did_what_in_which_office(item_in, officer):
    item = item_in("reviewed")
    attempt(item, "verify", officer, methods="实地走访、查阅资料", note="三户入户核对属实")
    last = trail(item)[-1]
    assert (last.by, last.office, last.verb, last.version) == (
        officer,
        "测试县 县委组织部经办人",
        "verify",
        item.version + 1,
    )
    assert last.details == {
        "methods": ["实地走访", "查阅资料"],
        "verdict": "好",
        "note": "三户入户核对属实",
    }


def test_a_trail_row_cannot_be_changed_or_removed(item_in, in_scope, officer):
    item_in("doing")
    for change in (lambda rows: rows.update(verb="改"), lambda rows: rows.delete()):
        with pytest.raises(Exception, match="permission denied"), in_scope(officer):
            change(RecordStep.objects.all())


# Somebody was faster


def test_a_stale_version_is_told_who_did_what_when(item_in, clerk, filer):
    item = item_in("doing")
    attempt(item, "apply", clerk)
    with pytest.raises(
        StepOvertaken,
        match=r"^乡镇经办人已于 [-\d]{10} \d\d:\d\d 申请销号，现在是“申请销号”，请看过最新情况后再报告进展",
    ):
        attempt(item, "report", filer, version=item.version)
    assert len(trail(item)) == item.version


@pytest.mark.case("C-007")
def test_the_same_form_sent_twice_is_refused_politely(item_in, clerk):
    item = item_in("doing")
    attempt(item, "report", clerk, version=item.version)
    with pytest.raises(StepOvertaken, match=r"您已于.*报告进展，这一次没有重复记录"):
        attempt(item, "report", clerk, version=item.version)
    assert len(trail(item)) == item.version


def test_an_edit_in_between_is_told_too(item_in, clerk, officer, in_scope):
    item = item_in("doing")
    with in_scope(officer):
        Item.objects.filter(pk=item.pk).update(goal="改过的目标", version=item.version + 1)
    with pytest.raises(StepOvertaken, match=r"县委组织部经办人已于.*修改了这项内容"):
        attempt(item, "report", clerk, version=item.version)


def test_a_state_changed_behind_the_versions_back_is_noticed_too(item_in, officer, fresh):
    item = fresh(item_in("reviewed"))
    with everywhere("test"):
        Item.objects.filter(pk=item.pk).update(state="moved")
        with pytest.raises(StepOvertaken):
            RECTIFICATION.take(item, "verify", officer, **needed("verify"))
    assert fresh(item).state == "moved"


# What is to be done


def waiting(user):
    with everywhere("test"):
        return list(RECTIFICATION.todo_for(user).values_list("state", flat=True))


def test_each_role_finds_what_it_must_do_now(item_in, somebody):
    for state in Item.State.values:
        item_in(state)
    found = {role.label: set(waiting(somebody(role))) for role in Role}
    filing = {"assigned", "signed", "doing", "mostly"}
    assert found == {
        "村填报员": filing,
        "乡镇经办人": filing,
        "乡镇领导": {"assigned", "mostly", "applied"},
        "县委组织部经办人": {"not_started", "planned", "reviewed"},
        "县委组织部领导": {"deferring", "verified"},
        "县级部门": filing | {"applied"},
        "督查": {"reviewed"},
        "领导只读": set(),
        "审计员": set(),
        "系统管理员": set(),
    }


@pytest.mark.parametrize("days,asked", [(1, False), (0, True), (-200, True), (None, False)])
def test_looking_back_is_asked_for_from_its_day_where_the_item_was_drawn(days, asked, item_in, officer):
    item_in("closed", facts={"look_back_on": None if days is None else today() + timedelta(days)})
    assert waiting(officer) == ["closed"] * asked


@pytest.mark.parametrize("days,asked", [(8, False), (7, True), (-30, True), (None, False)])
def test_a_report_on_what_lasts_is_asked_for_a_week_before_it_is_due(days, asked, item_in, clerk):
    item_in("lasting", facts={"report_due": None if days is None else today() + timedelta(days)})
    assert waiting(clerk) == ["lasting"] * asked


def test_the_oldest_deadline_comes_first_and_none_last(item_in, clerk):
    days = [date(2026, 5, 1), None, date(2026, 3, 1), date(2026, 4, 1)]
    for day in days:
        item_in("doing", due_on=day)
    with everywhere("test"):
        found = [item.due_on for item in RECTIFICATION.todo_for(clerk)]
    assert found == [date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1), None]


@pytest.mark.case("A-068")
def test_judging_ones_own_work_is_nobodys_task(item_in, officer, chief):
    item_in("reviewed", review=officer)
    item_in("verified", verify=chief)
    assert waiting(officer) == waiting(chief) == []
    item_in("reviewed")
    assert waiting(officer) == ["reviewed"]


def test_judging_what_others_applied_for_since_is_a_task(item_in, officer, clerk, leader):
    item = item_in("reviewed", review=officer, after=[("return", "doing")])
    take_all(item, ("apply", clerk), ("review", leader))
    assert waiting(officer) == ["reviewed"]


def test_a_filer_is_asked_only_for_items_of_her_village(item_in, filer, in_scope):
    item_in("doing")
    item_in("doing", place="659906100201")
    with in_scope(filer):
        assert [item.place_id for item in RECTIFICATION.todo_for(filer)] == [VILLAGE]


def test_a_department_is_asked_only_for_items_of_its_unit(item_in, chief):
    item = item_in("doing")
    item_in("doing")
    with everywhere("test"):
        Item.objects.filter(pk=item.pk).update(unit="县委党校、县农业农村局")
    unit = Appointment(user=chief, role=Role.DEPARTMENT, place_id="659906", unit="县农业农村局")
    assert len(waiting(take_up(chief, unit))) == 1


def test_overdue_is_what_is_open_from_the_day_after_the_deadline(item_in):
    item_in("doing", due_on=date(2026, 6, 30))
    item_in("closed", due_on=date(2026, 6, 30))
    with everywhere("test"):
        assert [
            Item.objects.overdue(date(2026, 6, 30)).count(),
            Item.objects.overdue(date(2026, 7, 1)).count(),
        ] == [0, 1]


# Lights: assigned 2026-06-01, due 2026-09-09 (100 days), so each day is one percent

ASSIGNED, DUE = date(2026, 6, 1), date(2026, 9, 9)


def lit(day, percent=0, *, returned=0, heard=None, due=DUE, assigned=ASSIGNED, finished=""):
    """`day` and `heard` count from the day of assignment."""
    on = ASSIGNED + timedelta(days=day)
    standing = Standing(
        due_on=due,
        assigned_on=assigned,
        heard_on=ASSIGNED + timedelta(days=day if heard is None else heard),
        percent=percent,
        returned=returned,
        finished=finished,
    )
    return light(standing, on)


@pytest.mark.parametrize(
    "colour,word,shown",
    [
        ("green", "正常推进", lit(0)),
        ("green", "正常推进", lit(9)),  # 9 points behind
        ("yellow", "进度滞后", lit(10)),  # 10 points behind
        ("yellow", "进度滞后", lit(30)),  # 30 points behind
        ("red", "严重滞后", lit(31)),  # 31 points behind
        ("green", "正常推进", lit(50, 45)),
        ("yellow", "进度滞后", lit(50, 40)),
        ("yellow", "进度滞后", lit(50, 20)),
        ("red", "严重滞后", lit(50, 19)),
        ("green", "正常推进", lit(50, 100)),  # ahead
        ("green", "正常推进", lit(92, 90)),  # 8 days left
        ("yellow", "还剩 7 天", lit(93, 100)),
        ("yellow", "还剩 1 天", lit(99, 100)),
        ("yellow", "今天到期", lit(100, 100)),
        ("red", "超期 1 天", lit(101, 100)),
        ("red", "超期 30 天", lit(130, 100)),
        ("red", "严重滞后", lit(95, 60)),  # near and far behind: red
        ("yellow", "退回 1 次", lit(20, 20, returned=1)),
        ("red", "退回 2 次", lit(20, 20, returned=2)),
        ("red", "退回 5 次", lit(20, 20, returned=5)),
        ("green", "正常推进", lit(40, 40, heard=11)),  # heard of 29 days ago
        ("yellow", "久未报告", lit(40, 40, heard=10)),  # 30 days ago
        ("green", "正常推进", lit(60, 0, due=None)),
        ("yellow", "久未报告", lit(60, 0, due=None, heard=0)),
        ("green", "正常推进", lit(90, 0, assigned=None)),  # nobody knows since when
        ("red", "超期 1 天", lit(101, 0, assigned=None)),
        ("yellow", "今天到期", lit(0, 100, due=ASSIGNED)),  # 立行立改, due on the day
        ("red", "严重滞后", lit(0, 0, due=ASSIGNED)),
        ("grey", "已销号", lit(300, 100, finished="已销号", returned=2)),
        ("grey", "长期坚持", lit(300, 50, finished="长期坚持")),
        ("grey", "已移交", lit(300, 0, finished="已移交")),
    ],
)
def test_an_item_shows_the_light_of_the_day(colour, word, shown):
    assert (shown.colour, shown.word) == (colour, word)


def test_a_light_says_every_reason_the_gravest_first():
    shown = lit(101, 60, returned=2, heard=60)
    assert (
        shown.why
        == "已超过整改时限 1 天；按时间应完成 100.0%，已报 60%，落后 40.0 个百分点；本轮已退回 2 次；已 41 天没有报告进展"
    )


def test_a_light_without_a_deadline_says_so():
    assert "没有定整改时限" in lit(20, 0, due=None).why


def test_an_item_that_no_step_was_taken_with_counts_from_its_finding(item_in, fresh):
    now = fresh(item_in("doing", facts={"found_on": date(2026, 6, 1)})).standing
    assert now.assigned_on == now.heard_on == date(2026, 6, 1)


def test_the_standing_of_an_item_is_what_the_steps_of_the_round_left(item_in, officer, clerk, leader, fresh):
    item = item_in("not_started", facts={"found_on": date(2020, 6, 1)})
    take_all(item, ("assign", officer))
    with everywhere("test"):
        Item.objects.filter(pk=item.pk).update(assigned_on=date(2020, 7, 1), heard_on=date(2020, 7, 1))
    take_all(item, ("sign", leader), ("plan", clerk), ("approve", officer))
    assert fresh(item).standing.heard_on == date(2020, 7, 1)
    for times in (1, 2):
        take_all(item, ("report", clerk))
        carried_out(item)
        take_all(item, ("apply", clerk), ("return", officer))
        now = fresh(item).standing
        assert (now.assigned_on, now.heard_on, now.returned) == (date(2020, 7, 1), today(), times)
    assert fresh(item).light(today()).colour == "red"
