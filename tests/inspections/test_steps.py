"""Who may take which step from which state, what a step needs, what it sets and leaves; and the light of an item on a day."""

from datetime import date, timedelta

import pytest
from django.utils import timezone

from inspections.lights import Standing, light
from inspections.models import Item, TakenStep
from inspections.steps import RECTIFICATION
from povertyparty.scope import everywhere
from povertyparty.steps import StepForbidden, StepIncomplete, StepOvertaken
from tests.inspections.rectifying import VILLAGE, WAYS, needed, upload
from villages.access import take_up
from villages.models import Appointment, Role

pytestmark = pytest.mark.django_db

FILERS = "村填报员 乡镇经办人 县级部门"
VERIFIERS = "县委组织部经办人 督查"
# The rules once more, written by hand: a change of the table must be meant.
RULES = {
    ("not_started", "start"): (f"{FILERS} 县委组织部经办人", "doing"),
    ("doing", "report"): (FILERS, "doing"),
    ("mostly", "report"): (FILERS, "mostly"),
    ("doing", "apply"): (f"{FILERS} 乡镇领导", "applied"),
    ("mostly", "apply"): (f"{FILERS} 乡镇领导", "applied"),
    ("applied", "return"): (f"{VERIFIERS} 县委组织部领导 乡镇领导", "doing"),
    ("verified", "return"): (f"{VERIFIERS} 县委组织部领导", "doing"),
    ("applied", "verify"): (VERIFIERS, "verified"),
    ("verified", "close"): ("县委组织部领导", "closed"),
    ("closed", "reopen"): (f"{VERIFIERS} 县委组织部领导", "doing"),
}
CELLS = [(state, verb) for state in Item.State.values for verb in RECTIFICATION.steps]
OTHERS_ONLY = {("applied", "verify"): {"apply"}, ("verified", "close"): {"apply", "verify"}}


def allowed(state, verb, role, own):
    """What the rules say of somebody in this role who took the step `own` of this round."""
    roles, _ = RULES.get((state, verb), ("", ""))
    return role.label in roles.split() and own not in OTHERS_ONLY.get((state, verb), ())


def attempt(item, verb, user, **details):
    with everywhere("test"):
        return RECTIFICATION.take(Item.objects.get(pk=item.pk), verb, user, **needed(verb) | details)


def test_the_table_of_steps_is_the_table_of_rules():
    table = {
        (state, verb): roles
        for verb, step in RECTIFICATION.steps.items()
        for state, roles in step.who.items()
    }
    assert {cell: {Role(role).label for role in roles} for cell, roles in table.items()} == {
        cell: set(roles.split()) for cell, (roles, _) in RULES.items()
    }


@pytest.mark.case("A-069")
@pytest.mark.parametrize("state,verb", CELLS)
def test_a_role_takes_a_step_from_a_state_only_as_the_table_says(state, verb, item_in, somebody, fresh):
    for role in Role:
        user, item = somebody(role), item_in(state)
        may = allowed(state, verb, role, own="")
        with everywhere("test"):
            assert (verb in RECTIFICATION.open_steps(fresh(item), user)) is may, role.label
        if may:
            attempt(item, verb, user)
            assert fresh(item).state == RULES[state, verb][1]
        else:
            with pytest.raises((StepForbidden, StepOvertaken)):
                attempt(item, verb, user)
            assert_untouched(item, fresh(item))


@pytest.mark.case("A-068")
@pytest.mark.parametrize("state,verb", [cell for cell in CELLS if cell in RULES])
@pytest.mark.parametrize("own", ["apply", "verify"])
def test_nobody_judges_what_they_did_in_this_round(state, verb, own, item_in, somebody, fresh):
    for role in Role:
        user = somebody(role)
        item = item_in(state, **{own: user})
        if allowed(state, verb, role, own if own in dict(WAYS[state]) else ""):
            assert attempt(item, verb, user).by == user
        else:
            with pytest.raises(StepForbidden):
                attempt(item, verb, user)
            assert_untouched(item, fresh(item))


def assert_untouched(before, now):
    assert (now.state, now.version, now.percent, now.verdict) == (
        before.state,
        before.version,
        before.percent,
        before.verdict,
    )
    assert now.trail.count() == before.version - 1 and not now.evidence.exists()


@pytest.mark.case("A-068")
def test_one_person_with_two_appointments_is_still_one_person(item_in, clerk):
    item = item_in("doing")
    attempt(item, "apply", clerk)
    second = Appointment.objects.create(user=clerk, role=Role.COUNTY_OFFICER, place_id="659906")
    with pytest.raises(StepForbidden, match="本轮申请销号由您办理，核验须由他人办理"):
        attempt(item, "verify", take_up(clerk, second))


def test_what_one_did_in_an_earlier_round_does_not_count(item_in, officer, chief):
    again = [("return", "doing"), ("apply", "applied")]
    item = item_in("applied", after=again, apply=officer)
    with pytest.raises(StepForbidden):
        attempt(item, "verify", officer)
    attempt(item, "return", officer)
    attempt(item, "apply", take_up(chief, Appointment(user=chief, role=Role.DEPARTMENT, place_id="659906")))
    assert attempt(item, "verify", officer).after == "verified"


@pytest.mark.case("A-070")
@pytest.mark.parametrize("state", ["not_started", "doing", "mostly", "applied"])
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
        ("doing", "apply", {"evidence": [upload() for _ in range(21)]}, "一次最多20个"),
        ("applied", "return", {"note": ""}, "理由：不能为空"),
        ("applied", "return", {"note": "请 补 充 。"}, "至少写5个字"),
        ("applied", "verify", {"methods": ""}, "核验方式：不能为空"),
        ("applied", "verify", {"methods": "听说"}, "不在可选值中"),
        ("applied", "verify", {"verdict": ""}, "核验结论：不能为空"),
        ("applied", "verify", {"verdict": "优秀"}, "不在可选值中：好、较好、一般、差"),
        ("applied", "verify", {"verdict": "差"}, "请写明理由"),
        ("applied", "verify", {"verdict": "一般", "note": "不行"}, "请写明理由"),
        ("closed", "reopen", {"note": "反弹"}, "至少写5个字"),
        ("closed", "reopen", {"due_on": ""}, "新的整改时限：不能为空"),
        ("closed", "reopen", {"due_on": "2020-06-30"}, "不能早于今天"),
        ("closed", "reopen", {"due_on": "2099-02-30"}, "不是日历上的日期"),
    ],
)
def test_a_step_without_what_it_needs_says_what_is_missing(
    state, verb, given, words, item_in, somebody, fresh
):
    item, user = (
        item_in(state),
        somebody(Role.SUPERVISOR if state in ("applied", "closed") else Role.TOWNSHIP_OFFICER),
    )
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
    item = item_in("closed")
    with everywhere("test"):
        Item.objects.filter(pk=item.pk).update(found_on=date(2099, 1, 15))
    with pytest.raises(StepIncomplete, match="发现日期"):
        attempt(item, "reopen", officer, due_on="2099-01-14")


# What a step sets and leaves


def test_a_report_of_all_work_makes_the_item_mostly_done(item_in, clerk, fresh):
    item = item_in("doing")
    assert attempt(item, "report", clerk, percent=100).after == "mostly"
    assert fresh(item).state == "mostly"


@pytest.mark.parametrize("verdict", ["一般", "差"])
def test_a_poor_verdict_sends_the_item_back(verdict, item_in, officer, fresh):
    item = item_in("applied")
    taken = attempt(item, "verify", officer, verdict=verdict, note="群众反映未见变化")
    assert (taken.before, taken.after, taken.verdict) == ("applied", "doing", verdict)
    assert (fresh(item).state, fresh(item).verdict, fresh(item).standing.returned) == ("doing", verdict, 1)


def test_a_new_application_takes_the_old_verdict_away(item_in, officer, clerk, fresh):
    item = item_in("applied")
    attempt(item, "verify", officer, verdict="差", note="群众反映未见变化")
    attempt(item, "apply", clerk)
    assert (fresh(item).state, fresh(item).verdict) == ("applied", "")


def test_closing_is_dated_and_complete(item_in, chief, fresh):
    item = item_in("verified", percent=90)
    attempt(item, "close", chief)
    assert (fresh(item).closed_on, fresh(item).percent) == (timezone.localdate(), 100)


def test_an_application_is_dated_and_a_return_takes_it_back(item_in, clerk, officer, fresh):
    item = item_in("doing")
    attempt(item, "apply", clerk)
    assert fresh(item).applied_on == timezone.localdate()
    attempt(item, "return", officer)
    assert (fresh(item).applied_on, fresh(item).verdict) == (None, "")


def test_a_reopened_item_begins_anew_with_a_new_deadline(item_in, officer, fresh):
    item = item_in("closed", percent=100, due_on=date(2020, 6, 30))
    attempt(item, "reopen", officer)
    now = fresh(item)
    assert (now.state, now.percent, now.due_on, now.closed_on) == ("doing", 0, date(2099, 1, 31), None)
    assert now.standing.assigned_on == timezone.localdate() and not now.standing.returned


def test_a_step_leaves_who_did_what_in_which_role(item_in, officer, fresh):
    item = item_in("applied")
    attempt(item, "verify", officer, methods="实地走访、查阅资料", note="三户入户核对属实")
    last = list(fresh(item).trail.all())[-1]
    assert (last.by, last.role, last.verb, last.version) == (
        officer,
        Role.COUNTY_OFFICER,
        "verify",
        item.version + 1,
    )
    assert (last.methods, last.verdict, last.note) == (["实地走访", "查阅资料"], "好", "三户入户核对属实")


def test_a_trail_row_cannot_be_changed_or_removed(item_in, in_scope, officer):
    item_in("doing")
    for change in (lambda rows: rows.update(note="改"), lambda rows: rows.delete()):
        with pytest.raises(Exception, match="permission denied"), in_scope(officer):
            change(TakenStep.objects.all())


# Somebody was faster


def test_a_stale_version_is_told_who_did_what_when(item_in, clerk, filer, fresh):
    item = item_in("doing")
    attempt(item, "apply", clerk)
    with pytest.raises(
        StepOvertaken,
        match=r"^乡镇经办人已于 [-\d]{10} \d\d:\d\d 申请销号，现在是“申请销号”，请看过最新情况后再报告进展",
    ):
        attempt(item, "report", filer, version=item.version)
    assert fresh(item).trail.count() == 2


@pytest.mark.case("C-007")
def test_the_same_form_sent_twice_is_refused_politely(item_in, clerk, fresh):
    item = item_in("doing")
    attempt(item, "report", clerk, version=item.version)
    with pytest.raises(StepOvertaken, match=r"您已于.*报告进展，这一次没有重复记录"):
        attempt(item, "report", clerk, version=item.version)
    assert fresh(item).trail.count() == 2


def test_an_edit_in_between_is_told_too(item_in, clerk, officer, in_scope):
    item = item_in("doing")
    with in_scope(officer):
        Item.objects.filter(pk=item.pk).update(goal="改过的目标", version=item.version + 1)
    with pytest.raises(StepOvertaken, match=r"县委组织部经办人已于.*修改了这项内容"):
        attempt(item, "report", clerk, version=item.version)


def test_a_state_changed_behind_the_versions_back_is_noticed_too(item_in, officer, fresh):
    item = fresh(item_in("applied"))
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
    filing = {"not_started", "doing", "mostly"}
    assert found == {role.label: set() for role in Role} | dict.fromkeys(FILERS.split(), filing) | {
        "县委组织部经办人": {"applied"}, "督查": {"applied"}, "县委组织部领导": {"verified"}, "乡镇领导": {"mostly"}
    }  # fmt: skip


def test_the_oldest_deadline_comes_first_and_none_last(item_in, clerk):
    days = [date(2026, 5, 1), None, date(2026, 3, 1), date(2026, 4, 1)]
    for day in days:
        item_in("doing", due_on=day)
    with everywhere("test"):
        found = [item.due_on for item in RECTIFICATION.todo_for(clerk)]
    assert found == [date(2026, 3, 1), date(2026, 4, 1), date(2026, 5, 1), None]


@pytest.mark.case("A-068")
def test_judging_ones_own_work_is_nobodys_task(item_in, officer, chief):
    item_in("applied", apply=officer)
    item_in("verified", verify=chief)
    assert waiting(officer) == waiting(chief) == []
    item_in("applied")
    assert waiting(officer) == ["applied"]


def test_judging_what_others_applied_for_since_is_a_task(item_in, officer, clerk):
    item = item_in("applied", apply=officer, after=[("return", "doing")])
    attempt(item, "apply", clerk)
    assert waiting(officer) == ["applied"]


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


@pytest.mark.parametrize(
    "way,found_on,expected",
    [
        ([], None, (None, None, 0)),
        ([], date(2026, 6, 1), (date(2026, 6, 1), date(2026, 6, 1), 0)),
        ([("start", "doing")], None, ("today", "today", 0)),
        ([("start", "doing")], date(2026, 6, 1), (date(2026, 6, 1), "today", 0)),
        ([("start", "doing"), ("apply", "applied"), ("return", "doing")], None, ("today", "today", 1)),
        ([("start", "doing"), ("apply", "applied"), ("verify", "doing")] * 2, None, ("today", "today", 2)),
        ([("start", "doing"), ("apply", "applied"), ("return", "doing"), ("apply", "applied"), ("verify", "verified"), ("close", "closed"), ("reopen", "doing")], date(2026, 6, 1), ("today", "today", 0)),
    ],
)  # fmt: skip
def test_the_standing_of_an_item_is_read_from_its_trail(way, found_on, expected, item_in, fresh):
    item = item_in("not_started", after=way)
    with everywhere("test"):
        Item.objects.filter(pk=item.pk).update(found_on=found_on)
    now, today = fresh(item).standing, timezone.localdate()
    assert (now.assigned_on, now.heard_on, now.returned) == tuple(
        today if one == "today" else one for one in expected
    )
